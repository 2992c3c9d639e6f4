package xlsform

import (
	"strings"

	"golang.org/x/text/language"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
)

// findLanguages lists the languages of a form: the default one first, then those of the headers in their order. Texts
// under a header without a language are of the default one, or of a language without a name where none is set.
func (r *reader) findLanguages() {
	f := r.form
	r.languageAt = map[string]int{}
	add := func(name string) {
		if _, there := r.languageAt[strings.ToLower(name)]; !there {
			r.languageAt[strings.ToLower(name)] = len(f.Languages)
			f.Languages = append(f.Languages, languageOf(name))
		}
	}
	if first := f.Settings["default_language"]; first != "" {
		add(first)
		r.languageAt[""] = 0
		delete(f.Settings, "default_language") // said by the order of languages
	}
	for _, plain := range []bool{true, false} { // without a language first
		for _, name := range []string{"survey", "choices"} {
			if t := r.sheets[name]; t != nil {
				for _, c := range parseHeader(t, nil, &survey.Faults{}) {
					if translated[c.field] && (c.lang == "") == plain {
						add(c.lang)
					}
				}
			}
		}
	}
	if len(f.Languages) == 0 {
		add("")
	}
}

// languageOf takes "中文 (zh)" apart.
func languageOf(name string) survey.Language {
	l := survey.Language{Name: name}
	if from := strings.LastIndexAny(name, "(（"); from >= 0 {
		inside := strings.TrimLeft(name[from:], "(（")
		l.Code = strings.TrimSpace(strings.TrimRight(inside, ")） "))
	}
	return l
}

// languages warns of languages that no browser knows, and of those in which something is not said.
func (r *reader) languages() {
	f := r.form
	var unknown []string
	for _, l := range f.Languages {
		if _, err := language.Parse(l.Code); l.Name != "" && err != nil {
			unknown = append(unknown, l.Name)
		}
	}
	if len(unknown) > 0 {
		r.wrong.Warn("survey", 0, "label", "xlsform.language_code", errs.Args{"names": strings.Join(unknown, ", ")})
	}
	if len(f.Languages) == 1 {
		return
	}
	asked, offered := gaps{}, gaps{}
	for _, q := range f.Questions[min(1, len(f.Questions)):] {
		for field, t := range q.Texts() {
			asked.count(field, t, len(f.Languages))
		}
	}
	for _, l := range f.Lists {
		for _, i := range l.Items {
			offered.count("label", i.Label, len(f.Languages))
			for field, t := range i.Media {
				offered.count(field, t, len(f.Languages))
			}
		}
	}
	r.missing("survey", asked)
	r.missing("choices", offered)
}

// gaps counts by field and language where a text is missing that another language has.
type gaps map[string][]int

func (g gaps) count(field string, t survey.Texts, languages int) {
	if !t.Any() {
		return
	}
	if g[field] == nil {
		g[field] = make([]int, languages)
	}
	for i := range languages {
		if i >= len(t) || t[i] == "" {
			g[field][i]++
		}
	}
}

// missing tells of each field of a sheet in which languages it is not said everywhere.
func (r *reader) missing(sheet string, g gaps) {
	for _, field := range []string{"label", "hint", "guidance_hint", "constraint_message", "required_message", "image", "big-image", "audio", "video"} {
		for i, n := range g[field] {
			if n == 0 {
				continue
			}
			shown := r.form.Languages[i].Name
			if shown == "" {
				shown = "-"
			}
			r.wrong.Warn(sheet, 0, field, "xlsform.not_translated", errs.Args{"language": shown, "count": n})
		}
	}
}
