package noticeweb

import (
	"net/http"
	"slices"
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// chosen is the page on which somebody chooses how she is told.
type chosen struct {
	notice.Ways
	kinds       []notice.Kind
	mail, texts bool // there is such a way
	form        *web.Form
}

func (p *pages) ways(w http.ResponseWriter, r *web.Request) error {
	return p.showWays(w, r, web.ReadValues(nil))
}

func (p *pages) showWays(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := chosen{kinds: p.post.Kinds, mail: p.post.Mailer != nil, texts: p.post.Texts != nil, form: f}
	if v.Ways, err = p.post.Ways(r.Context(), r.Actor); err != nil {
		return err
	}
	frame, page := p.frame(r, "ways", "ways_says")
	page.Crumbs = []ui.Crumb{{Label: r.L.T("notice.title"), Href: home(r)}, {Label: r.L.T("notice.ways")}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, frame, page, waysBody(r, v))
	}
	return door.Show(w, r, frame, page, waysBody(r, v))
}

func (p *pages) setWays(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := notice.Ways{Email: f.Text("email", web.Halfwidth, web.Max(254)), Texts: f.Bool("texts"), Lang: string(r.L.Lang())}
	var may []string
	for _, k := range p.post.Kinds {
		if chooses(r, k) {
			may = append(may, k.Key)
		}
	}
	on := f.Many("on", may)
	for _, k := range may {
		if !slices.Contains(on, k) {
			x.Off = append(x.Off, k)
		}
	}
	if f.Err() == nil {
		err := p.post.SetWays(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, waysURL, "notice.saved")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showWays(w, r, f)
}

// boxes are the kinds to tick: as they were typed, or as they stand.
func (v chosen) boxes(r *web.Request) (all []ui.Option) {
	typed := v.form.Has("_key")
	for _, k := range v.kinds {
		if !chooses(r, k) {
			continue
		}
		on := !slices.Contains(v.Off, k.Key)
		if typed {
			on = slices.Contains(v.form.Many("on", []string{k.Key}), k.Key)
		}
		all = append(all, ui.Option{Value: k.Key, Label: r.L.T(k.Label), Selected: on})
	}
	return all
}

// chooses tells whether the viewer turns a kind on and off: what comes to desks comes to staff alone.
func chooses(r *web.Request, k notice.Kind) bool {
	return k.Why == "" && (!k.Desk || r.Session.Staff)
}

func (v chosen) email() string {
	if v.form.Has("email") {
		return v.form.Raw("email")
	}
	return v.Email
}

func (p *pages) askConfirm(w http.ResponseWriter, r *web.Request) error {
	frame, page := p.frame(r, "confirm_title", "confirm_says")
	return door.Show(w, r, frame, page, confirmBody(r, myURL+"/confirm/"+r.PathValue("mark")))
}

func (p *pages) confirm(w http.ResponseWriter, r *web.Request) error {
	if err := p.post.Confirm(r.Context(), r.Actor, r.PathValue("mark")); err != nil {
		return err
	}
	return r.Redirect(w, waysURL, "notice.confirmed")
}

// askOff shows what a link in a message turns off; programs of e-mail send the form by themselves (RFC 8058).
func (p *pages) askOff(w http.ResponseWriter, r *web.Request) error {
	_, k, err := p.post.OffKind(r.PathValue("link"))
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("notice.off_title"), r.L.T("notice.off_says")), offBody(r, r.PathValue("link"), r.L.T(k.Label), false))
}

func (p *pages) turnOff(w http.ResponseWriter, r *web.Request) error {
	link := r.PathValue("link")
	_, k, err := p.post.OffKind(link)
	if err != nil {
		return err
	}
	if err := p.post.TurnOff(r.Context(), r.City, link); err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("notice.off_title"), r.L.T("notice.off_says")), offBody(r, link, r.L.T(k.Label), true))
}

func (p *pages) report(w http.ResponseWriter, r *web.Request) error {
	got, err := p.post.Report(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var sums, bad []ui.Row
	for _, x := range got.Sums {
		sums = append(sums, ui.Row{Cells: []ui.Cell{{Text: r.L.T("notice.channel." + x.Channel)}, {Part: state(r, x.State)}, {Text: r.L.Int(x.N)}}})
	}
	for _, x := range got.Troubles {
		again := ""
		if x.Next > 0 {
			again = r.L.Time(time.UnixMicro(x.Next))
		}
		bad = append(bad, ui.Row{Cells: []ui.Cell{
			{Text: r.L.T("notice.channel." + x.Channel)},
			{Text: p.label(r, x.Kind)},
			{Part: state(r, x.State)},
			{Text: r.L.Time(time.UnixMicro(x.At))},
			{Text: r.L.T("notice.tries_n", "n", x.Tries)},
			{Text: again},
			{Text: x.Why},
		}})
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("notice.report"), r.L.T("notice.report_says")), reportBody(r, sums, bad))
}

// label names a kind; a confirmation of an address is of none.
func (p *pages) label(r *web.Request, kind string) string {
	for _, k := range p.post.Kinds {
		if k.Key == kind {
			return r.L.T(k.Label)
		}
	}
	return ""
}
