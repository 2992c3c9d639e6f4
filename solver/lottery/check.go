package lottery

import (
	"crypto/sha256"
	"fmt"
	"sort"
)

// Check draws again in another way, one after the other instead of all sorted, and names the first receipt that differs.
func Check(p Problem, s Solution) error {
	if err := p.List.validate(); err != nil {
		return err
	}
	if sha256.Sum256(p.Secret[:]) != p.List.Commit {
		return &SecretError{Have: Commit(p.Secret), Want: p.List.Commit}
	}
	list := p.List.Hash()
	h := sha256.New()
	h.Write(p.Secret[:])
	h.Write(list[:])
	h.Write([]byte(p.Public))
	key := Hash(h.Sum(nil))
	if s.Key != key {
		return fmt.Errorf("lottery: the key is %s, not %s", key, s.Key)
	}
	members, group := map[string][]string{}, map[string]int{}
	for _, e := range p.List.Entries {
		first := e.Family
		if first == "" {
			first = e.Receipt
		}
		members[first] = append(members[first], e.Receipt)
		if g, ok := group[first]; !ok || e.Group < g {
			group[first] = e.Group
		}
	}
	order := make([]string, 0, len(members)) // two digits of the group, the rank, the receipt: in the order of their bytes
	for first := range members {
		rank := sha256.Sum256([]byte(string(key[:]) + first))
		order = append(order, fmt.Sprintf("%02d%s%s", group[first], rank, first))
	}
	sort.Strings(order)
	left, placed, waiting := p.List.Places, 0, 0
	for _, o := range order {
		first := o[2+sha256.Size:]
		sort.Strings(members[first])
		for _, receipt := range members[first] {
			list, at, what := s.Waiting, &waiting, "waits"
			if len(members[first]) <= left {
				list, at, what = s.Placed, &placed, "has a place"
			}
			if *at >= len(list) || list[*at] != receipt {
				return fmt.Errorf("lottery: receipt %s %s, as number %d", receipt, what, *at+1)
			}
			*at++
		}
		if len(members[first]) <= left {
			left -= len(members[first])
		}
	}
	if placed != len(s.Placed) || waiting != len(s.Waiting) {
		return fmt.Errorf("lottery: %d have places and %d wait, not %d and %d", placed, waiting, len(s.Placed), len(s.Waiting))
	}
	return nil
}
