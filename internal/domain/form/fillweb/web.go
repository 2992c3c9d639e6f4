// Package fillweb is the pages on which a form is filled in, by whoever has its address and by staff for somebody else, and
// those on which one's own answers are seen again.
package fillweb

import (
	"embed"
	"encoding/json"
	"net/http"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *form.Service
	doors *door.Doors
}

// body is the longest page that is taken: several photographs, one of them too large, so that this can be said on the page.
const body = 64 << 20

// Routes are the pages on which forms are filled in.
func Routes(s *form.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	return []web.Route{
		{Pattern: "GET /f/{slug}", Door: web.Public, Handle: p.show},
		{Pattern: "POST /f/{slug}", Door: web.Public, Body: body, Handle: p.take},
		{Pattern: "GET /f/{slug}/form.json", Door: web.Public, Handle: p.sent},
		{Pattern: "GET /f/{slug}/files/{seq}/{name}", Door: web.Public, Handle: p.beside},

		{Pattern: "GET /office/forms/{id}/enter", Door: web.Office, Verb: form.Enter, Handle: p.where},
		{Pattern: "GET /office/forms/{id}/enter/{org}", Door: web.Office, Verb: form.Enter, Handle: p.enter},
		{Pattern: "POST /office/forms/{id}/enter/{org}", Door: web.Office, Verb: form.Enter, Body: body, Handle: p.takeEntered},
		{Pattern: "GET /office/forms/{id}/enter/{org}/form.json", Door: web.Office, Verb: form.Enter, Handle: p.sentEntered},
		{Pattern: "GET /office/forms/{id}/files/{seq}/{name}", Door: web.Office, Verb: form.Read, Handle: p.besideOffice},
		{Pattern: "GET /office/forms/{id}/try", Door: web.Office, Verb: form.Design, Handle: p.try},
		{Pattern: "POST /office/forms/{id}/try", Door: web.Office, Verb: form.Design, Body: body, Handle: p.takeTried},
		{Pattern: "GET /office/forms/{id}/try/form.json", Door: web.Office, Verb: form.Design, Handle: p.sentTried},
		{Pattern: "GET /office/forms/{id}/versions/{seq}/paper", Door: web.Office, Verb: form.Read, Handle: p.paper},

		{Pattern: "GET /receipt", Door: web.Public, Handle: p.askReceipt},
		{Pattern: "POST /receipt", Door: web.Public, Limit: web.SigningIn, Body: body, Handle: p.byReceipt},
		{Pattern: "GET /my/forms", Door: web.Field, Handle: p.mine},
		{Pattern: "GET /my/forms/{serial}", Door: web.Field, Handle: p.showMine},
		{Pattern: "POST /my/forms/{serial}", Door: web.Field, Body: body, Handle: p.takeMine},
	}
}

func (p *pages) show(w http.ResponseWriter, r *web.Request) error {
	slug := r.PathValue("slug")
	begun, err := p.s.BegunAt(r.Context(), r.Actor, slug)
	if err != nil {
		return err
	}
	seq := int64(0)
	if begun != nil {
		seq = begun.Version
	}
	a, err := p.s.Ask(r.Context(), r.Actor, slug, seq)
	if shut(err) {
		return p.shut(w, r, a, err)
	}
	if err != nil {
		return err
	}
	if spent, err := p.spent(w, r, a); err != nil || spent {
		return err
	}
	s := p.sheet(r, a, speak(a.Survey, r.L))
	p.keepsFor(r, s)
	if begun != nil {
		return p.resume(w, r, s, a, begun)
	}
	return p.begin(w, r, s, a)
}

// begin shows a form that nothing has been answered in yet.
func (p *pages) begin(w http.ResponseWriter, r *web.Request, s *sheet, a form.Asked) error {
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		s.rec = fill.New(a.Survey, p.around(q, r, s.lang, a.Files))
		return nil
	})
	if err != nil {
		return err
	}
	s.lay(none)
	if !s.live(s.step) {
		s.turn(1)
	}
	return p.page(w, r, http.StatusOK, s, a)
}

func (p *pages) around(q sqldb.Q, r *web.Request, lang int, files []form.Attached) fill.Around {
	around := p.s.Around(q, r.Actor, files)
	around.Language = lang
	return around
}

// shut tells whether a form is there but takes no answers.
func shut(err error) bool {
	key := errs.KeyOf(err)
	return key == "form.closed" || key == "form.link_ended"
}

// shut says why a form cannot be filled in.
func (p *pages) shut(w http.ResponseWriter, r *web.Request, a form.Asked, why error) error {
	page := p.doors.Bare(r, a.Form.Title, "")
	page.Tone, page.Back = ui.Soon, "/"
	return r.Page(w, http.StatusGone, door.With(ui.Bare(page), shutBody(r.L, r.L.Error(why))))
}

func (p *pages) sheet(r *web.Request, a form.Asked, lang int) *sheet {
	return &sheet{
		files: a.Files, beside: "/f/" + a.Slug + "/files/" + strconv.FormatInt(a.Seq, 10) + "/",
		l: r.L, form: a.Survey, seq: a.Seq, lang: lang, action: "/f/" + a.Slug, json: "/f/" + a.Slug + "/form.json?version=" + strconv.FormatInt(a.Seq, 10),
		key: web.NewKey(), draft: "f/" + a.Slug, submit: r.L.T("fillweb.submit"),
	}
}

func (p *pages) page(w http.ResponseWriter, r *web.Request, status int, s *sheet, a form.Asked) error {
	frame, page := ui.Public, p.doors.Public(r, a.Form.Title, area(r.L, a))
	if s.office {
		frame, page = ui.Office, p.doors.Office(r, a.Form.Title, area(r.L, a))
		page.Crumbs = crumbs(r, a)
	}
	if s.trial {
		frame, page = ui.Office, p.doors.Office(r, r.L.T("fillweb.try"), r.L.T("fillweb.try_says"))
		page.Crumbs = tryCrumbs(r, a)
	}
	page.Scripts, page.Plain = []string{"fill"}, true
	return r.Page(w, status, door.With(frame(page), sheetBody(s, titleOf(s, a), page.Purpose)))
}

// titleOf is the form's title: of a draft the one that it will have.
func titleOf(s *sheet, a form.Asked) string {
	if s.trial {
		return a.Survey.Title
	}
	return a.Form.Title
}

// take reads a page that came back, does what was pressed, and shows it again until it is handed in and taken.
func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	in, done, err := read(r)
	if err != nil {
		return err
	}
	defer done()
	a, err := p.s.Ask(r.Context(), r.Actor, r.PathValue("slug"), in.version)
	if shut(err) {
		return p.shut(w, r, a, err)
	}
	if err != nil {
		return err
	}
	if in.do == doAnew {
		if err := p.s.DropBegun(r.Context(), r.Actor, a.Slug); err != nil {
			return err
		}
		return r.Redirect(w, "/f/"+a.Slug, "")
	}
	return p.work(w, r, in, a, func(s *sheet) { p.keepsFor(r, s) }, func(answers json.RawMessage) error {
		mark := ""
		if a.PerPhone > 0 && r.Actor.User == "" {
			mark = r.Mark(w)
		}
		got, err := p.s.Submit(r.Context(), r.Actor, form.Given{Slug: a.Slug, Version: a.Seq, Answers: answers, Mark: mark})
		if err != nil {
			return err
		}
		return p.received(w, r, a, got)
	})
}

// work does what was pressed on a page. dress gives the page its own way to be sent; hand hands the answers in and answers the request; what it finds wrong is shown.
func (p *pages) work(w http.ResponseWriter, r *web.Request, in posted, a form.Asked, dress func(*sheet), hand func(json.RawMessage) error) error {
	lang := in.lang
	if in.do == doLang {
		lang, _ = strconv.Atoi(in.about)
	}
	if lang < 0 || lang >= len(a.Survey.Languages) {
		lang = 0
	}
	s := p.sheet(r, a, lang)
	s.step, s.going, s.search = in.step, true, in.search()
	dress(s)
	if r.Key != "" {
		s.key = r.Key
	}
	var bad map[string]errs.Problem
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		s.rec, bad = in.record(a.Survey, p.around(q, r, lang, a.Files))
		return nil
	})
	if err != nil {
		return err
	}
	if s.trial {
		passed(r, s.rec, in.files, bad)
	} else if err := p.keep(r, a, s.rec, in.files, bad); err != nil {
		return err
	}
	all := gather(r.L, s.rec, bad, in)
	if in.change(s.rec) {
		all = all.only()
	}
	s.lay(all)
	status := http.StatusOK
	switch in.do {
	case doNext:
		if s.blame(s.step, s.step); len(s.faults) == 0 {
			s.turn(1)
			s.lay(all.only())
			break
		}
		status = http.StatusUnprocessableEntity
	case doPrev:
		s.turn(-1)
		s.lay(all.only())
	case doSubmit:
		if at := s.stepOf(); at >= 0 {
			s.step = at
			s.blame(0, len(s.steps)-1)
			status = http.StatusUnprocessableEntity
			break
		}
		if s.appeared(in.off); s.more > 0 {
			break
		}
		answers, err := s.rec.Answers()
		if err != nil {
			return err
		}
		err = hand(answers)
		if kind := errs.KindOf(err); err == nil || kind != errs.Invalid && kind != errs.Conflict {
			return err
		}
		s.faults = append(s.faults, faults(r, s, err)...)
		status = http.StatusUnprocessableEntity
	default:
		s.lay(all.only())
	}
	if s.keeps {
		if err := p.keepBegun(r, s, a); err != nil {
			return err
		}
	}
	if in.do == doKeep {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return p.page(w, r, status, s, a)
}

// faults are what a use case found wrong with answers that this page found good, such as a form that was closed meanwhile.
func faults(r *web.Request, s *sheet, err error) (all []ui.Fault) {
	problems := errs.ProblemsOf(err)
	for _, p := range problems {
		all = append(all, ui.Fault{Text: r.L.Problem(p)})
	}
	if len(problems) == 0 {
		all = append(all, ui.Fault{Text: r.L.Error(err)})
	}
	return all
}

// received shows the receipt, in the answer itself: its words are in no address and in no log.
func (p *pages) received(w http.ResponseWriter, r *web.Request, a form.Asked, got form.Receipt) error {
	page := p.doors.Public(r, a.Form.Title, area(r.L, a))
	w.Header().Set("Referrer-Policy", "no-referrer")
	return door.Show(w, r, ui.Public, page, receiptBody(r.L, a, got, "f/"+a.Slug, "/f/"+a.Slug))
}

// sent gives the form as scripts read it. A version never changes, so a browser asks for it once.
func (p *pages) sent(w http.ResponseWriter, r *web.Request) error {
	seq, _ := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	a, err := p.s.Ask(r.Context(), r.Actor, r.PathValue("slug"), seq)
	if err != nil {
		return err
	}
	return p.giveSent(w, r, a)
}

func (p *pages) giveSent(w http.ResponseWriter, r *web.Request, a form.Asked) error {
	tag := `"` + a.Form.ID.String() + "." + strconv.FormatInt(a.Seq, 10) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if web.Known(r.Request, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	b, err := p.s.Sent(r.City, a)
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, json.RawMessage(b))
}
