package followup

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// Visits are filled in on the form that the city has published under VisitForm. Its visitor chooses the loan from the list of records
// VisitList, in which a loan that was given to phones is a record; the answer changes that record, and is found by it.
const (
	VisitForm = "loan-visit"
	VisitList = "loan_visits"
)

// MostSent is how many loans are given to phones at once.
const MostSent = 200

// Visit is a loan that was given to a unit's phones.
type Visit struct {
	ID       VisitID
	Contract contract.ID
	Unit     org.ID
	Task     field.TaskID
	Due      day.Day
	Answer   form.AnswerID // that came in, zero while none has
	Fault    string        // message key of why it could not be read
	AskedBy  string
	AskedAt  int64
	EndedAt  int64 // microseconds UTC; 0 while it is out
}

// outOf gives the visit for which a loan is out; the zero visit where it is with nobody.
func outOf(q sqldb.Q, of contract.ID) (Visit, error) {
	all, err := sqldb.All(q, scanVisit, `SELECT `+visitColumns+` FROM loan_visit v WHERE v.city = $1 AND v.contract = $2 AND v.ended_at = 0`, of)
	if err != nil || len(all) == 0 {
		return Visit{}, err
	}
	return all[0], nil
}

// Sending gives loans to phones.
type Sending struct {
	Loans []contract.ID
	Unit  org.ID // whose; zero for the one that visits each of them
	Due   day.Day
}

// Send gives loans to the phones of a named unit, or each to the unit that visits it, by a day: one task for a unit with as many visits. What is
// out already stays where it is.
func (s *Service) Send(ctx context.Context, by authz.Actor, x Sending) (sent int, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		sent = 0
		var p errs.Problems
		p.Require(len(x.Loans) > 0, "loan", "loanvisit.none_picked", nil)
		p.Require(len(x.Loans) <= MostSent, "loan", "field.many", errs.Args{"max": MostSent})
		p.Require(x.Due > s.today(tx), "due", "field.due_past", nil)
		if !x.Unit.IsZero() {
			unit, err := org.Find(tx, x.Unit)
			if err != nil && errs.KindOf(err) != errs.Absent {
				return err
			}
			p.Require(err == nil && unit.IsOpen(), "unit", "loanvisit.unit", nil)
		}
		if err := p.Err(); err != nil {
			return err
		}
		f, root, err := s.visitForm(tx)
		if err != nil {
			return err
		}
		all := map[org.ID][]Followed{}
		for _, of := range x.Loans {
			one, err := s.hold(tx, of, 0)
			if err != nil {
				return err
			}
			at, err := placesOf(tx, one)
			if err != nil {
				return err
			}
			if err := at.must(by, Send); err != nil {
				return err
			}
			out, err := outOf(tx, of)
			if err != nil {
				return err
			}
			if !x.Unit.IsZero() {
				one.Unit = x.Unit
			}
			if out.ID.IsZero() {
				all[one.Unit] = append(all[one.Unit], one)
				sent++
			}
		}
		if sent == 0 {
			return errs.New(errs.Conflict, "loanvisit.all_out", nil)
		}
		for _, at := range slices.Sorted(maps.Keys(all)) {
			unit, err := org.Find(tx, at)
			if err != nil {
				return err
			}
			t, err := field.Add(tx, field.Task{Form: f.ID, Org: at, Role: role(unit), Due: x.Due, Target: int64(len(all[at]))})
			if err != nil {
				return err
			}
			for _, one := range all[at] {
				if err := s.give(tx, root, unit, t.ID, one, x.Due); err != nil {
					return err
				}
			}
			if err := tx.Record(Send, t.ID.String(), act.Change{"unit": at, "due": x.Due.String(), "loans": len(all[at])}); err != nil {
				return err
			}
		}
		return tx.Answer(sent)
	})
	if sqldb.Again(err, &sent) {
		return sent, nil
	}
	return sent, err
}

// visitForm gives the form that visitors fill in, and the city whose it is.
func (s *Service) visitForm(q sqldb.Q) (f form.Form, root org.Node, err error) {
	if root, err = org.Root(q); err != nil {
		return f, root, err
	}
	f, err = form.FindCode(q, root.ID, VisitForm)
	if errs.KindOf(err) == errs.Absent || err == nil && !f.Takes(s.today(q)) {
		err = errs.New(errs.Conflict, "loanvisit.no_form", nil)
	}
	return f, root, err
}

// role is whose phones a task reaches at an organisation.
func role(at org.Node) string {
	if at.Kind == org.Bank {
		return "loan_bank"
	}
	return "secretary"
}

// give puts one loan on the phones of a unit: its number, who borrows and where the business is, and no more.
func (s *Service) give(tx *sqldb.Tx, root, unit org.Node, task field.TaskID, f Followed, due day.Day) error {
	c, err := contract.Find(tx, f.Contract)
	if err != nil {
		return err
	}
	says := map[string]string{record.Label: c.Borrower + " " + c.Number, "number": c.Number, "first": f.First.String()}
	if c.Venture != "" {
		v, err := venture.Find(tx, venture.ID(c.Venture))
		if err != nil && errs.KindOf(err) != errs.Absent {
			return err
		}
		says["venture"], says["address"] = v.Name, v.Address
	}
	which := id.New[Visit](tx.Now())
	keeper := record.Keeper{Keys: s.Keys}
	if err := keeper.Save(tx, record.New{Owner: root.ID, List: VisitList, Record: which.String(), Version: id.New[record.Version](tx.Now()).String(), At: unit.ID, First: true, Says: says}); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO loan_visit (city, id, contract, unit, task, due_day, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		which, f.Contract, unit.ID, task, due, tx.By().User, tx.Now().UnixMicro()); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE loan_follow SET unit = $3, edited_at = $4 WHERE city = $1 AND contract = $2`, f.Contract, unit.ID, tx.Now().UnixMicro())
	return err
}

// TakeIn reads what has come from phones, some at a time.
func (s *Service) TakeIn(ctx context.Context, city string) error {
	type arrived struct {
		Visit
		answer form.AnswerID
	}
	var all []arrived
	err := s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		root, err := org.Root(q)
		if err != nil {
			return err
		}
		list, err := record.FindList(q, root.ID, VisitList)
		if errs.KindOf(err) == errs.Absent {
			return nil
		}
		if err != nil {
			return err
		}
		out, err := sqldb.All(q, scanVisit, `SELECT `+visitColumns+` FROM loan_visit v WHERE v.city = $1 AND v.ended_at = 0 ORDER BY v.id`)
		if err != nil {
			return err
		}
		for _, v := range out {
			a, err := record.LastAnswer(q, list.ID, v.ID.String())
			if err != nil {
				return err
			}
			if a != "" && form.AnswerID(a) != v.Answer {
				all = append(all, arrived{v, form.AnswerID(a)})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, v := range all {
		shown, err := s.Forms.View(ctx, authz.System(city), v.answer)
		if err != nil {
			return err
		}
		if err := s.takeOne(ctx, city, v.Visit, shown); err != nil {
			return err
		}
	}
	return nil
}

// takeOne makes a snapshot of an answer. What cannot be one stays out, with the reason beside the answer: somebody at a desk reads it.
func (s *Service) takeOne(ctx context.Context, city string, v Visit, a form.Shown) error {
	x := Snapshot{Given: given(a.Content), Source: ByVisit, Visit: v.ID, Answer: a.ID, By: a.Account}
	return sqldb.Done(s.DB.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error {
		f, err := s.hold(tx, v.Contract, 0)
		if err != nil {
			return err
		}
		fault := ""
		if err := x.check(f.First, s.today(tx)); err != nil {
			fault = errs.ProblemsOf(err)[0].Field
		}
		if _, err := tx.Exec(`UPDATE loan_visit SET answer = $3, fault = $4 WHERE city = $1 AND id = $2`, v.ID, a.ID, fault); err != nil {
			return err
		}
		if fault != "" {
			return tx.Record(Take, v.Contract.String(), act.Change{"answer": a.ID, "fault": fault})
		}
		if x.State == Unmet { // the visit was made all the same
			if err := end(tx, v.Contract); err != nil {
				return err
			}
		}
		return s.tell(tx, f, Take, x)
	}))
}

// given reads the answers of the form by the names of its questions, whichever groups they stand in.
func given(content map[string]any) (g Given) {
	said := map[string]string{}
	var walk func(of map[string]any)
	walk = func(of map[string]any) {
		for name, x := range of {
			switch v := x.(type) {
			case map[string]any:
				walk(v)
			case string:
				said[name] = v
			}
		}
	}
	walk(content)
	number := func(name string) int64 {
		n, err := strconv.ParseInt(said[name], 10, 64)
		if err != nil && said[name] != "" {
			return -1
		}
		return n
	}
	date := func(name string) day.Day {
		d, err := day.Parse(said[name])
		if err != nil {
			return 0
		}
		return d
	}
	return Given{
		On: date("visited"), State: State(said["state"]), Since: date("since"), MovedTo: said["moved_to"], Founders: number("founders"), Staff: number("staff"), Contracted: number("contracted"),
		NeedKind: said["need"], Wish: said["wish"], Note: said["note"],
	}
}

// Units gives the organisations to which the viewer may give visits by name.
func (s *Service) Units(ctx context.Context, by authz.Actor) (all []org.Node, err error) {
	if err := by.MustSomewhere(Send); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		found, err := org.Subtree(q, by.Scope(Send), org.County, org.Township, org.Bank)
		for _, n := range found {
			if n.IsOpen() {
				all = append(all, n)
			}
		}
		return err
	})
	return all, err
}

// Narrowings gives the counties and the visiting units by which the viewer may narrow her list.
func (s *Service) Narrowings(ctx context.Context, by authz.Actor) (counties, units []org.Node, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if counties, err = org.Subtree(q, by.Scope(Read), org.County); err != nil {
			return err
		}
		var w sqldb.Where
		w.And("f.city = $1")
		org.Inside(&w, by.Scope(Read), "f.org", "f.bank", "f.unit")
		ids, err := sqldb.All(q, func(s sqldb.Scan) (org.ID, error) { var x org.ID; return x, s(&x) }, `SELECT DISTINCT f.unit FROM loan_follow f WHERE `+w.SQL(), w.Args()...)
		if err != nil {
			return err
		}
		named, err := org.Named(q, ids)
		for _, x := range ids {
			units = append(units, named[x])
		}
		slices.SortFunc(units, func(a, b org.Node) int { return cmp.Compare(a.Path, b.Path) })
		return err
	})
	return counties, units, err
}
