package seal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"zhidian/internal/platform/errs"
)

func newFile(t *testing.T) (*Keys, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	k, err := Create(path, "zhidian/xianning", day1)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func TestKeyFileIsPrivateAndReopens(t *testing.T) {
	t.Parallel()
	k, path := newFile(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	sealed, _ := k.Seal(idPlace, []byte(syntheticID))
	again, err := Open(path, k.Fingerprints().All()...)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(idPlace, sealed); err != nil || string(got) != syntheticID {
		t.Fatalf("%q %v", got, err)
	}
	if again.Verifier() != k.Verifier() || again.Name() != "zhidian/xianning" {
		t.Fatal("the signing key differs")
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Fatalf("%d files beside the key file", len(left)-1)
	}
}

func TestRotationsSurviveReopening(t *testing.T) {
	t.Parallel()
	k, path := newFile(t)
	sealed, _ := k.Seal(idPlace, []byte(syntheticID))
	if err := k.RotateSealing(day1); err != nil {
		t.Fatal(err)
	}
	if err := k.BeginLookup(day1); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Fingerprints(), k.Fingerprints()) {
		t.Fatalf("%+v\n%+v", again.Fingerprints(), k.Fingerprints())
	}
	if _, err := again.Open(idPlace, sealed); err != nil {
		t.Fatal(err)
	}
}

func TestTwoProcessesDoNotDestroyEachOthersKeys(t *testing.T) {
	t.Parallel()
	one, path := newFile(t)
	other, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.RotateSealing(day1); err != nil {
		t.Fatal(err)
	}
	sealed, _ := one.Seal(idPlace, []byte(syntheticID))
	if err := other.BeginLookup(day1); err != nil {
		t.Fatal(err)
	}
	last, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := last.Open(idPlace, sealed); err != nil {
		t.Fatalf("the key made by the other process is lost: %v", err)
	}
	if err := one.Reload(); err != nil || one.Fingerprints().NextLookup == "" {
		t.Fatalf("the other's change was not taken over: %v", err)
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	t.Parallel()
	k, path := newFile(t)
	if _, err := Create(path, "x", day1); errs.KeyOf(err) != "seal.exists" {
		t.Fatalf("got %v", err)
	}
	if _, err := Open(path, k.Fingerprints().Sealing); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(path, "below", "a file"), "x", day1); errs.KeyOf(err) != "seal.not_saved" {
		t.Fatalf("got %v", err)
	}
	for _, name := range []string{"", "a b", "a+b"} {
		if _, err := Create(filepath.Join(t.TempDir(), "k"), name, day1); errs.KeyOf(err) != "seal.name" {
			t.Fatalf("name %q: %v", name, err)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	k, path := newFile(t)
	good, _ := os.ReadFile(path)
	write := func(t *testing.T, content []byte, mode os.FileMode) string {
		p := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(p, content, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
		return p
	}
	altered := func(change func(map[string]any)) []byte {
		var m map[string]any
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		b, _ := json.Marshal(m)
		return b
	}
	first := func(m map[string]any) map[string]any { return m["sealing"].([]any)[0].(map[string]any) }
	for name, c := range map[string]struct {
		content []byte
		mode    os.FileMode
		want    string
	}{
		"group may read":    {good, 0o640, "seal.readable_by_others"},
		"world may read":    {good, 0o604, "seal.readable_by_others"},
		"group may write":   {good, 0o620, "seal.readable_by_others"},
		"empty":             {nil, 0o600, "seal.malformed"},
		"cut off":           {good[:len(good)/2], 0o600, "seal.malformed"},
		"two in one":        {append(append([]byte{}, good...), good...), 0o600, "seal.malformed"},
		"too long":          {append(append([]byte{}, good...), make([]byte, maxFile)...), 0o600, "seal.malformed"},
		"other format":      {altered(func(m map[string]any) { m["format"] = "zhidian-keys-9" }), 0o600, "seal.malformed"},
		"unknown field":     {altered(func(m map[string]any) { m["extra"] = 1 }), 0o600, "seal.malformed"},
		"no sealing key":    {altered(func(m map[string]any) { m["sealing"] = []any{} }), 0o600, "seal.malformed"},
		"sealing key twice": {altered(func(m map[string]any) { m["sealing"] = []any{first(m), first(m)} }), 0o600, "seal.malformed"},
		"key changed":       {altered(func(m map[string]any) { first(m)["secret"] = "AAAAAAAAAAAAAAAAAAAAAA==" }), 0o600, "seal.malformed"},
		"key short":         {altered(func(m map[string]any) { first(m)["secret"] = "AAAA" }), 0o600, "seal.malformed"},
		"bad name":          {altered(func(m map[string]any) { m["name"] = "a b" }), 0o600, "seal.malformed"},
		"bad next":          {altered(func(m map[string]any) { m["next_lookup"] = first(m) }), 0o600, "seal.malformed"},
		"no sign key":       {altered(func(m map[string]any) { delete(m, "sign") }), 0o600, "seal.malformed"},
		"no lookup key":     {altered(func(m map[string]any) { delete(m, "lookup") }), 0o600, "seal.malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(write(t, c.content, c.mode)); errs.KeyOf(err) != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); errs.KeyOf(err) != "seal.missing" {
		t.Fatalf("got %v", err)
	}
	if _, err := Open(t.TempDir()); errs.KeyOf(err) != "seal.unreadable" {
		t.Fatalf("got %v", err)
	}
	if _, err := Open(path, k.Fingerprints().Sealing, Ephemeral("x").Fingerprints().Lookup); errs.KeyOf(err) != "seal.wrong_key" {
		t.Fatalf("got %v", err)
	}
}

func TestFailedSaveKeepsTheOldKeys(t *testing.T) {
	t.Parallel()
	k, path := newFile(t)
	before := k.Fingerprints()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := k.RotateSealing(day1); errs.KeyOf(err) != "seal.missing" {
		t.Fatalf("got %v", err)
	}
	if !reflect.DeepEqual(before, k.Fingerprints()) {
		t.Fatal("keys in use that no file holds")
	}
}
