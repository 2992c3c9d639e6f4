package person

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/id"
)

// Sought is what somebody means who typed words into the one search box.
type Sought struct {
	By    By
	Text  string    // the number, letters or characters in their one form
	Paper PaperKind // with ByPaper
}

// By is by what a person is sought.
type By string

// What persons are sought by.
const (
	ByNothing  By = ""         // the box is empty: everybody
	ByID       By = "id"       // Zhidian's own 26 characters
	ByPaper    By = "paper"    // a whole number on a paper
	ByPhone    By = "phone"    // a whole mobile number
	ByTail     By = "tail"     // its last four digits
	ByInitials By = "initials" // zs
	ByPinyin   By = "pinyin"   // zhangs
	ByName     By = "name"     // one character or more
)

// IsNumber tells whether a whole number of a person is sought, which has no place in an address.
func (s Sought) IsNumber() bool { return s.By == ByPaper || s.By == ByPhone }

// Forms of numbers. 学籍号 is the resident ID behind G, L or J; a passport is one or two letters and seven or eight digits.
var (
	formTail     = regexp.MustCompile(`^\d{4}$`)
	formLeague   = regexp.MustCompile(`^20\d{10}$`)
	formStudent  = regexp.MustCompile(`^[GLJ]\d{17}[\dX]$`)
	formPassport = regexp.MustCompile(`^[A-Z]{1,2}\d{7,8}$`)
	formLatin    = regexp.MustCompile(`^[A-Z][a-z]`)
)

// Recognise tells what is meant by words typed into the search box, in wide or plain letters, with or without blanks.
// A whole resident ID, phone number, 团员编号, 学籍号 or passport number is looked up as such, four digits are the end of a
// phone number, small letters are pinyin or initials, everything else is part of a name.
func Recognise(text string) Sought {
	text = strings.TrimSpace(norm.NFKC.String(text))
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '-' {
			return -1
		}
		return r
	}, text)
	upper := strings.ToUpper(plain)
	switch {
	case plain == "":
		return Sought{}
	case formTail.MatchString(plain):
		return Sought{By: ByTail, Text: plain}
	case formLeague.MatchString(plain):
		return Sought{By: ByPaper, Text: plain, Paper: LeagueNumber}
	case formStudent.MatchString(upper):
		return Sought{By: ByPaper, Text: upper, Paper: StudentID}
	case formPassport.MatchString(upper):
		return Sought{By: ByPaper, Text: upper, Paper: Passport}
	}
	if n, err := cn.ParseResidentID(plain); err == nil {
		return Sought{By: ByPaper, Text: string(n), Paper: ResidentID}
	}
	if n, err := cn.ParsePhone(text); err == nil {
		return Sought{By: ByPhone, Text: string(n)}
	}
	if n, err := id.Parse[Person](upper); err == nil && len(upper) == 26 {
		return Sought{By: ByID, Text: n.String()}
	}
	if letters(plain) && !formLatin.MatchString(text) {
		low := strings.ToLower(plain)
		if _, ok := initialsOf(low); ok && strings.ContainsAny(low, "aeiouv") {
			return Sought{By: ByPinyin, Text: low}
		}
		return Sought{By: ByInitials, Text: low}
	}
	return Sought{By: ByName, Text: text}
}

func letters(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// syllable is the shape of a syllable in pinyin; not every one of these is spoken, which only widens a search. 嗯 and its
// like, without a vowel, are in no name.
var syllable = regexp.MustCompile(`^(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?[aeiouv]{1,4}(?:ng|n|r)?$`)

// onset is how a syllable may begin that is not typed to its end.
var onset = regexp.MustCompile(`^(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)$`)

// initialsOf gives the letters with which the initials of every name begin whose pinyin begins with the text, whatever
// way its syllables are parted (xian is 先 or 西安); false when the text cannot be the beginning of any pinyin.
func initialsOf(text string) (string, bool) {
	const longest = 6 // letters of zhuang
	n := len(text)
	// known[i] is the common beginning of all ways to part text[:i] into whole syllables; forked[i] says that they differ behind it.
	known, reached, forked := make([]string, n+1), make([]bool, n+1), make([]bool, n+1)
	reached[0] = true
	meet := func(at int, found string, open bool) {
		if reached[at] {
			same := found[:common(found, known[at])]
			open = open || forked[at] || same != found || same != known[at]
			found = same
		}
		known[at], reached[at], forked[at] = found, true, open
	}
	for i := 0; i < n; i++ {
		if !reached[i] {
			continue
		}
		for j := i + 1; j <= min(n, i+longest); j++ {
			part := text[i:j]
			if !syllable.MatchString(part) && (j < n || !onset.MatchString(part)) {
				continue
			}
			if forked[i] {
				meet(j, known[i], true)
			} else {
				meet(j, known[i]+part[:1], false)
			}
		}
	}
	return known[n], reached[n]
}
