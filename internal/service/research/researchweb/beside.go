package researchweb

import (
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
)

// BesideMatter tells, on a matter's page, which voice it is and which were raised from it, and offers to raise one.
func BesideMatter(s *research.Service) func(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error) {
	return func(r *web.Request, m casework.Matter) (facts []ui.Fact, actions []ui.Action, err error) {
		if m.Kind == casework.Voice {
			v, err := s.OfMatter(r.Context(), r.Actor, m.ID)
			if err == nil {
				actions = []ui.Action{{Label: r.L.T("research.to_voice"), Icon: "messages", Href: voiceURL(v.ID)}}
			}
			if errs.KindOf(err) == errs.Absent {
				err = nil
			}
			return nil, actions, err
		}
		if facts, err = raisedFacts(r, s, research.FromRemark, m.ID.String()); err != nil {
			return nil, nil, err
		}
		if r.Actor.May(research.RaiseVoice) {
			actions = []ui.Action{{Label: r.L.T("research.raise"), Icon: "speakerphone", Href: web.Address(voicesURL+"/new", "matter", m.ID.String())}}
		}
		return facts, actions, nil
	}
}

// BesideAnswer tells, on an answer's page, which voices were raised from it, and offers to raise one.
func BesideAnswer(s *research.Service) func(r *web.Request, a form.Shown) ([]ui.Fact, []ui.Action, error) {
	return func(r *web.Request, a form.Shown) (facts []ui.Fact, actions []ui.Action, err error) {
		if facts, err = raisedFacts(r, s, research.FromAnswer, a.ID.String()); err != nil {
			return nil, nil, err
		}
		if r.Actor.Can(research.RaiseVoice, a.At.Path) && !a.Withdrawn {
			actions = []ui.Action{{Label: r.L.T("research.raise"), Icon: "speakerphone", Href: web.Address(voicesURL+"/new", "answer", a.ID.String())}}
		}
		return facts, actions, nil
	}
}

func raisedFacts(r *web.Request, s *research.Service, of research.Origin, which string) (facts []ui.Fact, err error) {
	all, err := s.From(r.Context(), r.Actor, of, which)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		facts = append(facts, ui.Fact{Label: r.L.T("research.voices"), Part: ui.Button(ui.Action{Label: m.Serial, Icon: "messages", Href: voiceURL(m.ID), Small: true})})
	}
	return facts, nil
}
