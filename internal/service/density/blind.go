package density

import (
	"context"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// SpotRow is a blind spot as a list shows it.
type SpotRow struct {
	BlindSpot
	Node org.Node
	Path []org.Node // the divisions from the county down to it
}

// SpotFilter chooses blind spots. Zero fields choose all.
type SpotFilter struct {
	Kind     SpotKind
	State    State
	Place    org.ID
	Delivery int64
	After    int64 // the rank after which the page begins
	Limit    int
}

// SpotPage is a part of the ranking.
type SpotPage struct {
	Stamp Stamp
	Rows  []SpotRow
	Next  int64 // the rank to go on after, 0 at the end
	Prev  int64 // the rank after which the page before begins, 0 for the first page
	Total int   // that meet the filter
	Count map[State]int
}

// Spots lists the blind spots of the divisions whose lists the reader may see, the most people unreached first. They are
// made of figures that others do not see, so there are none for others.
func (s *Service) Spots(ctx context.Context, by authz.Actor, want SpotFilter) (SpotPage, error) {
	if err := by.MustSomewhere(Read); err != nil {
		return SpotPage{}, err
	}
	var p SpotPage
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := stamps(q)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return ErrNothing
		}
		p = SpotPage{Stamp: all[0], Count: map[State]int{}}
		if want.Delivery != 0 {
			if p.Stamp, err = stampOf(all, want.Delivery); err != nil {
				return err
			}
		}
		snap, err := s.snapshot(q, p.Stamp)
		if err != nil {
			return err
		}
		return p.fill(q, snap, by, want)
	})
	return p, err
}

func (p *SpotPage) fill(q sqldb.Q, snap *Snapshot, by authz.Actor, want SpotFilter) error {
	scope := by.Scope(person.Read)
	if !want.Place.IsZero() {
		i, ok := snap.Find(want.Place)
		if !ok {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		scope = scope.Narrow(snap.Units[i].Path)
	}
	if scope.IsEmpty() {
		return nil
	}
	spots, err := sqldb.All(q, scanSpot, `SELECT `+spotColumns+` FROM blind_spot b WHERE b.city = $1 AND b.delivery = $2 ORDER BY b.rank`, p.Stamp.Delivery)
	if err != nil {
		return err
	}
	var before []int64 // ranks on the pages before
	for _, b := range spots {
		row := SpotRow{BlindSpot: b}
		at := 0
		if i, ok := snap.Find(b.At); ok {
			row.Node, at = snap.Units[i].Node, i
		} else if h, ok := snap.hosts[b.At]; ok {
			row.Node = h
			at = snap.above(h.Path)
		} else {
			continue
		}
		if !scope.Covers(row.Node.Path) || want.Kind != "" && b.Kind != want.Kind {
			continue
		}
		p.Count[b.State]++
		if want.State != "" && b.State != want.State {
			continue
		}
		p.Total++
		if b.Rank <= want.After {
			before = append(before, b.Rank)
			continue
		}
		if len(p.Rows) == want.Limit {
			p.Next = p.Rows[len(p.Rows)-1].Rank
			continue
		}
		for i := at; i > 0; i = snap.Units[i].Up {
			row.Path = append([]org.Node{snap.Units[i].Node}, row.Path...)
		}
		p.Rows = append(p.Rows, row)
	}
	if n := len(before) - want.Limit; n > 0 {
		p.Prev = before[n-1]
	}
	return nil
}

func hostsIn(q sqldb.Q, scope authz.Scope) (map[org.ID]org.Node, error) {
	all, err := org.Subtree(q, scope, org.Company, org.School)
	if err != nil {
		return nil, err
	}
	by := make(map[org.ID]org.Node, len(all))
	for _, n := range all {
		by[n.ID] = n
	}
	return by, nil
}

// above is the lowest division that an organisation's path leads through.
func (s *Snapshot) above(at authz.Path) int {
	best := 0
	for i := range s.Units {
		if s.Units[i].Path.Covers(at) && len(s.Units[i].Path) > len(s.Units[best].Path) {
			best = i
		}
	}
	return best
}

// findSpot reads one blind spot with its place, for a reader who may see lists there.
func findSpot(q sqldb.Q, by authz.Actor, of SpotID) (SpotRow, error) {
	b, err := sqldb.One(q, scanSpot, `SELECT `+spotColumns+` FROM blind_spot b WHERE b.city = $1 AND b.id = $2`, of)
	if err != nil {
		return SpotRow{}, err
	}
	n, err := org.Find(q, b.At)
	if err != nil {
		return SpotRow{}, err
	}
	if !by.Can(person.Read, n.Path) {
		return SpotRow{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	row := SpotRow{BlindSpot: b, Node: n}
	up, err := org.Ancestry(q, n.Path)
	if err != nil {
		return row, err
	}
	for _, a := range up {
		if a.Kind.IsDivision() && a.Kind != org.City {
			row.Path = append(row.Path, a)
		}
	}
	return row, nil
}

// Spot reads one blind spot.
func (s *Service) Spot(ctx context.Context, by authz.Actor, of SpotID) (row SpotRow, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		row, err = findSpot(q, by, of)
		return err
	})
	return row, err
}

// Visit puts a blind spot on the list of places to visit.
func (s *Service) Visit(ctx context.Context, by authz.Actor, of SpotID) error {
	return s.turn(ctx, by, of, Visit, Open, ToVisit, "")
}

// Dismiss takes a blind spot off the ranking, for a reason that stays with it.
func (s *Service) Dismiss(ctx context.Context, by authz.Actor, of SpotID, reason string) error {
	reason = strings.TrimSpace(reason)
	var p errs.Problems
	p.Require(len([]rune(reason)) >= 4, "reason", "density.reason_short", nil)
	p.Require(len([]rune(reason)) <= 500, "reason", "field.long", errs.Args{"max": 500})
	if err := p.Err(); err != nil {
		return err
	}
	return s.turn(ctx, by, of, Dismiss, Open, Dismissed, reason)
}

// Reopen puts a blind spot back on the ranking.
func (s *Service) Reopen(ctx context.Context, by authz.Actor, of SpotID) error {
	return s.turn(ctx, by, of, Reopen, "", Open, "")
}

// turn moves a blind spot from one state to another; the row is the guard, so that of two clerks one is told. An empty
// from is any state but open and assigned: a matter ends where matters end.
func (s *Service) turn(ctx context.Context, by authz.Actor, of SpotID, verb authz.Verb, from, to State, note string) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		row, err := findSpot(tx, by, of)
		if err != nil {
			return err
		}
		if err := by.Must(verb, row.Node.Path); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE blind_spot SET state = $3, note = $4 WHERE city = $1 AND id = $2
			AND (state = $5 OR ($5 = '' AND state IN ('to_visit', 'dismissed')))`, of, string(to), note, string(from))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "density.spot_moved", nil)
		}
		return tx.Record(verb, of.String(), act.Change{"org": row.At, "kind": row.Kind, "from": row.State, "to": to, "reason": note})
	})
}
