package web_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"zhidian/internal/platform/web"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	clock := now
	x := serve(t, func(c *web.Config) {
		c.Now = func() time.Time { return clock }
		c.Rates = &web.Rates{
			Session: map[web.Limit]web.Rate{web.Reading: {Burst: 2, PerSecond: 0.1}},
			Address: map[web.Limit]web.Rate{web.Reading: {Burst: 3, PerSecond: 0.1}, web.Writing: {Burst: 1, PerSecond: 1}},
			Subject: map[web.Limit]web.Rate{web.SendingCode: {Burst: 3, PerSecond: 3.0 / 3600}},
		}
	},
		route("GET /x", web.Public, say("x")), route("POST /x", web.Public, say("x")),
		web.Route{Pattern: "POST /code", Door: web.Entry, Limit: web.SendingCode, Handle: func(w http.ResponseWriter, r *web.Request) error {
			if err := r.Take(web.SendingCode, r.FormValue("phone")); err != nil {
				return err
			}
			return r.Page(w, 200, page("sent"))
		}})
	token := x.sessions.add(staff(web.Whole))
	for range 2 {
		want(t, x.ask("GET", "/x", from("10.0.0.1:1"), cookie("session", token)), 200)
	}
	w := x.ask("GET", "/x", from("10.0.0.1:2"), cookie("session", token))
	want(t, w, 429, "操作太频繁", "请在 10 秒后再试")
	if w.Header().Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	want(t, x.ask("GET", "/x", from("10.0.0.1:3")), 429)                           // the address is used up
	want(t, x.ask("GET", "/x", from("10.0.0.2:3")), 200)                           // another is not
	want(t, x.ask("POST", "/x", from("10.0.0.1:3")), 200)                          // nor is another class
	want(t, x.ask("GET", "/x", from("10.0.0.3:1"), cookie("session", token)), 429) // the session is used up everywhere
	clock = clock.Add(time.Minute)
	want(t, x.ask("GET", "/x", from("10.0.0.1:1"), cookie("session", token)), 200)

	for i, status := range []int{200, 200, 200, 429} {
		want(t, x.ask("POST", "/code?phone=13800000000", from("10.1.0."+strconv.Itoa(i)+":1")), status)
	}
	want(t, x.ask("POST", "/code?phone=13900000000"), 200)
}

func TestAddress(t *testing.T) {
	t.Parallel()
	x := serve(t, func(c *web.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} },
		route("GET /x", web.Public, func(w http.ResponseWriter, r *web.Request) error {
			return r.Page(w, 200, page("["+r.Address()+"]"))
		}))
	for _, c := range []struct{ peer, chain, want string }{
		{"10.0.0.1:1", "1.2.3.4", "[1.2.3.4]"},
		{"10.0.0.1:1", "6.6.6.6, 1.2.3.4, 10.0.0.7", "[1.2.3.4]"},
		{"8.8.8.8:1", "1.2.3.4", "[8.8.8.8]"}, // whoever is not trusted may say what he likes
		{"10.0.0.1:1", "", "[10.0.0.1]"},
		{"10.0.0.1:1", "rubbish", "[10.0.0.1]"},
		{"[2001:db8:1:2:3::4]:1", "", "[2001:db8:1:2::/64]"},
		{"[::ffff:1.2.3.4]:1", "", "[1.2.3.4]"},
		{"pipe", "", "[unknown]"},
	} {
		edits := []edit{from(c.peer)}
		if c.chain != "" {
			edits = append(edits, header("X-Forwarded-For", c.chain))
		}
		want(t, x.ask("GET", "/x", edits...), 200, c.want)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	l := web.NewLimiter(10)
	rate := web.Rate{Burst: 1, PerSecond: 0.001}
	for i := range 1000 {
		if err := l.Take("phone", web.SendingCode, strconv.Itoa(i), rate, now); err != nil {
			t.Fatal(err)
		}
	}
	if l.Len() != 10 {
		t.Errorf("%d subjects are kept", l.Len())
	}
	if l.Take("phone", web.SendingCode, "999", rate, now) == nil || l.Take("phone", web.SendingCode, "0", rate, now) != nil {
		t.Error("the latest are not those kept")
	}
}
