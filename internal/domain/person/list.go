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
	var got page.Page[Row]
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
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
		for i := range rows {
			rows[i].mask(by, Read)
		}
		got = page.Cut(s.Cursors, p, rows, f.size(), func(r Row) []any { return r.order })
		return nil
	})
	return got, err
}

// countLimit is as far as persons are counted for a page.
const countLimit = 200

// Tally counts what List lists, up to 200.
func (s *Service) Tally(ctx context.Context, by authz.Actor, f Filter) (page.Count, error) {
	var got page.Count
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		k, err := s.ask(q, by, Read, f)
		if err != nil {
			return err
		}
		n, err := k.count(q, countLimit)
		got = page.Counted(n, countLimit)
		return err
	})
	return got, err
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

// byTree and byName are the tables of a question, in the order in which SQLite runs through them.
const (
	byTree = ` FROM ` + org.Table + ` CROSS JOIN person p WHERE o.city = $1 AND p.city = o.city AND p.home = o.id AND `
	byName = ` FROM person_word x CROSS JOIN person p CROSS JOIN ` + org.Table + ` WHERE x.city = $1 AND p.city = x.city AND p.id = x.person AND o.city = p.city AND o.id = p.home AND `
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

// eachWay runs fn for every way, or once without one.
func (k question) eachWay(fn func(by *way) error) error {
	if k.ways == nil {
		return fn(nil)
	}
	for i := range k.ways {
		if err := fn(&k.ways[i]); err != nil {
			return err
		}
	}
	return nil
}

// rows gives the next rows from a position on.
func (k question) rows(q sqldb.Q, p page.Position, limit int) (all []Row, err error) {
	if k.none() {
		return nil, nil
	}
	back := strings.HasSuffix(p.Order(), " DESC")
	err = k.eachWay(func(by *way) error {
		var w sqldb.Where
		from := k.from(&w, by)
		k.where(&w)
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, v := range keys {
			w.Arg(v)
		}
		w.And(cond)
		if by == nil && len(keys) > 0 { // says in one table's columns what the comparison of rows says of both
			w.And(map[bool]string{false: "o.path >= ?", true: "o.path <= ?"}[back], keys[0])
		}
		word := "''"
		if by != nil {
			word = "x.word"
		}
		got, err := sqldb.All(q, func(s sqldb.Scan) (Row, error) {
			var r Row
			var word, pinyin string
			err := s(&word, &pinyin, &r.At, &r.HomeName, &r.ID, &r.Name, &r.Sex, &r.Born, &r.Standing, &r.PhoneTail, &r.Home)
			r.Year = r.Born.Year()
			if r.order = []any{string(r.At), pinyin, r.ID.String()}; by != nil {
				r.order = []any{word, r.ID.String()}
			}
			return r, err
		}, `SELECT k.word, k.pinyin, k.path, k.home_name, p.id, p.name, p.sex, p.born, p.standing, p.phone_tail, p.home
			FROM (SELECT `+word+` AS word, p.pinyin AS pinyin, o.path AS path, o.name AS home_name, p.id AS id`+from+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(limit)+`) k
			CROSS JOIN person p WHERE p.city = $1 AND p.id = k.id ORDER BY `+outer(p, by != nil), w.Args()...)
		all = append(all, got...)
		return err
	})
	if len(k.ways) > 1 {
		slices.SortStableFunc(all, func(a, b Row) int {
			c := strings.Compare(a.order[0].(string)+"\x00"+a.order[1].(string), b.order[0].(string)+"\x00"+b.order[1].(string))
			if back {
				return -c
			}
			return c
		})
	}
	return all[:min(limit, len(all))], err
}

// outer is a position's order in the words of the rows that were chosen.
func outer(p page.Position, named bool) string {
	order := strings.NewReplacer("o.path", "k.path", "p.pinyin", "k.pinyin", "p.id", "k.id").Replace(p.Order())
	if named {
		order = strings.NewReplacer("x.word", "k.word", "x.person", "k.id").Replace(p.Order())
	}
	return order
}

// count counts rows, no further than one past the limit.
func (k question) count(q sqldb.Q, limit int) (n int, err error) {
	if k.none() {
		return 0, nil
	}
	err = k.eachWay(func(by *way) error {
		if n > limit {
			return nil
		}
		var w sqldb.Where
		from := k.from(&w, by)
		k.where(&w)
		var more int
		err := q.Row(page.CountSQL(`SELECT 1`+from+w.SQL(), limit-n), w.Args()...).Scan(&more)
		n += more
		return err
	})
	return n, err
}
