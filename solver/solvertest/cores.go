package solvertest

import (
	"reflect"
	"runtime"
	"testing"
)

// OneAndTwo holds what a solver finds on one core against what it finds on two, and once more on two. The test must not be
// parallel to others.
func OneAndTwo[T any](t *testing.T, solve func() (T, error)) {
	t.Helper()
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	want, err := solve()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		runtime.GOMAXPROCS(2)
		if got, err := solve(); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatal("another answer on two cores than on one", err)
		}
	}
}
