package nightschool

import (
	"cmp"
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// From what on a course is proposed again, or for the first time. The office reads the reasons and decides; these only sort.
const (
	manyTimes  = 2  // from so many times as many sign-ups as places on, one class more
	leastFill  = 50 // per cent of the places given, below which a course is not proposed again by itself
	leastThere = 60 // per cent of those on the lists who came, below which there is no class more
	leastTenth = 30 // mean of stars in tenths below which the desk is told to talk with the teacher
	leastVotes = 10 // per cent of the voters, below which an idea is not proposed
)

// Reason is one fact that speaks for or against a line; Key ends a message key.
type Reason struct {
	Key  string
	Args errs.Args
}

// Suggestion is a line of what a term might offer.
type Suggestion struct {
	Title   string
	Classes int64 // 0: rather not
	Places  int64 // of each class; 0 where nothing was held before
	Like    Course
	Idea    IdeaID
	Votes   int64
	Figures
	Reasons []Reason
	There   int64 // courses of this title that the term has already
}

// Suggest works out what a term might offer from the courses of the term before it and from the votes, the most wanted first. Courses and ideas of
// one title are one line.
func Suggest(before []Measured, ideas []Idea, voters int64) []Suggestion {
	var all []Suggestion
	at := func(title string) *Suggestion {
		i := slices.IndexFunc(all, func(p Suggestion) bool { return p.Title == title })
		if i < 0 {
			all, i = append(all, Suggestion{Title: title}), len(all)
		}
		return &all[i]
	}
	for _, c := range before {
		p := at(c.Title)
		p.Figures, p.Like = p.Figures.plus(c.Figures), c.Course
	}
	for _, x := range ideas {
		if x.State == Accepted {
			p := at(x.Title)
			p.Idea, p.Votes = x.ID, p.Votes+x.Votes
		}
	}
	for i := range all {
		all[i].decide(voters)
	}
	slices.SortStableFunc(all, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(min(b.Classes, 1), min(a.Classes, 1)), cmp.Compare(b.Applied+b.Votes, a.Applied+a.Votes))
	})
	return all
}

func (p *Suggestion) decide(voters int64) {
	say := func(key string, args errs.Args) { p.Reasons = append(p.Reasons, Reason{key, args}) }
	voted := p.Votes > 0 && p.Votes*100 >= voters*leastVotes
	held := p.Courses
	if held > 0 {
		p.Places = p.Figures.Places / held
	}
	rarely := p.Expected > 0 && p.Present*100 < p.Expected*leastThere
	switch {
	case held == 0 && voted:
		p.Classes = 1
	case held == 0:
		say("few_votes", errs.Args{"least": leastVotes})
	case p.Held*100 < p.Figures.Places*leastFill && voted:
		p.Classes = 1
		say("empty_voted", errs.Args{"held": p.Held, "places": p.Figures.Places})
	case p.Held*100 < p.Figures.Places*leastFill:
		say("empty", errs.Args{"held": p.Held, "places": p.Figures.Places})
	case p.Applied >= manyTimes*p.Figures.Places && rarely:
		p.Classes = held
		say("wanted_rarely", errs.Args{"applied": p.Applied, "places": p.Figures.Places})
	case p.Applied >= manyTimes*p.Figures.Places:
		p.Classes = held + 1
		say("wanted", errs.Args{"applied": p.Applied, "places": p.Figures.Places, "n": p.Classes})
	default:
		p.Classes = held
		say("kept", errs.Args{"applied": p.Applied, "places": p.Figures.Places})
	}
	if p.Votes > 0 {
		say("votes", errs.Args{"n": p.Votes, "of": voters})
	}
	if rarely {
		say("rarely", errs.Args{"present": p.Present, "expected": p.Expected})
	}
	if t := p.Tenth(); t > 0 && t < leastTenth {
		say("stars", errs.Args{"mean": t})
	}
}

// Proposal is what a term might offer.
type Proposal struct {
	Shown
	Before Term // the term whose courses are looked at, zero without one
	All    []Suggestion
}

// Proposal gives what a term might offer, worked out from the term before it, as far as the viewer sees its courses, and from its own votes.
func (s *Service) Proposal(ctx context.Context, by authz.Actor, which edition.ID) (got Proposal, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Shown, err = atDesk(q, by, which); err != nil {
			return err
		}
		var before []Measured
		if got.Prior != "" {
			if got.Before, err = findTerm(q, got.Prior); err != nil {
				return err
			}
			if before, err = measured(q, got.Prior, by.Scope(Read)); err != nil {
				return err
			}
		}
		got.All = Suggest(before, got.Ideas, got.Voters)
		for i, p := range got.All {
			for _, l := range got.Lines {
				if l.State != Cancelled && l.Title == p.Title {
					got.All[i].There++
				}
			}
		}
		return nil
	})
	return got, err
}
