package safety

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

func stepRow(of ID, no int64) string { return of.String() + "/" + strconv.FormatInt(no, 10) }

// Sent is a report as a phone or a page sends it. Times are what the phone's clock showed, in milliseconds since 1970.
type Sent struct {
	Protocol int          `json:"protocol"`
	ID       string       `json:"id"` // the phone's own, for ever
	Class    childcare.ID `json:"class"`
	Child    person.ID    `json:"child"`
	Kind     Kind         `json:"kind"`
	Code     string       `json:"code"`
	Severity int64        `json:"severity"` // of an incident
	Words    string       `json:"words"`
	MadeAt   int64        `json:"made_at"`
	SentAt   int64        `json:"sent_at"`
}

// Received is what a phone gets for a report.
type Received struct {
	ID     string `json:"id"`
	Serial string `json:"serial"`
	At     int64  `json:"at"`   // milliseconds
	Skew   int64  `json:"skew"` // milliseconds by which the phone's clock was behind
	Again  bool   `json:"again"`
}

const (
	protocol = 1
	mostSaid = 2000 // characters
)

// check asks for as little as possible: nothing that is missing may keep a report of the duty from being made.
func (x Sent) check() error {
	var p errs.Problems
	p.Require(x.Protocol == protocol, "protocol", "safety.shape", nil)
	p.Require(len(x.ID) >= 16 && len(x.ID) <= 40 && strings.Trim(x.ID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "", "id", "safety.shape", nil)
	p.Require(slices.Contains(Codes[x.Kind], x.Code), "code", "field.choice", nil)
	p.Require(x.Kind != Incident || x.Severity >= 1 && x.Severity <= 3, "severity", "field.choice", nil)
	p.Require(x.Kind == Duty || x.Words != "", "words", "field.required", nil)
	p.Require(len([]rune(x.Words)) <= mostSaid, "words", "field.long", errs.Args{"max": mostSaid})
	p.Require(x.MadeAt > -1<<40 && x.MadeAt < 1<<43 && x.SentAt > -1<<40 && x.SentAt < 1<<43, "made_at", "safety.shape", nil)
	return p.Err()
}

// Report takes a report, once, however often it is sent, and puts it before those who must act. Nobody approves it, and however late it
// comes, and whether the child still has her place or not, it is taken.
func (s *Service) Report(ctx context.Context, by authz.Actor, device string, x Sent) (got Received, err error) {
	if err := x.check(); err != nil {
		return got, err
	}
	kind := casework.Case
	if x.Kind == Incident {
		kind = casework.Task
	}
	serial, err := s.Matters.Number(ctx, by.City, kind)
	if err != nil {
		return got, err
	}
	by.Once = ""
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := childcare.Find(tx, by, Tell, x.Class)
		if err != nil {
			return err
		}
		before, err := sqldb.One(tx, scan, `SELECT `+columns+` FROM care_report r WHERE r.city = $1 AND r.client = $2`, x.ID)
		if err == nil {
			got, err = again(tx, before, x)
			if err != nil {
				return err
			}
			return tx.Record(Tell, before.ID.String(), act.Change{"again": true})
		}
		if errs.KindOf(err) != errs.Absent {
			return err
		}
		made, m, err := s.add(tx, c, kind, serial, device, x)
		if err != nil {
			return err
		}
		got = Received{ID: x.ID, Serial: m.Serial, At: made.FoundAt / 1000, Skew: tx.Now().UnixMilli() - x.SentAt}
		return tx.Record(Tell, made.ID.String(), act.Change{"serial": m.Serial, "kind": string(x.Kind), "severity": made.Severity, "desk": m.Desk})
	})
	return got, err
}

// again answers a report that has come before.
func again(q sqldb.Q, before Report, x Sent) (Received, error) {
	m, err := casework.Find(q, before.Matter)
	return Received{ID: x.ID, Serial: m.Serial, At: before.FoundAt / 1000, Skew: q.Now().UnixMilli() - x.SentAt, Again: true}, err
}

func (s *Service) add(tx *sqldb.Tx, c childcare.Class, kind casework.Kind, serial, device string, x Sent) (r Report, m casework.Matter, err error) {
	now := tx.Now().UnixMicro()
	r = Report{
		ID: id.New[Report](tx.Now()), Client: x.ID, Class: c.ID, Kind: x.Kind, Code: x.Code, Severity: x.Severity, FoundAt: min(x.MadeAt*1000+now-x.SentAt*1000, now),
		Account: tx.By().User, Device: device[:min(len(device), 40)], MadeAt: now,
	}
	switch x.Kind {
	case Duty:
		r.Severity = 3
	case Seen:
		r.Severity = 1
	}
	if r.Child, err = onRoll(tx, c, x.Child); err != nil {
		return r, m, err
	}
	if r.Child != "" { // whoever comes to destroy her sees that she is named
		if _, err := person.Hold(tx, r.Child); err != nil {
			return r, m, err
		}
	}
	desk, readers, err := s.desk(tx, c.Org)
	if err != nil {
		return r, m, err
	}
	cal, err := casework.Calendar(tx)
	if err != nil {
		return r, m, err
	}
	m, err = s.Matters.Add(tx, serial, casework.New{
		Kind: kind, Title: s.Say("safety.matter."+string(x.Kind), "serial", c.Serial), Subject: "safety/" + r.ID.String(), Org: c.Org, Desk: desk, Days: r.days(), Limited: true, Readers: readers,
	})
	if err != nil {
		return r, m, err
	}
	r.Matter, r.DueAt = m.ID, r.until(tx.Now(), s.Zone, cal)
	if r.content, err = s.Keys.Seal(contentPlace(tx.City(), r.ID), []byte(x.Words)); err != nil {
		return r, m, err
	}
	if err := insert(tx, r); err != nil {
		return r, m, err
	}
	return r, m, tell(tx, r, serial, readers)
}

// onRoll gives the child of whom something is told if she is or was on the roll of the class, else nobody: who is not known here
// stands in the words.
func onRoll(q sqldb.Q, c childcare.Class, child person.ID) (person.ID, error) {
	if child == "" || c.Roll == "" {
		return "", nil
	}
	parties, err := enrolment.Parties(q, c.Roll)
	if err != nil {
		return "", err
	}
	for _, p := range parties {
		for _, m := range p.Members {
			root, err := person.Find(q, m.Person)
			if err != nil {
				return "", err
			}
			if m.Person == child || root.ID == child {
				return root.ID, nil
			}
		}
	}
	return "", nil
}

// desk gives the desk that answers for reports of a place, and who of it comes to know: whoever holds the right there.
func (s *Service) desk(q sqldb.Q, at org.ID) (org.ID, []string, error) {
	where, err := org.Find(q, at)
	if err != nil {
		return "", nil, err
	}
	return s.deskAt(q, where.Path)
}

func (s *Service) deskAt(q sqldb.Q, at authz.Path) (org.ID, []string, error) {
	desk, err := s.Accounts.Nearest(q, at, Protect)
	if err != nil {
		return "", nil, err
	}
	readers, err := s.Accounts.HoldersAt(q, Protect, desk)
	if err != nil {
		return "", nil, err
	}
	all := make([]string, len(readers))
	for i, a := range readers {
		all[i] = a.String()
	}
	return desk, all, nil
}
