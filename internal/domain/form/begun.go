package form

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Begun is what somebody with an account has typed into a form and not handed in yet. It lies on the server, sealed, and goes
// on at any device where she signs in.
type Begun struct {
	Slug       string
	Form       ID
	Title      string
	Version    int64
	Step, Lang int
	Content    []byte // as fill.Record.Draft gives it
	EditedAt   int64  // microseconds UTC
}

// DraftDays is how many days what was begun is kept after the last change.
const DraftDays = 30

func draftPlace(city, account, slug string) seal.Place {
	return seal.Place{City: city, Table: "form_draft", Column: "content", Row: account + " " + slug}
}

// KeepBegun keeps what an account has typed so far, in the place of what was there. Files that it names wait on, like those that
// have just been handed in.
func (s *Service) KeepBegun(ctx context.Context, by authz.Actor, b Begun, files []fill.Filed) error {
	if by.User == "" || len(b.Content) > maxAnswers {
		return nil
	}
	sealed, err := s.Keys.Seal(draftPlace(by.City, by.User, b.Slug), b.Content)
	if err != nil {
		return err
	}
	return s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(`INSERT INTO form_draft (city, account, slug, form, version, step, lang, content, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
			ON CONFLICT (city, account, slug) DO UPDATE SET form = excluded.form, version = excluded.version, step = excluded.step, lang = excluded.lang, content = excluded.content, edited_at = excluded.edited_at`,
			by.User, b.Slug, b.Form, b.Version, b.Step, b.Lang, sealed, now); err != nil {
			return err
		}
		_, err := tx.Bulk(`UPDATE answer_file SET made_at = $4 WHERE city = $1 AND id = $2 AND form = $3 AND answer = ''`, len(files), func(i int) []any {
			id, _ := FileNamed(files[i].Value)
			return []any{id, b.Form, now}
		})
		return err
	})
}

const begunColumns = `d.slug, d.form, f.title, d.version, d.step, d.lang, d.content, d.edited_at`

func scanBegun(s sqldb.Scan) (Begun, error) {
	var b Begun
	return b, s(&b.Slug, &b.Form, &b.Title, &b.Version, &b.Step, &b.Lang, &b.Content, &b.EditedAt)
}

// BegunAt gives what the account has begun through an address; nil where there is nothing.
func (s *Service) BegunAt(ctx context.Context, by authz.Actor, slug string) (*Begun, error) {
	if by.User == "" {
		return nil, nil
	}
	var b Begun
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		b, err = sqldb.One(q, scanBegun, `SELECT `+begunColumns+` FROM form_draft d JOIN form f ON f.city = d.city AND f.id = d.form WHERE d.city = $1 AND d.account = $2 AND d.slug = $3`, by.User, slug)
		return err
	})
	if errs.KindOf(err) == errs.Absent && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.Content, err = s.Keys.Open(draftPlace(by.City, by.User, slug), b.Content)
	return &b, err
}

// BegunBy lists what the account has begun, the newest first, without what was typed.
func (s *Service) BegunBy(ctx context.Context, by authz.Actor) (all []Begun, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = sqldb.All(q, scanBegun, `SELECT `+begunColumns+` FROM form_draft d JOIN form f ON f.city = d.city AND f.id = d.form WHERE d.city = $1 AND d.account = $2 ORDER BY d.edited_at DESC, d.slug LIMIT 100`, by.User)
		return err
	})
	for i := range all {
		all[i].Content = nil
	}
	return all, err
}

// DropBegun forgets what the account has begun through an address.
func (s *Service) DropBegun(ctx context.Context, by authz.Actor, slug string) error {
	return s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		return dropBegun(tx, by.User, slug)
	})
}

func dropBegun(tx *sqldb.Tx, account, slug string) error {
	_, err := tx.Exec(`DELETE FROM form_draft WHERE city = $1 AND account = $2 AND slug = $3`, account, slug)
	return err
}

// phoneOf is under which name a day's answers of one phone are counted: of an account, or of the mark in its browser.
func phoneOf(account, mark string) string {
	if account != "" {
		mark = "account " + account
	}
	if mark == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(mark))
	return hex.EncodeToString(sum[:16])
}

// countPhone counts an answer of a phone, and refuses one too many. The counter's own row is the guard.
func (s *Service) countPhone(tx *sqldb.Tx, l Link, phone string) error {
	if phone == "" {
		return errs.New(errs.Conflict, "form.phone_unknown", nil)
	}
	n, err := tx.Exec(`INSERT INTO form_phone (city, slug, phone, day, n, made_at) VALUES ($1, $2, $3, $4, 1, $6)
		ON CONFLICT (city, slug, phone, day) DO UPDATE SET n = form_phone.n + 1 WHERE form_phone.n < $5`, l.Slug, phone, s.today(tx).String(), l.PerPhone, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "form.phone_limit", errs.Args{"n": l.PerPhone})
	}
	return err
}

// Spent tells whether a phone may answer no more today through an address.
func (s *Service) Spent(ctx context.Context, by authz.Actor, a Asked, mark string) (yes bool, err error) {
	phone := phoneOf(by.User, mark)
	if a.PerPhone == 0 || phone == "" {
		return false, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var n int64
		err := q.Row(`SELECT COALESCE(SUM(n), 0) FROM form_phone WHERE city = $1 AND slug = $2 AND phone = $3 AND day = $4`, a.Slug, phone, s.today(q).String()).Scan(&n)
		yes = n >= a.PerPhone
		return err
	})
	return yes, err
}
