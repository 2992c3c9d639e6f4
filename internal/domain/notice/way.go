package notice

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/mail"
	"slices"
	"strings"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Kind is a kind of notices, which people turn on and off as one.
type Kind struct {
	Key      string
	Label    string   // message key
	Why      string   // message key of why nobody may turn it off, which also breaks the quiet hours; empty: everybody may
	Prefixes []string // of the message keys of its notices
	Desk     bool     // of work that comes to desks: a robot tells of it where staff talk to each other
}

// kindOf gives the kind of a notice by its key; the last of the list holds what no other does.
func kindOf(kinds []Kind, key string) Kind {
	for _, k := range kinds {
		if slices.ContainsFunc(k.Prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			return k
		}
	}
	return kinds[len(kinds)-1]
}

// Ways is how an account wants to be told besides its page of notices.
type Ways struct {
	Email     string
	Confirmed bool // whoever has the mailbox has said that it is hers
	Texts     bool
	Lang      string
	Off       []string // kinds of which she wants nothing sent

	sealed string // the address as it is kept
}

// What people do with their ways.
var (
	SetWays = authz.Verb{Key: "notice.ways", Writes: "notice_way notice_off notice_sending"}
	Confirm = authz.Verb{Key: "notice.confirm", Writes: "notice_way"}
	TurnOff = authz.Verb{Key: "notice.off", Writes: "notice_off"}
	Report  = authz.Verb{Key: "notice.report"}
)

func (p *Post) emailPlace(account string) seal.Place {
	return seal.Place{City: p.City, Table: "notice_way", Column: "email", Row: account}
}

func (p *Post) ways(q sqldb.Q, account string) (x Ways, err error) {
	var confirmed, texts int64
	_, err = sqldb.One(q, func(f sqldb.Scan) (struct{}, error) { return struct{}{}, f(&x.sealed, &confirmed, &texts, &x.Lang) },
		`SELECT email, confirmed_at, texts, lang FROM notice_way WHERE city = $1 AND account = $2`, account)
	if errs.KindOf(err) == errs.Absent {
		err = nil
	}
	if err != nil {
		return x, err
	}
	if x.Email, err = p.open(account, x.sealed); err != nil {
		return x, err
	}
	x.Confirmed, x.Texts = confirmed > 0 && x.Email != "", texts == 1
	x.Off, err = sqldb.All(q, func(f sqldb.Scan) (string, error) {
		var k string
		return k, f(&k)
	}, `SELECT kind FROM notice_off WHERE city = $1 AND account = $2 ORDER BY kind`, account)
	return x, err
}

func (p *Post) open(account, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", err
	}
	plain, err := p.Keys.Open(p.emailPlace(account), b)
	return string(plain), err
}

// Ways gives the actor's own.
func (p *Post) Ways(ctx context.Context, by authz.Actor) (x Ways, err error) {
	if by.User == "" {
		return x, errs.New(errs.Denied, "errs.denied", nil)
	}
	err = p.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		x, err = p.ways(q, by.User)
		return err
	})
	return x, err
}

// SetWays keeps how the actor wants to be told. An address of e-mail waits until a link that is sent there was opened; keeping it again
// sends the link again.
//
// Errors: Invalid at "email", and at "off" for a kind that nobody may turn off.
func (p *Post) SetWays(ctx context.Context, by authz.Actor, x Ways) error {
	var bad errs.Problems
	if x.Email != "" {
		a, err := mail.ParseAddress(x.Email)
		bad.Require(err == nil && a.Address == x.Email && len(x.Email) <= 254, "email", "notice.email_wrong", nil)
	}
	for _, k := range x.Off {
		i := slices.IndexFunc(p.Kinds, func(o Kind) bool { return o.Key == k })
		bad.Require(i >= 0 && p.Kinds[i].Why == "", "off", "field.choice", nil)
	}
	bad.Require(by.User != "", "", "errs.denied", nil)
	if err := bad.Err(); err != nil {
		return err
	}
	return sqldb.Done(p.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		before, err := p.ways(tx, by.User)
		if err != nil {
			return err
		}
		now, sealed, fresh := tx.Now().UnixMicro(), "", x.Email != "" && (x.Email != before.Email || !before.Confirmed)
		if x.Email != "" {
			b, err := p.Keys.Seal(p.emailPlace(by.User), []byte(x.Email))
			if err != nil {
				return err
			}
			sealed = base64.StdEncoding.EncodeToString(b)
		}
		confirmed := int64(0)
		if before.Confirmed && !fresh {
			confirmed = now
		}
		if _, err := tx.Exec(`INSERT INTO notice_way (city, account, email, confirmed_at, texts, lang, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (city, account) DO UPDATE SET email = EXCLUDED.email, confirmed_at = EXCLUDED.confirmed_at, texts = EXCLUDED.texts, lang = EXCLUDED.lang, used_at = EXCLUDED.used_at`,
			by.User, sealed, confirmed, sqldb.Bit(x.Texts), x.Lang, now); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM notice_off WHERE city = $1 AND account = $2`, by.User); err != nil {
			return err
		}
		if _, err := tx.Bulk(`INSERT INTO notice_off (city, account, kind, used_at) VALUES ($1, $2, $3, $4)`, len(x.Off), func(i int) []any { return []any{by.User, x.Off[i], now} }); err != nil {
			return err
		}
		if fresh {
			if err := send(tx, sending{ref: id.New[sending](tx.Now()).String(), channel: "confirm", account: by.User, until: now + keepTrying}); err != nil {
				return err
			}
		}
		return tx.Record(SetWays, by.User, act.Change{"email": x.Email != "", "texts": x.Texts, "off": x.Off})
	}))
}

// mark is what only this installation can make of some words.
func (p *Post) mark(words ...string) string {
	return hex.EncodeToString(p.Keys.Lookup("notice."+p.City, strings.Join(words, "\x00"))[:16])
}

// marked tells whether a mark is ours, in the same time whatever it is.
func (p *Post) marked(mark string, words ...string) bool {
	return subtle.ConstantTimeCompare([]byte(mark), []byte(p.mark(words...))) == 1
}

// Confirm takes the mark that was sent to the actor's address of e-mail.
func (p *Post) Confirm(ctx context.Context, by authz.Actor, mark string) error {
	return sqldb.Done(p.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, err := p.ways(tx, by.User)
		if err != nil {
			return err
		}
		if x.Email == "" || !p.marked(mark, "email", by.User, x.Email) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		n, err := tx.Exec(`UPDATE notice_way SET confirmed_at = $3 WHERE city = $1 AND account = $2 AND email = $4`, by.User, tx.Now().UnixMicro(), x.sealed)
		if err != nil {
			return err
		}
		if n == 0 { // she has named another since
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		return tx.Record(Confirm, by.User, act.Change{})
	}))
}

// off is what stands in the link by which an account turns a kind off without signing in.
func (p *Post) off(account, kind string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(account+"\x00"+kind)) + "." + p.mark("off", account, kind)
}

// OffKind gives the kind that a link turns off, to show it; a link that is not ours is Absent.
func (p *Post) OffKind(link string) (account string, k Kind, err error) {
	absent := errs.New(errs.Absent, "errs.absent", nil)
	words, mark, _ := strings.Cut(link, ".")
	b, bad := base64.RawURLEncoding.DecodeString(words)
	account, kind, ok := strings.Cut(string(b), "\x00")
	if bad != nil || !ok || !p.marked(mark, "off", account, kind) {
		return "", k, absent
	}
	i := slices.IndexFunc(p.Kinds, func(o Kind) bool { return o.Key == kind && o.Why == "" })
	if i < 0 {
		return "", k, absent
	}
	return account, p.Kinds[i], nil
}

// TurnOff does what a link says: whoever holds the message turns its kind off (RFC 8058). Doing it twice is no fault.
func (p *Post) TurnOff(ctx context.Context, city, link string) error {
	account, k, err := p.OffKind(link)
	if err != nil {
		return err
	}
	return sqldb.Done(p.DB.Write(ctx, authz.Actor{City: city, User: account}, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO notice_off (city, account, kind, used_at) VALUES ($1, $2, $3, $4) ON CONFLICT (city, account, kind) DO NOTHING`, account, k.Key, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(TurnOff, account, act.Change{"kind": k.Key})
	}))
}
