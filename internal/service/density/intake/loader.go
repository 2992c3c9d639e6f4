package intake

import (
	"cmp"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/sqldb"
)

// fate is what a row does to what is known.
type fate uint8

const (
	same fate = iota
	fresh
	changed
)

// tally counts the rows of a file by what they do.
type tally struct {
	fresh, changed, same, gone int64
	samples                    Samples
}

func (t *tally) count(f fate, s func() Sample) {
	switch f {
	case fresh:
		t.fresh++
		if len(t.samples.Fresh) < keptSamples {
			t.samples.Fresh = append(t.samples.Fresh, s())
		}
	case changed:
		t.changed++
		if len(t.samples.Changed) < keptSamples {
			t.samples.Changed = append(t.samples.Changed, s())
		}
	default:
		t.same++
	}
}

// loader takes the rows of one kind of file. Rows are read one by one into a chunk; a chunk is weighed against what is
// known, then written, in one act. After the last row leaving finds what the file no longer holds.
type loader interface {
	// read checks a row. A good one joins the chunk; what is wrong is noted on the line.
	read(l *line)
	// pending is how many rows the chunk holds.
	pending() int
	// weigh decides what becomes of the chunk's rows; it may be asked twice.
	weigh(q sqldb.Q) error
	// write does what weigh decided; first is the first of as many free organisation numbers as the chunk has rows.
	write(tx *sqldb.Tx, first int64) error
	// settle counts the chunk's rows and begins the next.
	settle(t *tally) []Problem
	// leaving finds what the source said before and does not say now.
	leaving(q sqldb.Q, t *tally) error
	// end ends some of those, from one up to but without another; false when there is nothing from there on.
	end(tx *sqldb.Tx, from, to int) (bool, error)
}

func (s *Service) loader(k Kind, f *facts, q sqldb.Q) (loader, error) {
	switch k {
	case Members, Cadres:
		return newMembers(k, f, s.Keys, cmp.Or(s.AskAtMost, 10_000), q)
	case Youth:
		return newYouth(f, q)
	case Sites:
		return newSites(f, q)
	}
	return newOrgs(k, f), nil
}

// masked is a person's name as a report keeps it.
func masked(name string) string { return cn.MaskName(name) }
