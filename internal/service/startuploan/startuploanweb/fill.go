package startuploanweb

import (
	"net/http"
	"os"
	"slices"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// filling is a step of the form, on a founder's phone or at the counter.
type filling struct {
	*startuploan.Case
	findings []startuploan.Finding
	papers   []startuploan.Paper
	banks    []org.Node
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

// here are the findings of this step; all of them on the last.
func (f *filling) here() (all []startuploan.Finding) {
	for _, x := range f.findings {
		if f.step == submitStep || x.Step == f.step && x.Weight != startuploan.Missing {
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

func (p *pages) takeOwn(w http.ResponseWriter, r *web.Request) error { return p.takeStep(w, r, true) }

func (p *pages) takeFill(w http.ResponseWriter, r *web.Request) error { return p.takeStep(w, r, false) }

// home is where a step of the form leads to that ends it.
func home(own bool, which startuploan.ID) string {
	if own {
		return ownURL(which, "")
	}
	return oneURL(which, "")
}

// takeStep keeps what was typed into a step, or does what ends the form.
func (p *pages) takeStep(w http.ResponseWriter, r *web.Request, own bool) error {
	which, err := appID(r)
	if err == nil {
		err = p.mayFill(r, own, which)
	}
	if err != nil {
		return err
	}
	f := web.Read(r)
	step, then, done := r.PathValue("step"), "", "loan.kept"
	switch step {
	case "money":
		err, then = p.takeMoney(r, f, which), "business"
	case "business":
		err, then = p.takeBusiness(r, f, which), "people"
	case "people":
		err, then = p.takeParty(r, f, which), "people"
	case "drop-party":
		err, then = p.s.DropParty(r.Context(), r.Actor, which, f.Version(), f.Int("no", 1, 1000)), "people"
	case "debts":
		err, then = p.takeDebt(r, f, which), "debts"
	case "debtless":
		err, then = p.takeDebtless(r, f, which), "papers"
	case "drop-debt":
		err, then = p.s.DropDebt(r.Context(), r.Actor, which, f.Version(), f.Int("no", 1, 1000)), "debts"
	case "drop-paper":
		err, then = p.s.DropPaper(r.Context(), r.Actor, which, f.Version(), f.Int("no", 1, 1000)), "papers"
	case submitStep:
		err, done = p.handIn(r, f, which), "loan.handed_in"
	case "withdraw":
		err, done = p.s.Retract(r.Context(), r.Actor, which, f.Version(), f.Text("reason", web.Lines, web.Max(500))), "loan.withdrawn"
	case "appeal":
		err, done = p.s.Complain(r.Context(), r.Actor, which, f.Version(), f.Text("reason", web.Lines, web.Max(2000))), "loan.appealed"
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil && f.Err() == nil {
		if then == "" {
			return r.Redirect(w, home(own, which), done)
		}
		top := ownURL(which, then)
		if !own {
			top = oneURL(which, "fill/"+then)
		}
		return r.Redirect(w, top, done)
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	if step == "withdraw" || step == "appeal" {
		if !own {
			return p.showOne(w, r, f, step)
		}
		return p.showOwn(w, r, which, f)
	}
	return p.again(w, r, own, f, map[string]string{"drop-party": "people", "drop-debt": "debts", "debtless": "debts", "drop-paper": "papers"}[step])
}

// again shows a step that was not taken.
func (p *pages) again(w http.ResponseWriter, r *web.Request, own bool, form *web.Form, step string) error {
	f, err := p.load(r, own, form)
	if err != nil {
		return err
	}
	if step != "" {
		f.step = step
		kept := form.Problems()
		f.form = web.ReadValues(nil)
		f.prefill()
		for _, x := range kept {
			f.form.Fail(x.Field, x.Key, x.Args)
		}
	}
	return p.draw(w, r, f)
}

func (p *pages) takeMoney(r *web.Request, f *web.Form, which startuploan.ID) error {
	g := startuploan.Asks{
		Kind: policy.Kind(f.Choice("kind", kinds, web.Required)), Amount: f.Money("amount"), Months: f.Int("months", 1, 600), Purpose: f.Text("purpose", web.Lines, web.Max(500)),
		Method: f.Choice("method", methods()), Guarantee: f.Choice("guarantee", startuploan.Guarantees), Bank: web.ID[org.Node](f, "bank"),
	}
	if f.Err() != nil {
		return nil
	}
	return p.s.SaveAsks(r.Context(), r.Actor, which, f.Version(), g)
}

func methods() (all []string) {
	for _, m := range schedule.Methods {
		all = append(all, string(m))
	}
	return all
}

func (p *pages) takeBusiness(r *web.Request, f *web.Form, which startuploan.ID) error {
	g := startuploan.Business{
		Name: f.Text("name", web.Max(100)), Entity: f.Choice("entity", venture.Entities, web.Required), Credit: f.Text("credit", web.Halfwidth, web.Max(30)), Industry: f.Text("industry", web.Halfwidth, web.Required, web.Max(10)),
		Address: f.Text("address"), Began: f.Day("began"), Staff: f.Int("staff", 0, 100_000), NewHires: f.Int("new_hires", 0, 100_000), Arrears: f.Bool("arrears"), Earlier: f.Int("earlier", 0, 50),
		OverdueBefore: f.Bool("overdue_before"),
	}
	if f.Err() != nil {
		return nil
	}
	return p.s.SaveBusiness(r.Context(), r.Actor, which, f.Version(), g)
}

func roleNames() (all []string) {
	for _, x := range startuploan.Roles {
		all = append(all, string(x))
	}
	return all
}

func (p *pages) takeParty(r *web.Request, f *web.Form, which startuploan.ID) error {
	g := startuploan.Saying{
		Role: startuploan.Role(f.Choice("role", roleNames(), web.Required)), Of: f.Int("of", 0, 1000), Name: f.Text("name", web.Max(60)), Number: f.Text("number", web.Halfwidth, web.Max(30)),
		Sex: f.Choice("sex", []string{"1", "2"}), Marital: f.Choice("marital", startuploan.Maritals), Group: f.Choice("group", startuploan.Groups), Employer: f.Text("employer", web.Max(100)),
		Agreed: f.Bool("agreed"),
	}
	no := f.Int("no", 0, 1000)
	if f.Err() != nil {
		return nil
	}
	return p.s.SaveParty(r.Context(), r.Actor, which, f.Version(), no, g)
}

func (p *pages) takeDebt(r *web.Request, f *web.Form, which startuploan.ID) error {
	d := readDebt(f)
	if f.Err() != nil {
		return nil
	}
	return p.s.AddDebt(r.Context(), r.Actor, which, f.Version(), d)
}

func readDebt(f *web.Form) startuploan.Debt {
	return startuploan.Debt{Party: f.Int("party", 1, 1000), Kind: f.Choice("debt", startuploan.DebtKinds, web.Required), Lender: f.Text("lender", web.Required, web.Max(100)), Amount: f.Money("owed", web.Required)}
}

func (p *pages) takeDebtless(r *web.Request, f *web.Form, which startuploan.ID) error {
	var who []int64
	for _, one := range r.PostForm["who"] {
		if n, err := strconv.ParseInt(one, 10, 64); err == nil {
			who = append(who, n)
		}
	}
	return p.s.SayDebtless(r.Context(), r.Actor, which, f.Version(), who)
}

// handIn hands a draft in, or what was sent back.
func (p *pages) handIn(r *web.Request, f *web.Form, which startuploan.ID) error {
	c, _, err := p.s.Preview(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	if c.State == startuploan.Returned {
		return p.s.Answer(r.Context(), r.Actor, which, f.Version(), f.Bool("agreed"))
	}
	return p.s.Submit(r.Context(), r.Actor, which, f.Version(), f.Bool("agreed"))
}

func (p *pages) takeOwnPapers(w http.ResponseWriter, r *web.Request) error {
	return p.addPapers(w, r, true)
}

func (p *pages) takePapers(w http.ResponseWriter, r *web.Request) error {
	return p.addPapers(w, r, false)
}

// addPapers keeps photographs of papers of one kind, each an act of its own.
func (p *pages) addPapers(w http.ResponseWriter, r *web.Request, own bool) error {
	which, err := appID(r)
	if err == nil {
		err = p.mayFill(r, own, which)
	}
	if err != nil {
		return err
	}
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer up.Remove()
	f := web.Read(r)
	kind := f.Choice("paper", startuploan.PaperKinds, web.Required)
	version, taken := f.Version(), 0
	for i, file := range up.Files {
		if file.Size == 0 || f.Err() != nil {
			continue
		}
		by := r.Actor
		by.Once += "." + strconv.Itoa(i)
		if err := p.keepPaper(r, by, which, version, kind, file); err != nil {
			if !f.Blame(err) {
				return err
			}
			break
		}
		taken++
		c, _, err := p.s.Preview(r.Context(), r.Actor, which)
		if err != nil {
			return err
		}
		version = c.Edited
	}
	if taken == 0 && f.Err() == nil {
		f.Fail("file", "field.required", nil)
	}
	if f.Err() == nil {
		top := ownURL(which, "papers")
		if !own {
			top = oneURL(which, "fill/papers")
		}
		return r.Redirect(w, top, "loan.papers_kept", "n", taken)
	}
	return p.again(w, r, own, f, "")
}

func (p *pages) keepPaper(r *web.Request, by authz.Actor, which startuploan.ID, version int64, kind string, file web.File) error {
	content, err := os.Open(file.Path)
	if err != nil {
		return err
	}
	defer content.Close()
	return p.s.AddPaper(r.Context(), by, which, version, kind, file.Name, content)
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

func (f *filling) bankName() string {
	for _, n := range f.banks {
		if n.ID == f.Bank {
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
