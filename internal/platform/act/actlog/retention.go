package actlog

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of the log. Its acts stay as long as the city: none of their fields holds a name, a number
// of a person or free text. What an act changed is destroyed in time, and the log proves ever after that there was such an
// act. The law asks for at least six months of logs (网络安全法, article 21); an auditor after three years finds everything.
var Retention = []retain.Rule{
	{Table: "act", Purpose: "retention.of.act", With: retain.City},
	{
		Table: "act_content", Class: authz.Sensitive, Purpose: "retention.of.act_content",
		Ends: []retain.End{{Text: "retention.end.act_content", N: 5, Unit: retain.Years, Find: findContents}},
	},
	{Table: "act_epoch", Purpose: "retention.of.act_log", With: retain.City},
	{Table: "act_hash", Purpose: "retention.of.act_log", With: retain.City},
	{Table: "act_head", Purpose: "retention.of.act_log", With: retain.City},
}

// contentOver is the condition that the content of the act a is to be destroyed: it is sealed, and nothing holds what it
// was about.
var contentOver = `a.at < $2 AND a.seq IS NOT NULL AND ` + retain.Free("a.subject")

// findContents goes by the ids of acts, which are in the order of their time.
func findContents(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	end := retain.Each(`DELETE FROM act_content WHERE city = $1 AND act = $3
		AND EXISTS (SELECT 1 FROM act a WHERE a.city = $1 AND a.id = $3 AND `+contentOver+`)`, before, func(act string) []any { return []any{act} })
	return retain.Rows(q, scanVerb, end, `SELECT c.act FROM act_content c JOIN act a ON a.city = c.city AND a.id = c.act
		WHERE c.city = $1 AND c.act < $3 AND `+contentOver+` ORDER BY c.act LIMIT $4`, before.Micro(), firstID(before.At), most)
}
