package startuploan

import (
	"context"
	"io"
	"slices"

	"zhidian/internal/domain/document"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// AddDebt keeps what a party owes elsewhere.
func (s *Service) AddDebt(ctx context.Context, by authz.Actor, which ID, version int64, d Debt) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, _ *Application) (act.Change, error) {
		d.FoundBy, d.FoundAt = "", 0
		return act.Change{"debt": d.Kind, "party": d.Party}, s.addDebt(tx, which, d)
	})
}

func (s *Service) addDebt(tx *sqldb.Tx, which ID, d Debt) error {
	all, err := Parties(tx, which)
	if err != nil {
		return err
	}
	if err := d.check(all); err != nil {
		return err
	}
	debts, err := Debts(tx, which)
	if err != nil {
		return err
	}
	if len(debts) >= mostDebts {
		return errs.New(errs.Conflict, "loan.debts_full", errs.Args{"max": mostDebts})
	}
	return addDebt(tx, which, d)
}

// DropDebt takes one out. What an officer has found stays.
func (s *Service) DropDebt(ctx context.Context, by authz.Actor, which ID, version, no int64) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, _ *Application) (act.Change, error) {
		n, err := tx.Exec(`DELETE FROM loan_debt WHERE city = $1 AND application = $2 AND no = $3 AND found_by = ''`, which, no)
		if err == nil && n == 0 {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		return act.Change{"debt_dropped": no}, err
	})
}

// SayDebtless keeps who says to owe nothing elsewhere.
func (s *Service) SayDebtless(ctx context.Context, by authz.Actor, which ID, version int64, who []int64) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, _ *Application) (act.Change, error) {
		all, err := Parties(tx, which)
		if err != nil {
			return nil, err
		}
		for _, p := range owing(all) {
			if yes := slices.Contains(who, p.No); yes != p.Debtless {
				p.Debtless = yes
				if err := putParty(tx, which, p); err != nil {
					return nil, err
				}
			}
		}
		return act.Change{"debtless": who}, nil
	})
}

// PaperLimits are what papers may be: photographs of them, or PDF.
var PaperLimits = blob.Limits{Size: 20 << 20, Types: []blob.Type{blob.JPEG, blob.PNG, blob.WebP, blob.PDF}}

// paperYears is how long papers are kept: as the application, and its loan after it.
const paperYears = 15

// AddPaper keeps a paper. It is stored before it is named, and one that was refused is named by nothing.
func (s *Service) AddPaper(ctx context.Context, by authz.Actor, which ID, version int64, kind, name string, content io.Reader) error {
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error { _, _, err := filling(q, by, which); return err }); err != nil {
		return err
	}
	ref, err := s.Files.Put(ctx, content, PaperLimits)
	if err != nil {
		return err
	}
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, a *Application) (act.Change, error) {
		var p errs.Problems
		p.Require(slices.Contains(PaperKinds, kind), "kind", "field.choice", nil)
		all, err := Papers(tx, which)
		if err != nil {
			return nil, err
		}
		p.Require(len(all) < mostPapers, "file", "loan.papers_full", errs.Args{"max": mostPapers})
		if err := p.Err(); err != nil {
			return nil, err
		}
		made, err := document.Add(tx, ref, document.New{Name: name, Org: a.Org, Class: authz.Sensitive, Purpose: "loan", KeepUntil: s.today(tx).AddMonths(12 * paperYears)})
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(`INSERT INTO loan_paper (city, application, no, kind, document, made_by, made_at)
			VALUES ($1, $2, (SELECT COALESCE(MAX(no), 0) + 1 FROM loan_paper WHERE city = $1 AND application = $2), $3, $4, $5, $6)`, which, kind, made, by.User, tx.Now().UnixMicro())
		return act.Change{"paper": kind, "hash": string(ref.Hash)}, err
	})
}

// DropPaper takes one out, with its document.
func (s *Service) DropPaper(ctx context.Context, by authz.Actor, which ID, version, no int64) error {
	return s.alter(ctx, by, which, version, func(tx *sqldb.Tx, _ *Application) (act.Change, error) {
		all, err := Papers(tx, which)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(p Paper) bool { return p.No == no })
		if i < 0 {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
		if _, err := tx.Exec(`DELETE FROM loan_paper WHERE city = $1 AND application = $2 AND no = $3`, which, no); err != nil {
			return nil, err
		}
		return act.Change{"paper_dropped": all[i].Kind}, document.Drop(tx, all[i].Document)
	})
}
