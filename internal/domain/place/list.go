package place

import (
	"context"
	"fmt"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Filter chooses places. The zero filter is every open place in the viewer's scope.
type Filter struct {
	At     authz.Path // only what stands at this organisation or below it
	Kind   string
	Words  string // part of name or address
	Closed bool   // those that are closed, in place of the open ones
	Size   int    // rows on a page, 50 where it is 0
}

// Row is a place in a list, with the name of where it stands.
type Row struct {
	Place
	OrgName string
}

func (f Filter) size() int {
	if f.Size <= 0 {
		return 50
	}
	return min(f.Size, 200)
}

// where is the condition that rows of the filter meet, for a viewer of a verb.
func (f Filter) where(by authz.Actor, v authz.Verb) *sqldb.Where {
	in := by.Scope(v)
	if f.At != "" {
		in = in.Narrow(f.At)
	}
	var w sqldb.Where
	w.And("p.city = $1").And(Live)
	if f.Closed {
		w.And("p.closed <> ''")
	} else {
		w.And("p.closed = ''")
	}
	org.Inside(&w, in, "p.org")
	if f.Kind != "" {
		w.And("p.kind = ?", f.Kind)
	}
	f.words(&w)
	return &w
}

func (f Filter) words(w *sqldb.Where) {
	if f.Words != "" {
		part := "%" + literal.Replace(f.Words) + "%"
		w.And("(p.name LIKE ? ESCAPE '!' OR p.address LIKE ? ESCAPE '!')", part, part)
	}
}

// literal lets signs that LIKE takes for wildcards stand for themselves.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func (f Filter) list(by authz.Actor, city string) page.List {
	return page.List{
		Name: "place.list", Columns: []string{"p.kind", "p.name", "p.id"},
		Filter: fmt.Sprintf("%q %v %q %q %q %v", city, by.Scope(Read), f.At, f.Kind, f.Words, f.Closed),
	}
}

// List gives one page of the places that the viewer may see, in order of kind and name.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (page.Page[Row], error) {
	var got page.Page[Row]
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(f.list(by, q.City()), cursor)
		if err != nil {
			return err
		}
		w := f.where(by, Read)
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		rows, err := named(q, `SELECT `+columns+` FROM place p WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(f.size())), w.Args()...)
		got = page.Cut(s.Cursors, p, rows, f.size(), func(r Row) []any { return []any{r.Kind, r.Name, r.ID.String()} })
		return err
	})
	return got, err
}

// Tally counts what List lists, up to a limit.
func (s *Service) Tally(ctx context.Context, by authz.Actor, f Filter) (page.Count, error) {
	const limit = 10_000
	var got page.Count
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Read)
		var n int
		err := q.Row(page.CountSQL(`SELECT 1 FROM place p WHERE `+w.SQL(), limit), w.Args()...).Scan(&n)
		got = page.Counted(n, limit)
		return err
	})
	return got, err
}

// PinLimit is the most places that a map draws.
const PinLimit = 5_000

// Pins gives the places of a filter for a map, at most PinLimit; whether there are more says the Tally.
func (s *Service) Pins(ctx context.Context, by authz.Actor, f Filter) (all []Place, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Read)
		all, err = sqldb.All(q, scan, `SELECT `+columns+` FROM place p WHERE `+w.SQL()+` ORDER BY p.kind, p.name, p.id LIMIT `+w.Arg(PinLimit), w.Args()...)
		return err
	})
	return all, err
}

// Sheet gives every place of a filter that the viewer may take away, and notes that she does.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, f Filter) (rows []Row, err error) {
	if err := by.MustSomewhere(Export); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Export)
		rows, err = named(q, `SELECT `+columns+` FROM place p WHERE `+w.SQL()+` ORDER BY p.kind, p.name, p.id`, w.Args()...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, s.DB.Note(ctx, by, Export, "", act.Change{"rows": len(rows)})
}

// named reads places and the names of where they stand.
func named(q sqldb.Q, query string, args ...any) ([]Row, error) {
	all, err := sqldb.All(q, scan, query, args...)
	if err != nil {
		return nil, err
	}
	ids := make([]org.ID, len(all))
	for i, p := range all {
		ids[i] = p.Org
	}
	where := map[org.ID]org.Node{}
	for from := 0; from < len(ids); from += namedAtOnce { // an engine takes only so many parameters
		some, err := org.Named(q, ids[from:min(len(ids), from+namedAtOnce)])
		if err != nil {
			return nil, err
		}
		for id, n := range some {
			where[id] = n
		}
	}
	rows := make([]Row, len(all))
	for i, p := range all {
		rows[i] = Row{Place: p, OrgName: where[p.Org].Name}
	}
	return rows, nil
}

const namedAtOnce = 500

// Search gives the places in a scope that serve people, with some words in name or address, in order of name, at most so many.
func Search(q sqldb.Q, in authz.Scope, words string, most int) ([]Row, error) {
	f := Filter{Words: words}
	var w sqldb.Where
	w.And("p.city = $1").And(Live).And("p.closed = ''")
	org.Inside(&w, in, "p.org")
	f.words(&w)
	return named(q, `SELECT `+columns+` FROM place p WHERE `+w.SQL()+` ORDER BY p.name, p.id LIMIT `+w.Arg(most), w.Args()...)
}
