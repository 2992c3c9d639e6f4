package childcare

import (
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Claim is that a family says that it belongs to a group, which is drawn first or has points, and what a clerk found.
type Claim struct {
	Entry
	Group  edition.Group // the group that is claimed
	Judged bool
	So     bool // it is as the family says; unjudged claims count as they are made
	Note   string
	At     int64
}

// Claims gives the claims of a class to whoever may enter sign-ups for it, those that nobody has looked at first.
func (s *Service) Claims(ctx context.Context, by authz.Actor, which ID) (c AtDesk, all []Claim, err error) {
	c, err = s.AtDesk(ctx, by, which)
	if err != nil {
		return c, nil, err
	}
	if err := by.Must(Enter, c.At.Path); err != nil {
		return c, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		judged, err := claimsOf(q, c.Class.Roll)
		if err != nil {
			return err
		}
		for _, p := range c.Parties {
			one, ok := judged[p.Turn]
			if !ok {
				one.Group.No = p.Group
			}
			i := slices.IndexFunc(c.Season.Groups, func(g edition.Group) bool { return g.No == one.Group.No })
			if i < 0 {
				continue
			}
			one.Entry, one.Group = p, c.Season.Groups[i]
			all = append(all, one)
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Claim) int {
		switch {
		case a.Judged == b.Judged:
			return int(a.Turn - b.Turn)
		case b.Judged:
			return -1
		}
		return 1
	})
	return c, all, err
}

// claimsOf gives what was found of the claims on a roll, by turn.
func claimsOf(q sqldb.Q, roll enrolment.RollID) (map[int64]Claim, error) {
	all, err := sqldb.All(q, scanClaim, `SELECT turn, claimed, found, note, made_at FROM care_claim WHERE city = $1 AND roll = $2`, roll)
	by := make(map[int64]Claim, len(all))
	for _, c := range all {
		by[c.Turn] = c
	}
	return by, err
}

func scanClaim(s sqldb.Scan) (Claim, error) {
	c := Claim{Judged: true}
	var found string
	err := s(&c.Turn, &c.Group.No, &found, &c.Note, &c.At)
	c.So = found == "so"
	return c, err
}

// findClaim gives what was found of one family's claim; a zero claim where nobody has looked.
func findClaim(q sqldb.Q, k enrolment.Key) (Claim, error) {
	c, err := sqldb.One(q, scanClaim, `SELECT turn, claimed, found, note, made_at FROM care_claim WHERE city = $1 AND roll = $2 AND turn = $3`, k.Roll, k.Turn)
	if errs.KindOf(err) == errs.Absent && err != nil {
		return Claim{}, nil
	}
	return c, err
}

// Judge notes what a clerk found of a claim: a family whose claim is not so is drawn, or put in order, as one without a group,
// and is told why. It can be taken back as long as the list is not fixed.
func (s *Service) Judge(ctx context.Context, by authz.Actor, which ID, turn int64, so bool, note string) error {
	var p errs.Problems
	p.Require(so || note != "", "note", "care.claim_why", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := class(tx, by, Enter, which)
		if err != nil {
			return err
		}
		k := enrolment.Key{Roll: c.Roll, Turn: turn}
		before, err := enrolment.Find(tx, k)
		if err != nil {
			return err
		}
		judged, err := findClaim(tx, k)
		if err != nil {
			return err
		}
		claimed := judged.Group.No
		if !judged.Judged {
			claimed = before.Group
		}
		if claimed == enrolment.LastGroup {
			return absent()
		}
		g, err := group(tx, c, claimed)
		if err != nil {
			return err
		}
		found, counts := "so", g
		if !so {
			found, counts = "not", edition.Group{No: enrolment.LastGroup}
		}
		after, err := enrolment.Regroup(tx, k, counts.No, counts.Points)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO care_claim (city, roll, turn, claimed, found, note, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (city, roll, turn) DO UPDATE SET found = excluded.found, note = excluded.note, made_by = excluded.made_by, made_at = excluded.made_at`,
			k.Roll, k.Turn, g.No, found, note, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if !so {
			if err := s.tell(tx, c, []enrolment.Party{after}, "care.notice.claim_not"); err != nil {
				return err
			}
		}
		return tx.Record(Judged, k.Subject(), act.Change{"class": c.Serial, "group": g.No, "found": found, "note": note})
	}))
}
