package lendingweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

var (
	kinds  = []policy.Kind{policy.Individual, policy.Partnership, policy.Firm}
	counts = []schedule.Count{schedule.Actual, schedule.Calendar}
	bases  = []string{"360", "365"}
)

// asking is the form of a loan that was signed.
type asking struct {
	form         *web.Form
	banks, homes []org.Node
}

func (p *pages) load(r *web.Request) (a asking, err error) {
	a.form = web.Read(r)
	a.banks, a.homes, err = p.Loans.Choices(r.Context(), r.Actor)
	return a, err
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{"basis": "360", "settle": "20", "penalty": "150", "kind": string(policy.Individual), "method": string(schedule.QuarterlyInterest), "count": string(schedule.Actual)} {
		if !a.form.Has(name) {
			a.form.Fill(name, value)
		}
	}
	return door.Show(w, r, ui.Office, p.newPage(r), newBody(r, a))
}

func (p *pages) newPage(r *web.Request) ui.Page {
	pg := p.doors.Office(r, r.L.T("lending.do_new"), r.L.T("lending.new_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("lending.list"), Href: contracts}, {Label: r.L.T("lending.do_new")}}
	return pg
}

// given reads the form.
func (a asking) given() contract.New {
	f := a.form
	n := contract.New{Application: f.Raw("application"), Paper: contract.Paper{
		Number: f.Text("number", web.Required, web.Halfwidth, web.Max(60)), Deed: f.Text("deed", web.Halfwidth, web.Max(60)),
		Principal: f.Money("principal", web.Required), Rate: f.Rate("rate", "%", web.Required), Signed: f.Day("signed", web.Required), From: f.Day("from", web.Required), To: f.Day("to", web.Required),
		Method: schedule.Method(f.Choice("method", words(schedule.Methods), web.Required)), Count: schedule.Count(f.Choice("count", words(counts), web.Required)),
		Settle: int(f.Int("settle", 0, 31)), Shift: f.Bool("shift"), Penalty: int(f.Int("penalty", 100, 300, web.Required)),
	}}
	n.Basis = 360
	if f.Choice("basis", bases, web.Required) == bases[1] {
		n.Basis = 365
	}
	n.Parts = parts(f)
	if n.Application != "" {
		return n
	}
	n.Bank, n.Org = web.ID[org.Node](f, "bank", web.Required), web.ID[org.Node](f, "org", web.Required)
	n.Borrower, n.Credit = f.Text("borrower", web.Required, web.Max(60)), f.Text("credit", web.Halfwidth, web.Max(40))
	n.Kind, n.Partners = policy.Kind(f.Choice("kind", words(kinds), web.Required)), int(f.Int("partners", 0, 100))
	n.Group, n.Female = f.Choice("group", contract.People), f.Bool("female")
	n.IDNumbers = strings.Fields(f.Text("numbers", web.Halfwidth, web.Lines, web.Max(400)))
	return n
}

// parts reads agreed repayments, a day and an amount a line.
func parts(f *web.Form) (all []contract.Part) {
	for line := range strings.Lines(f.Text("parts", web.Halfwidth, web.Lines, web.Max(4000))) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		on, amount, _ := strings.Cut(line, " ")
		d, err := day.Parse(on)
		sum, bad := money.Parse(strings.TrimSpace(amount))
		if err != nil || bad != nil {
			f.Fail("parts", "lending.parts_line", errs.Args{"line": line})
			return nil
		}
		all = append(all, contract.Part{Day: d, Amount: sum})
	}
	return all
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r)
	if err != nil {
		return err
	}
	n := a.given()
	if a.form.Err() == nil {
		made, err := p.Loans.Sign(r.Context(), r.Actor, n)
		if err == nil {
			return r.Redirect(w, contractURL(made, ""), "lending.done.new")
		}
		if !a.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.newPage(r), newBody(r, a))
}
