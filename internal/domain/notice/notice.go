// Package notice tells people what has happened that concerns them: on their page of notices, and by whatever ways out the city has.
package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

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

// Send tells an account something, once: with the same word once nothing is added. The way out is the outbox, within the act.
func Send(tx *sqldb.Tx, account, once, key string, args map[string]any, link string) error {
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
	added, err := tx.Exec(`INSERT INTO notice (city, id, account, once, key, args, link, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (city, account, once) DO NOTHING`, n, account, once, key, string(values), link, tx.Now().UnixMicro())
	if err != nil || added == 0 {
		return err
	}
	body, err := json.Marshal(Message{Notice: n, Account: account, Key: key, Args: args, Link: link})
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO outbox (city, id, kind, body, at, next_at) VALUES ($1, $2, 'notice', $3, $4, $4)`,
		id.New[Message](tx.Now()), string(body), tx.Now().UnixMicro())
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

// Message is what a way out is handed.
type Message struct {
	Notice  ID             `json:"notice"`
	Account string         `json:"account"`
	Key     string         `json:"key"`
	Args    map[string]any `json:"args"`
	Link    string         `json:"link"`
}

// Adapter is a way out: e-mail, 企业微信, SMS, or a file. It may be handed the same message twice and knows it by its notice.
type Adapter interface {
	Deliver(ctx context.Context, m Message) error
}

// Relay hands on what waits in the outbox. What a way out refuses is tried again later, ten times at most, ever more seldom.
type Relay struct {
	DB   *sqldb.DB
	City string
	Out  []Adapter
}

const (
	relayBatch = 100
	mostTries  = 10
)

type waiting struct {
	id    string
	body  string
	tries int64
}

// Run hands on what is due; call it again and again. It gives the number of messages handed on.
func (r *Relay) Run(ctx context.Context) (sent int, err error) {
	var due []waiting
	err = r.DB.Read(ctx, r.City, func(q *sqldb.Rx) error {
		due, err = sqldb.All(q, func(s sqldb.Scan) (waiting, error) {
			var w waiting
			return w, s(&w.id, &w.body, &w.tries)
		}, `SELECT id, body, tries FROM outbox WHERE city = $1 AND kind = 'notice' AND done_at = 0 AND next_at <= $2 ORDER BY next_at LIMIT $3`,
			q.Now().UnixMicro(), relayBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, w := range due {
		failed := r.deliver(ctx, w)
		if ctx.Err() != nil {
			return sent, ctx.Err()
		}
		if err := r.DB.Keep(ctx, r.City, func(tx *sqldb.Tx) error { return settle(tx, w, failed) }); err != nil {
			return sent, err
		}
		if failed == nil {
			sent++
		}
	}
	return sent, nil
}

func (r *Relay) deliver(ctx context.Context, w waiting) error {
	var m Message
	if err := json.Unmarshal([]byte(w.body), &m); err != nil {
		return err
	}
	for _, out := range r.Out {
		if err := out.Deliver(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// settle notes how a hand-over went. After the last try the message is done, and its failure stays to be read.
func settle(tx *sqldb.Tx, w waiting, failed error) error {
	now := tx.Now()
	failure, done, next := "", now.UnixMicro(), now
	if failed != nil {
		failure, done, next = failed.Error(), 0, now.Add(time.Minute<<w.tries)
		if w.tries+1 >= mostTries {
			done = now.UnixMicro()
		}
	}
	_, err := tx.Exec(`UPDATE outbox SET tries = tries + 1, done_at = $3, next_at = $4, failure = $5 WHERE city = $1 AND id = $2`,
		w.id, done, next.UnixMicro(), failure)
	return err
}
