package startuploanweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
)

// filling is a step of the form, on a founder's phone or at the counter.
type filling struct {
	*startuploan.Case
	findings []startuploan.Finding
	papers   []startuploan.Paper
	banks    []org.Node
	offers   []product.Product
	step     string
	top      string // address of the application's pages
	own      bool
	form     *web.Form
	party    *startuploan.Party // that is being changed
}

var kinds = []string{string(policy.Individual), string(policy.Partnership), string(policy.Firm)}

// submitStep is the last: what the rules say, the promise, and the button.
const submitStep = "submit"

func steps() []string { return append(slices.Clone(startuploan.Steps), submitStep) }

func (f *filling) url(step string) string { return f.top + "/" + step }

// progress is where one is in the form.
func (f *filling) progress(r *web.Request) (all []ui.Step, at int) {
	for i, s := range steps() {
		done := s != submitStep && !slices.ContainsFunc(f.findings, func(x startuploan.Finding) bool {
			return x.Step == s && (x.Weight == startuploan.Missing || x.Weight == startuploan.Stops)
		})
		all = append(all, ui.Step{Label: r.L.T("loan.step." + s), Href: f.url(s), Done: done})
		if s == f.step {
			at = i
		}
	}
	return all, at
}

// typed tells whether the rules are told while somebody types: of the steps whose words they look at.
func (f *filling) typed() bool { return f.step == "money" || f.step == "business" }

// here are the findings of this step; all of them on the last. What is missing is told where no question of the form is marked for it.
func (f *filling) here() (all []startuploan.Finding) {
	for _, x := range f.findings {
		if f.step == submitStep || x.Step == f.step && (x.Weight != startuploan.Missing || f.step == "people" || f.step == "debts") {
			all = append(all, x)
		}
	}
	return all
}

// ready tells whether it can be handed in.
func (f *filling) ready() bool {
	return !startuploan.Has(f.findings, startuploan.Missing) && !startuploan.Has(f.findings, startuploan.Stops)
}

// mayFill refuses others than the applicant at her own address: the counter has pages of its own.
func (p *pages) mayFill(r *web.Request, own bool, which startuploan.ID) error {
	if !own {
		return nil
	}
	return p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		_, err := startuploan.Own(q, r.Actor, which)
		return err
	})
}

func (p *pages) load(r *web.Request, own bool, form *web.Form) (f *filling, err error) {
	which, err := appID(r)
	if err == nil {
		err = p.mayFill(r, own, which)
	}
	if err != nil {
		return nil, err
	}
	f = &filling{step: r.PathValue("step"), own: own, form: form, top: ownURL(which, "")}
	if f.step == "" {
		f.step = "papers"
	}
	if !own {
		f.top = oneURL(which, "fill")
	}
	if f.Case, f.findings, err = p.s.Preview(r.Context(), r.Actor, which); err != nil {
		return nil, err
	}
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		if f.papers, err = startuploan.Papers(q, which); err != nil {
			return err
		}
		if f.offers, err = p.s.Offers(q, f.Application); err != nil {
			return err
		}
		f.banks, err = venture.Receivers(q)
		return err
	})
	if no, bad := strconv.ParseInt(r.URL.Query().Get("party"), 10, 64); bad == nil {
		for i := range f.Parties {
			if f.Parties[i].No == no {
				f.party = &f.Parties[i]
			}
		}
	}
	return f, err
}

func (p *pages) ownStep(w http.ResponseWriter, r *web.Request) error { return p.showStep(w, r, true) }

func (p *pages) fillStep(w http.ResponseWriter, r *web.Request) error { return p.showStep(w, r, false) }

func (p *pages) showStep(w http.ResponseWriter, r *web.Request, own bool) error {
	if !slices.Contains(steps(), r.PathValue("step")) {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	f, err := p.load(r, own, web.ReadValues(nil))
	if err != nil {
		return err
	}
	f.prefill()
	return p.draw(w, r, f)
}

func (p *pages) draw(w http.ResponseWriter, r *web.Request, f *filling) error {
	frame, page := ui.Public, p.doors.Public(r, r.L.T("loan.fill"), f.Serial+"　"+f.Name)
	if !f.own {
		frame, page = ui.Office, p.doors.Office(r, r.L.T("loan.fill"), f.Serial+"　"+f.Name)
	}
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loan.mine"), Href: mine}, {Label: f.Serial, Href: ownURL(f.ID, "")}, {Label: page.Title}}
	if !f.own {
		page.Crumbs = []ui.Crumb{{Label: r.L.T("loan.list"), Href: listURL}, {Label: f.Serial, Href: oneURL(f.ID, "")}, {Label: page.Title}}
	}
	if len(f.form.Problems()) > 0 {
		return door.Again(w, r, frame, page, stepBody(r, f))
	}
	return door.Show(w, r, frame, page, stepBody(r, f))
}

// prefill lets the form show what is kept.
func (f *filling) prefill() {
	set := f.form.Fill
	num := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	a := f.Application
	set("kind", string(a.Kind))
	if a.Amount > 0 {
		set("amount", a.Amount.Plain())
	}
	set("months", num(a.Months))
	set("purpose", a.Purpose)
	set("method", a.Method)
	set("guarantee", a.Guarantee)
	set("bank", a.Bank.String())
	set("product", a.Product)
	set("name", a.Name)
	set("entity", a.Entity)
	set("credit", a.Credit)
	set("industry", a.Industry)
	set("address", a.Address)
	if !a.Began.IsZero() {
		set("began", a.Began.String())
	}
	set("staff", strconv.FormatInt(a.Staff, 10))
	set("new_hires", strconv.FormatInt(a.NewHires, 10))
	set("earlier", strconv.FormatInt(a.Earlier, 10))
	set("arrears", tick(a.Arrears))
	set("overdue_before", tick(a.OverdueBefore))
	if f.step != "people" {
		return
	}
	p := f.party
	if p == nil {
		p = &startuploan.Party{Role: startuploan.Applicant}
		if slices.ContainsFunc(f.Parties, func(o startuploan.Party) bool { return o.Role == startuploan.Applicant }) {
			p.Role = startuploan.Spouse
		}
	}
	set("name", p.Name)
	set("role", string(p.Role))
	set("of", num(p.Of))
	set("sex", p.Sex)
	set("marital", p.Marital)
	set("group", p.Group)
	set("employer", p.Employer)
	set("agreed", tick(p.Agreed))
}

func tick(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func orFirst(kind string) string {
	if kind == "" {
		return kinds[0]
	}
	return kind
}

func (f *filling) bankOptions(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.choose")}}
	for _, n := range f.banks {
		if n.IsOpen() {
			all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID.String() == f.form.Raw("bank")})
		}
	}
	return all
}

// offerOptions are the banks' products for who applies.
func (f *filling) offerOptions(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.no_offer")}}
	for _, o := range f.offers {
		if which := o.ID.String(); slices.Contains(o.Kinds, f.Kind) || which == f.Product {
			named := o.Name
			if r.L.Lang() == i18n.En && o.NameEn != "" {
				named = o.NameEn
			}
			label := r.L.T("loan.offer", "bank", f.bankOf(o.Bank), "name", named, "most", o.Most.Short(), "months", o.MonthsTo) + f.fit(r, &o)
			all = append(all, ui.Option{Value: which, Label: label, Selected: which == f.form.Raw("product")})
		}
	}
	return all
}

// fit marks a product by what is kept of the application: that it fits, or in what it does not. Before an amount is kept nothing is said.
func (f *filling) fit(r *web.Request, o *product.Product) string {
	if f.Amount == 0 {
		return ""
	}
	var why []string
	for _, rule := range f.Against(o) {
		why = append(why, r.L.T("loan.unfit."+rule))
	}
	if len(why) == 0 {
		return r.L.T("loan.fits")
	}
	return r.L.T("loan.fits_not", "why", strings.Join(why, r.L.T("rulebook.comma")))
}

// unreadable are the questions of a form in which somebody is typing what cannot be read yet.
func (f *filling) unreadable(r *web.Request) (all []string) {
	for _, x := range f.form.Problems() {
		if f.form.Raw(x.Field) != "" {
			all = append(all, r.L.T("loan.field."+x.Field)+"："+problem(r, x))
		}
	}
	return all
}

func (f *filling) bankName() string { return f.bankOf(f.Bank) }

func (f *filling) bankOf(which org.ID) string {
	for _, n := range f.banks {
		if n.ID == which {
			return n.Name
		}
	}
	return "—"
}

// partyURL keeps which party is being changed in the address, so that the form can be shown again.
func (f *filling) partyURL() string {
	if f.party != nil {
		return f.url("people") + "?party=" + num(f.party.No)
	}
	return f.url("people")
}

func (f *filling) numberHelp(r *web.Request) string {
	if f.party != nil && f.party.Known() {
		return r.L.T("loan.help.number_kept")
	}
	return r.L.T("loan.help.number")
}

// ofOptions are whose spouse somebody can be.
func (f *filling) ofOptions(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.choose")}}
	for _, x := range f.Parties {
		if x.Role != startuploan.Spouse && (f.party == nil || x.No != f.party.No) {
			all = append(all, ui.Option{Value: num(x.No), Label: x.Name, Selected: f.form.Raw("of") == num(x.No)})
		}
	}
	return all
}

func (f *filling) partyOptions(chosen string) (all []ui.Option) {
	for _, x := range f.Parties {
		if x.Role != startuploan.Surety {
			all = append(all, ui.Option{Value: num(x.No), Label: x.Name, Selected: chosen == num(x.No)})
		}
	}
	return all
}

func (f *filling) debtlessOptions() (all []ui.Option) {
	for _, x := range f.Parties {
		if x.Role != startuploan.Surety {
			all = append(all, ui.Option{Value: num(x.No), Label: x.Name, Selected: x.Debtless})
		}
	}
	return all
}

// missingPaper is the kind that is asked for next.
func (f *filling) missingPaper() string {
	if chosen := f.form.Raw("paper"); chosen != "" {
		return chosen
	}
	for _, k := range f.Wants() {
		if !slices.Contains(f.Case.Papers, k) {
			return k
		}
	}
	return ""
}
