package fillweb

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/web/ui"
)

// How many choices are shown as what.
const (
	listed   = 15  // of one choice: as buttons
	chosen   = 200 // of one choice: as a drop-down, of several: as boxes; longer lists are searched
	found    = 40  // of a list that is searched: so many at once
	places   = 60  // of a ranking
	scaled   = 11  // of a range: as a scale
	maxFound = 400 // what is chosen of a list that is searched stays in sight, up to this
)

// widget is how a question is answered.
type widget uint8

const (
	line    widget = iota // one line of text
	lines                 // several lines
	buttons               // radio buttons or boxes
	drop                  // a drop-down
	seek                  // a list that is searched
	ranks                 // a drop-down for each place
	scale                 // a row of numbers
	upload                // a file
	tick                  // one box
	words                 // only a text
	shown                 // an answer that is worked out or fixed
)

func (i *item) widget() widget {
	switch i.Kind {
	case survey.Note:
		return words
	case survey.Acknowledge:
		return i.unless(tick)
	case survey.SelectOne, survey.SelectMultiple:
		return i.unless(i.list())
	case survey.Rank:
		return i.unless(ranks)
	case survey.Image, survey.Audio, survey.Video, survey.File:
		return i.unless(upload)
	case survey.Range:
		if len(i.marks()) > 0 {
			return i.unless(scale)
		}
	case survey.GeoTrace, survey.GeoShape:
		return lines
	case survey.Text:
		if i.Has("multiline") || i.Parameters["rows"] != "" {
			return lines
		}
	}
	if i.Calculate != nil && len(i.Triggers) == 0 {
		return shown
	}
	return line
}

// unless gives a widget for an answer that may be given, and the answer itself for one that may not.
func (i *item) unless(w widget) widget {
	if i.closed {
		return shown
	}
	return w
}

// choices are what is offered now; they are worked out once a page.
func (i *item) choices() []fill.Choice {
	if !i.looked {
		i.offered, i.looked = i.s.rec.Choices(i.n), true
	}
	return i.offered
}

func (i *item) list() widget {
	n := len(i.choices())
	switch {
	case i.s.carried && i.FromFile: // the phone has it
		return seek
	case n > chosen:
		return seek
	case i.Kind == survey.SelectOne && (n > listed || i.Has("minimal")):
		return drop
	}
	return buttons
}

// picked are the values of a question with choices.
func (i *item) picked() []string {
	if i.Kind.Several() {
		return strings.Fields(i.value)
	}
	if i.value == "" {
		return nil
	}
	return []string{i.value}
}

// options are the choices, as they are offered now.
func (i *item) options() []ui.Option { return i.marked(i.choices()) }

func (i *item) marked(all []fill.Choice) []ui.Option {
	picked := i.picked()
	out := make([]ui.Option, len(all))
	for k, c := range all {
		out[k] = ui.Option{Value: c.Value, Label: c.Label, Selected: slices.Contains(picked, c.Value)}
	}
	return out
}

// matching are the choices of a long list that are chosen, and those that fit the words that were typed.
func (i *item) matching() []ui.Option {
	sought := strings.ToLower(strings.TrimSpace(i.s.search[i.path]))
	var out []ui.Option
	hits := 0
	for _, o := range i.options() {
		fits := sought != "" && hits < found && (strings.Contains(strings.ToLower(o.Label), sought) || strings.EqualFold(o.Value, sought))
		if o.Selected && len(out) < maxFound || fits {
			out = append(out, o)
		}
		if fits {
			hits++
		}
	}
	return out
}

// ranked are the drop-downs of a ranking, one for each place.
func (i *item) ranked() [][]ui.Option {
	all := i.choices()
	picked := i.picked()
	out := make([][]ui.Option, min(len(all), places))
	for k := range out {
		out[k] = []ui.Option{{Label: i.s.l.T("fillweb.choose")}}
		for _, c := range all {
			out[k] = append(out[k], ui.Option{Value: c.Value, Label: plain(c.Label), Selected: k < len(picked) && picked[k] == c.Value})
		}
	}
	return out
}

// marks are the numbers of a short range.
func (i *item) marks() (all []ui.Option) {
	start, end, step := fill.Bounds(i.Question)
	if step = math.Abs(step); step == 0 || math.Abs(end-start)/step > scaled-1 {
		return nil
	}
	if end < start {
		step = -step
	}
	for k := range int(math.Round((end-start)/step)) + 1 {
		text := strconv.FormatFloat(start+float64(k)*step, 'f', -1, 64)
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			text = strconv.FormatFloat(math.Round(value*1e9)/1e9, 'f', -1, 64)
		}
		all = append(all, ui.Option{Value: text, Label: text, Selected: text == i.value})
	}
	return all
}

// bounds are the least and the greatest number of a range, and its step, for the browser's own box.
func (i *item) bounds() (least, most, step string) {
	if i.Kind != survey.Range {
		return "", "", ""
	}
	a, b, by := fill.Bounds(i.Question)
	text := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	return text(math.Min(a, b)), text(math.Max(a, b)), text(math.Abs(by))
}

// said is an answer in words: the labels of what was chosen, or the answer itself.
func (i *item) said() string {
	if i.Kind == survey.Acknowledge && i.value != "" {
		return i.s.l.T("fillweb.acknowledged")
	}
	if i.Kind.IsFile() {
		return named(i.value)
	}
	if !i.Kind.Chooses() {
		return i.value
	}
	var labels []string
	for _, v := range i.picked() {
		label := i.s.rec.ChoiceName(i.Name, v)
		if label == "" {
			label = v
		}
		labels = append(labels, plain(label))
	}
	return strings.Join(labels, "；")
}

// box is the browser's own kind of field for a line.
func (i *item) box() (kind, mode string) {
	switch i.Kind {
	case survey.Integer, survey.Range:
		return "text", "numeric"
	case survey.Decimal:
		return "text", "decimal"
	case survey.Date:
		if fits(i.value, 10) {
			return "date", ""
		}
	case survey.Time:
		if i.value == "" || len(i.value) == 5 || len(i.value) == 8 {
			return "time", ""
		}
	case survey.DateTime:
		if i.value == "" || len(i.value) == 16 || len(i.value) == 19 {
			return "datetime-local", ""
		}
	}
	if i.Has("numbers") {
		return "text", "numeric"
	}
	return "text", ""
}

// fits tells whether the browser's box for dates would show a value and not swallow it.
func fits(value string, n int) bool { return value == "" || len(value) == n && value[4] == '-' }
