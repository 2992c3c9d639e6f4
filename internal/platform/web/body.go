package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"zhidian/internal/platform/errs"
)

const (
	maxFields    = 10_000 // beside the files: a questionnaire may have thousands
	maxFiles     = 500
	maxValues    = 1 << 20 // bytes of all fields beside the files
	maxNameRunes = 150
)

// takeBody bounds length and time of the body, reads a plain form, and takes the idempotency key.
// Forms with files are read by Upload, bodies of other kinds by the handler.
func (r *Request) takeBody(a *answer) error {
	if err := r.setKey(r.Header.Get("Idempotency-Key")); err != nil {
		return err
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > r.route.Body {
		return &http.MaxBytesError{Limit: r.route.Body}
	}
	waiting := &patientBody{ReadCloser: r.Body, to: http.NewResponseController(a.ResponseWriter), patience: r.server.BodyTime}
	waiting.moving = r.route.Body > largeBody
	waiting.last = time.Now().Add(r.route.Time)
	waiting.start()
	r.Body = http.MaxBytesReader(a.ResponseWriter, waiting, r.route.Body)
	contentType := r.Header.Get("Content-Type")
	if contentType == "" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "web.body.kind", nil)
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return errs.New(errs.Invalid, "web.charset", nil)
	}
	if kind != "application/x-www-form-urlencoded" {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		if plain := plainly(r, err); errs.KindOf(plain) != errs.Internal {
			return plain
		}
		return errs.Wrap(err, errs.Invalid, "web.body.broken", nil)
	}
	return r.setKey(r.PostForm.Get("_key"))
}

// setKey keeps an idempotency key: 8 to 64 letters, digits, - and _.
func (r *Request) setKey(key string) error {
	if key == "" {
		return nil
	}
	odd := strings.IndexFunc(key, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
	})
	if odd >= 0 || len(key) < 8 || len(key) > 64 {
		return errs.New(errs.Invalid, "web.key", nil)
	}
	r.Key, r.Actor.Once = key, key
	return nil
}

// NewKey draws the idempotency key that a form carries in its hidden field _key.
func NewKey() string { return readable(26) }

// patientBody gives the sender of a body so much time: for all of a small one, for each piece of a large one.
type patientBody struct {
	io.ReadCloser
	to       *http.ResponseController
	patience time.Duration
	moving   bool
	last     time.Time // when even a sender who keeps sending is cut off
}

func (b *patientBody) start() {
	until := time.Now().Add(b.patience)
	if until.After(b.last) {
		until = b.last
	}
	_ = b.to.SetReadDeadline(until)
}

func (b *patientBody) Read(p []byte) (int, error) {
	if b.moving {
		b.start()
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		_ = b.to.SetReadDeadline(time.Time{}) // else the connection would be taken for dead while we work
	}
	return n, err
}

// Upload is a form with files, which lie in a temporary folder until Remove.
type Upload struct {
	Values url.Values
	Files  []File
	within string // where the folder is made
	dir    string // empty while there is no file
}

// File is one uploaded file.
type File struct {
	Field string
	Name  string // as the viewer's computer calls it, without folders; for showing only
	Size  int64
	Path  string // where it lies
}

// Remove deletes the files. Who wants to keep one moves it away first.
func (u *Upload) Remove() error {
	if u.dir == "" {
		return nil
	}
	return os.RemoveAll(u.dir)
}

// File gives the first file of a field.
func (u *Upload) File(field string) (File, bool) {
	for _, f := range u.Files {
		if f.Field == field {
			return f, true
		}
	}
	return File{}, false
}

// Upload reads a form with files, streaming each to a temporary file; the route's Body bounds the whole.
// progress, which may be nil, hears the bytes received so far. Afterwards Read reads the form's fields.
func (r *Request) Upload(progress func(received int64)) (u *Upload, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "web.body.kind", nil)
	}
	u = &Upload{Values: url.Values{}, within: r.server.TempDir}
	defer func() {
		if err != nil {
			_ = u.Remove()
			u = nil
		}
	}()
	count := &counter{tell: progress}
	left := int64(maxValues)
	var value bytes.Buffer
	for fields := 0; ; fields++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || fields == maxFields || len(u.Files) > maxFiles {
			return u, broken(r, err)
		}
		if part.FileName() != "" {
			if err := u.keep(part, count); err != nil {
				return u, broken(r, err)
			}
			continue
		}
		value.Reset()
		n, err := value.ReadFrom(io.LimitReader(io.TeeReader(part, count), left+1))
		if left -= n; err != nil || left < 0 {
			return u, broken(r, err)
		}
		u.Values.Add(part.FormName(), value.String())
	}
	r.PostForm = u.Values
	return u, r.setKey(u.Values.Get("_key"))
}

// broken tells a form that was cut off or is no form from a fault of ours.
func broken(r *Request, err error) error {
	if plain := plainly(r, err); plain != nil && errs.KindOf(plain) != errs.Internal {
		return plain
	}
	if _, ours := errors.AsType[*os.PathError](err); ours {
		return err
	}
	return errs.Wrap(err, errs.Invalid, "web.body.broken", nil)
}

func (u *Upload) keep(part *multipart.Part, count io.Writer) (err error) {
	if u.dir == "" {
		if u.dir, err = os.MkdirTemp(u.within, "upload-"); err != nil {
			return err
		}
	}
	to, err := os.CreateTemp(u.dir, "part-")
	if err != nil {
		return err
	}
	n, err := io.Copy(to, io.TeeReader(part, count))
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	u.Files = append(u.Files, File{Field: part.FormName(), Name: fileName(part.FileName()), Size: n, Path: to.Name()})
	return nil
}

type counter struct {
	n    int64
	tell func(int64)
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if c.tell != nil {
		c.tell(c.n)
	}
	return len(p), nil
}

// fileName keeps of a file's name what can be shown: no folders, no control characters, not too long.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if disturbs(c) {
			return -1
		}
		return c
	}, name)
	for utf8.RuneCountInString(name) > maxNameRunes {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}
