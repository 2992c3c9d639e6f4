package form

import (
	"context"
	"os"
	"path"
	"slices"
	"strings"

	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Attached is a file that a form is filled in with (附件): choices in a file, or a picture, sound or film beside a question.
type Attached struct {
	Name   string // as the workbook calls it
	Hash   blob.Hash
	Type   blob.Type
	Bytes  int64
	Items  int64 // choices in it
	MadeBy string
	MadeAt int64 // microseconds UTC
}

const attachedColumns = `x.name, x.file, x.type, x.bytes, x.items, x.made_by, x.made_at`

func scanAttached(s sqldb.Scan) (Attached, error) {
	var a Attached
	return a, s(&a.Name, &a.Hash, &a.Type, &a.Bytes, &a.Items, &a.MadeBy, &a.MadeAt)
}

// Attachments gives the files of a version, by name.
func Attachments(q sqldb.Q, which ID, seq int64) ([]Attached, error) {
	return sqldb.All(q, scanAttached, `SELECT `+attachedColumns+` FROM form_file x WHERE x.city = $1 AND x.form = $2 AND x.since <= $3 AND (x.until = 0 OR x.until > $3) ORDER BY x.name`, which, seq)
}

// attachable are the files that can be attached, by the ends of their names.
var attachable = map[string]blob.Limits{
	".csv": {Size: 20 << 20, Types: []blob.Type{blob.CSV}}, ".geojson": {Size: 20 << 20, Types: []blob.Type{blob.JSON, blob.CSV}},
	".xml": {Size: 20 << 20, Types: []blob.Type{blob.CSV, blob.HTML}},
	".png": {Size: 10 << 20, Types: []blob.Type{blob.PNG}}, ".jpg": {Size: 10 << 20, Types: []blob.Type{blob.JPEG}},
	".jpeg": {Size: 10 << 20, Types: []blob.Type{blob.JPEG}}, ".webp": {Size: 10 << 20, Types: []blob.Type{blob.WebP}},
	".mp3": {Size: 30 << 20, Types: []blob.Type{blob.MP3}}, ".m4a": {Size: 30 << 20, Types: []blob.Type{blob.M4A, blob.MP4}},
	".wav": {Size: 30 << 20, Types: []blob.Type{blob.WAV}}, ".ogg": {Size: 30 << 20, Types: []blob.Type{blob.Ogg}},
	".mp4": {Size: 50 << 20, Types: []blob.Type{blob.MP4}}, ".webm": {Size: 50 << 20, Types: []blob.Type{blob.WebM}}, ".mov": {Size: 50 << 20, Types: []blob.Type{blob.MOV}},
}

// Attachable lists the ends of names of files that can be attached.
func Attachable() []string {
	var all []string
	for end := range attachable {
		all = append(all, end)
	}
	slices.Sort(all)
	return all
}

// Attach puts a file beside the draft of a form, in the place of the one of its name; a form without a draft gets one, which
// asks what the version in use does. Choices are read at once, so that a file that cannot be is refused.
func (s *Service) Attach(ctx context.Context, by authz.Actor, which ID, at, name string) (a Attached, err error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	end := strings.ToLower(path.Ext(name))
	limits, ok := attachable[end]
	if !ok || len([]rune(name)) > 120 {
		return a, errs.New(errs.Invalid, "form.attach_type", errs.Args{"name": name, "ends": strings.Join(Attachable(), " ")})
	}
	if _, err := s.Drawing(ctx, by, which); err != nil { // before anything is stored
		return a, err
	}
	a = Attached{Name: name, MadeBy: by.User}
	if tabular(name) {
		list, err := readTable(at, name)
		if err != nil {
			return a, err
		}
		a.Items = int64(len(list.Items))
	}
	f, err := os.Open(at)
	if err != nil {
		return a, err
	}
	defer f.Close()
	ref, err := s.Files.Put(ctx, f, limits)
	if err != nil {
		return a, err
	}
	a.Hash, a.Type, a.Bytes = ref.Hash, ref.Type, ref.Size
	err = s.beside(ctx, by, which, act.Change{"file": name, "hash": string(a.Hash), "bytes": a.Bytes}, func(tx *sqldb.Tx, seq int64) error {
		a.MadeAt = tx.Now().UnixMicro()
		if err := detach(tx, which, name, seq); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO form_file (city, form, name, since, file, type, bytes, items, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			which, name, seq, string(a.Hash), string(a.Type), a.Bytes, a.Items, by.User, a.MadeAt)
		return err
	})
	return a, err
}

// Detach takes a file away from the draft of a form; versions that were published keep it.
func (s *Service) Detach(ctx context.Context, by authz.Actor, which ID, name string) error {
	return s.beside(ctx, by, which, act.Change{"file": name, "detached": true}, func(tx *sqldb.Tx, seq int64) error { return detach(tx, which, name, seq) })
}

func detach(tx *sqldb.Tx, which ID, name string, seq int64) error {
	if _, err := tx.Exec(`DELETE FROM form_file WHERE city = $1 AND form = $2 AND name = $3 AND since = $4`, which, name, seq); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE form_file SET until = $4 WHERE city = $1 AND form = $2 AND name = $3 AND until = 0`, which, name, seq)
	return err
}

// beside is one act with the files of a form's draft.
func (s *Service) beside(ctx context.Context, by authz.Actor, which ID, change act.Change, do func(tx *sqldb.Tx, seq int64) error) error {
	return s.change(ctx, by, which, Design, nil, func(tx *sqldb.Tx, f Form) (act.Change, error) {
		if _, err := tx.Exec(`UPDATE form SET edited_at = $3 WHERE city = $1 AND id = $2`, which, max(tx.Now().UnixMicro(), f.EditedAt+1)); err != nil { // holds the form
			return nil, err
		}
		var last, published int64
		if err := tx.Row(`SELECT MAX(seq), COALESCE(MAX(CASE WHEN published_at > 0 THEN seq END), 0) FROM form_version WHERE city = $1 AND form = $2`, which).Scan(&last, &published); err != nil {
			return nil, err
		}
		if last == published {
			read, err := definition(tx, which, last)
			if err != nil {
				return nil, err
			}
			if _, err := putDraft(tx, by, f, drawn{read: read}); err != nil {
				return nil, err
			}
			last++
		}
		return change, do(tx, last)
	})
}

// missing finds what a version names and has not.
func missing(tx *sqldb.Tx, which ID, seq int64, read *survey.Form) error {
	needs := survey.Needs(read)
	if len(needs) == 0 {
		return nil
	}
	all, err := Attachments(tx, which, seq)
	if err != nil {
		return err
	}
	f, err := Find(tx, which)
	if err != nil {
		return err
	}
	lists, err := standIns(tx, f.Org, needs)
	if err != nil {
		return err
	}
	var wrong errs.Problems
	for _, n := range needs {
		if _, ok := lists[n.Name]; ok {
			continue
		}
		if slices.ContainsFunc(all, func(a Attached) bool { return a.Name == n.Name }) {
			continue
		}
		key := "form.file_missing"
		if n.Row == 0 {
			key = "form.file_missing_here"
		}
		wrong.Add("", key, errs.Args{"file": n.Name, "sheet": n.Sheet, "row": n.Row})
	}
	return wrong.Err()
}

// standIns gives, by the names of files, the lists of records that stand in for them: what forms have saved needs no file.
func standIns(q sqldb.Q, owner org.ID, needs []survey.Need) (map[string]record.List, error) {
	lists := map[string]record.List{}
	for _, n := range needs {
		l, err := record.FindList(q, owner, survey.FileID(n.Name))
		if err == nil {
			lists[n.Name] = l
		} else if errs.KindOf(err) != errs.Absent {
			return nil, err
		}
	}
	return lists, nil
}

// OpenAttached gives a file of a form to who was given the form: what is shown beside its questions. Choices are not handed out.
func (s *Service) OpenAttached(a Asked, name string) (Attached, *blob.File, error) {
	at := slices.IndexFunc(a.Files, func(x Attached) bool { return x.Name == name && !tabular(name) })
	if at < 0 {
		return Attached{}, nil, errs.New(errs.Absent, "errs.absent", nil)
	}
	f, err := s.Files.Open(a.Files[at].Hash)
	return a.Files[at], f, err
}

// tables gives the tables of attached files to formulas and choices, by the names under which they are called.
func (s *Service) tables(city string, files []Attached) func(id string) *xpath.Node {
	if len(files) == 0 {
		return nil
	}
	return func(id string) *xpath.Node {
		list := s.table(city, files, id)
		if list == nil {
			return nil
		}
		return list.document()
	}
}

// table finds and reads the table of an id; nil where there is none, or where it cannot be read any more.
func (s *Service) table(city string, files []Attached, id string) *shelved {
	for _, a := range files {
		if !tabular(a.Name) || survey.FileID(a.Name) != survey.FileID(id) {
			continue
		}
		key := tableKey{city, a.Hash, path.Ext(a.Name)}
		if got, ok := s.shelf.Load(key); ok {
			return got.(*shelved)
		}
		f, err := s.Files.Open(a.Hash)
		if err != nil {
			return nil
		}
		list, err := readOpen(f, a.Name)
		if err != nil {
			return nil
		}
		got, _ := s.shelf.LoadOrStore(key, &shelved{list: list})
		return got.(*shelved)
	}
	return nil
}

type tableKey struct {
	city string
	hash blob.Hash
	end  string
}

// small is how many choices of a file go along with a form to browsers; longer ones are searched on the server.
const small = 500

// sentTables are the tables that browsers get with a form.
func (s *Service) sentTables(city string, a Asked) map[string]*survey.List {
	all := map[string]*survey.List{}
	for _, x := range a.Files {
		if !tabular(x.Name) || x.Items > small || x.Bytes > 256<<10 {
			continue
		}
		if got := s.table(city, a.Files, x.Name); got != nil {
			all[survey.FileID(x.Name)] = got.list
		}
	}
	return all
}

// shelved is a table that was read, and the same as formulas see it.
type shelved struct {
	list *survey.List
	once onceNode
}

func (t *shelved) document() *xpath.Node {
	return t.once.get(func() *xpath.Node { return fill.Document(t.list, 0) })
}

// FilesOf gives the files beside a version of a form to who may read the form.
func (s *Service) FilesOf(ctx context.Context, by authz.Actor, which ID, seq int64) (files []Attached, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		f, err := Find(q, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, f.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Read, at.Path); err != nil {
			return err
		}
		files, err = Attachments(q, which, seq)
		return err
	})
	return files, err
}
