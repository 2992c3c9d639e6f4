package solvertest

import (
	"errors"
	"reflect"
	"runtime"
	"testing"
)

// OneAndTwo holds what a solver finds on one core against what it finds on two, and once more on two. The test must not be
// parallel to others.
func OneAndTwo[T any](t *testing.T, solve func() (T, error)) {
	t.Helper()
	if err := same(solve); err != nil {
		t.Fatal(err)
	}
}

func same[T any](solve func() (T, error)) error {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	want, err := solve()
	if err != nil {
		return err
	}
	for range 2 {
		runtime.GOMAXPROCS(2)
		if got, err := solve(); err != nil || !reflect.DeepEqual(got, want) {
			return errors.Join(errors.New("another answer on two cores than on one"), err)
		}
	}
	return nil
}
