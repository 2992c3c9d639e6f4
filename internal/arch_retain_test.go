package internal_test

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"testing"
)

func TestEveryTableIsKeptByARule(t *testing.T) {
	t.Parallel()
	all, err := project()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range checkRetention(all, tables(t)) {
		t.Error(f)
	}
}

// checkRetention finds tables without a rule of retention or with two, rules in packages that do not own the table, and
// personal data that never ends.
func checkRetention(all []*source, there map[string]bool) (faults []string) {
	rules := map[string]string{}
	for _, s := range all {
		if s.test {
			continue
		}
		for _, r := range s.composites("Rule", "Table") {
			table, _ := s.text(r["Table"])
			at := s.at(r["Table"])
			if before := rules[table]; before != "" {
				faults = append(faults, fmt.Sprintf("%s: table %s has a rule in %s too", at, table, before))
			}
			rules[table] = at
			if !there[table] {
				faults = append(faults, fmt.Sprintf("%s: there is no table %s", at, table))
			}
			if !slices.ContainsFunc(owners[table], func(h string) bool { return within(s.dir, h) }) {
				faults = append(faults, fmt.Sprintf("%s: the rule of table %s is its owner's to declare", at, table))
			}
			if r["Purpose"] == nil {
				faults = append(faults, fmt.Sprintf("%s: nothing says what table %s is for", at, table))
			}
			with, _ := s.text(r["With"])
			switch personal := r["Class"] != nil && !isNamed(r["Class"], "Open"); {
			case r["Ends"] != nil || there[with]:
			case personal:
				faults = append(faults, fmt.Sprintf("%s: table %s holds personal data and its rows never end", at, table))
			case r["With"] == nil || !isNamed(r["With"], "City"):
				faults = append(faults, fmt.Sprintf("%s: nothing says when rows of table %s end", at, table))
			}
		}
	}
	for _, table := range slices.Sorted(maps.Keys(there)) {
		if rules[table] == "" {
			faults = append(faults, fmt.Sprintf("table %s: no rule says how long its rows are kept", table))
		}
	}
	return faults
}

// isNamed tells whether an expression is a name, of this package or another.
func isNamed(e ast.Expr, name string) bool {
	switch x := e.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == name
	case *ast.Ident:
		return x.Name == name
	}
	return false
}

func TestTheRuleOnRetentionSeesFaults(t *testing.T) {
	t.Parallel()
	there := map[string]bool{"notice": true, "outbox": true, "matter": true, "matter_note": true}
	faults := checkRetention(sample(t, "internal/domain/notice/retention.go", `package notice
var Retention = []retain.Rule{
	{Table: "notice", Class: authz.Personal, Purpose: "p", With: retain.City},
	{Table: "notice", Purpose: "p", With: retain.City},
	{Table: "matter", Purpose: "p", With: retain.City},
	{Table: "nothing", Purpose: "p", With: retain.City},
	{Table: "outbox"},
}
var more = retain.Rule{Table: "matter_note", Class: authz.Personal, Purpose: "p", With: "matter"}`), there)
	if len(faults) != 8 {
		t.Errorf("%d faults: %q", len(faults), faults)
	}
	if faults := checkRetention(sample(t, "internal/domain/notice/retention.go", `package notice
var Retention = []retain.Rule{{Table: "notice", Class: authz.Personal, Purpose: "p", Ends: ends}, {Table: "outbox", Purpose: "p", With: retain.City}}`),
		map[string]bool{"notice": true, "outbox": true}); len(faults) != 0 {
		t.Errorf("sound rules: %q", faults)
	}
}
