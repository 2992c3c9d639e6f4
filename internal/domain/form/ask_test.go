package form_test

import (
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

func TestStaffGetsAFormForItsOwnOrganisations(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		first, _ := c.open(by)
		draft := c.upload(by, strings.Replace(needs, "姓名", "名字", 1))

		a, err := c.s.AskAt(ctx, by, first.Form, "", 0)
		if err != nil || a.At.ID != "" || a.Seq != first.Seq || a.Survey == nil || a.Slug != "" {
			t.Fatalf("before an organisation is chosen: %+v, %v", a, err)
		}
		village := c.Actor(t, secretary, "咸安区甲镇")
		a, err = c.s.AskAt(ctx, village, first.Form, c.Nodes["咸安区甲镇"].ID, 0)
		if err != nil || a.At.Name != "咸安区甲镇" || a.Form.Title != "创业者需求" || a.PerPhone != 0 {
			t.Errorf("for the township: %+v, %v", a, err)
		}
		for name, u := range map[string]struct {
			by   authz.Actor
			at   string
			seq  int64
			kind errs.Kind
		}{
			"a county above her own":       {village, "咸安区", 0, errs.Absent},
			"outside the form's area":      {c.Actor(t, clerk, "咸宁市"), "嘉鱼县", 0, errs.Absent},
			"the neighbour":                {c.Actor(t, clerk, "嘉鱼县"), "咸安区甲镇", 0, errs.Absent},
			"a version that waits":         {by, "咸安区甲镇", draft.Seq, errs.Absent},
			"a version that never was":     {by, "咸安区甲镇", 7, errs.Absent},
			"somebody without an account":  {c.nobody(), "咸安区甲镇", 0, errs.Absent},
			"who may read and not fill in": {c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{form.Read}}, "咸安区"), "咸安区甲镇", 0, errs.Absent},
		} {
			if _, err := c.s.AskAt(ctx, u.by, first.Form, c.Nodes[u.at].ID, u.seq); err == nil || errs.KindOf(err) != u.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := c.s.AskAt(ctx, c.twin.Actor(t, clerk, "咸安区"), first.Form, "", 0); errs.KindOf(err) != errs.Absent {
			t.Errorf("the twin city: %v", err)
		}

		if err := c.s.End(ctx, by, first.Form); err != nil {
			t.Fatal(err)
		}
		a, err = c.s.AskAt(ctx, by, first.Form, c.Nodes["咸安区甲镇"].ID, 0)
		if wantKey(t, err, "form.closed"); a.Form.Title != "创业者需求" {
			t.Errorf("a form that takes no answers is called %q", a.Form.Title)
		}
	})
}

// The words of a receipt follow from the answer and the key of the page: handing the same page in again gives the same, and
// nothing that is kept tells them.
func TestTheWordsOfAReceipt(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		_, l := c.open(c.Actor(t, clerk, "咸安区"))
		once := func(key string) authz.Actor { return authz.Actor{City: c.City, Once: key} }
		got, err := c.submit(once("page-1"), l.Slug, answered)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := c.submit(once("page-1"), l.Slug, answered); err != nil || again != got {
			t.Errorf("the same page again gives %+v, not %+v: %v", again, got, err)
		}
		other, err := c.submit(once("page-2"), l.Slug, answered)
		if err != nil || other.Words == got.Words || other.Serial == got.Serial {
			t.Errorf("another page gives %+v, %v", other, err)
		}
		if _, err := c.s.Mine(ctx, c.nobody(), got.Serial, other.Words); errs.KindOf(err) != errs.Absent {
			t.Errorf("the words of another answer: %v", err)
		}
		if own, err := c.s.Mine(ctx, c.nobody(), got.Serial, got.Words); err != nil || own.Answer.ID != got.ID {
			t.Errorf("its own words: %+v, %v", own, err)
		}
		plain := strings.ReplaceAll(got.Words, "-", "")
		err = c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			for _, text := range []string{
				`SELECT receipt FROM answer WHERE city = $1`,
				`SELECT content FROM answer WHERE city = $1`,
				`SELECT change FROM act_content WHERE city = $1`,
				`SELECT answer FROM act WHERE city = $1 AND answer IS NOT NULL`,
			} {
				all, err := sqldb.All(q, func(scan sqldb.Scan) (b []byte, err error) { return b, scan(&b) }, text)
				if err != nil {
					return err
				}
				for _, b := range all {
					if strings.Contains(string(b), plain) || strings.Contains(string(b), got.Words) {
						t.Errorf("the words are told by %s", text)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
