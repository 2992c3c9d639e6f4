package fill_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
)

// form reads a form written as Markdown.
func form(t testing.TB, text string) *survey.Form {
	t.Helper()
	file := filepath.Join(t.TempDir(), "form.md")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, faults, err := xlsform.Read(file, "")
	if err != nil || survey.Failed(faults) {
		t.Fatal(err, faults)
	}
	return f
}

var around = fill.Around{Now: time.Date(2026, 3, 9, 10, 20, 0, 0, time.FixedZone("", 8*3600)), Known: map[survey.Kind]string{survey.Username: "wang"}}

func put(t testing.TB, r *fill.Record, path, text string) {
	t.Helper()
	n := r.At(path)
	if n == nil {
		t.Fatalf("there is no %s", path)
	}
	if wrong := r.Answer(n, text); wrong != nil {
		t.Fatalf("%s does not take %q: %s", path, text, wrong.Key)
	}
}

func answers(t testing.TB, r *fill.Record) string {
	t.Helper()
	b, err := r.Answers()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wrong(r *fill.Record) (all []string) {
	for _, w := range r.Wrong() {
		all = append(all, w.Field+" "+w.Key)
	}
	return all
}

const household = `
| survey |                  |         |       |              |                   |                    |                |              |          |
|        | type             | name    | label | relevant     | constraint        | calculation        | choice_filter  | repeat_count | required |
|        | username         | by      |       |              |                   |                    |                |              |          |
|        | text             | head    | 户主  |              |                   |                    |                |              | yes      |
|        | integer          | age     | ${head}的年龄 |      | . >= 0 and . < 150 |                   |                |              |          |
|        | begin repeat     | kid     | 孩子  | ${age} >= 18 |                   |                    |                |              |          |
|        | integer          | years   | 几岁  |              | . < ${age}        |                    |                |              | yes      |
|        | calculate        | number  |       |              |                   | position(..)       |                |              |          |
|        | calculate        | so_far  |       |              |                   | ${years} + coalesce(indexed-repeat(${so_far}, ${kid}, ${number} - 1), 0) | | |  |
|        | end repeat       |         |       |              |                   |                    |                |              |          |
|        | calculate        | sum     |       |              |                   | sum(${years})      |                |              |          |
|        | note             | told    | 共${sum}岁 |         |                   |                    |                |              |          |
|        | integer          | visits  | 走访次数 |           | . <= 5            |                    |                |              |          |
|        | begin repeat     | visit   | 走访  |              |                   |                    |                | ${visits}    |          |
|        | date             | day     | 日期  |              | . <= today()      |                    |                |              |          |
|        | end repeat       |         |       |              |                   |                    |                |              |          |
|        | select_one county | county | 县    |              |                   |                    |                |              |          |
|        | select_one town  | town    | 乡镇  |              |                   |                    | county = ${county} |          |          |
|        | begin group      | extra   | 其他  | ${town} = 'a1' |                 |                    |                |              |          |
|        | text             | remark  | 备注  |              |                   |                    |                |              |          |
|        | end group        |         |       |              |                   |                    |                |              |          |
| choices |                 |         |       |              |                   |                    |                |              |          |
|        | list_name        | name    | label | county       |                   |                    |                |              |          |
|        | county           | a       | 咸安  |              |                   |                    |                |              |          |
|        | county           | b       | 嘉鱼  |              |                   |                    |                |              |          |
|        | town             | a1      | 永安  | a            |                   |                    |                |              |          |
|        | town             | b1      | 鱼岳  | b            |                   |                    |                |              |          |
`

func TestAHouseholdIsFilledIn(t *testing.T) {
	t.Parallel()
	r := fill.New(form(t, household), around)
	if got := wrong(r); !slices.Equal(got, []string{"head form.required"}) {
		t.Errorf("an empty record lacks %q", got)
	}
	put(t, r, "head", "王小二")
	put(t, r, "age", "４0")
	put(t, r, "kid[1]/years", "5")
	second := r.AddRepeat(r.Root(), r.At("kid").Place)
	if path := r.Path(second); path != "kid[2]" {
		t.Errorf("a second child is called %s", path)
	}
	put(t, r, "kid[2]/years", "7")
	put(t, r, "visits", "2")
	put(t, r, "visit[2]/day", "2026/3/1")
	put(t, r, "county", "a")
	put(t, r, "town", "a1")
	put(t, r, "extra/remark", "无")
	want := `{"age":"40","by":"wang","county":"a","extra":{"remark":"无"},"head":"王小二","kid":[{"number":"1","so_far":"5","years":"5"},{"number":"2","so_far":"12","years":"7"}],"sum":"12","town":"a1","visit":[{},{"day":"2026-03-01"}],"visits":"2"}`
	if got := answers(t, r); got != want {
		t.Errorf("answers are\n%s, not\n%s", got, want)
	}
	if got := wrong(r); len(got) > 0 {
		t.Errorf("wrong is %q", got)
	}
	if said := r.Say(r.At("told"), r.Form.Questions[r.At("told").Place].Label); said != "共12岁" {
		t.Errorf("the note says %s", said)
	}

	put(t, r, "county", "b") // the township is none of this county's now
	if got := wrong(r); !slices.Equal(got, []string{"town form.no_choice"}) {
		t.Errorf("wrong is %q", got)
	}
	put(t, r, "age", "17") // and has no children
	put(t, r, "town", "b1")
	want = `{"age":"17","by":"wang","county":"b","head":"王小二","sum":"0","town":"b1","visit":[{},{"day":"2026-03-01"}],"visits":"2"}`
	if got := answers(t, r); got != want {
		t.Errorf("answers are\n%s, not\n%s", got, want)
	}
	put(t, r, "age", "40") // who goes back finds her answers
	if got := answers(t, r); !strings.Contains(got, `"years":"7"`) || !strings.Contains(got, `"sum":"12"`) {
		t.Errorf("after going back answers are %s", got)
	}
	put(t, r, "kid[1]/years", "50")
	put(t, r, "visit[1]/day", "2026-03-10")
	if got := wrong(r); !slices.Equal(got, []string{"kid[1]/years form.constraint", "visit[1]/day form.constraint"}) {
		t.Errorf("wrong is %q", got)
	}
	if !r.RemoveRepeat(r.At("kid[1]")) || r.RemoveRepeat(r.At("visit[1]")) {
		t.Error("a child is taken away, a counted visit is not")
	}
	if got := answers(t, r); !strings.Contains(got, `"sum":"7"`) || !strings.Contains(got, `"kid":[{"number":"1","so_far":"7","years":"7"}]`) {
		t.Errorf("without the first child answers are %s", got)
	}
}

func TestCountsOfRepeatsAreKeptWithinReason(t *testing.T) {
	t.Parallel()
	for count, want := range map[string]int{"-3": 0, "0": 0, "2": 2, "5000": 1000} {
		r := fill.New(form(t, household), around)
		put(t, r, "visits", count)
		if got := strings.Count(answers(t, r)+" ", "{}"); got != want {
			t.Errorf("%s visits make %d", count, got)
		}
	}
}

// A record goes on from its draft as it was, whatever has been answered in between.
func TestDraftsGoOnAsTheyWere(t *testing.T) {
	t.Parallel()
	f := form(t, household)
	by := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		r := fill.New(f, around)
		for range 12 {
			switch by.IntN(7) {
			case 0:
				put(t, r, "age", fmt.Sprint(by.IntN(60)))
			case 1:
				r.AddRepeat(r.Root(), r.At("visits").Place-6)
			case 2:
				if n := r.At("kid[1]/years"); n != nil {
					r.Answer(n, fmt.Sprint(by.IntN(20)))
				}
			case 3:
				if n := r.At("kid[2]"); n != nil {
					r.RemoveRepeat(n)
				}
			case 4:
				put(t, r, "visits", fmt.Sprint(by.IntN(4)))
			case 5:
				put(t, r, "county", []string{"a", "b", ""}[by.IntN(3)])
			case 6:
				put(t, r, "town", []string{"a1", "b1"}[by.IntN(2)])
			}
		}
		draft, err := r.Draft()
		if err != nil {
			t.Fatal(err)
		}
		again, unknown, err := fill.Load(f, around, draft)
		if err != nil || len(unknown) > 0 {
			t.Fatal(err, unknown)
		}
		second, err := again.Draft()
		if err != nil || string(second) != string(draft) {
			t.Fatalf("a draft\n%s goes on as\n%s", draft, second)
		}
		if a, b := answers(t, r), answers(t, again); a != b {
			t.Fatalf("answers\n%s go on as\n%s", a, b)
		}
		fresh, _, err := fill.Load(f, around, draft)
		if err != nil {
			t.Fatal(err)
		}
		fresh.Refresh()
		if a, b := answers(t, again), answers(t, fresh); a != b { // working only what changed is as good as everything
			t.Fatalf("answers\n%s worked out anew are\n%s", a, b)
		}
	}
}

// Answers to a form that has moved on keep what it does not know any more, and say so.
func TestAnswersToAnotherVersion(t *testing.T) {
	t.Parallel()
	f := form(t, household)
	r, unknown, err := fill.Load(f, around, []byte(`{"head":"李","gone":"x","kid":[{"years":"3","old":"y"}]}`))
	slices.Sort(unknown)
	if err != nil || !slices.Equal(unknown, []string{"gone", "kid/old"}) {
		t.Errorf("unknown are %q, %v", unknown, err)
	}
	if n := r.At("kid[1]/years"); n == nil || n.Value != "3" {
		t.Error("what it knows is not there")
	}
	for _, bad := range []string{``, `[]`, `{"head":1}`, `{"kid":{}}`, `{"extra":"x"}`, `{"kid":["x"]}`} {
		if _, _, err := fill.Load(f, around, []byte(bad)); err == nil {
			t.Errorf("%q is taken for answers", bad)
		}
	}
}

func TestTriggersAloneWorkOut(t *testing.T) {
	t.Parallel()
	r := fill.New(form(t, `
| survey |           |      |       |             |         |
|        | type      | name | label | calculation | trigger |
|        | integer   | a    | A     |             |         |
|        | integer   | b    | B     |             |         |
|        | integer   | c    | C     | ${a} + ${b} | ${a}    |
|        | calculate | d    |       | ${c} * 2    |         |
`), around)
	put(t, r, "b", "5")
	if got := answers(t, r); strings.Contains(got, `"c"`) {
		t.Errorf("worked out without its trigger: %s", got)
	}
	put(t, r, "a", "1")
	put(t, r, "b", "9")
	if got := answers(t, r); !strings.Contains(got, `"c":"6"`) || !strings.Contains(got, `"d":"12"`) {
		t.Errorf("answers are %s", got)
	}
}

func TestWhatCannotBeAnAnswer(t *testing.T) {
	t.Parallel()
	f := form(t, `
| survey |                   |      |       |                          |
|        | type              | name | label | parameters               |
|        | integer           | i    | I     |                          |
|        | decimal           | n    | N     |                          |
|        | range             | g    | G     | start=1 end=5 step=0.5   |
|        | date              | d    | D     |                          |
|        | time              | t    | T     |                          |
|        | dateTime          | m    | M     |                          |
|        | geopoint          | p    | P     |                          |
|        | geoshape          | s    | S     |                          |
|        | text              | x    | X     |                          |
`)
	r := fill.New(f, around)
	for _, c := range []struct{ path, typed, want string }{
		{"i", " 12 ", "12"},
		{"i", "1,200", "1200"},
		{"i", "007", "7"},
		{"i", "1.5", "! form.not_integer"},
		{"i", "十", "! form.not_integer"},
		{"i", "99999999999999999999", "! form.not_integer"},
		{"n", "3．5", "3.5"},
		{"n", "-.5", "-.5"},
		{"n", "1e5", "! form.not_decimal"},
		{"n", "NaN", "! form.not_decimal"},
		{"g", "1.5", "1.5"},
		{"g", "1.7", "! form.not_step"},
		{"g", "9", "! form.not_between"},
		{"d", "2026年3月1日", "2026-03-01"},
		{"d", "2026-02-30", "! form.not_date"},
		{"d", "昨天", "! form.not_date"},
		{"t", "8:30", "8:30"},
		{"t", "25:00", "! form.not_time"},
		{"m", "2026-03-01 08:30", "2026-03-01T08:30"},
		{"m", "2026-03-01T08:30:00.000+08:00", "2026-03-01T08:30:00.000+08:00"},
		{"m", "08:30", "! form.not_datetime"},
		{"p", "29.84, 114.32", "29.84 114.32"},
		{"p", "114.32 29.84", "! form.not_position"},
		{"p", "1 2;3 4", "! form.one_position"},
		{"s", "0 0;0 1;1 1", "0 0;0 1;1 1"},
		{"s", "0 0;0 1", "! form.three_positions"},
		{"x", "𠮷㛃 😀\r\n二", "𠮷㛃 😀\n二"},
		{"x", "a\x00", "! form.bad_characters"},
		{"x", strings.Repeat("长", 50_001), "! form.long"},
		{"x", "  ", ""},
	} {
		got := ""
		if wrong := r.Answer(r.At(c.path), c.typed); wrong != nil {
			got = "! " + wrong.Key
		} else {
			got = r.At(c.path).Value
		}
		if got != c.want {
			t.Errorf("%s takes %.20q as %q, not %q", c.path, c.typed, got, c.want)
		}
	}
}

func BenchmarkOneChange(b *testing.B) {
	f, text := (*survey.Form)(nil), strings.Builder{}
	text.WriteString("| survey | | | | | |\n| | type | name | label | relevant | calculation |\n| | integer | first | F | | |\n")
	for i := range 2500 {
		fmt.Fprintf(&text, "| | integer | q%d | Q%d | ${first} > %d or ${first} = 0 | |\n| | calculate | c%d | | | ${q%d} * 2 + ${first} |\n", i, i, i%100, i, i)
	}
	f = form(b, text.String())
	r := fill.New(f, around)
	n := r.At("first")
	for i := 0; b.Loop(); i++ {
		r.Answer(n, fmt.Sprint(i%200))
	}
}

// Whatever is handed in as answers ends nobody, and what is taken of it goes on as it was.
func FuzzLoad(f *testing.F) {
	asks := form(f, household)
	for _, seed := range []string{`{}`, `{"head":"王小二","age":"40","kid":[{"years":"5"},{}],"visits":"3","extra":{"remark":"x"}}`, `{"kid":{"years":[]}}`, `[]`, `{"visits":"-1","kid":[[]]}`, `{"age":"1e9","visits":"99999"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, given []byte) {
		r, _, err := fill.Load(asks, around, given)
		if err != nil {
			return
		}
		r.Wrong()
		draft, err := r.Draft()
		if err != nil {
			t.Fatal(err)
		}
		again, unknown, err := fill.Load(asks, around, draft)
		if err != nil || len(unknown) > 0 {
			t.Fatalf("a draft is not taken: %v %q", err, unknown)
		}
		if twice, err := again.Draft(); err != nil || string(twice) != string(draft) {
			t.Fatalf("goes on as\n%s, not\n%s", twice, draft)
		}
	})
}
