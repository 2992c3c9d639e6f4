package fillweb

import (
	"context"
	"io"
	"strconv"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
)

// Carried draws a form to be taken along: all that it may ask, each repeat once. A phone shows of it what the answers call
// for, with the scripts that make these pages live.
func Carried(l *i18n.Printer, f *survey.Form, seq int64, around fill.Around) web.Component {
	lang := speak(f, l)
	around.Language = lang
	s := &sheet{l: l, form: f, seq: seq, rec: fill.Sample(f, around), lang: lang, carried: true}
	s.lay(none)
	return carriedComponent{s}
}

// Speaking tells which of a form's languages is used for a reader.
func Speaking(l *i18n.Printer, f *survey.Form) int { return speak(f, l) }

type carriedComponent struct{ s *sheet }

// Render implements web.Component.
func (c carriedComponent) Render(ctx context.Context, w io.Writer) error {
	return carriedSheet(c.s).Render(ctx, w)
}

func (s *sheet) language() string { return strconv.Itoa(s.lang) }
