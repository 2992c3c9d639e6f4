package duty

import (
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
)

// Hours is what somebody has served in a session.
type Hours struct {
	Session   timetable.ID
	Person    person.ID
	No        int64
	Volunteer volunteering.ID
	Day       day.Day
	Starts    int64
	Ends      int64
	Minutes   int64
	Children  int64
	Reason    string
	MadeBy    string
	MadeAt    int64
	Replaced  bool // a later row counts in its place
}

// How long before a duty somebody may sign in, and how long after it out.
const (
	early = int64(60 * 60 * 1e6)
	late  = int64(2 * 60 * 60 * 1e6)
)

// Open tells whether somebody may sign in to or out of a duty at a moment.
func (d Duty) Open(now int64) bool { return now >= d.Starts-early && now <= d.Ends+late }

// SignIn and SignOut are what a volunteer writes down of herself.
const (
	SignIn  = timetable.In
	SignOut = timetable.Out
)

// CheckIn writes down that whoever is signed in has come to a duty of hers, or goes. Client is an id that the page has made.
func (s *Service) CheckIn(ctx context.Context, by authz.Actor, which timetable.ID, what timetable.What, client string) error {
	if what != SignIn && what != SignOut {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		d, _, err := s.mine(tx, by, which)
		if err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		if !d.Open(now) {
			return errs.New(errs.Conflict, "duty.not_now", nil)
		}
		self, err := person.Find(tx, person.ID(by.Person))
		if err != nil {
			return err
		}
		if _, err := timetable.Note(tx, []timetable.Presence{{Client: client, Series: presence(d.ID), Day: d.Day, Person: self.ID, What: what, At: now, Account: by.User, Device: "web"}}); err != nil {
			return err
		}
		return tx.Record(Check, d.ID.String(), act.Change{"what": string(what)})
	}))
}

// mine finds a duty that whoever is signed in has, with all rows of her.
func (s *Service) mine(q sqldb.Q, by authz.Actor, which timetable.ID) (Duty, []person.ID, error) {
	if by.Person == "" {
		return Duty{}, nil, errs.New(errs.Absent, "errs.absent", nil)
	}
	d, err := find(q, which)
	if err != nil {
		return d, nil, err
	}
	rows, err := person.Same(q, person.ID(by.Person))
	if err != nil {
		return d, rows, err
	}
	if d.State == timetable.Cancelled || !slices.ContainsFunc(d.Leaders, func(l person.ID) bool { return slices.Contains(rows, l) }) {
		return d, rows, errs.New(errs.Absent, "errs.absent", nil)
	}
	return d, rows, nil
}

// standing gives how somebody stands in a duty by its lines.
func standing(q sqldb.Q, d Duty, rows []person.ID) (timetable.Standing, error) {
	lines, err := timetable.Lines(q, presence(d.ID), d.Day, d.Day)
	if err != nil {
		return timetable.Standing{}, err
	}
	for i := range lines {
		if slices.Contains(rows, lines[i].Person) {
			lines[i].Person = rows[0]
		}
	}
	return timetable.Fold(lines)[rows[0]], nil
}

// Vouch confirms what somebody's presence says, by who leads her group: as long as children were there, and not of herself.
func (s *Service) Vouch(ctx context.Context, by authz.Actor, which timetable.ID, who person.ID) error {
	return s.count(ctx, by, which, who, Vouched, func(tx *sqldb.Tx, d Duty, held person.Party, children int64) (Hours, error) {
		rows := held.Rows[0]
		lead, err := s.leads(tx, by, d)
		if err != nil {
			return Hours{}, err
		}
		if slices.Contains(rows, lead.Person) || held.People[0].ID == person.ID(by.Person) {
			return Hours{}, errs.New(errs.Conflict, "duty.own", nil)
		}
		if children == 0 {
			return Hours{}, errs.New(errs.Conflict, "duty.no_children", nil)
		}
		return s.present(tx, d, rows)
	})
}

// leads refuses who does not lead the group of a duty.
func (s *Service) leads(q sqldb.Q, by authz.Actor, d Duty) (volunteering.Volunteer, error) {
	v, err := volunteering.Of(q, person.ID(by.Person))
	if err != nil {
		return v, err
	}
	all, err := volunteering.Those(q, []volunteering.GroupID{d.Group})
	if err == nil && (v.ID == "" || all[d.Group].Leader != v.ID) {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	return v, err
}

// Confirm confirms what somebody's presence says, by a desk. Where no children were written down the desk says why it counts.
func (s *Service) Confirm(ctx context.Context, by authz.Actor, which timetable.ID, who person.ID, reason string) error {
	return s.count(ctx, by, which, who, Confirm, func(tx *sqldb.Tx, d Duty, held person.Party, children int64) (Hours, error) {
		if _, _, err := at(tx, by, Confirm, which); err != nil {
			return Hours{}, err
		}
		if held.People[0].ID == person.ID(by.Person) {
			return Hours{}, errs.New(errs.Conflict, "duty.own", nil)
		}
		if children == 0 && reason == "" {
			return Hours{}, errs.New(errs.Conflict, "duty.no_children_desk", nil)
		}
		h, err := s.present(tx, d, held.Rows[0])
		h.Reason = reason
		return h, err
	})
}

// Correct says otherwise than presence does when somebody served, within the time of her duty, by a desk with a reason. From and to are
// equal where she did not serve at all.
func (s *Service) Correct(ctx context.Context, by authz.Actor, which timetable.ID, who person.ID, from, to int64, reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	p.Require(len([]rune(reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
	p.Require(from <= to, "to", "duty.backwards", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return s.count(ctx, by, which, who, Confirm, func(tx *sqldb.Tx, d Duty, held person.Party, _ int64) (Hours, error) {
		if _, _, err := at(tx, by, Confirm, which); err != nil {
			return Hours{}, err
		}
		if held.People[0].ID == person.ID(by.Person) {
			return Hours{}, errs.New(errs.Conflict, "duty.own", nil)
		}
		if from < d.Starts || to > d.Ends {
			return Hours{}, errs.New(errs.Conflict, "duty.outside", nil)
		}
		return Hours{Starts: from, Ends: to, Reason: reason}, nil
	})
}

// present gives what somebody's lines say of a duty, cut to its time: neither the way nor waiting before it counts.
func (s *Service) present(q sqldb.Q, d Duty, rows []person.ID) (Hours, error) {
	x, err := standing(q, d, rows)
	if err != nil {
		return Hours{}, err
	}
	switch {
	case x.In == 0:
		return Hours{}, errs.New(errs.Conflict, "duty.no_in", nil)
	case x.Out == 0:
		return Hours{}, errs.New(errs.Conflict, "duty.no_out", nil)
	}
	from, to := max(x.In, d.Starts), min(x.Out, d.Ends)
	if from >= to {
		return Hours{}, errs.New(errs.Conflict, "duty.no_time", nil)
	}
	return Hours{Starts: from, Ends: to}, nil
}

const minute = int64(60 * 1e6)

// count writes hours down. It takes the person and the guard of her day, and then the statement itself asks that nothing else of hers
// meets this time and that the day does not hold more than it may. What counted before for the same session is replaced.
func (s *Service) count(ctx context.Context, by authz.Actor, which timetable.ID, who person.ID, v authz.Verb, decide func(*sqldb.Tx, Duty, person.Party, int64) (Hours, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		d, err := find(tx, which)
		if err != nil {
			return err
		}
		held, err := person.Gather(tx, who, []person.ID{who}, 0, "", "")
		if err != nil {
			return err
		}
		rows := held.Rows[0]
		one, err := volunteering.Of(tx, who)
		if err != nil {
			return err
		}
		if one.ID == "" || !slices.ContainsFunc(d.Leaders, func(l person.ID) bool { return slices.Contains(rows, l) }) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		children, err := s.Children(tx, d.Place, d.Day, d.Starts, d.Ends)
		if err != nil {
			return err
		}
		h, err := decide(tx, d, held, children)
		if err != nil {
			return err
		}
		if tx.Now().UnixMicro() < d.Starts {
			return errs.New(errs.Conflict, "duty.not_yet", nil)
		}
		h.Session, h.Person, h.Volunteer, h.Day, h.Children = d.ID, held.People[0].ID, one.ID, d.Day, children
		h.Minutes = min((h.Ends-h.Starts)/minute, MostPerDay)
		if err := s.put(tx, h, rows); err != nil {
			return err
		}
		return tx.Record(v, d.ID.String(), act.Change{"person": h.Person, "minutes": h.Minutes, "children": children, "reason": h.Reason})
	}))
}

// put writes one row of hours; see count.
func (s *Service) put(tx *sqldb.Tx, h Hours, rows []person.ID) error {
	if _, err := tx.Exec(`INSERT INTO volunteer_day (city, person, on_day, moves) VALUES ($1, $2, $3, 1) ON CONFLICT (city, person, on_day) DO UPDATE SET moves = volunteer_day.moves + 1`, h.Person, h.Day); err != nil {
		return err
	}
	var before sqldb.Where
	before.And("city = $1").And("session = ?", h.Session).And("replaced = 0")
	among(&before, "person", rows)
	if _, err := tx.Exec(`UPDATE volunteer_hours SET replaced = 1 WHERE `+before.SQL(), before.Args()...); err != nil {
		return err
	}
	var w sqldb.Where
	values := ""
	for _, x := range []any{h.Session, h.Person} {
		values += w.Arg(x) + ", "
	}
	values += `(SELECT COALESCE(MAX(no), 0) + 1 FROM volunteer_hours n WHERE n.city = $1 AND n.session = ` + w.Arg(h.Session) + ` AND n.person = ` + w.Arg(h.Person) + `)`
	for _, x := range []any{h.Volunteer, h.Day} {
		values += ", " + w.Arg(x)
	}
	for _, x := range []int64{h.Starts, h.Ends, h.Minutes, h.Children} {
		values += ", CAST(" + w.Arg(x) + " AS BIGINT)"
	}
	values += ", " + w.Arg(h.Reason) + ", " + w.Arg(tx.By().User) + ", CAST(" + w.Arg(tx.Now().UnixMicro()) + " AS BIGINT)"
	w.And("$1 <> ''")
	if h.Minutes > 0 {
		marks := make([]string, len(rows))
		for i, r := range rows {
			marks[i] = w.Arg(r)
		}
		mine := `o.city = $1 AND o.replaced = 0 AND o.minutes > 0 AND o.person IN (` + strings.Join(marks, ", ") + `)`
		w.And(`NOT EXISTS (SELECT 1 FROM volunteer_hours o WHERE `+mine+` AND o.starts_at < ? AND o.ends_at > ?)`, h.Ends, h.Starts)
		w.And(`(SELECT COALESCE(SUM(o.minutes), 0) FROM volunteer_hours o WHERE `+mine+` AND o.on_day = ?) + CAST(? AS BIGINT) <= CAST(? AS BIGINT)`, h.Day, h.Minutes, int64(MostPerDay))
	}
	n, err := tx.Exec(`INSERT INTO volunteer_hours (city, session, person, no, volunteer, on_day, starts_at, ends_at, minutes, children, reason, made_by, made_at) SELECT $1, `+values+` WHERE `+w.SQL(), w.Args()...)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "duty.too_much", errs.Args{"hours": MostPerDay / 60})
	}
	return nil
}

// After does what is to be done when rows of persons turn out to be one human being, in the act that joins them: of hours that meet, those
// that were confirmed first stay, the others count for nothing from now on, by a row of their own.
func (s *Service) After(tx *sqldb.Tx, rows []person.ID) error {
	all, err := Served(tx, rows, 0, 0)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b Hours) int { return int(a.MadeAt/minute - b.MadeAt/minute) })
	var kept []Hours
	perDay := map[day.Day]int64{}
	for _, h := range all {
		if h.Minutes == 0 {
			continue
		}
		if perDay[h.Day]+h.Minutes <= MostPerDay && !slices.ContainsFunc(kept, func(k Hours) bool { return k.Starts < h.Ends && h.Starts < k.Ends }) {
			kept, perDay[h.Day] = append(kept, h), perDay[h.Day]+h.Minutes
			continue
		}
		h.Ends, h.Minutes, h.Reason = h.Starts, 0, "merged"
		if err := s.put(tx, h, []person.ID{h.Person}); err != nil {
			return err
		}
		if err := tx.Record(Joined, h.Session.String(), act.Change{"person": h.Person, "minutes": 0}); err != nil {
			return err
		}
	}
	return nil
}
