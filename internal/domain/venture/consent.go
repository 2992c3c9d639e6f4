package venture

import (
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Purposes are for what a dossier may be shown. Each shows its own part: Offer what the venture does and lacks, Loan all of it.
const (
	Offer = "offer" // 推荐金融产品
	Loan  = "loan"  // 受理贷款、贷前调查
)

// Purposes lists them in the order in which pages show them.
var Purposes = []string{Offer, Loan}

// TextVersion is the version of the texts that founders agree to (message keys venture.consent.text.*). Whoever changes a text
// counts it up: a consent keeps the version that was read.
const TextVersion = "2026-1"

// ConsentID names a consent.
type ConsentID = id.Of[Consent]

// Consent is that a founder has agreed that her dossier be shown to somebody for a purpose, up to a day.
type Consent struct {
	ID        ConsentID
	Venture   ID
	Receiver  org.ID
	Purpose   string
	Version   string      // of the text
	Account   string      // whose consent it is, or who entered what was signed on paper
	Paper     document.ID // with the picture of the paper; zero where an account agreed
	Signed    int64       // no of the founder who signed it
	Given     int64       // microseconds UTC
	Until     day.Day
	Withdrawn int64 // 0 while it was not withdrawn
}

// Stands tells whether a consent counts on a day.
func (c Consent) Stands(on day.Day) bool { return c.Withdrawn == 0 && on <= c.Until }

const consentColumns = `c.id, c.venture, c.receiver, c.purpose, c.version, c.account, c.given_at, c.until_day, c.withdrawn_at, c.paper, c.signed_by`

func scanConsent(s sqldb.Scan) (Consent, error) {
	var c Consent
	return c, s(&c.ID, &c.Venture, &c.Receiver, &c.Purpose, &c.Version, &c.Account, &c.Given, &c.Until, &c.Withdrawn, &c.Paper, &c.Signed)
}

// Consents gives all consents of a venture, the latest first.
func Consents(q sqldb.Q, of ID) ([]Consent, error) {
	return sqldb.All(q, scanConsent, `SELECT `+consentColumns+` FROM venture_consent c WHERE c.city = $1 AND c.venture = $2 ORDER BY c.id DESC`, of)
}

// Months are for how long a consent may be given.
var Months = []string{"3", "6", "12", "24"}

// Receivers gives to whom dossiers may be shown: banks and guarantors that work.
func Receivers(q sqldb.Q) ([]org.Node, error) {
	return org.Subtree(q, authz.Scope{All: true}, org.Bank)
}

// Agree lets a founder show her dossier to a bank for one purpose, for some months. Given anew it runs on from today.
func (s *Service) Agree(ctx context.Context, by authz.Actor, which ID, receiver org.ID, purpose string, months int) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := Own(tx, by, which)
		if err != nil {
			return err
		}
		if v.State == Ended {
			return errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
		}
		var p errs.Problems
		if err := askedFor(tx, &p, receiver, purpose, months); err != nil {
			return err
		}
		if err := p.Err(); err != nil {
			return err
		}
		until := s.today(tx).AddMonths(months)
		if err := Give(tx, which, receiver, purpose, until); err != nil {
			return err
		}
		return tx.Record(Agree, which.String(), act.Change{"receiver": receiver, "purpose": purpose, "version": TextVersion, "until": until.String()})
	}))
}

// askedFor says what is wrong with whom a consent is for, what it is for and for how long.
func askedFor(q sqldb.Q, p *errs.Problems, receiver org.ID, purpose string, months int) error {
	p.Require(slices.Contains(Purposes, purpose), "purpose", "field.choice", nil)
	p.Require(months >= 1 && months <= 24, "months", "field.choice", nil)
	to, err := org.Find(q, receiver)
	if err != nil && errs.KindOf(err) != errs.Absent {
		return err
	}
	p.Require(err == nil && to.Kind == org.Bank && to.IsOpen(), "receiver", "field.choice", nil)
	return nil
}

// Give enters a consent within an act of the caller's, who permits, has seen that it was agreed to, and records. One that stood
// for the same is ended.
func Give(tx *sqldb.Tx, which ID, receiver org.ID, purpose string, until day.Day) error {
	return give(tx, Consent{Venture: which, Receiver: receiver, Purpose: purpose, Until: until})
}

const insertConsent = `INSERT INTO venture_consent (city, id, venture, receiver, purpose, version, account, given_at, until_day, paper, signed_by)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`

func give(tx *sqldb.Tx, c Consent) error {
	if _, err := end(tx, c.Venture, c.Receiver, c.Purpose); err != nil {
		return err
	}
	n, err := tx.Exec(insertConsent, id.New[Consent](tx.Now()), c.Venture, c.Receiver, c.Purpose, TextVersion, tx.By().User, tx.Now().UnixMicro(), c.Until, c.Paper.String(), c.Signed)
	if err == nil && n == 0 { // somebody has just given it
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	return err
}

// end ends the standing consent to a receiver and a purpose.
func end(tx *sqldb.Tx, which ID, receiver org.ID, purpose string) (int64, error) {
	return tx.Exec(`UPDATE venture_consent SET withdrawn_at = $5 WHERE city = $1 AND venture = $2 AND receiver = $3 AND purpose = $4 AND withdrawn_at = 0`,
		which, receiver, purpose, tx.Now().UnixMicro())
}

// Retract withdraws a consent within an act of the caller's, whose verb names the table of
// Agree; it counts from the act's commit on. The caller permits by Own and records.
func Retract(tx *sqldb.Tx, which ID, receiver org.ID, purpose string) error {
	n, err := end(tx, which, receiver, purpose)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "venture.no_consent", nil)
	}
	return err
}

// desk gives the organisations for which the actor may look at what founders have agreed to show: her desk, and what it is a
// part of. Whoever answers for a county does not look through its banks' eyes.
func desk(q sqldb.Q, by authz.Actor) ([]org.ID, error) {
	if by.DeskID == "" {
		return nil, nil
	}
	at, err := org.Find(q, org.ID(by.DeskID))
	if err != nil || !by.Can(Shared, at.Path) {
		return nil, err
	}
	up, err := org.Ancestry(q, at.Path)
	if err != nil {
		return nil, err
	}
	var of []org.ID
	for _, n := range up {
		if n.Kind == org.Bank {
			of = append(of, n.ID)
		}
	}
	return of, nil
}

// under adds the condition, on alias v, that a consent to one of some receivers stands on the day of the snapshot.
func (s *Service) under(q sqldb.Q, w *sqldb.Where, receivers []org.ID) *sqldb.Where {
	marks := make([]string, len(receivers))
	for i, r := range receivers {
		marks[i] = w.Arg(r)
	}
	return w.And(`EXISTS (SELECT 1 FROM venture_consent c WHERE c.city = v.city AND c.venture = v.id AND c.receiver IN (`+strings.Join(marks, ", ")+`)
		AND c.withdrawn_at = 0 AND c.until_day >= ?)`, s.today(q))
}

// Shown is the condition that a consent for a purpose stands on a day between the venture and the receiver that two columns name,
// for other packages' statements. It adds its parameters to w.
func Shown(w *sqldb.Where, venture, receiver, purpose string, on day.Day) string {
	return `EXISTS (SELECT 1 FROM venture_consent vc WHERE vc.city = $1 AND vc.venture = ` + venture + ` AND vc.receiver = ` + receiver + `
		AND vc.purpose = ` + w.Arg(purpose) + ` AND vc.withdrawn_at = 0 AND vc.until_day >= ` + w.Arg(on) + `)`
}

// Allows tells whether a venture may be shown to an organisation, or what that is a part of, for any purpose now.
func (s *Service) Allows(q sqldb.Q, which ID, to org.Node) (bool, error) {
	up, err := org.Ancestry(q, to.Path)
	if err != nil {
		return false, err
	}
	ids := make([]org.ID, len(up))
	for i, n := range up {
		ids[i] = n.ID
	}
	var w sqldb.Where
	s.under(q, w.And("v.city = $1").And("v.id = ?", which), ids)
	var n int
	err = q.Row(`SELECT COUNT(*) FROM venture v WHERE `+w.SQL(), w.Args()...).Scan(&n)
	return n > 0, err
}

// Looker is that somebody has looked at a dossier under a consent.
type Looker struct {
	At      int64  // microseconds UTC
	Account string // of whoever looked
}

// mostLooks is how many looks a founder is told of.
const mostLooks = 100

// Lookers tells a founder who has looked at her dossier, the latest first.
func (s *Service) Lookers(q sqldb.Q, which ID) (all []Looker, err error) {
	lines, err := actlog.List(q, actlog.Filter{Subject: which.String(), Verb: Look.Key, Limit: mostLooks})
	for _, l := range lines {
		all = append(all, Looker{At: l.At, Account: l.Actor})
	}
	return all, err
}
