package door

import (
	"testing"

	"zhidian/internal/platform/authz"
)

func TestAnEntryIsActiveOnItselfAndBelow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, href string
		want       bool
	}{
		{"/office/orgs", "/office/orgs", true},
		{"/office/orgs/01ABC", "/office/orgs", true},
		{"/office/orgs-old", "/office/orgs", false},
		{"/office", "/office/orgs", false},
	} {
		if got := within(c.path, c.href); got != c.want {
			t.Errorf("%s under %s: %v", c.path, c.href, got)
		}
	}
}

func TestEverywhereIsTheRootOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scope authz.Scope
		want  bool
	}{
		{authz.Scope{All: true}, true},
		{authz.Scope{Paths: []authz.Path{"1/"}}, true},
		{authz.Scope{Paths: []authz.Path{"1/A/", "1/B/"}}, false},
		{authz.Scope{}, false},
	} {
		if got := everywhere(c.scope); got != c.want {
			t.Errorf("%v: %v", c.scope, got)
		}
	}
}
