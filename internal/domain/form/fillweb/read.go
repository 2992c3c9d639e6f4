package fillweb

import (
	"net/url"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
)

// The fields of the page beside those of questions. A question's field is called "/" and its path, so that none is mistaken
// for another.
const (
	fieldDo      = "do"      // what was pressed
	fieldVersion = "version" // the version of the form that was shown
	fieldLang    = "lang"
	fieldStep    = "step"
	fieldRepeat  = "repeat" // one for each repeat there is, with the path of all of them
	fieldOff     = "off"    // one for each question that was not asked when the page was drawn; scripts take them away
	fieldWas     = "was:"   // and a path: the answer with which the page was drawn, of questions that others wait for; scripts take them away
	fieldFind    = "find:"  // and a path: words typed to find a choice in a long list
	fieldFile    = "file:"  // and a path: a file that is handed in; under the question's own name goes what was handed in before
	fieldOrg     = "org"    // where staff enters
)

// What can be pressed: a word, and the path it is about behind a colon.
const (
	doSubmit = "submit"
	doNext   = "next"
	doPrev   = "prev"
	doAdd    = "add"
	doRemove = "remove"
	doLang   = "lang"
	doDrop   = "drop" // a file that was handed in
	doKeep   = "keep" // what was typed goes on lying with the server, and nothing is shown
	doAnew   = "anew" // what was begun is forgotten
)

// posted is a page as it came back.
type posted struct {
	fields     url.Values
	do, about  string // the word and its path
	version    int64
	lang, step int
	repeats    map[string]int
	off        map[string]bool
	files      []web.File
}

// read takes the fields of a page and, until done is called, its files.
func read(r *web.Request) (p posted, done func(), err error) {
	done = func() {}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		u, err := r.Upload(nil)
		if err != nil {
			return p, done, err
		}
		p.files, done = u.Files, func() { _ = u.Remove() }
	}
	p.fields, p.repeats, p.off = r.PostForm, map[string]int{}, map[string]bool{}
	p.do, p.about, _ = strings.Cut(p.fields.Get(fieldDo), ":")
	p.version, _ = strconv.ParseInt(p.fields.Get(fieldVersion), 10, 64)
	p.lang, _ = strconv.Atoi(p.fields.Get(fieldLang))
	p.step, _ = strconv.Atoi(p.fields.Get(fieldStep))
	for _, path := range p.fields[fieldRepeat] {
		p.repeats[path]++
	}
	for _, path := range p.fields[fieldOff] {
		p.off[path] = true
	}
	return p, done, nil
}

// search gives the words typed to find choices, by the paths of their questions.
func (p posted) search() map[string]string {
	all := map[string]string{}
	for name, values := range p.fields {
		if path, ok := strings.CutPrefix(name, fieldFind); ok && len(values) > 0 {
			all[path] = values[0]
		}
	}
	return all
}

// typed gives the fields to the record.
func (p posted) typed() fill.Typed {
	return fill.Typed{
		Value: func(q *survey.Question, path string) (string, bool) {
			all, there := p.fields["/"+path]
			switch {
			case !there || len(all) == 0:
				return "", there
			case q.Kind.Several():
				return strings.Join(all, " "), true
			case q.Kind == survey.SelectOne: // a list that is searched and its choice may both be there
				for _, one := range all {
					if one != "" {
						return one, true
					}
				}
			}
			return all[0], true
		},
		Repeats: func(path string) int { return p.repeats[path] },
		Was:     p.was,
	}
}

// was gives the answer with which the page was drawn, as it was kept.
func (p posted) was(path string) (answer string, drawn bool) {
	all := p.fields[fieldWas+path]
	if len(all) == 0 {
		return "", false
	}
	return strings.ReplaceAll(all[0], "\r\n", "\n"), true
}

// record makes a record of the page, and tells what of it cannot be read.
func (p posted) record(f *survey.Form, around fill.Around) (*fill.Record, map[string]errs.Problem) {
	return fill.Read(f, around, p.typed())
}

// raw is what stood in a question's field, to be shown again where it cannot be an answer.
func (p posted) raw(path string) string {
	s := strings.ToValidUTF8(p.fields.Get("/"+path), "�")
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "")
	}
	return s
}

// maxShown is how many bytes of what cannot be read are shown again.
const maxShown = 200_000

// change puts one more of a repeat into the record, takes one out, or takes a file away, where that was pressed.
func (p posted) change(r *fill.Record) bool {
	switch p.do {
	case doAdd:
		up, name := r.Root(), p.about
		if at := strings.LastIndexByte(p.about, '/'); at >= 0 {
			up, name = r.At(p.about[:at]), p.about[at+1:]
		}
		if up == nil {
			return false
		}
		for _, below := range r.Form.Questions[up.Place].Below {
			if r.Form.Questions[below].Name == name {
				return r.AddRepeat(up, below) != nil
			}
		}
	case doDrop:
		if n := r.At(p.about); n != nil && r.Form.Questions[n.Place].Kind.IsFile() && r.Takes(n) {
			return r.Answer(n, "") == nil
		}
	case doRemove:
		if n := r.At(p.about); n != nil {
			return r.RemoveRepeat(n)
		}
	}
	return false
}
