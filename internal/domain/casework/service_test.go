package casework_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/workflow"
)

var (
	clerk = authz.Role{Key: "clerk", Verbs: casework.Verbs}
	zone  = time.FixedZone("CST", 8*3600)
)

type world struct {
	t    testing.TB
	s    *casework.Service
	city string
	orgs map[string]org.Node
}

func newWorld(t testing.TB, db *sqldb.DB, city string) *world {
	t.Helper()
	serials := &sqldb.Serials{DB: db}
	w := &world{t: t, city: city, orgs: map[string]org.Node{}}
	w.s = &casework.Service{DB: db, Serials: serials, Zone: zone, Cursors: page.NewCursors([]byte("0123456789abcdef"))}
	orgs := &org.Service{DB: db, Serials: serials}
	for _, x := range [][2]string{{"", "咸宁市"}, {"咸宁市", "咸安区"}, {"咸宁市", "嘉鱼县"}, {"咸安区", "咸安团委"}, {"嘉鱼县", "嘉鱼团委"}} {
		kind := org.LeagueBody
		switch {
		case x[0] == "":
			kind = org.City
		case x[0] == "咸宁市":
			kind = org.County
		}
		n, err := orgs.Create(t.Context(), authz.System(city), org.New{Kind: kind, Name: x[1], Parent: w.orgs[x[0]].ID})
		if err != nil {
			t.Fatal(err)
		}
		w.orgs[x[1]] = n
	}
	return w
}

func (w *world) actor(at, desk string) authz.Actor {
	return authz.Actor{City: w.city, User: w.orgs[at].ID.String(), Grants: []authz.Held{{Role: clerk, At: w.orgs[at].Path}}, DeskID: w.orgs[desk].ID.String()}
}

func (w *world) open(title, at, desk string, days int) casework.Matter {
	w.t.Helper()
	m, err := w.s.Open(w.t.Context(), authz.System(w.city), casework.New{
		Kind: casework.BlindSpot, Title: title, Subject: w.orgs[at].ID.String(), Org: w.orgs[at].ID, Desk: w.orgs[desk].ID, Days: days, Text: "走访发现",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) find(id casework.ID) (m casework.Matter) {
	w.t.Helper()
	if err := w.s.DB.Read(w.t.Context(), w.city, func(q *sqldb.Rx) (err error) { m, err = casework.Find(q, id); return err }); err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestAMatterFromDeskToDesk(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, other := newWorld(t, db, "xianning"), newWorld(t, db, "twin")
		twin := other.open("同名事项", "咸安区", "咸安团委", 5)
		m := w.open("同名事项", "咸安区", "咸安团委", 5)
		if !strings.HasPrefix(m.Serial, "盲点-20") || !strings.HasSuffix(m.Serial, "-00001") || m.Serial != twin.Serial {
			t.Errorf("serials %s and %s", m.Serial, twin.Serial)
		}
		ctx, xianan, jiayu, city := t.Context(), w.actor("咸安区", "咸安团委"), w.actor("嘉鱼县", "嘉鱼团委"), w.actor("咸宁市", "咸宁市")
		wantKey(t, w.s.Answer(ctx, jiayu, m.ID, "答复"), "errs.absent")
		wantKey(t, w.s.Answer(ctx, xianan, twin.ID, "答复"), "errs.absent")
		wantKey(t, w.s.Resume(ctx, xianan, m.ID), "casework.not_now")
		if errs.KindOf(w.s.Answer(ctx, xianan, m.ID, "")) != errs.Invalid {
			t.Error("an empty answer was taken")
		}
		must(t, w.s.Extend(ctx, xianan, m.ID, m.Due.AddDays(7), "等材料"))
		must(t, w.s.Pause(ctx, xianan, m.ID, "等补正"))
		must(t, w.s.PassOn(ctx, xianan, m.ID, w.orgs["嘉鱼团委"].ID, "属嘉鱼"))
		// It belongs to 咸安, so that its clerk still sees it and no longer acts on it.
		if got := w.find(m.ID); got.Desk != w.orgs["嘉鱼团委"].ID || got.State != casework.Open || got.Due != m.Due.AddDays(7) { // the same weekday: what falls on a free day moves on
			t.Errorf("%+v", got)
		}
		wantKey(t, w.s.Answer(ctx, xianan, m.ID, "答复"), "errs.denied")
		must(t, w.s.Answer(ctx, jiayu, m.ID, "已建支部"))
		must(t, w.s.Close(ctx, jiayu, m.ID, ""))
		must(t, w.s.Reopen(ctx, jiayu, m.ID, 3, "又有新情况"))
		must(t, w.s.Note(ctx, xianan, m.ID, "已电话联系"))
		if errs.KindOf(w.s.Close(ctx, jiayu, m.ID, "")) != errs.Invalid {
			t.Error("closed without answer and reason")
		}
		v, err := w.s.View(ctx, city, m.ID)
		must(t, err)
		if len(v.Lines) != 8 || v.Lines[0].Text != "已电话联系" || v.Lines[7].Text != "走访发现" || len(v.Moves) != 5 {
			t.Errorf("%d lines, %d moves: %+v", len(v.Lines), len(v.Moves), v.Lines)
		}
		must(t, db.Read(ctx, w.city, func(q *sqldb.Rx) error {
			changes, err := sqldb.All(q, func(s sqldb.Scan) (change string, err error) { return change, s(&change) },
				`SELECT c.change FROM act a JOIN act_content c ON c.city = a.city AND c.act = a.id WHERE a.city = $1 AND a.subject = $2`, m.ID)
			told := strings.Join(changes, " ")
			for _, line := range v.Lines {
				if len(changes) != 8 || line.Text != "" && strings.Contains(told, line.Text) {
					t.Errorf("the log of acts was told %q: %s", line.Text, told)
				}
			}
			return err
		}))
		v, err = w.s.View(ctx, xianan, m.ID)
		if err != nil || len(v.Moves) != 0 || !v.Note {
			t.Errorf("%v %v %v", v.Moves, v.Note, err)
		}
		if got := other.find(twin.ID); got != twin {
			t.Errorf("the twin's matter changed: %+v", got)
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) != key {
		t.Errorf("got %v, want %q", err, key)
	}
}

// Two clerks answer and pass on at once: one is told.
func TestRacingSteps(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xianning")
		by := w.actor("咸宁市", "咸宁市")
		for range 5 {
			m := w.open("事项", "咸安区", "咸安团委", 5)
			var got [2]error
			var wg sync.WaitGroup
			wg.Go(func() { got[0] = w.s.Answer(t.Context(), by, m.ID, "答复") })
			wg.Go(func() { got[1] = w.s.PassOn(t.Context(), by, m.ID, w.orgs["嘉鱼团委"].ID, "转") })
			wg.Wait()
			if got[0] != nil && got[1] != nil {
				t.Fatalf("%v, %v", got[0], got[1])
			}
			if got[0] == nil && got[1] == nil && w.find(m.ID).Desk != w.orgs["嘉鱼团委"].ID {
				t.Fatal("a step was lost")
			}
		}
	})
}

func TestAServiceOpensWithinItsOwnAct(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xianning")
		var told []string
		w.s.Tell = func(_ *sqldb.Tx, m casework.Matter, step authz.Verb) error {
			told = append(told, step.Key+" "+m.Serial)
			return nil
		}
		assign := authz.Verb{Key: "test.assign", Writes: casework.Written}
		serial, err := w.s.Number(t.Context(), w.city, casework.BlindSpot)
		must(t, err)
		must(t, db.Write(t.Context(), authz.System(w.city), func(tx *sqldb.Tx) error {
			told = nil
			m, err := w.s.Add(tx, serial, casework.New{Kind: casework.BlindSpot, Title: "盲点", Org: w.orgs["咸安区"].ID, Desk: w.orgs["咸安团委"].ID, Days: 10})
			if err != nil {
				return err
			}
			return tx.Record(assign, m.ID.String(), act.Change{})
		}))
		if len(told) != 1 || told[0] != "matter.open "+serial {
			t.Errorf("told %v", told)
		}
		var hidden casework.ID
		must(t, db.Write(t.Context(), authz.System(w.city), func(tx *sqldb.Tx) error { // nobody is on its list: nobody comes to know
			m, err := w.s.Add(tx, serial+"-2", casework.New{Kind: casework.BlindSpot, Title: "保密", Org: w.orgs["咸安区"].ID, Desk: w.orgs["咸安团委"].ID, Days: 10, Limited: true})
			hidden = m.ID
			return errors.Join(err, tx.Record(assign, m.ID.String(), act.Change{}))
		}))
		_, err = w.s.View(t.Context(), w.actor("咸安区", "咸安团委"), hidden)
		wantKey(t, err, "errs.absent")
		_, err = w.s.Open(t.Context(), w.actor("嘉鱼县", "嘉鱼团委"), casework.New{Kind: casework.Task, Title: "x", Org: w.orgs["咸安区"].ID, Desk: w.orgs["咸安团委"].ID, Days: 10})
		wantKey(t, err, "errs.absent")
	})
}

func TestQueue(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, other := newWorld(t, db, "xianning"), newWorld(t, db, "twin")
		other.open("孪生城市的", "咸安区", "咸安团委", 1)
		for i := range 20 {
			w.open("咸安的100%_"+string(rune('a'+i)), "咸安区", "咸安团委", 1+i)
		}
		w.open("嘉鱼的", "嘉鱼县", "嘉鱼团委", 2)
		ctx, xianan := t.Context(), w.actor("咸安区", "咸安团委")
		seen := map[casework.ID]bool{}
		var last day.Day
		cursor := ""
		for {
			got, err := w.s.Queue(ctx, xianan, casework.Filter{Cursor: cursor})
			must(t, err)
			if got.Total != 20 || got.Kinds[casework.BlindSpot] != 20 || got.Counts[workflow.Soon] != 3 || got.Counts[workflow.Later] != 17 {
				t.Fatalf("%d in all, %v, %v", got.Total, got.Kinds, got.Counts)
			}
			for _, m := range got.Items {
				if seen[m.ID] || m.Due < last {
					t.Errorf("%s twice or out of order", m.Title)
				}
				seen[m.ID], last = true, m.Due
			}
			if cursor = got.Next; cursor == "" {
				break
			}
		}
		if len(seen) != 20 {
			t.Errorf("%d seen", len(seen))
		}
		soon := workflow.Soon
		for name, c := range map[string]struct {
			by   authz.Actor
			f    casework.Filter
			want int64
		}{
			"light":         {xianan, casework.Filter{Light: &soon}, 3},
			"words":         {xianan, casework.Filter{Words: "100%_c"}, 1},
			"other kind":    {xianan, casework.Filter{Kind: casework.Voice}, 0},
			"closed":        {xianan, casework.Filter{State: casework.Closed}, 0},
			"city all":      {w.actor("咸宁市", "咸宁市"), casework.Filter{All: true}, 21},
			"city own desk": {w.actor("咸宁市", "咸宁市"), casework.Filter{}, 0},
			"jiayu":         {w.actor("嘉鱼县", "嘉鱼团委"), casework.Filter{All: true}, 1},
		} {
			got, err := w.s.Queue(ctx, c.by, c.f)
			if err != nil || got.Total != c.want {
				t.Errorf("%s: %d, %v", name, got.Total, err)
			}
			var n int64
			err = w.s.Each(ctx, c.by, c.f, func(casework.Matter, map[org.ID]org.Node) error { n++; return nil })
			if err != nil || n != c.want {
				t.Errorf("%s: export of %d, %v", name, n, err)
			}
		}
		_, err := w.s.Queue(ctx, authz.Actor{City: "xianning"}, casework.Filter{})
		if errs.KindOf(err) != errs.Denied && errs.KindOf(err) != errs.Absent {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestHolidayTable(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xianning")
		admin := authz.Role{Key: "system_admin", Verbs: []authz.Verb{casework.SetYear}}
		by := authz.Actor{City: w.city, User: w.orgs["咸宁市"].ID.String(), Grants: []authz.Held{{Role: admin, At: w.orgs["咸宁市"].Path}}}
		y := casework.Year{Year: 2027, Origin: "国务院办公厅通知", Table: []day.Exception{{Year: 2027, Day: day.Must("2027-02-08"), Off: true, Name: "春节"}}}
		wantKey(t, w.s.SetYear(t.Context(), w.actor("咸安区", "咸安团委"), y), "errs.absent")
		must(t, w.s.SetYear(t.Context(), by, y))
		must(t, w.s.SetYear(t.Context(), by, y)) // a later notice replaces an earlier one
		y.Table = append(y.Table, day.Exception{Year: 2026, Day: day.Must("2026-10-01"), Off: false})
		if got := errs.ProblemsOf(w.s.SetYear(t.Context(), by, y)); len(got) != 2 {
			t.Errorf("another year's day: %v", got)
		}
		must(t, db.Read(t.Context(), w.city, func(q *sqldb.Rx) error {
			cal, err := casework.Calendar(q)
			if err != nil {
				return err
			}
			if cal.Workday(day.Must("2027-02-08")) || !cal.Covers(2026) || cal.Workday(day.Must("2026-10-01")) {
				t.Error("the tables in force are not the city's and, beside them, the delivered")
			}
			years, err := casework.Years(q)
			if err != nil || years[len(years)-1].Year != 2027 || years[0].Origin != "" {
				t.Errorf("%v, %v", years, err)
			}
			return err
		}))
	})
}
