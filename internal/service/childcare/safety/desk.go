package safety

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// Row is a report in a list. It says neither who it is about nor what was said.
type Row struct {
	Report
	Serial string
	Title  string // of the class
	Site   string
}

// List gives the reports that the actor knows of.
func (s *Service) List(ctx context.Context, by authz.Actor) (all []Row, now int64, err error) {
	if err := by.MustSomewhere(Protect); err != nil {
		return nil, 0, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		now = q.Now().UnixMicro()
		reports, err := known(q, by.User)
		if err != nil {
			return err
		}
		for _, r := range reports {
			one, err := row(q, r)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	return all, now, err
}

func row(q sqldb.Q, r Report) (Row, error) {
	m, err := casework.Find(q, r.Matter)
	if err != nil {
		return Row{}, err
	}
	return rowOf(q, r, m)
}

func rowOf(q sqldb.Q, r Report, m casework.Matter) (Row, error) {
	c, err := childcare.Known(q, r.Class)
	if err != nil {
		return Row{}, err
	}
	at, err := org.Find(q, c.Org)
	return Row{Report: r, Serial: m.Serial, Title: c.Title, Site: at.Name}, err
}

// View is a report with all that is known of it, for those on its list.
type View struct {
	Row
	Now     int64
	Desk    org.Node
	Name    string // of the child, "" where it is of the class
	Words   string
	Done    []Step // the newest first
	Readers []string
	Reads   []actlog.Line // who has read it, and who asked for whoever told it; the newest first
	Others  []string      // who may be put on the list: those who hold the right where the class is
}

// permit finds a report for an actor who holds the right and is on its list; to all others it is absent.
func permit(q sqldb.Q, by authz.Actor, which ID) (Report, error) {
	if err := by.MustSomewhere(Protect); err != nil {
		return Report{}, err
	}
	r, err := find(q, which)
	if err != nil {
		return r, err
	}
	knows, err := casework.Knows(q, r.Matter, by.User)
	if err == nil && !knows {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	return r, err
}

// Open gives a report in the clear to whoever is on its list. That she has read it is in the log before she gets it.
func (s *Service) Open(ctx context.Context, by authz.Actor, which ID) (got View, err error) {
	if err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		r, err := permit(q, by, which)
		if err != nil {
			return err
		}
		got, err = s.view(q, r)
		return err
	}); err != nil {
		return View{}, err
	}
	if err := s.DB.Note(ctx, by, Opened, which.String(), act.Change{"serial": got.Serial}); err != nil {
		return View{}, err
	}
	return got, nil
}

func (s *Service) view(q sqldb.Q, r Report) (got View, err error) {
	got.Now = q.Now().UnixMicro()
	m, err := casework.Find(q, r.Matter)
	if err != nil {
		return got, err
	}
	if got.Row, err = rowOf(q, r, m); err != nil {
		return got, err
	}
	plain, err := s.Keys.Open(contentPlace(q.City(), r.ID), r.content)
	if err != nil {
		return got, err
	}
	got.Words, got.Account, got.Device, got.content = string(plain), "", "", nil
	if got.Desk, err = org.Find(q, m.Desk); err != nil {
		return got, err
	}
	if r.Child != "" {
		child, err := person.Find(q, r.Child)
		if err != nil {
			return got, err
		}
		got.Name = child.Name
	}
	if got.Done, err = s.steps(q, r.ID); err != nil {
		return got, err
	}
	if got.Readers, err = casework.Readers(q, r.Matter); err != nil {
		return got, err
	}
	for _, v := range []authz.Verb{Opened, Asked} {
		lines, err := actlog.List(q, actlog.Filter{Subject: r.ID.String(), Verb: v.Key, Limit: 20})
		if err != nil {
			return got, err
		}
		got.Reads = append(got.Reads, lines...)
	}
	got.Others, err = s.others(q, r, got.Readers)
	return got, err
}

// others are the accounts that hold the right where the class is and do not know of a report.
func (s *Service) others(q sqldb.Q, r Report, readers []string) (all []string, err error) {
	c, err := childcare.Known(q, r.Class)
	if err != nil {
		return nil, err
	}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return nil, err
	}
	holders, err := s.Accounts.Holders(q, Protect, at.Path)
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		if !slices.Contains(readers, h.String()) {
			all = append(all, h.String())
		}
	}
	return all, nil
}

// Told gives the account of whoever told a report. Who asked and why is in the log before the name is given.
func (s *Service) Told(ctx context.Context, by authz.Actor, which ID, reason string) (who string, err error) {
	reason = strings.TrimSpace(reason)
	var p errs.Problems
	p.Require(utf8.RuneCountInString(reason) >= 4 && utf8.RuneCountInString(reason) <= 500, "reason", "safety.reason_short", nil)
	if err := p.Err(); err != nil {
		return "", err
	}
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		r, err := permit(q, by, which)
		who = r.Account
		return err
	}); err != nil {
		return "", err
	}
	return who, s.DB.Note(ctx, by, Asked, which.String(), act.Change{"reason": reason})
}

// Do takes a step: whoever is on the list of a report may take it, nobody else has to agree.
func (s *Service) Do(ctx context.Context, by authz.Actor, which ID, x Step) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		r, err := s.hold(tx, by, which)
		if err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		if x.At == 0 {
			x.At = now
		}
		if err := r.may(x, now); err != nil {
			return err
		}
		if err := s.write(tx, r.ID, x); err != nil {
			return err
		}
		change := act.Change{"step": string(x.Kind)}
		switch x.Kind {
		case r.Stops():
			_, err = tx.Exec(`UPDATE care_report SET stopped_at = $3 WHERE city = $1 AND id = $2 AND stopped_at = 0`, r.ID, now)
		case Family:
			_, err = tx.Exec(`UPDATE care_report SET family_at = $3 WHERE city = $1 AND id = $2 AND family_at = 0`, r.ID, x.At)
		case Closed:
			if _, err = tx.Exec(`UPDATE care_report SET closed_at = $3 WHERE city = $1 AND id = $2`, r.ID, now); err == nil {
				err = s.closeMatter(tx, r)
			}
		}
		if err != nil {
			return err
		}
		return tx.Record(Protect, r.ID.String(), change)
	})
	return sqldb.Done(err)
}

// hold finds a report for an actor on its list and takes its row: steps come one after another.
func (s *Service) hold(tx *sqldb.Tx, by authz.Actor, which ID) (Report, error) {
	if _, err := permit(tx, by, which); err != nil {
		return Report{}, err
	}
	if _, err := tx.Exec(`UPDATE care_report SET top = top WHERE city = $1 AND id = $2`, which); err != nil {
		return Report{}, err
	}
	return find(tx, which)
}

// may says why a step cannot be taken now.
func (r Report) may(x Step, now int64) error {
	var p errs.Problems
	if r.ClosedAt > 0 || x.Kind == r.Stops() && r.StoppedAt > 0 {
		return errs.New(errs.Conflict, "safety.not_now", nil)
	}
	if !slices.Contains(r.Steps(), x.Kind) {
		if x.Kind == Closed && r.Kind == Duty {
			return errs.New(errs.Conflict, "safety.police_first", nil)
		}
		return errs.New(errs.Conflict, "safety.not_now", nil)
	}
	if x.Kind == Closed && r.TellsFamily() && r.FamilyAt == 0 {
		return errs.New(errs.Conflict, "safety.family_first", nil)
	}
	p.Require(x.Kind != Police && x.Kind != Family && x.Kind != Informed || x.Said.Who != "", "who", "field.required", nil)
	p.Require(x.Kind != Noted && x.Kind != Closed || x.Said.Words != "", "words", "field.required", nil)
	p.Require(len([]rune(x.Said.Who)) <= 60, "who", "field.long", errs.Args{"max": 60})
	p.Require(len([]rune(x.Said.Receipt)) <= 60, "receipt", "field.long", errs.Args{"max": 60})
	p.Require(len([]rune(x.Said.Words)) <= mostSaid, "words", "field.long", errs.Args{"max": mostSaid})
	p.Require(x.At <= now && x.At >= r.FoundAt-int64(60e6), "at", "safety.when", nil)
	return p.Err()
}

// closeMatter ends the matter of a report. Its answer stands under the report: the matter says so and nothing more.
func (s *Service) closeMatter(tx *sqldb.Tx, r Report) error {
	m, err := casework.Find(tx, r.Matter)
	if err != nil {
		return err
	}
	_, err = s.Matters.Take(tx, m, casework.Close, casework.Step{Reason: s.Say("safety.matter.closed")})
	return err
}

// Admit puts somebody on the list of a report who holds the right where the class is, and tells her.
func (s *Service) Admit(ctx context.Context, by authz.Actor, which ID, who account.ID) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		r, err := s.hold(tx, by, which)
		if err != nil {
			return err
		}
		readers, err := casework.Readers(tx, r.Matter)
		if err != nil {
			return err
		}
		others, err := s.others(tx, r, readers)
		if err != nil {
			return err
		}
		if !slices.Contains(others, who.String()) {
			return errs.New(errs.Conflict, "safety.not_to_know", nil)
		}
		m, err := casework.Find(tx, r.Matter)
		if err != nil {
			return err
		}
		if err := s.admit(tx, r, m.Serial, []string{who.String()}); err != nil {
			return err
		}
		if err := s.write(tx, r.ID, Step{Kind: Reader, At: tx.Now().UnixMicro(), Said: Said{Who: who.String()}}); err != nil {
			return err
		}
		return tx.Record(Protect, r.ID.String(), act.Change{"step": string(Reader), "account": who})
	})
	return sqldb.Done(err)
}

// admit lets accounts know of a report, and tells them that there is one.
func (s *Service) admit(tx *sqldb.Tx, r Report, serial string, accounts []string) error {
	for _, one := range accounts {
		if err := casework.Admit(tx, r.Matter, one); err != nil {
			return err
		}
	}
	return tell(tx, r, serial, accounts)
}

// tell lets accounts know, once, that there is a report of which they may know. It says nothing of it.
func tell(tx *sqldb.Tx, r Report, serial string, accounts []string) error {
	for _, one := range accounts {
		if err := notice.Send(tx, one, "safety/"+r.ID.String(), "safety.notice."+string(r.Kind), map[string]any{"serial": serial}, URL(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// URL is where a report is read.
func URL(r ID) string { return "/office/safety/" + r.String() }
