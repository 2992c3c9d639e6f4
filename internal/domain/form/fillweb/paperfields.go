package fillweb

import (
	"math"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
)

// means is how a question is answered by hand.
type means uint8

const (
	ruled  means = iota // on lines
	cells               // one character in each box
	ticks               // by a tick in a box before each choice
	order               // by a number in a box before each choice
	enough              // by one tick
	space               // in an empty frame
)

// mostTicks is the longest list of choices that stands on paper; of longer ones a name is written.
const mostTicks = 60

func (b *blank) means() means {
	switch b.Kind {
	case survey.SelectOne, survey.SelectMultiple:
		if len(b.choices()) > 0 {
			return ticks
		}
	case survey.Rank:
		if len(b.choices()) > 0 {
			return order
		}
	case survey.Range:
		if len(b.choices()) > 0 {
			return ticks
		}
	case survey.Acknowledge:
		return enough
	case survey.Image:
		if b.Has("signature") || b.Has("draw") || b.Has("annotate") {
			return space
		}
		return enough
	case survey.Audio, survey.Video, survey.File:
		return enough
	default:
		if len(b.runs()) > 0 {
			return cells
		}
	}
	return ruled
}

// choice is one choice on paper.
type choice struct {
	label string
	ahead string // where to go on
}

// choices are what stands on paper to be ticked; nothing where the list is too long, or lies in a file.
func (b *blank) choices() (all []choice) {
	if b.Kind == survey.Range {
		for _, m := range (&item{Question: b.Question}).marks() {
			all = append(all, choice{label: m.Label})
		}
		return all
	}
	items := b.p.items(b.Question)
	if len(items) > mostTicks {
		return nil
	}
	for _, o := range items {
		all = append(all, choice{label: b.p.label(o), ahead: b.ahead(o.Value)})
	}
	return all
}

// wideLabel is the length in characters beyond which choices stand below each other.
const wideLabel = 18

func (b *blank) wide() bool {
	return slices.ContainsFunc(b.choices(), func(c choice) bool { return utf8.RuneCountInString(c.label+c.ahead) > wideLabel })
}

// How much a column of a table holds.
const (
	cellChoices = 6
	cellLetters = 24
	headLetters = 60
)

// narrow tells whether a question can be a column of a table.
func (b *blank) narrow() bool {
	if b.number == 0 || utf8.RuneCountInString(b.title()+strings.Join(b.hints(), "")+b.only()) > headLetters {
		return false
	}
	switch b.means() {
	case ruled:
		return b.height() == 1 && !b.Kind.IsGeo()
	case cells:
		return true
	case ticks:
		letters := 0
		all := b.choices()
		for _, c := range all {
			letters += utf8.RuneCountInString(c.label + c.ahead)
		}
		return len(all) <= cellChoices && letters <= cellLetters
	}
	return false
}

// run is some boxes with a word behind them.
type run struct {
	boxes int
	after string
}

// runs are the boxes of an answer whose length is known: dates, times, numbers of papers and telephones.
func (b *blank) runs() []run {
	l := b.p.l
	date := []run{{4, l.T("fillweb.paper_year")}, {2, l.T("fillweb.paper_month")}, {2, l.T("fillweb.paper_day")}}
	clock := []run{{2, l.T("fillweb.paper_hour")}, {2, l.T("fillweb.paper_minute")}}
	switch b.Kind {
	case survey.Date:
		switch {
		case b.Has("year"):
			return date[:1]
		case b.Has("month-year"):
			return date[:2]
		}
		return date
	case survey.Time:
		return clock
	case survey.DateTime:
		return append(date, clock...)
	case survey.Text, survey.Integer:
		if b.Has("multiline") || b.Parameters["rows"] != "" {
			return nil
		}
		if n := b.letters(); n > 0 {
			return []run{{n, ""}}
		}
	}
	return nil
}

// mostBoxes is the longest row of boxes.
const mostBoxes = 20

// usual are the lengths of numbers that everybody knows, by what labels call them.
var usual = []struct {
	word    string
	letters int
}{{"身份证号", 18}, {"公民身份号码", 18}, {"统一社会信用代码", 18}, {"手机号", 11}, {"邮政编码", 6}, {"id number", 18}, {"mobile number", 11}, {"postcode", 6}}

// letters is how many characters an answer has at most, where its rule or its label tells; 0 where neither does.
func (b *blank) letters() int {
	if b.Constraint != nil {
		if n := boxes(b.Constraint.X); n > 0 && n <= mostBoxes {
			return n
		}
	}
	for _, text := range b.Label {
		text = strings.ToLower(text)
		for _, u := range usual {
			if strings.Contains(text, u.word) {
				return u.letters
			}
		}
		if strings.HasSuffix(strings.TrimSpace(text), "手机") {
			return 11
		}
	}
	return 0
}

// boxes reads from a rule how many plain characters an answer has at most.
func boxes(x xpath.Expr) int {
	switch x := x.(type) {
	case *xpath.Binary:
		switch x.Op {
		case xpath.And:
			return max(boxes(x.X), boxes(x.Y))
		case xpath.Or:
			if one, other := boxes(x.X), boxes(x.Y); one > 0 && other > 0 {
				return max(one, other)
			}
		case xpath.Equal:
			return lengthIs(x)
		}
	case *xpath.Call:
		if x.Name != "regex" || len(x.Args) != 2 || !itself(x.Args[0]) {
			return 0
		}
		if pattern, ok := x.Args[1].(*xpath.Text); ok {
			if re, err := syntax.Parse(pattern.Value, syntax.Perl); err == nil {
				if n, ok := longest(re); ok {
					return n
				}
			}
		}
	}
	return 0
}

// lengthIs gives the number that the answer's own length is held against, 0 where the expression is another.
func lengthIs(x *xpath.Binary) int {
	call, ok := x.X.(*xpath.Call)
	n, is := x.Y.(*xpath.Num)
	if !ok || !is || call.Name != "string-length" || len(call.Args) != 1 || !itself(call.Args[0]) || n.Value < 1 || n.Value > 1e6 {
		return 0
	}
	return int(n.Value)
}

// itself tells whether an expression is the answer itself: a dot.
func itself(x xpath.Expr) bool {
	p, ok := x.(*xpath.Path)
	return ok && p.From == nil && !p.Rooted && len(p.Steps) == 1 && p.Steps[0].Axis == xpath.Self && !p.Steps[0].Deep && len(p.Steps[0].Where) == 0
}

// longest gives the length of the longest text that fits a pattern; false where there is none, or where more than digits,
// letters and signs of a keyboard fit.
func longest(re *syntax.Regexp) (n int, ok bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return 0, true
	case syntax.OpLiteral:
		return len(re.Rune), !slices.ContainsFunc(re.Rune, beyond)
	case syntax.OpCharClass:
		return 1, !slices.ContainsFunc(re.Rune, beyond)
	case syntax.OpCapture, syntax.OpQuest:
		return longest(re.Sub[0])
	case syntax.OpRepeat:
		n, ok = longest(re.Sub[0])
		return n * re.Max, ok && re.Max >= 0
	case syntax.OpConcat, syntax.OpAlternate:
		for _, sub := range re.Sub {
			m, fits := longest(sub)
			if !fits {
				return 0, false
			}
			if re.Op == syntax.OpConcat {
				n += m
			} else {
				n = max(n, m)
			}
		}
		return n, true
	}
	return 0, false
}

func beyond(r rune) bool { return r > '~' }

// How long a line of text is, in characters.
const (
	shortLine = 12
	fullLine  = 36
	mostLines = 20
)

// height is how many lines an answer has.
func (b *blank) height() int {
	if n, err := strconv.Atoi(b.Parameters["rows"]); err == nil && n >= 1 && n <= mostLines {
		return n
	}
	switch b.Kind {
	case survey.GeoTrace, survey.GeoShape:
		return 2
	case survey.Text:
		if n := b.limit(); n > fullLine {
			return min((n+fullLine-1)/fullLine, mostLines/2)
		}
		if b.Has("multiline") {
			return 4
		}
	}
	return 1
}

// short tells whether half a line is enough.
func (b *blank) short() bool {
	switch b.Kind {
	case survey.Integer, survey.Decimal, survey.Range:
		return true
	case survey.Text:
		n := b.limit()
		return n > 0 && n <= shortLine
	}
	return false
}

// limit is the length that a rule sets an answer, 0 without one.
func (b *blank) limit() int {
	if b.Constraint == nil {
		return 0
	}
	var least func(x xpath.Expr) int
	least = func(x xpath.Expr) int {
		in, ok := x.(*xpath.Binary)
		if !ok {
			return 0
		}
		switch in.Op {
		case xpath.And:
			return max(least(in.X), least(in.Y))
		case xpath.Equal, xpath.LessEqual:
			return lengthIs(in)
		case xpath.Less:
			return max(lengthIs(in)-1, 0)
		}
		return 0
	}
	return least(b.Constraint.X)
}

// how says in a word how a question is answered.
func (b *blank) how() string {
	l := b.p.l
	switch b.Kind {
	case survey.SelectOne, survey.SelectMultiple, survey.Rank:
		if b.means() == ruled {
			if n := len(b.p.items(b.Question)); n > 0 {
				return l.T("fillweb.paper_list", "n", n)
			}
			return l.T("fillweb.paper_written")
		}
		switch b.Kind {
		case survey.SelectOne:
			return l.T("fillweb.paper_one")
		case survey.SelectMultiple:
			return l.T("fillweb.paper_several")
		}
		return l.T("fillweb.paper_rank")
	case survey.Range:
		if len(b.choices()) > 0 {
			return l.T("fillweb.paper_one")
		}
		least, most, _ := fill.Bounds(b.Question)
		text := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
		return l.T("fillweb.between", "least", text(math.Min(least, most)), "most", text(math.Max(least, most)))
	case survey.Integer, survey.Decimal:
		return l.T("fillweb.paper_number")
	case survey.GeoPoint, survey.GeoTrace, survey.GeoShape:
		return l.T("fillweb.paper_place")
	}
	return ""
}

// tick is what stands behind the one box of a question that asks for a tick.
func (b *blank) tick() string {
	l := b.p.l
	switch b.Kind {
	case survey.Image:
		return l.T("fillweb.paper_image")
	case survey.Audio:
		return l.T("fillweb.paper_audio")
	case survey.Video:
		return l.T("fillweb.paper_video")
	case survey.File:
		return l.T("fillweb.paper_file")
	}
	return l.T("fillweb.acknowledged")
}

// must tells whether every sheet needs the answer.
func (b *blank) must() bool { return b.Required != nil && b.Required.Text == "true()" }

// title is a question's text, or its name where its author gave none.
func (b *blank) title() string {
	if text := b.Label.In(b.p.lang); text != "" {
		return text
	}
	return b.Name
}

// hints are the help of a question; guidance is meant for paper above all.
func (b *blank) hints() (all []string) {
	for _, t := range []survey.Texts{b.Hint, b.Guidance} {
		if text := t.In(b.p.lang); text != "" {
			all = append(all, text)
		}
	}
	return all
}
