package fillweb

import (
	"net/http"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// keepsFor lets what somebody with an account types lie with the server, in place of her browser: she goes on at any device.
func (p *pages) keepsFor(r *web.Request, s *sheet) {
	if r.Actor.User != "" {
		s.keeps, s.draft = true, ""
	}
}

// keepBegun keeps a page as it stands.
func (p *pages) keepBegun(r *web.Request, s *sheet, a form.Asked) error {
	content, err := s.rec.Draft()
	if err != nil {
		return err
	}
	return p.s.KeepBegun(r.Context(), r.Actor, form.Begun{Slug: a.Slug, Form: a.Form.ID, Version: a.Seq, Step: s.step, Lang: s.lang, Content: content}, s.rec.Files())
}

// resume shows a form as it was left.
func (p *pages) resume(w http.ResponseWriter, r *web.Request, s *sheet, a form.Asked, b *form.Begun) error {
	if b.Lang >= 0 && b.Lang < len(a.Survey.Languages) {
		s.lang = b.Lang
	}
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		s.rec, _, err = fill.Load(a.Survey, p.around(q, r, s.lang, a.Files), b.Content)
		return err
	})
	if err != nil {
		return err
	}
	s.step, s.going, s.begun = b.Step, true, b.EditedAt
	s.lay(none)
	return p.page(w, r, http.StatusOK, s, a)
}

// spent says so where a phone may answer no more today, and tells whether it has.
func (p *pages) spent(w http.ResponseWriter, r *web.Request, a form.Asked) (bool, error) {
	if a.PerPhone == 0 {
		return false, nil
	}
	mark := ""
	if r.Actor.User == "" {
		mark = r.Mark(w)
	}
	yes, err := p.s.Spent(r.Context(), r.Actor, a, mark)
	if err != nil || !yes {
		return false, err
	}
	return true, p.shut(w, r, a, errs.New(errs.Conflict, "form.phone_limit", errs.Args{"n": a.PerPhone}))
}
