package org_test

import (
	"errors"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

var today = day.Must("2026-06-24")

func TestCreate(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		by := w.actor("咸安区")
		by.Once = "k1"
		n := org.New{Kind: org.Company, Name: "砖茶厂", Parent: w.ids["咸安区甲镇"], Codes: []org.Code{{Scheme: "credit", Code: "914212020000000197", From: today}}}
		first, err := w.s.Create(t.Context(), by, n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.s.Create(t.Context(), by, n)
		if err != nil || again.ID != first.ID {
			t.Errorf("sent twice: %v, %v", again, err)
		}
		by.Once = ""
		n.Name = "冒名厂"
		_, err = w.s.Create(t.Context(), by, n)
		wantKey(t, err, "org.code_taken")
		for name, c := range map[string]struct {
			n   org.New
			key string
		}{
			"no name":               {org.New{Kind: org.Company, Parent: w.ids["咸安区"]}, "field.required"},
			"village below county":  {org.New{Kind: org.Village, Name: "村", Parent: w.ids["咸安区"]}, "org.cannot_hold"},
			"school below a branch": {org.New{Kind: org.School, Name: "校", Parent: w.ids["咸安区一中团支部"]}, "org.cannot_hold"},
			"out of scope":          {org.New{Kind: org.School, Name: "校", Parent: w.ids["嘉鱼县"]}, "errs.absent"},
		} {
			_, err := w.s.Create(t.Context(), by, c.n)
			if key := errs.KeyOf(err); key != c.key && (len(errs.ProblemsOf(err)) == 0 || errs.ProblemsOf(err)[0].Key != c.key) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestRenameKeepsTheOldNameFindable(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		newWorld(t, db, twin)
		by := w.actor("咸安区")
		if err := w.s.Rename(t.Context(), by, w.ids["咸安区一中"], "咸宁高级中学", "更名"); err != nil {
			t.Fatal(err)
		}
		for words, want := range map[string]int{"咸安区一中": 2, "高级": 1, "xngjzx": 1, "xianninggaoji": 1, "100%": 0, "": 0, "嘉鱼": 0} {
			w.read(func(q *sqldb.Rx) error {
				found, err := org.Search(q, by.Scope(org.Read), words)
				if err != nil || len(found) != want {
					t.Errorf("%q: %d found, want %d, %v", words, len(found), want, err)
				}
				return nil
			})
		}
		if _, err := w.s.Create(t.Context(), by, org.New{Kind: org.School, Name: "牌洲湾中学", Parent: w.ids["咸安区"]}); err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"簰洲湾", "牌洲湾", "paizhouwan"} { // statistics and people write it differently
			w.read(func(q *sqldb.Rx) error {
				found, err := org.Search(q, by.Scope(org.Read), words)
				if err != nil || len(found) != 1 {
					t.Errorf("%q: %v %v", words, found, err)
				}
				return nil
			})
		}
		wantProblem(t, w.s.Rename(t.Context(), by, w.ids["咸安区一中"], "", ""), "field.required")
	})
}

func wantProblem(t testing.TB, err error, key string) {
	t.Helper()
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v, want problem %s", err, key)
}

func TestMergeHangsTheChildrenOver(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		by := w.actor("咸宁市")
		if err := w.s.Merge(t.Context(), by, w.ids["咸安区甲镇"], w.ids["咸安区乙镇"], today, "撤并"); err != nil {
			t.Fatal(err)
		}
		checkTree(t, w.all())
		old := w.node("咸安区甲镇")
		if old.IsOpen() || old.MergedTo != w.ids["咸安区乙镇"] || w.node("咸安区甲镇一村").Parent != w.ids["咸安区乙镇"] {
			t.Errorf("%+v", old)
		}
		wantKey(t, w.s.Merge(t.Context(), by, w.ids["咸安区甲镇"], w.ids["咸安区乙镇"], today, ""), "org.closed_already")
		wantKey(t, w.s.Merge(t.Context(), by, w.ids["咸安区乙镇"], w.ids["咸安区甲镇"], today, ""), "org.cannot_merge")
		wantKey(t, w.s.Merge(t.Context(), by, w.ids["咸安区"], w.ids["咸安区乙镇"], today, ""), "org.cannot_merge")
		wantKey(t, w.s.Merge(t.Context(), by, w.ids["咸安区一中"], w.ids["咸安区一中团支部"], today, ""), "org.cannot_merge")
		wantKey(t, w.s.Merge(t.Context(), by, w.ids["咸安区乙镇"], w.ids["咸安区一中"], today, ""), "org.cannot_hold")
		if err := w.s.Merge(t.Context(), w.actor("咸安区"), w.ids["咸安区乙镇"], w.ids["嘉鱼县甲镇"], today, ""); !errors.Is(err, errs.New(errs.Absent, "errs.absent", nil)) {
			t.Errorf("merged into another county: %v", err)
		}
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		by := w.actor("咸宁市")
		wantKey(t, w.s.Close(t.Context(), by, w.ids["咸安区一中"], today, "撤销"), "org.has_open_children")
		if err := w.s.Close(t.Context(), by, w.ids["咸安区一中团支部"], today, "撤销"); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Close(t.Context(), by, w.ids["咸安区一中"], today, "撤销"); err != nil {
			t.Fatal(err)
		}
		wantKey(t, w.s.Close(t.Context(), by, w.ids["咸安区一中"], today, ""), "org.closed_already")
		_, err := w.s.Create(t.Context(), by, org.New{Kind: org.LeagueBranch, Name: "支部", Parent: w.ids["咸安区一中"]})
		wantProblem(t, err, "org.parent_closed")
		w.read(func(q *sqldb.Rx) error {
			all, err := org.Tallies(q, authz.Scope{Paths: []authz.Path{w.node("咸安区").Path}})
			want := map[org.Kind]int64{org.County: 1, org.Township: 2, org.Village: 4}
			for _, x := range all {
				if want[x.Kind] != x.N {
					t.Errorf("%s: %d", x.Kind, x.N)
				}
			}
			if n, err := org.Below(q, w.node("咸安区").Path); err != nil || n != 6 {
				t.Errorf("%d below, %v", n, err)
			}
			return err
		})
	})
}

func TestBoundary(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		o := org.Outline{Org: w.ids["咸安区"], GeoJSON: `{"type":"Polygon","coordinates":[]}`, CRS: "gcj02", Origin: "示意", Schematic: true}
		for range 2 {
			if err := w.s.SetBoundary(t.Context(), w.actor("咸安区"), o); err != nil {
				t.Fatal(err)
			}
		}
		wantKey(t, w.s.SetBoundary(t.Context(), w.actor("嘉鱼县"), o), "errs.absent")
		w.read(func(q *sqldb.Rx) error {
			all, err := org.Boundaries(q, authz.Scope{All: true}, org.County)
			if err != nil || len(all) != 1 || all[0] != o {
				t.Errorf("%v, %v", all, err)
			}
			all, err = org.Boundaries(q, w.actor("嘉鱼县").Scope(org.Read))
			if err != nil || len(all) != 0 {
				t.Errorf("another county's: %v, %v", all, err)
			}
			return nil
		})
	})
}

func TestInside(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		newWorld(t, db, twin)
		for name, c := range map[string]struct {
			in   authz.Scope
			want int
		}{
			"all": {authz.Scope{All: true}, 2}, "none": {authz.Scope{}, 0}, "one county": {w.actor("咸安区").Scope(org.Read), 1},
			"both": {w.actor("咸安区", "嘉鱼县").Scope(org.Read), 2},
		} {
			var where sqldb.Where
			where.And("o.city = $1").And("o.kind = ?", "county")
			org.Inside(&where, c.in, "o.id")
			w.read(func(q *sqldb.Rx) error {
				var n int
				if err := q.Row(`SELECT COUNT(*) FROM org o WHERE `+where.SQL(), where.Args()...).Scan(&n); err != nil || n != c.want {
					t.Errorf("%s: %d, %v", name, n, err)
				}
				return nil
			})
		}
	})
}

// Of organisations founded at once under the same code one is.
func TestRacingCodes(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w := newWorld(t, first, city)
		by := w.actor("咸安区")
		all := sqldbtest.Race(6, func(i int) error {
			db := []*sqldb.DB{first, second}[i%2]
			s := org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}
			_, err := s.Create(t.Context(), by, org.New{Kind: org.Company, Name: "砖茶厂", Parent: w.ids["咸安区"], Codes: []org.Code{{Scheme: "credit", Code: "914212020000000197", From: today}}})
			return err
		})
		for _, err := range all {
			if err != nil {
				wantKey(t, err, "org.code_taken")
			}
		}
		if n := sqldbtest.Won(all); n != 1 {
			t.Errorf("%d were founded: %v", n, all)
		}
	})
}
