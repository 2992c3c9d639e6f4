package survey

import (
	"fmt"
	"testing"

	"zhidian/internal/domain/form/xpath"
)

func TestNeeds(t *testing.T) {
	t.Parallel()
	x, _ := xpath.Parse("concat(pulldata('rates', 'a', 'b', 'c'), pulldata('towns', 'a', 'b', 'c'), pulldata('own', 'a', 'b', 'c'))")
	f := &Form{Questions: []*Question{
		{Kind: Group},
		{Kind: SelectOne, List: "towns.csv", FromFile: true, Row: 2, Media: map[string]Texts{"image": {"a.png", "b.png"}, "audio": {"", "a.mp3"}}},
		{Kind: CSVExternal, Name: "extra", Row: 3},
		{Kind: XMLExternal, Name: "old", Row: 4},
		{Kind: Calculate, Calculate: &Formula{X: x}, Row: 5},
		{Kind: SelectOne, List: "towns.csv", FromFile: true, Row: 6},
	}, Lists: []*List{{Name: "own", Items: []Item{{Media: map[string]Texts{"image": {"a.png"}, "video": {"c.mp4"}}, Row: 7}}}}}
	got := ""
	for _, n := range Needs(f) {
		got += fmt.Sprintf("%s:%s%d ", n.Name, n.Sheet, n.Row)
	}
	if want := "towns.csv:survey2 a.mp3:survey2 a.png:survey2 b.png:survey2 extra.csv:survey3 old.xml:survey4 rates.csv:survey5 c.mp4:choices7 "; got != want {
		t.Errorf("needed are %s, want %s", got, want)
	}
}
