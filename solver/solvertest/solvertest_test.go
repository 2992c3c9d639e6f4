package solvertest

import (
	"runtime"
	"testing"
)

func TestOneAndTwoGivesTheCoresBack(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	var cores []int
	OneAndTwo(t, func() (int, error) {
		cores = append(cores, runtime.GOMAXPROCS(0))
		return 7, nil
	})
	if len(cores) != 3 || cores[0] != 1 || cores[1] != 2 || cores[2] != 2 {
		t.Errorf("solved on %v cores, not on one and twice on two", cores)
	}
	if now := runtime.GOMAXPROCS(0); now != before {
		t.Errorf("%d cores afterwards, %d before", now, before)
	}
}

// TestOneAndTwoNoticesAnotherAnswer asks a test of its own, which has to fail.
func TestOneAndTwoNoticesAnotherAnswer(t *testing.T) {
	answers := map[string]func() (int, error){
		"another on two": func() (int, error) { return runtime.GOMAXPROCS(0), nil },
	}
	for name, solve := range answers {
		if same(solve) == nil {
			t.Error(name, "was not noticed")
		}
	}
	if err := same(func() (int, error) { return 1, nil }); err != nil {
		t.Error(err)
	}
}

func TestEachMeasuresEveryTurn(t *testing.T) {
	turns := 0
	r := testing.Benchmark(func(b *testing.B) { Each(b, func() { turns++ }) })
	if turns < r.N || r.Extra["least-cpu-ms"] > r.Extra["cpu-ms/op"] || r.Extra["least-ms"] <= 0 {
		t.Errorf("%d of %d turns, %v", turns, r.N, r.Extra)
	}
}
