package cn

import "strings"

// Code is one entry of a code list.
type Code struct {
	Code string
	Zh   string
	En   string
	also []string // other writings by which an import may name it
}

// List is an ordered code list of a standard. It does not change once made.
type List struct {
	Standard string // as GB/T 3304
	width    int    // digits of a code, to which a bare number is filled up; 0 where codes are words
	entries  []Code
	byCode   map[string]int
	byWord   map[string]int
}

func newList(standard string, width int, entries ...Code) *List {
	l := &List{Standard: standard, width: width, entries: entries, byCode: map[string]int{}, byWord: map[string]int{}}
	for i, c := range entries {
		l.byCode[c.Code] = i
		for _, w := range append([]string{c.Code, c.Zh, c.En}, c.also...) {
			if _, taken := l.byWord[tidy(w)]; !taken {
				l.byWord[tidy(w)] = i
			}
		}
	}
	return l
}

// All gives a copy of the entries in the order of the standard.
func (l *List) All() []Code { return append([]Code(nil), l.entries...) }

// ByCode gives the entry of an exact code.
func (l *List) ByCode(code string) (Code, bool) {
	i, ok := l.byCode[code]
	if !ok {
		return Code{}, false
	}
	return l.entries[i], true
}

// Find gives the entry that a cell means: its code with or without leading zeros, its Chinese or English name, or a common other writing,
// as 汉, 汉族, 01, 1 and Han all name the same people.
func (l *List) Find(text string) (Code, bool) {
	s := tidy(text)
	if s == "" {
		return Code{}, false
	}
	if i, ok := l.byWord[s]; ok {
		return l.entries[i], true
	}
	if allDigits(s) && l.width > 0 && len(s) < 10 {
		s = strings.TrimLeft(s, "0")
		if len(s) <= l.width {
			return l.ByCode(strings.Repeat("0", l.width-len(s)) + s)
		}
		return Code{}, false
	}
	for _, tail := range []string{"族", "性", "婚"} {
		if i, ok := l.byWord[strings.TrimSuffix(s, tail)]; ok {
			return l.entries[i], true
		}
	}
	return Code{}, false
}

// Name gives the name of a code in a language, zh-CN or en, and the code itself when the list does not know it.
func (l *List) Name(code, lang string) string {
	c, ok := l.ByCode(code)
	switch {
	case !ok:
		return code
	case strings.HasPrefix(lang, "en"):
		return c.En
	}
	return c.Zh
}
