package claim

import (
	"context"
	"fmt"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/pack"
)

// Row is a batch in a list.
type Row struct {
	Batch
	BankName string
	DeskName string // of the organisation that is to act next, empty where none is
	Light    workflow.Light
}

// IsDue tells whether a desk has to act.
func (b *Batch) IsDue() bool { return !b.Due.IsZero() && !Process.IsFinal(b.State) }

// Filter chooses batches.
type Filter struct {
	State State
	Bank  authz.Path
}

// List gives one page of the batches that the viewer may see, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], err error) {
	const size = 50
	if err := by.MustSomewhere(Read); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(page.List{Name: "claim.list", Columns: []string{"b.id"}, Desc: true, Filter: fmt.Sprintf("%q %v %q %q", q.City(), by.Scope(Read), f.State, f.Bank)}, cursor)
		if err != nil {
			return err
		}
		var w sqldb.Where
		w.And("b.city = $1")
		org.Inside(&w, by.Scope(Read), "b.bank", "b.reviewer", "b.finance")
		if f.Bank != "" {
			org.Inside(&w, authz.Scope{Paths: []authz.Path{f.Bank}}, "b.bank")
		}
		if f.State != "" {
			w.And("b.state = ?", string(f.State))
		}
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_batch b WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(size)), w.Args()...)
		if err != nil {
			return err
		}
		rows, err := s.rows(q, all)
		got = page.Cut(s.Cursors, p, rows, size, func(r Row) []any { return []any{r.ID.String()} })
		return err
	})
	return got, err
}

func (s *Service) rows(q sqldb.Q, all []Batch) ([]Row, error) {
	var ids []org.ID
	for _, b := range all {
		ids = append(ids, b.Bank, b.Desk())
	}
	named, err := org.Named(q, ids)
	if err != nil {
		return nil, err
	}
	cal, err := casework.Calendar(q)
	rows := make([]Row, len(all))
	for i, b := range all {
		rows[i] = Row{b, named[b.Bank].Name, named[b.Desk()].Name, workflow.LightAt(s.today(q), b.Due, !b.IsDue(), cal)}
	}
	return rows, err
}

// Page is a batch as its page shows it.
type Page struct {
	Row
	Lines       page.Page[Line]
	Unclaimed   []Reason
	Corrections []Row // of it
	Of          Batch // that it corrects
	Steps       []Step
	Moves       []workflow.Move[State] // that the viewer may take
	May         map[authz.Verb]bool
}

// Look gives a batch to who may see it, with one page of its lines.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID, cursor string) (got Page, err error) {
	const size = 50
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		b, bank, err := placed(q, which)
		if err != nil {
			return err
		}
		at, err := b.seats(q, bank)
		if err != nil {
			return err
		}
		if err := b.permit(by, at, Read); err != nil {
			return err
		}
		p := Page{May: map[authz.Verb]bool{}}
		rows, err := s.rows(q, []Batch{b})
		if err != nil {
			return err
		}
		p.Row = rows[0]
		for _, v := range Verbs {
			p.May[v] = b.can(by, at, v)
		}
		for _, m := range Process.Next(b.State) {
			if p.May[m.Verb] {
				p.Moves = append(p.Moves, m)
			}
		}
		place, err := s.Cursors.Read(page.List{Name: "claim.lines", Columns: []string{"l.no"}, Filter: q.City() + which.String()}, cursor)
		if err != nil {
			return err
		}
		cond, keys := place.Where(3)
		args := append([]any{which}, keys...)
		lines, err := sqldb.All(q, scanLine, `SELECT `+lineColumns+` FROM loan_line l WHERE l.city = $1 AND l.batch = $2 AND `+cond+` ORDER BY `+place.Order()+fmt.Sprintf(` LIMIT $%d`, len(args)+2), append(args, page.Limit(size))...)
		if err != nil {
			return err
		}
		p.Lines = page.Cut(s.Cursors, place, lines, size, func(l Line) []any { return []any{l.No} })
		if p.Unclaimed, err = reasons(q, which); err != nil {
			return err
		}
		if p.Steps, err = stepsOf(q, which); err != nil {
			return err
		}
		if b.IsCorrection() {
			if p.Of, err = Find(q, b.Corrects); err != nil {
				return err
			}
		}
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_batch b WHERE b.city = $1 AND b.corrects = $2 ORDER BY b.id`, which)
		if err != nil {
			return err
		}
		p.Corrections, err = s.rows(q, all)
		got = p
		return err
	})
	return got, err
}

// Banks gives the banks for which the viewer may draw up a claim.
func (s *Service) Banks(ctx context.Context, by authz.Actor, v authz.Verb) (open []org.Node, err error) {
	if err := by.MustSomewhere(v); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := org.Subtree(q, by.Scope(v), org.Bank)
		for _, n := range all {
			if n.IsOpen() {
				open = append(open, n)
			}
		}
		return err
	})
	return open, err
}

// Pack gives the audit pack of a batch out of what is kept: its lines as they were claimed, the rules and rates of that day, and the loans as
// they were known then. Of a correction it holds what it claims; the lines that it takes back are not claimed by anybody any more.
func (s *Service) Pack(ctx context.Context, by authz.Actor, which ID) (p *pack.Pack, b Batch, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var bank org.Node
		if b, bank, err = placed(q, which); err != nil {
			return err
		}
		at, err := b.seats(q, bank)
		if err != nil {
			return err
		}
		if err := b.permit(by, at, Take); err != nil {
			return err
		}
		p, err = packOf(q, &b, bank.Name)
		return err
	})
	if err != nil {
		return nil, b, err
	}
	return p, b, s.DB.Note(ctx, by, Take, which.String(), nil)
}

func packOf(q sqldb.Q, b *Batch, bank string) (*pack.Pack, error) {
	p := &pack.Pack{Batch: pack.Batch{Number: b.Serial, Bank: bank, From: b.After, To: b.To}}
	var err error
	if p.Book, p.Quotes, err = basis(q, b.ID); err != nil {
		return nil, err
	}
	lines, err := linesOf(q, b.ID)
	if err != nil {
		return nil, err
	}
	cal, err := casework.Calendar(q)
	if err != nil {
		return nil, err
	}
	seen := map[contract.ID]int64{}
	var ids []contract.ID
	var kept []pack.Line
	for _, l := range lines {
		if l.Sign < 0 {
			continue
		}
		if _, twice := seen[l.Contract]; !twice {
			ids = append(ids, l.Contract)
		}
		seen[l.Contract] = l.Seen
		kept = append(kept, l.Line)
	}
	loans, err := contract.Some(q, ids)
	if err != nil {
		return nil, err
	}
	for i := range loans {
		k := loans[i].As(seen[loans[i].ID])
		p.Loans = append(p.Loans, *asked(&k, contract.Standing(k.All, k.Events), cal, b))
	}
	if p.Earlier, err = earlier(q, b); err != nil {
		return nil, err
	}
	return p, p.Keep(kept)
}

// earlier gives what other batches have claimed for a batch's loans and still stands.
func earlier(q sqldb.Q, b *Batch) ([]pack.Earlier, error) {
	return sqldb.All(q, func(s sqldb.Scan) (e pack.Earlier, err error) { return e, s(&e.Loan, &e.From, &e.To, &e.Batch) },
		`SELECT DISTINCT l.number, l.from_day, l.to_day, x.serial FROM (SELECT DISTINCT city, contract FROM loan_line WHERE city = $1 AND batch = $2) m
		JOIN loan_line l ON l.city = m.city AND l.contract = m.contract AND l.batch <> $2 JOIN loan_batch x ON x.city = l.city AND x.id = l.batch
		WHERE x.made_at < $3 AND `+standing("l", "x")+` ORDER BY l.number, l.from_day`, b.ID, b.MadeAt)
}
