package field_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/day"
)

func TestTwoPhonesChangeOneRecord(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.give("咸安区甲镇")
		a, b := c.phone("worker-a", "咸安区甲镇一村"), c.phone("worker-b", "咸安区甲镇一村")
		if got := a.refresh(); len(got.Jobs) != 2 || len(got.Key) != 32 || len(a.homes()) != 0 {
			t.Fatalf("%+v", got)
		}
		made := a.fill(c.newHome, map[string]any{"head": "王小二𠮷", "people": "4", "ill": "雀病"})
		got := a.must(made)
		if got.Again || got.Serial == "" {
			t.Fatalf("%+v", got)
		}
		if again := a.must(made); !again.Again || again.Serial != got.Serial {
			t.Errorf("sent again: %+v", again)
		}

		a.refresh()
		b.refresh()
		home := b.homes()[0]
		if home.Label != "王小二𠮷家" || !reflect.DeepEqual(home.Says, map[string]string{"people": "4"}) {
			t.Fatalf("a pack holds more or less than is asked for: %+v", home)
		}
		one := a.fill(c.visit, map[string]any{"home": home.ID, "people": "5", "words": "添丁"}, of(a.homes()[0]))
		two := b.fill(c.visit, map[string]any{"home": home.ID, "people": "6"}, of(home))
		for range 2 {
			a.must(one)
			b.must(two)
		}

		list := c.shelf()
		if list.Count != 1 || list.Rows[0].Label != "王小二𠮷家" || !slices.Equal(list.Rows[0].Disputed, []string{"people"}) {
			t.Fatalf("%+v", list)
		}
		v := c.record(list.Chosen.ID, home.ID)
		if v.Says["people"] != "4" || v.Says["words"] != "添丁" || v.Says["ill"] != "雀病" || len(v.Versions) != 3 || len(v.Claims["people"]) != 2 || !v.Decides {
			t.Fatalf("%+v", v)
		}
		waiting, err := c.s.Disputes(t.Context(), c.City)
		if err != nil || len(waiting) != 1 || waiting[0].ID != home.ID {
			t.Fatal(waiting, err)
		}

		// A secretary reads it without what is delicate, and does not decide; the neighbouring county sees nothing.
		s, err := c.s.Record(t.Context(), a.by, v.Record.List, home.ID)
		if err != nil || s.Decides || !s.Hidden["ill"] {
			t.Errorf("%+v %v", s, err)
		}
		_, err = c.s.Record(t.Context(), c.Actor(t, clerk, "嘉鱼县"), v.Record.List, home.ID)
		wantKey(t, err, "errs.absent")
		wantKey(t, c.s.Settle(t.Context(), a.by, v.Record.List, home.ID, v.Heads, nil), "errs.denied")
		wantKey(t, c.s.Settle(t.Context(), c.office, v.Record.List, home.ID, v.Heads, nil), "field.pick")
		wantKey(t, c.s.Settle(t.Context(), c.office, v.Record.List, home.ID, v.Heads[:1], map[string]string{"people": two.ID}), "form.moved_on")

		if err := c.s.Settle(t.Context(), c.office, v.Record.List, home.ID, v.Heads, map[string]string{"people": two.ID}); err != nil {
			t.Fatal(err)
		}
		v = c.record(v.Record.List, home.ID)
		if v.Says["people"] != "6" || v.Says["words"] != "添丁" || v.Says["ill"] != "雀病" || len(v.Claims) != 0 || len(v.Heads) != 1 {
			t.Errorf("%+v", v)
		}
	})
}

func TestWhoTakesWhatAlong(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		_, err := c.s.Give(ctx, c.office, field.Task{Form: c.visit.Form, Org: c.Nodes["嘉鱼县"].ID, Role: "secretary"})
		wantKey(t, err, "errs.absent")
		_, err = c.s.Give(ctx, c.office, field.Task{Form: c.visit.Form, Org: c.Nodes["咸安区"].ID})
		wantKey(t, err, "field.to_one")
		_, err = c.s.Give(ctx, c.Actor(t, secretary, "咸安区"), field.Task{Form: c.visit.Form, Org: c.Nodes["咸安区"].ID, Role: "secretary"})
		wantKey(t, err, "errs.denied")
		_, err = c.s.Give(ctx, c.office, field.Task{Form: c.visit.Form, Org: c.Nodes["咸安区"].ID, Role: "secretary", Due: day.Must("2020-01-01"), Target: -1})
		wantKey(t, err, "field.due_past")

		own, err := c.s.Give(ctx, c.office, field.Task{Form: c.newHome.Form, Org: c.Nodes["咸安区乙镇"].ID, Account: "worker-a", Target: 5, Note: "先走困难户"})
		if err != nil {
			t.Fatal(err)
		}
		a, b := c.phone("worker-a", "咸安区甲镇一村"), c.phone("worker-b", "咸安区甲镇一村")
		if p := a.refresh(); len(p.Jobs) != 1 || p.Jobs[0].At.Name != "咸安区乙镇" || p.Jobs[0].Target != 5 {
			t.Fatalf("%+v", p.Jobs)
		}
		if p := b.refresh(); len(p.Jobs) != 0 {
			t.Fatalf("%+v", p.Jobs)
		}
		f := a.fill(c.newHome, map[string]any{"head": "甲"})
		_, err = a.send(f) // counts where the task is, not where she sits
		wantKey(t, err, "field.not_yours")
		_, err = b.send(f)
		wantKey(t, err, "field.not_yours")
		a.at = own.Org
		a.must(a.fill(c.newHome, map[string]any{"head": "甲"}))
		all, err := c.s.Tasks(ctx, c.office, c.newHome.Form)
		if err != nil || len(all) != 1 || all[0].Answers() != 1 || all[0].Done[0].OrgName != "咸安区乙镇" {
			t.Fatalf("%+v %v", all, err)
		}

		// What was filled in before a task ended, and before a form was closed, is taken late.
		before, late := a.fill(c.newHome, map[string]any{"head": "乙"}), a.fill(c.newHome, map[string]any{"head": "丙"}, func(f *field.Filled) { f.MadeAt += 3600_000 })
		time.Sleep(20 * time.Millisecond)
		if _, err := c.s.EndTask(ctx, c.office, own.ID); err != nil {
			t.Fatal(err)
		}
		_, err = c.s.EndTask(ctx, c.office, own.ID)
		wantKey(t, err, "form.moved_on")
		if p := a.refresh(); len(p.Jobs) != 0 {
			t.Errorf("%+v", p.Jobs)
		}
		if err := c.forms.End(ctx, c.office, c.newHome.Form); err != nil {
			t.Fatal(err)
		}
		a.must(before)
		_, err = a.send(late)
		if err == nil {
			t.Error("what was filled in after the end is taken")
		}
	})
}

func TestAClockInTheYear2019(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.give("咸安区")
		p := c.phone("worker-a", "咸安区甲镇一村")
		p.behind = time.Since(time.Date(2019, 5, 4, 0, 0, 0, 0, time.UTC))
		p.refresh()
		got := p.must(p.fill(c.newHome, map[string]any{"head": "甲"}))
		if d := time.Duration(got.Skew)*time.Millisecond - p.behind; d.Abs() > time.Minute {
			t.Errorf("the clock is %v behind, %v was noted", p.behind, time.Duration(got.Skew)*time.Millisecond)
		}
		list, err := c.forms.List(t.Context(), c.office, form.Filter{Form: c.newHome.Form}, "")
		if err != nil || len(list.Items) != 1 {
			t.Fatal(list, err)
		}
		how, ok, err := c.s.HowItCame(t.Context(), c.City, list.Items[0].ID)
		if err != nil || !ok || time.Since(time.UnixMicro(how.MadeAt)).Abs() > time.Minute || how.Account != "worker-a" {
			t.Errorf("%+v %v %v", how, ok, err)
		}
	})
}

func TestAnAnswerToAnOlderVersion(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.give("咸安区")
		p := c.phone("worker-a", "咸安区甲镇一村")
		p.refresh()
		f := p.fill(c.newHome, map[string]any{"head": "甲", "people": "3"})
		next := c.publish("survey,,,\n,type,name,label\n,text,other,另一题\nsettings,,\n,form_title,form_id\n,新住户,newhome\n")
		if next.Form != c.newHome.Form || next.Seq != 2 {
			t.Fatalf("%+v", next)
		}
		p.must(f)
		list, err := c.forms.List(t.Context(), c.office, form.Filter{Form: c.newHome.Form}, "")
		if err != nil || list.Items[0].Version != 1 {
			t.Errorf("%+v %v", list.Items, err)
		}
		_, err = p.send(p.fill(form.Version{Form: c.newHome.Form, Seq: 9}, map[string]any{"head": "甲"}))
		wantKey(t, err, "errs.absent")
	})
}

func TestPhotographsComeInPieces(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.give("咸安区")
		p := c.phone("worker-a", "咸安区甲镇一村")
		p.refresh()
		content := photo(3)
		f := p.fill(c.newHome, map[string]any{"head": "甲"}, with("door", len(content)))
		x := f.Files[0]
		_, err := p.send(f)
		wantKey(t, err, "field.file_missing")

		// Half of it, and the same half again; a gap is not taken; then the rest.
		u := field.Upload{ID: x.ID, Form: f.Form, Version: f.Version, Question: "door", Name: x.Name, Bytes: x.Bytes}
		half := x.Bytes / 2
		for range 2 {
			got, err := c.s.Piece(ctx, p.by, u, 0, content[:half])
			if err != nil || got.Have != half {
				t.Fatal(got, err)
			}
		}
		if got, err := c.s.Piece(ctx, p.by, u, half+10, content[half+10:]); err != nil || got.Have != half {
			t.Fatal(got, err)
		}
		if got, err := c.s.Have(ctx, p.by, x.ID); err != nil || got.Have != half {
			t.Fatal(got, err)
		}
		for range 2 {
			got, err := c.s.Piece(ctx, p.by, u, half, content[half:])
			if err != nil || got.Have != x.Bytes || got.Value == "" {
				t.Fatal(got, err)
			}
		}
		if got, err := c.s.Have(ctx, c.phone("worker-b", "咸安区甲镇一村").by, x.ID); err != nil || got.Have != 0 {
			t.Errorf("another's file is seen: %+v %v", got, err)
		}
		p.must(f)
		list, err := c.forms.List(ctx, c.office, form.Filter{Form: c.newHome.Form}, "")
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.forms.View(ctx, c.office, list.Items[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		which, name := form.FileNamed(v.Content["door"].(string))
		o, err := c.forms.OpenFile(ctx, c.office, list.Items[0].ID, which)
		if err != nil || name != "门.jpg" {
			t.Fatal(err, name)
		}
		o.Content.Close()

		// What is no photograph is told once it is whole, and may be replaced; nobody's form takes none.
		bad := p.fill(c.newHome, map[string]any{"head": "乙"}, with("door", 300))
		_, err = p.pieces(bad, bad.Files[0], make([]byte, 300))
		wantKey(t, err, "blob.type")
		if got, err := c.s.Have(ctx, p.by, bad.Files[0].ID); err != nil || got.Have != 0 {
			t.Errorf("%+v %v", got, err)
		}
		_, err = c.s.Piece(ctx, c.phone("worker-c", "嘉鱼县甲镇一村").by, u, 0, content)
		wantKey(t, err, "field.not_yours")
		u.Bytes = 40 << 20
		u.ID = newID()
		_, err = c.s.Piece(ctx, p.by, u, 0, content)
		wantKey(t, err, "blob.too_large")
	})
}

func TestARecordElsewhereIsNotChanged(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.give("咸安区")
		a, b := c.phone("worker-a", "咸安区甲镇一村"), c.phone("worker-b", "咸安区甲镇二村")
		a.refresh()
		made := a.fill(c.newHome, map[string]any{"head": "甲"})
		a.must(made)
		a.refresh()
		if b.refresh(); len(b.homes()) != 0 {
			t.Fatalf("%+v", b.homes())
		}
		home := a.homes()[0]
		_, err := b.send(b.fill(c.visit, map[string]any{"home": home.ID, "people": "9"}, of(home)))
		wantKey(t, err, "record.elsewhere")
		_, err = b.send(b.fill(c.visit, map[string]any{"home": home.ID, "people": "9"}))
		wantKey(t, err, "form.no_choice")
		_, err = b.send(b.fill(c.visit, map[string]any{"home": "x"}, of(record.Known{ID: "a b", Label: "?"}), func(f *field.Filled) { f.Answers = []byte(`{"home":"a b"}`) }))
		wantKey(t, err, "record.id")
	})
}
