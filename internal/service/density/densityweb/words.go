package densityweb

import (
	"fmt"
	"math"
	"strconv"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// words writes figures as the reader may see them.
type words struct{ l *i18n.Printer }

func (x words) value(v density.Value) ui.Cell {
	switch v.Why {
	case density.Shown:
		return ui.Cell{Text: x.l.Int(v.N), Value: strconv.FormatInt(v.N, 10)}
	case density.Unreported:
		return ui.Cell{Text: x.l.T("density.unreported")}
	default:
		return ui.Cell{Text: x.l.T("density.not_shown")}
	}
}

func (x words) percent(r density.Rate) ui.Cell {
	switch {
	case r.Why != density.Shown:
		return ui.Cell{Text: x.l.T("density.not_shown")}
	case !r.Known:
		return ui.Cell{Text: "—"}
	}
	return ui.Cell{Text: x.l.Percent(r.Millionths), Value: strconv.FormatFloat(float64(r.Millionths)/1e6, 'f', 4, 64)}
}

// share is percent with its bar.
func (x words) share(r density.Rate) ui.Cell {
	c := x.percent(r)
	if r.Known && r.Why == density.Shown {
		c.Part = ui.Share(float64(r.Millionths)/1e4, c.Text)
	}
	return c
}

func (x words) change(r density.Rate) ui.Cell {
	c := x.percent(r)
	if r.Known && r.Why == density.Shown && r.Millionths > 0 {
		c.Text = "+" + c.Text
	}
	return c
}

func (x words) per1000(r density.Rate) ui.Cell {
	switch {
	case r.Why != density.Shown:
		return ui.Cell{Text: x.l.T("density.not_shown")}
	case !r.Known:
		return ui.Cell{Text: "—"}
	}
	text := strconv.FormatFloat(float64(r.Millionths)/1e6, 'f', 2, 64)
	return ui.Cell{Text: text, Value: text}
}

// whole is a count that is never hidden.
func (x words) whole(n int64) ui.Cell {
	return ui.Cell{Text: x.l.Int(n), Value: strconv.FormatInt(n, 10)}
}

// amount writes a layer's value with its unit.
func (x words) amount(layer density.Layer, v float64) string {
	switch layer {
	case density.LayerRatio:
		return fmt.Sprintf("%.1f%%", v)
	case density.LayerPer1000, density.LayerScore:
		return fmt.Sprintf("%.2f", v)
	default:
		return x.l.Int(int64(math.Round(v)))
	}
}

// step writes a step of the legend.
func (x words) step(layer density.Layer, c density.Class) string {
	switch {
	case math.IsInf(c.To, 1):
		return x.l.T("density.legend.over", "from", x.amount(layer, c.From))
	case layer == density.LayerYouth || layer == density.LayerMembers || layer == density.LayerOrgs:
		to := math.Ceil(c.To) - 1
		if to <= c.From {
			return x.amount(layer, c.From)
		}
		return x.amount(layer, c.From) + "–" + x.amount(layer, to)
	default:
		return x.l.T("density.legend.between", "from", x.amount(layer, c.From), "to", x.amount(layer, c.To))
	}
}

func (x words) legend(d density.Drawing) ui.Legend {
	unit := "density.cells"
	if d.Side == 0 {
		unit = "density.divisions"
	}
	g := ui.Legend{Title: x.l.T("density.layer." + string(d.Layer) + ".long")}
	for _, c := range d.Classes {
		g.Entries = append(g.Entries, ui.LegendEntry{Class: c.Name, Label: x.step(d.Layer, c), Count: x.l.T(unit, "n", c.Count)})
	}
	if d.Hidden > 0 {
		g.Entries = append(g.Entries, ui.LegendEntry{Class: "hidden", Label: x.l.T("density.legend.hidden", "n", density.Threshold), Count: x.l.T(unit, "n", d.Hidden)})
	}
	if d.Zero > 0 {
		g.Entries = append(g.Entries, ui.LegendEntry{Class: "q0", Label: "0", Count: x.l.T(unit, "n", d.Zero)})
	}
	return g
}

// source names whose data the figures are, of which day, and the rule of small groups.
func (x words) source(v *density.View) string {
	text := ""
	for _, o := range v.Origins {
		switch o.Kind {
		case "youth", "members", "league_orgs":
			if text != "" {
				text += x.l.T("density.source.and")
			}
			text += x.l.T("density.source.one", "name", o.Name, "on", o.AsOf.String(), "fine", x.l.T("density.fine."+string(o.Fineness)))
		}
	}
	return x.l.T("density.source", "sources", text, "villages", v.Villages, "reported", v.Reported, "n", density.Threshold)
}

// reason says in words why a place is a blind spot.
func (x words) reason(why []density.Clause) string {
	text := ""
	for i, c := range why {
		if i > 0 {
			text += x.l.T("density.why.and")
		}
		var args []any
		for name, n := range c.N {
			if name == "m" {
				args = append(args, "km", fmt.Sprintf("%.1f", float64(n)/1000))
				continue
			}
			args = append(args, name, n)
		}
		text += x.l.T(c.Key, args...)
	}
	return text
}
