package volunteeringweb

import (
	"net/http"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/volunteering"
)

// own is the page of one's own service.
type own struct {
	volunteering.Mine
	form  *web.Form // of the application
	group *web.Form // of the group that is founded or joined
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	return p.showMine(w, r, web.ReadValues(nil), web.ReadValues(nil))
}

func (p *pages) showMine(w http.ResponseWriter, r *web.Request, f, group *web.Form) (err error) {
	v := own{form: f, group: group}
	if v.Mine, err = p.s.Mine(r.Context(), r.Actor); err != nil {
		return err
	}
	pg := p.doors.Public(r, r.L.T("volunteer.mine"), r.L.T("volunteer.mine_says"))
	if len(f.Problems())+len(group.Problems()) > 0 {
		return door.Again(w, r, ui.Public, pg, mineBody(r, v))
	}
	return door.Show(w, r, ui.Public, pg, mineBody(r, v))
}

func (p *pages) apply(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := volunteering.Volunteer{
		Org: web.ID[org.Node](f, "org", web.Required), Skills: volunteering.SetOf(volunteering.Skills, f.Many("skill", volunteering.Skills)),
		Free: volunteering.SetOf(volunteering.Times, f.Many("free", volunteering.Times)), Says: f.Text("says", web.Lines, web.Max(300)),
	}
	if f.Err() == nil {
		_, err := p.s.Apply(r.Context(), r.Actor, v, f.Bool("agreed"))
		if err == nil {
			return r.Redirect(w, myURL, "volunteer.done.apply")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showMine(w, r, f, web.ReadValues(nil))
}

// gather founds, joins and leaves groups, and ends one's service.
func (p *pages) gather(w http.ResponseWriter, r *web.Request) error {
	f, step := web.Read(r), r.PathValue("step")
	var err error
	switch step {
	case "found":
		g := volunteering.Group{
			Name: f.Text("name", web.Required, web.Max(40)), Kind: f.Choice("kind", volunteering.Kinds, web.Required), Org: web.ID[org.Node](f, "home", web.Required),
			Most: f.Int("most", volunteering.LeastInGroup, volunteering.MostInGroup, web.Required),
		}
		if f.Err() == nil {
			_, err = p.s.Found(r.Context(), r.Actor, g)
		}
	case "join":
		if code := f.Text("code", web.Required, web.Halfwidth, web.Max(12)); f.Err() == nil {
			_, err = p.s.JoinGroup(r.Context(), r.Actor, code)
		}
	case "part":
		which, bad := id.Parse[volunteering.Volunteer](f.Text("who", web.Required, web.Max(30)))
		if bad != nil {
			return bad
		}
		err = p.s.PartGroup(r.Context(), r.Actor, which)
	case "end":
		err = p.s.EndGroup(r.Context(), r.Actor)
	case "leave":
		err = p.s.Leave(r.Context(), r.Actor)
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	if len(f.Problems()) > 0 {
		return p.showMine(w, r, web.ReadValues(nil), f)
	}
	return r.Redirect(w, myURL, "volunteer.done."+step)
}

func (v own) counties() []ui.Option { return places(v.Counties, v.form.Raw("org"), v.Org) }

func (v own) homes() []ui.Option { return places(v.Homes, v.group.Raw("home"), v.Org) }

// places are organisations to choose from: as was typed, or as it stands.
func places(all []org.Node, typed string, now org.ID) []ui.Option {
	options := make([]ui.Option, len(all))
	for i, o := range all {
		options[i] = ui.Option{Value: o.ID.String(), Label: o.Name, Selected: typed == o.ID.String() || typed == "" && o.ID == now}
	}
	return options
}

func (v own) kinds(r *web.Request) []ui.Option {
	all := make([]ui.Option, len(volunteering.Kinds))
	for i, k := range volunteering.Kinds {
		all[i] = ui.Option{Value: k, Label: r.L.T("volunteer.kind." + k), Selected: v.group.Raw("kind") == k}
	}
	return all
}

// says is what was typed of oneself, or what stands.
func (v own) says() string {
	if v.form.Has("says") {
		return v.form.Raw("says")
	}
	return v.Says
}

// next says in a few words what comes next for a volunteer: as a message key's end.
func (v own) next() string {
	switch {
	case v.State == volunteering.Admitted && !v.Unsettled && len(v.Gaps) == 0:
		return "ready"
	case v.State == volunteering.Admitted:
		return "papers"
	}
	return string(v.State)
}
