package accountweb_test

import (
	"context"
	"slices"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/account/accountweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
)

// An account's page offers what its reader may do there, and nothing else; a right that is held elsewhere does not count.
func TestPagesOfferWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Cleanup(s.Close)
	pages := webtest.Open(t, city, func(d *door.Doors) []web.Route {
		return accountweb.Routes(s.accounts, d, page.NewCursors(make([]byte, 16)), s.sms)
	}, accountweb.Messages, roleNames())
	verbs := slices.Concat([]authz.Verb{org.Read}, account.SystemVerbs, account.SecurityVerbs)
	held := func(at string, but ...authz.Verb) authz.Held {
		return authz.Held{At: s.org[at].Path, Role: authz.Role{Key: "lesser", Verbs: slices.DeleteFunc(slices.Clone(verbs), func(v authz.Verb) bool { return slices.Contains(but, v) })}}
	}
	as := func(grants ...authz.Held) *webtest.Site {
		return pages.As(authz.Actor{City: city, User: "u", Name: "测试员", Grants: grants})
	}
	system := authz.System(city)
	list, _, err := s.accounts.List(context.Background(), system, account.Filter{Words: "wang"}, page.NewCursors(make([]byte, 16)), "")
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	wang := list.Items[0].ID
	one := "/office/accounts/" + wang.String()
	refuses := func(verb authz.Verb, selector string) {
		t.Helper()
		as(held("咸宁市")).Get(one).Want(200, selector)
		if n := as(held("咸宁市", verb), held("嘉鱼县")).Get(one).Want(200).Find(selector).Length(); n > 0 {
			t.Errorf("%s is offered without %s there", selector, verb.Key)
		}
	}
	refuses(account.Reset, "a[href='"+one+"/reset']")
	refuses(account.Reset, "form[action='"+one+"/must-change']")
	refuses(account.Suspend, "a[href='"+one+"/suspend']")
	refuses(account.GrantRole, "form[action='"+one+"/grants']")
	refuses(account.RevokeRole, "form[action$='/revoke']")
	if _, _, err := s.accounts.SignIn(context.Background(), city, "wang", secret, account.Visitor{Address: "192.0.2.7", Agent: webtest.Hostile}); err != nil {
		t.Fatal(err)
	}
	refuses(account.SignOther, "form[action='"+one+"/sessions']")
	for step, verb := range map[string]authz.Verb{"reset": account.Reset, "suspend": account.Suspend} {
		as(held("咸宁市")).Get(one + "/" + step).Want(200)
		as(held("咸宁市", verb), held("嘉鱼县")).Get(one + "/" + step).Want(403)
	}
	if err := s.accounts.Suspend(context.Background(), system, wang, true, "离岗"); err != nil {
		t.Fatal(err)
	}
	refuses(account.Suspend, "form[action='"+one+"/resume']")

	find := "?find=%E5%98%89%E9%B1%BC&search=1" // 嘉鱼
	as(held("咸宁市")).Get(one+find).Want(200, "input[name=org][type=radio]")
	if n := as(held("咸安区")).Get(one + find).Want(200).Find("input[name=org][type=radio]").Length(); n > 0 {
		t.Error("a node out of scope is offered for a role")
	}
}
