package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/document"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/source"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/service/density"
	"zhidian/internal/service/nightschool"
	"zhidian/internal/service/outreach"
	"zhidian/internal/service/research"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/figures"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
)

// fileGrace is how long a stored file may be named by nothing: a clerk who has handed one in is asked some questions before
// it is entered.
const fileGrace = 48 * time.Hour

// retention is the rules of all tables. Rows that refer to others come before these, organisations last.
func retention(keys seal.Provider) []retain.Rule {
	return slices.Concat(
		startuploan.Retention, certificate.Retention, duty.Retention, pairing.Retention, volunteering.Retention(duty.Kept, certificate.Kept),
		account.Retention, notice.Retention, feed.Retention, job.Retention, document.Retention, field.Retention, form.Retention, casework.Retention, source.Retention, density.Retention, research.Retention, bankfile.Retention, claim.Retention, figures.Retention, followup.Retention, contract.Retention(claim.NamesLoan, followup.NamesLoan), venture.Retention, childcare.Retention, place.Retention, rulebook.Retention, product.Retention,
		nightschool.Retention, enrolment.Retention, edition.Retention, clearance.Retention,
		lesson.Retention, timetable.Retention, term.Retention, safety.Retention, photo.Retention, outreach.Retention,
		person.Retention(keys, startuploan.Names, account.Names, casework.Names, venture.Names, enrolment.Names, contract.Names, clearance.Names, timetable.Names, childcare.NamesPerson, nightschool.NamesPerson, volunteering.Names, duty.Names, certificate.Names, safety.Names, photo.Names),
		org.Retention(startuploan.NamesOrg, account.NamesOrg, document.NamesOrg, form.NamesOrg, casework.NamesOrg, density.NamesOrg, research.NamesOrg, venture.NamesOrg, contract.NamesOrg, followup.NamesOrg, outreach.NamesOrg, childcare.NamesOrg, nightschool.NamesOrg, product.NamesOrg, edition.NamesOrg, clearance.NamesOrg, place.NamesOrg, person.NamesOrg, volunteering.NamesOrg, pairing.NamesOrg, certificate.NamesOrg, lesson.NamesOrg),
		actlog.Retention, retain.Retention,
	)
}

// holdable are the things that a hold may name.
var holdable = []retain.Kind{
	{Key: retain.Person, Find: func(q sqldb.Q, text string) (retain.Subject, error) {
		of, err := id.Parse[person.Person](text)
		if err != nil {
			return retain.Subject{}, err
		}
		there, err := person.Which(q, []person.ID{of}) // also whom nobody sees: a delivery that was undone may have brought her
		if err == nil && len(there) == 0 {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		return retain.Subject{ID: of.String()}, err
	}},
	{Key: "matter", Find: func(q sqldb.Q, text string) (retain.Subject, error) {
		m, err := casework.BySerial(q, text)
		if of, bad := id.Parse[casework.Matter](text); bad == nil {
			m, err = casework.Find(q, of)
		}
		return retain.Subject{ID: m.ID.String(), Name: m.Serial}, err
	}},
	{Key: "document", Find: func(q sqldb.Q, text string) (retain.Subject, error) {
		of, err := id.Parse[document.Document](text)
		if err != nil {
			return retain.Subject{}, err
		}
		d, err := document.Find(q, of)
		return retain.Subject{ID: d.ID.String()}, err
	}},
	{Key: "org", Find: func(q sqldb.Q, text string) (retain.Subject, error) {
		of, err := id.Parse[org.Node](text)
		if err != nil {
			return retain.Subject{}, err
		}
		n, err := org.Find(q, of)
		return retain.Subject{ID: n.ID.String(), Name: n.Name}, err
	}},
	{Key: retain.City, Find: func(q sqldb.Q, text string) (retain.Subject, error) {
		root, err := org.Root(q)
		if err == nil && text != root.Name && text != root.ID.String() { // not by mistake: it keeps everything
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		return retain.Subject{ID: root.ID.String(), Name: root.Name}, err
	}},
}

// destroyOver destroys what is kept no longer, and then the files that nothing names any more.
func (s *services) destroyOver(ctx context.Context) error {
	city := s.in.city.Slug
	failed := s.retain.Run(ctx, city)
	_, err := s.files.DeleteOrphans(ctx, s.db.Now().Add(-fileGrace), func(h blob.Hash) (named bool, err error) {
		err = s.db.Read(ctx, city, func(q *sqldb.Rx) error {
			for _, names := range fileNames {
				if named, err = names(q, string(h)); err != nil || named {
					return err
				}
			}
			return nil
		})
		return named, err
	})
	return errors.Join(failed, err)
}

// fileNames are the ways in which a stored file is named. One whose name stands in none of them is destroyed.
var fileNames = []func(q sqldb.Q, hash string) (bool, error){document.NamesFile, source.NamesFile, form.NamesFile}
