package startuploanweb

import (
	"io"
	"net/http"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
)

// surveyed is what a surveyor has filled in.
type surveyed struct {
	form.Shown
	of  startuploan.ID
	top string
}

func (p *pages) survey(w http.ResponseWriter, r *web.Request) error {
	which, err := appID(r)
	if err != nil {
		return err
	}
	answer, err := id.Parse[form.Answer](r.PathValue("answer"))
	if err != nil {
		return err
	}
	got, err := p.s.Surveyed(r.Context(), r.Actor, which, answer)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loan.survey"), got.Serial)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loan.queue"), Href: queueURL}, {Label: r.L.T("loan.application"), Href: oneURL(which, "")}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, surveyBody(r, surveyed{got, which, oneURL(which, "survey/"+answer.String())}))
}

func (p *pages) surveyFile(w http.ResponseWriter, r *web.Request) error {
	which, err := appID(r)
	if err != nil {
		return err
	}
	answer, err := id.Parse[form.Answer](r.PathValue("answer"))
	if err != nil {
		return err
	}
	file, err := id.Parse[form.File](r.PathValue("file"))
	if err != nil {
		return err
	}
	o, err := p.s.SurveyFile(r.Context(), r.Actor, which, answer, file)
	if err != nil {
		return err
	}
	defer o.Content.Close()
	web.Download(w, o.Name, string(o.Type))
	_, err = io.Copy(w, o.Content)
	return err
}

// facts are the questions and what was answered, in the order of the form.
func (v surveyed) facts() (all []ui.Fact) {
	const lang = 0
	var walk func(at int, of map[string]any)
	walk = func(at int, of map[string]any) {
		for _, below := range v.Form.Questions[at].Below {
			q := v.Form.Questions[below]
			switch x := of[q.Name].(type) {
			case map[string]any:
				walk(below, x)
			case string:
				if !q.Kind.Asked() || strings.HasPrefix(x, v.of.String()) { // worked out by the form, or which application it is of
					continue
				}
				f := ui.Fact{Label: q.Asked(lang), Value: form.Spoken(v.Form, q, x, lang, "、")}
				if q.Kind == survey.Image {
					which, name := form.FileNamed(x)
					f.Part = fileLink(v.top+"/"+which.String(), name)
				}
				all = append(all, f)
			}
		}
	}
	walk(0, v.Content)
	return all
}
