package placeweb_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
)

// A place's page offers what its reader may do, and nothing else; who is led to a step all the same is refused.
func TestPagesOfferWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := w.put("咸安区甲镇一村", "甲镇青年之家")
	for step, verb := range map[string]authz.Verb{"edit": place.Edit, "close": place.Close} {
		link := "a[href='" + at + "/" + step + "']"
		lesser := w.as("咸安区", slices.DeleteFunc(slices.Clone(place.Verbs), func(v authz.Verb) bool { return v == verb })...)
		w.as("咸安区").Get(at).Want(200, link)
		if n := lesser.Get(at).Want(200).Find(link).Length(); n > 0 {
			t.Errorf("%s is offered to who may not", step)
		}
		w.as("咸安区").Get(at + "/" + step).Want(200)
		lesser.Get(at + "/" + step).Want(403)
	}
	clerk := w.as("咸安区", append([]authz.Verb{org.Read}, place.Verbs...)...)
	clerk.Get("/office/places/new?find=%E7%94%B2%E9%95%87%E4%B8%80%E6%9D%91").Want(200, "select[name=org]").Holds("咸安区甲镇一村").Lacks("嘉鱼县甲镇一村")
}
