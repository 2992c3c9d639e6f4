package field

import (
	"slices"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

// DeviceYears is how long a phone's key is kept after it was seen last: what lies unsent on it can be read so long.
const DeviceYears = 3

// Retention declares the tables of this package and of records. They come before those of forms.
var Retention = slices.Concat([]retain.Rule{
	{
		Table: "field_device", Class: authz.Sealed, Purpose: "retention.of.field_device",
		Ends: []retain.End{{
			Text: "retention.end.field_device", N: DeviceYears, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT DISTINCT device FROM field_device WHERE city = $1 AND seen_at < $2 ORDER BY device LIMIT $3`,
				`DELETE FROM field_device WHERE city = $1 AND device = $3 AND seen_at < $2`),
		}},
	},
	{
		Table: "field_upload", Class: authz.Sealed, Purpose: "retention.of.field_upload", Also: "field_piece",
		Ends: []retain.End{{
			Text: "retention.end.field_upload", N: UploadDays, Unit: retain.Days,
			Find: retain.First(
				retain.ByKey[string](`SELECT DISTINCT p.upload FROM field_piece p JOIN field_upload u ON u.city = p.city AND u.account = p.account AND u.id = p.upload
						WHERE p.city = $1 AND u.made_at < $2 ORDER BY p.upload LIMIT $3`,
					`DELETE FROM field_piece WHERE city = $1 AND upload = $3 AND EXISTS (SELECT 1 FROM field_upload u
						WHERE u.city = $1 AND u.account = field_piece.account AND u.id = $3 AND u.made_at < $2)`),
				retain.ByKey[string](`SELECT u.id FROM field_upload u WHERE u.city = $1 AND u.made_at < $2 ORDER BY u.id LIMIT $3`,
					`DELETE FROM field_upload WHERE city = $1 AND id = $3 AND made_at < $2 AND NOT EXISTS (SELECT 1 FROM field_piece p
						WHERE p.city = $1 AND p.account = field_upload.account AND p.upload = $3)`),
			),
		}},
	},
	{Table: "field_piece", Class: authz.Sealed, Purpose: "retention.of.field_piece", With: "field_upload"},
	{Table: "field_answer", Class: authz.Personal, Purpose: "retention.of.field_answer", With: "answer"},
	{Table: "field_task", Purpose: "retention.of.field_task", With: "form"},
}, record.Retention)
