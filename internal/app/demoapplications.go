package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
)

// demoRun is the demo's applications on their way, with those who act on them.
type demoRun struct {
	*services
	nodes map[string]org.Node
	as    map[string]authz.Actor // by login
	cal   *day.Calendar
	today day.Day
	photo []byte
	scan  []byte
}

// demoApplying is one of them.
type demoApplying struct {
	demo.Application
	which  startuploan.ID
	filler authz.Actor // who fills it in: its applicant, or somebody at the counter
}

// addDemoApplications lets people apply in the weeks before today, each step on its day, so that clocks run as in an office: some in
// time, some due, some late. Whoever acts is an account of the demo, as it stands now.
func (s *services) addDemoApplications(ctx context.Context, c *demo.City, size demo.Size, nodes map[string]org.Node, accounts map[string]account.ID) error {
	run, err := s.newDemoRun(ctx, nodes, accounts)
	if err != nil {
		return err
	}
	byDay := map[int][]*demoApplying{} // working days ago: who has something done to hers, each once
	for _, a := range c.Applications(size) {
		of := &demoApplying{Application: a}
		for i, x := range a.Course {
			if i == 0 || x.Ago != a.Course[i-1].Ago {
				byDay[x.Ago] = append(byDay[x.Ago], of)
			}
		}
	}
	defer s.in.clock.turn(0)
	for _, ago := range slices.Backward(slices.Sorted(maps.Keys(byDay))) {
		if err := run.morning(ctx, ago); err != nil {
			return err
		}
		var day sync.WaitGroup // acts that come together are committed together
		failed := make([]error, len(byDay[ago]))
		for i, of := range byDay[ago] {
			day.Go(func() { failed[i] = run.steps(ctx, of, ago) })
		}
		day.Wait()
		if err := errors.Join(failed...); err != nil {
			return err
		}
	}
	s.in.clock.turn(0)
	if err := s.addDemoOwnApplications(ctx, run); err != nil {
		return err
	}
	return s.loans.CatchUp(ctx, s.in.city.Slug)
}

// steps takes what a day has for an application.
func (r *demoRun) steps(ctx context.Context, of *demoApplying, ago int) error {
	for _, x := range of.Course {
		if x.Ago != ago {
			continue
		}
		if err := r.do(ctx, of, x.Do); err != nil {
			return fmt.Errorf("demo: application %d, %s: %w", of.Serial, x.Do, err)
		}
	}
	return nil
}

func (s *services) newDemoRun(ctx context.Context, nodes map[string]org.Node, accounts map[string]account.ID) (*demoRun, error) {
	run := &demoRun{services: s, nodes: nodes, as: map[string]authz.Actor{}, photo: demoPhoto(), scan: demoScan()}
	for login, who := range accounts {
		by, err := s.account.Actor(ctx, s.in.city.Slug, who.String())
		if err != nil {
			return nil, err
		}
		run.as[login] = by
	}
	zone, err := s.in.city.Location()
	if err != nil {
		return nil, err
	}
	run.today = day.Of(s.db.Now(), zone)
	return run, s.db.Read(ctx, s.in.city.Slug, func(q *sqldb.Rx) error {
		run.cal, err = casework.Calendar(q)
		return err
	})
}

// morning turns the clock to nine o'clock so many working days ago, when what had its day before has come about; 0 is now.
func (r *demoRun) morning(ctx context.Context, ago int) error {
	if ago == 0 {
		r.in.clock.turn(0)
	} else {
		on, _ := r.cal.AddWorkdays(r.today, -ago)
		r.in.clock.to(on.Start(r.loans.Zone).Add(9 * time.Hour))
	}
	return r.loans.CatchUp(ctx, r.in.city.Slug)
}

// desk gives who sits at a desk of an application.
func (r *demoRun) desk(a *demoApplying, d startuploan.Desk) authz.Actor {
	switch d {
	case startuploan.Survey, startuploan.Bank:
		return r.as["bank"]
	case startuploan.HR, startuploan.Guarantor, startuploan.Finance:
		return r.as[string(d)]
	case startuploan.Intake:
		return r.counter(a)
	}
	if a.Homeward {
		return r.as["xianan"]
	}
	return r.as["clerk"]
}

// counter gives who takes in where an application belongs.
func (r *demoRun) counter(a *demoApplying) authz.Actor {
	switch {
	case a.Area == demoTownship:
		return r.as["town"]
	case a.Area == demoVillage:
		return r.as["village"]
	case a.Homeward:
		return r.as["xianan"]
	}
	return r.as["clerk"]
}

// do takes one step, by the same use cases as the pages.
func (r *demoRun) do(ctx context.Context, a *demoApplying, what string) error {
	do, at, _ := strings.Cut(what, "-")
	desk := startuploan.Desk(at)
	no, version, err := r.where(ctx, a, cmp.Or(desk, startuploan.Desk(do)), do)
	if err != nil {
		return err
	}
	s, by, which := r.loans, r.desk(a, cmp.Or(desk, startuploan.Desk(do))), a.which
	says := demoSays[what]
	switch do {
	case "draft":
		return r.draft(ctx, a, false)
	case "hand":
		return r.hand(ctx, a)
	case "survey":
		return r.surveyed(ctx, a)
	case "adopt":
		return s.Judge(ctx, r.as["bank"], which, no, startuploan.Adopted, "")
	case "complete":
		return s.Judge(ctx, r.as["bank"], which, no, startuploan.Completed, says)
	case "second":
		return s.Agree(ctx, r.as["bank2"], which, no)
	case "return":
		return s.SendBack(ctx, by, which, no, says)
	case "refuse":
		return s.Deny(ctx, by, which, no, startuploan.Decision{Code: demoCodes[at], Says: says})
	case "cosign":
		return s.AskCosign(ctx, by, which, no, r.nodes["421202000000"].ID, says)
	case "recuse":
		return s.StepAside(ctx, by, which, no, says)
	case "answer":
		return s.Answer(ctx, a.filler, which, version, true)
	case "withdraw":
		return s.Retract(ctx, a.filler, which, version, says)
	case "appeal":
		return s.Complain(ctx, a.filler, which, version, says)
	case "uphold":
		return s.Allow(ctx, r.desk(a, startuploan.Recheck), which, no, startuploan.Decision{Says: says})
	case "dismiss":
		return s.Deny(ctx, r.desk(a, startuploan.Recheck), which, no, startuploan.Decision{Code: "group", Says: says})
	}
	return s.Allow(ctx, by, which, no, r.opinion(a, startuploan.Desk(do)))
}

// where finds the part of a desk that is at work, and the version of the application.
func (r *demoRun) where(ctx context.Context, a *demoApplying, d startuploan.Desk, do string) (no, version int64, err error) {
	if a.which.IsZero() {
		return 0, 0, nil
	}
	switch do {
	case "adopt", "complete":
		d = startuploan.Survey
	case "second":
		d = startuploan.Bank
	case "uphold", "dismiss":
		d = startuploan.Recheck
	}
	return no, version, r.db.Read(ctx, r.in.city.Slug, func(q *sqldb.Rx) error {
		now, err := startuploan.Find(q, a.which)
		if err != nil {
			return err
		}
		version = now.Edited
		all, err := startuploan.Sittings(q, a.which)
		for _, x := range all {
			if x.Desk == d {
				no = x.No
			}
		}
		return err
	})
}

// opinion is what a desk finds when nothing stands against it.
func (r *demoRun) opinion(a *demoApplying, d startuploan.Desk) (g startuploan.Decision) {
	switch d {
	case startuploan.League:
		g.Flag, g.Says = true, "符合青创贷标识条件，同意推荐。"
		if a.Serial%3 == 0 {
			g.Priority = []string{"prize"}
		}
	case startuploan.HR:
		g.Group, g.Hires = a.Group, a.Hires
	case startuploan.Guarantor:
		g.Guarantee = a.guarantee()
	case startuploan.Finance:
		g.Amount = a.Amount
	case startuploan.Bank:
		g.Amount, g.Months, g.Rate = a.Amount, a.Months, demoRate
		if a.Serial%4 == 0 {
			g.Amount = a.Amount / 10 * 9
		}
	}
	return g
}

var demoCodes = map[string]string{"hr": "group", "guarantor": "guarantee", "bank": "credit"}

// demoSays is what is said with a step.
var demoSays = map[string]string{
	"complete":         "本行客户经理当日上门看过，门面、设备与申请一致。",
	"return-intake":    "营业执照照片看不清注册号，请重新拍照上传。",
	"return-hr":        "身份类别证明已过有效期，请补交新的证明。",
	"return-bank":      "请补充最近三个月的进货凭据，说明用途。",
	"refuse-hr":        "提交的证明不能说明属于所填人员类别。",
	"refuse-guarantor": "保证人单位未出具收入证明，担保不能成立。",
	"withdraw":         "家里暂时筹到钱，先不贷了。",
	"appeal":           "证明是本月新开的，请再核实。",
	"uphold":           "经核对，证明在有效期内，请重新审核。",
	"dismiss":          "经核对，证明与所填类别不一致，维持原结论。",
	"cosign-hr":        "请核实经营场所是否在本区、是否正常营业。",
	"recuse-survey":    "申请人是本人亲戚。",
}
