package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

func service(db *sqldb.DB, run func(ctx context.Context, by authz.Actor, args json.RawMessage, progress func(done, total int64)) error) *job.Service {
	return &job.Service{
		DB: db, Handlers: []job.Handler{{Kind: "test", Run: run}},
		Actor: func(_ context.Context, city, owner string) (authz.Actor, error) {
			return authz.Actor{City: city, User: owner}, nil
		},
	}
}

func find(t *testing.T, db *sqldb.DB, city, owner string, id job.ID) (j job.Job) {
	t.Helper()
	err := db.Read(t.Context(), city, func(q *sqldb.Rx) (err error) {
		j, err = job.Find(q, owner, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAJobRunsAsItsOwnerAndEnds(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		by := authz.Actor{City: "xn", User: "01J"}
		s := service(db, func(_ context.Context, by authz.Actor, args json.RawMessage, progress func(int64, int64)) error {
			progress(3, 9)
			if by.User != "01J" || string(args) != `{"n":7}` {
				t.Errorf("ran as %q with %s", by.User, args)
			}
			return nil
		})
		id, err := s.Start(t.Context(), by, "test", map[string]int{"n": 7}, "/office/imports/1")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Work(t.Context(), "twin"); err != nil {
			t.Fatal(err)
		}
		if j := find(t, db, "xn", "01J", id); j.State != job.Waiting {
			t.Fatalf("the twin city's worker has taken it: %+v", j)
		}
		if err := s.Work(t.Context(), "xn"); err != nil {
			t.Fatal(err)
		}
		j := find(t, db, "xn", "01J", id)
		if j.State != job.Done || j.Done != 9 || j.Total != 9 || j.Link != "/office/imports/1" {
			t.Fatalf("%+v", j)
		}
		err = db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			_, err := job.Find(q, "somebody", id)
			return err
		})
		if errs.KindOf(err) != errs.Absent || err == nil {
			t.Fatalf("another's job: %v", err)
		}
	})
}

func TestHowJobsFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		err   error
		state job.State
		key   string
		tries int64
	}{
		{"for a reason the clerk can mend", errs.New(errs.Invalid, "intake.bad_rows", errs.Args{"bad": 3}), job.Failed, "intake.bad_rows", 1},
		{"for a reason of ours", errors.New("disk on fire"), job.Failed, "job.failed", 1},
		{"busy until given up", errs.New(errs.Busy, "sqldb.busy", nil), job.Failed, "sqldb.busy", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				s := service(db, func(context.Context, authz.Actor, json.RawMessage, func(int64, int64)) error { return c.err })
				id, err := s.Start(t.Context(), authz.Actor{City: "xn", User: "01J"}, "test", nil, "/")
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Work(t.Context(), "xn"); err != nil {
					t.Fatal(err)
				}
				if j := find(t, db, "xn", "01J", id); j.State != c.state || j.Failure.Key != c.key || j.Tries != c.tries {
					t.Fatalf("%+v", j)
				}
			})
		})
	}
}

func TestAJobStoppedByShutdownGoesOn(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx, stop := context.WithCancel(t.Context())
		var runs atomic.Int64
		s := service(db, func(ctx context.Context, _ authz.Actor, _ json.RawMessage, _ func(int64, int64)) error {
			if runs.Add(1) == 1 {
				stop()
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		id, err := s.Start(t.Context(), authz.Actor{City: "xn", User: "01J"}, "test", nil, "/")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Work(ctx, "xn"); err != nil {
			t.Fatal(err)
		}
		if j := find(t, db, "xn", "01J", id); j.State != job.Waiting || j.Tries != 0 {
			t.Fatalf("after the shutdown: %+v", j)
		}
		if err := s.Work(t.Context(), "xn"); err != nil {
			t.Fatal(err)
		}
		if j := find(t, db, "xn", "01J", id); j.State != job.Done {
			t.Fatalf("%+v", j)
		}
	})
}

// A worker that died holds its lease; another takes the job when it has run out, and the first, should it live, stops.
func TestADeadWorkersJobIsTakenOver(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		first, second := make(chan struct{}), make(chan struct{})
		var runs atomic.Int64
		run := func(ctx context.Context, _ authz.Actor, _ json.RawMessage, progress func(int64, int64)) error {
			if runs.Add(1) == 1 {
				close(first)
				<-second
				for ctx.Err() == nil { // its lease is gone: telling progress says so
					progress(1, 2)
				}
				return ctx.Err()
			}
			return nil
		}
		dead := service(db, run)
		dead.Lease = time.Microsecond
		id, err := dead.Start(t.Context(), authz.Actor{City: "xn", User: "01J"}, "test", nil, "/")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { ended <- dead.Work(t.Context(), "xn") }()
		<-first
		for runs.Load() < 2 { // the first renews its lease all the time, and may just have done so
			if err := service(db, run).Work(t.Context(), "xn"); err != nil {
				t.Fatal(err)
			}
		}
		close(second)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if j := find(t, db, "xn", "01J", id); j.State != job.Done || runs.Load() != 2 {
			t.Fatalf("%d runs, %+v", runs.Load(), j)
		}
	})
}

// Workers of two processes that look for work at the same moment run a job once.
func TestRacingWorkersRunAJobOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, one, two *sqldb.DB) {
		var runs atomic.Int64
		run := func(context.Context, authz.Actor, json.RawMessage, func(int64, int64)) error {
			runs.Add(1)
			return nil
		}
		workers := []*job.Service{service(one, run), service(two, run), service(one, run), service(two, run)}
		const jobs = 12
		for range jobs {
			if _, err := workers[0].Start(t.Context(), authz.Actor{City: "xn", User: "01J"}, "test", nil, "/"); err != nil {
				t.Fatal(err)
			}
		}
		for range jobs { // a worker takes one at a time, or all there are
			all := sqldbtest.Race(len(workers), func(i int) error { return workers[i].Work(t.Context(), "xn") })
			if sqldbtest.Won(all) != len(all) {
				t.Fatal(all)
			}
		}
		if runs.Load() != jobs {
			t.Errorf("%d jobs ran %d times", jobs, runs.Load())
		}
	})
}
