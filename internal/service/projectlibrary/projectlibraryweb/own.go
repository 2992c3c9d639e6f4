package projectlibraryweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// mine lists a founder's own ventures.
func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Ventures.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("venture.mine"), r.L.T("venture.mine_says")), mineBody(r, all))
}

func mineTable(r *web.Request, all []venture.Venture) ui.Table {
	rows := make([]ui.Row, len(all))
	for i, v := range all {
		tone, word := ownState(r, v)
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: v.Name, Href: ownURL(v.ID, "")}, {Part: ui.Code(v.Serial)}, {Part: ui.State(tone, "", word)}}}
	}
	return ui.Table{ID: "mine", Label: r.L.T("venture.mine"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("venture.field.name"), Kind: ui.Title}, {Head: r.L.T("venture.serial"), Kind: ui.Serial}, {Head: r.L.T("venture.progress"), Kind: ui.Short},
	}}
}

// ownState says how far a dossier has come, in a founder's words.
func ownState(r *web.Request, v venture.Venture) (ui.Tone, string) {
	switch {
	case v.State == venture.Draft && v.Returned != "":
		return ui.Bad, r.L.T("venture.own.returned")
	case v.State == venture.Draft:
		return ui.Soon, r.L.T("venture.own.draft")
	case v.State == venture.Ended:
		return ui.Hold, r.L.T("venture.own.ended")
	}
	return ui.OK, r.L.T("venture.own.known")
}

// loadOwn finds what a founder's form offers.
func (p *pages) loadOwn(r *web.Request, which venture.ID) (a asking, err error) {
	a = asking{own: true, form: web.Read(r), action: mine + "/new", self: r.Actor.Person != ""}
	if !which.IsZero() {
		a.action = ownURL(which, "edit")
		if a.old, _, err = p.s.Ventures.ViewOwn(r.Context(), r.Actor, which); err != nil {
			return a, err
		}
	}
	if a.areas, err = p.s.Divisions(r.Context(), r.City); err != nil {
		return a, err
	}
	a.branches, err = p.s.Branches(r.Context(), r.City)
	return a, err
}

func (p *pages) ownFormPage(r *web.Request, a asking) ui.Page {
	page := p.doors.Public(r, r.L.T("venture.own_new"), r.L.T("venture.own_new_says"))
	if !a.isNew() {
		page = p.doors.Public(r, r.L.T("venture.own_edit"), a.old.Name)
	}
	page.Back = mine
	return page
}

func (p *pages) askOwnNew(w http.ResponseWriter, r *web.Request) error {
	a, err := p.loadOwn(r, "")
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.ownFormPage(r, a), ownFormBody(r, a))
}

func (p *pages) takeOwnNew(w http.ResponseWriter, r *web.Request) error {
	a, err := p.loadOwn(r, "")
	if err != nil {
		return err
	}
	g, err := p.given(r, a)
	if err != nil {
		return err
	}
	if a.form.Err() == nil {
		made, err := p.s.Ventures.Propose(r.Context(), r.Actor, g)
		if err == nil {
			return r.Redirect(w, ownURL(made, ""), "venture.own.sent")
		}
		if !a.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Public, p.ownFormPage(r, a), ownFormBody(r, a))
}

// owned is a founder's own dossier on a page.
type owned struct {
	shown
	sharing
	desks map[string]string // of accounts that looked
}

func (p *pages) own(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	return p.showOwn(w, r, which, web.ReadValues(nil))
}

func (p *pages) showOwn(w http.ResponseWriter, r *web.Request, which venture.ID, f *web.Form) error {
	got, err := p.s.LookOwn(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v := owned{shown: shown{Page: got, top: mine, form: f}, sharing: sharing{form: f}}
	var looked []string
	for _, l := range got.Lookers {
		looked = append(looked, l.Account)
	}
	if v.desks, err = p.desks(r, looked); err != nil {
		return err
	}
	if v.receivers, err = p.s.Receivers(r.Context(), r.City); err != nil {
		return err
	}
	page := p.doors.Public(r, v.Name, v.Serial)
	page.Back = mine
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, ownBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, ownBody(r, v))
}

// lookers says who has looked, and when: organisations, not their clerks.
func (v owned) lookers(r *web.Request) []ui.Act {
	all := make([]ui.Act, len(v.Lookers))
	for i, l := range v.Lookers {
		all[i] = ui.Act{When: r.L.Time(microTime(l.At)), Who: orDash(v.desks[l.Account]), What: r.L.T("verb.venture.look")}
	}
	return all
}

func (v sharing) banks(r *web.Request) []ui.Option {
	chosen := v.form.Raw("receiver")
	all := []ui.Option{{Label: r.L.T("venture.choose")}}
	for _, n := range v.receivers {
		if n.IsOpen() {
			all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID.String() == chosen})
		}
	}
	return all
}

// purposes are for what a dossier may be shown, each with the text that one agrees to.
func (v sharing) purposes(r *web.Request) []ui.Option {
	all := choices(r, "venture.purpose.", venture.Purposes, v.form.Raw("purpose"), "")
	for i := range all {
		all[i].Help = r.L.T("venture.consent.text." + all[i].Value)
	}
	return all
}

func (v sharing) months(r *web.Request) []ui.Option {
	chosen := v.form.Raw("months")
	if chosen == "" {
		chosen = "12"
	}
	all := make([]ui.Option, len(venture.Months))
	for i, m := range venture.Months {
		all[i] = ui.Option{Value: m, Label: r.L.T("venture.months", "n", m), Selected: m == chosen}
	}
	return all
}

// askOwn is the page of a founder's step.
func (p *pages) askOwn(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	if r.PathValue("step") != "edit" {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	a, err := p.loadOwn(r, which)
	if err != nil {
		return err
	}
	a.fill()
	return door.Show(w, r, ui.Public, p.ownFormPage(r, a), ownFormBody(r, a))
}

func (p *pages) takeOwn(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	step := r.PathValue("step")
	if step == "edit" {
		return p.takeOwnEdit(w, r, which)
	}
	f := web.Read(r)
	known, err := p.actOwn(r, f, which, step)
	if !known {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if f.Err() == nil && err == nil {
		return r.Redirect(w, ownURL(which, ""), "venture.own.done_"+wordOf(step))
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	return p.showOwn(w, r, which, f)
}

// actOwn takes a founder's step; false where there is none of this name.
func (p *pages) actOwn(r *web.Request, f *web.Form, which venture.ID, step string) (bool, error) {
	s, ctx, by := p.s.Ventures, r.Context(), r.Actor
	switch step {
	case "confirm":
		return true, s.Reassure(ctx, by, which, f.Version())
	case "need":
		n := readNeed(f, which)
		if f.Err() != nil {
			return true, nil
		}
		return true, s.Ask(ctx, by, n)
	case "drop-need":
		return true, s.DropNeed(ctx, by, web.ID[venture.Need](f, "which", web.Required))
	case "unsolved":
		which, said := web.ID[venture.Need](f, "which", web.Required), f.Text("said", web.Required, web.Lines, web.Max(500))
		if f.Err() != nil {
			return true, nil
		}
		return true, p.s.NotSolved(ctx, by, which, said)
	case "share":
		to, purpose := web.ID[org.Node](f, "receiver", web.Required), f.Choice("purpose", venture.Purposes, web.Required)
		months, _ := strconv.Atoi(f.Choice("months", venture.Months, web.Required))
		if f.Err() != nil {
			return true, nil
		}
		return true, s.Agree(ctx, by, which, to, purpose, months)
	case "withdraw":
		return true, p.s.Withdraw(ctx, by, which, web.ID[org.Node](f, "receiver", web.Required), f.Choice("purpose", venture.Purposes, web.Required))
	}
	return false, nil
}

func (p *pages) takeOwnEdit(w http.ResponseWriter, r *web.Request, which venture.ID) error {
	a, err := p.loadOwn(r, which)
	if err != nil {
		return err
	}
	g, err := p.given(r, a)
	if err != nil {
		return err
	}
	if a.form.Err() == nil {
		err := p.s.Ventures.Correct(r.Context(), r.Actor, which, a.form.Version(), g)
		if err == nil {
			return r.Redirect(w, ownURL(which, ""), "venture.own.done_edit")
		}
		if !a.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Public, p.ownFormPage(r, a), ownFormBody(r, a))
}
