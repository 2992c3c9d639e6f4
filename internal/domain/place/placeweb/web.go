// Package placeweb is the pages of places: on a map and in a list, one with its facts, and to add, correct and close them.
package placeweb

import (
	"embed"
	"net/http"
	"net/url"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages and of the errors of places.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *place.Service
	doors *door.Doors
}

const home = "/office/places"

// Routes are the pages of places.
func Routes(s *place.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	return []web.Route{
		{Pattern: "GET /office/places", Door: web.Office, Verb: place.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"kind", "org", "state"}},
		{Pattern: "GET /office/places/map.json", Door: web.Office, Verb: place.Read, Handle: p.pins},
		{Pattern: "GET /office/places/export", Door: web.Office, Verb: place.Export, Limit: web.Exporting, Handle: p.export},
		{Pattern: "GET /office/places/new", Door: web.Office, Verb: place.Create, Handle: p.askNew},
		{Pattern: "POST /office/places/new", Door: web.Office, Verb: place.Create, Handle: p.takeNew},
		{Pattern: "GET /office/places/{id}", Door: web.Office, Verb: place.Read, Handle: p.one},
		{Pattern: "GET /office/places/{id}/map.json", Door: web.Office, Verb: place.Read, Handle: p.pin},
		{Pattern: "GET /office/places/{id}/{step}", Door: web.Office, Verb: place.Read, Handle: p.ask},
		{Pattern: "POST /office/places/{id}/{step}", Door: web.Office, Verb: place.Read, Handle: p.take},
	}
}

func placeURL(which place.ID, step string) string {
	u := home + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

// found is a place with the organisation where it stands.
type found struct {
	place.Place
	org org.Node
}

// readable finds a place that the viewer may read; any other looks absent.
func readable(q sqldb.Q, by authz.Actor, raw string) (f found, err error) {
	which, err := id.Parse[place.Place](raw)
	if err != nil {
		return f, err
	}
	if f.Place, err = place.Find(q, which); err != nil {
		return f, err
	}
	if f.org, err = org.Find(q, f.Org); err != nil {
		return f, err
	}
	return f, by.Must(place.Read, f.org.Path)
}

// listed is the list page: its filter, and what it found.
type listed struct {
	filter place.Filter
	at     org.Node
	kinds  []string
	page   page.Page[place.Row]
	count  page.Count
}

// read takes the filters from the address.
func (p *pages) read(r *web.Request) (v listed, err error) {
	f := web.Read(r)
	v.filter = place.Filter{Kind: f.Text("kind", web.Max(40)), Words: f.Text("q", web.Max(60)), Closed: f.Choice("state", []string{"open", "closed"}) == "closed"}
	if err := f.Err(); err != nil {
		return v, err
	}
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		if v.kinds, err = place.Kinds(q); err != nil || f.Raw("org") == "" {
			return err
		}
		at, err := id.Parse[org.Node](f.Raw("org"))
		if err != nil {
			return err
		}
		if v.at, err = org.Find(q, at); err != nil {
			return err
		}
		v.filter.At = v.at.Path
		return r.Actor.Must(place.Read, v.at.Path)
	})
	return v, err
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if v.page, err = p.s.List(r.Context(), r.Actor, v.filter, r.URL.Query().Get("from")); err != nil {
		return err
	}
	if v.count, err = p.s.Tally(r.Context(), r.Actor, v.filter); err != nil {
		return err
	}
	b, err := p.base(r, v.scope(r))
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("place.list"), r.L.T("place.list_says"))
	pg.Scripts = []string{"map"}
	if r.Actor.May(place.Create) {
		pg.Actions = []ui.Action{{Label: r.L.T("place.do_new"), Icon: "plus", Href: home + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v, b))
}

// url is an address of the list, its map or its export with some parameters changed; an empty value drops one.
func (v listed) url(path string, change ...string) string {
	q := url.Values{}
	state := ""
	if v.filter.Closed {
		state = "closed"
	}
	for _, k := range [][2]string{{"q", v.filter.Words}, {"kind", v.filter.Kind}, {"state", state}, {"org", v.at.ID.String()}} {
		if k[1] != "" {
			q.Set(k[0], k[1])
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Del(change[i]); change[i+1] != "" {
			q.Set(change[i], change[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v listed) filters(r *web.Request) ui.Filters {
	kinds := []ui.Option{{Label: r.L.T("place.any_kind")}}
	for _, k := range v.kinds {
		kinds = append(kinds, ui.Option{Value: k, Label: k, Selected: k == v.filter.Kind})
	}
	f := ui.Filters{
		Action: home, Filters: []ui.Filter{{Name: "kind", Label: r.L.T("place.field.kind"), Options: kinds}},
		Search: &ui.Search{Name: "q", Label: r.L.T("place.search"), Value: v.filter.Words, Placeholder: r.L.T("place.search_hint")},
	}
	if v.at.ID != "" {
		f.Keep = append(f.Keep, ui.Param{Name: "org", Value: v.at.ID.String()})
	}
	if v.filter.Closed {
		f.Keep = append(f.Keep, ui.Param{Name: "state", Value: "closed"})
	}
	if v.filter.Words+v.filter.Kind+v.at.ID.String() != "" {
		f.Clear = (listed{filter: place.Filter{Closed: v.filter.Closed}}).url(home)
	}
	if r.Actor.May(place.Export) {
		f.Export = []ui.Export{{Href: v.url(home + "/export"), Count: int64(v.count.N), Capped: v.count.Capped}}
	}
	return f
}

func (v listed) states(r *web.Request) []ui.Segment {
	return []ui.Segment{
		{Label: r.L.T("place.open"), Href: v.url(home, "state", ""), Active: !v.filter.Closed},
		{Label: r.L.T("place.closed"), Href: v.url(home, "state", "closed"), Active: v.filter.Closed},
	}
}

func (v listed) table(r *web.Request) ui.Table {
	var rows []ui.Row
	for _, x := range v.page.Items {
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: placeURL(x.ID, "")},
			{Text: x.Kind},
			{Text: x.OrgName, Href: v.url(home, "org", x.Org.String())},
			{Text: orDash(x.Address)},
			{Text: capacity(r, x.Place)},
			{Text: r.L.T("place.fineness." + x.Fineness)},
		}})
	}
	return ui.Table{ID: "places", Label: r.L.T("place.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("place.field.name"), Kind: ui.Title},
		{Head: r.L.T("place.field.kind")},
		{Head: r.L.T("place.field.org")},
		{Head: r.L.T("place.field.address")},
		{Head: r.L.T("place.field.capacity"), Kind: ui.Number},
		{Head: r.L.T("place.field.fineness")},
	}}
}

func (v listed) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = v.url(home, "from", v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = v.url(home, "from", v.page.Next)
	}
	return p
}

func capacity(r *web.Request, p place.Place) string {
	if p.Capacity == 0 {
		return "—"
	}
	return r.L.Int(p.Capacity)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// export sends what is listed as a file. It is noted before the file goes out.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	rows, err := p.s.Sheet(r.Context(), r.Actor, v.filter)
	if err != nil {
		return err
	}
	l := r.L
	web.Download(w, l.T("place.list")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("place.list"), []sheet.OutColumn{
		{Title: l.T("place.field.name"), Width: 32},
		{Title: l.T("place.field.kind"), Width: 16},
		{Title: l.T("place.field.org"), Width: 24},
		{Title: l.T("place.field.address"), Width: 36},
		{Title: l.T("place.field.lon")},
		{Title: l.T("place.field.lat")},
		{Title: l.T("place.field.fineness")},
		{Title: l.T("place.field.capacity")},
		{Title: l.T("place.from"), Width: 16},
		{Title: l.T("place.closed_day"), Text: true},
	})
	if err != nil {
		return err
	}
	for _, x := range rows {
		err := out.Write(x.Name, x.Kind, x.OrgName, x.Address, x.At.Lon, x.At.Lat, l.T("place.fineness."+x.Fineness), x.Capacity, origin(r, x.Place), x.Closed.String())
		if err != nil {
			return err
		}
	}
	return out.Close()
}
