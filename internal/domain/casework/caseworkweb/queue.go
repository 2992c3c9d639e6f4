package caseworkweb

import (
	"net/http"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/workflow"
)

// view is the filters of the queue as they stand in its address.
type view struct {
	at, kind, light, state, words string
}

func readView(r *web.Request) (view, casework.Filter) {
	f := web.Read(r)
	v := view{
		at: f.Choice("at", []string{"", "all"}), kind: f.Choice("kind", kindNames()), light: f.Choice("light", lightNames()),
		state: f.Choice("state", []string{"", string(casework.Answered), string(casework.Closed)}), words: f.Text("q"),
	}
	filter := casework.Filter{All: v.at == "all", Kind: casework.Kind(v.kind), State: casework.State(v.state), Words: v.words, Cursor: f.Raw("after")}
	if v.light != "" && v.state == "" {
		l := lightOf(v.light)
		filter.Light = &l
	}
	return v, filter
}

func kindNames() []string {
	all := []string{""}
	for _, k := range casework.Kinds {
		all = append(all, string(k))
	}
	return all
}

var lights = []workflow.Light{workflow.Overdue, workflow.Today, workflow.Soon, workflow.Later, workflow.Paused}

func lightNames() []string {
	all := []string{""}
	for _, l := range lights {
		all = append(all, l.String())
	}
	return all
}

func lightOf(name string) workflow.Light {
	for _, l := range lights {
		if l.String() == name {
			return l
		}
	}
	return workflow.Later
}

// url is the address of the queue with some filters changed.
func (v view) url(path string, change ...string) string {
	pairs := []string{"at", v.at, "kind", v.kind, "light", v.light, "state", v.state, "q", v.words}
	for i := 0; i+1 < len(change); i += 2 {
		for k := 0; k < len(pairs); k += 2 {
			if pairs[k] == change[i] {
				pairs[k+1] = change[i+1]
			}
		}
		if change[i] == "after" {
			pairs = append(pairs, change[i], change[i+1])
		}
	}
	return web.Address(path, pairs...)
}

const queueURL = "/office/queue"

func (p *pages) queue(w http.ResponseWriter, r *web.Request) error {
	page := p.doors.Office(r, r.L.T("casework.queue"), r.L.T("casework.queue_says"))
	if !r.Actor.May(casework.Read) { // every member of the staff lands here; administrators have no matters
		return door.Show(w, r, ui.Office, page, ui.Empty(ui.Blank{Icon: "inbox", Title: r.L.T("casework.nothing"), Text: r.L.T("casework.no_matters_here")}))
	}
	v, f := readView(r)
	q, err := p.s.Queue(r.Context(), r.Actor, f)
	if err != nil {
		return err
	}
	if !q.First.ID.IsZero() {
		page.Actions = []ui.Action{{Label: r.L.T("casework.begin"), Icon: "clipboard-check", Href: matterURL(q.First.ID, ""), Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, queueBody(r, v, q))
}

// passMany passes picked matters on: it leads to the page that asks for desk and reason, one after another.
func (p *pages) passMany(w http.ResponseWriter, r *web.Request) error {
	picked := r.PostForm["id"]
	if len(picked) == 0 {
		return r.Redirect(w, queueURL, "casework.none_picked")
	}
	first, err := id.Parse[casework.Matter](picked[0])
	if err != nil {
		return err
	}
	u := matterURL(first, "pass")
	for i, other := range picked[1:] {
		if i >= 49 {
			break
		}
		if _, err := id.Parse[casework.Matter](other); err != nil {
			return err
		}
		sep := "&"
		if i == 0 {
			sep = "?"
		}
		u += sep + "more=" + other
	}
	return r.Redirect(w, u, "")
}

func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	_, f := readView(r)
	l := r.L
	q, err := p.s.Queue(r.Context(), r.Actor, f)
	if err != nil {
		return err
	}
	if err := p.s.Exported(r.Context(), r.Actor, q.Total); err != nil {
		return err
	}
	web.Download(w, l.T("casework.queue")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("casework.queue"), []sheet.OutColumn{
		{Title: l.T("casework.serial"), Text: true},
		{Title: l.T("casework.kind")},
		{Title: l.T("casework.title"), Width: 40},
		{Title: l.T("casework.org"), Width: 24},
		{Title: l.T("casework.desk"), Width: 24},
		{Title: l.T("casework.state")},
		{Title: l.T("casework.due"), Text: true},
	})
	if err != nil {
		return err
	}
	err = p.s.Each(r.Context(), r.Actor, f, func(m casework.Matter, orgs map[org.ID]org.Node) error {
		return out.Write(m.Serial, l.T("casework.kind."+string(m.Kind)), m.Title, orgs[m.Org].Name, orgs[m.Desk].Name, l.T("casework.state."+string(m.State)), m.Due.String())
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// lightTone draws a light.
func lightTone(l workflow.Light) ui.Tone {
	switch l {
	case workflow.Overdue:
		return ui.Bad
	case workflow.Today:
		return ui.Soon
	case workflow.Paused:
		return ui.Hold
	}
	return ui.OK
}

// dueWord says in words when a matter is due.
func dueWord(r *web.Request, m casework.Matter, q casework.Queue) string {
	switch l := m.Light(q.Today, q.Cal); {
	case m.State == casework.Answered || m.State == casework.Closed:
		return r.L.T("casework.state." + string(m.State))
	case l == workflow.Overdue:
		n, _ := q.Cal.WorkdaysBetween(m.Due, q.Today)
		return r.L.T("casework.late", "n", max(n, 1))
	case l == workflow.Today:
		return r.L.T("casework.due_today")
	case l == workflow.Paused:
		return r.L.T("casework.light.paused")
	default:
		n, _ := q.Cal.WorkdaysBetween(q.Today, m.Due)
		return r.L.T("casework.left", "n", n)
	}
}

// nextStep is the verb shown at the end of a row.
func nextStep(r *web.Request, m casework.Matter) (label, step string) {
	for _, move := range casework.Process.Next(m.State) {
		if r.Actor.May(move.Verb) {
			return r.L.T(move.Label), stepName(move.Verb)
		}
	}
	return r.L.T("casework.look"), ""
}

func row(r *web.Request, m casework.Matter, q casework.Queue) ui.Row {
	label, step := nextStep(r, m)
	light := m.Light(q.Today, q.Cal)
	return ui.Row{ID: m.ID.String(), Label: m.Serial, Cells: []ui.Cell{
		{Part: ui.Light(lightTone(light), dueWord(r, m, q))},
		{Text: m.Title, Href: matterURL(m.ID, ""), After: r.L.T("casework.kind." + string(m.Kind))},
		{Part: ui.Code(m.Serial)},
		{Text: q.Orgs[m.Org].Name},
		{Text: q.Orgs[m.Desk].Name},
		{Text: m.Due.String()},
		{Text: label, Href: matterURL(m.ID, step)},
	}}
}

func columns(r *web.Request) []ui.Column {
	l := r.L
	return []ui.Column{
		{Head: l.T("casework.due")},
		{Head: l.T("casework.title"), Kind: ui.Title},
		{Head: l.T("casework.serial"), Kind: ui.Serial},
		{Head: l.T("casework.org")},
		{Head: l.T("casework.desk")},
		{Head: l.T("casework.due_day")},
		{Head: l.T("casework.next"), Kind: ui.NextAct},
	}
}

// groups cuts a page of the queue by urgency; the count is that of the whole queue.
func groups(r *web.Request, v view, q casework.Queue) []ui.Group {
	if v.state != "" {
		var rows []ui.Row
		for _, m := range q.Items {
			rows = append(rows, row(r, m, q))
		}
		return ui.Rows(rows...)
	}
	var all []ui.Group
	last := workflow.Light(255)
	for _, m := range q.Items {
		light := m.Light(q.Today, q.Cal)
		if light != last {
			g := ui.Group{Title: r.L.T("casework.light." + light.String())}
			if v.words == "" {
				g.Count = r.L.T("casework.pieces", "n", q.Counts[light])
			}
			if light == workflow.Overdue {
				g.Note = r.L.T("casework.overdue_note")
			}
			all = append(all, g)
			last = light
		}
		all[len(all)-1].Rows = append(all[len(all)-1].Rows, row(r, m, q))
	}
	return all
}

func figures(r *web.Request, v view, q casework.Queue) []ui.Figure {
	l := r.L
	notes := map[workflow.Light]string{workflow.Soon: l.T("casework.until", "day", l.Date(q.Soon)), workflow.Paused: l.T("casework.paused_note"), workflow.Today: l.T("casework.today_note")}
	if q.Counts[workflow.Overdue] > 0 {
		n, _ := q.Cal.WorkdaysBetween(q.Worst, q.Today)
		notes[workflow.Overdue] = l.T("casework.worst", "n", max(n, 1))
	} else {
		notes[workflow.Overdue] = l.T("casework.none_late")
	}
	if !q.Far.IsZero() {
		notes[workflow.Later] = l.T("casework.until", "day", l.Date(q.Far))
	}
	var all []ui.Figure
	for _, light := range lights {
		all = append(all, ui.Figure{
			Label: l.T("casework.light." + light.String()), Value: l.Int(q.Counts[light]), Unit: l.T("casework.piece"), Note: notes[light],
			Href: v.url(queueURL, "light", light.String(), "state", "", "q", ""), Light: lightTone(light), Lit: true,
		})
	}
	return append(all, ui.Figure{
		Label: l.T("casework.week"), Value: l.Int(q.Week), Unit: l.T("casework.piece"), Note: l.T("casework.week_note"),
		Href: v.url(queueURL, "state", string(casework.Closed), "light", "", "q", ""), Outside: true,
	})
}

func tabs(r *web.Request, v view) []ui.Tab {
	l := r.L
	plain := func(change ...string) string {
		return v.url(queueURL, append([]string{"light", "", "q", ""}, change...)...)
	}
	return []ui.Tab{
		{Label: l.T("casework.tab_mine"), Href: plain("at", "", "state", ""), Active: v.at == "" && v.state == ""},
		{Label: l.T("casework.tab_all"), Href: plain("at", "all", "state", ""), Active: v.at == "all" && v.state == ""},
		{Label: l.T("casework.state.answered"), Href: plain("state", string(casework.Answered)), Active: v.state == string(casework.Answered)},
		{Label: l.T("casework.state.closed"), Href: plain("state", string(casework.Closed)), Active: v.state == string(casework.Closed)},
	}
}

func filters(r *web.Request, v view, q casework.Queue) ui.Filters {
	l := r.L
	kinds := []ui.Option{{Label: l.T("casework.all_kinds")}}
	for _, k := range casework.Kinds {
		label := l.T("casework.kind." + string(k))
		if q.Kinds[k] > 0 && v.state == "" {
			label += " " + l.Int(q.Kinds[k])
		}
		kinds = append(kinds, ui.Option{Value: string(k), Label: label, Selected: v.kind == string(k)})
	}
	f := ui.Filters{
		Action: queueURL, Filters: []ui.Filter{{Name: "kind", Label: l.T("casework.kind"), Options: kinds}},
		Search: &ui.Search{Name: "q", Label: l.T("casework.search"), Value: v.words, Placeholder: l.T("casework.search_hint")},
		Keep:   []ui.Param{{Name: "at", Value: v.at}, {Name: "state", Value: v.state}},
		Export: []ui.Export{{Href: v.url("/office/queue/export"), Count: q.Total}},
	}
	if v.state == "" {
		due := []ui.Option{{Label: l.T("casework.any_due")}}
		for _, light := range lights {
			due = append(due, ui.Option{Value: light.String(), Label: l.T("casework.light." + light.String()), Selected: v.light == light.String()})
		}
		f.Filters = append(f.Filters, ui.Filter{Name: "light", Label: l.T("casework.due"), Options: due})
	}
	if v.kind != "" || v.light != "" || v.words != "" {
		f.Clear = v.url(queueURL, "kind", "", "light", "", "q", "")
	}
	return f
}

func nothing(r *web.Request, v view) ui.Blank {
	l := r.L
	switch {
	case v.kind != "" || v.light != "" || v.words != "":
		return ui.Blank{Icon: "inbox", Title: l.T("casework.none_found"), Text: l.T("casework.none_found_says"), Actions: []ui.Action{{Label: l.T("casework.clear"), Href: v.url(queueURL, "kind", "", "light", "", "q", "")}}}
	case v.at == "" && v.state == "":
		return ui.Blank{Icon: "inbox", Title: l.T("casework.nothing"), Text: l.T("casework.nothing_says"), Actions: []ui.Action{{Label: l.T("casework.tab_all"), Href: v.url(queueURL, "at", "all")}}}
	}
	return ui.Blank{Icon: "inbox", Title: l.T("casework.none_found"), Text: l.T("casework.none_state_says")}
}

func pager(v view, q casework.Queue) ui.Pages {
	p := ui.Pages{Size: casework.PageSize}
	if q.Prev != "" {
		p.Prev = v.url(queueURL, "after", q.Prev)
	}
	if q.Next != "" {
		p.Next = v.url(queueURL, "after", q.Next)
	}
	return p
}

func bulk(r *web.Request) []ui.Bulk {
	if !r.Actor.May(casework.PassOn) {
		return nil
	}
	return []ui.Bulk{{Name: "do", Value: "pass", Label: r.L.T("casework.do_pass")}}
}

// pick is the name of the boxes before the rows, where something can be done with picked rows.
func pick(r *web.Request) string {
	if len(bulk(r)) == 0 {
		return ""
	}
	return "id"
}
