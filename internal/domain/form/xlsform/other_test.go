package xlsform

import (
	"strings"
	"testing"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
)

// or_other is a choice more and a question behind, for those that ask for it.
func TestOther(t *testing.T) {
	t.Parallel()
	f := good(t, `
| survey  |                        |      |                  |                     |           |
|         | type                   | name | label::中文 (zh) | label::English (en) | zd_class  |
|         | begin repeat           | r    | 家人             | Family              |           |
|         | select_one job or_other | job | 工作             | Job                 | sensitive |
|         | end repeat             |      |                  |                     |           |
|         | select_multiple job    | all  | 做过的           | Had                 |           |
|         | select_multiple k or_other | k | 需要             | Needs               |           |
|         | select_one own or_other | own | 自有             | Own                 |           |
| choices |                        |      |                  |                     |           |
|         | list_name              | name | label::中文 (zh) | label::English (en) |           |
|         | job                    | farm | 务农             | Farming             |           |
|         | k                      | room | 场地             | Room                |           |
|         | own                    | other | 另外的          | Else                |           |
`)
	job, added := f.Questions[2], f.Questions[3]
	if added.Name != "job_other" || added.Kind != survey.Text || added.Up != 1 || added.Relevant.Text != "selected(${job}, 'other')" || added.Class != authz.Sensitive {
		t.Errorf("behind the question stands %+v", added)
	}
	if added.Label.In(0) != "请说明“其他”是什么" || added.Label.In(1) != "Specify other." {
		t.Errorf("it asks %v", added.Label)
	}
	if values(f, job.List) != "farm other" || values(f, "job") != "farm" || f.Questions[4].List != "job" {
		t.Errorf("a list that others share is %s for them and %s for the question", values(f, "job"), values(f, job.List))
	}
	if values(f, "k") != "room other" || values(f, "own") != "other" {
		t.Errorf("lists are %s and %s", values(f, "k"), values(f, "own"))
	}
	if last := f.Find("k").Items[1].Label; last.In(0) != "其他" || last.In(1) != "Other" {
		t.Errorf("the choice is called %v", last)
	}
}

func values(f *survey.Form, list string) string {
	var all []string
	for _, i := range f.Find(list).Items {
		all = append(all, i.Value)
	}
	return strings.Join(all, " ")
}

func TestOtherWhereItCannotBe(t *testing.T) {
	t.Parallel()
	for says, row := range map[string]string{
		"xlsform.other_and_file":   "| select_one a.csv or_other | a | |",
		"xlsform.other_and_filter": "| select_one k or_other | a | x = 1 |",
		"xlsform.name_twice":       "| select_one k or_other | a | |\n| | text | a_other | |",
		"xlsform.bad_name":         "| select_one k or_other | 1 a | |",
	} {
		if says == "xlsform.other_and_file" {
			row = strings.Replace(row, "select_one", "select_one_from_file", 1)
		}
		_, faults := read(t, "| survey | | | |\n| | type | name | choice_filter |\n| "+row+"\n| choices | | | |\n| | list_name | name | x |\n| | k | 1 | 1 |\n")
		found := false
		for _, f := range faults {
			found = found || f.Key == says
		}
		if !found {
			t.Errorf("%s is told as %v", row, faults)
		}
	}
}
