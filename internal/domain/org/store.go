package org

import (
	"database/sql"
	"strings"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

const columns = `o.id, o.no, o.kind, o.name, o.short, COALESCE(o.parent, ''), o.path, o.depth, o.industry, o.staff, o.lon, o.lat,
	o.crs, o.fineness, o.area_m2, o.since, o.opened, o.closed, COALESCE(o.merged_into, '')`

// Live is the condition, on alias o, that an organisation counts now.
var Live = source.Live("o")

// shown is the condition, on a line h of history, that it is not a correction waiting for its delivery.
var shown = strings.Replace(source.Since("h"), "h.since", "h.delivery", 1)

func scan(s sqldb.Scan) (Node, error) {
	var n Node
	var lon, lat sql.NullInt64
	err := s(&n.ID, &n.No, &n.Kind, &n.Name, &n.Short, &n.Parent, &n.Path, &n.Depth, &n.Industry, &n.Staff, &lon, &lat,
		&n.CRS, &n.Fineness, &n.AreaM2, &n.Since, &n.Opened, &n.Closed, &n.MergedTo)
	if lon.Valid && lat.Valid {
		n.At = &geo.Point{Lon: float64(lon.Int64) / 1e6, Lat: float64(lat.Int64) / 1e6}
	}
	return n, err
}

// Find gives one organisation, Absent where there is none or its delivery is not shown.
func Find(q sqldb.Q, id ID) (Node, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM org o WHERE o.city = $1 AND o.id = $2 AND `+Live, id)
}

// FindPath gives the organisation at a path.
func FindPath(q sqldb.Q, p authz.Path) (Node, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM org o WHERE o.city = $1 AND o.path = $2 AND `+Live, p)
}

// Root gives the city itself, which alone has nothing above it.
func Root(q sqldb.Q) (Node, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM org o WHERE o.city = $1 AND o.parent IS NULL`)
}

// FindCode gives the organisation that holds a code of a scheme ("stat", "credit", "league") on a day.
func FindCode(q sqldb.Q, scheme, code, on string) (Node, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM org_code c JOIN org o ON o.city = c.city AND o.id = c.org
		WHERE c.city = $1 AND c.scheme = $2 AND c.code = $3 AND c.valid_from <= $4
		  AND (c.valid_until = '' OR c.valid_until > $4) AND `+Live+` ORDER BY c.valid_from DESC LIMIT 1`, scheme, code, on)
}

// Children gives the organisations directly below one, in order of kind and name.
func Children(q sqldb.Q, parent ID) ([]Node, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM org o WHERE o.city = $1 AND o.parent = $2 AND `+Live+`
		ORDER BY CASE o.kind WHEN 'county' THEN 1 WHEN 'township' THEN 2 WHEN 'village' THEN 3 ELSE 4 END, o.no`, parent)
}

// Ancestry gives the organisations from the city down to and including the one at a path.
func Ancestry(q sqldb.Q, p authz.Path) ([]Node, error) {
	var w sqldb.Where
	w.And("o.city = $1")
	up := Ancestors(p)
	if len(up) == 0 {
		return nil, nil
	}
	marks := ""
	for i, a := range up {
		if i > 0 {
			marks += ", "
		}
		marks += w.Arg(string(a))
	}
	return sqldb.All(q, scan, `SELECT `+columns+` FROM org o WHERE `+w.SQL()+` AND o.path IN (`+marks+`) ORDER BY o.depth`, w.Args()...)
}

// Subtree gives the organisations of some kinds in a scope, in order of the tree; all kinds where none is named.
func Subtree(q sqldb.Q, in authz.Scope, kinds ...Kind) ([]Node, error) {
	var w sqldb.Where
	w.And("o.city = $1").Scope(in, "o.path").And(Live)
	if len(kinds) > 0 {
		marks := ""
		for i, k := range kinds {
			if i > 0 {
				marks += ", "
			}
			marks += w.Arg(string(k))
		}
		w.And("o.kind IN (" + marks + ")")
	}
	return sqldb.All(q, scan, `SELECT `+columns+` FROM org o WHERE `+w.SQL()+` ORDER BY o.path`, w.Args()...)
}

// Codes gives the codes that an organisation has held, newest first.
func Codes(q sqldb.Q, id ID) ([]Code, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Code, error) {
		var c Code
		return c, s(&c.Scheme, &c.Code, &c.From, &c.Until)
	}, `SELECT scheme, code, valid_from, valid_until FROM org_code WHERE city = $1 AND org = $2 ORDER BY scheme, valid_from DESC`, id)
}

// History gives what has happened to an organisation, newest first.
func History(q sqldb.Q, id ID) ([]Event, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Event, error) {
		var e Event
		return e, s(&e.At, &e.By, &e.Delivery, &e.Field, &e.Old, &e.New, &e.Reason)
	}, `SELECT h.at, h.made_by, h.delivery, h.field, h.old, h.new, h.reason FROM org_history h
		WHERE h.city = $1 AND h.org = $2 AND `+shown+` ORDER BY h.id DESC`, id)
}

func insert(tx *sqldb.Tx, nodes []Node) error {
	_, err := tx.Bulk(`INSERT INTO org (city, id, no, kind, name, short, pinyin, initials, parent, path, depth, industry,
		staff, lon, lat, crs, fineness, area_m2, since, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		len(nodes), func(i int) []any {
			n := nodes[i]
			r := reading(n.Name)
			var lon, lat any
			if n.At != nil {
				lon, lat = micro(n.At.Lon), micro(n.At.Lat)
			}
			return []any{
				n.ID, n.No, string(n.Kind), n.Name, n.Short, r.Full, r.Initials, n.Parent, string(n.Path), n.Depth, n.Industry,
				n.Staff, lon, lat, n.CRS, n.Fineness, n.AreaM2, n.Since, n.Opened,
			}
		})
	return err
}
