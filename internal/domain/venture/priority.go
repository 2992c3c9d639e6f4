package venture

import (
	"context"
	"errors"
	"strings"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Leading and SlotCount are the shape of a list of priority industries, "5+4": five leading ones and four emerging.
const (
	Leading   = 5
	SlotCount = 9
)

// Slot is one of the nine.
type Slot struct {
	No    int
	Name  string   // empty while the city has not filled it
	Codes []string // beginnings of GB/T 4754 codes
}

// List is the priority industries from a day on. Its nine slots are always there, empty ones too; the city fills them from
// a document that it names.
type List struct {
	From   day.Day // zero where no list is in force
	Source string
	Slots  [SlotCount]Slot
}

// Holds gives the number of the slot to which an industry belongs, 0 for none.
func (l List) Holds(industry string) int {
	for _, s := range l.Slots {
		for _, c := range s.Codes {
			if strings.HasPrefix(industry, c) {
				return s.No
			}
		}
	}
	return 0
}

// where adds the condition that a venture's industry is one of the list's.
func (l List) where(w *sqldb.Where) {
	var any []string
	for _, s := range l.Slots {
		for _, c := range s.Codes {
			any = append(any, "v.industry >= "+w.Arg(c)+" AND v.industry < "+w.Arg(c+"~"))
		}
	}
	if len(any) == 0 {
		w.And("1 = 0")
		return
	}
	w.And("(" + strings.Join(any, " OR ") + ")")
}

func emptyList() (l List) {
	for i := range l.Slots {
		l.Slots[i].No = i + 1
	}
	return l
}

// Lists gives all lists of priority industries, the earliest first.
func Lists(q sqldb.Q) ([]List, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (List, error) {
		l := emptyList()
		return l, s(&l.From, &l.Source)
	}, `SELECT from_day, source FROM priority_list WHERE city = $1 ORDER BY from_day`)
	if err != nil {
		return nil, err
	}
	type row struct {
		from day.Day
		Slot
	}
	slots, err := sqldb.All(q, func(s sqldb.Scan) (row, error) {
		var r row
		var codes string
		err := s(&r.from, &r.No, &r.Name, &codes)
		r.Codes = strings.Fields(codes)
		return r, err
	}, `SELECT from_day, no, name, codes FROM priority_slot WHERE city = $1 ORDER BY from_day, no`)
	for i := range all {
		for _, r := range slots {
			if r.from == all[i].From {
				all[i].Slots[r.No-1] = r.Slot
			}
		}
	}
	return all, err
}

// PriorityOn gives the list in force on a day; nine empty slots where there is none.
func PriorityOn(q sqldb.Q, on day.Day) (List, error) {
	all, err := Lists(q)
	got := emptyList()
	for _, l := range all {
		if l.From <= on {
			got = l
		}
	}
	return got, err
}

// ListPriority gives all lists to who may read ventures, and the day by which they are in force.
func (s *Service) ListPriority(ctx context.Context, by authz.Actor) (all []List, today day.Day, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, 0, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		today = s.today(q)
		all, err = Lists(q)
		return err
	})
	return all, today, err
}

// ReadCodes reads beginnings of codes, separated by spaces or commas.
func ReadCodes(text string) (codes []string, err error) {
	for _, c := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，、;；\n\t", r) }) {
		code, wrong := ParseIndustry(c)
		if e, ok := errors.AsType[*errs.Error](wrong); ok {
			return nil, errs.New(errs.Invalid, "venture.codes_wrong", errs.Args{"code": c, "why": e.Key})
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// SetPriority sets the list from a day on. What was in force stays as it was: a list of today or of a day to come may be put
// right, one of the past may not.
func (s *Service) SetPriority(ctx context.Context, by authz.Actor, l List) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetPriority); err != nil {
			return err
		}
		var p errs.Problems
		p.Require(!l.From.IsZero(), "from", "field.required", nil)
		p.Require(l.From.IsZero() || l.From >= s.today(tx), "from", "venture.from_past", nil)
		p.Require(l.Source != "", "source", "field.required", nil)
		filled := 0
		for i := range l.Slots {
			slot := &l.Slots[i]
			slot.No = i + 1
			field := slotField(slot.No)
			p.Require(slot.Name != "" || len(slot.Codes) == 0, "name"+field, "field.required", nil)
			p.Require(slot.Name == "" || len(slot.Codes) > 0, "codes"+field, "field.required", nil)
			if slot.Name != "" {
				filled++
			}
		}
		p.Require(filled > 0, "name1", "venture.slots_empty", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO priority_list (city, from_day, source, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (city, from_day) DO UPDATE SET source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at`,
			l.From, l.Source, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if _, err := tx.Bulk(`INSERT INTO priority_slot (city, from_day, no, name, codes) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (city, from_day, no) DO UPDATE SET name = excluded.name, codes = excluded.codes`, SlotCount,
			func(i int) []any {
				return []any{l.From, l.Slots[i].No, l.Slots[i].Name, strings.Join(l.Slots[i].Codes, " ")}
			}); err != nil {
			return err
		}
		return tx.Record(SetPriority, l.From.String(), act.Change{"source": l.Source, "slots": l.Slots})
	}))
}

func slotField(no int) string { return string(rune('0' + no)) }
