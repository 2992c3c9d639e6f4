package intake

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Bands are the age bands of youth counts, in years.
var Bands = []string{"14-17", "18-22", "23-28", "29-35"}

// mostInVillage bounds a count per village and band, so that a population or a telephone number is not taken for one.
const mostInVillage = 200_000

// youthRow is one village's counts.
type youthRow struct {
	row     int
	village *org.Registered
	n       []int64
	fate    fate
	fields  []string
}

// counted is a stored count.
type counted struct {
	village org.ID
	band    string
	since   int64
	n       int64
}

type countKey struct {
	village org.ID
	band    string
}

// youth takes counts of young people per village and age band. One count holds for each village and band, whoever
// brought it.
type youth struct {
	*facts
	now   map[countKey]counted
	rows  map[org.ID]int
	chunk []youthRow
	gone  []counted
}

var liveCount = source.Live("y")

func newYouth(f *facts, q sqldb.Q) (*youth, error) {
	y := &youth{facts: f, now: map[countKey]counted{}, rows: map[org.ID]int{}}
	all, err := sqldb.All(q, func(s sqldb.Scan) (counted, error) {
		var c counted
		return c, s(&c.village, &c.band, &c.since, &c.n)
	}, `SELECT y.village, y.band, y.since, y.n FROM youth_count y WHERE y.city = $1 AND `+liveCount)
	for _, c := range all {
		y.now[countKey{c.village, c.band}] = c
	}
	return y, err
}

func (y *youth) pending() int { return len(y.chunk) }

func (y *youth) read(l *line) {
	r := youthRow{row: l.row.Number, village: y.division(l), n: make([]int64, len(Bands))}
	level := org.Village
	if y.source.Fineness == source.Township {
		level = org.Township
	}
	switch {
	case l.bad:
	case r.village == nil:
		l.fail("area", "intake.where", nil)
	case r.village.Kind != level:
		l.fail("area", "intake.not_a_"+string(level), nil)
	default:
		if first, twice := y.rows[r.village.ID]; twice && first != r.row {
			l.fail("area", "intake.twice_in_file", errs.Args{"row": first})
		} else {
			y.rows[r.village.ID] = r.row
		}
	}
	for i, b := range Bands {
		if l.text(b) == "" {
			l.fail(b, "intake.count_empty", nil)
			continue
		}
		r.n[i] = l.count(b, mostInVillage)
	}
	if !l.bad {
		y.chunk = append(y.chunk, r)
	}
}

func (y *youth) weigh(sqldb.Q) error {
	for i := range y.chunk {
		r := &y.chunk[i]
		r.fields, r.fate = nil, same
		known := false
		for j, b := range Bands {
			old, ok := y.now[countKey{r.village.ID, b}]
			known = known || ok
			if !ok || old.n != r.n[j] {
				r.fields = append(r.fields, b)
			}
		}
		switch {
		case !known:
			r.fate = fresh
		case len(r.fields) > 0:
			r.fate = changed
		}
	}
	return nil
}

func (y *youth) write(tx *sqldb.Tx, _ int64) error {
	var ended, begun []counted
	for i := range y.chunk {
		r := &y.chunk[i]
		for j, b := range Bands {
			old, ok := y.now[countKey{r.village.ID, b}]
			if ok && old.n == r.n[j] {
				continue
			}
			if ok {
				ended = append(ended, old)
			}
			begun = append(begun, counted{r.village.ID, b, y.delivery.Seq, r.n[j]})
		}
	}
	if err := endCounts(tx, y.delivery.Seq, ended); err != nil {
		return err
	}
	_, err := tx.Bulk(`INSERT INTO youth_count (city, village, band, since, n) VALUES ($1, $2, $3, $4, $5)`, len(begun), func(i int) []any {
		c := begun[i]
		return []any{c.village, c.band, c.since, c.n}
	})
	return err
}

func endCounts(tx *sqldb.Tx, delivery int64, all []counted) error {
	_, err := tx.Bulk(`UPDATE youth_count SET until = $5 WHERE city = $1 AND village = $2 AND band = $3 AND since = $4`, len(all), func(i int) []any {
		c := all[i]
		return []any{c.village, c.band, c.since, delivery}
	})
	return err
}

func (y *youth) settle(t *tally) []Problem {
	for i := range y.chunk {
		r := &y.chunk[i]
		t.count(r.fate, func() Sample { return Sample{Row: r.row, Name: r.village.Name, Fields: r.fields} })
	}
	y.chunk = y.chunk[:0]
	return nil
}

func (y *youth) leaving(_ sqldb.Q, t *tally) error {
	y.gone = y.gone[:0]
	villages := map[org.ID]bool{}
	for _, r := range y.all {
		for _, b := range Bands {
			c, ok := y.now[countKey{r.ID, b}]
			if _, stays := y.rows[r.ID]; !ok || stays || !y.own[c.since] {
				continue
			}
			y.gone = append(y.gone, c)
			if !villages[r.ID] && len(t.samples.Gone) < keptSamples {
				t.samples.Gone = append(t.samples.Gone, Sample{Name: r.Name})
			}
			villages[r.ID] = true
		}
	}
	t.gone = int64(len(villages))
	return nil
}

func (y *youth) end(tx *sqldb.Tx, from, to int) (bool, error) {
	if from >= len(y.gone) {
		return false, nil
	}
	return true, endCounts(tx, y.delivery.Seq, y.gone[from:min(to, len(y.gone))])
}
