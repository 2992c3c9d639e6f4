package intakeweb_test

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sheet/sheettest"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
)

// says gives the beginning of a message in a language, up to its first argument.
func (d *desk) says(lang i18n.Lang, key string) string {
	text := d.cat.Printer(lang).T(key)
	if at := strings.Index(text, "{"); at >= 0 {
		text = text[:at]
	}
	if at := strings.Index(text, "⟦"); at >= 0 {
		text = text[:at]
	}
	return strings.Join(strings.Fields(text), " ")
}

func mainText(page *goquery.Document) string {
	return strings.Join(strings.Fields(page.Find("main").Text()), " ")
}

func (d *desk) speak(lang i18n.Lang) {
	u, err := url.Parse(d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	d.client.Jar.SetCookies(u, []*http.Cookie{{Name: "lang", Value: string(lang), Path: "/"}})
}

// left counts the deliveries of the city and the files that were kept.
func (d *desk) left() (deliveries, files int) {
	d.t.Helper()
	err := d.db.Read(d.t.Context(), "xn", func(q *sqldb.Rx) error {
		all, err := source.Deliveries(q, "", 100)
		deliveries = len(all)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	err = filepath.WalkDir(d.dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files++
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return deliveries, files
}

// begun takes a file through the first three steps, as rows of members of one source, and has it checked.
func (d *desk) begun(name, content, of string) (page *goquery.Document, at string) {
	d.t.Helper()
	page, at = d.upload(name, content)
	if !strings.HasPrefix(at, "/office/imports/new?") {
		d.t.Fatalf("%s: after the upload at %s: %s", name, at, mainText(page))
	}
	page, at = d.send(page, "/office/imports/new", url.Values{"as_of": {"2026-06-30"}, "source": {""}, "source_name": {of}, "kind": {"members"}})
	if !strings.HasSuffix(at, "/columns") {
		d.t.Fatalf("%s: after its source at %s: %s", name, at, mainText(page))
	}
	return page, at
}

var table = [][]string{
	{"姓名", "性别", "身份证号码", "入团年月", "所在团支部", "民族"},
	{"张小支", "男", "421202200002290005", "2016-05", "白鹤村团支部", "汉族"},
	{"李小点", "女", "421281199801150009", "2014-05", "白鹤村团支部", "汉族"},
}

// Every disguise in which a table may arrive is read or refused by name, in both languages; what is refused leaves
// nothing behind, and what is read can be taken in.
func TestBadFilesInTheWizard(t *testing.T) {
	t.Parallel()
	for i, f := range sheettest.Bad(table) {
		t.Run(f.What, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
			if f.Refused != "" {
				for _, lang := range []i18n.Lang{i18n.ZhCN, i18n.En} {
					d.speak(lang)
					page, at := d.upload(f.Name, string(f.Data))
					if at != "/office/imports/upload" || page.Find("[role=alert]").Length() == 0 || !strings.Contains(mainText(page), d.says(lang, f.Refused)) {
						t.Errorf("%s at %s, wanted %q: %s", lang, at, d.says(lang, f.Refused), mainText(page))
					}
					if page.Find(`input[type=file]`).Length() != 1 {
						t.Error("the page does not ask for another file")
					}
				}
				if deliveries, files := d.left(); deliveries+files != 0 {
					t.Errorf("it has left %d deliveries and %d files", deliveries, files)
				}
				return
			}
			page, _ := d.begun(f.Name, string(f.Data), fmt.Sprint("来源", i))
			for _, n := range f.Notes {
				if !strings.Contains(mainText(page), d.says(i18n.ZhCN, n)) {
					t.Errorf("the columns do not say %q: %s", d.says(i18n.ZhCN, n), mainText(page))
				}
			}
			_, at := d.send(page, "/columns", nil)
			d.work()
			for _, lang := range []i18n.Lang{i18n.En, i18n.ZhCN} {
				d.speak(lang)
				page = d.get(at)
				if f.Bad != "" && !strings.Contains(mainText(page), d.says(lang, f.Bad)) {
					t.Errorf("the check does not say %q: %s", d.says(lang, f.Bad), mainText(page))
				}
			}
			if f.Bad != "" {
				return
			}
			d.send(page, "/confirm", nil)
			d.work()
			if page = d.get(at); !d.counts(page) {
				t.Errorf("it is not taken in: %s", mainText(page))
			}
			if n := d.persons(); n != len(table)-1 {
				t.Errorf("%d persons", n)
			}
		})
	}
}

// counts tells whether the page shows a delivery that has taken effect.
func (d *desk) counts(page *goquery.Document) bool { return page.Find(`a[href$="/undo"]`).Length() > 0 }

func (d *desk) persons() (n int) {
	d.t.Helper()
	err := d.db.Read(d.t.Context(), "xn", func(q *sqldb.Rx) error {
		return q.Row(`SELECT COUNT(*) FROM person WHERE city = $1`).Scan(&n)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

// A file that breaks off behind its first rows is named when it is checked, with where and what next; the delivery can be
// given up and nothing of it counts.
func TestAFileThatBreaksOffLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	page, _ := d.begun("引号.csv", sheettest.CSV(table)+strings.Repeat("王,男\r\n", 60)+"\"没有收尾,1\n2,3\n", "团员")
	_, at := d.send(page, "/columns", nil)
	d.work()
	for _, lang := range []i18n.Lang{i18n.En, i18n.ZhCN} {
		d.speak(lang)
		page = d.get(at)
		if !strings.Contains(mainText(page), strings.TrimSpace(strings.Split(d.cat.Printer(lang).T("sheet.quote_open", errs.Args{"row": 64}), "64")[0])) {
			t.Errorf("%s: %s", lang, mainText(page))
		}
	}
	ask := d.get(at + "/abandon")
	d.send(ask, "/abandon", nil)
	if n := d.persons(); n != 0 {
		t.Errorf("%d persons", n)
	}
}

// ownID is the nth of many valid ID numbers.
func ownID(n int) string {
	s := fmt.Sprintf("42120220000229%03d", n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + "10X98765432"[sum%11:][:1]
}

// hostile are texts that have broken programs before.
var hostile = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "=HYPERLINK(\"http://x\",\"领奖\")", "＝1+1", "-1+2", "@SUM(A1)", "\u202e反了", "零\u200b宽", "表\U0001F600情",
	"𠮷野家", "\u0000空", "%s%n%d", "'; DROP TABLE person; --", "{{.}}", strings.Repeat("长", 10_000), "{n}", "\ufffd", "a\tb", "一\n二", "../../etc/passwd", "𝒜𝒷", "\u0301\u0301\u0301",
}

// Hostile text in every field of every kind is shown as text, taken in as text, or refused by name; nothing of it comes
// alive on a page or in the marked-up copy.
func TestHostileTextInEveryField(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		for _, c := range []struct {
			kind string
			good []string
			head []string
			own  int // the column that must differ from row to row
		}{
			{"members", table[1], table[0], 2},
			{"league_orgs", []string{"A0001", "白鹤村第二团支部", "白二", "团支部", "白鹤村团支部", "农业", "421202001001"}, []string{"组织编号", "组织全称", "组织简称", "组织类别", "上级组织", "行业类别", "区划代码"}, 0},
			{"employers", []string{"白鹤米业", "", "农业", "421202001001", "114.32", "29.84"}, []string{"企业名称", "统一社会信用代码", "所属行业", "区划代码", "经度", "纬度"}, -1},
			{"youth", []string{"421202001001", "1", "2", "3", "4"}, []string{"区划代码", "14-17岁", "18-22岁", "23-28岁", "29-35岁"}, -1},
			{"sites", []string{"青年之家", "驿站", "一路1号", "421202001001", "114.32", "29.84", "20"}, []string{"阵地名称", "类别", "地址", "区划代码", "经度", "纬度", "可容纳人数"}, -1},
		} {
			rows := [][]string{c.head, c.good}
			for _, h := range hostile {
				if strings.ContainsRune(h, 0) {
					continue // text tables with it are refused as a whole
				}
				for i := range c.head {
					row := slices.Clone(c.good)
					if c.own >= 0 {
						row[c.own] = ownID(len(rows))
					}
					row[i] = h
					rows = append(rows, row)
				}
			}
			page, _ := d.upload("\u202e<b>名.csv", "\ufeff"+sheettest.CSV(rows))
			page, _ = d.send(page, "/office/imports/new", url.Values{"as_of": {"2026-06-30"}, "source": {""}, "source_name": {"<i>" + c.kind}, "kind": {c.kind}})
			alive(t, page)
			_, at := d.send(page, "/columns", nil)
			d.work()
			page = d.get(at)
			alive(t, page)
			if page.Find(`form[action$="/confirm"]`).Length() == 0 {
				t.Fatalf("%s: %s", c.kind, mainText(page))
			}
			d.marked(at)
			d.send(page, "/confirm", url.Values{"good": {"1"}})
			d.work()
			page = d.get(at)
			alive(t, page)
			if !d.counts(page) {
				t.Fatalf("%s: the good rows are not taken in: %s", c.kind, mainText(page))
			}
			alive(t, d.get("/office/imports"))
		}
	})
}

// alive looks for what hostile text would be if it were taken for markup.
func alive(t *testing.T, page *goquery.Document) {
	t.Helper()
	page.Find("main script, main img, main i:not([class]), main b:not([class])").Each(func(_ int, s *goquery.Selection) {
		if html, _ := goquery.OuterHtml(s); strings.Contains(html, "alert(1)") || strings.HasPrefix(html, "<i>") || strings.HasPrefix(html, "<b>") {
			t.Errorf("hostile text came alive: %s", html)
		}
	})
}

// marked downloads the marked-up copy, which is an honest workbook without a formula, and reads it again.
func (d *desk) marked(at string) []sheet.Row {
	d.t.Helper()
	r, err := d.client.Get(d.url + at + "/marked.xlsx")
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		d.t.Fatalf("the marked-up copy: %d %v", r.StatusCode, err)
	}
	path := filepath.Join(d.t.TempDir(), "marked.xlsx")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		d.t.Fatal(err)
	}
	book, err := sheet.Open(path, sheet.Limits{})
	if err != nil {
		d.t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.Head(book.Sheets()[0].Name, 1<<20)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, r := range rows {
		for _, c := range r.Cells {
			if c.Problem == "sheet.formula_no_value" {
				d.t.Errorf("row %d of the marked-up copy holds a formula", r.Number)
			}
		}
	}
	return rows
}

// A hundred thousand errors cost no more memory than a thousand, the page stays short, and the copy marks every row.
func TestAHundredThousandErrors(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("reads and writes 100,000 rows")
	}
	const n = 100_000
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	var b strings.Builder
	b.WriteString(sheettest.CSV(table))
	for i := range n {
		fmt.Fprintf(&b, "坏人%d,男,4.21202E+17,2016-05,没有的团支部,火星族\r\n", i)
	}
	page, _ := d.begun("全错.csv", b.String(), "团员")
	_, at := d.send(page, "/columns", nil)
	d.work()
	page = d.get(at)
	if !strings.Contains(mainText(page), "100,000") || page.Find("#problem-rows tbody tr").Length() > 200 {
		t.Fatalf("the check's page: %.600s", mainText(page))
	}
	html, err := page.Html()
	if err != nil || len(html) > 400_000 {
		t.Errorf("the page has %d bytes: %v", len(html), err)
	}
	var kept []byte
	err = d.db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
		all, err := source.Deliveries(q, "", 1)
		kept = all[0].Report
		return err
	})
	if err != nil || len(kept) > 400_000 {
		t.Errorf("the report has %d bytes: %v", len(kept), err)
	}
	marked := 0
	for _, r := range d.marked(at) {
		if strings.Contains(r.Text(0), "科学计数") {
			marked++
		}
	}
	if marked != n {
		t.Errorf("%d of %d rows are marked", marked, n)
	}
	d.send(page, "/confirm", url.Values{"good": {"1"}})
	d.work()
	if got := d.persons(); got != len(table)-1 {
		t.Errorf("%d persons", got)
	}
}

// Two files of one source at once: whichever takes effect first holds, and the other says that it must be checked anew.
func TestTwoFilesOfOneSourceAtOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		page, _ := d.begun("甲.csv", sheettest.CSV(table), "团员")
		_, first := d.send(page, "/columns", nil)
		page, _ = d.begun("乙.csv", sheettest.CSV(table[:2]), "团员")
		_, second := d.send(page, "/columns", nil)
		d.work()
		one, two := d.get(first), d.get(second)
		d.send(one, "/confirm", nil)
		if text := d.refused(two, "/confirm"); !strings.Contains(text, "正在写入") && !strings.Contains(text, "新的一批") {
			t.Errorf("while the first is written: %s", text)
		}
		d.work()
		if text := d.refused(two, "/confirm"); !strings.Contains(text, "请重新检查") {
			t.Errorf("after the first: %s", text)
		}
		d.send(d.get(second+"/columns"), "/columns", nil)
		d.work()
		d.send(d.get(second), "/confirm", nil)
		d.work()
		if page := d.get(second); !d.counts(page) {
			t.Errorf("checked anew it is not taken in: %s", mainText(page))
		}
	})
}

// refused sends a form again that has had its day, with a key of its own, and gives what the page says.
func (d *desk) refused(page *goquery.Document, what string) string {
	d.t.Helper()
	action, v := d.filled(page, what)
	v.Set("_key", web.NewKey())
	r, err := d.client.PostForm(d.url+action, v)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	answer, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil || r.StatusCode != http.StatusConflict {
		d.t.Fatalf("%s: %d %v", what, r.StatusCode, err)
	}
	return strings.Join(strings.Fields(answer.Text()), " ")
}

// Forms sent twice, or when their time has passed, change nothing and say why.
func TestStaleAndDoubleForms(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		d := newDesk(t, db)
		about, _ := d.upload("团员.csv", sheettest.CSV(table))
		fill := url.Values{"as_of": {"2026-06-30"}, "source_name": {"团员"}}
		columns, at := d.send(about, "/office/imports/new", fill)
		if _, again := d.send(about, "/office/imports/new", fill); again != at {
			t.Errorf("sent twice, the second step leads to %s and %s", at, again)
		}
		_, page := d.send(columns, "/columns", nil)
		d.send(columns, "/columns", nil)
		d.work()
		if _, again := d.send(about, "/office/imports/new", fill); again != at { // the browser's back button
			t.Errorf("sent late, the second step leads to %s", again)
		}
		checked := d.get(page)
		if checked.Find(`form[action$="/confirm"]`).Length() == 0 {
			t.Fatalf("the second step sent late has undone the check: %s", mainText(checked))
		}
		d.send(checked, "/confirm", nil)
		d.send(checked, "/confirm", nil)
		d.work()
		if text := d.refused(checked, "/confirm"); !strings.Contains(text, "已变化") {
			t.Errorf("a decision on what is decided: %s", text)
		}
		if text := d.refused(columns, "/columns"); !strings.Contains(text, "已变化") {
			t.Errorf("columns of what is taken in: %s", text)
		}
		if n := d.persons(); n != 2 {
			t.Errorf("%d persons", n)
		}
		ask := d.get(page + "/undo")
		d.send(ask, "/undo", nil)
		if text := d.refused(ask, "/undo"); !strings.Contains(text, "已变化") {
			t.Errorf("undone twice: %s", text)
		}
		if deliveries, _ := d.left(); deliveries != 1 {
			t.Errorf("%d deliveries", deliveries)
		}
	})
}

// A session that ends between two steps costs nothing: pages lead to the sign-in and back, forms say that they were not
// taken, and the delivery waits where it was.
func TestASessionThatEndsInMidWizard(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	columns, at := d.begun("团员.csv", sheettest.CSV(table), "团员")
	d.signedOut.Store(true)
	for _, lang := range []i18n.Lang{i18n.En, i18n.ZhCN} {
		d.speak(lang)
		r, err := d.client.PostForm(d.url+at, url.Values{"_key": {web.NewKey()}})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != http.StatusUnauthorized || !strings.Contains(string(b), strings.Split(d.cat.Printer(lang).T("web.signin"), "”")[0]) {
			t.Errorf("%s: a form without a session: %d %.300s", lang, r.StatusCode, b)
		}
	}
	stay := *d.client
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := stay.Get(d.url + at)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if to := r.Header.Get("Location"); to != "/sign-in?next="+url.QueryEscape(at) {
		t.Errorf("a page without a session leads to %q", to)
	}
	d.signedOut.Store(false)
	_, page := d.send(columns, "/columns", nil)
	d.work()
	if text := mainText(d.get(page)); !strings.Contains(text, "2 行都可以导入") {
		t.Errorf("signed in again: %s", text)
	}
}

// A table with more than one sheet can be read from another one, and one whose heads name nothing known is assigned by
// hand; the source remembers both.
func TestColumnsByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	own := [][]string{{"花名册"}, {"称呼", "码", "单元"}, {"张小支", "421202200002290005", "白鹤村团支部"}}
	page, _ := d.begun("自拟.csv", sheettest.CSV(own), "自拟的表")
	by := url.Values{"c_name": {"0"}, "c_id": {"1"}, "c_branch": {"2"}}
	_, at := d.send(page, "/columns", by)
	d.work()
	if text := mainText(d.get(at)); !strings.Contains(text, "1 行都可以导入") {
		t.Fatalf("assigned by hand: %s", text)
	}
	d.send(d.get(at), "/confirm", nil)
	d.work()
	page, _ = d.begun("自拟二.csv", sheettest.CSV(own), "自拟的表")
	if got, _ := page.Find(`select[name=c_id] option[selected]`).Attr("value"); got != "1" {
		t.Errorf("the source has not remembered its columns: %s", mainText(page))
	}
	for _, f := range sheettest.Bad(table) {
		if f.What != "several sheets" {
			continue
		}
		page, at := d.begun(f.Name, string(f.Data), "多张表")
		href, _ := page.Find(`a[href*="?sheet="]`).Last().Attr("href")
		page = d.get(href)
		if got, _ := page.Find(`input[name=sheet]`).Attr("value"); got != "赤壁市" {
			t.Errorf("at %s the sheet is %q", at, got)
		}
		_, at = d.send(page, "/columns", nil)
		d.work()
		if text := mainText(d.get(at)); !strings.Contains(text, "2 行都可以导入") {
			t.Errorf("from another sheet: %s", text)
		}
	}
}

// A file beyond the limit is refused while it arrives; the server neither keeps it nor holds it in memory.
func TestAFileBeyondTheLimit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	const size = 502 << 20
	head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"大.csv\"\r\n\r\n姓名,身份证号码\r\n"
	for _, told := range []bool{true, false} {
		body := io.MultiReader(strings.NewReader(head), io.LimitReader(endless("张三,421202200002290005\r\n"), size), strings.NewReader("\r\n--b--\r\n"))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/office/imports/upload", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		if told {
			req.ContentLength = int64(len(head)) + size + 9
		}
		r, err := d.client.Do(req)
		if err != nil {
			if told {
				continue // refused before it was sent: the connection closes under the sender
			}
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(b), "501 MB") {
			t.Errorf("told %v: %d %.300s", told, r.StatusCode, b)
		}
	}
	if deliveries, files := d.left(); deliveries+files != 0 {
		t.Errorf("it has left %d deliveries and %d files", deliveries, files)
	}
}

// endless repeats a text.
type endless string

func (e endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		k := copy(p[n:], e)
		if k < len(e) && n > 0 {
			break
		}
		n += k
	}
	return n, nil
}
