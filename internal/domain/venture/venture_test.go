package venture_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/testworld"
)

func TestIndustriesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"C": "C", "c1530": "C1530", " 1530 ": "C1530", "C 15": "C15", "397": "C397", "A01": "A01", "5292": "F5292", "T97": "T97", "9021": "R9021",
		"": "", "C1": "", "15300": "", "U12": "", "98": "", "00": "", "CC15": "", "茶": "", "C15a": "",
	} {
		got, err := venture.ParseIndustry(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	_, err := venture.ParseIndustry("D1530")
	wantKey(t, err, "venture.industry_section")
}

func FuzzParseIndustry(f *testing.F) {
	f.Add("C1530")
	f.Add("茶叶")
	f.Fuzz(func(t *testing.T, text string) {
		code, err := venture.ParseIndustry(text)
		if err != nil {
			return
		}
		if again, err := venture.ParseIndustry(code); err != nil || again != code {
			t.Errorf("%q became %q, and that %q, %v", text, code, again, err)
		}
	})
}

// Every delivered code is one that may be entered, and the list is in order: names are looked up by halving it.
func TestDeliveredIndustriesAreCodes(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		all, err := c.s.ListIndustries(t.Context(), c.System())
		must(t, err)
		if len(all) < 117 || len(all.Sections()) != 20 || !slices.IsSortedFunc(all, func(a, b venture.Industry) int { return strings.Compare(a.Code, b.Code) }) {
			t.Fatalf("%d codes, %d sections", len(all), len(all.Sections()))
		}
		for n := 1; n <= 97; n++ { // every division has its name
			if code, err := venture.ParseIndustry(fmt.Sprintf("%02d", n)); err != nil || !slices.ContainsFunc(all, func(i venture.Industry) bool { return i.Code == code }) {
				t.Errorf("%02d: %q, %v", n, code, err)
			}
		}
		for _, i := range all {
			if code, err := venture.ParseIndustry(i.Code); err != nil || code != i.Code || i.Name == "" || i.Checked {
				t.Errorf("%+v: %q, %v", i, code, err)
			}
		}
		if all.Name("C1539") != all.Name("C15") || all.Name("C1530") != "精制茶加工" {
			t.Errorf("%q, %q", all.Name("C1539"), all.Name("C1530"))
		}
		must(t, c.s.SetIndustry(t.Context(), c.System(), venture.Industry{Code: "1539", Name: "其他", Source: "标准第 12 页"}))
		if all, err = c.s.ListIndustries(t.Context(), c.System()); err != nil || all.Name("C1539") != "其他" {
			t.Errorf("%q, %v", all.Name("C1539"), err)
		}
	})
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		_, err := c.s.Create(t.Context(), c.System(), venture.Given{Org: c.Nodes["咸安区"].ID, Facts: venture.Facts{
			Entity: "none", Credit: "914212020000000198", Industry: "D1530", Category: "x", Stage: "y", Staff: -1, Revenue: 5, Began: day.Must("2030-01-01"),
		}})
		for _, key := range []string{"field.required", "cn.credit_check", "venture.industry_section", "field.choice", "field.range", "venture.began_later"} {
			wantKey(t, err, key)
		}
		if n := len(errs.ProblemsOf(err)); n != 9 { // name, founder, category, stage, credit, industry, staff, year, began
			t.Errorf("%d problems: %v", n, errs.ProblemsOf(err))
		}
	})
}

func TestADossierFromDraftToItsEnd(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, founder := t.Context(), c.founder("founder")
		which, err := c.s.Propose(ctx, founder, c.given("咸安区甲镇一村", "茶坊"))
		must(t, err)
		v := c.find(which)
		if v.State != venture.Draft || !strings.HasPrefix(v.Serial, "项目-2026-") || len(c.names(c.System(), venture.Filter{})) != 0 || len(c.names(c.System(), venture.Filter{State: venture.Draft})) != 1 {
			t.Errorf("%+v", v)
		}
		must(t, c.s.Return(ctx, c.System(), which, v.EditedAt, "请写清地址"))
		wantKey(t, c.s.Take(ctx, c.System(), which, v.EditedAt), "errs.stale")
		g := c.given("咸安区甲镇", "茶坊二号")
		must(t, c.s.Correct(ctx, founder, which, c.find(which).EditedAt, g))
		if v = c.find(which); v.Returned != "" || v.Name != "茶坊二号" || v.Org != g.Org {
			t.Errorf("%+v", v)
		}
		must(t, c.s.Take(ctx, c.System(), which, v.EditedAt))
		g.Org = c.Nodes["嘉鱼县"].ID // once it is in the library it stays where the officers have it
		must(t, c.s.Correct(ctx, founder, which, c.find(which).EditedAt, g))
		if v = c.find(which); v.State != venture.Known || v.Org != c.Nodes["咸安区甲镇"].ID || v.ConfirmedBy != "founder" {
			t.Errorf("%+v", v)
		}
		must(t, c.s.AddHonour(ctx, c.System(), which, venture.Honour{Level: "city", Title: "创青春三等奖", Year: 2025, Source: "公告"}))
		must(t, c.s.AddFounder(ctx, c.System(), which, "陈一诺", ""))
		wantKey(t, c.s.AddHonour(ctx, c.System(), which, venture.Honour{Level: "moon"}), "field.choice")
		must(t, c.s.DropFounder(ctx, c.System(), which, 1))
		wantKey(t, c.s.DropFounder(ctx, c.System(), which, 2), "venture.last_founder")
		must(t, c.s.End(ctx, c.System(), which, c.find(which).EditedAt, "停办"))
		wantKey(t, c.s.Confirm(ctx, c.System(), which, c.find(which).EditedAt), "venture.ended_already")
		wantKey(t, c.s.AddFounder(ctx, c.System(), which, "谁", ""), "venture.ended_already")
	})
}

// One business has one dossier in the library: the check character is asked, and a code is taken once.
func TestACreditCodeHasOneDossier(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		code, err := cn.SyntheticCreditCode("91", "421202", 77)
		must(t, err)
		g := c.given("咸安区", "一号")
		g.Credit = strings.ToLower(string(code))
		_, err = c.s.Create(t.Context(), c.System(), g)
		must(t, err)
		g.Name = "二号"
		_, err = c.s.Create(t.Context(), c.System(), g)
		wantKey(t, err, "venture.credit_taken")
		draft, err := c.s.Propose(t.Context(), c.founder("a"), g) // a draft does not tell whether the code is known
		must(t, err)
		wantKey(t, c.s.Take(t.Context(), c.System(), draft, c.find(draft).EditedAt), "venture.credit_taken")
	})
}

func TestListsAreNarrowed(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		tea, other := c.create("咸安区甲镇一村", "青砖茶"), c.create("嘉鱼县乙镇", "民宿_100%")
		g := c.given("嘉鱼县乙镇", "民宿_100%")
		g.Industry, g.Category, g.Stage = "H6110", "culture", "idea"
		must(t, c.s.Edit(ctx, c.System(), other, c.find(other).EditedAt, g))
		c.create("咸安区", "第三家")
		must(t, c.s.AddNeed(ctx, c.System(), venture.Need{Venture: tea, Kind: "money", Text: "缺周转", Amount: 30_000_00}))
		for name, u := range map[string]struct {
			f    venture.Filter
			want int
		}{
			"all": {venture.Filter{}, 3}, "section": {venture.Filter{Industry: "C"}, 2}, "below a code": {venture.Filter{Industry: "C15"}, 2}, "another": {venture.Filter{Industry: "H"}, 1},
			"no beginning": {venture.Filter{Industry: "C2"}, 0}, "category": {venture.Filter{Category: "culture"}, 1}, "stage": {venture.Filter{Stage: "idea"}, 1}, "need": {venture.Filter{Need: "money"}, 1},
			"other need": {venture.Filter{Need: "space"}, 0}, "county": {venture.Filter{At: c.Nodes["嘉鱼县"].Path}, 1}, "words": {venture.Filter{Words: "_100%"}, 1}, "wildcard": {venture.Filter{Words: "%"}, 1},
			"serial": {venture.Filter{Words: c.find(tea).Serial}, 1}, "no list in force": {venture.Filter{Priority: true}, 0}, "fresh": {venture.Filter{Stale: true}, 0},
		} {
			if got := c.names(c.System(), u.f); len(got) != u.want {
				t.Errorf("%s: %v", name, got)
			}
			if n, err := c.s.Tally(ctx, c.System(), u.f); err != nil || n.N != u.want {
				t.Errorf("%s: counted %d, %v", name, n.N, err)
			}
		}
		c.now = c.now.AddDate(0, 0, 200)
		if got := c.names(c.System(), venture.Filter{Stale: true}); len(got) != 3 {
			t.Errorf("stale: %v", got)
		}
		must(t, c.s.Confirm(ctx, c.System(), tea, c.find(tea).EditedAt))
		if got := c.names(c.System(), venture.Filter{Stale: true}); len(got) != 2 {
			t.Errorf("stale after one was confirmed: %v", got)
		}
		sheet, err := c.s.Sheet(ctx, c.System(), venture.Filter{Industry: "C"})
		if err != nil || len(sheet) != 2 || sheet[1].Lead != "周知夏" || sheet[1].Needs[0] != "money" {
			t.Errorf("%+v, %v", sheet, err)
		}
	})
}

func TestPriorityListsAreDated(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		tea := c.create("咸安区", "青砖茶")
		var l venture.List
		l.From, l.Source = day.Must("2026-11-02"), "演示"
		wantKey(t, c.s.SetPriority(ctx, c.System(), l), "venture.slots_empty")
		l.Slots[2] = venture.Slot{Name: "特色食品", Codes: []string{"C13", "C15"}}
		l.Slots[8] = venture.Slot{Codes: []string{"I65"}}
		wantKey(t, c.s.SetPriority(ctx, c.System(), l), "field.required")
		l.Slots[8].Name = "软件"
		must(t, c.s.SetPriority(ctx, c.System(), l))
		d, err := c.s.View(ctx, c.System(), tea)
		if err != nil || d.Slot.No != 3 || len(c.names(c.System(), venture.Filter{Priority: true})) != 1 {
			t.Errorf("%+v, %v", d.Slot, err)
		}
		l.From, l.Slots[2].Codes = day.Must("2026-12-01"), []string{"C27"}
		must(t, c.s.SetPriority(ctx, c.System(), l))
		if got := c.names(c.System(), venture.Filter{Priority: true}); len(got) != 1 {
			t.Errorf("before the next list: %v", got)
		}
		c.now = c.now.AddDate(0, 2, 0)
		if got := c.names(c.System(), venture.Filter{Priority: true}); len(got) != 0 {
			t.Errorf("under the next list: %v", got)
		}
		wantKey(t, c.s.SetPriority(ctx, c.System(), l), "venture.from_past")
		codes, err := venture.ReadCodes("C15，204 、 I65")
		if err != nil || !slices.Equal(codes, []string{"C15", "C204", "I65"}) {
			t.Errorf("%v, %v", codes, err)
		}
	})
}

// A founder finds the dossier that officers keep of her once they have said which person she is; a person joined with hers counts.
func TestAFounderIsThePersonSheIs(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, which := t.Context(), c.create("咸安区", "青砖茶")
		who := c.People[testworld.Canary(c.City, "咸安区", 0)]
		her := authz.Actor{City: c.City, User: "her", Person: who.String()}
		if all, err := c.s.Mine(ctx, her); err != nil || len(all) != 0 {
			t.Fatalf("%v, %v", all, err)
		}
		number := testworld.CanaryID(c.City, 0, 0)
		wantKey(t, c.s.TieFounder(ctx, c.Actor(t, authz.Role{Key: "blind", Verbs: venture.Verbs}, "咸宁市"), which, 1, number), "venture.nobody")
		must(t, c.s.TieFounder(ctx, c.Actor(t, clerk, "咸宁市"), which, 1, number))
		d, lookers, err := c.s.ViewOwn(ctx, her, which)
		if err != nil || !d.Own || len(lookers) != 0 || d.Founders[0].Person != who {
			t.Errorf("%+v, %v", d, err)
		}
		wantKey(t, c.s.Reassure(ctx, c.founder("stranger"), which, c.find(which).EditedAt), "errs.absent")
		must(t, c.s.Reassure(ctx, her, which, c.find(which).EditedAt))
		_, _, err = c.s.ViewOwn(ctx, c.founder("stranger"), which)
		wantKey(t, err, "errs.absent")
	})
}

// A bank finds a dossier only while its founder agrees: the second page, the dossier and the search all ask anew.
func TestABankSeesWhatFoundersShow(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, teller := t.Context(), c.teller(c.bank)
		var all []venture.ID
		for _, name := range []string{"一号", "二号", "三号"} {
			all = append(all, c.propose("founder", "咸安区甲镇一村", name))
		}
		list := func(cursor string) (names []string, next string) {
			p, err := c.s.SharedList(ctx, teller, venture.Filter{Size: 1}, cursor)
			must(t, err)
			for _, r := range p.Items {
				names = append(names, r.Name)
				if r.Lead != "" || r.Address != "" || r.Revenue != 0 {
					t.Errorf("the list tells %+v", r)
				}
			}
			return names, p.Next
		}
		if got, _ := list(""); len(got) != 0 {
			t.Fatalf("without consent: %v", got)
		}
		for _, which := range all {
			must(t, c.s.Agree(ctx, c.founder("founder"), which, c.bank.ID, venture.Offer, 12))
		}
		first, next := list("")
		if len(first) != 1 || first[0] != "三号" || next == "" {
			t.Fatalf("%v", first)
		}
		d, err := c.s.ViewShared(ctx, teller, all[1])
		if err != nil || d.SeesNames || len(d.Founders) != 0 || d.Address != "" || d.Revenue != 0 || d.Credit != "" || d.Staff != 0 || len(d.Consents) != 0 {
			t.Fatalf("for offers it sees %+v, %v", d, err)
		}
		must(t, c.DB.Write(ctx, c.founder("founder"), func(tx *sqldb.Tx) error { // between the first page and the second
			if err := venture.Retract(tx, all[1], c.bank.ID, venture.Offer); err != nil {
				return err
			}
			return tx.Record(venture.Agree, all[1].String(), nil)
		}))
		if got, _ := list(next); len(got) != 1 || got[0] != "一号" {
			t.Errorf("the page after: %v", got)
		}
		_, err = c.s.ViewShared(ctx, teller, all[1])
		wantKey(t, err, "errs.absent")
		must(t, c.s.Agree(ctx, c.founder("founder"), all[0], c.bank.ID, venture.Loan, 3))
		d, err = c.s.ViewShared(ctx, teller, all[0])
		if err != nil || len(d.Founders) != 1 || d.Revenue == 0 || len(d.Purposes) != 2 {
			t.Errorf("for a loan it sees %+v, %v", d, err)
		}
		other := c.Nodes["咸安区"]
		if p, err := c.s.SharedList(ctx, c.teller(other), venture.Filter{}, ""); err != nil || len(p.Items) != 0 {
			t.Errorf("the county's desk sees %v, %v", p.Items, err)
		}
		_, lookers, err := c.s.ViewOwn(ctx, c.founder("founder"), all[1])
		if err != nil || len(lookers) != 1 || lookers[0].Account != "teller" {
			t.Errorf("who looked: %v, %v", lookers, err)
		}
		c.now = c.now.AddDate(1, 0, 2)
		if got, _ := list(""); len(got) != 0 {
			t.Errorf("after the consents have run out: %v", got)
		}
	})
}

// Consent is the founder's own, to banks only, and given anew it stands once.
func TestConsentIsTheFoundersOwn(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, which := t.Context(), c.propose("founder", "咸安区", "青砖茶")
		wantKey(t, c.s.Agree(ctx, c.Actor(t, clerk, "咸宁市"), which, c.bank.ID, venture.Loan, 12), "errs.absent")
		wantKey(t, c.s.Agree(ctx, c.founder("founder"), which, c.Nodes["咸安区"].ID, venture.Loan, 12), "field.choice")
		wantKey(t, c.s.Agree(ctx, c.founder("founder"), which, c.bank.ID, "fun", 99), "field.choice")
		for range 2 {
			must(t, c.s.Agree(ctx, c.founder("founder"), which, c.bank.ID, venture.Loan, 12))
		}
		d, _, err := c.s.ViewOwn(ctx, c.founder("founder"), which)
		if err != nil || len(d.Consents) != 2 || d.Consents[0].Withdrawn != 0 || d.Consents[1].Withdrawn == 0 || d.Consents[0].Version != venture.TextVersion {
			t.Errorf("%+v, %v", d.Consents, err)
		}
	})
}
