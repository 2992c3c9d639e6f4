// Package pinyin spells Chinese names in letters, so that a person or place is found by typing how it sounds.
package pinyin

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reading is one way to type a name: all syllables joined without tones (ü as v), and their first letters. Latin letters and digits of
// the name stay, in lower case; signs and blanks do not; a character without reading stands for itself.
type Reading struct {
	Full     string // zhangsan
	Initials string // zs
}

// MaxReadings is the most readings a name gets, the usual one first.
const MaxReadings = 4

// Readings gives the readings of a person's name: surnames as surnames are read (单 shan, 万俟 moqi), then places inside (隽水 junshui),
// then the characters. A character read in several ways by people of today gives further readings; the rare readings of dictionaries
// do not, for they would let a search find strangers.
func Readings(name string) []Reading {
	var s speller
	s.spell(name, true)
	return s.readings()
}

// PlaceReadings is Readings for names of places and organisations, in which 解放路 does not begin with a surname.
func PlaceReadings(name string) []Reading {
	var s speller
	s.spell(name, false)
	return s.readings()
}

// SortKey gives a text by which names sort as in a Chinese telephone book: by the usual reading syllable by syllable, so that 李安 comes
// before 连, then by the characters. It is for ordering only.
func SortKey(name string) string {
	var s speller
	s.spell(name, true)
	var b strings.Builder
	b.Grow(len(name)*3 + 8)
	for _, u := range s.units {
		b.WriteString(u.usual())
		if !u.verbatim {
			b.WriteByte(' ')
		}
	}
	b.WriteByte(0)
	b.WriteString(name)
	return b.String()
}

// unit is one syllable with its possible readings, or a character that stays as it is.
type unit struct {
	options  []string
	text     string // for verbatim units
	verbatim bool
	joined   bool // a letter within a Latin word: no initial of its own
}

func (u unit) usual() string {
	if u.verbatim {
		return u.text
	}
	return u.options[0]
}

// speller gathers the units of one name; names up to 12 characters need no memory beyond it.
type speller struct {
	units []unit
	room  [12]unit
}

func (s *speller) spell(name string, person bool) {
	s.units = s.room[:0]
	if person {
		name = strings.TrimSpace(name)
		name = s.surname(name)
	}
	inWord := false
	for len(name) > 0 {
		r, size := utf8.DecodeRuneInString(name)
		if w, ok := placeAt(name, r); ok {
			s.word(w)
			name = name[len(w.text):]
			inWord = false
			continue
		}
		char := name[:size]
		name = name[size:]
		if r >= '！' && r <= '～' {
			r = r - '！' + '!'
		}
		switch {
		case r < utf8.RuneSelf:
			inWord = s.ascii(byte(r), inWord)
			continue
		case han(r):
			if options := readingsOf(r); options != nil {
				s.units = append(s.units, unit{options: options})
			} else {
				s.units = append(s.units, unit{text: char, verbatim: true})
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			s.units = append(s.units, unit{text: strings.ToLower(char), verbatim: true})
		}
		inWord = false
	}
}

// asciiText holds each letter and digit as a text, so that spelling one takes no memory.
const asciiText = "0123456789abcdefghijklmnopqrstuvwxyz"

// ascii keeps letters and digits, and tells whether a Latin word goes on.
func (s *speller) ascii(c byte, inWord bool) bool {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	i := strings.IndexByte(asciiText, c)
	if i < 0 {
		return false
	}
	letter := c >= 'a'
	s.units = append(s.units, unit{text: asciiText[i : i+1], verbatim: true, joined: letter && inWord})
	return letter
}

// surname spells a surname that is read unlike its characters, and gives the rest.
func (s *speller) surname(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == len(name) {
		return name
	}
	for _, d := range doubleSurnames[first] {
		if len(name) > len(d.text) && strings.HasPrefix(name, d.text) {
			s.word(d)
			return name[len(d.text):]
		}
	}
	options, ok := surnames[first]
	if !ok || utf8.RuneCountInString(name) > 4 {
		return name
	}
	s.units = append(s.units, unit{options: options})
	return name[size:]
}

func (s *speller) word(w word) {
	for _, options := range w.syllables {
		s.units = append(s.units, unit{options: options})
	}
}

// readings gives the usual reading, then those that differ from it in one syllable, from left to right, then in two.
func (s *speller) readings() []Reading {
	if len(s.units) == 0 {
		return nil
	}
	type choice struct{ unit, option int }
	var open [MaxReadings]choice
	n := 0
	for i, u := range s.units {
		for o := 1; o < len(u.options) && n < len(open); o++ {
			open[n] = choice{i, o}
			n++
		}
	}
	list := make([]Reading, 1, 1+n)
	list[0] = s.write(-1, 0, -1, 0)
	add := func(r Reading) {
		if len(list) < MaxReadings && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, c := range open[:n] {
		add(s.write(c.unit, c.option, -1, 0))
	}
	for i, a := range open[:n] {
		for _, b := range open[i+1 : n] {
			if a.unit != b.unit {
				add(s.write(a.unit, a.option, b.unit, b.option))
			}
		}
	}
	return list
}

// write spells the units, the ones at i and j by another option than the usual.
func (s *speller) write(i, optionI, j, optionJ int) Reading {
	var room [96]byte
	full, initials := room[:0], make([]byte, 0, 24)
	for k, u := range s.units {
		text := u.usual()
		switch k {
		case i:
			text = u.options[optionI]
		case j:
			text = u.options[optionJ]
		}
		full = append(full, text...)
		switch {
		case u.joined:
		case u.verbatim:
			initials = append(initials, text...)
		default:
			initials = append(initials, text[0])
		}
	}
	cut := len(full)
	both := string(append(full, initials...))
	return Reading{Full: both[:cut], Initials: both[cut:]}
}

// han tells whether a character is Chinese, rare planes included.
func han(r rune) bool { return unicode.Is(unicode.Han, r) }
