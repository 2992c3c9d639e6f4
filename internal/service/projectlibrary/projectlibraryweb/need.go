package projectlibraryweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/projectlibrary"
)

// raising is the page on which a need is given to a desk.
type raising struct {
	need  venture.Need
	of    venture.Dossier
	desks []projectlibrary.Desk
	words string
	form  *web.Form
}

const needURL = "/office/venture-needs/"

func (p *pages) loadRaising(r *web.Request) (v raising, err error) {
	which, err := id.Parse[venture.Need](r.PathValue("id"))
	if err != nil {
		return v, err
	}
	v.form = web.Read(r)
	v.words = strings.TrimSpace(v.form.Raw("find"))
	if v.need, v.desks, err = p.s.Desks(r.Context(), r.Actor, which, v.words); err != nil {
		return v, err
	}
	v.of, err = p.s.Ventures.View(r.Context(), r.Actor, v.need.Venture)
	return v, err
}

func (p *pages) raisePage(r *web.Request, v raising) ui.Page {
	page := p.doors.Office(r, r.L.T("venture.do_raise"), r.L.T("venture.says_raise"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: v.of.Serial, Href: ventureURL(v.of.ID, "")}, {Label: page.Title}}
	return page
}

func (p *pages) askRaise(w http.ResponseWriter, r *web.Request) error {
	v, err := p.loadRaising(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.raisePage(r, v), raiseBody(r, v))
}

func (p *pages) raise(w http.ResponseWriter, r *web.Request) error {
	v, err := p.loadRaising(r)
	if err != nil {
		return err
	}
	f := v.form
	in := projectlibrary.Raising{
		Need: v.need.ID, Title: f.Text("title", web.Required, web.Max(120)), Text: f.Text("text", web.Required, web.Lines, web.Max(2000)), Desk: web.ID[org.Node](f, "desk", web.Required),
		Days: int(f.Int("days", 1, casework.MaxDays, web.Required)),
	}
	if f.Err() == nil {
		_, err := p.s.Raise(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, ventureURL(v.of.ID, ""), "venture.done.raise")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.raisePage(r, v), raiseBody(r, v))
}

func (v raising) options(r *web.Request) []ui.Option {
	var all []ui.Option
	for _, d := range v.desks {
		label := d.Name
		if d.Over.Name != "" {
			label += "（" + d.Over.Name + "）"
		}
		o := ui.Option{Value: d.ID.String(), Label: label, Disabled: d.Closed, Selected: v.form.Raw("desk") == d.ID.String() || len(v.desks) == 1 && !d.Closed}
		if d.Closed {
			o.Help = r.L.T("venture.not_shared_short")
		}
		all = append(all, o)
	}
	return all
}

// title is how the matter is called where nothing was typed: what is needed, and nobody's name.
func (v raising) title(r *web.Request) string {
	return r.L.T("venture.need_title", "kind", r.L.T("venture.need."+v.need.Kind), "serial", v.of.Serial)
}

func (v raising) days() string {
	if v.form.Has("days") {
		return v.form.Raw("days")
	}
	return strconv.Itoa(raiseDays)
}

// raiseDays is how many working days a desk is given where nothing else is said.
const raiseDays = 10

// BesideMatter tells, on the page of a matter that answers a need, whose need it is.
func BesideMatter(s *projectlibrary.Service) func(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error) {
	return func(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error) {
		if m.Kind != casework.Need || !r.Actor.May(venture.Read) {
			return nil, nil, nil
		}
		v, err := s.OfMatter(r.Context(), r.Actor, m)
		if errs.KindOf(err) == errs.Absent || errs.KindOf(err) == errs.Denied {
			return nil, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		return []ui.Fact{{Label: r.L.T("venture.dossier"), Value: v.Name, Note: v.Serial}}, []ui.Action{{Label: r.L.T("venture.to_dossier"), Icon: "briefcase", Href: ventureURL(v.ID, "")}}, nil
	}
}
