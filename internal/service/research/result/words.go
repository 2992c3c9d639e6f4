package result

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Group is words that an officer counts as one thing: 贷款, 利息 → 融资.
type Group struct {
	Name  string
	Words []string
}

// Match gives the groups of which a text holds a word, in their order.
func Match(text string, groups []Group) (names []string) {
	low := strings.ToLower(text)
	for _, g := range groups {
		if slices.ContainsFunc(g.Words, func(w string) bool { return w != "" && strings.Contains(low, strings.ToLower(w)) }) {
			names = append(names, g.Name)
		}
	}
	return names
}

// Frequent is a word that many people used and that is in no group.
type Frequent struct {
	Word string
	N    int // people
}

// Propose gives the words of two characters and more that at least Threshold people used and no group holds, the most
// frequent first. cut takes a text apart.
func Propose(texts []string, groups []Group, cut func(string) []string, most int) []Frequent {
	n := map[string]int{}
	for _, text := range texts {
		seen := map[string]bool{}
		for _, w := range cut(text) {
			w = strings.ToLower(strings.TrimSpace(w))
			if utf8.RuneCountInString(w) < 2 || seen[w] || !strings.ContainsFunc(w, unicode.IsLetter) || len(Match(w, groups)) > 0 {
				continue
			}
			seen[w] = true
			n[w]++
		}
	}
	var all []Frequent
	for w, count := range n {
		if count >= Threshold {
			all = append(all, Frequent{w, count})
		}
	}
	slices.SortFunc(all, func(a, b Frequent) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Word, b.Word)) })
	return all[:min(len(all), most)]
}
