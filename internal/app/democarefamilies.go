package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// careFamily is a parent and the children whom she signs up together.
type careFamily struct {
	no    int
	adult person.ID
	by    authz.Actor // zero where she has no account and comes to the desk
	kids  []careChild
}

type careChild struct {
	id   person.ID
	key  enrolment.Key // of her sign-up
	with []string      // who may fetch her
}

// Areas of the ID numbers of parents, children and adults who look after them; no other person of the demo has one from there.
// demoParentPhone is the number by which whoever looks at the demo signs in as a mother; the others' follow it.
const demoParentPhone = "13900030000"

const demoParentArea, demoChildArea, demoCarerArea = "421102", "421121", "421122"

// demoFamilies is how many families there are; each seventh has two children, each third an account.
const demoFamilies = 110

var demoChildNames = strings.Fields("小满 一诺 子墨 雨桐 浩然 可欣 星辰 语嫣 思远 梓涵 乐乐 天佑 佳音 知夏 嘉树 清扬 安然 启明 若水 怀瑾")

// register enters parents and their children, who live where the classes are.
func (d *demoCare) register(ctx context.Context) error {
	homes := []string{demoTownship, demoTown, "421202000000"}
	var all []person.New
	var of [][]int // each family's children within all, which stand behind their parent
	for i := range demoFamilies {
		home := d.nodes[homes[i%len(homes)]].ID
		name := demo.Name(d.dice)
		parent, err := d.somebody(demoParentArea, day.Must("1983-02-01").AddDays(i*23), name, fmt.Sprintf("%s%04d", demoParentPhone[:7], i))
		if err != nil {
			return err
		}
		parent.Home = home
		all, of = append(all, parent), append(of, nil)
		for k := range 1 + (i%7)/6 {
			n := len(all)
			given := demoChildNames[(i*3+k*7)%len(demoChildNames)]
			child, err := d.somebody(demoChildArea, d.today.AddDays(-365*7-n*37%1300), string([]rune(name)[:1])+given, "")
			if err != nil {
				return err
			}
			child.Home, child.Sex = home, fmt.Sprint(1+n%2)
			all, of[i] = append(all, child), append(of[i], n)
		}
	}
	var ids []person.ID
	err := d.db.Write(ctx, d.by, func(tx *sqldb.Tx) (err error) {
		if ids, err = person.Add(tx, d.in.keys, all); err != nil {
			return err
		}
		var ties []person.Guardianship
		for _, kids := range of {
			for _, k := range kids {
				ties = append(ties, person.Guardianship{Child: ids[k], Adult: ids[kids[0]-1], Relation: "5", From: all[k].Born})
			}
		}
		if err := person.Tied(tx, ties); err != nil {
			return err
		}
		if err := tx.Record(person.Create, "", act.Change{"persons": len(ids)}); err != nil {
			return err
		}
		return tx.Record(person.Guard, "", act.Change{"ties": len(ties)})
	})
	if err != nil {
		return err
	}
	for i, kids := range of {
		f := careFamily{no: i, adult: ids[kids[0]-1]}
		for _, k := range kids {
			f.kids = append(f.kids, careChild{id: ids[k]})
		}
		if i%3 == 0 {
			if f.by, err = d.linked(ctx, fmt.Sprintf("%s%04d", demoParentPhone[:7], i), all[kids[0]-1].Papers[0].Number); err != nil {
				return err
			}
		}
		d.families = append(d.families, f)
	}
	return d.findResident(ctx)
}

// somebody is a person who was never issued the number that she has.
func (d *demoCare) somebody(area string, born day.Day, name, number string) (person.New, error) {
	paper, err := cn.SyntheticID(area, born)
	if err != nil {
		return person.New{}, err
	}
	n := person.New{Name: name, Sex: "2", Born: born, Ethnicity: "01", Papers: []person.Paper{{Kind: person.ResidentID, Number: string(paper)}}}
	if number != "" {
		phone, err := cn.ParsePhone(number)
		if err != nil {
			return n, err
		}
		n.Phone = string(phone)
	}
	return n, nil
}

// linked lets somebody sign in by her number and prove who she is.
func (d *demoCare) linked(ctx context.Context, number, paper string) (by authz.Actor, err error) {
	if by, err = d.byPhone(ctx, number); err != nil {
		return by, err
	}
	if err := d.account.Link(ctx, by, person.ResidentID, paper); err != nil {
		return by, err
	}
	return d.byPhone(ctx, number)
}

// findResident finds the demo's resident and her child among those who were entered before.
func (d *demoCare) findResident(ctx context.Context) error {
	return d.db.Read(ctx, d.by.City, func(q *sqldb.Rx) error {
		held, err := person.HeldBy(q, d.in.keys, person.ResidentID, []string{demoPaper()})
		if err != nil {
			return err
		}
		d.resident = careFamily{no: 1, adult: held[demoPaper()]}
		wards, err := person.Wards(q, d.resident.adult, d.today)
		if err != nil {
			return err
		}
		for _, w := range wards {
			d.resident.kids = append(d.resident.kids, careChild{id: w.ID})
		}
		return nil
	})
}

// next takes the next family that is not signed up.
func (d *demoCare) next() careFamily {
	f := d.families[0]
	d.families = d.families[1:]
	return f
}

// placed gives those of some children who have a place in a class.
func (d *demoCare) placed(ctx context.Context, class childcare.ID, kids []careChild) (all []careChild, err error) {
	err = d.db.Read(ctx, d.by.City, func(q *sqldb.Rx) error {
		c, err := childcare.Known(q, class)
		if err != nil {
			return err
		}
		seated, err := childcare.Placed(q, c)
		for _, k := range kids {
			if slices.ContainsFunc(seated, func(s childcare.Seated) bool { return s.ID == k.id }) {
				all = append(all, k)
			}
		}
		return err
	})
	return all, err
}

// demoDice is where names of the demo's child care come from.
func demoDice() *rand.Rand { return rand.New(rand.NewPCG(9, 3)) }
