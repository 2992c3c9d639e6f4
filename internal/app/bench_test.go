package app

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// What is measured of answers is summed so that a slow question weighs as long as it takes.
func TestWhatIsSaidOfAnswers(t *testing.T) {
	t.Parallel()
	all := []answered{
		{Question: "first", Scope: "village", P50: 5, P95: 9, PerSecond: 1000},
		{Question: "id", Scope: "village", P50: 3, P95: 4, PerSecond: 4000},
		{Question: "first", Scope: "city", P50: 4, P95: 7, PerSecond: 2000},
		{Question: "id", Scope: "city", P50: 3.1, P95: 4, PerSecond: 4000},
	}
	if worst(all) != 9 || slowest(all) != 1000 || int(overall(all)) != 2000 {
		t.Errorf("worst %v, slowest %v, overall %v", worst(all), slowest(all), overall(all))
	}
	if got := narrowSlower(all); len(got) != 1 || !strings.HasPrefix(got[0], "first in the village") {
		t.Errorf("narrow slower: %v", got)
	}
}

func TestMembersOfMeasurementsAreNobody(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, k := range []int{0, 1, 4999, 5000, 999_999, 1_999_999} {
		number, born, err := benchMember(k)
		if err != nil {
			t.Fatal(err)
		}
		id, err := cn.ParseResidentID(number)
		if err != nil || id.Born() != born || !id.Synthetic() || slices.Contains(seen, number) {
			t.Errorf("%d: %s %v", k, number, err)
		}
		seen = append(seen, number)
	}
}

func TestActsAreMeasuredOnBothEngines(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		m, err := actsThroughHTTP(ctx, db, 4, 100*time.Millisecond)
		if err != nil || m.Engine != string(db.Engine()) || m.Figures["acts"].(int) == 0 || m.Figures["errors"].(int64) != 0 || m.Figures["sealed_max_ms"].(float64) <= 0 {
			t.Errorf("%+v %v", m, err)
		}
	})
}
