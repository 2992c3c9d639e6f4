package rulebook

import (
	"reflect"
	"testing"

	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/errs"
)

func TestLinesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	k := Kept{Version: library()[2]}
	k.Conditions = []Condition{
		{Rule: condition.Rule{Key: "a", Text: "年龄", Expr: "age <= 45 or kind in [\"x\"]"}, Status: Unverified},
		{Rule: condition.Rule{Key: "b", Text: "孵化", Expr: "local"}, Source: "指南", Status: Stated, Prefers: true, En: "Incubated"},
	}
	k.Cases = []Case{
		{Name: "甲", Facts: condition.Facts{"age": 30, "local": true, "kind": "firm"}, Eligible: true}, {Name: "乙", Facts: condition.Facts{"age": 60}},
	}
	var got Text
	if err := k.Lines().Read(&got); err != nil {
		t.Fatal(errs.ProblemsOf(err))
	}
	if !reflect.DeepEqual(got.Fields, k.Fields) || !reflect.DeepEqual(got.Conditions, k.Conditions) || !reflect.DeepEqual(got.Cases, k.Cases) {
		t.Errorf("%+v", got)
	}
}

func TestLinesThatCannotBeReadAreCounted(t *testing.T) {
	t.Parallel()
	var got Text
	err := Lines{
		Fields:     "limit｜30万元｜公报｜有来源\n\nlimit | 1\nage | 45 | 公报 | 听说\nage | 45 | 公报 | 有来源 | 明天",
		Conditions: "a | 年龄", Cases: "甲 | 是 | age=1\n乙 | 符合 | age",
	}.Read(&got)
	var lines []any
	for _, p := range errs.ProblemsOf(err) {
		lines = append(lines, p.Field, p.Args["line"])
	}
	if want := []any{"fields", 3, "fields", 4, "fields", 5, "conditions", 1, "cases", 1, "cases", 2}; !reflect.DeepEqual(lines, want) || len(got.Fields) != 1 {
		t.Errorf("%v", lines)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a | 1 | x | 有来源 | 2024-01-01", "a | b | c", "甲 | 符合 | a=1 b=是")
	f.Fuzz(func(t *testing.T, fields, conditions, cases string) {
		var got Text
		if (Lines{fields, conditions, cases}).Read(&got) != nil {
			return
		}
		k := Kept{Version: Version{Fields: got.Fields, Conditions: got.Conditions, Cases: got.Cases}}
		var again Text
		if err := k.Lines().Read(&again); err != nil || len(again.Fields) != len(got.Fields) || len(again.Cases) != len(got.Cases) || !reflect.DeepEqual(again.Conditions, got.Conditions) {
			t.Fatalf("%+v %+v %v", got, again, err)
		}
	})
}
