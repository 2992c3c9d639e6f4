package density

import "testing"

func FuzzParseCell(f *testing.F) {
	for _, s := range []string{"0_0", "-3_12", "9_9", "x", "1_2_3", "99999999999_1", "_", "+1_2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, ok := parseCell(s); ok {
			if again, ok := parseCell(cellID(c)); !ok || again != c {
				t.Fatalf("%q is %+v, and that %+v", s, c, again)
			}
		}
	})
}
