package accountweb

import (
	"net/http"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const mineURL = "/my/data"

// link asks for a paper, by which the account of a phone is tied to a person.
func (p *pages) link(w http.ResponseWriter, r *web.Request) error {
	return p.linkPage(w, r, web.ReadValues(nil))
}

func (p *pages) linkPage(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	switch {
	case r.Session == nil:
		return r.Redirect(w, "/sign-in/phone?next=/my/link", "")
	case r.Session.Staff || r.Actor.Person != "":
		return r.Redirect(w, mineURL, "")
	}
	frame := p.doors.Public(r, r.L.T("accountweb.prove"), r.L.T("accountweb.prove_says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, frame, linkForm(r, f))
	}
	return door.Show(w, r, ui.Public, frame, linkForm(r, f))
}

func (p *pages) takeLink(w http.ResponseWriter, r *web.Request) error {
	kinds := make([]string, len(person.PaperKinds))
	for i, k := range person.PaperKinds {
		kinds[i] = string(k)
	}
	f := web.Read(r)
	kind := f.Choice("kind", kinds, web.Required)
	number := f.Text("number", web.Required, web.Halfwidth, web.Max(40))
	if f.Err() == nil && r.Session != nil && r.Actor.Person == "" {
		err := p.s.Link(r.Context(), r.Actor, person.PaperKind(kind), number)
		if err == nil {
			return r.Redirect(w, mineURL, "accountweb.proved")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.linkPage(w, r, f)
}

func (p *pages) unlink(w http.ResponseWriter, r *web.Request) error {
	if r.Session == nil {
		return r.Redirect(w, "/sign-in/phone?next=/my/data", "")
	}
	if err := p.s.Unlink(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.Redirect(w, mineURL, "accountweb.unlinked")
}

func paperOptions(r *web.Request, picked string) []ui.Option {
	var all []ui.Option
	for i, k := range person.PaperKinds {
		all = append(all, ui.Option{Value: string(k), Label: r.L.T("accountweb.paper." + string(k)), Selected: string(k) == picked || picked == "" && i == 0})
	}
	return all
}
