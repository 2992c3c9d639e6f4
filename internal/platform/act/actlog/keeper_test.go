package actlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

func TestKeeperFile(t *testing.T) {
	t.Parallel()
	f := File{filepath.Join(t.TempDir(), "no", "heads")}
	if err := f.Keep(t.Context(), "x"); errs.KeyOf(err) != "act.no_keeper" {
		t.Fatal(err)
	}
	d := newDesk(t, sqldbtest.SQLite(t, sqldb.Options{}))
	d.acts(1)
	d.seal()
	d.keep()
	b, err := os.ReadFile(d.file.Path)
	if err != nil {
		t.Fatal(err)
	}
	d.keep()
	if again, _ := os.ReadFile(d.file.Path); !bytes.Equal(again, b) {
		t.Fatal("the same head was kept twice")
	}
	if mine, err := headsOf("xn", bytes.NewReader(b)); err != nil || len(mine) != 1 {
		t.Fatal(mine, err)
	}
	if others, err := headsOf("twin", bytes.NewReader(b)); err != nil || len(others) != 0 {
		t.Fatal("a twin city takes this city's heads", others, err)
	}
	if _, err := VerifyData(t.Context(), d.db, "xn", d.keys, strings.NewReader(strings.Repeat("x", 9999))); err == nil {
		t.Fatal("a heads file that is none")
	}
}
