package ui

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
)

// KeyField is the hidden field that makes a form count once, however often it is sent.
const KeyField = "_key"

// Option is a choice in a drop-down, or one radio button or box.
type Option struct {
	Value, Label, Help string
	Selected, Disabled bool
}

// Input is a question of a form. Name, Label, Help, Error, Required and Value mean the same for every kind of it.
type Input struct {
	Name, Label, Help, Error, Value string

	In string // which form, where several on a page have questions of one name

	Required, ReadOnly, Focus bool
	Short                     bool // a narrow box: dates, codes, numbers
	Sensitive                 bool // never kept as a draft in the browser

	Type         string // text (also ""), search, tel, email, number, password
	InputMode    string // numeric, decimal, tel
	Autocomplete string // "off", "current-password", "one-time-code"
	Placeholder  string
	Min, Max     string
	MaxLength    int
	Rows         int // of a text area

	Options  []Option // drop-down, radio buttons, boxes
	Multiple bool     // several files, several boxes
	Accept   string   // ".xlsx,.xls,.csv"
	MaxBytes int64    // of one file
}

// FormBox is the frame of a form. It is sent once; with Draft what was typed is kept in the browser until the server has it.
type FormBox struct {
	Action    string
	Key       string // idempotency key, made by the server with the page
	Draft     string // name of the draft; "" keeps none
	Sensitive bool   // ID numbers, health, money of persons: never kept in the browser
	Upload    bool   // has files: shows their progress
	Narrow    bool   // one column at reading width
}

// Fault is a field that was not accepted and why.
type Fault struct{ Field, Text string }

// FieldID is the id of the question called name, for links to it.
func FieldID(name string) string { return "f-" + name }

func (f Input) id() string {
	if f.In != "" {
		return FieldID(f.In + "-" + f.Name)
	}
	return FieldID(f.Name)
}

func (f Input) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// asDate is the browser's own date box, or a plain one for a value that such a box would swallow.
func (f Input) asDate() Input {
	f.Short, f.Type = true, "date"
	if _, err := time.Parse(time.DateOnly, f.Value); f.Value != "" && err != nil {
		f.Type, f.InputMode, f.Min, f.Max = "text", "numeric", "", ""
	}
	return f
}

// describedBy names help and error, so that both are read with the field.
func (f Input) describedBy() string {
	by := ""
	if f.Error != "" {
		by = f.id() + "-error"
	}
	if f.Help != "" {
		if by != "" {
			by += " "
		}
		by += f.id() + "-help"
	}
	return by
}

// attributes are those that every kind of question shares.
func (f Input) attributes() templ.Attributes {
	a := templ.Attributes{"required": f.Required, "readonly": f.ReadOnly, "autofocus": f.Focus, "data-zd-sensitive": f.Sensitive}
	if by := f.describedBy(); by != "" {
		a["aria-describedby"] = by
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// asked is the question with its choices, as web.AskedField has it.
func (f Input) asked() string {
	var b strings.Builder
	plain := strings.NewReplacer("\t", " ")
	b.WriteString(f.Name + "\t" + plain.Replace(f.Label))
	for _, o := range f.Options {
		b.WriteString("\t" + o.Value + "\t" + plain.Replace(o.Label))
	}
	return b.String()
}

// asTicked is a single yes as a choice.
func (f Input) asTicked(l *i18n.Printer) Input {
	f.Options = []Option{{Value: "1", Label: l.T("ui.ticked")}}
	return f
}

// Form frames questions and buttons.
func Form(l *i18n.Printer, f FormBox) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return form(l, f).Render(context.WithValue(ctx, keptForm{}, mine(ctx) != "" && !f.Upload), w)
	})
}

type keptForm struct{}

// isKept tells a question that its form comes back when the session ends in between: see web.Kept.
func isKept(ctx context.Context) bool {
	kept, _ := ctx.Value(keptForm{}).(bool)
	return kept
}

// mine says for which account a form is drawn; empty where nobody is signed in.
func mine(ctx context.Context) string {
	if r := web.From(ctx); r != nil {
		return r.Mine()
	}
	return ""
}

// Typed gives a question what was typed into it, where the form was sent, and what is wrong with that.
func Typed(r *web.Request, f *web.Form, in Input) Input {
	if f.Has(in.Name) {
		in.Value = f.Raw(in.Name)
	}
	if at := f.At(in.Name); len(at) > 0 {
		in.Error = r.L.Problem(at[0])
	}
	return in
}

// Options gives the choices of a question whose words are messages, key and value together; what was typed is chosen.
func Options[T ~string](r *web.Request, f *web.Form, name, key string, values []T) []Option {
	all := make([]Option, len(values))
	for i, v := range values {
		all[i] = Option{Value: string(v), Label: r.L.T(key + string(v)), Selected: f.Raw(name) == string(v)}
	}
	return all
}

// Faults lists what is wrong with a form, each with the name of its question, which is the message of one of the prefixes and the
// field's name.
func Faults(r *web.Request, f *web.Form, prefixes ...string) (all []Fault) {
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		for _, prefix := range prefixes {
			if key := prefix + p.Field; p.Field != "" && r.L.Has(key) {
				text = r.L.T(key) + r.L.T("ui.colon") + text
				break
			}
		}
		all = append(all, Fault{Field: p.Field, Text: text})
	}
	return all
}

func (f Input) rows() string {
	if f.Rows <= 0 {
		return "3"
	}
	return strconv.Itoa(f.Rows)
}

func (f Input) optionID(i int) string { return f.id() + "-" + strconv.Itoa(i) }

// fileHint says which files are taken and how large they may be.
func (f Input) fileHint(l *i18n.Printer) string {
	switch {
	case f.Accept != "" && f.MaxBytes > 0:
		return l.T("ui.file.hint", "types", f.Accept, "max", l.Size(f.MaxBytes))
	case f.MaxBytes > 0:
		return l.T("ui.file.max", "max", l.Size(f.MaxBytes))
	}
	return f.Accept
}
