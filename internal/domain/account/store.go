package account

import (
	"errors"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const columns = `a.id, a.kind, COALESCE(a.login, ''), a.name, COALESCE(a.desk, ''), COALESCE(o.name, ''), COALESCE(o.path, ''),
	COALESCE(a.person, ''), a.state, a.password, a.must_change, a.totp, a.totp_step, a.locked_until, a.made_at,
	a.phone, a.person_paper, a.person_at`

// from names the account as a and its desk as o.
var from = ` FROM account a LEFT JOIN ` + org.Table + ` ON o.city = a.city AND o.id = a.desk`

func scan(s sqldb.Scan) (Account, error) {
	var a Account
	var change, locked, made, proved int64
	err := s(&a.ID, &a.Kind, &a.Login, &a.Name, &a.Desk, &a.DeskName, &a.DeskPath, &a.Person, &a.State, &a.password, &change,
		&a.totp, &a.step, &locked, &made, &a.phone, &a.paper, &proved)
	a.HasPassword, a.HasTOTP, a.MustChange = a.password != "", len(a.totp) > 0, change == 1
	a.LockedUntil, a.MadeAt, a.personAt = instant(locked), instant(made), instant(proved)
	return a, err
}

// instant reads stored microseconds; 0 is no time.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Find gives one account.
func Find(q sqldb.Q, account ID) (Account, error) {
	return sqldb.One(q, scan, `SELECT `+columns+from+` WHERE a.city = $1 AND a.id = $2`, account)
}

// findLogin gives the staff account of a login; found is false where there is none.
func findLogin(q sqldb.Q, login string) (a Account, found bool, err error) {
	a, err = sqldb.One(q, scan, `SELECT `+columns+from+` WHERE a.city = $1 AND a.login = $2 AND a.kind = 'staff'`, login)
	if errs.KindOf(err) == errs.Absent {
		return Account{}, false, nil
	}
	return a, err == nil, err
}

// place is the node at which an account is administered: its desk, and for the public the city.
func (a Account) place(q sqldb.Q) (authz.Path, error) {
	if a.DeskPath != "" {
		return a.DeskPath, nil
	}
	root, err := org.Root(q)
	return root.Path, err
}

// findFor gives an account that the actor may deal with under a verb; others look absent.
func findFor(q sqldb.Q, by authz.Actor, verb authz.Verb, account ID) (Account, error) {
	a, err := Find(q, account)
	if err != nil {
		return a, err
	}
	at, err := a.place(q)
	if err != nil {
		return a, err
	}
	return a, by.Must(verb, at)
}

// take is the guard of an account: acts that must not cross each other change this row first, and only then look.
func take(tx *sqldb.Tx, account ID) error {
	n, err := tx.Exec(`UPDATE account SET made_at = made_at WHERE city = $1 AND id = $2`, account)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	return nil
}

func insert(tx *sqldb.Tx, a Account) error {
	n, err := tx.Exec(`INSERT INTO account (city, id, kind, login, name, desk, password, state, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (city, login) WHERE login IS NOT NULL DO NOTHING`,
		a.ID, string(a.Kind), a.Login, a.Name, a.Desk, a.password, string(a.State), tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "account.login_taken", nil)
	}
	return nil
}

// none tells whether a statement for one row found none.
func none(err error) bool { return errors.Is(err, sqldb.ErrNone) }

// Behind gives the active public accounts that were tied to some persons, to tell these something: a notice names nobody, and
// whoever opens it must still be she.
func Behind(q sqldb.Q, people []person.ID) ([]ID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	marks := make([]string, len(people))
	for i, p := range people {
		marks[i] = w.Arg(p)
	}
	w.And("a.city = $1").And("a.kind = 'public'").And("a.state = 'active'").And("a.person IN (" + strings.Join(marks, ", ") + ")")
	return sqldb.All(q, func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}, `SELECT a.id FROM account a WHERE `+w.SQL()+` ORDER BY a.id`, w.Args()...)
}

// Refers gives the persons behind accounts, and the organisations where staff have their desks or hold roles, now or before.
func Refers(q sqldb.Q) (people []person.ID, at []org.ID, err error) {
	people, err = sqldb.All(q, func(s sqldb.Scan) (person.ID, error) {
		var x person.ID
		return x, s(&x)
	}, `SELECT DISTINCT person FROM account WHERE city = $1 AND person IS NOT NULL AND person <> ''`)
	if err != nil {
		return nil, nil, err
	}
	at, err = sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
		var x org.ID
		return x, s(&x)
	}, `SELECT desk FROM account WHERE city = $1 AND desk IS NOT NULL UNION SELECT org FROM role_grant WHERE city = $1`)
	return people, at, err
}
