package bankfile

import (
	"strconv"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/schedule"
)

// Outcome is what a file comes to: loans that are as expected, what is to be entered, and what differs.
type Outcome struct {
	Same     int
	Told     []contract.Told
	Findings []Finding
	extent   contract.Extent // of the loans that it was held against
}

// reconcile holds the rows of a file against the loans of a bank as they should be on its day.
func reconcile(q sqldb.Q, bank authz.Path, on day.Day, rows []Row) (o Outcome, err error) {
	cal, err := casework.Calendar(q)
	if err != nil {
		return o, err
	}
	if o.extent, err = contract.ExtentOf(q, bank); err != nil {
		return o, err
	}
	w := work{Outcome: &o, on: on, calendar: cal, by: make(map[string]*Row, len(rows))}
	for i := range rows {
		w.by[rows[i].Number] = &rows[i]
	}
	err = contract.EachOf(q, bank, 0, on.AddDays(1), func(all []contract.Known) error {
		for i := range all {
			w.loan(&all[i])
		}
		return nil
	})
	for i := range rows {
		if x := &rows[i]; w.by[x.Number] != nil {
			o.Findings = append(o.Findings, Finding{Row: x.No, Kind: Unknown, Number: x.Number, Have: x.Balance.String()})
		}
	}
	return o, err
}

type work struct {
	*Outcome
	on       day.Day
	calendar *day.Calendar
	by       map[string]*Row
	plan     schedule.Schedule
}

// loan holds one loan against its row.
func (w *work) loan(k *contract.Known) {
	standing := contract.Standing(k.All, k.Contract.Events)
	recorded := contract.BalanceOn(standing, w.on)
	row := w.by[k.Number]
	if row == nil {
		if recorded > 0 {
			w.find(k, 0, Missing, recorded.String(), "")
		}
		return
	}
	delete(w.by, k.Number)
	before := len(w.Findings)
	var events []contract.Event
	if row.Balance != recorded {
		expected := w.expected(k, standing)
		if row.Balance != expected || row.Balance > recorded {
			w.find(k, row.No, Balance, expected.String(), row.Balance.String())
		} else {
			events = append(events, contract.Event{Kind: contract.Repay, Day: w.on, Amount: recorded - row.Balance})
		}
	}
	events = w.late(k, row, events)
	if row.Class != "" && row.Class != k.Class && !k.Over() {
		events = append(events, contract.Event{Kind: contract.Classify, Day: w.on, Class: row.Class})
		if contract.IsBad(row.Class) && !contract.IsBad(k.Class) {
			w.find(k, row.No, Class, k.Class, row.Class)
		}
	}
	if row.Rate >= 0 && row.Rate != k.Rate {
		w.find(k, row.No, Rate, k.Rate.String(), row.Rate.String())
	}
	switch {
	case len(events) > 0:
		w.Told = append(w.Told, contract.Told{Known: *k, Events: events})
	case len(w.Findings) == before:
		w.Same++
	}
}

// late enters that a loan has fallen overdue by its bank, or that it is not any more.
func (w *work) late(k *contract.Known, row *Row, events []contract.Event) []contract.Event {
	if row.Late < 0 || k.Over() {
		return events
	}
	since := max(w.on.AddDays(-row.Late), k.From)
	switch {
	case row.Late > 0 && k.Overdue.IsZero():
		w.find(k, row.No, Overdue, "0", strconv.Itoa(row.Late))
		return append([]contract.Event{{Kind: contract.Arrears, Day: since}}, events...)
	case row.Late > 0 && k.Overdue != since:
		w.find(k, row.No, Late, k.Overdue.String(), since.String())
	case row.Late == 0 && !k.Overdue.IsZero() && row.Balance > 0:
		return append([]contract.Event{{Kind: contract.Cure, Day: w.on}}, events...)
	}
	return events
}

// expected is what is owed by the plan at the end of the day.
func (w *work) expected(k *contract.Known, standing []contract.Event) (owed money.Fen) {
	course := k.Course(standing, k.Parts, w.calendar, k.From, true)
	if err := w.plan.Compute(&course.Loan, &schedule.Rule{}); err != nil {
		return contract.BalanceOn(standing, w.on)
	}
	return contract.Owed(&w.plan, &course.Loan, w.on)
}

func (w *work) find(k *contract.Known, row int, kind Kind, want, have string) {
	w.Findings = append(w.Findings, Finding{Row: row, Kind: kind, Number: k.Number, Contract: k.ID, Org: k.Org, Want: want, Have: have})
}
