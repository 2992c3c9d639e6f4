package near

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestStepsComeNearestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h Heap
		var all []Step
		sort := func() {
			slices.SortFunc(all, func(a, b Step) int {
				switch {
				case a.Before(b):
					return -1
				case b.Before(a):
					return 1
				}
				return 0
			})
		}
		same := func(got, want Step) {
			if got.Before(want) || want.Before(got) {
				t.Fatalf("%v comes before %v", got, want)
			}
		}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			s := Step{rapid.Int64Range(0, 5).Draw(t, "distance"), rapid.Int32Range(0, 2).Draw(t, "arcs"), int32(len(all))}
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				if len(all) > 0 {
					sort()
					same(h.Pop(), all[0])
					all = all[1:]
				}
			case 1:
				if len(all) > 0 {
					sort()
					h.Replace(s)
					all[0] = s
				}
			default:
				h.Push(s)
				all = append(all, s)
			}
		}
		sort()
		for _, want := range all {
			same(h.Pop(), want)
		}
		if len(h) > 0 {
			t.Fatal("there is more than was put in")
		}
	})
}
