package form_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

var words = form.Words{
	Answers: "答卷", Questions: "题目", Serial: "编号", At: "提交", Edited: "更正", Org: "单位", Version: "版本", Index: "序号",
	Table: "表", Question: "题", Label: "文字", Kind: "题型", Class: "类别", Choices: "选项", Masked: "●●●",
}

const asked = `
| survey |                   |       |      |           |
|        | type              | name  | label | zd_class |
|        | text              | who   | 姓名 | personal  |
|        | integer           | sum   | 金额 |           |
|        | text              | card  | 证件 | sensitive |
|        | begin group       | g     | 组   |           |
|        | select_multiple k | wants | 需要 |           |
|        | begin repeat      | child | 孩子 |           |
|        | text              | name  | 名字 |           |
|        | text              | ill   | 病史 | sensitive |
|        | begin repeat      | toy   | 玩具 |           |
|        | text              | what  | 什么 |           |
|        | end repeat        |       |      |           |
|        | end repeat        |       |      |           |
|        | end group         |       |      |           |
| choices |       |       |      |           |
|        | list_name | name  | label |        |
|        | k         | money | 资金  |        |
|        | k         | room  | 场地  |        |
| settings |     |       |      |           |
|        | form_id   | form_title |   |       |
|        | family    | 家庭  |      |           |
`

// book gives the sheets of an exported file as lines of cells.
func (c *town) book(by authz.Actor, ask form.ExportAsk) map[string][]string {
	c.t.Helper()
	made, err := c.s.Export(c.t.Context(), by, ask, func(int64, int64) {})
	if err != nil {
		c.t.Fatal(err)
	}
	_, content, err := c.s.Fetch(c.t.Context(), by, made.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	defer content.Close()
	raw, err := io.ReadAll(content)
	if err != nil {
		c.t.Fatal(err)
	}
	path := filepath.Join(c.t.TempDir(), "x")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		c.t.Fatal(err)
	}
	all := map[string][]string{}
	if ask.CSV {
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			c.t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				c.t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				c.t.Fatal(err)
			}
			all[strings.TrimSuffix(f.Name, ".csv")] = strings.Split(strings.TrimSpace(strings.TrimPrefix(string(text), "\ufeff")), "\r\n")
		}
		return all
	}
	b, err := sheet.Open(path, sheet.DefaultLimits)
	if err != nil {
		c.t.Fatal(err)
	}
	defer b.Close()
	for _, s := range b.Sheets() {
		for r, err := range b.Rows(s.Name) {
			if err != nil {
				c.t.Fatal(err)
			}
			var cells []string
			for i := range r.Cells {
				cells = append(cells, r.Text(i))
			}
			all[s.Name] = append(all[s.Name], strings.Join(cells, ","))
		}
	}
	return all
}

// without cuts serial and times off, which differ.
func without(lines []string, columns int) (cut []string) {
	for _, l := range lines[1:] {
		cut = append(cut, strings.Join(strings.Split(l, ",")[columns:], ","))
	}
	return cut
}

func TestAnswersAreExported(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v := c.upload(by, asked)
		if err := c.s.Release(ctx, by, v.Form, 1, v.MadeAt); err != nil {
			t.Fatal(err)
		}
		enter := func(at, answers string) {
			if _, err := c.s.Copy(ctx, c.Actor(t, clerk, "咸安区"), form.Given{Form: v.Form, Org: c.Nodes[at].ID, Answers: json.RawMessage(answers)}); err != nil {
				t.Fatal(err)
			}
		}
		enter("咸安区甲镇", `{"who":"=1+1","sum":"30","card":"鹊密","g":{"wants":"money room","child":[{"name":"大","ill":"哮喘","toy":[{"what":"球"},{"what":"车"}]},{"name":"小","toy":[{"what":"书"}]}]}}`)
		enter("咸安区乙镇", `{"who":"王","g":{"wants":"room"}}`)
		// The form moves on: a question goes, another comes.
		next, _, err := c.s.Renew(ctx, by, v.Form, c.file(strings.Replace(asked, "| integer           | sum   | 金额 |", "| text              | trade | 行业 |", 1)), "x.md")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.s.Release(ctx, by, v.Form, 2, next.MadeAt); err != nil {
			t.Fatal(err)
		}
		enter("咸安区甲镇", `{"who":"李","trade":"茶"}`)

		got := c.book(by, form.ExportAsk{Form: v.Form, Words: words})
		if h := got["答卷"][0]; h != "编号,提交,更正,单位,版本,who,trade,card,g/wants,g/wants/money,g/wants/room,sum" {
			t.Errorf("heads are %s", h)
		}
		want := []string{"咸安区甲镇,1,=1+1,,鹊密,money room,1,1,30", "咸安区乙镇,1,王,,,room,0,1", "咸安区甲镇,2,李,茶"}
		if cut := without(got["答卷"], 3); !slices.Equal(cut, want) {
			t.Errorf("answers are\n%s", strings.Join(cut, "\n"))
		}
		if cut := without(got["child"], 1); !slices.Equal(cut, []string{"1,大,哮喘", "2,小"}) {
			t.Errorf("children are %v", cut)
		}
		if cut := without(got["toy"], 1); !slices.Equal(cut, []string{"1.1,球", "1.2,车", "2.1,书"}) {
			t.Errorf("toys are %v", cut)
		}
		if q := strings.Join(got["题目"], "\n"); !strings.Contains(q, "g/wants,需要,select_multiple,open,money = 资金; room = 场地") {
			t.Errorf("questions are %s", q)
		}

		// As csv in words; a formula is disarmed.
		got = c.book(by, form.ExportAsk{Form: v.Form, CSV: true, Labels: true, Words: words})
		if l := got["答卷"][1]; !strings.Contains(l, "'=1+1") || !strings.Contains(l, "资金、场地,1,1,30") {
			t.Errorf("csv is %s", l)
		}

		// Who sees less gets masks, also where nothing was answered; a township gets its own.
		lesser := authz.Role{Key: "lesser", Verbs: form.Verbs, Sees: authz.Personal}
		got = c.book(c.Actor(t, lesser, "咸安区"), form.ExportAsk{Form: v.Form, Words: words})
		if cut := without(got["答卷"], 5); cut[0] != "=1+1,,●●●,money room,1,1,30" || cut[1] != "王,,●●●,room,0,1" {
			t.Errorf("who sees less gets %v", cut)
		}
		if cut := without(got["child"], 1); !slices.Equal(cut, []string{"1,大,●●●", "2,小,●●●"}) {
			t.Errorf("who sees less gets the children %v", cut)
		}
		if _, err := c.s.Export(ctx, c.Actor(t, clerk, "咸安区甲镇"), form.ExportAsk{Form: v.Form}, nil); errs.KindOf(err) != errs.Absent {
			t.Errorf("a township takes the county's answers: %v", err)
		}
	})
}

func TestAnExportIsAJobAndWaitsForItsOwner(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		if _, err := c.submit(c.nobody(), l.Slug, answered); err != nil {
			t.Fatal(err)
		}
		jobs := &job.Service{DB: c.DB, Handlers: c.s.Handlers(), Actor: func(context.Context, string, string) (authz.Actor, error) { return by, nil }}
		if _, err := c.s.StartExport(ctx, by, jobs, form.ExportAsk{Form: v.Form, Words: words}, "/office/forms/x/export"); err != nil {
			t.Fatal(err)
		}
		if err := jobs.Work(ctx, c.City); err != nil {
			t.Fatal(err)
		}
		all, last, err := c.s.Exports(ctx, by, v.Form, "/office/forms/x/export")
		if err != nil || last == nil || last.State != job.Done || len(all) != 1 || all[0].Answers != 1 || !strings.HasSuffix(all[0].Name, ".xlsx") {
			t.Fatalf("%+v, %+v, %v", all, last, err)
		}
		if noted := c.noted("form.download"); noted != 1 {
			t.Errorf("%d notes before the file goes out", noted)
		}
		other := c.Actor(t, clerk, "咸宁市")
		other.User = "somebody"
		if _, _, err := c.s.Fetch(ctx, other, all[0].ID); errs.KindOf(err) != errs.Absent {
			t.Errorf("somebody else's file: %v", err)
		}
		_, content, err := c.s.Fetch(ctx, by, all[0].ID)
		if err != nil || c.noted("form.download") != 2 {
			t.Fatalf("%v, %d notes", err, c.noted("form.download"))
		}
		content.Close()
		by.Grants = nil // who has lost the right meanwhile gets no file that was made before
		if _, _, err := c.s.Fetch(ctx, by, all[0].ID); err == nil {
			t.Error("fetched without the right")
		}
	})
}

// noted counts the notes of a verb in the log of acts.
func (c *town) noted(verb string) (n int) {
	c.t.Helper()
	err := c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT COUNT(*) FROM act WHERE city = $1 AND verb = $2`, verb).Scan(&n)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}
