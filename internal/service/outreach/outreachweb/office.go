package outreachweb

import (
	"net/http"
	"strconv"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/outreach"
)

// writing is the page on which an event is written.
type writing struct {
	outreach.Event
	homes []org.Node
	form  *web.Form
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	return p.showNew(w, r, web.ReadValues(nil))
}

func (p *pages) showNew(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := writing{form: f}
	if v.homes, err = p.s.Homes(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("outreach.do_new"), r.L.T("outreach.new_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("outreach.list"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, writeBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, writeBody(r, v))
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	g := read(r, f)
	web.ID[org.Node](f, "org", web.Required)
	if f.Err() == nil {
		made, err := p.s.Draw(r.Context(), r.Actor, g)
		if err == nil {
			return r.Redirect(w, under(home, made, ""), "outreach.done.new")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showNew(w, r, f)
}

func (p *pages) askEdit(w http.ResponseWriter, r *web.Request) error {
	return p.showEdit(w, r, web.ReadValues(nil))
}

func (p *pages) showEdit(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	got, err := p.s.Look(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	if err := r.Actor.Must(outreach.Hold, got.At.Path); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("outreach.do_edit"), got.Serial)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("outreach.list"), Href: home}, {Label: got.Title, Href: under(home, which, "")}, {Label: page.Title}}
	v := writing{Event: got.Event, form: f}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, writeBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, writeBody(r, v))
}

func (p *pages) takeEdit(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	g := read(r, f)
	if f.Err() == nil {
		err := p.s.Edit(r.Context(), r.Actor, which, f.Version(), g)
		if err == nil {
			return r.Redirect(w, under(home, which, ""), "outreach.done.edit")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showEdit(w, r, f)
}

func (v writing) homeOptions() (all []ui.Option) {
	for _, n := range v.homes {
		all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: v.form.Raw("org") == n.ID.String() || len(v.homes) == 1})
	}
	return all
}

func (v writing) action() string {
	if v.ID.IsZero() {
		return home + "/new"
	}
	return under(home, v.ID, "edit")
}

// at gives a part of an instant as the form has it.
func (v writing) at(r *web.Request, instant int64, layout string) string {
	if instant == 0 {
		return ""
	}
	return moment(instant).In(r.L.Zone()).Format(layout)
}

func (v writing) closes(r *web.Request) string {
	if v.Closes == 0 || v.Closes == v.Starts {
		return ""
	}
	return v.at(r, v.Closes-1, time.DateOnly)
}

// held is an event as its officers see it.
type held struct {
	outreach.Page
	form *web.Form
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	v := held{form: f}
	if v.Page, err = p.s.Look(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("outreach.list"), Href: home}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, oneBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, oneBody(r, v))
}

func (v held) document(r *web.Request) ui.Document {
	l := r.L
	c := places(r, v.Event, v.Now)
	d := ui.Document{
		Title: v.Title, Serial: v.Serial, Sub: l.T("outreach.kind."+v.Kind) + " · " + v.At.Name,
		Facts: []ui.Fact{{Label: l.T("outreach.when"), Value: when(r, v.Event)}, {Label: l.T("outreach.field.place"), Value: v.Place}, {Label: l.T("outreach.state"), Part: c.Part}},
	}
	if v.May[outreach.Door] && v.State == outreach.Published {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("outreach.door"), Icon: "user-check", Href: under(home, v.ID, "door"), Primary: v.Now < v.Ends})
	}
	if v.May[outreach.Hold] && v.State == outreach.Draft {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("outreach.do_publish"), Icon: "check", Href: under(home, v.ID, "publish"), Post: true, Key: web.NewKey(), Primary: true})
	}
	if v.May[outreach.Hold] && v.State != outreach.Cancelled && v.Now < v.Starts {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("outreach.do_edit"), Icon: "edit", Href: under(home, v.ID, "edit")})
	}
	if v.State == outreach.Published {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("outreach.to_public"), Icon: "eye", Href: under(open, v.ID, "")})
	}
	d.Actions = append(d.Actions, ui.Action{Label: l.T("outreach.print"), Icon: "printer", Print: true})
	return d
}

// report is what an event comes to.
func (v held) report(r *web.Request) []ui.Figure {
	l := r.L
	answered := int64(0)
	for _, x := range v.Questions {
		if x.ShownAt > 0 {
			answered++
		}
	}
	places := l.T("outreach.no_bound")
	if v.Seats > 0 {
		places = l.T("outreach.of_seats", "n", v.Seats)
	}
	return []ui.Figure{
		{Label: l.T("outreach.sum.signed"), Value: l.Int(v.Signed - v.Walked), Note: places},
		{Label: l.T("outreach.came_of"), Value: l.Int(v.Came), Note: l.T("outreach.of_taken", "n", v.Taken)},
		{Label: l.T("outreach.walked"), Value: l.Int(v.Walked)},
		{Label: l.T("outreach.sum.asked"), Value: l.Int(int64(len(v.Questions))), Note: l.T("outreach.n_shown", "n", answered)},
	}
}

func (v held) guests(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, g := range v.Guests {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: guestName(r, g)}, guestState(r, g), {Text: orDash(g.Phone)}, {Text: l.Time(moment(g.MadeAt))}}})
	}
	phone := l.T("outreach.phone_end")
	if v.State == outreach.Cancelled {
		phone = l.T("outreach.field.phone")
	}
	return ui.Table{ID: "guests", Label: l.T("outreach.guests"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("outreach.field.name"), Kind: ui.Title}, {Head: l.T("outreach.state"), Kind: ui.Short}, {Head: phone, Kind: ui.Serial}, {Head: l.T("outreach.signed_at"), Kind: ui.Short},
	}}
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func guestName(r *web.Request, g outreach.Guest) string {
	switch {
	case g.Name != "":
		return g.Name
	case g.State == outreach.Walked:
		return r.L.T("outreach.nameless", "n", g.No)
	}
	return r.L.T("outreach.number", "n", g.No)
}

func guestState(r *web.Request, g outreach.Guest) ui.Cell {
	switch {
	case g.State == outreach.Withdrawn:
		return ui.Cell{Part: ui.State(ui.Hold, "circle-minus", r.L.T("outreach.guest.withdrawn"))}
	case g.State == outreach.Walked:
		return ui.Cell{Part: ui.State(ui.OK, "circle-check", r.L.T("outreach.guest.walked"))}
	case g.CameAt > 0:
		return ui.Cell{Part: ui.State(ui.OK, "circle-check", r.L.T("outreach.guest.here"))}
	}
	return ui.Cell{Part: ui.State(ui.Plain, "clock", r.L.T("outreach.guest.coming"))}
}

func (v held) questions(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Questions {
		what := ui.Cell{Part: ui.State(ui.Soon, "clock", l.T("outreach.question.open"))}
		switch {
		case x.Dropped > 0:
			what = ui.Cell{Part: ui.State(ui.Hold, "circle-minus", l.T("outreach.question.dropped"))}
		case x.ShownAt > 0:
			what = ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("outreach.question.shown"))}
		case x.Answer != "":
			what = ui.Cell{Part: ui.State(ui.Soon, "edit", l.T("outreach.question.answered"))}
		case !x.Matter.IsZero():
			what = ui.Cell{Part: ui.State(ui.Plain, "progress", l.T("outreach.question.given")), After: x.Desk.Name}
		}
		from := l.T("outreach.heard")
		if x.Guest > 0 {
			from = l.T("outreach.number", "n", x.Guest)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: x.Text, Href: under(home, v.ID, "questions/"+x.Question.ID.String())}, what, {Text: from}}})
	}
	return ui.Table{ID: "questions", Label: l.T("outreach.questions"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("outreach.question"), Kind: ui.Title}, {Head: l.T("outreach.state"), Kind: ui.Short}, {Head: l.T("outreach.asked_by"), Kind: ui.Short},
	}}
}

func (p *pages) publish(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	return p.redirected(w, r, p.s.Publish(r.Context(), r.Actor, which), under(home, which, ""), "outreach.done.publish")
}

func (p *pages) cancel(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	reason := f.Text("reason", web.Max(200))
	if err := p.s.Cancel(r.Context(), r.Actor, which, reason); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showOne(w, r, f)
	}
	return r.Redirect(w, under(home, which, ""), "outreach.done.cancel")
}

// door is the list at the entrance, for a phone in one hand.
func (p *pages) door(w http.ResponseWriter, r *web.Request) error {
	return p.showDoor(w, r, web.ReadValues(nil))
}

func (p *pages) showDoor(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	v := held{form: f}
	if v.Page, err = p.s.Look(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if err := r.Actor.Must(outreach.Door, v.At.Path); err != nil {
		return err
	}
	page := p.doors.Bare(r, v.Title, r.L.T("outreach.door_says", "here", v.Came+v.Walked, "taken", v.Taken))
	page.Back = under(home, which, "")
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Field, page, doorBody(r, v))
	}
	return door.Show(w, r, ui.Field, page, doorBody(r, v))
}

// expected are those who signed up, whoever has not come yet first.
func (v held) expected() (all []outreach.Guest) {
	for _, here := range []bool{false, true} {
		for _, g := range v.Guests {
			if g.State == outreach.Coming && (g.CameAt > 0) == here {
				all = append(all, g)
			}
		}
	}
	return all
}

func (p *pages) atDoor(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	anchor := ""
	switch no, bad := strconv.ParseInt(f.Raw("no"), 10, 64); {
	case f.Has("walk"):
		name := f.Text("name", web.Max(40))
		if err = f.Err(); err == nil {
			err = p.s.WalkIn(r.Context(), r.Actor, which, name)
		}
	case bad != nil:
		return errs.New(errs.Absent, "errs.absent", nil)
	default:
		err, anchor = p.s.Come(r.Context(), r.Actor, which, no, f.Raw("do") != "undo"), "#door"
	}
	if err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showDoor(w, r, f)
	}
	return r.Redirect(w, under(home, which, "door")+anchor, "")
}

func (p *pages) heard(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err := p.s.Heard(r.Context(), r.Actor, which, f.Text("text", web.Lines, web.Max(500))); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showDoor(w, r, f)
	}
	return r.Redirect(w, under(home, which, "door"), "outreach.done.heard")
}
