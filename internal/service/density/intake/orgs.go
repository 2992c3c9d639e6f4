package intake

import (
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// orgRow is one organisation of a register, checked.
type orgRow struct {
	row                         int
	kind                        org.Kind
	name, short, industry, code string
	staff                       *int64
	parent                      *org.Registered
	at                          *geo.Point

	known       *org.Registered
	fate        fate
	revive      bool
	fields      []string
	corrections []org.Correction
}

// orgs takes registers of league organisations, employers and schools.
type orgs struct {
	*facts
	kind   Kind
	scheme string // of the code by which such organisations are known
	codes  map[string]int
	names  map[string]int
	above  map[string]bool // names of league organisations in the file so far
	kept   map[org.ID]bool
	pairs  []geo.Pair
	chunk  []orgRow
	gone   []org.ID
}

func newOrgs(k Kind, f *facts) *orgs {
	o := &orgs{facts: f, kind: k, scheme: "credit", codes: map[string]int{}, names: map[string]int{}, above: map[string]bool{}, kept: map[org.ID]bool{}}
	if k == LeagueOrgs {
		o.scheme = "league"
	}
	return o
}

func (o *orgs) pending() int { return len(o.chunk) }

func (o *orgs) read(l *line) {
	r := orgRow{row: l.row.Number, name: l.name("name", 120)}
	if o.kind == LeagueOrgs {
		o.readLeague(l, &r)
	} else {
		o.readUnit(l, &r)
	}
	if !l.bad {
		o.readKnown(l, &r)
	} else if k := o.coded(r.code); k != nil { // it is left out, but it is in the file
		o.kept[k.ID] = true
	}
	if !l.bad {
		o.chunk = append(o.chunk, r)
	}
}

// coded gives the organisation that is known by a code, nil for none.
func (o *orgs) coded(code string) *org.Registered {
	if o.scheme == "league" {
		return o.byLeague[code]
	}
	return o.byCredit[code]
}

// classes are the classes of 智慧团建 by the words that exports use for them (domain.md §7.1).
var classes = []struct {
	word string
	kind org.Kind
}{
	{"领导机关", org.LeagueBody},
	{"团工委", org.LeagueWorkCommittee},
	{"团总支", org.LeagueGeneralBranch},
	{"总支部", org.LeagueGeneralBranch},
	{"团支部", org.LeagueBranch},
	{"团委", org.LeagueCommittee},
	{"基层委员会", org.LeagueCommittee},
}

func classOf(text string) (org.Kind, bool) {
	for _, c := range classes {
		if strings.Contains(text, c.word) {
			return c.kind, true
		}
	}
	return "", false
}

func (o *orgs) readLeague(l *line, r *orgRow) {
	class := l.text("class")
	kind, ok := classOf(class)
	switch {
	case class == "":
		l.fail("class", "intake.empty", nil)
	case !ok:
		l.fail("class", "intake.class_unknown", nil)
	}
	r.kind, r.short, r.industry = kind, l.within("short", l.text("short"), 60), l.within("industry", l.text("industry"), 60)
	if l.damaged("code") {
		return
	}
	r.code = strings.ToUpper(fold(l.within("code", l.text("code"), 40)))
	if above := l.text("above"); above != "" && !o.above[fold(above)] {
		if found, several := o.league("", above); found == nil && !several {
			l.warn("above", "intake.above_unknown", nil)
		}
	}
	o.above[fold(r.name)] = true
	in := o.division(l)
	if l.bad {
		return
	}
	host := l.text("host")
	if r.parent = o.unit(l.text("host_credit"), host, in); r.parent == nil {
		r.parent = in
	}
	if r.parent == nil && host != "" {
		r.parent = only(o.byDivision[fold(host)], nil, func(*org.Registered) bool { return true })
	}
	if r.parent == nil {
		l.fail("host", "intake.host_unknown", nil)
	}
}

// mostStaff is more than any employer of a city has.
const mostStaff = 1_000_000

func (o *orgs) readUnit(l *line, r *orgRow) {
	r.kind = org.Company
	if o.kind == Schools {
		r.kind = org.School
	}
	r.industry = l.within("trade", l.text("trade"), 60)
	if l.text("staff") != "" {
		n := l.count("staff", mostStaff)
		r.staff = &n
	}
	if l.damaged("credit") {
		return
	}
	if text := l.text("credit"); text != "" {
		c, err := cn.ParseCreditCode(text)
		if err != nil {
			l.refuse("credit", err)
			return
		}
		if r.code = string(c); !c.InnerHolds() {
			l.warn("credit", "intake.inner_code", nil)
		}
	}
	if r.parent = o.division(l); r.parent == nil {
		if !l.bad {
			l.fail("area", "intake.where", nil)
		}
		return
	}
	at, given := l.point(o.box, geo.CRS(o.source.CRS))
	if r.at = at; at != nil && r.parent.At != nil {
		o.pairs = append(o.pairs, geo.Pair{Given: given, Reference: *r.parent.At})
	}
}

// readKnown finds the organisation that the row speaks of, and refuses what cannot be.
func (o *orgs) readKnown(l *line, r *orgRow) {
	field := "code"
	if o.kind != LeagueOrgs {
		field = "credit"
	}
	if r.code != "" {
		if first, twice := o.codes[r.code]; twice && first != r.row {
			l.fail(field, "intake.twice_in_file", errs.Args{"row": first})
			return
		}
		o.codes[r.code] = r.row
		r.known = o.coded(r.code)
	} else {
		key := fold(r.name) + "\x00" + r.parent.ID.String()
		if first, twice := o.names[key]; twice && first != r.row {
			l.fail("name", "intake.twice_in_file", errs.Args{"row": first})
			return
		}
		o.names[key] = r.row
		r.known = only(o.byName[fold(r.name)], r.parent, func(x *org.Registered) bool { return x.Kind == r.kind && x.Parent == r.parent.ID })
	}
	k := r.known
	if k == nil {
		return
	}
	o.kept[k.ID] = true
	switch {
	case o.kind == LeagueOrgs && k.Live && k.Since != o.delivery.Seq && (k.Kind != r.kind || fold(k.Name) != fold(r.name)):
		// 智慧团建: name, class and industry cannot be changed later
		if k.Kind != r.kind {
			l.fail("class", "intake.class_fixed", nil)
		} else {
			l.fail("name", "intake.name_fixed", nil)
		}
	case o.kind == LeagueOrgs && k.Live && r.industry != "" && k.Industry != "" && k.Industry != r.industry:
		l.fail("industry", "intake.industry_fixed", nil)
	case o.kind != LeagueOrgs && k.Kind != r.kind:
		l.fail(field, "intake.code_of_other", nil)
	case k.Live && k.Since != o.delivery.Seq && k.Parent != r.parent.ID:
		l.warn("area", "intake.moved", nil)
	}
}

func (o *orgs) weigh(sqldb.Q) error {
	for i := range o.chunk {
		r := &o.chunk[i]
		r.fate, r.fields, r.corrections, r.revive = same, nil, nil, false
		k := r.known
		if k == nil {
			r.fate = fresh
			continue
		}
		set := func(f org.Field, old, to string) {
			if to != "" && to != old {
				r.corrections = append(r.corrections, org.Correction{Org: k.ID, Field: f, Old: old, New: to})
				r.fields = append(r.fields, string(f))
			}
		}
		set(org.FieldName, k.Name, r.name)
		set(org.FieldIndustry, k.Industry, r.industry)
		set(org.FieldStaff, org.Staff(k.Staff), org.Staff(r.staff))
		set(org.FieldPosition, org.Position(k.At), org.Position(r.at))
		switch {
		case !k.Live && k.Since != o.delivery.Seq:
			r.fate, r.revive = fresh, true
		case len(r.corrections) > 0:
			r.fate = changed
		}
	}
	return nil
}

func (o *orgs) write(tx *sqldb.Tx, first int64) error {
	below := map[org.ID][]org.New{}
	var parents []org.ID
	var revived []org.ID
	var corrections []org.Correction
	for i := range o.chunk {
		r := &o.chunk[i]
		if r.known != nil {
			if r.revive {
				revived = append(revived, r.known.ID)
			}
			corrections = append(corrections, r.corrections...)
			continue
		}
		p := r.parent.ID
		if below[p] == nil {
			parents = append(parents, p)
		}
		below[p] = append(below[p], o.newOrg(r))
	}
	for _, p := range parents {
		parent, err := org.Find(tx, p)
		if err != nil {
			return err
		}
		if _, err := org.Add(tx, parent, first, below[p]); err != nil {
			return err
		}
		first += int64(len(below[p]))
	}
	if err := org.Revive(tx, o.delivery.Seq, revived); err != nil {
		return err
	}
	return org.Stage(tx, o.delivery.Seq, corrections)
}

func (o *orgs) newOrg(r *orgRow) org.New {
	n := org.New{Kind: r.kind, Name: r.name, Short: r.short, Parent: r.parent.ID, Industry: r.industry, Staff: r.staff, At: r.at, Since: o.delivery.Seq}
	if r.at != nil {
		n.CRS, n.Fineness = o.source.CRS, string(o.source.Fineness)
	}
	if r.code != "" {
		n.Codes = []org.Code{{Scheme: o.scheme, Code: r.code}}
	}
	return n
}

func (o *orgs) settle(t *tally) []Problem {
	for i := range o.chunk {
		r := &o.chunk[i]
		t.count(r.fate, func() Sample { return Sample{Row: r.row, Name: r.name, Fields: r.fields} })
	}
	o.chunk = o.chunk[:0]
	return nil
}

// leaving finds the source's organisations that the file no longer holds. One that still has others below it stays.
func (o *orgs) leaving(_ sqldb.Q, t *tally) error {
	o.gone = o.gone[:0]
	held := map[org.ID]bool{}
	for _, r := range slices.Backward(o.all) { // children come behind their parents
		if !r.Live {
			continue
		}
		if o.own[r.Since] && r.Since != o.delivery.Seq && o.ours(r.Kind) && !o.kept[r.ID] && !held[r.ID] {
			o.gone = append(o.gone, r.ID)
			if len(t.samples.Gone) < keptSamples {
				t.samples.Gone = append(t.samples.Gone, Sample{Name: r.Name})
			}
			continue
		}
		held[r.Parent] = true
	}
	t.gone = int64(len(o.gone))
	return nil
}

func (o *orgs) ours(k org.Kind) bool {
	switch o.kind {
	case LeagueOrgs:
		return k.IsLeague()
	case Schools:
		return k == org.School
	}
	return k == org.Company
}

func (o *orgs) end(tx *sqldb.Tx, from, to int) (bool, error) {
	if from >= len(o.gone) {
		return false, nil
	}
	return true, org.End(tx, o.delivery.Seq, o.gone[from:min(to, len(o.gone))])
}
