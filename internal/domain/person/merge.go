package person

import (
	"context"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Merger is one row that was found to be the same human being as another.
type Merger struct {
	From   ID
	Name   string
	Into   ID
	At     int64 // microseconds UTC
	By     string
	Reason string
}

// Join says that two rows are one human being: from stands for nobody any more and into stands for both. Nothing is
// moved, so that Part can undo it whenever it turns out to be wrong. The guard are the two persons' rows: of two acts
// that join the same persons, one is told.
func (s *Service) Join(ctx context.Context, by authz.Actor, from, into ID, reason string) error {
	var p errs.Problems
	p.Require(strings.TrimSpace(reason) != "", "reason", "field.required", nil)
	p.Require(from != into, "into", "person.merge_itself", nil)
	if err := p.Err(); err != nil {
		return err
	}
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		for _, at := range []ID{min(from, into), max(from, into)} {
			if err := hold(tx, by, at); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE person SET merged_into = $3 WHERE city = $1 AND id = $2`, from, into); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO person_merge (city, id, from_person, into_person, at, made_by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id.New[Merger](tx.Now()), from, into, tx.Now().UnixMicro(), tx.By().User, reason); err != nil {
			return err
		}
		if s.After != nil {
			rows, err := group(tx, into)
			if err != nil {
				return err
			}
			if err := s.After(tx, rows); err != nil {
				return err
			}
		}
		return tx.Record(Merge, into.String(), act.Change{"from": from, "reason": reason})
	})
	return sqldb.Done(err)
}

// hold takes a person's row until the act ends and makes sure that she stands for herself and is the actor's to merge.
func hold(tx *sqldb.Tx, by authz.Actor, at ID) error {
	if _, err := tx.Exec(`UPDATE person SET made_at = made_at WHERE city = $1 AND id = $2`, at); err != nil {
		return err
	}
	p, err := sqldb.One(tx, scan, `SELECT `+columns+` FROM person p WHERE p.city = $1 AND p.id = $2 AND `+Live, at)
	if err != nil {
		return err
	}
	home, err := org.Find(tx, p.Home)
	if err != nil {
		return err
	}
	if err := by.Must(Merge, home.Path); err != nil {
		return err
	}
	if !p.MergedInto.IsZero() {
		return errs.New(errs.Conflict, "person.merged_already", nil)
	}
	return nil
}

// Part undoes a Join: the row stands for itself again.
func (s *Service) Part(ctx context.Context, by authz.Actor, from ID, reason string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := sqldb.One(tx, scan, `SELECT `+columns+` FROM person p WHERE p.city = $1 AND p.id = $2`, from)
		if err != nil {
			return err
		}
		home, err := org.Find(tx, p.Home)
		if err != nil {
			return err
		}
		if err := by.Must(Merge, home.Path); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE person SET merged_into = NULL WHERE city = $1 AND id = $2 AND merged_into = $3`, from, p.MergedInto)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "person.not_merged", nil)
		}
		if _, err := tx.Exec(`UPDATE person_merge SET undone_at = $4 WHERE city = $1 AND from_person = $2 AND into_person = $3 AND undone_at = 0`,
			from, p.MergedInto, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Merge, from.String(), act.Change{"parted_from": p.MergedInto, "reason": reason})
	})
	return sqldb.Done(err)
}

// mergers gives the rows that stand for one human being beside the first.
func mergers(q sqldb.Q, rows []ID) ([]Merger, error) {
	var w sqldb.Where
	w.And("m.city = $1").And("m.undone_at = 0")
	oneOf(&w, "m.into_person", rows)
	return sqldb.All(q, func(s sqldb.Scan) (Merger, error) {
		var m Merger
		return m, s(&m.From, &m.Name, &m.Into, &m.At, &m.By, &m.Reason)
	}, `SELECT m.from_person, p.name, m.into_person, m.at, m.made_by, m.reason FROM person_merge m JOIN person p ON p.city = m.city AND p.id = m.from_person
		WHERE `+w.SQL()+` ORDER BY m.id DESC`, w.Args()...)
}

// Likeness is somebody who may be the same human being, and why.
type Likeness struct {
	Row
	Why []string // message keys
}

// Why two rows may be one human being, as message keys.
const (
	SameNameAndBirth = "person.like_name_birth"
	SamePhone        = "person.like_phone"
	OneDigitApart    = "person.like_one_digit"
)

// Alike gives those in the viewer's scope who may be the same human being as a person: of the same name and birth date,
// with the same phone, or with a resident ID one digit apart.
func (s *Service) Alike(ctx context.Context, by authz.Actor, id ID) (found []Likeness, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		d, rows, err := s.permitted(q, by, Merge, id)
		if err != nil {
			return err
		}
		why := map[ID][]string{}
		note := func(reason, cond string, args ...any) error {
			var w sqldb.Where
			w.And("p.city = $1").And(counted).And(cond, args...)
			ids, err := sqldb.All(q, scanID, `SELECT p.id FROM person p WHERE `+w.SQL()+` ORDER BY p.id LIMIT 50`, w.Args()...)
			for _, x := range ids {
				if x != d.ID {
					why[x] = append(why[x], reason)
				}
			}
			return err
		}
		if !d.Born.IsZero() {
			usual, _ := readings(d.Name)
			if err := note(SameNameAndBirth, "p.id IN (SELECT x.person FROM person_word x WHERE x.city = $1 AND x.word = ?) AND p.name = ? AND p.born = ?",
				ofReading+usual.Initials+" "+usual.Full, d.Name, d.Born); err != nil {
				return err
			}
		}
		if phone, err := s.phone(q, d.ID); err != nil {
			return err
		} else if phone != "" {
			if err := note(SamePhone, "p.id IN (SELECT h.person FROM person_phone h WHERE h.city = $1 AND h.look = ?)", s.Keys.Lookup(phoneKind, phone)); err != nil {
				return err
			}
		}
		papers, err := s.openPapers(q, rows)
		if err != nil {
			return err
		}
		for _, h := range papers {
			if h.Paper.Kind != ResidentID {
				continue
			}
			near, err := Match(q, s.Keys, ResidentID, oneDigitApart(h.Paper.Number))
			if err != nil {
				return err
			}
			for _, k := range near {
				if root, err := Find(q, k.ID); err == nil && root.ID != d.ID {
					why[root.ID] = append(why[root.ID], OneDigitApart)
				}
			}
		}
		found, err = s.alike(q, by, why)
		return err
	})
	return found, err
}

func (s *Service) alike(q sqldb.Q, by authz.Actor, why map[ID][]string) (found []Likeness, err error) {
	k := question{in: by.Scope(Merge), sought: Sought{By: ByID}}
	for x := range why {
		k.ids = append(k.ids, x)
	}
	p, err := s.Cursors.Read(k.list(), "")
	if err != nil {
		return nil, err
	}
	rows, err := k.rows(q, p, 50)
	for _, r := range rows {
		r.mask(by, Merge)
		found = append(found, Likeness{r, why[r.ID]})
	}
	return found, err
}

// oneDigitApart gives all numbers that differ from one in a single place.
func oneDigitApart(number string) []string {
	var all []string
	for i := range len(number) {
		for _, r := range "0123456789X" {
			if byte(r) != number[i] && (r != 'X' || i == len(number)-1) {
				all = append(all, number[:i]+string(r)+number[i+1:])
			}
		}
	}
	return all
}

// Doubles gives persons in the viewer's scope of whom there is another of the same name and birth date, the others beside
// each, at most so many pairs.
func (s *Service) Doubles(ctx context.Context, by authz.Actor, most int) (pairs [][2]Row, err error) {
	if err := by.MustSomewhere(Merge); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("p.city = $1").And(counted).And("p.born <> ''").Scope(by.Scope(Merge), "o.path")
		type pair struct{ a, b ID }
		found, err := sqldb.All(q, func(s sqldb.Scan) (pair, error) {
			var x pair
			return x, s(&x.a, &x.b)
		}, `SELECT MIN(p.id), MAX(p.id) FROM `+org.Table+` JOIN person p ON p.city = o.city AND p.home = o.id
			WHERE o.city = $1 AND `+w.SQL()+` GROUP BY p.name, p.born HAVING COUNT(*) > 1 ORDER BY 1 LIMIT `+w.Arg(most), w.Args()...)
		if err != nil || len(found) == 0 {
			return err
		}
		why := map[ID][]string{}
		for _, x := range found {
			why[x.a], why[x.b] = nil, nil
		}
		known := map[ID]Row{}
		for x := range why {
			one, err := s.alike(q, by, map[ID][]string{x: nil})
			if err != nil {
				return err
			}
			for _, r := range one {
				known[r.ID] = r.Row
			}
		}
		for _, x := range found {
			pairs = append(pairs, [2]Row{known[x.a], known[x.b]})
		}
		return nil
	})
	return pairs, err
}

// Merged gives every row that was merged with the row that stands for it.
func Merged(q sqldb.Q) (map[ID]ID, error) {
	into := map[ID]ID{}
	_, err := sqldb.All(q, func(s sqldb.Scan) (x struct{}, err error) {
		var from, to ID
		err = s(&from, &to)
		into[from] = to
		return x, err
	}, `SELECT p.id, p.merged_into FROM person p WHERE p.city = $1 AND p.merged_into IS NOT NULL`)
	for from, to := range into {
		for further, more := into[to]; more; further, more = into[to] {
			to = further
		}
		into[from] = to
	}
	return into, err
}
