package app

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// A document past its day is destroyed with its file, by an act; one whose day has not come stays.
func TestWhatIsKeptNoLongerIsDestroyed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "real")
	if code, _, e := told(t, "migrate", "--data", dir, "--city", "real", "--name", "真实"); code != exitOK {
		t.Fatal(e)
	}
	in, err := migrated(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.db.Close()
	svc, err := newServices(in, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	by := authz.System("real")
	root, err := svc.orgs.Create(t.Context(), by, org.New{Kind: org.City, Name: "真实市"})
	if err != nil {
		t.Fatal(err)
	}
	papers := document.Service{DB: in.db, Files: svc.files}
	today := svc.account.Today(in.db.Now())
	var ids [2]document.ID
	for i, until := range []int{-1, 1} {
		ids[i], err = papers.Store(t.Context(), by, document.New{
			Name: "证明.pdf", Org: root.ID, Class: authz.Personal, Purpose: "test", KeepUntil: today.AddDays(until), Limits: blob.Limits{Size: 100, Types: []blob.Type{blob.PDF}},
		}, strings.NewReader("%PDF-"+string(rune('a'+i))))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := svc.destroyDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	files := 0
	if err := svc.files.Walk(t.Context(), func(blob.Hash, int64) error { files++; return nil }); err != nil || files != 1 {
		t.Errorf("%d files are left, %v", files, err)
	}
	err = in.db.Read(t.Context(), "real", func(q *sqldb.Rx) error {
		if _, err := document.Find(q, ids[0]); errs.KindOf(err) != errs.Absent {
			t.Errorf("the document past its day: %v", err)
		}
		_, err := document.Find(q, ids[1])
		return err
	})
	if err != nil {
		t.Errorf("the other: %v", err)
	}
}
