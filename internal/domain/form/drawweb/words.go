package drawweb

import (
	"strings"

	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/web"
)

// mostChanges is how many changes of others a note lists.
const mostChanges = 12

// changed is a difference between two states of a form, in one line.
func changed(r *web.Request, c survey.Change) string {
	what := c.Label
	if what == "" {
		what = c.Path
	}
	if c.What != survey.Changed {
		return r.L.T("drawweb.change."+string(c.What), "question", what)
	}
	return r.L.T("drawweb.change.changed", "question", what, "field", r.L.T("drawweb.field."+c.Field), "old", orNothing(r, c.Old), "new", orNothing(r, c.New))
}

func orNothing(r *web.Request, s string) string {
	if s == "" {
		return r.L.T("drawweb.nothing")
	}
	return s
}

// kindWord says what a row is. Kinds that are not drawn up here are called by their XLSForm names.
func kindWord(r *web.Request, q *survey.Question) string {
	for _, k := range offered {
		if k == q.Kind {
			return r.L.T("drawweb.kind." + string(k))
		}
	}
	return string(q.Kind)
}

var icons = map[survey.Kind]string{
	survey.Text: "edit", survey.SelectOne: "circle-check", survey.SelectMultiple: "list-check", survey.Integer: "hexagon", survey.Decimal: "hexagon",
	survey.Date: "calendar", survey.Time: "clock", survey.DateTime: "calendar", survey.Range: "adjustments", survey.Rank: "selector",
	survey.Image: "camera", survey.Audio: "speakerphone", survey.Video: "player-play", survey.File: "file-text", survey.GeoPoint: "map-pin", survey.Barcode: "qrcode",
	survey.Acknowledge: "check", survey.Note: "info-circle", survey.Group: "stack-2", survey.Repeat: "copy", survey.Calculate: "report",
}

func kindIcon(k survey.Kind) string { return icons[k] }

// whereTo says where what is added will stand.
func whereTo(r *web.Request, v drawn, after, into string) string {
	if q := draw.Find(v.Read, after); q != nil {
		return r.L.T("drawweb.add_behind", "question", v.called(r, q))
	}
	if q := draw.Find(v.Read, into); q != nil {
		return r.L.T("drawweb.add_inside", "question", v.called(r, q))
	}
	return r.L.T("drawweb.add_end")
}

// when says under which condition a question is asked: in words where tests can, and else as its author wrote it.
func when(r *web.Request, v drawn, q *survey.Question) string {
	c, ok := draw.ReadCondition(v.Read, q.Relevant.Text)
	if !ok {
		return r.L.T("drawweb.when_formula", "formula", q.Relevant.Text)
	}
	var all []string
	for _, t := range c.Tests {
		all = append(all, v.test(r, t))
	}
	between := "drawweb.and"
	if c.Any {
		between = "drawweb.or"
	}
	return r.L.T("drawweb.when", "tests", strings.Join(all, r.L.T(between)))
}

// test is one test in words.
func (v drawn) test(r *web.Request, t draw.Test) string {
	name, value := t.Of, t.Value
	for _, q := range v.Read.Questions[1:] {
		if q.Name != t.Of {
			continue
		}
		name = v.called(r, q)
		if list := v.Read.Find(q.List); list != nil && q.Kind.Chooses() {
			for _, i := range list.Items {
				if i.Value == t.Value && i.Label.Any() {
					value = i.Label.In(language(r, v.Read))
				}
			}
		}
	}
	return r.L.T("drawweb.test."+string(t.Is), "question", name, "value", value)
}
