package account

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Grant is a role held at a node, with everything below it, for a time.
type Grant struct {
	ID      id.Of[Grant]
	Account ID
	Role    string
	Org     org.ID
	OrgName string
	At      authz.Path
	From    day.Day
	Until   day.Day // the last day; zero for no end
	Revoked bool
}

// Holds tells whether the role is held on a day.
func (g Grant) Holds(on day.Day) bool {
	return !g.Revoked && g.From <= on && (g.Until.IsZero() || on <= g.Until)
}

// meets tells whether two grants hold on a common day.
func (g Grant) meets(o Grant) bool {
	return !g.Revoked && !o.Revoked && (g.Until.IsZero() || o.From <= g.Until) && (o.Until.IsZero() || g.From <= o.Until)
}

// clash says why a grant cannot stand beside those that an account has: who is one of the three administrators is
// nothing else, and nobody holds one role twice at a node.
func clash(g Grant, held []Grant) error {
	for _, h := range held {
		switch {
		case !g.meets(h):
		case g.Role == h.Role && g.Org == h.Org:
			return errs.New(errs.Conflict, "account.granted_already", nil)
		case g.Role != h.Role && (IsAdmin(g.Role) || IsAdmin(h.Role)):
			return errs.New(errs.Conflict, "account.one_admin_only", nil)
		}
	}
	return nil
}

// Grant gives an account a role at a node from one day on, to the last day until or, when that is zero, without end.
// Nobody grants to herself.
func (s *Service) Grant(ctx context.Context, by authz.Actor, to ID, role string, at org.ID, from, until day.Day) error {
	defer s.seen.drop(by.City, to)
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := findFor(tx, by, GrantRole, to); err != nil {
			return err
		}
		node, err := org.Find(tx, at)
		if err != nil {
			return err
		}
		if err := by.Must(GrantRole, node.Path); err != nil {
			return err
		}
		if to.String() == by.User {
			return errs.New(errs.Denied, "account.grant_self", nil)
		}
		return s.grant(tx, GrantRole, Grant{Account: to, Role: role, Org: at, At: node.Path, From: from, Until: until})
	}))
}

// grant keeps a grant under the guard of the account's row, and records it.
func (s *Service) grant(tx *sqldb.Tx, verb authz.Verb, g Grant) error {
	var p errs.Problems
	_, known := s.Roles[g.Role]
	p.Require(known, "role", "account.no_role", nil)
	p.Require(!g.From.IsZero(), "from", "field.required", nil)
	p.Require(g.Until.IsZero() || g.From <= g.Until, "until", "account.until_before_from", nil)
	if err := p.Err(); err != nil {
		return err
	}
	if err := take(tx, g.Account); err != nil {
		return err
	}
	a, err := Find(tx, g.Account)
	if err != nil {
		return err
	}
	if a.Kind != Staff || a.State == Closed {
		return errs.New(errs.Conflict, "account.not_staff", nil)
	}
	held, err := grantsOf(tx, g.Account)
	if err != nil {
		return err
	}
	if err := clash(g, held); err != nil {
		return err
	}
	g.ID = id.New[Grant](tx.Now())
	_, err = tx.Exec(`INSERT INTO role_grant (city, id, account, role, org, from_day, until_day, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		g.ID, g.Account, g.Role, g.Org, g.From, g.Until, tx.By().User)
	if err != nil {
		return err
	}
	return tx.Record(verb, g.Account.String(), act.Change{"role": g.Role, "org": g.Org, "from": g.From, "until": g.Until})
}

// Revoke ends a grant now.
func (s *Service) Revoke(ctx context.Context, by authz.Actor, which id.Of[Grant]) error {
	var of ID
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		g, err := sqldb.One(tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g JOIN `+org.Table+` ON o.city = g.city AND o.id = g.org WHERE g.city = $1 AND g.id = $2`, which)
		if err != nil {
			return err
		}
		of = g.Account
		if err := by.Must(RevokeRole, g.At); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE role_grant SET revoked_at = $3 WHERE city = $1 AND id = $2 AND revoked_at = 0`, which, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "account.revoked_already", nil)
		}
		return tx.Record(RevokeRole, g.Account.String(), act.Change{"role": g.Role, "org": g.Org})
	})
	s.seen.drop(by.City, of)
	return settled(err)
}

const grantColumns = `g.id, g.account, g.role, g.org, o.name, o.path, g.from_day, g.until_day, g.revoked_at`

func scanGrant(s sqldb.Scan) (Grant, error) {
	var g Grant
	var revoked int64
	err := s(&g.ID, &g.Account, &g.Role, &g.Org, &g.OrgName, &g.At, &g.From, &g.Until, &revoked)
	g.Revoked = revoked > 0
	return g, err
}

// grantsOf gives the grants of an account, revoked and past ones too, the latest first.
func grantsOf(q sqldb.Q, account ID) ([]Grant, error) {
	return sqldb.All(q, scanGrant, `SELECT `+grantColumns+` FROM role_grant g JOIN `+org.Table+` ON o.city = g.city AND o.id = g.org
		WHERE g.city = $1 AND g.account = $2 ORDER BY g.from_day DESC, g.id DESC`, account)
}

// Holders gives the active accounts that hold a verb at a node on the day of the snapshot, for work that must find
// somebody, such as the desk of a matter.
func (s *Service) Holders(q sqldb.Q, verb authz.Verb, at authz.Path) ([]ID, error) {
	today := day.Of(q.Now(), s.zone())
	all, err := sqldb.All(q, scanGrant, `SELECT `+grantColumns+` FROM role_grant g JOIN `+org.Table+` ON o.city = g.city AND o.id = g.org
		JOIN account a ON a.city = g.city AND a.id = g.account
		WHERE g.city = $1 AND a.state = 'active' AND g.revoked_at = 0 ORDER BY g.account`)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, g := range all {
		by := authz.Actor{City: q.City(), Grants: []authz.Held{{Role: s.Roles[g.Role], At: g.At}}}
		if g.Holds(today) && by.Can(verb, at) && (len(ids) == 0 || ids[len(ids)-1] != g.Account) {
			ids = append(ids, g.Account)
		}
	}
	return ids, nil
}

// HoldersAt gives the active accounts that hold a verb by a grant at this very organisation on the day of the snapshot: a desk's own
// people, not those above it.
func (s *Service) HoldersAt(q sqldb.Q, verb authz.Verb, desk org.ID) ([]ID, error) {
	today := day.Of(q.Now(), s.zone())
	all, err := sqldb.All(q, scanGrant, `SELECT `+grantColumns+` FROM role_grant g JOIN `+org.Table+` ON o.city = g.city AND o.id = g.org
		JOIN account a ON a.city = g.city AND a.id = g.account
		WHERE g.city = $1 AND g.org = $2 AND a.state = 'active' AND g.revoked_at = 0 ORDER BY g.account`, desk)
	var ids []ID
	for _, g := range all {
		if g.Holds(today) && slices.Contains(s.Roles[g.Role].Verbs, verb) && !slices.Contains(ids, g.Account) {
			ids = append(ids, g.Account)
		}
	}
	return ids, err
}

// Nearest gives the organisation, from a node upwards, at which somebody holds all of some verbs on the day of the snapshot:
// whose desk is responsible there. Where nobody does it is the city itself.
func (s *Service) Nearest(q sqldb.Q, at authz.Path, verbs ...authz.Verb) (org.ID, error) {
	root, err := org.Root(q)
	if err != nil {
		return "", err
	}
	best, path := root.ID, root.Path
	all, err := sqldb.All(q, scanGrant, `SELECT `+grantColumns+` FROM role_grant g JOIN `+org.Table+` ON o.city = g.city AND o.id = g.org
		JOIN account a ON a.city = g.city AND a.id = g.account
		WHERE g.city = $1 AND a.state = 'active' AND g.revoked_at = 0 AND o.closed = '' ORDER BY g.id`)
	today := day.Of(q.Now(), s.zone())
	for _, g := range all {
		able := !slices.ContainsFunc(verbs, func(v authz.Verb) bool { return !slices.Contains(s.Roles[g.Role].Verbs, v) })
		if able && g.Holds(today) && g.At.Covers(at) && len(g.At) > len(path) {
			best, path = g.Org, g.At
		}
	}
	return best, err
}

// Today is the city's date at a moment, by which grants begin and end.
func (s *Service) Today(now time.Time) day.Day { return day.Of(now, s.zone()) }
