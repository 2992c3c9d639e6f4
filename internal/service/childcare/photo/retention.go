package photo

import (
	"zhidian/internal/domain/document"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package.
var Retention = []retain.Rule{
	{
		Table: "care_photo", Class: authz.Personal, Purpose: "retention.of.care_photo", Also: "care_photo_child document",
		Ends: []retain.End{{Text: "retention.end.care_photo", N: 2, Unit: retain.Years, Find: findOver}},
	},
	{Table: "care_photo_child", Class: authz.Personal, Purpose: "retention.of.care_photo_child", With: "care_photo"},
}

var over = `last_day < $2 AND ` + retain.Free("id") + ` AND NOT EXISTS (SELECT 1 FROM care_photo_child k WHERE k.city = $1 AND k.photo = care_photo.id AND NOT (` + retain.Free("k.child") + `))`

// findOver finds the photographs of seasons that ended before a day.
func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (n int64, err error) {
		for _, one := range all {
			gone, err := tx.Exec(`DELETE FROM care_photo WHERE city = $1 AND id = $3 AND `+over, before.Day, one)
			if err != nil {
				return n, err
			}
			if gone == 0 {
				continue
			}
			n += gone
			if _, err := tx.Exec(`DELETE FROM care_photo_child WHERE city = $1 AND photo = $2`, one); err != nil {
				return n, err
			}
			if err := document.Drop(tx, one); err != nil {
				return n, err
			}
		}
		return n, nil
	}, `SELECT id FROM care_photo WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, before.Day, most)
}

// Names is the condition that the child whom a column names can be recognised on a photograph.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM care_photo_child WHERE care_photo_child.city = $1 AND care_photo_child.child = ` + column + `)`
}
