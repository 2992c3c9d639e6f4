package notice_test

import (
	"strings"
	"testing"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

var tell = authz.Verb{Key: "test.tell"}

func send(t testing.TB, db *sqldb.DB, city, account, once string) {
	t.Helper()
	err := db.Write(t.Context(), authz.System(city), func(tx *sqldb.Tx) error {
		if err := notice.Send(tx, account, once, "notice.new_matter", map[string]any{"serial": once}, "/office/queue"); err != nil {
			return err
		}
		return tx.Record(tell, "", act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestANoticeIsSentOnceAndReadByItsOwnerAlone(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := &notice.Service{DB: db, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
		a, b, twin := authz.Actor{City: "xianning", User: "a"}, authz.Actor{City: "xianning", User: "b"}, authz.Actor{City: "twin", User: "a"}
		for range 2 {
			send(t, db, "xianning", "a", "盲点-2026-00001")
			send(t, db, "twin", "a", "盲点-2026-00001")
		}
		for i := range 40 {
			send(t, db, "xianning", "a", "k"+strings.Repeat("x", i%7))
		}
		got, err := s.List(t.Context(), a, "")
		if err != nil || len(got.Items) == 0 || got.Items[0].Read {
			t.Fatalf("%v, %v", got, err)
		}
		first := got.Items[len(got.Items)-1]
		if first.Args["serial"] != "盲点-2026-00001" {
			t.Errorf("%+v", first)
		}
		if _, err := s.Find(t.Context(), b, first.ID); errs.KindOf(err) != errs.Absent {
			t.Errorf("another's notice: %v", err)
		}
		if err := s.MarkRead(t.Context(), b, first.ID); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Unread(t.Context(), a); err != nil || n != len(got.Items) {
			t.Errorf("another marked it read: %d, %v", n, err)
		}
		for _, one := range []notice.ID{first.ID, ""} {
			if err := s.MarkRead(t.Context(), a, one); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Unread(t.Context(), a); err != nil || n != 0 {
			t.Errorf("%d unread, %v", n, err)
		}
		if n, err := s.Unread(t.Context(), twin); err != nil || n != 1 {
			t.Errorf("the twin has %d unread, %v", n, err)
		}
		if _, err := s.List(t.Context(), authz.Actor{City: "xianning"}, ""); err == nil {
			t.Error("a stranger read notices")
		}
	})
}

// Two processes that tell an account the same thing at the same moment tell it once.
func TestRacingNoticesAreOne(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		all := sqldbtest.Race(8, func(i int) error {
			return []*sqldb.DB{first, second}[i%2].Write(t.Context(), authz.System("xianning"), func(tx *sqldb.Tx) error {
				if err := notice.Send(tx, "a", "1", "notice.new_matter", nil, ""); err != nil {
					return err
				}
				return tx.Record(tell, "", act.Change{})
			})
		})
		s := &notice.Service{DB: first, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
		if n, err := s.Unread(t.Context(), authz.Actor{City: "xianning", User: "a"}); err != nil || n != 1 || sqldbtest.Won(all) != len(all) {
			t.Errorf("%d notices, %v, %v", n, err, all)
		}
	})
}
