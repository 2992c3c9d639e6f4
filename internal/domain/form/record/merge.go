// Package record keeps what forms have learned of a thing, such as a household or a tree: its versions, and what it says now.
package record

import (
	"maps"
	"slices"
)

// Label is the name under which a version says what the record is called. No form may save a property of that name.
const Label = "label"

// Version is what one answer said of a record. Its id is made where the answer was given, also on a phone.
type Version struct {
	ID      string
	After   []string          // the versions that were known there; none of the first
	Says    map[string]string // by property
	Decides bool              // it settles what is in dispute, also by what was known before

	Withdrawn bool // its answer was taken back since
}

// Choice is one of several values that a property was given by people who did not know of each other, and in which version.
type Choice struct{ Value, Version string }

// Before stands for the version of a choice that nobody gave: what was known before the answer that was taken back.
const Before = "-"

// State is what a record says: a function of the set of its versions, in whatever order they came.
type State struct {
	Heads  []string            // the versions that none follows, sorted; none while the first version is not here yet
	Says   map[string]string   // by property; of one in dispute, what was known before the dispute
	Claims map[string][]Choice // the values of properties in dispute, by version; what rests on answers that were taken back is, until somebody decides
}

// point is a version that is here with all before it.
type point struct {
	depth  int
	seen   map[string]bool     // itself and all before it
	claims map[string][]Choice // by property
	says   map[string]string
}

// Merge works out what versions amount to. A value gives way to one that was given with knowledge of it; two that were
// given without knowledge of each other stand side by side, and differ or do not. Versions whose forerunners are not here
// yet wait.
func Merge(all []Version) State {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Version) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	m := merging{}
	for again := true; again; { // forerunners first; versions are few
		again = false
		for _, v := range all {
			if m[v.ID] == nil && m.has(v.After) {
				m[v.ID] = m.next(v)
				again = true
			}
		}
	}
	var s State
	for _, id := range slices.Sorted(maps.Keys(m)) {
		if !m.followed(id) {
			s.Heads = append(s.Heads, id)
		}
	}
	p := m.join(s.Heads)
	s.Says, s.Claims = p.says, map[string][]Choice{}
	taken := map[string]bool{}
	for _, v := range all {
		taken[v.ID] = v.Withdrawn
	}
	for name, claims := range p.claims {
		switch {
		case differ(claims):
			s.Claims[name] = claims
		case !slices.ContainsFunc(claims, func(c Choice) bool { return !taken[c.Version] }):
			s.Claims[name] = append(claims, Choice{m.before(name, claims), Before})
		}
	}
	return s
}

// merging is the versions that are here with all before them.
type merging map[string]*point

func (m merging) has(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return m[id] == nil })
}

func (m merging) followed(id string) bool {
	for other, p := range m {
		if other != id && p.seen[id] {
			return true
		}
	}
	return false
}

// next is a version behind those it knew of. Saying what was known already says nothing.
func (m merging) next(v Version) *point {
	p := m.join(v.After)
	p.depth++
	p.seen[v.ID] = true
	for name, value := range v.Says {
		if p.says[name] == value && !v.Decides { // also nothing where nothing was known
			continue
		}
		p.claims[name] = []Choice{{value, v.ID}}
		p.says[name] = value
	}
	return p
}

// join puts what several versions say side by side.
func (m merging) join(ids []string) *point {
	p := &point{seen: map[string]bool{}, claims: map[string][]Choice{}, says: map[string]string{}}
	for _, id := range ids {
		one := m[id]
		p.depth = max(p.depth, one.depth)
		maps.Copy(p.seen, one.seen)
		for name, claims := range one.claims {
			for _, c := range claims {
				if !slices.Contains(p.claims[name], c) && m.stands(ids, name, c) {
					p.claims[name] = append(p.claims[name], c)
				}
			}
		}
	}
	for name, claims := range p.claims {
		slices.SortFunc(claims, func(a, b Choice) int {
			if a.Version < b.Version {
				return -1
			}
			return 1
		})
		p.says[name] = claims[0].Value
		if differ(claims) {
			p.says[name] = m.before(name, claims)
		}
	}
	return p
}

// stands tells whether no side knew of a value and gave another.
func (m merging) stands(sides []string, name string, c Choice) bool {
	return !slices.ContainsFunc(sides, func(id string) bool {
		return m[id].seen[c.Version] && !slices.Contains(m[id].claims[name], c)
	})
}

func differ(claims []Choice) bool {
	return slices.ContainsFunc(claims, func(c Choice) bool { return c.Value != claims[0].Value })
}

// before is what a property said in the last version that all sides of a dispute knew of.
func (m merging) before(name string, claims []Choice) string {
	last, depth := "", 0
	for _, id := range slices.Sorted(maps.Keys(m)) {
		known := !slices.ContainsFunc(claims, func(c Choice) bool { return c.Version == id || !m[c.Version].seen[id] })
		if known && m[id].depth > depth {
			last, depth = m[id].says[name], m[id].depth
		}
	}
	return last
}
