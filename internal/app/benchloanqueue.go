package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// queueBench is a city of several counties, each with a bank, whose desks have many applications, dossiers and loans.
type queueBench struct {
	s        *services
	by       authz.Actor
	today    day.Day
	city     org.Node
	counties []org.Node
	villages map[org.ID][]org.Node // by county
	banks    []org.Node            // as the counties
}

// queuePage is a page that somebody asks for.
type queuePage struct{ name, login, path string }

// queuePages are what desks read all day, each as who sits there.
var queuePages = []queuePage{
	{"queue of a county's league", "county", "/office/loans/queue?desk=league"},
	{"queue of a county's department", "county-hr", "/office/loans/queue?desk=hr"},
	{"what is late of it", "county-hr", "/office/loans/queue?desk=hr&light=overdue"},
	{"queue of a bank", "bank", "/office/loans/queue?desk=bank"},
	{"queue of a desk of the whole city", "city-hr", "/office/loans/queue?desk=hr"},
	{"one of it, by a part of the name", "city-hr", "/office/loans/queue?desk=hr&q=99"},
	{"applications of a county", "county", "/office/loans/applications"},
	{"what was refused there", "county", "/office/loans/applications?state=refused"},
	{"applications of the city", "city", "/office/loans/applications"},
	{"of firms that were refused", "city", "/office/loans/applications?state=refused&kind=firm"},
	{"one of them, by a part of the name", "city", "/office/loans/applications?q=4242"},
	{"dossiers of a county", "county", "/office/ventures"},
	{"dossiers of the city", "city", "/office/ventures"},
	{"stale ones", "city", "/office/ventures?stale=1"},
	{"one of them, by a part of the name", "city", "/office/ventures?q=4242"},
	{"figures of a county", "county", "/office/loans/figures"},
	{"figures of the city", "city", "/office/loans/figures"},
}

// benchLoanQueue asks a server that is a process of its own for the pages of desks in a city with many applications, dossiers and loans.
func benchLoanQueue(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	data := fs.String("data", "", "保存测量城市的文件夹，空为用后即删 folder in which the city is kept between runs; empty: it is not kept")
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite")
	n := fs.Int("applications", 100_000, "申请、项目档案和贷款各多少 how many applications, dossiers and loans each")
	callers := fs.Int("callers", 4, "并发 callers")
	seconds := fs.Float64("seconds", 2, "每个页面的时长 duration of each page")
	only := fs.Int("only", -1, "只问其中第几个页面 only the page of this number")
	profile := fs.String("profile", "", "服务器的 CPU 分析文件 file for a CPU profile of the server")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir := *data
	if dir == "" {
		made, err := os.MkdirTemp("", "zhidian-bench-")
		if err != nil {
			return measured{}, err
		}
		defer os.RemoveAll(made)
		dir = filepath.Join(made, "city")
	}
	if _, err := os.Stat(dir); err != nil {
		if err := newQueueBench(ctx, dir, *dsn, *n); err != nil {
			return measured{}, err
		}
	}
	p, err := startBenchServer(ctx, dir, *dsn, *profile)
	if err != nil {
		return measured{}, err
	}
	var pages []answered
	browsers := map[string]*http.Client{}
	for i, q := range queuePages {
		if *only >= 0 && i != *only {
			continue
		}
		if browsers[q.login] == nil {
			if browsers[q.login], err = p.signIn(ctx, "bench-"+q.login); err != nil {
				return measured{}, err
			}
		}
		x, err := p.ask(ctx, browsers[q.login], "", asked{method: http.MethodGet, path: q.path}, *callers, time.Duration(*seconds*float64(time.Second)))
		if err != nil {
			return measured{}, fmt.Errorf("%s: %w", q.name, err)
		}
		x.Question, x.Scope = q.name, q.login
		pages = append(pages, x)
	}
	peak, err := p.stop()
	if err != nil {
		return measured{}, err
	}
	return measured{Engine: engineOf(*dsn), Figures: map[string]any{"applications": *n, "callers": *callers, "pages": pages, "worst_p95_ms": worst(pages), "server_peak_memory_mb": peak}}, nil
}

// newQueueBench makes the city.
func newQueueBench(ctx context.Context, dir, dsn string, n int) error {
	s, err := newBenchCity(ctx, dir, dsn)
	if err != nil {
		return err
	}
	defer s.db.Close()
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	b := &queueBench{s: s, by: authz.System(s.in.city.Slug), today: day.Of(s.db.Now(), zone), villages: map[org.ID][]org.Node{}}
	if err := b.settle(ctx); err != nil {
		return err
	}
	const chunk = 10_000
	for at := 0; at < n; at += chunk {
		if err := b.load(ctx, at, min(n, at+chunk)); err != nil {
			return err
		}
	}
	return s.db.Optimize(ctx)
}

// settle enters divisions, banks, rules, and who sits at the desks.
func (b *queueBench) settle(ctx context.Context) error {
	city, err := demo.Make(1)
	if err != nil {
		return err
	}
	nodes, err := b.s.addDivisions(ctx, b.by, city.Divisions)
	if err != nil {
		return err
	}
	for _, d := range city.Divisions {
		switch at := nodes[d.Code]; at.Kind {
		case org.City:
			b.city = at
		case org.County:
			b.counties = append(b.counties, at)
			bank, err := b.s.orgs.Create(ctx, b.by, org.New{Kind: org.Bank, Name: at.Name + "测量银行", Parent: at.ID})
			if err != nil {
				return err
			}
			b.banks = append(b.banks, bank)
		case org.Village:
			county := nodes[d.Code[:6]+"000000"].ID
			b.villages[county] = append(b.villages[county], at)
		}
	}
	book, quotes, err := policy.Shipped()
	if err != nil {
		return err
	}
	for i := range quotes {
		quotes[i].Status, quotes[i].Source = rulebook.Confirmed, "bench"
	}
	if err := b.s.rules.TakeIn(ctx, b.by, book, quotes); err != nil {
		return err
	}
	for login, x := range map[string]struct {
		at   org.Node
		role string
	}{
		"county": {b.counties[0], "clerk"}, "city": {b.city, "clerk"}, "county-hr": {b.counties[0], "loan_hr"}, "city-hr": {b.city, "loan_hr"}, "bank": {b.banks[0], "loan_bank"},
	} {
		if _, _, err := b.s.account.CreateFirst(ctx, b.by.City, account.First{Newcomer: account.Newcomer{Login: "bench-" + login, Name: "测量员", Desk: x.at.ID}, Role: x.role, Password: demoPassword}); err != nil {
			return err
		}
	}
	return nil
}

// load enters dossiers, an application for each, and a loan for each.
func (b *queueBench) load(ctx context.Context, from, to int) error {
	var dossiers []venture.Loaded
	var applications []startuploan.Loaded
	var loans []contract.Loaded
	for i := from; i < to; i++ {
		d, err := b.dossier(i)
		if err != nil {
			return err
		}
		dossiers = append(dossiers, d)
	}
	made, err := b.s.library.Ventures.Load(ctx, b.by, dossiers)
	if err != nil {
		return err
	}
	for k, which := range made {
		applications = append(applications, b.application(from+k, which, &dossiers[k]))
		loans = append(loans, b.loan(from+k, which))
	}
	_, err = b.s.loans.Load(ctx, b.by, applications)
	return errors.Join(err, b.s.lending.Loans.Load(ctx, b.by, loans))
}

func (b *queueBench) county(i int) int { return i % len(b.counties) }

func (b *queueBench) home(i int) org.Node {
	all := b.villages[b.counties[b.county(i)].ID]
	return all[i/len(b.counties)%len(all)]
}

func (b *queueBench) dossier(i int) (d venture.Loaded, err error) {
	industries := []string{"C1530", "A0141", "F5191", "I6513", "O8191"}
	code, err := cn.SyntheticCreditCode("92", "421202", i+1)
	return venture.Loaded{
		Given: venture.Given{Org: b.home(i).ID, Founder: "创业者", Facts: venture.Facts{
			Name: fmt.Sprintf("测量商行%06d", i), Entity: "individual", Credit: string(code), Industry: industries[i%5], Category: venture.Categories[i/5%8], Stage: venture.Stages[i/40%5], Staff: int64(i % 9),
		}},
		ConfirmedAt: b.s.db.Now().AddDate(0, 0, -i%200).UnixMicro(), Bank: b.banks[b.county(i)].ID, Until: b.today.AddMonths(12),
	}, err
}

// application is one in a state that fits its number: of a hundred fifteen are under review, at desks in every turn, with clocks from late to far.
func (b *queueBench) application(i int, of venture.ID, d *venture.Loaded) startuploan.Loaded {
	county := b.county(i)
	x := startuploan.Loaded{Lead: d.Founder, Application: startuploan.Application{
		Venture: of, Org: b.home(i).ID, County: b.counties[county].ID, MadeAt: b.s.db.Now().AddDate(0, 0, -i%900).UnixMicro(), State: startuploan.Approved,
		Asks:     startuploan.Asks{Kind: policy.Individual, Amount: money.Fen(5+i%26) * 10_000 * money.Yuan, Months: 24, Purpose: "进货", Method: "quarterly-interest", Guarantee: "guarantor", Bank: b.banks[county].ID},
		Business: startuploan.Business{Name: d.Name, Entity: d.Entity, Credit: d.Credit, Industry: d.Industry, Staff: d.Staff},
	}}
	if i%20 == 0 {
		x.Kind = policy.Firm
	}
	x.SubmittedAt = x.MadeAt
	turn := int64(0) // before which everything was passed
	switch k := i / 7 % 100; {
	case k < 15:
		x.State, turn = startuploan.InReview, int64(1+k%4)
	case k < 20:
		x.State, x.SubmittedAt = startuploan.Draft, 0
		return x
	case k < 25:
		x.State, x.ReplyDue = startuploan.Returned, b.today.AddDays(k)
	case k < 37:
		x.State, x.Code = startuploan.Refused, startuploan.Codes[k%len(startuploan.Codes)]
	case k < 42:
		x.State = startuploan.Withdrawn
	}
	for _, stop := range startuploan.Usual.Stops {
		s := startuploan.Sitting{Desk: stop.Desk, Org: b.counties[county].ID, Turn: stop.Turn, Days: stop.Days, State: startuploan.Passed, OpenedAt: x.MadeAt}
		switch {
		case stop.Desk == startuploan.Intake:
			s.Org = x.Org
		case stop.Desk.IsBanks():
			s.Org = x.Bank
		}
		switch {
		case x.State != startuploan.InReview && x.State != startuploan.Approved:
			s.State = startuploan.Over
		case turn > 0 && stop.Turn == turn:
			s.State, s.Due = startuploan.AtWork, b.today.AddDays(i%23-8)
		case turn > 0 && stop.Turn > turn:
			s.State, s.OpenedAt = startuploan.Waiting, 0
		}
		x.Sittings = append(x.Sittings, s)
	}
	return x
}

func (b *queueBench) loan(i int, of venture.ID) contract.Loaded {
	l := benchedLoan(day.Must("2023-11-05"), i)
	p := contract.Paper{
		Number: fmt.Sprintf("J%07d", i), Bank: b.banks[b.county(i)].ID, Org: b.counties[b.county(i)].ID, Borrower: fmt.Sprintf("借款人%06d", i), Kind: policy.Individual, Principal: l.Principal,
		Rate: money.Rate(40_000 + i%8*500), Signed: l.From, From: l.From, To: l.To, Method: schedule.QuarterlyInterest, Count: schedule.Actual, Basis: l.Basis, Settle: l.Settle, Penalty: 150, Female: i%3 == 0,
	}
	x := contract.Loaded{Paper: p, Venture: of.String(), Events: []contract.Event{{Kind: contract.Draw, Day: p.From, Amount: p.Principal}}}
	if i%50 == 7 {
		x.Events = append(x.Events, contract.Event{Kind: contract.Arrears, Day: p.From.AddMonths(6)})
	}
	return x
}
