package form

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Nobody is how the log of acts names who answers without an account.
const Nobody = "public"

// maxAnswers is how many bytes the answers of one record may have.
const maxAnswers = 4 << 20

// Given is what somebody hands in.
type Given struct {
	Slug    string // the address by which the form was found; empty for staff, who name form and organisation
	Form    ID
	Org     org.ID
	Version int64           // which version was filled in; 0 the one of now
	Answers json.RawMessage // as fill.Record gives them
	From    *Away           // where it was filled in away from the server
	Mark    string          // of the browser from which it came, where the address counts them
}

// Away is what is known of answers that were given on a phone without network.
type Away struct {
	Client string                           // the phone's own id of the answers; it names the record that they make
	At     int64                            // when they were given, microseconds UTC by the server's clock
	Known  map[string][]string              // by record: the versions that the phone knew
	Rows   func(list string) []record.Known // the records that the phone had, as far as the answers name them
}

// Receipt is what whoever answered keeps.
type Receipt struct {
	ID     AnswerID
	Serial string
	Words  string `json:"-"` // with the serial, they find the answers again without an account; empty for who has one
}

// Submit takes answers, as they came through an address that anybody may use. What is wrong with them is told question by
// question, and nothing is kept.
func (s *Service) Submit(ctx context.Context, by authz.Actor, g Given) (Receipt, error) {
	var l Link
	return s.take(ctx, by, g, Right{Verb: Submit, Permit: func(q sqldb.Q, g *Given) (err error) {
		if l, err = FindLink(q, g.Slug); err != nil {
			return err
		}
		if g.Form, g.Org = l.Form, l.Org; !l.Takes(s.today(q)) {
			return errs.New(errs.Conflict, "form.link_ended", nil)
		}
		return nil
	}, Also: func(tx *sqldb.Tx, _ *Receipt) error {
		if by.User != "" {
			if err := dropBegun(tx, by.User, g.Slug); err != nil {
				return err
			}
		}
		if l.PerPhone == 0 {
			return nil
		}
		return s.countPhone(tx, l, phoneOf(by.User, g.Mark))
	}})
}

// Copy takes answers that a clerk copies from paper, or fills in for somebody who sits before her.
func (s *Service) Copy(ctx context.Context, by authz.Actor, g Given) (Receipt, error) {
	return s.take(ctx, by, g, Right{Verb: Enter, Permit: func(q sqldb.Q, g *Given) error {
		f, err := Find(q, g.Form)
		if err != nil {
			return err
		}
		whose, err := org.Find(q, f.Org)
		if err != nil {
			return err
		}
		_, err = enters(q, by, whose.Path, g.Org)
		return err
	}})
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

// Right is by what somebody takes answers who comes neither by an address nor as a clerk.
type Right struct {
	Verb   authz.Verb                      // it writes what Taken names
	Permit func(sqldb.Q, *Given) error     // completes what was given, or refuses; asked before the act and within
	Also   func(*sqldb.Tx, *Receipt) error // what else belongs to the act
}

// Collect takes answers by another right.
func (s *Service) Collect(ctx context.Context, by authz.Actor, g Given, r Right) (Receipt, error) {
	return s.take(ctx, by, g, r)
}

// take is one act: the form is found by its address or its organisation, the answers are held against its version, and kept.
func (s *Service) take(ctx context.Context, by authz.Actor, g Given, right Right) (Receipt, error) {
	permit, verb := right.Permit, right.Verb
	if len(g.Answers) > maxAnswers {
		return Receipt{}, errs.New(errs.Invalid, "form.too_much", errs.Args{"max": maxAnswers >> 20})
	}
	var checked checked
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) { // the long part is done before the act
		if err = permit(q, &g); err != nil {
			return err
		}
		checked, err = s.check(q, by, g)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	n, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("answer.%d", checked.year), 1)
	if err != nil {
		return Receipt{}, err
	}
	made := Receipt{ID: id.New[Answer](s.DB.Now()), Serial: fmt.Sprintf("卷-%d-%05d", checked.year, n)}
	account, entered := by.User, ""
	switch {
	case account == "":
		by.User = Nobody
		made.Words = s.words(by, made.ID)
	case verb == Enter:
		account, entered = "", by.User
		made.Words = s.words(by, made.ID)
	case g.From != nil:
		account, entered = "", by.User
	}
	sealed, err := s.seal(by.City, made.ID, checked.sealed)
	if err != nil {
		return Receipt{}, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := permit(tx, &g); err != nil {
			return err
		}
		f, err := Find(tx, g.Form)
		if err != nil {
			return err
		}
		if !s.took(tx, f, g.From) {
			return errs.New(errs.Conflict, "form.closed", nil)
		}
		now := tx.Now().UnixMicro()
		if _, err := tx.Exec(`INSERT INTO answer (city, id, serial, form, version, org, link, account, entered_by, receipt, content, sealed, state, at, edited_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'given', $13, $13)`,
			made.ID, made.Serial, g.Form, checked.version, g.Org, g.Slug, account, entered, hash(made.Words), checked.open, sealed, now); err != nil {
			return err
		}
		if len(checked.files) > 0 {
			if err := claim(tx, made.ID, g.Form, checked.files); err != nil {
				return err
			}
		}
		if checked.saves != nil {
			if err := s.save(tx, f, g, made.ID, *checked.saves); err != nil {
				return err
			}
		}
		if right.Also != nil {
			if err := right.Also(tx, &made); err != nil {
				return err
			}
		}
		if err := tx.Record(verb, made.ID.String(), act.Change{"serial": made.Serial, "form": g.Form, "version": checked.version, "org": g.Org, "files": len(checked.files)}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if !sqldb.Again(err, &made) {
		return made, err
	}
	if made.Words != "" {
		made.Words = s.words(by, made.ID)
	}
	return made, nil
}

// checked is answers that may be kept.
type checked struct {
	version int64
	year    int
	open    string // JSON of what everybody who reads answers may see
	sealed  []byte // JSON of the rest, nil where there is none
	files   []fill.Filed
	saves   *fill.Saved // what they say of a record, nil of none
}

// check holds answers against the version that was filled in.
func (s *Service) check(q sqldb.Q, by authz.Actor, g Given) (c checked, err error) {
	f, err := Find(q, g.Form)
	if err != nil {
		return c, err
	}
	if c.version = g.Version; c.version == 0 {
		c.version = f.Version
	}
	v, err := FindVersion(q, g.Form, c.version)
	if err != nil {
		return c, err
	}
	if v.IsDraft() || !s.took(q, f, g.From) {
		return c, errs.New(errs.Conflict, "form.closed", nil)
	}
	c.year = s.today(q).Year()
	read, err := s.Definition(q, g.Form, c.version)
	if err != nil {
		return c, err
	}
	files, err := Attachments(q, g.Form, c.version)
	if err != nil {
		return c, err
	}
	err = s.judge(read, s.around(q, by, files, g.From), g.Answers, &c)
	return c, err
}

// took tells whether answers are taken: the form is open now, or was when they were given away from the server.
func (s *Service) took(q sqldb.Q, f Form, from *Away) bool {
	if f.Takes(s.today(q)) {
		return true
	}
	if from == nil || f.Version == 0 || from.At > q.Now().UnixMicro() {
		return false
	}
	given := day.Of(time.UnixMicro(from.At), s.Zone)
	return (f.State == Open || from.At <= f.EditedAt) && (f.Closes.IsZero() || f.Closes >= given)
}

// judge works the answers out as the form wants it and tells everything that is wrong with them.
func (s *Service) judge(read *survey.Form, around fill.Around, answers []byte, c *checked) error {
	r, _, err := fill.Load(read, around, answers)
	if err != nil {
		return errs.New(errs.Invalid, "form.shape", nil)
	}
	var wrong errs.Problems
	for _, w := range r.Wrong() {
		if w.Said != "" {
			wrong.Add(w.Field, "form.said", errs.Args{"text": w.Said})
			continue
		}
		wrong.Add(w.Field, w.Key, w.Args)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	c.files = r.Files()
	if saves, ok := r.Saves(); ok {
		c.saves = &saves
	}
	c.open, c.sealed, err = split(read, r)
	return err
}

// Around is what a record of a form is told of the world, for whoever fills in, with the files of the form's version.
func (s *Service) Around(q sqldb.Q, by authz.Actor, files []Attached) fill.Around {
	return fill.Around{Now: q.Now().In(s.Zone), Known: map[survey.Kind]string{survey.Username: by.User}, Files: s.tables(by.City, files)}
}

// around is Around for answers that may have been given elsewhere: at their own time, and with the records known there.
func (s *Service) around(q sqldb.Q, by authz.Actor, files []Attached, from *Away) fill.Around {
	a := s.Around(q, by, files)
	if from == nil {
		return a
	}
	a.Now = time.UnixMicro(from.At).In(s.Zone)
	others := a.Files
	a.Files = func(list string) *xpath.Node {
		rows := from.Rows(list)
		if rows == nil && others != nil {
			if doc := others(list); doc != nil {
				return doc
			}
		}
		return record.Document(rows)
	}
	return a
}

// split parts the answers by the classes of their questions: those that people at desks read, and those that are sealed.
func split(read *survey.Form, r *fill.Record) (open string, sealed []byte, err error) {
	rest := r.Content()
	if slices.ContainsFunc(read.Questions, func(q *survey.Question) bool { return q.Class >= authz.Sensitive }) {
		var hidden map[string]any
		if rest, hidden = part(read, 0, rest); len(hidden) > 0 {
			if sealed, err = json.Marshal(hidden); err != nil {
				return "", nil, err
			}
		}
	}
	kept, err := json.Marshal(rest)
	return string(kept), sealed, err
}

// part takes what is to be sealed out of the answers of a group. Repeats keep their numbers in both parts.
func part(read *survey.Form, place int, all map[string]any) (open, hidden map[string]any) {
	open, hidden = map[string]any{}, map[string]any{}
	for _, below := range read.Questions[place].Below {
		q := read.Questions[below]
		switch given := all[q.Name].(type) {
		case string:
			if q.Class >= authz.Sensitive {
				hidden[q.Name] = given
			} else {
				open[q.Name] = given
			}
		case map[string]any:
			o, h := part(read, below, given)
			open[q.Name] = o
			if len(h) > 0 {
				hidden[q.Name] = h
			}
		case []any:
			var opens, hiddens []any
			some := false
			for _, one := range given {
				o, h := part(read, below, one.(map[string]any))
				opens, hiddens = append(opens, o), append(hiddens, h)
				some = some || len(h) > 0
			}
			open[q.Name] = opens
			if some {
				hidden[q.Name] = hiddens
			}
		}
	}
	return open, hidden
}

// join puts both parts together again.
func join(open, hidden map[string]any) map[string]any {
	for name, h := range hidden {
		switch h := h.(type) {
		case map[string]any:
			o, _ := open[name].(map[string]any)
			if o == nil {
				o = map[string]any{}
			}
			open[name] = join(o, h)
		case []any:
			list, _ := open[name].([]any)
			for i, one := range h {
				if more, ok := one.(map[string]any); ok && i < len(list) {
					list[i] = join(list[i].(map[string]any), more)
				}
			}
		default:
			open[name] = h
		}
	}
	return open
}

func place(city string, of AnswerID) seal.Place {
	return seal.Place{City: city, Table: "answer", Column: "sealed", Row: of.String()}
}

func (s *Service) seal(city string, of AnswerID, plain []byte) ([]byte, error) {
	if plain == nil {
		return nil, nil
	}
	return s.Keys.Seal(place(city, of), plain)
}

// words gives the words of an answer's receipt: 12 letters and digits that nobody mistakes for others, in three groups. They
// follow from the answer, a key of the city and the key under which it was handed in, so that handing in again gives the
// same words though they are kept nowhere.
func (s *Service) words(by authz.Actor, of AnswerID) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // 32, so that each byte gives one without favour
	raw := s.Keys.Lookup(by.City+"/form.receipt", of.String()+" "+by.Once)
	var b strings.Builder
	for i, c := range raw[:12] {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[c%32])
	}
	return b.String()
}

// hash is what is kept of a receipt's words; nil of none.
func hash(words string) []byte {
	if words == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(words))))
	return sum[:]
}

// fits tells whether words are those of an answer's receipt.
func (a Answer) fits(words string) bool {
	return len(a.receipt) > 0 && subtle.ConstantTimeCompare(a.receipt, hash(words)) == 1
}
