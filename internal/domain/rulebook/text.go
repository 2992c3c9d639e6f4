package rulebook

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

// Lines are what a version says as people write it: one field, condition or case a line, its parts between upright strokes.
type Lines struct{ Fields, Conditions, Cases string }

// statusWords are how people write how far a number may be trusted.
var statusWords = map[Status]string{Unverified: "未核实", Stated: "有来源", Confirmed: "已核实"}

// prefers are how people write whether a condition keeps anybody out or only puts some first.
var prefers = map[bool]string{false: "必须", true: "优先"}

// Lines gives a version as text that Read reads again.
func (k *Kept) Lines() (l Lines) {
	var fields, conditions, cases []string
	for _, f := range k.Fields {
		line := strings.Join([]string{f.Name, f.Value, f.Source, statusWords[f.Status]}, " | ")
		if !f.From.IsZero() {
			line += " | " + f.From.String()
		}
		fields = append(fields, line)
	}
	for _, c := range k.Conditions {
		line := []string{c.Key, c.Text, c.Expr, c.Source, statusWords[cmp.Or(c.Status, Unverified)]}
		if c.Prefers || c.En != "" {
			line = append(line, prefers[c.Prefers])
		}
		if c.En != "" {
			line = append(line, c.En)
		}
		conditions = append(conditions, strings.Join(line, " | "))
	}
	for _, c := range k.Cases {
		right := "不符合"
		if c.Eligible {
			right = "符合"
		}
		cases = append(cases, c.Name+" | "+right+" | "+FactsText(c.Facts))
	}
	return Lines{strings.Join(fields, "\n"), strings.Join(conditions, "\n"), strings.Join(cases, "\n")}
}

// FactsText writes facts as name=value, in the order of their names.
func FactsText(f condition.Facts) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		value := ""
		switch v := f[name].(type) {
		case int:
			value = strconv.Itoa(v)
		case bool:
			value = map[bool]string{true: "是", false: "否"}[v]
		case string:
			value = v
		}
		all = append(all, name+"="+value)
	}
	return strings.Join(all, " ")
}

// Read reads lines into a text; every line that cannot be read is told.
func (l Lines) Read(t *Text) error {
	var p errs.Problems
	t.Fields, t.Conditions, t.Cases = nil, nil, nil
	each(l.Fields, func(n int, parts []string) {
		f, ok := readField(parts)
		if p.Require(ok, "fields", "rulebook.line", errs.Args{"line": n}) {
			t.Fields = append(t.Fields, f)
		}
	})
	each(l.Conditions, func(n int, parts []string) {
		c, ok := readCondition(parts)
		if p.Require(ok, "conditions", "rulebook.line", errs.Args{"line": n}) {
			t.Conditions = append(t.Conditions, c)
		}
	})
	each(l.Cases, func(n int, parts []string) {
		ok := len(parts) == 3 && parts[0] != "" && (parts[1] == "符合" || parts[1] == "不符合")
		if !p.Require(ok, "cases", "rulebook.line", errs.Args{"line": n}) {
			return
		}
		c := Case{Name: parts[0], Eligible: parts[1] == "符合", Facts: condition.Facts{}}
		for _, pair := range strings.Fields(parts[2]) {
			name, value, found := strings.Cut(pair, "=")
			if p.Require(found && name != "", "cases", "rulebook.line", errs.Args{"line": n}) {
				c.Facts[name] = factOf(value)
			}
		}
		t.Cases = append(t.Cases, c)
	})
	return p.Err()
}

func factOf(value string) any {
	if n, err := strconv.Atoi(value); err == nil {
		return n
	}
	switch value {
	case "是":
		return true
	case "否":
		return false
	}
	return value
}

// each goes through lines that are not blank, counted from 1.
func each(text string, see func(n int, parts []string)) {
	n := 0
	for line := range strings.Lines(strings.ReplaceAll(text, "｜", "|")) {
		n++
		if strings.TrimSpace(line) == "" {
			continue
		}
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		see(n, parts)
	}
}

// readCondition reads key, sentence and expression, and after them what may be left out: source, status, whether it only prefers, English.
func readCondition(parts []string) (c Condition, ok bool) {
	if len(parts) < 3 || len(parts) > 7 {
		return c, false
	}
	c = Condition{Rule: condition.Rule{Key: parts[0], Text: parts[1], Expr: parts[2]}, Status: Unverified}
	if len(parts) > 3 {
		c.Source = parts[3]
	}
	if len(parts) > 4 {
		if c.Status, ok = statusOf(parts[4]); !ok {
			return c, false
		}
	}
	if len(parts) > 5 {
		if c.Prefers = parts[5] == prefers[true]; !c.Prefers && parts[5] != prefers[false] {
			return c, false
		}
	}
	if len(parts) > 6 {
		c.En = parts[6]
	}
	return c, true
}

func statusOf(word string) (Status, bool) {
	for s, w := range statusWords {
		if w == word {
			return s, true
		}
	}
	return "", false
}

func readField(parts []string) (f Field, ok bool) {
	if len(parts) < 4 || len(parts) > 5 || parts[0] == "" || parts[1] == "" {
		return f, false
	}
	f = Field{Name: parts[0], Value: parts[1], Source: parts[2]}
	f.Status, ok = statusOf(parts[3])
	if len(parts) == 5 && parts[4] != "" {
		d, err := day.Parse(parts[4])
		if err != nil {
			return f, false
		}
		f.From = d
	}
	return f, ok
}
