package density

import (
	"context"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/errs"
	"zhidian/internal/testworld"
)

// Whatever state a blind spot is in, each act leads where it may lead from there, and everything else is refused and
// changes nothing.
func TestABlindSpotGoesFromStateToState(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		page, err := b.s.Spots(ctx, by, SpotFilter{Limit: 50})
		if err != nil || len(page.Rows) == 0 {
			t.Fatalf("%d blind spots, %v", len(page.Rows), err)
		}
		spot := page.Rows[0].ID
		const reason = "村已拆迁，青年已搬走"
		acts := map[string]func() error{
			"visit":   func() error { return b.s.Visit(ctx, by, spot) },
			"dismiss": func() error { return b.s.Dismiss(ctx, by, spot, "  "+reason+"\n") },
			"reopen":  func() error { return b.s.Reopen(ctx, by, spot) },
			"assign": func() error {
				_, err := b.s.Assign(ctx, by, spot, Task{Title: "盲区", Desk: b.Nodes["咸安区"].ID, Days: 5})
				return err
			},
		}
		leads := map[State]map[string]State{
			Open:      {"visit": ToVisit, "dismiss": Dismissed, "assign": Assigned},
			ToVisit:   {"reopen": Open, "assign": Assigned},
			Dismissed: {"reopen": Open},
			Assigned:  {},
		}
		at := func() SpotRow {
			t.Helper()
			row, err := b.s.Spot(ctx, by, spot)
			if err != nil {
				t.Fatal(err)
			}
			return row
		}
		do := func(act string) {
			t.Helper()
			before := at()
			want, may := leads[before.State][act]
			err := acts[act]()
			after := at()
			switch {
			case may && (err != nil || after.State != want):
				t.Errorf("%s from %s: %s, %v", act, before.State, after.State, err)
			case !may && (errs.KindOf(err) != errs.Conflict || err == nil):
				t.Errorf("%s from %s is not refused: %v", act, before.State, err)
			case !may && (after.State != before.State || after.Note != before.Note || after.Matter != before.Matter):
				t.Errorf("%s from %s was refused and yet: %+v", act, before.State, after.BlindSpot)
			}
			if (after.State == Dismissed) != (after.Note == reason) || (after.State == Assigned) != (after.Matter != "") {
				t.Errorf("%s with reason %q and matter %q", after.State, after.Note, after.Matter)
			}
		}
		for _, act := range []string{
			"reopen", "visit", "visit", "dismiss", "reopen", "dismiss", "dismiss", "visit", "assign", "reopen", "visit", "assign",
			"assign", "visit", "dismiss", "reopen",
		} {
			do(act)
		}
		if s := at().State; s != Assigned {
			t.Fatalf("at the end it is %s", s)
		}
		v, err := b.s.Matters.View(ctx, by, casework.ID(at().Matter))
		if m := v.Matter; err != nil || m.Subject != spot.String() || m.Desk != b.Nodes["咸安区"].ID || m.Org != at().At {
			t.Errorf("the matter: %+v, %v", v.Matter, err)
		}
		after, err := b.s.Spots(ctx, by, SpotFilter{State: Assigned, Limit: 50})
		if err != nil || after.Total != 1 || after.Count[Assigned] != 1 || after.Count[Open] != page.Total-1 {
			t.Errorf("%d assigned, %+v, %v", after.Total, after.Count, err)
		}
	})
}

// What is wrong with a task or a reason is said, and the blind spot stays as it was. Nobody reaches one of another city.
func TestWhatIsWrongLeavesABlindSpotAsItWas(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		page, err := b.s.Spots(ctx, by, SpotFilter{Limit: 1})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		spot, good := page.Rows[0].ID, Task{Title: "盲区", Desk: b.Nodes["咸安区"].ID, Days: 5}
		task := func(change func(*Task)) func() error {
			bad := good
			change(&bad)
			return func() error { _, err := b.s.Assign(ctx, by, spot, bad); return err }
		}
		twin := by
		twin.City = testworld.Twin
		for name, c := range map[string]struct {
			do   func() error
			kind errs.Kind
		}{
			"no title":        {task(func(x *Task) { x.Title = "" }), errs.Invalid},
			"no time":         {task(func(x *Task) { x.Days = 0 }), errs.Invalid},
			"years":           {task(func(x *Task) { x.Days = casework.MaxDays + 1 }), errs.Invalid},
			"no desk":         {task(func(x *Task) { x.Desk = "" }), errs.Absent},
			"an unknown desk": {task(func(x *Task) { x.Desk = "00000000000000000000000000" }), errs.Absent},
			"no reason":       {func() error { return b.s.Dismiss(ctx, by, spot, " \n ") }, errs.Invalid},
			"a short reason":  {func() error { return b.s.Dismiss(ctx, by, spot, "已搬走") }, errs.Invalid},
			"a long reason":   {func() error { return b.s.Dismiss(ctx, by, spot, strings.Repeat("长", 501)) }, errs.Invalid},
			"an unknown one":  {func() error { return b.s.Visit(ctx, by, "00000000000000000000000000") }, errs.Absent},
			"the twin visits": {func() error { return b.s.Visit(ctx, twin, spot) }, errs.Absent},
			"the twin assigns": {func() error {
				_, err := b.s.Assign(ctx, twin, spot, good)
				return err
			}, errs.Absent},
			"the twin reads":      {func() error { _, err := b.s.Spot(ctx, twin, spot); return err }, errs.Absent},
			"desks for the twin":  {func() error { _, err := b.s.Desks(ctx, twin, spot); return err }, errs.Absent},
			"an unknown delivery": {func() error { _, err := b.s.Spots(ctx, by, SpotFilter{Delivery: 99, Limit: 1}); return err }, errs.Absent},
			"an unknown place": {func() error {
				_, err := b.s.Spots(ctx, by, SpotFilter{Place: "00000000000000000000000000", Limit: 1})
				return err
			}, errs.Absent},
		} {
			if err := c.do(); err == nil || errs.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if row, err := b.s.Spot(ctx, by, spot); err != nil || row.State != Open || row.Note != "" || row.Matter != "" {
			t.Errorf("it did not stay as it was: %+v, %v", row.BlindSpot, err)
		}
	})
}

// Of clerks who assign one blind spot at once, one is answered with the matter and the others are told.
func TestOneOfTwoClerksAssigns(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		page, err := b.s.Spots(ctx, by, SpotFilter{Limit: 1})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		spot := page.Rows[0].ID
		type answer struct {
			made casework.ID
			err  error
		}
		answers := make(chan answer)
		for range 4 {
			go func() {
				made, err := b.s.Assign(ctx, by, spot, Task{Title: "盲区", Desk: b.Nodes["咸安区"].ID, Days: 5})
				answers <- answer{made, err}
			}()
		}
		var won []casework.ID
		for range 4 {
			switch a := <-answers; {
			case a.err == nil:
				won = append(won, a.made)
			case errs.KindOf(a.err) != errs.Conflict:
				t.Errorf("told: %v", a.err)
			}
		}
		row, err := b.s.Spot(ctx, by, spot)
		if err != nil || len(won) != 1 || row.Matter != won[0].String() {
			t.Errorf("%d clerks assigned it, it is matter %q, %v", len(won), row.Matter, err)
		}
	})
}

// Page by page the ranking is the ranking as a whole, each place once and in order.
func TestTheRankingIsReadPageByPage(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		whole, err := b.s.Spots(ctx, by, SpotFilter{Limit: 50})
		if err != nil || len(whole.Rows) < 2 || whole.Next != 0 || whole.Total != len(whole.Rows) {
			t.Fatalf("%d of %d, %v", len(whole.Rows), whole.Total, err)
		}
		var ids []SpotID
		var begins []int64 // what the pages read come after
		for after := int64(0); ; {
			p, err := b.s.Spots(ctx, by, SpotFilter{After: after, Limit: 1})
			if err != nil || p.Total != whole.Total || len(p.Rows) != 1 || p.Rows[0].Rank <= after {
				t.Fatalf("after %d: %+v, %v", after, p, err)
			}
			ids = append(ids, p.Rows[0].ID)
			if n := len(begins); n > 0 && p.Prev != begins[n-1] || n == 0 && p.Prev != 0 {
				t.Errorf("after %d the page before begins after %d: %v", after, p.Prev, begins)
			}
			begins = append(begins, after)
			if after = p.Next; after == 0 {
				break
			}
		}
		if !slices.EqualFunc(ids, whole.Rows, func(id SpotID, r SpotRow) bool { return id == r.ID }) {
			t.Errorf("page by page %v, as a whole %d", ids, len(whole.Rows))
		}
		sum := 0
		for _, kind := range SpotKinds {
			p, err := b.s.Spots(ctx, by, SpotFilter{Kind: kind, Limit: 50})
			if err != nil || slices.ContainsFunc(p.Rows, func(r SpotRow) bool { return r.Kind != kind }) {
				t.Errorf("%s: %+v, %v", kind, p.Rows, err)
			}
			sum += p.Total
		}
		if sum != whole.Total {
			t.Errorf("by kind %d, as a whole %d", sum, whole.Total)
		}
	})
}
