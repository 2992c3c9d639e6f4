package account

import (
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

const (
	here   = "xianning"
	twin   = "twin"
	secret = "Osmanthus-7-tea"
)

var business = authz.Verb{Key: "account_test.read"}

func roles() map[string]authz.Role {
	return map[string]authz.Role{
		SystemAdmin:   {Key: SystemAdmin, Verbs: SystemVerbs},
		SecurityAdmin: {Key: SecurityAdmin, Verbs: SecurityVerbs},
		AuditAdmin:    {Key: AuditAdmin},
		"clerk":       {Key: "clerk", Verbs: []authz.Verb{business}},
		"reader":      {Key: "reader", Verbs: []authz.Verb{business}},
	}
}

// clock is a time that a test moves by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type world struct {
	*Service
	clock *clock
	sms   *DemoSMS
	nodes map[string]map[string]org.Node // by city and name
}

// each runs a test on both engines, in a city whose clock the test moves, beside a twin that must stay as it was.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	run := func(open func(t testing.TB, opt sqldb.Options) *sqldb.DB) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			c := &clock{now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
			w := newWorld(t, open(t, sqldb.Options{Clock: c.Now}), c)
			before := w.dump(t, twin)
			test(t, w)
			if after := w.dump(t, twin); after != before {
				t.Errorf("the twin city was touched:\n%s\nwas\n%s", after, before)
			}
		}
	}
	t.Run("sqlite", run(sqldbtest.SQLite))
	t.Run("postgres", run(sqldbtest.Postgres))
}

func newWorld(t *testing.T, db *sqldb.DB, c *clock) *world {
	t.Helper()
	sms := &DemoSMS{Now: c.Now}
	w := &world{
		Service: &Service{DB: db, Keys: seal.Ephemeral("test"), Zone: time.FixedZone("CST", 8*3600), Roles: roles(), SMS: sms, Budget: 1000},
		clock:   c, sms: sms, nodes: map[string]map[string]org.Node{},
	}
	for _, city := range []string{here, twin} {
		w.nodes[city] = map[string]org.Node{}
		s := org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}
		add := func(name string, k org.Kind, parent string) {
			n, err := s.Create(t.Context(), authz.System(city), org.New{Kind: k, Name: name, Parent: w.nodes[city][parent].ID})
			if err != nil {
				t.Fatal(err)
			}
			w.nodes[city][name] = n
		}
		add("咸宁市", org.City, "")
		add("咸安区", org.County, "咸宁市")
		add("嘉鱼县", org.County, "咸宁市")
		w.first(t, city, "sys", SystemAdmin, "咸宁市")
		w.first(t, city, "sec", SecurityAdmin, "咸宁市")
		w.first(t, city, "wang", "clerk", "咸安区")
	}
	return w
}

// first makes an account with the password of the tests.
func (w *world) first(t *testing.T, city, login, role, node string) ID {
	t.Helper()
	made, link, err := w.CreateFirst(t.Context(), city, First{
		Newcomer: Newcomer{Login: login, Name: "测试" + login, Desk: w.nodes[city][node].ID}, Role: role, Password: secret,
	})
	if err != nil || link != "" {
		t.Fatalf("%s: %v %q", login, err, link)
	}
	return made
}

// as signs somebody in, without a second factor, and gives them as they act.
func (w *world) as(t *testing.T, login string) (authz.Actor, [32]byte) {
	t.Helper()
	token, p, err := w.SignIn(t.Context(), here, login, secret, Visitor{"192.0.2.1", "test"})
	if err != nil || p != Whole {
		t.Fatalf("%s signs in: %v %s", login, err, p)
	}
	return w.with(t, token)
}

func (w *world) with(t *testing.T, token string) (authz.Actor, [32]byte) {
	t.Helper()
	h := hashOf(token)
	s, err := w.Session(t.Context(), here, h, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s.Actor, h
}

func (w *world) id(t *testing.T, city, login string) ID {
	t.Helper()
	var a Account
	err := w.DB.Read(t.Context(), city, func(q *sqldb.Rx) error {
		var err error
		a, _, err = findLogin(q, login)
		return err
	})
	if err != nil || a.ID.IsZero() {
		t.Fatalf("no account %s: %v", login, err)
	}
	return a.ID
}

// count asks the database for one number.
func (w *world) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	err := w.DB.Read(t.Context(), here, func(q *sqldb.Rx) error { return q.Row(query, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// acts counts the acts of a verb.
func (w *world) acts(t *testing.T, v authz.Verb) int {
	t.Helper()
	return w.count(t, `SELECT COUNT(*) FROM act WHERE city = $1 AND verb = $2`, v.Key)
}

// dump writes what stands in a city's tables of this package.
func (w *world) dump(t *testing.T, city string) (text string) {
	t.Helper()
	err := w.DB.Read(t.Context(), city, func(q *sqldb.Rx) error {
		for _, query := range []string{
			`SELECT id || state || password || CAST(failures AS TEXT) || CAST(locked_until AS TEXT) || CAST(totp_step AS TEXT) FROM account WHERE city = $1 ORDER BY id`,
			`SELECT id || account || role || CAST(revoked_at AS TEXT) FROM role_grant WHERE city = $1 ORDER BY id`,
			`SELECT account || CAST(used_at AS TEXT) || CAST(expires AS TEXT) FROM invitation WHERE city = $1 ORDER BY account, expires`,
			`SELECT account || phase || CAST(ends_at AS TEXT) FROM session WHERE city = $1 ORDER BY account, ends_at`,
			`SELECT month || CAST(sent AS TEXT) FROM sms_month WHERE city = $1 ORDER BY month`,
			`SELECT id || account || name || query FROM saved_view WHERE city = $1 ORDER BY id`,
			`SELECT id || CAST(revoked_at AS TEXT) FROM api_token WHERE city = $1 ORDER BY id`,
		} {
			rows, err := sqldb.All(q, func(s sqldb.Scan) (string, error) {
				var line string
				return line, s(&line)
			}, query)
			if err != nil {
				return err
			}
			for _, r := range rows {
				text += r + "\n"
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// together runs something n times at once and gives the errors.
func together(n int, do func(i int) error) []error {
	all := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { all[i] = do(i) })
	}
	wg.Wait()
	return all
}

func ok(all []error) (n int) {
	for _, err := range all {
		if err == nil {
			n++
		}
	}
	return n
}

// wants fails unless err is one of ours with a key.
func wants(t *testing.T, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %s", err, key)
}

func phone(n string) cn.Phone {
	p, err := cn.ParsePhone(n)
	if err != nil {
		panic(err)
	}
	return p
}

// lastCode is the code of the latest message.
func (w *world) lastCode() string {
	text := w.sms.Sent()[0].Text
	return text[len(text)-6:]
}

func plain(code string) string { return code }

func today() day.Day { return day.Must("2026-11-02") }
