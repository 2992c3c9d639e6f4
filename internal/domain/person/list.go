package person

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Filter chooses persons. The zero filter is everybody in the viewer's scope.
type Filter struct {
	At    authz.Path // only what is kept at this organisation or below it
	Tie   TieKind    // only who has such a tie now
	Sex   string     // GB/T 2261.1
	Ages  Band       // only who is of this age today; without Key any age
	Words string     // what was typed into the search box, see Recognise
	Size  int        // rows on a page, 50 where it is 0
}

// Row is a person in a list, masked as far as the viewer may not see.
type Row struct {
	ID        ID
	Name      string // 张** where names are not the viewer's to see
	Sex       string
	Year      int     // of birth, 0 where unknown or not the viewer's to see
	Born      day.Day // zero where it is not the viewer's to see
	Standing  string
	PhoneTail string // empty where it is not the viewer's to see
	Home      org.ID
	HomeName  string
	At        authz.Path

	order []any // the values of the list's columns
}

// size is how many rows a page has.
func (f Filter) size() int {
	if f.Size <= 0 {
		return 50
	}
	return min(f.Size, 200)
}

// mask hides what the viewer of a verb may not see at the row's place.
func (r *Row) mask(by authz.Actor, v authz.Verb) {
	if !by.Sees(authz.Sensitive, v, r.At) {
		r.Born, r.PhoneTail = 0, ""
	}
	if !by.Sees(authz.Personal, v, r.At) { // the branch is as personal as the name
		r.Name, r.Year, r.Standing = cn.MaskName(r.Name), 0, ""
		r.Home, r.HomeName, r.At = "", "", ""
	}
}

// scope is where the viewer may look for what she seeks: who sees masked names only cannot find anybody by name, nor by
// the end of a phone number who does not see phones. A whole number that the viewer brings along is found where names are seen.
func scope(by authz.Actor, v authz.Verb, s Sought, at authz.Path) authz.Scope {
	class := authz.Open
	switch s.By {
	case ByNothing, ByID:
	case ByTail:
		class = authz.Sensitive
	default:
		class = authz.Personal
	}
	by.Grants = slices.DeleteFunc(slices.Clone(by.Grants), func(h authz.Held) bool { return h.Role.Sees < class })
	in := by.Scope(v)
	if at != "" {
		in = in.Narrow(at)
	}
	return in
}

// List gives one page of the persons that the viewer may see. Where the search is answered from the index of names,
// rows come in its order, else in the order of the tree and there by pinyin.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (page.Page[Row], error) {
	got, _, err := s.list(ctx, by, f, cursor, false)
	return got, err
}

// ListCounted is List with the number of all that is listed, on every page: up to 200, or to 50 where words are sought.
func (s *Service) ListCounted(ctx context.Context, by authz.Actor, f Filter, cursor string) (page.Page[Row], page.Count, error) {
	return s.list(ctx, by, f, cursor, true)
}

// Persons are counted for a page as far as countLimit, where words are sought to soughtLimit: whoever is found by a word is
// looked up to be counted, and who meets more than a page types on.
const (
	countLimit  = 200
	soughtLimit = 50
)

func (s *Service) list(ctx context.Context, by authz.Actor, f Filter, cursor string, counting bool) (got page.Page[Row], n page.Count, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, n, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		k, err := s.ask(q, by, Read, f)
		if err != nil {
			return err
		}
		p, err := s.Cursors.Read(k.list(), cursor)
		if err != nil {
			return err
		}
		rows, err := k.rows(q, p, page.Limit(f.size()))
		if err != nil {
			return err
		}
		got = page.Cut(s.Cursors, p, rows, f.size(), func(r Row) []any { return r.order })
		if counting {
			n, err = s.count(q, k, got, cursor == "")
		}
		for i := range got.Items {
			got.Items[i].mask(by, Read)
		}
		return err
	})
	return got, n, err
}

// count counts what is listed: behind the first page where it is at hand, else from the beginning.
func (s *Service) count(q sqldb.Q, k question, got page.Page[Row], first bool) (page.Count, error) {
	limit := countLimit
	if k.sought.By != ByNothing {
		limit = soughtLimit
	}
	n, after := 0, ""
	if first {
		if n, after = len(got.Items), got.Next; after == "" {
			return page.Counted(n, limit), nil
		}
		if n >= limit { // and there is a next page
			return page.Counted(limit+1, limit), nil
		}
	}
	p, err := s.Cursors.Read(k.list(), after)
	if err != nil {
		return page.Count{}, err
	}
	more, err := k.count(q, p, limit-n)
	return page.Counted(n+more, limit), err
}

// ask turns a filter into a question that the database answers quickly.
func (s *Service) ask(q sqldb.Q, by authz.Actor, v authz.Verb, f Filter) (question, error) {
	sought := Recognise(f.Words)
	k := question{filter: f, sought: sought, in: scope(by, v, sought, f.At), city: q.City()}
	if f.Ages.Key != "" {
		k.bornFrom, k.bornTo = f.Ages.births(s.today(q))
	}
	switch {
	case k.in.IsEmpty():
		return k, nil
	case sought.By == ByID || sought.By == ByPaper || sought.By == ByPhone:
		var err error
		k.ids, err = s.holders(q, sought)
		return k, err
	case sought.By == ByNothing:
		return k, nil
	}
	ways := k.sought.ways()
	if sought.By == ByTail { // few end alike, and person_home does not hold the digits
		k.ways = ways
		return k, nil
	}
	first, err := s.treeFirst(q, k.in, ways)
	if !first {
		k.ways = ways
	}
	return k, err
}

// question is a filter within a scope, and the way in which it is answered: by known ids, through the index of names (ways),
// or, without either, organisation by organisation in the order of the tree.
type question struct {
	filter           Filter
	sought           Sought
	in               authz.Scope
	city             string
	bornFrom, bornTo day.Day
	ids              []ID
	ways             []way
}

// exact tells whether the question is for ids that were looked up.
func (k question) exact() bool {
	return k.sought.By == ByID || k.sought.By == ByPaper || k.sought.By == ByPhone
}

// none tells whether nobody can be meant.
func (k question) none() bool { return k.in.IsEmpty() || k.exact() && len(k.ids) == 0 }

func (k question) list() page.List {
	columns := []string{"o.path", "p.pinyin", "p.id"}
	if k.ways != nil {
		columns = []string{"x.word", "x.person"}
	}
	f := k.filter
	return page.List{
		Name: "person.list", Columns: columns,
		Filter: fmt.Sprintf("%q %v %q %q %q %v %q", k.city, k.in, f.At, f.Tie, f.Sex, f.Ages, f.Words),
	}
}

// where adds what every row must satisfy.
func (k question) where(w *sqldb.Where) {
	w.And(counted).Scope(k.in, "o.path")
	if k.filter.Sex != "" {
		w.And("p.sex = ?", k.filter.Sex)
	}
	if k.filter.Ages.Key != "" {
		w.And("p.born >= ? AND p.born <= ? AND p.born <> ''", k.bornFrom, k.bornTo)
	}
	if k.filter.Tie != "" {
		w.And(`EXISTS (SELECT 1 FROM tie t WHERE t.city = p.city AND t.person = p.id AND t.kind = ? AND `+source.Live("t")+`)`, string(k.filter.Tie))
	}
	if k.exact() {
		marks := make([]string, len(k.ids))
		for i, id := range k.ids {
			marks[i] = w.Arg(id)
		}
		w.And("p.id IN (" + strings.Join(marks, ", ") + ")")
	}
	if k.ways == nil {
		k.sought.where(w)
	} else if k.sought.By == ByName && utf8.RuneCountInString(k.sought.Text) > 2 {
		k.sought.where(w) // the way knows two characters
	}
}

// byTree, byName and byIDs are the tables of a question, in the order in which SQLite runs through them.
const (
	byTree = ` FROM ` + org.Table + ` CROSS JOIN person p WHERE o.city = $1 AND p.city = o.city AND p.home = o.id AND `
	byName = ` FROM person_word x CROSS JOIN ` + org.Table + ` CROSS JOIN person p WHERE x.city = $1 AND o.city = x.city AND o.no = x.home AND p.city = x.city AND p.id = x.person AND `
	byIDs  = ` FROM person p CROSS JOIN ` + org.Table + ` WHERE p.city = $1 AND o.city = p.city AND o.id = p.home AND `
)

// from gives the tables for one way, and begins the condition.
func (k question) from(w *sqldb.Where, by *way) string {
	switch {
	case by != nil:
		by.where(w)
		return byName
	case k.exact():
		return byIDs
	default:
		return byTree
	}
}

// eachWay runs fn for every way as long as there is more to be found, or once without one. Ways are in the order of their
// words, so that what the next one leads to comes behind.
func (k question) eachWay(backwards bool, fn func(by *way) (more bool, err error)) error {
	if k.ways == nil {
		_, err := fn(nil)
		return err
	}
	for i := range k.ways {
		if backwards {
			i = len(k.ways) - 1 - i
		}
		if more, err := fn(&k.ways[i]); err != nil || !more {
			return err
		}
	}
	return nil
}

// behind adds the condition that a row lies behind a position.
func (k question) behind(w *sqldb.Where, p page.Position, by *way) {
	cond, keys := p.Where(len(w.Args()) + 2)
	for _, v := range keys {
		w.Arg(v)
	}
	w.And(cond)
	if by == nil && len(keys) > 0 { // says in one table's columns what the comparison of rows says of both
		w.And(map[bool]string{false: "o.path >= ?", true: "o.path <= ?"}[backwards(p)], keys[0])
	}
}

func backwards(p page.Position) bool { return strings.HasSuffix(p.Order(), " DESC") }

// rows gives the next rows from a position on.
func (k question) rows(q sqldb.Q, p page.Position, limit int) (all []Row, err error) {
	if k.none() {
		return nil, nil
	}
	err = k.eachWay(backwards(p), func(by *way) (bool, error) {
		var w sqldb.Where
		from := k.from(&w, by)
		k.where(&w)
		k.behind(&w, p, by)
		got, err := sqldb.All(q, func(s sqldb.Scan) (Row, error) {
			var r Row
			var word, pinyin string
			err := s(&word, &pinyin, &r.At, &r.HomeName, &r.ID, &r.Name, &r.Sex, &r.Born, &r.Standing, &r.PhoneTail, &r.Home)
			r.Year = r.Born.Year()
			if r.order = []any{string(r.At), pinyin, r.ID.String()}; by != nil {
				r.order = []any{word, r.ID.String()}
			}
			return r, err
		}, k.text(from, w.SQL(), p.Order(), w.Arg(limit-len(all)), by != nil), w.Args()...)
		all = append(all, got...)
		return len(all) < limit, err
	})
	return all, err
}

// text is the statement that gives rows. In the order of the tree the index person_home chooses them, and only those chosen
// are looked up.
func (k question) text(from, cond, order, limit string, named bool) string {
	if named {
		return `SELECT x.word, p.pinyin, o.path, o.name, p.id, p.name, p.sex, p.born, p.standing, p.phone_tail, p.home` + from + cond + ` ORDER BY ` + order + ` LIMIT ` + limit
	}
	return `SELECT '', k.pinyin, k.path, k.home_name, p.id, p.name, p.sex, p.born, p.standing, p.phone_tail, p.home
		FROM (SELECT p.pinyin AS pinyin, o.path AS path, o.name AS home_name, p.id AS id` + from + cond + ` ORDER BY ` + order + ` LIMIT ` + limit + `) k
		CROSS JOIN person p WHERE p.city = $1 AND p.id = k.id ORDER BY ` + chosen.Replace(order)
}

// chosen says an order in the words of the rows that were chosen.
var chosen = strings.NewReplacer("o.path", "k.path", "p.pinyin", "k.pinyin", "p.id", "k.id")

// count counts rows from a position on, no further than one past the limit.
func (k question) count(q sqldb.Q, p page.Position, limit int) (n int, err error) {
	if k.none() {
		return 0, nil
	}
	err = k.eachWay(false, func(by *way) (bool, error) {
		var w sqldb.Where
		from := k.from(&w, by)
		k.where(&w)
		k.behind(&w, p, by)
		var more int
		err := q.Row(page.CountSQL(`SELECT 1`+from+w.SQL(), limit-n), w.Args()...).Scan(&more)
		n += more
		return n <= limit, err
	})
	return n, err
}
