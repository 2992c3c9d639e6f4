package person_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// town is a city under test, with the twin whose rows must stay as they are.
type town struct {
	*testworld.World
	t    *testing.T
	twin *testworld.World
	db   *sqldb.DB
	s    *person.Service
	src  *source.Service
	from source.ID
}

// each runs a test on both engines; afterwards the twin's rows must be what they were, and what leads to a person must say
// where she is kept.
func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Helper()
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, twin := testworld.Build(t, db)
		c := &town{World: w, t: t, twin: twin, db: db}
		c.s = &person.Service{DB: db, Keys: w.Keys}
		c.src = &source.Service{DB: db, Serials: w.Serials}
		before := c.rows(twin.City)
		test(t, c)
		for _, city := range []string{w.City, twin.City} {
			c.read(city, func(q *sqldb.Rx) error {
				var astray int
				err := q.Row(`SELECT COUNT(*) FROM person_word x JOIN person p ON p.city = x.city AND p.id = x.person JOIN org o ON o.city = p.city AND o.id = p.home
					WHERE x.city = $1 AND x.home <> o.no`).Scan(&astray)
				if astray > 0 {
					t.Errorf("%s: %d words name another home than their person's", city, astray)
				}
				return err
			})
		}
		for table, n := range c.rows(twin.City) {
			if before[table] != n {
				t.Errorf("twin city: %s was %s, is %s", table, before[table], n)
			}
		}
	})
}

// rows sums up each table of this package in a city, so that any change shows.
func (c *town) rows(city string) map[string]string {
	c.t.Helper()
	sums := map[string]string{}
	for table, columns := range map[string]string{
		"person":      "id || home || name || pinyin || initials || sex || born || phone_tail || since || COALESCE(merged_into, '')",
		"person_word": "word || ' ' || person || ' ' || shared || ' ' || home",
		"paper":       "person || kind || since", "paper_look": "kind || person",
		"tie":           "person || kind || id || COALESCE(org, '') || unit || since || until",
		"person_change": "delivery || person || field || old || new", "guardianship": "id || until_day || restricted",
		"consent": "id || withdrawn_at", "person_merge": "id || undone_at",
	} {
		c.read(city, func(q *sqldb.Rx) error {
			all, err := sqldb.All(q, func(s sqldb.Scan) (string, error) {
				var x string
				return x, s(&x)
			}, `SELECT `+columns+` AS x FROM `+table+` WHERE city = $1 ORDER BY x`)
			sum := ""
			for _, x := range all {
				sum += x + "\n"
			}
			sums[table] = sum
			return err
		})
	}
	return sums
}

func (c *town) read(city string, fn func(q *sqldb.Rx) error) {
	c.t.Helper()
	if err := c.db.Read(context.Background(), city, fn); err != nil {
		c.t.Fatal(err)
	}
}

func (c *town) write(fn func(tx *sqldb.Tx) error) {
	c.t.Helper()
	if err := c.try(fn); err != nil {
		c.t.Fatal(err)
	}
}

// every may write all tables of persons and deliveries.
var every = authz.Verb{Key: "person.edit", Writes: person.Written + " " + source.Written}

func (c *town) try(fn func(tx *sqldb.Tx) error) error {
	return c.db.Write(context.Background(), c.System(), func(tx *sqldb.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Record(every, "", act.Change{})
	})
}

// add puts persons into the city.
func (c *town) add(all ...person.New) []person.ID {
	c.t.Helper()
	var ids []person.ID
	c.write(func(tx *sqldb.Tx) (err error) {
		ids, err = person.Add(tx, c.Keys, all)
		return err
	})
	return ids
}

func (c *town) home(name string) org.ID {
	c.t.Helper()
	n, ok := c.Nodes[name]
	if !ok {
		c.t.Fatalf("no organisation %s", name)
	}
	return n.ID
}

// deliver opens a delivery of the one source of these tests; its rows stay unseen until show.
func (c *town) deliver() source.Delivery {
	c.t.Helper()
	ctx := context.Background()
	if c.from == "" {
		made, err := c.src.Register(ctx, c.System(), c.Nodes["咸宁市"].Path, source.Source{Kind: "members", Name: "团员花名册", Fineness: source.Village})
		if err != nil {
			c.t.Fatal(err)
		}
		c.from = made
	}
	seq, err := c.src.Open(ctx, c.System(), c.Nodes["咸宁市"].Path, c.from, "hash", "团员.xlsx", day.Must("2026-06-30"))
	if err != nil {
		c.t.Fatal(err)
	}
	var d source.Delivery
	c.write(func(tx *sqldb.Tx) error {
		if err := source.Advance(tx, seq, source.Checking, source.Checked, nil, source.Counts{}); err != nil {
			return err
		}
		if d, err = source.FindDelivery(tx, seq); err != nil {
			return err
		}
		if _, err = source.Base(tx, d); err != nil {
			return err
		}
		if err = source.Advance(tx, seq, source.Checked, source.Applying, nil, source.Counts{}); err != nil {
			return err
		}
		d, err = source.FindDelivery(tx, seq)
		return err
	})
	return d
}

func (c *town) show(d source.Delivery) {
	c.t.Helper()
	c.write(func(tx *sqldb.Tx) error { return source.Shown(tx, d) })
}

func (c *town) hide(d source.Delivery) {
	c.t.Helper()
	c.write(func(tx *sqldb.Tx) error { return source.Hide(tx, d) })
}

// first gives the id of the k-th person of the first county.
func (c *town) first(k int) person.ID {
	return c.People[testworld.Canary(c.City, testworld.Counties[0], k)]
}

func (c *town) find(id person.ID) person.Person {
	c.t.Helper()
	var p person.Person
	c.read(c.City, func(q *sqldb.Rx) (err error) {
		p, err = person.Find(q, id)
		return err
	})
	return p
}

// cnZone is the zone in which these tests count years of age.
var cnZone = time.UTC

// unzip gives all text of an xlsx.
func unzip(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
	}
	return all
}
