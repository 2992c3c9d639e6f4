package field

import (
	"context"
	"maps"
	"slices"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Listed is a record in a list.
type Listed struct {
	record.Record
	OrgName string
}

// Shelf is what the page of records shows.
type Shelf struct {
	Lists  []record.List
	Chosen record.List // zero where there is none
	Count  int64
	Rows   []Listed
}

// shelfRows is how many records the page shows; words narrow it.
const shelfRows = 200

// Shelf gives the lists in the viewer's scope and the records of one of them: the first, where none is chosen.
func (s *Service) Shelf(ctx context.Context, by authz.Actor, list record.ListID, words string, disputed bool) (v Shelf, err error) {
	if err := by.MustSomewhere(Records); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		in := by.Scope(Records)
		if v.Lists, err = record.Lists(q, in); err != nil || len(v.Lists) == 0 {
			return err
		}
		v.Chosen = v.Lists[0]
		if i := slices.IndexFunc(v.Lists, func(l record.List) bool { return l.ID == list }); i >= 0 {
			v.Chosen = v.Lists[i]
		}
		sought := record.Sought{List: v.Chosen.ID, In: in, Words: words, Disputed: disputed, Limit: shelfRows}
		if v.Count, err = record.Count(q, sought); err != nil {
			return err
		}
		found, err := record.Seek(q, sought)
		if err != nil {
			return err
		}
		ids := make([]org.ID, len(found))
		for i, r := range found {
			ids[i] = r.Org
		}
		nodes, err := org.Named(q, ids)
		for _, r := range found {
			v.Rows = append(v.Rows, Listed{r, nodes[r.Org].Name})
		}
		return err
	})
	return v, err
}

// Look is a record with all that was said of it.
type Look struct {
	record.Record
	List     record.List
	At       org.Node
	Says     map[string]string
	Claims   map[string][]record.Choice // of what is in dispute
	Hidden   map[string]bool            // properties that the viewer may not see
	Versions []record.Kept
	Came     map[string]Arrived // by version: how it came, where from a phone
	Decides  bool               // the viewer may decide
	Labels   map[string]string  // what properties are called, by name
}

// Record gives one record. Reading what is delicate is noted in the log of acts first.
func (s *Service) Record(ctx context.Context, by authz.Actor, list record.ListID, which string) (v Look, err error) {
	sealed := false
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.Record, err = s.mayRead(q, by, list, which); err != nil {
			return err
		}
		if v.At, err = org.Find(q, v.Org); err != nil {
			return err
		}
		if v.List, err = record.ListByID(q, list); err != nil {
			return err
		}
		if v.Labels, err = record.Labels(q, list); err != nil {
			return err
		}
		v.Decides = by.Can(Decide, v.At.Path)
		sees := by.Sees(authz.Sensitive, Records, v.At.Path)
		if v.Versions, err = s.records().Versions(q, list, which); err != nil {
			return err
		}
		versions := make([]record.Version, len(v.Versions))
		v.Hidden, v.Came = map[string]bool{}, map[string]Arrived{}
		for i, k := range v.Versions {
			versions[i] = k.Version
			for name := range k.Sealed {
				v.Hidden[name], sealed = !sees, sealed || sees
			}
			a, err := sqldb.One(q, scanArrived, `SELECT `+arrivedColumns+` FROM field_answer x JOIN answer a ON a.city = x.city AND a.id = x.answer
				WHERE x.city = $1 AND x.answer = $2`, k.Answer)
			if err == nil {
				v.Came[k.ID] = a
			} else if !isAbsent(err) {
				return err
			}
		}
		state := record.Merge(versions)
		v.Says, v.Claims = state.Says, state.Claims
		return nil
	})
	if err != nil {
		return Look{}, err
	}
	if sealed {
		return v, s.DB.Note(ctx, by, Records, list.String(), act.Change{"record": which})
	}
	return v, nil
}

func (s *Service) mayRead(q sqldb.Q, by authz.Actor, list record.ListID, which string) (record.Record, error) {
	r, err := record.Find(q, list, which)
	if err != nil {
		return r, err
	}
	at, err := org.Find(q, r.Org)
	if err == nil && len(r.Heads) == 0 {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	if err != nil {
		return r, err
	}
	return r, by.Must(Records, at.Path)
}

// Settle decides what is in dispute: for each such property the value of one version. Heads are the versions that the
// supervisor saw; who looked at an older state is told.
func (s *Service) Settle(ctx context.Context, by authz.Actor, list record.ListID, which string, heads []string, picks map[string]string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		r, err := s.mayRead(tx, by, list, which)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, r.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Decide, at.Path); err != nil {
			return err
		}
		if !slices.Equal(r.Heads, heads) || len(r.Disputed) == 0 {
			return errs.New(errs.Conflict, "form.moved_on", nil)
		}
		l, err := record.ListByID(tx, list)
		if err != nil {
			return err
		}
		versions, err := s.records().Versions(tx, list, which)
		if err != nil {
			return err
		}
		all, sealed := make([]record.Version, len(versions)), map[string]bool{}
		for i, k := range versions {
			all[i] = k.Version
			for name := range k.Sealed {
				sealed[name] = true
			}
		}
		says, err := picked(record.Merge(all).Claims, picks)
		if err != nil {
			return err
		}
		n := record.New{
			Owner: l.Org, List: l.Name, Record: which, Version: id.New[record.Version](tx.Now()).String(), After: r.Heads, At: r.Org, Says: says, Sealed: sealed,
		}
		if err := record.Forget(tx, list, which, dropped(versions, picks)); err != nil {
			return err
		}
		if err := s.records().Save(tx, n); err != nil {
			return err
		}
		return tx.Record(Decide, list.String(), act.Change{"record": which, "properties": len(says)})
	})
	return sqldb.Done(err)
}

// dropped gives the versions that were taken back and of which nothing is kept.
func dropped(versions []record.Kept, picks map[string]string) (all []string) {
	kept := slices.Collect(maps.Values(picks))
	for _, k := range versions {
		if k.Withdrawn && !slices.Contains(kept, k.ID) {
			all = append(all, k.ID)
		}
	}
	return all
}

// picked gives the values of the versions that were chosen; each property in dispute needs one.
func picked(claims map[string][]record.Choice, picks map[string]string) (map[string]string, error) {
	says, missing := map[string]string{}, errs.Problems{}
	for name, all := range claims {
		i := slices.IndexFunc(all, func(c record.Choice) bool { return c.Version == picks[name] })
		if missing.Require(i >= 0, "pick."+name, "field.pick", nil) {
			says[name] = all[i].Value
		}
	}
	return says, missing.Err()
}

// Dispute is a record about which a supervisor is to be asked, or need not be asked any more.
type Dispute struct {
	record.Record
	List record.List
	At   org.Node
}

// Disputes gives records about which nobody is asked yet, and those whose matter is over.
func (s *Service) Disputes(ctx context.Context, city string) (all []Dispute, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		found, err := record.Unasked(q, 50)
		if err != nil {
			return err
		}
		for _, r := range found {
			d := Dispute{Record: r}
			if d.List, err = record.ListByID(q, r.List); err != nil {
				return err
			}
			if d.At, err = org.Find(q, r.Org); err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	return all, err
}
