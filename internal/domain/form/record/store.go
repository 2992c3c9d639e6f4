package record

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Written names the tables that saving a record touches, for the verbs of those who do so within an act of theirs.
const Written = "record record_list record_version"

// ListID names a list for ever.
type ListID = id.Of[List]

// List is records of one kind: those that the forms of one organisation save under one name.
type List struct {
	ID    ListID
	Org   org.ID
	Name  string // in formulas
	Title string // for people
}

// Record is a thing as forms know it now.
type Record struct {
	List     ListID
	ID       string
	Org      org.ID   // where the answer counted that made it
	Heads    []string // the versions that say what it is; what is changed is changed with knowledge of them
	Label    string
	Disputed []string // properties that are in dispute
	Matter   string   // in which a supervisor is asked, empty where none is
	MadeAt   int64    // microseconds UTC
	EditedAt int64
	content  string
	sealed   []byte
}

// Kept is a version as it is kept.
type Kept struct {
	Version
	Org    org.ID
	Answer string // empty of a supervisor's decision
	By     string
	At     int64 // microseconds UTC
	Sealed map[string]bool

	WithdrawnAt int64 // when its answer was taken back, 0 while it stands
}

// Keeper keeps records. What belongs to delicate questions lies sealed.
type Keeper struct{ Keys seal.Provider }

// New is what is to be said of a record.
type New struct {
	Owner   org.ID // whose forms save to the list
	List    string
	Record  string
	Version string
	After   []string // nil: what stands now
	At      org.ID   // where it was learned
	Answer  string
	Says    map[string]string
	Sealed  map[string]bool // properties that are delicate
	First   bool            // it makes the record; else it changes one, which may not be here yet
}

const (
	maxID    = 100
	maxAfter = 20
	maxSays  = 500
)

func (n New) check() error {
	var p errs.Problems
	p.Require(n.Record != "" && len(n.Record) <= maxID && !strings.ContainsAny(n.Record, " /\t\n\x00"), n.List, "record.id", nil)
	p.Require(n.Version != "" && len(n.Version) <= maxID && !strings.ContainsAny(n.Version, " /\t\n\x00"), n.List, "record.id", nil)
	p.Require(len(n.After) <= maxAfter && len(n.Says) <= maxSays, n.List, "record.too_much", nil)
	return p.Err()
}

// Save adds a version within an act of the caller's, who permits and records. A version that is there already is none.
func (k Keeper) Save(tx *sqldb.Tx, n New) error {
	if err := n.check(); err != nil {
		return err
	}
	list, err := Begin(tx, n.Owner, n.List)
	if err != nil {
		return err
	}
	now := tx.Now().UnixMicro()
	// The row is taken first, so that of two versions the second sees the first.
	if _, err := tx.Exec(`INSERT INTO record (city, list, id, org, made_at, edited_at) VALUES ($1, $2, $3, $4, $5, $5)
		ON CONFLICT (city, list, id) DO UPDATE SET edited_at = excluded.edited_at`, list, n.Record, n.At, now); err != nil {
		return err
	}
	old, err := Find(tx, list, n.Record)
	if err != nil {
		return err
	}
	if err := reaches(tx, n, old); err != nil {
		return err
	}
	if n.After == nil && !n.First {
		n.After = old.Heads
	}
	if err := k.add(tx, list, n); err != nil {
		return err
	}
	return k.work(tx, old)
}

// Said is what an answer has said of one record so far.
type Said struct {
	List   ListID
	Name   string // of the list
	Record string
	Last   string // its newest version
	N      int    // how many versions
}

// SaidBy gives the records of which an answer has said something.
func SaidBy(q sqldb.Q, answer string) (all []Said, err error) {
	versions, err := sqldb.All(q, func(s sqldb.Scan) (v Said, err error) { return v, s(&v.List, &v.Name, &v.Record, &v.Last) },
		`SELECT v.list, l.name, v.record, v.id FROM record_version v JOIN record_list l ON l.city = v.city AND l.id = v.list
		WHERE v.city = $1 AND v.answer = $2 ORDER BY v.list, v.record, LENGTH(v.id), v.id`, answer)
	for _, v := range versions {
		if n := len(all) - 1; n < 0 || all[n].List != v.List || all[n].Record != v.Record {
			all = append(all, v)
		}
		all[len(all)-1].Last = v.Last
		all[len(all)-1].N++
	}
	return all, err
}

// Withdraw marks what an answer has said of a record as taken back, within an act of the caller's. Whoever decides about
// disputes decides what stands; until then nothing changes.
func (k Keeper) Withdraw(tx *sqldb.Tx, said Said, answer string) error {
	now := tx.Now().UnixMicro()
	if _, err := tx.Exec(`UPDATE record SET edited_at = $4 WHERE city = $1 AND list = $2 AND id = $3`, said.List, said.Record, now); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE record_version SET withdrawn_at = $5 WHERE city = $1 AND list = $2 AND record = $3 AND answer = $4 AND withdrawn_at = 0`,
		said.List, said.Record, answer, now); err != nil {
		return err
	}
	old, err := Find(tx, said.List, said.Record)
	if err != nil {
		return err
	}
	return k.work(tx, old)
}

// Forget destroys what versions said that were taken back and of which nothing is kept, within the act that decides.
func Forget(tx *sqldb.Tx, list ListID, which string, versions []string) error {
	_, err := tx.Bulk(`UPDATE record_version SET content = '{}', sealed = NULL WHERE city = $1 AND list = $2 AND record = $3 AND id = $4 AND withdrawn_at > 0`,
		len(versions), func(i int) []any { return []any{list, which, versions[i]} })
	return err
}

// reaches refuses to change what lies elsewhere than where the answer counts. What is not here yet was nobody's before.
func reaches(q sqldb.Q, n New, old Record) error {
	if len(old.Heads) == 0 || old.Org == n.At {
		return nil
	}
	both, err := org.Named(q, []org.ID{old.Org, n.At})
	if err == nil && !both[n.At].Path.Covers(both[old.Org].Path) {
		err = errs.New(errs.Absent, "record.elsewhere", nil)
	}
	return err
}

// Begin makes sure of the list of a name to which the forms of an organisation save, within an act of the caller's.
func Begin(tx *sqldb.Tx, owner org.ID, name string) (ListID, error) {
	if _, err := tx.Exec(`INSERT INTO record_list (city, id, org, name, made_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (city, org, name) DO NOTHING`,
		id.New[List](tx.Now()), owner, name, tx.Now().UnixMicro()); err != nil {
		return "", err
	}
	l, err := FindList(tx, owner, name)
	return l.ID, err
}

// FindList gives the list of a name to which the forms of an organisation save.
func FindList(q sqldb.Q, owner org.ID, name string) (List, error) {
	return sqldb.One(q, scanList, `SELECT `+listColumns+` FROM record_list l WHERE l.city = $1 AND l.org = $2 AND l.name = $3`, owner, name)
}

// ListByID gives a list.
func ListByID(q sqldb.Q, which ListID) (List, error) {
	return sqldb.One(q, scanList, `SELECT `+listColumns+` FROM record_list l WHERE l.city = $1 AND l.id = $2`, which)
}

const listColumns = `l.id, l.org, l.name, CASE WHEN l.title = '' THEN l.name ELSE l.title END`

func scanList(s sqldb.Scan) (List, error) {
	var l List
	return l, s(&l.ID, &l.Org, &l.Name, &l.Title)
}

func (k Keeper) add(tx *sqldb.Tx, list ListID, n New) error {
	content, sealed, err := k.part(place(tx.City(), "record_version", string(list), n.Record, n.Version), n.Says, n.Sealed)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO record_version (city, list, record, id, after, org, answer, content, sealed, made_by, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (city, list, record, id) DO NOTHING`,
		list, n.Record, n.Version, strings.Join(n.After, " "), n.At, n.Answer, content, sealed, tx.By().User, tx.Now().UnixMicro())
	return err
}

// work works out what a record says from all its versions.
func (k Keeper) work(tx *sqldb.Tx, old Record) error {
	all, err := k.Versions(tx, old.List, old.ID)
	if err != nil {
		return err
	}
	versions, delicate := make([]Version, len(all)), map[string]bool{}
	for i, v := range all {
		versions[i] = v.Version
		maps.Copy(delicate, v.Sealed)
	}
	s := Merge(versions)
	at, first := old.Org, ""
	for _, v := range all { // where the first version was made, of two the one that sorts first
		if len(v.After) == 0 && (first == "" || v.ID < first) {
			at, first = v.Org, v.ID
		}
	}
	label := s.Says[Label]
	delete(s.Says, Label)
	content, sealed, err := k.part(place(tx.City(), "record", string(old.List), old.ID, ""), s.Says, delicate)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE record SET org = $4, heads = $5, label = $6, content = $7, sealed = $8, disputed = $9 WHERE city = $1 AND list = $2 AND id = $3`,
		old.List, old.ID, at, strings.Join(s.Heads, " "), label, content, sealed, strings.Join(slices.Sorted(maps.Keys(s.Claims)), " "))
	return err
}

func place(city, table, list, record, version string) seal.Place {
	return seal.Place{City: city, Table: table, Column: "sealed", Row: list + "/" + record + "/" + version}
}

// part puts aside what is delicate.
func (k Keeper) part(at seal.Place, says map[string]string, delicate map[string]bool) (content string, sealed []byte, err error) {
	open, hidden := map[string]string{}, map[string]string{}
	for name, value := range says {
		if delicate[name] {
			hidden[name] = value
		} else {
			open[name] = value
		}
	}
	b, err := json.Marshal(open)
	if err != nil || len(hidden) == 0 {
		return string(b), nil, err
	}
	plain, err := json.Marshal(hidden)
	if err != nil {
		return "", nil, err
	}
	sealed, err = k.Keys.Seal(at, plain)
	return string(b), sealed, err
}

func (k Keeper) join(at seal.Place, content string, sealed []byte) (says map[string]string, delicate map[string]bool, err error) {
	if err := json.Unmarshal([]byte(content), &says); err != nil {
		return nil, nil, err
	}
	delicate = map[string]bool{}
	if sealed == nil {
		return says, delicate, nil
	}
	plain, err := k.Keys.Open(at, sealed)
	if err != nil {
		return nil, nil, err
	}
	var hidden map[string]string
	if err := json.Unmarshal(plain, &hidden); err != nil {
		return nil, nil, err
	}
	for name, value := range hidden {
		says[name], delicate[name] = value, true
	}
	return says, delicate, nil
}

const columns = `r.list, r.id, r.org, r.heads, r.label, r.disputed, r.matter, r.made_at, r.edited_at, r.content, r.sealed`

func scan(s sqldb.Scan) (Record, error) {
	var r Record
	var heads, disputed string
	err := s(&r.List, &r.ID, &r.Org, &heads, &r.Label, &disputed, &r.Matter, &r.MadeAt, &r.EditedAt, &r.content, &r.sealed)
	r.Heads, r.Disputed = strings.Fields(heads), strings.Fields(disputed)
	return r, err
}

// Find gives a record, also one whose first version is not here yet.
func Find(q sqldb.Q, list ListID, which string) (Record, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM record r WHERE r.city = $1 AND r.list = $2 AND r.id = $3`, list, which)
}

// Says gives the properties of a record, and which of them are delicate.
func (k Keeper) Says(city string, r Record) (says map[string]string, delicate map[string]bool, err error) {
	return k.join(place(city, "record", string(r.List), r.ID, ""), r.content, r.sealed)
}

// Versions gives what was said of a record, as it came.
func (k Keeper) Versions(q sqldb.Q, list ListID, which string) ([]Kept, error) {
	return sqldb.All(q, func(s sqldb.Scan) (v Kept, err error) {
		var after, content string
		var sealed []byte
		if err := s(&v.ID, &after, &v.Org, &v.Answer, &content, &sealed, &v.By, &v.At, &v.WithdrawnAt); err != nil {
			return v, err
		}
		v.After, v.Decides, v.Withdrawn = strings.Fields(after), v.Answer == "", v.WithdrawnAt > 0
		v.Says, v.Sealed, err = k.join(place(q.City(), "record_version", string(list), which, v.ID), content, sealed)
		return v, err
	}, `SELECT v.id, v.after, v.org, v.answer, v.content, v.sealed, v.made_by, v.at, v.withdrawn_at FROM record_version v
		WHERE v.city = $1 AND v.list = $2 AND v.record = $3 ORDER BY v.at, v.id`, list, which)
}
