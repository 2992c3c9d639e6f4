package researchweb

import (
	"net/http"
	"strings"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/result"
)

// planning is the page of a study's plan.
type planning struct {
	research.StudySeen
	form *web.Form
	text research.PlanText
}

func (p *pages) askPlan(w http.ResponseWriter, r *web.Request) error {
	return p.showPlan(w, r, web.ReadValues(nil))
}

func (p *pages) showPlan(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	v := planning{form: f}
	if v.StudySeen, err = p.s.LookAt(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if err := r.Actor.Must(research.DesignStudy, v.At.Path); err != nil {
		return err
	}
	v.text = v.Plan.Text()
	page := p.doors.Office(r, r.L.T("research.plan"), r.L.T("research.plan_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.studies"), Href: studiesURL}, {Label: v.Title, Href: studyURL(which, "")}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, planBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, planBody(r, v))
}

// by are the questions by which a quota may part people.
func (v planning) by(name, kept string, kinds ...result.Kind) []ui.Option {
	all := []ui.Option{{Label: "—"}}
	if v.form.Has(name) {
		kept = v.form.Raw(name)
	}
	for _, q := range v.Questions {
		for _, k := range kinds {
			if q.Kind == k {
				all = append(all, ui.Option{Value: q.Path, Label: q.Label, Selected: q.Path == kept})
			}
		}
	}
	return all
}

func (p *pages) setPlan(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	lines := func(name string) string { return f.Text(name, web.Lines, web.Max(20000)) }
	t := research.PlanText{
		KindBy: f.Text("kind_by"), AgeBy: f.Text("age_by"), Cells: lines("cells"), Workers: lines("workers"), Desks: lines("desks"), Bank: lines("bank"), Groups: lines("groups"),
	}
	seen := f.Int("seen", 0, 1<<60)
	if f.Err() == nil {
		err := p.s.SetPlan(r.Context(), r.Actor, which, seen, t)
		if err == nil {
			return r.Redirect(w, studyURL(which, ""), "research.plan_set")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showPlan(w, r, f)
}

// offered lists a question's choices as they may be written into a plan.
func offered(q result.Question) string {
	var b strings.Builder
	for _, c := range q.Choices {
		b.WriteString("　" + c.Value + " " + c.Label)
	}
	return b.String()
}
