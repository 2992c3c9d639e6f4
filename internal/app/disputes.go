package app

import (
	"context"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/field/fieldweb"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// recordAsk puts a record in dispute before somebody who can decide, or takes the question back once it is settled.
var recordAsk = authz.Verb{Key: "record.ask", Writes: "record " + casework.Written}

// disputeDays is in how many working days a supervisor decides.
const disputeDays = 3

// askDisputes makes a matter of each record that two people changed differently, or of which an answer was taken back, and
// closes those that are settled.
func (s *services) askDisputes(ctx context.Context) error {
	city := s.in.city.Slug
	all, err := s.fields.Disputes(ctx, city)
	if err != nil || len(all) == 0 {
		return err
	}
	cat, err := catalog()
	if err != nil {
		return err
	}
	l := cat.Printer(i18n.ZhCN)
	for _, d := range all {
		if len(d.Disputed) > 0 {
			err = s.askDispute(ctx, d, l)
		} else {
			err = s.endDispute(ctx, d, l.T("app.dispute_over"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askDispute lets the desk nearest to the record decide.
func (s *services) askDispute(ctx context.Context, d field.Dispute, l *i18n.Printer) error {
	by := authz.System(s.in.city.Slug)
	serial, err := s.cases.Number(ctx, by.City, casework.Difference)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		desk, err := s.account.Nearest(tx, d.At.Path, field.Decide, casework.Answer)
		if err != nil {
			return err
		}
		m, err := s.cases.Add(tx, serial, casework.New{
			Kind: casework.Difference, Title: l.T("app.dispute", "list", d.List.Title), Subject: d.Record.List.String() + "/" + d.ID, Org: d.Org, Desk: desk, Days: disputeDays,
			Text: l.T("app.dispute_says", "id", d.ID),
		})
		if err != nil {
			return err
		}
		if asked, err := record.Ask(tx, d.Record, m.ID.String()); err != nil || !asked {
			return errs.New(errs.Conflict, "form.moved_on", nil) // another process was first; the next round sees it
		}
		return tx.Record(recordAsk, m.ID.String(), act.Change{"serial": serial, "list": d.Record.List})
	})
}

// besideDispute leads from the matter of a dispute to the record about which is to be decided.
func besideDispute(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error) {
	list, which, _ := strings.Cut(m.Subject, "/")
	of, err := id.Parse[record.List](list)
	if m.Kind != casework.Difference || err != nil || which == "" || !r.Actor.May(field.Records) {
		return nil, nil, nil
	}
	return nil, []ui.Action{{Label: r.L.T("app.to_record"), Icon: "git-merge", Href: fieldweb.RecordURL(of, which), Primary: true}}, nil
}

// endDispute closes the matter of a record that is settled.
func (s *services) endDispute(ctx context.Context, d field.Dispute, why string) error {
	by := authz.System(s.in.city.Slug)
	err := s.cases.Close(ctx, by, casework.ID(d.Matter), why)
	if kind := errs.KindOf(err); err != nil && kind != errs.Conflict && kind != errs.Absent { // somebody has closed it, or it is kept no longer
		return err
	}
	return s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := record.Ask(tx, d.Record, ""); err != nil {
			return err
		}
		return tx.Record(recordAsk, d.Matter, act.Change{"over": true})
	})
}
