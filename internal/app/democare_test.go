package app

import (
	"testing"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/volunteering"
)

// The demo looks after children: one season is half over, one is open with a queue and an offer, one was drawn, and at two sites nothing can
// be offered. Its volunteers have served, and one has a certificate.
func TestTheDemoLooksAfterChildren(t *testing.T) {
	t.Parallel()
	s := smallServices(t)
	ctx, by := t.Context(), authz.System(s.in.city.Slug)
	seasons, err := s.care.Seasons(ctx, by.City)
	if err != nil {
		t.Fatal(err)
	}
	classes, children := map[childcare.State]int{}, map[enrolment.State]int64{}
	drawn, unsigned := 0, 0
	for _, e := range seasons {
		x, err := s.care.DeskSeason(ctx, by, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range x.Lines {
			classes[l.State]++
			if l.Class.Roll == "" {
				continue
			}
			v, err := s.care.View(ctx, by.City, l.Class.ID)
			if err != nil {
				t.Fatal(err)
			}
			for state, n := range v.Tally {
				children[state] += n
			}
			if v.Roll.Standing == enrolment.Settled {
				drawn++
			}
			if v.Season.IsOpen(s.db.Now().UnixMicro()) {
				unsigned++
			}
		}
	}
	if len(seasons) != 3 || classes[childcare.Proposed] != 2 || classes[childcare.Cancelled] != 1 || drawn != 1 || unsigned < 3 {
		t.Errorf("%d seasons, classes %v, %d drawn, %d open", len(seasons), classes, drawn, unsigned)
	}
	if children[enrolment.Placed] < 40 || children[enrolment.Waiting] < 5 || children[enrolment.Offered] < 1 {
		t.Errorf("children %v", children)
	}
	for table, least := range map[string]int{
		"timetable_presence": 400, "care_report": 2, "care_health": 3, "care_collector": 10, "volunteer_hours": 8, "volunteer_certificate": 1, "volunteer_group": 3, "volunteer_pair": 3,
	} {
		var n int
		if err := s.db.Read(ctx, by.City, func(q *sqldb.Rx) error {
			return q.Row(`SELECT COUNT(*) FROM ` + table + ` WHERE city = $1`).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		if n < least {
			t.Errorf("%d rows of %s, want %d", n, table, least)
		}
	}
	n, err := s.serving.Tally(ctx, by)
	if err != nil || n[volunteering.Admitted] != 12 || n[volunteering.Applied] != 4 {
		t.Errorf("volunteers %v, %v", n, err)
	}
}
