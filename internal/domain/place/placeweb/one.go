package placeweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	var f found
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		f, err = readable(q, r.Actor, r.PathValue("id"))
		return err
	})
	if err != nil {
		return err
	}
	b, err := p.base(r, f.county())
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, f.Name, "")
	pg.Plain = true
	pg.Scripts = []string{"map"}
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("place.list"), Href: home}, {Label: f.Name}}
	return door.Show(w, r, ui.Office, pg, oneBody(r, f, b))
}

func (f found) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: f.Name, Sub: f.Kind, State: l.T("place.open"), Tone: ui.OK, Facts: []ui.Fact{{Label: l.T("place.field.org"), Value: f.org.Name}}}
	if !f.IsOpen() {
		d.State, d.Tone = l.T("place.closed_on", "day", l.Date(f.Closed)), ui.Hold
		return d
	}
	if r.Actor.Can(place.Close, f.org.Path) {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("place.do_close"), Icon: "ban", Href: placeURL(f.ID, "close"), Danger: true})
	}
	if r.Actor.Can(place.Edit, f.org.Path) {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("place.do_edit"), Icon: "edit", Href: placeURL(f.ID, "edit"), Primary: true})
	}
	return d
}

func (f found) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("place.field.name"), Value: f.Name},
		{Label: l.T("place.field.kind"), Value: f.Kind},
		{Label: l.T("place.field.address"), Value: f.Address, Wide: true},
		{Label: l.T("place.field.capacity"), Value: capacity(r, f.Place)},
		{Label: l.T("place.position"), Part: ui.Code(position(f.At))},
		{Label: l.T("place.field.fineness"), Value: l.T("place.fineness." + f.Fineness)},
		{Label: l.T("place.given_in"), Value: l.T("place.crs." + f.CRS)},
		{Label: l.T("place.from"), Value: origin(r, f.Place)},
	}
	if f.EditedAt > 0 {
		all = append(all, ui.Fact{Label: l.T("place.edited"), Value: l.Time(time.UnixMicro(f.EditedAt))})
	}
	return all
}

// origin says where what is known of a place comes from.
func origin(r *web.Request, p place.Place) string {
	if p.Since == 0 {
		return r.L.T("place.by_hand")
	}
	return r.L.T("place.by_delivery", "n", p.Since)
}

// asking is a page with a form: to add a place, to correct one, to close one.
type asking struct {
	step  string // new, edit or close
	at    found
	form  *web.Form
	words string
	found []org.Node
	above map[org.ID]org.Node // of the found, to tell villages of one name apart
	kinds []string
}

var verbOf = map[string]authz.Verb{"new": place.Create, "edit": place.Edit, "close": place.Close}

// load finds what the page is about, and the organisations that answer to the words of its search box.
func (p *pages) load(r *web.Request, step string) (a asking, err error) {
	verb, ok := verbOf[step]
	if !ok {
		return a, errs.New(errs.Absent, "errs.absent", nil)
	}
	a.step, a.form = step, web.Read(r)
	a.words = strings.TrimSpace(a.form.Raw("find"))
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		if step != "new" {
			if a.at, err = readable(q, r.Actor, r.PathValue("id")); err != nil {
				return err
			}
			if err := r.Actor.Must(verb, a.at.org.Path); err != nil {
				return err
			}
		}
		if a.kinds, err = place.Kinds(q); err != nil {
			return err
		}
		if a.found, err = org.Search(q, r.Actor.Scope(verb), a.words); err != nil {
			return err
		}
		up := []org.ID{a.at.org.Parent}
		for _, n := range a.found {
			up = append(up, n.Parent)
		}
		a.above, err = org.Named(q, up)
		return err
	})
	return a, err
}

func (a asking) url() string {
	if a.step == "new" {
		return home + "/new"
	}
	return placeURL(a.at.ID, a.step)
}

// options are the organisations where the place may stand.
func (a asking) options() []ui.Option {
	chosen := a.form.Raw("org")
	var all []ui.Option
	add := func(n org.Node) {
		label := n.Name
		if up := a.above[n.Parent].Name; up != "" {
			label += "（" + up + "）"
		}
		all = append(all, ui.Option{Value: n.ID.String(), Label: label, Selected: n.ID.String() == chosen || chosen == "" && n.ID == a.at.Org})
	}
	if a.step == "edit" {
		add(a.at.org)
	}
	for _, n := range a.found {
		if n.IsOpen() && n.ID != a.at.Org {
			add(n)
		}
	}
	return all
}

// orgOptions are options behind an empty one where nothing is chosen yet and there is something to choose between.
func (a asking) orgOptions(r *web.Request) []ui.Option {
	all := a.options()
	if len(all) > 1 && !slices.ContainsFunc(all, func(o ui.Option) bool { return o.Selected }) {
		return append([]ui.Option{{Label: r.L.T("place.choose")}}, all...)
	}
	return all
}

func (p *pages) page(r *web.Request, a asking) ui.Page {
	page := p.doors.Office(r, r.L.T("place.do_"+a.step), r.L.T("place.says_"+a.step))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("place.list"), Href: home}}
	if a.step != "new" {
		page.Crumbs = append(page.Crumbs, ui.Crumb{Label: a.at.Name, Href: placeURL(a.at.ID, "")})
	}
	page.Crumbs = append(page.Crumbs, ui.Crumb{Label: page.Title})
	return page
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error { return p.show(w, r, "new") }

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	return p.show(w, r, r.PathValue("step"))
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, step string) error {
	a, err := p.load(r, step)
	if err != nil {
		return err
	}
	if step == "edit" {
		a.form.Fill("kind", a.at.Kind)
		a.form.Fill("name", a.at.Name)
		a.form.Fill("address", a.at.Address)
		a.form.Fill("lon", strconv.FormatFloat(a.at.At.Lon, 'f', 6, 64))
		a.form.Fill("lat", strconv.FormatFloat(a.at.At.Lat, 'f', 6, 64))
		a.form.Fill("fineness", a.at.Fineness)
		a.form.Fill("capacity", strconv.FormatInt(a.at.Capacity, 10))
	}
	return door.Show(w, r, ui.Office, p.page(r, a), formBody(r, a))
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error { return p.send(w, r, "new") }

func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	return p.send(w, r, r.PathValue("step"))
}

func (p *pages) send(w http.ResponseWriter, r *web.Request, step string) error {
	a, err := p.load(r, step)
	if err != nil {
		return err
	}
	to, err := p.act(r, a)
	if sqldb.Again(err, nil) {
		err = nil
	}
	if err == nil && a.form.Err() == nil {
		return r.Redirect(w, placeURL(to, ""), "place.done_"+step)
	}
	if a.form.Err() == nil && !a.form.Blame(err) {
		return err
	}
	return door.Again(w, r, ui.Office, p.page(r, a), formBody(r, a))
}

// act reads the form and, when nothing is missing, does what it asks for. It gives the place to show next.
func (p *pages) act(r *web.Request, a asking) (place.ID, error) {
	f := a.form
	if a.step == "close" {
		on, reason := f.Day("on", web.Required), f.Text("reason", web.Required, web.Lines, web.Max(500))
		if f.Err() != nil {
			return "", nil
		}
		return a.at.ID, p.s.Close(r.Context(), r.Actor, a.at.ID, on, reason)
	}
	g := place.Given{
		Org: web.ID[org.Node](f, "org", web.Required), Kind: f.Text("kind", web.Required, web.Max(40)), Name: f.Text("name", web.Required, web.Max(120)),
		Address: f.Text("address", web.Max(200)), At: geo.Point{Lon: angle(f, "lon"), Lat: angle(f, "lat")}, CRS: geo.CRS(f.Choice("crs", systems, web.Required)),
		Fineness: f.Choice("fineness", finenesses, web.Required), Capacity: f.Int("capacity", 0, place.MaxCapacity),
	}
	switch {
	case f.Err() != nil:
		return "", nil
	case a.step == "new":
		return p.s.Create(r.Context(), r.Actor, g)
	default:
		return a.at.ID, p.s.Edit(r.Context(), r.Actor, a.at.ID, f.Version(), g)
	}
}

var (
	systems    = []string{string(geo.WGS84), string(geo.CGCS2000), string(geo.GCJ02), string(geo.BD09)}
	finenesses = []string{"point", "village", "township"}
)

// angle reads degrees with decimals.
func angle(f *web.Form, name string) float64 {
	s := f.Text(name, web.Required, web.Halfwidth, web.Max(20))
	if s == "" {
		return 0
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "°"), 64)
	if err != nil || x < -180 || x > 180 { // NaN and words fail as well
		f.Fail(name, "place.not_degrees", nil)
		return 0
	}
	return x
}

func choices(r *web.Request, prefix string, all []string, chosen string) []ui.Option {
	var out []ui.Option
	for _, v := range all {
		out = append(out, ui.Option{Value: v, Label: r.L.T(prefix + v), Selected: v == chosen})
	}
	return out
}

func input(r *web.Request, f *web.Form, in ui.Input) ui.Input {
	in.Value = f.Raw(in.Name)
	if at := f.At(in.Name); len(at) > 0 {
		in.Error = r.L.Problem(at[0])
	}
	return in
}

func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if p.Field != "" {
			text = r.L.T("place.field."+p.Field) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}

// kindHelp names the kinds that there are, so that one kind is not written in two ways.
func (a asking) kindHelp(r *web.Request) string {
	if len(a.kinds) == 0 {
		return r.L.T("place.kind_help")
	}
	return r.L.T("place.kind_known", "kinds", strings.Join(a.kinds[:min(8, len(a.kinds))], "、"))
}
