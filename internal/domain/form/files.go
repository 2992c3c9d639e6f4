package form

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/media"
	"zhidian/internal/platform/sqldb"
)

// FileDays is how many days a file waits for the answers that it belongs to.
const FileDays = 7

// FileID names a file that answers a question.
type FileID = id.Of[File]

// File is a photograph, a recording or a paper that answers a question. What it is called stands in the answer.
type File struct {
	ID       FileID
	Form     ID
	Question string
	Answer   AnswerID // zero while the answers are not handed in
	Hash     blob.Hash
	Type     blob.Type
	Bytes    int64
}

const fileColumns = `x.id, x.form, x.question, x.answer, x.file, x.type, x.bytes`

func scanFile(s sqldb.Scan) (File, error) {
	var f File
	err := s(&f.ID, &f.Form, &f.Question, &f.Answer, &f.Hash, &f.Type, &f.Bytes)
	return f, err
}

var (
	pictures   = []blob.Type{blob.JPEG, blob.PNG, blob.WebP}
	recordings = []blob.Type{blob.MP3, blob.M4A, blob.WAV, blob.Ogg, blob.AMR, blob.AAC, blob.WebM, blob.MP4}
	films      = []blob.Type{blob.MP4, blob.MOV, blob.WebM}
	papers     = []blob.Type{blob.PDF, blob.DOCX, blob.XLSX, blob.XLS, blob.CSV, blob.JPEG, blob.PNG, blob.WebP}
)

// Accepts tells which files answer a kind of question, and how many bytes one may have.
func Accepts(k survey.Kind) blob.Limits {
	switch k {
	case survey.Image:
		return blob.Limits{Size: 20 << 20, Types: pictures}
	case survey.Audio:
		return blob.Limits{Size: 30 << 20, Types: recordings}
	case survey.Video:
		return blob.Limits{Size: 50 << 20, Types: films}
	}
	return blob.Limits{Size: 20 << 20, Types: papers}
}

// IsPicture tells whether browsers show a type themselves.
func IsPicture(t blob.Type) bool { return slices.Contains(pictures, t) }

// FileNamed parts an answer into its file and what that was called.
func FileNamed(given string) (which FileID, name string) {
	if !fill.IsFile(given) {
		return "", given
	}
	return FileID(given[:26]), given[27:]
}

// KeepFile keeps a file that lies on disk until the answers of its form are handed in, for whoever Ask gave the form to; what
// it gives stands as the answer. Pictures and films lose what tells where, when and with what they were made.
func (s *Service) KeepFile(ctx context.Context, city string, which ID, q *survey.Question, at, name string) (string, error) {
	limits := Accepts(q.Kind)
	f, err := os.OpenFile(at, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	content := io.Reader(f)
	if info.Size() <= limits.Size { // what is too large Put says
		if limits.Is, err = blob.Sniff(f, info.Size()); err != nil {
			return "", err
		}
		if limits.Is == "" && isHEIC(f) {
			return "", errs.New(errs.Invalid, "form.heic", nil)
		}
		if slices.Contains(limits.Types, limits.Is) { // and which type it should be
			if content, err = plain(f, info.Size(), limits.Is); err != nil {
				return "", err
			}
		}
	}
	ref, err := s.Files.Put(ctx, content, limits)
	if err != nil {
		return "", err
	}
	made := File{Form: which, Question: q.Name, Hash: ref.Hash, Type: ref.Type, Bytes: ref.Size}
	err = s.DB.Keep(ctx, city, func(tx *sqldb.Tx) error {
		made.ID = id.New[File](tx.Now())
		_, err := tx.Exec(`INSERT INTO answer_file (city, id, form, question, file, type, bytes, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			made.ID, which, q.Name, string(made.Hash), string(made.Type), made.Bytes, tx.Now().UnixMicro())
		return err
	})
	return made.ID.String() + "-" + called(name, ref.Type), err
}

// isHEIC tells of photographs as iPhones keep them, which few other devices show.
func isHEIC(f io.ReaderAt) bool {
	head := make([]byte, 12)
	if _, err := f.ReadAt(head, 0); err != nil || string(head[4:8]) != "ftyp" {
		return false
	}
	return slices.Contains([]string{"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif"}, string(head[8:]))
}

// plain is the content of a file without what was noted beside it.
func plain(f *os.File, size int64, t blob.Type) (io.Reader, error) {
	damaged := func(err error) error {
		if errors.Is(err, media.ErrDamaged) {
			return errs.Wrap(err, errs.Invalid, "form.file_damaged", nil)
		}
		return err
	}
	switch {
	case IsPicture(t):
		all, err := io.ReadAll(io.NewSectionReader(f, 0, size))
		if err != nil {
			return nil, err
		}
		all, err = media.Strip(t, all)
		return bytes.NewReader(all), damaged(err)
	case t == blob.MP4 || t == blob.MOV || t == blob.M4A:
		if err := media.StripFilm(f, size); err != nil {
			return nil, damaged(err)
		}
	}
	return io.NewSectionReader(f, 0, size), nil
}

// called is what a file is called from now on: as it was, short enough, and with the ending of what it is.
func called(name string, t blob.Type) string {
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == '/' || c == '\\' {
			return '_'
		}
		return c
	}, strings.TrimSuffix(name, path.Ext(name)))
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60])
	}
	return strings.TrimRight(name, ". ") + "." + t.Ending()
}

// claim ties the files that answers name to them, and lets go of those that they name no more. A file answers one question
// of one answer only, so that nobody gets another's by naming it.
func claim(tx *sqldb.Tx, of AnswerID, which ID, all []fill.Filed) error {
	var gone errs.Problems
	named := map[FileID]bool{}
	for _, x := range all {
		file, _ := FileNamed(x.Value)
		n, err := tx.Exec(`UPDATE answer_file SET answer = $4 WHERE city = $1 AND id = $2 AND form = $3 AND question = $5 AND answer IN ('', $4)`,
			file.String(), which, of.String(), x.Question.Name)
		if err != nil {
			return err
		}
		if n == 0 || named[file] {
			gone.Add(x.Path, "form.file_gone", nil)
		}
		named[file] = true
	}
	if err := gone.Err(); err != nil {
		return err
	}
	had, err := sqldb.All(tx, scanFile, `SELECT `+fileColumns+` FROM answer_file x WHERE x.city = $1 AND x.answer = $2`, of)
	if err != nil {
		return err
	}
	for _, x := range had {
		if named[x.ID] {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM answer_file WHERE city = $1 AND id = $2`, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// Opened is a file of an answer; who got it closes its content.
type Opened struct {
	File
	Name    string
	Content *blob.File
}

// OpenFile gives a file of an answer to who may read the answer and sees questions of its class. That a sensitive one is
// opened is noted in the log of acts first.
func (s *Service) OpenFile(ctx context.Context, by authz.Actor, of AnswerID, which FileID) (o Opened, err error) {
	var read *survey.Form
	var a Answer
	var at org.Node
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if a, err = sqldb.One(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE a.city = $1 AND a.id = $2`, of); err != nil {
			return err
		}
		if at, err = org.Find(q, a.Org); err != nil {
			return err
		}
		if err := by.Must(Answers, at.Path); err != nil {
			return err
		}
		if read, err = s.Definition(q, a.Form, a.Version); err != nil {
			return err
		}
		o.File, err = findFile(q, of, which)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	whole, err := s.open(by.City, a)
	if err != nil {
		return Opened{}, err
	}
	see := func(c authz.Class) bool { return by.Sees(c, Answers, at.Path) }
	q, name := answeredBy(read, 0, visible(read, 0, whole, see, map[string]bool{}), which)
	if q == nil {
		return Opened{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	if q.Class >= authz.Sensitive {
		if err := s.DB.Note(ctx, by, Answers, of.String(), act.Change{"serial": a.Serial, "file": which}); err != nil {
			return Opened{}, err
		}
	}
	o.Name = name
	o.Content, err = s.Files.Open(o.Hash)
	return o, err
}

// OwnFile gives a file of one's own answer, found as Mine finds it.
func (s *Service) OwnFile(ctx context.Context, by authz.Actor, serial, words string, which FileID) (o Opened, err error) {
	own, err := s.Mine(ctx, by, serial, words)
	if err != nil {
		return o, err
	}
	q, name := answeredBy(own.Form, 0, own.Content, which)
	if q == nil {
		return o, errs.New(errs.Absent, "errs.absent", nil)
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		o.File, err = findFile(q, own.ID, which)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	o.Name = name
	o.Content, err = s.Files.Open(o.Hash)
	return o, err
}

func findFile(q sqldb.Q, of AnswerID, which FileID) (File, error) {
	return sqldb.One(q, scanFile, `SELECT `+fileColumns+` FROM answer_file x WHERE x.city = $1 AND x.id = $2 AND x.answer = $3`, which, of.String())
}

// answeredBy finds the question that a file answers, and what the file is called; nil where none of the answers names it.
func answeredBy(read *survey.Form, at int, all map[string]any, which FileID) (*survey.Question, string) {
	for _, below := range read.Questions[at].Below {
		q := read.Questions[below]
		switch given := all[q.Name].(type) {
		case string:
			if file, name := FileNamed(given); q.Kind.IsFile() && file == which && which != "" {
				return q, name
			}
		case map[string]any:
			if found, name := answeredBy(read, below, given, which); found != nil {
				return found, name
			}
		case []any:
			for _, one := range given {
				if inside, ok := one.(map[string]any); ok {
					if found, name := answeredBy(read, below, inside, which); found != nil {
						return found, name
					}
				}
			}
		}
	}
	return nil, ""
}
