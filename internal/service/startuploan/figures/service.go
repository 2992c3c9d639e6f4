package figures

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
)

// Ways are by what figures are told apart.
var Ways = []string{"county", "bank", "industry", "group", "quarter"}

// Service is the use cases of figures.
type Service struct {
	DB   *sqldb.DB
	Zone *time.Location // of the city

	mu     sync.Mutex
	public map[string]Public // by city, of today
	kept   map[string]*kept  // by who may read what, and what was asked
}

// fresh is for how long figures are shown as they were summed up: they go through every loan.
const fresh = 5 * time.Minute

// mostKept bounds how many tables are kept; then all are summed up anew.
const mostKept = 500

// kept is a table as it was summed up last. Who asks while it is summed up waits for it.
type kept struct {
	sync.Mutex
	Table
}

// Asked chooses what is summed up.
type Asked struct {
	By   string     // one of Ways
	On   day.Day    // at the end of which day; today where it is zero
	At   authz.Path // only borrowers at home here
	Bank authz.Path // only loans of this bank
}

// Line is one line: a county, a bank, a section of industries, a group of persons, or the quarter in which loans were paid out.
type Line struct {
	Key  string // id of an organisation, letter of a section, code of a group, or a quarter as 2026Q1; empty: not known
	Name string // of an organisation or a section

	Hidden bool // of groups: it is of few, or would tell of one that is
	Sum    Sum
}

// Table is what was asked for, with all of it in one sum.
type Table struct {
	Asked
	Lines     []Line
	All       Sum
	Summed    time.Time       // when it was summed up
	Subsidies []claim.Quarter // as far as the reader may read of claims
}

// Sums gives the figures of the loans that somebody may read of, not older than five minutes.
func (s *Service) Sums(ctx context.Context, by authz.Actor, a Asked) (t Table, err error) {
	if err := by.MustSomewhere(contract.Read); err != nil {
		return t, err
	}
	if a.By == "group" && !SeesGroups(by) {
		return t, errs.New(errs.Denied, "errs.denied", nil)
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if t, err = s.recent(q, by, a); err != nil || !by.May(claim.Read) {
			return err
		}
		t.Subsidies, err = claim.Quarters(q, by)
		return err
	})
	return t, err
}

// recent gives what was summed up for the same places and the same question a short while ago.
func (s *Service) recent(q sqldb.Q, by authz.Actor, a Asked) (Table, error) {
	if a.On.IsZero() {
		a.On = day.Of(q.Now(), s.Zone)
	}
	key := fmt.Sprintf("%q %v %q", by.City, by.Scope(contract.Read), []string{a.By, a.On.String(), string(a.At), string(a.Bank)})
	s.mu.Lock()
	if len(s.kept) >= mostKept {
		clear(s.kept)
	}
	k := s.kept[key]
	if k == nil {
		k = &kept{}
		if s.kept == nil {
			s.kept = map[string]*kept{}
		}
		s.kept[key] = k
	}
	s.mu.Unlock()
	k.Lock()
	defer k.Unlock()
	if !k.Summed.IsZero() && q.Now().Sub(k.Summed) < fresh {
		return k.Table, nil
	}
	t, err := s.sums(q, by, a)
	if err == nil {
		t.Summed = q.Now()
		k.Table = t
	}
	return t, err
}

// SeesGroups tells whether somebody may have figures told apart by groups of persons: one of them is of former prisoners, so that they are
// for who sees of each loan that she reads to which group its borrower belongs.
func SeesGroups(by authz.Actor) bool {
	in := by.Scope(contract.Read)
	for _, p := range in.Paths {
		if !by.Sees(authz.Sensitive, contract.Read, p) {
			return false
		}
	}
	return in.All || len(in.Paths) > 0
}

func (s *Service) sums(q sqldb.Q, by authz.Actor, a Asked) (t Table, err error) {
	if a.On.IsZero() {
		a.On = day.Of(q.Now(), s.Zone)
	}
	t.Asked = a
	all, err := contract.Positions(q, by, contract.Filter{At: a.At, Bank: a.Bank}, a.On)
	if err != nil {
		return t, err
	}
	known, err := venture.Businesses(q)
	if err != nil {
		return t, err
	}
	priority, err := venture.PriorityOn(q, a.On)
	if err != nil {
		return t, err
	}
	after, err := lives(q, all, a.On)
	if err != nil {
		return t, err
	}
	countyOf, err := counties(q, all)
	if err != nil {
		return t, err
	}
	name, err := namer(q, a.By, all, known, countyOf)
	if err != nil {
		return t, err
	}
	lines, owed := map[string]*Line{}, map[org.ID]money.Fen{}
	for _, p := range all {
		at, _ := countyOf(p)
		owed[org.ID(at)] += p.Balance
		b := known[venture.ID(p.Venture)]
		x := Item{
			Borrower: p.Borrower, Venture: p.Venture, Group: p.Group, Female: p.Female, Priority: b.Industry != "" && priority.Holds(b.Industry) != 0,
			Bad: p.Class == "substandard" || p.Class == "doubtful" || p.Class == "loss", Released: p.Released, Drawn: p.Drawn, Balance: p.Balance,
			Compensated: p.Compensated, Recovered: p.Recovered, OverduePart: p.OverduePart, Dossier: b.Jobs,
		}
		x.Told, x.Jobs, x.Fates = after[p.Borrower].told, after[p.Borrower].jobs, after[p.Borrower].fates
		if !p.Overdue.IsZero() {
			x.Overdue = p.Balance
		}
		key, word := name(p)
		l, there := lines[key]
		if !there {
			l = &Line{Key: key, Name: word}
			lines[key] = l
		}
		l.Sum.Add(x)
		t.All.Add(x)
	}
	t.All.close()
	for _, l := range lines {
		l.Sum.close()
		t.Lines = append(t.Lines, *l)
	}
	slices.SortFunc(t.Lines, func(a, b Line) int {
		if t.By == "quarter" || t.By == "group" || t.By == "industry" {
			return cmp.Compare(a.Key, b.Key)
		}
		return cmp.Or(-cmp.Compare(a.Sum.Drawn, b.Sum.Drawn), cmp.Compare(a.Key, b.Key))
	})
	if err := t.funded(q, by, owed); err != nil {
		return t, err
	}
	if t.By == "group" {
		hideFew(len(t.Lines), func(i int) int64 { return t.Lines[i].Sum.Loans }, func(i int) { t.Lines[i].Hidden, t.Lines[i].Sum = true, Sum{} })
	}
	return t, nil
}

// life is what is known of a borrower's business.
type life struct {
	told  bool
	jobs  int64
	fates [len(followup.Marks)]followup.Fate
}

// lives gives what is known of each borrower by the end of a day, by all of her loans: survival counts from the first.
func lives(q sqldb.Q, all []contract.Position, on day.Day) (map[string]life, error) {
	told, err := followup.Told(q, on)
	if err != nil {
		return nil, err
	}
	first, heard := map[string]day.Day{}, map[string][]followup.Snapshot{}
	for _, p := range all {
		if f, there := first[p.Borrower]; !there || p.From < f {
			first[p.Borrower] = p.From
		}
		heard[p.Borrower] = append(heard[p.Borrower], told[p.ID]...)
	}
	got := make(map[string]life, len(first))
	for who, from := range first {
		x, said := life{}, followup.Sorted(heard[who])
		x.jobs, x.told = followup.JobsOn(said, on)
		for i, m := range followup.Marks {
			x.fates[i] = followup.FateAt(from, m, said, on)
		}
		got[who] = x
	}
	return got, nil
}

// lineOf tells to which line a loan belongs and how that is called.
type lineOf func(p contract.Position) (key, name string)

// namer gives the lines of a way; those of counties are given.
func namer(q sqldb.Q, way string, all []contract.Position, known map[venture.ID]venture.Business, county lineOf) (lineOf, error) {
	switch way {
	case "bank":
		var ids []org.ID
		for _, p := range all {
			ids = append(ids, p.Bank)
		}
		slices.Sort(ids)
		banks, err := org.Named(q, slices.Compact(ids))
		return func(p contract.Position) (string, string) { return p.Bank.String(), banks[p.Bank].Name }, err
	case "industry":
		names, err := venture.LoadIndustries(q)
		return func(p contract.Position) (string, string) {
			code := known[venture.ID(p.Venture)].Industry
			if code == "" {
				return "", ""
			}
			return code[:1], names.Name(code[:1])
		}, err
	case "group":
		return func(p contract.Position) (string, string) { return p.Group, "" }, nil
	case "quarter":
		return func(p contract.Position) (string, string) { return QuarterOf(p.From), "" }, nil
	}
	return county, nil
}

// counties tells to which county the home of a borrower belongs.
func counties(q sqldb.Q, all []contract.Position) (lineOf, error) {
	var ids []org.ID
	for _, p := range all {
		ids = append(ids, p.Org)
	}
	slices.Sort(ids)
	homes, err := org.Named(q, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	tops, err := org.Subtree(q, authz.Scope{All: true}, org.County)
	at := map[org.ID]org.Node{}
	for which, home := range homes {
		for _, c := range tops {
			if c.Path.Covers(home.Path) {
				at[which] = c
			}
		}
	}
	return func(p contract.Position) (string, string) { return at[p.Org].ID.String(), at[p.Org].Name }, err
}

// QuarterOf writes the quarter of a day: 2026Q1.
func QuarterOf(d day.Day) string {
	quarter, _ := strconv.Atoi(d.String()[5:7])
	return fmt.Sprintf("%dQ%d", d.Year(), (quarter+2)/3)
}

// Public is what everybody may read: totals, and by county and year as far as no line is of few.
type Public struct {
	On       day.Day
	All      Sum
	Counties []Open
	Years    []Open
}

// Open is a line that everybody may read.
type Open struct {
	Name   string
	Hidden bool // it is of few, or would tell of one that is
	Loans  int64
	Drawn  money.Fen
}

// few is below how many loans a line is hidden. With one that is hidden the smallest of the others goes too: else the total would
// tell it.
const few = 5

// Open gives what everybody may read. It is summed up once a day.
func (s *Service) Open(ctx context.Context, city string) (p Public, err error) {
	today := day.Of(s.DB.Now(), s.Zone)
	s.mu.Lock()
	defer s.mu.Unlock()
	if got, there := s.public[city]; there && got.On == today {
		return got, nil
	}
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		t, err := s.sums(q, authz.System(city), Asked{By: "county", On: today})
		if err != nil {
			return err
		}
		y, err := s.sums(q, authz.System(city), Asked{By: "quarter", On: today})
		if err != nil {
			return err
		}
		p = Public{On: today, All: t.All, Counties: opened(t.Lines, func(l Line) string { return l.Name }), Years: opened(y.Lines, func(l Line) string { return l.Key[:4] })}
		return nil
	})
	if err == nil {
		if s.public == nil {
			s.public = map[string]Public{}
		}
		s.public[city] = p
	}
	return p, err
}

// opened sums lines under names and hides those of few.
func opened(lines []Line, name func(Line) string) (all []Open) {
	for _, l := range lines {
		at := slices.IndexFunc(all, func(o Open) bool { return o.Name == name(l) })
		if at < 0 {
			at, all = len(all), append(all, Open{Name: name(l)})
		}
		all[at].Loans += l.Sum.Loans
		all[at].Drawn += l.Sum.Drawn
	}
	hideFew(len(all), func(i int) int64 { return all[i].Loans }, func(i int) { all[i] = Open{Name: all[i].Name, Hidden: true} })
	return all
}

// hideFew hides lines of few loans. With one alone the smallest of the others goes too.
func hideFew(n int, loans func(i int) int64, hide func(i int)) {
	hidden, least := 0, -1
	for i := range n {
		switch k := loans(i); {
		case k < few:
			hide(i)
			hidden++
		case least < 0 || k < loans(least):
			least = i
		}
	}
	if hidden == 1 && least >= 0 {
		hide(least)
	}
}
