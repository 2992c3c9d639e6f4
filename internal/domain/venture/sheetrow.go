package venture

import (
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// sheetReader holds what rows are read with.
type sheetReader struct {
	q        sqldb.Q
	s        *Service
	by       authz.Actor
	m        sheet.Mapping
	w        Wording
	today    day.Day
	areas    map[string]org.Node // counties by name, townships by county and name; a name that two townships have is left out
	branches map[string]string   // codes by names
	seen     map[string]int      // rows by what makes them one dossier
}

func (s *Service) reader(q sqldb.Q, by authz.Actor, m sheet.Mapping, w Wording) (*sheetReader, error) {
	r := &sheetReader{q: q, s: s, by: by, m: m, w: w, today: s.today(q), areas: map[string]org.Node{}, branches: map[string]string{}, seen: map[string]int{}}
	all, err := org.Subtree(q, authz.Scope{All: true}, org.County, org.Township)
	if err != nil {
		return nil, err
	}
	counties, twice := map[org.ID]string{}, map[string]bool{}
	for _, n := range all {
		if n.Kind == org.County {
			counties[n.ID], r.areas[n.Name] = n.Name, n
			continue
		}
		r.areas[counties[n.Parent]+"·"+n.Name] = n
		if _, there := r.areas[n.Name]; there || twice[n.Name] {
			twice[n.Name] = true
			continue
		}
		r.areas[n.Name] = n
	}
	for name := range twice {
		if r.areas[name].Kind == org.Township {
			delete(r.areas, name)
		}
	}
	known, err := LoadIndustries(q)
	for _, i := range known {
		if _, there := r.branches[i.Name]; !there || len(i.Code) > len(r.branches[i.Name]) {
			r.branches[i.Name] = i.Code
		}
	}
	return r, err
}

// read takes one row: what it says is laid over the dossier that it is of, where an empty cell leaves what is there.
func (r *sheetReader) read(row sheet.Row) (one SheetRow, err error) {
	one = SheetRow{No: row.Number, Name: r.m.Text(row, "name"), founder: r.m.Text(row, "founder")}
	said := map[string]bool{}
	var p errs.Problems
	g := r.given(row, said, &p)
	one.is.Org = g.Org
	old, err := r.old(row, g, one.founder, &p)
	if err != nil {
		return one, err
	}
	if !old.ID.IsZero() {
		g = laid(old, g, said)
	} else {
		p.Require(one.founder != "", "founder", "field.required", nil)
		for field, missing := range map[string]*string{"category": &g.Category, "stage": &g.Stage, "entity": &g.Entity} {
			if !said[field] { // a column that offices often leave out
				*missing = map[string]string{"category": "other", "stage": "started", "entity": "none"}[field]
				if field == "entity" && g.Credit != "" {
					*missing = "individual"
				}
			}
		}
	}
	f, wrong := g.facts(r.q, r.today)
	merge(&p, wrong)
	if err := r.place(old, g.Org, &p); err != nil {
		return one, err
	}
	one.is = old
	one.is.Facts, one.is.Org, one.Name = f, g.Org, g.Name
	r.twice(&one, &p)
	switch {
	case len(p.List()) > 0:
		one.Outcome, one.Problems = RowBad, p.List()
	case old.ID.IsZero():
		one.Outcome = RowNew
	case old.Facts == f && old.Org == g.Org:
		one.Outcome = RowSame
	default:
		one.Outcome = RowChanged
	}
	return one, nil
}

// given reads the cells of a row; said names those that are filled in.
func (r *sheetReader) given(row sheet.Row, said map[string]bool, p *errs.Problems) (g Given) {
	text := func(field string) string {
		t := r.m.Text(row, field)
		said[field] = t != ""
		return t
	}
	word := func(field string) string {
		t := text(field)
		if key, ok := r.w.Words[field][t]; ok || t == "" {
			return key
		}
		p.Add(field, "venture.sheet_word", errs.Args{"word": t})
		return ""
	}
	g.Name, g.About, g.Address, g.Credit = text("name"), text("about"), text("address"), text("credit")
	p.Require(len([]rune(g.Address)) <= 120, "address", "field.long", errs.Args{"max": 120})
	p.Require(len([]rune(g.About)) <= 1000, "about", "field.long", errs.Args{"max": 1000})
	p.Require(len([]rune(r.m.Text(row, "founder"))) <= 60, "founder", "field.long", errs.Args{"max": 60})
	p.Require(!r.m.Cell(row, "credit").Damaged(), "credit", "venture.sheet_damaged", nil)
	g.Category, g.Stage, g.Entity = word("category"), word("stage"), word("entity")
	if g.Industry = text("industry"); r.branches[g.Industry] != "" {
		g.Industry = r.branches[g.Industry]
	}
	if t := text("staff"); t != "" {
		n, err := money.Parse(t) // whole numbers, as people write them
		p.Require(err == nil && n%100 == 0, "staff", "field.number", nil)
		g.Staff = int64(n / 100)
	}
	if t := text("revenue"); t != "" {
		sum, err := money.Parse(t)
		blame(p, "revenue", err)
		g.Revenue = sum
	}
	if t := text("revenue_year"); t != "" {
		n, err := money.Parse(strings.TrimSuffix(t, "年"))
		p.Require(err == nil && n%100 == 0, "revenue_year", "field.number", nil)
		g.RevenueYear = int64(n / 100)
	}
	if t := text("began"); t != "" {
		d, err := day.Parse(t)
		blame(p, "began", err)
		g.Began = d
	}
	g.Org = r.area(row, said, p)
	return g
}

// area finds where a venture belongs: by county and township, or by one column for both, as the library's own export has it.
func (r *sheetReader) area(row sheet.Row, said map[string]bool, p *errs.Problems) org.ID {
	name := strings.Map(func(c rune) rune {
		if c == ' ' || c == '　' {
			return -1
		}
		return c
	}, strings.Trim(r.m.Text(row, "county")+"·"+r.m.Text(row, "town"), "·"))
	if name == "" {
		name = strings.ReplaceAll(r.m.Text(row, "org"), " ", "")
	}
	said["org"] = name != ""
	at, ok := r.areas[name]
	if !ok && name != "" {
		p.Add("org", "venture.sheet_area", errs.Args{"area": strings.ReplaceAll(name, "·", " ")})
	}
	return at.ID
}

// old finds the dossier that a row is of, as far as the reader may know it.
func (r *sheetReader) old(row sheet.Row, g Given, founder string, p *errs.Problems) (v Venture, err error) {
	find := func(cond string, args ...any) (Venture, error) {
		all, err := sqldb.All(r.q, scan, `SELECT `+columns+` FROM venture v WHERE v.city = $1 AND v.state = 'known' AND `+cond+` ORDER BY v.id LIMIT 2`, args...)
		if err != nil || len(all) != 1 {
			return Venture{}, err
		}
		return all[0], nil
	}
	if serial := r.m.Text(row, "serial"); serial != "" {
		if v, err = find(`v.serial = $2`, serial); err == nil && v.ID.IsZero() {
			p.Add("serial", "venture.sheet_serial", nil)
		}
	} else if g.Credit != "" {
		v, err = find(`v.credit = $2`, strings.ToUpper(g.Credit))
	}
	if err == nil && v.ID.IsZero() && g.Name != "" && !g.Org.IsZero() {
		v, err = find(`v.org = $2 AND v.name = $3 AND EXISTS (SELECT 1 FROM venture_founder f WHERE f.city = v.city AND f.venture = v.id AND f.lead = 1 AND f.name = $4)`, g.Org, g.Name, founder)
	}
	if err != nil || v.ID.IsZero() {
		return v, err
	}
	at, err := org.Find(r.q, v.Org)
	if err == nil && !r.by.Can(Edit, at.Path) { // of another county, whose business it is
		p.Add("credit", "venture.credit_taken", nil)
		v = Venture{}
	}
	return v, err
}

// laid gives a dossier with what was said laid over it.
func laid(old Venture, g Given, said map[string]bool) Given {
	f, org := old.Facts, old.Org
	text := func(field string, to *string, from string) {
		if said[field] {
			*to = from
		}
	}
	text("name", &f.Name, g.Name)
	text("about", &f.About, g.About)
	text("industry", &f.Industry, g.Industry)
	text("category", &f.Category, g.Category)
	text("stage", &f.Stage, g.Stage)
	text("entity", &f.Entity, g.Entity)
	text("credit", &f.Credit, g.Credit)
	text("address", &f.Address, g.Address)
	if said["staff"] {
		f.Staff = g.Staff
	}
	if said["revenue"] {
		f.Revenue = g.Revenue
	}
	if said["revenue_year"] {
		f.RevenueYear = g.RevenueYear
	}
	if said["began"] {
		f.Began = g.Began
	}
	if said["org"] {
		org = g.Org
	}
	return Given{Facts: f, Org: org}
}

// place asks whether the reader may enter, or move, a dossier where the row says that it belongs.
func (r *sheetReader) place(old Venture, to org.ID, p *errs.Problems) error {
	if to.IsZero() {
		if len(p.List()) == 0 || !has(p, "org") {
			p.Add("org", "field.required", nil)
		}
		return nil
	}
	at, err := org.Find(r.q, to)
	if err != nil {
		return err
	}
	verb := Create
	if !old.ID.IsZero() {
		verb = Edit
	}
	p.Require(r.by.Can(verb, at.Path), "org", "venture.sheet_elsewhere", errs.Args{"name": at.Name})
	return nil
}

// twice tells of a row that is of the same dossier as one above it.
func (r *sheetReader) twice(one *SheetRow, p *errs.Problems) {
	v := one.is
	key := v.Org.String() + "/" + v.Name + "/" + one.founder
	switch {
	case !v.ID.IsZero():
		key = v.ID.String()
	case v.Credit != "":
		key = v.Credit
	}
	if first, there := r.seen[key]; there {
		p.Add("name", "venture.sheet_twice", errs.Args{"row": first})
		return
	}
	r.seen[key] = one.No
}

func has(p *errs.Problems, field string) bool {
	for _, x := range p.List() {
		if x.Field == field {
			return true
		}
	}
	return false
}

// merge adds problems of fields of which nothing is said yet.
func merge(p, more *errs.Problems) {
	for _, x := range more.List() {
		if !has(p, x.Field) {
			p.Add(x.Field, x.Key, x.Args)
		}
	}
}
