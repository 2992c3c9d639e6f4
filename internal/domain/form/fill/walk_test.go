package fill_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
)

var update = flag.Bool("update", false, "write testdata/walk.json anew")

// step is one thing that somebody does to a record, with what it is afterwards.
type step struct {
	Do    string          `json:"do"` // answer, add, remove
	Path  string          `json:"path"`
	Value string          `json:"value,omitempty"`
	Draft json.RawMessage `json:"draft"`
	Wrong []string        `json:"wrong"`
}

// The phone replays these steps and must come to the same record after each (assets/record.test.mjs).
func TestWalk(t *testing.T) {
	t.Parallel()
	f := form(t, household)
	r := fill.New(f, around)
	by := rand.New(rand.NewPCG(7, 7))
	answers := map[string][]string{
		"head": {"王小二", "李𠮷", ""}, "age": {"40", "17", "18", ""}, "visits": {"0", "2", "5", "7", ""},
		"county": {"a", "b", "c", ""}, "town": {"a1", "b1", ""}, "extra/remark": {"无", ""},
	}
	paths := []string{"head", "age", "visits", "county", "town", "extra/remark"}
	var steps []step
	for range 250 {
		s := step{Do: "answer", Path: paths[by.IntN(len(paths))]}
		switch by.IntN(6) {
		case 0:
			s = step{Do: "add", Path: "kid"}
			r.AddRepeat(r.Root(), r.At("age").Place+1)
		case 1:
			s = step{Do: "remove", Path: fmt.Sprintf("kid[%d]", 1+by.IntN(3))}
			if n := r.At(s.Path); n != nil {
				r.RemoveRepeat(n)
			}
		case 2:
			s.Path, s.Value = fmt.Sprintf("kid[%d]/years", 1+by.IntN(3)), fmt.Sprint(by.IntN(50))
		case 3:
			s.Path, s.Value = fmt.Sprintf("visit[%d]/day", 1+by.IntN(5)), fmt.Sprintf("2026-03-%02d", 1+by.IntN(20))
		default:
			s.Value = answers[s.Path][by.IntN(len(answers[s.Path]))]
		}
		if n := r.At(s.Path); s.Do == "answer" && n != nil {
			r.Answer(n, s.Value)
		}
		var err error
		if s.Draft, err = r.Draft(); err != nil {
			t.Fatal(err)
		}
		s.Wrong = append([]string{}, wrong(r)...)
		steps = append(steps, s)
	}
	got, err := json.Marshal(map[string]any{"form": survey.Send(f, nil), "now": around.Now.UnixMilli(), "known": around.Known, "steps": steps})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/walk.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("testdata/walk.json")
	if err != nil || string(kept) != string(got) {
		t.Errorf("testdata/walk.json is not what is done now; run go test -update: %v", err)
	}
}
