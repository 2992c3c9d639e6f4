package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// keeper is a small city whose clock a test moves, with its twin, which no run may touch.
type keeper struct {
	*testworld.World
	t    *testing.T
	twin *testworld.World
	now  *time.Time
	s    *retain.Service
}

// keepers runs a test on both engines. The clock stands at noon of a day in spring.
func keepers(t *testing.T, test func(k *keeper)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { return now }})
			keys := seal.Ephemeral("zhidian/test")
			k := &keeper{t: t, now: &now, s: &retain.Service{DB: db, Rules: retention(keys), Kinds: holdable}}
			k.World, k.twin = testworld.BuildUnder(t, db, keys)
			test(k)
		})
	}
}

// everything is a verb of tests that may write any table.
func everything() authz.Verb {
	return authz.Verb{Key: "test.put", Writes: "account role_grant invitation api_token saved_view document matter matter_note delivery source youth_count place tie paper paper_look " +
		"person person_word person_phone person_change person_merge guardianship consent org org_code org_history blind_spot figure legal_hold act_content form form_version answer unit_count lesson_plan lesson_use lesson_rating record record_list record_version field_answer"}
}

// put writes rows as of the clock; $1 is the city, $2 the clock.
func (k *keeper) put(statement string, args ...any) {
	k.t.Helper()
	err := k.DB.Write(k.t.Context(), k.System(), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(statement, append([]any{tx.Now().UnixMicro()}, args...)...); err != nil {
			return err
		}
		return tx.Record(everything(), "", act.Change{})
	})
	if err != nil {
		k.t.Fatalf("%s: %v", statement, err)
	}
}

// rows counts rows; the condition comes after the city's.
func (k *keeper) rows(table, cond string, args ...any) (n int) {
	k.t.Helper()
	err := k.DB.Read(k.t.Context(), k.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT COUNT(*) FROM `+table+` WHERE city = $1 AND `+cond, args...).Scan(&n)
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}

func (k *keeper) run() {
	k.t.Helper()
	if err := k.s.Run(k.t.Context(), k.City); err != nil {
		k.t.Fatal(err)
	}
}

// at moves the clock.
func (k *keeper) at(at time.Time) { *k.now = at }

func (k *keeper) seal() {
	k.t.Helper()
	k.put(`UPDATE act_content SET change = change WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`)
	// as the sealer numbers acts; the tests of actlog do it in earnest
	if err := k.DB.Keep(k.t.Context(), k.City, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE act SET seq = (SELECT COUNT(*) FROM act b WHERE b.city = $1 AND b.id <= act.id) WHERE city = $1 AND seq IS NULL`)
		return err
	}); err != nil {
		k.t.Fatal(err)
	}
}

// delivery makes a delivery of the clock's moment, as it was before anything happened to it.
func (k *keeper) delivery(seq int64, state string) {
	k.t.Helper()
	if k.rows("source", "name = 'registry'") == 0 {
		k.put(`INSERT INTO source (city, id, kind, name, fineness) SELECT $1, '01J00000000000000000000SRC', 'members', 'registry', 'village' WHERE $2 > CAST(0 AS BIGINT)`)
	}
	hidden, shown, ended := 1, int64(0), int64(0)
	switch state {
	case "visible":
		hidden, shown = 0, k.now.UnixMicro()
	case "undone", "abandoned":
		ended = k.now.UnixMicro()
	}
	k.put(`INSERT INTO delivery (city, seq, source, state, hidden, file, file_name, as_of, made_by, made_at, shown_at, ended_at)
		VALUES ($1, $3, '01J00000000000000000000SRC', $4, $5, $6, 'members.xlsx', '2026-03-01', 'u', $2, $7, $8)`,
		seq, state, hidden, strings.Repeat("a", 64), shown, ended)
}

func (k *keeper) node(name string) string { return k.Nodes[name].ID.String() }
func (k *keeper) person(i int) string {
	return k.People[testworld.Canary(k.City, "咸安区", i)].String()
}
func newID(k *keeper) string { return string(id.New[person.Person](*k.now)) }
func days(n int) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.AddDate(0, 0, n) }
}

func years(n int) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.AddDate(n, 0, 0) }
}

const village = "咸安区甲镇一村"

// add enters a person with a phone number and a paper, without ties, and gives her id.
func (k *keeper) add(name string, since int64) person.ID {
	k.t.Helper()
	var ids []person.ID
	err := k.DB.Write(k.t.Context(), k.System(), func(tx *sqldb.Tx) (err error) {
		ids, err = person.Add(tx, k.Keys, []person.New{{
			Home: k.Nodes[village].ID, Name: name, Phone: "+8613800009999", Papers: []person.Paper{{Kind: person.ResidentID, Number: "42120219900307001X"}}, Since: since,
		}})
		return errors.Join(err, tx.Record(everything(), "", nil))
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return ids[0]
}

// who is the id of the person whom add has entered, empty when she is gone.
func (k *keeper) who() (of string) {
	k.t.Helper()
	err := k.DB.Read(k.t.Context(), k.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT COALESCE(MAX(id), '') FROM person WHERE city = $1 AND name = '新来的'`).Scan(&of)
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return of
}

// leads counts the rows of a person and what leads to her.
func (k *keeper) leads(of string) (n int) {
	for _, table := range []string{"person_word", "person_phone", "paper_look", "paper", "tie", "consent"} {
		n += k.rows(table, "person = $2", of)
	}
	return n + k.rows("person", "id = $2", of)
}

// twinRows counts the rows of the twin city by table.
func (k *keeper) twinRows() (n []int) {
	for _, table := range []string{"person", "tie", "org", "paper", "act", "act_content", "person_word"} {
		var rows int
		if err := k.DB.Read(k.t.Context(), k.twin.City, func(q *sqldb.Rx) error {
			return q.Row(`SELECT COUNT(*) FROM ` + table + ` WHERE city = $1`).Scan(&rows)
		}); err != nil {
			k.t.Fatal(err)
		}
		n = append(n, rows)
	}
	return n
}

// clear takes away what a case has left behind, so that the next may use the same ids.
func (k *keeper) clear() {
	k.t.Helper()
	for _, statement := range []string{
		`DELETE FROM lesson_use WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `DELETE FROM lesson_rating WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `DELETE FROM lesson_plan WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`,
		`DELETE FROM blind_spot WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `DELETE FROM youth_count WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `DELETE FROM place WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`,
		`DELETE FROM role_grant WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `DELETE FROM account WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `DELETE FROM matter WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`,
		`DELETE FROM legal_hold WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, `UPDATE tie SET until = 0, since = 0 WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`,
		`DELETE FROM delivery WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`,
	} {
		k.put(statement)
	}
}
