package place

import (
	"slices"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Check is that a named inspector has looked at a place (检查). A place is not offered for what it has not passed.
type Check struct {
	ID        id.Of[Check]
	Place     ID
	Kind      string // what for, in the word of whoever asks for it
	On        day.Day
	Until     day.Day // the last day for which it holds
	Inspector string  // name
	Note      string
	Items     []CheckItem
	MadeBy    string
	MadeAt    int64
}

// CheckItem is one thing that was looked at.
type CheckItem struct {
	Item   string
	Passed bool
	Note   string
}

// Passed tells whether nothing was found wanting.
func (c Check) Passed() bool {
	return len(c.Items) > 0 && !slices.ContainsFunc(c.Items, func(i CheckItem) bool { return !i.Passed })
}

// WrittenByCheck names the tables that a check touches, for the verbs of services. The place is only held.
const WrittenByCheck = "place place_check place_check_item"

// Hold takes the row of a place that serves people until the act ends, and gives it: who notes a check and who offers the
// place come one after the other.
func Hold(tx *sqldb.Tx, which ID) (Place, error) {
	if _, err := tx.Exec(`UPDATE place SET edited_at = edited_at WHERE city = $1 AND id = $2`, which); err != nil {
		return Place{}, err
	}
	p, err := Find(tx, which)
	if err == nil && !p.IsOpen() {
		err = errs.New(errs.Conflict, "place.closed_already", errs.Args{"name": p.Name})
	}
	return p, err
}

// Note notes a check of a place that is held, inside an act of the caller's, who permits and records.
func Note(tx *sqldb.Tx, c Check) (Check, error) {
	var p errs.Problems
	p.Require(strings.TrimSpace(c.Inspector) != "", "inspector", "field.required", nil)
	if p.Require(!c.On.IsZero(), "on", "field.required", nil) && p.Require(!c.Until.IsZero(), "until", "field.required", nil) {
		p.Require(c.On <= c.Until, "until", "place.check_until", nil)
		p.Require(c.Until <= c.On.AddMonths(12), "until", "place.check_long", nil)
	}
	for _, i := range c.Items {
		p.Require(i.Passed || strings.TrimSpace(i.Note) != "", "note_"+i.Item, "place.check_why", nil)
	}
	if err := p.Err(); err != nil {
		return c, err
	}
	c.ID, c.MadeBy, c.MadeAt = id.New[Check](tx.Now()), tx.By().User, tx.Now().UnixMicro()
	if _, err := tx.Exec(`INSERT INTO place_check (city, id, place, kind, on_day, until_day, passed, inspector, note, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, c.ID, c.Place, c.Kind, c.On, c.Until, sqldb.Bit(c.Passed()), c.Inspector, c.Note, c.MadeBy, c.MadeAt); err != nil {
		return c, err
	}
	_, err := tx.Bulk(`INSERT INTO place_check_item (city, of_check, item, passed, note) VALUES ($1, $2, $3, $4, $5)`, len(c.Items), func(i int) []any {
		return []any{c.ID, c.Items[i].Item, sqldb.Bit(c.Items[i].Passed), c.Items[i].Note}
	})
	return c, err
}

// Checks gives the checks of a place of a kind, the latest first.
func Checks(q sqldb.Q, which ID, kind string) ([]Check, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (Check, error) {
		var c Check
		return c, s(&c.ID, &c.Place, &c.Kind, &c.On, &c.Until, &c.Inspector, &c.Note, &c.MadeBy, &c.MadeAt)
	}, `SELECT id, place, kind, on_day, until_day, inspector, note, made_by, made_at FROM place_check WHERE city = $1 AND place = $2 AND kind = $3 ORDER BY on_day DESC, id DESC LIMIT 20`, which, kind)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Items, err = sqldb.All(q, func(s sqldb.Scan) (CheckItem, error) {
			var x CheckItem
			var passed int64
			err := s(&x.Item, &passed, &x.Note)
			x.Passed = passed == 1
			return x, err
		}, `SELECT item, passed, note FROM place_check_item WHERE city = $1 AND of_check = $2 ORDER BY item`, all[i].ID)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Passes tells whether a place has passed: its latest check of a kind found nothing wanting, and holds from one day to another.
func Passes(q sqldb.Q, which ID, kind string, from, to day.Day) (bool, error) {
	all, err := Checks(q, which, kind)
	if err != nil || len(all) == 0 {
		return false, err
	}
	return all[0].Passed() && all[0].On <= from && to <= all[0].Until, nil
}
