package childcare_test

import (
	"strings"
	"testing"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// What is to be known of a child is said by whoever speaks for her once she has a place, agreed to apart from all else, read by those who
// look after her while the consent holds, and kept under seal and for thirty days after her season.
func TestWhatIsToBeKnownOfAChild(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, class := t.Context(), c.class(c.season(edition.FirstCome), 1)
		c.now = opens
		mum, kids := c.family("周", "2017-03-01")
		other, others := c.family("许", "2017-03-02")
		placed, waits := c.join(mum, class, kids...), c.join(other, class, others...)
		said := childcare.Health{Allergies: "花生，吃了会喘", Medicine: "中午一次"}
		wantKey(t, c.s.SetHealth(ctx, mum, placed.Key, kids[0], said, false), "care.health_agree")
		wantKey(t, c.s.SetHealth(ctx, other, waits.Key, others[0], said, true), "care.health_later")
		wantKey(t, c.s.SetHealth(ctx, mum, placed.Key, others[0], said, true), "errs.absent")
		if err := c.s.SetHealth(ctx, other, placed.Key, kids[0], said, true); err == nil || !authz.Refused(err) {
			t.Errorf("a stranger says what is to be known: %v", err)
		}
		wantKey(t, c.s.SetHealth(ctx, mum, placed.Key, kids[0], childcare.Health{Diet: strings.Repeat("长", 201)}, true), "field.long")
		read := func() (h childcare.Health) {
			must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) (err error) {
				h, err = c.s.HealthOf(q, placed.Key.Roll, kids[0])
				return err
			}))
			return h
		}
		for range 2 { // a change takes the place of what was said before
			must(t, c.s.SetHealth(ctx, mum, placed.Key, kids[0], said, true))
		}
		if got := read(); got != said {
			t.Errorf("%+v", got)
		}
		got, err := c.s.HealthOfFamily(ctx, c.clerk(), placed.Key)
		if err != nil || got.Health[kids[0]] != said {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = c.s.HealthOfFamily(ctx, other, placed.Key)
		wantKey(t, err, "errs.absent")
		_, err = c.s.HealthOfFamily(ctx, c.Actor(t, clerk, "嘉鱼县"), placed.Key)
		wantKey(t, err, "errs.absent")
		must(t, c.DB.Write(ctx, c.System(), func(tx *sqldb.Tx) error {
			n := 0
			reseal := func(at seal.Place, sealed []byte) ([]byte, bool, error) {
				plain, err := c.Keys.Open(at, sealed)
				if err != nil || strings.Contains(string(sealed), "花生") || !strings.Contains(string(plain), "花生") {
					t.Errorf("not sealed: %v", err)
				}
				again, err := c.Keys.Seal(at, plain)
				n++
				return again, true, err
			}
			for after := ""; ; {
				next, err := childcare.NewKeys(tx, reseal, after)
				if err != nil || next == "" {
					if n != 1 {
						t.Errorf("%d rows", n)
					}
					return tx.Record(childcare.RekeyHealth, "", act.Change{})
				}
				after = next
			}
		}))
		if got := read(); got != said {
			t.Errorf("under the new key: %+v", got)
		}
		must(t, c.people.Withdraw(ctx, mum, kids[0], childcare.ConsentHealth))
		if got := read(); !got.IsZero() {
			t.Errorf("read without consent: %+v", got)
		}
		must(t, c.s.SetHealth(ctx, c.clerk(), placed.Key, kids[0], said, true)) // signed on paper
		if got := read(); got != said {
			t.Errorf("%+v", got)
		}
		must(t, c.s.SetHealth(ctx, mum, placed.Key, kids[0], childcare.Health{}, false))
		if got := read(); !got.IsZero() {
			t.Errorf("%+v", got)
		}
		must(t, c.s.SetHealth(ctx, mum, placed.Key, kids[0], said, true))
		kept := func() (n int) {
			must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
				return q.Row(`SELECT COUNT(*) FROM care_health WHERE city = $1`).Scan(&n)
			}))
			return n
		}
		r := &retain.Service{DB: c.DB, Zone: zone, Rules: childcare.Retention}
		c.now = opens.AddDate(0, 0, 48+29) // the season ends on the 48th day
		must(t, r.Run(ctx, c.City))
		if n := kept(); n != 1 {
			t.Errorf("%d rows are kept before a month is over", n)
		}
		c.now = opens.AddDate(0, 0, 48+32)
		must(t, r.Run(ctx, c.City))
		if n := kept(); n != 0 {
			t.Errorf("%d rows are kept a month after the season", n)
		}
	})
}
