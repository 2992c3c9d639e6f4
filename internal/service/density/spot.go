package density

import (
	"encoding/json"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// State is what was done about a blind spot.
type State string

// The states of a blind spot.
const (
	Open      State = "open"
	Assigned  State = "assigned"
	ToVisit   State = "to_visit"
	Dismissed State = "dismissed"
)

// States lists the states in the order of pages.
var States = []State{Open, Assigned, ToVisit, Dismissed}

// SpotID names a blind spot.
type SpotID = id.Of[BlindSpot]

// BlindSpot is a ranked blind spot with what was done about it.
type BlindSpot struct {
	Spot
	ID       SpotID
	Delivery int64
	Rank     int64
	State    State
	Matter   string // the matter it was assigned as
	Note     string // why it was dismissed
}

// storeSpots writes the blind spots of a snapshot. What was done about one is carried on from the snapshot before.
func storeSpots(tx *sqldb.Tx, s *Snapshot, spots []Spot) error {
	type name struct {
		at   org.ID
		kind SpotKind
		unit string
	}
	done := map[name]BlindSpot{}
	old, err := sqldb.All(tx, scanSpot, `SELECT `+spotColumns+` FROM blind_spot b WHERE b.city = $1 AND b.state <> 'open' ORDER BY b.delivery`)
	if err != nil {
		return err
	}
	for _, b := range old {
		done[name{b.At, b.Kind, b.Unit}] = b
	}
	if _, err := tx.Exec(`DELETE FROM blind_spot WHERE city = $1 AND delivery = $2`, s.Delivery); err != nil {
		return err
	}
	_, err = tx.Bulk(`INSERT INTO blind_spot (city, id, delivery, org, kind, unit, rank, score, reason, state, matter, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, len(spots), func(i int) []any {
		p := spots[i]
		was := done[name{p.At, p.Kind, p.Unit}]
		if was.State == "" {
			was.State = Open
		}
		made := id.New[BlindSpot](tx.Now())
		if was.Delivery == s.Delivery {
			made = was.ID // counted anew: links to it stay good
		}
		var matter any
		if was.Matter != "" {
			matter = was.Matter
		}
		return []any{made, s.Delivery, p.At, string(p.Kind), p.Unit, i + 1, p.Score, wordsOf(p.Why), string(was.State), matter, was.Note}
	})
	return err
}

const spotColumns = `b.id, b.delivery, b.org, b.kind, b.unit, b.rank, b.score, b.reason, b.state, COALESCE(b.matter, ''), b.note`

func scanSpot(s sqldb.Scan) (BlindSpot, error) {
	var b BlindSpot
	var why string
	if err := s(&b.ID, &b.Delivery, &b.At, &b.Kind, &b.Unit, &b.Rank, &b.Score, &why, &b.State, &b.Matter, &b.Note); err != nil {
		return b, err
	}
	return b, json.Unmarshal([]byte(why), &b.Why)
}
