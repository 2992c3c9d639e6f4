package rulebook

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// SetRate enters a new rate of a series. The one before it, while it was open, ends the day before; any other overlap is refused.
func (s *Service) SetRate(ctx context.Context, by authz.Actor, q Quote) error {
	if err := (Quotes{q}).Check(); err != nil {
		return err
	}
	if q.Status == Confirmed && q.Source == "" {
		return errs.New(errs.Invalid, "rulebook.no_source", errs.Args{"key": q.Series, "field": q.From.String()})
	}
	return s.act(ctx, by, SetRate, func(tx *sqldb.Tx) (string, act.Change, error) {
		if err := turn(tx, "rate/"+q.Series); err != nil {
			return "", nil, err
		}
		if _, err := tx.Exec(`UPDATE rule_quote SET until_day = $4 WHERE city = $1 AND series = $2 AND from_day < $3 AND until_day = ''`, q.Series, q.From, q.From.AddDays(-1)); err != nil {
			return "", nil, err
		}
		known, err := rates(tx)
		if err != nil {
			return "", nil, err
		}
		if err := append(known, q).Check(); err != nil {
			return "", nil, err
		}
		return rateSubject(q.From), act.Change{"series": q.Series, "from": q.From, "until": q.Until, "rate": q.Rate, "source": q.Source}, insertRate(tx, q)
	})
}

// rateSubject names a rate in the log by its first day.
func rateSubject(from day.Day) string { return "rate/" + from.String() }

func insertRate(tx *sqldb.Tx, q Quote) error {
	_, err := tx.Exec(`INSERT INTO rule_quote (city, series, from_day, until_day, rate, source, status) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (city, series, from_day) DO NOTHING`,
		q.Series, q.From, q.Until, int64(q.Rate), q.Source, string(q.Status))
	return err
}

// ConfirmRate says that an officer has seen a rate in its source.
func (s *Service) ConfirmRate(ctx context.Context, by authz.Actor, series string, from day.Day, source string) error {
	if source == "" {
		return errs.New(errs.Invalid, "rulebook.no_source", errs.Args{"key": series, "field": from.String()})
	}
	return s.act(ctx, by, Confirm, func(tx *sqldb.Tx) (string, act.Change, error) {
		n, err := tx.Exec(`UPDATE rule_quote SET status = 'confirmed', source = $4 WHERE city = $1 AND series = $2 AND from_day = $3 AND status <> 'confirmed'`, series, from, source)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "errs.stale", nil)
		}
		return rateSubject(from), act.Change{"series": series, "from": from, "source": source}, err
	})
}

// TakeIn puts a book and rates into the city: versions and rates that are there already stay as they are.
func (s *Service) TakeIn(ctx context.Context, by authz.Actor, b Book, q Quotes) error {
	if err := b.Check(); err != nil {
		return err
	}
	return s.act(ctx, by, TakeIn, func(tx *sqldb.Tx) (string, act.Change, error) {
		taken := []string{}
		for _, v := range b {
			k := Kept{ID: id.New[Kept](tx.Now()), Version: v, State: Published}
			if len(v.Fields) == 0 {
				k.State = Awaited
			}
			if err := turn(tx, v.Product+"/"+v.Area); err != nil {
				return "", nil, err
			}
			fresh, err := insert(tx, k)
			if err != nil {
				return "", nil, err
			}
			if fresh {
				if err := free(tx, k); err != nil {
					return "", nil, err
				}
				taken = append(taken, v.Key)
			}
		}
		for _, one := range q {
			if err := turn(tx, "rate/"+one.Series); err != nil {
				return "", nil, err
			}
			if err := insertRate(tx, one); err != nil {
				return "", nil, err
			}
		}
		known, err := rates(tx)
		if err != nil {
			return "", nil, err
		}
		return tx.City(), act.Change{"versions": taken}, known.Check()
	})
}
