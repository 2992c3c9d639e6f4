package field

import (
	"bufio"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// ParcelBytes is the longest file of unsent forms that is read.
const ParcelBytes = 1 << 30

// longestLine is the longest line of one: the largest file that answers a question, in base64.
const longestLine = 72 << 20

// A parcel is a file of unsent forms: a line of JSON that says whose they are, then a line for each file and form, locked
// with the phone's key, so that nobody on the way reads them. Files stand before the form that they belong to.
type parcelHead struct {
	Zhidian string `json:"zhidian"` // "field"
	Version int    `json:"version"`
	Account string `json:"account"`
	Device  string `json:"device"`
}

type parcelLine struct {
	Kind string `json:"kind"` // "file" or "form"
	ID   string `json:"id"`
	To   string `json:"to"`   // where it is sent, if it is no form
	Data []byte `json:"data"` // the nonce, 12 bytes, and what AES-GCM made of the rest
}

// Brought is what became of one form of a parcel.
type Brought struct {
	Filled Filled
	Other  bool // it is no form; of Filled there is its id alone
	Got    Received
	Err    error // why it was not taken; nil where it was
}

// Lock is what a phone does before it keeps something: AES-GCM under its key, bound to kind and id.
func Lock(key, nonce []byte, kind, id string, plain []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(append([]byte{}, nonce...), nonce, plain, []byte(kind+"/"+id)), nil
}

func unlock(key []byte, l parcelLine) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(l.Data) < aead.NonceSize() {
		return nil, errParcel
	}
	plain, err := aead.Open(nil, l.Data[:aead.NonceSize()], l.Data[aead.NonceSize():], []byte(l.Kind+"/"+l.ID))
	if err != nil {
		return nil, errParcel
	}
	return plain, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

var errParcel = errs.New(errs.Invalid, "field.parcel", nil)

// open reads who a parcel is from.
func open(in *bufio.Reader) (h parcelHead, err error) {
	line, err := readLine(in)
	if err != nil || json.Unmarshal(line, &h) != nil || h.Zhidian != "field" {
		return h, errParcel
	}
	if h.Version > Protocol {
		return h, errs.New(errs.Invalid, "field.too_new", nil)
	}
	if !isName(h.Device) || len(h.Account) > maxAccount {
		return h, errParcel
	}
	return h, nil
}

const maxAccount = 64

// readLine reads a line, however long within the limit; io.EOF where none follows.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, more, err := in.ReadLine()
		if err != nil {
			return line, err
		}
		if line = append(line, part...); len(line) > longestLine {
			return nil, errParcel
		}
		if !more {
			return line, nil
		}
	}
}

// Import takes the forms of a parcel for whoever filled them in. What one form lacks keeps the others from nothing.
func (s *Service) Import(ctx context.Context, by authz.Actor, content io.Reader) (all []Brought, err error) {
	if err := by.MustSomewhere(Bring); err != nil {
		return nil, err
	}
	in := bufio.NewReader(content)
	head, err := open(in)
	if err != nil {
		return nil, err
	}
	var d Device
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		d, err = s.device(q, head.Account, head.Device)
		return err
	})
	if isAbsent(err) {
		return nil, errs.New(errs.Invalid, "field.parcel_unknown", nil)
	}
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(s.Temp, "parcel-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	files := map[string]string{} // where each lies, by its id
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		var l parcelLine
		if err != nil || json.Unmarshal(line, &l) != nil || !isName(l.ID) {
			return all, errParcel
		}
		plain, err := unlock(d.Key, l)
		if err != nil {
			return all, err
		}
		switch l.Kind {
		case "file":
			files[l.ID] = fmt.Sprintf("%s/%d", dir, len(files))
			if err := os.WriteFile(files[l.ID], plain, 0o600); err != nil {
				return all, err
			}
		case "form":
			b := Brought{Other: l.To != ""}
			if json.Unmarshal(plain, &b.Filled) != nil || b.Filled.ID != l.ID {
				return all, errParcel
			}
			if b.Other {
				b.Got, b.Err = s.other(ctx, by, d, l.To, plain)
			} else {
				b.Got, b.Err = s.bring(ctx, by, d, b.Filled, files)
			}
			if b.Err != nil && errs.KindOf(b.Err) == errs.Internal || errs.KindOf(b.Err) == errs.Busy {
				return all, b.Err
			}
			all = append(all, b)
		default:
			return all, errParcel
		}
	}
}

// other takes something of a parcel that is no form.
func (s *Service) other(ctx context.Context, by authz.Actor, d Device, to string, plain []byte) (Received, error) {
	take := s.Others[to]
	if take == nil {
		return Received{}, errs.New(errs.Invalid, "field.parcel_other", nil)
	}
	return take(ctx, by, d, plain)
}

// bring takes one form of a parcel.
func (s *Service) bring(ctx context.Context, by authz.Actor, d Device, f Filled, at map[string]string) (Received, error) {
	how := arrival{owner: d.Account, device: d.Name, broughtBy: by.User, skew: d.Skew}
	return s.receive(ctx, by, f, how, form.Right{Verb: Bring, Permit: func(q sqldb.Q, g *form.Given) error {
		f, err := form.Find(q, g.Form)
		if err != nil {
			return err
		}
		both, err := org.Named(q, []org.ID{f.Org, g.Org})
		if err == nil && !both[f.Org].Path.Covers(both[g.Org].Path) {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		if err != nil {
			return err
		}
		return by.Must(Bring, both[g.Org].Path)
	}}, func() (map[string]string, error) {
		values := map[string]string{}
		for _, x := range f.Files {
			path, there := at[x.ID]
			if !there {
				return nil, errs.New(errs.Invalid, "field.file_missing", errs.Args{"name": x.Name})
			}
			value, err := s.keep(ctx, by, f, x, path)
			if err != nil {
				return nil, err
			}
			values[x.ID] = value
		}
		return values, nil
	})
}

// keep keeps a file of a parcel as an answer's, for who may bring answers there.
func (s *Service) keep(ctx context.Context, by authz.Actor, f Filled, x FilledFile, path string) (string, error) {
	var asked *survey.Question
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		at, err := org.Find(q, f.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Bring, at.Path); err != nil {
			return err
		}
		asked, err = s.question(q, f.Form, f.Version, x.Question)
		return err
	})
	if err != nil {
		return "", err
	}
	return s.Forms.KeepFile(ctx, by.City, f.Form, asked, path, x.Name)
}
