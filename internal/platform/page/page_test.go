package page

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

func TestFragments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		desc, before bool
		where, order string
	}{
		{false, false, "(a,b) > ($3,$4)", "a, b"},
		{false, true, "(a,b) < ($3,$4)", "a DESC, b DESC"},
		{true, false, "(a,b) < ($3,$4)", "a DESC, b DESC"},
		{true, true, "(a,b) > ($3,$4)", "a, b"},
	} {
		p := Position{list: List{Columns: []string{"a", "b"}, Desc: c.desc}, keys: []any{"x", int64(1)}, before: c.before}
		where, args := p.Where(3)
		if where != c.where || p.Order() != c.order || !reflect.DeepEqual(args, []any{"x", int64(1)}) {
			t.Errorf("%+v: got %s, %s, %v", c, where, p.Order(), args)
		}
	}
	if where, args := (Position{}).Where(3); where != "1=1" || args != nil {
		t.Errorf("first page: %s %v", where, args)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]Count{0: {}, 999: {N: 999}, 1000: {N: 1000}, 1001: {N: 1000, Capped: true}} {
		if got := Counted(n, 1000); got != want {
			t.Errorf("%d: %+v", n, got)
		}
	}
	db := open(t)
	for i := range 9 {
		if _, err := db.Exec("INSERT INTO row VALUES ($1, $2)", "a", i); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := db.QueryRow(CountSQL("SELECT 1 FROM row WHERE name = $1", 5), "a").Scan(&n); err != nil || n != 6 {
		t.Fatalf("%d %v", n, err)
	}
}

func open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec("CREATE TABLE row (name TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (name, n))"); err != nil {
		t.Fatal(err)
	}
	return db
}

type row struct {
	name string
	n    int64
}

func fetch(t *rapid.T, db *sql.DB, list List, token string, size int) Page[row] {
	p, err := cursors.Read(list, token)
	if err != nil {
		t.Fatal(err)
	}
	where, args := p.Where(1)
	found, err := db.Query(fmt.Sprintf("SELECT name, n FROM row WHERE %s ORDER BY %s LIMIT %d", where, p.Order(), Limit(size)), args...)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var rows []row
	for found.Next() {
		var r row
		if err := found.Scan(&r.name, &r.n); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return Cut(cursors, p, rows, size, func(r row) []any { return []any{r.name, r.n} })
}

// Whatever the rows, the order and the size of a page: walking forward shows every row once, and walking back shows the same pages.
func TestWalkingThereAndBackShowsEveryRowOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	rapid.Check(t, func(t *rapid.T) {
		if _, err := db.Exec("DELETE FROM row"); err != nil {
			t.Fatal(err)
		}
		all := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) row {
			return row{rapid.SampledFrom([]string{"", "a", "b", "合", "'"}).Draw(t, "name"), rapid.Int64Range(-3, 12).Draw(t, "n")}
		}), 0, 30, rapid.ID[row]).Draw(t, "rows")
		for _, r := range all {
			if _, err := db.Exec("INSERT INTO row VALUES ($1,$2)", r.name, r.n); err != nil {
				t.Fatal(err)
			}
		}
		size := rapid.IntRange(1, 8).Draw(t, "size")
		list := List{Name: "rows", Columns: []string{"name", "n"}, Desc: rapid.Bool().Draw(t, "desc")}
		slices.SortFunc(all, func(a, b row) int {
			c := strings.Compare(a.name, b.name)
			if c == 0 {
				c = int(a.n - b.n)
			}
			if list.Desc {
				c = -c
			}
			return c
		})

		var pages []Page[row]
		var seen []row
		for token := ""; ; {
			p := fetch(t, db, list, token, size)
			pages, seen = append(pages, p), append(seen, p.Items...)
			if p.More != (p.Next != "") {
				t.Fatal("More and Next disagree")
			}
			if token = p.Next; token == "" {
				break
			}
		}
		if !slices.Equal(seen, all) {
			t.Fatalf("saw %v, want %v", seen, all)
		}
		if pages[0].Prev != "" {
			t.Fatal("something before the first page")
		}
		for i := len(pages) - 1; i > 0; i-- {
			back := fetch(t, db, list, pages[i].Prev, size)
			if !slices.Equal(back.Items, pages[i-1].Items) || !back.More {
				t.Fatalf("back from page %d: %v, want %v", i, back.Items, pages[i-1].Items)
			}
			if (back.Prev == "") != (i == 1) {
				t.Fatalf("page %d: wrong about what lies before", i-1)
			}
		}
	})
}

func TestRowsThatVanishLeaveAnEmptyPage(t *testing.T) {
	t.Parallel()
	p := Position{list: List{Columns: []string{"n"}}, keys: []any{int64(4)}}
	got := Cut(cursors, p, []int{}, 10, func(n int) []any { return []any{n} })
	if got.More || got.Next != "" || got.Prev != "" || len(got.Items) != 0 {
		t.Fatalf("%+v", got)
	}
}

func BenchmarkCut(b *testing.B) {
	rows := make([]row, 51)
	p := Position{list: people}
	b.ReportAllocs()
	for b.Loop() {
		Cut(cursors, p, rows, 50, func(r row) []any { return []any{r.name, r.n} })
	}
}
