package cn

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
)

// The numbers of domain.md §8.1.
func TestIDsOfTheStandardAndOfTheDemo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, area, born string
		synthetic      bool
		sex            string
	}{
		{"11010519491231002X", "110105", "1949-12-31", false, "2"}, // the standard's own example
		{"421202200002290005", "421202", "2000-02-29", true, ""},
		{"421281199801150009", "421281", "1998-01-15", true, ""},
		{"421222201609010006", "421222", "2016-09-01", true, ""},
		{"42122319911231000X", "421223", "1991-12-31", true, ""},
		{"421224200806060000", "421224", "2008-06-06", true, ""},
	} {
		id, err := ParseResidentID(c.id)
		if err != nil {
			t.Errorf("%s: %v", c.id, err)
			continue
		}
		sex, ok := id.Sex()
		if id.Area() != c.area || id.Born() != day.Must(c.born) || id.Synthetic() != c.synthetic || sex != c.sex || ok == c.synthetic {
			t.Errorf("%s: area %s, born %s, synthetic %v, sex %q", c.id, id.Area(), id.Born(), id.Synthetic(), sex)
		}
		if id.Kind() != Citizen {
			t.Errorf("%s is a %s", c.id, id.Kind())
		}
	}
}

func TestIDWritings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"11010519491231002x", " 11010519491231002X\n", "'11010519491231002X", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ",
		"１１０１０５１９４９１２３１００２ｘ", "\ufeff11010519491231002X", "11010519491231002X\u00a0",
	} {
		if id, err := ParseResidentID(text); err != nil || id != "11010519491231002X" {
			t.Errorf("%q: %q %v", text, id, err)
		}
	}
}

// withCheck completes 17 digits; it works the check out apart from idCheck, as ISO 7064 defines it: the whole is 1 mod 11.
func withCheck(t interface{ Fatalf(string, ...any) }, body string) string {
	for value, c := range "0123456789X" {
		sum, power := value, 2
		for i := len(body) - 1; i >= 0; i-- {
			sum += int(body[i]-'0') * power
			power = power * 2 % 11
		}
		if sum%11 == 1 {
			return body + string(c)
		}
	}
	t.Fatalf("%s has no check character", body)
	return ""
}

func TestPapersOfTheSameForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]IDKind{
		"81000019900101001": HongKongPermit,
		"82000019900101001": MacaoPermit,
		"83000019900101001": TaiwanPermit,
		"91184019900101001": ForeignerPermanent,
		"42230119900101001": Citizen, // 咸宁地区 before 1998: an area that no longer exists
	} {
		if id, err := ParseResidentID(withCheck(t, body)); err != nil || id.Kind() != want {
			t.Errorf("%s: %q %v, want %s", body, id, err, want)
		}
	}
}

func TestIDsRefused(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"":                      "cn.id_empty",
		" ' ":                   "cn.id_characters",
		"11010519491231002":     "cn.id_length",
		"11010519491231002XX":   "cn.id_length",
		"110105491231002":       "cn.id_first_generation",
		"11010519491231002Y":    "cn.id_characters",
		"1101051949123100X2":    "cn.id_characters",
		"110105194912310021":    "cn.id_check",
		"110105194912310012":    "cn.id_check",
		"4.21202E+17":           "cn.damaged_scientific",
		"4.21202e17":            "cn.damaged_scientific",
		"4E+17":                 "cn.damaged_scientific",
		"４．２１２０２Ｅ＋１７":           "cn.damaged_scientific",
		"421202200002290000":    "cn.damaged_rounded",
		"421281199801150000":    "cn.damaged_rounded",
		"110105194912310000":    "cn.damaged_rounded",
		"421202200002290005.00": "cn.damaged_rounded",
		"护照E12345678":           "cn.id_length",
	} {
		if key == "cn.id_characters" && strings.TrimSpace(text) == "'" {
			key = "cn.id_empty"
		}
		if id, err := ParseResidentID(text); errs.KeyOf(err) != key || id != "" {
			t.Errorf("%q: %q %v, want %s", text, id, err, key)
		}
	}
	for body, key := range map[string]string{
		"00000019900101001": "cn.id_area",
		"72000019900101001": "cn.id_area",
		"84000019900101001": "cn.id_area",
		"42120220230229001": "cn.id_date",
		"42120220231301001": "cn.id_date",
		"42120217000101001": "cn.id_date",
	} {
		if _, err := ParseResidentID(withCheck(t, body)); errs.KeyOf(err) != key {
			t.Errorf("%s: %v, want %s", body, err, key)
		}
	}
}

func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Damage{
		"4.21202E+17":        Scientific,
		"421202200002290000": Rounded,
		"421224200806060000": Doubtful, // passes its check: a demo number, or one lucky rounded number in eleven
		"421202200002290005": Whole,
		"11010519491231002X": Whole,
		"1000":               Whole,
		"E+17":               Whole,
		"4.E+17":             Whole,
		"42.1E+17":           Whole,
		"":                   Whole,
	} {
		if got := Damaged(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestARoundedIDIsNeverTakenForWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := string(anyID().Draw(t, "id"))
		if got := Damaged(id[:15] + "000"); got != Rounded && got != Doubtful {
			t.Fatalf("%s rounded is %q", id, got)
		}
		if _, err := ParseResidentID(id[:1] + "." + id[1:6] + "E+17"); errs.KeyOf(err) != "cn.damaged_scientific" {
			t.Fatalf("%s shown short: %v", id, err)
		}
	})
}

func anyID() *rapid.Generator[ResidentID] {
	return rapid.Custom(func(t *rapid.T) ResidentID {
		area := rapid.SampledFrom([]string{"421202", "421281", "110105", "422301", "810000", "911840"}).Draw(t, "area")
		born := day.Must("1920-01-01").AddDays(rapid.IntRange(0, 39000).Draw(t, "born"))
		y, m, d := born.Date()
		id, err := ParseResidentID(withCheck(t, fmt.Sprintf("%s%04d%02d%02d%03d", area, y, m, d, rapid.IntRange(0, 999).Draw(t, "sequence"))))
		if err != nil && errs.KeyOf(err) != "cn.damaged_rounded" {
			t.Fatal(err)
		}
		return id
	})
}

// The check finds every single wrong digit and every swap of neighbours, which is what ISO 7064 promises.
func TestOneSlipIsAlwaysFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := string(anyID().Draw(t, "id"))
		i := rapid.IntRange(0, 16).Draw(t, "place")
		wrong := []byte(id)
		if rapid.Bool().Draw(t, "swap") && i < 16 {
			wrong[i], wrong[i+1] = wrong[i+1], wrong[i]
		} else {
			wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "off")))%10
		}
		if string(wrong) == id {
			return
		}
		if _, err := ParseResidentID(string(wrong)); err == nil {
			t.Fatalf("%s passes for %s", wrong, id)
		}
	})
}

func TestSyntheticIDs(t *testing.T) {
	t.Parallel()
	for area, c := range map[string][2]string{
		"421202": {"2000-02-29", "421202200002290005"},
		"421281": {"1998-01-15", "421281199801150009"},
		"421222": {"2016-09-01", "421222201609010006"},
		"421223": {"1991-12-31", "42122319911231000X"},
		"421224": {"2008-06-06", "421224200806060000"},
	} {
		if id, err := SyntheticID(area, day.Must(c[0])); err != nil || string(id) != c[1] {
			t.Errorf("%s %s: %s %v, want %s", area, c[0], id, err, c[1])
		}
	}
	for _, area := range []string{"", "42120", "4212022", "42120X"} {
		if id, err := SyntheticID(area, day.Must("2000-01-01")); errs.KeyOf(err) != "cn.synthetic" {
			t.Errorf("%q: %s %v", area, id, err)
		}
	}
	if _, err := SyntheticID("421202", 0); err == nil {
		t.Error("a synthetic ID without birth date")
	}
	rapid.Check(t, func(t *rapid.T) {
		born := day.Must("1920-01-01").AddDays(rapid.IntRange(0, 39000).Draw(t, "born"))
		id, err := SyntheticID("421221", born)
		if err != nil || !id.Synthetic() || id.Born() != born || id.Area() != "421221" {
			t.Fatalf("%s: %s %v", born, id, err)
		}
	})
}

func FuzzParseResidentID(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "421224200806060000", "4.21202E+17", "421202200002290000", "１１０105", "110105491231002", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseResidentID(s)
		if err != nil {
			if id != "" || errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %q %v", s, id, err)
			}
			return
		}
		if again, err := ParseResidentID(string(id)); err != nil || again != id || len(id) != 18 || id.Kind() == "" || id.Born() == 0 {
			t.Fatalf("%q: %q, then %q %v", s, id, again, err)
		}
		if m := id.Masked(); len(m) != 18 || strings.Count(m, "*") != 16 {
			t.Fatalf("masked %s", m)
		}
	})
}
