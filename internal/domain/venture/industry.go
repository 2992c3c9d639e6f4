package venture

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"strings"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// delivered are the codes of GB/T 4754-2017 that Zhidian comes with: all sections and divisions (门类、大类), and of the finer ones
// those that the city's programmes name. They are from general knowledge and not checked against the standard; a city adds
// others and puts them right.
//
//go:embed industry.csv
var delivered string

// DeliveredSource says where the delivered codes come from.
const DeliveredSource = "GB/T 4754-2017"

// Industry is a code with its name.
type Industry struct {
	Code    string // section and up to four digits: C, C15, C153, C1530
	Name    string
	Source  string
	Checked bool // somebody here has entered it with its source
}

// Industries are the codes that are known in a city, in their order.
type Industries []Industry

// LoadIndustries gives the delivered codes and those that the city has entered, which go before.
func LoadIndustries(q sqldb.Q) (Industries, error) {
	own, err := sqldb.All(q, func(s sqldb.Scan) (Industry, error) {
		i := Industry{Checked: true}
		return i, s(&i.Code, &i.Name, &i.Source)
	}, `SELECT code, name, source FROM industry WHERE city = $1 ORDER BY code`)
	if err != nil {
		return nil, err
	}
	all := Industries(own)
	for line := range strings.Lines(delivered) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), ",")
		if !slices.ContainsFunc(own, func(i Industry) bool { return i.Code == code }) {
			all = append(all, Industry{Code: code, Name: name, Source: DeliveredSource})
		}
	}
	slices.SortFunc(all, func(a, b Industry) int { return strings.Compare(a.Code, b.Code) })
	return all, nil
}

// Name gives the name of a code or, where it has none here, of the nearest that holds it.
func (all Industries) Name(code string) string {
	for n := len(code); n > 0; n-- {
		if i, ok := slices.BinarySearchFunc(all, code[:n], func(i Industry, c string) int { return strings.Compare(i.Code, c) }); ok {
			return all[i].Name
		}
	}
	return ""
}

// Sections gives the twenty sections (门类).
func (all Industries) Sections() []Industry {
	return slices.DeleteFunc(slices.Clone(all), func(i Industry) bool { return len(i.Code) != 1 })
}

// divisions are the first and last two digits of each section, from A on.
var divisions = [...][2]string{
	{"01", "05"},
	{"06", "12"},
	{"13", "43"},
	{"44", "46"},
	{"47", "50"},
	{"51", "52"},
	{"53", "60"},
	{"61", "62"},
	{"63", "65"},
	{"66", "69"},
	{"70", "70"},
	{"71", "72"},
	{"73", "75"},
	{"76", "79"},
	{"80", "82"},
	{"83", "83"},
	{"84", "85"},
	{"86", "90"},
	{"91", "96"},
	{"97", "97"},
}

// ParseIndustry reads a code as people write it: a section's letter, with two to four digits behind it or without. Digits
// alone get their letter.
func ParseIndustry(text string) (string, error) {
	s := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
	digits := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRST")
	letter := s[:len(s)-len(digits)]
	wrong := errs.New(errs.Invalid, "venture.industry_format", nil)
	if len(letter) > 1 || len(digits) == 1 || len(digits) > 4 || strings.Trim(digits, "0123456789") != "" || s == "" {
		return "", wrong
	}
	if digits == "" {
		return letter, nil
	}
	at := slices.IndexFunc(divisions[:], func(d [2]string) bool { return digits[:2] >= d[0] && digits[:2] <= d[1] })
	if at < 0 {
		return "", wrong
	}
	section := string(rune('A' + at))
	if letter != "" && letter != section {
		return "", errs.New(errs.Invalid, "venture.industry_section", errs.Args{"section": section, "digits": digits})
	}
	return section + digits, nil
}

// SetIndustry enters a code with its name and where that stands, or puts one right.
func (s *Service) SetIndustry(ctx context.Context, by authz.Actor, i Industry) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetIndustry); err != nil {
			return err
		}
		var p errs.Problems
		code, err := ParseIndustry(i.Code)
		blame(&p, "code", err)
		p.Require(i.Name != "", "name", "field.required", nil)
		p.Require(i.Source != "", "source", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO industry (city, code, name, source, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (city, code) DO UPDATE SET name = excluded.name, source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at`,
			code, i.Name, i.Source, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(SetIndustry, "", act.Change{"code": code, "name": i.Name, "source": i.Source})
	})
	return sqldb.Done(err)
}

// ListIndustries gives all codes to who may read ventures.
func (s *Service) ListIndustries(ctx context.Context, by authz.Actor) (all Industries, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = LoadIndustries(q)
		return err
	})
	return all, err
}

// blame notes under a field what is wrong with it.
func blame(p *errs.Problems, field string, err error) {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		p.Add(field, e.Key, e.Args)
	}
}
