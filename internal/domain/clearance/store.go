package clearance

import (
	"fmt"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

const columns = `c.id, c.person, c.org, c.kind, c.result, c.on_day, c.until_day, c.issuer, c.reminder, c.made_by, c.made_at, c.ended_at, c.reason`

func scan(s sqldb.Scan) (Paper, error) {
	var p Paper
	return p, s(p.fields()...)
}

func (p *Paper) fields() []any {
	return []any{&p.ID, &p.Person, &p.Org, &p.Kind, &p.Result, &p.On, &p.Until, &p.Issuer, &p.Reminder, &p.MadeBy, &p.MadeAt, &p.EndedAt, &p.Reason}
}

func find(q sqldb.Q, which id.Of[Paper]) (Paper, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM clearance c WHERE c.city = $1 AND c.id = $2`, which)
}

// papers gives all papers of some rows of persons, those that ended too, the latest first.
func papers(q sqldb.Q, rows []person.ID) ([]Paper, error) {
	var w sqldb.Where
	w.And("c.city = $1")
	marks := ""
	for i, r := range rows {
		if i > 0 {
			marks += ", "
		}
		marks += w.Arg(r)
	}
	return sqldb.All(q, scan, `SELECT `+columns+` FROM clearance c WHERE `+w.SQL()+` AND c.person IN (`+marks+`) ORDER BY c.on_day DESC, c.id DESC`, w.Args()...)
}

// Rules gives what is asked for in a city, of each kind the latest first.
func Rules(q sqldb.Q) ([]Rule, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Rule, error) {
		var r Rule
		var needed int64
		err := s(&r.Kind, &r.From, &needed, &r.Months, &r.Below, &r.Source)
		r.Needed = needed == 1
		return r, err
	}, `SELECT kind, from_day, needed, months, below_age, source FROM clearance_rule WHERE city = $1 ORDER BY kind, from_day DESC`)
}

// On tells what an adult lacks on a day to be with children; nothing where she is cleared. Rows that were merged count as one.
// Whoever acts upon it holds her row (person.Hold), as whoever takes a clearance away does.
//
// Errors: Conflict "clearance.no_rules" in a city that has not said what it asks for.
func On(q sqldb.Q, who person.ID, on day.Day) ([]Gap, error) {
	rules, err := Rules(q)
	if err != nil {
		return nil, err
	}
	if len(rules) == 0 {
		return nil, errs.New(errs.Conflict, "clearance.no_rules", nil)
	}
	p, err := person.Find(q, who)
	if err != nil {
		return nil, err
	}
	rows, err := person.Same(q, who)
	if err != nil {
		return nil, err
	}
	all, err := papers(q, rows)
	return Gaps(rules, all, p.Born, on), err
}

// May tells whether somebody may be with children on a day. In a city that has not said what it asks for nobody may.
func May(q sqldb.Q, who person.ID, on day.Day) (bool, error) {
	gaps, err := On(q, who, on)
	if errs.KeyOf(err) == "clearance.no_rules" {
		return false, nil
	}
	return err == nil && len(gaps) == 0, err
}

// Cleared adds to a condition that an adult, of whom all rows are given, lacks nothing on a day: for the statement itself that puts
// her before children, so that no way into that table leads past it. It says what Gaps says.
//
// Errors: Conflict "clearance.no_rules" in a city that has not said what it asks for.
func Cleared(q sqldb.Q, w *sqldb.Where, who person.ID, rows []person.ID, on day.Day) error {
	rules, err := Rules(q)
	if err != nil {
		return err
	}
	if len(rules) == 0 {
		return errs.New(errs.Conflict, "clearance.no_rules", nil)
	}
	p, err := person.Find(q, who)
	if err != nil {
		return err
	}
	for _, kind := range Kinds {
		r, ok := inForce(rules, kind, on)
		if !ok || !r.asks(p.Born, on) {
			continue
		}
		marks := make([]string, len(rows))
		for i, row := range rows {
			marks[i] = w.Arg(row)
		}
		counts := `.city = $1 AND %[1]s.ended_at = 0 AND %[1]s.decided = 1 AND %[1]s.kind = ` + w.Arg(string(kind)) + ` AND %[1]s.person IN (` + strings.Join(marks, ", ") + `)`
		w.And(`EXISTS (SELECT 1 FROM clearance c WHERE c`+fmt.Sprintf(counts, "c")+` AND c.result = 'passed' AND c.on_day >= ? AND c.on_day <= ? AND (c.until_day = '' OR c.until_day >= ?)
			AND NOT EXISTS (SELECT 1 FROM clearance l WHERE l`+fmt.Sprintf(counts, "l")+` AND (l.on_day > c.on_day OR l.on_day = c.on_day AND l.id > c.id)))`, r.since(on), on, on)
	}
	return nil
}

// Around gives those who have papers at an organisation, below it or above it: whom a desk there can put before children.
func Around(q sqldb.Q, at authz.Path) ([]person.ID, error) {
	above, err := org.Ancestry(q, at)
	if err != nil {
		return nil, err
	}
	var below sqldb.Where
	below.And("c.city = $1").And("c.ended_at = 0")
	org.Inside(&below, authz.Scope{Paths: []authz.Path{at}}, "c.org")
	cond := below.SQL()
	for _, n := range above {
		cond += ` OR c.city = $1 AND c.ended_at = 0 AND c.org = ` + below.Arg(n.ID)
	}
	return sqldb.All(q, func(s sqldb.Scan) (person.ID, error) {
		var p person.ID
		return p, s(&p)
	}, `SELECT DISTINCT c.person FROM clearance c WHERE `+cond+` ORDER BY c.person LIMIT 500`, below.Args()...)
}

// Ending gives the papers that end by a day and nobody was asked to renew, the first to end first.
func Ending(q sqldb.Q, by day.Day, most int) ([]Paper, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM clearance c WHERE c.city = $1 AND c.ended_at = 0 AND c.result = 'passed' AND c.until_day <> '' AND c.until_day <= $2 AND c.reminder = ''
		ORDER BY c.until_day, c.id LIMIT $3`, by, most)
}

// Remind notes in which matter somebody is asked to renew a paper; false where another process was first. The caller permits and
// records.
func Remind(tx *sqldb.Tx, which id.Of[Paper], matter string) (bool, error) {
	n, err := tx.Exec(`UPDATE clearance SET reminder = $3 WHERE city = $1 AND id = $2 AND reminder = '' AND ended_at = 0`, which, matter)
	return n == 1, err
}

// Renewed gives the matters about papers that count no more: what they asked for is done or over.
func Renewed(q sqldb.Q, most int) ([]Paper, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM clearance c WHERE c.city = $1 AND c.ended_at > 0 AND c.reminder <> '' ORDER BY c.id LIMIT $2`, most)
}

// Forget drops a matter of Renewed, when it is closed.
func Forget(tx *sqldb.Tx, which id.Of[Paper]) error {
	_, err := tx.Exec(`UPDATE clearance SET reminder = '' WHERE city = $1 AND id = $2 AND ended_at > 0`, which)
	return err
}

// Reminder is the verb of the acts that ask for a renewal, in which a matter may be opened.
func Reminder(written string) authz.Verb {
	return authz.Verb{Key: "clearance.remind", Writes: "clearance " + written}
}
