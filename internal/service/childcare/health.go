package childcare

import (
	"context"
	"encoding/json"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Health is what those who look after a child must know (照看须知), in her family's words.
type Health struct {
	Allergies string `json:"allergies,omitempty"`
	Illness   string `json:"illness,omitempty"`
	Medicine  string `json:"medicine,omitempty"`
	Diet      string `json:"diet,omitempty"`
}

// IsZero tells whether nothing was said.
func (h Health) IsZero() bool { return h == Health{} }

// MostHealth is how many characters each answer has at most.
const MostHealth = 200

func (h Health) check() error {
	var p errs.Problems
	for name, text := range map[string]string{"allergies": h.Allergies, "illness": h.Illness, "medicine": h.Medicine, "diet": h.Diet} {
		p.Require(len([]rune(text)) <= MostHealth, name, "field.long", errs.Args{"max": MostHealth})
	}
	return p.Err()
}

func healthPlace(city, roll, child string) seal.Place {
	return seal.Place{City: city, Table: "care_health", Column: "content", Row: roll + "/" + child}
}

// SetHealth keeps what is to be known of a child in one class: by whoever speaks for her, who agrees to that apart from all else
// (《个人信息保护法》第二十九条), or by a clerk who has it signed on paper. Only of children who have a place or are offered one is it asked.
// Saying nothing takes away what was said.
func (s *Service) SetHealth(ctx context.Context, by authz.Actor, k enrolment.Key, child person.ID, h Health, agreed bool) error {
	if err := h.check(); err != nil {
		return err
	}
	var p errs.Problems
	p.Require(agreed || h.IsZero(), "agreed", "care.health_agree", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := s.maySayWho(tx, by, k, child); err != nil {
			return err
		}
		party, err := enrolment.Find(tx, k)
		if err != nil {
			return err
		}
		if party.State != enrolment.Placed && party.State != enrolment.Offered {
			return errs.New(errs.Conflict, "care.health_later", nil)
		}
		giver := party.Signer
		if by.Person != "" {
			giver = person.ID(by.Person)
		}
		held, err := person.Gather(tx, giver, []person.ID{child}, s.today(tx), ConsentHealth, ConsentVersion)
		if err != nil {
			return err
		}
		root := held.People[0].ID
		if err := dropHealth(tx, k.Roll, root); err != nil {
			return err
		}
		if !h.IsZero() {
			if err := s.keepHealth(tx, k, root, giver, h); err != nil {
				return err
			}
			if !held.Agreed[0] {
				if err := person.Agreeing(tx, held.Adult.ID, []person.ID{root}, []string{ConsentHealth}, ConsentVersion); err != nil {
					return err
				}
			}
		}
		return tx.Record(Inform, k.Subject(), act.Change{"child": root, "said": !h.IsZero()})
	}))
}

func dropHealth(tx *sqldb.Tx, roll enrolment.RollID, child person.ID) error {
	rows, err := person.Same(tx, child)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := tx.Exec(`DELETE FROM care_health WHERE city = $1 AND roll = $2 AND child = $3`, roll, row); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keepHealth(tx *sqldb.Tx, k enrolment.Key, child, giver person.ID, h Health) error {
	c, err := ofRoll(tx, k.Roll)
	if err != nil {
		return err
	}
	season, err := edition.Find(tx, c.Edition)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(h)
	if err != nil {
		return err
	}
	sealed, err := s.Keys.Seal(healthPlace(tx.City(), k.Roll.String(), child.String()), plain)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO care_health (city, roll, child, content, last_day, given_by, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.Roll, child, sealed, season.Last, giver, tx.By().User, tx.Now().UnixMicro())
	return err
}

// HealthOf gives what is to be known of a child in a class, while her family's consent to that holds; the caller permits.
func (s *Service) HealthOf(q sqldb.Q, roll enrolment.RollID, child person.ID) (h Health, err error) {
	holds, err := person.Consented(q, child, ConsentHealth)
	if err != nil || !holds {
		return h, err
	}
	rows, err := person.Same(q, child)
	if err != nil {
		return h, err
	}
	for _, row := range rows {
		sealed, err := sqldb.All(q, func(f sqldb.Scan) ([]byte, error) {
			var b []byte
			return b, f(&b)
		}, `SELECT content FROM care_health WHERE city = $1 AND roll = $2 AND child = $3`, roll, row)
		if err != nil || len(sealed) == 0 {
			if err != nil {
				return h, err
			}
			continue
		}
		plain, err := s.Keys.Open(healthPlace(q.City(), roll.String(), row.String()), sealed[0])
		if err != nil {
			return h, err
		}
		return h, json.Unmarshal(plain, &h)
	}
	return h, nil
}

// Informed is what is known of the children of one sign-up.
type Informed struct {
	Family
	Children []person.Person // those who count and for whom the reader speaks, or all of them at a desk
	Health   map[person.ID]Health
}

// HealthOfFamily gives what was said of the children of a sign-up: to whoever speaks for them, each of her own, or to a clerk of the
// class who sees what is sensitive.
func (s *Service) HealthOfFamily(ctx context.Context, by authz.Actor, k enrolment.Key) (got Informed, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := ofRoll(q, k.Roll)
		if err != nil {
			return err
		}
		p, err := enrolment.Find(q, k)
		if err != nil {
			return err
		}
		got.Party, got.Class, got.Health = p, c, map[person.ID]Health{}
		for _, m := range p.Members {
			if m.Gone {
				continue
			}
			if err := s.maySayWho(q, by, k, m.Person); err != nil {
				if authz.Refused(err) || errs.KindOf(err) == errs.Absent {
					continue
				}
				return err
			}
			child, err := person.Find(q, m.Person)
			if err != nil {
				return err
			}
			child.ID = m.Person
			got.Children = append(got.Children, child)
			if got.Health[m.Person], err = s.HealthOf(q, k.Roll, m.Person); err != nil {
				return err
			}
		}
		if len(got.Children) == 0 {
			return absent()
		}
		return nil
	})
	return got, err
}

// RekeyHealth is putting what is known of children under another key.
var RekeyHealth = authz.Verb{Key: "care.health_rekey", Writes: "care_health"}

// NewKeys puts what is known of the next child behind one under the current sealing key, and gives roll and child; "" when there was
// none. The caller records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, reseal func(seal.Place, []byte) ([]byte, bool, error), after string) (string, error) {
	type row struct {
		roll, child string
		content     []byte
	}
	r, err := sqldb.One(tx, func(s sqldb.Scan) (row, error) {
		var r row
		return r, s(&r.roll, &r.child, &r.content)
	}, `SELECT roll, child, content FROM care_health WHERE city = $1 AND roll || '/' || child > $2 ORDER BY roll || '/' || child LIMIT 1`, after)
	if err != nil {
		if errs.KindOf(err) == errs.Absent {
			return "", nil
		}
		return "", err
	}
	again, changed, err := reseal(healthPlace(tx.City(), r.roll, r.child), r.content)
	if err == nil && changed {
		_, err = tx.Exec(`UPDATE care_health SET content = $4 WHERE city = $1 AND roll = $2 AND child = $3`, r.roll, r.child, again)
	}
	return r.roll + "/" + r.child, err
}
