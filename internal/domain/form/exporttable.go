package form

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// widest is how many columns a sheet of Excel has.
const widest = 16_384

// mostSplit is how many choices a list may have to get a column for each.
const mostSplit = 100

// atOnce is how many answers are in memory at a time. Each bunch is read in a snapshot of its own, so that an export that
// takes minutes keeps no old rows alive.
const atOnce = 250

// exporting is one export under way: the columns of each table, and the plan by which each version fills them.
type exporting struct {
	s        *Service
	by       authz.Actor
	ask      ExportAsk
	progress func(done, total int64)
	total    int64 // answers
	done     int64 // answers written into any table
	last     AnswerID
	versions map[int64]*survey.Form
	tables   []*outTable // the answers themselves, then repeats
	byName   map[string]*outTable
	names    map[string]bool // of sheets
	orgs     map[org.ID]org.Node
	labels   map[*survey.List]map[string]string
}

// outTable is one table: all answers, or all of one repeat.
type outTable struct {
	name    string // of the sheet or the file
	path    string // of the repeat, empty for the answers
	columns []outColumn
	at      map[string]int // by path, the column of the answer itself
	row     []any
}

// outColumn is one column: a question's answer, or whether one choice was taken.
type outColumn struct {
	path, choice string
	q            *survey.Question
	form         *survey.Form
	splits       int // how many columns of choices follow
}

// prepare counts, and lays the columns of all versions out that have answers, those of the newest version first.
func (x *exporting) prepare(ctx context.Context) error {
	x.versions, x.byName, x.names = map[int64]*survey.Form{}, map[string]*outTable{}, map[string]bool{}
	x.orgs, x.labels = map[org.ID]org.Node{}, map[*survey.List]map[string]string{}
	x.table("", x.ask.Words.Answers)
	return x.s.DB.Read(ctx, x.by.City, func(q *sqldb.Rx) error {
		w := Filter{Form: x.ask.Form}.where(x.by, Download)
		if err := q.Row(`SELECT COUNT(*), COALESCE(MAX(a.id), '') FROM answer a WHERE `+w.SQL(), w.Args()...).Scan(&x.total, &x.last); err != nil {
			return err
		}
		versions, err := Versions(q, x.ask.Form)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if v.IsDraft() {
				continue
			}
			read, err := x.s.Definition(q, x.ask.Form, v.Seq)
			if err != nil {
				return err
			}
			x.versions[v.Seq] = read
			x.lay(read, 0, "", x.tables[0])
		}
		return x.fit()
	})
}

// table begins a table. Sheets are told apart without regard to case, and Excel takes 31 characters of a name.
func (x *exporting) table(path, name string) *outTable {
	if r := []rune(name); len(r) > 24 {
		name = string(r[:24])
	}
	free := name
	for n := 2; x.names[strings.ToLower(free)]; n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	x.names[strings.ToLower(free)] = true
	t := &outTable{name: free, path: path, at: map[string]int{}}
	x.tables, x.byName[path] = append(x.tables, t), t
	return t
}

// lay adds the questions below one to a table; a repeat begins its own.
func (x *exporting) lay(read *survey.Form, place int, prefix string, t *outTable) {
	for _, below := range read.Questions[place].Below {
		q := read.Questions[below]
		path := prefix + q.Name
		switch {
		case q.Kind == survey.Repeat:
			inner := x.byName[path]
			if inner == nil {
				inner = x.table(path, q.Name)
			}
			x.lay(read, below, path+"/", inner)
		case q.Kind == survey.Group:
			x.lay(read, below, path+"/", t)
		case q.Kind.Holds() && q.Kind != survey.Note || q.Calculate != nil:
			if _, there := t.at[path]; there {
				continue
			}
			t.at[path] = len(t.columns)
			t.columns = append(t.columns, outColumn{path: path, q: q, form: read})
			list := read.Find(q.List)
			if q.Kind != survey.SelectMultiple || list == nil || len(list.Items) > mostSplit {
				continue
			}
			for _, item := range list.Items {
				t.columns = append(t.columns, outColumn{path: path, choice: item.Value, q: q, form: read})
			}
			t.columns[t.at[path]].splits = len(list.Items)
		}
	}
}

// fit leaves the columns of single choices out where a table would be wider than a sheet can be.
func (x *exporting) fit() error {
	for _, t := range x.tables {
		if len(t.columns) > widest-10 {
			var narrow []outColumn
			t.at = map[string]int{}
			for _, c := range t.columns {
				if c.choice == "" {
					c.splits = 0
					t.at[c.path] = len(narrow)
					narrow = append(narrow, c)
				}
			}
			t.columns = narrow
		}
		if len(t.columns) > widest-10 && !x.ask.CSV {
			return errs.New(errs.Invalid, "form.too_wide", errs.Args{"max": widest - 10})
		}
	}
	return nil
}

// fixed is how many columns stand before the questions.
func (t *outTable) fixed() int {
	if t.path == "" {
		return 5
	}
	return 2
}

func (x *exporting) heads(t *outTable) []sheet.OutColumn {
	w := x.ask.Words
	heads := []sheet.OutColumn{{Title: w.Serial, Text: true}, {Title: w.Index, Text: true}}
	if t.path == "" {
		heads = []sheet.OutColumn{{Title: w.Serial, Text: true}, {Title: w.At, Width: 18}, {Title: w.Edited, Width: 18}, {Title: w.Org, Width: 24}, {Title: w.Version}}
	}
	for _, c := range t.columns {
		title := c.path
		if c.choice != "" {
			title += "/" + c.choice
		}
		heads = append(heads, sheet.OutColumn{Title: title, Width: 16})
	}
	return heads
}

// write writes all tables, one after another; each goes through the answers anew, so that no table has to wait in memory.
func (x *exporting) write(ctx context.Context, to io.Writer) error {
	if x.ask.CSV {
		return x.zipped(ctx, to)
	}
	var out *sheet.Writer
	for _, t := range x.tables {
		var err error
		if out == nil {
			out, err = sheet.NewWriter(to, sheet.XLSX, t.name, x.heads(t))
		} else {
			err = out.Next(t.name, x.heads(t))
		}
		if err == nil {
			err = x.rows(ctx, t, out)
		}
		if err != nil {
			return err
		}
	}
	heads, rows := x.questions()
	if err := out.Next(x.ask.Words.Questions, heads); err != nil {
		return err
	}
	for _, r := range rows {
		if err := out.Write(r...); err != nil {
			return err
		}
	}
	return out.Close()
}

func (x *exporting) zipped(ctx context.Context, to io.Writer) error {
	z := zip.NewWriter(to)
	one := func(name string, heads []sheet.OutColumn, rows func(*sheet.Writer) error) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: strings.NewReplacer("/", "_", `\`, "_").Replace(name) + ".csv", Method: zip.Deflate, Modified: x.s.DB.Now()})
		if err != nil {
			return err
		}
		out, err := sheet.NewWriter(w, sheet.CSV, name, heads)
		if err != nil {
			return err
		}
		if err := rows(out); err != nil {
			return err
		}
		return out.Close()
	}
	for _, t := range x.tables {
		if err := one(t.name, x.heads(t), func(out *sheet.Writer) error { return x.rows(ctx, t, out) }); err != nil {
			return err
		}
	}
	heads, rows := x.questions()
	err := one(x.ask.Words.Questions, heads, func(out *sheet.Writer) error {
		for _, r := range rows {
			if err := out.Write(r...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return z.Close()
}

// rows writes one table, bunch by bunch in the order in which answers came.
func (x *exporting) rows(ctx context.Context, t *outTable, out *sheet.Writer) error {
	t.row = make([]any, t.fixed()+len(t.columns))
	for from := AnswerID(""); ; {
		bunch, err := x.bunch(ctx, from)
		if err != nil {
			return err
		}
		for _, a := range bunch {
			if err := x.answer(t, out, a); err != nil {
				return err
			}
		}
		x.done += int64(len(bunch))
		x.progress(x.done, x.total*int64(len(x.tables)))
		if len(bunch) < atOnce {
			return nil
		}
		from = bunch[len(bunch)-1].ID
	}
}

func (x *exporting) bunch(ctx context.Context, from AnswerID) (all []Answer, err error) {
	err = x.s.DB.Read(ctx, x.by.City, func(q *sqldb.Rx) error {
		w := Filter{Form: x.ask.Form}.where(x.by, Download)
		w.And("a.id > ?", string(from)).And("a.id <= ?", string(x.last)) // a zero id would be NULL
		all, err = sqldb.All(q, scanAnswer, `SELECT `+answerColumns+` FROM answer a WHERE `+w.SQL()+` ORDER BY a.id LIMIT `+w.Arg(atOnce), w.Args()...)
		if err != nil {
			return err
		}
		var unknown []org.ID
		for _, a := range all {
			if _, known := x.orgs[a.Org]; !known {
				x.orgs[a.Org] = org.Node{}
				unknown = append(unknown, a.Org)
			}
		}
		named, err := org.Named(q, unknown)
		for k, n := range named {
			x.orgs[k] = n
		}
		return err
	})
	return all, err
}

// answer writes an answer's row, or the rows of its repeats. What is sealed is opened only for who sees it.
func (x *exporting) answer(t *outTable, out *sheet.Writer, a Answer) error {
	read := x.versions[a.Version]
	if read == nil { // published since: its answers belong to the next export
		return nil
	}
	at := x.orgs[a.Org]
	var seen [authz.Sealed + 1]bool
	for c := range seen {
		seen[c] = x.by.Sees(authz.Class(c), Download, at.Path)
	}
	if !seen[authz.Sensitive] {
		a.sealed = nil
	}
	content, err := x.s.open(x.by.City, a)
	if err != nil {
		return err
	}
	r := rowing{x: x, t: t, out: out, read: read, serial: a.Serial, seen: seen}
	if t.path != "" {
		return r.repeats(0, "", "", content)
	}
	clear(t.row)
	zone := x.s.Zone
	t.row[0], t.row[1], t.row[3], t.row[4] = a.Serial, time.UnixMicro(a.At).In(zone).Format(time.DateTime), at.Name, a.Version
	if a.EditedAt != a.At {
		t.row[2] = time.UnixMicro(a.EditedAt).In(zone).Format(time.DateTime)
	}
	r.fill(0, "", content)
	return out.Write(t.row...)
}

// rowing fills the rows of one answer.
type rowing struct {
	x      *exporting
	t      *outTable
	out    *sheet.Writer
	read   *survey.Form
	serial string
	seen   [authz.Sealed + 1]bool
}

// fill puts the answers below a question into the row. A question that the reader may not see is masked whether it was answered or not.
func (r *rowing) fill(place int, prefix string, all map[string]any) {
	for _, below := range r.read.Questions[place].Below {
		q := r.read.Questions[below]
		switch q.Kind {
		case survey.Repeat:
			continue
		case survey.Group:
			inside, _ := all[q.Name].(map[string]any)
			r.fill(below, prefix+q.Name+"/", inside)
			continue
		}
		if !r.seen[q.Class] {
			r.mask(prefix + q.Name)
			continue
		}
		if given, _ := all[q.Name].(string); given != "" {
			r.put(q, prefix+q.Name, given)
		}
	}
}

func (r *rowing) mask(path string) {
	at, there := r.t.at[path]
	if !there {
		return
	}
	for i := at; i <= at+r.t.columns[at].splits; i++ {
		r.t.row[r.t.fixed()+i] = r.x.ask.Words.Masked
	}
}

func (r *rowing) put(q *survey.Question, path, given string) {
	at, there := r.t.at[path]
	if !there {
		return
	}
	row := r.t.row[r.t.fixed():]
	row[at] = r.value(q, given)
	splits := r.t.columns[at].splits
	if splits == 0 || !q.Kind.Several() {
		return
	}
	taken := strings.Fields(given)
	for i := at + 1; i <= at+splits; i++ {
		row[i] = int64(0)
		for _, v := range taken {
			if v == r.t.columns[i].choice {
				row[i] = int64(1)
			}
		}
	}
}

// value is an answer as its cell: numbers as numbers where Excel keeps all their digits, choices by their words where asked for.
func (r *rowing) value(q *survey.Question, given string) any {
	switch {
	case q.Kind == survey.Integer || q.Kind == survey.Decimal || q.Kind == survey.Range:
		if n, err := strconv.ParseFloat(given, 64); err == nil && len(given) <= 15 {
			return n
		}
	case q.Kind.Chooses() && r.x.ask.Labels:
		if list := r.read.Find(q.List); list != nil {
			return spoken(q, given, "、", r.x.labelsOf(list))
		}
	}
	return given
}

// labelsOf gives the words of a list's choices; a list may have thousands, and each answer asks.
func (x *exporting) labelsOf(list *survey.List) map[string]string {
	if m := x.labels[list]; m != nil {
		return m
	}
	x.labels[list] = labels(list, 0)
	return x.labels[list]
}

// repeats writes a row for each of the table's repeat, numbered by where it stands: the second member's first child is 2.1.
func (r *rowing) repeats(place int, prefix, number string, all map[string]any) error {
	for _, below := range r.read.Questions[place].Below {
		q := r.read.Questions[below]
		path := prefix + q.Name
		if !q.Kind.IsGroup() || r.t.path != path && !strings.HasPrefix(r.t.path, path+"/") {
			continue
		}
		if q.Kind == survey.Group {
			inside, _ := all[q.Name].(map[string]any)
			return r.repeats(below, path+"/", number, inside)
		}
		list, _ := all[q.Name].([]any)
		for i, one := range list {
			inside, _ := one.(map[string]any)
			n := number + strconv.Itoa(i+1)
			if r.t.path != path {
				if err := r.repeats(below, path+"/", n+".", inside); err != nil {
					return err
				}
				continue
			}
			clear(r.t.row)
			r.t.row[0], r.t.row[1] = r.serial, n
			r.fill(below, path+"/", inside)
			if err := r.out.Write(r.t.row...); err != nil {
				return err
			}
		}
	}
	return nil
}

// questions is the table that tells what the columns are.
func (x *exporting) questions() (heads []sheet.OutColumn, rows [][]any) {
	w := x.ask.Words
	heads = []sheet.OutColumn{{Title: w.Table, Width: 16}, {Title: w.Question, Width: 28}, {Title: w.Label, Width: 48}, {Title: w.Kind, Width: 18}, {Title: w.Class, Width: 12}, {Title: w.Choices, Width: 60}}
	for _, t := range x.tables {
		for _, c := range t.columns {
			if c.choice != "" {
				continue
			}
			var choices []string
			if list := c.form.Find(c.q.List); list != nil {
				for _, i := range list.Items[:min(len(list.Items), 200)] {
					choices = append(choices, i.Value+" = "+i.Label.In(0))
				}
			}
			rows = append(rows, []any{t.name, c.path, c.q.Label.In(0), string(c.q.Kind), c.q.Class.String(), strings.Join(choices, "; ")})
		}
	}
	return heads, rows
}
