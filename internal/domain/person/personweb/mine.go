package personweb

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const mineURL = "/my/data"

// mask is a masked number with the way to see it.
func (v shown) mask(r *web.Request, masked string, kind person.PaperKind) templ.Component {
	s := ui.Secret{Masked: masked}
	if v.reveals {
		s.Href, s.Note = oneURL(v.ID, "show")+"?what="+string(kind), r.L.T("person.noted")
	}
	return ui.Mask(r.L, s)
}

// shownWords are the words that stand in the box again: never a number of a person.
func (v listed) shownWords() string {
	if v.private {
		return ""
	}
	return v.words
}

func (v listed) emptyActions(r *web.Request) []ui.Action {
	var all []ui.Action
	if r.Actor.May(person.Create) {
		all = append(all, ui.Action{Label: r.L.T("person.do_new"), Icon: "plus", Href: newURL(v.at.ID)})
	}
	return all
}

func consentTable(r *web.Request, all []person.Consent) ui.Table {
	return ui.Table{Label: r.L.T("person.consents"), Groups: consentRows(r, all), Columns: []ui.Column{
		{Head: r.L.T("person.purpose"), Kind: ui.Title}, {Head: r.L.T("person.version")}, {Head: r.L.T("person.given")}, {Head: r.L.T("person.state")},
	}}
}

// holding gives the purposes to which consent holds, each once.
func holding(all []person.Consent) (purposes []string) {
	for _, c := range all {
		if c.Withdrawn == 0 && !slices.Contains(purposes, c.Purpose) {
			purposes = append(purposes, c.Purpose)
		}
	}
	return purposes
}

// mine shows what is kept of whoever is signed in.
func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	return p.showMine(w, r, web.ReadValues(nil), door.Show)
}

func (p *pages) showMine(w http.ResponseWriter, r *web.Request, f *web.Form, with answer) error {
	if r.Session == nil {
		return r.Redirect(w, "/sign-in/phone", "")
	}
	page := p.doors.Public(r, r.L.T("person.mine"), r.L.T("person.mine_says"))
	if r.Actor.Person == "" {
		return with(w, r, ui.Public, page, ui.Empty(ui.Blank{Icon: "user", Title: r.L.T("person.mine_none"), Text: r.L.T("person.mine_none_says")}))
	}
	m, err := p.s.OfMine(r.Context(), r.Actor, false)
	if err != nil {
		return err
	}
	return with(w, r, ui.Public, page, mineBody(r, m, f, p.correct != nil))
}

func mineFacts(r *web.Request, m person.Mine) []ui.Fact {
	l := r.L
	named := func(list *cn.List, c string) string {
		if c == "" {
			return ""
		}
		return list.Name(c, string(l.Lang()))
	}
	f := []ui.Fact{
		{Label: l.T("person.field.name"), Value: m.Name},
		{Label: l.T("person.sex"), Value: named(cn.Sex, m.Sex)},
		{Label: l.T("person.field.born"), Value: birth(r, m.Born)},
		{Label: l.T("person.field.ethnicity"), Value: named(cn.Ethnic, m.Ethnicity)},
		{Label: l.T("person.field.education"), Value: named(cn.Education, m.Education)},
		{Label: l.T("person.field.standing"), Value: named(cn.Political, m.Standing)},
		{Label: l.T("person.field.phone"), Value: m.Phone},
		{Label: l.T("person.home"), Value: m.Home.Name},
	}
	for _, p := range m.Papers {
		f = append(f, ui.Fact{Label: l.T("person.paper." + string(p.Kind)), Value: p.Masked})
	}
	return f
}

func mineTies(r *web.Request, m person.Mine) []ui.Fact {
	var f []ui.Fact
	for _, t := range m.Ties {
		f = append(f, ui.Fact{Label: r.L.T("person.tie." + string(t.Kind)), Value: t.OrgName + t.Unit, Note: t.Role})
	}
	return f
}

// copy is everything that is kept, as a file that other programs can read.
func (p *pages) copy(w http.ResponseWriter, r *web.Request) error {
	m, err := p.s.OfMine(r.Context(), r.Actor, true)
	if err != nil {
		return err
	}
	type paper struct{ Kind, Number string }
	type tie struct{ Kind, Organisation, Role, Since string }
	type consent struct{ Purpose, Version, Given, Withdrawn string }
	type guardian struct{ Name, Relation, From, Until string }
	file := struct {
		ID, Name, Sex, Born, Ethnicity, Education, Standing, Phone, KeptBy, Entered string
		Papers                                                                      []paper
		Ties                                                                        []tie
		Guardians, SpeaksFor                                                        []guardian
		Consents                                                                    []consent
	}{
		ID: m.ID.String(), Name: m.Name, Sex: m.Sex, Born: m.Born.String(), Ethnicity: m.Ethnicity, Education: m.Education, Standing: m.Standing, Phone: m.Tel,
		KeptBy: m.Home.Name, Entered: stamp(m.MadeAt),
	}
	for _, n := range m.Numbers {
		file.Papers = append(file.Papers, paper{string(n.Kind), n.Number})
	}
	for _, t := range m.Ties {
		file.Ties = append(file.Ties, tie{string(t.Kind), t.OrgName + t.Unit, t.Role, t.Began.String()})
	}
	for _, g := range m.Guardians {
		file.Guardians = append(file.Guardians, guardian{g.Name, g.Relation, g.From.String(), g.Until.String()})
	}
	for _, g := range m.Wards {
		file.SpeaksFor = append(file.SpeaksFor, guardian{g.Name, g.Relation, g.From.String(), g.Until.String()})
	}
	for _, c := range m.Consents {
		file.Consents = append(file.Consents, consent{c.Purpose, c.Version, stamp(c.Given), stamp(c.Withdrawn)})
	}
	text, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	web.Download(w, r.L.T("person.mine")+".json", "application/json; charset=utf-8")
	_, err = w.Write(text)
	return err
}

// stamp writes an instant as programs read it.
func stamp(micro int64) string {
	if micro == 0 {
		return ""
	}
	return time.UnixMicro(micro).UTC().Format(time.RFC3339)
}

func (p *pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	purpose := f.Text("purpose", web.Required)
	if err := f.Err(); err != nil {
		return err
	}
	if r.Session == nil || r.Actor.Person == "" {
		return r.Redirect(w, mineURL, "")
	}
	if err := p.s.Withdraw(r.Context(), r.Actor, person.ID(r.Actor.Person), purpose); err != nil {
		return err
	}
	return r.Redirect(w, mineURL, "person.done_withdraw")
}

func (p *pages) correctMine(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	text := f.Text("text", web.Required, web.Lines, web.Max(1000))
	if f.Err() != nil {
		return p.showMine(w, r, f, door.Again)
	}
	m, err := p.s.OfMine(r.Context(), r.Actor, false)
	if err != nil {
		return err
	}
	if err := p.correct(r, m.Dossier, text); err != nil {
		return err
	}
	return r.Redirect(w, mineURL, "person.done_correct")
}
