package orgweb

import (
	"net/http"
	"strconv"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// shown is one organisation as its page shows it.
type shown struct {
	org.Node
	way      []org.Node
	codes    []org.Code
	history  []org.Event
	named    map[org.ID]org.Node // those that history and a merge name
	children []org.Node
	below    page.Count
	who      func(string) string
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	var s shown
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		if s.Node, err = readable(q, r.Actor, r.PathValue("id")); err != nil {
			return err
		}
		return s.load(q)
	})
	if err != nil {
		return err
	}
	if s.who, err = p.who(r, s.history); err != nil {
		return err
	}
	shell := p.doors.Office(r, s.Name, "")
	shell.Plain = true
	shell.Crumbs = []ui.Crumb{{Label: r.L.T("org.tree"), Href: treeURL}}
	for _, n := range s.way {
		if r.Actor.Can(org.Read, n.Path) && n.ID != s.ID {
			shell.Crumbs = append(shell.Crumbs, ui.Crumb{Label: n.Name, Href: openURL(n.ID)})
		}
	}
	shell.Crumbs = append(shell.Crumbs, ui.Crumb{Label: s.Name})
	return door.Show(w, r, ui.Office, shell, oneBody(r, s))
}

func (s *shown) load(q sqldb.Q) (err error) {
	if s.way, err = org.Ancestry(q, s.Path); err != nil {
		return err
	}
	if s.codes, err = org.Codes(q, s.ID); err != nil {
		return err
	}
	if s.history, err = org.History(q, s.ID); err != nil {
		return err
	}
	if s.children, err = org.Children(q, s.ID); err != nil {
		return err
	}
	if s.below, err = org.BelowCounted(q, s.Path, mostBelow); err != nil {
		return err
	}
	ids := []org.ID{s.Parent, s.MergedTo}
	for _, e := range s.history {
		for _, x := range []string{e.Old, e.New} {
			if named, err := id.Parse[org.Node](x); err == nil && isRef(e.Field) {
				ids = append(ids, named)
			}
		}
	}
	s.named, err = org.Named(q, ids)
	return err
}

// isRef tells whether a field of history holds organisations.
func isRef(field string) bool { return field == "parent" || field == "merged_into" }

func (p *pages) who(r *web.Request, history []org.Event) (func(string) string, error) {
	var known map[string]string
	if p.names != nil {
		var ids []string
		for _, e := range history {
			ids = append(ids, e.By)
		}
		var err error
		if known, err = p.names(r, ids); err != nil {
			return nil, err
		}
	}
	return func(id string) string {
		switch {
		case known[id] != "":
			return known[id]
		case id == "system":
			return r.L.T("org.by_system")
		case len(id) > 6:
			return r.L.T("org.by_account", "id", id[len(id)-6:])
		}
		return id
	}, nil
}

// mostBelow is how far organisations below are counted for a page.
const mostBelow = 1000

func belowWords(l *i18n.Printer, n page.Count) string {
	if n.Capped {
		return l.T("org.below_more", "n", n.N)
	}
	return l.T("org.below_n", "n", n.N)
}

func (s shown) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: s.Name, Sub: l.T("org.kind." + string(s.Kind)), State: l.T("org.open"), Tone: ui.OK}
	if !s.IsOpen() {
		d.State, d.Tone = l.T("org.closed_on", "day", l.Date(s.Closed)), ui.Hold
	}
	if parent, ok := s.named[s.Parent]; ok && parent.Name != "" {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("org.parent"), Value: parent.Name})
	}
	d.Facts = append(d.Facts, ui.Fact{Label: l.T("org.below"), Value: belowWords(l, s.below)})
	d.Actions = append(d.Actions, ui.Action{Label: l.T("org.do_people"), Icon: "users", Href: "/office/persons?org=" + s.ID.String()})
	if !s.IsOpen() {
		return d
	}
	for i := len(steps) - 1; i >= 0; i-- {
		st := steps[i]
		if r.Actor.Can(st.verb, s.Path) && (s.Kind != org.City || st.name == "new" || st.name == "rename") {
			d.Actions = append(d.Actions, ui.Action{Label: l.T("org.do_" + st.name), Icon: st.icon, Href: orgURL(s.ID, st.name), Danger: st.name == "close", Primary: i == 0})
		}
	}
	return d
}

func (s shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("org.name"), Value: s.Name},
		{Label: l.T("org.short"), Value: s.Short},
		{Label: l.T("org.kind"), Value: l.T("org.kind." + string(s.Kind))},
		{Label: l.T("org.industry"), Value: s.Industry},
		{Label: l.T("org.opened"), Value: s.Opened.String()},
		{Label: l.T("org.from"), Value: s.origin(r)},
	}
	if s.Staff != nil {
		all = append(all, ui.Fact{Label: l.T("org.staff"), Value: l.Int(*s.Staff)})
	}
	if s.At != nil {
		where := strconv.FormatFloat(s.At.Lon, 'f', 6, 64) + ", " + strconv.FormatFloat(s.At.Lat, 'f', 6, 64)
		all = append(all, ui.Fact{Label: l.T("org.position"), Part: ui.Code(where), Note: ""}, ui.Fact{Label: l.T("org.fineness"), Value: fineness(r, s.Node)})
	} else {
		all = append(all, ui.Fact{Label: l.T("org.position")})
	}
	if into, ok := s.named[s.MergedTo]; ok && into.Name != "" {
		all = append(all, ui.Fact{Label: l.T("org.merged_into"), Value: into.Name})
	}
	return all
}

func (s shown) origin(r *web.Request) string {
	if s.Since == 0 {
		return r.L.T("org.by_hand")
	}
	return r.L.T("org.by_delivery", "n", s.Since)
}

func (s shown) codeTable(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, c := range s.codes {
		until := l.T("org.still")
		if !c.Until.IsZero() {
			until = c.Until.String()
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: l.T("org.scheme." + c.Scheme)}, {Part: ui.Code(c.Code)}, {Text: c.From.String()}, {Text: until}}})
	}
	return ui.Table{Label: l.T("org.codes"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("org.scheme"), Kind: ui.Title}, {Head: l.T("org.code"), Kind: ui.Serial}, {Head: l.T("org.valid_from")}, {Head: l.T("org.valid_until")},
	}}
}

func (s shown) childTable(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for i, c := range s.children {
		if i == branchLimit {
			break
		}
		state := l.T("org.open")
		if !c.IsOpen() {
			state = l.T("org.closed")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: c.Name, Href: orgURL(c.ID, "")}, {Text: l.T("org.kind." + string(c.Kind))}, {Text: state}}})
	}
	return ui.Table{Label: l.T("org.children"), Groups: ui.Rows(rows...), Columns: []ui.Column{{Head: l.T("org.name"), Kind: ui.Title}, {Head: l.T("org.kind")}, {Head: l.T("org.state")}}}
}

func (s shown) timeline(r *web.Request) []ui.Act {
	l := r.L
	say := func(e org.Event, value string) string {
		if named, err := id.Parse[org.Node](value); err == nil && isRef(e.Field) && s.named[named].Name != "" {
			return s.named[named].Name
		}
		if value == "" {
			return l.T("org.nothing")
		}
		return value
	}
	var all []ui.Act
	for _, e := range s.history {
		a := ui.Act{When: l.Time(time.UnixMicro(e.At)), Who: s.who(e.By), What: l.T("org.changed." + e.Field), Where: l.T("org.from_to", "old", say(e, e.Old), "new", say(e, e.New)), Quote: e.Reason, Auto: e.Delivery > 0}
		all = append(all, a)
	}
	return all
}
