package xlsform

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
)

// read reads tables written as Markdown.
func read(t *testing.T, text string) (*survey.Form, []survey.Fault) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "form.md")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	form, faults, err := Read(file, "")
	if err != nil {
		t.Fatal(err)
	}
	return form, faults
}

func good(t *testing.T, text string) *survey.Form {
	t.Helper()
	form, faults := read(t, text)
	for _, f := range faults {
		if !f.Warning {
			t.Errorf("%s row %d %s: %s %v", f.Sheet, f.Row, f.Column, f.Key, f.Args)
		}
	}
	return form
}

func TestTypes(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey  |                              |      |       |            |             |
|         | type                         | name | label | parameters | calculation |
|         | text                         | a    | A     |            |             |
|         | int                          | b    | B     |            |             |
|         | add decimal prompt           | c    | C     |            |             |
|         | range                        | d    | D     | start=0, end=5; step = 0.5 | |
|         | select one from yesno        | e    | E     |            |             |
|         | select_multiple yesno or_other | f  | F     |            |             |
|         | select_one_from_file towns.csv | g  | G     | value=code label=title |  |
|         | rank yesno                   | h    | H     |            |             |
|         | dateTime                     | i    | I     |            |             |
|         | photo                        | j    | J     |            |             |
|         | trigger                      | k    | K     |            |             |
|         | note                         |      | Read  |            |             |
|         | calculate                    | l    |       |            | 1 + 1       |
|         | deviceid                     | m    |       |            |             |
|         | begin_group                  | n    | N     |            |             |
|         | geopoint                     | o    | O     |            |             |
|         | end group                    |      |       |            |             |
|         | audit                        | audit |      |            |             |
| choices |                              |      |       |            |             |
|         | list name                    | name | label |            |             |
|         | yesno                        | y    | Yes   |            |             |
|         | yesno                        | n    | No    |            |             |
`)
	var kinds []string
	for _, q := range form.Questions[1:] {
		kinds = append(kinds, string(q.Kind))
	}
	want := "text integer decimal range select_one select_multiple text select_one rank dateTime image acknowledge note calculate deviceid group geopoint audit"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("kinds are %s", got)
	}
	if p := form.Questions[4].Parameters; p["start"] != "0" || p["end"] != "5" || p["step"] != "0.5" {
		t.Errorf("parameters are %v", p)
	}
	if q := form.Questions[8]; !q.FromFile || q.List != "towns.csv" || q.Parameters["value"] != "code" {
		t.Errorf("choices of a file are read as %+v", q)
	}
	if path := form.Path(17); path != "n/o" {
		t.Errorf("a question in a group is called %s", path)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey   |                  |       |                 |                   |                        |
|          | type             | name  | label::中文(zh) | label::English (en) | media::image::English (en) |
|          | text             | name  | 姓名            | Name              | name.png               |
|          | select_one sex   | sex   | 性别            | Sex               |                        |
| choices  |                  |       |                 |                   |                        |
|          | list_name        | name  | label::中文(zh) | label::English (en) |                      |
|          | sex              | 1     | 男              | male              |                        |
|          | sex              | 2     | 女              | female            |                        |
| settings |                  |       |                 |                   |                        |
|          | default_language | form_title | form_id    | version           |                        |
|          | English (en)     | 登记  | reg             | 3                 |                        |
`)
	if len(form.Languages) != 2 || form.Languages[0].Code != "en" || form.Languages[1].Name != "中文(zh)" {
		t.Fatalf("languages are %+v", form.Languages)
	}
	if q := form.Questions[1]; q.Label.In(0) != "Name" || q.Label.In(1) != "姓名" || q.Media["image"].In(1) != "name.png" {
		t.Errorf("texts are %+v", q)
	}
	if i := form.Lists[0].Items[1]; i.Label.In(1) != "女" || i.Value != "2" {
		t.Errorf("a choice is %+v", i)
	}
	if form.Title != "登记" || form.ID != "reg" || form.Version != "3" {
		t.Errorf("settings are %+v", form)
	}
}

func TestOurColumns(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey |      |      |       |           |              |              |         |
|        | type | name | label | zd_class  | zd_retention | zd_indicator | zd_bank |
|        | text | a    | A     | sensitive | 90           | needs.heard  | 住房    |
|        | text | b    | B     | 密封      | 30天         |              |         |
`)
	if q := form.Questions[1]; q.Class != authz.Sensitive || q.KeepDays != 90 || q.Indicator != "needs.heard" || q.Bank != "住房" {
		t.Errorf("our columns are read as %+v", q)
	}
	if q := form.Questions[2]; q.Class != authz.Sealed || q.KeepDays != 30 {
		t.Errorf("our columns in Chinese are read as %+v", q)
	}
}

// Each row of a form names what is wrong with it, all at once.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, rows, want string }{
		{"an unknown type", `| txt | a | A | | |`, "survey 3 A xlsform.type_near"},
		{"no list", `| select_one | a | A | | |`, "survey 3 A xlsform.no_list_name"},
		{"a list that is not there", `| select_one colours | a | A | | |`, "survey 3 A xlsform.no_list"},
		{"no name", `| text |  | A | | |`, "survey 3 B xlsform.no_name"},
		{"a blank in a name", `| text | a b | A | | |`, "survey 3 B xlsform.bad_name"},
		{"a name twice", "| text | a | A | | |\n| | text | a | B | | |", "survey 4 B xlsform.name_twice"},
		{"not closed", `| begin group | g | G | | |`, "survey 3 A xlsform.not_closed"},
		{"not open", `| end repeat | | | | |`, "survey 3 A xlsform.not_open"},
		{"closes another", "| begin repeat | r | R | | |\n| | end group | | | | |", "survey 4 A xlsform.closes_other"},
		{"no calculation", `| calculate | c | | | |`, "survey 3 E xlsform.no_calculation"},
		{"a question that is not there", `| text | a | A | ${nobody} = 1 | |`, "survey 3 D xpath.no_question"},
		{"a broken formula", `| text | a | A | 1 + | |`, "survey 3 D xpath.ends_early"},
		{"an unknown function", `| calculate | a | | | summe(1) |`, "survey 3 E xpath.no_function_near"},
		{"a circle", "| calculate | a | | | ${b} + 1 |\n| | calculate | b | | | ${a} + 1 |", "survey 3 E survey.circle"},
		{"a circle of one", `| calculate | a | | | ${a} + 1 |`, "survey 3 E survey.circle_self"},
		{"a group that waits for its own", "| begin group | g | G | ${a} = 1 | |\n| | text | a | A | | |\n| | end group | | | | |", "survey 3 D survey.circle"},
		{"a text that names nobody", `| text | a | Dear ${nobody} | | |`, "survey 3 C survey.text_names"},
		{"a name that means two", "| begin group | g | G | | |\n| | text | a | A | | |\n| | end group | | | | |\n| | begin group | h | H | | |\n| | text | a | A | ${a} = 1 | |\n| | end group | | | | |", "survey 7 D survey.ambiguous"},
		{"no type", `|  | a | A | | |`, "survey 3 A xlsform.no_type"},
		{"a choice that is not offered", `| select_one yesno | a | A | ${b} = 'maybe' | |` + "\n| | select_one yesno | b | B | | |", "warn survey 3 D xpath.no_choice"},
		{"no label", `| text | a | | | |`, "survey 3 C xlsform.no_label"},
		{"a bare name", "| text | a | A | | |\n| | text | b | B | a = 1 | |", "warn survey 4 D survey.bare_name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, faults := read(t, "| survey | | | | | |\n| | type | name | label | relevant | calculation |\n| | "+strings.TrimPrefix(c.rows, "| ")+`
| choices | | | | | |
| | list_name | name | label | | |
| | yesno | yes | Yes | | |
| | yesno | no | No | | |
`)
			var found []string
			for _, f := range faults {
				at := fmt.Sprintf("%s %d %s %s", f.Sheet, f.Row, f.Column, f.Key)
				if f.Warning {
					at = "warn " + at
				}
				found = append(found, at)
			}
			if !slices.Contains(found, c.want) {
				t.Errorf("found %q, not %q", found, c.want)
			}
			if strings.HasPrefix(c.want, "warn") == survey.Failed(faults) {
				t.Errorf("usable or not: %q", found)
			}
		})
	}
}

func TestChoicesAreHeldAgainstEachOther(t *testing.T) {
	t.Parallel()
	_, faults := read(t, `
| survey |                   |      |       |               |
|        | type              | name | label | choice_filter |
|        | select_multiple l | a    | A     | nowhere = 1   |
| choices |      |      |       | |
|        | list_name | name | label | |
|        | l    | x y  | X     | |
|        | l    |      | Y     | |
|        | l    | z    | Z     | |
|        | l    | z    | Z     | |
`)
	var keys []string
	for _, f := range faults {
		keys = append(keys, f.Key)
	}
	for _, want := range []string{"xlsform.blank_in_choice", "xlsform.choice_no_name", "xlsform.choice_twice", "survey.no_column"} {
		if !slices.Contains(keys, want) {
			t.Errorf("%s is not among %v", want, keys)
		}
	}
}

func TestDefaultsThatAreWorkedOut(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey |          |      |       |                 |
|        | type     | name | label | default         |
|        | text     | a    | A     | plain-text here |
|        | date     | b    | B     | 2026-03-01      |
|        | date     | c    | C     | today()         |
|        | integer  | d    | D     | 1 + 2           |
|        | text     | e    | E     | ${a}            |
|        | geopoint | f    | F     | 29.8 114.3      |
|        | text     | g    | G     | don't           |
`)
	for place, worked := range map[int]bool{1: false, 2: false, 3: true, 4: true, 5: true, 6: false, 7: false} {
		if q := form.Questions[place]; (q.Default != nil) != worked {
			t.Errorf("%s: %+v %q", q.Name, q.Default, q.DefaultText)
		}
	}
}

func TestOlderHeaders(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey |         |      |         |               |                |                         |               |
|        | command | tag  | caption | bind:relevant | bind:constraint | bind:jr:constraintMsg  | read only     |
|        | integer | a    | A       | 1 = 1         | . > 0          | 要大于零                | yes           |
`)
	q := form.Questions[1]
	if q.Name != "a" || q.Label.In(0) != "A" || q.Relevant == nil || q.Constraint == nil || q.ConstraintMessage.In(0) != "要大于零" || q.ReadOnly == nil {
		t.Errorf("older headers are read as %+v", q)
	}
}

func TestEntities(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey   |           |         |            |           |
|          | type      | name    | label      | save_to   |
|          | text      | title   | 企业名称   | title     |
| entities |           |         |            |           |
|          | list_name | label   | create_if  |           |
|          | ventures  | ${title} | ${title} != '' |      |
`)
	if form.Entity == nil || form.Entity.Dataset != "ventures" || form.Entity.CreateIf.X == nil || form.Questions[1].SaveTo != "title" {
		t.Errorf("the entity is %+v", form.Entity)
	}
}

func TestCSVWithSections(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "调查.csv")
	text := "survey,,,\n,type,name,label\n,text,a,姓名\n,select_one yn,b,是否\nchoices,,,\n,list_name,name,label\n,yn,y,是\n,yn,n,否\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	form, faults, err := Read(file, "")
	if err != nil || survey.Failed(faults) {
		t.Fatal(err, faults)
	}
	if len(form.Questions) != 3 || len(form.Lists) != 1 || form.Title != "调查" {
		t.Errorf("read as %+v", form)
	}
}

// Whatever a table holds, reading it ends with faults or a form, never with a panic.
func FuzzRead(f *testing.F) {
	f.Add("| survey | | |\n| | type | name |\n| | text | a |\n")
	f.Add("| survey | | | |\n| | type | name | relevant |\n| | begin repeat | r | ${r} |\n| | end repeat | | |\n")
	f.Add("| survey | | | |\n| | type | name | label::中文 (zh) |\n| | select_one l or_other | a | ${b} |\n| choices | | |\n| | list_name | name | x |\n| | l | 1 | 2 |\n| settings | |\n| | default_language |\n| | 中文 (zh) |\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "form.md")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Skip()
		}
		if form, faults, err := Read(file, ""); err == nil && !survey.Failed(faults) && len(form.Order) != len(form.Questions) {
			t.Errorf("%d of %d questions are in order", len(form.Order), len(form.Questions))
		}
	})
}
