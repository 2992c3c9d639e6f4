package app

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/clearance/clearanceweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

var clearanceReminder = clearance.Reminder(casework.Written)

// A paper's renewal is asked for so many days before it ends, and due in so many working days.
const (
	remindBefore    = 30
	renewalDays     = 15
	remindedInARow  = 100
	clearancePrefix = "clearance/" // begins the subject of such a matter
)

// remindClearances makes a task of each paper of an adult that ends soon, and closes those whose paper was renewed.
func (s *services) remindClearances(ctx context.Context) error {
	city := s.in.city.Slug
	cat, err := catalog()
	if err != nil {
		return err
	}
	l := cat.Printer(i18n.ZhCN)
	var ending, renewed []clearance.Paper
	if err := s.db.Read(ctx, city, func(q *sqldb.Rx) (err error) {
		if ending, err = clearance.Ending(q, day.Of(q.Now(), s.clear.Zone).AddDays(remindBefore), remindedInARow); err != nil {
			return err
		}
		renewed, err = clearance.Renewed(q, remindedInARow)
		return err
	}); err != nil {
		return err
	}
	for _, p := range ending {
		if err := s.remindClearance(ctx, p, l); err != nil && errs.KindOf(err) != errs.Conflict { // another process was first
			return err
		}
	}
	for _, p := range renewed {
		if err := s.endReminder(ctx, p, l.T("clearance.renewed")); err != nil {
			return err
		}
	}
	return nil
}

func (s *services) remindClearance(ctx context.Context, p clearance.Paper, l *i18n.Printer) error {
	by := authz.System(s.in.city.Slug)
	serial, err := s.cases.Number(ctx, by.City, casework.Task)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, p.Org)
		if err != nil {
			return err
		}
		desk, err := s.account.Nearest(tx, at.Path, clearance.Enter, casework.Answer)
		if err != nil {
			return err
		}
		kind := l.T("clearance.kind." + string(p.Kind))
		m, err := s.cases.Add(tx, serial, casework.New{
			Kind: casework.Task, Title: l.T("clearance.reminder", "kind", kind), Subject: clearancePrefix + p.Person.String(), Org: p.Org, Desk: desk, Days: renewalDays,
			Text: l.T("clearance.reminder_says", "kind", kind, "until", p.Until),
		})
		if err != nil {
			return err
		}
		if first, err := clearance.Remind(tx, p.ID, m.ID.String()); err != nil || !first {
			return errs.New(errs.Conflict, "clearance.ended", nil)
		}
		return tx.Record(clearanceReminder, m.ID.String(), act.Change{"serial": serial, "paper": p.ID})
	})
}

// endReminder closes the task about a paper that counts no more.
func (s *services) endReminder(ctx context.Context, p clearance.Paper, why string) error {
	by := authz.System(s.in.city.Slug)
	err := s.cases.Close(ctx, by, casework.ID(p.Reminder), why)
	if kind := errs.KindOf(err); err != nil && kind != errs.Conflict && kind != errs.Absent { // somebody has closed it, or it is kept no longer
		return err
	}
	return s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := clearance.Forget(tx, p.ID); err != nil {
			return err
		}
		return tx.Record(clearanceReminder, p.Reminder, act.Change{"over": true})
	})
}

// besideClearance leads from the task about a paper to the adult whose it is.
func besideClearance(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error) {
	if len(m.Subject) <= len(clearancePrefix) || m.Subject[:len(clearancePrefix)] != clearancePrefix || !r.Actor.May(clearance.Read) {
		return nil, nil, nil
	}
	who, err := id.Parse[person.Person](m.Subject[len(clearancePrefix):])
	if err != nil {
		return nil, nil, nil
	}
	return nil, []ui.Action{{Label: r.L.T("clearance.to"), Icon: "shield-check", Href: clearanceweb.URL(who), Primary: true}}, nil
}
