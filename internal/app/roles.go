package app

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
)

// LogRead is the auditor's verb: to read the log of acts, and nothing else.
var LogRead = authz.Verb{Key: "log.read"}

// Roles is the catalogue of roles. Three administrators keep each other in check (三权分立, GB/T 22239-2019):
// one runs accounts, one grants roles, one reads the log; none of them sees business data.
func Roles() map[string]authz.Role {
	reading := []authz.Verb{org.Read}
	lists := slices.Concat(reading, []authz.Verb{person.Read, person.Count, source.Read})
	keeping := slices.Concat(lists, person.Verbs, source.Verbs, org.Verbs)
	all := []authz.Role{
		{Key: "system_admin", Verbs: reading, Sees: authz.Open},
		{Key: "security_admin", Verbs: reading, Sees: authz.Open},
		{Key: "audit_admin", Verbs: []authz.Verb{org.Read, LogRead}, Sees: authz.Open},
		{Key: "reader", Verbs: reading, Sees: authz.Open},
		{Key: "secretary", Verbs: lists, Sees: authz.Personal},
		{Key: "clerk", Verbs: keeping, Sees: authz.Sensitive},
	}
	by := make(map[string]authz.Role, len(all))
	for _, r := range all {
		by[r.Key] = r
	}
	return by
}
