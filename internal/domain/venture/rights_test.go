package venture_test

import (
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

// Every use case of an officer asks for its own right: who holds all but that one is refused, who holds it in the other county
// finds no venture, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, which := t.Context(), c.create("咸安区甲镇一村", "青砖茶")
		draft, err := c.s.Propose(ctx, c.founder("founder"), c.given("咸安区甲镇一村", "草稿"))
		must(t, err)
		before, version, waits := c.find(which), c.find(which).EditedAt, c.find(draft).EditedAt
		for name, u := range map[string]struct {
			verb  authz.Verb
			lists bool // asks for the right anywhere: the neighbour holds it, and sees nothing
			do    func(by authz.Actor) (int, error)
		}{
			"list": {venture.Read, true, func(by authz.Actor) (int, error) {
				p, err := c.s.List(ctx, by, venture.Filter{}, "")
				return len(p.Items), err
			}},
			"tally": {venture.Read, true, func(by authz.Actor) (int, error) {
				n, err := c.s.Tally(ctx, by, venture.Filter{})
				return n.N, err
			}},
			"sheet": {venture.Export, true, func(by authz.Actor) (int, error) {
				all, err := c.s.Sheet(ctx, by, venture.Filter{})
				return len(all), err
			}},
			"view": {venture.Read, false, func(by authz.Actor) (int, error) { _, err := c.s.View(ctx, by, which); return 0, err }},
			"create": {venture.Create, false, func(by authz.Actor) (int, error) {
				_, err := c.s.Create(ctx, by, c.given("咸安区甲镇一村", "另一家"))
				return 0, err
			}},
			"edit": {venture.Edit, false, func(by authz.Actor) (int, error) {
				return 0, c.s.Edit(ctx, by, which, version, c.given("咸安区甲镇一村", "改名"))
			}},
			"take":    {venture.Create, false, func(by authz.Actor) (int, error) { return 0, c.s.Take(ctx, by, draft, waits) }},
			"return":  {venture.Create, false, func(by authz.Actor) (int, error) { return 0, c.s.Return(ctx, by, draft, waits, "补充") }},
			"confirm": {venture.Confirm, false, func(by authz.Actor) (int, error) { return 0, c.s.Confirm(ctx, by, which, version) }},
			"end":     {venture.End, false, func(by authz.Actor) (int, error) { return 0, c.s.End(ctx, by, which, version, "停办") }},
			"founder": {venture.Edit, false, func(by authz.Actor) (int, error) { return 0, c.s.AddFounder(ctx, by, which, "谁", "") }},
			"honour": {venture.Edit, false, func(by authz.Actor) (int, error) {
				return 0, c.s.AddHonour(ctx, by, which, venture.Honour{Level: "city", Title: "奖", Year: 2025, Source: "公告"})
			}},
			"paper": {venture.AgreePaper, false, func(by authz.Actor) (int, error) {
				return 0, c.s.AgreePaper(ctx, by, venture.Signed{Venture: which, Founder: 1, Receiver: c.bank.ID, Purpose: venture.Loan, Months: 12, Name: "书.png"}, strings.NewReader(picture))
			}},
			"need": {venture.Edit, false, func(by authz.Actor) (int, error) {
				return 0, c.s.AddNeed(ctx, by, venture.Need{Venture: which, Kind: "space", Text: "缺仓库"})
			}},
		} {
			role := authz.Role{Key: "lesser", Verbs: slices.DeleteFunc(slices.Clone(venture.Verbs), func(v authz.Verb) bool { return v == u.verb })}
			if _, err := u.do(c.Actor(t, role, "咸宁市")); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			n, err := u.do(c.Actor(t, clerk, "嘉鱼县"))
			if u.lists && (n != 0 || err != nil) || !u.lists && (errs.KindOf(err) != errs.Absent || err == nil) {
				t.Errorf("%s by the neighbour: %d, %v", name, n, err)
			}
		}
		if got := c.find(which); got != before {
			t.Errorf("%+v became %+v", before, got)
		}
		for name, do := range map[string]func(by authz.Actor) error{
			"priority": func(by authz.Actor) error {
				return c.s.SetPriority(ctx, by, venture.List{From: day.Must("2030-01-01")})
			},
			"terms":    func(by authz.Actor) error { return c.s.SetTerms(ctx, by, venture.Terms{}) },
			"industry": func(by authz.Actor) error { return c.s.SetIndustry(ctx, by, venture.Industry{}) },
		} {
			if err := do(c.Actor(t, clerk, "咸安区")); errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("%s by a county: %v", name, err)
			}
		}
	})
}

// A dossier is handed over by who may correct it on both sides.
func TestEditAsksWhereAVentureBelongsAndWhereItIsTo(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		which := c.create("咸安区甲镇一村", "青砖茶")
		for _, at := range []string{"咸安区", "嘉鱼县"} {
			wantKey(t, c.s.Edit(t.Context(), c.Actor(t, clerk, at), which, c.find(which).EditedAt, c.given("嘉鱼县", "青砖茶")), "errs.absent")
		}
	})
}

// Classes of fields: names and the address are personal, what a venture earns is sensitive.
func TestFieldsHaveClasses(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		which := c.create("咸安区甲镇一村", "青砖茶")
		for sees, want := range map[authz.Class][2]bool{authz.Open: {false, false}, authz.Personal: {true, false}, authz.Sensitive: {true, true}} {
			by := c.Actor(t, authz.Role{Key: "r", Sees: sees, Verbs: venture.Verbs}, "咸安区")
			d, err := c.s.View(t.Context(), by, which)
			must(t, err)
			if (len(d.Founders) > 0) != want[0] || (d.Address != "") != want[0] || (d.Revenue != 0) != want[1] {
				t.Errorf("%v sees %+v", sees, d)
			}
			for name, rows := range map[string]func() ([]venture.Row, error){
				"list": func() ([]venture.Row, error) {
					p, err := c.s.List(t.Context(), by, venture.Filter{}, "")
					return p.Items, err
				},
				"sheet": func() ([]venture.Row, error) { return c.s.Sheet(t.Context(), by, venture.Filter{}) },
			} {
				all, err := rows()
				must(t, err)
				if (all[0].Lead != "") != want[0] || (all[0].Address != "") != want[0] || (all[0].Revenue != 0) != want[1] {
					t.Errorf("%s: %v sees %+v", name, sees, all[0])
				}
			}
		}
	})
}
