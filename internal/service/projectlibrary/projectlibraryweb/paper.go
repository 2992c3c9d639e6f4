package projectlibraryweb

import (
	"net/http"
	"os"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const paperURL = "/office/venture-consents/"

// papered is the page on which a consent that was signed on paper is entered.
type papered struct {
	venture.Dossier
	sharing
}

// sharing is what a form asks of a consent: to whom, for what, and for how long.
type sharing struct {
	form      *web.Form
	receivers []org.Node
}

func (p *pages) askPaper(w http.ResponseWriter, r *web.Request) error {
	return p.showPaper(w, r, web.ReadValues(nil))
}

func (p *pages) showPaper(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	v := papered{sharing: sharing{form: f}}
	if v.Dossier, err = p.s.Ventures.View(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if err := r.Actor.Must(venture.AgreePaper, v.At.Path); err != nil {
		return err
	}
	if v.receivers, err = p.s.Receivers(r.Context(), r.City); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("venture.do_consent"), r.L.T("venture.says_consent"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: v.Serial, Href: ventureURL(which, "")}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, paperBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, paperBody(r, v))
}

// founderOptions are those who may have signed; one alone has.
func (v papered) founderOptions() []ui.Option {
	all := make([]ui.Option, len(v.Founders))
	for i, f := range v.Founders {
		no := strconv.FormatInt(f.No, 10)
		all[i] = ui.Option{Value: no, Label: f.Name, Selected: len(v.Founders) == 1 || v.form.Raw("signed") == no}
	}
	return all
}

func (p *pages) takePaper(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer func() { _ = up.Remove() }()
	f := web.ReadValues(up.Values)
	g := venture.Signed{
		Venture: which, Founder: f.Int("signed", 1, 1_000_000, web.Required), Receiver: web.ID[org.Node](f, "receiver", web.Required), Purpose: f.Choice("purpose", venture.Purposes, web.Required),
	}
	g.Months, _ = strconv.Atoi(f.Choice("months", venture.Months, web.Required))
	file, ok := up.File("paper")
	if !ok || file.Size == 0 {
		f.Fail("paper", "field.required", nil)
	}
	if f.Err() != nil {
		return p.showPaper(w, r, f)
	}
	picture, err := os.Open(file.Path)
	if err != nil {
		return err
	}
	defer picture.Close()
	g.Name = file.Name
	if err := p.s.Ventures.AgreePaper(r.Context(), r.Actor, g, picture); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showPaper(w, r, f)
	}
	return r.Redirect(w, ventureURL(which, ""), "venture.done.consent")
}

// paper shows the picture of a signed paper.
func (p *pages) paper(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[venture.Consent](r.PathValue("id"))
	if err != nil {
		return err
	}
	d, content, err := p.s.Ventures.PaperOf(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	defer content.Close()
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("Content-Type", string(d.Type))
	http.ServeContent(w, r.Request, "", r.Now, content)
	return nil
}
