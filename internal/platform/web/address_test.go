package web

import "testing"

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pairs []string
		want  string
	}{
		{nil, "/office/voices"},
		{[]string{"q", "", "state", ""}, "/office/voices"},
		{[]string{"state", "open", "q", "甲 & 乙", "cursor", ""}, "/office/voices?q=%E7%94%B2+%26+%E4%B9%99&state=open"},
	} {
		if got := Address("/office/voices", c.pairs...); got != c.want {
			t.Errorf("%v: %s, want %s", c.pairs, got, c.want)
		}
	}
}
