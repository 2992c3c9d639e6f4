package person

import (
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sqldb"
)

// Correction is what a delivery says differently of a person known before.
type Correction struct {
	Person   ID
	Field    Field
	Old, New string
}

// Field is a field that a delivery may correct.
type Field string

// The fields that deliveries correct.
const (
	FieldHome      Field = "home"
	FieldName      Field = "name"
	FieldSex       Field = "sex"
	FieldEthnicity Field = "ethnicity"
	FieldEducation Field = "education"
	FieldStanding  Field = "standing"
)

// updates holds one statement per field, so that a correction changes a value only where it still is the expected one.
var updates = map[Field]string{
	FieldHome:      `UPDATE person SET home = $3 WHERE city = $1 AND id = $2 AND home = $4`,
	FieldSex:       `UPDATE person SET sex = $3 WHERE city = $1 AND id = $2 AND sex = $4`,
	FieldEthnicity: `UPDATE person SET ethnicity = $3 WHERE city = $1 AND id = $2 AND ethnicity = $4`,
	FieldEducation: `UPDATE person SET education = $3 WHERE city = $1 AND id = $2 AND education = $4`,
	FieldStanding:  `UPDATE person SET standing = $3 WHERE city = $1 AND id = $2 AND standing = $4`,
}

// Stage notes corrections of a delivery under way; nobody sees them until it is shown.
func Stage(tx *sqldb.Tx, delivery int64, all []Correction) error {
	_, err := tx.Bulk(`INSERT INTO person_change (city, delivery, person, field, old, new) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (city, delivery, person, field) DO UPDATE SET new = EXCLUDED.new`, len(all), func(i int) []any {
		c := all[i]
		return []any{delivery, c.Person, string(c.Field), c.Old, c.New}
	})
	return err
}

// Show makes the staged corrections of a delivery true, in the act that shows the delivery.
func Show(tx *sqldb.Tx, delivery int64) (int64, error) { return apply(tx, delivery, false) }

// TakeBack undoes the corrections of a delivery where the value is still the delivery's; later edits stay.
func TakeBack(tx *sqldb.Tx, delivery int64) (int64, error) { return apply(tx, delivery, true) }

func apply(tx *sqldb.Tx, delivery int64, back bool) (int64, error) {
	all, err := sqldb.All(tx, func(s sqldb.Scan) (Correction, error) {
		var c Correction
		return c, s(&c.Person, &c.Field, &c.Old, &c.New)
	}, `SELECT person, field, old, new FROM person_change WHERE city = $1 AND delivery = $2 ORDER BY person, field`, delivery)
	if err != nil {
		return 0, err
	}
	byField := map[Field][][]any{}
	for _, c := range all {
		to, from := c.New, c.Old
		if back {
			to, from = c.Old, c.New
		}
		byField[c.Field] = append(byField[c.Field], []any{c.Person, to, from})
	}
	var changed int64
	moved, err := rehome(tx, byField[FieldHome])
	if err != nil {
		return 0, err
	}
	changed += moved
	for _, f := range []Field{FieldSex, FieldEthnicity, FieldEducation, FieldStanding} {
		rows := byField[f]
		n, err := tx.Bulk(updates[f], len(rows), func(i int) []any { return rows[i] })
		if err != nil {
			return 0, err
		}
		changed += n
	}
	for _, r := range byField[FieldName] {
		n, err := rename(tx, r[0].(ID), r[1].(string), r[2].(string))
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

// rehome hands persons' records to other organisations, with what leads to them, where they still are at the expected ones. A
// row is a person, her new home and her old one.
func rehome(tx *sqldb.Tx, rows [][]any) (int64, error) {
	n, err := tx.Bulk(updates[FieldHome], len(rows), func(i int) []any { return rows[i] })
	if err != nil || n == 0 {
		return n, err
	}
	moved := make([]ID, len(rows))
	for i, r := range rows {
		moved[i] = r[0].(ID)
	}
	all, err := bearers(tx, moved)
	if err != nil {
		return 0, err
	}
	var entries [][]any
	for _, b := range all {
		for _, w := range b.words() {
			entries = append(entries, []any{w.text, b.of, b.home})
		}
	}
	_, err = tx.Bulk(moveWord, len(entries), func(i int) []any { return entries[i] })
	return n, err
}

// rename changes a name, and what finds it, where it still is the expected one.
func rename(tx *sqldb.Tx, of ID, to, from string) (int64, error) {
	usual, is := nameWords(to)
	n, err := tx.Exec(`UPDATE person SET name = $3, pinyin = $4, initials = $5 WHERE city = $1 AND id = $2 AND name = $6`,
		of, to, usual.Full, usual.Initials, from)
	if err != nil || n == 0 {
		return n, err
	}
	_, was := nameWords(from)
	if _, err := tx.Bulk(deleteWord, len(was), func(i int) []any { return []any{was[i].text, of} }); err != nil {
		return 0, err
	}
	b, err := bearers(tx, []ID{of})
	if err != nil {
		return 0, err
	}
	_, err = tx.Bulk(insertWord, len(is), func(i int) []any { return []any{is[i].text, of, is[i].shared, b[0].home} })
	return n, err
}

// Revive lets persons whose own delivery does not count do so again from another one on, with the papers it brought.
func Revive(tx *sqldb.Tx, delivery int64, ids []ID) error {
	for _, query := range []string{
		`UPDATE paper SET since = $3 WHERE city = $1 AND person = $2 AND since <> $3 AND NOT (` + source.Since("paper") + `)`,
		`UPDATE person SET since = $3 WHERE city = $1 AND id = $2`,
	} {
		if _, err := tx.Bulk(query, len(ids), func(i int) []any { return []any{ids[i], delivery} }); err != nil {
			return err
		}
	}
	return nil
}

// EndTies ends ties from a delivery on.
func EndTies(tx *sqldb.Tx, delivery int64, ties []Tie) error {
	_, err := tx.Bulk(`UPDATE tie SET until = $5 WHERE city = $1 AND person = $2 AND kind = $3 AND id = $4`, len(ties), func(i int) []any {
		t := ties[i]
		return []any{t.Person, string(t.Kind), t.ID, delivery}
	})
	return err
}

// Delivered gives, in order of person, the ties of a kind that deliveries brought and that count now, after a person.
func Delivered(q sqldb.Q, kind TieKind, after ID, limit int) ([]Tie, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Tie, error) {
		var t Tie
		return t, s(&t.ID, &t.Person, &t.Kind, &t.Org, &t.Unit, &t.Role, &t.Began, &t.Since)
	}, `SELECT t.id, t.person, t.kind, COALESCE(t.org, ''), t.unit, t.role, t.began, t.since FROM tie t
		WHERE t.city = $1 AND t.person > $2 AND t.kind = $3 AND t.since > 0 AND `+source.Live("t")+` ORDER BY t.person, t.id LIMIT $4`,
		after.String(), string(kind), limit)
}
