package ui_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web/ui"
)

func text(s string) templ.Component { return ui.Code(s) }

// parts draws every part with one text in every place where a text can stand; n repeats rows, 0 leaves all empty.
func parts(l *i18n.Printer, s string, n int) map[string]templ.Component {
	link := ui.Link{Label: s, Href: s}
	action := ui.Action{Label: s, Icon: "plus", Href: s, Primary: true}
	repeat := func() int { return n }
	var (
		facts   []ui.Fact
		figures []ui.Figure
		acts    []ui.Act
		rows    []ui.Row
		options []ui.Option
		tabs    []ui.Tab
		crumbs  []ui.Crumb
		tree    []ui.Branch
		legend  []ui.LegendEntry
		steps   []ui.Step
		faults  []ui.Fault
		exports []ui.Export
		actions []ui.Action
	)
	for range repeat() {
		facts = append(facts, ui.Fact{Label: s, Value: s, Note: s}, ui.Fact{Label: s}, ui.Fact{Label: s, Part: text(s), Wide: true})
		figures = append(figures, ui.Figure{Label: s, Value: s, Unit: s, Note: s, Href: s, Light: ui.Bad, Lit: true, Outside: true})
		acts = append(acts, ui.Act{When: s, Who: s, What: s, Where: s, Quote: s, Now: true}, ui.Act{When: s, Auto: true})
		rows = append(rows, ui.Row{ID: s, Label: s, Cells: []ui.Cell{{Text: s, Href: s, After: s}, {Text: s, Value: "1"}, {Part: text(s)}, {}, {Text: s}}})
		options = append(options, ui.Option{Value: s, Label: s, Help: s, Selected: true})
		tabs = append(tabs, ui.Tab{Label: s, Count: s, Href: s, Active: true})
		crumbs = append(crumbs, ui.Crumb{Label: s, Href: s}, ui.Crumb{Label: s})
		tree = append(tree, ui.Branch{Label: s, Href: s, Count: s, Note: s, Open: true, Below: []ui.Branch{{Label: s, Href: s, Current: true}}, More: &link})
		legend = append(legend, ui.LegendEntry{Class: "q3", Label: s, Count: s}, ui.LegendEntry{Class: "hidden", Label: s}, ui.LegendEntry{Class: "blind", Label: s}, ui.LegendEntry{Class: "site", Label: s})
		steps = append(steps, ui.Step{Label: s, Href: s, Done: true}, ui.Step{Label: s})
		faults = append(faults, ui.Fault{Text: s})
		exports = append(exports, ui.Export{Href: s, Count: 7, Format: s})
		actions = append(actions, action, ui.Action{Label: s, Off: s}, ui.Action{Label: s, Post: true, Href: s, Key: s}, ui.Action{Label: s, Print: true, Danger: true, Small: true})
	}
	in := ui.Input{Name: "name", Label: s, Help: s, Error: s, Value: s, Required: true, Placeholder: s, Options: options, MaxLength: 9, Min: s, Max: s, Autocomplete: s, InputMode: s, Accept: s, MaxBytes: 50 << 20}
	columns := []ui.Column{{Head: s, Kind: ui.Title, SortHref: s, Sorted: "ascending"}, {Head: s, Kind: ui.Number, SortHref: s, Sorted: "descending"}, {Head: s, Kind: ui.Serial}, {Head: s}}
	return map[string]templ.Component{
		"tag": ui.Tag(ui.Bad, "", s), "state": ui.State(ui.Soon, "clock", s), "light": ui.Light(ui.Hold, s), "buttons": ui.Buttons(actions...),
		"panel": ui.Panel(ui.Box{ID: "box", Title: s, Hint: s, More: &link, Foot: s}), "flush": ui.Panel(ui.Box{Flush: true, Screen: true}), "note": ui.Note(ui.OK, ""),
		"facts": ui.Facts(l, facts), "figures": ui.Figures(s, figures), "timeline": ui.Timeline(l, acts), "share": ui.Share(63.2, s),
		"document": ui.DocumentHead(l, ui.Document{Title: s, Serial: s, Sub: s, State: s, Tone: ui.Soon, Actions: actions, Facts: facts}),
		"empty":    ui.Empty(ui.Blank{Title: s, Text: s, Actions: actions}), "paper": ui.PaperTitle(s, s, s), "sign": ui.Signatures(l, []string{s}, s),
		"list":    ui.List(l, ui.Table{ID: "t", Label: s, Columns: columns, Groups: []ui.Group{{Title: s, Count: s, Note: s, Rows: rows}}, Pick: "id"}),
		"numbers": ui.List(l, ui.Table{Label: s, Columns: columns, Groups: ui.Rows(append(rows, ui.Row{Sum: true}, ui.Row{Sub: true})...), Figures: true}),
		"filters": ui.FilterRow(l, ui.Filters{Action: s, Filters: []ui.Filter{{Name: s, Label: "filter", Options: options}}, Search: &ui.Search{Name: s, Label: "find", Value: s, Placeholder: s}, Keep: []ui.Param{{Name: s, Value: s}}, Clear: s, Export: exports}),
		"pager":   ui.Pager(l, ui.Pages{Prev: s, Next: s, Size: 16}, ui.Bulk{Name: s, Value: s, Label: "go"}), "count": ui.ResultCount(l, int64(n), n > 2),
		"form": ui.Form(l, ui.FormBox{Action: s, Key: s, Draft: s, Upload: true, Narrow: true}), "input": ui.TextField(l, in), "date": ui.DateField(l, in), "area": ui.AreaField(l, in), "select": ui.SelectField(l, in),
		"radio": ui.ChoiceField(l, in), "check": ui.CheckField(l, in), "file": ui.FileField(l, in), "faults": ui.ErrorSummary(l, faults), "submit": ui.Submit(l, "go", "check"), "done": ui.DraftDone(s),
		"steps": ui.Steps(l, steps, 1), "progress": ui.ProgressPanel(l, ui.Progress{ID: "p", Title: s, State: s, Done: int64(n), Total: 7, Unit: s, Note: s, Poll: s, Actions: actions}), "ended": ui.ProgressPanel(l, ui.Progress{Title: s, State: s, Tone: ui.Bad, Go: s}),
		"mask": ui.Mask(l, ui.Secret{Masked: s, Href: s, Note: s}), "masked": ui.Mask(l, ui.Secret{Masked: s}), "reveal": ui.Reveal(l, ui.Shown{ID: "r", Value: s, Masked: s, Seconds: 60}),
		"why": ui.Why(l, ui.Reason{Action: s, Key: s, Title: s, Reasons: options, Seconds: 60, Cancel: s, Error: s}), "confirm": ui.Confirm(l, ui.Question{Text: s, Facts: facts, Action: s, Key: s, Label: "go", Back: s, Danger: true}),
		"qr": ui.QR([][]bool{{true, false}, {true, true}}, s), "tabs": ui.Tabs(l, tabs), "crumbs": ui.Breadcrumb(l, crumbs), "tree": ui.Tree(l, s, tree), "segments": ui.Segments(s, []ui.Segment{{Label: "a", Href: s, Active: true}, {Label: s, Off: s}}),
		"map":   ui.MapPanel(l, ui.Map{ID: "m", Label: s, Title: s, Src: s, Legend: ui.Legend{Title: s, Entries: legend}, Source: s, Schematic: true, Cell: "c"}),
		"chart": ui.ChartPanel(ui.Chart{Table: s, Label: s, Columns: []int{1, 2}}), "png": ui.SavePicture(ui.PNGButton{Map: s, Label: "save", File: s}),
	}
}

func TestEveryPartStandsWithFullEmptyAndHostileText(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"full": "桂花镇", "empty": ""}
	for name, s := range hostile {
		texts[name] = s
	}
	for lang, l := range printers(t) {
		for kind, s := range texts {
			t.Run(lang+"/"+kind, func(t *testing.T) {
				t.Parallel()
				n := 2
				if kind == "empty" {
					n = 0
				}
				for name, part := range parts(l, s, n) {
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						if kind == "empty" { // nameless things are the caller's fault; here only that nothing breaks
							var b strings.Builder
							if err := part.Render(t.Context(), &b); err != nil {
								t.Fatal(err)
							}
							return
						}
						doc := draw(t, part)
						if doc.Find("script, img").Length() > 0 {
							t.Error("text became a tag")
						}
					})
				}
			})
		}
	}
}

func TestStateIsNeverColourAlone(t *testing.T) {
	t.Parallel()
	shapes := map[ui.Tone]string{ui.Bad: "rect.l-bad", ui.Soon: "path.l-soon", ui.OK: "circle.l-ok", ui.Hold: "g.l-hold"}
	for tone, shape := range shapes {
		doc := draw(t, ui.Light(tone, "今天 17:30"))
		want(t, doc, ".zd-light "+shape, 1)
		if got := strings.TrimSpace(doc.Find(".zd-light").Text()); got != "今天 17:30" {
			t.Errorf("word %q", got)
		}
		want(t, draw(t, ui.Tag(tone, "", "词")), ".zd-tag svg use[href^='/assets/sprite.svg#ti-']", 1)
	}
}

func TestListIsTableAndCards(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	doc := draw(t, ui.List(l, ui.Table{
		ID: "q", Label: "我的待办", Pick: "id",
		Columns: []ui.Column{{Head: "事项", Kind: ui.Title}, {Head: "收到", SortHref: "?s=a", Sorted: "ascending"}, {Head: "人数", Kind: ui.Number}, {Head: "下一步", Kind: ui.NextAct}},
		Groups:  []ui.Group{{Title: "已逾期", Count: "1 件", Rows: []ui.Row{{ID: "7", Label: "甲", Cells: []ui.Cell{{Text: "甲", Href: "/a", After: "乙"}, {Text: "06-12"}, {Text: "1,204", Value: "1204"}, {Text: "受理", Href: "/b"}}}}}},
	}))
	want(t, doc, "table#q.zd-cards[data-zd-rows]", 1)
	want(t, doc, "th[aria-sort=ascending] a[href='?s=a']", 1)
	want(t, doc, "tr.grp th[colspan='5']", 1)
	want(t, doc, "td.t a[data-zd-open][href='/a']", 1)
	want(t, doc, "td.zd-num[data-value='1204']", 1)
	want(t, doc, "td .zd-k", 2) // the title and the next act need no label on a card
	want(t, doc, "input[data-zd-row][name=id][value='7']", 1)
	want(t, doc, "th input[data-zd-all]", 1)
}

func TestFiltersKeepTheirStateInTheAddress(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	doc := draw(t, ui.FilterRow(l, ui.Filters{
		Action: "/office/queue", Keep: []ui.Param{{Name: "view", Value: "loan"}}, Clear: "/office/queue?view=loan",
		Filters: []ui.Filter{{Name: "town", Label: "乡镇街道", Options: []ui.Option{{Label: "全部乡镇街道"}, {Value: "7", Label: "桂花镇", Selected: true}}}},
		Search:  &ui.Search{Name: "q", Label: "在结果中找", Value: "余"}, Export: []ui.Export{{Href: "/x", Count: 43}, {Href: "/y"}, {Href: "/z", Count: 200, Capped: true}},
	}))
	want(t, doc, "form[method=get][action='/office/queue'] input[type=hidden][name=view][value=loan]", 1)
	want(t, doc, "select[name=town] option[selected][value='7']", 1)
	want(t, doc, "input[name=q][value=余]", 1)
	if got := strings.TrimSpace(want(t, doc, "a[href='/x'][download]", 1).Text()); got != "导出 43 条" {
		t.Errorf("export says %q", got)
	}
	if got := strings.TrimSpace(want(t, doc, "a[href='/z'][download]", 1).Text()); got != "导出全部（200 条以上）" {
		t.Errorf("the export of a list that was not counted to its end says %q", got)
	}
	want(t, doc, ".end button[disabled]", 1) // nothing to export: said, not left out
}

func TestFieldTellsErrorAndHelp(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	in := ui.Input{Name: "date", Label: "日期", Help: "如 2026-06-24", Error: "这一天不存在", Value: "2026-02-30", Required: true, Sensitive: true}
	for name, part := range map[string]templ.Component{"text": ui.TextField(l, in), "date": ui.DateField(l, in), "area": ui.AreaField(l, in), "select": ui.SelectField(l, in), "check": ui.CheckField(l, in), "file": ui.FileField(l, in)} {
		doc := draw(t, part)
		field := want(t, doc, "#f-date[name=date][required][aria-invalid=true][data-zd-sensitive]", 1)
		if got := field.AttrOr("aria-describedby", ""); got != "f-date-error f-date-help" {
			t.Errorf("%s is described by %q", name, got)
		}
		want(t, doc, ".zd-field.bad label[for='f-date'] .zd-req", 1)
	}
	want(t, draw(t, ui.DateField(l, in)), "input[type=text][value='2026-02-30']", 1) // a date box would swallow it
	want(t, draw(t, ui.DateField(l, ui.Input{Name: "d", Label: "日期", Value: "2026-02-28"})), "input[type=date][value='2026-02-28']", 1)
	doc := draw(t, templ.Join(ui.ErrorSummary(l, []ui.Fault{{Field: "date", Text: "这一天不存在"}, {Text: "表头没有找到"}}), ui.TextField(l, in)))
	want(t, doc, ".zd-errs[role=alert] a[href='#f-date']", 1)
	if got := doc.Find(".zd-errs h2").Text(); !strings.Contains(got, "有 2 处需要改") {
		t.Errorf("summary says %q", got)
	}
	want(t, draw(t, ui.ErrorSummary(l, nil)), ".zd-errs", 0)
}

func TestSensitiveFormsAreNeverKept(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	kept := draw(t, ui.Form(l, ui.FormBox{Action: "/a", Draft: "import", Key: "k-12345678"}))
	want(t, kept, "form[data-zd-draft=import][data-zd-once] input[type=hidden][name=_key][value='k-12345678']", 1)
	sensitive := draw(t, ui.Form(l, ui.FormBox{Action: "/a", Draft: "person", Sensitive: true}))
	want(t, sensitive, "form[data-zd-draft]", 0)
	want(t, sensitive, "form[data-zd-sensitive]", 1)
	want(t, draw(t, ui.Form(l, ui.FormBox{Upload: true})), "form[enctype='multipart/form-data'] progress[data-zd-sent]", 1)
}

func TestMaskAsksAndHidesAgain(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	want(t, draw(t, ui.Mask(l, ui.Secret{Masked: "421223 ●●●", Href: "/reveal"})), "a[href='/reveal']", 1)
	want(t, draw(t, ui.Mask(l, ui.Secret{Masked: "421223 ●●●"})), "a", 0)
	want(t, draw(t, ui.Why(l, ui.Reason{Action: "/r", Title: "为什么", Seconds: 60})), "form.zd-why[method=post] select[name=reason][required]", 1)
	want(t, draw(t, ui.Reveal(l, ui.Shown{ID: "id1", Value: "x", Masked: "●", Seconds: 60})), "#id1[data-zd-hide-after='60'][data-zd-masked='●']", 1)
}

func TestProgressPollsUntilItEnds(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	doc := draw(t, ui.ProgressPanel(l, ui.Progress{Title: "导入", Done: 999, Total: 1000, Unit: "行", Poll: "/jobs/1/part"}))
	want(t, doc, "section[data-zd-poll='/jobs/1/part'] progress[value='999'][max='1000']", 1)
	if got := doc.Find(".line .end").Text(); got != "99%" {
		t.Errorf("says %s", got)
	}
	want(t, draw(t, ui.ProgressPanel(l, ui.Progress{Done: 5, Total: 3, Go: "/done"})), "section[data-zd-go='/done']:not([data-zd-poll]) progress[value='3']", 1)
	want(t, draw(t, ui.ProgressPanel(l, ui.Progress{Poll: "/p"})), "progress:not([value])", 1)
}

func TestMapSaysWhatItShows(t *testing.T) {
	t.Parallel()
	l := printers(t)["en"]
	doc := draw(t, ui.MapPanel(l, ui.Map{ID: "m", Label: "Youth", Src: "/m.geojson", Cell: "cell", Schematic: true, Source: "registry", Legend: ui.Legend{Title: "Youth", Entries: []ui.LegendEntry{{"q5", "1,000+", "10"}, {"hidden", "1–4", "77"}}}}), ui.Segments("Layer", []ui.Segment{{Label: "Youth", Href: "?l=y", Active: true}, {Label: "250 m", Off: "finer than the source"}}))
	want(t, doc, "[data-zd-map][data-src='/m.geojson'][data-zd-cell=cell]", 1)
	want(t, doc, "#cell", 1)
	want(t, doc, ".zd-legend polygon.hide", 1)
	want(t, doc, ".zd-schematic", 1)
	want(t, doc, ".zd-seg span[aria-disabled=true][title]", 1)
	want(t, doc, "noscript", 1)
	doc.Find("[data-zd-map]").Each(func(_ int, s *goquery.Selection) {
		for _, word := range []string{"in", "out", "home", "m", "km", "failed"} {
			if s.AttrOr("data-word-"+word, "") == "" {
				t.Errorf("the map has no word for %s", word)
			}
		}
	})
}

func TestNoTextTurnsRound(t *testing.T) {
	t.Parallel()
	l := printers(t)["zh-CN"]
	for name, part := range map[string]templ.Component{
		"cell":  ui.List(l, ui.Table{Label: "x", Columns: []ui.Column{{Head: "x", Kind: ui.Title}}, Groups: ui.Rows(ui.Row{Cells: []ui.Cell{{Text: hostile["rtl"], After: hostile["rtl"]}}})}),
		"facts": ui.Facts(l, []ui.Fact{{Label: "x", Value: hostile["rtl"], Note: hostile["rtl"]}}), "head": ui.DocumentHead(l, ui.Document{Title: hostile["rtl"], Sub: hostile["rtl"]}),
		"acts": ui.Timeline(l, []ui.Act{{Who: hostile["rtl"], What: hostile["rtl"], Quote: hostile["rtl"]}}),
	} {
		if got := draw(t, part).Text(); strings.ContainsAny(got, "\u202e\u202c") || !strings.Contains(got, "gnp.exe") {
			t.Errorf("%s shows %q", name, got)
		}
	}
}
