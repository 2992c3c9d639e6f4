package intake

import (
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// facts are what the rows of a file are held against: the city's organisations, and the delivery's own data.
type facts struct {
	delivery source.Delivery
	source   source.Source
	own      map[int64]bool // the source's deliveries
	mapping  *Mapping
	today    day.Day
	box      geo.Box // around the city, with some room
	damaged  bool    // see Report.Damaged
	seed     string  // see Report.Seed

	root       org.Node
	byID       map[org.ID]*org.Registered
	byStat     map[string]*org.Registered   // divisions by 12-digit code
	byDivision map[string][]*org.Registered // divisions by folded name
	byName     map[string][]*org.Registered // others that count, by folded name
	byLeague   map[string]*org.Registered   // league organisations by their number, shown or not
	byCredit   map[string]*org.Registered   // units by credit code, shown or not
	all        []org.Registered
}

// margin is how far from the outermost village a position may lie, in degrees: some 30 km.
const margin = 0.3

func learn(q sqldb.Q, d source.Delivery, m *Mapping, today day.Day) (*facts, error) {
	f := &facts{
		delivery: d, mapping: m, today: today, byID: map[org.ID]*org.Registered{}, byStat: map[string]*org.Registered{}, byDivision: map[string][]*org.Registered{},
		byName: map[string][]*org.Registered{}, byLeague: map[string]*org.Registered{}, byCredit: map[string]*org.Registered{},
	}
	var err error
	if f.source, err = source.Find(q, d.Source); err != nil {
		return nil, err
	}
	if f.own, err = source.Of(q, d.Source); err != nil {
		return nil, err
	}
	if f.root, err = org.Root(q); err != nil {
		return nil, err
	}
	if f.all, err = org.Register(q); err != nil {
		return nil, err
	}
	first := true
	for i := range f.all {
		r := &f.all[i]
		f.byID[r.ID] = r
		if c := r.Codes["league"]; c != "" {
			f.byLeague[c] = r
		}
		if c := r.Codes["credit"]; c != "" {
			f.byCredit[c] = r
		}
		if !r.Live || !r.IsOpen() {
			continue
		}
		if !r.Kind.IsDivision() {
			f.byName[fold(r.Name)] = append(f.byName[fold(r.Name)], r)
			continue
		}
		f.byDivision[fold(r.Name)] = append(f.byDivision[fold(r.Name)], r)
		if c := r.Codes["stat"]; c != "" {
			f.byStat[c] = r
		}
		if r.At != nil {
			f.widen(*r.At, first)
			first = false
		}
	}
	if first {
		f.box = geo.Box{West: 73, South: 3, East: 136, North: 54}
	}
	return f, nil
}

func (f *facts) widen(p geo.Point, first bool) {
	b := geo.Box{West: p.Lon - margin, East: p.Lon + margin, South: p.Lat - margin, North: p.Lat + margin}
	if !first {
		b = geo.Box{West: min(b.West, f.box.West), East: max(b.East, f.box.East), South: min(b.South, f.box.South), North: max(b.North, f.box.North)}
	}
	f.box = b
}

// division finds where a row belongs: by code, else by the names of county, township and village.
func (f *facts) division(l *line) *org.Registered {
	if code := l.text("area"); code != "" {
		a, err := cn.ParseArea(code)
		if err != nil {
			l.refuse("area", err)
			return nil
		}
		r := f.byStat[string(a)]
		if r == nil {
			l.fail("area", "intake.area_unknown", nil)
		}
		return r
	}
	var at *org.Registered
	for _, level := range []string{"county", "town", "village"} {
		name := l.text(level)
		if name == "" {
			continue
		}
		next, n := f.below(at, name)
		if n != 1 {
			key := "intake.division_unknown"
			if n > 1 {
				key = "intake.division_twice"
			}
			l.fail(level, key, nil)
			return nil
		}
		at = next
	}
	return at
}

func (f *facts) below(at *org.Registered, name string) (found *org.Registered, n int) {
	for _, r := range f.byDivision[fold(name)] {
		if at == nil || at.Path.Covers(r.Path) {
			found = r
			n++
		}
	}
	return found, n
}

// unit finds a company, school or other body by credit code or name, inside a division where several bear the name.
func (f *facts) unit(credit, name string, in *org.Registered) *org.Registered {
	if credit != "" {
		if r := f.byCredit[strings.ToUpper(credit)]; r != nil && r.Live {
			return r
		}
	}
	return only(f.byName[fold(name)], in, func(r *org.Registered) bool { return !r.Kind.IsLeague() })
}

// league finds a league organisation by number or name.
func (f *facts) league(code, name string) (found *org.Registered, several bool) {
	if code != "" {
		if r := f.byLeague[code]; r != nil && r.Live {
			return r, false
		}
	}
	n := 0
	for _, r := range f.byName[fold(name)] {
		if r.Kind.IsLeague() {
			found = r
			n++
		}
	}
	if n > 1 {
		return nil, true
	}
	return found, false
}

// only gives the one of some that fits, or the one of several that lies in a division.
func only(all []*org.Registered, in *org.Registered, fits func(*org.Registered) bool) *org.Registered {
	var found, inside *org.Registered
	n, near := 0, 0
	for _, r := range all {
		if !fits(r) {
			continue
		}
		n++
		found = r
		if in != nil && in.Path.Covers(r.Path) {
			near++
			inside = r
		}
	}
	switch {
	case n == 1:
		return found
	case near == 1:
		return inside
	}
	return nil
}
