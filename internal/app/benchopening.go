package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/childcare"
)

// perClass is how many places a class of the opening minute has, and sibling of how many families one has two children.
const (
	perClass = 25
	sibling  = 10
)

// openingBench is a city in which families wait for the opening minute.
type openingBench struct {
	*importBench
	zone     *time.Location
	classes  []childcare.ID
	families []benchFamily
}

type benchFamily struct {
	token    string
	children []person.ID
	class    int // which one it wants
}

// benchOpening lets families sign their children up for a few classes in the same seconds, through HTTP, each with a session of
// its own that was made before, with all limits on, and reads from the database afterwards what came of it.
func benchOpening(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	families := fs.Int("families", 50_000, "家庭数 families")
	places := fs.Int("places", 5_000, "名额数 places")
	seconds := fs.Float64("seconds", 0, "均匀到达的时长，0 为 SQLite 20 秒、PostgreSQL 40 秒 over how long they arrive evenly; 0: 20 s on SQLite, 40 s on PostgreSQL")
	burst := fs.Bool("burst", false, "同时到达 all at once")
	profile := fs.String("profile", "", "服务器的 CPU 分析文件 file for a CPU profile of the server")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	in, err := newImportBench(ctx, dir, *dsn)
	if err != nil {
		return measured{}, err
	}
	b := &openingBench{importBench: in, zone: in.s.people.Zone}
	if err := errors.Join(b.settle(ctx, *families), b.open(ctx, *places)); err != nil {
		return measured{}, errors.Join(err, b.s.db.Close())
	}
	if err := errors.Join(b.s.db.Optimize(ctx), b.s.db.Close()); err != nil {
		return measured{}, err
	}
	counted := filepath.Join(dir, "counted")
	server, err := startBenchServer(ctx, dir, *dsn, *profile, "--limited", "--counted", counted, "--proxies", "127.0.0.0/8")
	if err != nil {
		return measured{}, err
	}
	span := time.Duration(*seconds * float64(time.Second))
	switch {
	case *burst:
		span = 0
	case span == 0 && *dsn == "":
		span = 20 * time.Second
	case span == 0:
		span = 40 * time.Second
	}
	crowd := b.crowd(server.url, span)
	servers, own := server.cpu(), cpuTime("self")
	figures, err := crowd.run(ctx)
	servers, own = server.cpu()-servers, cpuTime("self")-own
	peak, stopped := server.stop()
	if err = errors.Join(err, stopped); err != nil {
		return measured{}, err
	}
	var acts, commits int64
	text, err := os.ReadFile(counted)
	if err == nil {
		_, err = fmt.Sscan(string(text), &acts, &commits)
	}
	if err != nil {
		return measured{}, err
	}
	figures["server_cpu_ms_each"], figures["client_cpu_ms_each"] = milli(servers)/float64(*families), milli(own)/float64(*families)
	figures["server_peak_memory_mb"] = peak
	figures["acts_per_fsync"] = float64(acts) / float64(max(1, commits))
	engine := "SQLite, synchronous=FULL"
	if *dsn != "" {
		engine = "PostgreSQL"
	}
	return measured{Engine: engine, Figures: figures}, b.check(ctx, dir, *dsn, crowd, figures)
}

// settle enters the families: a parent with phone, paper, account and session, her children, and that she speaks for them.
func (b *openingBench) settle(ctx context.Context, n int) error {
	verb := authz.Verb{Key: "bench.settle", Writes: person.Written + " guardianship account"}
	home, err := b.home(ctx)
	if err != nil {
		return err
	}
	const chunk = 500
	for from := 0; from < n; from += chunk {
		size := min(chunk, n-from)
		err := b.s.db.Write(ctx, b.by, func(tx *sqldb.Tx) error {
			var people []person.New
			for k := from; k < from+size; k++ {
				number, err := cn.SyntheticID(strconv.Itoa(420101+k/5000), day.Must("1985-01-01").AddDays(k%5000))
				if err != nil {
					return err
				}
				people = append(people, person.New{
					Home: home, Name: "家长" + strconv.Itoa(k), Born: day.Must("1985-01-01").AddDays(k % 5000), Phone: familyPhone(k),
					Papers: []person.Paper{{Kind: person.ResidentID, Number: string(number)}},
				})
				for range 1 + (k%sibling)/(sibling-1) {
					people = append(people, person.New{Home: home, Name: "孩子" + strconv.Itoa(k), Born: day.Must("2016-01-01").AddDays(k % 1500)})
				}
			}
			ids, err := person.Add(tx, b.s.in.keys, people)
			if err != nil {
				return err
			}
			var ties []person.Guardianship
			var in []account.Admission
			var fresh []benchFamily
			for i, p := range people {
				if p.Phone != "" {
					in = append(in, account.Admission{Phone: cn.Phone(p.Phone), Person: ids[i], Paper: person.ResidentID})
					fresh = append(fresh, benchFamily{})
					continue
				}
				f := &fresh[len(fresh)-1]
				f.children = append(f.children, ids[i])
				ties = append(ties, person.Guardianship{Child: ids[i], Adult: in[len(in)-1].Person, Relation: "5", From: day.Must("2020-01-01")})
			}
			if err := person.Tied(tx, ties); err != nil {
				return err
			}
			tokens, err := account.Admit(tx, b.s.in.keys, in)
			if err != nil {
				return err
			}
			for i := range fresh {
				fresh[i].token = tokens[i]
			}
			b.families = append(b.families[:from], fresh...)
			return tx.Record(verb, "", act.Change{"families": size})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func familyPhone(k int) string { return fmt.Sprintf("+86138%08d", k) }

func (b *openingBench) home(ctx context.Context) (at org.ID, err error) {
	err = b.s.db.Read(ctx, b.by.City, func(q *sqldb.Rx) error {
		all, err := org.Subtree(q, authz.Scope{All: true}, org.Village)
		if err == nil {
			at = all[0].ID
		}
		return err
	})
	return at, err
}

// open publishes a season that is open since a moment, with classes of 25 places at one site.
func (b *openingBench) open(ctx context.Context, places int) error {
	var city, village org.Node
	err := b.s.db.Read(ctx, b.by.City, func(q *sqldb.Rx) (err error) {
		if city, err = org.Root(q); err != nil {
			return err
		}
		all, err := org.Subtree(q, authz.Scope{All: true}, org.Village)
		if err == nil {
			village = all[slices.IndexFunc(all, func(n org.Node) bool { return n.At != nil })]
		}
		return err
	})
	if err != nil {
		return err
	}
	site, err := b.s.places.Create(ctx, b.by, place.Given{Org: village.ID, Kind: "青年之家", Name: "青年之家", At: *village.At, CRS: geo.WGS84, Fineness: "village", Capacity: 100})
	if err != nil {
		return err
	}
	now := b.s.db.Now()
	season, err := b.s.care.AddSeason(ctx, b.by, childcare.Season{Kind: "summer", Largest: 40, PerAdult: 10, Edition: edition.Edition{
		Org: city.ID, Title: "暑期", Mode: edition.FirstCome, Opens: now.UnixMicro(), Closes: now.Add(24 * time.Hour).UnixMicro(), First: day.Must("2026-07-06"), Last: day.Must("2026-08-14"),
		Most: 2, OfferFor: 24 * 60,
	}})
	if err == nil {
		err = b.s.care.PublishSeason(ctx, b.by, season, "")
	}
	if err != nil {
		return err
	}
	other := authz.Actor{City: b.by.City, User: season.String(), Grants: []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: childcare.Verbs}, At: city.Path}}}
	passed := place.Check{On: day.Must("2026-06-18"), Until: day.Must("2026-08-31"), Inspector: "检查人"}
	for _, item := range childcare.CheckItems {
		passed.Items = append(passed.Items, place.CheckItem{Item: item, Passed: true})
	}
	for i := range (places + perClass - 1) / perClass {
		class, err := b.s.care.ProposeClass(ctx, other, childcare.Class{
			Edition: season, Place: site, Title: "托管班" + strconv.Itoa(i), Hours: "08:00–17:30", AgeFrom: 5, AgeTo: 12, Places: int64(min(perClass, places-i*perClass)), Adults: 4, Lead: "负责人",
		})
		if err == nil && i == 0 {
			err = b.s.care.CheckSite(ctx, b.by, class, passed)
		}
		if err == nil {
			err = b.s.care.OfferClass(ctx, b.by, class)
		}
		if err != nil {
			return err
		}
		b.classes = append(b.classes, class)
	}
	for i := range b.families {
		b.families[i].class = int(uint64(i) * 2654435761 % uint64(len(b.classes)))
	}
	return nil
}

// crowd is the families, each of whom wants a class.
func (b *openingBench) crowd(at string, span time.Duration) *crowd {
	c := newCrowd(at, span, func(i int) string { return "/care/" + b.classes[i%len(b.classes)].String() })
	for _, f := range b.families {
		form := url.Values{"agreed": {"1"}, "_key": {web.NewKey()}}
		for _, child := range f.children {
			form.Add("child", child.String())
		}
		c.wants("/care/"+b.classes[f.class].String()+"/join", f.token, form)
	}
	return c
}

// check reads what came of it from the database, not from what the crowd remembers.
func (b *openingBench) check(ctx context.Context, dir, dsn string, c *crowd, figures map[string]any) error {
	in, err := open(ctx, dir, dsn)
	if err != nil {
		return err
	}
	defer in.db.Close()
	placed, queued, oversold, doubled, parted, lost, late := 0, 0, 0, 0, 0, 0, 0
	sent := map[string]time.Time{}
	for _, a := range c.answers {
		if a.status == http.StatusSeeOther {
			sent[a.to] = a.sent
		}
	}
	err = in.db.Read(ctx, b.by.City, func(q *sqldb.Rx) error {
		for _, class := range b.classes {
			roll, err := b.s.care.RollOf(q, class)
			if err != nil {
				return err
			}
			parties, err := enrolment.Parties(q, roll.ID)
			if err != nil {
				return err
			}
			held, seen := int64(0), map[person.ID]bool{}
			byTurn := map[int64]time.Time{}
			for _, p := range parties {
				for _, m := range p.Members {
					if seen[m.Person] {
						doubled++
					}
					seen[m.Person] = true
				}
				if int(p.Size) != len(p.Members) {
					parted++
				}
				switch {
				case p.State.Holds():
					placed += int(p.Size)
					held += p.Size
				case p.State == enrolment.Waiting:
					queued += int(p.Size)
					if p.Size <= roll.Left() {
						parted++ // it would fit
					}
				}
				to := "/my/care/" + p.Subject()
				if at, told := sent[to]; told {
					byTurn[p.Turn] = at
					delete(sent, to)
				}
			}
			if held > roll.Places || held != roll.Held {
				oversold++
			}
			late += inversions(byTurn, roll.Turn)
		}
		return nil
	})
	lost = len(sent) // answered, and not there
	figures["placed"], figures["queued"], figures["oversold"], figures["doubled"], figures["parted"], figures["lost"], figures["late_turns"] = placed, queued, oversold, doubled, parted, lost, late
	return err
}

// inversions counts the turns that are later than one whose request was written 250 ms or more after theirs.
func inversions(sent map[int64]time.Time, turns int64) (n int) {
	var earliest time.Time // of all later turns
	for t := turns; t > 0; t-- {
		at, ok := sent[t]
		if !ok {
			continue
		}
		if !earliest.IsZero() && at.Sub(earliest) >= 250*time.Millisecond {
			n++
		}
		if earliest.IsZero() || at.Before(earliest) {
			earliest = at
		}
	}
	return n
}
