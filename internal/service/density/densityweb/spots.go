package densityweb

import (
	"net/http"
	"net/url"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// ranked is the list of blind spots.
type ranked struct {
	words
	choice
	density.SpotPage
	filter density.SpotFilter
}

const spotsOnPage = 50

func (p *pages) spots(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	f := density.SpotFilter{Place: c.Place, Delivery: c.Delivery, State: density.State(c.values.Get("state")), Kind: density.SpotKind(c.values.Get("kind")), Limit: spotsOnPage}
	f.After, _ = strconv.ParseInt(c.values.Get("after"), 10, 64)
	got, err := p.density.Spots(r.Context(), r.Actor, f)
	if errs.KeyOf(err) == "density.nothing" {
		return p.nothing(w, r)
	}
	if err != nil {
		return err
	}
	x := &ranked{words{r.L}, c, got, f}
	frame := p.doors.Office(r, r.L.T("density.spots"), r.L.T("density.spots.purpose"))
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("density.title"), Href: home}, {Label: r.L.T("density.spots")}}
	return door.Show(w, r, ui.Office, frame, spotsBody(x))
}

func (x *ranked) tabs() []ui.Tab {
	all := 0
	for _, n := range x.Count {
		all += n
	}
	out := []ui.Tab{{Label: x.l.T("density.state.all"), Count: x.l.Int(int64(all)), Href: x.at("state", ""), Active: x.filter.State == ""}}
	for _, s := range density.States {
		out = append(out, ui.Tab{Label: x.l.T("density.state." + string(s)), Count: x.l.Int(int64(x.Count[s])), Href: x.at("state", string(s)), Active: x.filter.State == s})
	}
	return out
}

// at is this list's address with one parameter changed.
func (x *ranked) at(name, value string) string {
	v := url.Values{}
	for _, k := range []string{"place", "delivery", "kind", "state"} {
		if old := x.values.Get(k); old != "" {
			v.Set(k, old)
		}
	}
	v.Del(name)
	if value != "" {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return home + "/blind-spots"
	}
	return home + "/blind-spots?" + v.Encode()
}

func (x *ranked) filters() ui.Filters {
	kinds := []ui.Option{{Label: x.l.T("density.kind.all"), Selected: x.filter.Kind == ""}}
	for _, k := range density.SpotKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: x.l.T("density.kind." + string(k)), Selected: k == x.filter.Kind})
	}
	f := ui.Filters{Action: home + "/blind-spots", Filters: []ui.Filter{{Name: "kind", Label: x.l.T("density.kind"), Options: kinds}}}
	for _, name := range []string{"place", "delivery", "state"} {
		if v := x.values.Get(name); v != "" {
			f.Keep = append(f.Keep, ui.Param{Name: name, Value: v})
		}
	}
	if x.values.Get("kind") != "" || x.values.Get("place") != "" {
		f.Clear = home + "/blind-spots"
	}
	return f
}

func (x *ranked) table() ui.Table {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: x.l.T("density.spots.col." + key), Kind: kind}
	}
	t := ui.Table{ID: "density-spots", Label: x.l.T("density.spots"), Columns: []ui.Column{
		head("rank", ui.Number), head("place", ui.Title), head("kind", ui.Short), head("why", ui.Words), head("score", ui.Number), head("state", ui.Words), head("next", ui.NextAct),
	}}
	var rows []ui.Row
	for _, b := range x.Rows {
		href := home + "/blind-spots/" + b.ID.String()
		next := ui.Cell{}
		if b.State == density.Open {
			next = ui.Cell{Text: x.l.T("density.spots.handle"), Href: href}
		}
		rows = append(rows, ui.Row{Label: spotName(b), Cells: []ui.Cell{
			x.whole(b.Rank),
			{Text: spotName(b), Href: href},
			{Text: x.l.T("density.kind." + string(b.Kind))},
			{Text: x.reason(b.Why)},
			x.whole(b.Score),
			{Part: x.state(b.State)},
			next,
		}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func (x *ranked) pages() ui.Pages {
	p := ui.Pages{Size: spotsOnPage}
	if x.Next > 0 {
		p.Next = x.at("after", strconv.FormatInt(x.Next, 10))
	}
	if x.filter.After > 0 {
		p.Prev = x.at("after", "")
		if x.Prev > 0 {
			p.Prev = x.at("after", strconv.FormatInt(x.Prev, 10))
		}
	}
	return p
}

// one is the page of a blind spot.
type one struct {
	words
	row   density.SpotRow
	desks []org.Node
	form  *web.Form
	key   string
	may   func(what string) bool
}

func (p *pages) find(r *web.Request) (density.SpotRow, error) {
	of, err := id.Parse[density.BlindSpot](r.PathValue("id"))
	if err != nil {
		return density.SpotRow{}, err
	}
	return p.density.Spot(r.Context(), r.Actor, of)
}

func (p *pages) spot(w http.ResponseWriter, r *web.Request) error {
	row, err := p.find(r)
	if err != nil {
		return err
	}
	return p.showSpot(w, r, row, web.ReadValues(nil))
}

// again shows a blind spot as it is by now, with what is wrong: somebody else may have handled it meanwhile.
func (p *pages) again(w http.ResponseWriter, r *web.Request, form *web.Form) error {
	row, err := p.find(r)
	if err != nil {
		return err
	}
	return p.showSpot(w, r, row, form)
}

func (p *pages) showSpot(w http.ResponseWriter, r *web.Request, row density.SpotRow, form *web.Form) error {
	x := &one{words: words{r.L}, row: row, form: form, key: web.NewKey()}
	x.may = func(what string) bool {
		switch what {
		case "assign":
			return r.Actor.Can(density.Assign, row.Node.Path)
		case "visit":
			return r.Actor.Can(density.Visit, row.Node.Path)
		case "dismiss":
			return r.Actor.Can(density.Dismiss, row.Node.Path)
		default:
			return r.Actor.Can(density.Reopen, row.Node.Path)
		}
	}
	if x.may("assign") {
		var err error
		if x.desks, err = p.density.Desks(r.Context(), r.Actor, row.ID); err != nil {
			return err
		}
	}
	if fragment(r) {
		return r.Page(w, http.StatusOK, spotPart(x))
	}
	frame := p.doors.Office(r, spotName(row), "")
	frame.Plain = true
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("density.title"), Href: home}, {Label: r.L.T("density.spots"), Href: home + "/blind-spots"}, {Label: spotName(row)}}
	if len(form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, frame, spotBody(x))
	}
	return door.Show(w, r, ui.Office, frame, spotBody(x))
}

func (x *one) href() string { return home + "/blind-spots/" + x.row.ID.String() }

func (x *one) document() ui.Document {
	d := ui.Document{
		Title: spotName(x.row), Sub: x.l.T("density.kind." + string(x.row.Kind)), State: x.l.T("density.state." + string(x.row.State)), Tone: toneOf(x.row.State),
		Facts: []ui.Fact{
			{Label: x.l.T("density.spots.col.rank"), Value: x.l.Int(x.row.Rank)},
			{Label: x.l.T("density.spots.col.score"), Value: x.l.Int(x.row.Score)},
			{Label: x.l.T("density.spots.col.why"), Value: x.reason(x.row.Why), Wide: true},
		},
	}
	if x.row.Note != "" {
		d.Facts = append(d.Facts, ui.Fact{Label: x.l.T("density.reason"), Value: x.row.Note, Wide: true})
	}
	if x.row.Matter != "" {
		d.Actions = append(d.Actions, ui.Action{Label: x.l.T("density.to_matter"), Href: "/office/matters/" + x.row.Matter})
	}
	return d
}

func toneOf(s density.State) ui.Tone {
	switch s {
	case density.Open:
		return ui.Soon
	case density.Dismissed:
		return ui.Hold
	default:
		return ui.OK
	}
}

func (x *one) deskOptions() []ui.Option {
	var out []ui.Option
	for i, d := range x.desks {
		chosen := x.form.Raw("desk")
		out = append(out, ui.Option{Value: d.ID.String(), Label: d.Name, Selected: chosen == d.ID.String() || chosen == "" && i == 0})
	}
	return out
}

func (x *one) fault(name string) string {
	for _, f := range x.form.At(name) {
		return x.l.Problem(f)
	}
	return ""
}

func (p *pages) visit(w http.ResponseWriter, r *web.Request) error {
	row, err := p.find(r)
	if err != nil {
		return err
	}
	if err := p.density.Visit(r.Context(), r.Actor, row.ID); err != nil {
		return err
	}
	return r.Redirect(w, home+"/blind-spots/"+row.ID.String(), "density.visit.done")
}

func (p *pages) reopen(w http.ResponseWriter, r *web.Request) error {
	row, err := p.find(r)
	if err != nil {
		return err
	}
	if err := p.density.Reopen(r.Context(), r.Actor, row.ID); err != nil {
		return err
	}
	return r.Redirect(w, home+"/blind-spots/"+row.ID.String(), "density.reopen.done")
}

func (p *pages) dismiss(w http.ResponseWriter, r *web.Request) error {
	row, err := p.find(r)
	if err != nil {
		return err
	}
	form := web.Read(r)
	reason := form.Text("reason", web.Required, web.Lines, web.Max(500))
	err = form.Err()
	if err == nil {
		err = p.density.Dismiss(r.Context(), r.Actor, row.ID, reason)
	}
	if err != nil {
		if form.Blame(err) || len(form.Problems()) > 0 {
			return p.again(w, r, form)
		}
		return err
	}
	return r.Redirect(w, home+"/blind-spots/"+row.ID.String(), "density.dismiss.done")
}

func (p *pages) assign(w http.ResponseWriter, r *web.Request) error {
	row, err := p.find(r)
	if err != nil {
		return err
	}
	form := web.Read(r)
	t := density.Task{Title: r.L.T("density.assign.matter", "place", spotName(row))}
	t.Desk = web.ID[org.Node](form, "desk", web.Required)
	t.Days = int(form.Int("days", 1, 60, web.Required))
	t.Text = form.Text("text", web.Lines, web.Max(500))
	err = form.Err()
	if err == nil {
		_, err = p.density.Assign(r.Context(), r.Actor, row.ID, t)
	}
	if err != nil {
		if form.Blame(err) || len(form.Problems()) > 0 {
			return p.again(w, r, form)
		}
		return err
	}
	return r.Redirect(w, home+"/blind-spots/"+row.ID.String(), "density.assign.done")
}
