package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/testworld"
)

// What a resident says is wrong becomes one matter on the desk nearest to her record whose people may correct it, and the
// answer stands on her page. Others learn nothing of it.
func TestACorrectionBecomesAMatter(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	for _, c := range []struct{ login, role, at string }{{"county", "clerk", countyA}, {"neighbour", "clerk", countyB}, {"village", "secretary", villageA}} { // a secretary may answer, but not correct
		_, _, err := w.svc.account.CreateFirst(t.Context(), w.city.City, account.First{
			Newcomer: account.Newcomer{Login: c.login, Name: c.login, Desk: w.city.Nodes[c.at].ID}, Role: c.role, Password: demoPassword,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	her := w.city.People[testworld.Canary(w.city.City, countyA, 0)]
	sign := func(actor authz.Actor) walker {
		token, hash := web.NewToken()
		w.sessions[hash] = web.Session{Actor: actor, Phase: web.Whole}
		return walker{name: actor.User, token: token}
	}
	me := sign(authz.Actor{City: w.city.City, User: noID(), Person: her.String()})
	text := "出生日期应当是三月二日"
	form := url.Values{"text": {text}, "_key": {web.NewKey()}}
	for range 2 { // sent twice, it is one
		g := w.ask(t, me, http.MethodPost, "/my/data/correct", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		if g.status != http.StatusSeeOther || g.to != "/my/data" {
			t.Fatalf("%d %s\n%s", g.status, g.to, w.lastErrors())
		}
	}
	var all []casework.Matter
	read := func() {
		t.Helper()
		if err := w.in.db.Read(t.Context(), w.city.City, func(q *sqldb.Rx) (err error) {
			all, err = casework.About(q, her.String())
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	read()
	if len(all) != 1 || all[0].Kind != casework.Correction || strings.Contains(all[0].Title, "雀") {
		t.Fatalf("%+v", all)
	}
	if all[0].Desk != w.city.Nodes[countyA].ID {
		t.Errorf("it lies with %s", all[0].Desk)
	}
	if g := w.ask(t, me, http.MethodGet, "/my/data", "", nil); !strings.Contains(g.text, all[0].Serial) {
		t.Error("she does not see what she asked for")
	}
	if err := w.svc.cases.Answer(t.Context(), authz.System(w.city.City), all[0].ID, "已改正"); err != nil {
		t.Fatal(err)
	}
	if g := w.ask(t, me, http.MethodGet, "/my/data", "", nil); !strings.Contains(g.text, "已改正") {
		t.Error("she does not see the answer")
	}
	other := sign(authz.Actor{City: w.city.City, User: noID(), Person: w.city.People[testworld.Canary(w.city.City, countyA, 1)].String()})
	if g := w.ask(t, other, http.MethodGet, "/my/data", "", nil); strings.Contains(g.text, all[0].Serial) {
		t.Error("somebody else sees it")
	}
	form = url.Values{"text": {text}, "of": {her.String()}, "_key": {web.NewKey()}}
	if g := w.ask(t, other, http.MethodPost, "/my/data/correct", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); g.status != http.StatusNotFound {
		t.Errorf("of somebody else: %d", g.status)
	}
	twin := sign(authz.Actor{City: w.twin.City, User: noID(), Person: w.twin.People[testworld.Canary(w.twin.City, countyA, 0)].String()})
	if g := w.ask(t, twin, http.MethodPost, "/my/data/correct", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); g.status != http.StatusUnauthorized {
		t.Errorf("from the twin city: %d %s", g.status, g.to)
	}
	if read(); len(all) != 1 {
		t.Errorf("%d matters", len(all))
	}
}
