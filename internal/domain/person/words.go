package person

import (
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/pinyin"
	"zhidian/internal/platform/sqldb"
)

// What a word begins with says what it is of.
const (
	ofName    = "=" // one or two characters of the name
	ofReading = "@" // initials and pinyin of the usual reading, a blank between them
	ofFurther = "~" // initials of a further reading
	ofPhone   = "*" // the last four digits of the phone number
)

// word is one entry that leads to a person; shared is told of further readings.
type word struct {
	text   string
	shared int
}

// nameWords gives a name's usual reading, and the words that lead to who bears it.
func nameWords(name string) (pinyin.Reading, []word) {
	usual, more := readings(name)
	all := make([]word, 0, 8)
	for _, g := range grams(name) {
		all = append(all, word{text: ofName + g})
	}
	if usual.Initials != "" {
		all = append(all, word{text: ofReading + usual.Initials + " " + usual.Full})
	}
	for _, r := range more {
		all = append(all, word{ofFurther + r.initials, r.shared})
	}
	return usual, all
}

// bearer is a person as her words know her.
type bearer struct {
	of         ID
	name, tail string
	home       int64 // the number of the organisation that keeps her record
}

// words gives the words that lead to her.
func (b bearer) words() []word {
	_, all := nameWords(b.name)
	if b.tail != "" {
		all = append(all, word{text: ofPhone + b.tail})
	}
	return all
}

// bearers gives some persons, shown or not, in no order.
func bearers(q sqldb.Q, ids []ID) (all []bearer, err error) {
	for from := 0; from < len(ids); from += matchWidth {
		args := []any{""} // keeps the numbering of matchMarks, which begins at $3
		for i := range matchWidth {
			args = append(args, ids[min(from+i, len(ids)-1)])
		}
		found, err := sqldb.All(q, func(s sqldb.Scan) (bearer, error) {
			var b bearer
			return b, s(&b.of, &b.name, &b.tail, &b.home)
		}, `SELECT p.id, p.name, p.phone_tail, o.no FROM person p JOIN `+org.Table+` ON o.city = p.city AND o.id = p.home
			WHERE p.city = $1 AND $2 = '' AND p.id IN (`+matchMarks+`)`, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// tailOf is the end of a phone number that may be searched for.
func tailOf(phone string) string { return phone[max(0, len(phone)-4):] }

// further is one more reading of a name.
type further struct {
	initials string
	shared   int // how many first letters an earlier reading has too
}

// readings gives the usual reading of a name, and the others. A name of signs alone has none.
func readings(name string) (usual pinyin.Reading, more []further) {
	all := pinyin.Readings(name)
	if len(all) == 0 {
		return pinyin.Reading{}, nil
	}
	before := []string{all[0].Initials}
	for _, r := range all[1:] {
		if slices.Contains(before, r.Initials) {
			continue
		}
		shared := 0
		for _, b := range before {
			shared = max(shared, common(b, r.Initials))
		}
		more = append(more, further{r.Initials, shared})
		before = append(before, r.Initials)
	}
	return all[0], more
}

// common is the length of the longest text with which both begin.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// again marks a character that stood in the name before.
const again = "\x01"

// grams are each character of a name with the one that follows, and the last alone. A search for two characters looks
// one up; a search for one takes all that begin with it, of which each name has one. Latin letters are kept small.
func grams(name string) []string {
	rs := []rune(small(name))
	all := make([]string, 0, len(rs))
	for i, r := range rs {
		g := string(rs[i:min(i+2, len(rs))])
		if slices.Contains(rs[:i], r) {
			if slices.Contains(all, g) || slices.Contains(all, again+g) {
				continue
			}
			g = again + g
		}
		all = append(all, g)
	}
	return all
}

// small turns the letters A to Z into small ones, as SQL's LOWER does on both engines.
func small(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}
