package notice

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Gateway sends a text message to a number in E.164. Its errors say nothing of number or text: they are kept and logged.
type Gateway interface {
	Send(ctx context.Context, to, text string) error
}

// relayBatch is how many messages are handed on at a time.
const relayBatch = 100

// Texts is the way of text messages. They wait sealed in the outbox until the gateway has them, and are forgotten then; one
// that the gateway does not take within TextFor is given up, because the code in it has ended.
type Texts struct {
	DB      *sqldb.DB
	City    string
	Keys    seal.Provider
	Gateway Gateway
}

// TextFor is how long a message is worth sending.
const TextFor = 10 * time.Minute

// The pauses between tries: the first, which doubles, and how long a message belongs to the process that is sending it.
const (
	textPause = 5 * time.Second
	textClaim = time.Minute
)

type text struct {
	To   string `json:"to"`
	Text string `json:"text"`
}

func (x *Texts) place(row string) seal.Place {
	return seal.Place{City: x.City, Table: "outbox", Column: "body", Row: row}
}

// Send puts a message into the outbox.
func (x *Texts) Send(ctx context.Context, to cn.Phone, words string) error {
	plain, err := json.Marshal(text{string(to), words})
	if err != nil {
		return err
	}
	return x.DB.Keep(ctx, x.City, func(tx *sqldb.Tx) error {
		row := id.New[queued](tx.Now()).String()
		sealed, err := x.Keys.Seal(x.place(row), plain)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO outbox (city, id, kind, body, at, next_at) VALUES ($1, $2, 'text', $3, $4, $4)`,
			row, base64.StdEncoding.EncodeToString(sealed), tx.Now().UnixMicro())
		return err
	})
}

// queued is a message in the outbox.
type queued struct {
	id       string
	body     string
	at, next int64
	tries    int64
}

// Run hands on what is due; call it again and again. It gives the number of messages that the gateway has taken.
func (x *Texts) Run(ctx context.Context) (sent int, err error) {
	var due []queued
	err = x.DB.Read(ctx, x.City, func(q *sqldb.Rx) error {
		due, err = sqldb.All(q, func(s sqldb.Scan) (queued, error) {
			var w queued
			return w, s(&w.id, &w.body, &w.at, &w.next, &w.tries)
		}, `SELECT id, body, at, next_at, tries FROM outbox WHERE city = $1 AND kind = 'text' AND done_at = 0 AND next_at <= $2 ORDER BY next_at LIMIT $3`,
			q.Now().UnixMicro(), relayBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, w := range due {
		mine, err := x.claim(ctx, w)
		if err != nil {
			return sent, err
		}
		if !mine {
			continue
		}
		failed := x.deliver(ctx, w)
		if ctx.Err() != nil {
			return sent, ctx.Err()
		}
		if err := x.DB.Keep(ctx, x.City, func(tx *sqldb.Tx) error { return settleText(tx, w, failed) }); err != nil {
			return sent, err
		}
		if failed == nil {
			sent++
		}
	}
	return sent, nil
}

// claim takes a message for this process: of several that see it, one changes the row.
func (x *Texts) claim(ctx context.Context, w queued) (mine bool, err error) {
	err = x.DB.Keep(ctx, x.City, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE outbox SET next_at = $3 WHERE city = $1 AND id = $2 AND next_at = $4 AND done_at = 0`,
			w.id, tx.Now().Add(textClaim).UnixMicro(), w.next)
		mine = n == 1
		return err
	})
	return mine, err
}

func (x *Texts) deliver(ctx context.Context, w queued) error {
	sealed, err := base64.StdEncoding.DecodeString(w.body)
	if err != nil {
		return err
	}
	plain, err := x.Keys.Open(x.place(w.id), sealed)
	if err != nil {
		return err
	}
	var m text
	if err := json.Unmarshal(plain, &m); err != nil {
		return err
	}
	return x.Gateway.Send(ctx, m.To, m.Text)
}

// settleText notes how a hand-over went. A message that was taken, or whose time is over, leaves nothing of its content.
func settleText(tx *sqldb.Tx, w queued, failed error) error {
	now := tx.Now()
	pause := textPause << min(w.tries, 6)
	switch {
	case failed == nil:
		_, err := tx.Exec(`UPDATE outbox SET tries = tries + 1, done_at = $3, body = '', failure = '' WHERE city = $1 AND id = $2`, w.id, now.UnixMicro())
		return err
	case now.Add(pause).UnixMicro() > w.at+TextFor.Microseconds():
		_, err := tx.Exec(`UPDATE outbox SET tries = tries + 1, done_at = $3, body = '', failure = $4 WHERE city = $1 AND id = $2`, w.id, now.UnixMicro(), failed.Error())
		return err
	}
	_, err := tx.Exec(`UPDATE outbox SET tries = tries + 1, next_at = $3, failure = $4 WHERE city = $1 AND id = $2`, w.id, now.Add(pause).UnixMicro(), failed.Error())
	return err
}
