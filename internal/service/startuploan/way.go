package startuploan

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// WayID names a way.
type WayID = id.Of[Way]

// Way is how applications go from desk to desk from a day on: the order, clocks in working days, where two must look, who surveys, and
// which papers are asked for. The steps that a desk may take are code, see Review.
type Way struct {
	ID           WayID
	County       org.ID // zero: everywhere
	Product      string // empty: every product
	From         day.Day
	Reply        int64  // working days in which an applicant answers what was sent back
	Appeal       int64  // working days in which she may appeal
	SurveyDays   int64  // working days for a survey
	SurveyBy     string // ByIntake, ByBank, or the organisation's id
	PersonPapers []string
	FirmPapers   []string
	Source       string
	SetBy        string
	SetAt        int64
	Stops        []Stop
}

// Who surveys where no organisation is named.
const (
	ByIntake = "intake"
	ByBank   = "bank"
)

// Stop is a desk on a way.
type Stop struct {
	Desk     Desk
	Turn     int64 // desks of one turn work at the same time
	Days     int64 // working days
	FourEyes bool
	Org      org.ID // who sits there; zero: the unit that takes in, the county, or the applicant's bank
}

// Usual is the way that holds where a city has entered none: the order of most counties, and clocks that keep within the promise of
// seven working days of departments.
var Usual = Way{
	Reply: 10, Appeal: 10, SurveyDays: 5, SurveyBy: ByIntake,
	PersonPapers: []string{"id_card", "household", "marriage", "license", "group_proof"}, FirmPapers: []string{"id_card", "license", "roster", "contracts"},
	Stops: []Stop{
		{Desk: Intake, Turn: 1, Days: 2},
		{Desk: Survey, Turn: 2, Days: 7},
		{Desk: League, Turn: 3, Days: 2},
		{Desk: HR, Turn: 4, Days: 5},
		{Desk: Guarantor, Turn: 4, Days: 5},
		{Desk: Finance, Turn: 4, Days: 5},
		{Desk: Bank, Turn: 4, Days: 7},
		{Desk: Notice, Turn: 5, Days: 3},
	},
}

// papers are those that a kind of borrower must bring.
func (w Way) papers(k policy.Kind) []string {
	if k == policy.Firm {
		return w.FirmPapers
	}
	return w.PersonPapers
}

// Fits tells whether a way is for applications of a county and a product.
func (w Way) fits(county org.ID, product string) bool {
	return (w.County.IsZero() || w.County == county) && (w.Product == "" || w.Product == product)
}

// nearer tells whether w says more closely than o what it is for, or later.
func (w Way) nearer(o Way) bool {
	weight := func(x Way) int64 { return 2*sqldb.Bit(!x.County.IsZero()) + sqldb.Bit(x.Product != "") }
	if a, b := weight(w), weight(o); a != b {
		return a > b
	}
	return w.From > o.From
}

const maxDays = 250

// check gathers what is wrong with a way.
func (w Way) check(today day.Day) error {
	var p errs.Problems
	p.Require(!w.From.IsZero(), "from", "field.required", nil)
	p.Require(w.From.IsZero() || w.From >= today, "from", "loan.way_past", nil)
	p.Require(w.Source != "", "source", "field.required", nil)
	p.Require(len([]rune(w.Source)) <= 200, "source", "field.long", errs.Args{"max": 200})
	for _, n := range []struct {
		field string
		days  int64
	}{{"reply", w.Reply}, {"appeal", w.Appeal}, {"survey_days", w.SurveyDays}} {
		p.Require(n.days >= 1 && n.days <= maxDays, n.field, "field.range", errs.Args{"min": 1, "max": maxDays})
	}
	at := map[Desk]int64{}
	for _, s := range w.Stops {
		p.Require(slices.Contains(Desks, s.Desk) && at[s.Desk] == 0, "desks", "field.choice", nil)
		p.Require(s.Turn >= 1 && s.Turn <= 20, "turn_"+string(s.Desk), "field.range", errs.Args{"min": 1, "max": 20})
		p.Require(s.Days >= 1 && s.Days <= maxDays, "days_"+string(s.Desk), "field.range", errs.Args{"min": 1, "max": maxDays})
		at[s.Desk] = s.Turn
	}
	for _, must := range []Desk{Intake, HR, Bank} {
		p.Require(at[must] > 0, "turn_"+string(must), "loan.way_needs", errs.Args{"desk": string(must)})
	}
	for d, turn := range at {
		p.Require(d == Intake || turn > at[Intake], "turn_"+string(d), "loan.way_intake", nil)
	}
	p.Require(at[Survey] == 0 || at[Survey] <= at[Bank], "turn_survey", "loan.way_survey", nil)
	for _, k := range slices.Concat(w.PersonPapers, w.FirmPapers) {
		p.Require(slices.Contains(PaperKinds, k), "papers", "field.choice", nil)
	}
	return p.Err()
}

const wayColumns = `w.id, w.county, w.product, w.from_day, w.reply_days, w.appeal_days, w.survey_days, w.survey_by, w.person_papers, w.firm_papers, w.source, w.set_by, w.set_at`

func scanWay(s sqldb.Scan) (Way, error) {
	var w Way
	var person, firm string
	err := s(&w.ID, &w.County, &w.Product, &w.From, &w.Reply, &w.Appeal, &w.SurveyDays, &w.SurveyBy, &person, &firm, &w.Source, &w.SetBy, &w.SetAt)
	w.PersonPapers, w.FirmPapers = strings.Fields(person), strings.Fields(firm)
	return w, err
}

func withStops(q sqldb.Q, w Way) (Way, error) {
	var err error
	w.Stops, err = sqldb.All(q, func(s sqldb.Scan) (Stop, error) {
		var x Stop
		var four int
		err := s(&x.Desk, &x.Turn, &x.Days, &four, &x.Org)
		x.FourEyes = four == 1
		return x, err
	}, `SELECT desk, turn, days, four_eyes, org FROM loan_way_desk WHERE city = $1 AND way = $2 ORDER BY turn, desk`, w.ID)
	return w, err
}

// Ways gives all ways, the latest first.
func Ways(q sqldb.Q) ([]Way, error) {
	all, err := sqldb.All(q, scanWay, `SELECT `+wayColumns+` FROM loan_way w WHERE w.city = $1 ORDER BY w.from_day DESC, w.county, w.product`)
	for i := range all {
		if err == nil {
			all[i], err = withStops(q, all[i])
		}
	}
	return all, err
}

// WayOn gives the way of what is handed in on a day; the usual one where nobody has entered any.
func WayOn(q sqldb.Q, county org.ID, product string, on day.Day) (Way, error) {
	all, err := sqldb.All(q, scanWay, `SELECT `+wayColumns+` FROM loan_way w WHERE w.city = $1 AND w.from_day <= $2`, on)
	if err != nil {
		return Way{}, err
	}
	best, found := Usual, false
	for _, w := range all {
		if w.fits(county, product) && (!found || w.nearer(best)) {
			best, found = w, true
		}
	}
	if !found {
		return best, nil
	}
	return withStops(q, best)
}

// wayOf gives the way under which an application goes.
func wayOf(q sqldb.Q, which WayID) (Way, error) {
	if which.IsZero() {
		return Usual, nil
	}
	w, err := sqldb.One(q, scanWay, `SELECT `+wayColumns+` FROM loan_way w WHERE w.city = $1 AND w.id = $2`, which)
	if err != nil {
		return w, err
	}
	return withStops(q, w)
}

// ListWays gives the ways to who may read applications anywhere.
func (s *Service) ListWays(ctx context.Context, by authz.Actor) (all []Way, named map[org.ID]org.Node, today day.Day, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, nil, 0, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		today = s.today(q)
		if all, err = Ways(q); err != nil {
			return err
		}
		var ids []org.ID
		for _, w := range all {
			ids = append(ids, w.County)
			if w.SurveyBy != ByIntake && w.SurveyBy != ByBank {
				ids = append(ids, org.ID(w.SurveyBy))
			}
			for _, d := range w.Stops {
				ids = append(ids, d.Org)
			}
		}
		named, err = org.Named(q, ids)
		return err
	})
	return all, named, today, err
}

// PutWay enters a way from a day on. What was handed in before keeps its own. A way of today or of a day to come may be put right.
func (s *Service) PutWay(ctx context.Context, by authz.Actor, w Way) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Root(tx)
		if err == nil && !w.County.IsZero() {
			at, err = org.Find(tx, w.County)
		}
		if err != nil {
			return err
		}
		if err := by.Must(SetWay, at.Path); err != nil {
			return err
		}
		var p errs.Problems
		p.Require(w.County.IsZero() || at.Kind == org.County, "county", "field.choice", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if err := w.check(s.today(tx)); err != nil {
			return err
		}
		if err := sits(tx, w, at); err != nil {
			return err
		}
		root, err := org.Root(tx)
		if err != nil {
			return err
		}
		if _, err := record.Begin(tx, root.ID, SurveyList); err != nil { // so that a survey's form can be published before the first survey
			return err
		}
		w.ID = id.New[Way](tx.Now())
		if err := insertWay(tx, &w); err != nil {
			return err
		}
		return tx.Record(SetWay, w.ID.String(), act.Change{"county": w.County, "product": w.Product, "from": w.From.String(), "stops": w.Stops, "source": w.Source, "survey": w.SurveyBy})
	}))
}

// sits refuses desks at organisations that are closed or lie outside of where the way holds.
func sits(q sqldb.Q, w Way, at org.Node) error {
	var p errs.Problems
	look := func(which org.ID, field string) error {
		n, err := org.Find(q, which)
		if err != nil && errs.KindOf(err) != errs.Absent {
			return err
		}
		root := authz.Path(strings.SplitAfter(string(at.Path), "/")[0])
		p.Require(err == nil && n.IsOpen() && root.Covers(n.Path), field, "field.choice", nil)
		return nil
	}
	for _, s := range w.Stops {
		if !s.Org.IsZero() {
			if err := look(s.Org, "org_"+string(s.Desk)); err != nil {
				return err
			}
		}
	}
	if w.SurveyBy != ByIntake && w.SurveyBy != ByBank {
		if err := look(org.ID(w.SurveyBy), "survey_by"); err != nil {
			return err
		}
	}
	return p.Err()
}

// insertWay writes a way; one for the same day gives way to it where nothing goes by it yet.
func insertWay(tx *sqldb.Tx, w *Way) error {
	old, err := sqldb.One(tx, scanWay, `SELECT `+wayColumns+` FROM loan_way w WHERE w.city = $1 AND w.county = $2 AND w.product = $3 AND w.from_day = $4`, w.County.String(), w.Product, w.From)
	switch {
	case err == nil:
		var used int
		if err := tx.Row(`SELECT COUNT(*) FROM loan_application WHERE city = $1 AND way = $2`, old.ID).Scan(&used); err != nil {
			return err
		}
		if used > 0 {
			return errs.New(errs.Conflict, "loan.way_used", errs.Args{"n": used})
		}
		if _, err := tx.Exec(`DELETE FROM loan_way_desk WHERE city = $1 AND way = $2`, old.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM loan_way WHERE city = $1 AND id = $2`, old.ID); err != nil {
			return err
		}
	case errs.KindOf(err) != errs.Absent:
		return err
	}
	n, err := tx.Exec(`INSERT INTO loan_way (city, id, county, product, from_day, reply_days, appeal_days, survey_days, survey_by, person_papers, firm_papers, source, set_by, set_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`, w.ID, w.County.String(), w.Product, w.From, w.Reply, w.Appeal, w.SurveyDays, w.SurveyBy,
		strings.Join(w.PersonPapers, " "), strings.Join(w.FirmPapers, " "), w.Source, tx.By().User, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	if err != nil {
		return err
	}
	_, err = tx.Bulk(`INSERT INTO loan_way_desk (city, way, desk, turn, days, four_eyes, org) VALUES ($1, $2, $3, $4, $5, $6, $7)`, len(w.Stops), func(i int) []any {
		x := w.Stops[i]
		return []any{w.ID, string(x.Desk), x.Turn, x.Days, sqldb.Bit(x.FourEyes), x.Org.String()}
	})
	return err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
