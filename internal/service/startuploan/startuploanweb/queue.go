package startuploanweb

import (
	"net/http"
	"slices"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
)

// queued is the queue of a desk on its page.
type queued struct {
	startuploan.Queue
	filter startuploan.QueueFilter
	light  string
}

var lights = []workflow.Light{workflow.Overdue, workflow.Today, workflow.Soon, workflow.Later}

func lightNames() (all []string) {
	for _, l := range lights {
		all = append(all, l.String())
	}
	return all
}

func (p *pages) queue(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	names := []string{}
	for _, d := range startuploan.AllDesks {
		names = append(names, string(d))
	}
	v := queued{light: f.Choice("light", lightNames()), filter: startuploan.QueueFilter{
		Desk: startuploan.Desk(f.Choice("desk", names)), Kind: policy.Kind(f.Choice("kind", kinds)), Second: f.Bool("second"), Words: f.Text("q", web.Max(60)), Cursor: r.URL.Query().Get("from"),
	}}
	if err := f.Err(); err != nil {
		return err
	}
	for _, l := range lights {
		if l.String() == v.light {
			v.filter.Light = &l
		}
	}
	sits := startuploan.SitsAt(r.Actor)
	if len(sits) == 0 || v.filter.Desk != "" && !slices.Contains(sits, v.filter.Desk) {
		page := p.doors.Office(r, r.L.T("loan.queue"), "")
		return door.Show(w, r, ui.Office, page, ui.Empty(ui.Blank{Icon: "inbox", Title: r.L.T("loan.queue_none"), Text: r.L.T("loan.queue_none_says")}))
	}
	var err error
	if v.Queue, err = p.s.Queue(r.Context(), r.Actor, v.filter); err != nil {
		return err
	}
	v.filter.Desk = v.Desk
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("loan.queue_of", "desk", r.L.T("loan.desk."+string(v.Desk))), r.L.T("loan.desk_says."+string(v.Desk))), queueBody(r, v))
}

// url is the address of the queue with some filters changed.
func (v queued) url(change ...string) string {
	pairs := []string{"desk", string(v.filter.Desk), "light", v.light, "kind", string(v.filter.Kind), "second", tick(v.filter.Second), "q", v.filter.Words}
	for i := 0; i+1 < len(change); i += 2 {
		if at := slices.Index(pairs, change[i]); at >= 0 && at%2 == 0 {
			pairs[at+1] = change[i+1]
		} else {
			pairs = append(pairs, change[i], change[i+1])
		}
	}
	return web.Address(queueURL, pairs...)
}

func (v queued) tabs(r *web.Request) (all []ui.Tab) {
	if len(v.Desks) < 2 {
		return nil
	}
	for _, d := range v.Desks {
		all = append(all, ui.Tab{Label: r.L.T("loan.desk." + string(d)), Href: web.Address(queueURL, "desk", string(d)), Active: d == v.Desk})
	}
	return all
}

func (v queued) filters(r *web.Request) ui.Filters {
	l := r.L
	f := ui.Filters{Action: queueURL, Keep: []ui.Param{{Name: "desk", Value: string(v.Desk)}}, Search: &ui.Search{Name: "q", Label: l.T("loan.seek"), Value: v.filter.Words, Placeholder: l.T("loan.seek")}}
	light := ui.Filter{Name: "light", Label: l.T("loan.due"), Options: []ui.Option{{Label: l.T("loan.any_due"), Selected: v.light == ""}}}
	for _, x := range lights {
		label := l.T("casework.light." + x.String())
		if n := v.Counts[x]; n > 0 {
			label += " " + l.Int(n)
		}
		light.Options = append(light.Options, ui.Option{Value: x.String(), Label: label, Selected: x.String() == v.light})
	}
	f.Filters = []ui.Filter{light, {Name: "kind", Label: l.T("loan.field.kind"), Options: choices(r, "loan.kind.", kinds, string(v.filter.Kind), l.T("loan.any_kind"))}, {
		Name: "second", Label: l.T("loan.second"), Options: []ui.Option{{Label: l.T("loan.any_second"), Selected: !v.filter.Second}, {Value: "1", Label: l.T("loan.at.second"), Selected: v.filter.Second}},
	}}
	if v.light != "" || v.filter.Kind != "" || v.filter.Second || v.filter.Words != "" {
		f.Clear = web.Address(queueURL, "desk", string(v.Desk))
	}
	return f
}

func lightTone(l workflow.Light) ui.Tone {
	switch l {
	case workflow.Overdue:
		return ui.Bad
	case workflow.Today:
		return ui.Soon
	}
	return ui.OK
}

func (v queued) table(r *web.Request) ui.Table {
	l := r.L
	t := ui.Table{ID: "loans", Label: l.T("loan.queue"), Columns: []ui.Column{
		{Head: l.T("loan.due")},
		{Head: l.T("loan.field.name"), Kind: ui.Title},
		{Head: l.T("loan.role.applicant"), Kind: ui.Short},
		{Head: l.T("loan.amount"), Kind: ui.Short},
		{Head: l.T("loan.taken_in")},
		{Head: l.T("loan.serial"), Kind: ui.Serial},
		{Head: l.T("loan.next"), Kind: ui.NextAct},
	}}
	last := workflow.Light(255)
	for _, x := range v.Items {
		light := x.Light(v.Today, v.Cal)
		if light != last {
			t.Groups = append(t.Groups, ui.Group{Title: l.T("casework.light." + light.String())})
			last = light
		}
		word := l.T("loan.due_on", "day", l.Date(x.Due))
		switch light {
		case workflow.Overdue:
			n, _ := v.Cal.WorkdaysBetween(x.Due, v.Today)
			word = l.T("casework.late", "n", max(n, 1))
		case workflow.Today:
			word = l.T("casework.due_today")
		}
		do := "loan.handle"
		if x.State == startuploan.ToSecond {
			do = "loan.do.second"
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Rows = append(g.Rows, ui.Row{ID: x.Application.ID.String(), Label: x.Application.Serial, Cells: []ui.Cell{
			{Part: ui.Light(lightTone(light), word)},
			{Text: x.Application.Name, Href: oneURL(x.Application.ID, ""), After: l.T("loan.kind." + string(x.Application.Kind))},
			{Text: x.Lead},
			{Text: x.Application.Amount.Short()},
			{Text: v.Orgs[x.Application.Org].Name},
			{Part: ui.Code(x.Application.Serial)},
			{Text: l.T(do), Href: oneURL(x.Application.ID, "")},
		}})
	}
	return t
}

func (v queued) from(cursor string) string {
	if cursor == "" {
		return ""
	}
	return v.url("from", cursor)
}
