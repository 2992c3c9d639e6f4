package app

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// told runs a command and gives its exit code and what it printed.
func told(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// small makes a small demo city in a folder of its own.
func small(t *testing.T, more ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if code, _, e := told(t, append([]string{"demo", "--data", dir, "--size", "0.01", "--make-only"}, more...)...); code != exitOK {
		t.Fatalf("demo: %d %s", code, e)
	}
	return dir
}

// smallServices are the services of a small demo city.
func smallServices(t *testing.T) *services {
	t.Helper()
	in, err := migrated(t.Context(), small(t), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.db.Close() })
	s, err := newServices(in, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		if c.name == "version" {
			continue
		}
		code, out, e := told(t, c.name, "--help")
		if code != exitOK || len(out)+len(e) < 20 {
			t.Errorf("%s --help: %d %q %q", c.name, code, out, e)
		}
	}
	if code, _, e := told(t, "fly"); code != exitUsage || !strings.Contains(e, "fly") {
		t.Errorf("an unknown command: %d %q", code, e)
	}
	if code, out, _ := told(t, "version"); code != exitOK || !strings.Contains(out, "zhidian") {
		t.Errorf("version: %d %q", code, out)
	}
}

func TestNoStartWithoutAKeyOrACity(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	if code, _, e := told(t, "serve", "--data", empty); code != exitUsage || !strings.Contains(e, empty) {
		t.Fatalf("an empty folder: %d %q", code, e)
	}
	dir := small(t)
	if err := os.Remove(filepath.Join(dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if code, _, e := told(t, "serve", "--data", dir, "--addr", "127.0.0.1:0"); code == exitOK {
		t.Fatalf("started without a key: %q", e)
	}
}

func TestDemoLeavesARealCityAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "real")
	if code, _, e := told(t, "migrate", "--data", dir, "--city", "real", "--name", "真实"); code != exitOK {
		t.Fatalf("migrate: %d %s", code, e)
	}
	if code, _, _ := told(t, "demo", "--data", dir, "--make-only"); code == exitOK {
		t.Fatal("the demo went into a real city")
	}
	if c, err := readCity(dir); err != nil || c.Slug != "real" || c.Demo {
		t.Fatalf("city %+v, %v", c, err)
	}
}

// TestBackupRestoreVerify rehearses the loss of a machine: back up, restore elsewhere, compare, verify the log.
func TestBackupRestoreVerify(t *testing.T) {
	t.Parallel()
	dir := small(t)
	to, elsewhere := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "elsewhere")
	sealAll(t, dir)
	if code, _, e := told(t, "backup", "--data", dir, "--to", to); code != exitOK {
		t.Fatalf("backup: %d %s", code, e)
	}
	if code, _, _ := told(t, "backup", "--data", dir, "--to", to); code == exitOK {
		t.Fatal("a backup was overwritten")
	}
	for _, name := range []string{keyFile} {
		if _, err := os.Stat(filepath.Join(to, name)); err == nil {
			t.Fatalf("the backup holds %s", name)
		}
	}
	args := []string{"restore", "--from", to, "--data", elsewhere, "--keys", filepath.Join(dir, keyFile)}
	if code, _, e := told(t, args...); code != exitOK {
		t.Fatalf("restore: %d %s", code, e)
	}
	if a, b := orgNames(t, dir), orgNames(t, elsewhere); a != b || len(a) < 1000 {
		t.Fatal("the restored tree differs")
	}
	for _, d := range []string{dir, elsewhere} {
		if code, out, e := told(t, "verify", "--data", d); code != exitOK {
			t.Fatalf("verify %s: %d %s %s", d, code, out, e)
		}
	}
}

// TestKeysComeBackFromPaper loses the key file too: only the backup and the two printed halves are left.
func TestKeysComeBackFromPaper(t *testing.T) {
	t.Parallel()
	dir := small(t)
	sealAll(t, dir)
	to, paper, elsewhere := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "paper"), filepath.Join(t.TempDir(), "elsewhere")
	if code, _, e := told(t, "backup", "--data", dir, "--to", to); code != exitOK {
		t.Fatalf("backup: %d %s", code, e)
	}
	if code, _, e := told(t, "backup", "--data", dir, "--key-sheet", paper); code != exitOK {
		t.Fatalf("key sheet: %d %s", code, e)
	}
	code, _, e := told(t, "restore", "--from", to, "--data", elsewhere,
		"--half-a", filepath.Join(paper, "key-sheet-a.txt"), "--half-b", filepath.Join(paper, "key-sheet-b.txt"))
	if code != exitOK {
		t.Fatalf("restore: %d %s", code, e)
	}
	if code, out, e := told(t, "verify", "--data", elsewhere); code != exitOK {
		t.Fatalf("verify: %d %s %s", code, out, e)
	}
}

func TestABackupRestoresOnPostgres(t *testing.T) {
	t.Parallel()
	dsn := sqldbtest.PostgresDSN(t)
	dir := small(t)
	to, elsewhere := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "elsewhere")
	sealAll(t, dir)
	if code, _, e := told(t, "backup", "--data", dir, "--to", to); code != exitOK {
		t.Fatalf("backup: %d %s", code, e)
	}
	if code, _, e := told(t, "restore", "--from", to, "--data", elsewhere, "--keys", filepath.Join(dir, keyFile), "--db", dsn); code != exitOK {
		t.Fatalf("restore: %d %s", code, e)
	}
	if code, out, e := told(t, "verify", "--data", elsewhere, "--db", dsn); code != exitOK {
		t.Fatalf("verify: %d %s %s", code, out, e)
	}
}

func TestVerifyNamesATamperedAct(t *testing.T) {
	t.Parallel()
	dir := small(t)
	sealAll(t, dir)
	in, err := open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	err = in.db.Keep(t.Context(), in.city.Slug, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE act SET verb = 'org.close' WHERE city = $1 AND seq = 3`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.db.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, _ := told(t, "verify", "--data", dir)
	if code != exitFailed || !strings.Contains(out, "3") {
		t.Fatalf("verify: %d %q", code, out)
	}
}

func TestAProofIsCheckedWithoutServerOrDatabase(t *testing.T) {
	t.Parallel()
	dir := small(t)
	sealAll(t, dir)
	in, err := open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.db.Close()
	file := filepath.Join(t.TempDir(), "proof.json")
	err = in.db.Read(t.Context(), in.city.Slug, func(q *sqldb.Rx) error {
		lines, err := actlog.List(q, actlog.Filter{Limit: 1})
		if err != nil {
			return err
		}
		proof, err := actlog.Export(q, lines[0].ID, in.keys.Verifier(), true)
		if err != nil {
			return err
		}
		return os.WriteFile(file, proof, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	code, out, e := told(t, "verify", "--proof", file, "--key", in.keys.Verifier())
	var shown map[string]any
	if code != exitOK || json.Unmarshal([]byte(out), &shown) != nil || shown["verb"] == "" {
		t.Fatalf("verify: %d %q %q", code, out, e)
	}
	_, stranger, err := act.NewKey("stranger")
	if err != nil {
		t.Fatal(err)
	}
	if code, _, _ := told(t, "verify", "--proof", file, "--key", stranger); code == exitOK {
		t.Fatal("a stranger's key verified the proof")
	}
}

func TestEverySentenceStandsInBothLanguages(t *testing.T) {
	t.Parallel()
	cat, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs() {
		if !cat.Printer(l).Has("app.home.title") {
			t.Errorf("%s lacks the home page", l)
		}
	}
}

// sealAll seals every act of an installation.
func sealAll(t *testing.T, dir string) {
	t.Helper()
	in, err := open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &services{in: in, db: in.db}
	if err := s.sealLog(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := in.db.Close(); err != nil {
		t.Fatal(err)
	}
}

func orgNames(t *testing.T, dir string) string {
	t.Helper()
	in, err := open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.db.Close()
	var b strings.Builder
	err = in.db.Read(t.Context(), in.city.Slug, func(q *sqldb.Rx) error {
		names, err := sqldb.All(q, func(s sqldb.Scan) (string, error) { var n string; return n, s(&n) },
			`SELECT path || name FROM org WHERE city = $1 ORDER BY path`)
		b.WriteString(strings.Join(names, "\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
