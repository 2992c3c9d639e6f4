package person

import (
	"slices"
	"strings"

	"zhidian/internal/platform/pinyin"
)

// readings gives the usual reading of a name and the initials of the others, each once. A name of signs alone has none.
func readings(name string) (usual pinyin.Reading, further []string) {
	all := pinyin.Readings(name)
	if len(all) == 0 {
		return pinyin.Reading{}, nil
	}
	for _, r := range all[1:] {
		if r.Initials != all[0].Initials && !slices.Contains(further, r.Initials) {
			further = append(further, r.Initials)
		}
	}
	return all[0], further
}

// grams are each character of a name with the one that follows, and the last alone, each once. A search for two
// characters looks one up; a search for one takes all that begin with it. Latin letters are kept small.
func grams(name string) []string {
	rs := []rune(small(name))
	if len(rs) > 12 {
		rs = rs[:12]
	}
	all := make([]string, 0, len(rs))
	for i := range rs {
		g := string(rs[i:min(i+2, len(rs))])
		if !slices.Contains(all, g) {
			all = append(all, g)
		}
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
