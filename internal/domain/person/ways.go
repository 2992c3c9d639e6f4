package person

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// way is one range of words that leads to persons.
type way struct {
	from, to string // the words from, and before to; equal to from alone where to is empty
	longer   int    // only readings that share fewer letters than this with another of the person's
	pinyin   string // only who is spelt so
}

// ways gives the ways to what is sought, in the order of their words; together they lead to nobody twice.
func (s Sought) ways() []way {
	switch s.By {
	case ByInitials:
		return []way{
			{from: ofReading + s.Text, to: after(ofReading + s.Text)},
			{from: ofFurther + s.Text, to: after(ofFurther + s.Text), longer: len(s.Text)},
		}
	case ByPinyin:
		initials, _ := initialsOf(s.Text)
		return []way{{from: ofReading + initials, to: after(ofReading + initials), pinyin: s.Text}}
	case ByTail:
		return []way{{from: ofPhone + s.Text}}
	case ByName:
		text := small(s.Text)
		r, n := utf8.DecodeRuneInString(text)
		if n == len(text) {
			return []way{{from: ofName + text, to: after(ofName + text)}}
		}
		_, m := utf8.DecodeRuneInString(text[n:])
		pair := string(r) + text[n:n+m]
		return []way{{from: ofName + again + pair}, {from: ofName + pair}}
	}
	return nil
}

// after is the first text that sorts after everything that begins with a text. Bytes of UTF-8 sort as their characters do,
// and no character is the last of all.
func after(text string) string {
	r, n := utf8.DecodeLastRuneInString(text)
	if r++; r == 0xD800 { // the next is no character
		r = 0xE000
	}
	return text[:len(text)-n] + string(r)
}

// where begins a condition with the way's range.
func (y way) where(w *sqldb.Where) {
	if y.to == "" {
		w.And("x.word = ?", y.from)
	} else {
		w.And("x.word >= ? AND x.word < ?", y.from, y.to)
	}
	if y.longer > 0 {
		w.And("x.shared < ?", y.longer)
	}
	if y.pinyin != "" {
		w.And("x.word LIKE ?", "% "+y.pinyin+"%") // letters alone
	}
}

// where adds what a person must satisfy who is sought, on alias p alone.
func (s Sought) where(w *sqldb.Where) {
	switch s.By {
	case ByInitials:
		w.And(`(p.initials >= ? AND p.initials < ? OR p.id IN (SELECT y.person FROM person_word y WHERE y.city = $1 AND y.word >= ? AND y.word < ?))`,
			s.Text, after(s.Text), ofFurther+s.Text, after(ofFurther+s.Text))
	case ByPinyin:
		initials, _ := initialsOf(s.Text)
		w.And(`p.pinyin >= ? AND p.pinyin < ? AND p.initials >= ? AND p.initials < ?`, s.Text, after(s.Text), initials, after(initials))
	case ByTail:
		w.And(`p.phone_tail = ?`, s.Text)
	case ByName:
		column := "p.name"
		if strings.ContainsFunc(s.Text, func(r rune) bool { return r < utf8.RuneSelf && letters(string(r)) }) {
			column = "LOWER(p.name)"
		}
		w.And(column+` LIKE ? ESCAPE '!'`, "%"+literal.Replace(small(s.Text))+"%")
	}
}

// literal takes their meaning from the signs of LIKE.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// holders gives who stands for what is sought by a whole number; of persons merged, those who stand for them.
func (s *Service) holders(q sqldb.Q, by Sought) ([]ID, error) {
	var w sqldb.Where
	query := `SELECT p.id FROM person p WHERE `
	w.And("p.city = $1")
	switch by.By {
	case ByID:
		w.And("p.id = ?", by.Text)
	case ByPhone:
		w.And("p.id IN (SELECT h.person FROM person_phone h WHERE h.city = $1 AND h.look = ?)", s.Keys.Lookup(phoneKind, by.Text))
	case ByPaper:
		w.And("p.id IN (SELECT a.person FROM paper_look a WHERE a.city = $1 AND a.kind = ? AND a.look = ?)", string(by.Paper), s.Keys.Lookup(string(by.Paper), by.Text))
	}
	held, err := sqldb.All(q, func(s sqldb.Scan) (ID, error) {
		var id ID
		return id, s(&id)
	}, query+w.SQL()+` ORDER BY p.id LIMIT 100`, w.Args()...)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, id := range held {
		p, err := Find(q, id)
		if err != nil && !absent(err) {
			return nil, err
		}
		if err == nil {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// A search within a scope is answered in one of two ways. Through the tree: all in scope are looked through for those who
// bear the name. Through the names: all who bear the name are looked through for those in scope. Either stops when the page
// is full, so that both take as long in proportion as there are persons in scope and bearers in the city; a bearer costs
// some twice as much, for her organisation is looked up. In a scope with a good part of a city's people a page is
// soon filled through the names, whoever is sought.
type bounds struct{ perBearer, manyPersons int }

var usual = bounds{perBearer: 1, manyPersons: 50_000}

func (s *Service) bounds() bounds {
	if s.tried != nil {
		return *s.tried
	}
	return usual
}

// treeFirst tells whether to go through the tree.
func (s *Service) treeFirst(q sqldb.Q, in authz.Scope, ways []way) (bool, error) {
	if in.All {
		return false, nil
	}
	b := s.bounds()
	n, err := s.within(q, in)
	if err != nil || n > b.manyPersons {
		return false, err
	}
	few := n / b.perBearer
	bearers := 0
	for _, y := range ways {
		more, err := s.remembered(q, fmt.Sprint("word ", q.City(), " ", y, " ", few), func() (n int, err error) {
			var w sqldb.Where
			w.And("x.city = $1")
			y.where(&w)
			err = q.Row(`SELECT COUNT(*) FROM (SELECT 1 FROM person_word x WHERE `+w.SQL()+` LIMIT `+w.Arg(few+1)+`) AS counted`, w.Args()...).Scan(&n)
			return n, err
		})
		if bearers += more; err != nil || bearers > few {
			return err == nil, err
		}
	}
	return false, nil
}

// sized is how many persons a scope held, or a word led to, when they were counted.
type sized struct {
	n  int
	at time.Time
}

// sizeKept is how long a count is taken for right; it only chooses between two ways to the same rows. mostSizes is how many
// are remembered before all are forgotten.
const (
	sizeKept  = 10 * time.Minute
	mostSizes = 10_000
)

// remembered gives a count that was made a while ago, or makes it.
func (s *Service) remembered(q sqldb.Q, key string, count func() (int, error)) (int, error) {
	if v, ok := s.sizes.Load(key); ok && q.Now().Sub(v.(sized).at) < sizeKept {
		return v.(sized).n, nil
	}
	n, err := count()
	if err != nil {
		return 0, err
	}
	if s.counted.Add(1) > mostSizes {
		s.counted.Store(0)
		s.sizes.Clear()
	}
	s.sizes.Store(key, sized{n, q.Now()})
	return n, nil
}

// within counts the persons in a scope, as far as it matters.
func (s *Service) within(q sqldb.Q, in authz.Scope) (int, error) {
	return s.remembered(q, fmt.Sprint("scope ", q.City(), " ", in), func() (n int, err error) {
		var w sqldb.Where
		w.And("o.city = $1").Scope(in, "o.path")
		err = q.Row(`SELECT COUNT(*) FROM (SELECT 1 FROM `+org.Table+` CROSS JOIN person p WHERE `+w.SQL()+` AND p.city = o.city AND p.home = o.id
			LIMIT `+w.Arg(s.bounds().manyPersons+1)+`) AS counted`, w.Args()...).Scan(&n)
		return n, err
	})
}

// births gives the first and last birth date of a band on a day.
func (b Band) births(on day.Day) (from, to day.Day) {
	return day.Gate{Min: b.From, Max: b.To, Counting: day.BirthdayCounts, Reference: day.OnTheDay}.Births(on)
}

// today is the day in the city.
func (s *Service) today(q sqldb.Q) day.Day { return s.day(q.Now()) }

func (s *Service) day(at time.Time) day.Day {
	if s.Zone == nil {
		return day.Of(at, time.UTC)
	}
	return day.Of(at, s.Zone)
}

func absent(err error) bool { return errs.KindOf(err) == errs.Absent }
