package fillweb

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// enterURL is where staff fills a form in for somebody; with an organisation, the one where the answer counts.
func enterURL(which form.ID, at org.ID) string {
	u := "/office/forms/" + which.String() + "/enter"
	if at != "" {
		u += "/" + at.String()
	}
	return u
}

// asks finds the form and the organisation that the address names.
func (p *pages) asks(r *web.Request, seq int64) (a form.Asked, err error) {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return a, err
	}
	var at org.ID
	if text := r.PathValue("org"); text != "" {
		if at, err = id.Parse[org.Node](text); err != nil {
			return a, err
		}
	}
	return p.s.AskAt(r.Context(), r.Actor, which, at, seq)
}

// where asks for which organisation staff fills in.
func (p *pages) where(w http.ResponseWriter, r *web.Request) error {
	a, err := p.asks(r, 0)
	if shut(err) {
		return p.shut(w, r, a, err)
	}
	if err != nil {
		return err
	}
	words := web.Read(r).Text("find", web.Max(60))
	var all []org.Node
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		whose, err := org.Find(q, a.Form.Org)
		if err != nil {
			return err
		}
		in := r.Actor.Scope(form.Enter).Narrow(whose.Path)
		for _, path := range in.Paths {
			n, err := org.FindPath(q, path)
			if err != nil {
				return err
			}
			all = append(all, n)
		}
		found, err := org.Search(q, in, words)
		for _, n := range found {
			if !slices.ContainsFunc(all, func(o org.Node) bool { return o.ID == n.ID }) {
				all = append(all, n)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("fillweb.enter"), r.L.T("fillweb.enter_says", "form", a.Form.Title))
	page.Crumbs = crumbs(r, a)
	return door.Show(w, r, ui.Office, page, whereBody(r.L, a, words, all))
}

func crumbs(r *web.Request, a form.Asked) []ui.Crumb {
	return []ui.Crumb{{Label: a.Form.Title, Href: "/office/forms/" + a.Form.ID.String()}, {Label: r.L.T("fillweb.enter"), Href: enterURL(a.Form.ID, "")}}
}

// entered makes a page for filling in one for staff.
func entered(a form.Asked, s *sheet) {
	at := enterURL(a.Form.ID, a.At.ID)
	s.beside = besideURL(a.Form.ID, a.Seq)
	s.action, s.json, s.draft, s.office = at, at+"/form.json?version="+strconv.FormatInt(a.Seq, 10), "enter/"+a.Form.ID.String()+"/"+a.At.ID.String(), true
}

func (p *pages) enter(w http.ResponseWriter, r *web.Request) error {
	a, err := p.asks(r, 0)
	if shut(err) {
		return p.shut(w, r, a, err)
	}
	if err != nil {
		return err
	}
	s := p.sheet(r, a, speak(a.Survey, r.L))
	entered(a, s)
	return p.begin(w, r, s, a)
}

func (p *pages) takeEntered(w http.ResponseWriter, r *web.Request) error {
	in, done, err := read(r)
	if err != nil {
		return err
	}
	defer done()
	a, err := p.asks(r, in.version)
	if shut(err) {
		return p.shut(w, r, a, err)
	}
	if err != nil {
		return err
	}
	return p.work(w, r, in, a, func(s *sheet) { entered(a, s) }, func(answers json.RawMessage) error {
		got, err := p.s.Copy(r.Context(), r.Actor, form.Given{Form: a.Form.ID, Org: a.At.ID, Version: a.Seq, Answers: answers})
		if err != nil {
			return err
		}
		page := p.doors.Office(r, a.Form.Title, area(r.L, a))
		page.Crumbs = crumbs(r, a)
		at := enterURL(a.Form.ID, a.At.ID)
		w.Header().Set("Referrer-Policy", "no-referrer")
		return door.Show(w, r, ui.Office, page, receiptBody(r.L, a, got, "enter/"+a.Form.ID.String()+"/"+a.At.ID.String(), at))
	})
}

// sentEntered gives the form as scripts read it, to staff.
func (p *pages) sentEntered(w http.ResponseWriter, r *web.Request) error {
	seq, _ := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	a, err := p.asks(r, seq)
	if err != nil {
		return err
	}
	return p.giveSent(w, r, a)
}
