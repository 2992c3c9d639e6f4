package account

import (
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package.
var Retention = []retain.Rule{
	{
		Table: "session", Class: authz.Personal, Purpose: "retention.of.session",
		Ends: []retain.End{{
			Text: "retention.end.session",
			Find: retain.ByKey[[]byte](`SELECT token FROM session WHERE city = $1 AND ends_at < $2 ORDER BY token LIMIT $3`,
				`DELETE FROM session WHERE city = $1 AND token = $3 AND ends_at < $2`),
		}},
	},
	{
		Table: "code", Class: authz.Sensitive, Purpose: "retention.of.code",
		Ends: []retain.End{{
			Text: "retention.end.code", N: 1, Unit: retain.Days,
			Find: retain.ByKey[[]byte](`SELECT DISTINCT phone_look FROM code WHERE city = $1 AND at < $2 ORDER BY phone_look LIMIT $3`,
				`DELETE FROM code WHERE city = $1 AND phone_look = $3 AND at < $2`),
		}},
	},
	{
		Table: "invitation", Class: authz.Personal, Purpose: "retention.of.invitation",
		Ends: []retain.End{{
			Text: "retention.end.invitation", N: 90, Unit: retain.Days,
			Find: retain.ByKey[[]byte](`SELECT token FROM invitation WHERE city = $1 AND `+invitationOver+` ORDER BY token LIMIT $3`,
				`DELETE FROM invitation WHERE city = $1 AND token = $3 AND `+invitationOver),
		}},
	},
	{
		Table: "api_token", Class: authz.Personal, Purpose: "retention.of.api_token",
		Ends: []retain.End{{
			Text: "retention.end.api_token", N: 90, Unit: retain.Days,
			Find: retain.ByKey[[]byte](`SELECT token FROM api_token WHERE city = $1 AND `+tokenOver+` ORDER BY token LIMIT $3`,
				`DELETE FROM api_token WHERE city = $1 AND token = $3 AND `+tokenOver),
		}},
	},
	{Table: "sms_month", Purpose: "retention.of.sms_month", With: retain.City},
	{Table: "role_grant", Class: authz.Personal, Purpose: "retention.of.role_grant", With: "account"},
	{Table: "saved_view", Class: authz.Personal, Purpose: "retention.of.saved_view", With: "account"},
	{
		Table: "account", Class: authz.Sealed, Purpose: "retention.of.account", Also: "role_grant invitation api_token saved_view",
		Ends: []retain.End{
			{Text: "retention.end.account_public", N: 3, Unit: retain.Years, Find: silent(`a.kind = 'public'`)},
			// as long as the log says what its acts changed, it also says whose they were
			{Text: "retention.end.account_staff", N: 5, Unit: retain.Years, Find: silent(`a.kind = 'staff' AND a.state <> 'active'`)},
		},
	},
}

const (
	invitationOver = `(used_at > 0 AND used_at < $2 OR expires < $2)`
	tokenOver      = `(revoked_at > 0 AND revoked_at < $2 OR expires < $2)`
)

// silent finds accounts, on alias a, of which nothing has been heard since a moment: nobody has signed in or acted, and
// nobody has done anything about them.
func silent(which string) retain.Find {
	over := which + ` AND a.made_at < $2 AND ` + act.Silent("a.id") + ` AND ` + act.Idle("a.id") + ` AND ` + retain.Free("a.person") + `
		AND NOT EXISTS (SELECT 1 FROM session s WHERE s.city = $1 AND s.account = a.id AND s.ends_at >= $2)`
	these := `(SELECT a.id FROM account a WHERE a.city = $1 AND a.id = $3 AND ` + over + `)`
	key := func(a ID) []any { return []any{a} }
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (n int64, err error) {
			for _, statement := range []string{
				`UPDATE account SET made_at = made_at WHERE city = $1 AND id = $3 AND made_at < $2`, // see take
				`DELETE FROM role_grant WHERE city = $1 AND account IN ` + these,
				`DELETE FROM invitation WHERE city = $1 AND account IN ` + these,
				`DELETE FROM api_token WHERE city = $1 AND account IN ` + these,
				`DELETE FROM session WHERE city = $1 AND account IN ` + these,
				`DELETE FROM saved_view WHERE city = $1 AND account IN ` + these,
				`DELETE FROM account WHERE city = $1 AND id IN ` + these,
			} {
				if n, err = retain.Each(statement, before, key)(tx, all); err != nil {
					return 0, err
				}
			}
			return n, nil
		}, `SELECT a.id FROM account a WHERE a.city = $1 AND `+over+` ORDER BY a.id LIMIT $3`, before.Micro(), most)
	}
}

// Names is the condition that an account is of the person whom a column names.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM account WHERE account.city = $1 AND account.person = ` + column + `)`
}

// NamesOrg is the condition that somebody works for, or holds or held a role at, the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM account WHERE account.city = $1 AND account.desk = ` + column + `)
		OR EXISTS (SELECT 1 FROM role_grant WHERE role_grant.city = $1 AND role_grant.org = ` + column + `))`
}
