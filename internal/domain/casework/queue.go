package casework

import (
	"context"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
)

// Filter narrows a queue. Empty fields do not narrow.
type Filter struct {
	All    bool            // all that the viewer may see, not only what waits at her own desk
	Kind   Kind            //
	Light  *workflow.Light // of those under way
	State  State           // empty: open and paused
	Words  string          // part of the title, or a serial number
	Cursor string
}

// PageSize is the number of matters on a page of the queue.
const PageSize = 16

// Queue is a page of matters, the most urgent first, with the counts of all under way.
type Queue struct {
	page.Page[Matter]
	Orgs   map[org.ID]org.Node
	Counts map[workflow.Light]int64 // under way, whatever the light and words of the filter
	Kinds  map[Kind]int64           // the same by kind
	Worst  day.Day                  // the earliest due date among the overdue
	Far    day.Day                  // the latest due date of all
	Soon   day.Day                  // until when a matter counts as due soon
	Week   int64                    // closed since Monday
	First  Matter                   // the most urgent of all; without id where there is none
	Today  day.Day
	Cal    *day.Calendar
	Total  int64
}

// Queue gives what waits for somebody.
func (s *Service) Queue(ctx context.Context, by authz.Actor, f Filter) (got Queue, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got = Queue{Today: day.Of(q.Now(), s.Zone)}
		if got.Cal, err = Calendar(q); err != nil {
			return err
		}
		got.Soon, _ = got.Cal.AddWorkdays(got.Today, workflow.SoonWithin)
		if err := s.count(q, by, f, &got); err != nil {
			return err
		}
		if err := s.list(q, by, f, &got); err != nil {
			return err
		}
		ids := make([]org.ID, 0, 2*len(got.Items))
		for _, m := range got.Items {
			ids = append(ids, m.Org, m.Desk)
		}
		got.Orgs, err = org.Named(q, ids)
		return err
	})
	return got, err
}

// whose begins a condition with the matters that somebody sees, or that wait for her.
func whose(by authz.Actor, f Filter) *sqldb.Where {
	var w sqldb.Where
	w.And("m.city = $1")
	org.Inside(&w, by.Scope(Read), "m.desk", "m.org")
	w.And("(m.limited = 0 OR EXISTS (SELECT 1 FROM matter_reader x WHERE x.city = $1 AND x.matter = m.id AND x.account = ?))", by.User)
	if !f.All && by.DeskID != "" {
		w.And("m.desk = ?", by.DeskID).And("(m.owner IS NULL OR m.owner = ?)", by.User)
	}
	if f.Kind != "" {
		w.And("m.kind = ?", string(f.Kind))
	}
	return &w
}

func (s *Service) count(q sqldb.Q, by authz.Actor, f Filter, got *Queue) error {
	kind := f.Kind
	f.Kind = ""
	w := whose(by, f).And("m.state IN ('open', 'paused')")
	type group struct {
		kind Kind
		m    Matter
		n    int64
	}
	groups, err := sqldb.All(q, func(scan sqldb.Scan) (group, error) {
		var g group
		return g, scan(&g.kind, &g.m.State, &g.m.Due, &g.n)
	}, `SELECT m.kind, m.state, m.due, COUNT(*) FROM matter m WHERE `+w.SQL()+` GROUP BY m.kind, m.state, m.due`, w.Args()...)
	if err != nil {
		return err
	}
	got.Counts, got.Kinds = map[workflow.Light]int64{}, map[Kind]int64{}
	for _, g := range groups {
		got.Kinds[g.kind] += g.n
		if kind != "" && g.kind != kind {
			continue
		}
		light := g.m.Light(got.Today, got.Cal)
		got.Counts[light] += g.n
		if light == workflow.Overdue && (got.Worst.IsZero() || g.m.Due < got.Worst) {
			got.Worst = g.m.Due
		}
		if light == workflow.Later {
			got.Far = max(got.Far, g.m.Due)
		}
	}
	f.Kind = kind
	monday := got.Today.AddDays(-(int(got.Today.Weekday()) + 6) % 7)
	w = whose(by, f).And("m.state = 'closed'").And("m.closed_at >= ?", monday.Start(s.Zone).UnixMicro())
	return q.Row(`SELECT COUNT(*) FROM matter m WHERE `+w.SQL(), w.Args()...).Scan(&got.Week)
}

// order puts paused matters behind the others, then by due date.
var order = []string{"CASE m.state WHEN 'paused' THEN 1 ELSE 0 END", "m.due", "m.id"}

func (s *Service) narrow(by authz.Actor, f Filter, got *Queue) *sqldb.Where {
	w := whose(by, f)
	if f.State == "" {
		w.And("m.state IN ('open', 'paused')")
	} else {
		w.And("m.state = ?", string(f.State))
	}
	if f.Light != nil {
		switch *f.Light {
		case workflow.Overdue:
			w.And("m.state = 'open' AND m.due < ?", got.Today)
		case workflow.Today:
			w.And("m.state = 'open' AND m.due = ?", got.Today)
		case workflow.Soon:
			w.And("m.state = 'open' AND m.due > ? AND m.due <= ?", got.Today, got.Soon)
		case workflow.Later:
			w.And("m.state = 'open' AND m.due > ?", got.Soon)
		default:
			w.And("m.state = 'paused'")
		}
	}
	if words := strings.TrimSpace(f.Words); words != "" {
		part := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(words) + "%"
		w.And("(m.title LIKE ? ESCAPE '!' OR m.serial LIKE ? ESCAPE '!')", part, part)
	}
	return w
}

func (s *Service) list(q sqldb.Q, by authz.Actor, f Filter, got *Queue) error {
	w := s.narrow(by, f, got)
	if err := q.Row(`SELECT COUNT(*) FROM matter m WHERE `+w.SQL(), w.Args()...).Scan(&got.Total); err != nil {
		return err
	}
	filter := []string{by.City, by.User, string(f.Kind), string(f.State), f.Words}
	if f.Light != nil {
		filter = append(filter, f.Light.String())
	}
	if f.All {
		filter = append(filter, "all")
	}
	list := page.List{Name: "matter.queue", Columns: order, Desc: f.State == Closed, Filter: strings.Join(filter, "\x00")}
	at, err := s.Cursors.Read(list, f.Cursor)
	if err != nil {
		return err
	}
	from, args := at.Where(len(w.Args()) + 2)
	all := append(w.Args(), args...)
	rows, err := sqldb.All(q, scan, `SELECT `+columns+` FROM matter m WHERE `+w.SQL()+` AND `+from+` ORDER BY `+at.Order()+
		limit(page.Limit(PageSize)), all...)
	if err != nil {
		return err
	}
	got.Page = page.Cut(s.Cursors, at, rows, PageSize, func(m Matter) []any {
		paused := 0
		if m.State == Paused {
			paused = 1
		}
		return []any{paused, m.Due.String(), m.ID.String()}
	})
	w = s.narrow(by, f, got).And("m.state = 'open'")
	first, err := sqldb.All(q, scan, `SELECT `+columns+` FROM matter m WHERE `+w.SQL()+` ORDER BY m.due, m.id LIMIT 1`, w.Args()...)
	if len(first) == 1 {
		got.First = first[0]
	}
	return err
}

// Each gives every matter of a filtered queue in its order, for an export.
func (s *Service) Each(ctx context.Context, by authz.Actor, f Filter, fn func(m Matter, orgs map[org.ID]org.Node) error) error {
	if err := by.MustSomewhere(Read); err != nil {
		return err
	}
	return s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got := Queue{Today: day.Of(q.Now(), s.Zone)}
		cal, err := Calendar(q)
		if err != nil {
			return err
		}
		got.Soon, _ = cal.AddWorkdays(got.Today, workflow.SoonWithin)
		w := s.narrow(by, f, &got)
		rows, err := sqldb.All(q, scan, `SELECT `+columns+` FROM matter m WHERE `+w.SQL()+` ORDER BY `+strings.Join(order, ", ")+limit(exportMost), w.Args()...)
		if err != nil {
			return err
		}
		ids := make([]org.ID, 0, len(rows))
		for _, m := range rows {
			ids = append(ids, m.Desk, m.Org)
		}
		for len(ids) > 0 { // a few at a time: a statement takes only so many parameters
			n := min(len(ids), 1000)
			if err := giveSome(q, rows, ids[:n], fn); err != nil {
				return err
			}
			rows, ids = rows[n/2:], ids[n:]
		}
		return nil
	})
}

func giveSome(q sqldb.Q, rows []Matter, ids []org.ID, fn func(Matter, map[org.ID]org.Node) error) error {
	orgs, err := org.Named(q, ids)
	if err != nil {
		return err
	}
	for _, m := range rows[:len(ids)/2] {
		if err := fn(m, orgs); err != nil {
			return err
		}
	}
	return nil
}

// exportMost is the most rows that one export holds.
const exportMost = 50_000

func limit(n int) string { return " LIMIT " + strconv.Itoa(n) }
