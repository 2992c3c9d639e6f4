package nightschoolweb

import (
	"strconv"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/nightschool"
)

// swapStep is a step about exchanging a seat. It gives the seat whose page is shown next.
func (p *pages) swapStep(r *web.Request, f *web.Form, k enrolment.Key, step string) (enrolment.Key, error) {
	if step == "swap" {
		receipt := f.Text("receipt", web.Required, web.Halfwidth, web.Max(40))
		if err := f.Err(); err != nil {
			return k, err
		}
		return k, p.s.AskSwap(r.Context(), r.Actor, k, receipt)
	}
	from := enrolment.Key{Roll: web.ID[enrolment.Roll](f, "from", web.Required), Turn: f.Int("turn", 1, 1_000_000, web.Required)}
	if err := f.Err(); err != nil {
		return k, err
	}
	if step == "unswap" {
		return k, p.s.EndSwap(r.Context(), r.Actor, k, from)
	}
	got, err := p.s.AgreeSwap(r.Context(), r.Actor, k, from)
	if err != nil {
		return k, err
	}
	return got.Key, nil
}

func turnText(k enrolment.Key) string { return strconv.FormatInt(k.Turn, 10) }

func swapTitle(x nightschool.Asked) string {
	if x.Own {
		return "night.swap_own"
	}
	return "night.swap_asked"
}

func swapEnd(x nightschool.Asked) string {
	if x.Own {
		return "night.swap_back"
	}
	return "night.swap_refuse"
}
