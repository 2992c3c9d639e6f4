package door_test

import (
	"net/http"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/web/webtest"
)

// The menu leads where its reader holds the right, and to what is the whole city's only who holds it at the top.
func TestTheMenuOffersWhatTheReaderMayOpen(t *testing.T) {
	t.Parallel()
	read, other := authz.Verb{Key: "door_test.read"}, authz.Verb{Key: "door_test.other"}
	site := webtest.Open(t, "xianning", func(d *door.Doors) []web.Route {
		d.Menu = []door.Entry{
			{Group: "door.privacy", Label: "door.verify", Icon: "users", Href: "/all"},
			{Group: "door.privacy", Label: "door.verify", Icon: "users", Href: "/some", Verb: read},
			{Group: "door.privacy", Label: "door.verify", Icon: "users", Href: "/top", Verb: read, Top: true},
		}
		return []web.Route{{Pattern: "GET /page", Door: web.Office, Handle: func(w http.ResponseWriter, r *web.Request) error {
			return door.Show(w, r, ui.Office, d.Office(r, "页", ""), ui.Code("x"))
		}}}
	})
	for name, c := range map[string]struct {
		verb authz.Verb
		at   authz.Path
		want []string
	}{
		"of the city":         {read, "1/", []string{"/all", "/some", "/top"}},
		"of a county":         {read, "1/A/", []string{"/all", "/some"}},
		"with another right":  {other, "1/", []string{"/all"}},
		"with that in a part": {other, "1/A/", []string{"/all"}},
	} {
		a := site.As(authz.Actor{City: "xianning", User: "u", Grants: []authz.Held{{Role: authz.Role{Key: "r", Verbs: []authz.Verb{c.verb}}, At: c.at}}}).Get("/page").Want(200)
		n := 0
		for _, href := range []string{"/all", "/some", "/top"} {
			n += min(1, a.Find("a[href='"+href+"']").Length())
		}
		for _, href := range c.want {
			if a.Find("a[href='"+href+"']").Length() == 0 {
				t.Errorf("%s: nothing leads to %s", name, href)
			}
		}
		if n != len(c.want) {
			t.Errorf("%s: %d entries, want %v", name, n, c.want)
		}
	}
}
