package certificate

import (
	"testing"

	"zhidian/internal/service/volunteering/duty"
)

// What counts nothing any more, since it was corrected to nothing, is on no certificate.
func TestACertificateSaysWhatCounts(t *testing.T) {
	t.Parallel()
	told := func(site, title string, minutes int64) duty.Told {
		return duty.Told{Hours: duty.Hours{Minutes: minutes}, Title: title, Site: site}
	}
	minutes, times, content := sum([]duty.Told{told("甲村", "作业辅导", 90), told("乙村", "作业辅导", 60), told("甲村", "作业辅导", 0), told("甲村", "作业辅导", 30), told("甲村", "美术", 45)})
	if want := "甲村，作业辅导，2 次\n乙村，作业辅导，1 次\n甲村，美术，1 次"; minutes != 225 || times != 4 || content != want {
		t.Errorf("%d minutes, %d times, %q", minutes, times, content)
	}
	if minutes, times, content = sum(nil); minutes != 0 || times != 0 || content != "" {
		t.Errorf("of nothing: %d, %d, %q", minutes, times, content)
	}
}
