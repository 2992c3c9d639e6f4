package pairing

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
)

// Begin makes a term for which groups are to be paired in a district.
func (s *Service) Begin(ctx context.Context, by authz.Actor, t Term) (made ID, err error) {
	if err := t.check(); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, t.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Plan, at.Path); err != nil {
			return err
		}
		made = id.New[Term](tx.Now())
		if _, err := tx.Exec(`INSERT INTO volunteer_term (city, id, org, title, first_day, last_day, reach, state, made_by, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $9)`,
			made, t.Org, t.Title, t.First, t.Last, t.Reach, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if err := tx.Record(Plan, made.String(), act.Change{"org": t.Org, "first": t.First.String(), "last": t.Last.String(), "reach": t.Reach}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// Want says what a site in the term's district wants; what was said before is replaced.
func (s *Service) Want(ctx context.Context, by authz.Actor, which ID, n Need) error {
	if err := n.check(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		_, at, err := hold(tx, by, Plan, which, 0)
		if err != nil {
			return err
		}
		site, err := place.Find(tx, n.Place)
		if err != nil {
			return err
		}
		where, err := org.Find(tx, site.Org)
		if err != nil {
			return err
		}
		if !at.Path.Covers(where.Path) || !site.IsOpen() {
			return errs.New(errs.Invalid, "pairing.elsewhere", nil)
		}
		if _, err := tx.Exec(`INSERT INTO volunteer_need (city, term, place, people, room, asks) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (city, term, place) DO UPDATE SET people = excluded.people, room = excluded.room, asks = excluded.asks`, which, n.Place, n.People, n.Room, int64(n.Asks)); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"site": n.Place, "people": n.People, "room": n.Room, "asks": n.Asks.Words(volunteering.Skills)})
	}))
}

// Drop takes a site out of a term, with who was to go there.
func (s *Service) Drop(ctx context.Context, by authz.Actor, which ID, at place.ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := hold(tx, by, Plan, which, 0); err != nil {
			return err
		}
		for _, table := range []string{"volunteer_pair", "volunteer_ban", "volunteer_need"} {
			if _, err := tx.Exec(`DELETE FROM `+table+` WHERE city = $1 AND term = $2 AND place = $3`, which, at); err != nil {
				return err
			}
		}
		return tx.Record(Plan, which.String(), act.Change{"drops": at})
	}))
}

// Propose works out who goes where, around what was decided by hand and with the fewest changes to what was proposed before.
func (s *Service) Propose(ctx context.Context, by authz.Actor, which ID) error {
	var now situation
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if now.term, _, err = Find(q, by, Plan, which); err != nil {
			return err
		}
		now, err = situated(q, now.term)
		return err
	}); err != nil {
		return err
	}
	if len(now.needs) == 0 || len(now.groups) == 0 {
		return errs.New(errs.Conflict, "pairing.nothing", nil)
	}
	all, err := now.solve(ctx)
	if trouble(err) {
		return errs.Wrap(err, errs.Conflict, "pairing.locks", nil)
	}
	if err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := hold(tx, by, Plan, which, now.term.EditedAt); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM volunteer_pair WHERE city = $1 AND term = $2`, which); err != nil {
			return err
		}
		if err := put(tx, which, all); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"pairs": len(all), "changed": changes(now.pairs, all)})
	}))
}

// changes counts the groups that go elsewhere than before, or nowhere now.
func changes(before, after []Pair) (n int) {
	for _, b := range before {
		if !slices.ContainsFunc(after, func(a Pair) bool { return a.Group == b.Group && a.Place == b.Place }) {
			n++
		}
	}
	return n
}

// Settle decides by hand that a group goes to a site, which proposals then keep. It must be able to do what the site asks for, and
// have room beside those who were settled there.
func (s *Service) Settle(ctx context.Context, by authz.Actor, which ID, g volunteering.GroupID, at place.ID) error {
	return s.byHand(ctx, by, which, g, func(tx *sqldb.Tx, now situation, one volunteering.Party) (act.Change, error) {
		if why := now.fits(one, at); why != "" && why != "banned" {
			return nil, errs.New(errs.Conflict, "pairing.not."+why, nil)
		}
		room := now.needs[slices.IndexFunc(now.needs, func(n Need) bool { return n.Place == at })].Room
		for _, p := range now.pairs {
			if p.Locked && p.Place == at && p.Group != g {
				room -= p.Size
			}
		}
		if one.Members > room {
			return nil, errs.New(errs.Conflict, "pairing.not.full", nil)
		}
		if _, err := tx.Exec(`DELETE FROM volunteer_ban WHERE city = $1 AND term = $2 AND grp = $3 AND place = $4`, which, g, at); err != nil {
			return nil, err
		}
		p := now.pair(one, at)
		p.Locked = true
		return act.Change{"group": g, "site": at}, put(tx, which, []Pair{p})
	})
}

// Forbid decides by hand that a group does not go to a site; proposals keep to it.
func (s *Service) Forbid(ctx context.Context, by authz.Actor, which ID, g volunteering.GroupID, at place.ID) error {
	return s.byHand(ctx, by, which, g, func(tx *sqldb.Tx, now situation, _ volunteering.Party) (act.Change, error) {
		if !slices.ContainsFunc(now.needs, func(n Need) bool { return n.Place == at }) {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
		_, err := tx.Exec(`INSERT INTO volunteer_ban (city, term, grp, place) VALUES ($1, $2, $3, $4) ON CONFLICT (city, term, grp, place) DO NOTHING`, which, g, at)
		for _, p := range now.pairs {
			if p.Group == g && p.Place != at && err == nil {
				err = put(tx, which, []Pair{p})
			}
		}
		return act.Change{"group": g, "never": at}, err
	})
}

// Free takes back what was decided by hand about a group; where it is stays proposed.
func (s *Service) Free(ctx context.Context, by authz.Actor, which ID, g volunteering.GroupID) error {
	return s.byHand(ctx, by, which, g, func(tx *sqldb.Tx, now situation, _ volunteering.Party) (act.Change, error) {
		_, err := tx.Exec(`DELETE FROM volunteer_ban WHERE city = $1 AND term = $2 AND grp = $3`, which, g)
		for _, p := range now.pairs {
			if p.Group == g && err == nil {
				p.Locked = false
				err = put(tx, which, []Pair{p})
			}
		}
		return act.Change{"group": g, "free": true}, err
	})
}

// byHand takes a group's pair away and lets do say what comes in its place.
func (s *Service) byHand(ctx context.Context, by authz.Actor, which ID, g volunteering.GroupID, do func(*sqldb.Tx, situation, volunteering.Party) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, _, err := hold(tx, by, Plan, which, 0)
		if err != nil {
			return err
		}
		now, err := situated(tx, t)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(now.groups, func(p volunteering.Party) bool { return p.ID == g })
		if i < 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		if _, err := tx.Exec(`DELETE FROM volunteer_pair WHERE city = $1 AND term = $2 AND grp = $3`, which, g); err != nil {
			return err
		}
		change, err := do(tx, now, now.groups[i])
		if err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), change)
	}))
}

// Approved lets the pairs of a term hold from now on; nothing changes in them afterwards. Version is EditedAt as it was read.
func (s *Service) Approved(ctx context.Context, by authz.Actor, which ID, version int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, _, err := hold(tx, by, Approve, which, version)
		if err != nil {
			return err
		}
		all, err := Pairs(tx, which)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return errs.New(errs.Conflict, "pairing.none_yet", nil)
		}
		if _, err := tx.Exec(`UPDATE volunteer_term SET state = 'approved', approved_by = $3, approved_at = $4 WHERE city = $1 AND id = $2`, which, by.User, t.EditedAt); err != nil {
			return err
		}
		return tx.Record(Approve, which.String(), act.Change{"pairs": len(all)})
	}))
}

// situated reads all that a proposal for a term follows from. Groups of which nobody knows where they set out are left out, and sites
// that have closed.
func situated(q sqldb.Q, t Term) (now situation, err error) {
	now.term = t
	at, err := org.Find(q, t.Org)
	if err != nil {
		return now, err
	}
	if now.groups, err = groupsFor(q, at); err != nil {
		return now, err
	}
	now.groups = slices.DeleteFunc(now.groups, func(p volunteering.Party) bool { return p.From == nil || p.Members < volunteering.LeastInGroup })
	if now.needs, err = needs(q, t.ID); err != nil {
		return now, err
	}
	if now.sites, err = sites(q, now.needs); err != nil {
		return now, err
	}
	now.needs = slices.DeleteFunc(now.needs, func(n Need) bool { return !now.sites[n.Place].IsOpen() || now.sites[n.Place].ID == "" })
	if now.pairs, err = Pairs(q, t.ID); err != nil {
		return now, err
	}
	now.pairs = slices.DeleteFunc(now.pairs, func(p Pair) bool {
		return !slices.ContainsFunc(now.needs, func(n Need) bool { return n.Place == p.Place })
	})
	if now.bans, err = bans(q, t.ID); err != nil {
		return now, err
	}
	now.been, err = visited(q, t.ID)
	return now, err
}
