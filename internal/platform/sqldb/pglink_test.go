package sqldb_test

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/schema"
)

// wire carries bytes between a client and its PostgreSQL, and breaks at the client's message that holds a mark.
type wire struct {
	mark     atomic.Pointer[[]byte]
	delivers bool // the message still reaches the server, whose answer is lost
}

func (w *wire) arm(mark string) { b := []byte(mark); w.mark.Store(&b) }

func (w *wire) listen(t *testing.T, server string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client, server)
		}
	}()
	return l.Addr().String()
}

func (w *wire) carry(client net.Conn, server string) {
	defer client.Close()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	var broken atomic.Bool
	var back sync.WaitGroup
	back.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := up.Read(buf)
			if err != nil || broken.Load() {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		mark := w.mark.Load()
		if mark != nil && bytes.Contains(buf[:n], *mark) && w.mark.CompareAndSwap(mark, nil) {
			broken.Store(true)
			if w.delivers {
				_, _ = up.Write(buf[:n])
				back.Wait() // the server has answered
			}
			return
		}
		if _, err := up.Write(buf[:n]); err != nil {
			return
		}
	}
}

// through opens a PostgreSQL with a shelf behind a wire, after an act that has prepared every statement.
func (w *wire) through(t *testing.T) *sqldb.DB {
	t.Helper()
	dsn, err := url.Parse(sqldbtest.PostgresDSN(t))
	must(t, err)
	dsn.Host = w.listen(t, dsn.Host)
	db, err := sqldb.OpenPostgres(t.Context(), dsn.String(), sqldb.Options{Housekeeping: schema.Housekeeping})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	must(t, db.Raw(t.Context(), `CREATE TABLE shelf (city TEXT, id TEXT, n BIGINT, cap BIGINT, PRIMARY KEY (city, id))`))
	must(t, db.Raw(t.Context(), `INSERT INTO shelf VALUES ('xn', 'a', 0, 1000000)`))
	by := clerk
	by.Once = "warm"
	must(t, db.Write(t.Context(), by, add))
	return db
}

// addMarked changes the shelf, and sends the mark together with COMMIT.
func addMarked(tx *sqldb.Tx) error {
	if err := add(tx); err != nil {
		return err
	}
	return tx.Record(put, "b", act.Change{"mark": "with the commit"})
}

func TestALineThatBreaksAtTheCommitLeavesDoubtThatTheKeyResolves(t *testing.T) {
	t.Parallel()
	for _, delivers := range []bool{false, true} {
		w := &wire{delivers: delivers}
		db := w.through(t)
		by := clerk
		by.Once = "k1"
		w.arm("with the commit")
		if err := db.Write(t.Context(), by, addMarked); errs.KeyOf(err) != "sqldb.unknown" {
			t.Fatalf("delivered %t: %v", delivers, err)
		}
		err := db.Write(t.Context(), by, addMarked)
		if delivers && !sqldb.Again(err, nil) || !delivers && err != nil {
			t.Fatalf("delivered %t: asking again gave %v", delivers, err)
		}
		if n, acts := count(t, db, "xn"); n != 2 || acts != 3 {
			t.Fatalf("delivered %t: n %d, acts %d", delivers, n, acts)
		}
	}
}

func TestALineThatBreaksBeforeTheCommitLeavesNoDoubt(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{"shelf 7", "with the first"} {
		w := &wire{delivers: true}
		db := w.through(t)
		w.arm(mark)
		err := db.Write(t.Context(), clerk, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`UPDATE shelf SET n = n + 1 WHERE city = $1 AND id <> $2`, "with the first"); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE shelf SET n = n + 1 WHERE city = $1 AND id <> $2`, "shelf 7"); err != nil {
				return err
			}
			return tx.Record(put, "a", nil)
		})
		if err == nil || errs.KeyOf(err) == "sqldb.unknown" {
			t.Fatalf("%s: %v", mark, err)
		}
		if n, acts := count(t, db, "xn"); n != 1 || acts != 1 {
			t.Fatalf("%s: n %d, acts %d", mark, n, acts)
		}
	}
}

func TestARecordThatIsRefusedCommitsNothing(t *testing.T) {
	t.Parallel()
	shelves(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Write(t.Context(), clerk, add))
		must(t, db.Raw(t.Context(), `ALTER TABLE act_content RENAME TO away`))
		if err := db.Write(t.Context(), clerk, add); err == nil || errs.KeyOf(err) == "sqldb.unknown" {
			t.Fatalf("got %v", err)
		}
		must(t, db.Raw(t.Context(), `ALTER TABLE away RENAME TO act_content`))
		must(t, db.Write(t.Context(), clerk, add))
		if n, acts := count(t, db, "xn"); n != 2 || acts != 2 {
			t.Fatalf("n %d, acts %d", n, acts)
		}
	})
}

func TestWaitingForATurnEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	onEngine(t, sqldb.PostgreSQL, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		var entered, done sync.WaitGroup
		release := make(chan struct{})
		entered.Add(db.Turns())
		for range db.Turns() {
			var once sync.Once
			done.Go(func() {
				err := db.Write(context.Background(), clerk, func(tx *sqldb.Tx) error {
					once.Do(entered.Done)
					<-release
					return add(tx)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		entered.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := db.Write(ctx, clerk, add); errs.KeyOf(err) != "sqldb.gave_up" {
			t.Errorf("got %v", err)
		}
		close(release)
		done.Wait()
		if n, acts := count(t, db, "xn"); n != int64(db.Turns()) || acts != n {
			t.Errorf("n %d, acts %d", n, acts)
		}
	})
}
