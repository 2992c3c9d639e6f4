package venture_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// picture begins as a PNG file does.
const picture = "\x89PNG\r\n\x1a\n and the rest"

func TestAConsentOnPaperCountsAsOneByPhone(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, which, by := t.Context(), c.create("咸安区甲镇一村", "青砖茶"), c.Actor(t, clerk, "咸安区")
		signed := venture.Signed{Venture: which, Founder: 1, Receiver: c.bank.ID, Purpose: venture.Loan, Months: 12, Name: "授权书.png"}
		agree := func(change func(g *venture.Signed), content string) error {
			g := signed
			if change != nil {
				change(&g)
			}
			return c.s.AgreePaper(ctx, by, g, strings.NewReader(content))
		}
		wantKey(t, agree(func(g *venture.Signed) { g.Founder = 2 }, picture), "field.choice")
		wantKey(t, agree(func(g *venture.Signed) { g.Receiver = c.Nodes["咸安区"].ID }, picture), "field.choice")
		wantKey(t, agree(func(g *venture.Signed) { g.Months = 0 }, picture), "field.choice")
		if err := agree(nil, "<html>"); err == nil {
			t.Error("a page was taken for a picture")
		}
		if p, err := c.s.SharedList(ctx, c.teller(c.bank), venture.Filter{}, ""); err != nil || len(p.Items) != 0 {
			t.Fatalf("shown before anything was signed: %v, %v", p.Items, err)
		}
		must(t, agree(nil, picture))
		must(t, agree(nil, picture)) // signed anew: the one before is ended
		d, err := c.s.ViewShared(ctx, c.teller(c.bank), which)
		must(t, err)
		if !d.SeesNames || !slices.Contains(d.Purposes, venture.Loan) {
			t.Errorf("%+v", d)
		}
		mine, err := c.s.View(ctx, by, which)
		must(t, err)
		stands := mine.Consents[0]
		if len(mine.Consents) != 2 || stands.Signed != 1 || stands.Paper.IsZero() || mine.Consents[1].Withdrawn == 0 {
			t.Errorf("%+v", mine.Consents)
		}
		doc, content, err := c.s.PaperOf(ctx, by, stands.ID)
		must(t, err)
		defer content.Close()
		if got, err := io.ReadAll(content); err != nil || string(got) != picture || doc.Class != authz.Personal || doc.KeepUntil <= stands.Until {
			t.Errorf("%q, %v, %+v", got, err, doc)
		}
		_, _, err = c.s.PaperOf(ctx, c.Actor(t, clerk, "嘉鱼县"), stands.ID)
		wantKey(t, err, "errs.absent")
		_, _, err = c.s.PaperOf(ctx, c.teller(c.bank), stands.ID)
		wantKey(t, err, "errs.absent")
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			named, err := document.NamesFile(q, string(doc.Hash))
			if !named {
				t.Error("no document names the picture")
			}
			return err
		}))
	})
}

// Of two officers who take two drafts of one credit code, enter it, and write it into a dossier, each at the same moment as the
// others, one has it and the others read why not.
func TestRacingCreditCodes(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w, _ := testworld.Build(t, first)
		ctx, by := t.Context(), w.System()
		services := make([]*venture.Service, 2)
		for i, db := range []*sqldb.DB{first, second} {
			services[i] = &venture.Service{DB: db, Keys: w.Keys, Serials: &sqldb.Serials{DB: db}, Zone: zone}
		}
		const code = "91421202MA0000000D"
		given := func(name, credit string) venture.Given {
			return venture.Given{Org: w.Nodes["咸安区"].ID, Founder: "周知夏", Facts: venture.Facts{Name: name, Entity: "firm", Credit: credit, Industry: "C15", Category: "other", Stage: "idea"}}
		}
		type dossier struct {
			id      venture.ID
			version int64
		}
		find := func(id venture.ID) (d dossier) {
			must(t, first.Read(ctx, w.City, func(q *sqldb.Rx) error {
				v, err := venture.Find(q, id)
				d = dossier{id, v.EditedAt}
				return err
			}))
			return d
		}
		var drafts, known []dossier
		for _, who := range []string{"a", "b"} {
			made, err := services[0].Propose(ctx, authz.Actor{City: w.City, User: who}, given("草稿"+who, code))
			must(t, err)
			drafts = append(drafts, find(made))
			made, err = services[0].Create(ctx, by, given("在库"+who, ""))
			must(t, err)
			known = append(known, find(made))
		}
		all := sqldbtest.Race(6, func(i int) error {
			s := services[i%2]
			switch i {
			case 0, 1:
				return s.Take(ctx, by, drafts[i].id, drafts[i].version)
			case 2, 3:
				return s.Edit(ctx, by, known[i-2].id, known[i-2].version, given("改", code))
			}
			_, err := s.Create(ctx, by, given("新", code))
			return err
		})
		if n := sqldbtest.Won(all); n != 1 {
			t.Errorf("%d hold the code: %v", n, all)
		}
		for _, err := range all {
			if err != nil {
				wantKey(t, err, "venture.credit_taken")
			}
		}
	})
}
