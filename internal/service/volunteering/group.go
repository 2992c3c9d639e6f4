package volunteering

import (
	"context"
	"crypto/rand"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Found registers a group, which whoever is signed in leads. Its members come in by the code that she gives them: each says and agrees
// for herself.
func (s *Service) Found(ctx context.Context, by authz.Actor, g Group) (made GroupID, err error) {
	if err := g.check(); err != nil {
		return "", err
	}
	serial, err := s.number(ctx, by.City, "volunteer_group", "志愿队")
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := s.serving(tx, by)
		if err != nil {
			return err
		}
		if _, err := org.Find(tx, g.Org); err != nil {
			return err
		}
		g.ID, g.Serial, g.Leader, g.Code = id.New[Group](tx.Now()), serial, v.ID, rand.Text()[:8]
		if _, err := tx.Exec(`INSERT INTO volunteer_group (city, id, serial, name, kind, org, leader, code, most, members, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)`,
			g.ID, g.Serial, g.Name, g.Kind, g.Org, g.Leader, g.Code, g.Most, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if err := enter(tx, g, v.ID); err != nil {
			return err
		}
		made = g.ID
		if err := tx.Record(Gather, g.ID.String(), act.Change{"serial": g.Serial, "kind": g.Kind, "org": g.Org, "most": g.Most}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// serving takes the volunteer that whoever is signed in is, as long as her application or her service goes on.
func (s *Service) serving(tx *sqldb.Tx, by authz.Actor) (Volunteer, error) {
	v, err := s.hold(tx, by)
	if errs.KindOf(err) == errs.Absent && err != nil || err == nil && v.State != Applied && v.State != Admitted {
		return v, errs.New(errs.Conflict, "volunteer.apply_first", nil)
	}
	return v, err
}

// enter puts somebody into a group; who is in one already is refused by the index.
func enter(tx *sqldb.Tx, g Group, who ID) error {
	n, err := tx.Exec(`INSERT INTO volunteer_member (city, grp, volunteer, joined_at) SELECT $1, $2, $3, CAST($4 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM volunteer_member m WHERE m.city = $1 AND m.volunteer = $3 AND m.ended_at = 0)
		ON CONFLICT (city, grp, volunteer) DO UPDATE SET joined_at = excluded.joined_at, ended_at = 0`, g.ID, who, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "volunteer.in_group", nil)
	}
	return err
}

// JoinGroup brings whoever is signed in into the group whose code she was given. A group never has more members than it may.
func (s *Service) JoinGroup(ctx context.Context, by authz.Actor, code string) (joined GroupID, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := s.serving(tx, by)
		if err != nil {
			return err
		}
		g, err := sqldb.One(tx, scanGroup, `SELECT `+groupColumns+` FROM volunteer_group g WHERE g.city = $1 AND g.code = $2 AND g.ended_at = 0`, strings.ToUpper(code))
		if err != nil {
			if errs.KindOf(err) == errs.Absent {
				var p errs.Problems
				p.Add("code", "volunteer.no_code", nil)
				return p.Err()
			}
			return err
		}
		n, err := tx.Exec(`UPDATE volunteer_group SET members = members + 1, edited_at = $3 WHERE city = $1 AND id = $2 AND ended_at = 0 AND members < most`, g.ID, max(tx.Now().UnixMicro(), g.EditedAt+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "volunteer.group_full", errs.Args{"n": g.Most})
		}
		if err := enter(tx, g, v.ID); err != nil {
			return err
		}
		joined = g.ID
		if err := tx.Record(Gather, g.ID.String(), act.Change{"joins": v.ID}); err != nil {
			return err
		}
		return tx.Answer(joined)
	})
	if sqldb.Again(err, &joined) {
		err = nil
	}
	return joined, err
}

// leaveGroup takes somebody out of her group, where she is in one that she does not lead.
func leaveGroup(tx *sqldb.Tx, v Volunteer) error {
	g, err := groupOf(tx, v.ID)
	if err != nil || g.ID == "" {
		return err
	}
	if g.Leader == v.ID {
		return errs.New(errs.Conflict, "volunteer.leads", nil)
	}
	n, err := tx.Exec(`UPDATE volunteer_member SET ended_at = $4 WHERE city = $1 AND grp = $2 AND volunteer = $3 AND ended_at = 0`, g.ID, v.ID, tx.Now().UnixMicro())
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`UPDATE volunteer_group SET members = members - 1, edited_at = $3 WHERE city = $1 AND id = $2`, g.ID, max(tx.Now().UnixMicro(), g.EditedAt+1))
	return err
}

// PartGroup takes somebody out of a group: she herself, or whoever leads it.
func (s *Service) PartGroup(ctx context.Context, by authz.Actor, who ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		self, err := s.own(tx, by)
		if err != nil {
			return err
		}
		v, err := find(tx, who)
		if err != nil {
			return err
		}
		g, err := groupOf(tx, v.ID)
		if err != nil {
			return err
		}
		if g.ID == "" || v.ID != self.ID && g.Leader != self.ID {
			return absent()
		}
		if err := leaveGroup(tx, v); err != nil {
			return err
		}
		return tx.Record(Gather, g.ID.String(), act.Change{"leaves": v.ID})
	}))
}

// EndGroup lets a group serve no more, by whoever leads it. Its members stay volunteers.
func (s *Service) EndGroup(ctx context.Context, by authz.Actor) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		self, err := s.own(tx, by)
		if err != nil {
			return err
		}
		g, err := groupOf(tx, self.ID)
		if err != nil {
			return err
		}
		if g.ID == "" || g.Leader != self.ID {
			return absent()
		}
		now := tx.Now().UnixMicro()
		n, err := tx.Exec(`UPDATE volunteer_group SET ended_at = $3, members = 0, edited_at = $4 WHERE city = $1 AND id = $2 AND ended_at = 0`, g.ID, now, max(now, g.EditedAt+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if _, err := tx.Exec(`UPDATE volunteer_member SET ended_at = $3 WHERE city = $1 AND grp = $2 AND ended_at = 0`, g.ID, now); err != nil {
			return err
		}
		return tx.Record(Gather, g.ID.String(), act.Change{"ended": true})
	}))
}
