package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// text is a message cut at its placeholders, so that printing it is joining.
type text []part

// part is either words to print as they are or the name of a value.
type part struct{ words, name string }

func parse(raw string) (text, error) {
	if strings.TrimSpace(raw) == "" {
		return nil, errors.New("is empty")
	}
	var t text
	for rest := raw; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			return append(t, part{words: rest}), nil
		}
		shut := strings.IndexAny(rest[open+1:], "{}")
		if rest[open] == '}' || shut < 0 || rest[open+1+shut] == '{' {
			return nil, errors.New("has a brace without its partner")
		}
		name := rest[open+1 : open+1+shut]
		if !isName(name) {
			return nil, fmt.Errorf("has the placeholder {%s}; names are a-z, 0-9 and _", name)
		}
		if open > 0 {
			t = append(t, part{words: rest[:open]})
		}
		t = append(t, part{name: name})
		rest = rest[open+shut+2:]
	}
	return t, nil
}

func isName(s string) bool {
	for i, r := range s {
		if r >= 'a' && r <= 'z' || i > 0 && (r >= '0' && r <= '9' || r == '_') {
			continue
		}
		return false
	}
	return s != ""
}

// names lists the placeholders once each, in order of the alphabet.
func (t text) names() []string {
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
