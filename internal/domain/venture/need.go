package venture

import (
	"context"
	"slices"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
)

// NeedID names a need.
type NeedID = id.Of[Need]

// NeedKinds are what ventures lack.
var NeedKinds = []string{"money", "space", "people", "advice", "market"}

// Need is what a venture lacks (需求). Once a desk is to answer it, a matter stands beside it.
type Need struct {
	ID       NeedID
	Venture  ID
	Kind     string
	Text     string
	Amount   money.Fen // of money; 0 where nothing is said
	Matter   string    // id of the matter that answers it, empty while there is none
	ClosedAt int64     // microseconds UTC; 0 while it is open
	MadeBy   string
	MadeAt   int64
}

const needColumns = `n.id, n.venture, n.kind, n.text, n.amount, n.matter, n.closed_at, n.made_by, n.made_at`

func scanNeed(s sqldb.Scan) (Need, error) {
	var n Need
	return n, s(&n.ID, &n.Venture, &n.Kind, &n.Text, &n.Amount, &n.Matter, &n.ClosedAt, &n.MadeBy, &n.MadeAt)
}

// Needs gives what a venture lacks and did lack, the open ones first.
func Needs(q sqldb.Q, of ID) ([]Need, error) {
	return sqldb.All(q, scanNeed, `SELECT `+needColumns+` FROM venture_need n WHERE n.city = $1 AND n.venture = $2
		ORDER BY CASE WHEN n.closed_at = 0 THEN 0 ELSE 1 END, n.id DESC`, of)
}

// FindNeed gives one need.
func FindNeed(q sqldb.Q, which NeedID) (Need, error) {
	return sqldb.One(q, scanNeed, `SELECT `+needColumns+` FROM venture_need n WHERE n.city = $1 AND n.id = $2`, which)
}

// mostNeeds is how many open needs a dossier takes.
const mostNeeds = 20

func (n Need) check() error {
	var p errs.Problems
	p.Require(slices.Contains(NeedKinds, n.Kind), "need", "field.choice", nil)
	p.Require(n.Text != "", "text", "field.required", nil)
	p.Require(len([]rune(n.Text)) <= 500, "text", "field.long", errs.Args{"max": 500})
	p.Require(n.Amount >= 0 && n.Amount <= maxRevenue, "amount", "venture.revenue_range", nil)
	p.Require(n.Amount == 0 || n.Kind == "money", "amount", "venture.amount_of_money", nil)
	return p.Err()
}

func addNeed(tx *sqldb.Tx, n *Need) error {
	if err := n.check(); err != nil {
		return err
	}
	var open int
	if err := tx.Row(`SELECT COUNT(*) FROM venture_need WHERE city = $1 AND venture = $2 AND closed_at = 0`, n.Venture).Scan(&open); err != nil {
		return err
	}
	if open >= mostNeeds {
		return errs.New(errs.Conflict, "venture.needs_full", errs.Args{"max": mostNeeds})
	}
	n.ID, n.MadeBy, n.MadeAt = id.New[Need](tx.Now()), tx.By().User, tx.Now().UnixMicro()
	_, err := tx.Exec(`INSERT INTO venture_need (city, id, venture, kind, text, amount, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.ID, n.Venture, n.Kind, n.Text, int64(n.Amount), n.MadeBy, n.MadeAt)
	return err
}

// AddNeed enters what a venture lacks, as an officer heard it.
func (s *Service) AddNeed(ctx context.Context, by authz.Actor, n Need) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, at, err := placed(tx, n.Venture)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, at.Path); err != nil {
			return err
		}
		if v.State != Known {
			return errs.New(errs.Conflict, "venture.not_known", nil)
		}
		if err := addNeed(tx, &n); err != nil {
			return err
		}
		return tx.Record(Edit, v.ID.String(), act.Change{"need": n.ID, "kind": n.Kind, "text": n.Text, "amount": int64(n.Amount)})
	}))
}

// Ask lets a founder say what her venture lacks.
func (s *Service) Ask(ctx context.Context, by authz.Actor, n Need) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := Own(tx, by, n.Venture)
		if err != nil {
			return err
		}
		if v.State == Ended {
			return errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
		}
		if err := addNeed(tx, &n); err != nil {
			return err
		}
		return tx.Record(Ask, v.ID.String(), act.Change{"need": n.ID, "kind": n.Kind, "text": n.Text, "amount": int64(n.Amount)})
	}))
}

// Want enters what a venture lacks within an act of the caller's, who permits and records; its verb names the tables of Answered.
func Want(tx *sqldb.Tx, n Need) (NeedID, error) {
	v, err := Find(tx, n.Venture)
	if err != nil {
		return "", err
	}
	if v.State == Ended {
		return "", errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
	}
	err = addNeed(tx, &n)
	return n.ID, err
}

// Answered names the tables that Want, Assign and Settle touch, for the verbs of whoever turns needs into matters.
const Answered = "venture_need"

// Assign notes, within an act of the caller's, who permits and records, which matter answers a need. One that is answered by
// a matter already, or is over, is not given to another.
func Assign(tx *sqldb.Tx, which NeedID, matter string) error {
	n, err := tx.Exec(`UPDATE venture_need SET matter = $3 WHERE city = $1 AND id = $2 AND matter = '' AND closed_at = 0`, which, matter)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "venture.need_assigned", nil)
	}
	return err
}

// Settle notes within an act that a need is answered, or open again.
func Settle(tx *sqldb.Tx, which NeedID, open bool) error {
	at := tx.Now().UnixMicro()
	if open {
		at = 0
	}
	if _, err := tx.Exec(`UPDATE venture_need SET closed_at = $3 WHERE city = $1 AND id = $2`, which, at); err != nil {
		return err
	}
	return tx.Record(CloseNeed, which.String(), act.Change{"open": open})
}

// DropNeed ends a need that nobody is to answer any more, as an officer or its founder says.
func (s *Service) DropNeed(ctx context.Context, by authz.Actor, which NeedID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := FindNeed(tx, which)
		if err != nil {
			return err
		}
		verb := Ask
		if _, err = Own(tx, by, n.Venture); errs.KindOf(err) == errs.Absent {
			verb = Edit
			_, at, wrong := placed(tx, n.Venture)
			if wrong != nil {
				return wrong
			}
			err = by.Must(Edit, at.Path)
		}
		if err != nil {
			return err
		}
		gone, err := tx.Exec(`UPDATE venture_need SET closed_at = $3 WHERE city = $1 AND id = $2 AND matter = '' AND closed_at = 0`, which, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if gone == 0 {
			return errs.New(errs.Conflict, "venture.need_assigned", nil)
		}
		return tx.Record(verb, n.Venture.String(), act.Change{"dropped": which})
	}))
}
