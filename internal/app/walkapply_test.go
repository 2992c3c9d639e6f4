package app

import (
	"net/url"
	"testing"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/testworld"
)

// applySubjects names the applications for loans in each part of the world.
func (w *walkWorld) applySubjects(t *testing.T) {
	t.Helper()
	at := func(c *testworld.World, village string) string {
		return w.tables.one(t, "SELECT id FROM loan_application WHERE city = ? AND org = ?", c.City, c.Nodes[village].ID.String())
	}
	w.subjects["application"] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
}

// application is begun at the counter for the venture of a village.
func (w *walkWorld) application(t *testing.T, c *testworld.World, county, village string) {
	t.Helper()
	of := w.tables.one(t, "SELECT id FROM venture WHERE city = ? AND org = ?", c.City, c.Nodes[county+village].ID.String())
	if _, err := w.svc.loans.BeginFor(t.Context(), authz.System(c.City), venture.ID(of), policy.Individual); err != nil {
		t.Fatalf("application: %v", err)
	}
}

// ofApplications are the routes of applications for loans: an applicant's own, and those of a place. Whoever sits at no desk that has one
// cannot take a desk's step.
var ofApplications = map[string]visit{
	"GET /my/loans":                  {who: signed},
	"POST /my/loans":                 {who: signed, own: true, loose: true, form: with(one("venture", "venture"), "kind", "individual")},
	"GET /my/loans/{id}":             {who: signed, of: "application", own: true},
	"GET /my/loans/{id}/paper/{no}":  {who: signed, of: "application =1", own: true, narrow: true},
	"GET /my/loans/{id}/{step}":      {who: signed, of: "application =money", own: true, narrow: true},
	"POST /my/loans/{id}/papers":     {who: signed, of: "application", own: true, loose: true, file: "x", form: words("paper", "other", "_v", "1")},
	"POST /my/loans/{id}/{step}":     {who: signed, of: "application =withdraw", own: true, loose: true, form: words("_v", "1")},
	"GET /office/loans/queue":        {who: staff, narrow: true, ask: []string{"?desk=intake", "?desk=bank&light=soon", "?desk=hr&kind=firm&second=1", "?desk=league&q=" + url.QueryEscape("鹳")}},
	"GET /office/loans/applications": {who: "loan.read", ask: []string{"?state=draft", "?kind=firm&state=approved", "?q=" + url.QueryEscape("鹳")}},

	"GET /office/loans/applications/new":  {who: "loan.enter"},
	"POST /office/loans/applications/new": {who: "loan.enter", loose: true, form: words("venture", "项目-2026-99999", "kind", "individual")},
	"GET /office/loans/applications/{id}": {who: "loan.read", of: "application", narrow: true},
	"POST /office/loans/applications/{id}/{step}": {who: "loan.read", of: "application =bar", needs: "loan.bar", loose: true, form: words("account", "u", "reason", "走查理由"), also: []visit{
		{of: "application =pass", loose: true, narrow: true, form: words("no", "1")},
		{of: "application =refuse", loose: true, narrow: true, form: words("no", "1", "code", "other", "says", "走查")},
	}},
	"GET /office/loans/applications/{id}/paper/{no}":             {who: "loan.read", of: "application =1", narrow: true},
	"GET /office/loans/applications/{id}/survey/{answer}":        {who: "loan.read", of: "application =nothing", narrow: true},
	"GET /office/loans/applications/{id}/survey/{answer}/{file}": {who: "loan.read", of: "application =nothing =nothing", narrow: true},
	"GET /office/loans/applications/{id}/fill/{step}":            {who: "loan.enter", of: "application =money", narrow: true, open: true},
	"POST /office/loans/applications/{id}/fill/papers":           {who: "loan.enter", of: "application", loose: true, file: "x", form: words("paper", "other", "_v", "1")},
	"POST /office/loans/applications/{id}/fill/{step}":           {who: "loan.enter", of: "application =withdraw", loose: true, form: words("_v", "1")},
	"GET /office/loans/way":                                      {who: "loan.read", open: true},
	"POST /office/loans/way":                                     {who: "loan.way", loose: true, form: words("from", "2020-01-01", "source", "走查")},
}
