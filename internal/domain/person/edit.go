package person

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Facts are the fields that a clerk enters and changes.
type Facts struct {
	Name      string
	Sex       string
	Born      day.Day
	Ethnicity string
	Education string
	Standing  string
	Phone     string // as typed; in an edit empty means: as it was
	NoPhone   bool   // in an edit: there is none any more
}

// longestName is in characters; the longest names on papers have some forty.
const longestName = 60

// check puts the fields into their one form and gathers what is wrong.
func (f *Facts) check(today day.Day) *errs.Problems {
	p := &errs.Problems{}
	f.Name = strings.Join(strings.Fields(norm.NFC.String(f.Name)), " ")
	if p.Require(f.Name != "", "name", "field.required", nil) && p.Require(utf8.RuneCountInString(f.Name) <= longestName, "name", "field.long", errs.Args{"max": longestName}) {
		p.Require(utf8.ValidString(f.Name) && !strings.ContainsFunc(f.Name, unicode.IsControl), "name", "person.name_signs", nil)
	}
	if f.Sex == "" {
		f.Sex = "0"
	}
	for _, c := range []struct {
		field, code string
		list        *cn.List
	}{{"sex", f.Sex, cn.Sex}, {"ethnicity", f.Ethnicity, cn.Ethnic}, {"education", f.Education, cn.Education}, {"standing", f.Standing, cn.Political}} {
		if c.code != "" {
			_, ok := c.list.ByCode(c.code)
			p.Require(ok, c.field, "field.choice", nil)
		}
	}
	p.Require(f.Born.IsZero() || f.Born <= today && f.Born.Year() >= 1900, "born", "person.born_range", nil)
	if f.Phone != "" {
		n, err := cn.ParsePhone(f.Phone)
		if p.Require(err == nil, "phone", "person.phone_form", nil) {
			f.Phone = string(n)
		}
	}
	return p
}

// checkPaper puts a number into its one form; a number that is wrong is a problem of the field "number".
func checkPaper(paper Paper, p *errs.Problems) Paper {
	text := strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(paper.Number)), ""))
	switch paper.Kind {
	case ResidentID:
		n, err := cn.ParseResidentID(text)
		if err != nil {
			p.Add("number", errs.KeyOf(err), argsOf(err))
		}
		text = string(n)
	case LeagueNumber:
		n, err := cn.ParseMemberNumber(text)
		if err != nil {
			p.Add("number", errs.KeyOf(err), argsOf(err))
		}
		text = string(n)
	case StudentID:
		p.Require(formStudent.MatchString(text), "number", "person.student_form", nil)
	case Passport:
		p.Require(formPassport.MatchString(text), "number", "person.passport_form", nil)
	default:
		p.Add("kind", "field.choice", nil)
	}
	return Paper{paper.Kind, text}
}

func argsOf(err error) errs.Args {
	if e, ok := err.(*errs.Error); ok { //nolint:errorlint // ours are not wrapped
		return e.Args
	}
	return nil
}

// Enter makes a new person, kept at an organisation. No paper is needed to be helped.
func (s *Service) Enter(ctx context.Context, by authz.Actor, home org.ID, f Facts, papers []Paper) (ID, error) {
	p := f.check(s.day(s.DB.Now()))
	papers = slices.Clone(papers)
	for i := range papers {
		papers[i] = checkPaper(papers[i], p)
	}
	if err := p.Err(); err != nil {
		return "", err
	}
	var made ID
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, home)
		if err != nil {
			return err
		}
		if err := by.Must(Create, at.Path); err != nil {
			return err
		}
		ids, err := Add(tx, s.Keys, []New{{
			Home: home, Name: f.Name, Sex: f.Sex, Born: f.Born, Ethnicity: f.Ethnicity, Education: f.Education, Standing: f.Standing, Phone: f.Phone, Papers: papers,
		}})
		if err != nil {
			return err
		}
		made = ids[0]
		if err := tx.Record(Create, made.String(), act.Change{"home": home, "papers": len(papers)}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Change sets a person's fields, where they still are what the clerk was shown.
func (s *Service) Change(ctx context.Context, by authz.Actor, id ID, shown int64, f Facts) error {
	if err := f.check(s.day(s.DB.Now())).Err(); err != nil {
		return err
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		d, _, err := s.permitted(tx, by, Edit, id)
		if err != nil {
			return err
		}
		was := d.Person
		if version(was) != shown {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		n, err := tx.Exec(`UPDATE person SET sex = $3, born = $4, ethnicity = $5, education = $6, standing = $7
			WHERE city = $1 AND id = $2 AND sex = $8 AND born = $9 AND ethnicity = $10 AND education = $11 AND standing = $12 AND name = $13`,
			was.ID, f.Sex, f.Born, f.Ethnicity, f.Education, f.Standing, was.Sex, was.Born, was.Ethnicity, was.Education, was.Standing, was.Name)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if f.Name != was.Name {
			if _, err := rename(tx, was.ID, f.Name, was.Name); err != nil {
				return err
			}
		}
		if err := s.setPhone(tx, was.ID, f); err != nil {
			return err
		}
		return tx.Record(Edit, was.ID.String(), act.Change{"fields": changed(was, f)})
	})
	return sqldb.Done(err)
}

// changed names the fields that differ. The log of acts is told no more: its readers see no personal data.
func changed(was Person, f Facts) []string {
	fields := []string{}
	for _, x := range []struct{ field, old, new string }{
		{"name", was.Name, f.Name},
		{"sex", was.Sex, f.Sex},
		{"born", was.Born.String(), f.Born.String()},
		{"ethnicity", was.Ethnicity, f.Ethnicity},
		{"education", was.Education, f.Education},
		{"standing", was.Standing, f.Standing},
	} {
		if x.old != x.new {
			fields = append(fields, x.field)
		}
	}
	if f.Phone != "" || f.NoPhone {
		fields = append(fields, "phone")
	}
	return fields
}

func (s *Service) setPhone(tx *sqldb.Tx, of ID, f Facts) error {
	if f.Phone == "" && !f.NoPhone {
		return nil
	}
	was, err := s.phone(tx, of)
	if err != nil {
		return err
	}
	if was != "" {
		if _, err := tx.Exec(deletePhone, s.Keys.Lookup(phoneKind, was), of); err != nil {
			return err
		}
		if _, err := tx.Exec(deleteWord, ofPhone+tailOf(was), of); err != nil {
			return err
		}
	}
	var sealed any
	if f.Phone != "" {
		if sealed, err = s.Keys.Seal(seal.Place{City: tx.City(), Table: "person", Column: "phone", Row: of.String()}, []byte(f.Phone)); err != nil {
			return err
		}
		if _, err := tx.Exec(insertPhone, s.Keys.Lookup(phoneKind, f.Phone), of); err != nil {
			return err
		}
		b, err := bearers(tx, []ID{of})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(insertWord, ofPhone+tailOf(f.Phone), of, 0, b[0].home); err != nil {
			return err
		}
	}
	_, err = tx.Exec(`UPDATE person SET phone = $3, phone_tail = $4 WHERE city = $1 AND id = $2`, of, sealed, tailOf(f.Phone))
	return err
}

// AddPaper gives a person a further paper. One that another person holds is a Conflict: perhaps the two are one.
func (s *Service) AddPaper(ctx context.Context, by authz.Actor, id ID, paper Paper) error {
	p := &errs.Problems{}
	paper = checkPaper(paper, p)
	if err := p.Err(); err != nil {
		return err
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		d, _, err := s.permitted(tx, by, Edit, id)
		if err != nil {
			return err
		}
		n, err := AddPapers(tx, s.Keys, []Held{{Person: d.ID, Paper: paper}})
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "person.paper_taken", nil)
		}
		return tx.Record(Edit, d.ID.String(), act.Change{"paper": paper.Kind})
	})
	return sqldb.Done(err)
}

// Rehome hands a person's record to another organisation, with its reason.
func (s *Service) Rehome(ctx context.Context, by authz.Actor, id ID, to org.ID, reason string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		d, _, err := s.permitted(tx, by, Edit, id)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, to)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, at.Path); err != nil {
			return err
		}
		n, err := rehome(tx, [][]any{{d.ID, to, d.Person.Home}})
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Edit, d.ID.String(), act.Change{"home": []org.ID{d.Person.Home, to}, "reason": reason})
	})
	return sqldb.Done(err)
}
