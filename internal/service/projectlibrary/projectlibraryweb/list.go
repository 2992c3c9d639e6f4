package projectlibraryweb

import (
	"net/http"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// listed is the list page: its filter, and what it found.
type listed struct {
	base     string // office list or what is shared
	filter   venture.Filter
	at       org.Node
	areas    []org.Node
	branches venture.Industries
	page     page.Page[venture.Row]
	count    page.Count
	figures  []ui.Figure
}

var freshness = []string{"stale"}

// read takes the filters from the address.
func (p *pages) read(r *web.Request) (v listed, err error) {
	f := web.Read(r)
	v.base = home
	v.filter = venture.Filter{
		State: venture.State(f.Choice("state", []string{string(venture.Known), string(venture.Draft), string(venture.Ended)})), Industry: field(f), Category: f.Choice("category", venture.Categories),
		Stage: f.Choice("stage", venture.Stages), Need: f.Choice("need", venture.NeedKinds), Stale: f.Choice("fresh", freshness) != "", Priority: f.Bool("priority"), Words: f.Text("q", web.Max(60)),
	}
	if err := f.Err(); err != nil {
		return v, err
	}
	if v.branches, err = p.s.Branches(r.Context(), r.City); err != nil {
		return v, err
	}
	if v.areas, err = p.s.Areas(r.Context(), r.Actor, venture.Read); err != nil || f.Raw("org") == "" {
		return v, err
	}
	at, err := id.Parse[org.Node](f.Raw("org"))
	if err != nil {
		return v, err
	}
	v.at, err = p.s.Readable(r.Context(), r.Actor, at)
	v.filter.At = v.at.Path
	return v, err
}

// field reads an industry by which a list is narrowed: a section, or a code below one.
func field(f *web.Form) string {
	text := f.Text("field", web.Max(5))
	if text == "" {
		return ""
	}
	code, err := venture.ParseIndustry(text)
	if err != nil {
		f.Fail("field", "field.choice", nil)
	}
	return code
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if v.page, err = p.s.Ventures.List(r.Context(), r.Actor, v.filter, r.URL.Query().Get("from")); err != nil {
		return err
	}
	if v.count, err = p.s.Ventures.Tally(r.Context(), r.Actor, v.filter); err != nil {
		return err
	}
	if err := p.figures(r, &v); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("venture.list"), r.L.T("venture.list_says"))
	pg.Actions = []ui.Action{{Label: r.L.T("venture.terms"), Icon: "clock", Href: home + "/terms"}}
	if r.Actor.May(venture.Create) {
		pg.Actions = append(pg.Actions, ui.Action{Label: r.L.T("venture.do_import"), Icon: "upload", Href: importURL})
		pg.Actions = append(pg.Actions, ui.Action{Label: r.L.T("venture.do_new"), Icon: "plus", Href: home + "/new", Primary: true})
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

// figures are the numbers above the list, each of which leads to its list.
func (p *pages) figures(r *web.Request, v *listed) error {
	for _, k := range []struct {
		key, href string
		of        venture.Filter
		lit       bool
	}{
		{"venture.known", home, venture.Filter{}, false},
		{"venture.drafts", home + "?state=draft", venture.Filter{State: venture.Draft}, true},
		{"venture.stale", home + "?fresh=stale", venture.Filter{Stale: true}, true},
		{"venture.of_priority", home + "?priority=1", venture.Filter{Priority: true}, false},
		{"venture.of_money", home + "?need=money", venture.Filter{Need: "money"}, false},
	} {
		n, err := p.s.Ventures.Tally(r.Context(), r.Actor, k.of)
		if err != nil {
			return err
		}
		f := ui.Figure{Label: r.L.T(k.key), Value: r.L.T(n.Key(), "n", n.N), Href: k.href}
		if k.lit && n.N > 0 {
			f.Light, f.Lit = ui.Soon, true
		}
		v.figures = append(v.figures, f)
	}
	return nil
}

// url is an address of the list or its export with some parameters changed; an empty value drops one.
func (v listed) url(path string, change ...string) string {
	pairs := []string{"q", v.filter.Words, "state", string(v.filter.State), "org", v.at.ID.String(), "field", v.filter.Industry, "category", v.filter.Category, "stage", v.filter.Stage, "need", v.filter.Need, "fresh", "", "priority", ""}
	if v.filter.Stale {
		pairs[slices.Index(pairs, "fresh")+1] = "stale"
	}
	if v.filter.Priority {
		pairs[slices.Index(pairs, "priority")+1] = "1"
	}
	for i := 0; i+1 < len(change); i += 2 {
		at := slices.Index(pairs, change[i])
		if at < 0 {
			pairs = append(pairs, change[i], change[i+1])
			continue
		}
		pairs[at+1] = change[i+1]
	}
	return web.Address(path, pairs...)
}

func (v listed) tabs(r *web.Request) []ui.Tab {
	var all []ui.Tab
	for _, s := range venture.States {
		as := string(s)
		if s == venture.Known {
			as = ""
		}
		all = append(all, ui.Tab{Label: r.L.T("venture.state." + string(s)), Href: v.url(home, "state", as), Active: v.filter.State == s || as == "" && v.filter.State == ""})
	}
	return all
}

// sections are the fields (门类) as options, and a code below one where the list is narrowed to that.
func (v listed) sections(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("venture.any_field")}}
	for _, s := range v.branches.Sections() {
		all = append(all, ui.Option{Value: s.Code, Label: s.Code + " " + s.Name, Selected: s.Code == v.filter.Industry})
	}
	if len(v.filter.Industry) > 1 {
		all = append(all, ui.Option{Value: v.filter.Industry, Label: v.filter.Industry + " " + v.branches.Name(v.filter.Industry), Selected: true})
	}
	return all
}

// counties are the areas by which the list may be narrowed.
func (v listed) counties(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("venture.any_area")}}
	shown := v.at.ID.IsZero()
	for _, n := range v.areas {
		if n.Kind != org.County && n.ID != v.at.ID && len(v.areas) > 30 { // in the whole city counties are enough to choose from
			continue
		}
		shown = shown || n.ID == v.at.ID
		all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID == v.at.ID})
	}
	if !shown {
		all = append(all, ui.Option{Value: v.at.ID.String(), Label: v.at.Name, Selected: true})
	}
	return all
}

func (v listed) filters(r *web.Request) ui.Filters {
	l := r.L
	f := ui.Filters{Action: v.base, Search: &ui.Search{Name: "q", Label: l.T("venture.search"), Value: v.filter.Words, Placeholder: l.T("venture.search_hint")}}
	need := ui.Filter{Name: "need", Label: l.T("venture.field.need"), Options: choices(r, "venture.need.", venture.NeedKinds, v.filter.Need, l.T("venture.any_need"))}
	section := ui.Filter{Name: "field", Label: l.T("venture.field.field"), Options: v.sections(r)}
	if v.base == shared {
		f.Filters = []ui.Filter{section, need}
	} else {
		stale, priority := "", ""
		if v.filter.Stale {
			stale = "stale"
		}
		if v.filter.Priority {
			priority = "1"
		}
		f.Filters = []ui.Filter{
			{Name: "org", Label: l.T("venture.field.org"), Options: v.counties(r)},
			section,
			{Name: "category", Label: l.T("venture.field.category"), Options: choices(r, "venture.category.", venture.Categories, v.filter.Category, l.T("venture.any_category"))},
			{Name: "stage", Label: l.T("venture.field.stage"), Options: choices(r, "venture.stage.", venture.Stages, v.filter.Stage, l.T("venture.any_stage"))},
			need,
			{Name: "fresh", Label: l.T("venture.freshness"), Options: choices(r, "venture.fresh.", freshness, stale, l.T("venture.any_fresh"))},
			{Name: "priority", Label: l.T("venture.priority"), Options: choices(r, "venture.priority_is.", []string{"1"}, priority, l.T("venture.any_priority"))},
		}
		f.Keep = []ui.Param{{Name: "state", Value: string(v.filter.State)}}
	}
	if v.url("", "state", "") != "" {
		f.Clear = (listed{filter: venture.Filter{State: v.filter.State}}).url(v.base)
	}
	if v.base == home && r.Actor.May(venture.Export) {
		f.Export = []ui.Export{{Href: v.url(home + "/export"), Count: int64(v.count.N), Capped: v.count.Capped}}
	}
	return f
}

// industry is a code with its name.
func (v listed) industry(code string) string { return v.branches.Name(code) }

func needWords(r *web.Request, kinds []string) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = r.L.T("venture.need." + k)
	}
	return strings.Join(words, r.L.T("venture.comma"))
}

func areaName(over, at org.Node) string {
	if over.Name == "" || over.Kind == org.City || !at.Kind.IsDivision() {
		return at.Name
	}
	return over.Name + " · " + at.Name
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.page.Items {
		name := ui.Cell{Text: x.Name, Href: under(v.base, x.ID, ""), After: x.Serial}
		cells := []ui.Cell{name, {Part: industryPart(r, v.industry(x.Industry), x.Priority)}, {Text: l.T("venture.category." + x.Category)}, {Text: l.T("venture.stage." + x.Stage)}, {Text: areaName(x.Over, x.At)}}
		if v.base == home {
			cells = append(cells, ui.Cell{Text: orDash(x.Lead)})
		}
		cells = append(cells, ui.Cell{Text: orDash(needWords(r, x.Needs))})
		if v.base == home {
			tone := ui.OK
			if x.Stale {
				tone = ui.Soon
			}
			cells = append(cells, ui.Cell{Part: ui.Light(tone, l.Date(dayOf(r, x.ConfirmedAt)))})
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	columns := []ui.Column{
		{Head: l.T("venture.field.name"), Kind: ui.Title}, {Head: l.T("venture.field.industry")}, {Head: l.T("venture.field.category")}, {Head: l.T("venture.field.stage"), Kind: ui.Short}, {Head: l.T("venture.field.org")},
	}
	if v.base == home {
		columns = append(columns, ui.Column{Head: l.T("venture.field.lead"), Kind: ui.Short})
	}
	columns = append(columns, ui.Column{Head: l.T("venture.open_needs")})
	if v.base == home {
		columns = append(columns, ui.Column{Head: l.T("venture.confirmed"), Kind: ui.Short})
	}
	return ui.Table{ID: "ventures", Label: l.T("venture.list"), Groups: ui.Rows(rows...), Columns: columns}
}

func (v listed) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = v.url(v.base, "from", v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = v.url(v.base, "from", v.page.Next)
	}
	return p
}

// export sends what is listed as a file. It is noted before the file goes out.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	rows, err := p.s.Ventures.Sheet(r.Context(), r.Actor, v.filter)
	if err != nil {
		return err
	}
	l := r.L
	web.Download(w, l.T("venture.list")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("venture.list"), []sheet.OutColumn{
		{Title: l.T("venture.serial"), Width: 18, Text: true},
		{Title: l.T("venture.field.name"), Width: 30, Text: true},
		{Title: l.T("venture.field.lead"), Text: true},
		{Title: l.T("venture.field.entity"), Text: true},
		{Title: l.T("venture.field.credit"), Width: 22, Text: true},
		{Title: l.T("venture.field.industry"), Text: true},
		{Title: l.T("venture.industry_name"), Width: 24, Text: true},
		{Title: l.T("venture.priority"), Text: true},
		{Title: l.T("venture.field.category"), Text: true},
		{Title: l.T("venture.field.stage"), Text: true},
		{Title: l.T("venture.field.org"), Width: 24, Text: true},
		{Title: l.T("venture.field.address"), Width: 30, Text: true},
		{Title: l.T("venture.field.staff")},
		{Title: l.T("venture.field.revenue_year")},
		{Title: l.T("venture.field.revenue"), Text: true},
		{Title: l.T("venture.open_needs"), Width: 20, Text: true},
		{Title: l.T("venture.confirmed"), Text: true},
	})
	if err != nil {
		return err
	}
	for _, x := range rows {
		priority := ""
		if x.Priority {
			priority = l.T("venture.priority_is.1")
		}
		var year, revenue any = "", ""
		if x.RevenueYear > 0 {
			year, revenue = x.RevenueYear, x.Revenue.Plain()
		}
		if err := out.Write(x.Serial, x.Name, x.Lead, l.T("venture.entity."+x.Entity), x.Credit, x.Industry, v.industry(x.Industry), priority, l.T("venture.category."+x.Category),
			l.T("venture.stage."+x.Stage), areaName(x.Over, x.At), x.Address, x.Staff, year, revenue, needWords(r, x.Needs), dayOf(r, x.ConfirmedAt).String()); err != nil {
			return err
		}
	}
	return out.Close()
}
