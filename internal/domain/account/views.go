package account

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// What views may be, so that they stay a short row above a list.
const (
	ViewMost     = 20 // of one list
	ViewName     = 30 // characters
	filterLength = 64 // bytes of one filter's value; an id has 26, the name of a kind of place may have 20 characters
)

// List is what of a list's address a view may keep.
type List struct {
	Filters []string   // names of its parameters; words that are sought are none, for they may be a person's
	Verb    authz.Verb // what its readers hold; zero: every member of staff
}

// View is a list with filters set (保存的筛选), under a name that its owner gave. Nobody else sees it.
type View struct {
	ID    id.Of[View]
	Name  string
	List  string // the list's path
	Query string // its filters as List.Narrow writes them
}

// Address is where the view leads.
func (v View) Address() string { return v.List + "?" + v.Query }

// Narrow is the filters that are set in an address of the list, in one order and without the rest of the address; empty
// where none is set.
func (l List) Narrow(given url.Values) string {
	kept := url.Values{}
	for _, k := range l.Filters {
		if v := given.Get(k); v != "" {
			kept.Set(k, v)
		}
	}
	return kept.Encode()
}

// view reads an address of one of the lists. Other pages, parameters that are no filter of the list and values that may be
// a person's number are refused.
func (s *Service) view(address string) (View, List, bool) {
	path, query, _ := strings.Cut(address, "?")
	l, known := s.Lists[path]
	given, err := url.ParseQuery(query)
	if !known || err != nil {
		return View{}, l, false
	}
	for k, all := range given {
		if !slices.Contains(l.Filters, k) || len(all) != 1 || !fit(all[0]) {
			return View{}, l, false
		}
	}
	v := View{List: path, Query: l.Narrow(given)}
	return v, l, v.Query != ""
}

// fit tells whether a filter's value is one that a page offers, and nothing that was typed.
func fit(value string) bool {
	return len(value) <= filterLength && utf8.ValidString(value) && !strings.ContainsFunc(value, unseen) && !person.Recognise(value).IsNumber()
}

func unseen(r rune) bool { return !unicode.IsPrint(r) }

// numbers finds a phone or ID number among other words.
var numbers = regexp.MustCompile(`\p{Nd}{11,}`)

// SaveView keeps the filters in an address of a list under a name. A name that the actor has for the list already gets the
// new filters. Her account's row is the guard of how many there are.
func (s *Service) SaveView(ctx context.Context, by authz.Actor, address, name string) (View, error) {
	v, l, ok := s.view(address)
	if !ok {
		return View{}, errs.New(errs.Invalid, "account.view_address", nil)
	}
	v.Name = strings.TrimSpace(name)
	var p errs.Problems
	p.Require(v.Name != "", "name", "field.required", nil)
	p.Require(utf8.RuneCountInString(v.Name) <= ViewName, "name", "field.long", errs.Args{"max": ViewName})
	p.Require(utf8.ValidString(v.Name) && !strings.ContainsFunc(v.Name, unseen), "name", "field.control", nil)
	p.Require(!person.Recognise(v.Name).IsNumber() && !numbers.MatchString(v.Name), "name", "account.view_number", nil)
	if err := p.Err(); err != nil {
		return View{}, err
	}
	if !l.Verb.IsZero() {
		if err := by.MustSomewhere(l.Verb); err != nil {
			return View{}, err
		}
	}
	err := settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := take(tx, ID(by.User)); err != nil {
			return err
		}
		v.ID = id.New[View](tx.Now())
		there, err := views(tx, by, v.List)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(there, func(x View) bool { return x.Name == v.Name }); i >= 0 {
			v.ID = there[i].ID
		} else if len(there) >= ViewMost {
			return errs.New(errs.Conflict, "account.view_most", errs.Args{"most": ViewMost})
		}
		if _, err := tx.Exec(`INSERT INTO saved_view (city, id, account, list, name, query, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (city, id) DO UPDATE SET query = excluded.query`, v.ID, by.User, v.List, v.Name, v.Query, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(SaveView, v.ID.String(), act.Change{"list": v.List})
	}))
	return v, err
}

// Views are the actor's views of a list, in the order in which she made them.
func (s *Service) Views(ctx context.Context, by authz.Actor, list string) (all []View, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = views(q, by, list)
		return err
	})
	return all, err
}

func views(q sqldb.Q, by authz.Actor, list string) ([]View, error) {
	return sqldb.All(q, func(s sqldb.Scan) (v View, err error) {
		return v, s(&v.ID, &v.Name, &v.List, &v.Query)
	}, `SELECT id, name, list, query FROM saved_view WHERE city = $1 AND account = $2 AND list = $3 ORDER BY id`, by.User, list)
}

// DropView deletes one of the actor's views.
func (s *Service) DropView(ctx context.Context, by authz.Actor, which id.Of[View]) error {
	return settled(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`DELETE FROM saved_view WHERE city = $1 AND id = $2 AND account = $3`, which, by.User)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		return tx.Record(DropView, which.String(), nil)
	}))
}
