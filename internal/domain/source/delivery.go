package source

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names a source.
type ID = id.Of[Source]

// Fineness is how exact a source's positions are; nothing finer is shown from it.
type Fineness string

// The degrees of fineness.
const (
	Point    Fineness = "point"
	Village  Fineness = "village"
	Township Fineness = "township"
)

// Source is somebody who delivers the same kind of rows again and again.
type Source struct {
	ID       ID
	Kind     string // what its rows are, such as "members"; the importing service names the kinds
	Name     string
	Fineness Fineness
	CRS      string          // the coordinate system of its positions
	Mapping  json.RawMessage // which column is what, as confirmed last
	Latest   int64           // the delivery that counts now, 0 before the first
}

// State is how far a delivery has come.
type State string

// The states of a delivery. Its rows count from Visible on, all at once.
const (
	Checking  State = "checking"  // the dry run reads the file
	Checked   State = "checked"   // the clerk may look, and decide
	Applying  State = "applying"  // rows are being written, unseen
	Visible   State = "visible"   // it counts
	Undone    State = "undone"    // it counted, and does not any more
	Abandoned State = "abandoned" // it never counted
)

// Delivery is one file of a source.
type Delivery struct {
	Seq      int64
	Source   ID
	State    State
	Previous int64   // the delivery of the same source that counted before it
	File     string  // content hash of the stored file
	FileName string  // as the clerk's computer called it
	AsOf     day.Day // the day for which the rows hold
	Report   json.RawMessage
	Counts   Counts
	MadeBy   string
	MadeAt   time.Time
	ShownAt  time.Time
	FileGone time.Time // when the file was destroyed, its time being over; zero while it is there
}

// UndoFor is how long a delivery that was shown can be undone: what it corrected is kept no longer.
const UndoFor = 365 * 24 * time.Hour

// Undoable tells whether a delivery could still be undone by its age.
func (d Delivery) Undoable(now time.Time) bool { return now.Sub(d.ShownAt) < UndoFor }

// Counts are the rows of a delivery by what becomes of them.
type Counts struct{ Rows, Bad, Warned, Fresh, Changed, Gone int64 }

// What people do with sources.
var (
	Read     = authz.Verb{Key: "source.read"}
	Register = authz.Verb{Key: "source.register", Writes: "source"}
	Receive  = authz.Verb{Key: "source.receive", Writes: "delivery source"}
	Drop     = authz.Verb{Key: "source.drop", Writes: "delivery"}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Register, Receive, Drop}

// Written names the tables that moving a delivery on touches, for the verbs of importing services.
const Written = "delivery source"

const columns = `s.id, s.kind, s.name, s.fineness, s.crs, s.mapping, s.latest`

func scan(s sqldb.Scan) (Source, error) {
	var x Source
	var mapping string
	err := s(&x.ID, &x.Kind, &x.Name, &x.Fineness, &x.CRS, &mapping, &x.Latest)
	x.Mapping = json.RawMessage(mapping)
	return x, err
}

// Find gives one source.
func Find(q sqldb.Q, id ID) (Source, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM source s WHERE s.city = $1 AND s.id = $2`, id)
}

// All gives every source, in order of kind and name.
func All(q sqldb.Q) ([]Source, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM source s WHERE s.city = $1 ORDER BY s.kind, s.name`)
}

// Latest gives the sources of a kind that have a delivery that counts, the most recent first.
func Latest(q sqldb.Q, kind string) ([]Source, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM source s WHERE s.city = $1 AND s.kind = $2 AND s.latest > 0 ORDER BY s.latest DESC`, kind)
}

const deliveryColumns = `d.seq, d.source, d.state, d.previous, d.file, d.file_name, d.as_of, d.report,
	d.rows, d.bad, d.warned, d.fresh, d.changed, d.gone, d.made_by, d.made_at, d.shown_at, d.file_gone`

func scanDelivery(s sqldb.Scan) (Delivery, error) {
	var d Delivery
	var report string
	var made, shown, gone int64
	err := s(&d.Seq, &d.Source, &d.State, &d.Previous, &d.File, &d.FileName, &d.AsOf, &report,
		&d.Counts.Rows, &d.Counts.Bad, &d.Counts.Warned, &d.Counts.Fresh, &d.Counts.Changed, &d.Counts.Gone, &d.MadeBy, &made, &shown, &gone)
	if gone > 0 {
		d.FileGone = time.UnixMicro(gone).UTC()
	}
	d.Report, d.MadeAt, d.ShownAt = json.RawMessage(report), time.UnixMicro(made).UTC(), time.UnixMicro(shown).UTC()
	return d, err
}

// FindDelivery gives one delivery.
func FindDelivery(q sqldb.Q, seq int64) (Delivery, error) {
	return sqldb.One(q, scanDelivery, `SELECT `+deliveryColumns+` FROM delivery d WHERE d.city = $1 AND d.seq = $2`, seq)
}

// Deliveries gives the newest deliveries, of one source where it is named.
func Deliveries(q sqldb.Q, of ID, limit int) ([]Delivery, error) {
	return sqldb.All(q, scanDelivery, `SELECT `+deliveryColumns+` FROM delivery d
		WHERE d.city = $1 AND ($2 = '' OR d.source = $2) ORDER BY d.seq DESC LIMIT $3`, of.String(), limit)
}

// Service is the use cases of sources.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
}

// Register names a new source; its name is unique in the city.
func (s *Service) Register(ctx context.Context, by authz.Actor, at authz.Path, n Source) (ID, error) {
	made := ID("")
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.Must(Register, at); err != nil {
			return err
		}
		made = id.New[Source](tx.Now())
		if len(n.Mapping) == 0 {
			n.Mapping = json.RawMessage("{}")
		}
		rows, err := tx.Exec(`INSERT INTO source (city, id, kind, name, fineness, crs, mapping) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (city, name) DO NOTHING`, made, n.Kind, n.Name, string(n.Fineness), n.CRS, string(n.Mapping))
		if err != nil {
			return err
		}
		if rows == 0 {
			return errs.New(errs.Conflict, "source.name_taken", errs.Args{"name": n.Name})
		}
		if err := tx.Record(Register, made.String(), act.Change{"kind": n.Kind, "name": n.Name, "fineness": n.Fineness}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Open takes a stored file in as a source's next delivery, to be checked. Its rows stay unseen until Shown.
func (s *Service) Open(ctx context.Context, by authz.Actor, at authz.Path, of ID, file, fileName string, asOf day.Day) (int64, error) {
	seq, err := s.Serials.Next(ctx, by.City, "delivery", 1)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.Must(Receive, at); err != nil {
			return err
		}
		if _, err := Find(tx, of); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO delivery (city, seq, source, state, file, file_name, as_of, made_by, made_at)
			VALUES ($1, $2, $3, 'checking', $4, $5, $6, $7, $8)`, seq, of, file, fileName, asOf, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if err := tx.Record(Receive, of.String(), act.Change{"delivery": seq, "file": file, "as_of": asOf.String()}); err != nil {
			return err
		}
		return tx.Answer(seq)
	})
	if sqldb.Again(err, &seq) {
		return seq, nil
	}
	return seq, err
}

// Remember keeps the confirmed columns of a source, inside an act of the caller's.
func Remember(tx *sqldb.Tx, of ID, mapping json.RawMessage) error {
	_, err := tx.Exec(`UPDATE source SET mapping = $3 WHERE city = $1 AND id = $2`, of, string(mapping))
	return err
}

// Advance moves a delivery from one state to another with its report, inside an act of the caller's. A delivery that
// has moved meanwhile is a Conflict: of two clerks who decide at once, one is told.
func Advance(tx *sqldb.Tx, seq int64, from, to State, report json.RawMessage, c Counts) error {
	if len(report) == 0 {
		report = json.RawMessage("{}")
	}
	n, err := tx.Exec(`UPDATE delivery SET state = $4, report = $5, rows = $6, bad = $7, warned = $8, fresh = $9, changed = $10, gone = $11,
		ended_at = CASE WHEN $4 = 'abandoned' THEN $12 ELSE ended_at END
		WHERE city = $1 AND seq = $2 AND state = $3`, seq, string(from), string(to), string(report), c.Rows, c.Bad, c.Warned, c.Fresh, c.Changed, c.Gone, tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
	}
	return nil
}

// Settle notes what the check of a delivery found, provided that nobody has decided otherwise about it, its columns for
// example, since it was read.
func Settle(tx *sqldb.Tx, d Delivery, report json.RawMessage, c Counts) error {
	n, err := tx.Exec(`UPDATE delivery SET state = 'checked', report = $5, rows = $6, bad = $7, warned = $8, fresh = $9, changed = $10, gone = $11
		WHERE city = $1 AND seq = $2 AND state = $3 AND report = $4`,
		d.Seq, string(d.State), string(d.Report), string(report), c.Rows, c.Bad, c.Warned, c.Fresh, c.Changed, c.Gone)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": d.Seq})
	}
	return nil
}

// Shown makes a delivery count, in one act with whatever else becomes true with it. The source's row is the guard:
// a delivery is shown only over the one it was checked against.
func Shown(tx *sqldb.Tx, d Delivery) error {
	n, err := tx.Exec(`UPDATE source SET latest = $3 WHERE city = $1 AND id = $2 AND latest = $4`, d.Source, d.Seq, d.Previous)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "source.newer_delivery", errs.Args{"delivery": d.Seq})
	}
	n, err = tx.Exec(`UPDATE delivery SET state = 'visible', hidden = 0, shown_at = $3 WHERE city = $1 AND seq = $2 AND state = 'applying'`,
		d.Seq, tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": d.Seq})
	}
	return nil
}

// Base fixes, when writing begins, which delivery a new one is compared with and follows.
func Base(tx *sqldb.Tx, d Delivery) (int64, error) {
	s, err := Find(tx, d.Source)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(`UPDATE delivery SET previous = $3 WHERE city = $1 AND seq = $2 AND state = 'checked'`, d.Seq, s.Latest)
	return s.Latest, err
}

// Hide takes a delivery back: only the source's latest can be undone, within UndoFor, and its predecessor counts again.
func Hide(tx *sqldb.Tx, d Delivery) error {
	if now, err := FindDelivery(tx, d.Seq); err != nil || !now.Undoable(tx.Now()) {
		if err == nil {
			err = errs.New(errs.Conflict, "source.undo_over", errs.Args{"delivery": d.Seq})
		}
		return err
	}
	n, err := tx.Exec(`UPDATE source SET latest = $3 WHERE city = $1 AND id = $2 AND latest = $4`, d.Source, d.Previous, d.Seq)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "source.undo_too_late", errs.Args{"delivery": d.Seq})
	}
	n, err = tx.Exec(`UPDATE delivery SET state = 'undone', hidden = 1, ended_at = $3 WHERE city = $1 AND seq = $2 AND state = 'visible'`,
		d.Seq, tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": d.Seq})
	}
	return nil
}

// Step tells how far a named step of a delivery has come, so that it goes on there after a crash.
func Step(q sqldb.Q, seq int64, step string) (done, total int64, err error) {
	err = q.Row(`SELECT done, total FROM delivery_step WHERE city = $1 AND delivery = $2 AND step = $3`, seq, step).Scan(&done, &total)
	if errors.Is(err, sqldb.ErrNone) {
		return 0, 0, nil
	}
	return done, total, err
}

// Reach notes how far a step has come, in the same transaction as what was done.
func Reach(tx *sqldb.Tx, seq int64, step string, done, total int64) error {
	_, err := tx.Exec(`INSERT INTO delivery_step (city, delivery, step, done, total, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (city, delivery, step) DO UPDATE SET done = EXCLUDED.done, total = EXCLUDED.total, at = EXCLUDED.at`,
		seq, step, done, total, tx.Now().UnixMicro())
	return err
}
