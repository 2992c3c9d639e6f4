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
			// Counted table by table: none of them can be read by person, and each person would read them whole.
			`WITH words AS (SELECT person, home, COUNT(*) AS n FROM person_word WHERE city = $1 GROUP BY person, home),
				phones AS (SELECT person, COUNT(*) AS n FROM person_phone WHERE city = $1 GROUP BY person),
				looks AS (SELECT person, COUNT(*) AS n FROM paper_look WHERE city = $1 GROUP BY person),
				papers AS (SELECT a.person, COUNT(*) AS n, SUM(CASE WHEN ` + source.Since("a") + ` THEN 1 ELSE 0 END) AS since FROM paper a WHERE a.city = $1 GROUP BY a.person)
				SELECT 'person', p.name, p.pinyin, p.initials, p.sex, p.born, p.ethnicity, p.education, p.standing, p.phone_tail, o.name,
				COALESCE(papers.since, 0), COALESCE(words.n, 0), COALESCE(phones.n, 0), COALESCE(papers.n, 0) - COALESCE(looks.n, 0)
				FROM person p JOIN org o ON o.city = p.city AND o.id = p.home
				LEFT JOIN words ON words.person = p.id AND words.home = o.no LEFT JOIN phones ON phones.person = p.id
				LEFT JOIN papers ON papers.person = p.id LEFT JOIN looks ON looks.person = p.id WHERE p.city = $1 AND ` + person.Live,
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
