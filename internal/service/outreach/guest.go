package outreach

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// The states of guests.
const (
	Coming    = "coming"    // 已报名
	Withdrawn = "withdrawn" // 已取消
	Walked    = "walked"    // 现场来的
)

// Guest is somebody who signed up, or came without.
type Guest struct {
	No      int64
	Name    string
	Phone   string // whole, or the last four digits, as far as the viewer may know; empty without
	Account string
	State   string
	MadeAt  int64
	CameAt  int64 // microseconds UTC; 0 while she has not come
	sealed  []byte
}

const guestColumns = `g.no, g.name, g.phone, g.account, g.state, g.made_at, g.came_at`

func scanGuest(s sqldb.Scan) (g Guest, err error) {
	return g, s(&g.No, &g.Name, &g.sealed, &g.Account, &g.State, &g.MadeAt, &g.CameAt)
}

func guestsOf(q sqldb.Q, which ID) ([]Guest, error) {
	return sqldb.All(q, scanGuest, `SELECT `+guestColumns+` FROM outreach_guest g WHERE g.city = $1 AND g.event = $2 ORDER BY g.no`, which)
}

func phonePlace(city string, of ID, no int64) seal.Place {
	return seal.Place{City: city, Table: "outreach_guest", Column: "phone", Row: of.String() + "/" + strconv.FormatInt(no, 10)}
}

// SigningUp is what somebody says who signs up.
type SigningUp struct {
	Name  string
	Phone string
}

// Ticket is what whoever signed up gets.
type Ticket struct {
	No    int64
	Words string `json:"-"` // by which a stranger finds her place again; empty for who has an account
}

// SignUp gives somebody a place: with an account, or by phone number alone. The event's row is counted up first and is the guard: of the
// last place one of two gets it, and of one number signed up twice the second is told.
func (s *Service) SignUp(ctx context.Context, by authz.Actor, which ID, x SigningUp) (t Ticket, err error) {
	var p errs.Problems
	p.Require(x.Name != "", "name", "field.required", nil)
	p.Require(len([]rune(x.Name)) <= 40, "name", "field.long", errs.Args{"max": 40})
	phone := cn.Phone("")
	if x.Phone != "" || by.User == "" {
		if phone, err = cn.ParsePhone(x.Phone); err != nil {
			p.Add("phone", errs.KeyOf(err), nil)
		}
	}
	if err := p.Err(); err != nil {
		return t, err
	}
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return t, err
	}
	words := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret))
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t = Ticket{}
		e, err := Find(tx, which)
		if err != nil || e.State == Draft {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		if t.No, err = s.take(tx, which, Coming); err != nil {
			return err
		}
		all, err := guestsOf(tx, which)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.State != Coming {
				continue
			}
			same := by.User != "" && o.Account == by.User
			if phone != "" && o.sealed != nil && !same {
				plain, err := s.Keys.Open(phonePlace(tx.City(), which, o.No), o.sealed)
				if err != nil {
					return err
				}
				same = string(plain) == string(phone)
			}
			if same {
				return errs.New(errs.Conflict, "outreach.twice", nil)
			}
		}
		var sealed, token []byte
		if phone != "" {
			if sealed, err = s.Keys.Seal(phonePlace(tx.City(), which, t.No), []byte(phone)); err != nil {
				return err
			}
		}
		if by.User == "" {
			hash := sha256.Sum256([]byte(words))
			token = hash[:]
		}
		if _, err := tx.Exec(`INSERT INTO outreach_guest (city, event, no, name, phone, account, token, state, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'coming', $8)`,
			which, t.No, x.Name, sealed, by.User, token, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if err := tx.Record(SignUp, which.String(), act.Change{"no": t.No}); err != nil {
			return err
		}
		return tx.Answer(t)
	})
	if err == nil && by.User == "" {
		t.Words = words
	}
	if sqldb.Again(err, &t) { // the words were told once, and are kept nowhere
		return t, nil
	}
	return t, err
}

// take counts a guest in, and gives her number; it says why there is none to be had.
func (s *Service) take(tx *sqldb.Tx, which ID, as string) (no int64, err error) {
	now := tx.Now().UnixMicro()
	query := `UPDATE outreach_event SET taken = taken + 1, signed = signed + 1 WHERE city = $1 AND id = $2 AND state = 'published' AND closes_at > $3
		AND signed < 2 * CAST($4 AS BIGINT) AND ((seats = 0 AND taken < CAST($4 AS BIGINT)) OR taken < seats) RETURNING signed`
	if as == Walked { // at the door nobody counts chairs; a list that ran away is stopped all the same
		query = `UPDATE outreach_event SET signed = signed + 1, walked = walked + 1 WHERE city = $1 AND id = $2 AND state = 'published' AND starts_at - 7200000000 <= $3
			AND signed < 3 * CAST($4 AS BIGINT) RETURNING signed`
	}
	all, err := sqldb.All(tx, func(s sqldb.Scan) (n int64, err error) { return n, s(&n) }, query, which, now, Most)
	if err != nil {
		return 0, err
	}
	if len(all) == 1 {
		return all[0], nil
	}
	e, err := Find(tx, which)
	switch {
	case err != nil:
		return 0, err
	case e.State == Cancelled:
		return 0, errs.New(errs.Conflict, "outreach.cancelled", nil)
	case as == Walked:
		return 0, errs.New(errs.Conflict, "outreach.not_yet", nil)
	case !e.TakesSignUp(now):
		return 0, errs.New(errs.Conflict, "outreach.closed", nil)
	}
	return 0, errs.New(errs.Conflict, "outreach.full", nil)
}

// mine finds the actor's own place: by her account, or by the words of her ticket.
func mine(q sqldb.Q, by authz.Actor, which ID, words string) (e Event, g Guest, err error) {
	if words == "" && by.User == "" {
		return e, g, errs.New(errs.Absent, "errs.absent", nil)
	}
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		err := s(&x, &g.No, &g.Name, &g.sealed, &g.Account, &g.State, &g.MadeAt, &g.CameAt)
		return x, err
	}
	if words != "" {
		hash := sha256.Sum256([]byte(words))
		which, err = sqldb.One(q, scan, `SELECT g.event, `+guestColumns+` FROM outreach_guest g WHERE g.city = $1 AND g.token = $2`, hash[:])
	} else {
		_, err = sqldb.One(q, scan, `SELECT g.event, `+guestColumns+` FROM outreach_guest g WHERE g.city = $1 AND g.account = $2 AND g.event = $3 ORDER BY g.no DESC LIMIT 1`, by.User, which)
	}
	if err != nil {
		return e, g, err
	}
	e, err = Find(q, which)
	return e, g, err
}

// Leave gives the actor's own place back, before the event begins.
func (s *Service) Leave(ctx context.Context, by authz.Actor, which ID, words string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, g, err := mine(tx, by, which, words)
		if err != nil {
			return err
		}
		if e.Starts <= tx.Now().UnixMicro() {
			return errs.New(errs.Conflict, "outreach.begun", nil)
		}
		// The event first, as in signing up.
		if _, err := tx.Exec(`UPDATE outreach_event SET taken = taken - 1 WHERE city = $1 AND id = $2 AND taken > 0`, e.ID); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE outreach_guest SET state = 'withdrawn' WHERE city = $1 AND event = $2 AND no = $3 AND state = 'coming' AND came_at = 0`, e.ID, g.No)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "outreach.left_already", nil)
		}
		if err != nil {
			return err
		}
		return tx.Record(Leave, e.ID.String(), act.Change{"no": g.No})
	}))
}

// Come notes at the door that somebody who signed up is there, or takes that back.
func (s *Service) Come(ctx context.Context, by authz.Actor, which ID, no int64, here bool) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, _, err := placed(tx, by, Door, which)
		if err != nil {
			return err
		}
		if e.State != Published {
			return errs.New(errs.Conflict, "outreach.cancelled", nil)
		}
		now, n := tx.Now().UnixMicro(), int64(0)
		if here && now < e.Starts-doorsOpen {
			return errs.New(errs.Conflict, "outreach.not_yet", nil)
		}
		if here {
			n, err = tx.Exec(`UPDATE outreach_guest SET came_at = $4, came_by = $5 WHERE city = $1 AND event = $2 AND no = $3 AND state = 'coming' AND came_at = 0`, which, no, now, by.User)
		} else {
			n, err = tx.Exec(`UPDATE outreach_guest SET came_at = 0, came_by = '' WHERE city = $1 AND event = $2 AND no = $3 AND state = 'coming' AND came_at > 0`, which, no)
		}
		if err != nil || n == 0 { // two at the door: the second finds it done
			if err == nil {
				err = errs.New(errs.Conflict, "outreach.door_done", nil)
			}
			return err
		}
		change := int64(1)
		if !here {
			change = -1
		}
		if _, err := tx.Exec(`UPDATE outreach_event SET came = came + $3 WHERE city = $1 AND id = $2`, which, change); err != nil {
			return err
		}
		return tx.Record(Door, which.String(), act.Change{"no": no, "here": here})
	}))
}

// doorsOpen is how long before an event people are counted in, in microseconds: two hours.
const doorsOpen = 2 * 3600 * 1_000_000

// WalkIn counts somebody in who has not signed up. Without a name she is one who came.
func (s *Service) WalkIn(ctx context.Context, by authz.Actor, which ID, name string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, _, err := placed(tx, by, Door, which); err != nil {
			return err
		}
		if len([]rune(name)) > 40 {
			var p errs.Problems
			p.Add("name", "field.long", errs.Args{"max": 40})
			return p.Err()
		}
		no, err := s.take(tx, which, Walked)
		if err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(`INSERT INTO outreach_guest (city, event, no, name, state, made_at, came_at, came_by) VALUES ($1, $2, $3, $4, 'walked', $5, $5, $6)`, which, no, name, now, by.User); err != nil {
			return err
		}
		return tx.Record(Door, which.String(), act.Change{"no": no, "walked": true})
	}))
}

// Rekey is putting phone numbers of guests under another key.
var Rekey = authz.Verb{Key: "outreach.rekey", Writes: "outreach_guest"}

// NewKeys puts the next phone number behind one under the current sealing key, and gives where it was; "" when there was none. The caller
// records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, reseal func(seal.Place, []byte) ([]byte, bool, error), after string) (string, error) {
	type row struct {
		of    ID
		no    int64
		phone []byte
	}
	r, err := sqldb.One(tx, func(s sqldb.Scan) (row, error) { var r row; return r, s(&r.of, &r.no, &r.phone) },
		`SELECT event, no, phone FROM outreach_guest WHERE city = $1 AND phone IS NOT NULL AND event || '/' || CAST(no AS TEXT) > $2 ORDER BY event || '/' || CAST(no AS TEXT) LIMIT 1`, after)
	if errs.KindOf(err) == errs.Absent && err != nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	again, changed, err := reseal(phonePlace(tx.City(), r.of, r.no), r.phone)
	if err == nil && changed {
		_, err = tx.Exec(`UPDATE outreach_guest SET phone = $4 WHERE city = $1 AND event = $2 AND no = $3`, r.of, r.no, again)
	}
	return r.of.String() + "/" + strconv.FormatInt(r.no, 10), err
}
