package form

import (
	"fmt"
	"slices"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/sqldb"
)

func (s *Service) records() record.Keeper { return record.Keeper{Keys: s.Keys} }

// version is a version of a record that the answers of a form make or change; its id and what it follows are the caller's.
func version(f Form, g Given, of AnswerID, saves fill.Saved) record.New {
	return record.New{
		Owner: f.Org, List: saves.List, Record: saves.ID, Version: of.String(), At: g.Org, Answer: of.String(),
		Says: saves.Says, Sealed: saves.Sealed, First: saves.First,
	}
}

// labelled lets a version say what its record is called: of a new one that has no other name, its id.
func labelled(n record.New, label string) record.New {
	if n.Record == "" {
		n.Record = n.Version
	}
	if label == "" && n.First {
		label = n.Record
	}
	if label != "" {
		n.Says[record.Label] = label
	}
	return n
}

// save adds to the record that answers make or change.
func (s *Service) save(tx *sqldb.Tx, f Form, g Given, of AnswerID, saves fill.Saved) error {
	n := version(f, g, of, saves)
	if g.From != nil {
		n.Version = g.From.Client
		n.After = g.From.Known[n.Record]
	}
	return s.records().Save(tx, labelled(n, saves.Label))
}

// resave lets records follow answers that were corrected, or taken back where there is nothing to save any more. A correction
// follows what the same answer said before, and nothing else: what somebody else has changed meanwhile stands beside it, and is
// in dispute where both differ. What the answer said of other records is taken back.
func (s *Service) resave(tx *sqldb.Tx, o Own, saves *fill.Saved) error {
	before, err := record.SaidBy(tx, o.ID.String())
	if err != nil {
		return err
	}
	var n record.New
	if saves != nil {
		f, err := Find(tx, o.Answer.Form)
		if err != nil {
			return err
		}
		n = version(f, Given{Org: o.Org}, o.ID, *saves)
	}
	same := slices.IndexFunc(before, func(b record.Said) bool {
		return saves != nil && b.Name == saves.List && (b.Record == saves.ID || saves.First && saves.ID == "")
	})
	so := 0
	for i, b := range before {
		if so += b.N; i == same {
			n.Record, n.After = b.Record, []string{b.Last}
			continue
		}
		if err := s.records().Withdraw(tx, b, o.ID.String()); err != nil {
			return err
		}
	}
	if saves == nil {
		return nil
	}
	if so > 0 {
		n.Version = fmt.Sprintf("%s.%d", o.ID, so+1)
	}
	return s.records().Save(tx, labelled(n, saves.Label))
}
