package person

import (
	"slices"
	"strings"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// grown is the age at which nobody is another's ward any more, in years.
const grown = 18

// Retention declares the tables of this package. named are the conditions, of a column, under which others name a person,
// now or since the moment $2.
func Retention(keys seal.Provider, named ...func(column string) string) []retain.Rule {
	r := rules{keys: keys, named: named}
	return []retain.Rule{
		{
			Table: "tie", Class: authz.Personal, Purpose: "retention.of.tie", With: "person",
			Ends: []retain.End{
				source.EndedRows(retain.First(
					ties(`DELETE FROM tie`, source.Ended("since")+` AND `+retain.Free("person")+` AND `+retain.Free("org")),
					ties(`UPDATE tie SET until = 0`, source.Ended("until")),
				)),
				{
					Text: "retention.end.tie", N: 3, Unit: retain.Years,
					Find: ties(`DELETE FROM tie`, source.Past("until")+` AND `+retain.Free("person")+` AND `+retain.Free("org")),
				},
			},
		},
		{
			Table: "paper", Class: authz.Sealed, Purpose: "retention.of.paper", With: "person", Also: "paper_look",
			Ends: []retain.End{source.EndedRows(r.papers)},
		},
		{
			Table: "person_change", Class: authz.Personal, Purpose: "retention.of.person_change",
			Ends: []retain.End{
				source.EndedRows(changes(source.Ended("delivery"))),
				{Text: "retention.end.person_change", N: 1, Unit: retain.Years, Find: changes(source.Past("delivery"))},
			},
		},
		{
			Table: "person", Class: authz.Sealed, Purpose: "retention.of.person",
			Also: "tie paper paper_look person_word person_phone person_merge guardianship consent",
			Ends: []retain.End{
				source.EndedRows(r.persons(r.undone)),
				{Text: "retention.end.person", N: 3, Unit: retain.Years, Find: r.persons(r.forgotten)},
			},
		},
		{Table: "person_word", Class: authz.Personal, Purpose: "retention.of.person_word", With: "person"},
		{Table: "person_phone", Class: authz.Sensitive, Purpose: "retention.of.person_phone", With: "person"},
		{Table: "paper_look", Class: authz.Sealed, Purpose: "retention.of.paper_look", With: "person"},
		{Table: "person_merge", Class: authz.Personal, Purpose: "retention.of.person_merge", With: "person"},
		{Table: "guardianship", Class: authz.Sensitive, Purpose: "retention.of.guardianship", With: "person"},
		{Table: "consent", Class: authz.Personal, Purpose: "retention.of.consent", With: "person"},
	}
}

// Hold takes a person's row until the act ends, for whoever is about to name her without a foreign key: whoever comes to
// destroy her then sees that she is named. It tells whether there is such a person. The act's verb names the table person.
func Hold(tx *sqldb.Tx, one ID) (bool, error) {
	n, err := tx.Exec(`UPDATE person SET made_at = made_at WHERE city = $1 AND id = $2`, one)
	return n == 1, err
}

// NamesOrg is the condition that the organisation which a column names keeps or binds somebody, or did.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM person WHERE person.city = $1 AND person.home = ` + column + `)
		OR EXISTS (SELECT 1 FROM tie WHERE tie.city = $1 AND tie.org = ` + column + `))`
}

// rules is what the rules on persons need.
type rules struct {
	keys  seal.Provider
	named []func(column string) string
}

// In the conditions on persons, $2 is the moment before which their time is over, $3 its day, and $4 the day on which
// whoever is grown on that day was born at the latest.

// unnamed is the condition, on an alias, that nothing but her own rows names a person since, and that nothing holds her.
func (r rules) unnamed(p string) string {
	of := p + ".id"
	all := []string{
		retain.Free(of), retain.Free(p + ".home"),
		`NOT EXISTS (SELECT 1 FROM consent c WHERE c.city = $1 AND (c.person = ` + of + ` OR c.given_by = ` + of + `) AND (c.withdrawn_at = 0 OR c.withdrawn_at >= $2))`,
		`NOT EXISTS (SELECT 1 FROM guardianship g JOIN person w ON w.city = g.city AND w.id = g.child WHERE g.city = $1 AND (g.child = ` + of + ` OR g.adult = ` + of + `)
			AND (g.until_day = '' OR g.until_day >= $3) AND (w.born = '' OR w.born > $4))`,
	}
	for _, names := range r.named {
		all = append(all, "NOT "+names(of))
	}
	return strings.Join(all, " AND ")
}

// undone is the condition that a person was brought by a delivery that was undone or given up. Whom others refer to stays.
func (r rules) undone(p string) string {
	return source.Ended(p+".since") + ` AND ` + r.unnamed(p)
}

// forgotten is the condition that nothing has named a person for long: no source, no act, no tie, nothing of others'. What
// she was entered for is over (个人信息保护法, article 47).
func (r rules) forgotten(p string) string {
	return `(` + p + `.since = 0 OR ` + source.Past(p+".since") + `) AND ` + p + `.made_at < $2 AND ` + act.Silent(p+".id") + `
		AND NOT EXISTS (SELECT 1 FROM tie t WHERE t.city = $1 AND t.person = ` + p + `.id AND NOT ` + source.Past("t.until") + `) AND ` + r.unnamed(p)
}

// persons finds persons who stand for themselves and whose time is over, with all rows that stand for them.
func (r rules) persons(over func(alias string) string) retain.Find {
	find := `SELECT p.id FROM person p WHERE p.city = $1 AND p.merged_into IS NULL AND ` + over("p") + `
		AND NOT EXISTS (SELECT 1 FROM person m WHERE m.city = $1 AND m.merged_into = p.id AND NOT (` + over("m") + `)) ORDER BY p.id LIMIT $5`
	one := `SELECT ` + columns + `, p.phone FROM person p WHERE p.city = $1 AND p.id = $5 AND ` + over("p")
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		args := []any{before.Micro(), before.Day, before.Day.AddMonths(-12 * grown)}
		return retain.Rows(q, scanID, func(tx *sqldb.Tx, ids []ID) (n int64, err error) {
			if still, err := source.Still(tx); err != nil || !still {
				return 0, err
			}
			for _, of := range ids {
				ended, err := r.destroy(tx, of, one, args)
				if err != nil {
					return 0, err
				}
				n += ended
			}
			return n, nil
		}, find, append(args, most)...)
	}
}

// destroy ends a person with all rows that stand for her, provided that the time of each is over still.
func (r rules) destroy(tx *sqldb.Tx, root ID, one string, args []any) (int64, error) {
	rows, err := group(tx, root)
	if err != nil {
		return 0, err
	}
	slices.Sort(rows)
	for _, of := range rows {
		if _, err := Hold(tx, of); err != nil {
			return 0, err
		}
	}
	ready := make([]*Ready, 0, len(rows))
	for _, of := range rows {
		found, err := sqldb.All(tx, func(s sqldb.Scan) (p stored, err error) {
			return p, s(append(p.fields(), &p.phone)...)
		}, one, append(slices.Clone(args), of)...)
		if err != nil || len(found) == 0 || of == root && !found[0].MergedInto.IsZero() {
			return 0, err
		}
		draft, err := r.draft(tx, found[0])
		if err != nil {
			return 0, err
		}
		ready = append(ready, draft)
	}
	for _, p := range ready {
		for _, statement := range []string{
			`DELETE FROM consent WHERE city = $1 AND (person = $2 OR given_by = $2)`,
			`DELETE FROM guardianship WHERE city = $1 AND (child = $2 OR adult = $2)`,
			`DELETE FROM person_merge WHERE city = $1 AND (from_person = $2 OR into_person = $2)`,
		} {
			if _, err := tx.Exec(statement, p.ID); err != nil {
				return 0, err
			}
		}
	}
	for _, p := range ready {
		if err := Withdraw(tx, p); err != nil {
			return 0, err
		}
	}
	return int64(len(ready)), nil
}

// stored is a person with her phone number as it is sealed.
type stored struct {
	Person
	phone []byte
}

// draft works out what leads to a person, as when she was entered.
func (r rules) draft(tx *sqldb.Tx, p stored) (*Ready, error) {
	n := New{Name: p.Name}
	if len(p.phone) > 0 {
		number, err := r.keys.Open(seal.Place{City: tx.City(), Table: "person", Column: "phone", Row: p.ID.String()}, p.phone)
		if err != nil {
			return nil, err
		}
		n.Phone = string(number)
	}
	papers, err := sealedPapers(tx, `a.person = $2`, p.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range papers {
		number, err := x.open(r.keys, tx.City())
		if err != nil {
			return nil, err
		}
		n.Papers = append(n.Papers, Paper{x.Paper.Kind, number})
	}
	return Draft(r.keys, p.ID, &n), nil
}

// papers finds what deliveries, undone or given up, had added to persons of other origin.
func (r rules) papers(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	over := source.Ended("a.since") + ` AND ` + retain.Free("a.person") + ` AND a.since <> (SELECT since FROM person p WHERE p.city = $1 AND p.id = a.person)`
	all, err := sealedPapers(q, over+` AND a.person IN (SELECT person FROM paper a WHERE a.city = $1 AND `+over+` ORDER BY a.person LIMIT $3)`, before.Micro(), most)
	return retain.Found{N: len(all), End: func(tx *sqldb.Tx, from, to int) (n int64, err error) {
		if still, err := source.Still(tx); err != nil || !still {
			return 0, err
		}
		for _, p := range all[from:to] {
			gone, err := tx.Exec(`DELETE FROM paper WHERE city = $1 AND person = $2 AND kind = $3 AND since = $4 AND `+retain.Free("person"),
				p.Person, string(p.Paper.Kind), p.Since)
			if err != nil || gone == 0 {
				return n, err
			}
			number, err := p.open(r.keys, tx.City())
			if err != nil {
				return n, err
			}
			if _, err := tx.Exec(deleteLook, string(p.Paper.Kind), r.keys.Lookup(string(p.Paper.Kind), number), p.Person); err != nil {
				return n, err
			}
			n += gone
		}
		return n, nil
	}}, err
}

// ties finds ties, on which a condition holds, for a statement that lacks its WHERE.
func ties(statement, cond string) retain.Find {
	type key struct {
		person ID
		kind   string
		id     string
	}
	scan := func(s sqldb.Scan) (key, error) {
		var k key
		return k, s(&k.person, &k.kind, &k.id)
	}
	statement += ` WHERE city = $1 AND person = $3 AND kind = $4 AND id = $5 AND ` + cond
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		end := retain.Each(statement, before, func(k key) []any { return []any{k.person, k.kind, k.id} })
		return retain.Rows(q, scan, end, `SELECT person, kind, id FROM tie WHERE city = $1 AND `+cond+` ORDER BY person, kind, id LIMIT $3`, before.Micro(), most)
	}
}

// changes finds the corrections of deliveries on which a condition holds.
func changes(cond string) retain.Find {
	type key struct {
		delivery int64
		person   ID
	}
	scan := func(s sqldb.Scan) (key, error) {
		var k key
		return k, s(&k.delivery, &k.person)
	}
	cond += ` AND ` + retain.Free("person")
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		end := retain.Each(`DELETE FROM person_change WHERE city = $1 AND delivery = $3 AND person = $4 AND `+cond, before,
			func(k key) []any { return []any{k.delivery, k.person} })
		return retain.Rows(q, scan, end, `SELECT DISTINCT delivery, person FROM person_change WHERE city = $1 AND `+cond+` ORDER BY delivery, person LIMIT $3`, before.Micro(), most)
	}
}
