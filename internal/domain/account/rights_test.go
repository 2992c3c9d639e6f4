package account

import (
	"slices"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
)

// admin is somebody who administers accounts at a node, but for some rights.
func (w *world) admin(node string, but ...authz.Verb) authz.Actor {
	role := authz.Role{Key: "lesser", Verbs: slices.DeleteFunc(slices.Concat(SystemVerbs, SecurityVerbs), func(v authz.Verb) bool { return slices.Contains(but, v) })}
	return authz.Actor{City: here, User: "u", Grants: []authz.Held{{Role: role, At: w.nodes[here][node].Path}}}
}

// Every use case asks for its own right: who holds all but that one is refused, who holds it in the other county finds
// no account, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, wang, xianan := t.Context(), w.id(t, here, "wang"), w.nodes[here]["咸安区"].ID
		l, err := w.Open(ctx, authz.System(here), wang)
		if err != nil || len(l.Grants) != 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		before := w.dump(t, here)
		for name, u := range map[string]struct {
			verb  authz.Verb
			lists bool // asks for the right anywhere: the neighbour holds it
			do    func(by authz.Actor) error
		}{
			"list": {Read, true, func(by authz.Actor) error {
				_, _, err := w.List(ctx, by, Filter{}, page.NewCursors(make([]byte, 16)), "")
				return err
			}},
			"open": {Read, false, func(by authz.Actor) error { _, err := w.Open(ctx, by, wang); return err }},
			"invite": {Invite, false, func(by authz.Actor) error {
				_, _, err := w.Invite(ctx, by, Newcomer{Login: "newcomer", Name: "新人", Desk: xianan})
				return err
			}},
			"reset":   {Reset, false, func(by authz.Actor) error { _, err := w.Reset(ctx, by, wang); return err }},
			"force":   {Reset, false, func(by authz.Actor) error { return w.ForceChange(ctx, by, wang) }},
			"suspend": {Suspend, false, func(by authz.Actor) error { return w.Suspend(ctx, by, wang, true, "离岗") }},
			"grant":   {GrantRole, false, func(by authz.Actor) error { return w.Grant(ctx, by, wang, "reader", xianan, today(), 0) }},
			"devices": {SignOther, false, func(by authz.Actor) error { _, err := w.SessionsOf(ctx, by, wang); return err }},
			"end":     {SignOther, false, func(by authz.Actor) error { return w.EndSessionOf(ctx, by, wang, "none") }},
			"revoke":  {RevokeRole, false, func(by authz.Actor) error { return w.Revoke(ctx, by, l.Grants[0].ID) }},
		} {
			if err := u.do(w.admin("咸宁市", u.verb)); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			if err := u.do(w.admin("嘉鱼县")); !u.lists && (errs.KindOf(err) != errs.Absent || err == nil) {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
		}
		if after := w.dump(t, here); after != before {
			t.Errorf("changed to\n%s\nfrom\n%s", after, before)
		}
	})
}

// A role is granted to an account of one's own scope and at a node of one's own scope.
func TestAGrantAsksAtTheAccountAndAtTheNode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, at := range []string{"咸安区", "嘉鱼县"} { // wang is of 咸安
			err := w.Grant(t.Context(), w.admin(at), w.id(t, here, "wang"), "reader", w.nodes[here]["嘉鱼县"].ID, today(), 0)
			if errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("%s grants: %v", at, err)
			}
		}
	})
}

// What is offered to choose from, and who holds a right, keep to where the right is held.
func TestChoicesKeepToTheScope(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for at, want := range map[string]int{"咸宁市": 1, "嘉鱼县": 1, "咸安区": 0} {
			all, err := w.Places(t.Context(), w.admin(at), Invite, "嘉鱼")
			if err != nil || len(all) != want {
				t.Errorf("%s chooses among %v: %v", at, all, err)
			}
		}
		if all, err := w.Places(t.Context(), w.admin("咸宁市", Invite), Invite, "嘉鱼"); err != nil || len(all) != 0 {
			t.Errorf("without the right: %v, %v", all, err)
		}
		for at, want := range map[string]int{"咸宁市": 3, "咸安区": 1, "嘉鱼县": 0} {
			p, n, err := w.List(t.Context(), w.admin(at), Filter{}, page.NewCursors(make([]byte, 16)), "")
			if err != nil || len(p.Items) != want || n.N != want {
				t.Errorf("%s lists %d, counts %d: %v", at, len(p.Items), n.N, err)
			}
		}
	})
}
