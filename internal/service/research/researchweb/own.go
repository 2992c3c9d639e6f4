package researchweb

import (
	"net/http"
	"net/url"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
)

// owned is one's own voices on a page: how they were found, and where the page is sent. Words stand in forms only.
type owned struct {
	serial, words string
	action        string
	all           []research.Own
	form          *web.Form
	said          string // what has just happened, in words
}

func (p *pages) askReceipt(w http.ResponseWriter, r *web.Request) error {
	return p.receiptPage(w, r, http.StatusOK, web.ReadValues(nil))
}

func (p *pages) receiptPage(w http.ResponseWriter, r *web.Request, status int, f *web.Form) error {
	page := p.doors.Bare(r, r.L.T("research.follow"), r.L.T("research.follow_says"))
	page.Back = "/"
	return r.Page(w, status, door.With(ui.Bare(page), findBody(r.L, f)))
}

// byReceipt is every page about voices that were found by a receipt.
func (p *pages) byReceipt(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	serial, words := strings.ToUpper(f.Text("serial", web.Required, web.Halfwidth, web.Max(40))), f.Text("words", web.Required, web.Halfwidth, web.Max(40))
	if f.Err() != nil {
		return p.receiptPage(w, r, http.StatusUnprocessableEntity, f)
	}
	got, err := p.s.ByReceipt(r.Context(), r.Actor, serial, words)
	if errs.KindOf(err) == errs.Absent {
		if err := r.Take(web.SigningIn, "voice "+serial); err != nil {
			return err
		}
		f.Fail("serial", "research.receipt_wrong", nil)
		return p.receiptPage(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	v := owned{serial: serial, words: words, action: "/voice", all: got.Voices, form: f}
	if f.Raw("do") == "" {
		return p.show(w, r, http.StatusOK, v)
	}
	done, err := p.take(r, v)
	if err != nil {
		return err
	}
	if !done {
		return p.show(w, r, http.StatusUnprocessableEntity, v)
	}
	if got, err = p.s.ByReceipt(r.Context(), r.Actor, serial, words); err != nil {
		return err
	}
	v.all, v.form, v.said = got.Voices, web.ReadValues(nil), r.L.T("research.judged")
	return p.show(w, r, http.StatusOK, v)
}

// take hands a verdict in; false where something is wrong with it, which then stands in the form.
func (p *pages) take(r *web.Request, v owned) (bool, error) {
	f := v.form
	solved := f.Choice("do", []string{"solved", "unsolved"}) == "solved"
	which, err := id.Parse[research.Voice](f.Raw("voice"))
	if err != nil {
		return false, err
	}
	said := f.Text("said", web.Lines, web.Max(1000))
	if f.Err() != nil {
		return false, nil
	}
	err = p.s.Judge(r.Context(), r.Actor, v.serial, v.words, which, solved, said)
	if err != nil && !f.Blame(err) {
		return false, err
	}
	return err == nil, nil
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, status int, v owned) error {
	page := p.doors.Public(r, r.L.T("research.mine"), r.L.T("research.mine_says"))
	w.Header().Set("Referrer-Policy", "no-referrer")
	return r.Page(w, status, door.With(ui.Public(page), ownBody(r, v)))
}

// mine lists the voices of the account.
func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("research.mine"), r.L.T("research.mine_says")), mineBody(r, all))
}

func mineURL(serial string) string { return "/my/voices/" + url.PathEscape(serial) }

func (p *pages) ofAccount(r *web.Request) (v owned, err error) {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	v = owned{action: mineURL(r.PathValue("serial")), form: web.ReadValues(nil)}
	for _, o := range all {
		if o.Serial == r.PathValue("serial") {
			v.all = []research.Own{o}
			return v, nil
		}
	}
	return v, errs.New(errs.Absent, "errs.absent", nil)
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	v, err := p.ofAccount(r)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, v)
}

func (p *pages) judge(w http.ResponseWriter, r *web.Request) error {
	v, err := p.ofAccount(r)
	if err != nil {
		return err
	}
	v.form = web.Read(r)
	done, err := p.take(r, v)
	if err != nil {
		return err
	}
	if done {
		return r.Redirect(w, v.action, "research.judged")
	}
	return p.show(w, r, http.StatusUnprocessableEntity, v)
}

func mineTable(r *web.Request, all []research.Own) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i, o := range all {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: o.Title, Href: mineURL(o.Serial)}, {Part: ui.Code(o.Serial)}, {Text: o.Desk.Name}, {Text: l.T("research.own." + ownState(o))}}}
	}
	return ui.Table{ID: "mine", Label: l.T("research.mine"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("research.field.title"), Kind: ui.Title}, {Head: l.T("casework.serial"), Kind: ui.Serial}, {Head: l.T("casework.desk")}, {Head: l.T("casework.state"), Kind: ui.Short},
	}}
}

// ownState is how far a voice has come for whoever raised it.
func ownState(o research.Own) string {
	switch {
	case o.MayJudge:
		return "judge"
	case o.Matter.State == casework.Closed:
		return "closed"
	case o.Matter.State == casework.Answered:
		return "answered"
	}
	return "open"
}

func ownTone(o research.Own) (ui.Tone, string) {
	switch ownState(o) {
	case "judge":
		return ui.Soon, "messages"
	case "open":
		return ui.Plain, "clock"
	}
	return ui.OK, "circle-check"
}

// acts is what was done, the newest first, without the names of clerks.
func acts(r *web.Request, o research.Own) []ui.Act {
	var all []ui.Act
	for i, x := range o.Lines {
		a := ui.Act{When: r.L.Time(microTime(x.At)), Who: o.Orgs[x.Desk].Name, What: r.L.T("verb." + x.Kind), Auto: x.By == "system"}
		switch x.Kind {
		case casework.Answer.Key, research.Solved.Key, research.Unsolved.Key:
			a.Quote = x.Text
		}
		if x.Kind == research.Solved.Key || x.Kind == research.Unsolved.Key {
			a.Who = r.L.T("research.you")
		}
		if i == len(o.Lines)-1 || x.Desk != o.Lines[i+1].Desk {
			a.Where = r.L.T("casework.at_desk", "desk", o.Orgs[x.Desk].Name, "day", r.L.Date(x.Due))
		}
		all = append(all, a)
	}
	return all
}

// unfound says what is wrong with a receipt.
func unfound(l *i18n.Printer, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		all = append(all, ui.Fault{Field: p.Field, Text: l.T("research."+p.Field) + "：" + l.Problem(p)})
	}
	return all
}
