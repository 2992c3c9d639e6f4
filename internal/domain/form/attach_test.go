package form_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
)

const withFiles = `
| survey   |                               |       |        |                   |                        |             |
|          | type                          | name  | label  | choice_filter     | calculation            | media::image |
|          | select_one_from_file counties.csv | county | 县 |                   |                        | map.png     |
|          | select_one_from_file towns.csv | town | 乡镇   | county = ${county} |                       |             |
|          | calculate                     | tel   |        |                   | pulldata('towns', 'tel', 'name', ${town}) |  |
|          | csv-external                  | extra |        |                   |                        |             |
|          | calculate                     | first |        |                   | instance('extra')/root/item[name = 'a']/label | |
| settings |                               |       |        |                   |                        |             |
|          | form_title                    | form_id | version |                |                        |             |
|          | 附件                          | files | 1      |                   |                        |             |
`

// attach puts a file beside a form's draft.
func (c *town) attach(by authz.Actor, which form.ID, name, content string) (form.Attached, error) {
	c.t.Helper()
	at := filepath.Join(c.t.TempDir(), "x")
	if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return c.s.Attach(c.t.Context(), by, which, at, name)
}

// dot is the smallest picture.
const dot = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

func TestFilesLieBesideAForm(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v := c.upload(by, withFiles)
		err := c.s.Release(ctx, by, v.Form, 1, v.MadeAt)
		if all := errs.ProblemsOf(err); len(all) != 4 || all[0].Key != "form.file_missing" || all[0].Args["file"] != "counties.csv" || all[0].Args["row"] != 3 {
			t.Fatalf("missing files are told as %v %v", err, all)
		}
		var towns strings.Builder
		towns.WriteString("name,label,county,tel\n")
		for i := range 20_000 {
			fmt.Fprintf(&towns, "t%d,乡镇%d𠮷,c%d,0715-%d\n", i, i, i%200, i)
		}
		for name, content := range map[string]string{"counties.csv": "name,label\nc1,咸安区\nc2,嘉鱼县\n", "towns.csv": towns.String(), "extra.csv": "name,label\na,甲\n", "map.png": dot} {
			if a, err := c.attach(by, v.Form, name, content); err != nil || name == "towns.csv" && a.Items != 20_000 {
				t.Fatal(name, a, err)
			}
		}
		for name, content := range map[string]string{
			"towns.exe": "MZ", "towns.csv": "name,label\n", "a.geojson": "{}", "a.xml": "<root><item>", "b.png": "no picture", "../../c.png": "x", "d.csv": "\x00\x01\x02",
		} {
			if _, err := c.attach(by, v.Form, name, content); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s is taken: %v", name, err)
			}
		}
		look, err := c.s.Look(ctx, by, v.Form)
		if err != nil || len(look.Files) != 4 || len(look.Needs) != 4 {
			t.Fatalf("%v %v %v", look.Files, look.Needs, err)
		}
		if err := c.s.Release(ctx, by, v.Form, 1, look.Draft().MadeAt); err != nil {
			t.Fatal(err, errs.ProblemsOf(err))
		}
		l, err := c.s.AddLink(ctx, by, v.Form, c.Nodes["咸安区甲镇"].ID, "甲镇", 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.submit(c.nobody(), l.Slug, `{"county":"c1","town":"t2"}`)
		wantKey(t, err, "form.no_choice")
		got, err := c.submit(c.nobody(), l.Slug, `{"county":"c1","town":"t201"}`)
		if err != nil {
			t.Fatal(err, errs.ProblemsOf(err))
		}
		o, err := c.s.Mine(ctx, c.nobody(), got.Serial, got.Words)
		if err != nil || o.Content["tel"] != "0715-201" || o.Content["first"] != "甲" {
			t.Errorf("worked out are %v, %v", o.Content, err)
		}
		a, err := c.s.Ask(ctx, c.nobody(), l.Slug, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, f, err := c.s.OpenAttached(a, "map.png"); err != nil {
			t.Error(err)
		} else {
			f.Close()
		}
		if _, _, err := c.s.OpenAttached(a, "towns.csv"); errs.KindOf(err) != errs.Absent {
			t.Errorf("a list of choices is handed out: %v", err)
		}
		sent, err := c.s.Sent(c.City, a)
		if err != nil || len(sent) > 20_000 {
			t.Errorf("a browser gets %d bytes, %v", len(sent), err)
		}
		var told struct{ Lists map[string]any }
		if err := json.Unmarshal(sent, &told); err != nil || told.Lists["counties"] == nil || told.Lists["towns"] != nil {
			t.Errorf("a browser gets lists %v, %v", len(told.Lists), err)
		}

		// the next version has other files; the one in use keeps its own
		if _, err := c.attach(by, v.Form, "counties.csv", "name,label\nc9,通山县\n"); err != nil {
			t.Fatal(err)
		}
		if err := c.s.Detach(ctx, by, v.Form, "map.png"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.submit(c.nobody(), l.Slug, `{"county":"c2"}`); err != nil {
			t.Errorf("the version in use is not as it was: %v", errs.ProblemsOf(err))
		}
		if look, err = c.s.Look(ctx, by, v.Form); err != nil || look.Draft() == nil || look.Draft().Seq != 2 || len(look.Files) != 3 {
			t.Fatalf("%+v %v %v", look.Versions, look.Files, err)
		}
		wantKey(t, c.s.Release(ctx, by, v.Form, 2, look.Draft().MadeAt), "form.file_missing")
		for name, try := range map[string]func(authz.Actor) error{
			"attach":   func(by authz.Actor) error { _, err := c.attach(by, v.Form, "map.png", dot); return err },
			"detach":   func(by authz.Actor) error { return c.s.Detach(ctx, by, v.Form, "extra.csv") },
			"files of": func(by authz.Actor) error { _, err := c.s.FilesOf(ctx, by, v.Form, 1); return err },
		} {
			if err := try(c.Actor(t, clerk, "嘉鱼县")); errs.KindOf(err) != errs.Absent {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
			if err := try(c.Actor(t, authz.Role{Key: "x", Verbs: []authz.Verb{form.Answers}}, "咸安区")); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s without the right: %v", name, err)
			}
		}
	})
}
