package form_test

import (
	"strconv"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
)

// ask adds a question to a draft and gives the state after.
func (c *town) ask(by authz.Actor, which form.ID, kind survey.Kind, name, label string) form.Drawing {
	c.t.Helper()
	return c.draws(by, which, form.Added, name, func(f *survey.Form) error {
		q := draw.Add(f, kind, nil, false)
		draw.Rename(f, q, name)
		q.Label = survey.Texts{label}
		return nil
	})
}

func (c *town) draws(by authz.Actor, which form.ID, what form.Did, about string, do func(*survey.Form) error) form.Drawing {
	c.t.Helper()
	d, err := c.s.Drawing(c.t.Context(), by, which)
	if err != nil {
		c.t.Fatal(err)
	}
	faults, err := c.s.Draw(c.t.Context(), by, which, d.EditedAt, what, about, do)
	if err != nil || survey.Failed(faults) {
		c.t.Fatal(err, faults)
	}
	if d, err = c.s.Drawing(c.t.Context(), by, which); err != nil {
		c.t.Fatal(err)
	}
	return d
}

func names(d form.Drawing) (all string) {
	for _, q := range d.Read.Questions[1:] {
		all += q.Name + " "
	}
	return all
}

func TestAFormIsDrawnUp(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, err := c.s.Begin(ctx, by, c.Nodes["咸安区"].ID, "登记", nil)
		if err != nil {
			t.Fatal(err)
		}
		wantKey(t, c.s.Release(ctx, by, v.Form, v.Seq, v.MadeAt), "form.empty")
		c.ask(by, v.Form, survey.Text, "who", "姓名")
		d := c.ask(by, v.Form, survey.Integer, "age", "年龄")
		if names(d) != "who age " || len(d.Steps) != 2 || d.Steps[0].About != "age" || d.Seq != 1 {
			t.Fatalf("drawn are %s by %+v", names(d), d.Steps)
		}

		// what would leave a form that cannot be used is not done, and said
		faults, err := c.s.Draw(ctx, by, v.Form, d.EditedAt, form.Edited, "age", func(f *survey.Form) error {
			f.Questions[2].Relevant = &survey.Formula{Text: "${whom} = 'x'"}
			return nil
		})
		if err != nil || !survey.Failed(faults) || faults[0].Row != 2 || faults[0].Field != "relevant" {
			t.Errorf("%v %v", faults, err)
		}

		// of two people the second is told what the first did, and nothing of hers is done
		seen := d.EditedAt
		d = c.draws(by, v.Form, form.Removed, "who", func(f *survey.Form) error {
			draw.Remove(f, f.Questions[1])
			return nil
		})
		_, err = c.s.Draw(ctx, by, v.Form, seen, form.Moved, "age", func(f *survey.Form) error { return nil })
		wantKey(t, err, "form.drawn_meanwhile")
		last, changes, err := c.s.Meanwhile(ctx, by, v.Form, seen)
		if err != nil || last.MadeBy != by.User || len(changes) != 1 || changes[0].What != survey.Removed || changes[0].Label != "姓名" {
			t.Errorf("told: %+v %+v %v", last, changes, err)
		}

		// the last changes are taken back one by one
		if _, err := c.s.Undo(ctx, by, v.Form, seen); err == nil {
			t.Error("an older state was taken back")
		}
		if step, err := c.s.Undo(ctx, by, v.Form, d.EditedAt); err != nil || step.What != form.Removed {
			t.Fatal(step, err)
		}
		d, err = c.s.Drawing(ctx, by, v.Form)
		if err != nil || names(d) != "who age " || len(d.Steps) != 2 {
			t.Fatalf("back are %s, %d steps, %v", names(d), len(d.Steps), err)
		}

		// what somebody has looked at is published, and nothing else
		wantKey(t, c.s.Release(ctx, by, v.Form, 1, v.MadeAt), "form.moved_on")
		look, err := c.s.Look(ctx, by, v.Form)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.s.Release(ctx, by, v.Form, 1, look.Draft().MadeAt); err != nil {
			t.Fatal(err)
		}
		if d, err = c.s.Drawing(ctx, by, v.Form); err != nil || len(d.Steps) != 0 {
			t.Errorf("%d steps of a published form, %v", len(d.Steps), err)
		}
		wantKey(t, func() error { _, err := c.s.Undo(ctx, by, v.Form, d.EditedAt); return err }(), "form.nothing_to_undo")

		// a published form goes on as a draft of the next version
		d = c.ask(by, v.Form, survey.Note, "thanks", "谢谢")
		if look, err = c.s.Look(ctx, by, v.Form); err != nil || look.Version != 1 || look.Draft() == nil || look.Draft().Seq != 2 || len(look.Changes) != 1 {
			t.Errorf("%+v, %v", look.Form, err)
		}
		for i := range form.Steps + 3 {
			c.draws(by, v.Form, form.Settings, "", func(f *survey.Form) error {
				f.Version = strconv.Itoa(i)
				return nil
			})
		}
		if d, err = c.s.Drawing(ctx, by, v.Form); err != nil || len(d.Steps) != form.Steps {
			t.Errorf("%d steps are kept, %v", len(d.Steps), err)
		}
	})
}

// A workbook that is put in the place of a draft is a step like others.
func TestAWorkbookCanBeTakenBack(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v := c.upload(by, needs)
		c.ask(by, v.Form, survey.Text, "more", "补充")
		c.upload(by, needs)
		d, err := c.s.Drawing(ctx, by, v.Form)
		if err != nil || len(d.Steps) != 2 || d.Steps[0].What != form.Upload {
			t.Fatalf("%+v, %v", d.Steps, err)
		}
		if _, err := c.s.Undo(ctx, by, v.Form, d.EditedAt); err != nil {
			t.Fatal(err)
		}
		if d, err = c.s.Drawing(ctx, by, v.Form); err != nil || d.Read.Questions[len(d.Read.Questions)-1].Name != "more" {
			t.Errorf("back is %s, %v", names(d), err)
		}
	})
}
