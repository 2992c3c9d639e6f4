package startuploanweb

import (
	"slices"
	"strings"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/contract"
)

// typed gives what was typed into the form of a step, where that was not taken.
func (v officer) typed(step string) *web.Form {
	if v.failed == step {
		return v.form
	}
	return web.ReadValues(nil)
}

// faults are what was wrong with the step that was asked for, each leading to its question.
func (v officer) faults(r *web.Request) []ui.Fault {
	all := faults(r, v.form)
	for i := range all {
		if all[i].Field != "" && v.failed != "" {
			all[i].Field = v.failed + "-" + all[i].Field
		}
	}
	return all
}

// acting tells whether the application lets a desk act now.
func (v officer) acting() bool {
	return v.State == startuploan.InReview || v.State == startuploan.Appealed
}

func (v officer) document(r *web.Request) ui.Document {
	l := r.L
	t, _ := tone(v.State)
	d := ui.Document{Title: v.Name, Serial: v.Serial, Sub: v.Orgs[v.Org].Name, State: l.T("loan.state." + string(v.State)), Tone: t, Actions: []ui.Action{{Label: l.T("loan.print"), Icon: "printer", Print: true}}}
	if v.Fills && (v.State == startuploan.Draft || v.State == startuploan.Returned) {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("loan.go_on"), Icon: "edit", Href: v.top + "/fill/money", Primary: true})
	}
	d.Facts = []ui.Fact{{Label: l.T("loan.amount"), Value: v.Amount.Short()}, {Label: l.T("loan.field.months"), Value: l.T("loan.n_months", "n", v.Months)}, {Label: l.T("loan.field.bank"), Value: v.Orgs[v.Bank].Name}}
	if v.State == startuploan.Approved {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("loan.granted"), Value: l.T("loan.granted_says", "amount", v.Granted.Amount.Short(), "months", v.Granted.Months, "rate", v.Granted.Rate.String())})
		if r.Actor.May(contract.Sign) {
			d.Actions = append(d.Actions, ui.Action{Label: l.T("loan.sign"), Icon: "edit", Href: web.Address(contractURL, "application", v.ID.String()), Primary: true})
		}
	}
	if s := v.At(); s != nil {
		light := workflow.LightAt(v.Today, s.Due, !v.acting(), v.Cal)
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("loan.due"), Part: ui.Light(lightTone(light), l.Date(s.Due))})
	}
	if v.SubmittedAt > 0 {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("loan.submitted"), Value: l.Date(dayOf(r, v.SubmittedAt))})
	}
	return d
}

// rulesHint says under which rules it stands, or that none are filled.
func (v officer) rulesHint(r *web.Request) string {
	if v.NoTerms != nil {
		return r.L.Error(v.NoTerms)
	}
	if v.Version != "" {
		return r.L.T("loan.version", "version", v.Version)
	}
	return ""
}

// prior is what may put it first: what the dossier knows.
func (v officer) prior(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{{Label: l.T("loan.slot"), Value: v.Slot}}
	for _, h := range v.Honours {
		all = append(all, ui.Fact{Label: l.T("venture.level." + h.Level), Value: h.Title, Note: l.T("loan.honour", "year", num(h.Year), "source", h.Source), Wide: true})
	}
	return all
}

func (v officer) surveyTable(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Surveys {
		t, icon, word := ui.Plain, "clock", "loan.survey_out_word"
		switch {
		case x.Verdict != "":
			t, icon, word = ui.OK, "circle-check", "loan.verdict."+x.Verdict
		case !x.Answer.IsZero():
			t, icon, word = ui.Soon, "bell", "loan.survey_came"
		case x.Due < v.Today:
			t, icon = ui.Bad, "alert-octagon"
		}
		c := ui.Cell{Text: v.Orgs[x.Org].Name}
		if !x.Answer.IsZero() {
			c.Href = v.top + "/survey/" + x.Answer.String()
		}
		after := x.Says
		if n := v.names[x.By]; n != "" {
			after = n + "　" + after
		}
		open := ui.Cell{}
		if c.Href != "" {
			open = ui.Cell{Text: l.T("loan.survey_open"), Href: c.Href}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{c, {Part: ui.State(t, icon, l.T(word))}, {Text: l.Date(x.Due)}, {Text: after}, open}})
	}
	return ui.Table{ID: "survey", Label: l.T("loan.survey"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loan.field.unit"), Kind: ui.Title}, {Head: l.T("loan.state"), Kind: ui.Short}, {Head: l.T("loan.due"), Kind: ui.Short}, {Head: l.T("loan.field.says")}, {Head: l.T("loan.next"), Kind: ui.NextAct},
	}}
}

// first is what the first officer has decided, for the second.
func (v officer) first(r *web.Request, d *startuploan.Sitting) []ui.Fact {
	l := r.L
	all := []ui.Fact{{Label: l.T("loan.first_says"), Value: l.T("loan.do." + map[string]string{"pass": "pass", "refuse": "refuse"}[d.Verdict]), Note: v.names[d.FirstBy]}}
	if d.Amount > 0 {
		all = append(all, ui.Fact{Label: l.T("loan.field.amount"), Value: l.Money(d.Amount)})
	}
	if d.Months > 0 {
		all = append(all, ui.Fact{Label: l.T("loan.field.months"), Value: l.T("loan.n_months", "n", d.Months)}, ui.Fact{Label: l.T("loan.field.rate"), Value: d.Rate.String()})
	}
	if d.Group != "" {
		all = append(all, ui.Fact{Label: l.T("loan.field.group"), Value: l.T("loan.group." + d.Group)})
	}
	return append(all, ui.Fact{Label: l.T("loan.field.says"), Value: d.Says, Wide: true})
}

func (v officer) passWord(r *web.Request, d *startuploan.Sitting) string {
	switch d.Desk {
	case startuploan.League:
		return r.L.T("loan.do.recommend")
	case startuploan.Intake:
		return r.L.T("loan.do.take_in")
	case startuploan.Recheck:
		return r.L.T("loan.do.uphold")
	case startuploan.Cosigning:
		return r.L.T("loan.do.sign")
	}
	return r.L.T("loan.do.pass")
}

func (v officer) refuseWord(r *web.Request, d *startuploan.Sitting) string {
	if d.Desk == startuploan.Recheck {
		return r.L.T("loan.do.dismiss")
	}
	return r.L.T("loan.do.refuse")
}

func (v officer) priorityOptions(r *web.Request) (all []ui.Option) {
	for _, k := range startuploan.Priorities {
		all = append(all, ui.Option{Value: k, Label: r.L.T("loan.priority." + k), Selected: v.typed("pass").Ticked("priority", k) || !v.typed("pass").Has("no") && k == "industry" && v.Slot != ""})
	}
	return all
}

// groupSaid is the group that the applicant says to belong to, until the desk says otherwise.
func (v officer) groupSaid() string {
	if chosen := v.typed("pass").Raw("group"); chosen != "" {
		return chosen
	}
	for _, x := range v.Parties {
		if x.Role == startuploan.Applicant {
			return x.Group
		}
	}
	return ""
}

func orSaid(chosen, said string) string {
	if chosen == "" {
		return said
	}
	return chosen
}

func (v officer) partyOptions() (all []ui.Option) {
	for _, x := range v.Parties {
		if x.Role != startuploan.Surety {
			all = append(all, ui.Option{Value: num(x.No), Label: x.Name, Selected: v.typed("found").Raw("party") == num(x.No)})
		}
	}
	return all
}

// accounts are those who have acted on it so far.
func (v officer) accounts(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.choose")}}
	for account, name := range v.names { // who has acted, or might
		if account != "system" && name != "" && !v.Barred[account] {
			all = append(all, ui.Option{Value: account, Label: name})
		}
	}
	slices.SortFunc(all[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return all
}

func helpOf(r *web.Request, step string) string {
	if key := "loan.help." + step; r.L.Has(key) {
		return r.L.T(key)
	}
	return ""
}
