package nightschoolweb

import (
	"strconv"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

// rate takes what a learner thinks of her course.
func (p *pages) rate(r *web.Request, f *web.Form, k enrolment.Key) error {
	said := nightschool.Feedback{Stars: f.Int("stars", 1, 5, web.Required), Words: f.Text("words", web.Lines, web.Max(300))}
	if err := f.Err(); err != nil {
		return err
	}
	return p.s.Rate(r.Context(), r.Actor, k, said)
}

// opinion says how many answered, and the mean where they are enough.
func opinion(r *web.Request, o nightschool.Opinions) string {
	if !o.Shown() {
		return r.L.T("night.opinions_few", "n", o.N, "least", nightschool.LeastToShow)
	}
	return r.L.T("night.opinions_mean", "mean", tenths(o.Tenth), "n", o.N)
}

func tenths(n int64) string {
	return strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10)
}

func stars(r *web.Request, f *web.Form, has int64) []ui.Option {
	all := make([]ui.Option, 5)
	for i := range all {
		n := strconv.Itoa(5 - i)
		all[i] = ui.Option{Value: n, Label: r.L.T("night.stars." + n), Selected: f.Raw("stars") == n || f.Raw("stars") == "" && strconv.FormatInt(has, 10) == n}
	}
	return all
}
