package money

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

const (
	days360 = 360
	days365 = 365
)

func TestRates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Rate{
		"4.50%": 45000, "4.5%": 45000, "４．５％": 45000, "150bp": 15000, "150 BP": 15000, "150个基点": 15000, "0.5‰": 500, "3.4567%": 34567,
		"-1.5%": -15000, "100%": One, "0%": 0, "1,000%": 10 * One,
	} {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
	for text, key := range map[string]string{
		"4.5": "money.rate_format", "0.045": "money.rate_format", "": "money.rate_format", "%": "money.rate_format", "x%": "money.rate_format",
		"4.56789%": "money.rate_too_fine", "99999999999999999999%": "money.too_large",
	} {
		if got, err := ParseRate(text); errs.KeyOf(err) != key {
			t.Errorf("%q: %d %v, want %s", text, got, err, key)
		}
	}
	for r, want := range map[Rate]string{45000: "4.50%", 34567: "3.4567%", 34560: "3.456%", -15000: "-1.50%", 0: "0.00%", 100: "0.01%", 1: "0.0001%"} {
		if got := r.String(); got != want {
			t.Errorf("%d: %s, want %s", r, got, want)
		}
	}
}

func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"4.5%", "150bp", "0.5‰", "４．５％", "-1%", "1.23456%", "bp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseRate(s)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatal(err)
			}
			return
		}
		if again, err := ParseRate(got.String()); err != nil || again != got {
			t.Fatalf("%q → %s → %d %v", s, got, again, err)
		}
	})
}

// The worked examples of domain.md §1.6.
func TestInterestOfTheWorkedExamples(t *testing.T) {
	t.Parallel()
	loan := func(yuan Fen, rate Rate, days int) Segment { return Segment{yuan * Yuan, rate, days} }
	for _, c := range []struct {
		name     string
		base     int
		segments []Segment
		want     Fen
	}{
		{"A old rule, a year by 30-day months", days360, []Segment{loan(100_000, 51500, 360)}, 515000},
		{"B first period", days360, []Segment{loan(300_000, 45000, 65)}, 243750},
		{"B second period", days360, []Segment{loan(300_000, 45000, 92)}, 345000},
		{"B fourth period", days360, []Segment{loan(300_000, 45000, 91)}, 341250},
		{"B last period", days360, []Segment{loan(300_000, 45000, 25)}, 93750},
		{"B all 1,096 days", days360, []Segment{loan(300_000, 45000, 1096)}, 4110000},
		{"B first period on 365", days365, []Segment{loan(300_000, 45000, 65)}, 240411},
		{"B a year by 30-day months", days360, []Segment{loan(300_000, 45000, 360)}, 1350000},
		{"C partial prepayment", days360, []Segment{loan(300_000, 45000, 50), loan(200_000, 45000, 42)}, 292500},
		{"D first month", days360, []Segment{loan(300_000, 45000, 30)}, 112500},
		{"E overdue", days360, []Segment{loan(300_000, 67500, 30)}, 168750},
		{"F slice up to 4m", days360, []Segment{loan(4_000_000, 44500, 92)}, 4548889},
		{"F slice over 4m", days360, []Segment{loan(800_000, 44500, 92)}, 909778},
		{"nothing", days360, nil, 0},
	} {
		if got, err := Interest(c.base, c.segments...); err != nil || got != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got, err, c.want)
		}
	}
}

func TestSubsidyPartsOfTheWorkedExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		interest          Fen
		province          Rate
		half, prov, local Fen
	}{
		{243750, 70 * Percent, 121875, 85313, 36562},
		{345000, 70 * Percent, 172500, 120750, 51750},
		{341250, 70 * Percent, 170625, 119438, 51187},
		{93750, 70 * Percent, 46875, 32813, 14062},
		{4548889, 70 * Percent, 2274445, 1592112, 682333}, // F up to 4m
		{909778, 50 * Percent, 454889, 227445, 227444},    // F over 4m
	} {
		half, err1 := c.interest.Part(50 * Percent)
		prov, err2 := half.Part(c.province)
		local, err3 := half.Sub(prov)
		if err1 != nil || err2 != nil || err3 != nil || half != c.half || prov != c.prov || local != c.local {
			t.Errorf("%s: %s = %s + %s, want %s = %s + %s", c.interest, half, prov, local, c.half, c.prov, c.local)
		}
	}
	if got, _ := (900_000 * Yuan).Part(110 * Percent); got != 990_000*Yuan { // G partnership
		t.Errorf("partnership: %s", got)
	}
}

func TestInterestRefuses(t *testing.T) {
	t.Parallel()
	for key, f := range map[string]func() (Fen, error){
		"money.base":      func() (Fen, error) { return Interest(0, Segment{100, 100, 1}) },
		"money.days":      func() (Fen, error) { return Interest(360, Segment{100, 100, -1}) },
		"money.too_large": func() (Fen, error) { return Interest(360, Segment{math.MaxInt64, One, 361}) },
	} {
		if got, err := f(); errs.KeyOf(err) != key || got != 0 {
			t.Errorf("%s: %d %v", key, got, err)
		}
	}
	if _, err := Fen(math.MaxInt64).Part(2 * One); errs.KeyOf(err) != "money.too_large" {
		t.Errorf("part: %v", err)
	}
}

func TestInterestIsTheExactValueRoundedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.SampledFrom([]int{360, 365, 366}).Draw(t, "base")
		exact := new(big.Rat)
		var segments, mirrored []Segment
		for range rapid.IntRange(0, 4).Draw(t, "segments") {
			s := Segment{
				Fen(rapid.Int64Range(-1e12, 1e12).Draw(t, "balance")),
				Rate(rapid.Int64Range(0, 300_000).Draw(t, "rate")),
				rapid.IntRange(0, 4000).Draw(t, "days"),
			}
			segments = append(segments, s)
			mirrored = append(mirrored, Segment{-s.Balance, s.Rate, s.Days})
			part := new(big.Rat).SetFrac64(int64(s.Rate)*int64(s.Days), int64(One)*int64(base))
			exact.Add(exact, part.Mul(part, new(big.Rat).SetInt64(int64(s.Balance))))
		}
		got, err := Interest(base, segments...)
		if err != nil {
			t.Fatal(err)
		}
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(got)), exact)
		if half := big.NewRat(1, 2); off.Abs(off).Cmp(half) > 0 {
			t.Fatalf("%v: %d, exactly %s", segments, got, exact.FloatString(4))
		}
		if back, _ := Interest(base, mirrored...); back != -got {
			t.Fatalf("a reversal leaves %d", back+got)
		}
	})
}
