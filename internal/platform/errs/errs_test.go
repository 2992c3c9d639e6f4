package errs

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKindAndKeySurviveWrapping(t *testing.T) {
	t.Parallel()
	full := New(Conflict, "enrolment.full", Args{"places": 40})
	wrapped := fmt.Errorf("join: %w", full)
	if KindOf(wrapped) != Conflict || KeyOf(wrapped) != "enrolment.full" {
		t.Fatalf("got %v %q", KindOf(wrapped), KeyOf(wrapped))
	}
	if !errors.Is(wrapped, New(Conflict, "enrolment.full", nil)) {
		t.Fatal("equal kind and key are not recognised")
	}
	if KindOf(io.EOF) != Internal || KeyOf(io.EOF) != "" {
		t.Fatal("a foreign error must count as internal, without a key")
	}
}

func TestCauseIsLoggedNotLost(t *testing.T) {
	t.Parallel()
	err := Wrap(io.ErrUnexpectedEOF, Invalid, "sheet.truncated", nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal("cause lost")
	}
	if got, want := err.Error(), "invalid: sheet.truncated: unexpected EOF"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestProblemsAreCollectedNotStoppedAtTheFirst(t *testing.T) {
	t.Parallel()
	var p Problems
	if p.Err() != nil {
		t.Fatal("no problem is no error")
	}
	p.Require(false, "name", "field.required", nil)
	if p.Require(true, "phone", "field.phone", nil) && p.Require(false, "phone", "field.phone_taken", nil) {
		t.Fatal("a failed requirement must give false")
	}
	err := p.Err()
	if KindOf(err) != Invalid || len(ProblemsOf(err)) != 2 {
		t.Fatalf("got %v with %d problems", KindOf(err), len(ProblemsOf(err)))
	}
	if !p.At("name") || p.At("mail") {
		t.Fatal("At names the wrong fields")
	}
	if got := err.Error(); got != "invalid: errs.problems (name field.required; phone field.phone_taken)" {
		t.Fatalf("log text %q", got)
	}
	if ProblemsOf(io.EOF) != nil {
		t.Fatal("a foreign error has no problems")
	}
}

func TestKindNamesAndArgKeys(t *testing.T) {
	t.Parallel()
	want := []string{"internal", "invalid", "denied", "absent", "conflict", "busy"}
	for i, w := range want {
		if Kind(i).String() != w {
			t.Fatalf("kind %d is %q", i, Kind(i))
		}
	}
	if k := (Args{"b": 1, "a": 2}).Keys(); len(k) != 2 || k[0] != "a" {
		t.Fatalf("keys %v", k)
	}
}
