package act

import (
	"slices"
	"strings"
	"testing"

	"zhidian/internal/platform/i18n"
)

func TestFindingsInSentences(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	if got := catalog.Printer(i18n.En).T("act.loss", Loss{From: 11, Until: 15, Head: 1767225600000000}.Args()); !strings.Contains(got, "11") || !strings.Contains(got, "2026") {
		t.Errorf("a loss reads %q", got)
	}
	for _, c := range []struct {
		name   string
		report Report
		want   []string
	}{
		{"empty", Report{}, []string{"act.nothing_witnessed"}},
		{"all witnessed", Report{Acts: 3, Witnessed: 3}, []string{"act.verified"}},
		{"with a tail", Report{Acts: 5, Witnessed: 3, Unsealed: 1, Withheld: 2}, []string{
			"act.verified", "act.not_witnessed", "act.unsealed", "act.withheld_count",
		}},
		{"damaged", Report{Acts: 5, Witnessed: 3, Damage: &Damage{Kind: Changed, Seq: 4}}, []string{"act.damage_changed", "act.verified"}},
		{"lost", Report{Acts: 5, Losses: []Loss{{From: 1, Until: 2}}}, []string{"act.loss", "act.nothing_witnessed", "act.not_witnessed"}},
	} {
		var got []string
		for _, f := range c.report.Findings() {
			got = append(got, f.Key)
			if text := catalog.Printer(i18n.ZhCN).T(f.Key, f.Args); text == "" || text == f.Key {
				t.Errorf("%s: %s has no sentence", c.name, f.Key)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if u := catalog.Unknown(); len(u) > 0 {
		t.Errorf("arguments without a written form: %v", u)
	}
}
