package money

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

func anyFen() *rapid.Generator[Fen] {
	return rapid.Custom(func(t *rapid.T) Fen { return Fen(rapid.Int64().Draw(t, "fen")) })
}

func TestOverflowIsAnErrorNeverSilent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyFen().Draw(t, "a"), anyFen().Draw(t, "b")
		edge := []Fen{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64}
		if rapid.Bool().Draw(t, "edge") {
			a, b = rapid.SampledFrom(edge).Draw(t, "edge a"), rapid.SampledFrom(edge).Draw(t, "edge b")
		}
		x, y := big.NewInt(int64(a)), big.NewInt(int64(b))
		for name, c := range map[string]struct {
			exact *big.Int
			got   func() (Fen, error)
		}{
			"add":   {new(big.Int).Add(x, y), func() (Fen, error) { return a.Add(b) }},
			"sub":   {new(big.Int).Sub(x, y), func() (Fen, error) { return a.Sub(b) }},
			"times": {new(big.Int).Mul(x, y), func() (Fen, error) { return a.Times(int64(b)) }},
			"sum":   {new(big.Int).Add(x, y), func() (Fen, error) { return Sum(a, b) }},
		} {
			got, err := c.got()
			if c.exact.IsInt64() != (err == nil) || err == nil && int64(got) != c.exact.Int64() {
				t.Fatalf("%s of %d and %d: %d %v, exactly %s", name, a, b, got, err, c.exact)
			}
			if err != nil && errs.KeyOf(err) != "money.too_large" {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

func TestParseReadsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fen{
		"12,345.67":                  1234567,
		"12345.67":                   1234567,
		"12345.6":                    1234560,
		"12345.670":                  1234567,
		"１２，３４５．６７":                  1234567,
		"¥300,000.00":                30000000,
		"￥300000":                    30000000,
		"300 000元":                   30000000,
		"1.2万":                       1200000,
		"1.2万元":                      1200000,
		"30 万元":                      30000000,
		"1.234567万":                  1234567,
		"1.5亿":                       15000000000,
		"0.00000001亿元":               100,
		"0":                          0,
		"-0.01":                      -1,
		"−5":                         -500,
		"－¥5":                        -500,
		"¥-5":                        -500,
		"5圆":                         500,
		"92,233,720,368,547,758.07":  math.MaxInt64,
		"-92,233,720,368,547,758.07": -math.MaxInt64,
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"":                     "money.format",
		"元":                    "money.format",
		".5":                   "money.format",
		"5.":                   "money.format",
		"1,23":                 "money.format",
		"1234,567":             "money.format",
		",123":                 "money.format",
		"1.2.3":                "money.format",
		"1.2,345":              "money.format",
		"--5":                  "money.format",
		"-¥-5":                 "money.format",
		"1e5":                  "money.format",
		"三万":                   "money.format",
		"1.005":                "money.too_fine",
		"1.2345678万":           "money.too_fine",
		"92233720368547758.08": "money.too_large",
		"99999999999999999999": "money.too_large",
		"9999999999亿":          "money.too_large",
	} {
		if got, err := Parse(text); errs.KeyOf(err) != key || got != 0 {
			t.Errorf("%q: %d %v, want %s", text, got, err, key)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12,345.67", "1.2万", "３亿元", "-¥5", "92233720368547758.08", "1,2", "0.001", "万元"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if err != nil {
			if got != 0 || errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %d %v", s, got, err)
			}
			return
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Fatalf("%q → %s → %d %v", s, got, again, err)
		}
	})
}
