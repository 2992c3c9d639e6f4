package actweb

import (
	"strings"
	"testing"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/i18n"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	cat, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change string
		hidden int
		holds  []string
		lacks  []string
	}{
		"counts":        {`{"rows":12,"bad":0,"good_rows":true}`, 0, []string{"12", "true"}, nil},
		"ids and words": {`{"from":"01ARZ3NDEKTSV4RRFFQ69G5FAV","state":"open","due":"2026-11-30"}`, 0, []string{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "open", "2026-11-30"}, nil},
		"a name":        {`{"home":"01ARZ3NDEKTSV4RRFFQ69G5FAV","name":"欧阳晓"}`, 1, []string{"home", "name"}, []string{"欧阳晓"}},
		"a Latin name":  {`{"name":["Anna","Berta"]}`, 2, nil, []string{"Anna", "Berta"}},
		"a birth date":  {`{"born":["1999-01-01","1999-01-10"]}`, 2, nil, []string{"1999"}},
		"written text":  {`{"reason":"家里有事"}`, 1, nil, []string{"家里"}},
		"deep":          {`{"old":{"name":{"first":"Anna"}}}`, 1, nil, []string{"Anna"}},
		"no JSON":       {`Anna`, 1, nil, []string{"Anna"}},
	} {
		text, hidden := masked(cat.Printer(i18n.ZhCN), &act.Content{Change: []byte(c.change)})
		if hidden != c.hidden {
			t.Errorf("%s: %d hidden: %s", name, hidden, text)
		}
		for _, x := range c.holds {
			if !strings.Contains(text, x) {
				t.Errorf("%s lacks %s: %s", name, x, text)
			}
		}
		for _, x := range c.lacks {
			if strings.Contains(text, x) {
				t.Errorf("%s shows %s: %s", name, x, text)
			}
		}
	}
}
