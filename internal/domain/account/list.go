package account

import (
	"context"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Filter chooses accounts of a list; its zero value takes all.
type Filter struct {
	Words string // part of a name, or the beginning of a login
	State State
	Role  string
}

// key is the filter as a cursor is bound to it.
func (f Filter) key(by authz.Actor) string {
	return strings.Join([]string{by.City, by.User, f.Words, string(f.State), f.Role}, "\x00")
}

// Listed is an account in the list, with the roles it holds now.
type Listed struct {
	Account
	SeenAt time.Time // of its latest session that is still there
	Grants []Grant
}

// PageSize is how many accounts a page of the list shows.
const PageSize = 50

// List gives a page of the staff accounts in the actor's scope, by login.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursors *page.Cursors, cursor string) (p page.Page[Listed], n page.Count, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return p, n, err
	}
	list := page.List{Name: "accounts", Columns: []string{"a.login", "a.id"}, Filter: f.key(by)}
	at, err := cursors.Read(list, cursor)
	if err != nil {
		return p, n, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("a.city = $1").And("a.kind = 'staff' AND a.login IS NOT NULL").Scope(by.Scope(Read), "o.path")
		if f.State != "" {
			w.And("a.state = ?", string(f.State))
		}
		if words := strings.TrimSpace(f.Words); words != "" {
			login := cleanLogin(words)
			w.And(`(a.login >= ? AND a.login < ? OR a.name LIKE ? ESCAPE '\')`, login, login+"\U0010FFFF", "%"+escape(words)+"%")
		}
		if f.Role != "" {
			w.And(`EXISTS (SELECT 1 FROM role_grant g WHERE g.city = a.city AND g.account = a.id AND g.role = ? AND g.revoked_at = 0)`, f.Role)
		}
		var counted int
		const limit = 1000
		if err := q.Row(page.CountSQL(`SELECT 1`+from+` WHERE `+w.SQL(), limit), w.Args()...).Scan(&counted); err != nil {
			return err
		}
		n = page.Counted(counted, limit)
		where, args := at.Where(len(w.Args()) + 2)
		query := `SELECT ` + columns + from + ` WHERE ` + w.SQL() + ` AND ` + where + ` ORDER BY ` + at.Order() + ` LIMIT `
		args = append(w.Args(), args...)
		rows, err := sqldb.All(q, scan, query+strconv.Itoa(page.Limit(PageSize)), args...)
		if err != nil {
			return err
		}
		accounts := page.Cut(cursors, at, rows, PageSize, func(a Account) []any { return []any{a.Login, a.ID.String()} })
		p = page.Page[Listed]{Next: accounts.Next, Prev: accounts.Prev, More: accounts.More}
		p.Items, err = withRoles(q, accounts.Items)
		return err
	})
	return p, n, err
}

func withRoles(q sqldb.Q, accounts []Account) ([]Listed, error) {
	all := make([]Listed, len(accounts))
	for i, a := range accounts {
		grants, err := grantsOf(q, a.ID)
		if err != nil {
			return nil, err
		}
		all[i] = Listed{Account: a, Grants: grants}
	}
	return all, nil
}

// escape takes the meaning from the signs of LIKE.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// Open gives one account with its grants, as far as the actor may see it.
func (s *Service) Open(ctx context.Context, by authz.Actor, which ID) (l Listed, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if l.Account, err = findFor(q, by, Read, which); err != nil {
			return err
		}
		l.Grants, err = grantsOf(q, which)
		if err != nil {
			return err
		}
		var seen int64
		err := q.Row(`SELECT COALESCE(MAX(seen_at), 0) FROM session WHERE city = $1 AND account = $2`, which).Scan(&seen)
		l.SeenAt = instant(seen)
		return err
	})
	return l, err
}

// Names gives the names of staff by the ids of their accounts, for the lines of a record. Unknown ids are left out.
func (s *Service) Names(ctx context.Context, city string, ids []string) (names map[string]string, err error) {
	names = make(map[string]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		var w sqldb.Where
		marks := make([]string, len(ids))
		for i, one := range ids {
			marks[i] = w.Arg(one)
		}
		_, err := sqldb.All(q, func(s sqldb.Scan) (string, error) {
			var id, name string
			err := s(&id, &name)
			names[id] = name
			return id, err
		}, `SELECT a.id, a.name FROM account a WHERE a.city = $1 AND a.id IN (`+strings.Join(marks, ", ")+`)`, w.Args()...)
		return err
	})
	return names, err
}

// Desks gives the names of the organisations that accounts work for, by the ids of the accounts. The public has none.
func (s *Service) Desks(ctx context.Context, city string, ids []string) (desks map[string]string, err error) {
	desks = make(map[string]string, len(ids))
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		for _, one := range ids {
			if _, known := desks[one]; known {
				continue
			}
			a, err := Find(q, ID(one))
			if err != nil && errs.KindOf(err) != errs.Absent {
				return err
			}
			desks[one] = a.DeskName
		}
		return nil
	})
	return desks, err
}

// Places finds organisations by name or initials, for the choice of a desk or of where a role holds.
func (s *Service) Places(ctx context.Context, by authz.Actor, verb authz.Verb, words string) (all []org.Node, err error) {
	if strings.TrimSpace(words) == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = org.Search(q, by.Scope(verb), words)
		return err
	})
	return all, err
}
