package drawweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// setting is what holds for a form as a whole.
type setting struct {
	drawn
	form *web.Form
}

// mostLanguages is how many languages a form has here; a workbook may have more.
const mostLanguages = 6

func (p *pages) setting(r *web.Request) (v setting, err error) {
	v.drawn, err = p.drawing(r)
	v.form = web.Read(r)
	return v, err
}

func (p *pages) askSettings(w http.ResponseWriter, r *web.Request) error {
	v, err := p.setting(r)
	if err != nil {
		return err
	}
	v.form = web.ReadValues(nil)
	v.form.Fill("title", v.Read.Title)
	v.form.Fill("version", v.Read.Version)
	if slices.Contains(strings.Fields(v.Read.Style), "pages") {
		v.form.Fill("paged", "1")
	}
	for i, l := range v.Read.Languages {
		v.form.Fill("language"+strconv.Itoa(i), l.Name)
	}
	return p.showSettings(w, r, v)
}

func (p *pages) showSettings(w http.ResponseWriter, r *web.Request, v setting) error {
	page := p.page(r, v.drawn, r.L.T("drawweb.settings"), r.L.T("drawweb.settings_says"))
	if v.form.Err() != nil || len(v.faults) > 0 || v.since != nil {
		return door.Again(w, r, ui.Office, page, settingsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, settingsBody(r, v))
}

func (p *pages) takeSettings(w http.ResponseWriter, r *web.Request) error {
	v, err := p.setting(r)
	if err != nil {
		return err
	}
	f := v.form
	seen := f.Int(fieldSeen, 1, 1<<60)
	var after *survey.Form
	faults, err := p.s.Draw(r.Context(), r.Actor, v.ID, seen, form.Settings, "", func(read *survey.Form) error {
		after = read
		read.Title, read.Version = f.Text("title", web.Required), f.Text("version", web.Max(40))
		style := slices.DeleteFunc(strings.Fields(read.Style), func(s string) bool { return s == "pages" })
		if f.Bool("paged") {
			style = append(style, "pages")
		}
		read.Style = strings.Join(style, " ")
		v.languages(read)
		return f.Err()
	})
	if err == nil && !survey.Failed(faults) {
		return r.Redirect(w, formURL(v.ID, "draw"), "drawweb.saved")
	}
	if f.Err() == nil || errs.KeyOf(err) == "form.drawn_meanwhile" {
		if err := p.excuse(r, &v.drawn, seen, after, err, faults); err != nil {
			return err
		}
	}
	return p.showSettings(w, r, v)
}

// languages names the languages of a form and adds some behind. One that has texts is not dropped here.
func (v setting) languages(read *survey.Form) {
	f := v.form
	for i := range mostLanguages {
		field := "language" + strconv.Itoa(i)
		name := f.Text(field, web.Max(60))
		switch {
		case i < len(read.Languages) && (name != "" || len(read.Languages) > 1 || i > 0):
			if name == "" {
				f.Fail(field, "field.required", nil)
				continue
			}
			read.Languages[i] = languageOf(name)
		case i >= len(read.Languages) && name != "":
			read.Languages = append(read.Languages, languageOf(name))
		}
	}
	seen := map[string]bool{}
	for i, l := range read.Languages {
		low := strings.ToLower(l.Name)
		if seen[low] {
			f.Fail("language"+strconv.Itoa(i), "drawweb.language_twice", nil)
		}
		if seen[low] = true; l.Name == "" && len(read.Languages) > 1 {
			f.Fail("language"+strconv.Itoa(i), "drawweb.language_unnamed", nil)
		}
	}
}

// languageOf takes "中文 (zh)" apart; of the two languages that most forms have, the code is known.
func languageOf(name string) survey.Language {
	l := survey.Language{Name: name}
	if from := strings.LastIndexAny(name, "(（"); from >= 0 {
		l.Code = strings.Trim(strings.TrimLeft(name[from:], "(（"), ")） ")
	}
	if l.Code == "" {
		switch strings.ToLower(name) {
		case "中文", "汉语", "简体中文", "chinese":
			l = survey.Language{Name: name + " (zh)", Code: "zh"}
		case "英文", "英语", "english":
			l = survey.Language{Name: name + " (en)", Code: "en"}
		}
	}
	return l
}
