package record_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/form/record"
)

type says = map[string]string

func v(id, after string, s says) record.Version {
	one := record.Version{ID: id, Says: s}
	if after != "" {
		one.After = []string{after}
	}
	return one
}

func taken(id, after string, s says) record.Version {
	one := v(id, after, s)
	one.Withdrawn = true
	return one
}

func TestMerge(t *testing.T) {
	t.Parallel()
	first := v("a", "", says{"label": "王家", "people": "4", "phone": "1"})
	for name, c := range map[string]struct {
		all      []record.Version
		want     says
		disputed []string
	}{
		"nothing":              {nil, says{}, nil},
		"one":                  {[]record.Version{first}, says{"label": "王家", "people": "4", "phone": "1"}, nil},
		"one after another":    {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "b", says{"people": "6"})}, says{"label": "王家", "people": "6", "phone": "1"}, nil},
		"different things":     {[]record.Version{first, v("b", "a", says{"people": "5", "phone": "1"}), v("c", "a", says{"people": "4", "phone": "2"})}, says{"label": "王家", "people": "5", "phone": "2"}, nil},
		"the same thing":       {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "a", says{"people": "6"})}, says{"label": "王家", "people": "4", "phone": "1"}, []string{"people"}},
		"the same value":       {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "a", says{"people": "5"})}, says{"label": "王家", "people": "5", "phone": "1"}, nil},
		"waiting":              {[]record.Version{first, v("c", "b", says{"people": "6"})}, says{"label": "王家", "people": "4", "phone": "1"}, nil},
		"late":                 {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "b", says{"people": "6"}), v("d", "a", says{"people": "7"})}, says{"label": "王家", "people": "4", "phone": "1"}, []string{"people"}},
		"settled":              {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "a", says{"people": "6"}), {ID: "d", After: []string{"b", "c"}, Says: says{"people": "6"}}}, says{"label": "王家", "people": "6", "phone": "1"}, nil},
		"settled as before":    {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "a", says{"people": "6"}), {ID: "d", After: []string{"b", "c"}, Says: says{"people": "4"}, Decides: true}}, says{"label": "王家", "people": "4", "phone": "1"}, nil},
		"made twice":           {[]record.Version{first, v("z", "", says{"label": "王家", "people": "3"})}, says{"label": "王家", "people": "", "phone": "1"}, []string{"people"}},
		"not settled":          {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "a", says{"people": "6"}), {ID: "d", After: []string{"b", "c"}, Says: says{"people": "4"}}}, says{"label": "王家", "people": "4", "phone": "1"}, []string{"people"}},
		"taken back":           {[]record.Version{first, taken("b", "a", says{"people": "5"})}, says{"label": "王家", "people": "5", "phone": "1"}, []string{"people"}},
		"taken back, decided":  {[]record.Version{first, taken("b", "a", says{"people": "5"}), {ID: "d", After: []string{"b"}, Says: says{"people": "4"}, Decides: true}}, says{"label": "王家", "people": "4", "phone": "1"}, nil},
		"taken back, too late": {[]record.Version{first, taken("b", "a", says{"people": "5"}), v("c", "b", says{"people": "6"})}, says{"label": "王家", "people": "6", "phone": "1"}, nil},
		"settled and touched":  {[]record.Version{first, v("b", "a", says{"people": "5"}), v("c", "a", says{"people": "6"}), {ID: "d", After: []string{"b", "c"}, Says: says{"people": "6"}}, v("e", "d", says{"phone": "3"})}, says{"label": "王家", "people": "6", "phone": "3"}, nil},
	} {
		got := record.Merge(c.all)
		var disputed []string
		for field := range got.Claims {
			disputed = append(disputed, field)
		}
		if !reflect.DeepEqual(got.Says, c.want) || !slices.Equal(disputed, c.disputed) {
			t.Errorf("%s: %v, in dispute %v, want %v, %v", name, got.Says, disputed, c.want, c.disputed)
		}
	}
}

// Whatever order versions come in, and however often, a record says the same in the end; and no value is lost but to one
// that was given with knowledge of it.
func TestTheOrderOfVersionsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "versions")
		var all []record.Version
		for i := range n {
			one := record.Version{ID: fmt.Sprintf("%c%d", 'a'+rapid.IntRange(0, 25).Draw(t, "letter"), i), Says: says{}, Withdrawn: rapid.IntRange(0, 3).Draw(t, "taken back") == 0}
			for _, field := range []string{"x", "y", "label"} {
				if rapid.Bool().Draw(t, "says") {
					one.Says[field] = rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "value")
				}
			}
			for k := range min(i, rapid.IntRange(0, 2).Draw(t, "after")) {
				one.After = append(one.After, all[(i*7+k*3)%i].ID)
			}
			all = append(all, one)
		}
		want := record.Merge(all)
		for seed := range uint64(6) {
			some := slices.Clone(all)
			rand.New(rand.NewPCG(seed, 1)).Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
			if got := record.Merge(some); !reflect.DeepEqual(got, want) {
				t.Fatalf("%+v\nthe other way %+v", want, got)
			}
		}
		claimed := map[string]bool{}
		for name, value := range want.Says {
			claimed[name+"="+value] = true
		}
		for name, claims := range want.Claims {
			for _, c := range claims {
				claimed[name+"="+c.Value] = true
			}
		}
		for _, one := range all { // what the last versions say is there or in dispute
			if slices.Contains(want.Heads, one.ID) {
				for name, value := range one.Says {
					if known := record.Merge(before(all, one)).Says; !claimed[name+"="+value] && known[name] != value { // saying what was known says nothing
						t.Fatalf("%s = %s of version %s is lost: %+v", name, value, one.ID, want)
					}
				}
			}
		}
	})
}

// before is the versions that one was made with knowledge of.
func before(all []record.Version, one record.Version) (some []record.Version) {
	want := slices.Clone(one.After)
	for len(want) > 0 {
		id := want[0]
		want = want[1:]
		i := slices.IndexFunc(all, func(v record.Version) bool { return v.ID == id })
		if !slices.ContainsFunc(some, func(v record.Version) bool { return v.ID == id }) {
			some = append(some, all[i])
			want = append(want, all[i].After...)
		}
	}
	return some
}
