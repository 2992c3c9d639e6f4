package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
)

// Form reads the fields of a form and gathers everything wrong with them, so that the viewer reads all of it at once.
// What was typed stays as it was, to be shown again.
type Form struct {
	values   url.Values
	problems errs.Problems
}

// Read takes the form that was sent, or the filters in the address of a page.
func Read(r *Request) *Form {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return ReadValues(r.URL.Query())
	}
	return ReadValues(r.PostForm)
}

// ReadValues takes fields from elsewhere; nil is an empty form, ready for a first showing.
func ReadValues(v url.Values) *Form { return &Form{values: v} }

// Rule is one demand on a field.
type Rule func(*rules)

type rules struct {
	required, lines, halfwidth bool
	min, max                   int
}

// Required refuses an empty field.
func Required(c *rules) { c.required = true }

// Lines allows line breaks.
func Lines(c *rules) { c.lines = true }

// Halfwidth turns the wide digits, letters and signs of a Chinese keyboard into plain ones (１３ becomes 13).
func Halfwidth(c *rules) { c.halfwidth = true }

// Max is the greatest number of characters; without it 200, or 5,000 with Lines.
func Max(n int) Rule { return func(c *rules) { c.max = n } }

// Min is the smallest number of characters of a field that is not empty.
func Min(n int) Rule { return func(c *rules) { c.min = n } }

const (
	maxLine  = 200
	maxLines = 5000
	maxShown = 10_000 // characters of a field that are shown again
	maxMany  = 1000
)

// Text reads one field as text: NFC, without space around, refused when it is too long, is not UTF-8 or holds control characters.
func (f *Form) Text(name string, demands ...Rule) string {
	c := rules{}
	for _, d := range demands {
		d(&c)
	}
	if c.max == 0 {
		c.max = maxLine
		if c.lines {
			c.max = maxLines
		}
	}
	s := f.values.Get(name)
	if len(s) > 8*c.max { // no character has more than four bytes; this much would not fit in any reading
		f.Fail(name, "field.long", errs.Args{"max": c.max})
		return ""
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		f.Fail(name, "field.encoding", nil)
		return ""
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if c.halfwidth {
		s = width.Fold.String(s)
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	forbidden := func(r rune) bool { return disturbs(r) && !(c.lines && (r == '\n' || r == '\t')) }
	switch n := utf8.RuneCountInString(s); {
	case strings.IndexFunc(s, forbidden) >= 0:
		f.Fail(name, "field.control", nil)
		return ""
	case n == 0 && c.required:
		f.Fail(name, "field.required", nil)
	case n > c.max:
		f.Fail(name, "field.long", errs.Args{"max": c.max})
		return ""
	case n > 0 && n < c.min:
		f.Fail(name, "field.short", errs.Args{"min": c.min})
		return ""
	}
	return s
}

// disturbs tells of control characters, of marks that turn the direction of writing, and of invisible ones that
// make two names look alike.
func disturbs(r rune) bool {
	switch {
	case unicode.IsControl(r), r == unicode.ReplacementChar, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069,
		r == 0x200B, r == 0x200E, r == 0x200F, r == 0x2060, r == 0xFEFF, r == 0x2028, r == 0x2029:
		return true
	}
	return false
}

// Int reads a whole number from least to most; an empty field is 0, and wrong only with Required.
// Wide digits and commas between thousands are read as people mean them.
func (f *Form) Int(name string, least, most int64, demands ...Rule) int64 {
	s, ok := f.short(name, demands)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(withoutCommas(s), 10, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		f.Fail(name, "field.number", nil)
		return 0
	case err != nil, n < least, n > most:
		f.Fail(name, "field.range", errs.Args{"min": least, "max": most})
		return 0
	}
	return n
}

// withoutCommas takes commas out where they stand between thousands, and leaves a text in which they stand elsewhere as it is.
func withoutCommas(s string) string {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (g == "" || len(strings.TrimLeft(g, "+-")) > 3) {
			return s
		}
	}
	return strings.Join(groups, "")
}

// Day reads a date; no date is the zero day, and wrong only with Required.
func (f *Form) Day(name string, demands ...Rule) day.Day {
	s, ok := f.short(name, demands)
	if !ok {
		return 0
	}
	d, err := day.Parse(s)
	if err != nil {
		f.blameOn(name, err)
	}
	return d
}

// Clock reads a time of the day, as 08:30, in minutes after midnight; wrong is the message for what is none. ok is false where
// there is no time to go on with: an empty field is wrong only with Required.
func (f *Form) Clock(name, wrong string, demands ...Rule) (minutes int, ok bool) {
	s := f.Text(name, append(slices.Clip(demands), Halfwidth, Max(5))...)
	if s == "" {
		return 0, false
	}
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	if err != nil {
		f.Fail(name, wrong, nil)
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// Instant reads a time of a day of the city, in microseconds UTC; 0 where either is missing or wrong.
func (f *Form) Instant(name, wrong string, on day.Day, zone *time.Location) int64 {
	minutes, ok := f.Clock(name, wrong, Required)
	if !ok || on.IsZero() {
		return 0
	}
	return on.Start(zone).Add(time.Duration(minutes) * time.Minute).UnixMicro()
}

// Money reads a sum in yuan; no sum is nought, and wrong only with Required.
func (f *Form) Money(name string, demands ...Rule) money.Fen {
	s, ok := f.short(name, demands)
	if !ok {
		return 0
	}
	sum, err := money.Parse(s)
	if err != nil {
		f.blameOn(name, err)
	}
	return sum
}

// Rate reads a share or a yearly rate: 4.35%, 150bp, or a bare number in the unit of the question.
func (f *Form) Rate(name, unit string, demands ...Rule) money.Rate {
	s, ok := f.short(name, demands)
	if !ok {
		return 0
	}
	if strings.Trim(s, "-0123456789.") == "" {
		s += unit
	}
	rate, err := money.ParseRate(s)
	if err != nil {
		f.blameOn(name, err)
	}
	return rate
}

// ID reads the id of a T; a field that holds none is the zero id, and wrong only with Required.
func ID[T any](f *Form, name string, demands ...Rule) id.Of[T] {
	s, ok := f.short(name, demands)
	if !ok {
		return ""
	}
	got, err := id.Parse[T](s)
	if err != nil {
		f.Fail(name, "field.choice", nil)
	}
	return got
}

func (f *Form) short(name string, demands []Rule) (s string, ok bool) {
	s = f.Text(name, append(slices.Clip(demands), Halfwidth, Max(60))...)
	return s, s != ""
}

// Bool reads a tick.
func (f *Form) Bool(name string) bool {
	switch f.values.Get(name) {
	case "1", "on", "true", "yes":
		return true
	}
	return false
}

// Choice reads one of the options; anything else is wrong, and so is none with Required.
func (f *Form) Choice(name string, options []string, demands ...Rule) string {
	s := f.Text(name, demands...)
	if s != "" && !slices.Contains(options, s) {
		f.Fail(name, "field.choice", nil)
		return ""
	}
	return s
}

// Many reads the ticks of a list, each once, in the order of the options.
func (f *Form) Many(name string, options []string) []string {
	given := f.values[name]
	if len(given) > maxMany {
		f.Fail(name, "field.many", errs.Args{"max": maxMany})
		return nil
	}
	var chosen []string
	for _, o := range options {
		if slices.Contains(given, o) {
			chosen = append(chosen, o)
		}
	}
	for _, g := range given {
		if g != "" && !slices.Contains(options, g) {
			f.Fail(name, "field.choice", nil)
			break
		}
	}
	return chosen
}

// Version reads the hidden field _v, the version of what the viewer was shown. The use case changes the row only where
// it still has that version, and else answers errs.stale. A form without one has version 0, which no row has.
func (f *Form) Version() int64 {
	n, err := strconv.ParseInt(f.values.Get("_v"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Raw is what was typed, to be shown again.
func (f *Form) Raw(name string) string {
	s := strings.ToValidUTF8(f.values.Get(name), "�")
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "")
}

// Ticked tells whether a list's option was chosen, to show it again.
func (f *Form) Ticked(name, option string) bool { return slices.Contains(f.values[name], option) }

// Has tells whether a field was sent at all.
func (f *Form) Has(name string) bool { return f.values.Has(name) }

// Fill sets what a first showing of the form holds, such as the values of the row to be changed.
func (f *Form) Fill(name, value string) {
	if f.values == nil {
		f.values = url.Values{}
	}
	f.values.Set(name, value)
}

// Fail notes that a field is wrong.
func (f *Form) Fail(name, key string, args errs.Args) { f.problems.Add(name, key, args) }

// Blame takes over what a use case says is wrong, and tells whether the form is to be shown again:
// false means that the error is of another kind and must be returned.
func (f *Form) Blame(err error) bool {
	if err == nil || errs.KindOf(err) != errs.Invalid && errs.KindOf(err) != errs.Conflict {
		return false
	}
	f.blameOn("", err)
	return true
}

func (f *Form) blameOn(name string, err error) {
	problems := errs.ProblemsOf(err)
	for _, p := range problems {
		known := func(q errs.Problem) bool { return q.Field == p.Field && q.Key == p.Key }
		if !slices.ContainsFunc(f.problems.List(), known) { // the error may be the form's own
			f.problems.Add(p.Field, p.Key, p.Args)
		}
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && len(problems) == 0 {
		f.problems.Add(name, e.Key, e.Args)
	}
}

// Problems gives what is wrong, in the order found; those of one field by At.
func (f *Form) Problems() []errs.Problem { return f.problems.List() }

// At gives what is wrong with one field.
func (f *Form) At(name string) []errs.Problem {
	var at []errs.Problem
	for _, p := range f.problems.List() {
		if p.Field == name {
			at = append(at, p)
		}
	}
	return at
}

// Err is nil when nothing is wrong, else one error with all of it.
func (f *Form) Err() error { return f.problems.Err() }
