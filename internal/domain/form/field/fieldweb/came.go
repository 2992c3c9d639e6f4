package fieldweb

import (
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// HowItCame says on the page of an answer that it came from a phone: whose, when, and whether its clock was right.
func HowItCame(s *field.Service, names Names) func(r *web.Request, a form.Shown) ([]ui.Fact, []ui.Action, error) {
	return func(r *web.Request, of form.Shown) ([]ui.Fact, []ui.Action, error) {
		a, ok, err := s.HowItCame(r.Context(), r.City, of.ID)
		if err != nil || !ok {
			return nil, nil, err
		}
		named, err := names(r, []string{a.Account, a.BroughtBy})
		if err != nil {
			return nil, nil, err
		}
		came := ui.Fact{Label: r.L.T("fieldweb.arrival"), Value: r.L.T("fieldweb.arrival_by", "who", orDash(named[a.Account]), "at", r.L.Time(time.UnixMicro(a.MadeAt)))}
		if off := skewed(r, a); off != "—" {
			came.Note = r.L.T("fieldweb.arrival_skew", "skew", off)
		}
		all := []ui.Fact{came}
		if a.BroughtBy != "" {
			all = append(all, ui.Fact{Label: r.L.T("fieldweb.arrival_file"), Value: orDash(named[a.BroughtBy])})
		}
		return all, nil, nil
	}
}
