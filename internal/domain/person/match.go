package person

import (
	"errors"
	"strings"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

const columns = `p.id, p.home, p.name, p.sex, p.born, p.ethnicity, p.education, p.standing, p.phone_tail, p.since,
	COALESCE(p.merged_into, ''), p.made_at`

// Live is the condition, on alias p, that a person's row counts now.
var Live = source.Since("p")

func (p *Person) fields() []any {
	return []any{&p.ID, &p.Home, &p.Name, &p.Sex, &p.Born, &p.Ethnicity, &p.Education, &p.Standing, &p.PhoneTail, &p.Since, &p.MergedInto, &p.MadeAt}
}

func scan(s sqldb.Scan) (Person, error) {
	var p Person
	return p, s(p.fields()...)
}

// Find gives one person as recorded, following merges to the row that stands for the human being.
func Find(q sqldb.Q, id ID) (Person, error) {
	for range 10 {
		p, err := sqldb.One(q, scan, `SELECT `+columns+` FROM person p WHERE p.city = $1 AND p.id = $2 AND `+Live, id)
		if err != nil || p.MergedInto.IsZero() {
			return p, err
		}
		id = p.MergedInto
	}
	return sqldb.One(q, scan, `SELECT `+columns+` FROM person p WHERE p.city = $1 AND p.id = $2 AND p.merged_into IS NULL`, id)
}

// Known is a person found by a paper, whether her delivery is shown or not, with the ties that no delivery has ended.
type Known struct {
	Person
	Ties []Tie
}

// matchWidth is how many numbers one statement looks up; the text stays the same for every batch.
const matchWidth = 64

var matchMarks = func() string {
	marks := make([]string, matchWidth)
	for i := range marks {
		marks[i] = "$" + itoa(i+3)
	}
	return strings.Join(marks, ", ")
}()

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// Match finds persons by numbers of one kind, with their ties; the map is keyed by number.
func Match(q sqldb.Q, keys seal.Provider, kind PaperKind, numbers []string) (map[string]*Known, error) {
	found := make(map[string]*Known, len(numbers))
	for from := 0; from < len(numbers); from += matchWidth {
		part := numbers[from:min(len(numbers), from+matchWidth)]
		if err := match(q, keys, kind, part, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func match(q sqldb.Q, keys seal.Provider, kind PaperKind, numbers []string, found map[string]*Known) error {
	byLook := make(map[string]string, len(numbers))
	args := make([]any, 0, matchWidth+1)
	args = append(args, string(kind))
	for _, n := range numbers {
		look := keys.Lookup(string(kind), n)
		byLook[string(look)] = n
		args = append(args, look)
	}
	for len(args) < matchWidth+1 {
		args = append(args, args[len(args)-1])
	}
	rows, err := q.Query(`SELECT a.look, `+columns+` FROM paper_look a CROSS JOIN person p
		WHERE p.city = a.city AND p.id = a.person AND a.city = $1 AND a.kind = $2 AND a.look IN (`+matchMarks+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	byID := map[ID]*Known{}
	for rows.Next() {
		var look []byte
		k := &Known{}
		if err := rows.Scan(append([]any{&look}, k.fields()...)...); err != nil {
			return err
		}
		found[byLook[string(look)]] = k
		byID[k.ID] = k
	}
	if err := rows.Err(); err != nil || len(byID) == 0 {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	return matchTies(q, byID)
}

func matchTies(q sqldb.Q, byID map[ID]*Known) error {
	args := make([]any, 0, matchWidth+1)
	args = append(args, "") // keeps the numbering of matchMarks, which begins at $3
	for id := range byID {
		args = append(args, id)
	}
	for len(args) < matchWidth+1 {
		args = append(args, args[len(args)-1])
	}
	rows, err := q.Query(`SELECT t.id, t.person, t.kind, COALESCE(t.org, ''), t.unit, t.role, t.began, t.since FROM tie t
		WHERE t.city = $1 AND $2 = '' AND t.person IN (`+matchMarks+`) AND `+source.Live("t"), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var t Tie
		if err := rows.Scan(&t.ID, &t.Person, &t.Kind, &t.Org, &t.Unit, &t.Role, &t.Began, &t.Since); err != nil {
			return err
		}
		byID[t.Person].Ties = append(byID[t.Person].Ties, t)
	}
	return rows.Err()
}

// HeldBy tells who holds numbers of one kind, shown or not; the map is keyed by number.
func HeldBy(q sqldb.Q, keys seal.Provider, kind PaperKind, numbers []string) (map[string]ID, error) {
	held := make(map[string]ID, len(numbers))
	for from := 0; from < len(numbers); from += matchWidth {
		part := numbers[from:min(len(numbers), from+matchWidth)]
		byLook := make(map[string]string, len(part))
		args := []any{string(kind)}
		for i := range matchWidth {
			n := part[min(i, len(part)-1)]
			if i < len(part) {
				look := keys.Lookup(string(kind), n)
				byLook[string(look)] = n
				args = append(args, look)
			} else {
				args = append(args, args[len(args)-1])
			}
		}
		rows, err := q.Query(`SELECT a.look, a.person FROM paper_look a WHERE a.city = $1 AND a.kind = $2 AND a.look IN (`+matchMarks+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var look []byte
			var of ID
			if err := rows.Scan(&look, &of); err != nil {
				_ = rows.Close()
				return nil, err
			}
			held[byLook[string(look)]] = of
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return held, nil
}

// Which gives those of some ids that are taken, by whatever person, shown or not.
func Which(q sqldb.Q, ids []ID) (there []ID, err error) {
	for from := 0; from < len(ids); from += matchWidth {
		part := ids[from:min(len(ids), from+matchWidth)]
		args := []any{""} // keeps the numbering of matchMarks, which begins at $3
		for i := range matchWidth {
			args = append(args, part[min(i, len(part)-1)])
		}
		found, err := sqldb.All(q, scanID, `SELECT p.id FROM person p WHERE p.city = $1 AND $2 = '' AND p.id IN (`+matchMarks+`)`, args...)
		if err != nil {
			return nil, err
		}
		there = append(there, found...)
	}
	return there, nil
}
