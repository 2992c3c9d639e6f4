package org

import (
	"database/sql"
	"strconv"

	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Written names the tables that adding and correcting organisations touches, for the verbs of imports.
const Written = "org org_code org_history"

// Registered is an organisation as an import meets it, whether it counts now or not.
type Registered struct {
	Node
	Until int64 // the delivery that ended it, 0 for none
	Live  bool  // it counts now
	Codes map[string]string
}

// Register gives every organisation of the city, shown or not, with the codes that it holds now.
func Register(q sqldb.Q) ([]Registered, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (Registered, error) {
		var r Registered
		var lon, lat sql.NullInt64
		n := &r.Node
		var live int64
		err := s(&n.ID, &n.No, &n.Kind, &n.Name, &n.Short, &n.Parent, &n.Path, &n.Depth, &n.Industry, &n.Staff, &lon, &lat,
			&n.CRS, &n.Fineness, &n.AreaM2, &n.Since, &n.Opened, &n.Closed, &n.MergedTo, &r.Until, &live)
		if lon.Valid && lat.Valid {
			n.At = &geo.Point{Lon: float64(lon.Int64) / 1e6, Lat: float64(lat.Int64) / 1e6}
		}
		r.Live = live == 1
		return r, err
	}, `SELECT `+columns+`, o.until, CASE WHEN `+Live+` THEN 1 ELSE 0 END FROM org o WHERE o.city = $1 ORDER BY o.path`)
	if err != nil {
		return nil, err
	}
	at := make(map[ID]int, len(all))
	for i, r := range all {
		at[r.ID] = i
	}
	type held struct {
		of           ID
		scheme, code string
	}
	codes, err := sqldb.All(q, func(s sqldb.Scan) (held, error) {
		var h held
		return h, s(&h.of, &h.scheme, &h.code)
	}, `SELECT org, scheme, code FROM org_code WHERE city = $1 AND valid_until = '' ORDER BY valid_from`)
	if err != nil {
		return nil, err
	}
	for _, h := range codes {
		r := &all[at[h.of]]
		if r.Codes == nil {
			r.Codes = map[string]string{}
		}
		r.Codes[h.scheme] = h.code
	}
	return all, nil
}

// Field is a field of an organisation that a delivery may correct.
type Field string

// The fields that deliveries correct.
const (
	FieldName     Field = "name"
	FieldIndustry Field = "industry"
	FieldStaff    Field = "staff"    // empty for none
	FieldPosition Field = "position" // micro-degrees, longitude first, as "114322500,29841300"; empty for none
)

// Correction is what a delivery says differently of an organisation known before.
type Correction struct {
	Org      ID
	Field    Field
	Old, New string
}

// Position writes a point as corrections hold it.
func Position(p *geo.Point) string {
	if p == nil {
		return ""
	}
	return strconv.FormatInt(micro(p.Lon), 10) + "," + strconv.FormatInt(micro(p.Lat), 10)
}

// Revive lets organisations of a hidden or ended delivery count again from another one on.
func Revive(tx *sqldb.Tx, delivery int64, ids []ID) error {
	_, err := tx.Bulk(`UPDATE org SET since = $3, until = 0 WHERE city = $1 AND id = $2`, len(ids), func(i int) []any { return []any{ids[i], delivery} })
	return err
}

// End lets organisations count no more from a delivery on.
func End(tx *sqldb.Tx, delivery int64, ids []ID) error {
	_, err := tx.Bulk(`UPDATE org SET until = $3 WHERE city = $1 AND id = $2`, len(ids), func(i int) []any { return []any{ids[i], delivery} })
	return err
}

// Keep makes organisations of a delivery the city's own, so that its undoing leaves them.
func Keep(tx *sqldb.Tx, ids []ID) error {
	_, err := tx.Bulk(`UPDATE org SET since = 0 WHERE city = $1 AND id = $2`, len(ids), func(i int) []any { return []any{ids[i]} })
	return err
}

// Stage notes corrections of a delivery under way in the organisations' history, where they wait for Show.
func Stage(tx *sqldb.Tx, delivery int64, all []Correction) error {
	_, err := tx.Bulk(`INSERT INTO org_history (city, org, id, at, made_by, delivery, field, old, new) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		len(all), func(i int) []any {
			c := all[i]
			return []any{c.Org, id.New[Event](tx.Now()), tx.Now().UnixMicro(), tx.By().User, delivery, string(c.Field), c.Old, c.New}
		})
	return err
}

// Show makes the staged corrections of a delivery true, in the act that shows it.
func Show(tx *sqldb.Tx, delivery int64) (int64, error) { return correct(tx, delivery, false) }

// TakeBack undoes the corrections of a delivery where the value is still the delivery's; later edits stay.
func TakeBack(tx *sqldb.Tx, delivery int64) (int64, error) { return correct(tx, delivery, true) }

// EditedSince names the organisations of which a delivery corrected something that somebody has changed again since: an
// undoing leaves that as it is.
func EditedSince(q sqldb.Q, delivery int64) ([]ID, error) {
	return sqldb.All(q, func(s sqldb.Scan) (ID, error) {
		var id ID
		return id, s(&id)
	}, `SELECT DISTINCT h.org FROM org_history h JOIN org o ON o.city = h.city AND o.id = h.org
		WHERE h.city = $1 AND h.delivery = $2 AND h.new <> CASE h.field WHEN 'name' THEN o.name WHEN 'industry' THEN o.industry
			WHEN 'staff' THEN COALESCE(CAST(o.staff AS TEXT), '') WHEN 'position' THEN COALESCE(CAST(o.lon AS TEXT) || ',' || CAST(o.lat AS TEXT), '') ELSE h.new END
		ORDER BY h.org`, delivery)
}

func correct(tx *sqldb.Tx, delivery int64, back bool) (int64, error) {
	all, err := sqldb.All(tx, func(s sqldb.Scan) (Correction, error) {
		var c Correction
		return c, s(&c.Org, &c.Field, &c.Old, &c.New)
	}, `SELECT org, field, old, new FROM org_history WHERE city = $1 AND delivery = $2 ORDER BY org, id`, delivery)
	if err != nil {
		return 0, err
	}
	var changed int64
	for _, c := range all {
		from, to := c.Old, c.New
		if back {
			from, to = to, from
		}
		n, err := setField(tx, c, from, to)
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

func setField(tx *sqldb.Tx, c Correction, from, to string) (int64, error) {
	switch c.Field {
	case FieldName:
		r := reading(to)
		return tx.Exec(`UPDATE org SET name = $3, pinyin = $4, initials = $5 WHERE city = $1 AND id = $2 AND name = $6`, c.Org, to, r.Full, r.Initials, from)
	case FieldIndustry:
		return tx.Exec(`UPDATE org SET industry = $3 WHERE city = $1 AND id = $2 AND industry = $4`, c.Org, to, from)
	case FieldStaff:
		return tx.Exec(`UPDATE org SET staff = $3 WHERE city = $1 AND id = $2 AND COALESCE(staff, -1) = COALESCE($4, -1)`, c.Org, people(to), people(from))
	case FieldPosition:
		lon, lat := degrees(to)
		oldLon, oldLat := degrees(from)
		return tx.Exec(`UPDATE org SET lon = $3, lat = $4 WHERE city = $1 AND id = $2
			AND COALESCE(lon, 0) = COALESCE($5, 0) AND COALESCE(lat, 0) = COALESCE($6, 0)`, c.Org, lon, lat, oldLon, oldLat)
	}
	return 0, nil
}

// Staff writes a number of people as corrections hold it.
func Staff(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// people reads Staff back as a column value.
func people(text string) sql.NullInt64 {
	n, err := strconv.ParseInt(text, 10, 64)
	return sql.NullInt64{Int64: n, Valid: err == nil}
}

// degrees reads Position back as column values.
func degrees(text string) (lon, lat sql.NullInt64) {
	for i := range len(text) {
		if text[i] == ',' {
			x, errX := strconv.ParseInt(text[:i], 10, 64)
			y, errY := strconv.ParseInt(text[i+1:], 10, 64)
			if errX == nil && errY == nil {
				return sql.NullInt64{Int64: x, Valid: true}, sql.NullInt64{Int64: y, Valid: true}
			}
		}
	}
	return lon, lat
}
