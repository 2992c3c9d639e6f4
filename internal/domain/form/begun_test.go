package form_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

func TestWhatWasBegunGoesOnElsewhere(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		her, other := authz.Actor{City: c.City, User: "her"}, authz.Actor{City: c.City, User: "other"}
		keep := func(text string) {
			t.Helper()
			if err := c.s.KeepBegun(ctx, her, form.Begun{Slug: l.Slug, Form: v.Form, Version: 1, Step: 2, Lang: 0, Content: []byte(text)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		keep(`{"who":"王"}`)
		keep(`{"who":"王小二","phone":"鹊密","need":[{},{"kind":"room"}]}`)
		b, err := c.s.BegunAt(ctx, her, l.Slug)
		if err != nil || b == nil || string(b.Content) != `{"who":"王小二","phone":"鹊密","need":[{},{"kind":"room"}]}` || b.Step != 2 || b.Version != 1 {
			t.Fatalf("%+v, %v", b, err)
		}
		var raw []byte
		if err := c.s.DB.Keep(ctx, c.City, func(tx *sqldb.Tx) error {
			return tx.Row(`SELECT content FROM form_draft WHERE city = $1 AND slug = $2`, l.Slug).Scan(&raw)
		}); err != nil || strings.Contains(string(raw), "王小二") {
			t.Errorf("it lies open: %v", err)
		}
		for name, who := range map[string]authz.Actor{"another": other, "nobody": c.nobody(), "her twin": {City: c.twin.City, User: "her"}} {
			if b, err := c.s.BegunAt(ctx, who, l.Slug); b != nil || err != nil {
				t.Errorf("%s reads %+v, %v", name, b, err)
			}
		}
		if all, err := c.s.BegunBy(ctx, her); err != nil || len(all) != 1 || all[0].Title != "创业者需求" || all[0].Content != nil {
			t.Errorf("%+v, %v", all, err)
		}
		// a file on its way waits as long as what was begun
		file, err := c.s.KeepFile(ctx, c.City, v.Form, &survey.Question{Name: "shop", Kind: survey.Image}, c.file(dot), "a.png")
		if err != nil {
			t.Fatal(err)
		}
		which, _ := form.FileNamed(file)
		age := func() (at int64) {
			if err := c.s.DB.Keep(ctx, c.City, func(tx *sqldb.Tx) error {
				return tx.Row(`SELECT made_at FROM answer_file WHERE city = $1 AND id = $2`, which).Scan(&at)
			}); err != nil {
				t.Fatal(err)
			}
			return at
		}
		before := age()
		if err := c.s.KeepBegun(ctx, her, form.Begun{Slug: l.Slug, Form: v.Form, Version: 1, Content: []byte(`{}`)}, []fill.Filed{{Value: file}}); err != nil || age() <= before {
			t.Errorf("the file is as old as before: %v", err)
		}
		// handed in, it is gone
		if _, err := c.submit(her, l.Slug, answered); err != nil {
			t.Fatal(err)
		}
		if b, err := c.s.BegunAt(ctx, her, l.Slug); b != nil || err != nil {
			t.Errorf("after handing in: %+v, %v", b, err)
		}
		keep(`{}`)
		if err := c.s.DropBegun(ctx, her, l.Slug); err != nil {
			t.Fatal(err)
		}
		if all, err := c.s.BegunBy(ctx, her); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// However many hand in at once, a phone gives no more answers than its address allows.
func TestAPhoneAnswersSoOften(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		if err := c.s.LimitLink(ctx, by, v.Form, l.Slug, 3); err != nil {
			t.Fatal(err)
		}
		give := func(by authz.Actor, mark string) error {
			_, err := c.s.Submit(ctx, by, form.Given{Slug: l.Slug, Answers: []byte(answered), Mark: mark})
			return err
		}
		wantKey(t, give(c.nobody(), ""), "form.phone_unknown")
		var wg sync.WaitGroup
		got := make(chan error, 12)
		for i := range 12 {
			wg.Go(func() { got <- give(authz.Actor{City: c.City, Once: fmt.Sprint("once", i)}, "one") })
		}
		wg.Wait()
		close(got)
		taken := 0
		for err := range got {
			if err == nil {
				taken++
			} else if errs.KeyOf(err) != "form.phone_limit" {
				t.Error(err)
			}
		}
		if n, err := c.s.Tally(ctx, by, form.Filter{Form: v.Form}); taken != 3 || err != nil || n.N != 3 {
			t.Errorf("%d were taken, %d are there, %v", taken, n.N, err)
		}
		if err := give(c.nobody(), "two"); err != nil {
			t.Error(err)
		}
		her := authz.Actor{City: c.City, User: "her"}
		for range 3 {
			if err := give(her, ""); err != nil {
				t.Error(err)
			}
		}
		wantKey(t, give(her, "three"), "form.phone_limit")
		a, err := c.s.Ask(ctx, c.nobody(), l.Slug, 0)
		if err != nil || a.PerPhone != 3 {
			t.Fatal(a.PerPhone, err)
		}
		for mark, want := range map[string]bool{"one": true, "two": false, "": false} {
			if yes, err := c.s.Spent(ctx, c.nobody(), a, mark); yes != want || err != nil {
				t.Errorf("%q: %v, %v", mark, yes, err)
			}
		}
		if err := c.s.LimitLink(ctx, by, v.Form, l.Slug, 0); err != nil {
			t.Fatal(err)
		}
		if err := give(c.nobody(), "one"); err != nil {
			t.Error(err)
		}
		if err := c.s.LimitLink(ctx, c.Actor(t, clerk, "嘉鱼县"), v.Form, l.Slug, 1); errs.KindOf(err) != errs.Absent {
			t.Errorf("the neighbour: %v", err)
		}
	})
}
