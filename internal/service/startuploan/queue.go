package startuploan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/startuploan/policy"
)

// QueueFilter chooses what waits at a desk. Empty fields do not narrow.
type QueueFilter struct {
	Desk   Desk // empty: the first at which the viewer sits
	Light  *workflow.Light
	Kind   policy.Kind
	Second bool // only what waits for a second pair of eyes
	Words  string
	Cursor string
}

// QueueSize is the number of rows on a page of a queue.
const QueueSize = 20

// mostCounted is how many rows a queue counts; there are more where it says so.
const mostCounted = 200

// Waits is one application at a desk.
type Waits struct {
	Sitting
	Application Application
	Lead        string // the applicant's name
}

// Light says how urgent it is.
func (w Waits) Light(today day.Day, cal workflow.Calendar) workflow.Light {
	return workflow.LightAt(today, w.Due, false, cal)
}

// Queue is what waits at a desk, the most urgent first.
type Queue struct {
	page.Page[Waits]
	Desk   Desk
	Desks  []Desk // at which the viewer sits
	Orgs   map[org.ID]org.Node
	Counts map[workflow.Light]int64
	Total  page.Count
	Today  day.Day
	Soon   day.Day
	Cal    *day.Calendar
}

// SitsAt gives the desks at which somebody sits anywhere.
func SitsAt(by authz.Actor) (all []Desk) {
	for _, d := range AllDesks {
		if by.May(d.Verb()) {
			all = append(all, d)
		}
	}
	return all
}

// Queue gives what waits at a desk of the viewer's. What lies in the applicant's bank is there only while she lets it be seen.
func (s *Service) Queue(ctx context.Context, by authz.Actor, f QueueFilter) (got Queue, err error) {
	got.Desks = SitsAt(by)
	if f.Desk == "" && len(got.Desks) > 0 {
		f.Desk = got.Desks[0]
	}
	got.Desk = f.Desk
	if err := by.MustSomewhere(f.Desk.Verb()); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got.Today = s.today(q)
		if got.Cal, err = casework.Calendar(q); err != nil {
			return err
		}
		got.Soon, _ = got.Cal.AddWorkdays(got.Today, workflow.SoonWithin)
		if err := s.countQueue(q, by, f, &got); err != nil {
			return err
		}
		return s.listQueue(q, by, f, &got)
	})
	return got, err
}

const queued = `loan_desk d JOIN loan_application a ON a.city = d.city AND a.id = d.application`

// whose is the condition that a part waits at a desk of the viewer's, and she may act on it.
func (s *Service) whose(q sqldb.Q, by authz.Actor, f QueueFilter) *sqldb.Where {
	var w sqldb.Where
	w.And("d.city = $1").And("d.desk = ?", string(f.Desk))
	if f.Second {
		w.And("d.state = 'second'").And("d.first_by <> ?", by.User)
	} else {
		w.And("d.state IN ('open', 'second')")
	}
	org.Inside(&w, by.Scope(f.Desk.Verb()), "d.org")
	w.And("a.state IN ('review', 'appealed')").And("d.owner IN ('', ?)", by.User)
	w.And("NOT EXISTS (SELECT 1 FROM loan_recusal x WHERE x.city = d.city AND x.application = d.application AND x.account = ?)", by.User)
	if f.Desk.IsBanks() {
		w.And(venture.Shown(&w, "a.venture", "a.bank", venture.Loan, s.today(q)))
	}
	if f.Kind != "" {
		w.And("a.kind = ?", string(f.Kind))
	}
	if f.Words != "" {
		part := "%" + literal.Replace(f.Words) + "%"
		w.And("(a.serial = ? OR a.name LIKE ? ESCAPE '!')", f.Words, part)
	}
	return &w
}

// literal lets signs that LIKE takes for wildcards stand for themselves.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// lit narrows to a light.
func (got *Queue) lit(w *sqldb.Where, l *workflow.Light) *sqldb.Where {
	if l == nil {
		return w
	}
	switch *l {
	case workflow.Overdue:
		return w.And("d.due < ?", got.Today)
	case workflow.Today:
		return w.And("d.due = ?", got.Today)
	case workflow.Soon:
		return w.And("d.due > ? AND d.due <= ?", got.Today, got.Soon)
	}
	return w.And("d.due > ?", got.Soon)
}

// countQueue counts by light, the most urgent first, as far as it counts at all.
func (s *Service) countQueue(q sqldb.Q, by authz.Actor, f QueueFilter, got *Queue) error {
	w := s.whose(q, by, f)
	type group struct {
		due day.Day
		n   int64
	}
	groups, err := sqldb.All(q, func(scan sqldb.Scan) (group, error) { var g group; return g, scan(&g.due, &g.n) },
		`SELECT x.due, COUNT(*) FROM (SELECT d.due FROM `+queued+` WHERE `+w.SQL()+` ORDER BY d.due LIMIT `+w.Arg(mostCounted+1)+`) AS x GROUP BY x.due`, w.Args()...)
	got.Counts = map[workflow.Light]int64{}
	n := 0
	for _, g := range groups {
		got.Counts[workflow.LightAt(got.Today, g.due, false, got.Cal)] += g.n
		n += int(g.n)
	}
	got.Total = page.Counted(n, mostCounted)
	return err
}

func (s *Service) listQueue(q sqldb.Q, by authz.Actor, f QueueFilter, got *Queue) error {
	light := ""
	if f.Light != nil {
		light = f.Light.String()
	}
	list := page.List{
		Name: "loan.queue", Columns: []string{"d.due", "d.application", "d.no"},
		Filter: fmt.Sprintf("%q %q %v %q %q %q %v %q", by.City, by.User, by.Scope(f.Desk.Verb()), f.Desk, light, f.Kind, f.Second, f.Words),
	}
	at, err := s.Cursors.Read(list, f.Cursor)
	if err != nil {
		return err
	}
	w := got.lit(s.whose(q, by, f), f.Light)
	cond, keys := at.Where(len(w.Args()) + 2)
	for _, k := range keys {
		w.Arg(k)
	}
	w.And(cond)
	rows, err := sqldb.All(q, func(scan sqldb.Scan) (Waits, error) {
		var x Waits
		into, after := x.fields()
		var kind string
		err := scan(append(into, &x.Application.ID, &x.Application.Serial, &x.Application.Name, &kind, &x.Application.Amount, &x.Application.Months, &x.Application.Org, &x.Application.Bank, &x.Lead)...)
		after()
		x.Application.Kind = policy.Kind(kind)
		return x, err
	}, `SELECT `+sittingColumns+`, a.id, a.serial, a.name, a.kind, a.amount, a.months, a.org, a.bank,
		COALESCE((SELECT p.name FROM loan_party p WHERE p.city = a.city AND p.application = a.id AND p.role = 'applicant' ORDER BY p.no LIMIT 1), '')
		FROM `+queued+` WHERE `+w.SQL()+` ORDER BY `+at.Order()+` LIMIT `+w.Arg(page.Limit(QueueSize)), w.Args()...)
	if err != nil {
		return err
	}
	got.Page = page.Cut(s.Cursors, at, rows, QueueSize, func(x Waits) []any {
		return []any{x.Due.String(), x.Application.ID.String(), x.No}
	})
	var ids []org.ID
	for _, x := range got.Items {
		ids = append(ids, x.Org, x.Application.Org, x.Application.Bank)
	}
	got.Orgs, err = org.Named(q, ids)
	return err
}

// ListFilter chooses applications of a place.
type ListFilter struct {
	State  State // empty: all that were handed in
	At     authz.Path
	Kind   policy.Kind
	Bank   org.ID
	Words  string
	Cursor string
}

// Listed is an application in a list.
type Listed struct {
	Application
	Lead string
}

// Page is a page of applications.
type Page struct {
	page.Page[Listed]
	Orgs map[org.ID]org.Node
}

// ListSize is the number of applications on a page.
const ListSize = 30

// List gives the applications of the viewer's places, the newest first. Drafts of the counter are among them when they are asked for.
func (s *Service) List(ctx context.Context, by authz.Actor, f ListFilter) (got Page, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		in := by.Scope(Read)
		if f.At != "" {
			in = in.Narrow(f.At)
		}
		var w sqldb.Where
		w.And("a.city = $1")
		switch f.State {
		case "":
			w.And("a.state <> 'draft'")
		case Draft:
			w.And("a.state = 'draft' AND a.account = ''")
		default:
			w.And("a.state = ?", string(f.State))
		}
		org.Inside(&w, in, "a.org")
		if f.Kind != "" {
			w.And("a.kind = ?", string(f.Kind))
		}
		if !f.Bank.IsZero() {
			w.And("a.bank = ?", f.Bank)
		}
		if f.Words != "" {
			w.And("(a.serial = ? OR a.name LIKE ? ESCAPE '!')", f.Words, "%"+literal.Replace(f.Words)+"%")
		}
		at, err := s.Cursors.Read(page.List{
			Name: "loan.list", Columns: []string{"a.id"}, Desc: true, Filter: fmt.Sprintf("%q %v %q %q %q %q %q", by.City, in, f.State, f.At, f.Kind, f.Bank, f.Words),
		}, f.Cursor)
		if err != nil {
			return err
		}
		cond, keys := at.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		// Which ones they are is read off an index that holds what filters ask, and only those are looked up.
		rows, err := sqldb.All(q, func(scan sqldb.Scan) (Listed, error) {
			var x Listed
			var lead string
			a, err := listed(scan, &lead)
			x.Application, x.Lead = a, lead
			return x, err
		}, `SELECT `+columns+`, COALESCE((SELECT p.name FROM loan_party p WHERE p.city = a.city AND p.application = a.id AND p.role = 'applicant' ORDER BY p.no LIMIT 1), '')
			FROM loan_application a WHERE a.city = $1 AND a.id IN (SELECT a.id FROM loan_application a WHERE `+w.SQL()+` ORDER BY `+at.Order()+` LIMIT `+w.Arg(page.Limit(ListSize))+`)
			ORDER BY `+at.Order(), w.Args()...)
		if err != nil {
			return err
		}
		got.Page = page.Cut(s.Cursors, at, rows, ListSize, func(x Listed) []any { return []any{x.ID.String()} })
		var ids []org.ID
		for _, x := range got.Items {
			ids = append(ids, x.Org, x.County, x.Bank)
		}
		got.Orgs, err = org.Named(q, ids)
		return err
	})
	return got, err
}

// listed reads an application and what stands behind it in the row.
func listed(scanRow sqldb.Scan, more ...any) (Application, error) {
	return scan(func(dest ...any) error { return scanRow(slices.Concat(dest, more)...) })
}
