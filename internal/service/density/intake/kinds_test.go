package intake_test

import (
	"slices"
	"testing"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density/intake"
)

// cadres are the officers among the members, as a register of their own.
func cadres(members demo.Table) demo.Table {
	t := demo.Table{Kind: "cadres", Name: "团干部名册", File: "团干部名册", AsOf: members.AsOf, Head: []string{"姓名", "身份证号", "手机", "所在团组织", "团内职务", "学历"}}
	at := func(head string) int { return slices.Index(members.Head, head) }
	for _, r := range members.Rows {
		if r[at("团内职务")] != "" {
			t.Rows = append(t.Rows, []string{r[at("姓名")], r[at("身份证号码")], r[at("手机号码")], r[at("所在团支部")], "支部副书记", r[at("学历")]})
		}
	}
	return t
}

// Each kind of file is taken in fresh, changed by the next one, set back by an undo, and taken in again as before it.
func TestEachKindFreshChangedGoneUndoneAndAgain(t *testing.T) {
	t.Parallel()
	const size = 0.003
	plus := func(s string) string { return s + "1" }
	east := func(string) string { return "114.400000" }
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", size)
		all := w.city.Members(size, asOf, 1)
		for _, c := range []struct{ first, second demo.Table }{
			{w.city.Companies(asOf), cut(change(w.city.Companies(asOf), "经度", 2, east), 3)},
			{w.city.Schools(asOf), change(w.city.Schools(asOf), "学校名称", 2, plus)},
			{w.city.Branches(asOf), cut(w.city.Branches(asOf), 7)},
			{all, cut(change(all, "学历", 3, func(string) string { return "大专" }), 5)},
			{cadres(all), cut(change(cadres(all), "团内职务", 3, func(string) string { return "组织委员" }), 4)},
			{w.city.Youth(size, asOf, 0), cut(change(w.city.Youth(size, asOf, 0), "14-17岁", 4, plus), 30)},
			{w.city.Sites(size, asOf), cut(change(w.city.Sites(size, asOf), "可容纳人数", 2, plus), 3)},
		} {
			kind := c.first.Kind
			if r := w.load(t, c.first, ".csv"); r.Counts.Bad != 0 || kind != "cadres" && r.Counts.Fresh != int64(len(c.first.Rows)) {
				t.Errorf("%s: %+v of %d", kind, r.Counts, len(c.first.Rows))
			}
			was := withoutSources(visible(t, db, "xn"))
			r := w.load(t, c.second, ".csv")
			if r.Counts.Changed+r.Counts.Gone == 0 || kind != "schools" && r.Counts.Gone == 0 || kind != "league_orgs" && r.Counts.Changed == 0 {
				t.Errorf("%s: the second file: %+v", kind, r.Counts)
			}
			now := withoutSources(visible(t, db, "xn"))
			if now == was {
				t.Errorf("%s: the second file changes nothing", kind)
			}
			for range 2 {
				if _, err := w.TakeBack(t.Context(), w.by, w.latest(t, c.second.Name)); err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				if back := withoutSources(visible(t, db, "xn")); back != was {
					t.Errorf("%s: undone, it is not as before:\n%s", kind, difference(was, back))
				}
				if again := w.load(t, c.second, ".csv"); again.Counts.Fresh != r.Counts.Fresh || again.Counts.Changed != r.Counts.Changed || again.Counts.Gone != r.Counts.Gone {
					t.Errorf("%s: after the undo the same file is %+v, was %+v", kind, again.Counts, r.Counts)
				}
				if again := withoutSources(visible(t, db, "xn")); again != now {
					t.Errorf("%s: taken in again, it is otherwise:\n%s", kind, difference(now, again))
				}
			}
			if _, err := w.TakeBack(t.Context(), w.by, w.latest(t, c.second.Name)); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
		}
	})
}

// What somebody has edited since an import stays when it is undone, and is listed; everything else is set back.
func TestUndoListsLaterEdits(t *testing.T) {
	t.Parallel()
	const size = 0.003
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", size)
		for _, x := range w.tables()[:4] {
			w.load(t, x, ".csv")
		}
		schools := change(w.city.Schools(asOf), "学校名称", 2, func(s string) string { return s + "新校" })
		w.load(t, schools, ".csv")
		renamed := w.named(t, schools.Rows[0][0])
		orgs := &org.Service{DB: db, Serials: w.Serials}
		if err := orgs.Rename(t.Context(), w.by, renamed, "亲手改的校名", "校名更正"); err != nil {
			t.Fatal(err)
		}
		left, err := w.TakeBack(t.Context(), w.by, w.latest(t, schools.Name))
		if err != nil || !slices.Equal(left.EditedOrgs, []org.ID{renamed}) || len(left.Orgs) != 0 {
			t.Fatalf("kept %+v, wanted %s: %v", left, renamed, err)
		}
		if w.named(t, "亲手改的校名") != renamed || left.Fields != int64((len(schools.Rows)+1)/2-1) {
			t.Errorf("%d fields were set back", left.Fields)
		}

		members := change(w.city.Members(size, asOf, 0), "学历", 2, func(string) string { return "大专" })
		w.load(t, members, ".csv")
		number := members.Rows[0][slices.Index(members.Head, "身份证号码")]
		var known map[string]*person.Known
		if err := db.Read(t.Context(), "xn", func(q *sqldb.Rx) (err error) {
			known, err = person.Match(q, w.Keys, person.ResidentID, []string{number})
			return err
		}); err != nil || known[number] == nil {
			t.Fatalf("%v %v", known, err)
		}
		edited := known[number].ID
		if err := db.Write(t.Context(), w.by, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`UPDATE person SET education = '10' WHERE city = $1 AND id = $2`, edited); err != nil {
				return err
			}
			return tx.Record(intake.Apply, "", act.Change{})
		}); err != nil {
			t.Fatal(err)
		}
		left, err = w.TakeBack(t.Context(), w.by, w.latest(t, members.Name))
		if err != nil || !slices.Equal(left.EditedPersons, []person.ID{edited}) || len(left.Persons) != 0 {
			t.Errorf("kept %+v, wanted %s: %v", left, edited, err)
		}
	})
}

// named finds an organisation by its name.
func (w *world) named(t testing.TB, name string) (found org.ID) {
	t.Helper()
	err := w.DB.Read(t.Context(), w.by.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT o.id FROM org o WHERE o.city = $1 AND o.name = $2 AND `+org.Live, name).Scan(&found)
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return found
}
