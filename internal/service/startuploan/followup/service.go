package followup

import (
	"context"
	"fmt"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// Views are the lists that can be chosen: those that are due by the end of the month to come, those given to phones, those of whom nothing
// was told yet, those that closed or moved, and all.
var Views = []string{"due", "out", "silent", "gone", "all"}

// Filter chooses loans that are followed up.
type Filter struct {
	View string     // of Views; empty is "due"
	At   authz.Path // only of borrowers at home here
	Unit org.ID     // only those that this organisation visits
	Bank authz.Path
	Size int // rows on a page, 50 where it is 0
}

// Row is a loan in the list.
type Row struct {
	Followed
	Number   string
	Borrower string // empty where the viewer may not see it
	Home     string
	BankName string
	UnitName string
	Out      day.Day // by when phones are to bring it, zero where it is with none
}

func (f Filter) size() int {
	if f.Size <= 0 {
		return 50
	}
	return min(f.Size, 200)
}

func (f Filter) where(by authz.Actor, v authz.Verb, today day.Day) *sqldb.Where {
	var w sqldb.Where
	w.And("f.city = $1")
	org.Inside(&w, by.Scope(v), "f.org", "f.bank", "f.unit")
	if f.At != "" {
		org.Inside(&w, authz.Scope{Paths: []authz.Path{f.At}}, "f.org")
	}
	if f.Bank != "" {
		org.Inside(&w, authz.Scope{Paths: []authz.Path{f.Bank}}, "f.bank")
	}
	if !f.Unit.IsZero() {
		w.And("f.unit = ?", f.Unit)
	}
	const out = "EXISTS (SELECT 1 FROM loan_visit v WHERE v.city = f.city AND v.contract = f.contract AND v.ended_at = 0)"
	switch f.View {
	case "out":
		w.And(out)
	case "silent":
		w.And("f.told = 0")
	case "gone":
		w.And("f.state IN ('moved', 'closed')")
	case "all":
	default:
		w.And("f.due_day <> ''").And("f.due_day <= ?", today.AddMonths(1)).And("NOT " + out)
	}
	return &w
}

// List gives one page of the loans that the viewer may follow up, the most urgent first, and how many there are.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], n page.Count, err error) {
	const limit = 10_000
	if err := by.MustSomewhere(Read); err != nil {
		return got, n, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(page.List{
			Name: "loanvisit.list", Columns: []string{"f.due_day", "f.contract"},
			Filter: fmt.Sprintf("%q %v %q %q %q %q", q.City(), by.Scope(Read), f.View, f.At, f.Unit, f.Bank),
		}, cursor)
		if err != nil {
			return err
		}
		w := f.where(by, Read, s.today(q))
		var many int
		if err := q.Row(page.CountSQL(`SELECT 1 FROM loan_follow f WHERE `+w.SQL(), limit), w.Args()...).Scan(&many); err != nil {
			return err
		}
		n = page.Counted(many, limit)
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_follow f WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(f.size())), w.Args()...)
		if err != nil {
			return err
		}
		rows, err := s.rows(q, by, all)
		if err != nil {
			return err
		}
		got = page.Cut(s.Cursors, p, rows, f.size(), func(r Row) []any { return []any{r.Due.String(), r.Contract.String()} })
		return nil
	})
	return got, n, err
}

// Sheet gives every loan of a filter that the viewer may take away, as the list shows them, and notes that she does.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, f Filter) (got []Row, err error) {
	if err := by.MustSomewhere(Export); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Export, s.today(q))
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_follow f WHERE `+w.SQL()+` ORDER BY f.due_day, f.contract`, w.Args()...)
		if err != nil {
			return err
		}
		got, err = s.rows(q, by, all)
		return err
	})
	if err != nil {
		return nil, err
	}
	return got, s.DB.Note(ctx, by, Export, "", act.Change{"rows": len(got)})
}

func (s *Service) rows(q sqldb.Q, by authz.Actor, all []Followed) ([]Row, error) {
	var ids []contract.ID
	var at []org.ID
	for _, f := range all {
		ids, at = append(ids, f.Contract), append(at, f.Org, f.Bank, f.Unit)
	}
	loans, err := contract.ByID(q, ids)
	if err != nil {
		return nil, err
	}
	named, err := org.Named(q, at)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(all))
	for i, f := range all {
		c, p := loans[f.Contract], places{named[f.Org], named[f.Bank], named[f.Unit]}
		rows[i] = Row{Followed: f, Number: c.Number, Borrower: c.Borrower, Home: p.home.Name, BankName: p.bank.Name, UnitName: p.unit.Name}
		if !p.sees(by) {
			rows[i].Borrower = ""
		}
		out, err := outOf(q, f.Contract)
		if err != nil {
			return nil, err
		}
		rows[i].Out = out.Due
	}
	return rows, nil
}

// Page is a loan that is followed up, as its page shows it.
type Page struct {
	Row
	Today     day.Day
	Snapshots []Snapshot // the latest first
	Visits    []Visit
	Fates     [3]Fate
	Venture   venture.Venture // its ID is zero where the loan names none
	HomeNode  org.Node
	MayEnter  bool
	MaySend   bool
	MayRecall bool
}

// Look gives a loan that is followed up.
func (s *Service) Look(ctx context.Context, by authz.Actor, of contract.ID) (got Page, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		f, err := Find(q, of)
		if err != nil {
			return err
		}
		p, err := placesOf(q, f)
		if err != nil {
			return err
		}
		if err := p.must(by, Read); err != nil {
			return err
		}
		rows, err := s.rows(q, by, []Followed{f})
		if err != nil {
			return err
		}
		got.Row, got.HomeNode, got.Today = rows[0], p.home, s.today(q)
		got.MayEnter, got.MaySend, got.MayRecall = p.can(by, Enter), p.can(by, Send), p.can(by, Withdraw)
		if got.Snapshots, err = Snapshots(q, of); err != nil {
			return err
		}
		for i, m := range Marks {
			got.Fates[i] = FateAt(f.First, m, got.Snapshots, got.Today)
		}
		for i, j := 0, len(got.Snapshots)-1; i < j; i, j = i+1, j-1 {
			got.Snapshots[i], got.Snapshots[j] = got.Snapshots[j], got.Snapshots[i]
		}
		if got.Visits, err = Visits(q, of); err != nil {
			return err
		}
		c, err := contract.Find(q, of)
		if err != nil || c.Venture == "" || !p.sees(by) {
			return err
		}
		got.Venture, err = venture.Find(q, venture.ID(c.Venture))
		if errs.KindOf(err) == errs.Absent {
			err = nil
		}
		return err
	})
	return got, err
}

// Enter enters at a desk what somebody has seen or heard.
func (s *Service) Enter(ctx context.Context, by authz.Actor, of contract.ID, version int64, g Given) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := s.hold(tx, of, version)
		if err != nil {
			return err
		}
		p, err := placesOf(tx, f)
		if err != nil {
			return err
		}
		if err := p.must(by, Enter); err != nil {
			return err
		}
		return s.tell(tx, f, Enter, Snapshot{Given: g, Source: AtDesk})
	}))
}

// hold takes a loan's row for an act; a version of zero takes it as it is.
func (s *Service) hold(tx *sqldb.Tx, of contract.ID, version int64) (f Followed, err error) {
	if _, err := tx.Exec(`UPDATE loan_follow SET edited_at = edited_at WHERE city = $1 AND contract = $2`, of); err != nil {
		return f, err
	}
	if f, err = Find(tx, of); err == nil && version != 0 && f.EditedAt != version {
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	return f, err
}

// tell adds a snapshot to a loan that is held, puts what the venture lacks on its dossier, and plans the next visit.
func (s *Service) tell(tx *sqldb.Tx, f Followed, verb authz.Verb, x Snapshot) error {
	if err := x.check(f.First, s.today(tx)); err != nil {
		return err
	}
	c, err := contract.Find(tx, f.Contract)
	if err != nil {
		return err
	}
	if x.Wish != "" && c.Venture != "" {
		which, err := venture.Want(tx, venture.Need{Venture: venture.ID(c.Venture), Kind: x.NeedKind, Text: x.Wish})
		switch kind := errs.KindOf(err); {
		case err == nil:
			x.NeedID, x.Wish = which, ""
		case kind != errs.Absent && kind != errs.Conflict: // the dossier has left the library, or is full: the words stay here
			return err
		}
	}
	f.Told++
	x.No, x.At = f.Told, tx.Now().UnixMicro()
	if x.By == "" {
		x.By = tx.By().User
	}
	if _, err := tx.Exec(`INSERT INTO loan_snapshot (city, contract, no, on_day, source, state, since_day, moved_to, founders, staff, contracted, need, need_kind, wish, note, visit, answer, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		f.Contract, x.No, x.On, x.Source, string(x.State), x.Since, x.MovedTo, x.Founders, x.Staff, x.Contracted, x.NeedID.String(), x.NeedKind, x.Wish, x.Note, x.Visit.String(), x.Answer.String(), x.By, x.At); err != nil {
		return err
	}
	if x.Source != BySelf && x.State != Unmet { // whoever was asked to go need not go any more
		if err := end(tx, f.Contract); err != nil {
			return err
		}
	}
	if err := s.plan(tx, f); err != nil {
		return err
	}
	return tx.Record(verb, f.Contract.String(), act.Change{"no": x.No, "on": x.On.String(), "state": x.State, "source": x.Source, "founders": x.Founders, "contracted": x.Contracted, "need": x.NeedID})
}

// plan writes what the snapshots of a loan come to, and when somebody is to go next. What a founder tells herself does not spare a visit.
func (s *Service) plan(tx *sqldb.Tx, f Followed) error {
	all, err := Snapshots(tx, f.Contract)
	if err != nil {
		return err
	}
	terms, err := TermsOn(tx, s.today(tx))
	if err != nil {
		return err
	}
	f.State, f.Last = "", 0
	seen := day.Day(0)
	for _, x := range all {
		if x.Withdrawn > 0 || x.State == Unmet {
			continue
		}
		f.State, f.Last = x.State, x.On
		if x.Source != BySelf {
			seen = x.On
		}
	}
	f.Due = 0
	if f.State != Closed {
		f.Due = terms.next(f.First, seen, s.today(tx))
	}
	_, err = tx.Exec(`UPDATE loan_follow SET state = $3, last_day = $4, due_day = $5, told = $6, terms = $7, edited_at = $8 WHERE city = $1 AND contract = $2`,
		f.Contract, string(f.State), f.Last, f.Due, f.Told, terms.From, tx.Now().UnixMicro())
	return err
}

// end takes a loan back from the phones that have it.
func end(tx *sqldb.Tx, of contract.ID) error {
	out, err := outOf(tx, of)
	if err != nil || out.ID.IsZero() {
		return err
	}
	if _, err := tx.Exec(`UPDATE loan_visit SET ended_at = $3 WHERE city = $1 AND id = $2 AND ended_at = 0`, out.ID, tx.Now().UnixMicro()); err != nil {
		return err
	}
	var left int
	if err := tx.Row(`SELECT COUNT(*) FROM loan_visit WHERE city = $1 AND task = $2 AND ended_at = 0`, out.Task).Scan(&left); err != nil || left > 0 {
		return err
	}
	_, err = field.Finish(tx, out.Task)
	return err
}

// Withdraw takes back a snapshot that was wrong. It stays to be read with the reason, and counts no more.
func (s *Service) Withdraw(ctx context.Context, by authz.Actor, of contract.ID, no int64, reason string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := s.hold(tx, of, 0)
		if err != nil {
			return err
		}
		p, err := placesOf(tx, f)
		if err != nil {
			return err
		}
		if err := p.must(by, Withdraw); err != nil {
			return err
		}
		var bad errs.Problems
		bad.Require(reason != "", "reason", "field.required", nil)
		bad.Require(len([]rune(reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
		if err := bad.Err(); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE loan_snapshot SET withdrawn_at = $4, reason = $5 WHERE city = $1 AND contract = $2 AND no = $3 AND withdrawn_at = 0`, of, no, tx.Now().UnixMicro(), reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "loanvisit.withdrawn_already", nil)
		}
		if err := s.plan(tx, f); err != nil {
			return err
		}
		return tx.Record(Withdraw, of.String(), act.Change{"no": no, "reason": reason})
	}))
}

// Answered gives what a visitor has filled in on a phone. That it was read is noted.
func (s *Service) Answered(ctx context.Context, by authz.Actor, of contract.ID, answer form.AnswerID) (form.Shown, error) {
	v, err := s.Look(ctx, by, of)
	if err != nil {
		return form.Shown{}, err
	}
	for _, x := range v.Visits {
		if x.Answer == answer && !answer.IsZero() {
			if err := s.DB.Note(ctx, by, Read, of.String(), act.Change{"answer": answer}); err != nil {
				return form.Shown{}, err
			}
			return s.Forms.View(ctx, authz.System(by.City), answer)
		}
	}
	return form.Shown{}, errs.New(errs.Absent, "errs.absent", nil)
}
