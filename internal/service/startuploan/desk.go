package startuploan

import (
	"context"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// at is a desk at which the actor sits, in an act.
type at struct {
	tx  *sqldb.Tx
	a   Application
	d   Sitting
	was DeskState
	cal *day.Calendar
	way Way
}

// permit refuses who may not act at a desk: without the desk's verb where it stands, or where the applicant shows her bank nothing.
// Who has an interest in it may look and not act.
func (s *Service) permit(q sqldb.Q, by authz.Actor, a Application, d Sitting) error {
	where, err := org.Find(q, d.Org)
	if err != nil {
		return err
	}
	if err := by.Must(d.Desk.Verb(), where.Path); err != nil {
		return err
	}
	if !s.banks(q, a, d) {
		return nil
	}
	ok, err := s.consents(q, a)
	if err == nil && !ok {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	return err
}

// banks tells whether a desk stands in the applicant's bank: its own desks, and a countersign that it was asked for.
func (s *Service) banks(q sqldb.Q, a Application, d Sitting) bool {
	if d.Desk.IsBanks() {
		return true
	}
	if d.Desk != Cosigning {
		return false
	}
	where, err := org.Find(q, d.Org)
	return err == nil && where.Kind == org.Bank
}

// act lets somebody at a desk take a step. Of two who decide at once the second waits, and is told who was first and what was decided.
func (s *Service) act(ctx context.Context, by authz.Actor, which ID, no int64, step authz.Verb, do func(x *at) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, err := Find(tx, which)
		if err != nil {
			return err
		}
		d, err := sitting(tx, which, no)
		if err != nil {
			return err
		}
		if err := s.permit(tx, by, a, d); err != nil {
			return err
		}
		if a, err = hold(tx, which); err != nil {
			return err
		}
		if d, err = sitting(tx, which, no); err != nil {
			return err
		}
		if err := mayStep(tx, by, a, d, step); err != nil {
			return err
		}
		x := &at{tx: tx, a: a, d: d, was: d.State}
		if x.cal, err = casework.Calendar(tx); err != nil {
			return err
		}
		if x.way, err = wayOf(tx, a.Way); err != nil {
			return err
		}
		change, err := do(x)
		if err != nil {
			return err
		}
		if change == nil {
			change = act.Change{}
		}
		change["desk"] = string(d.Desk)
		return tx.Record(step, which.String(), change)
	}))
}

// mayStep refuses a step that the state does not allow, and who must not take it.
func mayStep(q sqldb.Q, by authz.Actor, a Application, d Sitting, step authz.Verb) error {
	barred, err := recused(q, a.ID, by.User)
	if err != nil {
		return err
	}
	if barred {
		return errs.New(errs.Conflict, "loan.recused", nil)
	}
	want := InReview
	if d.Desk == Recheck {
		want = Appealed
	}
	asked := step
	if step == Found || step == Delegate || step == Adopt || step == Recuse {
		asked = Pass // while the desk is at work
	}
	_, ok := Review.Allowed(d.State, asked)
	switch {
	case d.State == Passed || d.State == DidRefuse || d.State == ToSecond && !ok:
		return d.decidedAlready()
	case !ok || a.State != want || !d.Desk.May(step):
		return errs.New(errs.Conflict, "loan.not_now", nil)
	case d.Owner != "" && d.Owner != by.User && step != Second:
		return errs.New(errs.Conflict, "loan.others", errs.Args{"by": d.Owner})
	case (step == Second || step == Unsecond) && d.FirstBy == by.User:
		return errs.New(errs.Conflict, "loan.same_eyes", nil)
	}
	return nil
}

// decidedAlready tells who was first, and what was decided. The account is put into words by whoever shows it.
func (d Sitting) decidedAlready() error {
	by := d.DoneBy
	if d.State == ToSecond {
		by = d.FirstBy
	}
	return errs.New(errs.Conflict, "loan.decided."+string(d.State), errs.Args{"by": by})
}

// Decision is what a desk says.
type Decision struct {
	Opinion
	Says string
	Code string // of Codes, with a refusal
}

func (g Decision) check(refuses bool) (p errs.Problems) {
	p.Require(len([]rune(g.Says)) <= 2000, "says", "field.long", errs.Args{"max": 2000})
	if refuses {
		p.Require(oneOf(Codes, g.Code), "code", "field.required", nil)
		p.Require(g.Says != "", "says", "field.required", nil)
	}
	return p
}

// Allow lets a desk say yes. A desk that decides cannot where a rule stands against it; under four eyes a second must agree.
func (s *Service) Allow(ctx context.Context, by authz.Actor, which ID, no int64, g Decision) error {
	return s.act(ctx, by, which, no, Pass, func(x *at) (act.Change, error) { return s.pass(x, g) })
}

func (s *Service) pass(x *at, g Decision) (act.Change, error) {
	own, p := g.keep(x.d.Desk, x.a)
	said := g.check(false)
	for _, q := range said.List() {
		p.Add(q.Field, q.Key, q.Args)
	}
	p.Require(x.d.Desk != Cosigning && x.d.Desk != Recheck || g.Says != "", "says", "field.required", nil)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := s.clear(x, own); err != nil {
		return nil, err
	}
	x.d.Opinion, x.d.Says, x.d.Verdict = own, g.Says, "pass"
	return act.Change{"verdict": "pass", "amount": int64(own.Amount), "months": own.Months, "rate": int64(own.Rate)}, s.settle(x, Pass, "")
}

// clear refuses a yes while a countersign is out, or a rule stands against it.
func (s *Service) clear(x *at, own Opinion) error {
	all, err := sittings(x.tx, x.a.ID)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.AskedBy == x.d.No && o.State != Passed {
			return errs.New(errs.Conflict, "loan.cosign_waits", nil)
		}
	}
	c, quotes, err := s.gather(x.tx, x.a)
	if err != nil {
		return err
	}
	x.d.facts = c.fingerprint()
	if !x.d.Desk.Decides() {
		return nil
	}
	if x.d.Desk == HR {
		c.NewHires, c.Earlier = own.Hires, max(own.Earlier, c.Earlier)
	}
	if err := problems(c.Check(), Stops); err != nil {
		return err
	}
	if x.d.Desk == Bank {
		_, err = rateFits(c.Terms, quotes, c.borrower(), own.Rate, c.Today)
	}
	return err
}

// Deny lets a desk say no, with the code of a reason and words.
func (s *Service) Deny(ctx context.Context, by authz.Actor, which ID, no int64, g Decision) error {
	return s.act(ctx, by, which, no, Refuse, func(x *at) (act.Change, error) {
		p := g.check(true)
		if err := p.Err(); err != nil {
			return nil, err
		}
		c, _, err := s.gather(x.tx, x.a)
		if err != nil {
			return nil, err
		}
		x.d.facts, x.d.Says, x.d.Verdict, x.a.Code = c.fingerprint(), g.Says, "refuse", g.Code
		return act.Change{"verdict": "refuse", "code": g.Code}, s.settle(x, Refuse, g.Code)
	})
}

// settle keeps what a desk has decided: at once, or for a second pair of eyes.
func (s *Service) settle(x *at, step authz.Verb, code string) error {
	now := x.tx.Now().UnixMicro()
	if x.d.FourEyes {
		x.d.State, x.d.FirstBy, x.d.FirstAt = ToSecond, x.tx.By().User, now
		if err := putSitting(x.tx, x.a.ID, x.d, x.was); err != nil {
			return err
		}
		if err := write(x.tx, x.a.ID, step, &x.d, x.d.Says, code, ""); err != nil {
			return err
		}
		return put(x.tx, x.a)
	}
	return s.complete(x, step, code)
}

// Agree lets a second officer confirm what the first has decided.
func (s *Service) Agree(ctx context.Context, by authz.Actor, which ID, no int64) error {
	return s.act(ctx, by, which, no, Second, func(x *at) (act.Change, error) {
		if x.d.Verdict == "pass" {
			if err := s.clear(x, x.d.Opinion); err != nil {
				return nil, err
			}
		}
		return act.Change{"verdict": x.d.Verdict, "first": x.d.FirstBy}, s.complete(x, Second, x.a.Code)
	})
}

// Disagree lets a second officer give it back to the desk.
func (s *Service) Disagree(ctx context.Context, by authz.Actor, which ID, no int64, reason string) error {
	return s.act(ctx, by, which, no, Unsecond, func(x *at) (act.Change, error) {
		if err := because(reason); err != nil {
			return nil, err
		}
		x.d.State, x.d.Verdict, x.a.Code = AtWork, "", ""
		if err := putSitting(x.tx, x.a.ID, x.d, x.was); err != nil {
			return nil, err
		}
		if err := put(x.tx, x.a); err != nil {
			return nil, err
		}
		return nil, write(x.tx, x.a.ID, Unsecond, &x.d, reason, "", "")
	})
}

func because(reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	p.Require(len([]rune(reason)) <= 2000, "reason", "field.long", errs.Args{"max": 2000})
	return p.Err()
}

// SendBack gives an application back to be completed, with a deadline; all clocks stand until it comes back (退回补正).
func (s *Service) SendBack(ctx context.Context, by authz.Actor, which ID, no int64, reason string) error {
	return s.act(ctx, by, which, no, Return, func(x *at) (act.Change, error) {
		if err := because(reason); err != nil {
			return nil, err
		}
		today := s.today(x.tx)
		x.d.State = SentBack
		if err := putSitting(x.tx, x.a.ID, x.d, x.was); err != nil {
			return nil, err
		}
		x.a.State, x.a.ReturnedBy, x.a.PausedOn = Returned, x.d.No, today
		x.a.ReplyDue, _ = x.cal.AddWorkdays(today, int(x.way.Reply))
		if err := put(x.tx, x.a); err != nil {
			return nil, err
		}
		if err := write(x.tx, x.a.ID, Return, &x.d, reason, "", x.a.ReplyDue.String()); err != nil {
			return nil, err
		}
		return act.Change{"due": x.a.ReplyDue.String()}, s.tellApplicant(x.tx, x.a, "loan.notice.returned")
	})
}

// HandOver passes a desk's part on (转办): to another organisation that has such a desk, or by name to somebody who sits there or here. A
// bank's stays within the bank.
func (s *Service) HandOver(ctx context.Context, by authz.Actor, which ID, no int64, to org.ID, owner, reason string) error {
	return s.act(ctx, by, which, no, Transfer, func(x *at) (act.Change, error) {
		if err := because(reason); err != nil {
			return nil, err
		}
		if to.IsZero() && owner != "" {
			to = x.d.Org
		}
		if to != x.d.Org || owner == "" {
			if err := s.mayStand(x, to, x.d.Desk.IsBanks()); err != nil {
				return nil, err
			}
		}
		x.d.Org, x.d.Owner = to, owner
		if err := s.mayOwn(x, by); err != nil {
			return nil, err
		}
		if err := putSitting(x.tx, x.a.ID, x.d, x.was); err != nil {
			return nil, err
		}
		if err := write(x.tx, x.a.ID, Transfer, &x.d, reason, "", ""); err != nil {
			return nil, err
		}
		return act.Change{"to": to, "owner": owner}, s.tellDesk(x.tx, x.a, x.d)
	})
}

// Colleagues gives who may have a part of a desk by name: the accounts that hold its verb where it stands.
func (s *Service) Colleagues(q sqldb.Q, d Sitting) ([]string, error) {
	if s.Holders == nil {
		return nil, nil
	}
	where, err := org.Find(q, d.Org)
	if err != nil {
		return nil, err
	}
	return s.Holders(q, d.Desk.Verb(), where.Path)
}

// mayOwn refuses a name at which the desk's part cannot lie: of whoever hands it over herself, does not sit there, or stays away from it.
func (s *Service) mayOwn(x *at, by authz.Actor) error {
	if x.d.Owner == "" {
		return nil
	}
	all, err := s.Colleagues(x.tx, x.d)
	if err != nil {
		return err
	}
	barred, err := recused(x.tx, x.a.ID, x.d.Owner)
	if err != nil {
		return err
	}
	var p errs.Problems
	p.Require(slices.Contains(all, x.d.Owner) && x.d.Owner != by.User && !barred, "owner", "loan.no_colleague", nil)
	return p.Err()
}

// mayStand refuses an organisation that is closed, the same as before, or outside of the bank whose desk it is.
func (s *Service) mayStand(x *at, to org.ID, within bool) error {
	n, err := org.Find(x.tx, to)
	if err != nil && errs.KindOf(err) != errs.Absent {
		return err
	}
	var p errs.Problems
	ok := err == nil && n.IsOpen() && n.ID != x.d.Org
	if ok && within {
		bank, err := org.Find(x.tx, x.a.Bank)
		if err != nil {
			return err
		}
		ok = bank.Path.Covers(n.Path)
	}
	p.Require(ok, "to", "loan.no_desk", nil)
	return p.Err()
}

// cosignDays is how long somebody has who is asked for a countersign, in working days.
const cosignDays = 3

// AskCosign asks another organisation to countersign (会签): the desk goes on when that has answered. A bank outside of the
// applicant's is never asked: she shows it nothing.
func (s *Service) AskCosign(ctx context.Context, by authz.Actor, which ID, no int64, to org.ID, question string) error {
	return s.act(ctx, by, which, no, Cosign, func(x *at) (act.Change, error) {
		if err := because(question); err != nil {
			return nil, err
		}
		n, err := org.Find(x.tx, to)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return nil, err
		}
		if err := s.mayStand(x, to, err == nil && n.Kind == org.Bank); err != nil {
			return nil, err
		}
		d := Sitting{Desk: Cosigning, Org: to, Turn: x.d.Turn, Days: cosignDays, State: AtWork, OpenedAt: x.tx.Now().UnixMicro(), AskedBy: x.d.No, Question: question}
		d.Due, _ = x.cal.AddWorkdays(s.today(x.tx), cosignDays)
		if err := addSitting(x.tx, x.a.ID, &d); err != nil {
			return nil, err
		}
		if err := write(x.tx, x.a.ID, Cosign, &d, question, "", d.Due.String()); err != nil {
			return nil, err
		}
		return act.Change{"to": to}, s.tellDesk(x.tx, x.a, d)
	})
}

// FindDebt enters a loan that the applicant had not said. Whoever decides sees it at once; who has decided already decides anew.
func (s *Service) FindDebt(ctx context.Context, by authz.Actor, which ID, no int64, d Debt) error {
	return s.act(ctx, by, which, no, Found, func(x *at) (act.Change, error) {
		d.FoundBy, d.FoundAt = by.User, x.tx.Now().UnixMicro()
		if err := s.addDebt(x.tx, which, d); err != nil {
			return nil, err
		}
		all, err := sittings(x.tx, which)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			if o.State == Passed && o.Desk.Decides() {
				o.State, o.OpenedAt = AtWork, x.tx.Now().UnixMicro()
				o.Due, _ = x.cal.AddWorkdays(s.today(x.tx), int(o.Days))
				if err := putSitting(x.tx, which, o, Passed); err != nil {
					return nil, err
				}
				if err := s.tellDesk(x.tx, x.a, o); err != nil {
					return nil, err
				}
			}
		}
		return act.Change{"debt": d.Kind, "party": d.Party}, write(x.tx, which, Found, &x.d, "", "", "")
	})
}
