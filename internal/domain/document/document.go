// Package document is the papers that belong to something here: each with its place, who may open it, and the day until which it is kept.
package document

import (
	"context"
	"io"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names a document.
type ID = id.Of[Document]

// What people do with documents.
var (
	Read  = authz.Verb{Key: "document.read"}
	Store = authz.Verb{Key: "document.store", Writes: "document"}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Store}

// Document is one paper. Its content lies in the store of files under its hash, once however often it was handed in.
type Document struct {
	ID        ID
	Hash      blob.Hash
	Name      string // as it was handed in, for showing only
	Type      blob.Type
	Size      int64 // bytes
	Org       org.ID
	Class     authz.Class
	Purpose   string // what it is kept for, a word of the service's
	KeepUntil day.Day
	MadeBy    string
	MadeAt    int64 // microseconds UTC
}

// New is what a new document needs beside its content.
type New struct {
	Name      string
	Org       org.ID
	Class     authz.Class
	Purpose   string
	KeepUntil day.Day
	Limits    blob.Limits
}

func (n New) check() error {
	var p errs.Problems
	p.Require(n.Name != "", "name", "field.required", nil)
	p.Require(len([]rune(n.Name)) <= 200, "name", "field.long", errs.Args{"max": 200})
	p.Require(n.Purpose != "", "purpose", "field.required", nil)
	p.Require(!n.KeepUntil.IsZero(), "keep_until", "field.required", nil)
	return p.Err()
}

// Service is the use cases of documents.
type Service struct {
	DB    *sqldb.DB
	Files *blob.Store
}

// Store keeps a document. The file is on disk before its row is written; one whose row was refused stays, and is named by none.
func (s *Service) Store(ctx context.Context, by authz.Actor, n New, content io.Reader) (ID, error) {
	if err := n.check(); err != nil {
		return "", err
	}
	if err := by.MustSomewhere(Store); err != nil {
		return "", err
	}
	ref, err := s.Files.Put(ctx, content, n.Limits)
	if err != nil {
		return "", err
	}
	var made ID
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, n.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Store, at.Path); err != nil {
			return err
		}
		if made, err = Add(tx, ref, n); err != nil {
			return err
		}
		if err := tx.Record(Store, made.String(), act.Change{"hash": ref.Hash, "name": n.Name, "purpose": n.Purpose, "keep_until": n.KeepUntil.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Add keeps a document whose file is stored, within an act of the caller's, who permits and records.
func Add(tx *sqldb.Tx, ref blob.Ref, n New) (ID, error) {
	if err := n.check(); err != nil {
		return "", err
	}
	made := id.New[Document](tx.Now())
	_, err := tx.Exec(`INSERT INTO document (city, id, hash, name, type, size, org, class, purpose, keep_until, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, made, string(ref.Hash), n.Name, string(ref.Type), ref.Size,
		n.Org, n.Class.String(), n.Purpose, n.KeepUntil, tx.By().User, tx.Now().UnixMicro())
	return made, err
}

// Drop takes a document away within an act of the caller's; its file goes when nothing names it any more.
func Drop(tx *sqldb.Tx, one ID) error {
	_, err := tx.Exec(`DELETE FROM document WHERE city = $1 AND id = $2`, one)
	return err
}

const columns = `d.id, d.hash, d.name, d.type, d.size, d.org, d.class, d.purpose, d.keep_until, d.made_by, d.made_at`

func scan(s sqldb.Scan) (Document, error) {
	var d Document
	var class string
	err := s(&d.ID, &d.Hash, &d.Name, &d.Type, &d.Size, &d.Org, &class, &d.Purpose, &d.KeepUntil, &d.MadeBy, &d.MadeAt)
	d.Class = authz.Sealed // an unknown class is the strictest
	for c := authz.Open; c <= authz.Sealed; c++ {
		if c.String() == class {
			d.Class = c
		}
	}
	return d, err
}

// Find gives one document's particulars.
func Find(q sqldb.Q, one ID) (Document, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM document d WHERE d.city = $1 AND d.id = $2`, one)
}

// Open gives a document and its content, to be closed by the caller. Out of the viewer's scope, or of a class that her
// role does not see, it is refused. Opening anything sensitive is noted in the log of acts first.
func (s *Service) Open(ctx context.Context, by authz.Actor, one ID) (d Document, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if d, err = Find(q, one); err != nil {
			return err
		}
		at, err := org.Named(q, []org.ID{d.Org})
		if err != nil {
			return err
		}
		path := at[d.Org].Path
		if err := by.Must(Read, path); err != nil {
			return err
		}
		if !by.Sees(d.Class, Read, path) {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
		return nil
	})
	if err != nil {
		return Document{}, nil, err
	}
	if d.Class >= authz.Sensitive {
		if err := s.DB.Note(ctx, by, Read, d.ID.String(), act.Change{"hash": d.Hash}); err != nil {
			return Document{}, nil, err
		}
	}
	f, err := s.Files.Open(d.Hash)
	if err != nil {
		return Document{}, nil, err
	}
	return d, f, nil
}

// UsedOrgs gives the organisations to which documents belong.
func UsedOrgs(q sqldb.Q) ([]org.ID, error) {
	return sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
		var x org.ID
		return x, s(&x)
	}, `SELECT DISTINCT org FROM document WHERE city = $1`)
}
