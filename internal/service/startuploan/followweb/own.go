package followweb

import (
	"net/http"

	"github.com/a-h/templ"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
)

func checkURL(which contract.ID) string { return check + "/" + which.String() }

// Beside gives, for a founder's page of loans, those that were paid out with a way to tell how the business does.
func Beside(s *followup.Service) func(r *web.Request) (templ.Component, error) {
	return func(r *web.Request) (templ.Component, error) {
		all, err := s.Mine(r.Context(), r.Actor)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return besideBody(r, all), nil
	}
}

// mine lists a founder's loans that were paid out.
func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("loanvisit.mine"), r.L.T("loanvisit.mine_says"))
	page.Back = "/my/loans"
	return door.Show(w, r, ui.Public, page, ownListBody(r, all))
}

func ownTable(r *web.Request, all []followup.Own) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i, x := range all {
		what := state(r, x.Latest.State)
		switch {
		case x.Asked:
			what = ui.Cell{Part: ui.State(ui.Soon, "edit", l.T("loanvisit.asked"))}
		case !x.Latest.On.IsZero():
			what.After = l.Date(x.Latest.On)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: x.Name, Href: checkURL(x.Contract)}, what, {Text: x.BankName}, {Text: l.Date(x.First)}}}
	}
	return ui.Table{ID: "checks", Label: l.T("loanvisit.mine"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanvisit.business"), Kind: ui.Title}, {Head: l.T("loanvisit.last"), Kind: ui.Short}, {Head: l.T("loanvisit.bank")}, {Head: l.T("loanvisit.first"), Kind: ui.Short},
	}}
}

// asking is the founder's few questions.
type asking struct {
	followup.Own
	form *web.Form
}

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	return p.showAsk(w, r, web.ReadValues(nil))
}

func (p *pages) showAsk(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := loanID(r)
	if err != nil {
		return err
	}
	v := asking{form: f}
	if v.Own, err = p.s.LookOwn(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Public(r, v.Name, r.L.T("loanvisit.ask_says"))
	page.Back = check
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, askBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, askBody(r, v))
}

func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	which, err := loanID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	g := given(f, followup.OwnStates)
	if f.Err() == nil {
		err := p.s.Check(r.Context(), r.Actor, which, g)
		if err == nil {
			return r.Redirect(w, check, "loanvisit.done.check")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showAsk(w, r, f)
}
