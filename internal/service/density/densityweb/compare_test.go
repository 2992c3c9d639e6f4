package densityweb_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"

	"zhidian/internal/testworld"
)

// Two dates stand side by side, and the difference is that of the two numbers; where either is hidden it is hidden too.
func TestTwoDatesStandSideBySide(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	b.Get("/office/density/compare").Want(http.StatusOK).Holds("还不能对比").Lacks("table id=")
	s.deliver(t, "2026-06-30", 7)
	s.deliver(t, "2026-09-30", -3)
	page := b.Get("/office/density/compare?level=village").Want(http.StatusOK, "table#density-compare tbody tr", "main form[action='/office/density/compare'] input[name=level][value=village]")
	page.Holds("2026-06-30 → 2026-09-30").Lacks("⟦", "<b>表")
	rows := shown(page, "table#density-compare")
	if len(rows) != 4*len(testworld.Counties)+1 {
		t.Fatalf("%d rows", len(rows))
	}
	moved := 0
	for _, row := range rows {
		for _, k := range []int{1, 4, 7} {
			was, err1 := strconv.Atoi(row[k])
			now, err2 := strconv.Atoi(row[k+1])
			diff, err3 := strconv.Atoi(row[k+2])
			if err1 != nil || err2 != nil || err3 != nil || now-was != diff {
				t.Errorf("%q: %d to %d differ by %d", row[0], was, now, diff)
			}
			if diff != 0 {
				moved++
			}
		}
	}
	if last := rows[len(rows)-1]; moved != 5 || last[3] != "-40" {
		t.Errorf("%d differences, in all %q", moved, last[3])
	}
	if n := page.Find("select[name=compare] option").Length(); n != 3 {
		t.Errorf("%d dates can be chosen", n)
	}
	// Any two can be chosen, also the other way round; a rise has its sign.
	first, second := strconv.FormatInt(s.seqs[0], 10), strconv.FormatInt(s.seqs[1], 10)
	rise := b.Get("/office/density/compare?compare="+first+"&delivery="+second).Want(http.StatusOK,
		"select[name=compare] option[value='"+first+"'][selected]", "select[name=delivery] option[value='"+second+"'][selected]")
	rise.Holds("+28", "2026-03-31 → 2026-06-30")
	b.Get("/office/density/compare?delivery=" + first + "&compare=" + second).Want(http.StatusOK).Holds("-28")
	b.Get("/office/density/compare?compare=99").Want(http.StatusNotFound)
	b.Get("/office/density/compare?place=" + s.Nodes["咸安区"].ID.String()).Want(http.StatusOK).Lacks("嘉鱼县")
	b.In("en").Get("/office/density/compare").Want(http.StatusOK, "table#density-compare").Lacks("⟦")

	hidden := 0
	reads := b.As(s.Actor(t, reader, "咸宁市"))
	for _, row := range shown(reads.Get("/office/density/compare?level=village").Want(http.StatusOK), "table#density-compare") {
		for _, k := range []int{1, 4} {
			if parts := row[k : k+2]; slices.Contains(parts, "不显示") {
				hidden++
				if row[k+2] != "不显示" {
					t.Errorf("%q: a difference beside a hidden number", row)
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing was hidden: the fixture proves nothing")
	}
}

// The overview of a later date says how much each place has grown, as far as both are shown.
func TestTheOverviewTellsTheChange(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	if a := b.Get("/office/density").Want(http.StatusOK); a.Find("main a[href*='/density/compare']").Length() > 0 {
		t.Error("a comparison is offered with one date alone")
	}
	s.deliver(t, "2026-06-30", 500)
	b.Get("/office/density").Want(http.StatusOK, "main a[href*='/density/compare']", "select[name=delivery] option[value='"+strconv.FormatInt(s.seqs[1], 10)+"'][selected]")
	with := b.Get("/office/density?compare="+strconv.FormatInt(s.seqs[0], 10)).Want(http.StatusOK, "table#density-table tbody tr")
	with.Holds("+").Lacks("⟦")
	county := b.Get("/office/density?place="+s.Nodes["咸安区"].ID.String()).Want(http.StatusOK, "nav a[href='/office/density']")
	county.Holds("咸安区甲镇").Lacks("嘉鱼县甲镇")
	for _, place := range []string{"咸安区甲镇", "咸安区甲镇一村"} {
		b.Get("/office/density?place="+s.Nodes[place].ID.String()).Want(http.StatusOK, "main h1").Holds(place).Lacks("⟦")
	}
	b.Get("/office/density?compare=99").Want(http.StatusNotFound)
}
