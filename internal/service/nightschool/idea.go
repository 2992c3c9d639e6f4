package nightschool

import (
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

func (x Idea) check() error {
	var p errs.Problems
	if p.Require(x.Title != "", "title", "field.required", nil) {
		p.Require(len([]rune(x.Title)) <= 30, "title", "field.long", errs.Args{"max": 30})
	}
	p.Require(len([]rune(x.Says)) <= 200, "says", "field.long", errs.Args{"max": 200})
	return p.Err()
}

// Propose writes down an idea of whoever is signed in, while the term votes. It waits for the desk.
func (s *Service) Propose(ctx context.Context, by authz.Actor, x Idea) (IdeaID, error) {
	return s.propose(ctx, by, Propose, x, func(tx *sqldb.Tx, x *Idea) error {
		t, err := findTerm(tx, x.Term)
		if err != nil {
			return err
		}
		self, err := s.voter(tx, by, t)
		if err != nil {
			return err
		}
		x.Person, x.State = self.Adult.ID, Proposed
		n, err := waitingIdeas(tx, t.ID, self.Rows[0])
		if err == nil && n >= MostIdeas {
			err = errs.New(errs.Conflict, "night.most_ideas", errs.Args{"n": MostIdeas})
		}
		return err
	})
}

// ProposeAtDesk writes down an idea of the office, which may be voted for at once.
func (s *Service) ProposeAtDesk(ctx context.Context, by authz.Actor, x Idea) (IdeaID, error) {
	return s.propose(ctx, by, Judge, x, func(tx *sqldb.Tx, x *Idea) error {
		t, err := term(tx, by, Judge, x.Term)
		if err == nil && (t.State == edition.Cancelled || tx.Now().UnixMicro() >= t.VoteTo) {
			err = errs.New(errs.Conflict, "night.no_vote", nil)
		}
		x.Person, x.State = "", Accepted
		return err
	})
}

func (s *Service) propose(ctx context.Context, by authz.Actor, verb authz.Verb, x Idea, admit func(*sqldb.Tx, *Idea) error) (made IdeaID, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := admit(tx, &x); err != nil {
			return err
		}
		if err := x.check(); err != nil {
			return err
		}
		x.ID = id.New[Idea](tx.Now())
		if _, err := tx.Exec(`INSERT INTO night_idea (city, id, edition, title, says, person, state, made_by, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
			x.ID, x.Term, x.Title, x.Says, x.Person.String(), string(x.State), by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		made = x.ID
		if err := tx.Record(verb, x.ID.String(), act.Change{"term": x.Term, "state": string(x.State)}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// voter takes whoever is signed in, while the term votes.
func (s *Service) voter(tx *sqldb.Tx, by authz.Actor, t Term) (person.Party, error) {
	if by.Person == "" {
		return person.Party{}, errs.New(errs.Denied, "night.not_linked", nil)
	}
	if !t.Votes(tx.Now().UnixMicro()) {
		return person.Party{}, errs.New(errs.Conflict, "night.no_vote", nil)
	}
	return person.Gather(tx, person.ID(by.Person), []person.ID{person.ID(by.Person)}, s.today(tx), "", "")
}

// Vote sets for which ideas of a term whoever is signed in votes, in the place of what she voted before. She has so many votes as the term
// says, counted under her own row: two phones of hers cannot have more.
func (s *Service) Vote(ctx context.Context, by authz.Actor, which edition.ID, ideas []IdeaID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, err := findTerm(tx, which)
		if err != nil {
			return err
		}
		self, err := s.voter(tx, by, t)
		if err != nil {
			return err
		}
		chosen := slices.Compact(slices.Sorted(slices.Values(ideas)))
		var p errs.Problems
		p.Require(int64(len(chosen)) <= t.Setting.Votes, "idea", "night.most_votes", errs.Args{"n": t.Setting.Votes})
		if err := p.Err(); err != nil {
			return err
		}
		if err := dropVotes(tx, which, self.Rows[0]); err != nil {
			return err
		}
		for _, one := range chosen { // the idea's row is taken, so that who merges it meanwhile takes this vote along
			n, err := tx.Exec(`UPDATE night_idea SET edited_at = edited_at WHERE city = $1 AND id = $2 AND edition = $3 AND state = 'accepted'`, one, which)
			if err != nil {
				return err
			}
			if n == 0 {
				return errs.New(errs.Conflict, "night.not_votable", nil)
			}
		}
		if _, err := tx.Bulk(`INSERT INTO night_vote (city, edition, person, idea, made_at) VALUES ($1, $2, $3, $4, $5)`, len(chosen), func(i int) []any {
			return []any{which, self.Adult.ID, chosen[i], tx.Now().UnixMicro()}
		}); err != nil {
			return err
		}
		return tx.Record(Vote, which.String(), act.Change{"votes": len(chosen)})
	}))
}

// Decision is what a desk says to an idea.
type Decision struct {
	To      IdeaState
	Into    IdeaID // where it is the same as another
	Note    string
	Version int64 // EditedAt as it was read
}

// Decide accepts an idea, refuses it with a reason, or lets it count with another. Votes go along, each person's once.
func (s *Service) Decide(ctx context.Context, by authz.Actor, which IdeaID, d Decision) error {
	var p errs.Problems
	p.Require(d.To == Accepted || d.To == Joined || d.To == Refused, "to", "field.choice", nil)
	p.Require(d.To != Refused || d.Note != "", "note", "field.required", nil)
	p.Require(d.To != Joined || d.Into != "" && d.Into != which, "into", "field.required", nil)
	p.Require(len([]rune(d.Note)) <= 200, "note", "field.long", errs.Args{"max": 200})
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, err := findIdea(tx, which)
		if err != nil {
			return err
		}
		t, err := term(tx, by, Judge, x.Term)
		if err != nil {
			return err
		}
		if d.To != Joined {
			d.Into = ""
		}
		if err := sqldb.Hold(tx, "night_idea", ideasOf(which, d.Into)); err != nil {
			return err
		}
		if d.To == Joined {
			into, err := findIdea(tx, d.Into)
			if err != nil {
				return err
			}
			if into.Term != t.ID || into.State != Accepted {
				return errs.New(errs.Conflict, "night.not_votable", nil)
			}
		}
		n, err := tx.Exec(`UPDATE night_idea SET state = $3, into_idea = $4, note = $5, edited_at = $6 WHERE city = $1 AND id = $2 AND edited_at = $7 AND state IN ('proposed', 'accepted') AND state <> $3`,
			which, string(d.To), d.Into.String(), d.Note, max(tx.Now().UnixMicro(), d.Version+1), d.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if d.To == Joined {
			if _, err := tx.Exec(`INSERT INTO night_vote (city, edition, person, idea, made_at) SELECT v.city, v.edition, v.person, $3, v.made_at FROM night_vote v WHERE v.city = $1 AND v.idea = $2
				ON CONFLICT (city, edition, person, idea) DO NOTHING`, which, d.Into); err != nil {
				return err
			}
		}
		if d.To != Accepted {
			if _, err := tx.Exec(`DELETE FROM night_vote WHERE city = $1 AND idea = $2`, which); err != nil {
				return err
			}
		}
		return tx.Record(Judge, which.String(), act.Change{"was": string(x.State), "state": string(d.To), "into": d.Into, "note": d.Note})
	}))
}

func ideasOf(one, other IdeaID) []IdeaID {
	all := []IdeaID{one}
	if other != "" {
		all = append(all, other)
	}
	slices.Sort(all)
	return all
}

// joinVotes makes the votes of rows that turned out to be one human being hers once, no more than the term allows: the earliest stay. Their
// rows are held.
func joinVotes(tx *sqldb.Tx, rows []person.ID) (changed bool, err error) {
	all, err := votesOf(tx, rows)
	if err != nil {
		return false, err
	}
	kept := map[edition.ID][]IdeaID{}
	for _, v := range all {
		t, err := findTerm(tx, v.term)
		if err != nil {
			return changed, err
		}
		if !slices.Contains(kept[v.term], v.idea) && int64(len(kept[v.term])) < t.Setting.Votes {
			kept[v.term] = append(kept[v.term], v.idea)
			continue
		}
		if _, err := tx.Exec(`DELETE FROM night_vote WHERE city = $1 AND edition = $2 AND person = $3 AND idea = $4`, v.term, v.person, v.idea); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
