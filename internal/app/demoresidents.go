package app

import (
	"context"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// demoPhone is the number by which whoever looks at the demo signs in as a resident; demoBorn and the area make her ID.
const (
	demoPhone = "13800008001"
	demoArea  = "421221"
	demoTown  = "421221106202" // 四邑村
)

var demoBorn = day.Must("1991-03-08")

// demoPaper is the resident ID that proves her, one that was never issued.
func demoPaper() string {
	n, err := cn.SyntheticID(demoArea, demoBorn)
	if err != nil {
		panic(err) // both are constants
	}
	return string(n)
}

// addDemoResidents lets a clerk enter a mother and her child, so that "my data" has something to show.
func (s *services) addDemoResidents(ctx context.Context, nodes map[string]org.Node, clerk account.ID) error {
	by, err := s.account.Actor(ctx, s.in.city.Slug, clerk.String())
	if err != nil {
		return err
	}
	village := nodes[demoTown]
	phone, err := cn.ParsePhone(demoPhone)
	if err != nil {
		return err
	}
	var ids []person.ID
	err = s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		ids, err = person.Add(tx, s.in.keys, []person.New{
			{
				Home: village.ID, Name: "沈知秋", Sex: "2", Born: demoBorn, Ethnicity: "01", Education: "20", Standing: "13", Phone: string(phone),
				Papers: []person.Paper{{Kind: person.ResidentID, Number: demoPaper()}},
				Ties:   []person.Tie{{Kind: person.Resident, Org: village.ID}, {Kind: person.Employee, Unit: "嘉鱼县潘家湾镇蔬菜合作社", Role: "会计", Began: day.Must("2019-03-01")}},
			},
			{Home: village.ID, Name: "沈小禾", Sex: "1", Born: day.Must("2018-06-01"), Ethnicity: "01", Ties: []person.Tie{{Kind: person.Resident, Org: village.ID}}},
		})
		if err != nil {
			return err
		}
		for _, one := range ids {
			if err := tx.Record(person.Create, one.String(), act.Change{"demo": true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	mother, child := ids[0], ids[1]
	if _, err := s.people.Entrust(ctx, by, person.Guardianship{Child: child, Adult: mother, Relation: "5", From: day.Must("2018-06-01")}); err != nil {
		return err
	}
	if err := s.people.Consent(ctx, by, mother, mother, "service", "2026-1"); err != nil {
		return err
	}
	_, err = s.people.Unmask(ctx, by, mother, person.PhoneNumber, "演示：联系本人")
	return err
}
