package photo_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/testworld"
)

var (
	zone = time.FixedZone("CST", 8*3600)
	desk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat(childcare.Verbs, photo.Verbs)}
)

const home = "咸安区甲镇一村"

// town is a class with two children of one mother, who has agreed to photographs of the first.
type town struct {
	*testworld.World
	t         testing.TB
	s         *photo.Service
	people    *person.Service
	class     childcare.ID
	mum       person.ID
	yes, no   person.ID
	clerk     authz.Actor
	inspector authz.Actor
	later     atomic.Int64 // how far the clock is ahead
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t}
			db := open(t, sqldb.Options{Clock: func() time.Time { return time.Now().Add(time.Duration(c.later.Load())) }})
			var twin *testworld.World
			c.World, twin = testworld.Build(t, db)
			c.build()
			test(t, c)
			c.must(db.Read(t.Context(), twin.City, func(q *sqldb.Rx) error {
				var n int
				err := q.Row(`SELECT COUNT(*) FROM care_photo WHERE city = $1`).Scan(&n)
				if n > 0 {
					t.Errorf("the twin city has %d rows", n)
				}
				return err
			}))
		})
	}
}

func (c *town) build() {
	ctx, by, at := c.t.Context(), c.System(), c.Nodes[home]
	files, err := blob.New(c.t.TempDir(), c.Keys)
	c.must(err)
	c.t.Cleanup(func() { _ = files.Close() })
	c.s = &photo.Service{DB: c.DB, Files: files, Zone: zone}
	c.people = &person.Service{DB: c.DB, Keys: c.Keys, Zone: zone}
	care := &childcare.Service{DB: c.DB, Keys: c.Keys, Serials: c.Serials, Zone: zone}
	c.clerk, c.inspector = c.Actor(c.t, desk, "咸安区"), c.Actor(c.t, desk, "咸安区")
	c.inspector.User = at.ID.String()
	today := day.Of(c.DB.Now(), zone)
	site, err := (&place.Service{DB: c.DB, Cursors: page.NewCursors([]byte("sixteen random bytes"))}).Create(ctx, by, place.Given{Org: at.ID, Kind: "青年之家", Name: "青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	c.must(err)
	season, err := care.AddSeason(ctx, by, childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: c.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: c.DB.Now().UnixMicro(), Closes: c.DB.Now().Add(48 * time.Hour).UnixMicro(), First: today, Last: today.AddDays(30), Most: 2, OfferFor: 60,
	}})
	c.must(err)
	c.must(care.PublishSeason(ctx, by, season, ""))
	c.class, err = care.ProposeClass(ctx, c.clerk, childcare.Class{Edition: season, Place: site, Title: "班", Hours: "8–17", AgeFrom: 6, AgeTo: 12, Places: 9, Adults: 1, Lead: "乔以恒"})
	c.must(err)
	check := place.Check{On: today, Until: today.AddDays(60), Inspector: "检查人"}
	for _, item := range childcare.CheckItems {
		check.Items = append(check.Items, place.CheckItem{Item: item, Passed: true})
	}
	c.must(care.CheckSite(ctx, c.inspector, c.class, check))
	c.must(care.OfferClass(ctx, by, c.class))
	add := func(name, born string) (made person.ID) {
		c.must(c.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
			ids, err := person.Add(tx, c.Keys, []person.New{{Home: at.ID, Name: name, Born: day.Must(born)}})
			if err != nil {
				return err
			}
			made = ids[0]
			return tx.Record(person.Create, made.String(), act.Change{})
		}))
		return made
	}
	c.mum = add("周", "1990-01-01")
	for i, kid := range []*person.ID{&c.yes, &c.no} {
		*kid = add("孩子", today.AddMonths(-12*8).String())
		_, err := c.people.Entrust(ctx, by, person.Guardianship{Child: *kid, Adult: c.mum, Relation: "5", From: day.Must("2010-01-01")})
		c.must(err)
		_, err = care.SignUp(ctx, c.parent(), childcare.Joining{Class: c.class, Children: []person.ID{*kid}, Agreed: true, Photo: i == 0})
		c.must(err)
	}
}

func (c *town) parent() authz.Actor {
	return authz.Actor{City: c.City, User: c.mum.String(), Person: c.mum.String(), Grants: []authz.Held{}}
}

func (c *town) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *town) want(err error, key string) {
	c.t.Helper()
	if errs.KeyOf(err) != key && !slices.ContainsFunc(errs.ProblemsOf(err), func(p errs.Problem) bool { return p.Key == key }) {
		c.t.Errorf("got %v, want %q", err, key)
	}
}

// picture is a photograph in which a camera has noted something.
func picture(t testing.TB) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	noted := append([]byte("Exif\x00\x00"), []byte("咸宁 29.8N 114.3E")...)
	segment := append([]byte{0xff, 0xe1, 0, byte(len(noted) + 2)}, noted...)
	return slices.Concat(b.Bytes()[:2], segment, b.Bytes()[2:])
}

func (c *town) album(by authz.Actor) photo.Album {
	c.t.Helper()
	got, err := c.s.Album(c.t.Context(), by, c.class)
	c.must(err)
	return got
}

// A photograph of children is kept where the families of all agree, and is left out from the moment on at which one takes that back.
func TestFamiliesDecideAboutPhotographs(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, raw := t.Context(), picture(t)
		add := func(by authz.Actor, g photo.Given) error {
			return c.s.OfReport(ctx, by, c.class, g, bytes.NewReader(raw))
		}
		c.want(add(c.clerk, photo.Given{Says: "手工"}), "carephoto.who")
		c.want(add(c.clerk, photo.Given{Says: "手工", Nobody: true, Children: []person.ID{c.yes}}), "carephoto.who")
		c.want(add(c.clerk, photo.Given{Nobody: true}), "field.required")
		c.want(add(c.clerk, photo.Given{Says: "手工", Children: []person.ID{c.mum}}), "field.choice")
		c.want(add(c.clerk, photo.Given{Says: "手工", Children: []person.ID{c.yes, c.no}}), "carephoto.not_agreed")
		c.want(c.s.OfReport(ctx, c.clerk, c.class, photo.Given{Says: "手工", Nobody: true}, bytes.NewReader(raw[:len(raw)/2])), "carephoto.damaged")
		if got := c.album(c.clerk); len(got.Report) != 0 || len(got.Children) != 2 {
			t.Errorf("%+v", got)
		}
		c.must(add(c.clerk, photo.Given{Says: "手工", Children: []person.ID{c.yes}}))
		c.must(add(c.clerk, photo.Given{Says: "教室", Nobody: true}))
		got := c.album(c.clerk)
		if len(got.Report) != 2 || got.LeftOut != 0 {
			t.Fatalf("%+v", got)
		}
		of := got.Report[0]
		d, content, err := c.s.Open(ctx, c.clerk, c.class, of.ID)
		c.must(err)
		all, err := io.ReadAll(content)
		if err != nil || content.Close() != nil || d.Type != blob.JPEG || bytes.Contains(all, []byte("114.3E")) {
			t.Errorf("%s, %v: what the camera noted is still there", d.Type, err)
		}
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{childcare.Read}}, "咸安区")
		if err := add(reader, photo.Given{Says: "手工", Nobody: true}); !authz.Refused(err) {
			t.Error(err)
		}
		if err := c.s.Drop(ctx, reader, c.class, of.ID); !authz.Refused(err) {
			t.Error(err)
		}
		other := c.Actor(t, desk, "嘉鱼县")
		_, err = c.s.Album(ctx, other, c.class)
		c.want(err, "errs.absent")
		_, _, err = c.s.Open(ctx, other, c.class, of.ID)
		c.want(err, "errs.absent")
		if got := c.album(reader); got.May || len(got.Children) != 0 || len(got.Report) != 2 {
			t.Errorf("%+v", got)
		}

		c.must(c.people.Withdraw(ctx, c.parent(), c.yes, childcare.ConsentPhoto))
		if got := c.album(c.clerk); len(got.Report) != 1 || got.LeftOut != 1 {
			t.Errorf("%+v", got)
		}
		_, _, err = c.s.Open(ctx, c.clerk, c.class, of.ID)
		c.want(err, "errs.absent")
		c.must(c.s.Drop(ctx, c.clerk, c.class, of.ID))
		c.want(c.s.Drop(ctx, c.clerk, c.class, of.ID), "errs.absent")
		if got := c.album(c.clerk); len(got.Report) != 1 || got.LeftOut != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// Photographs of a check come from whoever made it, and there are no more than a check may have.
func TestAnInspectorShowsWhatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, raw := t.Context(), picture(t)
		add := func(by authz.Actor) error {
			return c.s.OfCheck(ctx, by, c.class, photo.Given{Says: "灭火器"}, bytes.NewReader(raw))
		}
		c.want(add(c.clerk), "carephoto.not_inspector")
		for range photo.Most - 1 {
			c.must(add(c.inspector))
		}
		errors := sqldbtest.Race(4, func(int) error { return add(c.inspector) })
		if n := sqldbtest.Won(errors); n != 1 {
			t.Errorf("%d were added: %v", n, errors)
		}
		got := c.album(c.inspector)
		if len(got.OfCheck) != photo.Most || !got.Inspects || len(got.Report) != 0 {
			t.Errorf("%d, %v", len(got.OfCheck), got.Inspects)
		}
		another := c.inspector
		another.User = c.clerk.User
		c.want(c.s.Drop(ctx, another, c.class, got.OfCheck[0].ID), "carephoto.not_inspector")
		c.must(c.s.Drop(ctx, c.inspector, c.class, got.OfCheck[0].ID))
		if got := c.album(c.clerk); len(got.OfCheck) != photo.Most-1 || got.Inspects {
			t.Errorf("%d, %v", len(got.OfCheck), got.Inspects)
		}
	})
}

// Photographs go two years after the season, with their documents and whom they name.
func TestHowLongPhotographsAreKept(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, raw := t.Context(), picture(t)
		c.must(c.s.OfReport(ctx, c.clerk, c.class, photo.Given{Says: "手工", Children: []person.ID{c.yes}}, bytes.NewReader(raw)))
		c.must(c.s.OfCheck(ctx, c.inspector, c.class, photo.Given{Says: "灭火器"}, bytes.NewReader(raw)))
		job := &retain.Service{DB: c.DB, Zone: zone, Rules: photo.Retention}
		for _, want := range []struct{ days, photos, children, documents int }{{2 * 365, 2, 1, 2}, {2*365 + 45, 0, 0, 0}} {
			c.later.Store(int64(want.days) * int64(24*time.Hour))
			c.must(job.Run(ctx, c.City))
			var photos, children, documents int
			c.must(c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
				return q.Row(`SELECT (SELECT COUNT(*) FROM care_photo WHERE city = $1), (SELECT COUNT(*) FROM care_photo_child WHERE city = $1), (SELECT COUNT(*) FROM document WHERE city = $1)`).Scan(&photos, &children, &documents)
			}))
			if photos != want.photos || children != want.children || documents != want.documents {
				t.Errorf("after %d days: %d photographs, %d children, %d documents", want.days, photos, children, documents)
			}
		}
	})
}
