package xlsform

import (
	"fmt"
	"slices"
	"testing"

	"zhidian/internal/domain/form/survey"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	old := good(t, "| survey | | | |\n| | type | name | label |\n| | text | a | A |\n| | text | b | B |\n| | text | c | C |\n| | select_one l | d | D |\n| choices | | | |\n| | list_name | name | label |\n| | l | x | X |\n| | l | y | Y |\n")
	now := good(t, "| survey | | | |\n| | type | name | label |\n| | text | c | C |\n| | text | a | AA |\n| | integer | e | E |\n| | select_one l | d | D |\n| choices | | | |\n| | list_name | name | label |\n| | l | x | XX |\n| | l | z | Z |\n")
	var found []string
	for _, c := range survey.Diff(old, now) {
		found = append(found, fmt.Sprintf("%s %s %s %s→%s", c.What, c.Path, c.Field, c.Old, c.New))
	}
	want := []string{"moved c  →", "changed a label A→AA", "added e  →", "removed b  →", "changed l: x label X→XX", "added l: z  →", "removed l: y  →"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, not %q", found, want)
	}
}
