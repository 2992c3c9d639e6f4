// Package notice tells people what has happened that concerns them: on their page of notices, and by text message where the city has a gateway.
package notice

import (
	"context"
	"encoding/json"
	"fmt"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// ID names a notice.
type ID = id.Of[Notice]

// Notice is one thing that an account is told. Its words are a message key with values, so that each reads it in her
// own language; no name, number or free text of a person belongs in them: whoever may know opens the link.
type Notice struct {
	ID      ID
	Account string
	Key     string
	Args    map[string]any
	Link    string // address here, may be empty
	At      int64  // microseconds UTC
	Read    bool
}

// Send tells an account something, once: with the same word once nothing is added.
func Send(tx *sqldb.Tx, account, once, key string, args map[string]any, link string) error {
	return SendUntil(tx, account, once, key, args, link, 0)
}

// SendUntil is Send of what nobody is to be bothered with after a moment, in microseconds UTC; 0 for never.
func SendUntil(tx *sqldb.Tx, account, once, key string, args map[string]any, link string, until int64) error {
	if account == "" || once == "" || key == "" {
		return fmt.Errorf("notice: account %q, once %q, key %q", account, once, key)
	}
	if args == nil {
		args = map[string]any{}
	}
	values, err := json.Marshal(args)
	if err != nil {
		return err
	}
	n := id.New[Notice](tx.Now())
	_, err = tx.Exec(`INSERT INTO notice (city, id, account, once, key, args, link, at, until_at, spread) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
		ON CONFLICT (city, account, once) DO NOTHING`, n, account, once, key, string(values), link, tx.Now().UnixMicro(), until)
	return err
}

// PageSize is the number of notices on a page.
const PageSize = 30

const columns = `n.id, n.account, n.key, n.args, n.link, n.at, CASE WHEN n.read_at > 0 THEN 1 ELSE 0 END`

func scan(s sqldb.Scan) (Notice, error) {
	var n Notice
	var args string
	var read int64
	if err := s(&n.ID, &n.Account, &n.Key, &args, &n.Link, &n.At, &read); err != nil {
		return n, err
	}
	n.Read = read == 1
	return n, json.Unmarshal([]byte(args), &n.Args)
}

// Service is what people do with their notices.
type Service struct {
	DB      *sqldb.DB
	Cursors *page.Cursors
}

// List gives the viewer's own notices, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, cursor string) (got page.Page[Notice], err error) {
	if by.User == "" {
		return got, errs.New(errs.Denied, "errs.denied", nil)
	}
	at, err := s.Cursors.Read(page.List{Name: "notices", Columns: []string{"n.id"}, Desc: true, Filter: by.City + "/" + by.User}, cursor)
	if err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		from, args := at.Where(3)
		rows, err := sqldb.All(q, scan, `SELECT `+columns+` FROM notice n WHERE n.city = $1 AND n.account = $2 AND `+from+
			` ORDER BY `+at.Order()+fmt.Sprintf(" LIMIT %d", page.Limit(PageSize)), append([]any{by.User}, args...)...)
		got = page.Cut(s.Cursors, at, rows, PageSize, func(n Notice) []any { return []any{n.ID.String()} })
		return err
	})
	return got, err
}

// Unread counts what the viewer has not read, up to a hundred.
func (s *Service) Unread(ctx context.Context, by authz.Actor) (n int, err error) {
	if by.User == "" {
		return 0, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		return q.Row(page.CountSQL(`SELECT 1 FROM notice WHERE city = $1 AND account = $2 AND read_at = 0`, 99), by.User).Scan(&n)
	})
	return n, err
}

// Find gives one of the viewer's own notices; another's looks absent.
func (s *Service) Find(ctx context.Context, by authz.Actor, one ID) (n Notice, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		n, err = sqldb.One(q, scan, `SELECT `+columns+` FROM notice n WHERE n.city = $1 AND n.id = $2 AND n.account = $3`, one, by.User)
		return err
	})
	return n, err
}

// MarkRead marks one of the viewer's own notices as read, or all of them where none is named.
func (s *Service) MarkRead(ctx context.Context, by authz.Actor, one ID) error {
	return s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		if one.IsZero() {
			_, err := tx.Exec(`UPDATE notice SET read_at = $3 WHERE city = $1 AND account = $2 AND read_at = 0`, by.User, tx.Now().UnixMicro())
			return err
		}
		_, err := tx.Exec(`UPDATE notice SET read_at = $4 WHERE city = $1 AND account = $2 AND id = $3 AND read_at = 0`, by.User, one, tx.Now().UnixMicro())
		return err
	})
}
