package i18n

import (
	"errors"
	"strings"
	"time"

	"zhidian/internal/platform/errs"
)

// Printer writes messages and figures in one language. It is safe for all to share.
type Printer struct {
	c     *Catalog
	lang  Lang
	texts map[string]text
	zone  *time.Location
}

// Key is a value of a message that is itself a message, such as the name of a state.
type Key string

// Lang is the language written.
func (p *Printer) Lang() Lang { return p.lang }

// Zone is where the printer's clock stands, for reading days that people typed.
func (p *Printer) Zone() *time.Location { return p.zone }

// In gives a printer that shows times in the zone of a city.
func (p *Printer) In(zone *time.Location) *Printer {
	q := *p
	q.zone = zone
	return &q
}

// Speaking gives a printer of the same zone in another language, for a page that holds a text in it.
func (p *Printer) Speaking(lang Lang) *Printer { return p.c.Printer(lang).In(p.zone) }

// Has tells whether there is a message under key.
func (p *Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// T writes the message under key with values given as name, value, name, value, or as one errs.Args.
// English has its own form for one thing, chosen when the value n is 1. An unknown key is written ⟦key⟧ and counted.
func (p *Printer) T(key string, args ...any) string {
	if len(args) == 1 {
		if named, ok := args[0].(errs.Args); ok {
			return p.write(key, func(name string) (any, bool) { v, ok := named[name]; return v, ok })
		}
	}
	return p.write(key, func(name string) (any, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return args[i+1], true
			}
		}
		return nil, false
	})
}

func (p *Printer) write(key string, value func(name string) (any, bool)) string {
	t, ok := p.texts[key]
	if !ok {
		return p.c.miss(key)
	}
	if n, given := value("n"); given && p.lang == En && isOne(n) {
		if one, ok := p.texts[key+oneSuffix]; ok {
			t = one
		}
	}
	if len(t) == 1 && t[0].name == "" {
		return t[0].words
	}
	var b strings.Builder
	for _, part := range t {
		if part.name == "" {
			b.WriteString(part.words)
			continue
		}
		v, ok := value(part.name)
		if !ok {
			b.WriteString(p.c.miss(key + "{" + part.name + "}"))
			continue
		}
		b.WriteString(p.value(v, key, part.name))
	}
	return b.String()
}

// Error is what a person reads about err: its own message if it is an errs.Error, else that the fault is ours.
// Raw text is never shown.
func (p *Printer) Error(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok && p.Has(e.Key) {
		return p.T(e.Key, e.Args)
	} else if ok {
		p.c.miss(e.Key)
	}
	return p.T("errs.unexpected")
}

// Problem is what a person reads about one bad field.
func (p *Printer) Problem(problem errs.Problem) string { return p.T(problem.Key, problem.Args) }
