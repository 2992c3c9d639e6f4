package form_test

import (
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
)

func TestWhatWaitsIsHeldAgainstWhatIsInUse(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		if _, err := c.submit(c.nobody(), l.Slug, answered); err != nil {
			t.Fatal(err)
		}
		d, faults, err := c.s.Renew(ctx, by, v.Form, c.file(strings.NewReplacer("| 需求     |           |            |          |", "|     |           |            |          |", "| needs ", "|       ").Replace(needs)), "新.md")
		if err != nil || len(faults) != 1 || !faults[0].Warning || d.Form != v.Form || d.Seq != 2 {
			t.Fatalf("%+v, %v, %v", d, faults, err)
		}
		look, err := c.s.Look(ctx, by, v.Form)
		if err != nil || look.Draft() == nil || look.Answers != 1 || len(look.Links) != 1 || look.Orgs[look.Links[0].Org].Name != "咸安区甲镇" {
			t.Fatalf("%+v, %v", look, err)
		}
		if w := look.Draft().Warnings; len(w) != 1 || w[0].Key != "xlsform.no_group_label" || w[0].Row != faults[0].Row {
			t.Errorf("kept are the warnings %+v", w)
		}
		if ch := look.Changes; len(ch) != 1 || ch[0].What != survey.Changed || ch[0].Path != "need" || ch[0].Old != "需求" {
			t.Errorf("changed are %+v", ch)
		}
		_, _, err = c.s.Renew(ctx, by, v.Form, c.file(strings.Replace(needs, "| needs ", "| other ", 1)), "other.md")
		wantKey(t, err, "form.other_code")
	})
}

func TestAFormThatAsksNothingIsNotPublished(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		v := c.upload(by, "| survey | | |\n| | type | name |\n| | hidden | x |\n| settings | |\n| | form_id |\n| | nothing |\n")
		wantKey(t, c.s.Release(t.Context(), by, v.Form, v.Seq, v.MadeAt), "form.empty")
	})
}

func TestFormsAreFoundByWords(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		c.upload(by, needs)
		for words, n := range map[string]int{"需求": 1, "need": 1, "%": 0, "_": 0, "无": 0} {
			all, err := c.s.Forms(t.Context(), by, form.Sought{Words: words})
			if err != nil || len(all) != n {
				t.Errorf("%q finds %d, %v", words, len(all), err)
			}
		}
	})
}
