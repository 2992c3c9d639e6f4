package internal_test

import (
	"strings"
	"testing"
)

// The rules below are held against small wrong samples, so that a rule that finds nothing is known to look.
func TestRulesFindWhatTheyForbid(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{"org.taken": true, "verb.org.read": true, "web.title.absent": true, "role.clerk": true}
	messages := func(all []*source) []string { return checkMessages(all, keys) }
	tests := []struct {
		name, file, text string
		check            func([]*source) []string
		want             string // part of the one fault, empty where the sample is right
	}{
		{"an earlier noun", "internal/domain/org/a.go", `package org; import "zhidian/internal/domain/source"`, checkImports, ""},
		{"a later noun", "internal/domain/org/a.go", `package org; import "zhidian/internal/domain/person"`, checkImports, "stand on those before"},
		{"a noun without a place", "internal/domain/gift/a.go", `package gift`, checkImports, "not a noun"},
		{"a noun of a service", "internal/domain/org/a.go", `package org; import "zhidian/internal/service/density"`, checkImports, "stand on those before"},
		{"a noun with pages", "internal/domain/person/a.go", `package person; import "zhidian/internal/domain/org/orgweb"`, checkImports, "stand on those before"},
		{"a noun with the web", "internal/domain/org/a.go", `package org; import "zhidian/internal/platform/web"`, checkImports, "stand on those before"},
		{"HTTP in a noun", "internal/domain/org/a.go", `package org; import "net/http"`, checkImports, "speak HTTP"},
		{"HTTP in a mechanism", "internal/platform/seal/a.go", `package seal; import "net/http"`, checkImports, "speak HTTP"},
		{"HTTP in pages", "internal/platform/job/jobweb/a.go", `package jobweb; import "net/http"`, checkImports, ""},
		{"pages of an earlier noun", "internal/domain/casework/caseworkweb/a.go", `package caseworkweb; import "zhidian/internal/domain/org/orgweb"`, checkImports, ""},
		{"pages of a later noun", "internal/domain/org/orgweb/a.go", `package orgweb; import "zhidian/internal/domain/casework"`, checkImports, "only through a use case"},
		{"a folder below a service", "internal/service/density/intake/a.go", `package intake; import "zhidian/internal/service/density"`, checkImports, ""},
		{"another service", "internal/service/density/a.go", `package density; import "zhidian/internal/service/childcare"`, checkImports, "delete it"},
		{"another service's pages", "internal/service/density/densityweb/a.go", `package densityweb; import "zhidian/internal/service/childcare"`, checkImports, "only through a use case"},
		{"own pages", "internal/service/density/a.go", `package density; import "zhidian/internal/service/density/densityweb"`, checkImports, "delete it"},
		{"SQL handles in pages", "internal/service/density/densityweb/a.go", `package densityweb; import "database/sql"`, checkImports, "pages hold no SQL"},
		{"a noun in a mechanism", "internal/platform/page/a.go", `package page; import "zhidian/internal/domain/org"`, checkImports, "mechanisms know no domain"},
		{"the schema in a mechanism", "internal/platform/sqldb/a.go", `package sqldb; import "zhidian/internal/schema"`, checkImports, "mechanisms know no domain"},
		{"a mechanism in a solver", "solver/density/a.go", `package density; import "zhidian/internal/platform/geo"`, checkImports, "problem and its solution"},
		{"a library in a solver", "solver/density/a.go", `package density; import "github.com/paulmach/orb"`, checkImports, "standard library"},
		{"a noun in cmd", "cmd/zhidian/a.go", `package main; import "zhidian/internal/domain/org"`, checkImports, "no thoughts"},
		{"an unknown part", "internal/util/a.go", `package util`, checkImports, "no rule"},
		{"anything in a test", "internal/domain/org/a_test.go", `package org; import ("net/http"; "zhidian/internal/service/density")`, checkImports, ""},

		{"the clock in a rule", "internal/service/density/a.go", `package density; import "time"; var x = time.Now()`, checkClock, "time.Now"},
		{"the clock in a solver", "solver/density/a.go", `package density; import "time"; func f(t time.Time) any { return time.Since(t) }`, checkClock, "time.Since"},
		{"the clock in app", "internal/app/a.go", `package app; import "time"; var x = time.Now()`, checkClock, ""},

		{"another's table", "internal/domain/account/a.go", "package account; const q = `SELECT 1 FROM person WHERE city = $1`", checkTables, "person's"},
		{"another's table in small letters", "internal/domain/account/a.go", "package account; const q = `select 1 from person p where p.city = $1`", checkTables, "person's"},
		{"another's table in a join of pieces", "internal/domain/place/a.go", "package place; func f(c string) string { return `SELECT ` + c + ` FROM place p JOIN org o ON o.city = p.city` }", checkTables, "org's"},
		{"another's table after a comma", "internal/domain/place/a.go", "package place; const q = `SELECT 1 FROM place p, org o WHERE p.city = $1`", checkTables, "org's"},
		{"another's table written", "internal/app/a.go", "package app; const q = `UPDATE matter SET state = 'closed' WHERE city = $1`", checkTables, "casework's"},
		{"own table", "internal/domain/org/a.go", "package org; const q = `SELECT 1 FROM org WHERE city = $1`", checkTables, ""},
		{"prose", "internal/app/a.go", "package app; const q = `taken from person to person`", checkTables, ""},
		{"SQL in pages", "internal/domain/org/orgweb/a.go", "package orgweb; const q = `SELECT 1 FROM org WHERE city = $1`", checkTables, "pages hold no SQL"},

		{"a verb of no table", "internal/domain/org/a.go", `package org; var V = authz.Verb{Key: "org.read", Writes: "org orgs"}`, checkVerbs, "orgs"},
		{"a verb by a named text", "internal/domain/org/a.go", `package org; const w = "org " + "orgs"; var V = authz.Verb{Key: "org.read", Writes: w}`, checkVerbs, "orgs"},

		{"a key with a text", "internal/domain/org/a.go", `package org; var e = errs.New(errs.Conflict, "org.taken", nil)`, messages, ""},
		{"a key without", "internal/domain/org/a.go", `package org; var e = errs.New(errs.Conflict, "org.gone", nil)`, messages, "org.gone"},
		{"a key of no family", "internal/domain/org/a.go", `package org; func f(l L) string { return l.T("nowhere.gone") }`, messages, "nowhere.gone"},
		{"a key by way of a helper", "internal/domain/org/a.go", `package org; var e = refuse("org.gone")`, messages, "org.gone"},
		{"a built key", "internal/domain/org/a.go", `package org; func f(l L, k string) string { return l.T("web.title." + k) }`, messages, ""},
		{"a built key of no family", "internal/domain/org/a.go", `package org; func f(l L, k string) string { return l.T("web.name." + k) }`, messages, "web.name."},
		{"a verb without a text", "internal/domain/org/a.go", `package org; var V = authz.Verb{Key: "org.move"}`, messages, "verb.org.move"},
		{"a verb with one", "internal/domain/org/a.go", `package org; var V = authz.Verb{Key: "org.read"}`, messages, ""},
		{"a role without", "internal/app/a.go", `package app; var R = []authz.Role{{Key: "clerk"}, {Key: "boss"}}`, messages, "role.boss"},
		{"a file's name", "internal/domain/org/a.go", `package org; const f = "org.json"`, messages, ""},

		{"a package that says nothing", "internal/domain/org/a.go", "package org", checkSaid, "no comment"},
		{"a name that says nothing", "internal/domain/org/a.go", "// Package org is said.\npackage org\n\nfunc Find() {}", checkSaid, "Find"},
		{"a method that says nothing", "internal/domain/org/a.go", "// Package org is said.\npackage org\n\n// N is said.\ntype N int\n\nfunc (n *N) Find() {}", checkSaid, "Find"},
		{"all said", "internal/domain/org/a.go", "// Package org is said.\npackage org\n\n// N is said.\ntype N int\n\nfunc (n N) String() string { return \"\" }\n\nconst (\n\tA N = iota\n\tB\n)", checkSaid, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			faults := tt.check(sample(t, tt.file, tt.text))
			switch {
			case tt.want == "" && len(faults) > 0:
				t.Errorf("found %q in what is right", faults)
			case tt.want != "" && !strings.Contains(strings.Join(faults, "\n"), tt.want):
				t.Errorf("found %q, want one that says %q", faults, tt.want)
			}
		})
	}
}

// A family of messages that app does not load is found.
func TestUnloadedMessagesAreFound(t *testing.T) {
	t.Parallel()
	all := sample(t, "internal/app/messages.go", `package app; import "zhidian/internal/domain/org"`)
	if f := checkSetsLoaded(all, []string{"internal/app", "internal/domain/org"}); len(f) > 0 {
		t.Error(f)
	}
	if f := checkSetsLoaded(all, []string{"internal/domain/person"}); len(f) != 1 {
		t.Error(f)
	}
}
