package childcareweb

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
)

// classes is the public list.
type classes struct {
	seasons  []edition.Edition
	got      childcare.OneSeason // zero where nothing is published
	district org.ID
	outlines []org.Outline
	assets   *ui.Assets
	now      int64
}

// read finds the season and the district that an address names.
func (p *pages) read(r *web.Request) (v classes, err error) {
	v = classes{now: r.Now.UnixMicro(), assets: p.doors.Assets}
	if v.seasons, err = p.s.Seasons(r.Context(), r.City); err != nil {
		return v, err
	}
	f := web.Read(r)
	v.district = web.ID[org.Node](f, "at")
	which := web.ID[edition.Edition](f, "season")
	if which.IsZero() && len(v.seasons) > 0 {
		which = v.seasons[0].ID
	}
	if !which.IsZero() {
		v.got, err = p.s.Classes(r.Context(), r.City, which)
	}
	return v, err
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if len(v.lines()) > 0 {
		if v.outlines, err = p.s.Outlines(r.Context(), r.City, v.district); err != nil {
			return err
		}
	}
	page := p.doors.Public(r, r.L.T("care.title"), r.L.T("care.purpose"))
	page.Actions = []ui.Action{{Label: r.L.T("care.mine"), Icon: "user", Href: myURL}}
	if len(v.lines()) > 0 {
		page.Scripts = []string{"map"}
	}
	return door.Show(w, r, ui.Public, page, listBody(r, v))
}

// filters are the list's drop-downs.
func (v classes) filters(r *web.Request) ui.Filters {
	season := ui.Filter{Name: "season", Label: r.L.T("care.season")}
	for _, e := range v.seasons {
		season.Options = append(season.Options, ui.Option{Value: e.ID.String(), Label: e.Title, Selected: e.ID == v.got.ID})
	}
	at := ui.Filter{Name: "at", Label: r.L.T("care.district"), Options: []ui.Option{{Label: r.L.T("care.everywhere"), Selected: v.district.IsZero()}}}
	seen := map[org.ID]bool{}
	for _, c := range v.got.Lines {
		if d := c.District; !d.ID.IsZero() && !seen[d.ID] {
			seen[d.ID] = true
			at.Options = append(at.Options, ui.Option{Value: d.ID.String(), Label: d.Name, Selected: d.ID == v.district})
		}
	}
	return ui.Filters{Action: listURL, Filters: []ui.Filter{season, at}}
}

// table is the classes by district, with places left.
func (v classes) table(r *web.Request) ui.Table {
	l := r.L
	t := ui.Table{ID: "classes", Label: l.T("care.classes"), Columns: []ui.Column{
		{Head: l.T("care.class"), Kind: ui.Title},
		{Head: l.T("care.site")},
		{Head: l.T("care.field.hours")},
		{Head: l.T("care.ages"), Kind: ui.Short},
		{Head: l.T("care.left"), Kind: ui.Short},
	}}
	at := map[org.ID]int{}
	for _, c := range v.lines() {
		i, known := at[c.District.ID]
		if !known {
			i = len(t.Groups)
			at[c.District.ID] = i
			t.Groups = append(t.Groups, ui.Group{Title: c.District.Name})
		}
		g := &t.Groups[i]
		g.Rows = append(g.Rows, ui.Row{Cells: []ui.Cell{
			{Text: c.Title, Href: classURL(c.ID)},
			{Text: c.At.Name + " · " + c.Site.Name},
			{Text: c.Hours},
			{Text: ages(r, c.Class)},
			{Part: left(r, c.Roll)},
		}})
		g.Count = l.T("care.n_classes", "n", len(g.Rows))
	}
	return t
}

func ages(r *web.Request, c childcare.Class) string {
	return r.L.T("care.from_to", "from", c.AgeFrom, "to", c.AgeTo)
}

// left says in a few words what there is to be had on a roll.
func left(r *web.Request, roll enrolment.Roll) templ.Component {
	return enrolmentweb.Left(r, roll, "care.is.")
}

// oneClass is the page of one class.
type oneClass struct {
	childcare.Shown
	now int64
}

// full tells whether who signs up now waits behind others.
func (v oneClass) full() bool { return v.Roll.Mode == edition.FirstCome && v.Roll.Left() <= 0 }

func (p *pages) class(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	got, err := p.s.View(r.Context(), r.City, which)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, got.Title, "")
	page.Plain = true
	return door.Show(w, r, ui.Public, page, classBody(r, oneClass{got, r.Now.UnixMicro()}))
}

// phase is how far sign-up has come.
func (v oneClass) phase() string {
	switch {
	case v.State == childcare.Cancelled:
		return "cancelled"
	case v.now < v.Roll.Opens:
		return "before"
	case v.now < v.Roll.Closes && v.Roll.Standing == enrolment.Open:
		return "open"
	}
	return "after"
}

// drawStep says where a draw stands, as a message key's end.
func (v oneClass) drawStep() string {
	switch {
	case v.Roll.Standing == enrolment.Settled:
		return "drawn"
	case v.Roll.Standing == enrolment.Listed && v.Season.Draw.Public != "":
		return "drawing"
	case v.Roll.Standing == enrolment.Listed:
		return "listed"
	}
	return "to_come"
}

func (v oneClass) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("care.field.hours"), Value: v.Hours},
		{Label: l.T("care.runs"), Value: l.Date(v.Season.First) + " – " + l.Date(v.Season.Last)},
		{Label: l.T("care.ages"), Value: ages(r, v.Class)},
		{Label: l.T("care.site"), Value: v.At.Name + " · " + v.Site.Name, Note: v.Site.Address},
		{Label: l.T("care.field.lead"), Value: v.Lead},
		{Label: l.T("care.adults_n"), Value: l.T("care.adults_says", "adults", v.Adults, "places", v.Places)},
		{Label: l.T("care.serial"), Value: v.Serial},
	}
	return all
}

// draw answers with the published file, as the program `plan lottery --check` reads it.
func (p *pages) draw(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	f, c, err := p.s.File(r.Context(), r.City, which)
	if err != nil {
		return err
	}
	return enrolmentweb.ServeDraw(w, c.Serial, f)
}

// joining is the page on which children are signed up.
type joining struct {
	childcare.Prepared
	form *web.Form
	now  int64
}

func (p *pages) askJoin(w http.ResponseWriter, r *web.Request) error {
	return p.showJoin(w, r, web.ReadValues(nil))
}

func (p *pages) showJoin(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v := joining{form: f, now: r.Now.UnixMicro()}
	if v.Prepared, err = p.s.Prepare(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("care.join"), v.Title)
	page.Crumbs = []ui.Crumb{{Label: v.Title, Href: classURL(v.ID)}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, joinBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, joinBody(r, v))
}

// options are the children, as boxes to tick.
func (v joining) options(r *web.Request) []ui.Option {
	var all []ui.Option
	for _, c := range v.Children {
		o := ui.Option{Value: c.ID.String(), Label: c.Name, Selected: v.form.Ticked("child", c.ID.String()) || len(v.Children) == 1}
		if !c.Born.IsZero() {
			o.Help = r.L.T("care.years", "n", c.Born.Age(v.First, day.BirthdayCounts))
		}
		if _, on := v.OnRoll[c.ID]; on {
			o.Disabled, o.Selected, o.Help = true, false, r.L.T("care.on_roll")
		}
		all = append(all, o)
	}
	return all
}

func (v joining) groups(r *web.Request) []ui.Option {
	all := []ui.Option{{Value: "0", Label: r.L.T("care.no_group"), Selected: v.form.Raw("group") == "" || v.form.Raw("group") == "0"}}
	for _, g := range v.Season.Groups {
		n := strconv.FormatInt(g.No, 10)
		all = append(all, ui.Option{Value: n, Label: g.Label, Selected: v.form.Raw("group") == n})
	}
	return all
}

// readJoining reads what was ticked; children by their ids.
func readJoining(r *web.Request, f *web.Form, which childcare.ID) childcare.Joining {
	j := childcare.Joining{Class: which, Group: f.Int("group", 0, 99), Photo: f.Bool("photo"), Agreed: f.Bool("agreed")}
	for _, one := range r.PostForm["child"] {
		child, err := id.Parse[person.Person](one)
		if err != nil {
			f.Fail("child", "field.choice", nil)
			break
		}
		j.Children = append(j.Children, child)
	}
	if len(j.Children) == 0 {
		f.Fail("child", "care.which_child", nil)
	}
	return j
}

func (p *pages) join(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	j := readJoining(r, f, which)
	if f.Err() == nil {
		got, err := p.s.SignUp(r.Context(), r.Actor, j)
		if err == nil {
			return r.Redirect(w, childcare.MyURL(got.Key), "care.joined."+string(got.State))
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showJoin(w, r, f)
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("care.mine"), r.L.T("care.mine_says"))
	page.Actions = []ui.Action{{Label: r.L.T("care.calendar"), Icon: "calendar", Href: "/my/calendar"}, {Label: r.L.T("care.classes"), Icon: "list", Href: listURL}}
	return door.Show(w, r, ui.Public, page, mineBody(r, all))
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	v, err := p.s.One(r.Context(), r.Actor, k)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, v.Class.Title, "")
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.mine"), Href: myURL}, {Label: v.Class.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, oneBody(r, v, f))
	}
	return door.Show(w, r, ui.Public, page, oneBody(r, v, f))
}

// move takes an answer to an offer, or a withdrawal.
func (p *pages) move(w http.ResponseWriter, r *web.Request) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	err = p.step(r, k, r.PathValue("step"))
	if err == nil {
		return r.Redirect(w, childcare.MyURL(k), "care.done."+r.PathValue("step"))
	}
	f := web.Read(r)
	if !f.Blame(err) {
		return err
	}
	return p.showOne(w, r, f)
}

func (p *pages) step(r *web.Request, k enrolment.Key, step string) error {
	switch step {
	case "accept":
		return p.s.AcceptPlace(r.Context(), r.Actor, k)
	case "decline":
		return p.s.DeclinePlace(r.Context(), r.Actor, k)
	case "withdraw":
		return p.s.Leave(r.Context(), r.Actor, k)
	}
	return errs.New(errs.Absent, "errs.absent", nil)
}

// names joins the names of a family that the reader sees.
func names(r *web.Request, all []string) string {
	var seen []string
	for _, n := range all {
		if n == "" {
			n = r.L.T("care.other_child")
		}
		seen = append(seen, n)
	}
	return strings.Join(seen, r.L.T("care.and"))
}

// why puts the facts that decided into sentences, the most telling first.
func why(r *web.Request, f childcare.Family) []string {
	l, w := r.L, f.Why
	var all []string
	say := func(key string, args ...any) { all = append(all, l.T("care.why."+key, args...)) }
	if f.Claim.Judged && !f.Claim.So {
		say("claim_not", "note", f.Claim.Note)
	}
	switch w.State {
	case enrolment.Entered:
		say("entered." + string(w.Mode))
		return all
	case enrolment.Merged, enrolment.Dropped, enrolment.Withdrawn, enrolment.Declined, enrolment.Lapsed:
		say(string(w.State))
		return all
	}
	switch w.Mode {
	case edition.FirstCome:
		say("turn", "turn", w.Turn)
	case edition.Lottery:
		say("drawn", "place", w.Place)
		if w.Group < enrolment.LastGroup {
			say("group", "group", w.Group)
		}
	case edition.Score:
		say("points", "place", w.Place, "points", f.Points)
	}
	if w.Found >= 0 {
		say("found", "found", w.Found, "size", w.Size, "places", w.Places)
	}
	switch {
	case w.State == enrolment.Placed && w.Found < w.Size:
		say("moved_up")
	case w.State == enrolment.Placed:
		say("placed")
	case w.State == enrolment.Offered:
		say("offered")
	case w.State == enrolment.Waiting && w.Size > 1:
		say("together", "size", w.Size)
	}
	return all
}
