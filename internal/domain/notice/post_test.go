package notice_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// outside is all that leaves the house: mails, words of the robot, text messages. It refuses so many first.
type outside struct {
	mu     sync.Mutex
	refuse int
	mails  []notice.Mail
	words  []string
}

func (o *outside) take(text string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse--; o.refuse >= 0 {
		return errors.New("the server answered 500")
	}
	o.words = append(o.words, text)
	return nil
}

func (o *outside) Mail(_ context.Context, m notice.Mail) error {
	err := o.take("mail " + m.To)
	if err == nil {
		o.mails = append(o.mails, m)
	}
	return err
}

func (o *outside) Say(_ context.Context, text string) error { return o.take("robot " + text) }

func (o *outside) Send(_ context.Context, to, text string) error {
	return o.take("text " + to + " " + text)
}

var kinds = []notice.Kind{
	{Key: "safety", Label: "l.safety", Why: "l.law", Prefixes: []string{"safety."}},
	{Key: "matter", Label: "l.matter", Prefixes: []string{"matter."}, Desk: true},
	{Key: "care", Label: "l.care", Prefixes: []string{"care."}},
	{Key: "other", Label: "l.other"},
}

// office is the post in the small city at eight in the morning of a day.
type office struct {
	*notice.Post
	t   *testing.T
	out *outside
	now *atomic.Int64
}

func eachPost(t *testing.T, test func(t *testing.T, o *office)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := &atomic.Int64{}
			now.Store(time.Date(2026, 7, 6, 8, 0, 0, 0, time.UTC).UnixMicro())
			db := open(t, sqldb.Options{Clock: func() time.Time { return time.UnixMicro(now.Add(1000)) }})
			out := &outside{}
			test(t, &office{t: t, out: out, now: now, Post: &notice.Post{
				DB: db, City: "xianning", Keys: seal.Ephemeral("zhidian/test"), Zone: time.UTC, Origin: "https://x.example", Kinds: kinds, Quiet: notice.Quiet{From: 22 * 60, Until: 7 * 60},
				Mailer: out, Robot: out, Texts: out,
				Say: func(lang, key string, args ...any) string {
					for i := 0; i+1 < len(args); i += 2 {
						key += " " + args[i+1].(string)
					}
					return lang + ":" + key
				},
				Phone: func(_ sqldb.Q, account string) (string, error) { return "+86138" + account, nil },
			}})
		})
	}
}

func (o *office) pass(d time.Duration) { o.now.Add(d.Microseconds()) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) run(want ...string) {
	o.t.Helper()
	o.out.words = nil
	o.must(o.Run(o.t.Context()))
	if slices.Sort(o.out.words); !slices.Equal(o.out.words, want) {
		o.t.Errorf("got %q, want %q", o.out.words, want)
	}
}

func (o *office) tell(account, once, key string, until int64) {
	o.t.Helper()
	o.must(o.DB.Write(o.t.Context(), authz.System("xianning"), func(tx *sqldb.Tx) error {
		if err := notice.SendUntil(tx, account, once, key, map[string]any{"name": "周小一"}, "/x", until); err != nil {
			return err
		}
		return tx.Record(tell, "", act.Change{})
	}))
}

func as(account string) authz.Actor { return authz.Actor{City: "xianning", User: account} }

// confirmed is an account with a mailbox that said yes.
func (o *office) confirmed(account string, off ...string) {
	o.t.Helper()
	o.must(o.SetWays(o.t.Context(), as(account), notice.Ways{Email: account + "@x.example", Lang: "en", Off: off}))
	o.must(o.Run(o.t.Context()))
	last := o.out.mails[len(o.out.mails)-1]
	_, mark, _ := strings.Cut(last.Text, "/confirm/")
	o.must(o.Confirm(o.t.Context(), as(account), mark))
}

func TestAMailboxIsAskedFirst(t *testing.T) {
	eachPost(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		if err := o.SetWays(ctx, as("a"), notice.Ways{Email: "not an address"}); len(errs.ProblemsOf(err)) != 1 {
			t.Error(err)
		}
		if err := o.SetWays(ctx, as("a"), notice.Ways{Off: []string{"safety"}}); len(errs.ProblemsOf(err)) != 1 {
			t.Errorf("what the law asks for was turned off: %v", err)
		}
		if err := o.SetWays(ctx, authz.Actor{City: "xianning"}, notice.Ways{}); err == nil {
			t.Error("a stranger chose")
		}
		o.must(o.SetWays(ctx, as("a"), notice.Ways{Email: "a@x.example", Lang: "en"}))
		o.tell("a", "1", "care.offered", 0)
		o.run("mail a@x.example") // the question, and nothing else before it is answered
		if m := o.out.mails[0]; !strings.Contains(m.Text, "https://x.example/my/notices/confirm/") || m.Off != "" {
			t.Errorf("%+v", m)
		}
		_, mark, _ := strings.Cut(o.out.mails[0].Text, "/confirm/")
		for _, bad := range []struct{ who, mark string }{{"b", mark}, {"a", "0"}, {"a", ""}} {
			if err := o.Confirm(ctx, as(bad.who), bad.mark); errs.KindOf(err) != errs.Absent {
				t.Errorf("%+v confirmed: %v", bad, err)
			}
		}
		o.must(o.Confirm(ctx, as("a"), mark))
		o.tell("a", "2", "care.offered", 0)
		o.run("mail a@x.example")
		o.run()
		m := o.out.mails[1]
		if strings.Contains(m.Subject+m.Text, "周小一") || m.Subject != "en:notice.sent en:l.care" || !strings.Contains(m.Text, "https://x.example/my/notices/") || !strings.HasPrefix(m.Off, "https://x.example/notices/off/") {
			t.Errorf("%+v", m)
		}
		o.must(o.SetWays(ctx, as("a"), notice.Ways{Email: "other@x.example", Lang: "en"}))
		if x, err := o.Ways(ctx, as("a")); err != nil || x.Confirmed || x.Email != "other@x.example" {
			t.Errorf("a new address counts as confirmed: %+v %v", x, err)
		}
		if err := o.Confirm(ctx, as("a"), mark); errs.KindOf(err) != errs.Absent {
			t.Errorf("an old mark confirmed a new address: %v", err)
		}
	})
}

func TestAKindIsTurnedOffByALink(t *testing.T) {
	eachPost(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.confirmed("a")
		o.tell("a", "1", "care.offered", 0)
		o.run("mail a@x.example")
		_, link, _ := strings.Cut(o.out.mails[1].Off, "/off/")
		account, mark, _ := strings.Cut(link, ".")
		for _, bad := range []string{"", ".", link + "0", account + ".", "x." + mark} {
			if err := o.TurnOff(ctx, "xianning", bad); errs.KindOf(err) != errs.Absent {
				t.Errorf("%q turned something off: %v", bad, err)
			}
		}
		for range 2 {
			o.must(o.TurnOff(ctx, "xianning", link))
		}
		o.tell("a", "2", "care.offered", 0)
		o.run()
		o.tell("a", "3", "safety.seen", 0)
		o.tell("a", "4", "else", 0)
		o.run("mail a@x.example", "mail a@x.example")
		if m := o.out.mails[2]; m.Off != "" || !strings.Contains(m.Text, "en:l.law") {
			t.Errorf("what stays on: %+v", m)
		}
		if x, err := o.Ways(ctx, as("a")); err != nil || !slices.Equal(x.Off, []string{"care"}) {
			t.Errorf("%+v %v", x, err)
		}
	})
}

func TestWhatIsNotTakenIsTriedAgainAndReported(t *testing.T) {
	eachPost(t, func(t *testing.T, o *office) {
		o.confirmed("a")
		o.out.refuse = 2
		o.tell("a", "1", "care.offered", 0)
		o.run()
		o.run() // not due yet
		o.pass(70 * time.Second)
		o.run()
		officer := authz.Actor{City: "xianning", User: "s", Grants: []authz.Held{{Role: authz.Role{Key: "system", Verbs: []authz.Verb{notice.Report}}, At: "/"}}}
		got, err := o.Report(t.Context(), officer)
		if err != nil || len(got.Troubles) != 1 || got.Troubles[0].Why != "the server answered 500" || got.Troubles[0].Tries != 2 || got.Troubles[0].Next == 0 {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := o.Report(t.Context(), as("a")); !authz.Refused(err) {
			t.Errorf("anybody reads the report: %v", err)
		}
		o.pass(130 * time.Second)
		o.run("mail a@x.example")
		o.out.refuse = 1000
		o.tell("a", "2", "care.offered", o.now.Load()+int64(time.Hour/time.Microsecond))
		for range 90 {
			o.run()
			o.pass(time.Minute)
		}
		got, err = o.Report(t.Context(), officer)
		if err != nil || len(got.Troubles) != 1 || got.Troubles[0].State != "failed" || got.Troubles[0].Next != 0 || got.Troubles[0].Tries > 9 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestQuietHoursAndWhatIsOver(t *testing.T) {
	eachPost(t, func(t *testing.T, o *office) {
		o.confirmed("a")
		o.must(o.SetWays(t.Context(), as("b"), notice.Ways{Texts: true, Lang: "zh-CN"}))
		o.now.Store(time.Date(2026, 7, 6, 23, 0, 0, 0, time.UTC).UnixMicro())
		o.tell("a", "1", "care.offered", 0)
		o.tell("a", "2", "care.offered", time.Date(2026, 7, 7, 6, 0, 0, 0, time.UTC).UnixMicro()) // over before the night is
		o.tell("b", "3", "safety.seen", 0)
		o.tell("b", "4", "matter.new", 0)
		o.tell("a", "4", "matter.new", 0)
		o.run("text +86138b zh-CN:notice.sent zh-CN:l.safety https://x.example/my/notices")
		o.now.Store(time.Date(2026, 7, 7, 7, 0, 1, 0, time.UTC).UnixMicro())
		o.run("mail a@x.example", "mail a@x.example", "robot zh-CN:notice.sent zh-CN:l.matter https://x.example/office/notices", "text +86138b zh-CN:notice.sent zh-CN:l.matter https://x.example/my/notices")
	})
	at := func(h, m int) time.Time { return time.Date(2026, 7, 6, h, m, 0, 0, time.UTC) }
	night, noon := notice.Quiet{From: 22 * 60, Until: 7 * 60}, notice.Quiet{From: 12 * 60, Until: 13 * 60}
	for _, c := range []struct {
		quiet    notice.Quiet
		at, want time.Time
	}{
		{night, at(21, 59), at(21, 59)},
		{night, at(22, 0), at(31, 0)},
		{night, at(6, 59), at(7, 0)},
		{night, at(7, 0), at(7, 0)},
		{noon, at(12, 30), at(13, 0)},
		{noon, at(13, 0), at(13, 0)},
		{notice.Quiet{}, at(0, 0), at(0, 0)},
	} {
		if got := c.quiet.After(c.at, time.UTC); !got.Equal(c.want) {
			t.Errorf("%v at %v: %v, want %v", c.quiet, c.at, got, c.want)
		}
	}
}

// Two processes send each message once, and remind once, but of nothing that has begun.
func TestTwoProcessesSendAndRemindOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		out := &outside{}
		posts := []*notice.Post{}
		for _, db := range []*sqldb.DB{first, second} {
			posts = append(posts, &notice.Post{
				DB: db, City: "xianning", Keys: seal.Ephemeral("zhidian/test"), Zone: time.UTC, Kinds: kinds, Texts: out,
				Say: func(_, key string, _ ...any) string { return key }, Phone: func(sqldb.Q, string) (string, error) { return "+861", nil },
			})
		}
		if err := posts[0].SetWays(t.Context(), as("a"), notice.Ways{Texts: true, Lang: "en"}); err != nil {
			t.Fatal(err)
		}
		soon := first.Now().Add(time.Hour).UnixMicro()
		due := []notice.Due{
			{Once: "x", Key: "care.soon", Until: soon, Accounts: []string{"a", "b"}},
			{Once: "y", Key: "care.soon", Until: soon, Accounts: []string{"a"}},
			{Once: "z", Key: "care.soon", Until: first.Now().Add(-time.Second).UnixMicro(), Accounts: []string{"a"}},
		}
		all := sqldbtest.Race(6, func(i int) error {
			if err := notice.Remind(t.Context(), []*sqldb.DB{first, second}[i%2], "xianning", due); err != nil {
				return err
			}
			return posts[i%2].Run(t.Context())
		})
		if err := posts[0].Run(t.Context()); err != nil || sqldbtest.Won(all) != len(all) || len(out.words) != 2 {
			t.Errorf("%q, %v, %v", out.words, all, err)
		}
	})
}
