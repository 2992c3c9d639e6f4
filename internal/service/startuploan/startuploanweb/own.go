package startuploanweb

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
)

// owned is a founder's applications, and the ventures for which she may apply.
type owned struct {
	all      []startuploan.Application
	ventures []venture.Venture
	beside   []templ.Component
	form     *web.Form
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	return p.showMine(w, r, web.ReadValues(nil))
}

func (p *pages) showMine(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := owned{form: f}
	var err error
	if v.all, err = p.s.Mine(r.Context(), r.Actor); err != nil {
		return err
	}
	if v.ventures, err = p.s.Ventures.Mine(r.Context(), r.Actor); err != nil {
		return err
	}
	for _, b := range p.beside {
		part, err := b(r)
		if err != nil {
			return err
		}
		if part != nil {
			v.beside = append(v.beside, part)
		}
	}
	page := p.doors.Public(r, r.L.T("loan.mine"), r.L.T("loan.mine_says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, mineBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, mineBody(r, v))
}

func (v owned) options(r *web.Request) (all []ui.Option) {
	for _, x := range v.ventures {
		if x.State != venture.Ended {
			all = append(all, ui.Option{Value: x.ID.String(), Label: x.Name, Selected: v.form.Raw("venture") == x.ID.String() || len(v.ventures) == 1})
		}
	}
	return all
}

func mineTable(r *web.Request, all []startuploan.Application) ui.Table {
	rows := make([]ui.Row, len(all))
	for i, a := range all {
		t, icon := tone(a.State)
		href := ownURL(a.ID, "")
		if a.State == startuploan.Draft {
			href = ownURL(a.ID, "money")
		}
		state := ui.Cell{Part: ui.State(t, icon, r.L.T("loan.state."+string(a.State)))}
		switch a.State {
		case startuploan.Draft:
			state.After = r.L.T("loan.go_on")
		case startuploan.Returned:
			state.After = r.L.T("loan.by_day", "day", r.L.Date(a.ReplyDue))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: a.Name, Href: href}, state, {Text: amount(r, a)}, {Part: ui.Code(a.Serial)}}}
	}
	return ui.Table{ID: "mine", Label: r.L.T("loan.mine"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("loan.field.name"), Kind: ui.Title}, {Head: r.L.T("loan.state"), Kind: ui.Short}, {Head: r.L.T("loan.amount"), Kind: ui.Short}, {Head: r.L.T("loan.serial"), Kind: ui.Serial},
	}}
}

func amount(r *web.Request, a startuploan.Application) string {
	if a.Amount == 0 {
		return "—"
	}
	return r.L.T("loan.amount_months", "amount", a.Amount.Short(), "months", a.Months)
}

func (p *pages) begin(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	which, kind := web.ID[venture.Venture](f, "venture", web.Required), f.Choice("kind", kinds, web.Required)
	if f.Err() == nil {
		made, err := p.s.Begin(r.Context(), r.Actor, which, policy.Kind(kind))
		if err == nil {
			return r.Redirect(w, ownURL(made, "money"), "loan.begun")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showMine(w, r, f)
}

// own is what a founder sees of an application that she has handed in; of a draft, its last step.
func (p *pages) own(w http.ResponseWriter, r *web.Request) error {
	which, err := appID(r)
	if err != nil {
		return err
	}
	return p.showOwn(w, r, which, web.ReadValues(nil))
}

// shown is an application on a page.
type shown struct {
	startuploan.View
	form  *web.Form
	names map[string]string
	top   string
}

func (p *pages) showOwn(w http.ResponseWriter, r *web.Request, which startuploan.ID, f *web.Form) error {
	got, err := p.s.LookOwn(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v := shown{View: got, form: f, top: ownURL(which, "")}
	page := p.doors.Public(r, v.Name, v.Serial)
	page.Back = mine
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, ownBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, ownBody(r, v))
}

// facts are what was asked for.
func (v shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("loan.field.kind"), Value: l.T("loan.kind." + string(v.Kind))},
		{Label: l.T("loan.field.amount"), Value: l.Money(v.Amount)},
		{Label: l.T("loan.field.months"), Value: l.T("loan.n_months", "n", v.Months)},
		{Label: l.T("loan.field.purpose"), Value: v.Purpose, Wide: true},
	}
	if v.Method != "" {
		all = append(all, ui.Fact{Label: l.T("loan.field.method"), Value: l.T("loan.method." + v.Method)})
	}
	if v.Guarantee != "" && v.Shows(startuploan.PartSurety) {
		all = append(all, ui.Fact{Label: l.T("loan.field.guarantee"), Value: l.T("loan.guarantee." + v.Guarantee)})
	}
	return append(all,
		ui.Fact{Label: l.T("loan.field.bank"), Value: v.Orgs[v.Bank].Name},
		ui.Fact{Label: l.T("loan.taken_in"), Value: v.Orgs[v.Org].Name},
	)
}

// business are who does business.
func (v shown) business(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("loan.field.name"), Value: v.Name},
		{Label: l.T("loan.field.entity"), Value: l.T("venture.entity." + v.Entity)},
		{Label: l.T("loan.field.credit"), Value: v.Credit},
		{Label: l.T("loan.field.industry"), Value: v.Industry},
		{Label: l.T("loan.field.address"), Value: v.Address, Wide: true},
	}
	if !v.Began.IsZero() {
		all = append(all, ui.Fact{Label: l.T("loan.field.began"), Value: l.Date(v.Began)})
	}
	if v.Shows(startuploan.PartStaff) {
		all = append(all, ui.Fact{Label: l.T("loan.field.staff"), Value: l.Int(v.Staff)})
	}
	if v.Shows(startuploan.PartStaff) && v.Kind == policy.Firm {
		all = append(all, ui.Fact{Label: l.T("loan.field.new_hires"), Value: l.Int(v.NewHires)})
	}
	if v.Shows(startuploan.PartDebts) {
		all = append(all, ui.Fact{Label: l.T("loan.field.earlier"), Value: l.T("loan.n_times", "n", v.Earlier)})
	}
	return all
}

// people are who has to do with it.
func (v shown) people(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Parties {
		var more []string
		if !x.Born.IsZero() {
			more = append(more, l.T("loan.born", "day", l.Date(x.Born), "age", x.Born.Age(v.Today, day.BirthdayCounts)))
		}
		if x.Marital != "" {
			more = append(more, l.T("loan.marital."+x.Marital))
		}
		if x.Group != "" {
			more = append(more, l.T("loan.group."+x.Group))
		}
		if x.Employer != "" {
			more = append(more, x.Employer)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: x.Name}, {Text: l.T("loan.role." + string(x.Role))}, {Text: strings.Join(more, "，")}}})
	}
	return ui.Table{ID: "people", Label: l.T("loan.people"), Groups: ui.Rows(rows...), Columns: []ui.Column{{Head: l.T("loan.field.person"), Kind: ui.Title}, {Head: l.T("loan.field.role"), Kind: ui.Short}, {Head: l.T("loan.about")}}}
}

// debts are what the parties owe elsewhere.
func (v shown) debts(r *web.Request) ui.Table {
	return debtTable(r, v.Parties, v.Debts)
}

func debtTable(r *web.Request, parties []startuploan.Party, debts []startuploan.Debt) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, d := range debts {
		who := ""
		for _, x := range parties {
			if x.No == d.Party {
				who = x.Name
			}
		}
		note := ""
		if d.FoundBy != "" {
			note = l.T("loan.found_late", "day", l.Date(dayOf(r, d.FoundAt)))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: d.Lender, After: note}, {Text: who}, {Text: l.T("loan.debt." + d.Kind)}, {Text: l.Money(d.Amount)}}})
	}
	return ui.Table{ID: "debts", Label: l.T("loan.step.debts"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loan.field.lender"), Kind: ui.Title}, {Head: l.T("loan.field.person"), Kind: ui.Short}, {Head: l.T("loan.field.debt")}, {Head: l.T("loan.field.owed"), Kind: ui.Number},
	}}
}

// path is how far each desk is, in their turns.
func (v shown) path(r *web.Request) (all []ui.Act) {
	l := r.L
	for _, d := range v.Desks {
		a := ui.Act{When: l.T("loan.at." + string(d.State)), Who: l.T("loan.desk." + string(d.Desk)), Where: v.Orgs[d.Org].Name, Auto: d.State == startuploan.Waiting || d.State == startuploan.Over}
		switch d.State {
		case startuploan.Passed, startuploan.DidRefuse:
			a.When += "　" + l.Date(dayOf(r, d.DoneAt))
		case startuploan.AtWork, startuploan.ToSecond:
			a.Now = true
			word := "loan.by_day"
			if d.Due < v.Today {
				word = "loan.by_day_late"
			}
			a.When += "　" + l.T(word, "day", l.Date(d.Due))
		case startuploan.SentBack:
			a.Now = true
		}
		all = append(all, a)
	}
	return all
}

// said gives the words with which it was sent back or refused, the latest.
func (v shown) said(step string) string {
	for _, x := range v.Lines {
		if x.Step == step && x.Text != "" {
			return x.Text
		}
	}
	return ""
}

// lines is what was done, the latest first.
func (v shown) lines(r *web.Request) []ui.Act {
	var all []ui.Act
	for _, x := range v.Lines {
		a := ui.Act{When: r.L.Time(microTime(x.At)), What: r.L.T("verb." + x.Step), Quote: x.Text, Auto: x.By == "system"}
		switch {
		case x.Desk != "":
			a.Who = r.L.T("loan.desk." + string(x.Desk))
			if n := v.names[x.By]; n != "" {
				a.Who += " " + n
			}
		case v.Own && x.By != "system":
			a.Who = r.L.T("loan.you")
		default:
			a.Who = v.names[x.By]
		}
		if x.Code != "" {
			a.What += "：" + r.L.T("loan.code."+x.Code)
		}
		if x.Due != "" {
			a.Where = r.L.T("loan.by_day", "day", x.Due)
		}
		all = append(all, a)
	}
	return all
}

// paper gives the content of a paper, under a name that says what it is.
func (p *pages) paper(w http.ResponseWriter, r *web.Request) error {
	which, err := appID(r)
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 64)
	if err != nil {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	d, content, err := p.s.OpenPaper(r.Context(), r.Actor, which, no)
	if err != nil {
		return err
	}
	defer content.Close()
	web.Download(w, d.Name, string(d.Type))
	_, err = io.Copy(w, content)
	return err
}

// papers are links to what may be opened, by kind.
func paperTable(r *web.Request, top string, papers []startuploan.Paper) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range papers {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: l.T("loan.paper." + x.Kind), Href: top + "/paper/" + strconv.FormatInt(x.No, 10)}, {Text: x.Name}, {Text: l.Size(x.Size)}, {Text: l.Date(dayOf(r, x.MadeAt))}}})
	}
	return ui.Table{ID: "papers", Label: l.T("loan.step.papers"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loan.field.paper"), Kind: ui.Title}, {Head: l.T("loan.file")}, {Head: l.T("loan.size"), Kind: ui.Short}, {Head: l.T("loan.added"), Kind: ui.Short},
	}}
}
