package nightschool

import (
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/solver/lottery"
)

// Line is a course in a list.
type Line struct {
	Course
	Site place.Place
	Roll enrolment.Roll // zero before it is offered
}

// Shown is a term as a page shows it.
type Shown struct {
	Term
	District org.Node
	Lines    []Line
	Ideas    []Idea
	Voters   int64
	Mine     []IdeaID // for which the viewer votes
	May      bool     // the viewer plans this term
	Judges   bool     // the viewer decides on its ideas
}

// Terms gives the terms that everybody may see, the latest first.
func (s *Service) Terms(ctx context.Context, city string) (all []Term, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err = terms(q, authz.Scope{All: true}, q.Now().UnixMicro())
		return err
	})
	return all, err
}

// terms gives the terms within a scope; those only that are seen at an instant, where one is named.
func terms(q sqldb.Q, in authz.Scope, seen int64) (all []Term, err error) {
	editions, err := edition.Of(q, service, in)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		t, err := whole(q, e)
		if err != nil {
			return nil, err
		}
		if seen == 0 || t.Seen(seen) {
			all = append(all, t)
		}
	}
	return all, nil
}

// View gives a term to everybody: what is offered in it, and the ideas that may be voted for. Who is signed in sees her own votes.
func (s *Service) View(ctx context.Context, by authz.Actor, which edition.ID) (got Shown, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Term, err = findTerm(q, which); err != nil {
			return err
		}
		if !got.Seen(q.Now().UnixMicro()) {
			return absent()
		}
		if err := got.fill(q, Offered, authz.Scope{All: true}); err != nil {
			return err
		}
		own := []person.ID(nil)
		if by.Person != "" {
			if own, err = person.Same(q, person.ID(by.Person)); err != nil {
				return err
			}
			mine, err := votesOf(q, own)
			if err != nil {
				return err
			}
			for _, v := range mine {
				if v.term == which {
					got.Mine = append(got.Mine, v.idea)
				}
			}
		}
		got.Ideas = slices.DeleteFunc(got.Ideas, func(x Idea) bool { return x.State != Accepted && !slices.Contains(own, x.Person) })
		return nil
	})
	return got, err
}

func (t *Shown) fill(q sqldb.Q, state State, in authz.Scope) (err error) {
	if t.District, err = org.Find(q, t.Org); err != nil {
		return err
	}
	if t.Ideas, err = ideasIn(q, t.ID); err != nil {
		return err
	}
	if t.Voters, err = voters(q, t.ID); err != nil {
		return err
	}
	all, err := coursesOf(q, t.ID, state, in)
	if err != nil {
		return err
	}
	t.Lines, err = lines(q, t.ID, all)
	return err
}

func lines(q sqldb.Q, of edition.ID, courses []Course) ([]Line, error) {
	rolls, err := enrolment.Rolls(q, of)
	if err != nil {
		return nil, err
	}
	var sites []place.ID
	for _, c := range courses {
		sites = append(sites, c.Place)
	}
	at, err := place.Those(q, sites)
	if err != nil {
		return nil, err
	}
	all := make([]Line, len(courses))
	for i, c := range courses {
		all[i] = Line{Course: c, Site: at[c.Place], Roll: rolls[c.Roll]}
	}
	return all, nil
}

// One is a course as everybody may see it.
type One struct {
	Line
	Term   Term
	Tally  map[enrolment.State]int64
	Listed bool          // there is a file of the list or of the draw
	Mine   enrolment.Key // the viewer's sign-up that counts, zero without one
	Of     Opinions      // what learners thought of it, without their words
}

// Course gives an offered or cancelled course to everybody.
func (s *Service) Course(ctx context.Context, by authz.Actor, which ID) (got One, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := findCourse(q, which)
		if err != nil {
			return err
		}
		if c.Roll == "" {
			return absent()
		}
		if got, err = one(q, c); err != nil || by.Person == "" {
			return err
		}
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		parties, err := enrolment.OfPeople(q, rows)
		for _, p := range parties {
			if p.Roll == c.Roll && p.State.Counts() {
				got.Mine = p.Key
			}
		}
		return err
	})
	return got, err
}

func one(q sqldb.Q, c Course) (got One, err error) {
	all, err := lines(q, c.Term, []Course{c})
	if err != nil {
		return got, err
	}
	got.Line = all[0]
	if got.Of, err = opinions(q, c.ID, false); err != nil {
		return got, err
	}
	if got.Term, err = findTerm(q, c.Term); err != nil || c.Roll == "" {
		return got, err
	}
	got.Listed = got.Roll.Listed()
	got.Tally, err = enrolment.Tally(q, c.Roll)
	return got, err
}

// File gives what is published of a course's draw: the list from when it is fixed on, and the outcome once it is drawn.
func (s *Service) File(ctx context.Context, city string, which ID) (f lottery.Published, c Course, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		if c, err = findCourse(q, which); err != nil {
			return err
		}
		f, err = enrolment.Published(q, c.Roll)
		return err
	})
	return f, c, err
}

// Seat is a sign-up as the learner sees it.
type Seat struct {
	enrolment.Party
	Course Line
	Term   Term
	Why    enrolment.Why
	Offer  bool // there is an offer to be answered now
}

// Mine gives one's own sign-ups, those that count first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Seat, err error) {
	if by.Person == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		parties, err := enrolment.OfPeople(q, rows)
		if err != nil {
			return err
		}
		for _, p := range parties {
			c, err := ofRoll(q, p.Roll)
			if errs.KindOf(err) == errs.Absent && err != nil { // another service's
				continue
			}
			if err != nil {
				return err
			}
			one, err := seated(q, c, p)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Seat) int { return enrolment.Latest(a.Party, b.Party) })
	return all, err
}

// Own gives one sign-up to the learner herself; to everybody else it is absent.
func (s *Service) Own(ctx context.Context, by authz.Actor, k enrolment.Key) (got Seat, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := ofRoll(q, k.Roll)
		if err != nil {
			return err
		}
		p, err := enrolment.Find(q, k)
		if err != nil {
			return err
		}
		own, err := hers(q, by, p)
		if err != nil {
			return err
		}
		if !own {
			return absent()
		}
		got, err = seated(q, c, p)
		return err
	})
	return got, err
}

func seated(q sqldb.Q, c Course, p enrolment.Party) (got Seat, err error) {
	got.Party = p
	all, err := lines(q, c.Term, []Course{c})
	if err != nil {
		return got, err
	}
	got.Course = all[0]
	if got.Term, err = findTerm(q, c.Term); err != nil {
		return got, err
	}
	got.Offer = p.State == enrolment.Offered && q.Now().UnixMicro() < p.Until
	got.Why, err = enrolment.Explain(q, got.Course.Roll, p)
	return got, err
}

// Desk is the office's page of terms.
type Desk struct {
	Terms    []Term
	Settings []Setting
	Rules    bool // the viewer sets the city's rule
}

// Desk gives the terms that a desk sees: those of its scope, and what everybody sees.
func (s *Service) Desk(ctx context.Context, by authz.Actor) (got Desk, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	got.Rules = by.MustEverywhere(Rule) == nil
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		own, err := terms(q, by.Scope(Read), 0)
		if err != nil {
			return err
		}
		public, err := terms(q, authz.Scope{All: true}, q.Now().UnixMicro())
		if err != nil {
			return err
		}
		for _, t := range append(own, public...) {
			if !slices.ContainsFunc(got.Terms, func(o Term) bool { return o.ID == t.ID }) {
				got.Terms = append(got.Terms, t)
			}
		}
		got.Settings, err = settings(q)
		return err
	})
	return got, err
}

// AtDesk gives a term with its ideas, and the courses in the viewer's scope.
func (s *Service) AtDesk(ctx context.Context, by authz.Actor, which edition.ID) (got Shown, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got, err = atDesk(q, by, which)
		return err
	})
	return got, err
}

func atDesk(q sqldb.Q, by authz.Actor, which edition.ID) (got Shown, err error) {
	if got.Term, err = findTerm(q, which); err != nil {
		return got, err
	}
	if got.District, err = org.Find(q, got.Org); err != nil {
		return got, err
	}
	if got.Seen(q.Now().UnixMicro()) {
		err = by.MustSomewhere(Read)
	} else {
		err = by.Must(Read, got.District.Path)
	}
	if err != nil {
		return got, err
	}
	got.May, got.Judges = by.Can(Plan, got.District.Path), by.Can(Judge, got.District.Path)
	return got, got.fill(q, "", by.Scope(Read))
}

// Entry is a sign-up on the page of a desk.
type Entry struct {
	enrolment.Party
	Name    string // masked where the viewer may not see it
	Receipt string
}

// CourseDesk is a course as its desk sees it.
type CourseDesk struct {
	One
	Entries []Entry
	Lessons []timetable.Session
	Names   bool // the viewer sees who is on the roll
	Sets    bool // the viewer may change the course
	Enters  bool // the viewer may enter sign-ups
	Attends bool // the viewer may fill in attendance
}

// CourseDesk gives a course with its roll. Names are personal: whose role does not see those gets the first sign of each.
func (s *Service) CourseDesk(ctx context.Context, by authz.Actor, which ID) (got CourseDesk, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := course(q, by, Read, which)
		if err != nil {
			return err
		}
		if got.One, err = one(q, c); err != nil {
			return err
		}
		at, err := org.Find(q, c.Org)
		if err != nil {
			return err
		}
		got.Attends = by.Can(Attend, at.Path)
		if got.Of, err = opinions(q, c.ID, true); err != nil {
			return err
		}
		got.Names, got.Sets, got.Enters = by.Sees(authz.Personal, Names, at.Path), by.Can(Set, at.Path), by.Can(Enter, at.Path)
		if got.Lessons, err = timetable.Of(q, c.ID.String(), c.First, c.day(c.Lessons-1)); err != nil || c.Roll == "" {
			return err
		}
		parties, err := enrolment.Parties(q, c.Roll)
		if err != nil {
			return err
		}
		for _, p := range parties {
			e := Entry{Party: p, Receipt: enrolment.Receipt(got.Roll, p.Key, 1, 1)}
			who, err := person.Find(q, p.Members[0].Person)
			if err != nil {
				return err
			}
			if e.Name = who.Name; !got.Names {
				e.Name = cn.MaskName(who.Name)
			}
			got.Entries = append(got.Entries, e)
		}
		return nil
	})
	return got, err
}

// sitesAtOnce is how many sites a drop-down offers.
const sitesAtOnce = 50

// Sites gives the sites at which the actor may set a course up, with some words in name or address.
func (s *Service) Sites(ctx context.Context, by authz.Actor, words string) (all []place.Row, err error) {
	if err := by.MustSomewhere(Set); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = place.Search(q, by.Scope(Set), words, sitesAtOnce)
		return err
	})
	return all, err
}

// Districts gives the city and its counties for which the actor may write a term.
func (s *Service) Districts(ctx context.Context, by authz.Actor) (all []org.Node, err error) {
	if err := by.MustSomewhere(Plan); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = org.Subtree(q, by.Scope(Plan), org.City, org.County)
		return err
	})
	return all, err
}
