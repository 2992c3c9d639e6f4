package intakeweb

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density/intake"
)

// shownProblems is how many problems the page lists; the marked-up file has all.
const shownProblems = 200

func kindWord(l *i18n.Printer, k string) string { return l.T("intakeweb.kind." + k) }

// steps shows where a file is on its way.
func steps(l *i18n.Printer, at int, seq int64) ([]ui.Step, int) {
	all := []ui.Step{
		{Label: l.T("intakeweb.step.upload")},
		{Label: l.T("intakeweb.step.about")},
		{Label: l.T("intakeweb.step.columns")},
		{Label: l.T("intakeweb.step.check")},
		{Label: l.T("intakeweb.step.write")},
	}
	for i := range at {
		all[i].Done = true
	}
	if seq > 0 && at > 2 && at < 4 {
		all[2].Href = intake.Page(seq) + "/columns"
	}
	return all, at
}

func stateTone(s source.State) (ui.Tone, string) {
	switch s {
	case source.Visible:
		return ui.OK, "circle-check"
	case source.Checked:
		return ui.Soon, "clipboard-check"
	case source.Undone, source.Abandoned:
		return ui.Plain, "ban"
	}
	return ui.Plain, "progress"
}

func stateCell(l *i18n.Printer, s source.State) ui.Cell {
	tone, icon := stateTone(s)
	return ui.Cell{Part: ui.State(tone, icon, l.T("intakeweb.state."+string(s)))}
}

func sourceRows(l *i18n.Printer, lines []intake.Line) []ui.Row {
	rows := make([]ui.Row, len(lines))
	for i, x := range lines {
		last, asOf, n := ui.Cell{Text: l.T("intakeweb.never")}, "—", "—"
		if x.Latest != nil {
			last = ui.Cell{Text: l.Time(x.Latest.ShownAt), Href: intake.Page(x.Latest.Seq)}
			asOf, n = l.Date(x.Latest.AsOf), l.Int(x.Latest.Counts.Rows-x.Latest.Counts.Bad)
		}
		var waiting ui.Cell
		if len(x.Unfinished) > 0 {
			d := x.Unfinished[0]
			waiting = ui.Cell{Text: l.T("intakeweb.state." + string(d.State)), Href: intake.Page(d.Seq)}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Source.Name},
			{Text: kindWord(l, x.Source.Kind)},
			{Text: l.T("intakeweb.fineness." + string(x.Source.Fineness))},
			{Text: asOf},
			{Text: n},
			last, waiting,
		}}
	}
	return rows
}

func recentRows(l *i18n.Printer, all []source.Delivery, lines []intake.Line) []ui.Row {
	names := map[source.ID]string{}
	for _, x := range lines {
		names[x.Source.ID] = x.Source.Name
	}
	rows := make([]ui.Row, 0, 20)
	for _, d := range all[:min(20, len(all))] {
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: d.FileName, Href: intake.Page(d.Seq)},
			{Text: names[d.Source]},
			stateCell(l, d.State),
			{Text: l.Date(d.AsOf)},
			{Text: l.Int(d.Counts.Rows)},
			{Text: l.Time(d.MadeAt)},
		}})
	}
	return rows
}

func kindOptions(l *i18n.Printer, chosen intake.Kind) []ui.Option {
	all := make([]ui.Option, len(intake.Kinds))
	for i, k := range intake.Kinds {
		all[i] = ui.Option{Value: string(k), Label: kindWord(l, string(k)), Selected: k == chosen}
	}
	return all
}

// sourceOptions offers the sources of the recognised kind first, and a new one last.
func sourceOptions(l *i18n.Printer, f aboutForm) []ui.Option {
	var same, others []ui.Option
	picked := f.Raw("source")
	for _, x := range f.lines {
		o := ui.Option{Value: x.Source.ID.String(), Label: x.Source.Name, Help: kindWord(l, x.Source.Kind)}
		if x.Latest != nil {
			o.Help += " · " + l.T("intakeweb.last", "day", l.Date(x.Latest.AsOf))
		}
		if x.Source.Kind == string(f.kind) {
			if !f.Has("source") && picked == "" {
				picked = o.Value
			}
			same = append(same, o)
		} else {
			others = append(others, o)
		}
	}
	all := append(slices.Concat(same, others), ui.Option{Value: "", Label: l.T("intakeweb.new_source"), Help: l.T("intakeweb.new_source_says")})
	for i := range all {
		all[i].Selected = all[i].Value == picked
	}
	return all
}

func options(l *i18n.Printer, prefix string, values []string, chosen string) []ui.Option {
	all := make([]ui.Option, len(values))
	for i, v := range values {
		all[i] = ui.Option{Value: v, Label: l.T(prefix + v), Selected: v == chosen || chosen == "" && i == 0}
	}
	return all
}

func (f aboutForm) wrong(l *i18n.Printer, name string) string {
	if p := f.At(name); len(p) > 0 {
		return l.Problem(p[0])
	}
	return ""
}

// wayOut is what can be done about work that has stopped: its columns change only until it is written.
func wayOut(l *i18n.Printer, v intake.View) []ui.Action {
	at := intake.Page(v.Delivery.Seq)
	all := []ui.Action{{Label: l.T("intakeweb.go_on"), Icon: "player-play", Href: at + "/go-on", Post: true, Key: web.NewKey(), Primary: true}}
	if v.Delivery.State != source.Applying {
		all = append(all, ui.Action{Label: l.T("intakeweb.columns"), Icon: "adjustments", Href: at + "/columns"})
	}
	return append(all, ui.Action{Label: l.T("intakeweb.abandon"), Icon: "ban", Href: at + "/abandon", Danger: true})
}

// sheetSegments offers the sheets of the file.
func sheetSegments(v intake.Preview) []ui.Segment {
	all := make([]ui.Segment, len(v.Sheets))
	for i, s := range v.Sheets {
		all[i] = ui.Segment{Label: s, Href: intake.Page(v.Delivery.Seq) + "/columns?" + url.Values{"sheet": {s}}.Encode(), Active: s == v.Report.Mapping.Sheet}
	}
	return all
}

// columnInput asks which column of the file holds a field, and shows what stands there.
func columnInput(l *i18n.Printer, v intake.Preview, f sheet.Field, form *web.Form) ui.Input {
	chosen := -1
	if i, ok := v.Report.Mapping.Columns[f.Name]; ok {
		chosen = i
	}
	in := ui.Input{Name: "c_" + f.Name, Label: f.Aliases[0], Required: f.Required, Options: []ui.Option{{Value: "", Label: l.T("intakeweb.no_column")}}}
	if form != nil {
		chosen = -1
		if n, err := strconv.Atoi(form.Raw(in.Name)); err == nil {
			chosen = n
		}
	}
	for i, t := range v.Report.Mapping.Titles {
		if t == "" {
			t = l.T("intakeweb.untitled")
		}
		in.Options = append(in.Options, ui.Option{Value: strconv.Itoa(i), Label: sheet.ColumnName(i) + " · " + t, Selected: i == chosen})
	}
	in.Help = samples(l, v, f, chosen)
	for _, p := range v.Problems {
		if p.Field == f.Name {
			in.Error = l.Problem(p)
		}
	}
	return in
}

// samples shows the first values of a column. Numbers of persons and names are left to the file itself.
func samples(l *i18n.Printer, v intake.Preview, f sheet.Field, column int) string {
	if column < 0 {
		return ""
	}
	switch {
	case f.Name == "id" || f.Name == "phone" || f.Name == "number", f.Name == "name" && (v.Report.Kind == intake.Members || v.Report.Kind == intake.Cadres):
		return l.T("intakeweb.samples_hidden")
	}
	text, n := "", 0
	for _, r := range v.Rows {
		s := []rune(r.Text(column))
		if len(s) == 0 {
			continue
		}
		if len(s) > 16 {
			s = append(s[:15], '…')
		}
		if n > 0 {
			text += "、"
		}
		text += string(s)
		if n++; n == 3 {
			break
		}
	}
	if text == "" {
		return l.T("intakeweb.samples_none")
	}
	return l.T("intakeweb.samples", "text", text)
}

func faults(l *i18n.Printer, all []errs.Problem) []ui.Fault {
	out := make([]ui.Fault, len(all))
	for i, p := range all {
		out[i] = ui.Fault{Field: "c_" + p.Field, Text: l.Problem(p)}
	}
	return out
}

func figures(l *i18n.Printer, r intake.Report) []ui.Figure {
	unit := l.T("intakeweb.unit")
	c := r.Counts
	return []ui.Figure{
		{Label: l.T("intakeweb.rows"), Value: l.Int(c.Rows), Unit: unit},
		{Label: l.T("intakeweb.bad"), Value: l.Int(c.Bad), Unit: unit, Href: "#problems", Light: ui.Bad, Lit: c.Bad > 0},
		{Label: l.T("intakeweb.warned"), Value: l.Int(c.Warned), Unit: unit, Href: "#problems", Light: ui.Soon, Lit: c.Warned > 0},
		{Label: l.T("intakeweb.fresh"), Value: l.Int(c.Fresh), Unit: unit, Href: "#fresh"},
		{Label: l.T("intakeweb.changed"), Value: l.Int(c.Changed), Unit: unit, Href: "#changed"},
		{Label: l.T("intakeweb.gone"), Value: l.Int(c.Gone), Unit: unit, Href: "#gone", Note: l.T("intakeweb.gone_says"), Outside: true},
	}
}

func problemRows(l *i18n.Printer, all []intake.Problem) []ui.Row {
	rows := make([]ui.Row, 0, min(len(all), shownProblems))
	for _, p := range all[:min(len(all), shownProblems)] {
		column := "—"
		if p.Column >= 0 {
			column = sheet.ColumnName(p.Column)
			if p.Title != "" {
				column += " · " + p.Title
			}
		}
		tone, icon := ui.Bad, "alert-octagon"
		if p.Level == intake.Warn {
			tone, icon = ui.Soon, "alert-triangle"
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: l.Int(int64(p.Row))}, {Text: column}, {Text: l.T(p.Key, p.Args)}, {Part: ui.State(tone, icon, l.T("intakeweb.level."+string(p.Level)))},
		}})
	}
	return rows
}

// reasons counts the problems by what they are, the most frequent first.
func reasons(l *i18n.Printer, r intake.Report) []ui.Row {
	args := map[string]errs.Args{}
	for _, p := range r.Problems {
		if args[p.Key] == nil {
			args[p.Key] = p.Args
		}
	}
	keys := slices.SortedFunc(maps.Keys(r.Reasons), func(a, b string) int {
		if d := r.Reasons[b] - r.Reasons[a]; d != 0 {
			return int(min(max(d, -1), 1))
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	rows := make([]ui.Row, len(keys))
	for i, k := range keys {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: l.T(k, args[k])}, {Text: l.Int(r.Reasons[k])}}}
	}
	return rows
}

// sampleColumns has what differs only where something can: a new row and one that is gone differ in everything.
func sampleColumns(l *i18n.Printer, all []intake.Sample) []ui.Column {
	columns := []ui.Column{{Head: l.T("intakeweb.name"), Kind: ui.Title}, {Head: l.T("intakeweb.row"), Kind: ui.Number}}
	if differ(all) {
		columns = append(columns, ui.Column{Head: l.T("intakeweb.differs")})
	}
	return columns
}

func differ(all []intake.Sample) bool {
	return slices.ContainsFunc(all, func(s intake.Sample) bool { return len(s.Fields) > 0 })
}

func sampleRows(l *i18n.Printer, all []intake.Sample) []ui.Row {
	with := differ(all)
	rows := make([]ui.Row, len(all))
	for i, s := range all {
		row, what := "—", ""
		if s.Row > 0 {
			row = l.Int(int64(s.Row))
		}
		for j, f := range s.Fields {
			if j > 0 {
				what += "、"
			}
			what += fieldWord(l, f)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: s.Name}, {Text: row}}}
		if with {
			rows[i].Cells = append(rows[i].Cells, ui.Cell{Text: what})
		}
	}
	return rows
}

// fieldWord names a field that changed; age bands name themselves.
func fieldWord(l *i18n.Printer, f string) string {
	if key := "intakeweb.field." + f; l.Has(key) {
		return l.T(key)
	}
	return f
}

// markedLink leads to the file with every problem beside its row, while there is such a file.
func markedLink(l *i18n.Printer, d source.Delivery) *ui.Link {
	if !d.FileGone.IsZero() {
		return nil
	}
	return &ui.Link{Label: l.T("intakeweb.marked"), Href: intake.Page(d.Seq) + "/marked.xlsx"}
}
