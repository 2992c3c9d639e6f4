package followup

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// atATime is how many loans one act plans.
const atATime = 500

// Begin follows every loan up under which money was paid out, and plans anew what was planned by other terms than those in force.
func (s *Service) Begin(ctx context.Context, city string) error {
	after := contract.ID("")
	for {
		var fresh []contract.Contract
		var old []Followed
		n := 0
		err := s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
			terms, err := TermsOn(q, s.today(q))
			if err != nil {
				return err
			}
			all, err := contract.PaidOut(q, after, atATime)
			if n = len(all); err != nil || n == 0 {
				return err
			}
			known, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_follow f WHERE f.city = $1 AND f.contract > $2 AND f.contract <= $3`, after.String(), all[n-1].ID)
			if err != nil {
				return err
			}
			have := map[contract.ID]bool{}
			for _, f := range known {
				have[f.Contract] = true
				if f.Terms != terms.From {
					old = append(old, f)
				}
			}
			for _, c := range all {
				if !have[c.ID] {
					fresh = append(fresh, c)
				}
			}
			after = all[n-1].ID
			return nil
		})
		if err != nil || n == 0 {
			return err
		}
		if err := s.begin(ctx, city, fresh, old); err != nil {
			return err
		}
	}
}

func (s *Service) begin(ctx context.Context, city string, fresh []contract.Contract, old []Followed) error {
	if len(fresh)+len(old) == 0 {
		return nil
	}
	return s.DB.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error {
		terms, err := TermsOn(tx, s.today(tx))
		if err != nil {
			return err
		}
		if _, err := tx.Bulk(`INSERT INTO loan_follow (city, contract, org, bank, unit, first_day, due_day, terms, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT DO NOTHING`, len(fresh), func(i int) []any {
			c := fresh[i]
			return []any{c.ID, c.Org, c.Bank, c.Org, c.From, terms.next(c.From, 0, s.today(tx)), terms.From, tx.Now().UnixMicro()}
		}); err != nil {
			return err
		}
		for _, o := range old {
			f, err := s.hold(tx, o.Contract, 0)
			if err != nil {
				return err
			}
			if err := s.plan(tx, f); err != nil {
				return err
			}
		}
		return tx.Record(Plan, "", act.Change{"begun": len(fresh), "anew": len(old)})
	})
}
