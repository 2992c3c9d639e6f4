package density

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/density/coverage"
)

// judged is a workplace, school or village with the members whose own columns name it, and where it stands.
type judged struct {
	coverage.Unit
	at   int // the lowest division above it
	node org.Node
	name string // in the source's words, where no organisation is registered by that name
}

// units puts together what is known of every unit. A school with pupils and staff is one unit; one that only the
// source's words name stands at the city, which is all that is known.
func (s *Snapshot) units(f *facts, p *placer) []judged {
	nodes := map[org.ID]org.Node{}
	for _, all := range [][]org.Node{f.divisions, f.hosts} {
		for _, n := range all {
			nodes[n.ID] = n
		}
	}
	at := map[string]int{}
	var out []judged
	for _, u := range f.units {
		n, registered := nodes[u.Org]
		if !registered && (u.Unit == "" || u.Kind == person.Resident) {
			continue
		}
		j := judged{Unit: coverage.Unit{ID: u.Org.String(), Kind: kindOf(u.Kind)}, node: n, name: u.Unit}
		if registered {
			j.at, j.name, j.Has = p.ofOrg[u.Org], "", p.built[n.Path]
			if n.Kind == org.School {
				j.Kind = coverage.School
			}
		} else {
			j.ID, j.node = string(j.Kind)+" "+u.Unit, s.Units[0].Node
		}
		k, known := at[j.ID]
		if !known {
			k = len(out)
			at[j.ID] = k
			out = append(out, j)
		}
		out[k].Members += int(u.Members)
	}
	return out
}

func kindOf(k person.TieKind) coverage.Kind {
	switch k {
	case person.Pupil:
		return coverage.School
	case person.Resident:
		return coverage.Village
	default:
		return coverage.Workplace
	}
}

// classOf is the class of an organisation of the league, for comparison with what a unit should have.
func classOf(k org.Kind) coverage.Class {
	switch k {
	case org.LeagueBranch:
		return coverage.Branch
	case org.LeagueGeneralBranch:
		return coverage.GeneralBranch
	default:
		return coverage.Committee
	}
}

// countUnits counts the units with members enough, and those of them with an organisation, up the tree.
func (s *Snapshot) countUnits(units []judged, rule coverage.Rule) {
	for _, u := range units {
		if rule.Due(u.Members) == coverage.None {
			continue
		}
		for i := u.at; i >= 0; i = s.Units[i].Up {
			s.Units[i].Due++
			if u.Has != coverage.None {
				s.Units[i].Built++
			}
		}
	}
}

// UnitRow is a unit with members enough for an organisation of its own.
type UnitRow struct {
	coverage.Unit
	Name string
	Node org.Node // the unit itself, or the city where only the source's words name it
	Path []org.Node
	Due  coverage.Class
}

// Units is the list behind 应建已建率.
type Units struct {
	View   *View
	Shares []coverage.Share // by kind; one without its source says which file is missing
	Rows   []UnitRow        // without any organisation first, then those with too small a one, then the rest
	Total  int
	Lists  bool // the reader may see lists here
}

// Part is which rows of a list are wanted: at most N behind the first After.
type Part struct{ After, N int }

func (p Part) of(all []judged) []judged {
	all = all[min(max(p.After, 0), len(all)):]
	return all[:min(p.N, len(all))]
}

// DueUnits lists the workplaces, schools and villages with members enough for a branch, as they were when figures were last
// counted, in a place whose lists the reader may see. Kind chooses one kind; lacking leaves out those that have what they should.
func (s *Service) DueUnits(ctx context.Context, by authz.Actor, want Query, kind coverage.Kind, lacking bool, part Part) (*Units, error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	u := &Units{}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var err error
		if u.View, err = s.see(q, by, Query{Delivery: want.Delivery, Place: want.Place}); err != nil {
			return err
		}
		scope := by.Scope(person.Read).Narrow(u.View.Place().Path)
		if u.Lists = !scope.IsEmpty(); !u.Lists {
			return nil
		}
		rule, err := coverage.RuleOn(coverage.DefaultRules(), u.View.Stamp.AsOf)
		if err != nil {
			return err
		}
		snap, err := s.snapshot(q, u.View.Stamps[0])
		if err != nil {
			return err
		}
		all, err := s.unitsOf(q, snap)
		if err != nil {
			return err
		}
		have := map[coverage.Kind]bool{}
		for _, j := range all {
			have[j.Kind] = true // by somebody's own column, wherever it is
		}
		u.take(snap, slices.DeleteFunc(all, func(j judged) bool { return !scope.Covers(j.node.Path) }), rule, have, kind, lacking, part)
		return nil
	})
	return u, err
}

func (u *Units) take(snap *Snapshot, all []judged, rule coverage.Rule, have map[coverage.Kind]bool, kind coverage.Kind, lacking bool, part Part) {
	units := make([]coverage.Unit, len(all))
	for i, j := range all {
		units[i] = j.Unit
	}
	u.Shares = coverage.Judge(units, rule, have).Shares
	all = slices.DeleteFunc(all, func(j judged) bool {
		due := rule.Due(j.Members)
		return due == coverage.None || kind != "" && j.Kind != kind || lacking && j.Has >= due
	})
	rank := func(j judged) int {
		switch {
		case j.Has == coverage.None:
			return 0
		case j.Has < rule.Due(j.Members):
			return 1
		default:
			return 2
		}
	}
	slices.SortFunc(all, func(a, b judged) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Members, a.Members), strings.Compare(a.ID, b.ID))
	})
	u.Total = len(all)
	for _, j := range part.of(all) {
		r := UnitRow{Unit: j.Unit, Name: cmp.Or(j.name, j.node.Name), Node: j.node, Due: rule.Due(j.Members)}
		for i := j.at; i > 0; i = snap.Units[i].Up {
			if snap.Units[i].ID != j.node.ID {
				r.Path = append([]org.Node{snap.Units[i].Node}, r.Path...)
			}
		}
		u.Rows = append(u.Rows, r)
	}
}

// unitsOf gives the units as they were counted with a snapshot, from memory where it has been asked for them before.
func (s *Service) unitsOf(q sqldb.Q, snap *Snapshot) ([]judged, error) {
	s.mu.Lock()
	all := snap.judged
	s.mu.Unlock()
	if all != nil {
		return slices.Clone(all), nil
	}
	f, err := tree(q)
	if err != nil {
		return nil, err
	}
	if f.units, err = storedUnits(q, snap.Delivery); err != nil {
		return nil, err
	}
	all = snap.units(f, newPlacer(snap, f))
	if all == nil {
		all = []judged{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	snap.judged = all
	return slices.Clone(all), nil
}

// storeUnits writes the units of a snapshot in place of those of an earlier one of the same delivery.
func storeUnits(tx *sqldb.Tx, delivery int64, all []person.UnitCount) error {
	if _, err := tx.Exec(`DELETE FROM unit_count WHERE city = $1 AND delivery = $2`, delivery); err != nil {
		return err
	}
	_, err := tx.Bulk(`INSERT INTO unit_count (city, delivery, kind, org, unit, members) VALUES ($1, $2, $3, $4, $5, $6)`, len(all), func(i int) []any {
		u := all[i]
		return []any{delivery, string(u.Kind), u.Org.String(), u.Unit, u.Members}
	})
	return err
}

// storedUnits reads the units that were counted after a delivery.
func storedUnits(q sqldb.Q, delivery int64) ([]person.UnitCount, error) {
	return sqldb.All(q, func(s sqldb.Scan) (person.UnitCount, error) {
		var u person.UnitCount
		return u, s(&u.Kind, &u.Org, &u.Unit, &u.Members)
	}, `SELECT u.kind, u.org, u.unit, u.members FROM unit_count u WHERE u.city = $1 AND u.delivery = $2 ORDER BY u.kind, u.org, u.unit`, delivery)
}

// tree reads the organisations as they are now.
func tree(q sqldb.Q) (f *facts, err error) {
	f = &facts{}
	if f.divisions, err = org.Subtree(q, everywhere, divisionKinds...); err != nil {
		return nil, err
	}
	if f.league, err = open(org.Subtree(q, everywhere, leagueKinds...)); err != nil {
		return nil, err
	}
	f.hosts, err = open(org.Subtree(q, everywhere, org.Company, org.School))
	return f, err
}

// KindOfUnit reads a kind from an address; empty for all.
func KindOfUnit(text string) (coverage.Kind, error) {
	if k := coverage.Kind(text); text == "" || slices.Contains(coverage.Kinds(), k) {
		return k, nil
	}
	return "", errs.New(errs.Absent, "errs.absent", nil)
}
