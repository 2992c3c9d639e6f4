package orgweb_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
)

// without is a clerk's rights but for one.
func without(verb authz.Verb) []authz.Verb {
	return slices.DeleteFunc(slices.Clone(org.Verbs), func(v authz.Verb) bool { return v == verb })
}

// An organisation's page offers what its reader may do, and nothing else; who is led to a step all the same is refused.
func TestPagesOfferWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for step, verb := range map[string]authz.Verb{"new": org.Create, "rename": org.Edit, "move": org.Move, "merge": org.Merge, "close": org.Close} {
		link := "a[href='" + w.url("甲镇", step) + "']"
		w.as("咸安区").Get(w.url("甲镇", "")).Want(200, link)
		if n := w.as("咸安区", without(verb)...).Get(w.url("甲镇", "")).Want(200).Find(link).Length(); n > 0 {
			t.Errorf("%s is offered to who may not", step)
		}
		w.as("咸安区").Get(w.url("甲镇", step)).Want(200)
		w.as("咸安区", without(verb)...).Get(w.url("甲镇", step)).Want(403)
	}
	add := "a[href='" + w.url("甲镇", "new") + "']"
	w.as("咸安区").Get("/office/orgs?open="+w.orgs["甲镇"].ID.String()).Want(200, add)
	if n := w.as("咸安区", without(org.Create)...).Get("/office/orgs?open=" + w.orgs["甲镇"].ID.String()).Want(200).Find(add).Length(); n > 0 {
		t.Error("the tree offers a new organisation to who may not")
	}
}

// The way to an organisation names what its reader may see above it, and the other side of a step is looked for where she
// may take it.
func TestPagesKeepToTheScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for at, want := range map[string]int{"咸宁市": 2, "咸安区": 1, "甲镇": 0} { // 咸宁市 and 咸安区 lie above 甲镇
		a := w.as(at).Get(w.url("甲镇", "")).Want(200)
		n := 0
		for _, above := range []string{"咸宁市", "咸安区"} {
			if a.Find("nav a[href$='open="+w.orgs[above].ID.String()+"']").Length() > 0 {
				n++
			}
		}
		if n != want {
			t.Errorf("%s is led up to %d organisations, want %d", at, n, want)
		}
	}
	w.as("咸安区").Get(w.url("甲镇", "move") + "?find=%E5%98%89%E9%B1%BC").Want(200).Lacks("嘉鱼县")
	w.as("咸宁市").Get(w.url("甲镇", "move") + "?find=%E5%98%89%E9%B1%BC").Want(200).Holds("嘉鱼县")
}
