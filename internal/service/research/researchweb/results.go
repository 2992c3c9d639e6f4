package researchweb

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/result"
)

func dayOf(at int64) day.Day { return day.Of(time.UnixMicro(at), time.FixedZone("", 8*3600)) }

// counted draws one question.
type counted struct {
	l *i18n.Printer
	t result.Table
	n int // its place on the page
}

// title is the question's text, with the repeat in which it is asked.
func (c counted) title() string {
	if c.t.Within == "" {
		return c.t.Label
	}
	return c.l.T("research.within", "label", c.t.Label, "within", c.t.Within)
}

// head says what is counted: people, or rows.
func (c counted) head() string {
	if c.t.Within == "" {
		return c.l.T("research.people")
	}
	return c.l.T("research.row_count")
}

func (c counted) id() string { return "t" + strconv.Itoa(c.n) }

func (c counted) hint() string {
	switch {
	case c.t.Asked == 0:
		return c.l.T("research.hidden_all")
	case c.t.Within != "" && c.t.NoneHidden:
		return c.l.T("research.rows", "within", c.t.Within, "n", c.t.Asked, "people", c.t.People)
	case c.t.Within != "":
		return c.l.T("research.rows_answered", "within", c.t.Within, "n", c.t.Answered, "of", c.t.Asked, "people", c.t.People)
	case c.t.NoneHidden:
		return c.l.T("research.asked", "n", c.t.Asked)
	}
	return c.l.T("research.answered", "n", c.t.Answered, "of", c.t.Asked)
}

func share(l *i18n.Printer, x float64) string { return l.Percent(int64(x*1e6 + 0.5)) }

func (c counted) table() ui.Table {
	l := c.l
	t := ui.Table{ID: c.id(), Label: c.title(), Figures: true, Columns: []ui.Column{
		{Head: l.T("research.choice"), Kind: ui.Title}, {Head: c.head(), Kind: ui.Number}, {Head: l.T("research.share"), Kind: ui.Number},
	}}
	if c.t.Kind == result.Rank {
		t.Columns = append(t.Columns, ui.Column{Head: l.T("research.rank"), Kind: ui.Number})
	}
	var rows []ui.Row
	for _, x := range c.t.Rows {
		hidden := ui.Cell{Text: l.T("research.hidden")}
		row := ui.Row{Cells: []ui.Cell{{Text: x.Label}, hidden, hidden}}
		if !x.Hidden {
			row.Cells = []ui.Cell{{Text: x.Label}, {Text: l.Int(x.Count), Value: strconv.FormatInt(x.Count, 10)}, {Text: share(l, x.Share), Value: strconv.FormatFloat(x.Share*100, 'f', 1, 64)}}
		}
		if c.t.Kind == result.Rank {
			rank := ui.Cell{Text: "—"}
			if x.Rank > 0 {
				rank = ui.Cell{Text: fmt.Sprintf("%.2f", x.Rank)}
			}
			row.Cells = append(row.Cells, rank)
		}
		rows = append(rows, row)
	}
	if c.t.Kind == result.One && c.t.Asked > 0 {
		none := ui.Cell{Text: l.Int(c.t.Unanswered)}
		if c.t.NoneHidden {
			none.Text = l.T("research.hidden")
		}
		rows = append(rows, ui.Row{Sub: true, Cells: []ui.Cell{{Text: l.T("research.unanswered")}, none, {Text: "—"}}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// draws tells whether a chart is worth it: not for fewer than three values that are there.
func (c counted) draws() bool {
	n := 0
	for _, x := range c.t.Rows {
		if !x.Hidden && x.Count > 0 {
			n++
		}
	}
	return n >= 3
}

func (c counted) figures() []ui.Fact {
	f := c.t.Figures
	if f == nil {
		return []ui.Fact{{Label: c.l.T("research.mean"), Value: c.l.T("research.hidden")}}
	}
	n := func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
	return []ui.Fact{
		{Label: c.l.T("research.mean"), Value: n(f.Mean)},
		{Label: c.l.T("research.median"), Value: n(f.Median)},
		{Label: c.l.T("research.quartiles"), Value: n(f.Q1) + " – " + n(f.Q3)},
	}
}

// how says how was counted, and what weights do.
func how(l *i18n.Printer, r research.Results) string {
	text := l.T("research.how", "n", result.Threshold)
	if r.Effective > 0 {
		text += l.T("research.how_weights", "n", fmt.Sprintf("%.0f", r.Effective), "from", fmt.Sprintf("%.2f", r.Lightest), "to", fmt.Sprintf("%.2f", r.Heaviest), "empty", r.Empty)
	}
	return text
}

// crossed draws two questions together.
type crossed struct {
	l *i18n.Printer
	c result.Crossing
	n int
}

func (x crossed) title() string { return x.c.A.Label + " × " + x.c.B.Label }

func (x crossed) table() ui.Table {
	t := ui.Table{ID: "x" + strconv.Itoa(x.n), Label: x.title(), Figures: true, Columns: []ui.Column{{Head: x.c.A.Label, Kind: ui.Title}}}
	for _, c := range x.c.Columns {
		t.Columns = append(t.Columns, ui.Column{Head: c.Label, Kind: ui.Number})
	}
	var rows []ui.Row
	for i, c := range x.c.Rows {
		row := ui.Row{Cells: []ui.Cell{{Text: c.Label}}}
		for k, n := range x.c.Counts[i] {
			cell := ui.Cell{Text: x.l.Int(n), Value: strconv.FormatInt(n, 10)}
			if i < len(x.c.Shares) && x.c.Shares[i] != nil {
				cell.Text += " · " + share(x.l, x.c.Shares[i][k])
			}
			if x.c.Hidden[i][k] {
				cell = ui.Cell{Text: x.l.T("research.hidden")}
			}
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func (x crossed) foot(released bool) string {
	if released && x.hides() {
		return x.l.T("research.cross_hidden", "n", x.c.N)
	}
	p := fmt.Sprintf("%.3f", x.c.P)
	if x.c.P < 0.001 {
		p = "< 0.001"
	}
	text := x.l.T("research.cross_foot", "n", x.c.N, "chi2", fmt.Sprintf("%.2f", x.c.Chi2), "df", x.c.Freedom, "p", p, "v", fmt.Sprintf("%.2f", x.c.V))
	if x.c.Caution {
		text += x.l.T("research.cross_caution")
	}
	return text
}

// hides tells whether a count is hidden: then a figure that was made of all counts tells of it.
func (x crossed) hides() bool {
	for _, line := range x.c.Hidden {
		for _, h := range line {
			if h {
				return true
			}
		}
	}
	return false
}

func (p *pages) cross(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	v := looked{form: f}
	if v.StudySeen, err = p.s.LookAt(r.Context(), r.Actor, which); err != nil {
		return err
	}
	a, b := f.Raw("a"), f.Raw("b")
	var c *crossed
	if a != "" && b != "" {
		got, err := p.s.Crossed(r.Context(), r.Actor, which, a, b)
		if errs.KindOf(err) == errs.Invalid {
			f.Fail("b", errs.KeyOf(err), nil)
		} else if err != nil {
			return err
		} else {
			c = &crossed{r.L, got, 0}
		}
	} else if !v.Whole {
		return errs.New(errs.Denied, "errs.denied", nil)
	}
	page := p.doors.Office(r, r.L.T("research.cross"), r.L.T("research.cross_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: v.Title, Href: studyURL(which, "")}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, crossBody(r, v, c, a, b))
}

func (p *pages) bank(w http.ResponseWriter, r *web.Request) error {
	items, err := p.s.Bank(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	key := web.Read(r).Raw("key")
	var rounds []research.Round
	if key != "" {
		if rounds, err = p.s.Rounds(r.Context(), r.Actor, key); err != nil {
			return err
		}
	}
	page := p.doors.Office(r, r.L.T("research.bank"), r.L.T("research.bank_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, bankBody(r, items, key, rounds))
}

func bankTable(r *web.Request, items []research.BankItem) ui.Table {
	rows := make([]ui.Row, len(items))
	for i, b := range items {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: b.Key, Href: web.Address(studiesURL+"/bank", "key", b.Key)}, {Text: b.Label}, {Text: r.L.T("research.kind." + string(b.Kind))}, {Text: r.L.Int(int64(len(b.Choices)))}}}
	}
	return ui.Table{ID: "bank", Label: r.L.T("research.bank"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("research.bank_key"), Kind: ui.Title}, {Head: r.L.T("research.bank_label")}, {Head: r.L.T("research.kind"), Kind: ui.Short}, {Head: r.L.T("research.bank_choices"), Kind: ui.Number},
	}}
}

// roundsTable puts the rounds of a question side by side, choice by choice.
func roundsTable(r *web.Request, rounds []research.Round) ui.Table {
	l := r.L
	t := ui.Table{ID: "rounds", Label: l.T("research.rounds"), Figures: true, Columns: []ui.Column{{Head: l.T("research.choice"), Kind: ui.Title}}}
	var order []result.Choice
	at := map[string]int{}
	for _, x := range rounds {
		t.Columns = append(t.Columns, ui.Column{Head: fmt.Sprintf("%d %s", x.Year, x.Title), Kind: ui.Number})
		for _, row := range x.Table.Rows {
			if _, there := at[row.Value]; !there {
				at[row.Value] = len(order)
				order = append(order, result.Choice{Value: row.Value, Label: row.Label})
			}
		}
	}
	var rows []ui.Row
	for _, c := range order {
		row := ui.Row{Cells: []ui.Cell{{Text: c.Label}}}
		for _, x := range rounds {
			cell := ui.Cell{Text: "—"}
			for _, one := range x.Table.Rows {
				if one.Value == c.Value {
					cell.Text = share(l, one.Share)
					if one.Hidden {
						cell.Text = l.T("research.hidden")
					}
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	if len(order) == 0 { // numbers
		row := ui.Row{Cells: []ui.Cell{{Text: l.T("research.median")}}}
		for _, x := range rounds {
			text := l.T("research.hidden")
			if f := x.Table.Figures; f != nil {
				text = strconv.FormatFloat(f.Median, 'f', 2, 64)
			}
			row.Cells = append(row.Cells, ui.Cell{Text: text})
		}
		rows = append(rows, row)
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func (p *pages) publications(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Publications(r.Context(), r.City)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("research.publications"), r.L.T("research.publications_says")), publicationsBody(r, all))
}

func (p *pages) publication(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	x, got, err := p.s.Publication(r.Context(), r.City, which)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, x.Title, x.Purpose)
	page.Scripts = []string{"chart"}
	return door.Show(w, r, ui.Public, page, publicationBody(r, x, got))
}
