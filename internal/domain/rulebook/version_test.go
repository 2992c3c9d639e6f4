package rulebook

import (
	"slices"
	"strings"
	"testing"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

func field(name, value string) Field {
	return Field{Name: name, Value: value, Source: "gazette", Status: Stated}
}

// library has a nation's two editions, a province's one and the one after it, whose text nobody has.
func library() Book {
	return Book{
		{Key: "N-1", Product: "p", From: day.Must("2020-01-01"), Until: day.Must("2022-12-31"), Fields: []Field{field("limit", "10万元"), field("months", "24")}},
		{Key: "N-2", Product: "p", From: day.Must("2023-01-01"), Fields: []Field{field("limit", "20万元"), field("months", "36"), {Name: "age", Value: "45", Status: Unverified}}},
		{Key: "H-1", Product: "p", Area: "42", From: day.Must("2021-01-01"), Until: day.Must("2024-12-31"), Fields: []Field{
			field("limit", "30万元"), {Name: "limit", Value: "50万元", From: day.Must("2022-01-01"), Source: "gazette", Status: Confirmed}, field("cap", "150bp"),
		}},
		{Key: "H-2", Product: "p", Area: "42", Title: "新办法", From: day.Must("2025-01-01")},
	}
}

func TestTheNearestJurisdictionWinsFieldByField(t *testing.T) {
	t.Parallel()
	b := library()
	if err := b.Check(); err != nil {
		t.Fatal(errs.ProblemsOf(err))
	}
	for _, c := range []struct {
		area, on, limit, from string
		months                int
	}{
		{"421202", "2020-06-01", "100,000.00", "N-1", 24},
		{"421202", "2021-06-01", "300,000.00", "H-1", 24},
		{"421202", "2023-06-01", "500,000.00", "H-1", 36},
		{"430000", "2023-06-01", "200,000.00", "N-2", 36},
		{"430000", "2026-06-01", "200,000.00", "N-2", 36},
	} {
		terms, err := b.At("p", c.area, day.Must(c.on))
		if err != nil {
			t.Fatal(c.on, err)
		}
		limit, err := terms.Money("limit")
		months, bad := terms.Int("months")
		if err != nil || bad != nil || limit.String() != c.limit || months != c.months || terms.Used()[0].Version != c.from {
			t.Errorf("%s %s: %s %d %v %+v", c.area, c.on, limit, months, err, terms.Used())
		}
	}
}

func TestAVersionWithoutTextHidesThoseAbove(t *testing.T) {
	t.Parallel()
	b := library()
	if _, err := b.At("p", "421202", day.Must("2025-06-01")); errs.KeyOf(err) != "rulebook.not_filled" {
		t.Error(err)
	}
	if _, err := b.Named("p", "H-2", day.Must("2025-06-01")); errs.KeyOf(err) != "rulebook.not_filled" {
		t.Error(err)
	}
	terms, err := b.Named("p", "H-1", day.Must("2026-01-01"))
	if err != nil || !slices.Equal(terms.Versions(), []string{"H-1", "N-2"}) {
		t.Fatal(err)
	}
	if _, err := terms.Text("fee"); errs.KeyOf(err) != "rulebook.not_filled_field" {
		t.Error(err)
	}
	if _, err := b.At("p", "42", day.Must("2019-01-01")); errs.KeyOf(err) != "rulebook.none" {
		t.Error(err)
	}
	if _, err := b.Named("p", "X", 1); errs.KeyOf(err) != "rulebook.no_version" {
		t.Error(err)
	}
}

func TestWhatIsUnverifiedIsNotClaimed(t *testing.T) {
	t.Parallel()
	terms, err := library().At("p", "43", day.Must("2024-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := terms.Rate("months"); errs.KeyOf(err) != "rulebook.value" {
		t.Error(err)
	}
	if err := terms.Confirm(); err != nil {
		t.Error(err)
	}
	if age, err := terms.Int("age"); age != 45 || err != nil {
		t.Error(age, err)
	}
	if p := errs.ProblemsOf(terms.Confirm()); len(p) != 1 || p[0].Key != "rulebook.unverified" || p[0].Field != "age" {
		t.Error(p)
	}
}

func TestBooksThatAreRefused(t *testing.T) {
	t.Parallel()
	for key, change := range map[string]func(*Book){
		"rulebook.overlap":     func(b *Book) { (*b)[0].Until = day.Must("2023-01-01") },
		"rulebook.key_twice":   func(b *Book) { (*b)[1].Key = "N-1" },
		"rulebook.days":        func(b *Book) { (*b)[0].Until = day.Must("2019-01-01") },
		"rulebook.area":        func(b *Book) { (*b)[2].Area = "湖北" },
		"rulebook.field_twice": func(b *Book) { (*b)[0].Fields[1].Name = "limit" },
		"rulebook.field":       func(b *Book) { (*b)[0].Fields[0].Value = "" },
		"rulebook.no_source":   func(b *Book) { (*b)[0].Fields[0].Source = "" },
	} {
		b := library()
		change(&b)
		if p := errs.ProblemsOf(b.Check()); len(p) == 0 || !slices.ContainsFunc(p, func(x errs.Problem) bool { return x.Key == key }) {
			t.Errorf("%s: %v", key, p)
		}
	}
}

const rateFile = "series,from,until,rate,status,source\nLPR,2023-01-01,2023-06-30,3.65%,stated,x\nLPR,2023-07-01,,3.55%,unverified,\n"

func TestQuotes(t *testing.T) {
	t.Parallel()
	q, err := ReadQuotes(strings.NewReader(rateFile))
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]money.Rate{"2023-01-01": 36_500, "2023-06-30": 36_500, "2023-07-01": 35_500, "2030-01-01": 35_500} {
		if got, err := q.At("LPR", day.Must(on)); err != nil || got.Rate != want {
			t.Error(on, got, err)
		}
	}
	if _, err := q.At("LPR", day.Must("2022-12-31")); errs.KeyOf(err) != "rulebook.no_quote" {
		t.Error(err)
	}
	for text, key := range map[string]string{
		strings.Replace(rateFile, "2023-06-30", "2023-07-01", 1): "errs.problems",
		strings.Replace(rateFile, "stated", "sure", 1):           "errs.problems",
		strings.Replace(rateFile, "3.65%", "3.65", 1):            "money.rate_format",
		strings.Replace(rateFile, "2023-01-01", "January", 1):    "day.format",
		"series,from\n": "rulebook.quote_file",
	} {
		if _, err := ReadQuotes(strings.NewReader(text)); errs.KeyOf(err) != key {
			t.Errorf("%s: %v", text, err)
		}
	}
}
