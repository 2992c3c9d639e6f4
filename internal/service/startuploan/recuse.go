package startuploan

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// recused tells whether somebody may not act on an application.
func recused(q sqldb.Q, which ID, account string) (bool, error) {
	var n int
	err := q.Row(`SELECT COUNT(*) FROM loan_recusal WHERE city = $1 AND application = $2 AND account = $3`, which, account).Scan(&n)
	return n > 0, err
}

// StepAside says that whoever says it has an interest in the application, and cannot act on it from here on (回避).
func (s *Service) StepAside(ctx context.Context, by authz.Actor, which ID, no int64, reason string) error {
	return s.act(ctx, by, which, no, Recuse, func(x *at) (act.Change, error) {
		if err := because(reason); err != nil {
			return nil, err
		}
		if x.d.Owner == by.User {
			x.d.Owner = ""
			if err := putSitting(x.tx, which, x.d, x.was); err != nil {
				return nil, err
			}
		}
		return nil, bar(x.tx, which, by.User, reason, Recuse)
	})
}

// BarFrom says that somebody else has an interest in it.
func (s *Service) BarFrom(ctx context.Context, by authz.Actor, which ID, account, reason string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, err := Find(tx, which)
		if err != nil {
			return err
		}
		where, err := org.Find(tx, a.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Bar, where.Path); err != nil {
			return err
		}
		var p errs.Problems
		p.Require(account != "", "account", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if err := because(reason); err != nil {
			return err
		}
		if err := bar(tx, which, account, reason, Bar); err != nil {
			return err
		}
		return tx.Record(Bar, which.String(), act.Change{"account": account})
	}))
}

func bar(tx *sqldb.Tx, which ID, account, reason string, step authz.Verb) error {
	n, err := tx.Exec(`INSERT INTO loan_recusal (city, application, account, reason, by, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		which, account, reason, tx.By().User, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "loan.recused_already", nil)
	}
	if err != nil {
		return err
	}
	return write(tx, which, step, nil, "", "", "")
}
