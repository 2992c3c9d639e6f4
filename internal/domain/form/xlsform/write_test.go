package xlsform

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"zhidian/internal/domain/form/survey"
)

// A form that is written is read as the same form.
func TestWrittenIsReadTheSame(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"plain": everything, "languages": `
| survey   |                  |       |                 |                     |                     |
|          | type             | name  | label::中文(zh) | label::English (en) | media::image::English (en) |
|          | begin repeat     | r     | 组              | Group               |                     |
|          | text             | name  | 姓名            | Name                | name.png            |
|          | end repeat       |       |                 |                     |                     |
| settings |                  |       |                 |                     |                     |
|          | default_language | form_title | form_id    | version             | submission_url      |
|          | English (en)     | 登记  | reg             | 007                 | https://example.org |
`, "languages of which none is the first": `
| survey   |           |       |                  |                     |                   |          |
|          | type      | name  | label::中文 (zh) | label::English (en) | hint::English (en) | autoplay |
|          | text      | name  | 姓名             | Name                | As on the card    | audio    |
|          | geopoint  | where | 位置             | Position            |                   |          |
`, "a record": `
| survey   |              |         |         |         |               |
|          | type         | name    | label   | save_to | attribute     |
|          | text         | which   | Which   |         |               |
|          | text         | title   | Title   | title   |               |
|          | csv-external | shops   |         |         |               |
| entities |              |         |         |         |               |
|          | list_name    | label   | entity_id | update_if    | create_if |
|          | shops        | ${title} | ${which} | ${which} != '' | no     |
| settings |              |         |         |         |               |
|          | form_id      | attribute::ours | namespaces |               | |
|          | shops        | 1       | ours="https://example.org" |  | |
`} {
		f := good(t, text)
		file := filepath.Join(t.TempDir(), "form.xlsx")
		out, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(out, f); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		again, faults, err := Read(file, "")
		if err != nil || survey.Failed(faults) {
			t.Fatal(err, faults)
		}
		if a, b := meaning(t, f), meaning(t, again); a != b {
			t.Errorf("%s: written\n%s\nis read as\n%s", name, a, b)
		}
		if changes := survey.Diff(f, again); len(changes) > 0 {
			t.Errorf("%s: changed are %v", name, changes)
		}
	}
}

const everything = `
| survey  |                              |      |       |            |             |          |            |            |         |          |              |         |
|         | type                         | name | label | parameters | calculation | relevant | constraint | constraint_message | default | zd_class | zd_retention | trigger |
|         | text                         | a    | A ${d} |           |             |          | regex(., '[a-z]+') | 只用小写 | today() | sensitive | 30        |         |
|         | range                        | d    | D     | start=0 end=5 step=0.5 |  | ${a} = 'x' |          |            | 2       |          |              |         |
|         | select_multiple yesno or_other | f  | F     | randomize=true seed="${d}" | |   |            |            |         |          |              |         |
|         | select_one_from_file towns.csv | g  | G     | label=title value=code |  |       |            |            |         |          |              |         |
|         | begin group                  | n    | N     |            |             |          |            |            |         |          |              |         |
|         | begin repeat                 | m    | M     |            |             |          |            |            |         |          |              |         |
|         | integer                      | o    | O     |            | ${d} * 2    |          |            |            |         |          |              | ${a}    |
|         | end repeat                   |      |       |            |             |          |            |            |         |          |              |         |
|         | end group                    |      |       |            |             |          |            |            |         |          |              |         |
| choices |                              |      |       |            |             |          |            |            |         |          |              |         |
|         | list name                    | name | label | area       |             |          |            |            |         |          |              |         |
|         | yesno                        | 01   | Yes   | x          |             |          |            |            |         |          |              |         |
|         | yesno                        | 02   | No    |            |             |          |            |            |         |          |              |         |
`

// meaning is all that a form says, without the rows in which it says it.
func meaning(t *testing.T, f *survey.Form) string {
	t.Helper()
	for _, q := range f.Questions {
		q.Row = 0
	}
	for _, l := range f.Lists {
		for i := range l.Items {
			l.Items[i].Row = 0
		}
	}
	if f.Entity != nil {
		f.Entity.Row = 0
	}
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
