package formweb

import (
	"net/http"
	"slices"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	v, err := p.look(r)
	if err != nil {
		return err
	}
	who := []string{v.MadeBy}
	for _, x := range v.Versions {
		who = append(who, x.MadeBy)
	}
	names, err := p.names(r, who)
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Title, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("formweb.list"), Href: home}, {Label: v.Title}}
	one := shown{Look: v, names: names}
	if one.addresses, err = one.links(r); err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, pg, oneBody(r, one))
}

// shown is a form on its page.
type shown struct {
	form.Look
	names     map[string]string
	addresses ui.Table
}

func (v shown) document(r *web.Request) ui.Document {
	l := r.L
	word, tone, _ := stateOf(r, v.Form)
	d := ui.Document{Title: v.Title, Serial: v.Code, Sub: v.At.Name, State: word, Tone: tone}
	d.Facts = []ui.Fact{
		{Label: l.T("formweb.version_now"), Value: version(r, v.Version)},
		{Label: l.T("formweb.closes"), Value: dayOr(r, v.Closes, "formweb.no_end")},
	}
	if v.Answers >= 0 {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("formweb.answers"), Value: l.Int(v.Answers)})
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.answers"), Icon: "list-check", Href: formURL(v.ID, "answers")})
	}
	can := r.Actor.Can
	if v.Takes(today(r)) && !r.Actor.Scope(form.Enter).Narrow(v.At.Path).IsEmpty() {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.do_enter"), Icon: "edit", Href: formURL(v.ID, "enter")})
	}
	if v.Version > 0 {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.do_paper"), Icon: "printer", Href: paperURL(v.ID, v.Version)})
	}
	if v.Takes(today(r)) && !r.Actor.Scope(field.Assign).Narrow(v.At.Path).IsEmpty() {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.do_field"), Icon: "device-mobile", Href: formURL(v.ID, "field")})
	}
	switch {
	case v.State == form.Open && can(form.Shut, v.At.Path):
		d.Actions = append(d.Actions,
			ui.Action{Label: l.T("formweb.do_end"), Icon: "lock", Href: formURL(v.ID, "end"), Danger: true},
			ui.Action{Label: l.T("formweb.do_until"), Icon: "calendar", Href: formURL(v.ID, "reopen")})
	case v.State == form.Closed && can(form.Shut, v.At.Path):
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.do_reopen"), Icon: "lock-open", Href: formURL(v.ID, "reopen")})
	}
	if can(form.Design, v.At.Path) {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.do_draw"), Icon: "edit", Href: formURL(v.ID, "draw")})
		d.Actions = append(d.Actions, ui.Action{Label: l.T("formweb.do_upload"), Icon: "cloud-upload", Href: formURL(v.ID, "upload"), Primary: v.Draft() == nil})
	}
	return d
}

// waitingActions are what can be done with the draft.
func (v shown) waitingActions(r *web.Request) []ui.Action {
	var all []ui.Action
	if r.Actor.Can(form.Publish, v.At.Path) {
		all = append(all, ui.Action{Label: r.L.T("formweb.do_publish"), Icon: "send", Href: formURL(v.ID, "publish"), Primary: true})
	}
	if r.Actor.Can(form.Design, v.At.Path) {
		all = append(all, ui.Action{Label: r.L.T("formweb.do_try"), Icon: "device-mobile", Href: formURL(v.ID, "try")})
	}
	return append(all, ui.Action{Label: r.L.T("formweb.download"), Icon: "file-spreadsheet", Href: versionURL(v.ID, v.Draft().Seq), Download: true})
}

func versionURL(which form.ID, seq int64) string {
	return formURL(which, "versions/") + itoa(seq)
}

// paperURL is where a version is laid out to be printed.
func paperURL(which form.ID, seq int64) string { return versionURL(which, seq) + "/paper" }

func (v shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("formweb.org"), Value: v.At.Name},
		{Label: l.T("formweb.code"), Part: ui.Code(v.Code)},
		{Label: l.T("formweb.made"), Value: l.T("formweb.made_by", "who", v.who(v.MadeBy), "at", at(r, v.MadeAt))},
		{Label: l.T("formweb.kept"), Value: l.T("formweb.kept_days", "n", v.KeepDays)},
	}
	read := v.Now
	if read == nil {
		read = v.Waiting
	}
	if read == nil {
		return all
	}
	var languages []string
	for _, x := range read.Languages {
		if x.Name != "" {
			languages = append(languages, x.Name)
		}
	}
	all = append(all, ui.Fact{Label: l.T("formweb.questions"), Value: l.Int(int64(asked(read)))})
	if len(languages) > 0 {
		all = append(all, ui.Fact{Label: l.T("formweb.languages"), Value: strings.Join(languages, "、")})
	}
	return all
}

// asked counts what people answer.
func asked(f *survey.Form) (n int) {
	for _, q := range f.Questions {
		if q.Kind.Asked() && q.Kind != survey.Note {
			n++
		}
	}
	return n
}

func (v shown) who(account string) string {
	if name := v.names[account]; name != "" {
		return name
	}
	return "—"
}

func (v shown) versions(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Versions))
	for i, x := range v.Versions {
		state := ui.Cell{Part: ui.State(ui.Soon, "edit", l.T("formweb.state.draft"))}
		switch {
		case x.Seq == v.Version:
			state = ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("formweb.in_use"))}
		case !x.IsDraft():
			state = ui.Cell{Part: ui.State(ui.Plain, "history", l.T("formweb.was_used"))}
		}
		published, paper := "—", ui.Cell{Text: "—"}
		if !x.IsDraft() {
			published = at(r, x.PublishedAt)
			paper = ui.Cell{Text: l.T("formweb.paper_do"), Href: paperURL(v.ID, x.Seq)}
		}
		from := x.FileName
		if from == "" {
			from = l.T("formweb.by_hand")
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: l.T("formweb.version_n", "n", x.Seq), After: x.Name},
			state,
			{Text: v.who(x.MadeBy)},
			{Text: at(r, x.MadeAt)},
			{Text: published},
			{Text: from},
			{Text: l.T("formweb.download"), Href: versionURL(v.ID, x.Seq)},
			paper,
		}}
	}
	return ui.Table{ID: "versions", Label: l.T("formweb.versions"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.version"), Kind: ui.Title},
		{Head: l.T("formweb.state")},
		{Head: l.T("formweb.by")},
		{Head: l.T("formweb.made_at")},
		{Head: l.T("formweb.published_at")},
		{Head: l.T("formweb.from")},
		{Head: l.T("formweb.workbook"), Kind: ui.NextAct},
		{Head: l.T("formweb.on_paper"), Kind: ui.NextAct},
	}}
}

// shownCodes is how many QR codes a page draws; each address has a sheet of its own besides.
const shownCodes = 20

func (v shown) links(r *web.Request) (ui.Table, error) {
	l := r.L
	rows := make([]ui.Row, len(v.Links))
	for i, x := range v.Links {
		state := ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("formweb.link_good"))}
		next := ui.Cell{Text: l.T("formweb.poster"), Href: formURL(v.ID, "links/"+x.Slug)}
		code := ui.Cell{Text: "—"}
		if x.Takes(today(r)) && i < shownCodes {
			bits, err := ui.Dots(linkURL(r, x))
			if err != nil {
				return ui.Table{}, err
			}
			code = ui.Cell{Part: ui.QR(bits, l.T("formweb.code_of", "name", x.Name))}
		}
		end := ui.Cell{Text: "—"}
		switch {
		case x.EndedAt > 0:
			state = ui.Cell{Part: ui.State(ui.Hold, "ban", l.T("formweb.link_ended", "at", at(r, x.EndedAt)))}
		case !x.Takes(today(r)):
			state = ui.Cell{Part: ui.State(ui.Hold, "clock", l.T("formweb.link_over"))}
		}
		if x.EndedAt == 0 && r.Actor.Can(form.Share, v.At.Path) {
			end = ui.Cell{Text: l.T("formweb.do_unlink"), Href: formURL(v.ID, "unlink?slug="+x.Slug)}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Name}, {Text: v.Orgs[x.Org].Name}, {Text: linkURL(r, x), Href: "/f/" + x.Slug}, code, {Text: dayOr(r, x.Until, "formweb.no_end")}, limitOf(r, v, x), state, next, end,
		}}
	}
	return ui.Table{ID: "links", Label: l.T("formweb.links"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.link_name"), Kind: ui.Title},
		{Head: l.T("formweb.link_org")},
		{Head: l.T("formweb.address")},
		{Head: l.T("formweb.qr")},
		{Head: l.T("formweb.until")},
		{Head: l.T("formweb.per_phone")},
		{Head: l.T("formweb.state")},
		{Head: l.T("formweb.paper"), Kind: ui.NextAct},
		{Head: l.T("formweb.do_unlink"), Kind: ui.NextAct},
	}}, nil
}

// limitOf says how often a phone may answer through an address, and leads to where that is set.
func limitOf(r *web.Request, v shown, x form.Link) ui.Cell {
	c := ui.Cell{Text: r.L.T("formweb.no_end")}
	if x.PerPhone > 0 {
		c.Text = r.L.T("formweb.per_phone_n", "n", x.PerPhone)
	}
	if x.EndedAt == 0 && r.Actor.Can(form.Share, v.At.Path) {
		c.Href = formURL(v.ID, "limit?slug="+x.Slug)
	}
	return c
}

func linkURL(r *web.Request, x form.Link) string { return r.Origin() + "/f/" + x.Slug }

// shownChanges is how many differences a page lists.
const shownChanges = 300

// changeTable says in words how the version that waits differs from the one in use.
func changeTable(r *web.Request, all []survey.Change) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, c := range all[:min(len(all), shownChanges)] {
		tone, icon := ui.Plain, "edit"
		switch c.What {
		case survey.Added:
			tone, icon = ui.OK, "plus"
		case survey.Removed:
			tone, icon = ui.Bad, "minus"
		case survey.Moved:
			icon = "arrows-split"
		}
		field := "—"
		if c.Field != "" {
			field = l.T("formweb.field." + c.Field)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Part: ui.State(tone, icon, l.T("formweb.what."+string(c.What)))}, {Text: orPath(c), After: c.Path}, {Text: field}, {Text: orDash(c.Old)}, {Text: orDash(c.New)},
		}})
	}
	return ui.Table{ID: "changes", Label: l.T("formweb.changes"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.change")}, {Head: l.T("formweb.question"), Kind: ui.Title}, {Head: l.T("formweb.field")}, {Head: l.T("formweb.before")}, {Head: l.T("formweb.after")},
	}}
}

func orPath(c survey.Change) string {
	if c.Label == "" {
		return c.Path
	}
	return c.Label
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// removes tells whether questions go, so that their answers are in the older version only.
func removes(all []survey.Change) bool {
	return slices.ContainsFunc(all, func(c survey.Change) bool { return c.What == survey.Removed })
}
