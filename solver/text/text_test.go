package text

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestWordsAndTheirLines(t *testing.T) {
	t.Parallel()
	r := NewReader(strings.NewReader("a  12\r\n\n\t-7 3.5 rest of the line\n9223372036854775807"))
	if w, err := r.Word(); string(w) != "a" || err != nil || r.Line() != 1 {
		t.Fatal(string(w), err)
	}
	if n, err := r.Int("n", 0, 100); n != 12 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := r.Int("n", -10, 0); n != -7 || err != nil || r.Line() != 3 {
		t.Fatal(n, err, r.Line())
	}
	if x, err := r.Float("x", 0, 4); x != 3.5 || err != nil {
		t.Fatal(x, err)
	}
	if err := r.Skip(); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Int("n", 0, 1<<63-1); n != 1<<63-1 || err != nil || r.Line() != 4 {
		t.Fatal(n, err, r.Line())
	}
	if _, err := r.Word(); err != io.EOF {
		t.Fatal(err)
	}
	if r.End() != nil || r.Skip() != nil {
		t.Fatal("the end is not the end")
	}
}

func TestFaultsNameLineFieldAndWord(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Error{
		"":                              {Line: 1, Field: "n", Trouble: Missing},
		"\n\n":                          {Line: 3, Field: "n", Trouble: Missing},
		"x":                             {Line: 1, Field: "n", Have: "x", Trouble: NotWhole},
		"-":                             {Line: 1, Field: "n", Have: "-", Trouble: NotWhole},
		"1.5":                           {Line: 1, Field: "n", Have: "1.5", Trouble: NotWhole},
		"99999999999999999999":          {Line: 1, Field: "n", Have: "99999999999999999999", Trouble: NotWhole},
		"\n11":                          {Line: 2, Field: "n", Have: "11", Trouble: OutOfRange, Least: 1, Most: 10},
		strings.Repeat("1", mostWord+1): {Line: 1, Have: strings.Repeat("1", mostWord), Trouble: TooLong},
	} {
		_, err := NewReader(strings.NewReader(in)).Int("n", 1, 10)
		var have *Error
		if !errors.As(err, &have) || *have != want {
			t.Errorf("%q: %v, want %v", in, err, &want)
		}
	}
	for in, want := range map[string]Trouble{"": Missing, "x": NotANumber, "NaN": NotANumber, "5": OutOfRange, "Inf": OutOfRange} {
		_, err := NewReader(strings.NewReader(in)).Float("x", 0, 4)
		var have *Error
		if !errors.As(err, &have) || have.Trouble != want {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
	if err := NewReader(strings.NewReader(" more")).End(); err == nil || err.Error() != `line 1: "more" stands where nothing is expected any more` {
		t.Error(err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add("1 2\n3")
	f.Fuzz(func(t *testing.T, in string) {
		r := NewReader(strings.NewReader(in))
		for {
			w, err := r.Word()
			if err != nil {
				return
			}
			if len(w) == 0 || strings.ContainsAny(string(w), " \n\t") || !strings.Contains(in, string(w)) {
				t.Fatalf("%q of %q", w, in)
			}
		}
	})
}
