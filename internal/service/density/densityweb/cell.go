package densityweb

import (
	"net/http"

	"github.com/a-h/templ"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// picked is the small panel of a hexagon or a division.
type picked struct {
	words
	choice
	title string
	sum   density.Figures
	part  bool
	rows  []density.Figures
	towns map[org.ID]string
	into  string // address of the division's own page
	list  string // address of its persons, empty where the viewer may not see them
}

func (p *pages) cell(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	k := &picked{words: words{r.L}, choice: c}
	if text := r.URL.Query().Get("division"); text != "" {
		err = p.division(r, k, text)
	} else {
		err = p.hexagon(r, k)
	}
	if err != nil {
		return err
	}
	if fragment(r) {
		cacheable(w)
		return r.Page(w, http.StatusOK, cellPart(k))
	}
	frame := p.doors.Office(r, k.title, "")
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("density.title"), Href: c.href(home)}, {Label: k.title}}
	return door.Show(w, r, ui.Office, frame, panelOf(cellPart(k)))
}

func (p *pages) hexagon(r *web.Request, k *picked) error {
	got, err := p.density.Pick(r.Context(), r.Actor, k.Query, r.URL.Query().Get("cell"))
	if err != nil {
		return err
	}
	k.sum, k.part, k.rows, k.towns = got.Sum.Figures, got.Sum.Part, got.Rows, got.Towns
	k.title = k.l.T("density.cell.around", "village", got.Sum.Node.Name, "n", len(got.Rows))
	if len(got.Rows) == 1 {
		k.title = got.Sum.Node.Name
	}
	return nil
}

func (p *pages) division(r *web.Request, k *picked, text string) error {
	at, err := id.Parse[org.Node](text)
	if err != nil {
		return err
	}
	want := k.Query
	want.Place, want.Level = at, ""
	v, err := p.density.See(r.Context(), r.Actor, want)
	if err != nil {
		return err
	}
	k.title, k.sum, k.rows = v.Place().Name, v.Sum, v.Rows
	k.into = k.href(home, "place", at.String(), "level", "")
	if v.Sum.Lists {
		k.list = listOf(v.Place())
	}
	return nil
}

func (k *picked) facts() []ui.Fact {
	fact := func(key string, c ui.Cell) ui.Fact { return ui.Fact{Label: k.l.T("density.col." + key), Value: c.Text} }
	return []ui.Fact{
		fact("youth", k.value(k.sum.Youth)), fact("members", k.value(k.sum.Members)), fact("orgs", k.whole(k.sum.Orgs)),
		fact("ratio", k.percent(k.sum.Ratio)), fact("per_1000", k.per1000(k.sum.Per1000)),
	}
}

func (k *picked) table() ui.Table {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: k.l.T("density.col." + key), Kind: kind}
	}
	t := ui.Table{Label: k.title, Figures: true, Columns: []ui.Column{
		head("division", ui.Title), head("youth", ui.Number), head("members", ui.Number), head("orgs", ui.Number), head("ratio", ui.Number),
	}}
	var rows []ui.Row
	for _, f := range k.rows {
		name := ui.Cell{Text: f.Node.Name, After: k.towns[f.Node.ID]}
		members := k.value(f.Members)
		if f.Lists {
			name.Href = listOf(f.Node)
		}
		if f.Node.Kind != org.Village {
			name.Href = k.href(home, "place", f.Node.ID.String(), "level", "")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{name, k.value(f.Youth), members, k.whole(f.Orgs), k.percent(f.Ratio)}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func panelOf(body templ.Component) templ.Component { return door.With(ui.Panel(ui.Box{}), body) }
