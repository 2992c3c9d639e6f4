// Package photo keeps photographs of a class of child care: what an inspector saw at its site, and what the closing report shows. Where
// children can be recognised their families decide, each time it is looked at.
package photo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/media"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

const written = "care_photo care_photo_child document person care_class place" // persons, the class and its site are only held

// What people do with photographs. Those of a check are its inspector's (childcare.Inspect, see Seen).
var (
	Show = authz.Verb{Key: "care.photo", Writes: written}      // in the closing report
	Seen = authz.Verb{Key: "care.photo_seen", Writes: written} // of a check: nobody holds it, who inspects may
)

// Verbs lists the verbs that people hold.
var Verbs = []authz.Verb{Show}

// Service is the use cases of photographs.
type Service struct {
	DB    *sqldb.DB
	Files *blob.Store
	Zone  *time.Location // of the city
}

// ID names a photograph: by the document that holds it.
type ID = document.ID

// Photo is one photograph.
type Photo struct {
	ID     ID
	Class  childcare.ID
	Check  string // the check that it belongs to, "" of the closing report
	Says   string
	MadeBy string
	MadeAt int64

	Children []person.ID // who can be recognised on it
}

// Limits are what a photograph may be.
var Limits = blob.Limits{Size: 20 << 20, Types: []blob.Type{blob.JPEG, blob.PNG, blob.WebP}}

// Most is how many photographs a check has, and a closing report, at most.
const Most = 20

// Given is what somebody says of a photograph.
type Given struct {
	Says     string
	Children []person.ID // who can be recognised
	Nobody   bool        // nobody can be
}

func (g Given) check(report bool) error {
	var p errs.Problems
	p.Require(g.Says != "", "says", "field.required", nil)
	p.Require(len([]rune(g.Says)) <= 100, "says", "field.long", errs.Args{"max": 100})
	if report {
		p.Require(g.Nobody != (len(g.Children) > 0), "child", "carephoto.who", nil)
	}
	return p.Err()
}

// OfCheck keeps a photograph of the latest check of a class's site, by whoever made that check.
func (s *Service) OfCheck(ctx context.Context, by authz.Actor, which childcare.ID, g Given, content io.Reader) error {
	g.Children = nil
	return s.add(ctx, by, which, childcare.Inspect, Seen, g, content, func(q sqldb.Q, c childcare.Class) (string, error) {
		all, err := place.Checks(q, c.Place, childcare.ThreeHaves)
		if err != nil {
			return "", err
		}
		if len(all) == 0 || all[0].MadeBy != by.User {
			return "", errs.New(errs.Conflict, "carephoto.not_inspector", nil)
		}
		return all[0].ID.String(), nil
	})
}

// OfReport keeps a photograph for the closing report. Of children who can be recognised it is kept only where the family of each has agreed
// to photographs.
func (s *Service) OfReport(ctx context.Context, by authz.Actor, which childcare.ID, g Given, content io.Reader) error {
	return s.add(ctx, by, which, Show, Show, g, content, func(q sqldb.Q, c childcare.Class) (string, error) {
		if err := g.check(true); err != nil {
			return "", err
		}
		seated, err := childcare.Placed(q, c)
		if err != nil {
			return "", err
		}
		for _, child := range g.Children {
			if !slices.ContainsFunc(seated, func(p childcare.Seated) bool { return p.ID == child }) {
				return "", errs.New(errs.Invalid, "field.choice", nil)
			}
			agreed, err := person.Consented(q, child, childcare.ConsentPhoto)
			if err != nil {
				return "", err
			}
			if !agreed {
				var p errs.Problems
				p.Add("child", "carephoto.not_agreed", nil)
				return "", p.Err()
			}
		}
		return "", nil
	})
}

// add keeps a photograph, without what was noted in it of place, time and camera. What it belongs to is asked before the file is stored and
// again within the act.
func (s *Service) add(ctx context.Context, by authz.Actor, which childcare.ID, need, verb authz.Verb, g Given, content io.Reader, of func(sqldb.Q, childcare.Class) (string, error)) error {
	if err := g.check(false); err != nil {
		return err
	}
	ask := func(q sqldb.Q) (c childcare.Class, check string, err error) {
		if c, err = childcare.Find(q, by, need, which); err == nil {
			check, err = of(q, c)
		}
		return c, check, err
	}
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error { _, _, err := ask(q); return err }); err != nil {
		return err
	}
	plain, err := bare(content)
	if err != nil {
		return err
	}
	ref, err := s.Files.Put(ctx, bytes.NewReader(plain), Limits)
	if err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		for _, child := range g.Children { // whoever comes to destroy her, or takes her consent back, comes before or after
			if _, err := person.Hold(tx, child); err != nil {
				return err
			}
		}
		if err := sqldb.Hold(tx, "care_class", []childcare.ID{which}); err != nil { // of two who add the last there is room for, one is told
			return err
		}
		c, check, err := ask(tx)
		if err != nil {
			return err
		}
		if check != "" { // which other classes of the site show as well
			if _, err := place.Hold(tx, c.Place); err != nil {
				return err
			}
		}
		last, err := childcare.LastDay(tx, c)
		if err != nil {
			return err
		}
		made, err := document.Add(tx, ref, document.New{Name: g.Says, Org: c.Org, Class: authz.Personal, Purpose: "childcare", KeepUntil: last.AddMonths(30)})
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO care_photo (city, id, class, of_check, says, last_day, made_by, made_at) SELECT $1, $2, $3, $4, $5, $6, $7, CAST($8 AS BIGINT)
			WHERE (SELECT COUNT(*) FROM care_photo WHERE city = $1 AND of_check = $4 AND ($4 <> '' OR class = $3)) < $9`, made, which, check, g.Says, last, by.User, tx.Now().UnixMicro(), Most)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "carephoto.most", errs.Args{"n": Most})
		}
		if _, err := tx.Bulk(`INSERT INTO care_photo_child (city, photo, child) VALUES ($1, $2, $3)`, len(g.Children), func(i int) []any { return []any{made, g.Children[i]} }); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), act.Change{"photo": made, "hash": string(ref.Hash), "check": check, "children": len(g.Children)})
	}))
}

// bare reads a photograph and takes out of it what tells where, when and with what it was made.
func bare(content io.Reader) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(content, Limits.Size+1))
	if err != nil {
		return nil, err
	}
	kind, err := blob.Sniff(bytes.NewReader(all), int64(len(all)))
	if err != nil {
		return nil, err
	}
	plain, err := media.Strip(kind, all)
	if errors.Is(err, media.ErrDamaged) {
		return nil, errs.Wrap(err, errs.Invalid, "carephoto.damaged", nil)
	}
	return plain, err
}

// Drop takes a photograph away: one of a check by whoever put it there, another by whoever may put others there.
func (s *Service) Drop(ctx context.Context, by authz.Actor, which childcare.ID, one ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := find(tx, which, one)
		if err != nil {
			return err
		}
		need, verb := Show, Show
		if p.Check != "" {
			need, verb = childcare.Inspect, Seen
		}
		if _, err := childcare.Find(tx, by, need, which); err != nil {
			return err
		}
		if p.Check != "" && p.MadeBy != by.User {
			return errs.New(errs.Conflict, "carephoto.not_inspector", nil)
		}
		if _, err := tx.Exec(`DELETE FROM care_photo_child WHERE city = $1 AND photo = $2`, one); err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM care_photo WHERE city = $1 AND id = $2`, one)
		if err != nil {
			return err
		}
		if n == 0 { // somebody else was first
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		if err := document.Drop(tx, one); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), act.Change{"photo": one, "dropped": true})
	}))
}

const columns = `id, class, of_check, says, made_by, made_at`

func scan(f sqldb.Scan) (p Photo, err error) {
	return p, f(&p.ID, &p.Class, &p.Check, &p.Says, &p.MadeBy, &p.MadeAt)
}

func find(q sqldb.Q, which childcare.ID, one ID) (Photo, error) {
	p, err := sqldb.One(q, scan, `SELECT `+columns+` FROM care_photo WHERE city = $1 AND class = $2 AND id = $3`, which, one)
	if err != nil {
		return p, err
	}
	return p, p.named(q)
}

// named reads who can be recognised on a photograph.
func (p *Photo) named(q sqldb.Q) (err error) {
	p.Children, err = sqldb.All(q, func(f sqldb.Scan) (person.ID, error) {
		var x person.ID
		return x, f(&x)
	}, `SELECT child FROM care_photo_child WHERE city = $1 AND photo = $2 ORDER BY child`, p.ID)
	return err
}

// agreed tells whether the families of all who can be recognised agree today.
func (p Photo) agreed(q sqldb.Q) (bool, error) {
	for _, child := range p.Children {
		if so, err := person.Consented(q, child, childcare.ConsentPhoto); err != nil || !so {
			return false, err
		}
	}
	return true, nil
}

// Album is the photographs of a class that may be shown.
type Album struct {
	Class   childcare.Class
	Check   place.Check // the latest of the site; zero without one
	OfCheck []Photo
	Report  []Photo
	LeftOut int // of the report, since a family has taken its consent back

	Inspects bool // the viewer made the latest check
	May      bool // the viewer puts photographs into the report
	Children []childcare.Seated
}

// Of gives what a class shows in its closing report, and how many are left out since a family has taken its consent back.
func Of(q sqldb.Q, which childcare.ID) (shown []Photo, leftOut int, err error) {
	all, err := photos(q, which, "")
	if err != nil {
		return nil, 0, err
	}
	for _, p := range all {
		so, err := p.agreed(q)
		if err != nil {
			return nil, 0, err
		}
		if so {
			shown = append(shown, p)
		} else {
			leftOut++
		}
	}
	return shown, leftOut, nil
}

// photos gives those of a check, whichever class of the site it was made for, or of the closing report of a class where check is "".
func photos(q sqldb.Q, which childcare.ID, check string) ([]Photo, error) {
	var w sqldb.Where
	w.And("city = $1").And("of_check = ?", check)
	if check == "" {
		w.And("class = ?", which)
	}
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM care_photo WHERE `+w.SQL()+` ORDER BY id`, w.Args()...)
	for i := range all {
		if err == nil {
			err = all[i].named(q)
		}
	}
	return all, err
}

// Album gives the photographs of a class to whoever may read classes. Children are offered by name to whoever sees names there.
func (s *Service) Album(ctx context.Context, by authz.Actor, which childcare.ID) (got Album, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Class, err = childcare.Find(q, by, childcare.Read, which); err != nil {
			return err
		}
		at, err := org.Find(q, got.Class.Org)
		if err != nil {
			return err
		}
		checks, err := place.Checks(q, got.Class.Place, childcare.ThreeHaves)
		if err != nil {
			return err
		}
		if len(checks) > 0 {
			got.Check = checks[0]
			got.Inspects = by.Can(childcare.Inspect, at.Path) && checks[0].MadeBy == by.User
			if got.OfCheck, err = photos(q, which, got.Check.ID.String()); err != nil {
				return err
			}
		}
		if got.Report, got.LeftOut, err = Of(q, which); err != nil {
			return err
		}
		if got.May = by.Can(Show, at.Path); !got.May || !by.Sees(authz.Sensitive, childcare.Names, at.Path) {
			return nil
		}
		got.Children, err = childcare.Placed(q, got.Class)
		return err
	})
	return got, err
}

// Open gives a photograph to whoever may read classes; where a family has taken its consent back it is absent. The caller closes it.
func (s *Service) Open(ctx context.Context, by authz.Actor, which childcare.ID, one ID) (d document.Document, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if _, err := childcare.Find(q, by, childcare.Read, which); err != nil {
			return err
		}
		p, err := find(q, which, one)
		if err != nil {
			return err
		}
		so, err := p.agreed(q)
		if err == nil && !so {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		if err == nil {
			d, err = document.Find(q, one)
		}
		return err
	})
	if err != nil {
		return d, nil, err
	}
	f, err := s.Files.Open(d.Hash)
	return d, f, err
}
