package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sqldb"
)

// visible writes out everything that counts in a city, without ids and times, in an order of its own: what people see.
func visible(t testing.TB, db *sqldb.DB, city string) string {
	t.Helper()
	var lines []string
	add := func(q *sqldb.Rx, query string) error {
		rows, err := q.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(values...); err != nil {
				return err
			}
			texts := make([]string, len(values))
			for i, v := range values {
				texts[i] = fmt.Sprint(*v.(*any))
			}
			lines = append(lines, strings.Join(texts, " | "))
		}
		return rows.Err()
	}
	err := db.Read(t.Context(), city, func(q *sqldb.Rx) error {
		for _, query := range []string{
			`SELECT 'org', o.kind, o.name, o.short, o.industry, COALESCE(o.staff, -1), COALESCE(u.name, ''), COALESCE(c.scheme, ''), COALESCE(c.code, ''), COALESCE(o.lon, 0), o.closed FROM org o
				LEFT JOIN org u ON u.city = o.city AND u.id = o.parent LEFT JOIN org_code c ON c.city = o.city AND c.org = o.id
				WHERE o.city = $1 AND ` + org.Live,
			`SELECT 'person', p.name, p.pinyin, p.initials, p.sex, p.born, p.ethnicity, p.education, p.standing, p.phone_tail, o.name,
				(SELECT COUNT(*) FROM paper a WHERE a.city = p.city AND a.person = p.id AND ` + source.Since("a") + `), (SELECT COUNT(*) FROM person_word g WHERE g.city = p.city AND g.person = p.id AND g.home = o.no),
				(SELECT COUNT(*) FROM person_phone h WHERE h.city = p.city AND h.person = p.id), (SELECT COUNT(*) FROM paper a WHERE a.city = p.city AND a.person = p.id) - (SELECT COUNT(*) FROM paper_look k WHERE k.city = p.city AND k.person = p.id)
				FROM person p JOIN org o ON o.city = p.city AND o.id = p.home WHERE p.city = $1 AND ` + person.Live,
			`SELECT 'tie', p.name, p.born, p.phone_tail, t.kind, COALESCE(o.name, ''), t.unit, t.role, t.began FROM tie t JOIN person p ON p.city = t.city AND p.id = t.person
				LEFT JOIN org o ON o.city = t.city AND o.id = t.org WHERE t.city = $1 AND ` + person.Live + ` AND ` + source.Live("t"),
			`SELECT 'youth', o.name, o.path, y.band, y.n FROM youth_count y JOIN org o ON o.city = y.city AND o.id = y.village WHERE y.city = $1 AND ` + source.Live("y"),
			`SELECT 'place', p.kind, p.name, p.address, p.lon, p.lat, p.capacity, o.name FROM place p JOIN org o ON o.city = p.city AND o.id = p.org WHERE p.city = $1 AND ` + source.Live("p"),
			`SELECT 'source', s.name, s.mapping, s.latest FROM source s WHERE s.city = $1`,
		} {
			if err := add(q, query); err != nil {
				return fmt.Errorf("%w: %s", err, query)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// difference gives a few lines that one text has and the other has not.
func difference(a, b string) string {
	count := map[string]int{}
	for _, l := range strings.Split(a, "\n") {
		count[l]++
	}
	for _, l := range strings.Split(b, "\n") {
		count[l]--
	}
	var out []string
	for l, n := range count {
		if n != 0 {
			out = append(out, fmt.Sprintf("%+d %s", n, l))
		}
	}
	slices.Sort(out)
	return strings.Join(out[:min(8, len(out))], "\n")
}
