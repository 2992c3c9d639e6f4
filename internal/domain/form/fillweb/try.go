package fillweb

import (
	"encoding/json"
	"net/http"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// tryURL is where a form is tried that is being drawn up.
func tryURL(which form.ID) string { return "/office/forms/" + which.String() + "/try" }

func (p *pages) tries(r *web.Request) (form.Asked, error) {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return form.Asked{}, err
	}
	return p.s.Try(r.Context(), r.Actor, which)
}

// tried makes a page for filling in one on which nothing is kept, as wide as a phone.
func tried(l *i18n.Printer, a form.Asked, s *sheet) {
	s.action, s.json, s.draft, s.trial = tryURL(a.Form.ID), tryURL(a.Form.ID)+"/form.json", "", true
	s.submit, s.beside = l.T("fillweb.try_submit"), besideURL(a.Form.ID, a.Seq)
}

func (p *pages) try(w http.ResponseWriter, r *web.Request) error {
	a, err := p.tries(r)
	if err != nil {
		return err
	}
	s := p.sheet(r, a, speak(a.Survey, r.L))
	tried(r.L, a, s)
	return p.begin(w, r, s, a)
}

// takeTried does what was pressed, and where answers are handed in that are good says so and keeps nothing.
func (p *pages) takeTried(w http.ResponseWriter, r *web.Request) error {
	in, done, err := read(r)
	if err != nil {
		return err
	}
	defer done()
	a, err := p.tries(r)
	if err != nil {
		return err
	}
	var page *sheet
	return p.work(w, r, in, a, func(s *sheet) {
		tried(r.L, a, s)
		page = s
	}, func(json.RawMessage) error {
		head := p.doors.Office(r, a.Survey.Title, "")
		head.Crumbs = tryCrumbs(r, a)
		return door.Show(w, r, ui.Office, head, triedBody(page))
	})
}

func tryCrumbs(r *web.Request, a form.Asked) []ui.Crumb {
	return []ui.Crumb{
		{Label: a.Form.Title, Href: "/office/forms/" + a.Form.ID.String()},
		{Label: r.L.T("fillweb.try_draw"), Href: "/office/forms/" + a.Form.ID.String() + "/draw"},
		{Label: r.L.T("fillweb.try")},
	}
}

// sentTried gives the form as scripts read it. A draft changes, so that it is asked for anew.
func (p *pages) sentTried(w http.ResponseWriter, r *web.Request) error {
	a, err := p.tries(r)
	if err != nil {
		return err
	}
	b, err := p.s.SentAnew(r.City, a)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.JSON(w, http.StatusOK, json.RawMessage(b))
}

// passed lets files stand as answers on a page where nothing is kept: by their names, as if they had been stored.
func passed(r *web.Request, rec *fill.Record, files []web.File, bad map[string]errs.Problem) {
	for _, f := range files {
		path, n := filed(rec, f)
		if n == nil {
			continue
		}
		if wrong := rec.Answer(n, id.New[form.Answer](r.Now).String()+"-"+f.Name); wrong != nil {
			bad[path] = *wrong
			continue
		}
		delete(bad, path)
	}
}
