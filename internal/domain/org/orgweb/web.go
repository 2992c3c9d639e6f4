// Package orgweb is the pages of the tree of organisations: to look through it, and to found, rename, move, merge and close.
package orgweb

import (
	"embed"
	"net/http"
	"net/url"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages and of the errors of organisations.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts by their ids; one that it does not know is shown by the end of its id.
type Names func(r *web.Request, ids []string) (map[string]string, error)

type pages struct {
	s     *org.Service
	doors *door.Doors
	names Names
}

const treeURL = "/office/orgs"

// Routes are the pages of organisations. names may be nil.
func Routes(s *org.Service, doors *door.Doors, names Names) []web.Route {
	p := &pages{s: s, doors: doors, names: names}
	return []web.Route{
		{Pattern: "GET /office/orgs", Door: web.Office, Verb: org.Read, Limit: web.Searching, Handle: p.tree, Filters: []string{"open"}},
		{Pattern: "GET /office/orgs/export", Door: web.Office, Verb: org.Read, Limit: web.Exporting, Handle: p.export},
		{Pattern: "GET /office/orgs/{id}", Door: web.Office, Verb: org.Read, Handle: p.one},
		{Pattern: "GET /office/orgs/{id}/{step}", Door: web.Office, Verb: org.Read, Handle: p.ask},
		{Pattern: "POST /office/orgs/{id}/{step}", Door: web.Office, Verb: org.Read, Handle: p.take},
	}
}

func orgURL(n org.ID, step string) string {
	u := treeURL + "/" + n.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func openURL(n org.ID) string { return treeURL + "?open=" + n.String() }

// readable finds an organisation that the viewer may read; any other looks absent.
func readable(q sqldb.Q, by authz.Actor, raw string) (org.Node, error) {
	given, err := id.Parse[org.Node](raw)
	if err != nil {
		return org.Node{}, err
	}
	n, err := org.Find(q, given)
	if err != nil {
		return n, err
	}
	return n, by.Must(org.Read, n.Path)
}

// opened is what the tree page shows.
type opened struct {
	tops    []org.Node // where the viewer's scope begins
	way     []org.Node // from there to the opened one
	below   map[org.ID][]org.Node
	at      org.Node
	tallies []org.Tally
	found   []org.Node
	parents map[org.ID]org.Node // of the found
	words   string
	total   int64
}

func (p *pages) tree(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	o := opened{words: f.Text("q"), below: map[org.ID][]org.Node{}}
	scope := r.Actor.Scope(org.Read)
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error { return o.load(q, r, scope, f.Raw("open")) })
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("org.tree"), r.L.T("org.tree_says"))
	if r.Actor.Can(org.Create, o.at.Path) && o.at.IsOpen() {
		page.Actions = []ui.Action{{Label: r.L.T("org.do_new"), Icon: "plus", Href: orgURL(o.at.ID, "new"), Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, treeBody(r, o))
}

func (o *opened) load(q sqldb.Q, r *web.Request, scope authz.Scope, open string) (err error) {
	if scope.All {
		root, err := org.Root(q)
		if err != nil {
			return err
		}
		o.tops = []org.Node{root}
	}
	for _, path := range scope.Paths {
		n, err := org.FindPath(q, path)
		if err != nil {
			return err
		}
		o.tops = append(o.tops, n)
	}
	o.at = o.tops[0]
	if open != "" {
		if o.at, err = readable(q, r.Actor, open); err != nil {
			return err
		}
	}
	way, err := org.Ancestry(q, o.at.Path)
	if err != nil {
		return err
	}
	for _, n := range way {
		if scope.Covers(n.Path) {
			o.way = append(o.way, n)
			if o.below[n.ID], err = org.Children(q, n.ID); err != nil {
				return err
			}
		}
	}
	in := scope.Narrow(o.at.Path)
	if o.tallies, err = org.Tallies(q, in); err != nil {
		return err
	}
	for _, t := range o.tallies {
		o.total += t.N
	}
	if o.words == "" {
		return nil
	}
	if o.found, err = org.Search(q, scope, o.words); err != nil {
		return err
	}
	var ids []org.ID
	for _, n := range o.found {
		ids = append(ids, n.Parent)
	}
	o.parents, err = org.Named(q, ids)
	return err
}

// filters are the search within the tree. The export writes what lies below the opened organisation, so that it is not offered
// beside a list of what was found.
func (o opened) filters(r *web.Request) ui.Filters {
	f := ui.Filters{
		Action: treeURL, Search: &ui.Search{Name: "q", Label: r.L.T("org.search"), Value: o.words, Placeholder: r.L.T("org.search_hint")},
		Keep: []ui.Param{{Name: "open", Value: o.at.ID.String()}},
	}
	if o.words == "" {
		f.Export = []ui.Export{{Href: treeURL + "/export?open=" + o.at.ID.String(), Count: o.total}}
	} else {
		f.Clear = openURL(o.at.ID)
	}
	return f
}

// branchLimit is the most children that the tree shows of one organisation; the rest are found by search.
const branchLimit = 200

func (o opened) branches(r *web.Request) []ui.Branch {
	var all []ui.Branch
	for _, n := range o.tops {
		all = append(all, o.branch(r, n))
	}
	return all
}

func (o opened) branch(r *web.Request, n org.Node) ui.Branch {
	b := ui.Branch{Label: n.Name, Href: openURL(n.ID), Note: r.L.T("org.kind." + string(n.Kind)), Current: n.ID == o.at.ID}
	if !n.IsOpen() {
		b.Note += "，" + r.L.T("org.closed")
	}
	below := o.below[n.ID]
	b.Open = len(below) > 0
	for i, c := range below {
		if i == branchLimit {
			b.More = &ui.Link{Label: r.L.T("org.more_below", "n", len(below)-branchLimit), Href: treeURL + "?q=" + url.QueryEscape(n.Name)}
			break
		}
		b.Below = append(b.Below, o.branch(r, c))
	}
	return b
}

func (o opened) foundRows(r *web.Request) []ui.Group {
	var rows []ui.Row
	for _, n := range o.found {
		state := r.L.T("org.open")
		if !n.IsOpen() {
			state = r.L.T("org.closed_on", "day", r.L.Date(n.Closed))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: n.Name, Href: orgURL(n.ID, "")},
			{Text: r.L.T("org.kind." + string(n.Kind))},
			{Text: o.parents[n.Parent].Name},
			{Text: state},
			{Text: r.L.T("org.in_tree"), Href: openURL(n.ID)},
		}})
	}
	return ui.Rows(rows...)
}

func (o opened) facts(r *web.Request) []ui.Fact {
	var all []ui.Fact
	for _, t := range o.tallies {
		all = append(all, ui.Fact{Label: r.L.T("org.kind." + string(t.Kind)), Value: r.L.Int(t.N)})
	}
	return all
}

func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	l := r.L
	var nodes []org.Node
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		in := r.Actor.Scope(org.Read)
		if open := r.URL.Query().Get("open"); open != "" {
			n, err := readable(q, r.Actor, open)
			if err != nil {
				return err
			}
			in = in.Narrow(n.Path)
		}
		var err error
		nodes, err = org.Subtree(q, in)
		return err
	})
	if err != nil {
		return err
	}
	if err := p.s.Exported(r.Context(), r.Actor, len(nodes)); err != nil {
		return err
	}
	name := map[org.ID]string{}
	for _, n := range nodes {
		name[n.ID] = n.Name
	}
	web.Download(w, l.T("org.tree")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("org.tree"), []sheet.OutColumn{
		{Title: l.T("org.name"), Width: 36},
		{Title: l.T("org.kind"), Width: 16},
		{Title: l.T("org.parent"), Width: 30},
		{Title: l.T("org.industry")},
		{Title: l.T("org.opened"), Text: true},
		{Title: l.T("org.closed"), Text: true},
		{Title: l.T("org.lon")},
		{Title: l.T("org.lat")},
		{Title: l.T("org.fineness")},
	})
	if err != nil {
		return err
	}
	for _, n := range nodes {
		var lon, lat any
		if n.At != nil {
			lon, lat = n.At.Lon, n.At.Lat
		}
		err := out.Write(n.Name, l.T("org.kind."+string(n.Kind)), name[n.Parent], n.Industry, n.Opened.String(), n.Closed.String(), lon, lat, fineness(r, n))
		if err != nil {
			return err
		}
	}
	return out.Close()
}

func fineness(r *web.Request, n org.Node) string {
	if n.Fineness == "" {
		return ""
	}
	return r.L.T("org.fineness." + n.Fineness)
}
