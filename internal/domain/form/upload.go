package form

import (
	"context"
	"os"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Upload reads a workbook and keeps it as the draft of a form: of the one with its form_id, or of a new one that belongs to an
// organisation. The draft before it is replaced. A workbook with errors changes nothing; its faults say what is wrong.
func (s *Service) Upload(ctx context.Context, by authz.Actor, of org.ID, path, name string) (made Version, faults []survey.Fault, err error) {
	return s.upload(ctx, by, path, name, func(tx *sqldb.Tx, read *survey.Form) (Form, error) { return s.formOf(tx, of, read) })
}

// Renew is Upload for a form that is there already. A workbook without a form_id of its own takes the form's; one with
// another is most likely another form, and refused.
func (s *Service) Renew(ctx context.Context, by authz.Actor, which ID, path, name string) (made Version, faults []survey.Fault, err error) {
	return s.upload(ctx, by, path, name, func(tx *sqldb.Tx, read *survey.Form) (Form, error) {
		f, err := Find(tx, which)
		if err != nil {
			return f, err
		}
		if read.Unnamed {
			read.ID = f.Code
		}
		if read.ID != f.Code {
			return f, errs.New(errs.Conflict, "form.other_code", errs.Args{"code": f.Code, "found": read.ID})
		}
		return f, nil
	})
}

func (s *Service) upload(ctx context.Context, by authz.Actor, path, name string, find func(*sqldb.Tx, *survey.Form) (Form, error)) (made Version, faults []survey.Fault, err error) {
	if err := by.MustSomewhere(Design); err != nil {
		return made, nil, err
	}
	read, faults, err := xlsform.Read(path, name)
	if err != nil || survey.Failed(faults) {
		return made, faults, err
	}
	file, err := os.Open(path)
	if err != nil {
		return made, faults, err
	}
	defer file.Close()
	ref, err := s.Files.Put(ctx, file, workbook)
	if err != nil {
		return made, faults, err
	}
	made, err = s.draft(ctx, by, drawn{read, faults, string(ref.Hash), name}, func(tx *sqldb.Tx) (Form, error) { return find(tx, read) })
	return made, faults, err
}
