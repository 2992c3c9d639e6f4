package lendingweb

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/schedule"
)

// shown is the page of one loan.
type shown struct {
	contract.Page
	names map[string]string // of accounts
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Number, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("lending.list"), Href: contracts}, {Label: v.Number}}
	return door.Show(w, r, ui.Office, pg, oneBody(r, v))
}

func (p *pages) find(r *web.Request) (v shown, err error) {
	which, err := contractID(r)
	if err != nil {
		return v, err
	}
	if v.Page, err = p.Loans.Look(r.Context(), r.Actor, which); err != nil {
		return v, err
	}
	ids := []string{v.MadeBy}
	for _, e := range v.Events {
		ids = append(ids, e.By)
	}
	v.names, err = p.names(r, ids)
	return v, err
}

func (v shown) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{
		Title: v.title(r), Serial: v.Number, Sub: l.T("lending.kind."+string(v.Kind)) + " · " + l.T("lending.method."+string(v.Method)),
		State: l.T("lending.state." + string(v.State)), Tone: stateTones[v.State],
		Facts: []ui.Fact{
			{Label: l.T("lending.field.bank"), Value: v.Bank.Name},
			{Label: l.T("lending.field.org"), Value: v.County.Name},
			{Label: l.T("lending.balance"), Value: l.Money(v.Balance)},
			{Label: l.T("lending.due"), Value: date(r, v.Due())},
		},
		Actions: []ui.Action{{Label: l.T("lending.print"), Icon: "printer", Print: true}},
	}
	if v.Late > 0 {
		d.State, d.Tone = l.T("lending.late", "days", v.Late), ui.Bad
	}
	main := contract.Repay
	if v.State == contract.Signed {
		main = contract.Draw
	}
	if (v.State == contract.Open || v.State == contract.Signed) && v.Page.May[contract.Pay] {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("lending.do_" + string(main)), Icon: "plus", Href: contractURL(v.ID, string(main)), Primary: true})
	}
	return d
}

func (v shown) title(r *web.Request) string {
	if v.Hidden {
		return r.L.T("lending.hidden")
	}
	return v.Borrower
}

// facts are the terms as they were signed.
func (v shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	rate := v.Rate.String()
	if !v.LPRDay.IsZero() {
		rate += " " + l.T("lending.over_lpr", "lpr", v.LPR.String(), "points", int64(v.Points)/100, "day", v.LPRDay)
	}
	settle := l.T("lending.settle_none")
	if v.Settle > 0 {
		settle = l.T("lending.settle_day", "day", v.Settle)
	}
	all := []ui.Fact{
		{Label: l.T("lending.field.deed"), Value: orDash(v.Deed)},
		{Label: l.T("lending.field.signed"), Value: date(r, v.Signed)},
		{Label: l.T("lending.field.principal"), Value: l.Money(v.Principal), Note: v.Principal.Capital()},
		{Label: l.T("lending.drawn"), Value: l.Money(v.Drawn)},
		{Label: l.T("lending.term"), Value: date(r, v.From) + " — " + date(r, v.To)},
		{Label: l.T("lending.field.rate"), Value: rate},
		{Label: l.T("lending.field.count"), Value: l.T("lending.count."+string(v.Counted())) + " · " + strconv.Itoa(v.Basis)},
		{Label: l.T("lending.field.settle"), Value: settle},
		{Label: l.T("lending.field.penalty"), Value: l.T("lending.penalty_is", "times", strconv.Itoa(v.Penalty/100)+"."+twoDigits(v.Penalty%100))},
		{Label: l.T("lending.version"), Value: orDash(v.Version)},
		{Label: l.T("lending.field.class"), Value: l.T("lending.class." + v.Class)},
	}
	if !v.Extended.IsZero() {
		all = append(all, ui.Fact{Label: l.T("lending.extended_to"), Value: date(r, v.Extended), Note: l.T("lending.no_subsidy_then")})
	}
	if v.Credit != "" {
		all = append(all, ui.Fact{Label: l.T("lending.field.credit"), Value: v.Credit})
	}
	if v.Group != "" {
		all = append(all, ui.Fact{Label: l.T("lending.field.group"), Value: l.T("lending.group." + v.Group)})
	}
	if v.Poor {
		all = append(all, ui.Fact{Label: l.T("lending.is_poor"), Value: l.T("lending.yes")})
	}
	if v.Compensated > 0 {
		all = append(all, ui.Fact{Label: l.T("lending.state.compensated"), Value: l.Money(v.Compensated), Note: l.T("lending.recovered_of", "sum", v.Recovered)})
	}
	if v.WrittenOff > 0 {
		all = append(all, ui.Fact{Label: l.T("lending.state.written_off"), Value: l.Money(v.WrittenOff)})
	}
	return all
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// plan is the schedule beside what was paid.
func (v shown) plan(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Lines {
		tone, word := ui.Plain, l.T("lending.to_come")
		switch {
		case x.Status == schedule.Overdue:
			tone, word = ui.Bad, l.T("lending.status.overdue")
		case x.Status == schedule.Extended:
			tone, word = ui.Soon, l.T("lending.status.extended")
		case x.Reason != "" && (x.Past || x.Reason != schedule.ReasonOverdue): // of what is to come nobody knows whether it will be overdue
			tone, word = ui.Soon, l.T("lending.excluded."+x.Reason)
		case x.Past:
			tone, word = ui.OK, l.T("lending.past")
		}
		due := ""
		if x.Due != x.To {
			due = l.T("lending.due_on", "day", x.Due.String()[5:])
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: x.From.String()},
			{Text: x.To.String(), After: due},
			{Text: strconv.Itoa(x.Days())},
			{Text: x.Principal.String()},
			{Text: x.Interest.String()},
			{Text: x.Subsidy.String()},
			{Text: x.Paid.String()},
			{Text: x.PaidMore.String()},
			{Part: ui.Light(tone, word)},
		}})
	}
	t := v.Total
	rows = append(rows, ui.Row{Sum: true, Cells: []ui.Cell{
		{Text: l.T("lending.total")}, {}, {Text: strconv.Itoa(t.Days)}, {Text: t.Principal.String()}, {Text: t.Interest.String()}, {Text: t.Subsidy.String()}, {Text: v.paid().String()}, {}, {},
	}})
	return ui.Table{ID: "plan", Label: l.T("lending.plan"), Figures: true, Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("claim.from"), Kind: ui.Short},
		{Head: l.T("lending.until_due"), Kind: ui.Short},
		{Head: l.T("lending.days"), Kind: ui.Number},
		{Head: l.T("lending.plan_principal"), Kind: ui.Number},
		{Head: l.T("lending.plan_interest"), Kind: ui.Number},
		{Head: l.T("lending.plan_subsidy"), Kind: ui.Number},
		{Head: l.T("lending.paid"), Kind: ui.Number},
		{Head: l.T("lending.paid_interest"), Kind: ui.Number},
		{Head: l.T("lending.standing"), Kind: ui.Short},
	}}
}

func (v shown) paid() (sum money.Fen) {
	for _, x := range v.Lines {
		sum += x.Paid
	}
	return sum
}

// events are what was entered, the latest first.
func (v shown) events(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, e := range slices.Backward(v.Events) {
		amount := "—"
		if e.Amount > 0 {
			amount = l.Money(e.Amount)
		}
		if e.Interest > 0 {
			amount += " " + l.T("lending.with_interest", "sum", e.Interest)
		}
		word := ui.Cell{Text: l.T("lending.event." + string(e.Kind))}
		if e.Reversed {
			word = ui.Cell{Part: ui.Light(ui.Hold, l.T("lending.event."+string(e.Kind))+l.T("lending.reversed"))}
		}
		var act templ.Component = empty()
		if v.May[contract.Reverse] && !e.Reversed && e.Kind != contract.Reversal {
			act = ui.Button(ui.Action{Label: l.T("lending.do_reverse"), Icon: "arrow-back-up", Small: true, Href: web.Address(contractURL(v.ID, "reverse"), "no", strconv.FormatInt(e.No, 10))})
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			word, {Text: e.Day.String()}, {Text: amount}, {Text: orDash(v.more(r, e))}, {Text: v.names[e.By], After: dayOf(r, e.At).String()}, {Part: act},
		}})
	}
	return ui.Table{ID: "events", Label: l.T("lending.events"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("lending.event"), Kind: ui.Title},
		{Head: l.T("lending.field.on"), Kind: ui.Short},
		{Head: l.T("lending.field.amount"), Kind: ui.Number},
		{Head: l.T("lending.field.note")},
		{Head: l.T("lending.entered_by")},
		{Head: l.T("lending.act"), Kind: ui.NextAct},
	}}
}

// more is what an event says beside day and amount.
func (v shown) more(r *web.Request, e contract.Event) string {
	switch {
	case e.Kind == contract.Reversal:
		return r.L.T("lending.reverses", "no", e.Reverses) + " " + e.Reason
	case e.Kind == contract.Classify:
		return r.L.T("lending.class." + e.Class)
	case e.Kind == contract.Extend:
		return r.L.T("lending.to_day", "day", e.Until)
	case e.Kind == contract.Exclude && e.Until.IsZero():
		return r.L.T("lending.excluded." + e.Reason)
	case e.Kind == contract.Exclude:
		return r.L.T("lending.excluded."+e.Reason) + " " + r.L.T("lending.to_day", "day", e.Until)
	}
	return e.Reason
}

// offered are the things that the viewer may enter now, in groups.
func (v shown) offered(r *web.Request) (all []ui.Action) {
	fits := map[contract.State][]contract.Kind{
		contract.Signed: {contract.Draw, contract.Voided},
		contract.Open: {
			contract.Draw, contract.Repay, contract.Prepay, contract.Settle, contract.Extend, contract.Arrears, contract.Cure, contract.Classify, contract.Exclude, contract.Compensate, contract.WriteOff,
		},
		contract.Compensated: {contract.Repay, contract.Recover, contract.WriteOff, contract.Classify},
		contract.WrittenOff:  {contract.Recover},
	}
	for _, k := range fits[v.State] {
		switch {
		case !v.May[k.Verb()],
			k == contract.Draw && v.Method != schedule.Revolving && v.Drawn >= v.Principal,
			k == contract.Arrears && !v.Overdue.IsZero(), k == contract.Cure && v.Overdue.IsZero(),
			(k == contract.Compensate || k == contract.WriteOff) && v.Overdue.IsZero() && v.State == contract.Open,
			k == contract.Extend && !v.Extended.IsZero(),
			k == contract.Recover && v.Compensated <= v.Recovered:
			continue
		}
		all = append(all, ui.Action{Label: r.L.T("lending.do_" + string(k)), Href: contractURL(v.ID, string(k)), Small: true})
	}
	return all
}

// stepping is the form of one thing that happened.
type stepping struct {
	shown
	step string
	form *web.Form
}

// asked are the questions of each kind of event beside its day.
var asked = map[string][]string{
	"draw": {"amount"}, "repay": {"amount", "interest"}, "prepay": {"amount", "interest"}, "settle": {"amount", "interest"}, "extend": {"until"}, "class": {"class"},
	"exclude": {"until", "why"}, "compensate": {"amount"}, "recover": {"amount"}, "write_off": {"amount"}, "arrears": {}, "cure": {}, "void": {},
}

func (v stepping) asks(what string) bool { return slices.Contains(asked[v.step], what) }

func (v stepping) help(r *web.Request, field string) string {
	if key := "lending.help." + field + "_" + v.step; r.L.Has(key) {
		return r.L.T(key)
	}
	return ""
}

func (v stepping) standing(r *web.Request) []ui.Fact {
	return []ui.Fact{
		{Label: r.L.T("lending.balance"), Value: r.L.Money(v.Balance)},
		{Label: r.L.T("lending.drawn"), Value: r.L.Money(v.Drawn)},
		{Label: r.L.T("lending.term"), Value: date(r, v.From) + " — " + date(r, v.Due())},
	}
}

// what is the event that is to be taken back.
func (v stepping) what(r *web.Request) string {
	for _, e := range v.Events {
		if strconv.FormatInt(e.No, 10) == v.form.Raw("no") {
			text := r.L.T("lending.event."+string(e.Kind)) + " " + e.Day.String()
			if e.Amount > 0 {
				text += " " + r.L.Money(e.Amount)
			}
			return text
		}
	}
	return ""
}

func (p *pages) stepping(r *web.Request) (v stepping, err error) {
	v.step, v.form = r.PathValue("step"), web.Read(r)
	if v.shown, err = p.find(r); err != nil {
		return v, err
	}
	if _, known := asked[v.step]; !known && v.step != "reverse" {
		return v, errs.New(errs.Absent, "errs.absent", nil)
	}
	verb := contract.Kind(v.step).Verb()
	if !v.May[verb] {
		return v, errs.New(errs.Denied, "errs.denied", nil)
	}
	return v, nil
}

func (p *pages) stepPage(r *web.Request, v stepping) ui.Page {
	pg := p.doors.Office(r, r.L.T("lending.do_"+v.step), r.L.T("lending.step_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("lending.list"), Href: contracts}, {Label: v.Number, Href: contractURL(v.ID, "")}, {Label: r.L.T("lending.do_" + v.step)}}
	return pg
}

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	v, err := p.stepping(r)
	if err != nil {
		return err
	}
	switch {
	case v.step == "draw" && v.Drawn == 0:
		v.form.Fill("on", v.From.String())
		v.form.Fill("amount", v.Principal.Plain())
	case v.step == "settle", v.step == "compensate":
		v.form.Fill("amount", v.Balance.Plain())
	}
	return door.Show(w, r, ui.Office, p.stepPage(r, v), stepBody(r, v))
}

func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	v, err := p.stepping(r)
	if err != nil {
		return err
	}
	f := v.form
	if v.step == "reverse" {
		no, reason := f.Int("no", 1, 1_000_000, web.Required), f.Text("reason", web.Required, web.Max(200))
		if f.Err() == nil {
			err = p.Loans.Reverse(r.Context(), r.Actor, v.ID, f.Version(), no, reason)
		}
	} else {
		e := v.event()
		if f.Err() == nil {
			err = p.Loans.Enter(r.Context(), r.Actor, v.ID, f.Version(), e)
		}
	}
	if f.Err() == nil && err == nil {
		return r.Redirect(w, contractURL(v.ID, ""), "lending.done.step")
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	return door.Again(w, r, ui.Office, p.stepPage(r, v), stepBody(r, v))
}

// event reads the form.
func (v stepping) event() contract.Event {
	f := v.form
	e := contract.Event{Kind: contract.Kind(v.step), Day: f.Day("on", web.Required)}
	if v.asks("until") {
		e.Until = f.Day("until")
	}
	if v.asks("amount") {
		e.Amount = f.Money("amount")
	}
	if v.asks("interest") {
		e.Interest = f.Money("interest")
	}
	if v.asks("class") {
		e.Class = f.Choice("class", contract.Classes, web.Required)
	}
	if v.asks("why") {
		e.Reason = f.Choice("reason", contract.Reasons, web.Required)
	} else {
		e.Reason = f.Text("reason", web.Max(200))
	}
	return e
}

// used are the numbers of the policy that the subsidy rests on.
func (v shown) used(r *web.Request) (all []ui.Fact) {
	for _, u := range v.Used {
		all = append(all, ui.Fact{Label: u.Name, Value: u.Value, Note: u.Version + " · " + r.L.T("rulebook.status."+string(u.Status))})
	}
	return all
}
