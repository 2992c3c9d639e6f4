package app

import (
	"context"
	"fmt"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/startuploan/followup"
)

// demoHeard is of how many of the demo's loans, one in so many, something was told since.
const demoHeard = 12

// addDemoVisits lets desks enter how some of the demo's businesses do, and gives a few that are due to the phones of a township.
func (s *services) addDemoVisits(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	if _, err := s.publishDemoForm(ctx, nodes["421200000000"].ID, "loanvisit.md"); err != nil {
		return err
	}
	if err := s.after.Begin(ctx, by.City); err != nil {
		return err
	}
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	today := day.Of(s.db.Now(), zone)
	cursor, n := "", 0
	for {
		got, _, err := s.after.List(ctx, by, followup.Filter{View: "all", Size: 200}, cursor)
		if err != nil {
			return err
		}
		for _, x := range got.Items {
			if n++; n%demoHeard != 0 {
				continue
			}
			if err := s.after.Enter(ctx, by, x.Contract, 0, demoTold(x, n/demoHeard, today)); err != nil {
				return fmt.Errorf("visit of %s: %w", x.Number, err)
			}
		}
		if cursor = got.Next; cursor == "" {
			break
		}
	}
	return s.sendDemoVisits(ctx, by, nodes["421202000000"], today)
}

// demoTold is what was found of a business: most trade, some pause, and one in nine has closed.
func demoTold(x followup.Row, i int, today day.Day) followup.Given {
	on := x.First.AddMonths(12 * (1 + i%3)).AddDays(i % 20)
	if on > today {
		on = today.AddDays(-(i % 60))
	}
	on = max(on, x.First)
	g := followup.Given{On: on, State: followup.Trading, Founders: 1 + int64(i%2), Staff: int64(i % 7), Contracted: int64(i % 7 / 2)}
	switch i % 9 {
	case 3:
		g.State, g.Note = followup.Paused, "门店装修，下月开门。"
	case 5:
		g.State, g.MovedTo, g.Since = followup.Moved, "武汉市江夏区", max(x.First, on.AddDays(-30))
	case 7:
		g.State, g.Since, g.Note = followup.Closed, max(x.First, on.AddMonths(-(i%10))), "租约到期后未再续租。"
	case 8:
		g.NeedKind, g.Wish = "market", "想参加下半年的助农展销，不知道怎么报名。"
	}
	return g
}

// sendDemoVisits gives the first that are due in a county to its phones.
func (s *services) sendDemoVisits(ctx context.Context, by authz.Actor, at org.Node, today day.Day) error {
	due, _, err := s.after.List(ctx, by, followup.Filter{At: at.Path, Size: 6}, "")
	if err != nil || len(due.Items) == 0 {
		return err
	}
	x := followup.Sending{Unit: at.ID, Due: today.AddDays(14)}
	for _, r := range due.Items {
		x.Loans = append(x.Loans, r.Contract)
	}
	_, err = s.after.Send(ctx, by, x)
	return err
}
