package startuploan

import (
	"cmp"
	"context"
	"io"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// View is an application as its viewer may see it: what is asked for, and the parts of her desks.
type View struct {
	Application
	Parties  []Party
	Debts    []Debt
	Papers   []Paper
	Findings []Finding
	Desks    []Sitting // how far each is; opinions of the viewer's own only
	Here     []Sitting // where the viewer may act or has acted, the one at work first
	Lines    []Line
	Surveys  []SurveyRow
	Orgs     map[org.ID]org.Node
	Dossier  venture.Venture
	Honours  []venture.Honour
	Slot     string // the priority industry to which the business belongs
	Today    day.Day
	Cal      *day.Calendar
	Way      Way
	Own      bool
	Fills    bool // the viewer may fill it in
	Stands   bool // the consent to the bank
	Recused  bool
	Barred   map[string]bool // who has stepped aside; for who may bar
	Bars     bool
	NoTerms  error
	parts    map[Part]bool
}

// Shows tells whether the viewer is shown a part.
func (v *View) Shows(p Part) bool { return v.Own || v.parts[p] }

// At gives the part at which the viewer sits now, nil where it is nobody's turn of hers.
func (v *View) At() *Sitting {
	if len(v.Here) > 0 && (v.Here[0].State == AtWork || v.Here[0].State == ToSecond) {
		return &v.Here[0]
	}
	return nil
}

// Sittings gives the desks of an application in their turns, for the parts of this service that come after it.
func Sittings(q sqldb.Q, of ID) ([]Sitting, error) { return sittings(q, of) }

// Look gives an application to somebody at a desk that has it or had it, or who may read those of its place.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID) (v View, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error { v, err = s.look(q, by, which); return err })
	return v, err
}

func (s *Service) look(q sqldb.Q, by authz.Actor, which ID) (v View, err error) {
	a, err := Find(q, which)
	if err != nil {
		return v, err
	}
	all, err := sittings(q, which)
	if err != nil {
		return v, err
	}
	v = View{Application: a, parts: map[Part]bool{}}
	where, err := org.Find(q, a.Org)
	if err != nil {
		return v, err
	}
	seen := by.Can(Read, where.Path) && (a.State != Draft || a.Account == "")
	if seen {
		v.parts[PartPeople], v.Bars = true, by.Can(Bar, where.Path)
	}
	v.Fills = by.Can(Enter, where.Path) && a.Account == ""
	for _, d := range all {
		if d.State == Waiting {
			continue
		}
		if err := s.permit(q, by, a, d); errs.KindOf(err) == errs.Absent || errs.KindOf(err) == errs.Denied {
			continue
		} else if err != nil {
			return v, err
		}
		v.Here = append(v.Here, d)
		for _, p := range sees[d.Desk] {
			v.parts[p] = true
		}
	}
	if len(v.Here) == 0 && !seen && !v.Fills {
		return v, by.Must(Read, where.Path)
	}
	if v.Fills {
		for _, p := range sees[Intake] {
			v.parts[p] = true
		}
	}
	working := func(d Sitting) int64 { return sqldb.Bit(d.State != AtWork && d.State != ToSecond) }
	slices.SortStableFunc(v.Here, func(x, y Sitting) int { return cmp.Compare(working(x), working(y)) })
	if v.Recused, err = recused(q, which, by.User); err != nil {
		return v, err
	}
	return v, s.fill(q, by, &v, all)
}

// LookOwn gives an applicant what is hers.
func (s *Service) LookOwn(ctx context.Context, by authz.Actor, which ID) (v View, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		a, err := Own(q, by, which)
		if err != nil {
			return err
		}
		v = View{Application: a, Own: true, Fills: true}
		all, err := sittings(q, which)
		if err != nil {
			return err
		}
		return s.fill(q, by, &v, all)
	})
	return v, err
}

// addressed are the steps whose words are for the applicant too.
var addressed = []string{Return.Key, Refuse.Key, Withdraw.Key, Appeal.Key}

// fill reads all that belongs to a view, and leaves out what its viewer may not see.
func (s *Service) fill(q sqldb.Q, by authz.Actor, v *View, all []Sitting) (err error) {
	c, _, err := s.gather(q, v.Application)
	if err != nil {
		return err
	}
	v.Today, v.Stands, v.NoTerms = c.Today, c.Consent, c.NoTerms
	if v.Cal, err = casework.Calendar(q); err != nil {
		return err
	}
	if v.Way, err = wayOf(q, v.Application.Way); err != nil {
		return err
	}
	if v.Own {
		c.Names = nil // who holds her number in the register is not hers to learn
	}
	v.findings(c)
	v.people(c)
	papers, err := Papers(q, v.ID)
	if err != nil {
		return err
	}
	for _, p := range papers {
		if v.opens(p.Kind) {
			v.Papers = append(v.Papers, p)
		}
	}
	if v.Lines, err = Lines(q, v.ID); err != nil {
		return err
	}
	here := func(desk Desk) bool {
		return slices.ContainsFunc(v.Here, func(d Sitting) bool { return d.Desk == desk })
	}
	for i := range v.Lines {
		if l := &v.Lines[i]; !here(l.Desk) && !slices.Contains(addressed, l.Step) {
			l.Text, l.Code = "", ""
		}
	}
	ids := []org.ID{v.Org, v.County, v.Bank}
	for _, d := range all {
		ids = append(ids, d.Org)
		if !here(d.Desk) {
			d.Opinion, d.Says, d.Verdict, d.Question = Opinion{}, "", "", ""
			if v.Own {
				d.FirstBy, d.DoneBy, d.Owner = "", "", ""
			}
		}
		v.Desks = append(v.Desks, d)
	}
	for _, l := range v.Lines {
		ids = append(ids, l.Org)
	}
	if !v.Shows(PartGroup) {
		v.GroupCode = ""
	}
	if v.State != Approved && !here(Bank) {
		v.Granted = Granted{}
	}
	if v.Shows(PartSurvey) && !v.Own {
		if v.Surveys, err = surveys(q, v.ID); err != nil {
			return err
		}
		for _, x := range v.Surveys {
			ids = append(ids, x.Org)
		}
	}
	if v.Shows(PartVenture) || v.Own {
		if err := s.dossier(q, v); err != nil {
			return err
		}
	}
	if v.Bars {
		if err := v.barred(q); err != nil {
			return err
		}
	}
	v.Orgs, err = org.Named(q, ids)
	return err
}

// findings are those of the parts that the viewer is shown.
func (v *View) findings(c *Case) {
	of := map[string]Part{"business": PartStaff, "people": PartPeople, "debts": PartDebts, "papers": PartPapers}
	for _, f := range c.Check() {
		part, some := of[f.Step]
		shown := !some || v.Shows(part) || f.Rule == "credit"
		if f.Ruled != nil { // by what it looked at
			shown = !slices.ContainsFunc(f.facts(), func(fact string) bool { part := asked[fact].part; return part != "" && !v.Shows(part) })
		}
		if shown {
			v.Findings = append(v.Findings, f)
		}
	}
}

func (v *View) people(c *Case) {
	for _, p := range c.Parties {
		p.number = nil
		switch {
		case p.Role == Surety && !v.Shows(PartSurety), p.Role == Spouse && !v.Shows(PartDebts), !v.Shows(PartPeople):
			continue
		}
		if !v.Shows(PartGroup) {
			p.Group = ""
		}
		if !v.Shows(PartDebts) {
			p.Born, p.Marital, p.Debtless = 0, "", false
		}
		v.Parties = append(v.Parties, p)
	}
	if v.Shows(PartDebts) {
		v.Debts = c.Debts
	}
	if !v.Shows(PartStaff) {
		v.Staff, v.NewHires, v.Arrears = 0, 0, false
	}
	if !v.Shows(PartDebts) {
		v.Earlier, v.OverdueBefore = 0, false
	}
}

// opens tells whether the viewer may open papers of a kind.
func (v *View) opens(kind string) bool {
	if v.Own || v.Fills {
		return true
	}
	return slices.ContainsFunc(v.Here, func(d Sitting) bool { return d.Desk.opens(kind) })
}

func (s *Service) dossier(q sqldb.Q, v *View) (err error) {
	if v.Dossier, err = venture.Find(q, v.Venture); err != nil {
		if errs.KindOf(err) == errs.Absent {
			return nil
		}
		return err
	}
	if v.Honours, err = venture.Honours(q, v.Venture); err != nil {
		return err
	}
	list, err := venture.PriorityOn(q, v.Today)
	if no := list.Holds(v.Industry); no > 0 {
		v.Slot = list.Slots[no-1].Name
	}
	return err
}

func (v *View) barred(q sqldb.Q) error {
	all, err := sqldb.All(q, func(s sqldb.Scan) (string, error) { var x string; return x, s(&x) }, `SELECT account FROM loan_recusal WHERE city = $1 AND application = $2`, v.ID)
	v.Barred = map[string]bool{}
	for _, a := range all {
		v.Barred[a] = true
	}
	return err
}

// OpenPaper gives a paper and its content, to be closed by the caller, to whom it is hers or whose desk looks at its kind. That it was
// opened is noted first.
func (s *Service) OpenPaper(ctx context.Context, by authz.Actor, which ID, no int64) (d document.Document, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v := View{}
		if a, err := Own(q, by, which); err == nil {
			v = View{Application: a, Own: true}
		} else if v, err = s.look(q, by, which); err != nil {
			return err
		}
		papers, err := Papers(q, which)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(papers, func(p Paper) bool { return p.No == no })
		if i < 0 || !v.opens(papers[i].Kind) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		d, err = document.Find(q, papers[i].Document)
		return err
	})
	if err != nil {
		return d, nil, err
	}
	if err := s.DB.Note(ctx, by, Open, which.String(), act.Change{"paper": no, "hash": d.Hash}); err != nil {
		return d, nil, err
	}
	f, err := s.Files.Open(d.Hash)
	if err != nil {
		return d, nil, err
	}
	return d, f, nil
}
