package person

import (
	"maps"
	"slices"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Party is an adult and those for whom she asks at once, taken until the act ends: nobody merges, parts or destroys any of
// them meanwhile.
type Party struct {
	Adult  Person
	People []Person // in the order in which they were asked for, each by the row that stands for her
	Rows   [][]ID   // all rows that are each of them
	Speaks []bool   // whether the adult may speak for each of them
	Agreed []bool   // whether the consent that was asked about holds for each of them
}

// Gather takes an adult and others for whom she asks, and tells for whom she may speak on a day and who has agreed to a
// version of a purpose. Rows that were merged count as one. It is Hold, MaySpeakFor and Consented for several at once, in as
// many statements as for one. The act's verb names the table person.
func Gather(tx *sqldb.Tx, adult ID, people []ID, on day.Day, purpose, version string) (Party, error) {
	standing, err := holdRoots(tx, append([]ID{adult}, people...))
	if err != nil {
		return Party{}, err
	}
	p := Party{Adult: standing[adult].Person, Rows: make([][]ID, len(people)), Speaks: make([]bool, len(people)), Agreed: make([]bool, len(people))}
	for i, of := range people {
		p.People = append(p.People, standing[of].Person)
		if p.Rows[i], err = standing[of].rows(tx); err != nil {
			return p, err
		}
	}
	adults, err := standing[adult].rows(tx)
	if err != nil {
		return p, err
	}
	return p, p.ask(tx, adults, on, purpose, version)
}

// root is a person who stands for herself, with the number of rows that were merged right into hers.
type root struct {
	Person
	merged int64
}

// rows gives all rows that are she.
func (r root) rows(q sqldb.Q) ([]ID, error) {
	if r.merged == 0 {
		return []ID{r.ID}, nil
	}
	return group(q, r.ID)
}

// holdRoots takes the rows that stand for some persons, in the order of their keys, and gives them by what was asked for.
func holdRoots(tx *sqldb.Tx, asked []ID) (map[ID]root, error) {
	standing := map[ID]root{}
	open := map[ID][]ID{} // the row looked at next, and for whom it is
	for _, of := range asked {
		open[of] = []ID{of}
	}
	for depth := 0; len(open) > 0; depth++ {
		if depth > 10 {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
		rows := slices.Sorted(maps.Keys(open))
		if err := sqldb.Hold(tx, "person", rows); err != nil {
			return nil, err
		}
		var w sqldb.Where
		w.And("p.city = $1").And(Live)
		oneOf(&w, "p.id", rows)
		held, err := sqldb.All(tx, func(s sqldb.Scan) (root, error) {
			var r root
			return r, s(append(r.fields(), &r.merged)...)
		}, `SELECT `+columns+`, (SELECT COUNT(*) FROM person m WHERE m.city = $1 AND m.merged_into = p.id) FROM person p WHERE `+w.SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		if len(held) < len(rows) {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
		next := map[ID][]ID{}
		for _, r := range held {
			for _, of := range open[r.ID] {
				if r.MergedInto.IsZero() {
					standing[of] = r
				} else {
					next[r.MergedInto] = append(next[r.MergedInto], of)
				}
			}
		}
		open = next
	}
	return standing, nil
}

// ask fills in for whom the adult speaks, and who has agreed.
func (p *Party) ask(q sqldb.Q, adults []ID, on day.Day, purpose, version string) error {
	var children []ID
	for _, rows := range p.Rows {
		children = append(children, rows...)
	}
	if len(children) == 0 {
		return nil
	}
	var ties, agreed sqldb.Where
	ties.And("g.city = $1")
	oneOf(&ties, "g.child", children)
	oneOf(&ties, "g.adult", adults)
	all, err := sqldb.All(q, scanGuardianship, `SELECT `+guardianColumns+`, '' FROM guardianship g WHERE `+ties.SQL(), ties.Args()...)
	if err != nil {
		return err
	}
	agreed.And("c.city = $1").And("c.purpose = ? AND c.version = ? AND c.withdrawn_at = 0", purpose, version)
	oneOf(&agreed, "c.person", children)
	holding, err := sqldb.All(q, scanID, `SELECT c.person FROM consent c WHERE `+agreed.SQL(), agreed.Args()...)
	if err != nil {
		return err
	}
	for i, x := range p.People {
		barred := false
		for _, g := range all {
			if slices.Contains(p.Rows[i], g.Child) {
				barred = barred || g.Restricted // what a court has said holds against every other paper
				p.Speaks[i] = p.Speaks[i] || g.On(on)
			}
		}
		p.Agreed[i] = slices.ContainsFunc(holding, func(row ID) bool { return slices.Contains(p.Rows[i], row) })
		switch grown := !x.Born.IsZero() && on >= Adult(x.Born); {
		case x.ID == p.Adult.ID:
			p.Speaks[i] = x.Born.IsZero() || on >= Speaks(x.Born)
		case barred || grown:
			p.Speaks[i] = false
		}
	}
	return nil
}

// Agreeing notes that a party's adult agrees to versions of purposes for all its people, inside an act of the caller's, who
// has made sure that she may.
func Agreeing(tx *sqldb.Tx, adult ID, people []ID, purposes []string, version string) error {
	now := tx.Now()
	return tx.Put(`INSERT INTO consent (city, id, person, given_by, purpose, version, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`, len(people)*len(purposes), func(i int) []any {
		return []any{id.New[Consent](now), people[i/len(purposes)], adult, purposes[i%len(purposes)], version, now.UnixMicro()}
	})
}

// Wards gives those for whom a person may speak on a day, the youngest last, each once.
func Wards(q sqldb.Q, adult ID, on day.Day) ([]Person, error) {
	self, err := Find(q, adult)
	if err != nil {
		return nil, err
	}
	rows, err := group(q, self.ID)
	if err != nil {
		return nil, err
	}
	ties, err := guardians(q, rows, false)
	if err != nil {
		return nil, err
	}
	var all []Person
	for _, g := range ties {
		child, err := Find(q, g.Child)
		if absent(err) || slices.ContainsFunc(all, func(p Person) bool { return p.ID == child.ID }) {
			continue
		}
		if err != nil {
			return nil, err
		}
		may, err := MaySpeakFor(q, self.ID, child.ID, on)
		if err != nil {
			return nil, err
		}
		if may {
			all = append(all, child)
		}
	}
	slices.SortStableFunc(all, func(a, b Person) int { return int(a.Born) - int(b.Born) })
	return all, nil
}

// Tied enters guardianships that were looked at elsewhere, such as those of a register, inside an act of the caller's, who
// permits and records.
func Tied(tx *sqldb.Tx, all []Guardianship) error {
	_, err := tx.Bulk(`INSERT INTO guardianship (city, id, child, adult, relation, proof, from_day, until_day, restricted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, len(all), func(i int) []any {
		g := all[i]
		return []any{id.New[Guardianship](tx.Now()), g.Child, g.Adult, g.Relation, g.Proof, g.From, g.Until, sqldb.Bit(g.Restricted)}
	})
	return err
}
