package venture

import (
	"context"
	"io"
	"slices"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Signed is a consent that a founder has given on paper, as an officer enters it.
type Signed struct {
	Venture  ID
	Founder  int64 // no of who signed
	Receiver org.ID
	Purpose  string
	Months   int    // from today
	Name     string // of the picture's file
}

// paperYears is for how long the picture is kept after the consent has run out: whoever doubts it may ask to see it.
const paperYears = 3

// PaperLimits bound the picture of a signed paper.
var PaperLimits = blob.Limits{Size: 10 << 20, Types: []blob.Type{blob.JPEG, blob.PNG, blob.PDF}}

// AgreePaper enters a consent that was signed on paper, with the picture of it. It counts as one that was given by account. The
// picture is on disk before the consent is written; one whose consent was refused is named by none, and goes.
func (s *Service) AgreePaper(ctx context.Context, by authz.Actor, g Signed, picture io.Reader) error {
	if err := by.MustSomewhere(AgreePaper); err != nil {
		return err
	}
	paper, err := s.Files.Put(ctx, picture, PaperLimits)
	if errs.KindOf(err) == errs.Invalid {
		var p errs.Problems
		blame(&p, "paper", err)
		return p.Err()
	}
	if err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, at, err := placed(tx, g.Venture)
		if err != nil {
			return err
		}
		if err := by.Must(AgreePaper, at.Path); err != nil {
			return err
		}
		if v.State != Known {
			return errs.New(errs.Conflict, "venture.not_known", nil)
		}
		if err := g.check(tx); err != nil {
			return err
		}
		until := s.today(tx).AddMonths(g.Months)
		doc, err := document.Add(tx, paper, document.New{Name: g.Name, Org: at.ID, Class: authz.Personal, Purpose: "venture-consent", KeepUntil: until.AddMonths(12 * paperYears)})
		if err != nil {
			return err
		}
		if err := give(tx, Consent{Venture: v.ID, Receiver: g.Receiver, Purpose: g.Purpose, Until: until, Paper: doc, Signed: g.Founder}); err != nil {
			return err
		}
		return tx.Record(AgreePaper, v.ID.String(), act.Change{
			"receiver": g.Receiver, "purpose": g.Purpose, "version": TextVersion, "until": until.String(), "founder": g.Founder, "document": doc, "hash": paper.Hash,
		})
	}))
}

func (g Signed) check(q sqldb.Q) error {
	var p errs.Problems
	if err := askedFor(q, &p, g.Receiver, g.Purpose, g.Months); err != nil {
		return err
	}
	of, err := Founders(q, g.Venture)
	if err != nil {
		return err
	}
	p.Require(slices.ContainsFunc(of, func(f Founder) bool { return f.No == g.Founder }), "signed", "field.choice", nil)
	return p.Err()
}

// PaperOf gives the picture, to be closed by the caller, of the paper on which a consent was signed, to who may enter such papers where the venture belongs.
func (s *Service) PaperOf(ctx context.Context, by authz.Actor, which ConsentID) (d document.Document, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := sqldb.One(q, scanConsent, `SELECT `+consentColumns+` FROM venture_consent c WHERE c.city = $1 AND c.id = $2 AND c.paper <> ''`, which)
		if err != nil {
			return err
		}
		_, at, err := placed(q, c.Venture)
		if err != nil {
			return err
		}
		if err := by.Must(AgreePaper, at.Path); err != nil {
			return err
		}
		d, err = document.Find(q, c.Paper)
		return err
	})
	if err != nil {
		return d, nil, err
	}
	if err := s.DB.Note(ctx, by, document.Read, d.ID.String(), act.Change{"hash": d.Hash}); err != nil {
		return d, nil, err
	}
	content, err = s.Files.Open(d.Hash)
	return d, content, err
}
