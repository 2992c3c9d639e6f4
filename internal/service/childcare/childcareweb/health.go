package childcareweb

import (
	"net/http"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
)

// informing is the page on which a family, or a clerk for it, says what is to be known of its children.
type informing struct {
	childcare.Informed
	action string
	form   *web.Form
	of     person.ID // whose form was sent
	desk   bool
}

// typed gives the form of a child: what was typed where it was the one that was sent, else what is kept.
func (v informing) typed(child person.ID) *web.Form {
	if v.of == child {
		return v.form
	}
	h := v.Health[child]
	return web.ReadValues(map[string][]string{"allergies": {h.Allergies}, "illness": {h.Illness}, "medicine": {h.Medicine}, "diet": {h.Diet}})
}

func readHealth(f *web.Form) childcare.Health {
	text := func(name string) string { return f.Text(name, web.Lines, web.Max(childcare.MostHealth)) }
	return childcare.Health{Allergies: text("allergies"), Illness: text("illness"), Medicine: text("medicine"), Diet: text("diet")}
}

func (p *pages) health(w http.ResponseWriter, r *web.Request) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	return p.showHealth(w, r, k, informing{action: childcare.MyURL(k) + "/health", form: web.ReadValues(nil)})
}

func (p *pages) showHealth(w http.ResponseWriter, r *web.Request, k enrolment.Key, v informing) (err error) {
	if v.Informed, err = p.s.HealthOfFamily(r.Context(), r.Actor, k); err != nil {
		return err
	}
	page, shell := p.doors.Public(r, r.L.T("care.health"), v.Class.Title), ui.Public
	if v.desk {
		page, shell = p.doors.Office(r, r.L.T("care.health"), v.Class.Title), ui.Office
		page.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: atDeskURL(v.Class.ID)}, {Label: page.Title}}
	}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, shell, page, healthBody(r, v))
	}
	return door.Show(w, r, shell, page, healthBody(r, v))
}

func (p *pages) setHealth(w http.ResponseWriter, r *web.Request) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	return p.keepHealth(w, r, k, informing{action: childcare.MyURL(k) + "/health"})
}

func (p *pages) keepHealth(w http.ResponseWriter, r *web.Request, k enrolment.Key, v informing) error {
	v.form = web.Read(r)
	v.of = web.ID[person.Person](v.form, "child", web.Required)
	h := readHealth(v.form)
	if v.form.Err() == nil {
		err := p.s.SetHealth(r.Context(), r.Actor, k, v.of, h, v.form.Bool("agreed"))
		if err == nil {
			return r.Redirect(w, v.action, "care.done.health")
		}
		if !v.form.Blame(err) {
			return err
		}
	}
	return p.showHealth(w, r, k, v)
}

// ofClass reads which sign-up of a class an address names.
func (p *pages) ofClass(r *web.Request) (k enrolment.Key, v informing, err error) {
	which, err := classID(r)
	if err != nil {
		return k, v, err
	}
	if k.Turn, err = enrolmentweb.Turn(r); err != nil {
		return k, v, err
	}
	k.Roll, err = p.s.Roll(r.Context(), r.Actor, which)
	return k, informing{action: atDeskURL(which) + "/turn/" + r.PathValue("turn") + "/health", form: web.ReadValues(nil), desk: true}, err
}

func (p *pages) healthFor(w http.ResponseWriter, r *web.Request) error {
	k, v, err := p.ofClass(r)
	if err != nil {
		return err
	}
	return p.showHealth(w, r, k, v)
}

func (p *pages) setHealthFor(w http.ResponseWriter, r *web.Request) error {
	k, v, err := p.ofClass(r)
	if err != nil {
		return err
	}
	return p.keepHealth(w, r, k, v)
}
