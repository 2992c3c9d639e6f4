package childcareweb

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
)

func (p *pages) seasons(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.DeskSeasons(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("care.title"), r.L.T("care.desk_says"))
	if r.Actor.May(childcare.Plan) {
		page.Actions = []ui.Action{{Label: r.L.T("care.new_season"), Icon: "plus", Href: deskURL + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, seasonsBody(r, all))
}

func seasonsTable(r *web.Request, all []edition.Edition) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i, e := range all {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: e.Title, Href: seasonURL(e.ID)},
			{Text: l.T("edition.mode." + string(e.Mode))},
			{Text: l.Time(at(e.Opens)) + " – " + l.Time(at(e.Closes))},
			{Text: l.Int(e.Used)},
			{Part: enrolmentweb.EditionState(r, e.State)},
		}}
	}
	return ui.Table{ID: "seasons", Label: l.T("care.seasons"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("care.season"), Kind: ui.Title},
		{Head: l.T("care.field.mode")},
		{Head: l.T("care.window")},
		{Head: l.T("care.places_offered"), Kind: ui.Number},
		{Head: l.T("care.state"), Kind: ui.Short},
	}}
}

// atDesk is the page of a class at its desk.
type atDesk struct {
	childcare.AtDesk
	form  *web.Form
	today day.Day
	can   map[string]bool // offer, check, enter
}

func (p *pages) desk(w http.ResponseWriter, r *web.Request) error {
	return p.showDesk(w, r, web.ReadValues(nil))
}

func (p *pages) showDesk(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v := atDesk{form: f, today: day.Of(r.Now, r.L.Zone())}
	if v.AtDesk, err = p.s.AtDesk(r.Context(), r.Actor, which); err != nil {
		return err
	}
	v.can = map[string]bool{
		"offer": r.Actor.Can(childcare.Offer, v.At.Path), "check": r.Actor.Can(childcare.Inspect, v.At.Path), "enter": r.Actor.Can(childcare.Enter, v.At.Path),
	}
	page := p.doors.Office(r, v.Title, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: v.Season.Title, Href: seasonURL(v.Edition)}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, deskBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, deskBody(r, v))
}

// photos leads to the photographs of a class.
func (v atDesk) photos(r *web.Request) *ui.Link {
	return &ui.Link{Label: r.L.T("care.to_photos"), Href: atDeskURL(v.ID) + "/photos"}
}

func (v atDesk) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Title, Serial: v.Serial, Sub: v.At.Name + " · " + v.Site.Name, State: l.T("care.class." + string(v.State)), Tone: ui.Plain}
	d.Facts = []ui.Fact{{Label: l.T("care.field.hours"), Value: v.Hours}, {Label: l.T("care.ages"), Value: ages(r, v.Class)}, {Label: l.T("care.field.lead"), Value: v.Lead}}
	d.Actions = []ui.Action{{Label: l.T("care.print"), Icon: "printer", Print: true}}
	if v.can["enter"] && v.State != childcare.Proposed { // families of a cancelled class are called too
		d.Actions = append(d.Actions, ui.Action{Label: l.T("care.calls"), Icon: "phone", Href: atDeskURL(v.ID) + "/calls"})
	}
	if v.can["check"] && v.State == childcare.Proposed {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("care.check"), Icon: "clipboard-check", Href: atDeskURL(v.ID) + "/check"})
	}
	if v.State == childcare.Offered {
		d.Tone = ui.OK
		d.Actions = append(d.Actions, ui.Action{Label: l.T("care.to_timetable"), Icon: "calendar", Href: atDeskURL(v.ID) + "/timetable"}, ui.Action{Label: l.T("care.to_book"), Icon: "list-check", Href: atDeskURL(v.ID) + "/book"})
		if r.Actor.May(safety.Tell) {
			d.Actions = append(d.Actions, ui.Action{Label: l.T("care.to_report"), Icon: "flag", Href: atDeskURL(v.ID) + "/report"})
		}
		d.Actions = append(d.Actions, ui.Action{Label: l.T("care.public_page"), Icon: "world", Href: classURL(v.ID)})
		if v.can["enter"] {
			d.Actions = append(d.Actions, ui.Action{Label: l.T("care.enter"), Icon: "user-plus", Href: atDeskURL(v.ID) + "/enter", Primary: true})
			if len(v.Season.Groups) > 0 && v.Roll.Mode != edition.FirstCome {
				d.Actions = append(d.Actions, ui.Action{Label: l.T("care.claims"), Icon: "users-group", Href: atDeskURL(v.ID) + "/claims"})
			}
		}
	}
	return d
}

func (v atDesk) table(r *web.Request) ui.Table {
	l := r.L
	t := ui.Table{ID: "roll", Label: l.T("care.roll"), Columns: []ui.Column{
		{Head: l.T("care.child"), Kind: ui.Title},
		{Head: l.T("care.signer")},
		{Head: l.T("care.way"), Kind: ui.Short},
		{Head: l.T("care.signed_at")},
		{Head: l.T("care.place_n"), Kind: ui.Number},
		{Head: l.T("care.state")},
		{Kind: ui.NextAct},
	}}
	var last enrolment.State
	for _, p := range v.Parties {
		if p.State != last || len(t.Groups) == 0 {
			last = p.State
			t.Groups = append(t.Groups, ui.Group{Title: l.T("enrolment.state." + string(p.State))})
		}
		order := ""
		if p.Place > 0 {
			order = l.Int(p.Place)
		}
		state := ui.Cell{Part: enrolmentweb.State(r, p.State)}
		if p.State == enrolment.Offered {
			state = ui.Cell{Text: l.T("care.answer_by", "at", at(p.Until))}
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Rows = append(g.Rows, ui.Row{ID: strconv.FormatInt(p.Turn, 10), Cells: []ui.Cell{
			{Part: namedReceipts(p)},
			{Text: p.Signer},
			{Text: l.T("enrolment.way." + string(p.Way))},
			{Text: l.Time(at(p.MadeAt))},
			{Text: order},
			state,
			{Part: partySteps(r, v, p)},
		}})
	}
	return t
}

// turnClass takes a class a step on: offer, resize, cancel.
func (p *pages) turnClass(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	switch step := r.PathValue("step"); step {
	case "offer":
		err = p.s.OfferClass(r.Context(), r.Actor, which)
	case "resize":
		places, adults := f.Int("places", 1, childcare.HardLargest, web.Required), f.Int("adults", 1, 45, web.Required)
		err = p.s.Resize(r.Context(), r.Actor, which, places, adults)
	case "cancel":
		err = p.s.CancelClass(r.Context(), r.Actor, which, f.Text("reason", web.Max(200)))
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil {
		return r.Redirect(w, atDeskURL(which), "care.done."+r.PathValue("step"))
	}
	if !f.Blame(err) {
		return err
	}
	return p.showDesk(w, r, f)
}

// moveFor answers an offer, or takes a family off the roll, for somebody who has called or come.
func (p *pages) moveFor(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	n, err := enrolmentweb.Turn(r)
	if err != nil {
		return err
	}
	roll, err := p.s.Roll(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err = p.step(r, enrolment.Key{Roll: roll, Turn: n}, r.PathValue("step")); err == nil {
		return r.Redirect(w, atDeskURL(which), "care.done."+r.PathValue("step"))
	}
	if !f.Blame(err) {
		return err
	}
	return p.showDesk(w, r, f)
}

func (p *pages) askCheck(w http.ResponseWriter, r *web.Request) error {
	return p.showForm(w, r, web.ReadValues(nil), "care.check", checkBody)
}

// showForm is a page that asks something of one class.
func (p *pages) showForm(w http.ResponseWriter, r *web.Request, f *web.Form, title string, body func(*web.Request, atDesk) templ.Component) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v := atDesk{form: f, today: day.Of(r.Now, r.L.Zone())}
	if v.AtDesk, err = p.s.AtDesk(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T(title), r.L.T(title+"_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: v.Title, Href: atDeskURL(which)}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, body(r, v))
	}
	return door.Show(w, r, ui.Office, page, body(r, v))
}

func (p *pages) check(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	k := place.Check{On: f.Day("on", web.Required), Until: f.Day("until", web.Required), Inspector: f.Text("inspector", web.Required, web.Max(30)), Note: f.Text("note", web.Lines, web.Max(500))}
	for _, item := range childcare.CheckItems {
		k.Items = append(k.Items, place.CheckItem{Item: item, Passed: f.Bool("item_" + item), Note: f.Text("note_"+item, web.Max(200))})
	}
	if f.Err() == nil {
		err := p.s.CheckSite(r.Context(), r.Actor, which, k)
		if err == nil {
			return r.Redirect(w, atDeskURL(which), "care.done.check")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showForm(w, r, f, "care.check", checkBody)
}

func (p *pages) askEnter(w http.ResponseWriter, r *web.Request) error {
	return p.showForm(w, r, web.ReadValues(nil), "care.enter", enterBody)
}

// enter takes what came on paper or by telephone, and shows the same screen for the next.
func (p *pages) enter(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	way := enrolment.Way(f.Choice("way", []string{string(enrolment.Paper), string(enrolment.Phone)}, web.Required))
	j := childcare.Joining{Class: which, Group: f.Int("group", 0, 99), Photo: f.Bool("photo"), Agreed: f.Bool("agreed")}
	signer, children := f.Text("signer", web.Required, web.Halfwidth, web.Max(40)), strings.Fields(f.Text("children", web.Required, web.Lines, web.Halfwidth, web.Max(200)))
	if f.Err() == nil {
		adult, kids, err := p.s.ByPaper(r.Context(), r.Actor, which, signer, children)
		if err == nil {
			j.Children = kids
			var got childcare.Joined
			if got, err = p.s.EnterSignUp(r.Context(), r.Actor, j, way, adult); err == nil {
				return r.Redirect(w, atDeskURL(which)+"/enter", "care.entered", "turn", got.Key.Turn, "state", r.L.T("enrolment.state."+string(got.State)))
			}
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showForm(w, r, f, "care.enter", enterBody)
}

func (v atDesk) groups(r *web.Request) []ui.Option {
	return joining{Prepared: childcare.Prepared{Shown: v.Shown}, form: v.form}.groups(r)
}

// hint says how full a class is.
func (v atDesk) hint(r *web.Request) string {
	if v.Roll.ID.IsZero() {
		return ""
	}
	return r.L.T("care.held_of", "held", v.Roll.Held, "places", v.Roll.Places)
}

// sized is the form of a class's size, as it is or as it was typed.
func (v atDesk) sized() *web.Form {
	if v.form.Has("places") {
		return v.form
	}
	f := web.ReadValues(nil)
	f.Fill("places", strconv.FormatInt(v.Places, 10))
	f.Fill("adults", strconv.FormatInt(v.Adults, 10))
	return f
}

func (v atDesk) moveURL(p childcare.Entry, step string) string {
	return atDeskURL(v.ID) + "/turn/" + strconv.FormatInt(p.Turn, 10) + "/" + step
}
