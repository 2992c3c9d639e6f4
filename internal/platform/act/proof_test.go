package act

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

// prove exports the proof of act seq under the fake's last head.
func (f *fake) prove(t fataler, seq int64) []byte {
	t.Helper()
	e := f.epochs[0]
	for _, x := range f.epochs {
		if x.First <= seq {
			e = x
		}
	}
	packed := map[int64][]byte{}
	for _, s := range f.stored {
		if s.Epoch == e.Opened {
			packed[s.Leaf] = s.Hashes
		}
	}
	head := ""
	for _, text := range f.heads {
		if h, err := OpenHead(text, f.keys); err == nil && h.Epoch == e.Opened {
			head = text
		}
	}
	row := f.rows[seq-1]
	p, err := Prove(row.Act, row.Content, e.LeafOf(seq), head, f.vkey, from(packed))
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEveryActIsProvenWithoutTheLog(t *testing.T) {
	t.Parallel()
	f := restored(t)
	f.rows[4].Content = nil
	for seq := int64(1); seq <= int64(len(f.rows)); seq++ {
		got, err := VerifyProof(f.prove(t, seq), f.vkey)
		if err != nil {
			t.Fatalf("act %d: %v", seq, err)
		}
		if got.Act.ID != f.rows[seq-1].ID || (got.Content == nil) != (seq == 5) {
			t.Fatalf("act %d: %+v", seq, got)
		}
	}
}

func TestAProofThatDoesNotHoldSaysWhy(t *testing.T) {
	t.Parallel()
	f := small(t)
	file := f.prove(t, 7)
	for _, c := range []struct {
		name, key string
		harm      func(*Proof)
	}{
		{"nothing", "", func(*Proof) {}},
		{"withheld", "", func(p *Proof) { p.Salt, p.Change = nil, "" }},
		{"other change", "act.proof_content", func(p *Proof) { p.Change = `{"n":99}` }},
		{"no salt", "act.proof_content", func(p *Proof) { p.Salt = nil }},
		{"no change", "act.proof_content", func(p *Proof) { p.Change = "" }},
		{"other actor", "act.proof_path", func(p *Proof) { p.Actor = "nobody" }},
		{"other subject", "act.proof_path", func(p *Proof) { p.Subject = "" }},
		{"other place", "act.proof_path", func(p *Proof) { p.Leaf++ }},
		{"no place", "act.proof_path", func(p *Proof) { p.Leaf = -1 }},
		{"place of the opening leaf", "act.proof_path", func(p *Proof) { p.Leaf = 0 }},
		{"place beyond the head", "act.proof_path", func(p *Proof) { p.Leaf = 1 << 62 }},
		{"short path", "act.proof_path", func(p *Proof) { p.Path = p.Path[1:] }},
		{"endless path", "act.proof_malformed", func(p *Proof) { p.Path = append(p.Path, make(tlog.RecordProof, 65)...) }},
		{"other city", "act.proof_city", func(p *Proof) { p.City = "twin" }},
		{"other head", "act.proof_path", func(p *Proof) { p.Head = f.heads[3] }},
		{"forged head", "act.head_forged", func(p *Proof) { p.Head = newFake(t).last() }},
		{"no head", "act.head_forged", func(p *Proof) { p.Head = "" }},
		{"bad hash", "act.proof_malformed", func(p *Proof) { p.Content = "zz" }},
		{"long hash", "act.proof_malformed", func(p *Proof) { p.Content += "00" }},
		{"other format", "act.proof_malformed", func(p *Proof) { p.Format = "x" }},
	} {
		p, err := ParseProof(file)
		if err != nil {
			t.Fatal(err)
		}
		c.harm(&p)
		b, err := p.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyProof(b, f.vkey); errs.KeyOf(err) != c.key {
			t.Errorf("%s: %v, want %q", c.name, err, c.key)
		}
	}
	if _, err := VerifyProof(file, newFake(t).vkey); errs.KeyOf(err) != "act.head_forged" {
		t.Errorf("under another key: %v", err)
	}
	if _, err := VerifyProof(file, ""); errs.KeyOf(err) != "act.key_malformed" {
		t.Errorf("without a key: %v", err)
	}
	for _, bad := range []string{"", "{", "[]", string(file) + "x", `{"format":"zhidian act proof 1","extra":1}`, strings.Repeat(" ", maxProof+1)} {
		if _, err := VerifyProof([]byte(bad), f.vkey); errs.KeyOf(err) != "act.proof_malformed" {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestProveRefusesWhatItCannotProve(t *testing.T) {
	t.Parallel()
	f := small(t)
	if _, err := Prove(f.rows[0].Act, nil, 1, f.last(), "x", nil); err == nil {
		t.Error("without a key")
	}
	if _, err := Prove(f.rows[0].Act, nil, 1, "", f.vkey, nil); err == nil {
		t.Error("without a head")
	}
	if _, err := Prove(f.rows[0].Act, nil, 99, f.last(), f.vkey, from(nil)); err == nil {
		t.Error("beyond the head")
	}
}

func TestNoByteOfAProofCanBeChangedUnnoticed(t *testing.T) {
	t.Parallel()
	f := small(t)
	file := f.prove(t, 7)
	want, err := VerifyProof(file, f.vkey)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := append([]byte(nil), file...)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		got, err := VerifyProof(b, f.vkey)
		if err != nil {
			return
		}
		// What still passes (spaces, the key that is only for comparison) must prove the same act.
		if got.Act.ID != want.Act.ID || string(got.Act.Leaf()) != string(want.Act.Leaf()) || got.Head != want.Head {
			t.Fatalf("proves another act: %+v", got)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	log := newFake(f)
	log.seal(f, 3)
	f.Add(log.prove(f, 2))
	f.Add([]byte(`{"format":"zhidian act proof 1","leaf":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, _ = VerifyProof(file, log.vkey)
	})
}

func TestMessagesCoverEveryFindingInBothLanguages(t *testing.T) {
	t.Parallel()
	if _, err := i18n.Load(Messages); err != nil {
		t.Fatal(err)
	}
	keys := []string{Loss{}.Key()}
	for _, k := range []Kind{
		Changed, ContentChanged, Dropped, Added, Reordered, Truncated, Rewritten, Unsigned, Forged, HashesDamaged, Misopened,
	} {
		keys = append(keys, Damage{Kind: k}.Key())
	}
	for _, lang := range []string{"zh-CN", "en"} {
		b, err := fs.ReadFile(Messages, "messages/"+lang+".json")
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if texts[k] == "" {
				t.Errorf("%s: no text for %s", lang, k)
			}
		}
		for k, text := range texts {
			if strings.ContainsAny(text, "!！") {
				t.Errorf("%s: %s exclaims", lang, k)
			}
		}
	}
	if a := (Damage{Seq: 3, Head: 1767225600000000}).Args(); a["until"] != int64(3) || a["head"] != time.UnixMicro(1767225600000000).UTC() {
		t.Errorf("%v", a)
	}
}
