package volunteeringweb

import (
	"encoding/json"
	"net/http"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/pairing"
)

func termURL(t pairing.ID) string { return pairsURL + "/" + t.String() }

func termID(r *web.Request) (pairing.ID, error) { return id.Parse[pairing.Term](r.PathValue("id")) }

// termList is the terms of a desk, and the form of a new one.
type termList struct {
	all       []pairing.Term
	at        map[org.ID]org.Node
	districts []org.Node
	form      *web.Form
}

func (p *pages) terms(w http.ResponseWriter, r *web.Request) error {
	return p.showTerms(w, r, web.ReadValues(nil))
}

func (p *pages) showTerms(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := termList{form: f}
	if v.all, v.at, err = p.pairs.Terms(r.Context(), r.Actor); err != nil {
		return err
	}
	if r.Actor.May(pairing.Plan) {
		if v.districts, err = p.pairs.Districts(r.Context(), r.Actor); err != nil {
			return err
		}
	}
	pg := p.doors.Office(r, r.L.T("pairing.title"), r.L.T("pairing.says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, termsBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, termsBody(r, v))
}

func (v termList) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.all))
	for i, t := range v.all {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: t.Title, Href: termURL(t.ID)}, {Text: v.at[t.Org].Name}, {Text: l.Date(t.First) + " – " + l.Date(t.Last)}, {Part: termTag(r, t.State)}}}
	}
	return ui.Table{ID: "terms", Label: l.T("pairing.title"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("pairing.field.title"), Kind: ui.Title}, {Head: l.T("pairing.field.org")}, {Head: l.T("pairing.days_head")}, {Head: l.T("volunteer.state"), Kind: ui.Short},
	}}
}

func (p *pages) beginTerm(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	t := pairing.Term{
		Title: f.Text("title", web.Required, web.Max(60)), Org: web.ID[org.Node](f, "org", web.Required), First: f.Day("first", web.Required), Last: f.Day("last", web.Required),
		Reach: 1000 * f.Int("reach", 0, 1000),
	}
	if f.Err() == nil {
		made, err := p.pairs.Begin(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, termURL(made), "pairing.done.begin")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerms(w, r, f)
}

// oneTerm is the page of the pairs of a term.
type oneTerm struct {
	pairing.View
	form      *web.Form
	sites     []place.Row // that can be added, by the words that were looked for
	schematic bool
	assets    *ui.Assets
	today     day.Day
}

func (p *pages) term(w http.ResponseWriter, r *web.Request) error {
	return p.showTerm(w, r, web.ReadValues(nil))
}

func (p *pages) showTerm(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v := oneTerm{form: f, assets: p.doors.Assets, today: day.Of(r.Now, r.L.Zone())}
	if v.View, err = p.pairs.View(r.Context(), r.Actor, which); err != nil {
		return err
	}
	outlines, _, err := p.pairs.Outlines(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	for _, o := range outlines {
		v.schematic = v.schematic || o.Schematic
	}
	if v.May {
		if v.sites, err = p.pairs.Sites(r.Context(), r.Actor, which, web.Read(r).Text("find", web.Max(40))); err != nil {
			return err
		}
	}
	pg := p.doors.Office(r, v.Title, "")
	pg.Plain = true
	pg.Scripts = []string{"map"}
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("pairing.title"), Href: pairsURL}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, termBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, termBody(r, v))
}

func (v oneTerm) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Title, Sub: v.At.Name + " · " + l.Date(v.First) + " – " + l.Date(v.Last), State: l.T("pairing.state." + string(v.State)), Tone: ui.Plain}
	if v.State == pairing.Approved {
		d.Tone = ui.OK
	}
	reach := l.T("pairing.any_way")
	if v.Reach > 0 {
		reach = l.T("pairing.km", "km", l.Int(v.Reach/1000))
	}
	d.Facts = []ui.Fact{
		{Label: l.T("pairing.sum_sites"), Value: l.Int(int64(len(v.Lines)))},
		{Label: l.T("pairing.sum_groups"), Value: l.T("pairing.of_groups", "n", v.paired(), "all", v.paired()+len(v.Homes))},
		{Label: l.T("pairing.sum_lacking"), Value: l.Int(v.lacking())},
		{Label: l.T("pairing.field.reach"), Value: reach},
	}
	d.Actions = []ui.Action{{Label: l.T("pairing.print"), Icon: "printer", Print: true}}
	if v.State == pairing.Approved {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("pairing.to_duties"), Icon: "calendar", Href: dutiesURL(v.ID), Primary: true})
	}
	return d
}

func (v oneTerm) paired() (n int) {
	for _, l := range v.Lines {
		n += len(l.Pairs)
	}
	return n
}

func (v oneTerm) lacking() (n int64) {
	for _, l := range v.Lines {
		n += l.Lacking
	}
	return n
}

// table is the sites with who goes there, those that lack people first.
func (v oneTerm) table(r *web.Request) ui.Table {
	l := r.L
	t := ui.Table{ID: "pairs", Label: l.T("pairing.pairs"), Columns: []ui.Column{
		{Head: l.T("pairing.site"), Kind: ui.Title}, {Head: l.T("pairing.people")}, {Head: l.T("pairing.field.asks")}, {Head: l.T("volunteer.group")}, {Head: l.T("pairing.reasons")}, {Kind: ui.NextAct},
	}}
	for _, x := range v.Lines {
		site := ui.Cell{Text: x.Site.Name, After: x.At.Name}
		people := ui.Cell{Part: peopleTag(r, x)}
		asks := ui.Cell{Text: words(r, "volunteer.skill.", x.Asks.Words(volunteering.Skills))}
		if len(x.Pairs) == 0 {
			t.Groups = append(t.Groups, ui.Group{Rows: []ui.Row{{Cells: []ui.Cell{site, people, asks, {Text: l.T("pairing.nobody")}, {}, {Part: sitePart(r, v, x)}}}}})
			continue
		}
		for i, pair := range x.Pairs {
			row := ui.Row{Sub: i > 0, Cells: []ui.Cell{site, people, asks, {Text: pair.With.Name, After: l.T("pairing.n_people", "n", pair.Size)}, {Part: reasonsPart(r, x, pair)}, {Part: pairPart(r, v, x, pair)}}}
			t.Groups = append(t.Groups, ui.Group{Rows: []ui.Row{row}})
		}
	}
	return t
}

// reasons say what speaks for a pair, and what stands against it today.
func reasons(r *web.Request, x pairing.Line, p pairing.Visit) []string {
	l := r.L
	all := []string{l.T("pairing.reason.way", "km", kilometres(r, p.Metres))}
	if p.Known {
		all = append(all, l.T("pairing.reason.known"))
	}
	if x.Asks != 0 {
		all = append(all, l.T("pairing.reason.skills", "skills", words(r, "volunteer.skill.", x.Asks.Words(volunteering.Skills))))
	}
	if extra := p.With.Skills &^ x.Asks; extra.Has(volunteering.SetOf(volunteering.Skills, []string{"dialect"})) {
		all = append(all, l.T("pairing.reason.dialect"))
	}
	return append(all, l.T("pairing.reason.size", "n", p.Size, "need", x.People))
}

func kilometres(r *web.Request, metres int64) string {
	return strconv.FormatFloat(float64(metres)/1000, 'f', 1, 64)
}

// where are the sites to which a group can be sent by hand, the nearest first.
func (v oneTerm) where(h pairing.Home) []ui.Option {
	all := make([]ui.Option, len(h.Choice))
	for i, c := range h.Choice {
		all[i] = ui.Option{Value: c.String(), Label: v.Names[c]}
	}
	return all
}

func (v oneTerm) siteOptions() []ui.Option {
	all := make([]ui.Option, len(v.sites))
	for i, s := range v.sites {
		all[i] = ui.Option{Value: s.ID.String(), Label: s.OrgName + " · " + s.Name, Selected: v.form.Raw("place") == s.ID.String()}
	}
	return all
}

func (p *pages) planStep(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	f, step := web.Read(r), r.PathValue("step")
	at := func() place.ID { return web.ID[place.Place](f, "place", web.Required) }
	group := func() volunteering.GroupID { return web.ID[volunteering.Group](f, "group", web.Required) }
	var do func() error
	switch step {
	case "want":
		n := pairing.Need{Place: at(), People: f.Int("people", 0, pairing.Most, web.Required), Room: f.Int("room", 1, pairing.Most, web.Required), Asks: volunteering.SetOf(volunteering.Skills, f.Many("asks", volunteering.Skills))}
		do = func() error { return p.pairs.Want(r.Context(), r.Actor, which, n) }
	case "drop":
		x := at()
		do = func() error { return p.pairs.Drop(r.Context(), r.Actor, which, x) }
	case "propose":
		do = func() error { return p.pairs.Propose(r.Context(), r.Actor, which) }
	case "settle":
		g, x := group(), at()
		do = func() error { return p.pairs.Settle(r.Context(), r.Actor, which, g, x) }
	case "forbid":
		g, x := group(), at()
		do = func() error { return p.pairs.Forbid(r.Context(), r.Actor, which, g, x) }
	case "free":
		g := group()
		do = func() error { return p.pairs.Free(r.Context(), r.Actor, which, g) }
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if f.Err() == nil {
		err := do()
		if err == nil {
			return r.Redirect(w, termURL(which), "pairing.done."+step)
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerm(w, r, f)
}

func (p *pages) approve(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err := p.pairs.Approved(r.Context(), r.Actor, which, f.Version()); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showTerm(w, r, f)
	}
	return r.Redirect(w, termURL(which), "pairing.done.approve")
}

func (v oneTerm) version() string { return strconv.FormatInt(v.EditedAt, 10) }

func (v oneTerm) drawing(r *web.Request) ui.Map {
	l := r.L
	return ui.Map{
		ID: "pairs-map", Label: l.T("pairing.map_label", "n", v.paired()), Title: v.Title, Src: termURL(v.ID) + "/map.json", Source: l.T("pairing.map_source", "day", l.Date(v.today)),
		Schematic: v.schematic, Assets: v.assets,
		Legend: ui.Legend{Title: l.T("pairing.legend"), Entries: []ui.LegendEntry{{Class: "site", Label: l.T("pairing.legend_site"), Count: l.Int(int64(len(v.Lines)))}}},
	}
}

// feature is one thing on a map, as GeoJSON (RFC 7946); ui.Map says what its properties mean.
type feature struct {
	Type       string            `json:"type"`
	Properties map[string]string `json:"properties"`
	Geometry   json.RawMessage   `json:"geometry"`
}

func drawn(kind string, geometry json.RawMessage) feature {
	return feature{Type: "Feature", Properties: map[string]string{"kind": kind}, Geometry: geometry}
}

// termMap is the sites of a term, and a line to each from where those who go there set out.
func (p *pages) termMap(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v, err := p.pairs.View(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	outlines, _, err := p.pairs.Outlines(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	all := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{"FeatureCollection", []feature{}}
	for _, o := range outlines {
		all.Features = append(all.Features, drawn("land", json.RawMessage(o.GeoJSON)))
	}
	for _, x := range v.Lines {
		for _, pair := range x.Pairs {
			if from := pair.With.From; from != nil {
				all.Features = append(all.Features, drawn("edge", json.RawMessage(`{"type":"LineString","coordinates":[`+point(*from)+`,`+point(x.Site.At)+`]}`)))
			}
		}
	}
	for _, x := range v.Lines {
		f := drawn("site", json.RawMessage(`{"type":"Point","coordinates":`+point(x.Site.At)+`}`))
		f.Properties["name"] = x.Site.Name
		all.Features = append(all.Features, f)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return r.JSON(w, http.StatusOK, all)
}

// point writes a position to five decimals, about a metre.
func point(at geo.Point) string {
	return "[" + strconv.FormatFloat(at.Lon, 'f', 5, 64) + "," + strconv.FormatFloat(at.Lat, 'f', 5, 64) + "]"
}
