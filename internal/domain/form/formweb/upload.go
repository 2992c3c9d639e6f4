package formweb

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// desks are the organisations between which the viewer chooses: her own desk first, or what she has searched for.
type desks struct {
	words string
	all   []org.Node
	above map[org.ID]org.Node // of all, to tell villages of one name apart
}

// desks finds the organisations at which the viewer may do something.
func (p *pages) desks(r *web.Request, verb authz.Verb, words string) (d desks, err error) {
	d.words = words
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		add := func(n org.Node) {
			if n.IsOpen() && r.Actor.Can(verb, n.Path) && !slices.ContainsFunc(d.all, func(o org.Node) bool { return o.ID == n.ID }) {
				d.all = append(d.all, n)
			}
		}
		found, err := org.Search(q, r.Actor.Scope(verb), words)
		if err != nil {
			return err
		}
		if own, err := id.Parse[org.Node](r.Actor.DeskID); err == nil {
			n, err := org.Find(q, own)
			if err != nil && errs.KindOf(err) != errs.Absent {
				return err
			}
			found = append(found, n)
		}
		for _, path := range r.Actor.Scope(verb).Paths {
			n, err := org.FindPath(q, path)
			if err != nil {
				return err
			}
			found = append(found, n)
		}
		up := make([]org.ID, 0, len(found))
		for _, n := range found {
			add(n)
			up = append(up, n.Parent)
		}
		d.above, err = org.Named(q, up)
		return err
	})
	return d, err
}

// options are the organisations to choose from, the first chosen where nothing was.
func (d desks) options(chosen string) []ui.Option {
	all := make([]ui.Option, len(d.all))
	for i, n := range d.all {
		label := n.Name
		if up := d.above[n.Parent].Name; up != "" {
			label += "（" + up + "）"
		}
		all[i] = ui.Option{Value: n.ID.String(), Label: label, Selected: n.ID.String() == chosen || chosen == "" && i == 0}
	}
	return all
}

// uploading is the page on which a workbook is handed in: a new form, or the next version of one.
type uploading struct {
	of     *form.Look // nil for a new form
	desks  desks
	chosen string
	wrong  string // what is wrong with the file or the choice as a whole
	file   string // as it was called
	faults []survey.Fault
	marked string    // a link that holds the marked-up copy, empty where there is none
	blank  *web.Form // of a form that is drawn up in the browser
}

// blankOrg asks whose the form is that is drawn up in the browser.
func blankOrg(r *web.Request, u uploading) ui.Input {
	in := input(r, u.blank, ui.Input{Name: "org", Label: r.L.T("formweb.ask.org"), Required: true})
	in.Options = u.desks.options(u.chosen)
	return in
}

func (u uploading) url() string {
	if u.of == nil {
		return home + "/new"
	}
	return formURL(u.of.ID, "upload")
}

func (p *pages) uploading(r *web.Request, of *form.Look) (u uploading, err error) {
	f := web.Read(r)
	u.of, u.chosen, u.blank = of, f.Raw("org"), f
	if of == nil {
		u.desks, err = p.desks(r, form.Design, f.Text("find", web.Max(60)))
	}
	return u, err
}

func (p *pages) uploadPage(r *web.Request, u uploading) ui.Page {
	if u.of == nil {
		return p.page(r, r.L.T("formweb.do_new"), r.L.T("formweb.new_says"), nil)
	}
	return p.page(r, r.L.T("formweb.do_upload"), r.L.T("formweb.upload_says"), u.of)
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	u, err := p.uploading(r, nil)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.uploadPage(r, u), uploadBodyOf(r, u))
}

func (p *pages) askRenew(w http.ResponseWriter, r *web.Request) error {
	of, err := p.designed(r)
	if err != nil {
		return err
	}
	u, err := p.uploading(r, &of)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.uploadPage(r, u), uploadBodyOf(r, u))
}

// designed finds a form that the viewer may draw up anew.
func (p *pages) designed(r *web.Request) (form.Look, error) {
	of, err := p.look(r)
	if err != nil {
		return of, err
	}
	return of, r.Actor.Must(form.Design, of.At.Path)
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	return p.uploaded(w, r, nil, func(u uploading, f web.File) (form.Version, []survey.Fault, error) {
		at, err := id.Parse[org.Node](u.chosen)
		if err != nil {
			return form.Version{}, nil, errs.New(errs.Invalid, "formweb.no_org", nil)
		}
		return p.s.Upload(r.Context(), r.Actor, at, f.Path, f.Name)
	})
}

// takeBlank begins a form that is drawn up in the browser.
func (p *pages) takeBlank(w http.ResponseWriter, r *web.Request) error {
	u, err := p.uploading(r, nil)
	if err != nil {
		return err
	}
	f := u.blank
	at, title := web.ID[org.Node](f, "org", web.Required), f.Text("title", web.Required)
	var languages []survey.Language
	if f.Raw("languages") == "both" {
		languages = []survey.Language{{Name: "中文 (zh)", Code: "zh"}, {Name: "English (en)", Code: "en"}}
	}
	if f.Err() == nil {
		made, err := p.s.Begin(r.Context(), r.Actor, at, title, languages)
		if err == nil {
			return r.Redirect(w, formURL(made.Form, "draw"), "formweb.done_blank")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.uploadPage(r, u), uploadBodyOf(r, u))
}

func (p *pages) takeRenew(w http.ResponseWriter, r *web.Request) error {
	of, err := p.designed(r)
	if err != nil {
		return err
	}
	return p.uploaded(w, r, &of, func(_ uploading, f web.File) (form.Version, []survey.Fault, error) {
		return p.s.Renew(r.Context(), r.Actor, of.ID, f.Path, f.Name)
	})
}

// uploaded takes a workbook in, or shows everything that is wrong with it.
func (p *pages) uploaded(w http.ResponseWriter, r *web.Request, of *form.Look, take func(uploading, web.File) (form.Version, []survey.Fault, error)) error {
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer up.Remove()
	u, err := p.uploading(r, of)
	if err != nil {
		return err
	}
	f, ok := up.File("file")
	if !ok || f.Size == 0 {
		u.wrong = r.L.T("formweb.no_file")
		return door.Again(w, r, ui.Office, p.uploadPage(r, u), uploadBodyOf(r, u))
	}
	made, faults, err := take(u, f)
	switch {
	case survey.Failed(faults):
		u.file, u.faults = f.Name, faults
		u.marked = markedUp(r, f, faults)
	case err == nil:
		return r.Redirect(w, formURL(made.Form, ""), "formweb.done_upload")
	case errs.KindOf(err) == errs.Invalid || errs.KindOf(err) == errs.Conflict:
		u.wrong = r.L.Error(err)
	default:
		return err
	}
	return door.Again(w, r, ui.Office, p.uploadPage(r, u), uploadBodyOf(r, u))
}

// mostMarked is how large a marked-up copy may be to travel within its page: nothing of a faulty workbook is kept.
const mostMarked = 2 << 20

// markedUp gives a link that holds the marked-up copy of a workbook itself.
func markedUp(r *web.Request, f web.File, faults []survey.Fault) string {
	var out bytes.Buffer
	err := xlsform.MarkUp(&out, f.Path, r.L.T("formweb.problem"), faults, func(x survey.Fault) string { return r.L.T(x.Key, x.Args) })
	if err != nil || out.Len() == 0 || out.Len() > mostMarked { // the page tells everything all the same
		return ""
	}
	return "data:" + string(blob.XLSX) + ";base64," + base64.StdEncoding.EncodeToString(out.Bytes())
}

// shownFaults is how many faults a page lists; the marked-up copy has all.
const shownFaults = 300

// faultTable lists what is wrong, errors first, in the order of the workbook.
func faultTable(r *web.Request, all []survey.Fault) ui.Table {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b survey.Fault) int { return cmp.Compare(level(a), level(b)) })
	var rows []ui.Row
	for _, f := range sorted[:min(len(sorted), shownFaults)] {
		row, column := "—", "—"
		if f.Row > 0 {
			row = strconv.Itoa(f.Row) // as Excel writes it
		}
		switch {
		case f.Column != "" && f.Field != "":
			column = f.Column + " · " + f.Field
		case f.Column+f.Field != "":
			column = f.Column + f.Field
		}
		tone, icon, word := ui.Bad, "alert-octagon", "formweb.error"
		if f.Warning {
			tone, icon, word = ui.Soon, "alert-triangle", "formweb.warning"
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: cmp.Or(f.Sheet, "—")}, {Text: row}, {Text: column}, {Text: r.L.T(f.Key, f.Args)}, {Part: ui.State(tone, icon, r.L.T(word))},
		}})
	}
	return ui.Table{ID: "faults", Label: r.L.T("formweb.faults"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("formweb.sheet")},
		{Head: r.L.T("formweb.row"), Kind: ui.Number},
		{Head: r.L.T("formweb.column")},
		{Head: r.L.T("formweb.problem"), Kind: ui.Title},
		{Head: r.L.T("formweb.level")},
	}}
}

func level(f survey.Fault) int {
	if f.Warning {
		return 1
	}
	return 0
}

// counted counts errors and warnings.
func counted(all []survey.Fault) (wrong, warned int) {
	for _, f := range all {
		if f.Warning {
			warned++
		} else {
			wrong++
		}
	}
	return wrong, warned
}
