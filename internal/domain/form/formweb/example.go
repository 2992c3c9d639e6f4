package formweb

import (
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
)

// example is a small form that shows what a workbook can do: a rule, a condition, choices, a class and a repeat.
func example() *survey.Form {
	f := &survey.Form{
		ID: "needs_example", Title: "青年创业需求登记（示例）", Version: "1", Languages: []survey.Language{{}},
		Questions: []*survey.Question{{Up: -1, Kind: survey.Group, Name: "data"}},
		Lists: []*survey.List{
			{Name: "need", Items: []survey.Item{{Value: "money", Label: survey.Texts{"资金"}}, {Value: "room", Label: survey.Texts{"场地"}}, {Value: "advice", Label: survey.Texts{"导师指导"}}}},
			{Name: "yes_no", Items: []survey.Item{{Value: "yes", Label: survey.Texts{"是"}}, {Value: "no", Label: survey.Texts{"否"}}}},
		},
	}
	always := &survey.Formula{Text: "true()"}
	add := func(up int, q survey.Question) int {
		q.Place, q.Up = len(f.Questions), up
		f.Questions[up].Below = append(f.Questions[up].Below, q.Place)
		f.Questions = append(f.Questions, &q)
		return q.Place
	}
	add(0, survey.Question{Name: "name", Kind: survey.Text, Label: survey.Texts{"姓名"}, Required: always, Class: authz.Personal})
	add(0, survey.Question{
		Name: "age", Kind: survey.Integer, Label: survey.Texts{"年龄"}, Hint: survey.Texts{"周岁"},
		Constraint: &survey.Formula{Text: ". >= 14 and . <= 60"}, ConstraintMessage: survey.Texts{"请填 14 到 60 之间的周岁"},
	})
	add(0, survey.Question{Name: "phone", Kind: survey.Text, Label: survey.Texts{"手机号"}, Constraint: &survey.Formula{Text: "regex(., '1[0-9]{10}')"}, ConstraintMessage: survey.Texts{"请填 11 位手机号"}, Class: authz.Sensitive})
	add(0, survey.Question{Name: "needs", Kind: survey.SelectMultiple, List: "need", Label: survey.Texts{"需要哪些帮助"}, Required: always})
	add(0, survey.Question{Name: "amount", Kind: survey.Decimal, Label: survey.Texts{"需要多少资金（万元）"}, Relevant: &survey.Formula{Text: "selected(${needs}, 'money')"}})
	members := add(0, survey.Question{Name: "partner", Kind: survey.Repeat, Label: survey.Texts{"合伙人"}})
	add(members, survey.Question{Name: "partner_name", Kind: survey.Text, Label: survey.Texts{"合伙人姓名"}, Class: authz.Personal})
	add(members, survey.Question{Name: "partner_local", Kind: survey.SelectOne, List: "yes_no", Label: survey.Texts{"是本地户籍吗"}})
	add(0, survey.Question{Name: "visited", Kind: survey.Date, Label: survey.Texts{"走访日期"}, Default: &survey.Formula{Text: "today()"}})
	return f
}
