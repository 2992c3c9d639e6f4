package fill_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
)

// kept holds what is done now against the vectors that the phone reads too (assets/record.test.mjs).
func kept(t *testing.T, name string, now any) {
	t.Helper()
	got, err := json.Marshal(now)
	if err != nil {
		t.Fatal(err)
	}
	path := "testdata/" + name + ".json"
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(path)
	if err != nil || string(old) != string(got) {
		t.Errorf("%s is not what is done now; run go test -update: %v", path, err)
	}
}

// typed is one answer as somebody types it, and as it is kept.
type typed struct {
	Kind       survey.Kind       `json:"kind"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Typed      string            `json:"typed"`
	Value      string            `json:"value"`
	Wrong      string            `json:"wrong,omitempty"`
	Args       errs.Args         `json:"args,omitempty"`
}

func TestWhatIsTypedIsKeptInOneForm(t *testing.T) {
	t.Parallel()
	const file = "01J8ZQ4X7N3B5C6D7E8F9G0H1J-"
	kinds := []survey.Kind{
		survey.Text, survey.Integer, survey.Decimal, survey.Range, survey.SelectOne, survey.SelectMultiple, survey.Rank, survey.GeoPoint, survey.GeoTrace,
		survey.GeoShape, survey.Date, survey.Time, survey.DateTime, survey.Image, survey.Barcode,
	}
	every := []string{ // each of them for every kind
		"", " ", "　\u00a0\u2003", "\ufeff", "a", " a ", "a\r\nb\n", "a\x00", "𠮷㛃😀", "　𠮷　㛃　", "1", " １２ ", "－７", "-0", "007", "1,000", "１，０００", "1e3", "+1", "1.", "1.50", ".5", "-.5", ".",
		"999999999999999999", "1234567890123456789", "0.0000001", "0.123456789012345", "0.1234567890123456", "NaN", "Infinity", "0x10",
		"2026-03-01", "2026-3-1", "2026/3/1", "2026.3.1", "2026年3月1日", "２０２６－３－１", "20260301", "2026-02-29", "2024-02-29", "1900-02-29", "2000-2-29", "2026-13-1", "2026-00-10", "2026-4-31",
		"2026-3-0", "2026-3-1 ", "2026-3/1", "26-3-1", "0000-1-1",
		"8:30", "08:30", "24:00", "23:59:59", "23:59:60", "8:30:15.250", "08:30Z", "08:30+08:00", "08:30+0800", "８：３０",
		"2026-03-01T08:30", "2026-03-01 08:30", "2026-03-01 08:30:15.5+08:00", "2026-03-01 08:30:61", "2026-03-01 8:30", "2026-02-30 08:30", "2026-03-01 24:00", "２０２６－０３－０１　０８：３０",
		"30 114", "30.5,114.3", "３０．５　１１４．３ 12 4.5999999046325684", "91 0", "0 181", "30", "1 2 3 4 5", "1e1 2E-3", "nan 1", "0x1 1", "30. .5", "1e400 1",
		"30 114;31 115", "30 114; 31 115 ;", ";", "30 114;x", "30 114;31 115;32 116", "+30 -114",
		file + "照片.jpg", file, file + "a/b", file + "a\\b", file + "\n", file + strings.Repeat("𠮷", 200), file + strings.Repeat("a", 201), strings.Replace(file, "0", "8", 1) + "a", strings.ToLower(file) + "a",
	}
	var all []typed
	for _, kind := range kinds {
		for _, one := range every {
			all = append(all, typed{Kind: kind, Typed: one})
		}
	}
	for _, with := range []map[string]string{
		{"start": "0", "end": "1", "step": "0.1"}, {"start": "10", "end": "-10", "step": "-5"}, {"start": "x", "end": "", "step": "0"}, {"start": "1e1", "end": "+2e1"}, {"start": "0.5"},
	} {
		for _, one := range []string{"0", "0.3", "0.35", "-0", "-5", "10", "11", "15", "0.5", "1.5", "1.50", "1e1", "a", "20"} {
			all = append(all, typed{Kind: survey.Range, Parameters: with, Typed: one})
		}
	}
	f := form(t, "| survey | | | |\n| | type | name | label |\n| | text | a | a |")
	q := f.Questions[1]
	keep := func(one typed) typed {
		q.Kind, q.Parameters = one.Kind, one.Parameters
		r := fill.New(f, around)
		n := r.At("a")
		if wrong := r.Answer(n, one.Typed); wrong != nil {
			one.Wrong, one.Args = wrong.Key, wrong.Args
		}
		one.Value = n.Value
		return one
	}
	for i, one := range all {
		all[i] = keep(one)
		if again := keep(typed{Kind: one.Kind, Parameters: one.Parameters, Typed: all[i].Value}); again.Value != all[i].Value || again.Wrong != "" {
			t.Errorf("%s %q is kept as %q, and that as %q (%s)", one.Kind, one.Typed, all[i].Value, again.Value, again.Wrong)
		}
	}
	for length, want := range map[int]string{50_000: "", 50_001: "form.long"} { // too long for a file of vectors
		if got := keep(typed{Kind: survey.Text, Typed: strings.Repeat("𠮷", length)}); got.Wrong != want {
			t.Errorf("%d characters: %q, not %q", length, got.Wrong, want)
		}
	}
	kept(t, "canonical", all)
}

// saving is answers to a form, and what they say of a record.
type saving struct {
	Form    int             `json:"form"`
	Answers json.RawMessage `json:"answers"`
	Saves   *saved          `json:"saves"`
}

type saved struct {
	List  string            `json:"list"`
	ID    string            `json:"id"`
	First bool              `json:"first"`
	Label string            `json:"label"`
	Says  map[string]string `json:"says"`
}

func TestWhatAnswersSayOfARecord(t *testing.T) {
	t.Parallel()
	const asks = `
| survey |              |       |       |         |                |           |
|        | type         | name  | label | save_to | relevant       | zd_class  |
|        | text         | which | 哪一户 |        |                |           |
|        | text         | head  | 户主  | head    |                | personal  |
|        | text         | phone | 电话  | phone   |                | sensitive |
|        | text         | paper | 证件  | paper   |                | sealed    |
|        | integer      | rooms | 几间  | rooms   | ${head} != ''  |           |
|        | begin repeat | kid   | 孩子  |         |                |           |
|        | text         | name  | 名字  | kid     |                |           |
|        | end repeat   |       |       |         |                |           |
| entities |            |       |       |         |                |           |
`
	ways := []string{
		"|  | list_name | label |\n|  | homes | ${head} |",
		"|  | list_name | label | create_if |\n|  | homes | concat(${head}, '家') | ${head} != '' |",
		"|  | list_name | entity_id |\n|  | homes | ${which} |",
		"|  | list_name | entity_id | update_if |\n|  | homes | ${which} | ${rooms} > 0 |",
		"|  | list_name | label | entity_id | create_if | update_if |\n|  | homes | ${head} | ${which} | ${which} = '' | ${which} != '' and ${head} != '' |",
	}
	given := []string{
		`{}`, `{"head":"王小二","phone":"13800000000","paper":"42","rooms":"3","kid":[{"name":"小三"},{"name":"小四"}]}`, `{"which":"h1"}`, `{"which":"h1","head":"李𠮷"}`,
		`{"which":"h1","head":"李𠮷","rooms":"2","kid":[]}`, `{"head":"","rooms":"2","kid":[{}]}`,
	}
	var forms []survey.Sent
	var all []saving
	for at, way := range ways {
		f := form(t, asks+way)
		forms = append(forms, survey.Send(f, nil))
		for _, one := range given {
			r, _, err := fill.Load(f, around, []byte(one))
			if err != nil {
				t.Fatal(err)
			}
			v := saving{Form: at, Answers: []byte(one)}
			if s, ok := r.Saves(); ok {
				v.Saves = &saved{s.List, s.ID, s.First, s.Label, s.Says}
			}
			all = append(all, v)
		}
	}
	if say := all[1].Saves; say == nil || !say.First || say.Label != "王小二" || say.Says["kid"] != "小三" || say.Says["phone"] == "" || say.Says["paper"] != "" {
		t.Errorf("a household is kept as %+v", say)
	}
	if all[2*len(given)].Saves != nil || all[3*len(given)+3].Saves != nil || all[4*len(given)+4].Saves.First {
		t.Error("a record is made, or changed, that should not be")
	}
	kept(t, "saves", map[string]any{"forms": forms, "now": around.Now.UnixMilli(), "vectors": all})
}

// What waits for a change is worked out when the answer changes, and only then.
func TestTriggers(t *testing.T) {
	t.Parallel()
	f := form(t, `
| survey |              |       |        |                        |               |
|        | type         | name  | label  | calculation            | trigger       |
|        | text         | a     | 甲     |                        |               |
|        | integer      | n     | 乙     |                        |               |
|        | text         | said  | 说     | concat(${a}, '-', ${n}) | ${a}         |
|        | calculate    | both  |        | concat(${n}, '+', ${a}) | ${a}, ${n}   |
|        | calculate    | long  |        | string-length(${said}) |               |
|        | begin repeat | kid   | 孩子   |                        |               |
|        | text         | name  | 名字   |                        |               |
|        | text         | greet | 问候   | concat(${a}, ${name})  | ${name}       |
|        | end repeat   |       |        |                        |               |
`)
	r := fill.New(f, around)
	var steps []step
	for _, s := range []step{
		{Path: "n", Value: "1"},
		{Path: "a", Value: "x"},
		{Path: "n", Value: "2"},
		{Path: "said", Value: "𠮷"},
		{Path: "a", Value: "x"},
		{Path: "kid[1]/name", Value: "小三"},
		{Path: "a", Value: "y"},
		{Path: "kid[1]/name", Value: ""},
	} {
		s.Do = "answer"
		put(t, r, s.Path, s.Value)
		var err error
		if s.Draft, err = r.Draft(); err != nil {
			t.Fatal(err)
		}
		s.Wrong = append([]string{}, wrong(r)...)
		steps = append(steps, s)
	}
	if got, want := answers(t, r), `{"a":"y","both":"2+y","kid":[{"greet":"y"}],"long":"3","n":"2","said":"y-2"}`; got != want {
		t.Errorf("answers are %s, not %s", got, want)
	}
	kept(t, "triggers", map[string]any{"form": survey.Send(f, nil), "now": around.Now.UnixMilli(), "steps": steps})
}

// A page without scripts says how it was drawn, so that what waits for a change is worked out when it comes back.
func TestAPageFiresWhatWaits(t *testing.T) {
	t.Parallel()
	f := form(t, `
| survey |           |      |       |                   |         |
|        | type      | name | label | calculation       | trigger |
|        | integer   | n    | 乙    |                   |         |
|        | text      | said | 说    | concat(${n}, '-') | ${n}    |
|        | calculate | long |       | string-length(${said}) |    |
`)
	for name, c := range map[string]struct {
		fields map[string]string
		want   string
	}{
		"drawn otherwise":    {map[string]string{"/n": "２", "was:n": "1", "/said": "old"}, `{"long":"2","n":"2","said":"2-"}`},
		"as it was drawn":    {map[string]string{"/n": "２", "was:n": "2", "/said": "old"}, `{"long":"3","n":"2","said":"old"}`},
		"scripts are there":  {map[string]string{"/n": "2", "/said": "old"}, `{"long":"3","n":"2","said":"old"}`},
		"emptied":            {map[string]string{"/n": "", "was:n": "2", "/said": "old"}, `{"long":"1","said":"-"}`},
		"cannot be a number": {map[string]string{"/n": "x", "was:n": "2", "/said": "old"}, `{"long":"3","said":"old"}`},
	} {
		field := func(name string) (string, bool) { value, there := c.fields[name]; return value, there }
		r, _ := fill.Read(f, around, fill.Typed{
			Value:   func(_ *survey.Question, path string) (string, bool) { return field("/" + path) },
			Repeats: func(string) int { return 0 },
			Was:     func(path string) (string, bool) { return field("was:" + path) },
		})
		if got := answers(t, r); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}
