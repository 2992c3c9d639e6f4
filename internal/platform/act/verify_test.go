package act

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAnUntouchedLogIsSoundAndItsTailIsNotCalledVerified(t *testing.T) {
	t.Parallel()
	f := small(t)
	r := f.verify(t)
	if !r.Sound() || r.Acts != 20 || r.Witnessed != 15 || r.NotWitnessed() != 5 || r.Kept != 2 {
		t.Fatalf("%+v", r)
	}
	f.kept = nil
	if r := f.verify(t); !r.Sound() || r.Witnessed != 0 || r.NotWitnessed() != 20 {
		t.Fatalf("without kept heads: %+v", r)
	}
	if r := newFake(t).verify(t); !r.Sound() || r.Acts != 0 {
		t.Fatalf("empty: %+v", r)
	}
	if r, err := Verify(Log{City: "xn"}); err != nil || !r.Sound() {
		t.Fatalf("nothing: %+v, %v", r, err)
	}
}

func TestEachKindOfTamperingIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		kind  Kind
		seq   int64
		until int64
		harm  func(*fake)
	}{
		{"actor changed", Changed, 7, 0, func(f *fake) { f.rows[6].Actor = "nobody" }},
		{"time changed", Changed, 1, 0, func(f *fake) { f.rows[0].At-- }},
		{"last act changed", Changed, 20, 0, func(f *fake) { f.rows[19].Verb = "org.close" }},
		{"content hash changed", Changed, 7, 0, func(f *fake) { f.rows[6].ContentHash[0]++; f.rows[6].Content = nil }},
		{"content changed", ContentChanged, 7, 0, func(f *fake) {
			f.rows[6].Content = &Content{f.rows[6].Content.Salt, []byte(`{"n":99}`)}
		}},
		{"salt changed", ContentChanged, 7, 0, func(f *fake) { f.rows[6].Content = &Content{nil, f.rows[6].Content.Change} }},
		{"content and its hash changed", Changed, 7, 0, func(f *fake) {
			f.rows[6].Content = &Content{f.rows[6].Content.Salt, []byte(`{"n":99}`)}
			f.rows[6].ContentHash = f.rows[6].Content.Hash()
		}},
		{"dropped", Dropped, 7, 0, func(f *fake) { f.rows = slices.Delete(f.rows, 6, 7) }},
		{"dropped with its hash", Dropped, 7, 0, func(f *fake) {
			f.rows = slices.Delete(f.rows, 6, 7)
			f.stored = slices.Delete(f.stored, 7, 8)
		}},
		{"first dropped", Dropped, 1, 0, func(f *fake) { f.rows = f.rows[1:] }},
		{"dropped and the rest moved up", Dropped, 7, 0, func(f *fake) { f.rows = slices.Delete(f.rows, 6, 7); f.renumber() }},
		{"two dropped and the rest moved up", Dropped, 7, 0, func(f *fake) { f.rows = slices.Delete(f.rows, 6, 8); f.renumber() }},
		{"inserted", Added, 7, 0, func(f *fake) {
			x := f.rows[6]
			x.ID = "01JH00000000000000000000A1"
			f.rows = slices.Insert(f.rows, 6, x)
			f.renumber()
		}},
		{"appended", Added, 21, 0, func(f *fake) {
			x := f.rows[6]
			x.ID = "01JH00000000000000000000A1"
			f.rows = append(f.rows, x)
			f.renumber()
		}},
		{"appended with its hash", Unsigned, 21, 21, func(f *fake) {
			f.seal(t, 1)
			f.heads = f.heads[:len(f.heads)-1]
		}},
		{"two swapped", Reordered, 7, 0, func(f *fake) { f.rows[6], f.rows[11] = f.rows[11], f.rows[6]; f.renumber() }},
		{"neighbours swapped", Reordered, 7, 0, func(f *fake) { f.rows[6], f.rows[7] = f.rows[7], f.rows[6]; f.renumber() }},
		{"shuffled", Reordered, 0, 0, func(f *fake) { shuffled(f.rows, 5); f.renumber() }},
		{"cut off", Truncated, 18, 0, func(f *fake) { f.rows = f.rows[:17] }},
		{"cut off with hashes", Truncated, 18, 20, func(f *fake) { f.rows, f.stored = f.rows[:17], f.stored[:18] }},
		{"cut off behind the database's last head", Truncated, 11, 15, func(f *fake) {
			f.rows, f.stored, f.heads = f.rows[:10], f.stored[:11], f.heads[:3]
		}},
		{"cut off to nothing", Truncated, 1, 5, func(f *fake) { f.rows, f.stored, f.heads = nil, f.stored[:1], f.heads[:1] }},
		{"everything deleted", Truncated, 1, 0, func(f *fake) { f.rows, f.stored, f.heads, f.epochs = nil, nil, nil, nil }},
		{"changed with its hashes", Rewritten, 6, 10, func(f *fake) { f.rows[6].Actor = "nobody"; f.rebuild(nil, nil) }},
		{"wholly rewritten and signed", Rewritten, 1, 5, func(f *fake) {
			for i := range f.rows {
				f.rows[i].Actor = "nobody"
			}
			f.rebuild(nil, f.signer)
		}},
		{"rewritten and signed from act 12 on", Rewritten, 6, 15, func(f *fake) { f.rows[11].Actor = "nobody"; f.rebuild(nil, f.signer) }},
		{"rewritten and signed with another key", Rewritten, 1, 5, func(f *fake) {
			f.rows[0].Actor = "nobody"
			f.rebuild(nil, newFake(t).signer)
		}},
		{"stored hash damaged", HashesDamaged, 7, 0, func(f *fake) { f.stored[7].Hashes[3]++ }},
		{"stored subtree hash damaged", HashesDamaged, 7, 0, func(f *fake) { f.stored[7].Hashes[40]++ }},
		{"stored hash lost", HashesDamaged, 7, 0, func(f *fake) { f.stored = slices.Delete(f.stored, 7, 8) }},
		{"stale hashes", HashesDamaged, 0, 0, func(f *fake) { f.stored = slices.Insert(f.stored, 0, Stored{1, 0, nil}) }},
		{"kept head forged", Forged, 0, 0, func(f *fake) { f.kept[0] = newFake(t).last() }},
		{"kept head scribbled on", Forged, 0, 0, func(f *fake) { f.kept[1] = f.kept[1][:20] + "1" + f.kept[1][20:] }},
		{"head forged", Forged, 0, 0, func(f *fake) { f.heads[2] = newFake(t).last() }},
		{"head in a false place", Forged, 0, 0, func(f *fake) { f.heads[1], f.heads[2] = f.heads[2], f.heads[1] }},
		{"epoch opened at another act", Misopened, 2, 0, func(f *fake) { f.epochs[0].First = 2 }},
		{"epoch opened at another time", Misopened, 1, 0, func(f *fake) { f.epochs[0].Opened-- }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := small(t)
			c.harm(f)
			r := f.verify(t)
			if r.Sound() {
				t.Fatalf("passed: %+v", r)
			}
			d := *r.Damage
			if d.Kind != c.kind || (d.Seq != c.seq && c.name != "shuffled") || (c.until != 0 && d.Until != c.until) {
				t.Fatalf("got %+v", d)
			}
			if d.Seq > 0 && r.Witnessed >= d.Seq && d.Kind != HashesDamaged {
				t.Fatalf("act %d is damaged, yet 1 to %d are called verified", d.Seq, r.Witnessed)
			}
		})
	}
}

func TestDestroyedContentIsWithheldAndTheActStillProven(t *testing.T) {
	t.Parallel()
	f := small(t)
	f.rows[3].Content, f.rows[17].Content = nil, nil
	if r := f.verify(t); !r.Sound() || r.Withheld != 2 || r.Witnessed != 15 {
		t.Fatalf("%+v", r)
	}
}

// restored gives a log that was restored from a backup of 10 acts, after 15 had been witnessed.
func restored(t *testing.T) *fake {
	t.Helper()
	f := newFake(t)
	f.seal(t, 10)
	f.keep()
	backup := f.copy()
	f.seal(t, 5)
	f.keep()
	backup.now, backup.kept = f.now, f.kept
	backup.open(t, backup.last())
	backup.seal(t, 4)
	backup.keep()
	backup.seal(t, 2)
	return backup
}

func TestARestoreOpensAnEpochAndNamesWhatItLost(t *testing.T) {
	t.Parallel()
	f := restored(t)
	r := f.verify(t)
	if r.Damage != nil || r.Sound() || r.Witnessed != 14 || r.Acts != 16 || len(r.Losses) != 1 {
		t.Fatalf("%+v", r)
	}
	if l := r.Losses[0]; l.From != 11 || l.Until != 15 || l.Epoch != f.epochs[0].Opened {
		t.Fatalf("%+v", l)
	}
	f.kept = []string{f.kept[0], f.kept[2]}
	if r := f.verify(t); !r.Sound() || r.Kept != 2 {
		t.Fatalf("nothing witnessed was lost: %+v", r)
	}
}

func TestTamperingAcrossEpochsIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		kind Kind
		seq  int64
		harm func(*fake)
	}{
		{"act of the first epoch", Changed, 3, func(f *fake) { f.rows[2].Actor = "nobody" }},
		{"act of the second epoch", Changed, 13, func(f *fake) { f.rows[12].Actor = "nobody" }},
		{"swapped across the border", Changed, 10, func(f *fake) { f.rows[9], f.rows[10] = f.rows[10], f.rows[9]; f.renumber() }},
		{"border moved", Truncated, 10, func(f *fake) { f.epochs[1].First = 10 }},
		{"border moved to before the first", Misopened, 0, func(f *fake) { f.epochs[1].First = 0 }},
		{"old head replaced by an older one", Misopened, 11, func(f *fake) { f.epochs[1].Old = f.heads[0] }},
		{"old head removed", Misopened, 11, func(f *fake) { f.epochs[1].Old = "" }},
		{"second epoch cut off", Truncated, 11, func(f *fake) {
			f.epochs, f.rows, f.stored, f.heads = f.epochs[:1], f.rows[:10], f.stored[:11], f.heads[:2]
		}},
		{"second epoch's rows cut off", Truncated, 11, func(f *fake) { f.rows = f.rows[:10] }},
		{"first epoch's end dropped", Dropped, 10, func(f *fake) { f.rows = slices.Delete(f.rows, 9, 10) }},
		{"second epoch opened at another time", Misopened, 11, func(f *fake) {
			f.epochs[1].Opened-- // so that its hashes and heads belong to no epoch
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := restored(t)
			c.harm(f)
			r := f.verify(t)
			if r.Damage == nil || r.Damage.Kind != c.kind || r.Damage.Seq != c.seq {
				t.Fatalf("got %+v", r.Damage)
			}
		})
	}
}

func TestAnEpochLostInASecondRestoreIsNamed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.seal(t, 3)
	first := f.copy()
	f.open(t, f.last())
	f.seal(t, 4)
	f.keep()
	first.now, first.kept = f.now, f.kept
	first.open(t, first.last())
	first.seal(t, 1)
	r := first.verify(t)
	if r.Damage != nil || len(r.Losses) != 1 || r.Losses[0].Epoch != f.epoch().Opened || r.Losses[0].Until != 4 {
		t.Fatalf("%+v", r)
	}
}

func TestAnUnreadableLogIsAnErrorNotAVerdict(t *testing.T) {
	t.Parallel()
	f := small(t)
	broken := errors.New("disk")
	l := f.log()
	l.Acts = func(yield func(Row, error) bool) { _ = yield(f.rows[0], nil) && yield(Row{}, broken) }
	if _, err := Verify(l); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	l = f.log()
	slices.Reverse(f.rows)
	if r, err := Verify(l); err == nil && r.Sound() {
		t.Fatal("acts out of order")
	}
	l.Acts = each([]Row{f.rows[19], f.rows[19]})
	if _, err := Verify(l); !errors.Is(err, errOrder) {
		t.Fatal(err)
	}
}

func TestRandomLogsAreSoundAndAnySingleMutationIsNoticed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := newFake(t)
		for range rapid.IntRange(1, 5).Draw(t, "seals") {
			f.seal(t, rapid.IntRange(1, 6).Draw(t, "acts"))
			if rapid.Bool().Draw(t, "keep") {
				f.keep()
			}
			if rapid.IntRange(0, 3).Draw(t, "restore") == 0 {
				f.open(t, f.last())
			}
		}
		if r := f.verify(t); !r.Sound() || r.Acts != int64(len(f.rows)) || r.Kept != len(f.kept) {
			t.Fatalf("untouched: %+v %+v", r, r.Damage)
		}
		n := len(f.rows)
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		want, seq := Changed, int64(i)+1
		switch rapid.IntRange(0, 5).Draw(t, "mutation") {
		case 0:
			f.rows[i].Subject += "x"
		case 1:
			f.rows[i].KeyID = "other"
		case 2:
			want = Dropped
			if i == n-1 {
				want = Truncated
			}
			f.rows = slices.Delete(f.rows, i, i+1)
		case 3:
			want = ContentChanged
			f.rows[i].Content = &Content{f.rows[i].Content.Salt, []byte("{}")}
		case 4:
			j := rapid.IntRange(0, n-1).Draw(t, "j")
			if i == j || epochOf(f, i) != epochOf(f, j) {
				return
			}
			want, seq = Reordered, int64(min(i, j))+1
			f.rows[i], f.rows[j] = f.rows[j], f.rows[i]
			f.renumber()
		case 5:
			s := rapid.IntRange(0, len(f.stored)-1).Draw(t, "stored")
			b := rapid.IntRange(0, len(f.stored[s].Hashes)-1).Draw(t, "byte")
			f.stored[s].Hashes[b]++
			want, seq = HashesDamaged, -1
		}
		r := f.verify(t)
		if r.Damage == nil || r.Damage.Kind != want || (seq > 0 && r.Damage.Seq != seq) {
			t.Fatalf("want %s at %d, got %+v", want, seq, r.Damage)
		}
	})
}

func epochOf(f *fake, i int) int {
	return len(slices.DeleteFunc(slices.Clone(f.epochs), func(e Epoch) bool { return e.First > int64(i)+1 }))
}

func ExampleVerify() {
	r, err := Verify(Log{City: "xn"})
	fmt.Println(r.Sound(), r.Witnessed, err)
	// Output: true 0 <nil>
}
