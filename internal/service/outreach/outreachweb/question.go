package outreachweb

import (
	"net/http"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/outreach"
)

// asked is one question with what can be done about it.
type asked struct {
	held
	x     outreach.Asked
	desks []org.Node
	words string
}

func questionID(r *web.Request) (outreach.QuestionID, error) {
	return id.Parse[outreach.Question](r.PathValue("question"))
}

func (p *pages) question(w http.ResponseWriter, r *web.Request) error {
	return p.showQuestion(w, r, web.Read(r))
}

func (p *pages) showQuestion(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	one, err := questionID(r)
	if err != nil {
		return err
	}
	v := asked{held: held{form: f}, words: f.Raw("find")}
	if v.Page, err = p.s.Look(r.Context(), r.Actor, which); err != nil {
		return err
	}
	i := slices.IndexFunc(v.Questions, func(x outreach.Asked) bool { return x.Question.ID == one })
	if i < 0 {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	v.x = v.Questions[i]
	if v.May[outreach.Give] {
		if v.desks, err = p.s.Desks(r.Context(), r.Actor, v.words); err != nil {
			return err
		}
	}
	page := p.doors.Office(r, r.L.T("outreach.question"), v.Title)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("outreach.list"), Href: home}, {Label: v.Title, Href: under(home, which, "")}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, questionBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, questionBody(r, v))
}

func (v asked) top(step string) string {
	u := under(home, v.Event.ID, "questions/"+v.x.Question.ID.String())
	if step != "" {
		u += "/" + step
	}
	return u
}

func (v asked) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{{Label: l.T("outreach.question"), Value: v.x.Text, Wide: true}}
	if !v.x.Is.ID.IsZero() {
		all = append(all,
			ui.Fact{Label: l.T("outreach.matter"), Part: matterLink(v.x.Is)},
			ui.Fact{Label: l.T("outreach.desk"), Value: v.x.Desk.Name},
			ui.Fact{Label: l.T("outreach.due"), Value: l.Date(v.x.Is.Due)},
		)
	}
	if v.x.Answer != "" {
		all = append(all, ui.Fact{Label: l.T("outreach.field.answer"), Value: v.x.Answer, Wide: true})
	}
	return all
}

func (v asked) deskOptions(r *web.Request) []ui.Option {
	out := []ui.Option{{Label: r.L.T("outreach.choose")}}
	for _, n := range v.desks {
		out = append(out, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: v.form.Raw("desk") == n.ID.String() || v.words != "" && len(v.desks) == 1})
	}
	return out
}

// orText is what the form begins with.
func orText(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

func matterURL(m casework.Matter) string { return "/office/matters/" + m.ID.String() }

func (p *pages) onQuestion(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	one, err := questionID(r)
	if err != nil {
		return err
	}
	f, back := web.Read(r), under(home, which, "questions/"+r.PathValue("question"))
	said := ""
	switch r.PathValue("step") {
	case "give":
		desk, days := web.ID[org.Node](f, "desk", web.Required), f.Int("days", 1, casework.MaxDays, web.Required)
		if err = f.Err(); err == nil {
			_, err = p.s.Give(r.Context(), r.Actor, which, one, desk, int(days))
		}
		said = "outreach.done.give"
	case "show":
		text, answer := f.Text("text", web.Lines, web.Required, web.Max(500)), f.Text("answer", web.Lines, web.Required, web.Max(500))
		if err = f.Err(); err == nil {
			err = p.s.Show(r.Context(), r.Actor, which, one, text, answer)
		}
		said, back = "outreach.done.show", under(home, which, "")
	case "drop":
		err, said = p.s.Drop(r.Context(), r.Actor, which, one), "outreach.done.drop"
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil {
		return r.Redirect(w, back, said)
	}
	if !f.Blame(err) {
		return err
	}
	return p.showQuestion(w, r, f)
}
