package startuploanweb

import (
	"net/http"
	"os"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
)

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
	if step, trying := strings.CutPrefix(r.PathValue("step"), tryStep); trying {
		return p.try(w, r, which, step)
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

// tryStep begins the address under which a page asks, while somebody types, what the rules would say of a step.
const tryStep = "try-"

// try says it, and keeps nothing. What cannot be read yet is told as well; what is empty is not.
func (p *pages) try(w http.ResponseWriter, r *web.Request, which startuploan.ID, step string) error {
	f := web.Read(r)
	var change func(a *startuploan.Application)
	switch step {
	case "money":
		g := readAsks(f)
		change = func(a *startuploan.Application) { a.Asks = g }
	case "business":
		g := readBusiness(f)
		change = func(a *startuploan.Application) { a.Business = g }
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	v := &filling{step: step, form: f}
	var err error
	if v.Case, v.findings, err = p.s.Try(r.Context(), r.Actor, which, change); err != nil {
		return err
	}
	return r.Page(w, http.StatusOK, rulesSay(r, v))
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

func readAsks(f *web.Form) startuploan.Asks {
	return startuploan.Asks{
		Kind: policy.Kind(f.Choice("kind", kinds, web.Required)), Amount: f.Money("amount"), Months: f.Int("months", 1, 600), Purpose: f.Text("purpose", web.Lines, web.Max(500)),
		Method: f.Choice("method", methods()), Guarantee: f.Choice("guarantee", startuploan.Guarantees), Bank: web.ID[org.Node](f, "bank"), Product: web.ID[product.Product](f, "product").String(),
	}
}

func (p *pages) takeMoney(r *web.Request, f *web.Form, which startuploan.ID) error {
	g := readAsks(f)
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

func readBusiness(f *web.Form) startuploan.Business {
	return startuploan.Business{
		Name: f.Text("name", web.Max(100)), Entity: f.Choice("entity", venture.Entities, web.Required), Credit: f.Text("credit", web.Halfwidth, web.Max(30)), Industry: f.Text("industry", web.Halfwidth, web.Required, web.Max(10)),
		Address: f.Text("address"), Began: f.Day("began"), Staff: f.Int("staff", 0, 100_000), NewHires: f.Int("new_hires", 0, 100_000), Arrears: f.Bool("arrears"), Earlier: f.Int("earlier", 0, 50),
		OverdueBefore: f.Bool("overdue_before"),
	}
}

func (p *pages) takeBusiness(r *web.Request, f *web.Form, which startuploan.ID) error {
	g := readBusiness(f)
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
	a, err := p.s.Filling(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	if a.State == startuploan.Returned {
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
		a, err := p.s.Filling(r.Context(), r.Actor, which)
		if err != nil {
			return err
		}
		version = a.Edited
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
