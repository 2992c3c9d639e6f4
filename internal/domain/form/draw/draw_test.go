package draw

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/form/survey"
)

// small is a form with a group, a repeat and a question that looks at another.
func small() *survey.Form {
	f := Blank("f", "表", nil)
	who := Add(f, survey.Text, nil, false)
	Rename(f, who, "who")
	group := Add(f, survey.Group, nil, false)
	kind := Add(f, survey.SelectOne, group, true)
	Rename(f, kind, "kind")
	list, _ := Choices(f, nil, "kind", "资金\n场地\nother")
	Put(f, list)
	kind.List = "kind"
	sum := Add(f, survey.Integer, nil, false)
	Rename(f, sum, "sum")
	sum.Label = survey.Texts{"${who} 要多少"}
	sum.Relevant = &survey.Formula{Text: "${kind} = 'c1' and ${ who } != ''"}
	return f
}

// order is the form by its names, groups in brackets.
func order(f *survey.Form) string {
	var b strings.Builder
	var walk func(place int)
	walk = func(place int) {
		for _, below := range f.Questions[place].Below {
			q := f.Questions[below]
			b.WriteString(q.Name + " ")
			if q.Kind.IsGroup() {
				b.WriteString("( ")
				walk(below)
				b.WriteString(") ")
			}
		}
	}
	walk(0)
	return strings.TrimSpace(b.String())
}

func TestMoving(t *testing.T) {
	t.Parallel()
	f := small()
	steps := []struct {
		name string
		on   bool
		want string
	}{
		{"sum", false, "who group1 ( kind sum )"},
		{"sum", false, "who group1 ( sum kind )"},
		{"sum", false, "who sum group1 ( kind )"},
		{"who", true, "sum who group1 ( kind )"},
		{"who", true, "sum group1 ( who kind )"},
		{"group1", false, "group1 ( who kind ) sum"},
		{"kind", true, "group1 ( who ) kind sum"},
		{"group1", true, "kind group1 ( who ) sum"},
	}
	for _, s := range steps {
		if !Move(f, named(f, s.name), s.on) || order(f) != s.want {
			t.Errorf("%s moved: %s, want %s", s.name, order(f), s.want)
		}
	}
	if Move(f, named(f, "kind"), false) || order(f) != "kind group1 ( who ) sum" {
		t.Errorf("the first question moved on to %s", order(f))
	}
}

func TestRenamingFollowsFormulasAndTexts(t *testing.T) {
	t.Parallel()
	f := small()
	Rename(f, named(f, "who"), "name")
	q := named(f, "sum")
	if q.Relevant.Text != "${kind} = 'c1' and ${ name } != ''" || q.Label[0] != "${name} 要多少" {
		t.Errorf("renamed: %s, %s", q.Relevant.Text, q.Label[0])
	}
	if all := Check(f); survey.Failed(all) {
		t.Errorf("the form is wrong: %v", all)
	}
}

func TestRemoving(t *testing.T) {
	t.Parallel()
	f := small()
	Remove(f, named(f, "group1"))
	if order(f) != "who sum" || len(f.Lists) != 0 {
		t.Errorf("left are %s and %d lists", order(f), len(f.Lists))
	}
	if all := Check(f); len(all) != 1 || all[0].Row != named(f, "sum").Place || all[0].Field != "relevant" {
		t.Errorf("that a condition looks at what is gone is told as %v", all)
	}
}

func TestTwoOfOneNameAreTold(t *testing.T) {
	t.Parallel()
	f := small()
	Rename(f, named(f, "sum"), "WHO")
	if all := Check(f); !survey.Failed(all) {
		t.Errorf("told: %v", all)
	}
}

// Whatever is moved, a form keeps its questions, and its places fit what lies in what.
func TestPlacesFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := Blank("f", "表", nil)
		kinds := []survey.Kind{survey.Text, survey.Group, survey.Repeat, survey.Note}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			at := rapid.IntRange(0, len(f.Questions)-1).Draw(t, "at")
			var beside *survey.Question
			if at > 0 {
				beside = f.Questions[at]
			}
			before := len(f.Questions)
			switch what := rapid.IntRange(0, 3).Draw(t, "what"); {
			case what < 2 || beside == nil:
				Add(f, rapid.SampledFrom(kinds).Draw(t, "kind"), beside, what == 1)
				before++
			default:
				Move(f, beside, what == 2)
			}
			if len(f.Questions) != before {
				t.Fatalf("%d questions, want %d", len(f.Questions), before)
			}
			names := map[string]bool{}
			for place, q := range f.Questions {
				if q.Place != place || names[q.Name] {
					t.Fatalf("%s is at %d and says %d", q.Name, place, q.Place)
				}
				names[q.Name] = true
				for _, below := range q.Below {
					if f.Questions[below].Up != place || below <= place {
						t.Fatalf("%s lies in %s and says %d", f.Questions[below].Name, q.Name, f.Questions[below].Up)
					}
				}
			}
		}
	})
}

func TestChoicesKeepTheirValues(t *testing.T) {
	t.Parallel()
	f := Blank("f", "表", []survey.Language{{Name: "中文 (zh)", Code: "zh"}, {Name: "English (en)", Code: "en"}})
	was := &survey.List{Name: "k", Columns: []string{"area"}, Items: []survey.Item{
		{Value: "money", Label: survey.Texts{"资金", "Money"}, Cells: []string{"a"}}, {Value: "room", Label: survey.Texts{"场地", "Room"}, Cells: []string{"b"}},
	}}
	if lines := Lines(f, was); lines != "资金 | Money\n场地 | Room\n" {
		t.Errorf("written as %q", lines)
	}
	for typed, want := range map[string]string{
		"场地 | Room\n资金 | Money": "room:场地/Room:b money:资金/Money:a",    // other order
		"钱 | Money\n场地 | Room":  "money:钱/Money:a room:场地/Room:b",     // other words in its place
		"资金|Money\n\n 人才 \n场地":  "money:资金/Money:a c1:人才: room:场地:b",  // one more, without English
		"𠮷㛃\nyes | Yes\n资金|M|x": "c1:𠮷㛃: yes:yes/Yes: money:资金/M|x:a", // rare characters, a plain word, a stroke too many
		"资金 | Money":            "money:资金/Money:a",                   // one less
	} {
		got, wrong := Choices(f, was, "k", typed)
		if wrong != nil {
			t.Errorf("%q: %v", typed, wrong)
			continue
		}
		var all []string
		for _, i := range got.Items {
			all = append(all, i.Value+":"+strings.Join(i.Label, "/")+":"+strings.Join(i.Cells, ","))
		}
		if s := strings.Join(all, " "); s != want {
			t.Errorf("%q gives %s, want %s", typed, s, want)
		}
	}
	for typed, key := range map[string]string{"": "draw.no_choices", " \n ": "draw.no_choices", "a\nb\na": "draw.choice_twice", strings.Repeat("x\n", 2): "draw.choice_twice"} {
		if _, wrong := Choices(f, was, "k", typed); wrong == nil || wrong.Key != key {
			t.Errorf("%q is refused as %v", typed, wrong)
		}
	}
	var many strings.Builder
	for i := range MaxLines + 1 {
		many.WriteString(strings.Repeat("长", i+1) + "\n")
	}
	if _, wrong := Choices(f, nil, "k", many.String()); wrong == nil {
		t.Error("more choices than are edited line by line were taken")
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	f := small()
	several := Add(f, survey.SelectMultiple, nil, false)
	Rename(f, several, "needs")
	for formula, want := range map[string]string{
		"${kind} = 'c1'":                           `{"Any":false,"Tests":[{"Of":"kind","Is":"picked","Value":"c1"}]}`,
		"${kind} != 'c1' or ${sum} >= 5":           `{"Any":true,"Tests":[{"Of":"kind","Is":"left","Value":"c1"},{"Of":"sum","Is":"least","Value":"5"}]}`,
		"selected(${needs}, 'a') and ${who} != ''": `{"Any":false,"Tests":[{"Of":"needs","Is":"picked","Value":"a"},{"Of":"who","Is":"filled","Value":""}]}`,
		"not(selected(${needs}, 'a'))":             `{"Any":false,"Tests":[{"Of":"needs","Is":"left","Value":"a"}]}`,
		"${sum} < -2 and ${who} = ''":              `{"Any":false,"Tests":[{"Of":"sum","Is":"below","Value":"-2"},{"Of":"who","Is":"empty","Value":""}]}`,
		`${who} = "it's"`:                          `{"Any":false,"Tests":[{"Of":"who","Is":"same","Value":"it's"}]}`,
	} {
		c, ok := ReadCondition(f, formula)
		got, _ := json.Marshal(c)
		if !ok || string(got) != want {
			t.Errorf("%s is read as %v %s", formula, ok, got)
		}
		if again := c.Formula(f); again != formula {
			t.Errorf("%s is written as %s", formula, again)
		}
	}
	for _, formula := range []string{"${kind} = ${who}", "count(${who}) > 1", "${sum} + 1 > 2", "${gone} = 1", "${kind} = 'c1' and (${who} = '' or ${sum} = 1)", "true()", "${needs} = 'a b'", "1 ="} {
		if c, ok := ReadCondition(f, formula); ok {
			t.Errorf("%s is read as %v", formula, c)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for _, formula := range []string{"", ". >= 14 and . <= 60", ". <= 9", ". >= '2026-01-01'", "string-length(.) <= 18", "regex(., '^1[3-9][0-9]{9}$')", "regex(., '^[0-9]{6}$') and string-length(.) <= 6"} {
		b, ok := ReadBounds(formula)
		if again := b.Formula(); !ok || again != formula {
			t.Errorf("%s is read as %+v, %v and written as %s", formula, b, ok, again)
		}
	}
	for _, formula := range []string{". > 1", ". >= ${who}", ". >= 1 or . <= 0", "regex(., 'x')", "string-length(.) = 18", ". >= 1 and . >= 2", "not(. >= 1)", "..  >= 1"} {
		if b, ok := ReadBounds(formula); ok {
			t.Errorf("%s is read as %+v", formula, b)
		}
	}
}
