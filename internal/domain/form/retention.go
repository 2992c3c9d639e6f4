package form

import (
	"time"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// ExportDays is how many days a file of answers waits for who has asked for it.
const ExportDays = 7

// Retention declares the tables of this package. How long answers are kept says each form; what was asked is no secret.
var Retention = []retain.Rule{
	{
		Table: "answer", Class: authz.Sealed, Purpose: "retention.of.answer", Also: "form answer_file field_answer",
		Ends: []retain.End{{Text: "retention.end.answer", Find: findOver}},
	},
	{
		Table: "answer_file", Class: authz.Sealed, Purpose: "retention.of.answer_file", With: "answer",
		Ends: []retain.End{{
			Text: "retention.end.answer_file", N: FileDays, Unit: retain.Days,
			Find: retain.ByKey[string](`SELECT id FROM answer_file WHERE city = $1 AND answer = '' AND made_at < $2 ORDER BY id LIMIT $3`,
				`DELETE FROM answer_file WHERE city = $1 AND id = $3 AND answer = '' AND made_at < $2`),
		}},
	},
	{
		Table: "form_export", Class: authz.Sensitive, Purpose: "retention.of.form_export",
		Ends: []retain.End{{
			Text: "retention.end.form_export", N: ExportDays, Unit: retain.Days,
			Find: retain.ByKey[string](`SELECT id FROM form_export WHERE city = $1 AND made_at < $2 ORDER BY id LIMIT $3`,
				`DELETE FROM form_export WHERE city = $1 AND id = $3 AND made_at < $2`),
		}},
	},
	{
		Table: "form_draft", Class: authz.Sealed, Purpose: "retention.of.form_draft",
		Ends: []retain.End{{
			Text: "retention.end.form_draft", N: DraftDays, Unit: retain.Days,
			Find: retain.ByKey[string](`SELECT DISTINCT slug FROM form_draft WHERE city = $1 AND edited_at < $2 ORDER BY slug LIMIT $3`,
				`DELETE FROM form_draft WHERE city = $1 AND slug = $3 AND edited_at < $2`),
		}},
	},
	{
		Table: "form_phone", Purpose: "retention.of.form_phone",
		Ends: []retain.End{{
			Text: "retention.end.form_phone", N: 2, Unit: retain.Days,
			Find: retain.ByKey[string](`SELECT DISTINCT phone FROM form_phone WHERE city = $1 AND made_at < $2 ORDER BY phone LIMIT $3`,
				`DELETE FROM form_phone WHERE city = $1 AND phone = $3 AND made_at < $2`),
		}},
	},
	{Table: "form_link", Purpose: "retention.of.form_link", With: "form"},
	{Table: "form_version", Purpose: "retention.of.form_version", With: "form"},
	{Table: "form_file", Purpose: "retention.of.form_file", With: "form_version"},
	{Table: "form_step", Purpose: "retention.of.form_step", With: "form_version"},
	{Table: "form", Purpose: "retention.of.form", With: retain.City},
}

// over tells whether the answers of a form have been kept long enough: since it was ended, or since its last day.
func (f Form) over(at retain.Before) bool {
	if f.State == Closed {
		return f.EditedAt+f.KeepDays*(24*time.Hour).Microseconds() < at.Micro()
	}
	return f.State == Open && !f.Closes.IsZero() && f.Closes.AddDays(int(f.KeepDays)) < at.Day
}

// findOver finds the answers of the first form that has any and whose time is over.
func findOver(q sqldb.Q, at retain.Before, most int) (retain.Found, error) {
	forms, err := sqldb.All(q, scan, `SELECT `+columns+` FROM form f WHERE f.city = $1 AND f.version > 0 ORDER BY f.id`)
	if err != nil {
		return retain.Found{}, err
	}
	scanID := func(s sqldb.Scan) (string, error) {
		var x string
		return x, s(&x)
	}
	for _, f := range forms {
		if !f.over(at) {
			continue
		}
		// a form that was opened again since has been edited
		found, err := retain.Rows(q, scanID, func(tx *sqldb.Tx, ids []string) (int64, error) {
			if _, err := tx.Exec(`UPDATE form SET edited_at = edited_at WHERE city = $1 AND id = $2`, f.ID); err != nil {
				return 0, err
			}
			n, err := tx.Bulk(`DELETE FROM answer WHERE city = $1 AND id = $2 AND form = (SELECT id FROM form WHERE city = $1 AND id = $3 AND edited_at = $4)
				AND `+retain.Free("org"), len(ids), func(i int) []any { return []any{ids[i], f.ID, f.EditedAt} })
			if err == nil { // one that is held, or whose form was opened again, keeps its files
				_, err = tx.Bulk(`DELETE FROM answer_file WHERE city = $1 AND answer = $2 AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.city = $1 AND a.id = $2)`,
					len(ids), func(i int) []any { return []any{ids[i]} })
			}
			if err == nil {
				_, err = tx.Bulk(`DELETE FROM field_answer WHERE city = $1 AND answer = $2 AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.city = $1 AND a.id = $2)`,
					len(ids), func(i int) []any { return []any{ids[i]} })
			}
			return n, err
		}, `SELECT id FROM answer WHERE city = $1 AND form = $2 AND `+retain.Free("org")+` ORDER BY id LIMIT $3`, f.ID, most)
		if err != nil || found.N > 0 {
			return found, err
		}
	}
	return retain.Found{}, nil
}

// NamesFile tells whether a form was read from a stored workbook, a file of answers waits to be fetched, a file
// answers a question, or one lies beside a form.
func NamesFile(q sqldb.Q, hash string) (bool, error) {
	var n int64
	err := q.Row(`SELECT (SELECT COUNT(*) FROM form_version WHERE city = $1 AND file = $2) + (SELECT COUNT(*) FROM form_export WHERE city = $1 AND file = $2)
		+ (SELECT COUNT(*) FROM answer_file WHERE city = $1 AND file = $2) + (SELECT COUNT(*) FROM form_file WHERE city = $1 AND file = $2)`, hash).Scan(&n)
	return n > 0, err
}

// NamesOrg is the condition that a form, an address of one or an answer belongs to the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM form WHERE form.city = $1 AND form.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM form_link WHERE form_link.city = $1 AND form_link.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM answer WHERE answer.city = $1 AND answer.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM field_task WHERE field_task.city = $1 AND field_task.org = ` + column + `)
		OR ` + record.NamesOrg(column) + `)`
}
