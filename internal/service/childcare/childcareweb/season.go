package childcareweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
)

// seasonForm is the page on which a season is written, or a draft changed.
type seasonForm struct {
	form   *web.Form
	orgs   []org.Node
	action string
	draft  childcare.OneSeason // zero for a new one
}

func (p *pages) askSeason(w http.ResponseWriter, r *web.Request) error {
	f := web.ReadValues(nil)
	for name, value := range map[string]string{"mode": "lottery", "largest": "40", "per_adult": "10", "paper": "120", "most": "2", "offer": "24", "quota": "0", "opens_at": "10:00", "closes_at": "18:00"} {
		f.Fill(name, value)
	}
	return p.showSeasonForm(w, r, f)
}

func (p *pages) showSeasonForm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	orgs, err := p.s.Districts(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("care.new_season"), r.L.T("care.new_season_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: page.Title}}
	return p.putSeasonForm(w, r, page, seasonForm{form: f, orgs: orgs, action: deskURL + "/new"})
}

func (p *pages) putSeasonForm(w http.ResponseWriter, r *web.Request, page ui.Page, v seasonForm) error {
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, seasonFormBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, seasonFormBody(r, v))
}

// draft finds a draft that the viewer may change.
func (p *pages) draft(r *web.Request) (x childcare.OneSeason, err error) {
	which, err := seasonID(r)
	if err != nil {
		return x, err
	}
	if x, err = p.s.DeskSeason(r.Context(), r.Actor, which); err != nil {
		return x, err
	}
	if err := r.Actor.Must(childcare.Plan, x.District.Path); err != nil {
		return x, err
	}
	if x.State != edition.Draft {
		return x, errs.New(errs.Conflict, "edition.not_draft", nil)
	}
	return x, nil
}

func (p *pages) askEdit(w http.ResponseWriter, r *web.Request) error {
	x, err := p.draft(r)
	if err != nil {
		return err
	}
	return p.showEdit(w, r, x, written(r, x))
}

func (p *pages) showEdit(w http.ResponseWriter, r *web.Request, x childcare.OneSeason, f *web.Form) error {
	page := p.doors.Office(r, r.L.T("care.edit_season"), x.Title)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: x.Title, Href: seasonURL(x.ID)}, {Label: page.Title}}
	return p.putSeasonForm(w, r, page, seasonForm{form: f, orgs: []org.Node{x.District}, action: seasonURL(x.ID) + "/edit", draft: x})
}

// written is a form that holds what a season says.
func written(r *web.Request, x childcare.OneSeason) *web.Form {
	f := web.ReadValues(nil)
	clock := func(name string, micro int64) {
		t := at(micro).In(r.L.Zone())
		f.Fill(name, day.Of(t, r.L.Zone()).String())
		f.Fill(name+"_at", t.Format("15:04"))
	}
	for name, n := range map[string]int64{"paper": x.Paper, "quota": x.Quota, "most": x.Most, "offer": x.OfferFor / 60, "largest": x.Largest, "per_adult": x.PerAdult, "_v": x.EditedAt} {
		f.Fill(name, strconv.FormatInt(n, 10))
	}
	for name, s := range map[string]string{
		"title": x.Title, "kind": string(x.Kind), "org": x.Org.String(), "says": x.Says, "mode": string(x.Mode), "first": x.First.String(), "last": x.Last.String(),
	} {
		f.Fill(name, s)
	}
	clock("opens", x.Opens)
	clock("closes", x.Closes)
	var groups []string
	for _, g := range x.Groups {
		line := g.Label
		if g.Points != 0 {
			line += " | " + strconv.FormatInt(g.Points, 10)
		}
		groups = append(groups, line)
	}
	f.Fill("groups", strings.Join(groups, "\n"))
	return f
}

// edit changes a draft.
func (p *pages) edit(w http.ResponseWriter, r *web.Request) error {
	before, err := p.draft(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	x := readSeason(r, f)
	x.ID = before.ID
	if f.Err() == nil {
		err := p.s.EditSeason(r.Context(), r.Actor, x, f.Version())
		if err == nil {
			return r.Redirect(w, seasonURL(x.ID), "care.done.edit")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showEdit(w, r, before, f)
}

// keep is the name under which the browser keeps what is typed; a draft on the server needs none.
func (v seasonForm) keep() string {
	if v.draft.ID.IsZero() {
		return "care-season"
	}
	return ""
}

func (v seasonForm) districts() []ui.Option {
	all := make([]ui.Option, len(v.orgs))
	for i, o := range v.orgs {
		all[i] = ui.Option{Value: o.ID.String(), Label: o.Name, Selected: v.form.Raw("org") == o.ID.String() || len(v.orgs) == 1}
	}
	return all
}

// instant reads a day and an hour of the city's clock; microseconds UTC, 0 where either is missing.
func instant(r *web.Request, f *web.Form, dayName, clockName string) int64 {
	return f.Instant(clockName, "care.clock", f.Day(dayName, web.Required), r.L.Zone())
}

func texts[T ~string](all []T) []string {
	s := make([]string, len(all))
	for i, v := range all {
		s[i] = string(v)
	}
	return s
}

// readSeason reads what was typed of a season.
func readSeason(r *web.Request, f *web.Form) childcare.Season {
	x := childcare.Season{
		Kind: childcare.Kind(f.Choice("kind", texts(childcare.Kinds), web.Required)), Largest: f.Int("largest", 1, childcare.HardLargest, web.Required),
		PerAdult: f.Int("per_adult", 1, childcare.HardPerAdult, web.Required),
	}
	x.Edition = edition.Edition{
		Org: web.ID[org.Node](f, "org", web.Required), Title: f.Text("title", web.Required, web.Max(60)), Says: f.Text("says", web.Lines, web.Max(1000)),
		Mode: edition.Mode(f.Choice("mode", texts(edition.Modes), web.Required)), Opens: instant(r, f, "opens", "opens_at"), Closes: instant(r, f, "closes", "closes_at"),
		Paper: f.Int("paper", 0, edition.MostPaper), First: f.Day("first", web.Required), Last: f.Day("last", web.Required), Quota: f.Int("quota", 0, edition.MaxQuota),
		Most: f.Int("most", 1, edition.MostAtATime, web.Required), OfferFor: 60 * f.Int("offer", 1, edition.MostOffer/60, web.Required),
	}
	x.Groups = readGroups(f)
	return x
}

func (p *pages) addSeason(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := readSeason(r, f)
	if f.Err() == nil {
		made, err := p.s.AddSeason(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, seasonURL(made), "care.done.season")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showSeasonForm(w, r, f)
}

// readGroups reads a group from each line, its points behind a bar where it has any: 留守儿童 | 10.
func readGroups(f *web.Form) (all []edition.Group) {
	for line := range strings.Lines(f.Text("groups", web.Lines, web.Max(1000))) {
		label, points, _ := strings.Cut(strings.NewReplacer("｜", "|").Replace(strings.TrimSpace(line)), "|")
		if label = strings.TrimSpace(label); label == "" {
			continue
		}
		g := edition.Group{No: int64(len(all) + 1), Label: label}
		if points = strings.TrimSpace(points); points != "" {
			n, err := strconv.ParseInt(points, 10, 32)
			if err != nil {
				f.Fail("groups", "edition.groups", nil)
			}
			g.Points = n
		}
		all = append(all, g)
	}
	return all
}

// oneSeason is the page of a season.
type oneSeason struct {
	childcare.OneSeason
	form *web.Form
	now  int64
	may  bool // change it
}

func (p *pages) season(w http.ResponseWriter, r *web.Request) error {
	return p.showSeason(w, r, web.ReadValues(nil))
}

func (p *pages) showSeason(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := seasonID(r)
	if err != nil {
		return err
	}
	v := oneSeason{form: f, now: r.Now.UnixMicro()}
	if v.OneSeason, err = p.s.DeskSeason(r.Context(), r.Actor, which); err != nil {
		return err
	}
	v.may = r.Actor.Can(childcare.Plan, v.District.Path)
	page := p.doors.Office(r, v.Title, v.Says)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: v.Title}}
	if v.may && v.State == edition.Draft {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("care.edit_season"), Icon: "edit", Href: seasonURL(v.ID) + "/edit"})
	}
	if r.Actor.May(childcare.Propose) && v.State != edition.Cancelled {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("care.propose"), Icon: "plus", Href: seasonURL(v.ID) + "/class", Primary: true})
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, seasonBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, seasonBody(r, v))
}

func (v oneSeason) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("care.state"), Part: enrolmentweb.EditionState(r, v.State)},
		{Label: l.T("care.field.kind"), Value: l.T("care.kind." + string(v.Kind))},
		{Label: l.T("care.field.mode"), Value: l.T("edition.mode." + string(v.Mode))},
		{Label: l.T("care.field.opens"), Value: l.Time(at(v.Opens))},
		{Label: l.T("care.field.closes"), Value: l.Time(at(v.Closes)), Note: paperNote(r, v.Paper)},
		{Label: l.T("care.runs"), Value: l.Date(v.First) + " – " + l.Date(v.Last)},
		{Label: l.T("care.field.org"), Value: v.District.Name},
		{Label: l.T("care.field.largest"), Value: l.Int(v.Largest)},
		{Label: l.T("care.field.per_adult"), Value: l.Int(v.PerAdult)},
		{Label: l.T("care.field.most"), Value: l.Int(v.Most)},
		{Label: l.T("care.field.offer"), Value: l.T("care.hours_n", "n", v.OfferFor/60)},
		{Label: l.T("care.field.quota"), Value: l.T("care.used_of", "used", v.Used, "quota", quota(r, v.Quota))},
	}
	for _, g := range v.Groups {
		all = append(all, ui.Fact{Label: l.T("care.group_n", "n", g.No), Value: g.Label, Note: points(r, v.Mode, g.Points)})
	}
	if v.Draw.Commitment != "" {
		all = append(all, ui.Fact{Label: l.T("care.draw.seed_hash"), Part: ui.Code(v.Draw.Commitment), Wide: true}, ui.Fact{Label: l.T("care.draw.source"), Value: v.Draw.Source, Note: v.Draw.Public, Wide: true})
	}
	return all
}

func quota(r *web.Request, n int64) string {
	if n == 0 {
		return r.L.T("care.no_quota")
	}
	return r.L.Int(n)
}

func points(r *web.Request, m edition.Mode, n int64) string {
	if m != edition.Score {
		return ""
	}
	return r.L.T("care.points_n", "n", n)
}

func (v oneSeason) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Lines))
	for i, c := range v.Lines {
		held := ui.Cell{}
		if !c.Roll.ID.IsZero() {
			held.Text = l.T("care.held_of", "held", c.Roll.Held, "places", c.Roll.Places)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: c.Title, Href: atDeskURL(c.ID)},
			{Part: ui.Code(c.Serial)},
			{Text: c.At.Name + " · " + c.Site.Name},
			{Text: l.Int(c.Places)},
			held,
			{Text: l.Int(c.Roll.Turn)},
			{Part: classState(r, c.State)},
		}}
	}
	return ui.Table{ID: "classes", Label: l.T("care.classes"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("care.class"), Kind: ui.Title},
		{Head: l.T("care.serial"), Kind: ui.Serial},
		{Head: l.T("care.site")},
		{Head: l.T("care.field.places"), Kind: ui.Number},
		{Head: l.T("care.given"), Kind: ui.Short},
		{Head: l.T("care.turns"), Kind: ui.Number},
		{Head: l.T("care.state"), Kind: ui.Short},
	}}
}

// turnSeason takes a season a step on: publish, move, end, public.
func (p *pages) turnSeason(w http.ResponseWriter, r *web.Request) error {
	which, err := seasonID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	switch step := r.PathValue("step"); step {
	case "publish":
		err = p.s.PublishSeason(r.Context(), r.Actor, which, f.Text("source", web.Max(100)))
	case "move":
		opens, closes := instant(r, f, "opens", "opens_at"), instant(r, f, "closes", "closes_at")
		err = p.s.MoveSeason(r.Context(), r.Actor, which, f.Version(), opens, closes)
	case "end":
		err = p.s.CancelSeason(r.Context(), r.Actor, which, f.Text("reason", web.Max(200)))
	case "public":
		err = p.s.TellPublic(r.Context(), r.Actor, which, f.Text("public", web.Halfwidth, web.Max(100)))
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil {
		return r.Redirect(w, seasonURL(which), "care.done."+r.PathValue("step"))
	}
	if !f.Blame(err) {
		return err
	}
	return p.showSeason(w, r, f)
}

// classForm is the page on which a class is proposed.
type classForm struct {
	season childcare.OneSeason
	form   *web.Form
	sites  []place.Row
	words  string
}

func (p *pages) askClass(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	for name, value := range map[string]string{"age_from": "6", "age_to": "12", "places": "30", "adults": "4"} {
		if !f.Has(name) {
			f.Fill(name, value)
		}
	}
	return p.showClassForm(w, r, f)
}

func (p *pages) showClassForm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := seasonID(r)
	if err != nil {
		return err
	}
	v := classForm{form: f, words: strings.TrimSpace(f.Raw("find"))}
	if v.sites, err = p.s.Sites(r.Context(), r.Actor, v.words); err != nil {
		return err
	}
	if v.season, err = p.s.DeskSeason(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("care.propose"), v.season.Title)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: v.season.Title, Href: seasonURL(which)}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, classFormBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, classFormBody(r, v))
}

func (v classForm) options() []ui.Option {
	all := make([]ui.Option, len(v.sites))
	for i, s := range v.sites {
		all[i] = ui.Option{Value: s.ID.String(), Label: s.Name + "（" + s.OrgName + "）", Selected: v.form.Raw("place") == s.ID.String() || len(v.sites) == 1}
	}
	return all
}

func (p *pages) propose(w http.ResponseWriter, r *web.Request) error {
	which, err := seasonID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	c := childcare.Class{
		Edition: which, Place: web.ID[place.Place](f, "place", web.Required), Title: f.Text("title", web.Required, web.Max(60)), Says: f.Text("says", web.Lines, web.Max(1000)),
		Hours: f.Text("hours", web.Required, web.Max(60)), AgeFrom: f.Int("age_from", 3, 17, web.Required), AgeTo: f.Int("age_to", 3, 17, web.Required),
		Places: f.Int("places", 1, childcare.HardLargest, web.Required), Adults: f.Int("adults", 1, 45, web.Required), Lead: f.Text("lead", web.Required, web.Max(30)),
	}
	if f.Err() == nil {
		made, err := p.s.ProposeClass(r.Context(), r.Actor, c)
		if err == nil {
			return r.Redirect(w, atDeskURL(made), "care.done.propose")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showClassForm(w, r, f)
}

// paperNote says for how long after the end what came on paper is entered.
func paperNote(r *web.Request, minutes int64) string {
	if minutes%60 == 0 {
		return r.L.T("care.paper_hours", "hours", minutes/60)
	}
	return r.L.T("care.paper_note", "minutes", minutes)
}
