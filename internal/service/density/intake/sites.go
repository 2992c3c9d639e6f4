package intake

import (
	"cmp"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// siteRow is one site.
type siteRow struct {
	row    int
	place  place.Place
	known  *place.Place
	fate   fate
	fields []string
}

// siteKey is by what a site is known again; nth tells apart those of one kind, name and village that lie elsewhere.
type siteKey struct {
	kind, name string
	org        org.ID
	nth        int
}

// sites takes lists of places where young people are served. A site is known by kind, name and village.
type sites struct {
	*facts
	now   map[siteKey]*place.Place
	rows  map[siteKey]siteRow
	held  map[siteKey]bool // of rows that are left out
	pairs []geo.Pair
	chunk []siteRow
	gone  []place.ID
}

func newSites(f *facts, q sqldb.Q) (*sites, error) {
	s := &sites{facts: f, now: map[siteKey]*place.Place{}, rows: map[siteKey]siteRow{}, held: map[siteKey]bool{}}
	all, err := place.Known(q)
	slices.SortStableFunc(all, func(a, b place.Place) int { return cmp.Compare(a.ID, b.ID) })
	for i := range all {
		key := keyOf(&all[i])
		for s.now[key] != nil {
			key.nth++
		}
		s.now[key] = &all[i]
	}
	return s, err
}

func keyOf(p *place.Place) siteKey { return siteKey{kind: p.Kind, name: fold(p.Name), org: p.Org} }

// apart is from how many metres on two sites of one name are two sites.
const apart = 20

func (s *sites) pending() int { return len(s.chunk) }

func (s *sites) read(l *line) {
	r := siteRow{row: l.row.Number}
	p := &r.place
	p.Name, p.Kind = l.name("name", 120), l.need("kind", 40)
	p.Address = l.within("address", l.text("address"), 200)
	p.Capacity = l.count("capacity", 100_000)
	p.CRS, p.Fineness, p.Since = s.source.CRS, string(s.source.Fineness), s.delivery.Seq
	in := s.division(l)
	if in == nil && !l.bad {
		l.fail("area", "intake.where", nil)
	}
	at, given := l.point(s.box, geo.CRS(s.source.CRS))
	if at == nil && !l.bad {
		l.fail("lon", "intake.empty", nil)
	}
	if l.bad {
		if in != nil { // it is left out, but it is in the file
			p.Org = in.ID
			s.held[keyOf(p)] = true
		}
		return
	}
	p.Org, p.At = in.ID, *at
	if in.At != nil {
		s.pairs = append(s.pairs, geo.Pair{Given: given, Reference: *in.At})
	}
	key := keyOf(p)
	for {
		first, taken := s.rows[key]
		if !taken {
			break
		}
		if geo.Distance(first.place.At, p.At) < apart {
			l.fail("name", "intake.twice_in_file", errs.Args{"row": first.row})
			return
		}
		key.nth++
	}
	r.known = s.now[key]
	s.rows[key] = r
	s.chunk = append(s.chunk, r)
}

func (s *sites) weigh(sqldb.Q) error {
	for i := range s.chunk {
		r := &s.chunk[i]
		r.fate, r.fields = fresh, nil
		k := r.known
		if k == nil {
			continue
		}
		if geo.Distance(k.At, r.place.At) > 1 {
			r.fields = append(r.fields, "position")
		}
		if k.Address != r.place.Address {
			r.fields = append(r.fields, "address")
		}
		if k.Capacity != r.place.Capacity {
			r.fields = append(r.fields, "capacity")
		}
		if r.fate = same; len(r.fields) > 0 {
			r.fate = changed
		}
	}
	return nil
}

func (s *sites) write(tx *sqldb.Tx, _ int64) error {
	var begun []place.Place
	var ended []place.ID
	for i := range s.chunk {
		switch r := &s.chunk[i]; r.fate {
		case changed:
			ended = append(ended, r.known.ID)
			r.place.Replaces, r.place.Closed = r.known.ID, r.known.Closed // a list does not reopen what a person has closed
			begun = append(begun, r.place)
		case fresh:
			begun = append(begun, r.place)
		}
	}
	if err := place.End(tx, s.delivery.Seq, ended); err != nil {
		return err
	}
	return place.Add(tx, begun)
}

func (s *sites) settle(t *tally) []Problem {
	for i := range s.chunk {
		r := &s.chunk[i]
		t.count(r.fate, func() Sample { return Sample{Row: r.row, Name: r.place.Name, Fields: r.fields} })
	}
	s.chunk = s.chunk[:0]
	return nil
}

func (s *sites) leaving(_ sqldb.Q, t *tally) error {
	s.gone = s.gone[:0]
	for key, p := range s.now {
		if _, stays := s.rows[key]; stays || s.held[keyOf(p)] || !s.own[p.Since] {
			continue
		}
		s.gone = append(s.gone, p.ID)
		t.samples.Gone = append(t.samples.Gone, Sample{Name: p.Name})
	}
	slices.Sort(s.gone)
	slices.SortFunc(t.samples.Gone, func(a, b Sample) int { return cmp.Compare(a.Name, b.Name) })
	t.samples.Gone = t.samples.Gone[:min(len(t.samples.Gone), keptSamples)]
	t.gone = int64(len(s.gone))
	return nil
}

func (s *sites) end(tx *sqldb.Tx, from, to int) (bool, error) {
	if from >= len(s.gone) {
		return false, nil
	}
	return true, place.End(tx, s.delivery.Seq, s.gone[from:min(to, len(s.gone))])
}
