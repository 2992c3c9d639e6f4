package pack

import (
	"bytes"
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// TestLinesAddUp holds each line of the example to what it says of itself.
func TestLinesAddUp(t *testing.T) {
	t.Parallel()
	p, err := Example()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
	slices, excluded := map[string]int{}, map[string]int{}
	for _, l := range p.Lines() {
		if l.To <= p.From || l.To > p.To || l.Days != l.To.Sub(l.From) {
			t.Errorf("%s: %s to %s, %d days, in a batch from %s to %s", l.Loan, l.From, l.To, l.Days, p.From, p.To)
		}
		if l.Province+l.Local != l.Subsidy || l.Subsidy > (l.Interest+1)/2 {
			t.Errorf("%s: interest %d, subsidy %d, of it %d and %d", l.Loan, l.Interest, l.Subsidy, l.Province, l.Local)
		}
		slices[l.Loan], excluded[l.Loan] = max(slices[l.Loan], l.Slice), excluded[l.Loan]+l.Excluded
	}
	if slices["J005"] != 2 || slices["J001"] != 1 {
		t.Errorf("slices: %v", slices)
	}
	if excluded["J004"] != 15 { // the days of misuse
		t.Errorf("excluded days: %v", excluded)
	}
}

// TestWhatIsUnverifiedIsNotClaimed takes an officer's look at the rates away.
func TestWhatIsUnverifiedIsNotClaimed(t *testing.T) {
	t.Parallel()
	p, err := Example()
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Quotes {
		p.Quotes[i].Status = rulebook.Unverified
	}
	found := errs.ProblemsOf(p.Compute())
	if len(found) != len(p.Loans) {
		t.Fatalf("%d loans are claimed on unverified rates: %v", len(p.Loans)-len(found), found)
	}
	for i, x := range found {
		if x.Field != p.Loans[i].Number || x.Key != "rulebook.unverified" {
			t.Errorf("%+v", x)
		}
	}
	if len(p.Lines()) != 0 {
		t.Errorf("%d lines all the same", len(p.Lines()))
	}
}

// TestARateAboveTheCapIsNamed finds the loan, and only it.
func TestARateAboveTheCapIsNamed(t *testing.T) {
	t.Parallel()
	p, err := Example()
	if err != nil {
		t.Fatal(err)
	}
	p.Loans[2].Rate = money.Rate(90_000)
	if found := errs.ProblemsOf(p.Compute()); len(found) != 1 || found[0].Field != "J003" {
		t.Errorf("%+v", found)
	}
}

// TestTheSameBatchIsTheSameFile writes it twice.
func TestTheSameBatchIsTheSameFile(t *testing.T) {
	t.Parallel()
	var files [2]bytes.Buffer
	for i := range files {
		p, err := Example()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two files of one batch differ")
	}
}
