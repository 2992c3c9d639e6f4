package job

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Service starts jobs and does them.
type Service struct {
	DB       *sqldb.DB
	Handlers []Handler
	// Actor gives the account that asked, with the roles it holds now: who has lost a right meanwhile is refused.
	Actor func(ctx context.Context, city, owner string) (authz.Actor, error)
	Log   *slog.Logger
	// Lease is how long a silent worker is believed to be alive; 30 s where it is zero.
	Lease time.Duration
}

// mostTries is after how many crashes or busy answers a job is given up.
const mostTries = 5

// beat is how often at most progress is written.
const beat = 400 * time.Millisecond

func (s *Service) lease() time.Duration {
	if s.Lease > 0 {
		return s.Lease
	}
	return 30 * time.Second
}

// Start asks for a job. Link is the page where it was asked for and where its result will stand.
func (s *Service) Start(ctx context.Context, by authz.Actor, kind string, args any, link string) (ID, error) {
	b, err := json.Marshal(args)
	if err != nil {
		return "", err
	}
	var made ID
	err = s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		made = id.New[Job](tx.Now())
		now := tx.Now().UnixMicro()
		_, err := tx.Exec(`INSERT INTO job (city, id, kind, args, owner, state, result, made_at, at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $7)`,
			made, kind, string(b), by.User, link, now)
		return err
	})
	return made, err
}

// Work does waiting jobs of a city, one after another, until there is none or ctx ends.
func (s *Service) Work(ctx context.Context, city string) error {
	for ctx.Err() == nil {
		did, err := s.one(ctx, city)
		if err != nil || !did {
			return err
		}
	}
	return nil
}

// take leases the oldest job that waits, or whose worker has fallen silent. The guard is the row's state and lease.
func (s *Service) take(ctx context.Context, city string) (Job, bool, error) {
	var got Job
	found := false
	err := s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
		now := tx.Now().UnixMicro()
		found = false
		next, err := sqldb.All(tx, scan, `SELECT `+columns+` FROM job j WHERE j.city = $1 AND (j.state = 'waiting' OR j.state = 'running' AND j.lease < $2)
			ORDER BY j.made_at, j.id LIMIT 1`, now)
		if err != nil || len(next) == 0 {
			return err
		}
		got = next[0]
		n, err := tx.Exec(`UPDATE job SET state = 'running', lease = $3, tries = tries + 1, at = $4
			WHERE city = $1 AND id = $2 AND state = $5 AND lease = $6`,
			got.ID, now+s.lease().Microseconds(), now, string(got.State), got.LeasedTo.UnixMicro())
		got.Tries++
		found = n == 1
		return err
	})
	return got, found, err
}

func (s *Service) one(ctx context.Context, city string) (bool, error) {
	j, found, err := s.take(ctx, city)
	if err != nil || !found {
		return false, err
	}
	err = s.run(ctx, city, j)
	// what became of the job is written even while the server is shutting down
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return true, s.settle(end, city, j, err, ctx.Err() != nil)
}

// errStolen ends a run whose lease another worker has taken.
var errStolen = errors.New("job: another worker has taken it")

func (s *Service) run(ctx context.Context, city string, j Job) error {
	if j.Tries > mostTries {
		return errs.New(errs.Internal, "job.gave_up", nil)
	}
	var h *Handler
	for i := range s.Handlers {
		if s.Handlers[i].Kind == j.Kind {
			h = &s.Handlers[i]
		}
	}
	if h == nil {
		return errs.New(errs.Internal, "job.unknown", nil)
	}
	by, err := s.Actor(ctx, city, j.Owner)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := &pulse{s: s, city: city, job: j, stop: stop, said: s.DB.Now()}
	defer p.keepAlive(ctx)()
	if err := h.Run(ctx, by, j.Args, func(done, total int64) { p.tell(ctx, done, total, false) }); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	p.flush(ctx)
	return nil
}

// pulse writes progress, and extends the lease also while the work has nothing to tell.
type pulse struct {
	s           *Service
	city        string
	job         Job
	stop        context.CancelCauseFunc
	mu          sync.Mutex
	said        time.Time
	done, total int64
}

func (p *pulse) keepAlive(ctx context.Context) (end func()) {
	quit := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(p.s.lease() / 3)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				p.flush(ctx)
			}
		}
	}()
	return func() { close(quit); <-ended }
}

func (p *pulse) flush(ctx context.Context) {
	p.mu.Lock()
	done, total := p.done, p.total
	p.mu.Unlock()
	p.tell(ctx, done, total, true)
}

func (p *pulse) tell(ctx context.Context, done, total int64, now bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	if !now && p.s.DB.Now().Sub(p.said) < beat {
		return
	}
	held := true
	err := p.s.DB.Keep(ctx, p.city, func(tx *sqldb.Tx) error {
		at := tx.Now().UnixMicro()
		n, err := tx.Exec(`UPDATE job SET done = $3, total = $4, at = $5, lease = $6 WHERE city = $1 AND id = $2 AND state = 'running' AND tries = $7`,
			p.job.ID, done, total, at, at+p.s.lease().Microseconds(), p.job.Tries)
		held = n == 1
		return err
	})
	switch {
	case err == nil && !held:
		p.stop(errStolen)
	case err == nil:
		p.said = p.s.DB.Now()
	}
}

// settle writes what became of a run, unless another worker has taken the job over since: then it is that one's to say.
func (s *Service) settle(ctx context.Context, city string, j Job, failed error, stopping bool) error {
	if errors.Is(failed, errStolen) {
		return nil
	}
	state, key, args, run := Done, "", errs.Args{}, j.Tries
	var e *errs.Error
	switch {
	case failed == nil:
	case stopping:
		state, j.Tries = Waiting, j.Tries-1 // it goes on at the next start
	case errs.KindOf(failed) == errs.Busy && j.Tries < mostTries:
		state = Waiting
	default:
		state, key = Failed, "job.failed"
		if errors.As(failed, &e) && e.Kind != errs.Internal || errs.KeyOf(failed) == "job.gave_up" {
			key, args = errs.KeyOf(failed), e.Args
		}
		if s.Log != nil {
			s.Log.Error("a job failed", "job", j.ID, "kind", j.Kind, "error", failed)
		}
	}
	b, err := json.Marshal(args)
	if err != nil || args == nil {
		b = []byte("{}")
	}
	return s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE job SET state = $3, note_key = $4, note_args = $5, tries = $6, at = $7, lease = 0,
			done = CASE WHEN $3 = 'done' AND total > done THEN total ELSE done END
			WHERE city = $1 AND id = $2 AND state = 'running' AND tries = $8`, j.ID, string(state), key, string(b), j.Tries, tx.Now().UnixMicro(), run)
		return err
	})
}
