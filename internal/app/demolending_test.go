package app

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/service/loanaudit"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
)

// The demo's banks have claimed quarters that stand at every desk, one of them corrected; each pack recomputes, and a bank's file has left
// differences to clear up.
func TestTheDemoClaims(t *testing.T) {
	t.Parallel()
	s := smallServices(t)
	by := authz.System(s.in.city.Slug)
	all, err := s.lending.Claims.List(t.Context(), by, claim.Filter{}, "")
	if err != nil {
		t.Fatal(err)
	}
	found, corrections := map[claim.State]int{}, 0
	for _, b := range all.Items {
		found[b.State]++
		if b.IsCorrection() {
			corrections++
		}
		p, _, err := s.lending.Claims.Pack(t.Context(), by, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		var w bytes.Buffer
		file := filepath.Join(t.TempDir(), "pack.xlsx")
		if err := p.Write(&w); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, w.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		book, err := sheet.Open(file, sheet.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := loanaudit.Audit(book)
		if err := book.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || !r.OK() {
			t.Errorf("%s: %+v %v", b.Serial, r, err)
		}
	}
	if found[claim.Arrived] != 2 || found[claim.Paid] != 1 || found[claim.Reviewed] != 1 || found[claim.Draft] != 2 || found[claim.Filed] != 1 || corrections != 1 {
		t.Errorf("%v, %d corrections", found, corrections)
	}
	files, err := s.lending.Files.List(t.Context(), by, "")
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	for _, f := range files.Items {
		if f.State == bankfile.Applied && f.Differences > 0 {
			used++
		}
	}
	if len(files.Items) != 2 || used != 1 {
		t.Errorf("%d files, %d with differences", len(files.Items), used)
	}
}
