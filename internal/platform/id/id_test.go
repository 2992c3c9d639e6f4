package id

import (
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
)

type thing struct{}

func TestOrderOfIdsIsOrderOfTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.SliceOfN(rapid.Int64Range(0, 1<<47), 2, 20).Draw(t, "ms")
		sort.Slice(ms, func(i, j int) bool { return ms[i] < ms[j] })
		last := Of[thing]("")
		for i, m := range ms {
			got := New[thing](time.UnixMilli(m))
			if len(got) != 26 {
				t.Fatalf("%q has %d characters", got, len(got))
			}
			if got.Time().UnixMilli() != m {
				t.Fatalf("time %v, want %v", got.Time().UnixMilli(), m)
			}
			if i > 0 && ms[i-1] < m && last >= got {
				t.Fatalf("%q is not before %q", last, got)
			}
			last = got
		}
	})
}

func TestOrderHoldsWithinAMillisecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(0, 1<<50).Draw(t, "at"))
		before, after := New[thing](at), New[thing](at.Add(time.Microsecond))
		if before >= after || before.Time().UnixMilli() != at.UnixMilli() {
			t.Fatalf("%q is not before %q", before, after)
		}
	})
}

func TestIdsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[Of[thing]]bool{}
	for range 10_000 {
		seen[New[thing](time.UnixMilli(1))] = true
	}
	if len(seen) != 10_000 {
		t.Fatalf("%d different ids of 10,000", len(seen))
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	good := New[thing](time.UnixMilli(1_767_225_600_000))
	back, err := Parse[thing](strings.ToLower(string(good)))
	if err != nil || back != good {
		t.Fatalf("got %q, %v", back, err)
	}
	for _, bad := range []string{"", "1", string(good) + "0", "8" + string(good[1:]), strings.Repeat("U", 26), "0'; DROP TABLE person; --xx"} {
		if _, err := Parse[thing](bad); errs.KindOf(err) != errs.Absent {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNullMeansNone(t *testing.T) {
	t.Parallel()
	var none Of[thing]
	if v, _ := none.Value(); v != nil {
		t.Fatalf("stored as %v", v)
	}
	x := Of[thing]("x")
	if err := x.Scan(nil); err != nil || !x.IsZero() {
		t.Fatalf("NULL read as %q, %v", x, err)
	}
	if err := x.Scan(int64(3)); err == nil {
		t.Fatal("a number is no id")
	}
	if !none.Time().IsZero() {
		t.Fatal("no id has no time")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := Parse[thing](s); err == nil && (len(got) != 26 || strings.ToUpper(s) != string(got)) {
			t.Fatalf("%q read as %q", s, got)
		}
	})
}
