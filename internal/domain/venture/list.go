package venture

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Filter chooses dossiers. The zero filter is everything in the library within the viewer's scope.
type Filter struct {
	State    State      // Known where it is empty
	At       authz.Path // only what belongs to this organisation or below it
	Industry string     // the beginning of a code; a section's letter is the field (领域)
	Category string
	Stage    string
	Need     string // an open need of this kind
	Priority bool   // only what stands in the list of priority industries in force
	Stale    bool   // only what nobody has confirmed for too long
	Words    string // part of the name, a serial number or a credit code
	Size     int    // rows on a page, 50 where it is 0
}

// Row is a dossier in a list.
type Row struct {
	Venture
	At       org.Node
	Over     org.Node // what At hangs below
	Lead     string   // her name who leads it, masked from who may not see names; empty where the reader may not know it at all
	Needs    []string // kinds of open needs
	Priority bool
	Stale    bool
}

func (f Filter) size() int {
	if f.Size <= 0 {
		return 50
	}
	return min(f.Size, 200)
}

// now is what lists ask of the day of the snapshot.
type now struct {
	priority List
	cut      int64 // confirmed before this moment, a dossier is stale
}

func (s *Service) now(q sqldb.Q) (n now, err error) {
	if n.priority, err = PriorityOn(q, s.today(q)); err != nil {
		return n, err
	}
	terms, err := TermsOn(q, s.today(q))
	n.cut = terms.cut(q.Now())
	return n, err
}

// where is the condition that rows of the filter meet, for a viewer of a verb.
func (f Filter) where(by authz.Actor, v authz.Verb, n now) *sqldb.Where {
	in := by.Scope(v)
	if f.At != "" {
		in = in.Narrow(f.At)
	}
	state := f.State
	if state == "" {
		state = Known
	}
	var w sqldb.Where
	w.And("v.city = $1").And("v.state = ?", string(state))
	org.Inside(&w, in, "v.org")
	f.narrow(&w, n)
	return &w
}

// narrow adds what is asked of the ventures themselves.
func (f Filter) narrow(w *sqldb.Where, n now) {
	begins(w, f.Industry)
	if f.Category != "" {
		w.And("v.category = ?", f.Category)
	}
	if f.Stage != "" {
		w.And("v.stage = ?", f.Stage)
	}
	if f.Need != "" {
		w.And("v.id IN (SELECT n.venture FROM venture_need n WHERE n.city = $1 AND n.closed_at = 0 AND n.kind = ?)", f.Need)
	}
	if f.Priority {
		n.priority.where(w)
	}
	if f.Stale {
		w.And("v.confirmed_at < ?", n.cut)
	}
	if f.Words != "" {
		part := "%" + literal.Replace(f.Words) + "%"
		w.And("(v.name LIKE ? ESCAPE '!' OR v.serial = ? OR v.credit = ?)", part, f.Words, strings.ToUpper(f.Words))
	}
}

// begins adds the condition that an industry begins with a code: codes are ASCII letters and digits, so ~ sorts after them.
func begins(w *sqldb.Where, code string) {
	if code != "" {
		w.And("v.industry >= ? AND v.industry < ?", code, code+"~")
	}
}

// literal lets signs that LIKE takes for wildcards stand for themselves.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func (f Filter) list(by authz.Actor, city string) page.List {
	return page.List{
		Name: "venture.list", Columns: []string{"v.id"}, Desc: true,
		Filter: fmt.Sprintf("%q %v %q %q %q %q %q %q %v %v %q", city, by.Scope(Read), f.State, f.At, f.Industry, f.Category, f.Stage, f.Need, f.Priority, f.Stale, f.Words),
	}
}

// List gives one page of the dossiers that the viewer may see, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		n, err := s.now(q)
		if err != nil {
			return err
		}
		p, err := s.Cursors.Read(f.list(by, q.City()), cursor)
		if err != nil {
			return err
		}
		got, err = s.pageOf(q, f.where(by, Read, n), p, f.size(), func(all []Venture) ([]Row, error) { return rows(q, by, Read, all, n) })
		return err
	})
	return got, err
}

func (s *Service) pageOf(q sqldb.Q, w *sqldb.Where, p page.Position, size int, fill func([]Venture) ([]Row, error)) (got page.Page[Row], err error) {
	cond, keys := p.Where(len(w.Args()) + 2)
	for _, k := range keys {
		w.Arg(k)
	}
	w.And(cond)
	// Which ones they are is read off an index that holds what most filters ask, and only those are looked up.
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM venture v WHERE v.city = $1 AND v.id IN (SELECT v.id FROM venture v WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(size))+`)
		ORDER BY `+p.Order(), w.Args()...)
	if err != nil {
		return got, err
	}
	filled, err := fill(all)
	if err != nil {
		return got, err
	}
	return page.Cut(s.Cursors, p, filled, size, func(r Row) []any { return []any{r.ID.String()} }), nil
}

// Tally counts what List lists, up to a limit.
func (s *Service) Tally(ctx context.Context, by authz.Actor, f Filter) (got page.Count, err error) {
	const limit = 1000
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		n, err := s.now(q)
		if err != nil {
			return err
		}
		w := f.where(by, Read, n)
		var c int
		err = q.Row(page.CountSQL(`SELECT 1 FROM venture v WHERE `+w.SQL(), limit), w.Args()...).Scan(&c)
		got = page.Counted(c, limit)
		return err
	})
	return got, err
}

// Sheet gives every dossier of a filter that the viewer may take away, and notes that she does.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, f Filter) (got []Row, err error) {
	if err := by.MustSomewhere(Export); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		n, err := s.now(q)
		if err != nil {
			return err
		}
		w := f.where(by, Export, n)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM venture v WHERE `+w.SQL()+` ORDER BY v.id DESC`, w.Args()...)
		if err != nil {
			return err
		}
		got, err = rows(q, by, Export, all, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return got, s.DB.Note(ctx, by, Export, "", act.Change{"rows": len(got)})
}

// atOnce is how many ventures one statement looks up: an engine takes only so many parameters.
const atOnce = 400

// rows fills in what lists show beside a dossier, as far as a viewer of a verb may see.
func rows(q sqldb.Q, by authz.Actor, verb authz.Verb, all []Venture, n now) ([]Row, error) {
	got := make([]Row, len(all))
	for from := 0; from < len(all); from += atOnce {
		some := all[from:min(len(all), from+atOnce)]
		where, over, err := places(q, some)
		if err != nil {
			return nil, err
		}
		leads, err := leadsOf(q, some)
		if err != nil {
			return nil, err
		}
		needs, err := needsOf(q, some)
		if err != nil {
			return nil, err
		}
		for i, v := range some {
			r := Row{Venture: v, At: where[v.Org], Needs: needs[v.ID], Priority: n.priority.Holds(v.Industry) != 0, Stale: v.State == Known && v.ConfirmedAt < n.cut}
			r.Over, r.Lead = over[r.At.Parent], leads[v.ID]
			hide(by, verb, r.At, &r.Venture)
			if !by.Sees(authz.Personal, verb, r.At.Path) {
				r.Lead = ""
			}
			got[from+i] = r
		}
	}
	return got, nil
}

// hide takes out of a dossier what the viewer may not see where it belongs: the address is personal, what it earns sensitive.
func hide(by authz.Actor, verb authz.Verb, at org.Node, v *Venture) {
	if !by.Sees(authz.Personal, verb, at.Path) {
		v.Address, v.ConfirmedBy = "", ""
	}
	if !by.Sees(authz.Sensitive, verb, at.Path) {
		v.Revenue, v.RevenueYear = 0, 0
	}
}

func places(q sqldb.Q, all []Venture) (where, over map[org.ID]org.Node, err error) {
	ids := make([]org.ID, len(all))
	for i, v := range all {
		ids[i] = v.Org
	}
	if where, err = org.Named(q, ids); err != nil {
		return nil, nil, err
	}
	var up []org.ID
	for _, n := range where {
		up = append(up, n.Parent)
	}
	over, err = org.Named(q, up)
	return where, over, err
}

// oneOf adds the condition that a column names one of some ventures.
func oneOf(w *sqldb.Where, column string, all []Venture) *sqldb.Where {
	marks := make([]string, len(all))
	for i, v := range all {
		marks[i] = w.Arg(v.ID)
	}
	return w.And(column + " IN (" + strings.Join(marks, ", ") + ")")
}

func leadsOf(q sqldb.Q, all []Venture) (map[ID]string, error) {
	var w sqldb.Where
	oneOf(w.And("f.city = $1").And("f.lead = 1"), "f.venture", all)
	return pairs(q, `SELECT f.venture, f.name FROM venture_founder f WHERE `+w.SQL(), w.Args(), func(of map[ID]string, v ID, name string) { of[v] = name })
}

func needsOf(q sqldb.Q, all []Venture) (map[ID][]string, error) {
	var w sqldb.Where
	oneOf(w.And("n.city = $1").And("n.closed_at = 0"), "n.venture", all)
	return pairs(q, `SELECT n.venture, n.kind FROM venture_need n WHERE `+w.SQL()+` ORDER BY n.id`, w.Args(), func(of map[ID][]string, v ID, kind string) {
		if !slices.Contains(of[v], kind) {
			of[v] = append(of[v], kind)
		}
	})
}

func pairs[T any](q sqldb.Q, query string, args []any, put func(of map[ID]T, v ID, text string)) (map[ID]T, error) {
	of := map[ID]T{}
	_, err := sqldb.All(q, func(s sqldb.Scan) (struct{}, error) {
		var v ID
		var text string
		err := s(&v, &text)
		put(of, v, text)
		return struct{}{}, err
	}, query, args...)
	return of, err
}

// SharedList gives one page of the dossiers whose founders have agreed that the viewer's bank see them, the newest first. A
// consent that was withdrawn or has run out since the page before leaves its dossier out of this one.
func (s *Service) SharedList(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], err error) {
	if err := by.MustSomewhere(Shared); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		of, err := desk(q, by)
		if err != nil || len(of) == 0 {
			return err
		}
		n, err := s.now(q)
		if err != nil {
			return err
		}
		l := f.list(by, q.City())
		l.Name, l.Filter = "venture.shared", fmt.Sprintf("%s %q", l.Filter, of)
		p, err := s.Cursors.Read(l, cursor)
		if err != nil {
			return err
		}
		var w sqldb.Where
		w.And("v.city = $1").And("v.state = 'known'")
		f.narrow(&w, n)
		s.under(q, &w, of)
		nobody := authz.Actor{City: q.City()} // who sees no names, no addresses and nothing of what ventures earn
		got, err = s.pageOf(q, &w, p, f.size(), func(all []Venture) ([]Row, error) { return rows(q, nobody, Shared, all, n) })
		return err
	})
	return got, err
}
