package intake_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density/intake"
)

// Somebody in the file is entered by hand while its rows are being written: she stays one, with her ties from the file.
// So she does when the import is interrupted just then and goes on later. Whoever holds another's number keeps it.
func TestEnteredByHandMeanwhile(t *testing.T) {
	t.Parallel()
	const size = 0.004
	for _, interrupted := range []bool{false, true} {
		name := map[bool]string{false: "at once", true: "interrupted"}[interrupted]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				w := newWorld(t, db, "xn", size)
				tables := w.tables()
				for _, x := range tables[:3] {
					w.load(t, x, ".csv")
				}
				members := tables[3]
				at := func(row int, head string) string { return members.Rows[row][slices.Index(members.Head, head)] }
				numbered := slices.IndexFunc(members.Rows, func(r []string) bool { return r[slices.Index(members.Head, "发展团员编号")] != "" })
				people := &person.Service{DB: db, Keys: w.Keys, Cursors: page.NewCursors(make([]byte, 32))}
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				var byHand, other person.ID
				w.Step = func(step string) {
					if step == "find" && interrupted {
						stop()
					}
					if step != "rows" || byHand != "" {
						return
					}
					var err1, err2 error
					byHand, err1 = people.Enter(t.Context(), w.by, w.root(t), person.Facts{Name: at(5, "姓名")}, []person.Paper{{Kind: person.ResidentID, Number: at(5, "身份证号码")}})
					other, err2 = people.Enter(t.Context(), w.by, w.root(t), person.Facts{Name: "别人"}, []person.Paper{{Kind: person.LeagueNumber, Number: at(numbered, "发展团员编号")}})
					if err := errors.Join(err1, err2); err != nil {
						t.Error(err)
					}
				}
				path := w.file(t, members, ".csv")
				_, err := w.File(ctx, w.by, intake.Members, members.Name, path, asOf, intake.Options{Fineness: source.Point}, nil)
				if interrupted {
					if err == nil {
						t.Fatal("it was not interrupted")
					}
					w.Step = nil
					if err := goOn(t.Context(), w.Service, w.dir, second{intake.Members, members.Name, filepath.Base(path)}); err != nil {
						t.Fatal(err)
					}
				} else if err != nil {
					t.Fatal(err)
				}
				var found map[string]*person.Known
				persons := 0
				err = db.Read(t.Context(), "xn", func(q *sqldb.Rx) (err error) {
					if found, err = person.Match(q, w.Keys, person.ResidentID, []string{at(5, "身份证号码"), at(numbered, "身份证号码")}); err != nil {
						return err
					}
					numbers, err := person.Match(q, w.Keys, person.LeagueNumber, []string{at(numbered, "发展团员编号")})
					if err != nil {
						return err
					}
					if k := numbers[at(numbered, "发展团员编号")]; k == nil || k.ID != other {
						t.Errorf("the number is held by %+v, want %s", k, other)
					}
					return q.Row(`SELECT COUNT(*) FROM person p WHERE p.city = $1 AND ` + person.Live).Scan(&persons)
				})
				if err != nil {
					t.Fatal(err)
				}
				if k := found[at(5, "身份证号码")]; k == nil || k.ID != byHand || !slices.ContainsFunc(k.Ties, func(x person.Tie) bool { return x.Kind == person.Member }) {
					t.Errorf("found %+v, want %s, a member", k, byHand)
				}
				if k := found[at(numbered, "身份证号码")]; k == nil || k.ID == other || k.Name != at(numbered, "姓名") {
					t.Errorf("whose number another holds: %+v", k)
				}
				if want := len(members.Rows) + 1; persons != want {
					t.Errorf("%d persons, want %d: one more than rows, who only holds a number", persons, want)
				}
				again := w.load(t, members, ".csv")
				if again.Counts.Fresh+again.Counts.Gone != 0 || again.Counts.Bad != 0 {
					t.Errorf("the same file again: %+v", again.Counts)
				}
			})
		})
	}
}

// root is the city itself.
func (w *world) root(t testing.TB) org.ID {
	t.Helper()
	var n org.Node
	err := w.DB.Read(t.Context(), w.by.City, func(q *sqldb.Rx) (err error) {
		n, err = org.Root(q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n.ID
}
