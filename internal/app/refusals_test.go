package app

import (
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/act/actlog/actweb"
	"zhidian/internal/platform/sqldb"
)

// A clerk who looks into the sibling county is told that nothing is there, and the auditor that she looked: the route and
// the verb, never what was asked for. What truly is not there is no refusal, and who asks on and on is noted a few times.
func TestRefusalsAreNoted(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	w.server.Refused = w.noteRefusal
	var clerk walker
	for _, v := range w.walkers {
		if v.role.Key == "clerk" && v.at == countyA && !v.twin {
			clerk = v
		}
	}
	if clerk.token == "" {
		t.Fatal("no clerk of the county")
	}
	theirs := w.city.Nodes[villageB].ID.String()
	noted := func() (changes []string) {
		err := w.in.db.Read(t.Context(), w.city.City, func(q *sqldb.Rx) (err error) {
			changes, err = sqldb.All(q, func(s sqldb.Scan) (string, error) {
				var change string
				return change, s(&change)
			}, `SELECT a.subject || c.change FROM act a JOIN act_content c ON c.city = a.city AND c.act = a.id WHERE a.city = $1 AND a.verb = $2`, actweb.Refused.Key)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return changes
	}
	if g := w.ask(t, clerk, "GET", "/office/orgs/"+noID(), "", nil); g.status != 404 {
		t.Fatalf("what is not there: %d", g.status)
	}
	for range 30 {
		if g := w.ask(t, clerk, "GET", "/office/orgs/"+theirs, "", nil); g.status != 404 {
			t.Fatalf("the sibling's: %d", g.status)
		}
	}
	if g := w.ask(t, clerk, "GET", "/office/log", "", nil); g.status != 403 && g.status != 404 {
		t.Fatalf("the log: %d", g.status)
	}
	var all []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline) && len(all) < 10; time.Sleep(20 * time.Millisecond) {
		all = noted()
	}
	if len(all) < 5 || len(all) > 12 {
		t.Errorf("%d of 31 refusals are noted, want some ten", len(all))
	}
	for _, one := range all {
		if strings.Contains(one, theirs) || !strings.Contains(one, "/office/orgs/{id}") && !strings.Contains(one, "/office/log") {
			t.Errorf("noted: %s", one)
		}
	}
}
