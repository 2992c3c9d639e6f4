package lottery

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Trouble says what is wrong with a list. It is a fixed word, so that the caller can find a sentence for it.
type Trouble string

const (
	NoEntries   Trouble = "a list has from 1 to 1,000,000 entries"
	NoPlaces    Trouble = "a list has from 0 to 1,000,000 places"
	NoEdition   Trouble = "the edition has no name, or one that is too long or holds signs that are not seen"
	NoSource    Trouble = "the public value is not named, or too long, or with signs that are not seen"
	NoPublic    Trouble = "the public value is missing, too long, or holds signs that are not seen"
	BadReceipt  Trouble = "the receipt is missing, too long, or holds signs that are not seen"
	SameReceipt Trouble = "the receipt is there twice"
	BadGroup    Trouble = "the group must be from 1 to 99"
	BadFamily   Trouble = "the family is not the receipt of an entry that has the same family"
)

// ListError names what a list cannot be drawn for.
type ListError struct {
	Entry   int // from 0; −1 for the list as a whole
	Trouble Trouble
	Text    string // what stands there
}

func (e *ListError) Error() string {
	if e.Entry < 0 {
		return "lottery: " + string(e.Trouble)
	}
	return fmt.Sprintf("lottery: entry %d, %q: %s", e.Entry, e.Text, e.Trouble)
}

// SecretError says that a secret is not the one whose hash was published.
type SecretError struct{ Have, Want Hash }

func (e *SecretError) Error() string {
	return fmt.Sprintf("lottery: the secret has the hash %s, published was %s", e.Have, e.Want)
}

// plain tells whether a text can be published, read out and typed again.
func plain(s string) bool {
	return s != "" && len(s) <= MaxText && utf8.ValidString(s) && s == strings.TrimSpace(s) &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return r < ' ' || r == 0x7f || r == 0xfeff || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e
		})
}

func (l List) validate() error {
	switch {
	case len(l.Entries) < 1 || len(l.Entries) > MaxEntries:
		return &ListError{Entry: -1, Trouble: NoEntries}
	case l.Places < 0 || l.Places > MaxEntries:
		return &ListError{Entry: -1, Trouble: NoPlaces}
	case !plain(l.Edition):
		return &ListError{Entry: -1, Trouble: NoEdition}
	case !plain(l.Source):
		return &ListError{Entry: -1, Trouble: NoSource}
	}
	family := make(map[string]string, len(l.Entries))
	for i, e := range l.Entries {
		switch _, twice := family[e.Receipt]; {
		case !plain(e.Receipt):
			return &ListError{Entry: i, Trouble: BadReceipt, Text: e.Receipt}
		case twice:
			return &ListError{Entry: i, Trouble: SameReceipt, Text: e.Receipt}
		case e.Group < 1 || e.Group > MaxGroup:
			return &ListError{Entry: i, Trouble: BadGroup, Text: e.Receipt}
		}
		family[e.Receipt] = e.Family
	}
	for i, e := range l.Entries {
		if e.Family != "" && family[e.Family] != e.Family {
			return &ListError{Entry: i, Trouble: BadFamily, Text: e.Receipt}
		}
	}
	return nil
}
