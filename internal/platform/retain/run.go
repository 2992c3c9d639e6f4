package retain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// An act of a run takes as many rows as it can end in some 35 ms, so that others at the counter wait no longer than 50.
const (
	firstRows = 50
	mostRows  = 2000
	actTime   = 35 * time.Millisecond
)

// foundAtOnce is how many rows are looked for at a time.
const foundAtOnce = 5000

// endedAtMost is how many rows of a kind one run ends; the next run goes on.
const endedAtMost = 500_000

// Destroy is the verb of the acts of a run. Which tables one may change follows from its rule.
var Destroy = authz.Verb{Key: "retention.destroy"}

// Outcome is how a run ended for a table.
type Outcome string

// The outcomes.
const (
	Done   Outcome = "done"
	More   Outcome = "more"   // rows are left whose time is over: the next run goes on
	Failed Outcome = "failed" // the log of the server says why; the next run tries again
)

// Run ends the rows of a city whose time is over, table by table, in short acts. A table that fails does not keep the
// others. Where it is interrupted the next run goes on, since nothing but the rows themselves says what is to be done.
func (s *Service) Run(ctx context.Context, city string) error {
	var failed error
	for _, r := range s.Rules {
		if ctx.Err() != nil {
			return errors.Join(failed, context.Cause(ctx))
		}
		if len(r.Ends) == 0 {
			continue
		}
		ended, outcome := int64(0), Done
		for _, e := range r.Ends {
			n, more, err := s.end(ctx, city, r, e)
			ended += n
			switch {
			case err != nil:
				outcome = Failed
				failed = errors.Join(failed, fmt.Errorf("retention of %s: %w", r.Table, err))
			case more && outcome == Done:
				outcome = More
			}
		}
		failed = errors.Join(failed, s.note(ctx, city, r.Table, ended, outcome))
	}
	return failed
}

// end ends rows of one kind, and tells how many and whether some are left.
func (s *Service) end(ctx context.Context, city string, r Rule, e End) (ended int64, more bool, err error) {
	before := e.before(s.DB.Now(), s.zone())
	chunk := firstRows
	for most := s.most(); ended < most; {
		var found Found
		err := s.DB.Read(ctx, city, func(q *sqldb.Rx) (err error) {
			found, err = e.Find(q, before, int(min(foundAtOnce, most-ended)))
			return err
		})
		if err != nil || found.N == 0 {
			return ended, false, err
		}
		was := ended
		for from := 0; from < found.N; {
			to := min(from+chunk, found.N)
			began := time.Now()
			n, err := s.act(ctx, city, r, found, from, to)
			if err != nil {
				return ended, true, err
			}
			chunk = pace(to-from, time.Since(began))
			ended, from = ended+n, to
		}
		if ended == was {
			return ended, true, nil // nothing that was found may be ended now, while an import is written for example
		}
	}
	return ended, true, nil
}

// pace gives the size of the next act from how long the last one took.
func pace(rows int, took time.Duration) int {
	next := int(float64(rows) * float64(actTime) / float64(max(took, time.Millisecond)))
	return min(max(next, rows/2, 1), rows*2, mostRows)
}

// errNothing takes an act back that has found nothing to do.
var errNothing = errors.New("retain: nothing ended")

// act ends some of the rows that were found. For tables of housekeeping, which are written outside acts, there is no record.
func (s *Service) act(ctx context.Context, city string, r Rule, found Found, from, to int) (n int64, err error) {
	if s.DB.Keeps(r.Table) {
		err = s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
			n, err = found.End(tx, from, to)
			return err
		})
		return n, err
	}
	verb := Destroy
	verb.Writes = r.Table + " " + r.Also
	err = s.DB.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error {
		if err := guard(tx); err != nil {
			return err
		}
		if n, err = found.End(tx, from, to); err != nil {
			return err
		}
		if n == 0 {
			return errNothing
		}
		return tx.Record(verb, r.Table, act.Change{"rows": n})
	})
	if errors.Is(err, errNothing) {
		return 0, nil
	}
	return n, err
}

// guardRule names the row that acts of a run and new holds take first, so that of a hold and a destruction one comes
// second and sees the other.
const guardRule = "legal_hold"

func guard(tx *sqldb.Tx) error {
	_, err := tx.Exec(`INSERT INTO retention_run (city, rule, at) VALUES ($1, $2, $3) ON CONFLICT (city, rule) DO UPDATE SET at = retention_run.at`,
		guardRule, tx.Now().UnixMicro())
	return err
}

func (s *Service) note(ctx context.Context, city, table string, ended int64, outcome Outcome) error {
	return s.DB.Keep(context.WithoutCancel(ctx), city, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO retention_run (city, rule, at, ended, outcome) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (city, rule) DO UPDATE SET at = EXCLUDED.at, ended = EXCLUDED.ended, outcome = EXCLUDED.outcome`,
			table, tx.Now().UnixMicro(), ended, string(outcome))
		return err
	})
}

// Last is what the last run did to a table.
type Last struct {
	At      time.Time
	Ended   int64
	Outcome Outcome
}

// Overview is the rules, what the last run did by table, and the holds: those in force first, the newest first.
type Overview struct {
	Rules []Rule
	Last  map[string]Last
	Holds []Held
}

// Look gives the overview of a city.
func (s *Service) Look(ctx context.Context, by authz.Actor) (Overview, error) {
	o := Overview{Rules: s.Rules, Last: map[string]Last{}}
	if err := by.MustEverywhere(Read); err != nil {
		return o, err
	}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		type row struct {
			table string
			last  Last
		}
		all, err := sqldb.All(q, func(s sqldb.Scan) (row, error) {
			var x row
			var at int64
			err := s(&x.table, &at, &x.last.Ended, &x.last.Outcome)
			x.last.At = time.UnixMicro(at).UTC()
			return x, err
		}, `SELECT rule, at, ended, outcome FROM retention_run WHERE city = $1 AND outcome <> ''`)
		if err != nil {
			return err
		}
		for _, x := range all {
			o.Last[x.table] = x.last
		}
		holds, err := sqldb.All(q, scanHold, `SELECT `+holdColumns+` FROM legal_hold h WHERE h.city = $1
			ORDER BY CASE WHEN h.lifted_at = 0 THEN 0 ELSE 1 END, h.id DESC LIMIT 200`)
		for _, h := range holds {
			o.Holds = append(o.Holds, Held{Hold: h, Name: s.name(q, h)})
		}
		return err
	})
	return o, err
}

// name is what a held thing is called, for readers who see no personal data; empty where it has no such name.
func (s *Service) name(q sqldb.Q, h Hold) string {
	k := s.kind(h.Kind)
	if k == nil {
		return ""
	}
	f, err := k.Find(q, h.Subject)
	if err != nil && errs.KindOf(err) != errs.Absent {
		return ""
	}
	return f.Name
}

func (s *Service) most() int64 {
	if s.Most > 0 {
		return s.Most
	}
	return endedAtMost
}

func (s *Service) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}
