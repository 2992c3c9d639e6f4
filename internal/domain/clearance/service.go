package clearance

import (
	"context"
	"fmt"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Enter writes a paper down. Of the same kind it takes the place of what was decided before; that an inquiry is under way takes
// nothing away from what still holds.
func (s *Service) Enter(ctx context.Context, by authz.Actor, p Paper) (made id.Of[Paper], err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, p.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Enter, at.Path); err != nil {
			return err
		}
		rules, err := Rules(tx)
		if err != nil {
			return err
		}
		if err := p.check(rules, s.today(tx)); err != nil {
			return err
		}
		who, rows, err := hold(tx, p.Person)
		if err != nil {
			return err
		}
		decided := p.Result != Asked
		for _, row := range rows {
			if _, err := tx.Exec(`UPDATE clearance SET ended_at = $4, ended_by = $5 WHERE city = $1 AND person = $2 AND kind = $3 AND ended_at = 0 AND decided <= $6`,
				row, string(p.Kind), tx.Now().UnixMicro(), by.User, sqldb.Bit(decided)); err != nil {
				return err
			}
		}
		p.ID, p.Person = id.New[Paper](tx.Now()), who.ID
		if _, err := tx.Exec(`INSERT INTO clearance (city, id, person, org, kind, result, decided, on_day, until_day, issuer, made_by, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			p.ID, p.Person, p.Org, string(p.Kind), string(p.Result), sqldb.Bit(decided), p.On, p.Until, p.Issuer, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		made = p.ID
		if err := tx.Record(Enter, p.ID.String(), act.Change{"person": p.Person, "kind": string(p.Kind), "result": string(p.Result), "on": p.On.String(), "until": p.Until.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// hold takes the row that stands for an adult until the act ends, and gives it with all rows that are she.
func hold(tx *sqldb.Tx, who person.ID) (person.Person, []person.ID, error) {
	p, err := person.Gather(tx, who, nil, 0, "", "")
	if err != nil {
		return p.Adult, nil, err
	}
	rows, err := person.Same(tx, p.Adult.ID)
	return p.Adult, rows, err
}

// Revoke takes a paper back from today on.
func (s *Service) Revoke(ctx context.Context, by authz.Actor, which id.Of[Paper], reason string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := find(tx, which)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, p.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Revoke, at.Path); err != nil {
			return err
		}
		var bad errs.Problems
		bad.Require(reason != "", "reason", "field.required", nil)
		bad.Require(len([]rune(reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
		if err := bad.Err(); err != nil {
			return err
		}
		if _, _, err := hold(tx, p.Person); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE clearance SET ended_at = $3, ended_by = $4, reason = $5 WHERE city = $1 AND id = $2 AND ended_at = 0`, which, tx.Now().UnixMicro(), by.User, reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "clearance.ended", nil)
		}
		return tx.Record(Revoke, which.String(), act.Change{"kind": string(p.Kind), "reason": reason})
	})
	return sqldb.Done(err)
}

// SetRule says what is asked for from a day on. What was said of that day before is replaced.
func (s *Service) SetRule(ctx context.Context, by authz.Actor, r Rule) error {
	return s.setRules(ctx, by, []Rule{r}, `DO UPDATE SET needed = excluded.needed, months = excluded.months, below_age = excluded.below_age, source = excluded.source, made_by = excluded.made_by, made_at = excluded.made_at`)
}

// TakeIn takes in what Shipped says, as far as the city has said nothing of the same day.
func (s *Service) TakeIn(ctx context.Context, by authz.Actor) error {
	return s.setRules(ctx, by, Shipped, `DO NOTHING`)
}

func (s *Service) setRules(ctx context.Context, by authz.Actor, all []Rule, conflict string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetRule); err != nil {
			return err
		}
		change := act.Change{}
		for _, r := range all {
			if err := r.check(); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO clearance_rule (city, kind, from_day, needed, months, below_age, source, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
				ON CONFLICT (city, kind, from_day) `+conflict, string(r.Kind), r.From, sqldb.Bit(r.Needed), r.Months, r.Below, r.Source, by.User, tx.Now().UnixMicro()); err != nil {
				return err
			}
			change[string(r.Kind)] = fmt.Sprintf("%s: %v, %d months, below %d", r.From, r.Needed, r.Months, r.Below)
		}
		return tx.Record(SetRule, "", change)
	})
	return sqldb.Done(err)
}

// Rules gives what the city asks for, to whoever may read clearances.
func (s *Service) Rules(ctx context.Context, by authz.Actor) (all []Rule, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) { all, err = Rules(q); return err })
	return all, err
}

// Filter chooses papers that count. The zero filter is all in the viewer's scope.
type Filter struct {
	Kind Kind
	By   day.Day // those that end by a day
	Size int     // rows on a page, 50 where it is 0
}

// Row is a paper in a list. The name is masked where the viewer may not see it; what came of it is told to whom it concerns, all
// others read whether it holds.
type Row struct {
	Paper
	Name    string
	OrgName string
	Holds   bool // today
	Open    bool // the viewer reads the result
}

// List gives one page of the papers that count, the first to end first, those without an end last.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	if f.Size <= 0 {
		f.Size = 50
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(page.List{
			Name: "clearance.papers", Columns: []string{"CASE c.until_day WHEN '' THEN '9' ELSE c.until_day END", "c.id"}, Filter: fmt.Sprintf("%q %v %q %s", q.City(), by.Scope(Read), f.Kind, f.By),
		}, cursor)
		if err != nil {
			return err
		}
		var w sqldb.Where
		w.And("c.city = $1").And("c.ended_at = 0")
		org.Inside(&w, by.Scope(Read), "c.org")
		if f.Kind != "" {
			w.And("c.kind = ?", string(f.Kind))
		}
		if !f.By.IsZero() {
			w.And("c.until_day <> '' AND c.until_day <= ?", f.By)
		}
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM clearance c WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(f.Size)), w.Args()...)
		if err != nil {
			return err
		}
		rows, err := s.rows(q, by, all)
		got = page.Cut(s.Cursors, p, rows, f.Size, func(r Row) []any {
			until := r.Until.String()
			if r.Until.IsZero() {
				until = "9"
			}
			return []any{until, r.ID.String()}
		})
		return err
	})
	return got, err
}

// rows gives papers as a viewer may see them.
func (s *Service) rows(q sqldb.Q, by authz.Actor, all []Paper) ([]Row, error) {
	rows := make([]Row, len(all))
	for i, p := range all {
		at, err := org.Named(q, []org.ID{p.Org})
		if err != nil {
			return nil, err
		}
		who, err := person.Find(q, p.Person)
		if err != nil {
			return nil, err
		}
		where := at[p.Org]
		rows[i] = Row{Paper: p, Name: who.Name, OrgName: where.Name, Holds: p.EndedAt == 0 && p.holds(s.today(q)), Open: by.Sees(authz.Sensitive, Read, where.Path)}
		if !by.Sees(authz.Personal, Read, where.Path) {
			rows[i].Name = cn.MaskName(who.Name)
		}
		if !rows[i].Open {
			rows[i].Result, rows[i].Reason = "", ""
		}
	}
	return rows, nil
}

// Adult is what is known of one adult.
type Adult struct {
	ID     person.ID
	Name   string
	Gaps   []Gap // today; of what came of a check only whom it concerns reads more than that it is wanting
	Rules  bool  // the city has said what it asks for
	Papers []Row // those that ended too, as far as they lie in the viewer's scope
	At     org.ID
}

// Of gives an adult to whoever may read one of her papers.
func (s *Service) Of(ctx context.Context, by authz.Actor, who person.ID) (got Adult, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := person.Find(q, who)
		if err != nil {
			return err
		}
		rows, err := person.Same(q, who)
		if err != nil {
			return err
		}
		all, err := papers(q, rows)
		if err != nil {
			return err
		}
		var mine []Paper
		refused := error(errs.New(errs.Absent, "errs.absent", nil))
		for _, one := range all {
			at, err := org.Named(q, []org.ID{one.Org})
			if err != nil {
				return err
			}
			if refused = by.Must(Read, at[one.Org].Path); refused == nil {
				mine = append(mine, one)
			}
		}
		if len(mine) == 0 {
			return refused
		}
		rules, err := Rules(q)
		if err != nil {
			return err
		}
		got.ID, got.At, got.Rules, got.Gaps = p.ID, mine[0].Org, len(rules) > 0, Gaps(rules, all, p.Born, s.today(q))
		if got.Papers, err = s.rows(q, by, mine); err != nil {
			return err
		}
		got.Name = got.Papers[0].Name
		for i := range got.Gaps {
			if !got.Papers[0].Open {
				got.Gaps[i].Why = Missing
			}
		}
		return nil
	})
	return got, err
}

// Sought finds an adult by her ID number, for a desk at an organisation that enters a paper there.
func (s *Service) Sought(ctx context.Context, by authz.Actor, at org.ID, number string) (who person.ID, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		node, err := org.Find(q, at)
		if err != nil {
			return err
		}
		if err := by.Must(Enter, node.Path); err != nil {
			return err
		}
		var bad errs.Problems
		paper, wrong := person.ReadPaper(person.ResidentID, number)
		if !bad.Require(wrong == nil, "number", "clearance.number_wrong", nil) {
			return bad.Err()
		}
		known, err := person.Match(q, s.Keys, paper.Kind, []string{paper.Number})
		if err != nil {
			return err
		}
		if bad.Require(known[paper.Number] != nil, "number", "clearance.unknown", nil) {
			who = known[paper.Number].ID
		}
		return bad.Err()
	})
	return who, err
}

// Desks gives the organisations at which the actor may enter papers: her own, or those with some words in their names.
func (s *Service) Desks(ctx context.Context, by authz.Actor, words string) (all []org.Node, err error) {
	if err := by.MustSomewhere(Enter); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		in := by.Scope(Enter)
		if words != "" {
			all, err = org.Search(q, in, words)
			return err
		}
		if in.All {
			root, err := org.Root(q)
			all = []org.Node{root}
			return err
		}
		for _, path := range in.Paths {
			at, err := org.FindPath(q, path)
			if err != nil {
				return err
			}
			all = append(all, at)
		}
		return nil
	})
	return all, err
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }
