package research

import (
	"encoding/json"
	"slices"

	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/sqldb"
)

// assign gives the fieldworkers of a study their tasks on the phone while it goes on, and ends those of whoever is in the plan
// no more, or of all when it does not.
func (s *Service) assign(tx *sqldb.Tx, x *Study, before []Worker, goesOn bool) error {
	for _, w := range before {
		stays := goesOn && slices.ContainsFunc(x.Plan.Workers, func(o Worker) bool { return o.Task == w.Task })
		if w.Task.IsZero() || stays {
			continue
		}
		if _, err := field.Finish(tx, w.Task); err != nil {
			return err
		}
	}
	for i := range x.Plan.Workers {
		w := &x.Plan.Workers[i]
		switch {
		case !goesOn:
			w.Task = ""
		case w.Task.IsZero() && w.Account != "":
			t, err := field.Add(tx, field.Task{Form: x.Form, Org: w.Org, Account: w.Account, Due: x.Closes, Target: w.Target, Note: x.Title})
			if err != nil {
				return err
			}
			w.Task = t.ID
		}
	}
	return nil
}

func keepPlan(tx *sqldb.Tx, x Study) error {
	kept, err := json.Marshal(x.Plan)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE study SET plan = $3 WHERE city = $1 AND id = $2`, x.ID, string(kept))
	return err
}

// Brought is what a fieldworker has brought from her place.
type Brought struct {
	Worker
	Got int64 // answers that count in the study
}

// brought counts the answers of a study by who brought them.
func (r Results) brought(q sqldb.Q, x Study) (all []Brought, err error) {
	if len(x.Plan.Workers) == 0 {
		return nil, nil
	}
	carriers, err := field.Carriers(q, x.Form)
	if err != nil {
		return nil, err
	}
	type place struct {
		account string
		org     org.ID
	}
	got := map[place]int64{}
	for _, a := range r.answers {
		got[place{carriers[a.id], a.org}]++
	}
	for _, w := range x.Plan.Workers {
		b := Brought{Worker: w}
		if w.Account != "" {
			b.Got = got[place{w.Account, w.Org}]
		}
		all = append(all, b)
	}
	return all, nil
}
