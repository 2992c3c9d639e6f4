// Package retainweb is the pages that say what is kept and how long, and by which holds are placed and lifted.
package retainweb

import (
	"embed"
	"net/http"
	"time"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages, of the errors of holds, and the names of their verbs' kinds.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts by their ids.
type Names func(r *web.Request, ids []string) (map[string]string, error)

const (
	home    = "/office/retention"
	holdURL = home + "/holds"
)

type pages struct {
	s     *retain.Service
	doors *door.Doors
	names Names
}

// Routes are the pages of retention. They belong to the whole city, so that a right in a part of it does not open them.
func Routes(s *retain.Service, doors *door.Doors, names Names) []web.Route {
	p := &pages{s: s, doors: doors, names: names}
	return []web.Route{
		{Pattern: "GET /office/retention", Door: web.Office, Verb: retain.Read, Handle: p.overview},
		{Pattern: "GET /office/retention/holds", Door: web.Office, Verb: retain.SetHold, Handle: p.ask},
		{Pattern: "POST /office/retention/holds", Door: web.Office, Verb: retain.SetHold, Handle: p.hold},
		{Pattern: "GET /office/retention/holds/{id}/lift", Door: web.Office, Verb: retain.LiftHold, Handle: p.askLift},
		{Pattern: "POST /office/retention/holds/{id}/lift", Door: web.Office, Verb: retain.LiftHold, Handle: p.lift},
	}
}

// view is the overview with the names of those who placed and lifted holds.
type view struct {
	retain.Overview
	who map[string]string
}

func (p *pages) overview(w http.ResponseWriter, r *web.Request) error {
	o, err := p.s.Look(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := view{Overview: o}
	var ids []string
	for _, h := range o.Holds {
		ids = append(ids, h.MadeBy, h.LiftedBy)
	}
	if v.who, err = p.names(r, ids); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("retention.title"), r.L.T("retention.says"))
	if r.Actor.MustEverywhere(retain.SetHold) == nil {
		page.Actions = []ui.Action{{Label: r.L.T("retention.add"), Icon: "lock", Href: holdURL, Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, overviewBody(r, v))
}

// latest is when the last run was, zero where there was none.
func (v view) latest() (at time.Time) {
	for _, l := range v.Last {
		if l.At.After(at) {
			at = l.At
		}
	}
	return at
}

// lasts says when rows end, one line for each way.
func (v view) lasts(r *web.Request, rule retain.Rule) []string {
	var all []string
	for _, e := range rule.Ends {
		all = append(all, r.L.T(e.Text, "n", e.N))
	}
	switch {
	case rule.With == retain.City && len(all) > 0:
		all = append(all, r.L.T("retention.or_city"))
	case rule.With == retain.City:
		all = append(all, r.L.T("retention.with_city"))
	case rule.With != "":
		all = append(all, r.L.T("retention.with", "what", r.L.T(v.purpose(rule.With))))
	}
	return all
}

func (v view) purpose(table string) string {
	for _, r := range v.Rules {
		if r.Table == table {
			return r.Purpose
		}
	}
	return table
}

// ended says what the last run destroyed of a table; nothing for one whose rows do not end by themselves.
func (v view) ended(r *web.Request, rule retain.Rule) string {
	if len(rule.Ends) == 0 {
		return "—"
	}
	last, ran := v.Last[rule.Table]
	if !ran {
		return r.L.T("retention.last_never")
	}
	key := map[retain.Outcome]string{retain.Done: "retention.last_rows", retain.More: "retention.last_more", retain.Failed: "retention.last_failed"}[last.Outcome]
	return r.L.T(key, "n", last.Ended)
}

// rules is all tables, those first whose rows end by themselves, then those that end with others, then what stays. What
// reads the same is said once.
func (v view) rules(r *web.Request) ui.Table {
	groups := []ui.Group{{Title: r.L.T("retention.by_themselves")}, {Title: r.L.T("retention.with_others")}, {Title: r.L.T("retention.staying")}}
	said := map[string]bool{}
	for _, rule := range v.Rules {
		if len(rule.Ends) == 0 && said[rule.Purpose] {
			continue
		}
		said[rule.Purpose] = true
		g := &groups[0]
		switch {
		case len(rule.Ends) > 0:
		case rule.With != retain.City:
			g = &groups[1]
		default:
			g = &groups[2]
		}
		lasts := v.lasts(r, rule)
		kept := ui.Cell{Text: lasts[0]}
		if len(lasts) > 1 {
			kept = ui.Cell{Part: lines(lasts)}
		}
		g.Rows = append(g.Rows, ui.Row{Cells: []ui.Cell{{Text: r.L.T(rule.Purpose)}, {Text: r.L.T("retention.class." + rule.Class.String())}, kept, {Text: v.ended(r, rule)}}})
	}
	return ui.Table{
		Label: r.L.T("retention.rules"), Groups: groups,
		Columns: []ui.Column{{Head: r.L.T("retention.what"), Kind: ui.Title}, {Head: r.L.T("retention.class"), Kind: ui.Short}, {Head: r.L.T("retention.kept")}, {Head: r.L.T("retention.last")}},
	}
}

func (v view) holds(r *web.Request) ui.Table {
	var rows []ui.Row
	for _, h := range v.Holds {
		state := ui.Cell{Text: r.L.T("retention.in_force")}
		next := ui.Cell{}
		switch {
		case !h.InForce():
			state.Text = r.L.T("retention.lifted", "reason", h.LiftedReason, "who", v.name(h.LiftedBy), "time", r.L.Time(h.LiftedAt))
		case r.Actor.MustEverywhere(retain.LiftHold) == nil:
			next = ui.Cell{Text: r.L.T("retention.lift"), Href: holdURL + "/" + h.ID.String() + "/lift"}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Part: subject(r, h)},
			{Text: h.Reason},
			{Text: r.L.T("retention.by", "who", v.name(h.MadeBy), "time", r.L.Time(h.MadeAt))},
			state, next,
		}})
	}
	return ui.Table{
		Label: r.L.T("retention.holds"), Groups: ui.Rows(rows...),
		Columns: []ui.Column{
			{Head: r.L.T("retention.subject"), Kind: ui.Title},
			{Head: r.L.T("retention.reason")},
			{Head: r.L.T("retention.since")},
			{Head: r.L.T("retention.state")},
			{Head: "", Kind: ui.NextAct},
		},
	}
}

func (v view) name(account string) string {
	if n := v.who[account]; n != "" {
		return n
	}
	return account
}

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	if err := r.Actor.MustEverywhere(retain.SetHold); err != nil {
		return err
	}
	return p.form(w, r, web.ReadValues(nil))
}

func (p *pages) form(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	page := p.doors.Office(r, r.L.T("retention.add"), r.L.T("retention.add_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("retention.title"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, holdBody(r, f, p.s.Kinds))
	}
	return door.Show(w, r, ui.Office, page, holdBody(r, f, p.s.Kinds))
}

func (p *pages) hold(w http.ResponseWriter, r *web.Request) error {
	if err := r.Actor.MustEverywhere(retain.SetHold); err != nil {
		return err
	}
	f := web.Read(r)
	kind, subject, reason := f.Text("kind", web.Required), f.Text("subject", web.Required, web.Max(300)), f.Text("reason", web.Required, web.Max(500))
	if f.Err() != nil {
		return p.form(w, r, f)
	}
	if _, err := p.s.Hold(r.Context(), r.Actor, kind, subject, reason); err != nil {
		if f.Blame(err) {
			return p.form(w, r, f)
		}
		return err
	}
	return r.Redirect(w, home, "retention.hold_saved")
}

func (p *pages) askLift(w http.ResponseWriter, r *web.Request) error {
	return p.liftForm(w, r, web.ReadValues(nil))
}

func (p *pages) liftForm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	if err := r.Actor.MustEverywhere(retain.LiftHold); err != nil {
		return err
	}
	which, err := id.Parse[retain.Hold](r.PathValue("id"))
	if err != nil {
		return err
	}
	h, err := p.s.FindHold(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	if !h.InForce() {
		return errs.New(errs.Conflict, "retention.lifted_already", nil)
	}
	page := p.doors.Office(r, r.L.T("retention.lift_title"), r.L.T("retention.lift_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("retention.title"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, liftBody(r, f, h))
	}
	return door.Show(w, r, ui.Office, page, liftBody(r, f, h))
}

func (p *pages) lift(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[retain.Hold](r.PathValue("id"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	reason := f.Text("reason", web.Required, web.Max(500))
	if f.Err() != nil {
		return p.liftForm(w, r, f)
	}
	if err := p.s.Lift(r.Context(), r.Actor, which, reason); err != nil {
		if f.Blame(err) {
			return p.liftForm(w, r, f)
		}
		return err
	}
	return r.Redirect(w, home, "retention.lift_saved")
}

// at is what is wrong with a field, in the viewer's words.
func at(r *web.Request, f *web.Form, name string) string {
	for _, p := range f.At(name) {
		return r.L.Problem(p)
	}
	return ""
}

func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		all = append(all, ui.Fault{Field: p.Field, Text: r.L.Problem(p)})
	}
	return all
}

func kindOptions(r *web.Request, f *web.Form, kinds []retain.Kind) []ui.Option {
	all := []ui.Option{{Label: r.L.T("ui.choose")}}
	for _, k := range kinds {
		all = append(all, ui.Option{Value: k.Key, Label: r.L.T("retention.kind." + k.Key), Selected: f.Raw("kind") == k.Key})
	}
	return all
}
