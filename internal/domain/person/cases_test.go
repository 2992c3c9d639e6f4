package person_test

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/testworld"
)

func (c *town) view(s *person.Service, by authz.Actor, id person.ID) person.Dossier {
	c.t.Helper()
	d, err := s.View(c.t.Context(), by, id)
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

func wantKind(t *testing.T, what string, err error, kind errs.Kind) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func TestEnterAndChange(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx := c.service(), t.Context()
		home := c.home("咸安区甲镇一村团支部")
		by := c.Actor(t, clerk, "咸安区")
		for name, f := range map[string]person.Facts{
			"empty": {Name: " 　"}, "5,000 characters": {Name: strings.Repeat("长", 5000)}, "control": {Name: "张\x07三"}, "sex": {Name: "张三", Sex: "7"},
			"to be born": {Name: "张三", Born: day.Must("2190-01-01")}, "phone": {Name: "张三", Phone: "0715-8123456"}, "ethnicity": {Name: "张三", Ethnicity: "xx"},
		} {
			_, err := s.Enter(ctx, by, home, f, nil)
			wantKind(t, name, err, errs.Invalid)
		}
		_, err := s.Enter(ctx, by, home, person.Facts{Name: "张三"}, []person.Paper{{Kind: person.ResidentID, Number: "421202199901010000"}})
		wantKind(t, "wrong number", err, errs.Invalid)
		_, err = s.Enter(ctx, by, home, person.Facts{Name: "张三"}, []person.Paper{{Kind: person.ResidentID, Number: testworld.CanaryID(c.City, 1, 1)}})
		wantKind(t, "another's number", err, errs.Conflict)
		_, err = s.Enter(ctx, by, c.home("嘉鱼县甲镇一村"), person.Facts{Name: "张三"}, nil)
		wantKind(t, "another county", err, errs.Absent)

		by.Once = "once"
		var made []person.ID
		for range 2 {
			id, err := s.Enter(ctx, by, home, person.Facts{Name: "𠮷野 😀", Sex: "2", Born: day.Must("2000-02-29"), Phone: "138 0000 9999"}, []person.Paper{{Kind: person.StudentID, Number: "g11010519491231002x"}})
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, id)
		}
		if made[0] != made[1] {
			t.Error("sent twice, entered twice")
		}
		by.Once = ""
		d := c.view(s, by, made[0])
		if d.Name != "𠮷野 😀" || d.Phone != "138****9999" || len(d.Papers) != 1 || strings.Contains(d.Papers[0].Masked, "1949") || d.Home.ID != home {
			t.Fatalf("%+v", d)
		}
		f := person.Facts{Name: "吉野", Sex: "2", Born: day.Must("2000-02-29"), NoPhone: true, Standing: "03"}
		if err := s.Change(ctx, by, made[0], d.Version, f); err != nil {
			t.Fatal(err)
		}
		wantKind(t, "a stale form", s.Change(ctx, by, made[0], d.Version, f), errs.Conflict)
		now := c.view(s, by, made[0])
		if now.Name != "吉野" || now.Phone != "" || now.PhoneTail != "" || now.Standing != "03" {
			t.Errorf("%+v", now)
		}
		c.read(c.City, func(q *sqldb.Rx) error {
			changes, err := sqldb.All(q, func(s sqldb.Scan) (change string, err error) { return change, s(&change) },
				`SELECT c.change FROM act a JOIN act_content c ON c.city = a.city AND c.act = a.id WHERE a.city = $1 AND a.subject = $2 ORDER BY a.id`, made[0])
			if got := strings.Join(changes, " "); got != `{"home":"`+home.String()+`","papers":1} {"fields":["name","standing","phone"]}` {
				t.Errorf("the log of acts was told %s", got)
			}
			return err
		})
		if rows := c.walk(s, by, person.Filter{Words: "吉野"}); len(rows) != 1 || len(c.walk(s, by, person.Filter{Words: "𠮷"})) != 0 || len(c.walk(s, by, person.Filter{Words: "9999"})) != 0 {
			t.Error("found by what she was, or not by what she is")
		}
		if err := s.AddPaper(ctx, by, made[0], person.Paper{Kind: person.LeagueNumber, Number: "201800000009"}); err != nil {
			t.Error(err)
		}
		wantKind(t, "the same kind again", s.AddPaper(ctx, by, made[0], person.Paper{Kind: person.LeagueNumber, Number: "201800000010"}), errs.Conflict)
		wantKind(t, "rehome out of scope", s.Rehome(ctx, by, made[0], c.home("嘉鱼县"), "搬家"), errs.Absent)
		if err := s.Rehome(ctx, by, made[0], c.home("咸安区乙镇一村"), "搬家"); err != nil {
			t.Error(err)
		}
		for what, err := range map[string]error{
			"change": s.Change(ctx, c.Actor(t, clerk, "嘉鱼县"), made[0], 1, f), "paper": s.AddPaper(ctx, c.Actor(t, clerk, "嘉鱼县"), made[0], person.Paper{Kind: person.LeagueNumber, Number: "201800000010"}),
		} {
			wantKind(t, what, err, errs.Absent)
		}
		wantKind(t, "a secretary's change", s.Change(ctx, c.Actor(t, secretary, "咸安区"), made[0], 1, f), errs.Denied)
	})
}

func TestUnmaskIsNotedBeforeItIsShown(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx, by := c.service(), t.Context(), c.Actor(t, clerk, "咸安区")
		_, err := s.Unmask(ctx, by, c.first(0), person.ResidentID, " 看看 ")
		wantKind(t, "a short reason", err, errs.Invalid)
		_, err = s.Unmask(ctx, c.Actor(t, secretary, "咸安区"), c.first(0), person.ResidentID, "办理团籍")
		wantKind(t, "a secretary", err, errs.Denied)
		_, err = s.Unmask(ctx, c.Actor(t, clerk, "嘉鱼县"), c.first(0), person.ResidentID, "办理团籍")
		wantKind(t, "another county", err, errs.Absent)
		_, err = s.Unmask(ctx, by, c.first(0), person.Passport, "办理团籍")
		wantKind(t, "none such", err, errs.Absent)
		notes := func() (n int) {
			c.read(c.City, func(q *sqldb.Rx) error {
				return q.Row(`SELECT COUNT(*) FROM act WHERE city = $1 AND verb = 'person.reveal' AND subject = $2`, c.first(0)).Scan(&n)
			})
			return n
		}
		if notes() != 0 {
			t.Error("noted, though nothing was shown")
		}
		got, err := s.Unmask(ctx, by, c.first(0), person.ResidentID, "办理团籍")
		if err != nil || got.Number != testworld.CanaryID(c.City, 0, 0) || notes() != 1 {
			t.Errorf("%+v, %v, %d notes", got, err, notes())
		}
		got, err = s.Unmask(ctx, by, c.first(0), person.PhoneNumber, "办理团籍")
		if err != nil || got.Number != testworld.CanaryPhone(c.City, 0, 0) || notes() != 2 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestViewShowsEachRoleItsPart(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s := c.service()
		full := c.view(s, c.Actor(t, clerk, "咸安区"), c.first(0))
		if full.Name != testworld.Canary(c.City, "咸安区", 0) || len(full.Ties) != 2 || full.Ties[0].OrgName == "" || len(full.Papers) != 1 || full.Phone == "" {
			t.Errorf("a clerk sees %+v", full)
		}
		some := c.view(s, c.Actor(t, secretary, "咸安区"), c.first(0))
		if some.Name != full.Name || some.Phone != "" || some.PhoneTail != "" || len(some.Papers) != 0 || len(some.Ties) != 2 {
			t.Errorf("a secretary sees %+v", some)
		}
		few := c.view(s, c.Actor(t, passer, "咸安区"), c.first(0))
		if few.Name == full.Name || !few.Born.IsZero() || len(few.Ties) != 0 || few.PhoneTail != "" {
			t.Errorf("a passer-by sees %+v", few)
		}
		child := c.add(person.New{Home: c.home("咸安区甲镇一村"), Name: "小明", Born: day.Of(c.db.Now(), cnZone).AddMonths(-12 * 14)})[0]
		if d := c.view(s, c.Actor(t, secretary, "咸安区"), child); !d.IsChild || d.Name == "小明" || !d.Born.IsZero() {
			t.Errorf("on the 14th birthday a secretary sees %+v", d)
		}
		_, err := s.View(t.Context(), c.Actor(t, clerk, "嘉鱼县"), c.first(0))
		wantKind(t, "another county", err, errs.Absent)
		_, err = s.View(t.Context(), c.Actor(t, clerk, "咸安区"), c.twin.People[testworld.Canary(c.twin.City, "咸安区", 0)])
		wantKind(t, "the twin's", err, errs.Absent)
	})
}

// Whatever is joined and parted in whatever order, those stand for themselves who were not joined or were parted since, and
// nobody ends in a circle.
func TestJoinAndPartInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, by := c.service(), c.Actor(t, clerk, "咸宁市")
		before := c.rows(c.City)
		rapid.Check(t, func(r *rapid.T) {
			into := map[person.ID]person.ID{}
			five := []person.ID{c.first(0), c.first(1), c.first(2), c.first(3), c.first(4)}
			for range rapid.IntRange(0, 12).Draw(r, "steps") {
				a, b := rapid.SampledFrom(five).Draw(r, "a"), rapid.SampledFrom(five).Draw(r, "b")
				if rapid.Bool().Draw(r, "join") {
					err := s.Join(t.Context(), by, a, b, "同一人")
					fits := a != b && into[a] == "" && into[b] == ""
					if (err == nil) != fits {
						r.Fatalf("join %v: %v, want %v", into, err, fits)
					}
					if fits {
						into[a] = b
					}
				} else {
					err := s.Part(t.Context(), by, a, "认错了")
					if (err == nil) != (into[a] != "") {
						r.Fatalf("part: %v", err)
					}
					delete(into, a)
				}
			}
			live := 0
			for _, id := range five {
				root := id
				for into[root] != "" {
					root = into[root]
				}
				if got := c.find(id).ID; got != root {
					r.Fatalf("%s is given as %s, want %s", id, got, root)
				}
				if root == id {
					live++
				}
			}
			if rows := c.walk(s, by, person.Filter{At: c.Nodes["咸安区"].Path}); len(rows) != 12-5+live {
				r.Fatalf("%d listed, want %d", len(rows), 12-5+live)
			}
			for len(into) > 0 { // a row may be parted whatever was joined to it
				for _, id := range five {
					if into[id] != "" {
						if err := s.Part(t.Context(), by, id, "复原"); err != nil {
							r.Fatal(err)
						}
						delete(into, id)
					}
				}
			}
		})
		after := c.rows(c.City)
		delete(after, "person_merge")
		for table, rows := range after {
			if rows != before[table] {
				t.Errorf("%s is not as before", table)
			}
		}
	})
}

func TestJoinedPapersAreFoundUnderTheOneWhoStands(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx, by := c.service(), t.Context(), c.Actor(t, clerk, "咸安区")
		if err := s.Join(ctx, by, c.first(0), c.first(1), "同一人两次录入"); err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{testworld.CanaryID(c.City, 0, 0), testworld.CanaryID(c.City, 0, 1), testworld.CanaryPhone(c.City, 0, 0), c.first(0).String()} {
			if rows := c.walk(s, by, person.Filter{Words: words}); len(rows) != 1 || rows[0].ID != c.first(1) {
				t.Errorf("%s: %+v", words, rows)
			}
		}
		d := c.view(s, by, c.first(0))
		if d.ID != c.first(1) || len(d.Papers) != 2 || len(d.Merged) != 1 || d.Merged[0].From != c.first(0) || len(d.Ties) != 4 {
			t.Errorf("%+v", d)
		}
		wantKind(t, "a circle", s.Join(ctx, by, c.first(1), c.first(0), "反过来"), errs.Conflict)
		wantKind(t, "again", s.Join(ctx, by, c.first(0), c.first(2), "再来"), errs.Conflict)
		other := c.People[testworld.Canary(c.City, "嘉鱼县", 0)]
		wantKind(t, "another county's", s.Join(ctx, by, c.first(2), other, "不归我管"), errs.Absent)
		wantKind(t, "without a reason", s.Join(ctx, by, c.first(2), c.first(3), " "), errs.Invalid)
	})
}

func TestOfTwoWhoJoinCrosswiseOneIsTold(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, by := c.service(), c.Actor(t, clerk, "咸安区")
		for range 10 {
			var wg sync.WaitGroup
			var failed [2]error
			for i := range 2 {
				wg.Go(func() { failed[i] = s.Join(t.Context(), by, c.first(i), c.first(1-i), "同时") })
			}
			wg.Wait()
			if (failed[0] == nil) == (failed[1] == nil) {
				t.Fatalf("%v, %v", failed[0], failed[1])
			}
			if err := s.Part(t.Context(), by, c.first(slices.Index(failed[:], nil)), "复原"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAlikeAndDoubles(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, by := c.service(), c.Actor(t, clerk, "咸安区")
		born := day.Must("1999-01-01")
		home := c.home("咸安区甲镇一村")
		all := c.add(
			person.New{Home: home, Name: "张三", Born: born, Phone: "+8613800001111", Papers: []person.Paper{{Kind: person.ResidentID, Number: "421202199901010009"}}},
			person.New{Home: c.home("咸安区乙镇"), Name: "张三", Born: born},
			person.New{Home: home, Name: "张散", Phone: "+8613800001111"},
			person.New{Home: home, Name: "章三", Papers: []person.Paper{{Kind: person.ResidentID, Number: "421202199901010019"}}},
			person.New{Home: c.home("嘉鱼县"), Name: "张三", Born: born},
			person.New{Home: home, Name: "张三", Born: born.AddDays(1)},
		)
		found, err := s.Alike(t.Context(), by, all[0])
		if err != nil {
			t.Fatal(err)
		}
		got := map[person.ID]string{}
		for _, l := range found {
			got[l.ID] = strings.Join(l.Why, " ")
		}
		if len(got) != 3 || got[all[1]] != person.SameNameAndBirth || got[all[2]] != person.SamePhone || got[all[3]] != person.OneDigitApart {
			t.Errorf("%v", got)
		}
		pairs, err := s.Doubles(t.Context(), by, 50)
		if err != nil || len(pairs) != 1 || pairs[0][0].Name != "张三" || pairs[0][1].Name != "张三" || pairs[0][0].ID == pairs[0][1].ID {
			t.Errorf("%+v, %v", pairs, err)
		}
	})
}

func TestWhoSpeaksForAChild(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx, by := c.service(), t.Context(), c.Actor(t, clerk, "咸安区")
		home := c.home("咸安区甲镇一村")
		all := c.add(
			person.New{Home: home, Name: "小明", Born: day.Must("2012-03-01")}, person.New{Home: home, Name: "小明妈", Born: day.Must("1985-01-01")},
			person.New{Home: home, Name: "小明爸"}, person.New{Home: home, Name: "小红", Born: day.Must("2013-01-01")},
		)
		child, mother, father := all[0], all[1], all[2]
		for what, g := range map[string]person.Guardianship{
			"herself": {Child: child, Adult: child, Relation: "5", From: day.Must("2020-01-01")}, "no relation": {Child: child, Adult: mother, From: day.Must("2020-01-01")},
			"no day": {Child: child, Adult: mother, Relation: "5"}, "backwards": {Child: child, Adult: mother, Relation: "5", From: day.Must("2020-01-01"), Until: day.Must("2019-01-01")},
			"a child for a child": {Child: child, Adult: all[3], Relation: "7", From: day.Must("2020-01-01")}, "a grown child": {Child: mother, Adult: father, Relation: "5", From: day.Must("2020-01-01")},
		} {
			_, err := s.Entrust(ctx, by, g)
			wantKind(t, what, err, errs.Invalid)
		}
		first, err := s.Entrust(ctx, by, person.Guardianship{Child: child, Adult: mother, Relation: "5", Proof: "doc", From: day.Must("2012-03-01")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Entrust(ctx, by, person.Guardianship{Child: child, Adult: mother, Relation: "5", From: day.Must("2012-03-01")})
		wantKind(t, "twice", err, errs.Conflict)
		may := func(adult person.ID, on string) (may bool) {
			c.read(c.City, func(q *sqldb.Rx) (err error) {
				may, err = person.MaySpeakFor(q, adult, child, day.Must(on))
				return err
			})
			return may
		}
		for _, test := range []struct {
			who  person.ID
			on   string
			want bool
		}{
			{mother, "2012-02-29", false},
			{mother, "2026-03-01", true},
			{child, "2026-03-01", false}, // on the 14th birthday still under 14
			{child, "2026-03-02", true},
			{mother, "2026-03-02", true},
			{mother, "2030-03-01", true},
			{mother, "2030-03-02", false}, // grown up
			{child, "2030-03-02", true},
			{father, "2026-01-01", false},
			{all[3], "2026-01-01", false},
		} {
			if got := may(test.who, test.on); got != test.want {
				t.Errorf("%s on %s: %v", test.who, test.on, got)
			}
		}
		if err := s.Join(ctx, by, mother, father, "实为一人"); err != nil {
			t.Fatal(err)
		}
		if !may(father, "2026-01-01") {
			t.Error("a guardian who was merged does not speak any more")
		}
		if d := c.view(s, by, child); len(d.Guardians) != 1 || d.Guardians[0].Proof != "doc" || len(c.view(s, by, father).Wards) != 1 {
			t.Errorf("%+v", d.Guardians)
		}
		if err := s.Relieve(ctx, by, first, 0, true, "法院裁定"); err != nil || may(father, "2026-01-01") {
			t.Errorf("restricted by a court: %v", err)
		}
		if err := s.Relieve(ctx, by, first, day.Must("2025-01-01"), false, "变更监护"); err != nil || may(father, "2026-01-01") || !may(father, "2024-01-01") {
			t.Errorf("ended: %v", err)
		}
		wantKind(t, "another county", s.Relieve(ctx, c.Actor(t, clerk, "嘉鱼县"), first, 0, false, ""), errs.Absent)
	})
}

func TestConsentAndOwnData(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s, ctx := c.service(), t.Context()
		me := authz.Actor{City: c.City, User: "u-public", Person: c.first(0).String()}
		holds := func(purpose string) (yes bool) {
			c.read(c.City, func(q *sqldb.Rx) (err error) {
				yes, err = person.Consented(q, c.first(0), purpose)
				return err
			})
			return yes
		}
		if err := s.Consent(ctx, me, c.first(0), c.first(0), "density", "2026-1"); err != nil || !holds("density") || holds("other") {
			t.Fatalf("%v", err)
		}
		wantKind(t, "for a stranger", s.Consent(ctx, me, c.first(1), c.first(0), "density", "2026-1"), errs.Absent)
		wantKind(t, "a stranger withdraws", s.Withdraw(ctx, authz.Actor{City: c.City, User: "u", Person: c.first(1).String()}, c.first(0), "density"), errs.Absent)
		if err := s.Withdraw(ctx, me, c.first(0), "density"); err != nil || holds("density") {
			t.Errorf("%v", err)
		}
		wantKind(t, "twice", s.Withdraw(ctx, me, c.first(0), "density"), errs.Conflict)
		if err := s.Consent(ctx, c.Actor(t, clerk, "咸安区"), c.first(0), c.first(0), "density", "2026-2"); err != nil || !holds("density") {
			t.Errorf("signed on paper: %v", err)
		}
		m, err := s.OfMine(ctx, me, "", true)
		if err != nil || m.Name != testworld.Canary(c.City, "咸安区", 0) || len(m.Numbers) != 1 || m.Numbers[0].Number != testworld.CanaryID(c.City, 0, 0) ||
			m.Tel != testworld.CanaryPhone(c.City, 0, 0) || len(m.Consents) != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		_, err = s.OfMine(ctx, authz.Actor{City: c.City, User: "u"}, "", false)
		wantKind(t, "not linked", err, errs.Absent)
	})
}

func TestSheetHoldsTheListAndIsNoted(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s := c.service()
		for _, test := range []struct {
			role authz.Role
			sees bool
		}{{clerk, false}, {authz.Role{Key: "sealed", Verbs: person.Verbs, Sees: authz.Sealed}, true}} {
			var file bytes.Buffer
			n, err := s.Sheet(t.Context(), c.Actor(t, test.role, "咸安区"), person.Filter{}, &file, person.Words{Sheet: "人员", Columns: [8]string{"姓名", "性别", "出生", "单位", "面貌", "电话", "身份证号", "编号"}, Lang: "zh-CN"})
			if err != nil || n != 12 {
				t.Fatalf("%d, %v", n, err)
			}
			text := unzip(t, file.Bytes())
			if !strings.Contains(text, testworld.Canary(c.City, "咸安区", 3)) || strings.Contains(text, testworld.Canary(c.City, "嘉鱼县", 3)) {
				t.Error("the wrong people")
			}
			if strings.Contains(text, testworld.CanaryID(c.City, 0, 3)) != test.sees {
				t.Errorf("%s: ID number in the clear is not %v", test.role.Key, test.sees)
			}
		}
		_, err := s.Sheet(t.Context(), c.Actor(t, secretary, "咸安区"), person.Filter{}, &bytes.Buffer{}, person.Words{})
		if err == nil {
			t.Error("a secretary exports")
		}
	})
}
