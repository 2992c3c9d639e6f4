package certificate

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

// Retention declares the table of this package. The file of a certificate is kept (民政部令第67号).
var Retention = []retain.Rule{{
	Table: "volunteer_certificate", Class: authz.Personal, Purpose: "retention.of.volunteer_certificate",
	Ends: []retain.End{{
		Text: "retention.end.volunteer_certificate", N: 10, Unit: retain.Years,
		Find: retain.ByKey[string](`SELECT id FROM volunteer_certificate WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, `DELETE FROM volunteer_certificate WHERE city = $1 AND id = $3 AND `+over),
	}},
}}

var over = `issued_at < $2 AND ` + retain.Free("person") + ` AND ` + retain.Free("org")

// Names is the condition that the person whom a column names has a certificate.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM volunteer_certificate WHERE volunteer_certificate.city = $1 AND volunteer_certificate.person = ` + column + `)`
}

// NamesOrg is the condition that the organisation which a column names has issued a certificate.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM volunteer_certificate WHERE volunteer_certificate.city = $1 AND volunteer_certificate.org = ` + column + `)`
}

// Kept is the condition that a certificate of the volunteer whom a column names is kept.
func Kept(column string) string {
	return `EXISTS (SELECT 1 FROM volunteer_certificate WHERE volunteer_certificate.city = $1 AND volunteer_certificate.volunteer = ` + column + `)`
}
