package notice

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Mail is one message of e-mail. Off is the address by which its receiver turns such messages off; empty where nobody may.
type Mail struct{ To, Subject, Text, Off string }

// Mailer sends e-mail. Its errors say nothing of receiver or text: they are kept and shown.
type Mailer interface {
	Mail(ctx context.Context, m Mail) error
}

// Robot says something where staff talk to each other. Its errors do not say its address, which is a secret.
type Robot interface {
	Say(ctx context.Context, text string) error
}

// Quiet is the hours in which nothing is sent that can wait, as minutes of the day; from and until are equal where there are none.
type Quiet struct{ From, Until int }

// After gives the first moment from at on that is not quiet.
func (h Quiet) After(at time.Time, zone *time.Location) time.Time {
	t := at.In(zone)
	minute := t.Hour()*60 + t.Minute()
	quiet := h.From <= minute && minute < h.Until
	if h.From > h.Until { // over midnight
		quiet = minute >= h.From || minute < h.Until
	}
	if !quiet {
		return at
	}
	days := 0
	if minute >= h.Until {
		days = 1
	}
	return time.Date(t.Year(), t.Month(), t.Day()+days, h.Until/60, h.Until%60, 0, 0, zone)
}

// Post carries notices out of the house: by e-mail, by text message, by a robot, each where it is set up and wanted. What is sent says
// of what kind the notice is and where to read it, and nothing else. A message is sent again where a process dies between sending and
// noting it; it is never left out.
type Post struct {
	DB     *sqldb.DB
	City   string
	Keys   seal.Provider
	Zone   *time.Location
	Origin string // how the server is called from outside: "https://zhidian.example"
	Kinds  []Kind // the last holds what no other does
	Quiet  Quiet

	Mailer Mailer  // nil: no e-mail is sent
	Robot  Robot   // nil: nothing is said where staff talk
	Texts  Gateway // nil: no text messages

	Say   func(lang, key string, args ...any) string             // a message in a language
	Phone func(q sqldb.Q, account string) (to string, err error) // an account's number in E.164; empty for none
}

// keepTrying is how long a message is tried, in microseconds; pauses begin with the first and double.
const (
	keepTrying = int64(24 * time.Hour / time.Microsecond)
	firstPause = time.Minute
	postClaim  = 2 * time.Minute
	postBatch  = 50
)

// sending is one message on its way.
type sending struct {
	ref, channel, account, kind string
	at, until, next, tries      int64
}

func send(tx *sqldb.Tx, x sending) error {
	now := tx.Now().UnixMicro()
	if x.next == 0 {
		x.next = now
	}
	_, err := tx.Exec(`INSERT INTO notice_sending (city, ref, channel, account, kind, state, at, until_at, next_at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8)
		ON CONFLICT (city, ref, channel) DO NOTHING`, x.ref, x.channel, x.account, x.kind, now, x.until, x.next)
	return err
}

// Run looks at new notices and sends what is due; call it again and again.
func (p *Post) Run(ctx context.Context) error {
	if err := p.spread(ctx); err != nil {
		return err
	}
	var due []sending
	err := p.DB.Read(ctx, p.City, func(q *sqldb.Rx) (err error) {
		due, err = sqldb.All(q, func(f sqldb.Scan) (sending, error) {
			var x sending
			return x, f(&x.ref, &x.channel, &x.account, &x.kind, &x.at, &x.until, &x.next, &x.tries)
		}, `SELECT ref, channel, account, kind, at, until_at, next_at, tries FROM notice_sending WHERE city = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at LIMIT $3`,
			q.Now().UnixMicro(), postBatch)
		return err
	})
	if err != nil {
		return err
	}
	for _, x := range due {
		mine, err := p.claim(ctx, x)
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		wanted, failed := p.deliver(ctx, x)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.settle(ctx, x, wanted, failed); err != nil {
			return err
		}
	}
	return nil
}

// spread turns notices into messages, once each.
func (p *Post) spread(ctx context.Context) error {
	type told struct {
		ID
		account, once, key string
		until              int64
	}
	for {
		var all []told
		if err := p.DB.Read(ctx, p.City, func(q *sqldb.Rx) (err error) {
			all, err = sqldb.All(q, func(f sqldb.Scan) (told, error) {
				var x told
				return x, f(&x.ID, &x.account, &x.once, &x.key, &x.until)
			}, `SELECT id, account, once, key, until_at FROM notice WHERE city = $1 AND spread = 0 ORDER BY id LIMIT $2`, postBatch)
			return err
		}); err != nil || len(all) == 0 {
			return err
		}
		err := p.DB.Keep(ctx, p.City, func(tx *sqldb.Tx) error {
			for _, x := range all {
				mine, err := tx.Exec(`UPDATE notice SET spread = 1 WHERE city = $1 AND id = $2 AND spread = 0`, x.ID)
				if err != nil {
					return err
				}
				if mine == 0 { // another process was first
					continue
				}
				if err := p.send(tx, x.ID.String(), x.account, x.once, kindOf(p.Kinds, x.key), x.until); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(all) < postBatch {
			return err
		}
	}
}

// send puts a notice on all ways on which its account wants it.
func (p *Post) send(tx *sqldb.Tx, ref, account, once string, k Kind, until int64) error {
	now := tx.Now()
	x := sending{ref: ref, account: account, kind: k.Key, until: now.UnixMicro() + keepTrying, next: now.UnixMicro()}
	if until > 0 {
		x.until = min(x.until, until)
	}
	if k.Why == "" {
		x.next = p.Quiet.After(now, p.Zone).UnixMicro()
	}
	if x.next > x.until { // nobody wants to read it afterwards
		return nil
	}
	if p.Robot != nil && k.Desk {
		one := x
		one.ref, one.channel, one.account = "once/"+once, "robot", ""
		if err := send(tx, one); err != nil {
			return err
		}
	}
	ways, err := p.ways(tx, account)
	if err != nil {
		return err
	}
	if k.Why == "" && slices.Contains(ways.Off, k.Key) {
		_, err := tx.Exec(`UPDATE notice_off SET used_at = $4 WHERE city = $1 AND account = $2 AND kind = $3`, account, k.Key, now.UnixMicro())
		return err
	}
	if p.Mailer != nil && ways.Confirmed {
		x.channel = "email"
		if err := send(tx, x); err != nil {
			return err
		}
	}
	if p.Texts != nil && ways.Texts {
		x.channel = "text"
		return send(tx, x)
	}
	return nil
}

func (p *Post) claim(ctx context.Context, x sending) (mine bool, err error) {
	err = p.DB.Keep(ctx, p.City, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE notice_sending SET next_at = $4 WHERE city = $1 AND ref = $2 AND channel = $3 AND next_at = $5 AND state = 'waiting'`,
			x.ref, x.channel, tx.Now().Add(postClaim).UnixMicro(), x.next)
		mine = n == 1
		return err
	})
	return mine, err
}

// deliver hands a message over. wanted is false where its receiver does not want it any more or has no way on which to get it.
func (p *Post) deliver(ctx context.Context, x sending) (wanted bool, err error) {
	var ways Ways
	to, lang := "", "zh-CN"
	if x.account != "" {
		err = p.DB.Read(ctx, p.City, func(q *sqldb.Rx) error {
			if ways, err = p.ways(q, x.account); err != nil || x.channel != "text" {
				return err
			}
			to, err = p.Phone(q, x.account)
			return err
		})
		if err != nil {
			return true, err
		}
		if ways.Lang != "" {
			lang = ways.Lang
		}
	}
	k := p.kind(x.kind)
	if k.Why == "" && slices.Contains(ways.Off, k.Key) {
		return false, nil
	}
	words := p.Say(lang, "notice.sent", "kind", p.Say(lang, k.Label))
	switch x.channel {
	case "confirm":
		if ways.Email == "" || ways.Confirmed || p.Mailer == nil {
			return false, nil
		}
		link := p.Origin + "/my/notices/confirm/" + p.mark("email", x.account, ways.Email)
		return true, p.Mailer.Mail(ctx, Mail{To: ways.Email, Subject: p.Say(lang, "notice.confirm_subject"), Text: p.Say(lang, "notice.confirm_text", "link", link)})
	case "email":
		if !ways.Confirmed || p.Mailer == nil {
			return false, nil
		}
		m := Mail{To: ways.Email, Subject: words, Text: words + "\n\n" + p.Origin + "/my/notices/" + x.ref + "\n\n"}
		if k.Why == "" {
			m.Off = p.Origin + "/notices/off/" + p.off(x.account, k.Key)
			m.Text += p.Say(lang, "notice.off_text", "link", m.Off) + "\n"
		} else {
			m.Text += p.Say(lang, k.Why) + "\n"
		}
		return true, p.Mailer.Mail(ctx, m)
	case "text":
		if !ways.Texts || to == "" || p.Texts == nil {
			return false, nil
		}
		return true, p.Texts.Send(ctx, to, words+" "+p.Origin+"/my/notices")
	case "robot":
		if p.Robot == nil {
			return false, nil
		}
		return true, p.Robot.Say(ctx, words+" "+p.Origin+"/office/notices")
	}
	return false, errs.New(errs.Internal, "errs.unexpected", nil)
}

func (p *Post) kind(key string) Kind {
	for _, k := range p.Kinds {
		if k.Key == key {
			return k
		}
	}
	return p.Kinds[len(p.Kinds)-1]
}

// settle notes how a hand-over went.
func (p *Post) settle(ctx context.Context, x sending, wanted bool, failed error) error {
	return p.DB.Keep(ctx, p.City, func(tx *sqldb.Tx) error {
		now := tx.Now()
		pause := firstPause << min(x.tries, 6)
		state, why, done, next := "sent", "", now.UnixMicro(), x.next
		switch {
		case failed == nil && !wanted:
			state = "dropped"
		case failed != nil && now.Add(pause).UnixMicro() > x.until:
			state, why = "failed", failed.Error()
		case failed != nil:
			state, why, done, next = "waiting", failed.Error(), 0, now.Add(pause).UnixMicro()
		}
		if _, err := tx.Exec(`UPDATE notice_sending SET state = $4, failure = $5, done_at = $6, next_at = $7, tries = tries + 1 WHERE city = $1 AND ref = $2 AND channel = $3`,
			x.ref, x.channel, state, why, done, next); err != nil || state != "sent" {
			return err
		}
		_, err := tx.Exec(`UPDATE notice_way SET used_at = $3 WHERE city = $1 AND account = $2`, x.account, now.UnixMicro())
		return err
	})
}
