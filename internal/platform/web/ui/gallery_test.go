package ui_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// TestGallery writes every part as pages to look at, into the folder that ZHIDIAN_GALLERY names, with the built assets
// below assets/. Serve that folder and open it; the pages hold made-up people and figures.
func TestGallery(t *testing.T) {
	t.Parallel()
	into := os.Getenv("ZHIDIAN_GALLERY")
	if into == "" {
		into = t.TempDir() // drawn all the same, so that the gallery never rots
	}
	assets, err := ui.ReadAssets(web.Dist())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(into, "assets"), web.Dist()); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(into, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("map.geojson", madeUpCity(t))
	for lang, l := range printers(t) {
		for _, theme := range []string{"light", "dark"} {
			for name, p := range gallery(l, assets, theme) {
				var b strings.Builder
				if err := p.Render(t.Context(), &b); err != nil {
					t.Fatal(err)
				}
				write(strings.Join([]string{name, lang, theme}, ".")+".html", []byte(b.String()))
			}
		}
	}
	write("cell.html", []byte(`<h3>咸安区 横沟桥镇 一格</h3><p>青年 1,186 人</p>`))
}

func gallery(l *i18n.Printer, assets *ui.Assets, theme string) map[string]templ.Component {
	base := func(title, purpose, active string) ui.Page {
		item := func(label, icon, count string) ui.RailItem {
			return ui.RailItem{Label: label, Icon: icon, Href: "#", Count: count, Active: label == active}
		}
		return ui.Page{
			Title: title, Purpose: purpose, L: l, Assets: assets, Theme: theme, Demo: true, Host: "共青团咸宁市委员会", Jobs: 1, Notices: 3, Path: "/office/x",
			Viewer: ui.Viewer{Name: "周予安", Desk: "咸安区团委 · 受理岗", City: "咸宁"},
			Rail: []ui.RailGroup{
				{Label: "我的", Items: []ui.RailItem{item("我的待办", "inbox", "43"), item("我的任务", "progress", "1")}},
				{Label: "组织与走访", Items: []ui.RailItem{item("组织密度", "map-2", ""), item("六进走访", "route", "17")}},
				{Label: "管理", Items: []ui.RailItem{item("导入", "cloud-upload", "2"), item("机构与人员", "building", ""), item("办理记录", "history", "")}},
			},
		}
	}
	in := func(shell func(ui.Page) templ.Component, p ui.Page, body ...templ.Component) templ.Component {
		return inside(shell(p), templ.Join(body...))
	}
	queue := base("我的待办", "分到您或本岗位的事项，按到期先后排。时限按工作日算，端午节（6 月 19 日）已扣除。", "我的待办")
	queue.Actions = []ui.Action{{Label: "代群众录入", Icon: "plus", Href: "#"}, {Label: "从最急的一件办起", Icon: "clipboard-check", Href: "#", Primary: true}}
	density := base("青年与团组织密度", "看青年在哪里、组织缺在哪里、先去哪里走访。点地图或表中的数字，看您有权看的名单。", "组织密度")
	density.Scripts = []string{"map", "chart"}
	importing := base("导入团组织数据", "先试算，不写入；核对后再正式导入。", "导入")
	importing.Crumbs = []ui.Crumb{{Label: "导入", Href: "#"}, {Label: "新的导入"}}
	importing.Flash = &ui.Flash{Tone: ui.OK, Text: "列的对应已保存，下次同一来源自动使用。", Link: &ui.Link{Label: "查看", Href: "#"}}
	person := base("", "", "机构与人员")
	person.Title, person.Plain = "杜若谦", true
	person.Crumbs = []ui.Crumb{{Label: "机构与人员", Href: "#"}, {Label: "崇阳县", Href: "#"}, {Label: "杜若谦"}}
	hostilePage := base(hostile["script"], hostile["long"][:900], "我的待办")
	hostilePage.Viewer.Name, hostilePage.Viewer.Desk = hostile["rtl"], hostile["emoji"]
	empty := base("我的待办", "", "我的待办")
	empty.Demo = false
	sign := base("登录", "用单位发给您的账号登录。", "")
	ask := base("撤销这次导入？", "", "")
	ask.Tone, ask.Wide = ui.Soon, true
	broken := base("这一页没有打开", "系统出了问题，您填的内容没有丢。请稍后再试；仍不行请把错误编号告诉管理员。", "")
	broken.Tone = ui.Bad
	broken.Actions = []ui.Action{{Label: "回到我的待办", Href: "#", Primary: true}, {Label: "再试一次", Href: "#"}}
	public := base("办事指南", "14–45 周岁的青年、家长和孩子都能用。看内容不用登录。", "我的待办")
	public.Viewer.Name = ""
	public.Foot = []ui.Link{{Label: "青少年服务热线 12355", Href: "#"}, {Label: "隐私说明", Href: "#"}}
	field := base("6 月 24 日 周三 · 走访", "", "")
	field.Back = "#"
	return map[string]templ.Component{
		"queue": in(ui.Office, queue, queueBody(l, 1)), "empty": in(ui.Office, empty, emptyBody()), "hostile": in(ui.Office, hostilePage, queueBody(l, 2)),
		"density": in(ui.Office, density, densityBody(l, assets)), "import": in(ui.Office, importing, importBody(l)), "person": in(ui.Office, person, personBody(l)),
		"sign": in(ui.Bare, sign, signBody(l)), "confirm": in(ui.Bare, ask, ui.Confirm(l, ui.Question{Text: "第 12 次导入写入的 8,100 个团组织将恢复为导入前的值；之后手工改过的 14 处保留，并列在结果里。", Facts: []ui.Fact{{Label: "来源", Value: "智慧团建导出"}, {Label: "导入时间", Value: "2026-06-24 12:46"}}, Label: "撤销导入", Danger: true, Back: "#"})),
		"broken": in(ui.Bare, broken, templ.Join(ui.Facts(l, []ui.Fact{{Label: "错误编号", Part: ui.Code("7F3K-2290"), Wide: true}}))),
		"public": in(ui.Public, public, importForm(l)), "field": in(ui.Field, field, importForm(l)),
	}
}

func queueBody(l *i18n.Printer, hard int) templ.Component {
	row := func(id, tone, due, title, who, serial, town, next string) ui.Row {
		return ui.Row{ID: id, Label: serial, Cells: []ui.Cell{{Part: ui.Light(ui.Tone(tone), due)}, {Text: title, Href: "#", After: who}, {Text: serial}, {Text: town}, {Text: next, Href: "#"}}}
	}
	rows := []ui.Row{row("1", "bad", "逾期 2 天", "青创贷推荐意见", "余朝晖 · 鲜切桂花加工", "QCD-421202-2026-000271", "桂花镇", "出具意见"), row("2", "bad", "逾期 1 天", "托管班三有检查", "黄铁村 暑期托管班", "TG-421202-2026-0038", "高桥镇", "派员检查")}
	later := []ui.Row{row("3", "soon", "今天 17:30", "青年心声答复", "骑手充电难（香城社区）", "XS-421202-2026-0119", "浮山街道", "答复"), row("4", "ok", "余 3 天", "六进走访记录审核", "经开区包装企业青年座谈", "LJ-421202-2026-0066", "经开区", "审核"), row("5", "hold", "等补正", "青创贷补正复核", "镇北生态养殖合作社", "QCD-421202-2026-000286", "大幕乡", "复核")}
	if hard > 1 {
		for i, key := range []string{"script", "quotes", "long", "rtl", "emoji", "rare", "template"} {
			s := hostile[key]
			later = append(later, row("h"+strconv.Itoa(i), "ok", "余 3 天", s, s, "XS-421202-2026-0119", "浮山街道", "答复"))
		}
	}
	return templ.Join(
		ui.Figures("待办概况，点数字看清单", []ui.Figure{{Label: "已逾期", Value: "2", Unit: "件", Note: "最长逾期 2 天", Href: "#", Light: ui.Bad, Lit: true}, {Label: "今天到期", Value: "5", Unit: "件", Note: "17:30 前", Href: "#", Light: ui.Soon, Lit: true}, {Label: "三天内", Value: "9", Unit: "件", Note: "6 月 25 日至 29 日", Href: "#", Light: ui.OK, Lit: true}, {Label: "暂停计时", Value: "4", Unit: "件", Note: "等申请人补正", Href: "#", Light: ui.Hold, Lit: true}, {Label: "本周已办结", Value: "37", Unit: "件", Note: "按时 36 件", Href: "#", Outside: true}}),
		inside(ui.Panel(ui.Box{Flush: true}), templ.Join(
			ui.Tabs(l, []ui.Tab{{Label: "全部", Count: "43", Href: "#", Active: true}, {Label: "青创贷", Count: "21", Href: "#"}, {Label: "要上门的", Count: "6", Href: "#"}}),
			ui.FilterRow(l, ui.Filters{Action: "#", Filters: []ui.Filter{{Name: "k", Label: "事项", Options: []ui.Option{{Label: "全部事项"}}}, {Name: "t", Label: "乡镇街道", Options: []ui.Option{{Label: "全部乡镇街道"}}}}, Search: &ui.Search{Name: "q", Label: "在结果中找", Placeholder: "在这 43 件中找"}, Export: []ui.Export{{Href: "#", Count: 43}}}),
			ui.List(l, ui.Table{Label: "我的待办", Pick: "id", Columns: []ui.Column{{Head: "到期", SortHref: "#", Sorted: "ascending"}, {Head: "事项与对象", Kind: ui.Title}, {Head: "流水号", Kind: ui.Serial}, {Head: "所在地", SortHref: "#"}, {Head: "下一步", Kind: ui.NextAct}}, Groups: []ui.Group{{Title: "已逾期", Count: "2 件", Note: "先处理；超过时限的件会出现在上级的催办单里", Rows: rows}, {Title: "未到期", Count: "3 件", Rows: later}}}),
			ui.Pager(l, ui.Pages{Next: "#", Size: 16}, ui.Bulk{Name: "do", Value: "pass", Label: "转办"}, ui.Bulk{Name: "do", Value: "print", Label: "打印办理单"}))),
	)
}

func emptyBody() templ.Component {
	return inside(ui.Panel(ui.Box{Flush: true}), ui.Empty(ui.Blank{Title: "没有要办的事", Text: "分到您或本岗位的事项会出现在这里。要看全单位的，请到“机构与人员”。", Actions: []ui.Action{{Label: "看本单位全部事项", Href: "#"}}}))
}

func densityBody(l *i18n.Printer, assets *ui.Assets) templ.Component {
	figures := []ui.Row{}
	for i, name := range []string{"咸安区", "嘉鱼县", "通城县", "崇阳县", "通山县", "赤壁市"} {
		n := int64(146820 - 15000*i)
		figures = append(figures, ui.Row{Cells: []ui.Cell{{Text: name, Href: "#"}, {Text: l.Int(n), Value: strconv.FormatInt(n, 10)}, {Text: l.Int(n / 5), Value: strconv.FormatInt(n/5, 10)}, {Part: ui.Share(63.2-float64(i)*3, "63.2%")}}})
	}
	figures = append(figures, ui.Row{Sub: true, Cells: []ui.Cell{{Text: "其中 向阳湖奶牛良种场"}, {Text: "138"}, {Text: "少于 5"}, {Text: "缺来源"}}}, ui.Row{Sum: true, Cells: []ui.Cell{{Text: "全市"}, {Text: "550,980"}, {Text: "111,630"}, {Text: "57.3%"}}})
	return templ.Join(
		inside(ui.MapPanel(l, ui.Map{ID: "map", Label: "咸宁市青年人数六边形图，数字见下表", Title: "青年人数（14–35 周岁）", Src: "map.geojson", Cell: "cell", Schematic: true, Assets: assets, Source: "来源：智慧团建导出（2026-03-31，村级）。少于 5 人的格不显示。", Legend: ui.Legend{Title: "青年人数（14–35 周岁）", Entries: []ui.LegendEntry{{Class: "q5", Label: "1,000 以上", Count: "10 格"}, {Class: "q4", Label: "400–999", Count: "67 格"}, {Class: "q3", Label: "150–399", Count: "248 格"}, {Class: "q2", Label: "50–149", Count: "293 格"}, {Class: "q1", Label: "5–49", Count: "269 格"}, {Class: "hidden", Label: "1–4，隐去", Count: "77 格"}, {Class: "q0", Label: "0", Count: "57 格"}, {Class: "blind", Label: "盲区序号", Count: "见下"}}}}),
			templ.Join(ui.Segments("图层", []ui.Segment{{Label: "青年人数", Href: "#", Active: true}, {Label: "团员", Href: "#"}, {Label: "团组织", Href: "#"}, {Label: "团青比", Href: "#"}}), ui.Segments("六边形边长", []ui.Segment{{Label: "250 米", Off: "来源精度为村级"}, {Label: "1 公里", Href: "#"}, {Label: "2 公里", Href: "#", Active: true}}), ui.SavePicture(ui.PNGButton{Map: "map", Label: "PNG", File: "density.png"}))),
		inside(ui.Panel(ui.Box{Title: "同一组数字的表", Hint: "2026-03-31　按县（市、区）", Flush: true, Foot: "应建已建率 = 团员满 3 人且已建团组织的单位 ÷ 团员满 3 人的单位。"}), templ.Join(
			ui.List(l, ui.Table{ID: "figures", Label: "各县数字", Figures: true, Columns: []ui.Column{{Head: "区划"}, {Head: "青年", Kind: ui.Number}, {Head: "团员", Kind: ui.Number}, {Head: "应建已建率", Kind: ui.Number}}, Groups: ui.Rows(figures...)}),
			ui.ChartPanel(ui.Chart{Table: "figures", Columns: []int{1, 2}, Label: "各县青年与团员，数字见上表"}))),
	)
}

func importForm(l *i18n.Printer) templ.Component {
	return inside(ui.Form(l, ui.FormBox{Action: "#", Draft: "import", Upload: true, Narrow: true, Key: "k"}), templ.Join(
		ui.ErrorSummary(l, []ui.Fault{{Field: "day", Text: "数据日期：2026-02-30 这一天不存在"}, {Field: "precision", Text: "来源精度：请选择"}}),
		ui.TextField(l, ui.Input{Name: "source", Label: "来源名称", Value: "智慧团建导出", Help: "同一来源请每次用同一个名称，系统据此比对新增、变化和减少。", Required: true}),
		ui.DateField(l, ui.Input{Name: "day", Label: "数据日期", Value: "2026-02-30", Error: "2026-02-30 这一天不存在", Help: "表格里写的截止日期，不是今天。", Required: true}),
		ui.SelectField(l, ui.Input{Name: "kind", Label: "表的种类", Options: []ui.Option{{Label: "团组织", Value: "org", Selected: true}, {Label: "团员", Value: "m"}}}),
		ui.ChoiceField(l, ui.Input{Name: "precision", Label: "来源精度", Error: "请选择一项", Required: true, Options: []ui.Option{{Value: "p", Label: "点位"}, {Value: "v", Label: "村级", Selected: true}, {Value: "t", Label: "乡镇级", Help: "小于乡镇的图不提供"}}}),
		ui.FileField(l, ui.Input{Name: "file", Label: "表格文件", Accept: ".xlsx,.xls,.csv", MaxBytes: 500 << 20, Required: true}),
		ui.AreaField(l, ui.Input{Name: "note", Label: "备注"}), ui.CheckField(l, ui.Input{Name: "ok", Label: "数据来源合法，已告知本人", Required: true}),
		ui.Submit(l, "试算", "list-check")))
}

func importBody(l *i18n.Printer) templ.Component {
	return templ.Join(ui.Steps(l, []ui.Step{{Label: "选文件", Href: "#", Done: true}, {Label: "对列"}, {Label: "试算"}, {Label: "写入"}}, 1), importForm(l),
		inside(ui.Note(ui.Soon, ""), ui.State(ui.Plain, "clock", "身份证号列有 3 格已被表格软件改成科学计数，请回到原表改为文本后再传。")),
		ui.ProgressPanel(l, ui.Progress{Title: "正在试算", State: "第 2 张表", Done: 61234, Total: 139000, Unit: "行", Note: "可以离开本页，结果在“我的任务”里。", Poll: "/poll", Actions: []ui.Action{{Label: "停止", Href: "#", Small: true}}}))
}

func personBody(l *i18n.Printer) templ.Component {
	facts := inside(ui.Panel(ui.Box{Title: "本人", Hint: "每次显示敏感信息都会记入办理记录", More: &ui.Link{Label: "更正", Href: "#"}}), ui.Facts(l, []ui.Fact{{Label: "姓名", Value: "杜若谦　男　31 周岁"}, {Label: "人群", Value: "返乡创业农民工"}, {Label: "身份证号", Part: templ.Join(ui.Mask(l, ui.Secret{Masked: "421223 ●●●●●●●● 0●●X", Href: "#"}), ui.Why(l, ui.Reason{Action: "#", Title: "为什么要看完整身份证号？", Reasons: []ui.Option{{Label: "与社保系统人工比对"}}, Seconds: 60, Cancel: "#"})), Wide: true}, {Label: "手机", Part: ui.Mask(l, ui.Secret{Masked: "139 ●●●● 6027"})}, {Label: "住址"}}))
	tree := inside(ui.Panel(ui.Box{Title: "所在组织"}), ui.Tree(l, "组织树", []ui.Branch{{Label: "共青团咸宁市委员会", Href: "#", Count: "8,100", Open: true, Below: []ui.Branch{{Label: "咸安区", Href: "#", Count: "1,086", Below: []ui.Branch{{Label: "桂花镇", Href: "#"}}}, {Label: "崇阳县", Href: "#", Count: "601", Open: true, Current: true, Below: []ui.Branch{{Label: "白霓镇", Href: "#", Note: "乡镇"}}, More: &ui.Link{Label: "其余 11 个", Href: "#"}}}}}))
	acts := inside(ui.Panel(ui.Box{Title: "办理记录", More: &ui.Link{Label: "校验", Href: "#"}}), ui.Timeline(l, []ui.Act{{When: "今天 09:12", Who: "方可言", What: "打开本件", Where: "县人社局 · 未作意见", Now: true}, {When: "06-22 16:08", Who: "田以宁", What: "退回补正", Quote: "保证人在职证明缺单位盖章页，请于 6 月 29 日前补齐。"}, {When: "06-22 16:08", Who: "系统", What: "短信已送达", Auto: true}}))
	qr := inside(ui.Panel(ui.Box{Title: "两步验证"}), inside(ui.QR([][]bool{{true, true, false, true}, {true, false, true, true}, {false, true, true, false}, {true, true, false, true}}, "验证码图形"), ui.Code("JBSW Y3DP EHPK 3PXP")))
	return templ.Join(ui.DocumentHead(l, ui.Document{Title: "杜若谦", Serial: "R-421223-000318", Sub: "崇阳县白霓镇金龙村", State: "在册", Tone: ui.OK, Actions: []ui.Action{{Label: "打印", Icon: "printer", Print: true}, {Label: "停用", Icon: "ban", Danger: true, Href: "#"}, {Label: "更正", Icon: "edit", Primary: true, Href: "#"}}, Facts: []ui.Fact{{Label: "责任岗位", Value: "县团委", Note: "组织统计岗"}, {Label: "到期", Part: ui.Light(ui.Soon, "今天 17:30")}, {Label: "来源", Value: "智慧团建", Note: "2026-03-31"}}}),
		ui.Columns(templ.Join(facts, tree), templ.Join(acts, qr)))
}

func signBody(l *i18n.Printer) templ.Component {
	return inside(ui.Form(l, ui.FormBox{Action: "#", Sensitive: true}), templ.Join(
		ui.TextField(l, ui.Input{Name: "user", Label: "账号", Required: true, Autocomplete: "username"}), ui.TextField(l, ui.Input{Name: "password", Label: "密码", Type: "password", Required: true, Autocomplete: "current-password", Error: "账号或密码不对。还可以试 3 次。"}),
		ui.Submit(l, "登录", "")))
}

// madeUpCity is hexagons, outlines, seats and blind spots around the real place of the city, all invented.
func madeUpCity(t testing.TB) []byte {
	t.Helper()
	type m = map[string]any
	var features []m
	add := func(kind string, geometry m, more m) {
		p := m{"kind": kind}
		for k, v := range more {
			p[k] = v
		}
		features = append(features, m{"type": "Feature", "geometry": geometry, "properties": p})
	}
	ring := func(x, y, r float64, n int, turn float64) [][]float64 {
		var out [][]float64
		for i := range n + 1 {
			a := turn + 2*math.Pi*float64(i%n)/float64(n)
			out = append(out, []float64{x + r*math.Cos(a)*1.16, y + r*math.Sin(a)})
		}
		return out
	}
	land := ring(114.2, 29.65, 0.52, 40, 0)
	add("land", m{"type": "Polygon", "coordinates": []any{land}}, nil)
	classes := []string{"q5", "q4", "q3", "q2", "q1", "hidden", "q0"}
	side := 0.02
	for row := -28; row <= 28; row++ {
		for col := -24; col <= 24; col++ {
			x, y := 114.2+1.16*side*math.Sqrt(3)*(float64(col)+float64(row&1)/2), 29.65+side*1.5*float64(row)
			d := math.Hypot((x-114.2)/1.16, y-29.65)
			if d > 0.48 {
				continue
			}
			k := int(d*14) + (row*row+col*7)%2
			add("cell", m{"type": "Polygon", "coordinates": []any{ring(x, y, side, 6, math.Pi/6)}}, m{"class": classes[max(0, min(k, 6))], "id": strconv.Itoa(row) + "," + strconv.Itoa(col), "name": "一格，青年 " + strconv.Itoa(900-100*k) + " 人", "href": "cell.html"})
		}
	}
	add("edge", m{"type": "LineString", "coordinates": [][]float64{{113.7, 29.8}, {114.2, 29.6}, {114.75, 29.7}}}, nil)
	add("rim", m{"type": "LineString", "coordinates": land}, nil)
	for name, at := range map[string][]float64{"咸安区": {114.3, 29.85}, "赤壁市": {113.9, 29.72}, "通山县": {114.5, 29.6}, "崇阳县": {114.04, 29.55}} {
		add("seat", m{"type": "Point", "coordinates": at}, m{"name": name})
	}
	for i, at := range [][]float64{{114.4, 29.9}, {114.1, 29.4}, {113.85, 29.5}} {
		add("blind", m{"type": "Point", "coordinates": at}, m{"no": i + 1, "name": "盲区", "href": "cell.html"})
	}
	add("site", m{"type": "Point", "coordinates": []float64{114.25, 29.62}}, m{"name": "站点"})
	raw, err := json.Marshal(m{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
