package person

import (
	"context"
	"hash/fnv"
	"io"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Dossier is all that a viewer may see of a person on one page.
type Dossier struct {
	Person              // masked as far as the viewer may not see
	Home       org.Node // who keeps the record
	Phone      string   // 138****1234, empty without one or where it is not the viewer's to see
	Papers     []MaskedPaper
	Ties       []Placed
	Guardians  []Guardianship // who speaks for her
	Wards      []Guardianship // for whom she speaks
	Consents   []Consent
	Merged     []Merger // rows that were found to be the same human being
	Version    int64    // of the fields that Edit changes
	IsChild    bool     // under 14: everything is sensitive
	SeesNames  bool
	SeesDetail bool
}

// MaskedPaper is a number as lists show it.
type MaskedPaper struct {
	Kind   PaperKind
	Masked string
	Of     ID    // the row that holds it, the person's own or one merged into hers
	Since  int64 // the delivery that brought it, 0 by hand
}

// Placed is a tie with the name of its organisation.
type Placed struct {
	Tie
	OrgName string
}

// View gives a person as far as the viewer may see; a merged one is given by the row that stands for her.
func (s *Service) View(ctx context.Context, by authz.Actor, id ID) (Dossier, error) {
	var d Dossier
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		d, err = s.view(q, by, id)
		return err
	})
	return d, err
}

func (s *Service) view(q sqldb.Q, by authz.Actor, id ID) (Dossier, error) {
	d, rows, err := s.permitted(q, by, Read, id)
	if err != nil {
		return d, err
	}
	d.Version = version(d.Person)
	d.IsChild = !d.Born.IsZero() && s.today(q) < Speaks(d.Born)
	d.SeesDetail = by.Sees(authz.Sensitive, Read, d.Home.Path)
	d.SeesNames = d.SeesDetail || !d.IsChild && by.Sees(authz.Personal, Read, d.Home.Path)
	if !d.SeesNames {
		d.Person = Person{ID: d.ID, Name: cn.MaskName(d.Name), Sex: d.Sex, MadeAt: d.MadeAt}
		d.Home = org.Node{Path: d.Home.Path}
		return d, nil
	}
	if d.Ties, err = tiesOf(q, rows); err != nil {
		return d, err
	}
	if !d.SeesDetail {
		d.PhoneTail = ""
		return d, nil
	}
	if phone, err := s.phone(q, d.ID); err == nil && phone != "" {
		d.Phone = cn.Phone(phone).Masked()
	} else if err != nil {
		return d, err
	}
	open, err := s.openPapers(q, rows)
	if err != nil {
		return d, err
	}
	for _, p := range open {
		d.Papers = append(d.Papers, MaskedPaper{p.Paper.Kind, cn.MaskID(p.Paper.Number), p.Person, p.Since})
	}
	if d.Guardians, err = guardians(q, rows, true); err != nil {
		return d, err
	}
	if d.Wards, err = guardians(q, rows, false); err != nil {
		return d, err
	}
	if d.Consents, err = consents(q, rows); err != nil {
		return d, err
	}
	d.Merged, err = mergers(q, rows)
	return d, err
}

// permitted finds a person with the organisation that keeps her record and all rows that are she, the standing one first;
// it refuses a viewer without the verb there.
func (s *Service) permitted(q sqldb.Q, by authz.Actor, v authz.Verb, id ID) (d Dossier, rows []ID, err error) {
	if d.Person, err = Find(q, id); err != nil {
		return d, nil, err
	}
	if d.Home, err = org.Find(q, d.Person.Home); err != nil {
		return d, nil, err
	}
	if err = by.Must(v, d.Home.Path); err != nil {
		return d, nil, err
	}
	rows, err = group(q, d.ID)
	return d, rows, err
}

// Same gives all rows that are the same human being as one row, the standing one first, for whoever keeps that row's id.
func Same(q sqldb.Q, one ID) ([]ID, error) {
	p, err := Find(q, one)
	if err != nil {
		return nil, err
	}
	return group(q, p.ID)
}

// group gives all rows that are one human being, the standing one first.
func group(q sqldb.Q, root ID) ([]ID, error) {
	all := []ID{root}
	for at := 0; at < len(all); at++ {
		below, err := sqldb.All(q, scanID, `SELECT p.id FROM person p WHERE p.city = $1 AND p.merged_into = $2 ORDER BY p.id`, all[at])
		if err != nil {
			return nil, err
		}
		all = append(all, below...)
	}
	return all, nil
}

func scanID(s sqldb.Scan) (ID, error) {
	var id ID
	return id, s(&id)
}

// oneOf adds the condition that a column holds one of some persons.
func oneOf(w *sqldb.Where, column string, ids []ID) {
	marks := ""
	for i, id := range ids {
		if i > 0 {
			marks += ", "
		}
		marks += w.Arg(id)
	}
	w.And(column + " IN (" + marks + ")")
}

func tiesOf(q sqldb.Q, rows []ID) ([]Placed, error) {
	var w sqldb.Where
	w.And("t.city = $1").And(source.Live("t"))
	oneOf(&w, "t.person", rows)
	ties, err := sqldb.All(q, func(s sqldb.Scan) (Placed, error) {
		var t Placed
		return t, s(&t.ID, &t.Person, &t.Kind, &t.Org, &t.Unit, &t.Role, &t.Began, &t.Since)
	}, `SELECT t.id, t.person, t.kind, COALESCE(t.org, ''), t.unit, t.role, t.began, t.since FROM tie t WHERE `+w.SQL()+` ORDER BY t.kind, t.id`, w.Args()...)
	if err != nil {
		return nil, err
	}
	var orgs []org.ID
	for _, t := range ties {
		orgs = append(orgs, t.Org)
	}
	named, err := org.Named(q, orgs)
	for i := range ties {
		ties[i].OrgName = named[ties[i].Org].Name
	}
	return ties, err
}

// openPapers opens the numbers of some rows. What is seen of them is for the caller to decide.
func (s *Service) openPapers(q sqldb.Q, rows []ID) ([]Held, error) {
	var w sqldb.Where
	oneOf(&w, "a.person", rows)
	all, err := sealedPapers(q, w.SQL(), w.Args()...)
	if err != nil {
		return nil, err
	}
	open := make([]Held, len(all))
	for i, p := range all {
		if p.Paper.Number, err = p.open(s.Keys, q.City()); err != nil {
			return nil, err
		}
		open[i] = p.Held
	}
	return open, nil
}

// phone opens a person's phone number, empty without one.
func (s *Service) phone(q sqldb.Q, id ID) (string, error) {
	var sealed []byte
	if err := q.Row(`SELECT p.phone FROM person p WHERE p.city = $1 AND p.id = $2`, id).Scan(&sealed); err != nil || len(sealed) == 0 {
		return "", err
	}
	plain, err := s.Keys.Open(seal.Place{City: q.City(), Table: "person", Column: "phone", Row: id.String()}, sealed)
	return string(plain), err
}

// version tells two states of a person's fields apart.
func version(p Person) int64 {
	h := fnv.New64a()
	for _, f := range []string{p.Name, p.Sex, p.Born.String(), p.Ethnicity, p.Education, p.Standing, p.PhoneTail, p.Home.String()} {
		_, _ = io.WriteString(h, f+"\x00")
	}
	return int64(h.Sum64()>>1) | 1 // never 0, which stands for none
}
