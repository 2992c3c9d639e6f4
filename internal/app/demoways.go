package app

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/startuploan"
)

// addDemoWays lets applications for loans go their way: one county has departments of its own, and its banks decide under four eyes. The
// form of the survey belongs to it, since a survey that is asked for is filled in on that.
func (s *services) addDemoWays(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	city := startuploan.Usual
	city.From, city.Source = day.Of(s.db.Now(), zone), "市青创贷联席会议纪要（演示）"
	city.Stops = slices.Clone(city.Stops)
	at := map[startuploan.Desk]org.ID{startuploan.Guarantor: nodes[demoGuarantor].ID}
	county := city
	county.County, county.Stops = nodes["421202000000"].ID, slices.Clone(city.Stops)
	for i := range city.Stops {
		city.Stops[i].Org = at[city.Stops[i].Desk]
	}
	at[startuploan.HR], at[startuploan.Finance] = nodes[demoHR].ID, nodes[demoFinance].ID
	for i := range county.Stops {
		stop := &county.Stops[i]
		stop.Org, stop.FourEyes = at[stop.Desk], stop.Desk == startuploan.Bank
	}
	for _, w := range []startuploan.Way{city, county} {
		if err := s.loans.PutWay(ctx, by, w); err != nil {
			return err
		}
	}
	_, err = s.publishDemoForm(ctx, nodes["421200000000"].ID, "survey.md")
	return err
}
