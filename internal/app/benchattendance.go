package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/term"
)

// How children of the measurement come: as parties of so many, and every so manieth line is sent twice, since its answer was lost.
const (
	benchParty = 3
	benchTwice = 7
)

// attendanceBench is a city in which each class has a teacher who was without network all day.
type attendanceBench struct {
	dir, dsn string
	today    day.Day
	rooms    []*benchRoom
}

// benchRoom is a class, its children and the phone of its teacher.
type benchRoom struct {
	login    string
	class    childcare.ID
	children []person.ID
	fetches  person.ID
	took     []time.Duration
	again    int
	err      error
}

// benchAttendance lets teachers of many classes write down without network who came and who was fetched by whom, and then send all of it at
// once, each from her phone with her own session to a server that is a process of its own; and reads from the database afterwards
// whether each line is there, once, and each child has come and gone.
func benchAttendance(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	children := fs.Int("children", 9000, "儿童数 children")
	sites := fs.Int("sites", 260, "点位数，每处一班 sites, a class at each")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	b := &attendanceBench{dir: filepath.Join(dir, "city"), dsn: *dsn}
	if err := b.prepare(ctx, *sites, *children); err != nil {
		return measured{}, err
	}
	server, err := startBenchServer(ctx, b.dir, b.dsn, "")
	if err != nil {
		return measured{}, err
	}
	clients := make([]*http.Client, len(b.rooms))
	for i, r := range b.rooms {
		if clients[i], err = server.signIn(ctx, r.login); err != nil {
			return measured{}, err
		}
	}
	busy, began := server.cpu(), time.Now()
	var wg sync.WaitGroup
	for i, r := range b.rooms {
		wg.Go(func() { r.err = r.send(ctx, clients[i], server.url, i) })
	}
	wg.Wait()
	took := time.Since(began)
	busy = server.cpu() - busy
	peak, err := server.stop()
	if err != nil {
		return measured{}, err
	}
	var all []time.Duration
	again := 0
	for _, r := range b.rooms {
		all, again, err = append(all, r.took...), again+r.again, errors.Join(err, r.err)
	}
	if err != nil {
		return measured{}, err
	}
	slices.Sort(all)
	figures := map[string]any{
		"children": *children, "sites": *sites, "requests": len(all), "sent_twice": again, "seconds": took.Seconds(), "requests_per_second": float64(len(all)) / took.Seconds(),
		"p50_ms": milli(all[len(all)/2]), "p99_ms": milli(all[len(all)*99/100]), "server_cpu_ms_each": milli(busy) / float64(len(all)), "server_peak_memory_mb": peak,
	}
	engine := "SQLite, synchronous=FULL"
	if *dsn != "" {
		engine = "PostgreSQL"
	}
	return measured{Engine: engine, Figures: figures}, b.check(ctx, figures)
}

// prepare makes a season that has begun, with a class in each of so many villages, and gives every child a place.
func (b *attendanceBench) prepare(ctx context.Context, sites, children int) error {
	in, err := newImportBench(ctx, b.dir, b.dsn)
	if err != nil {
		return err
	}
	s, by := in.s, in.by
	defer s.db.Close()
	now := s.db.Now()
	b.today = day.Of(now, s.care.Zone)
	var city org.Node
	var villages []org.Node
	if err := s.db.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if city, err = org.Root(q); err == nil {
			villages, err = org.Subtree(q, authz.Scope{All: true}, org.Village)
		}
		return err
	}); err != nil {
		return err
	}
	villages = slices.DeleteFunc(villages, func(n org.Node) bool { return n.At == nil })
	if len(villages) < sites {
		return fmt.Errorf("bench: %d villages", len(villages))
	}
	season, err := s.care.AddSeason(ctx, by, childcare.Season{Kind: "summer", Largest: childcare.UsualLargest, PerAdult: childcare.UsualPerAdult, Edition: edition.Edition{
		Org: city.ID, Title: "暑期", Mode: edition.FirstCome, Opens: now.UnixMicro(), Closes: now.Add(24 * time.Hour).UnixMicro(), First: b.today.AddDays(-1), Last: b.today.AddDays(30), Most: 2, OfferFor: 60,
	}})
	if err == nil {
		err = s.care.PublishSeason(ctx, by, season, "")
	}
	if err != nil {
		return err
	}
	other := authz.Actor{City: by.City, User: season.String(), Grants: []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: childcare.Verbs}, At: city.Path}}}
	for i := range sites {
		r := &benchRoom{login: "bench-" + strconv.Itoa(i)}
		if err := b.open(ctx, s, by, other, season, villages[i], r); err != nil {
			return err
		}
		if err := b.seat(ctx, s, by, villages[i].ID, r, children*(i+1)/sites-children*i/sites); err != nil {
			return err
		}
		b.rooms = append(b.rooms, r)
	}
	return s.db.Optimize(ctx)
}

// open offers a class in a village, and lets its teacher have an account.
func (b *attendanceBench) open(ctx context.Context, s *services, by, other authz.Actor, season edition.ID, at org.Node, r *benchRoom) error {
	site, err := s.places.Create(ctx, by, place.Given{Org: at.ID, Kind: "青年之家", Name: at.Name, At: *at.At, CRS: geo.WGS84, Fineness: "village", Capacity: 60})
	if err != nil {
		return err
	}
	r.class, err = s.care.ProposeClass(ctx, other, childcare.Class{Edition: season, Place: site, Title: at.Name + "托管班", Hours: "08:00–17:30", AgeFrom: 5, AgeTo: 14, Places: childcare.UsualLargest, Adults: 4, Lead: "负责人"})
	if err != nil {
		return err
	}
	passed := place.Check{On: b.today.AddDays(-2), Until: b.today.AddDays(60), Inspector: "检查人"}
	for _, item := range childcare.CheckItems {
		passed.Items = append(passed.Items, place.CheckItem{Item: item, Passed: true})
	}
	if err := errors.Join(s.care.CheckSite(ctx, by, r.class, passed), s.care.OfferClass(ctx, by, r.class)); err != nil {
		return err
	}
	_, _, err = s.account.CreateFirst(ctx, by.City, account.First{Newcomer: account.Newcomer{Login: r.login, Name: "班主任", Desk: at.ID}, Role: "teacher", Password: demoPassword})
	return err
}

// seat gives so many children places in a class; one adult fetches them all.
func (b *attendanceBench) seat(ctx context.Context, s *services, by authz.Actor, home org.ID, r *benchRoom, n int) error {
	people := []person.New{{Home: home, Name: "家长", Born: day.Must("1985-01-01")}}
	for k := range n {
		people = append(people, person.New{Home: home, Name: "孩子" + strconv.Itoa(k), Born: b.today.AddMonths(-12 * 8)})
	}
	verb := authz.Verb{Key: "bench.seat", Writes: person.Written + " guardianship"}
	if err := s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, s.in.keys, people)
		if err != nil {
			return err
		}
		r.fetches, r.children = ids[0], ids[1:]
		var ties []person.Guardianship
		for _, child := range r.children {
			ties = append(ties, person.Guardianship{Child: child, Adult: r.fetches, Relation: "5", From: day.Must("2020-01-01")})
		}
		if err := person.Tied(tx, ties); err != nil {
			return err
		}
		return tx.Record(verb, "", act.Change{"children": n})
	}); err != nil {
		return err
	}
	for party := range slices.Chunk(r.children, benchParty) {
		got, err := s.care.EnterSignUp(ctx, by, childcare.Joining{Class: r.class, Children: party, Agreed: true}, enrolment.Paper, r.fetches)
		if err != nil {
			return err
		}
		if got.State != enrolment.Placed {
			return fmt.Errorf("bench: a child is %s", got.State)
		}
	}
	return nil
}

// lines are what a teacher's phone holds in the evening, in no order.
func (r *benchRoom) lines(i int) (all []term.Sent) {
	for _, child := range r.children {
		for k, what := range []timetable.What{timetable.In, timetable.Out} {
			x := term.Sent{Protocol: 1, ID: id.New[benchRoom](time.Now()).String(), Class: r.class, Child: child, What: what, MadeAt: time.Now().Add(time.Duration(k-2) * time.Minute).UnixMilli()}
			if what == timetable.Out {
				x.Other = r.fetches.String()
			}
			all = append(all, x)
		}
	}
	luck := rand.New(rand.NewPCG(seedOfBench, uint64(i))) //nolint:gosec // the same at every run
	luck.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	return all
}

// send sends a phone's lines one after another, some of them twice.
func (r *benchRoom) send(ctx context.Context, hc *http.Client, to string, i int) error {
	for n, x := range r.lines(i) {
		for k := range 1 + (n%benchTwice)/(benchTwice-1) {
			x.SentAt = time.Now().UnixMilli()
			body, err := json.Marshal(x)
			if err != nil {
				return err
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, to+"/field/class/send?device=bench-"+strconv.Itoa(i), bytes.NewReader(body))
			if err != nil {
				return err
			}
			req.Header.Set("Accept", "application/json")
			began := time.Now()
			res, err := hc.Do(req)
			if err != nil {
				return err
			}
			body, err = io.ReadAll(res.Body)
			if err = errors.Join(err, res.Body.Close()); err != nil {
				return err
			}
			r.took = append(r.took, time.Since(began))
			var got term.Received
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("bench: %d %s", res.StatusCode, body)
			}
			if err := json.Unmarshal(body, &got); err != nil {
				return err
			}
			if got.Again != (k > 0) {
				return fmt.Errorf("bench: line %s: again %v", x.ID, got.Again)
			}
			r.again += k
		}
	}
	return nil
}

// check reads from the database what has come.
func (b *attendanceBench) check(ctx context.Context, figures map[string]any) error {
	in, err := open(ctx, b.dir, b.dsn)
	if err != nil {
		return err
	}
	defer in.db.Close()
	lines, lost, doubled, amiss := 0, 0, 0, 0
	err = in.db.Read(ctx, in.city.Slug, func(q *sqldb.Rx) error {
		for _, r := range b.rooms {
			all, err := timetable.Lines(q, r.class.String(), b.today.AddDays(-1), b.today.AddDays(1))
			if err != nil {
				return err
			}
			type what struct {
				who  person.ID
				what timetable.What
			}
			seen := map[what]int{}
			for _, l := range all {
				seen[what{l.Person, l.What}]++
			}
			standing := timetable.Fold(all)
			for _, child := range r.children {
				for _, w := range []timetable.What{timetable.In, timetable.Out} {
					switch n := seen[what{child, w}]; {
					case n == 0:
						lost++
					case n > 1:
						doubled += n - 1
					}
				}
				if x := standing[child]; x.In == 0 || x.Out < x.In || x.With != r.fetches.String() {
					amiss++
				}
			}
			lines += len(all)
		}
		return nil
	})
	figures["lines"], figures["lost"], figures["doubled"], figures["amiss"] = lines, lost, doubled, amiss
	return err
}
