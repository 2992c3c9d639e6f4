package duty

import (
	"cmp"
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/pairing"
)

// Server is somebody in a duty: whether she was there, and what counts.
type Server struct {
	Person    person.ID
	Volunteer volunteering.Volunteer
	Name      string
	Lacks     bool // may not be with children on that day
	timetable.Standing
	Hours Hours // zero while nothing counts
	Odd   []string
}

// Line is a duty with who serves in it.
type Line struct {
	Duty
	Site     place.Place
	With     volunteering.Group
	Servers  []Server
	Children int64
}

// Lacking is how many people it lacks.
func (l Line) Lacking() int64 { return max(0, l.Needed-int64(len(l.Leaders))) }

// What can be odd about somebody in a duty that is over.
const (
	unseen   = int64(15 * 60 * 1e6) // by which somebody comes late or goes early before it is odd
	vouchFor = int64(3 * 24 * 3600 * 1e6)
)

// odd lists what somebody should look at, as the ends of message keys.
func odd(x Server, d Duty, children, now int64) (all []string) {
	if now <= d.Ends {
		return nil
	}
	switch {
	case x.In == 0:
		all = append(all, "no_in")
	case x.In > d.Starts+unseen:
		all = append(all, "late")
	}
	switch {
	case x.In > 0 && x.Out == 0:
		all = append(all, "no_out")
	case x.Out > 0 && x.Out < d.Ends-unseen:
		all = append(all, "early")
	}
	if children == 0 && (x.In > 0 || x.Hours.Minutes > 0) {
		all = append(all, "no_children")
	}
	if x.Hours.No == 0 && x.In > 0 && now > d.Ends+vouchFor {
		all = append(all, "unconfirmed")
	}
	if x.Hours.No > 1 {
		all = append(all, "corrected")
	}
	if x.Lacks {
		all = append(all, "not_cleared")
	}
	return all
}

// lines fills in who serves in duties; open with their names.
func (s *Service) lines(q sqldb.Q, duties []Duty, open bool) ([]Line, error) {
	all := make([]Line, len(duties))
	now := q.Now().UnixMicro()
	sites, groups, err := around(q, duties)
	if err != nil {
		return nil, err
	}
	for i, d := range duties {
		l := Line{Duty: d, Site: sites[d.Place], With: groups[d.Group]}
		if now > d.Starts {
			if l.Children, err = s.Children(q, d.Place, d.Day, d.Starts, d.Ends); err != nil {
				return nil, err
			}
		}
		hours, err := hoursOf(q, d.ID)
		if err != nil {
			return nil, err
		}
		for _, who := range d.Leaders {
			x, err := s.server(q, d, who, hours, open)
			if err != nil {
				return nil, err
			}
			x.Odd = odd(x, d, l.Children, now)
			l.Servers = append(l.Servers, x)
		}
		all[i] = l
	}
	slices.SortStableFunc(all, func(a, b Line) int { return cmp.Or(cmp.Compare(a.Starts, b.Starts), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// around gives the sites and groups of duties.
func around(q sqldb.Q, duties []Duty) (map[place.ID]place.Place, map[volunteering.GroupID]volunteering.Group, error) {
	var at []place.ID
	var with []volunteering.GroupID
	for _, d := range duties {
		if !slices.Contains(at, d.Place) {
			at = append(at, d.Place)
		}
		if !slices.Contains(with, d.Group) {
			with = append(with, d.Group)
		}
	}
	sites, err := place.Those(q, at)
	if err != nil {
		return nil, nil, err
	}
	groups, err := volunteering.Those(q, with)
	return sites, groups, err
}

func (s *Service) server(q sqldb.Q, d Duty, who person.ID, hours []Hours, open bool) (x Server, err error) {
	p, err := person.Find(q, who)
	if err != nil {
		return x, err
	}
	rows, err := person.Same(q, who)
	if err != nil {
		return x, err
	}
	x.Person = p.ID
	if x.Name = p.Name; !open {
		x.Name = cn.MaskName(p.Name)
	}
	if x.Volunteer, err = volunteering.Of(q, who); err != nil {
		return x, err
	}
	if x.Standing, err = standing(q, d, rows); err != nil {
		return x, err
	}
	for _, h := range hours {
		if !h.Replaced && slices.Contains(rows, h.Person) {
			x.Hours = h
		}
	}
	may, err := clearance.May(q, who, d.Day)
	x.Lacks = !may
	return x, err
}

// OfTerm is the duties of a term.
type OfTerm struct {
	pairing.Term
	At     org.Node
	Pairs  []Paired
	Lines  []Line
	May    bool // the viewer plans duties here
	Counts bool // the viewer confirms hours here
}

// Paired is a group of a term with its site.
type Paired struct {
	volunteering.Group
	Site string
}

// OfTerm gives the duties of a term to whoever reads volunteers there: all of one group, or those of all groups about now.
func (s *Service) OfTerm(ctx context.Context, by authz.Actor, which pairing.ID, group volunteering.GroupID) (got OfTerm, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Term, got.At, err = pairing.Find(q, by, volunteering.Read, which); err != nil {
			return err
		}
		got.May, got.Counts = got.State == pairing.Approved && by.Can(Roster, got.At.Path), by.Can(Confirm, got.At.Path)
		pairs, err := pairing.Pairs(q, which)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			groups, err := volunteering.Those(q, []volunteering.GroupID{p.Group})
			if err != nil {
				return err
			}
			site, err := place.Those(q, []place.ID{p.Place})
			if err != nil {
				return err
			}
			got.Pairs = append(got.Pairs, Paired{groups[p.Group], site[p.Place].Name})
		}
		var from, to day.Day
		if group == "" {
			today := s.day(q.Now().UnixMicro())
			from, to = today.AddDays(-daysBefore), today.AddDays(daysAhead)
		}
		duties, err := ofTerm(q, which, from, to)
		if err != nil {
			return err
		}
		duties = slices.DeleteFunc(duties, func(d Duty) bool { return group != "" && d.Group != group })
		got.Lines, err = s.lines(q, duties, by.Sees(authz.Personal, volunteering.Read, got.At.Path))
		return err
	})
	return got, err
}

// Of all groups of a term, duties of so many days are shown at once.
const (
	daysBefore = 7
	daysAhead  = 14
)

// One is one duty as a desk sees it.
type One struct {
	Line
	Of         pairing.Term
	At         org.Node
	Candidates []Candidate // who could step in, in the order in which they are asked
	All        []Hours     // those that were corrected too
	May        bool
	Counts     bool
}

// candidatesShown is how many are offered at once.
const candidatesShown = 20

// One gives one duty to a desk.
func (s *Service) One(ctx context.Context, by authz.Actor, which timetable.ID) (got One, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		d, where, err := at(q, by, volunteering.Read, which)
		if err != nil {
			return err
		}
		if got.Of, got.At, err = pairing.Find(q, by, volunteering.Read, d.Term); err != nil {
			return err
		}
		open := by.Sees(authz.Personal, volunteering.Read, where.Path)
		lines, err := s.lines(q, []Duty{d}, open)
		if err != nil {
			return err
		}
		got.Line = lines[0]
		if got.All, err = hoursOf(q, which); err != nil {
			return err
		}
		got.May, got.Counts = d.State == timetable.Planned && by.Can(Roster, where.Path), by.Can(Confirm, where.Path)
		if got.May && q.Now().UnixMicro() < d.Ends {
			if got.Candidates, err = s.candidates(q, d); err != nil {
				return err
			}
			got.Candidates = got.Candidates[:min(len(got.Candidates), candidatesShown)]
			for i := range got.Candidates {
				if !open {
					got.Candidates[i].Name = cn.MaskName(got.Candidates[i].Name)
				}
			}
		}
		return nil
	})
	return got, err
}

// Odd gives the duties of the last days in the viewer's terms about which something is odd.
func (s *Service) Odd(ctx context.Context, by authz.Actor, days int) (all []Line, err error) {
	if err := by.MustSomewhere(volunteering.Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		terms, err := pairing.In(q, by.Scope(volunteering.Read))
		if err != nil {
			return err
		}
		today := s.day(q.Now().UnixMicro())
		for _, t := range terms {
			if t.Last < today.AddDays(-days) || t.First > today {
				continue
			}
			where, err := org.Find(q, t.Org)
			if err != nil {
				return err
			}
			duties, err := ofTerm(q, t.ID, today.AddDays(-days), today)
			if err != nil {
				return err
			}
			lines, err := s.lines(q, duties, by.Sees(authz.Personal, volunteering.Read, where.Path))
			if err != nil {
				return err
			}
			for _, l := range lines {
				l.Servers = slices.DeleteFunc(l.Servers, func(x Server) bool { return len(x.Odd) == 0 })
				if len(l.Servers) > 0 {
					all = append(all, l)
				}
			}
		}
		return nil
	})
	return all, err
}

// Mine is the duties and hours of whoever is signed in.
type Mine struct {
	Coming  []Line // from yesterday on; with her own row first
	Served  []Hours
	Minutes int64
	Names   map[timetable.ID]string // of what she served in
	Leads   map[timetable.ID]bool   // she leads the group whose duty it is
	Self    person.ID
}

// Mine gives whoever is signed in her duties, those of the group that she leads, and her hours.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (got Mine, err error) {
	if by.Person == "" {
		return got, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		got.Self, got.Names, got.Leads = rows[0], map[timetable.ID]string{}, map[timetable.ID]bool{}
		now := q.Now().UnixMicro()
		led, err := timetable.LedBy(q, rows, now-shownBefore, now+shownAhead)
		if err != nil {
			return err
		}
		var duties []Duty
		for _, x := range led {
			d, err := find(q, x.ID)
			if errs.KindOf(err) == errs.Absent && err != nil {
				continue // another service's
			}
			if err != nil {
				return err
			}
			duties = append(duties, d)
		}
		v, err := volunteering.Of(q, got.Self)
		if err != nil {
			return err
		}
		if v.ID != "" {
			if duties, err = withLed(q, v, duties, s.day(now-shownBefore), s.day(now+shownAhead), got.Leads); err != nil {
				return err
			}
		}
		if got.Coming, err = s.lines(q, duties, true); err != nil {
			return err
		}
		for i, l := range got.Coming {
			if !got.Leads[l.ID] { // who does not lead reads of herself alone
				got.Coming[i].Servers = slices.DeleteFunc(l.Servers, func(x Server) bool { return x.Person != got.Self })
			}
		}
		if got.Served, err = Served(q, rows, 0, 0); err != nil {
			return err
		}
		for _, h := range got.Served {
			got.Minutes += h.Minutes
			d, err := head(q, h.Session)
			if err != nil {
				return err
			}
			got.Names[h.Session] = d.Title
		}
		return nil
	})
	return got, err
}

const (
	shownBefore = int64(3 * 24 * 3600 * 1e6)
	shownAhead  = int64(60 * 24 * 3600 * 1e6)
)

// withLed adds the duties of the group that a volunteer leads, and notes which these are.
func withLed(q sqldb.Q, v volunteering.Volunteer, duties []Duty, from, to day.Day, leads map[timetable.ID]bool) ([]Duty, error) {
	terms, err := pairing.In(q, authz.Scope{All: true})
	if err != nil {
		return nil, err
	}
	for _, t := range terms {
		if t.Last < from || t.First > to {
			continue
		}
		all, err := ofTerm(q, t.ID, from, to)
		if err != nil {
			return nil, err
		}
		_, groups, err := around(q, all)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			if groups[d.Group].Leader != v.ID {
				continue
			}
			leads[d.ID] = true
			if !slices.ContainsFunc(duties, func(o Duty) bool { return o.ID == d.ID }) {
				duties = append(duties, d)
			}
		}
	}
	return duties, nil
}

func (s *Service) day(micro int64) day.Day { return day.Of(time.UnixMicro(micro), s.Zone) }

// Told is hours with what was served, where and for whom, for who certifies it or hands it on.
type Told struct {
	Hours
	Title  string
	Site   string
	Group  string
	Leader string // who led the group
}

// Told gives the hours of somebody that count, of all rows of her, from one day to another, each with what it was.
func (s *Service) Told(q sqldb.Q, rows []person.ID, from, to day.Day) ([]Told, error) {
	hours, err := Served(q, rows, from, to)
	if err != nil {
		return nil, err
	}
	all := make([]Told, len(hours))
	for i, h := range hours {
		d, err := head(q, h.Session)
		if err != nil {
			return nil, err
		}
		sites, err := place.Those(q, []place.ID{d.Place})
		if err != nil {
			return nil, err
		}
		groups, err := volunteering.Those(q, []volunteering.GroupID{d.Group})
		if err != nil {
			return nil, err
		}
		lead, err := volunteering.Known(q, groups[d.Group].Leader)
		if err != nil {
			return nil, err
		}
		p, err := person.Find(q, lead.Person)
		if err != nil {
			return nil, err
		}
		all[i] = Told{h, d.Title, sites[d.Place].Name, groups[d.Group].Name, p.Name}
	}
	return all, nil
}
