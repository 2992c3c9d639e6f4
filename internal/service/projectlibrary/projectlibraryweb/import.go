package projectlibraryweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const importURL = home + "/import"

// sheetBytes and shownRows bound a spreadsheet and the list of what was found in it.
const sheetBytes, shownRows = 10 << 20, 200

// importing is the page on which a spreadsheet is handed in.
type importing struct {
	form  *web.Form
	got   *venture.Sheet // what was found in one
	wrote bool           // and its good rows were entered
}

// wording is what columns and words are called, in both languages of the pages and as offices write them besides.
func wording(l *i18n.Printer) venture.Wording {
	w := venture.Wording{Words: map[string]map[string]string{}}
	needed := map[string]bool{"name": true, "industry": true}
	for _, c := range venture.Columns {
		f := sheet.Field{Name: c, Required: needed[c]}
		for _, lang := range i18n.Langs() {
			f.Aliases = append(f.Aliases, l.Speaking(lang).T(labels[c]))
		}
		f.Aliases = append(f.Aliases, besides[c]...)
		w.Fields = append(w.Fields, f)
	}
	for field, keys := range map[string][]string{"category": venture.Categories, "stage": venture.Stages, "entity": venture.Entities} {
		w.Words[field] = map[string]string{}
		for _, k := range keys {
			for _, lang := range i18n.Langs() {
				w.Words[field][l.Speaking(lang).T("venture."+field+"."+k)] = k
			}
		}
	}
	return w
}

// besides are other names by which offices call columns.
var besides = map[string][]string{
	"name": {"名称", "企业名称", "单位名称", "项目"}, "founder": {"负责人", "创业者", "姓名", "创始人", "法定代表人", "Lead"}, "industry": {"行业代码", "所属行业", "行业名称"},
	"org": {"所属区域", "属地"}, "county": {"县区", "区县", "所在县", "县（市、区）"}, "town": {"乡镇", "镇街", "所在乡镇"}, "serial": {"编号", "档案编号"},
	"about": {"项目简介", "简介", "经营范围", "主营业务"}, "category": {"创业类别"}, "entity": {"企业类型", "主体"}, "credit": {"信用代码", "社会信用代码"}, "address": {"地址"},
	"began": {"成立日期", "注册日期"}, "staff": {"员工数", "从业人数", "带动就业人数"}, "revenue": {"年营业收入", "营业收入", "年收入"}, "revenue_year": {"年度"},
}

func (p *pages) askSheet(w http.ResponseWriter, r *web.Request) error {
	return p.showSheet(w, r, importing{form: web.ReadValues(nil)})
}

func (p *pages) showSheet(w http.ResponseWriter, r *web.Request, v importing) error {
	page := p.doors.Office(r, r.L.T("venture.do_import"), r.L.T("venture.says_import"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: page.Title}}
	page.Actions = []ui.Action{{Label: r.L.T("venture.import.blank"), Icon: "download", Href: importURL + "/blank"}}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, importBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, importBody(r, v))
}

// takeSheet looks at a spreadsheet, or enters its good rows. The file is sent once more to be entered: nothing of it is kept in
// between.
func (p *pages) takeSheet(w http.ResponseWriter, r *web.Request) error {
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer func() { _ = up.Remove() }()
	v := importing{form: web.ReadValues(up.Values)}
	write := v.form.Choice("what", []string{"check", "write"}, web.Required) == "write"
	file, ok := up.File("file")
	if !ok || file.Size == 0 {
		v.form.Fail("file", "field.required", nil)
	}
	if v.form.Err() != nil {
		return p.showSheet(w, r, v)
	}
	limits := sheet.DefaultLimits
	limits.FileBytes = sheetBytes
	book, err := sheet.Open(file.Path, limits)
	if err != nil {
		if v.form.Blame(err) {
			return p.showSheet(w, r, v)
		}
		return err
	}
	defer book.Close()
	read := p.s.Ventures.ReadSheet
	if write {
		read = p.s.Ventures.TakeSheet
	}
	got, err := read(r.Context(), r.Actor, book, wording(r.L))
	if err != nil {
		if v.form.Blame(err) {
			return p.showSheet(w, r, v)
		}
		return err
	}
	if write && got.Counts[venture.RowBad] == 0 {
		return r.Redirect(w, home, "venture.done.import", "new", got.Counts[venture.RowNew], "changed", got.Counts[venture.RowChanged], "bad", 0)
	}
	v.got, v.wrote = &got, write
	v.form.Fill("what", "write")
	return p.showSheet(w, r, v)
}

func (v importing) choices(r *web.Request) []ui.Option {
	chosen := v.form.Raw("what")
	if chosen == "" {
		chosen = "check"
	}
	return choices(r, "venture.import.what.", []string{"check", "write"}, chosen, "")
}

func (v importing) count(r *web.Request, key string) string {
	c := v.got.Counts
	return r.L.T(key, "new", c[venture.RowNew], "changed", c[venture.RowChanged], "same", c[venture.RowSame], "bad", c[venture.RowBad])
}

// rows lists what was found, rows with a problem first.
func (v importing) rows(r *web.Request) ui.Table {
	l := r.L
	var bad, good []ui.Row
	tones := map[venture.Outcome]ui.Tone{venture.RowBad: ui.Bad, venture.RowNew: ui.OK, venture.RowChanged: ui.Soon, venture.RowSame: ui.Plain}
	for _, x := range v.got.Rows {
		var words []string
		for _, p := range x.Problems {
			text := l.Problem(p)
			if key := labels[p.Field]; key != "" {
				text = l.T(key) + "：" + text
			}
			words = append(words, text)
		}
		row := ui.Row{Cells: []ui.Cell{
			{Text: orDash(x.Name), After: l.T("venture.import.row") + " " + strconv.Itoa(x.No)},
			{Part: ui.State(tones[x.Outcome], "", l.T("venture.import.row."+string(x.Outcome)))},
			{Text: orDash(strings.Join(words, l.T("venture.stop")))},
		}}
		if x.Outcome == venture.RowBad {
			bad = append(bad, row)
		} else {
			good = append(good, row)
		}
	}
	all := append(bad, good...)
	return ui.Table{ID: "rows", Label: l.T("venture.import.found"), Groups: ui.Rows(all[:min(len(all), shownRows)]...), Columns: []ui.Column{
		{Head: l.T("venture.field.name"), Kind: ui.Title}, {Head: l.T("venture.import.outcome"), Kind: ui.Short}, {Head: l.T("venture.import.problems")},
	}}
}

// blankSheet is a table with the columns, and beside it the words that some of them take.
func (p *pages) blankSheet(w http.ResponseWriter, r *web.Request) error {
	l := r.L
	web.Download(w, l.T("venture.do_import")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	var columns []sheet.OutColumn
	for _, c := range venture.Columns {
		if c != "org" && c != "serial" {
			columns = append(columns, sheet.OutColumn{Title: l.T(labels[c]), Width: 18, Text: true})
		}
	}
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("venture.list"), columns)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		field string
		keys  []string
	}{{"category", venture.Categories}, {"stage", venture.Stages}, {"entity", venture.Entities}} {
		if err := out.Next(l.T(labels[x.field]), []sheet.OutColumn{{Title: l.T(labels[x.field]), Width: 24, Text: true}}); err != nil {
			return err
		}
		for _, k := range x.keys {
			if err := out.Write(l.T("venture." + x.field + "." + k)); err != nil {
				return err
			}
		}
	}
	return out.Close()
}
