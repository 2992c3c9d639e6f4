package projectlibrary

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Matched is what the rules of a product say of a venture today.
type Matched struct {
	Product string
	Version string // the nearest that speaks, empty where no conditions are written yet
	Title   string
	Facts   map[string]condition.Kind // that the product's conditions may ask for
	Result  rulebook.Judgement
	None    error // why no rule could be asked: none in force, or its text is awaited
}

// Match holds a venture against every product, rule by rule (可解释匹配). It decides nothing: it says what stands in the way, as far
// as the viewer may know the facts. Rules are the same for everybody, so that no right to the rulebook is asked for.
func (s *Service) Match(ctx context.Context, by authz.Actor, which venture.ID) (d venture.Dossier, all []Matched, err error) {
	if d, err = s.Ventures.View(ctx, by, which); err != nil {
		return d, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		facts, err := s.facts(q, d)
		if err != nil {
			return err
		}
		area, err := areaOf(q, d.At)
		if err != nil {
			return err
		}
		book, _, err := rulebook.InForce(q)
		if err != nil {
			return err
		}
		for _, p := range s.Rules.Products {
			m, err := match(book, p, area, s.today(q), facts)
			if err != nil {
				return err
			}
			all = append(all, m)
		}
		return nil
	})
	return d, all, err
}

// match asks the conditions that hold where the venture is.
func match(book rulebook.Book, p rulebook.Product, area string, on day.Day, facts condition.Facts) (m Matched, err error) {
	m.Product, m.Facts = p.Key, p.Facts
	terms, err := book.At(p.Key, area, on)
	if errs.KindOf(err) == errs.Absent || errs.KindOf(err) == errs.Invalid {
		m.None = err
		return m, nil
	}
	if err != nil || !terms.Conditioned() {
		return m, err
	}
	judging, err := terms.Judging(p.Facts)
	if err != nil {
		m.None = err
		return m, nil
	}
	first, err := book.Find(p.Key, terms.Key())
	if err != nil {
		return m, err
	}
	m.Version, m.Title, m.Result = first.Key, first.Title, judging.Judge(facts)
	return m, nil
}

// facts are what a dossier tells of a venture, in the words that conditions use; amounts in fen. Whose age it is does not concern
// who may not know the founders.
func (s *Service) facts(q sqldb.Q, d venture.Dossier) (condition.Facts, error) {
	f := condition.Facts{"staff": int(d.Staff), "industry": d.Industry, "local": true}
	switch d.Entity {
	case "individual", "partnership", "firm":
		f["kind"] = d.Entity
	}
	for _, n := range d.Needs {
		if n.Kind == "money" && n.ClosedAt == 0 && n.Amount > 0 {
			f["amount"] = int(n.Amount)
			break
		}
	}
	if d.Entity == "partnership" && d.SeesNames {
		f["partners"] = len(d.Founders)
	}
	for _, x := range d.Founders {
		if !x.Lead || x.Person.IsZero() {
			continue
		}
		p, err := person.Find(q, x.Person)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return nil, err
		}
		if !p.Born.IsZero() {
			f["age"] = p.Born.Age(s.today(q), day.BirthdayCounts) // 周岁 as the loan rules read it: 45 until the 46th birthday
		}
	}
	return f, nil
}

// areaOf gives the code of the division where an organisation is, or of the nearest above it that has one.
func areaOf(q sqldb.Q, at org.Node) (string, error) {
	up, err := org.Ancestry(q, at.Path)
	if err != nil {
		return "", err
	}
	for _, n := range slices.Backward(up) {
		codes, err := org.Codes(q, n.ID)
		if err != nil {
			return "", err
		}
		for _, c := range codes {
			if c.Scheme == "stat" {
				return c.Code, nil
			}
		}
	}
	return "", nil
}
