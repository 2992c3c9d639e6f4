package startuploanweb_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/casework/caseworkweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/projectlibrary/projectlibraryweb"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/service/startuploan/startuploanweb"
	"zhidian/internal/testworld"
)

// town is the pages over the small city, with a bank and departments that have their desks.
type town struct {
	*testworld.World
	t    testing.TB
	s    *startuploan.Service
	v    *venture.Service
	bank org.Node
	now  time.Time
	site *webtest.Site
}

func found(t testing.TB, rules ...func(rulebook.Book) rulebook.Book) *town {
	t.Helper()
	c := &town{t: t, now: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)} // a Monday
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
	c.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), c.Keys)
	must(t, err)
	t.Cleanup(func() { _ = files.Close() })
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	c.v = &venture.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Zone: webtest.Zone}
	c.s = &startuploan.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Cursors: cursors, Files: files, Zone: webtest.Zone, Ventures: c.v}
	orgs := &org.Service{DB: db, Serials: c.Serials}
	for _, n := range []org.New{{Kind: org.Bank, Name: "咸安农商行"}, {Kind: org.Department, Name: "咸安区人社局"}, {Kind: org.Department, Name: "咸安区财政局"}, {Kind: org.Company, Name: "咸安担保"}} {
		n.Parent = c.Nodes["咸安区"].ID
		made, err := orgs.Create(t.Context(), c.System(), n)
		must(t, err)
		c.Nodes[n.Name] = made
	}
	c.bank = c.Nodes["咸安农商行"]
	book, quotes, err := policy.Shipped()
	must(t, err)
	for _, f := range rules {
		book = f(book)
	}
	must(t, (&rulebook.Service{DB: db, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}).TakeIn(t.Context(), c.System(), book, quotes))
	w := startuploan.Usual
	w.From, w.Source = day.Of(c.now, webtest.Zone), "会议纪要"
	w.Stops = slices.Clone(w.Stops)
	for i := range w.Stops {
		if n, ok := map[startuploan.Desk]string{startuploan.HR: "咸安区人社局", startuploan.Finance: "咸安区财政局", startuploan.Guarantor: "咸安担保"}[w.Stops[i].Desk]; ok {
			w.Stops[i].Org = c.Nodes[n].ID
		}
	}
	w.Stops = slices.DeleteFunc(w.Stops, func(s startuploan.Stop) bool { return s.Desk == startuploan.Survey })
	must(t, c.s.PutWay(t.Context(), c.System(), w))
	names := func(_ *web.Request, ids []string) (map[string]string, error) {
		all := map[string]string{}
		for _, one := range ids {
			all[one] = "账号" + one
		}
		return all, nil
	}
	c.site = webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return startuploanweb.Routes(c.s, d, names) },
		startuploanweb.Messages, projectlibraryweb.Messages, policy.Messages, schedule.Messages, rulebook.Messages, rulebookweb.Messages, caseworkweb.Messages, cn.Messages, money.Messages, blob.Messages)
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
}

// role makes an actor who holds verbs at a node, with an account of its own.
func (c *town) role(user, node string, verbs ...authz.Verb) authz.Actor {
	n := c.Nodes[node]
	return authz.Actor{City: c.City, User: user, DeskID: n.ID.String(), Grants: []authz.Held{{Role: authz.Role{Key: user, Verbs: verbs, Sees: authz.Sensitive}, At: n.Path}}}
}

// desk is somebody who sits at a desk.
func (c *town) desk(d startuploan.Desk) authz.Actor {
	at := map[startuploan.Desk]string{
		startuploan.Intake: "咸安区甲镇", startuploan.HR: "咸安区人社局", startuploan.Finance: "咸安区财政局", startuploan.Guarantor: "咸安担保", startuploan.Bank: "咸安农商行",
	}[d]
	if at == "" {
		at = "咸安区"
	}
	return c.role("at-"+string(d), at, d.Verb())
}

func (c *town) as(d startuploan.Desk) *webtest.Site { return c.site.As(c.desk(d)) }

var her = authz.Actor{City: testworld.City, User: "her"}

func number(born string) string {
	n, err := cn.SyntheticID("421002", day.Must(born))
	if err != nil {
		panic(err)
	}
	return string(n)
}

// begun is a draft of hers in which nothing is filled in but what her dossier says.
func (c *town) begun(name string) startuploan.ID {
	c.t.Helper()
	ctx := c.t.Context()
	made, err := c.v.Propose(ctx, her, venture.Given{Org: c.Nodes["咸安区甲镇一村"].ID, Founder: "周知夏", Facts: venture.Facts{
		Name: name, Entity: "individual", Industry: "C1530", Category: "returnee", Stage: "growing", Address: "羊楼洞一号", Staff: 2,
	}})
	must(c.t, err)
	var v venture.Venture
	must(c.t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) (err error) { v, err = venture.Find(q, made); return err }))
	must(c.t, c.v.Take(ctx, c.System(), made, v.EditedAt))
	which, err := c.s.Begin(ctx, her, made, policy.Individual)
	must(c.t, err)
	return which
}

func (c *town) find(which startuploan.ID) (a startuploan.Application) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) { a, err = startuploan.Find(q, which); return err }))
	return a
}

// submitted is an application that was handed in, with texts wherever somebody may write one.
func (c *town) submitted(name, text string) startuploan.ID {
	c.t.Helper()
	ctx, s, which := c.t.Context(), c.s, c.begun(name)
	v := func() int64 { return c.find(which).Edited }
	code, err := cn.SyntheticCreditCode("92", "421202", 17)
	must(c.t, err)
	must(c.t, s.SaveAsks(ctx, her, which, v(), startuploan.Asks{Kind: policy.Individual, Amount: 20_000_000, Months: 24, Purpose: "买制茶机" + text, Method: "quarterly-interest", Guarantee: "guarantor", Bank: c.bank.ID}))
	must(c.t, s.SaveBusiness(ctx, her, which, v(), startuploan.Business{Name: name, Entity: "individual", Credit: string(code), Industry: "C1530", Address: "羊楼洞一号" + text, Staff: 2}))
	for _, p := range []startuploan.Saying{
		{Role: startuploan.Applicant, Name: "周知夏" + text, Number: number("1990-05-06"), Sex: "2", Marital: "married", Group: "04", Agreed: true},
		{Role: startuploan.Spouse, Of: 1, Name: "余大成", Number: number("1989-03-04"), Sex: "1", Debtless: true, Agreed: true},
		{Role: startuploan.Surety, Name: "雷文", Number: number("1985-01-02"), Sex: "1", Employer: "甲镇中学" + text, Agreed: true},
	} {
		must(c.t, s.SaveParty(ctx, her, which, v(), 0, p))
	}
	must(c.t, s.AddDebt(ctx, her, which, v(), startuploan.Debt{Party: 1, Kind: "housing", Lender: "某房贷行" + text, Amount: 5_000_000}))
	for _, kind := range []string{"id_card", "household", "marriage", "license", "group_proof"} {
		must(c.t, s.AddPaper(ctx, her, which, v(), kind, kind+".png", bytes.NewReader(picture())))
	}
	must(c.t, s.Submit(ctx, her, which, v(), true))
	return which
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// at gives the number of a desk's latest part.
func (c *town) at(which startuploan.ID, d startuploan.Desk) (no int64) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		all, err := startuploan.Sittings(q, which)
		for _, s := range all {
			if s.Desk == d {
				no = s.No
			}
		}
		return err
	}))
	return no
}
