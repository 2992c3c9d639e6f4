package field

import (
	"context"
	"errors"
	"os"
	"slices"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// PieceBytes is the longest piece of a file that is taken at once.
const PieceBytes = 512 << 10

// UploadDays is how long a file on its way waits for its next piece, and then for its answers.
const UploadDays = form.FileDays

// Upload is a file on its way from a phone.
type Upload struct {
	ID       string // the phone's own
	Form     form.ID
	Version  int64
	Question string
	Name     string
	Bytes    int64
	Have     int64
	Value    string // what stands as the answer once all of it is here
}

const uploadColumns = `u.id, u.form, u.question, u.name, u.bytes, u.have, u.value`

func scanUpload(s sqldb.Scan) (Upload, error) {
	var u Upload
	return u, s(&u.ID, &u.Form, &u.Question, &u.Name, &u.Bytes, &u.Have, &u.Value)
}

// Have tells how much of a file is here; nothing of one that nobody has begun to send.
func (s *Service) Have(ctx context.Context, by authz.Actor, which string) (u Upload, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		u, err = findUpload(q, by.User, which)
		return err
	})
	if isAbsent(err) {
		return Upload{ID: which}, nil
	}
	return u, err
}

func findUpload(q sqldb.Q, account, which string) (Upload, error) {
	return sqldb.One(q, scanUpload, `SELECT `+uploadColumns+` FROM field_upload u WHERE u.city = $1 AND u.account = $2 AND u.id = $3`, account, which)
}

// Piece takes the next piece of a file and tells how much is here. A piece that is here already, or that leaves a gap, changes
// nothing: the sender goes on from what she is told.
func (s *Service) Piece(ctx context.Context, by authz.Actor, u Upload, at int64, content []byte) (Upload, error) {
	if !isName(u.ID) || len(content) > PieceBytes {
		return u, errs.New(errs.Invalid, "field.piece", nil)
	}
	q, err := s.mayFile(ctx, by, u)
	if err != nil {
		return u, err
	}
	if most := form.Accepts(q.Kind).Size; u.Bytes <= 0 || u.Bytes > most {
		return u, errs.New(errs.Invalid, "blob.too_large", errs.Args{"mib": most >> 20})
	}
	err = s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO field_upload (city, account, id, form, question, name, bytes, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (city, account, id) DO NOTHING`, by.User, u.ID, u.Form, u.Question, u.Name, u.Bytes, tx.Now().UnixMicro()); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE field_upload SET have = have + $5 WHERE city = $1 AND account = $2 AND id = $3 AND have = $4 AND have + $5 <= bytes AND $5 > 0`,
			by.User, u.ID, at, int64(len(content)))
		if err == nil && n > 0 {
			_, err = tx.Exec(`INSERT INTO field_piece (city, account, upload, at, content) VALUES ($1, $2, $3, $4, $5)`, by.User, u.ID, at, content)
		}
		if err != nil {
			return err
		}
		u, err = findUpload(tx, by.User, u.ID)
		return err
	})
	if err != nil || u.Have < u.Bytes || u.Value != "" {
		return u, err
	}
	u.Value, err = s.whole(ctx, by, u, q)
	return u, err
}

// mayFile finds the question that a file answers, on a form that its sender has.
func (s *Service) mayFile(ctx context.Context, by authz.Actor, u Upload) (found *survey.Question, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		jobs, err := s.jobs(q, by, 0)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(jobs, func(j Job) bool { return j.Task.Form == u.Form }) {
			return errs.New(errs.Denied, "field.not_yours", nil)
		}
		found, err = s.question(q, u.Form, u.Version, u.Question)
		return err
	})
	return found, err
}

func (s *Service) question(q sqldb.Q, which form.ID, version int64, name string) (*survey.Question, error) {
	read, err := s.Forms.Definition(q, which, version)
	if err != nil {
		if errors.Is(err, sqldb.ErrNone) {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		return nil, err
	}
	for _, one := range read.Questions {
		if one.Name == name && one.Kind.IsFile() && one.Kind.Asked() {
			return one, nil
		}
	}
	return nil, errs.New(errs.Invalid, "field.piece", nil)
}

// whole puts a file together and keeps it as an answer's. What is no good as one is forgotten, so that another may be sent.
func (s *Service) whole(ctx context.Context, by authz.Actor, u Upload, q *survey.Question) (string, error) {
	f, err := os.CreateTemp(s.Temp, "field-")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	err = s.DB.Read(ctx, by.City, func(rx *sqldb.Rx) error {
		for at := int64(0); at < u.Bytes; {
			var piece []byte
			if err := rx.Row(`SELECT p.content FROM field_piece p WHERE p.city = $1 AND p.account = $2 AND p.upload = $3 AND p.at = $4`, by.User, u.ID, at).Scan(&piece); err != nil {
				return err
			}
			n, err := f.Write(piece)
			if err != nil {
				return err
			}
			at += int64(n)
		}
		return nil
	})
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	value, err := s.Forms.KeepFile(ctx, by.City, u.Form, q, f.Name(), u.Name)
	if errs.KindOf(err) == errs.Invalid {
		return "", errors.Join(err, s.forget(ctx, by, u.ID))
	}
	if err != nil {
		return "", err
	}
	err = s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`UPDATE field_upload SET value = $4 WHERE city = $1 AND account = $2 AND id = $3 AND value = ''`, by.User, u.ID, value); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM field_piece WHERE city = $1 AND account = $2 AND upload = $3`, by.User, u.ID); err != nil {
			return err
		}
		u, err = findUpload(tx, by.User, u.ID) // the same piece may have come twice at once
		return err
	})
	return u.Value, err
}

// forget drops files on their way, so that they can be sent anew.
func (s *Service) forget(ctx context.Context, by authz.Actor, ids ...string) error {
	return s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		if _, err := tx.Bulk(`DELETE FROM field_piece WHERE city = $1 AND account = $2 AND upload = $3`, len(ids), func(i int) []any { return []any{by.User, ids[i]} }); err != nil {
			return err
		}
		_, err := tx.Bulk(`DELETE FROM field_upload WHERE city = $1 AND account = $2 AND id = $3`, len(ids), func(i int) []any { return []any{by.User, ids[i]} })
		return err
	})
}

func isAbsent(err error) bool { return err != nil && errs.KindOf(err) == errs.Absent }
