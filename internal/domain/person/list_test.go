package person_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/pinyin"
	"zhidian/internal/testworld"
)

var (
	clerk     = authz.Role{Key: "clerk", Verbs: person.Verbs, Sees: authz.Sensitive}
	secretary = authz.Role{Key: "secretary", Verbs: []authz.Verb{person.Read}, Sees: authz.Personal}
	passer    = authz.Role{Key: "passer", Verbs: []authz.Verb{person.Read}, Sees: authz.Open}
	stranger  = authz.Role{Key: "stranger", Sees: authz.Sealed}
)

func (c *town) service() *person.Service {
	return &person.Service{DB: c.db, Keys: c.Keys, Cursors: page.NewCursors(make([]byte, 32))}
}

// walk reads all pages of a list forwards, goes back over them, and gives the rows.
func (c *town) walk(s *person.Service, by authz.Actor, f person.Filter) (all []person.Row) {
	c.t.Helper()
	var back []string
	for cursor := ""; ; {
		p, err := s.List(c.t.Context(), by, f, cursor)
		if err != nil {
			c.t.Fatalf("%+v: %v", f, err)
		}
		all = append(all, p.Items...)
		if cursor = p.Next; cursor == "" {
			last := len(p.Items)
			for p.Prev != "" {
				if p, err = s.List(c.t.Context(), by, f, p.Prev); err != nil {
					c.t.Fatal(err)
				}
				back = append(ids(p.Items), back...)
			}
			if !slices.Equal(back, ids(all[:len(all)-last])) {
				c.t.Errorf("%+v: back %v, forth %v", f, back, ids(all))
			}
			return all
		}
	}
}

func ids(rows []person.Row) (all []string) {
	for _, r := range rows {
		all = append(all, r.ID.String())
	}
	return all
}

// known is a person as the reference sees her.
type known struct {
	id   person.ID
	new  person.New
	path authz.Path
}

// crowd fills the city with people whose names meet in every way.
func (c *town) crowd(n int) (all []known) {
	c.t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	var homes []string
	for name := range c.Nodes {
		homes = append(homes, name)
	}
	slices.Sort(homes)
	news := make([]person.New, n)
	for i := range news {
		name := pick([]string{"王", "张", "单", "曾", "欧阳", "𠮷", "O'Brian ", "丽"}) + pick([]string{"丽", "重", "😀", "长", "行", "建"}) + pick([]string{"", "丽", "国", "_", "重"})
		news[i] = person.New{
			Home: c.home(pick(homes)), Name: name, Sex: pick([]string{"1", "2"}), Born: day.Must(fmt.Sprintf("%d-0%d-11", 1990+r.IntN(30), 1+r.IntN(9))),
			Phone: fmt.Sprintf("+86138000%05d", r.IntN(12)*1000+i%7),
		}
		if r.IntN(2) == 0 {
			news[i].Ties = []person.Tie{{Kind: person.Cadre, Unit: "x"}, {Kind: person.Cadre, Unit: "y"}}
		}
	}
	for i, id := range c.add(news...) {
		for _, node := range c.Nodes {
			if node.ID == news[i].Home {
				all = append(all, known{id, news[i], node.Path})
			}
		}
	}
	return all
}

func (k known) found(words string, f person.Filter, on day.Day) bool {
	s := person.Recognise(words)
	name := strings.ToLower(k.new.Name)
	ok := f.At.Covers(k.path) || f.At == ""
	if f.Sex != "" {
		ok = ok && k.new.Sex == f.Sex
	}
	if f.Tie != "" {
		ok = ok && len(k.new.Ties) > 0
	}
	if f.Ages.Key != "" {
		age := k.new.Born.Age(on, day.BirthdayCounts)
		ok = ok && age >= f.Ages.From && age <= f.Ages.To
	}
	switch s.By {
	case person.ByNothing:
		return ok
	case person.ByTail:
		return ok && strings.HasSuffix(k.new.Phone, s.Text)
	case person.ByPhone:
		return ok && k.new.Phone == s.Text
	case person.ByID:
		return ok && k.id.String() == s.Text
	case person.ByName:
		return ok && strings.Contains(name, strings.ToLower(s.Text))
	case person.ByInitials:
		return ok && slices.ContainsFunc(pinyin.Readings(k.new.Name), func(r pinyin.Reading) bool { return strings.HasPrefix(r.Initials, s.Text) })
	case person.ByPinyin:
		return ok && strings.HasPrefix(pinyin.Readings(k.new.Name)[0].Full, s.Text)
	}
	return false
}

// Every search, whichever way it goes and whatever the scope, gives exactly the people it should, each once; the count
// is the number of rows.
func TestListFindsExactlyWhoIsMeant(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		all := c.crowd(160)
		on := day.Of(c.db.Now(), cnZone)
		words := []string{
			"", "王", "丽", "丽丽", "王丽", "丽重", "重重", "𠮷", "😀", "_", "%", "王丽丽", "'brian", "O'Brian", "z", "zc", "zz", "c", "cz", "s", "sl", "w", "zhang", "wang",
			"wangl", "ouy", "oy", "shan", "1001", "2003", all[3].new.Phone, all[3].id.String(), "421202199901010009", "不在", "lili", "xx",
		}
		filters := []person.Filter{{}, {Sex: "1"}, {Tie: person.Cadre}, {Ages: person.Band{Key: "x", From: 14, To: 20}}, {At: c.Nodes["嘉鱼县"].Path, Sex: "2"}}
		for _, scope := range []string{"咸宁市", "咸安区", "咸安区甲镇一村"} {
			by := c.Actor(t, clerk, scope)
			for i, f := range filters {
				for k, w := range words {
					f.Words = w
					if (i+k)%3 != 0 && i > 0 {
						continue
					}
					f.Size = 7
					want := map[string]bool{}
					for _, x := range all {
						if c.Nodes[scope].Path.Covers(x.path) && x.found(f.Words, f, on) {
							want[x.id.String()] = true
						}
					}
					for _, throughTree := range []bool{true, false} {
						s := c.service()
						s.Both(throughTree)
						got := 0
						for _, r := range c.walk(s, by, f) {
							if strings.HasPrefix(r.Name, "雀") { // of the small city itself
								continue
							}
							if got++; !want[r.ID.String()] {
								t.Errorf("%s %+v, tree %v: %s is found once too often", scope, f, throughTree, r.Name)
							}
						}
						if got != len(want) {
							t.Errorf("%s %+v, tree %v: %d found, want %d", scope, f, throughTree, got, len(want))
						}
						_, n, err := s.ListCounted(t.Context(), by, f, "")
						limit := 200
						if f.Words != "" {
							limit = 50
						}
						if rows := len(c.walk(s, by, person.Filter{At: f.At, Tie: f.Tie, Sex: f.Sex, Ages: f.Ages, Words: f.Words, Size: 200})); err != nil || n != page.Counted(rows, limit) {
							t.Errorf("%s %+v: counted %+v, %d rows, %v", scope, f, n, rows, err)
						}
					}
				}
			}
		}
	})
}

func TestListMasksAndKeepsToTheScope(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s := c.service()
		own, other := testworld.Canary(c.City, "咸安区", 0), testworld.Canary(c.City, "嘉鱼县", 0)
		number, phone := testworld.CanaryID(c.City, 0, 0), testworld.CanaryPhone(c.City, 0, 0)
		for _, test := range []struct {
			role     authz.Role
			at       string
			words    string
			want     int
			name     bool
			phoneEnd string
		}{
			{clerk, "咸安区", "", 12, true, phone[len(phone)-4:]},
			{clerk, "咸安区", own, 1, true, phone[len(phone)-4:]},
			{clerk, "咸安区", other, 0, false, ""},
			{clerk, "咸安区", number, 1, true, phone[len(phone)-4:]},
			{clerk, "嘉鱼县", number, 0, false, ""},
			{clerk, "咸安区", phone, 1, true, phone[len(phone)-4:]},
			{clerk, "咸安区", phone[len(phone)-4:], 1, true, phone[len(phone)-4:]},
			{clerk, "咸安区", testworld.CanaryID(c.twin.City, 0, 0), 0, false, ""},
			{clerk, "咸安区", testworld.CanaryPhone(c.twin.City, 0, 0), 0, false, ""},
			{secretary, "咸安区", own, 1, true, ""},
			{secretary, "咸安区", number, 1, true, ""},
			{secretary, "咸安区", phone[len(phone)-4:], 0, false, ""},
			{passer, "咸安区", "", 12, false, ""},
			{passer, "咸安区", own, 0, false, ""},
			{passer, "咸安区", number, 0, false, ""},
			{passer, "咸安区", phone, 0, false, ""},
		} {
			by := c.Actor(t, test.role, test.at)
			rows := c.walk(s, by, person.Filter{Words: test.words})
			if len(rows) != test.want {
				t.Errorf("%s %q: %d rows, want %d", test.role.Key, test.words, len(rows), test.want)
			}
			for _, r := range rows {
				if r.ID == c.first(0) {
					if r.Name != own == test.name || r.PhoneTail != test.phoneEnd || (r.HomeName == "咸安区甲镇一村团支部") != test.name {
						t.Errorf("%s %q: %+v", test.role.Key, test.words, r)
					}
					if !test.name && (r.Name != cn.MaskName(own) || r.Year != 0 || !r.Born.IsZero()) {
						t.Errorf("%s sees %+v", test.role.Key, r)
					}
				}
			}
		}
		if _, err := s.List(t.Context(), c.Actor(t, stranger, "咸安区"), person.Filter{}, ""); errs.KindOf(err) != errs.Absent && errs.KindOf(err) != errs.Denied {
			t.Errorf("a stranger: %v", err)
		}
		p, err := s.List(t.Context(), c.Actor(t, clerk, "咸安区"), person.Filter{Size: 5}, "")
		if err != nil || p.Next == "" {
			t.Fatal(err)
		}
		if _, err := s.List(t.Context(), c.Actor(t, clerk, "嘉鱼县"), person.Filter{Size: 5}, p.Next); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a cursor of another scope: %v", err)
		}
	})
}
