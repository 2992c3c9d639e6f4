// Package certificate certifies what volunteers have served (志愿服务记录证明), lets anybody check that a certificate holds, and hands what
// was served over in the columns that the national register asks for (民政部令第67号).
package certificate

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/duty"
)

// What people do with certificates.
var (
	Certify = authz.Verb{Key: "volunteer.certify", Writes: "volunteer_certificate"}
	Export  = authz.Verb{Key: "volunteer.export"}
)

// Verbs lists the verbs that people at desks hold.
var Verbs = []authz.Verb{Certify, Export}

// Service is the use cases of certificates.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Serials *sqldb.Serials
	Duties  *duty.Service
	Zone    *time.Location // of the city
}

// ID names a certificate.
type ID = id.Of[Certificate]

// Certificate is what was certified, as it was issued.
type Certificate struct {
	ID        ID
	Serial    string
	Code      string
	Volunteer volunteering.ID
	Person    person.ID
	Org       org.ID
	First     day.Day
	Last      day.Day
	Minutes   int64
	Times     int64
	Content   string
	Head      string // of the unit that issues it
	Handler   string
	Phone     string // of that unit
	Remarks   string
	IssuedBy  string
	IssuedAt  int64
	RevokedBy string
	RevokedAt int64 // 0 while it holds
	Reason    string
}

// Given is what a desk says when it issues a certificate; the service itself follows from the hours.
type Given struct {
	Volunteer            volunteering.ID
	First, Last          day.Day
	Head, Handler, Phone string
	Remarks              string
}

func (g Given) check(today day.Day) error {
	var p errs.Problems
	if p.Require(!g.First.IsZero(), "first", "field.required", nil) && p.Require(!g.Last.IsZero(), "last", "field.required", nil) {
		p.Require(g.First <= g.Last && g.Last <= today, "last", "certificate.days", nil)
	}
	for _, x := range []struct{ name, text string }{{"head", g.Head}, {"handler", g.Handler}, {"phone", g.Phone}} {
		p.Require(x.text != "", x.name, "field.required", nil)
		p.Require(len([]rune(x.text)) <= 30, x.name, "field.long", errs.Args{"max": 30})
	}
	p.Require(len([]rune(g.Remarks)) <= 200, "remarks", "field.long", errs.Args{"max": 200})
	return p.Err()
}

// Issue certifies what somebody has served between two days, by her desk, free of charge. Only hours that count are in it.
func (s *Service) Issue(ctx context.Context, by authz.Actor, g Given) (made ID, err error) {
	serial, err := s.number(ctx, by.City)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, at, err := volunteering.At(tx, by, Certify, g.Volunteer)
		if err != nil {
			return err
		}
		if err := g.check(s.today(tx)); err != nil {
			return err
		}
		p, err := person.Find(tx, v.Person)
		if err != nil {
			return err
		}
		rows, err := person.Same(tx, p.ID)
		if err != nil {
			return err
		}
		served, err := s.Duties.Told(tx, rows, g.First, g.Last)
		if err != nil {
			return err
		}
		c := Certificate{ID: id.New[Certificate](tx.Now()), Serial: serial, Code: rand.Text(), Volunteer: v.ID, Person: p.ID, Org: at.ID}
		c.Minutes, c.Times, c.Content = sum(served)
		if c.Minutes == 0 {
			return errs.New(errs.Conflict, "certificate.nothing", nil)
		}
		if _, err := tx.Exec(`INSERT INTO volunteer_certificate (city, id, serial, code, volunteer, person, org, first_day, last_day, minutes, times, content, head, handler, phone, remarks, issued_by, issued_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			c.ID, c.Serial, c.Code, c.Volunteer, c.Person, c.Org, g.First, g.Last, c.Minutes, c.Times, c.Content, g.Head, g.Handler, g.Phone, g.Remarks, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		made = c.ID
		if err := tx.Record(Certify, c.ID.String(), act.Change{"serial": c.Serial, "volunteer": c.Volunteer, "first": g.First.String(), "last": g.Last.String(), "minutes": c.Minutes}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// sum adds up what was served, and says it in words: what, where, how often.
func sum(all []duty.Told) (minutes, times int64, content string) {
	var order []string
	count := map[string]int64{}
	for _, t := range all {
		if t.Minutes == 0 {
			continue
		}
		minutes, times = minutes+t.Minutes, times+1
		key := t.Site + "，" + t.Title
		if count[key]++; count[key] == 1 {
			order = append(order, key)
		}
	}
	lines := make([]string, len(order))
	for i, key := range order {
		lines[i] = fmt.Sprintf("%s，%d 次", key, count[key])
	}
	return minutes, times, strings.Join(lines, "\n")
}

func (s *Service) number(ctx context.Context, city string) (string, error) {
	year := s.DB.Now().In(s.Zone).Year()
	n, err := s.Serials.Next(ctx, city, fmt.Sprintf("volunteer_certificate.%d", year), 1)
	return fmt.Sprintf("志证-%d-%05d", year, n), err
}

// Revoke lets a certificate hold no more, by the desk that issued it; whoever checks it reads so.
func (s *Service) Revoke(ctx context.Context, by authz.Actor, which ID, reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	p.Require(len([]rune(reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
	if err := p.Err(); err != nil {
		return err
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, _, err := at(tx, by, Certify, which)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE volunteer_certificate SET revoked_by = $3, revoked_at = $4, reason = $5 WHERE city = $1 AND id = $2 AND revoked_at = 0`, which, by.User, tx.Now().UnixMicro(), reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "certificate.revoked_already", nil)
		}
		return tx.Record(Certify, which.String(), act.Change{"serial": c.Serial, "revoked": true, "reason": reason})
	})
	return sqldb.Done(err)
}

// Paper is a certificate with what is shown of whose it is.
type Paper struct {
	Certificate
	Name   string
	Number string // of her ID, as much of it as the reader may see
	Of     string // her number as a volunteer
	Issuer string
	May    bool // the viewer may revoke it
}

// View gives a certificate to the desk that issued it; the ID number is masked but for who sees sealed fields.
func (s *Service) View(ctx context.Context, by authz.Actor, which ID) (got Paper, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, where, err := at(q, by, volunteering.Read, which)
		if err != nil {
			return err
		}
		if got, err = s.paper(q, c); err != nil {
			return err
		}
		got.May = by.Can(Certify, where.Path)
		if !by.Sees(authz.Sealed, volunteering.Read, where.Path) {
			got.Number = cn.MaskID(got.Number)
		}
		if !by.Sees(authz.Personal, volunteering.Read, where.Path) {
			got.Name, got.Number = cn.MaskName(got.Name), ""
		}
		return nil
	})
	return got, err
}

// Own gives a certificate, whole, to whom it is about.
func (s *Service) Own(ctx context.Context, by authz.Actor, which ID) (got Paper, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := find(q, which)
		if err != nil {
			return err
		}
		if by.Person == "" {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		if !slices.Contains(rows, c.Person) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		got, err = s.paper(q, c)
		return err
	})
	return got, err
}

// Verify gives anybody who has its code what a certificate says, with the name and number as masks only.
func (s *Service) Verify(ctx context.Context, city, code string) (got Paper, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		c, err := sqldb.One(q, scan, `SELECT `+columns+` FROM volunteer_certificate c WHERE c.city = $1 AND c.code = $2`, strings.ToUpper(code))
		if err != nil {
			return err
		}
		if got, err = s.paper(q, c); err != nil {
			return err
		}
		got.Name, got.Number = cn.MaskName(got.Name), cn.MaskID(got.Number)
		got.Certificate.Reason, got.Remarks, got.IssuedBy, got.RevokedBy = "", "", "", ""
		return nil
	})
	return got, err
}

func (s *Service) paper(q sqldb.Q, c Certificate) (got Paper, err error) {
	got.Certificate = c
	p, err := person.Find(q, c.Person)
	if err != nil {
		return got, err
	}
	v, err := volunteering.Known(q, c.Volunteer)
	if err != nil {
		return got, err
	}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return got, err
	}
	got.Name, got.Of, got.Issuer = p.Name, v.Serial, at.Name
	got.Number, err = person.Number(q, s.Keys, c.Person, person.ResidentID)
	return got, err
}

// Mine gives the certificates of whoever is signed in, the latest first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Certificate, err error) {
	if by.Person == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		for _, row := range rows {
			some, err := sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer_certificate c WHERE c.city = $1 AND c.person = $2 ORDER BY c.id DESC`, row)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	return all, err
}

// Of gives the certificates of a volunteer to her desk, the latest first, and whether the viewer issues them there.
func (s *Service) Of(ctx context.Context, by authz.Actor, which volunteering.ID) (all []Certificate, may bool, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		_, at, err := volunteering.At(q, by, volunteering.Read, which)
		if err != nil {
			return err
		}
		may = by.Can(Certify, at.Path)
		all, err = sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer_certificate c WHERE c.city = $1 AND c.volunteer = $2 ORDER BY c.id DESC`, which)
		return err
	})
	return all, may, err
}

const columns = `c.id, c.serial, c.code, c.volunteer, c.person, c.org, c.first_day, c.last_day, c.minutes, c.times, c.content, c.head, c.handler, c.phone, c.remarks, c.issued_by, c.issued_at, c.revoked_by, c.revoked_at, c.reason`

func scan(f sqldb.Scan) (Certificate, error) {
	var c Certificate
	return c, f(&c.ID, &c.Serial, &c.Code, &c.Volunteer, &c.Person, &c.Org, &c.First, &c.Last, &c.Minutes, &c.Times, &c.Content, &c.Head, &c.Handler, &c.Phone, &c.Remarks,
		&c.IssuedBy, &c.IssuedAt, &c.RevokedBy, &c.RevokedAt, &c.Reason)
}

func find(q sqldb.Q, which ID) (Certificate, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM volunteer_certificate c WHERE c.city = $1 AND c.id = $2`, which)
}

// at finds a certificate for whose desk the actor holds a verb.
func at(q sqldb.Q, by authz.Actor, v authz.Verb, which ID) (Certificate, org.Node, error) {
	c, err := find(q, which)
	if err != nil {
		return c, org.Node{}, err
	}
	where, err := org.Find(q, c.Org)
	if err != nil {
		return c, where, err
	}
	return c, where, by.Must(v, where.Path)
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }
