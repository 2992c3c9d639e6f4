// Package place keeps the sites where young people are served, each with its position and how exact that is.
package place

import (
	"math"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names a place for ever.
type ID = id.Of[Place]

// Place is a site.
type Place struct {
	ID       ID
	Org      org.ID // the village or unit where it stands
	Kind     string // the source's own word, such as 青年之家
	Name     string
	Address  string
	At       geo.Point // WGS-84
	CRS      string    // the system in which the position was given
	Fineness string    // how exact it is: point, village or township
	Capacity int64     // people, 0 where unknown
	Since    int64     // the delivery that brought it, 0 by hand
	Closed   day.Day   // zero while it is open
	EditedAt int64     // when it was last changed by hand, microseconds UTC, 0 for never
	Replaces ID        // the row of the same place before the delivery that changed it
}

// IsOpen tells whether the place serves people.
func (p Place) IsOpen() bool { return p.Closed.IsZero() }

// Written names the tables that adding and ending places touches, for the verbs of imports.
const Written = "place"

// Live is the condition, on alias p, that a place is known now, open or closed.
var Live = source.Live("p")

// Add inserts places inside an act of the caller's, who permits and records; missing ids are drawn.
func Add(tx *sqldb.Tx, all []Place) error {
	_, err := tx.Bulk(`INSERT INTO place (city, id, org, kind, name, address, lon, lat, crs, fineness, capacity, since, closed, replaces)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, len(all), func(i int) []any {
		p := &all[i]
		if p.ID.IsZero() {
			p.ID = id.New[Place](tx.Now())
		}
		return []any{p.ID, p.Org, p.Kind, p.Name, p.Address, micro(p.At.Lon), micro(p.At.Lat), p.CRS, p.Fineness, p.Capacity, p.Since, p.Closed, p.Replaces.String()}
	})
	return err
}

// End lets places count no more from a delivery on.
func End(tx *sqldb.Tx, delivery int64, ids []ID) error {
	_, err := tx.Bulk(`UPDATE place SET until = $3 WHERE city = $1 AND id = $2`, len(ids), func(i int) []any { return []any{ids[i], delivery} })
	return err
}

// KeepEdited makes the places of a delivery that were changed by hand since the city's own, so that undoing the delivery
// leaves them, and gives them. What such a place stands for does not come back beside it.
func KeepEdited(tx *sqldb.Tx, delivery int64) ([]ID, error) {
	kept, err := sqldb.All(tx, scan, `SELECT `+columns+` FROM place p WHERE p.city = $1 AND p.since = $2 AND p.edited_at > 0 ORDER BY p.id`, delivery)
	if err != nil {
		return nil, err
	}
	ids := make([]ID, len(kept))
	for i, p := range kept {
		ids[i] = p.ID
	}
	if _, err := tx.Bulk(`UPDATE place SET since = 0 WHERE city = $1 AND id = $2`, len(ids), func(i int) []any { return []any{ids[i]} }); err != nil {
		return nil, err
	}
	_, err = tx.Bulk(`DELETE FROM place WHERE city = $1 AND id = $2 AND until = $3`, len(kept), func(i int) []any { return []any{kept[i].Replaces.String(), delivery} })
	return ids, err
}

const columns = `p.id, p.org, p.kind, p.name, p.address, p.lon, p.lat, p.crs, p.fineness, p.capacity, p.since, p.closed, p.edited_at, p.replaces`

func scan(s sqldb.Scan) (Place, error) {
	var p Place
	var lon, lat int64
	err := s(&p.ID, &p.Org, &p.Kind, &p.Name, &p.Address, &lon, &lat, &p.CRS, &p.Fineness, &p.Capacity, &p.Since, &p.Closed, &p.EditedAt, &p.Replaces)
	p.At = geo.Point{Lon: float64(lon) / 1e6, Lat: float64(lat) / 1e6}
	return p, err
}

// Known gives the places that are known now, open or closed, in order of kind and name: an import compares itself with them.
func Known(q sqldb.Q) ([]Place, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM place p WHERE p.city = $1 AND `+Live+` ORDER BY p.kind, p.name, p.id`)
}

// All gives the places that serve people now, in order of kind and name.
func All(q sqldb.Q) ([]Place, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM place p WHERE p.city = $1 AND p.closed = '' AND `+Live+` ORDER BY p.kind, p.name, p.id`)
}

// Find gives one place that is known now.
func Find(q sqldb.Q, id ID) (Place, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM place p WHERE p.city = $1 AND p.id = $2 AND `+Live, id)
}

// Those gives some places by their ids, as far as they are known now.
func Those(q sqldb.Q, ids []ID) (map[ID]Place, error) {
	by := make(map[ID]Place, len(ids))
	for from := 0; from < len(ids); from += namedAtOnce {
		var w sqldb.Where
		w.And("p.city = $1").And(Live)
		marks := ""
		for i, x := range ids[from:min(len(ids), from+namedAtOnce)] {
			if i > 0 {
				marks += ", "
			}
			marks += w.Arg(x)
		}
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM place p WHERE `+w.SQL()+` AND p.id IN (`+marks+`)`, w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			by[p.ID] = p
		}
	}
	return by, nil
}

// Kinds gives the kinds of place that serve people now, in order.
func Kinds(q sqldb.Q) ([]string, error) {
	return sqldb.All(q, func(s sqldb.Scan) (string, error) {
		var k string
		return k, s(&k)
	}, `SELECT DISTINCT p.kind FROM place p WHERE p.city = $1 AND p.closed = '' AND `+Live+` ORDER BY p.kind`)
}

// UsedOrgs gives the organisations at which places of another origin than a delivery stand.
func UsedOrgs(q sqldb.Q, delivery int64) ([]org.ID, error) {
	return sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
		var o org.ID
		return o, s(&o)
	}, `SELECT DISTINCT p.org FROM place p WHERE p.city = $1 AND p.since <> $2 AND `+Live+` ORDER BY p.org`, delivery)
}

func micro(degrees float64) int64 { return int64(math.Round(degrees * 1e6)) }
