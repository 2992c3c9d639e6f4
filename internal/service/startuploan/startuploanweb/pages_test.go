package startuploanweb

import (
	"slices"
	"testing"

	"zhidian/internal/platform/web/door"
	"zhidian/internal/service/startuploan"
)

// Every desk at which somebody may sit has a line in the menu, which only those see who hold its verb.
func TestEachDeskHasItsLine(t *testing.T) {
	t.Parallel()
	for _, d := range startuploan.AllDesks {
		at := slices.IndexFunc(Menu, func(e door.Entry) bool { return e.Label == "loan.desk."+string(d) })
		if at < 0 || Menu[at].Verb != d.Verb() || d.Verb().IsZero() {
			t.Errorf("%s has no line", d)
		}
	}
}
