package researchweb

import (
	"net/http"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/research"
)

const voicesURL = "/office/voices"

func voiceURL(v research.VoiceID) string { return voicesURL + "/" + v.String() }

// listed is the list of voices.
type listed struct {
	q     casework.Queue
	of    map[casework.ID]research.Listed
	state string
	words string
}

var voiceStates = []string{"", string(casework.Answered), string(casework.Closed)}

func (p *pages) voices(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := listed{state: f.Choice("state", voiceStates), words: f.Text("q", web.Max(60))}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	v.q, v.of, err = p.s.Voices(r.Context(), r.Actor, casework.Filter{All: true, State: casework.State(v.state), Words: v.words, Cursor: f.Raw("after")})
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("research.voices"), r.L.T("research.voices_says"))
	page.Actions = []ui.Action{{Label: r.L.T("research.terms"), Icon: "clock", Href: voicesURL + "/terms"}}
	return door.Show(w, r, ui.Office, page, voicesBody(r, v))
}

func (v listed) url(change ...string) string {
	pairs := []string{"state", v.state, "q", v.words}
	for i := 0; i+1 < len(change); i += 2 {
		if at := slices.Index(pairs, change[i]); at >= 0 && at%2 == 0 {
			pairs[at+1] = change[i+1]
			continue
		}
		pairs = append(pairs, change[i], change[i+1])
	}
	return web.Address(voicesURL, pairs...)
}

func (v listed) tabs(r *web.Request) []ui.Tab {
	var all []ui.Tab
	for _, s := range voiceStates {
		key := "research.state.open"
		if s != "" {
			key = "casework.state." + s
		}
		all = append(all, ui.Tab{Label: r.L.T(key), Href: v.url("state", s), Active: v.state == s})
	}
	return all
}

func (v listed) filters(r *web.Request) ui.Filters {
	f := ui.Filters{
		Action: voicesURL, Search: &ui.Search{Name: "q", Label: r.L.T("casework.search"), Value: v.words, Placeholder: r.L.T("casework.search_hint")},
		Keep: []ui.Param{{Name: "state", Value: v.state}},
	}
	if v.words != "" {
		f.Clear = v.url("q", "")
	}
	return f
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.q.Items))
	for i, m := range v.q.Items {
		known := v.of[m.ID]
		href, after, origin := matterURL(m.ID), "", "—"
		if known.ID != "" {
			href, origin = voiceURL(known.ID), l.T("research.origin."+string(known.Origin))
		}
		if known.With > 0 {
			after = l.T("research.with", "n", known.With)
		}
		if known.Main != "" {
			after = l.T("research.merged")
		}
		due := l.T("casework.state." + string(m.State))
		tone := ui.OK
		if m.State == casework.Open {
			due = l.Date(m.Due)
			switch m.Light(v.q.Today, v.q.Cal) {
			case workflow.Overdue:
				tone = ui.Bad
			case workflow.Today, workflow.Soon:
				tone = ui.Soon
			}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: m.Title, Href: href, After: after}, {Part: ui.Code(m.Serial)}, {Text: origin}, {Text: v.q.Orgs[m.Org].Name}, {Text: v.q.Orgs[m.Desk].Name}, {Part: ui.Light(tone, due)},
		}}
	}
	return ui.Table{ID: "voices", Label: l.T("research.voices"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("research.field.title"), Kind: ui.Title},
		{Head: l.T("casework.serial"), Kind: ui.Serial},
		{Head: l.T("research.origin"), Kind: ui.Short},
		{Head: l.T("casework.org")},
		{Head: l.T("casework.desk")},
		{Head: l.T("casework.due_day"), Kind: ui.Short},
	}}
}

func (v listed) pager() ui.Pages {
	p := ui.Pages{Size: casework.PageSize}
	if v.q.Prev != "" {
		p.Prev = v.url("after", v.q.Prev)
	}
	if v.q.Next != "" {
		p.Next = v.url("after", v.q.Next)
	}
	return p
}

// shown is the page of one voice.
type shown struct {
	research.Seen
	form   *web.Form
	found  []casework.Matter // into which it might be merged
	voices map[casework.ID]research.Listed
	words  string
}

func voiceID(r *web.Request) (research.VoiceID, error) {
	return id.Parse[research.Voice](r.PathValue("id"))
}

func (p *pages) voice(w http.ResponseWriter, r *web.Request) error {
	which, err := voiceID(r)
	if err != nil {
		return err
	}
	return p.showVoice(w, r, which, web.Read(r))
}

func (p *pages) showVoice(w http.ResponseWriter, r *web.Request, which research.VoiceID, f *web.Form) error {
	seen, err := p.s.See(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v := shown{Seen: seen, form: f, words: f.Raw("q")}
	if v.May && v.Main == "" && v.words != "" {
		q, of, err := p.s.Voices(r.Context(), r.Actor, casework.Filter{All: true, Words: v.words})
		if err != nil {
			return err
		}
		v.voices = of
		for _, m := range q.Items {
			if x, ok := of[m.ID]; ok && x.Main == "" && x.ID != v.ID {
				v.found = append(v.found, m)
			}
		}
	}
	page := p.doors.Office(r, v.Own.Title, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.voices"), Href: voicesURL}, {Label: v.Own.Serial}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, voiceBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, voiceBody(r, v))
}

func (v shown) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{
		Title: v.Own.Title, Serial: v.Own.Serial, Sub: v.At.Name, State: l.T("casework.state." + string(v.View.State)), Tone: ui.OK,
		Facts: []ui.Fact{{Label: l.T("casework.desk"), Value: v.View.Orgs[v.View.Desk].Name}, {Label: l.T("casework.due_day"), Value: l.Date(v.View.Due)}},
	}
	if v.View.State == casework.Open {
		d.Tone = ui.Soon
		if v.View.Light == workflow.Overdue {
			d.Tone = ui.Bad
		}
	}
	above := l.T("research.top")
	if v.Above.ID != "" {
		above = v.Above.Name
	}
	d.Facts = append(d.Facts, ui.Fact{Label: l.T("research.above"), Value: above})
	d.Actions = []ui.Action{
		{Label: l.T("casework.print"), Icon: "printer", Print: true},
		{Label: l.T("research.to_matter"), Icon: "clipboard-check", Href: matterURL(v.View.ID), Primary: true},
	}
	return d
}

func (v shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	asker := ui.Fact{Label: l.T("research.field.asker"), Value: v.Asker}
	switch {
	case v.Masked:
		asker.Value, asker.Note = "", l.T("research.masked")
		asker.Part = ui.State(ui.Plain, "lock", l.T("research.masked"))
	case v.Asker == "" && v.Origin == research.FromAnswer:
		asker.Value = l.T("research.asker_in_answer")
	}
	from := ui.Fact{Label: l.T("research.origin"), Value: l.T("research.origin." + string(v.Origin)), Note: v.From}
	if href := v.originURL(); v.From != "" && href != "" {
		from.Note = ""
		from.Part = ui.Button(ui.Action{Label: l.T("research.origin."+string(v.Origin)) + " " + v.From, Icon: "link", Href: href, Small: true})
	}
	way := l.T("research.way_receipt")
	if v.Account != "" {
		way = l.T("research.way_account")
	}
	return []ui.Fact{from, asker, {Label: l.T("research.way"), Value: way}, {Label: l.T("casework.answer"), Value: v.View.Answer, Wide: true}}
}

func (v shown) originURL() string {
	switch v.Origin {
	case research.FromAnswer:
		return "/office/answers/" + v.OriginID
	case research.FromRemark:
		return "/office/matters/" + v.OriginID
	case research.FromItem:
		return meetingURL(v.Meeting)
	}
	return ""
}

func (v shown) group(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.Group))
	for i, m := range v.Group {
		role := r.L.T("research.main")
		if m.Main != "" {
			role = r.L.T("research.merged")
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: m.Title, Href: voiceURL(m.ID)}, {Part: ui.Code(m.Serial)}, {Text: role}}}
	}
	return ui.Table{ID: "group", Label: r.L.T("research.group"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("research.field.title"), Kind: ui.Title}, {Head: r.L.T("casework.serial"), Kind: ui.Serial}, {Head: r.L.T("research.role"), Kind: ui.Short},
	}}
}

func (v shown) verdicts(r *web.Request) []ui.Act {
	all := make([]ui.Act, len(v.Verdicts))
	for i, x := range v.Verdicts {
		what := r.L.T("verb.voice.unsolved")
		if x.Solved {
			what = r.L.T("verb.voice.solved")
		}
		serial := ""
		for _, m := range v.Group {
			if m.ID == x.Voice {
				serial = m.Serial
			}
		}
		all[len(all)-1-i] = ui.Act{When: r.L.Time(microTime(x.At)), Who: serial, What: what, Where: r.L.T("research.answer_of", "desk", v.Desks[x.Desk].Name), Quote: x.Words}
	}
	return all
}

func (v shown) targets(r *web.Request) []ui.Option {
	var all []ui.Option
	for i, m := range v.found {
		which := v.voices[m.ID].ID.String()
		all = append(all, ui.Option{Value: which, Label: m.Serial + " " + m.Title, Selected: v.form.Raw("into") == which || len(v.found) == 1 && i == 0})
	}
	return all
}

func (p *pages) merge(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	into, reason := web.ID[research.Voice](f, "into", web.Required), f.Text("reason", web.Required, web.Lines, web.Max(500))
	return p.regroup(w, r, f, "research.merge_done", func(which research.VoiceID) error {
		return p.s.Merge(r.Context(), r.Actor, which, into, reason)
	})
}

func (p *pages) separate(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	reason := f.Text("reason", web.Required, web.Lines, web.Max(500))
	return p.regroup(w, r, f, "research.separate_done", func(which research.VoiceID) error {
		return p.s.Separate(r.Context(), r.Actor, which, reason)
	})
}

func (p *pages) regroup(w http.ResponseWriter, r *web.Request, f *web.Form, done string, do func(research.VoiceID) error) error {
	which, err := voiceID(r)
	if err != nil {
		return err
	}
	if f.Err() == nil {
		if err = do(which); err == nil {
			return r.Redirect(w, voiceURL(which), done)
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showVoice(w, r, which, f)
}
