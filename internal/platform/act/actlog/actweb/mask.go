package actweb

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
)

// An act's content may hold a person's name or what somebody wrote. Who reads the log without seeing personal data is
// shown which fields changed, and only values that are numbers, yes or no, or words of the program itself.

// plainWord is the form of the program's own words: ids, codes, states, dates, message keys.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.:/+-]{0,64}$`)

// personal are fields whose values are personal even where they look like the program's own words.
var personal = map[string]bool{
	"name": true, "sex": true, "born": true, "ethnicity": true, "education": true, "standing": true, "phone": true, "login": true, "address": true,
}

// sees tells whether the reader of the log may see what is personal in it.
func sees(r *web.Request, read authz.Verb) bool {
	root := authz.Path("")
	if in := r.Actor.Scope(read); len(in.Paths) > 0 {
		root = in.Paths[0]
	}
	return r.Actor.Sees(authz.Personal, read, root)
}

// masked gives an act's content with all that is personal replaced by how long it is, and how many values that were.
func masked(l *i18n.Printer, c *act.Content) (shown string, hidden int) {
	var v any
	if json.Unmarshal(c.Change, &v) != nil {
		return "", 1
	}
	v = mask(l, v, "", &hidden)
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return "", 1
	}
	return string(b), hidden
}

func mask(l *i18n.Printer, v any, field string, hidden *int) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			name := k
			if personal[field] {
				name = field
			}
			v[k] = mask(l, x, name, hidden)
		}
		return v
	case []any:
		for i, x := range v {
			v[i] = mask(l, x, field, hidden)
		}
		return v
	case string:
		if v == "" || plainWord.MatchString(v) && !personal[field] {
			return v
		}
		*hidden++
		return l.T("log.hidden_text", "n", utf8.RuneCountInString(v))
	}
	return v
}
