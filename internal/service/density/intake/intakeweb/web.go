// Package intakeweb shows imports at the office: who delivers what, a new file step by step, and what came of it.
package intakeweb

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density/intake"
)

// Messages holds the texts of the pages.
//
//go:embed messages
var Messages embed.FS

// uploadBody is the longest upload: the largest file, and the form around it.
const uploadBody = 501 << 20

// Routes are the pages of imports.
func Routes(s *intake.Service, jobs *job.Service, doors *door.Doors) []web.Route {
	p := pages{s, jobs, doors}
	return []web.Route{
		{Pattern: "GET /office/imports", Door: web.Office, Verb: source.Read, Handle: p.overview},
		{Pattern: "GET /office/imports/upload", Door: web.Office, Verb: intake.Check, Handle: p.upload},
		{Pattern: "POST /office/imports/upload", Door: web.Office, Verb: intake.Check, Body: uploadBody, Handle: p.uploaded},
		{Pattern: "GET /office/imports/new", Door: web.Office, Verb: intake.Check, Handle: p.about},
		{Pattern: "POST /office/imports/new", Door: web.Office, Verb: intake.Check, Handle: p.open},
		{Pattern: "GET /office/imports/{seq}", Door: web.Office, Verb: source.Read, Handle: p.delivery},
		{Pattern: "GET /office/imports/{seq}/columns", Door: web.Office, Verb: intake.Check, Handle: p.columns},
		{Pattern: "POST /office/imports/{seq}/columns", Door: web.Office, Verb: intake.Check, Handle: p.choose},
		{Pattern: "GET /office/imports/{seq}/marked.xlsx", Door: web.Office, Verb: intake.Check, Limit: web.Exporting, Handle: p.marked},
		{Pattern: "POST /office/imports/{seq}/confirm", Door: web.Office, Verb: intake.Apply, Handle: p.confirm},
		{Pattern: "POST /office/imports/{seq}/go-on", Door: web.Office, Verb: intake.Check, Handle: p.goOn},
		{Pattern: "GET /office/imports/{seq}/abandon", Door: web.Office, Verb: intake.Apply, Handle: p.askAbandon},
		{Pattern: "POST /office/imports/{seq}/abandon", Door: web.Office, Verb: intake.Apply, Handle: p.abandon},
		{Pattern: "GET /office/imports/{seq}/undo", Door: web.Office, Verb: intake.Undo, Handle: p.askUndo},
		{Pattern: "POST /office/imports/{seq}/undo", Door: web.Office, Verb: intake.Undo, Handle: p.undo},
	}
}

type pages struct {
	s     *intake.Service
	jobs  *job.Service
	doors *door.Doors
}

// page frames a page of the wizard.
func (p pages) page(r *web.Request, title, purpose string) ui.Page {
	page := p.doors.Office(r, title, purpose)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("intakeweb.title"), Href: "/office/imports"}, {Label: title}}
	return page
}

func (p pages) overview(w http.ResponseWriter, r *web.Request) error {
	lines, recent, err := p.s.Overview(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("intakeweb.title"), r.L.T("intakeweb.purpose"))
	if r.Actor.May(intake.Check) {
		page.Actions = []ui.Action{{Label: r.L.T("intakeweb.new"), Icon: "cloud-upload", Href: "/office/imports/upload", Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, overviewBody(r.L, lines, recent))
}

func (p pages) upload(w http.ResponseWriter, r *web.Request) error {
	return door.Show(w, r, ui.Office, p.page(r, r.L.T("intakeweb.upload"), r.L.T("intakeweb.upload_says")), fileBody(r.L, ""))
}

func (p pages) uploaded(w http.ResponseWriter, r *web.Request) error {
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer up.Remove()
	again := func(text string) error {
		return door.Again(w, r, ui.Office, p.page(r, r.L.T("intakeweb.upload"), r.L.T("intakeweb.upload_says")), fileBody(r.L, text))
	}
	f, ok := up.File("file")
	if !ok {
		return again(r.L.T("intakeweb.no_file"))
	}
	hash, guess, err := p.s.Store(r.Context(), f.Path)
	if err != nil && errs.KeyOf(err) != "intake.kind_unknown" {
		if errs.KindOf(err) == errs.Invalid {
			return again(r.L.Error(err))
		}
		return err
	}
	q := url.Values{"file": {string(hash)}, "name": {f.Name}, "kind": {string(guess.Kind)}}
	return r.Redirect(w, "/office/imports/new?"+q.Encode(), "")
}

// aboutForm is the second step: whose rows these are, and for which day.
type aboutForm struct {
	*web.Form
	file, name string
	kind       intake.Kind
	lines      []intake.Line
}

func (p pages) readAbout(r *web.Request) (aboutForm, error) {
	f := aboutForm{Form: web.Read(r)}
	f.file, f.name, f.kind = f.Text("file", web.Max(64)), f.Text("name", web.Max(200)), intake.Kind(f.Raw("kind"))
	if _, err := blob.ParseHash(f.file); err != nil {
		return f, err
	}
	if !f.kind.Valid() {
		f.kind = ""
	}
	var err error
	f.lines, _, err = p.s.Overview(r.Context(), r.Actor)
	return f, err
}

func (p pages) about(w http.ResponseWriter, r *web.Request) error {
	f, err := p.readAbout(r)
	if err != nil {
		return err
	}
	return p.showAbout(w, r, f)
}

func (p pages) showAbout(w http.ResponseWriter, r *web.Request, f aboutForm) error {
	page := p.page(r, r.L.T("intakeweb.about"), r.L.T("intakeweb.about_says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, aboutBody(r.L, f, web.NewKey()))
	}
	return door.Show(w, r, ui.Office, page, aboutBody(r.L, f, web.NewKey()))
}

func (p pages) open(w http.ResponseWriter, r *web.Request) error {
	f, err := p.readAbout(r)
	if err != nil {
		return err
	}
	of, asOf := f.Raw("source"), f.Day("as_of", web.Required)
	var src source.ID
	if of == "" {
		kinds := make([]string, len(intake.Kinds))
		for i, k := range intake.Kinds {
			kinds[i] = string(k)
		}
		kind := f.Choice("kind", kinds, web.Required)
		name := f.Text("source_name", web.Required, web.Max(60))
		opt := intake.Options{
			Fineness: source.Fineness(f.Choice("fineness", []string{string(source.Point), string(source.Village), string(source.Township)}, web.Required)),
			CRS:      geo.CRS(f.Choice("crs", crses, web.Required)),
		}
		if f.Err() != nil {
			return p.showAbout(w, r, f)
		}
		if src, err = p.s.Register(r.Context(), r.Actor, intake.Kind(kind), name, opt); err != nil {
			if errs.KeyOf(err) == "source.name_taken" {
				f.Fail("source_name", "source.name_taken", errs.Args{"name": name})
				return p.showAbout(w, r, f)
			}
			return err
		}
	} else if src, err = id.Parse[source.Source](of); err != nil {
		return err
	}
	if f.Err() != nil {
		return p.showAbout(w, r, f)
	}
	seq, err := p.s.Open(r.Context(), r.Actor, src, blob.Hash(f.file), f.name, asOf)
	if err != nil {
		return err
	}
	return r.Redirect(w, intake.Page(seq)+"/columns", "")
}

var crses = []string{string(geo.WGS84), string(geo.CGCS2000), string(geo.GCJ02), string(geo.BD09)}

func seqOf(r *web.Request) (int64, error) {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 {
		return 0, errs.New(errs.Absent, "errs.absent", nil)
	}
	return seq, nil
}

func (p pages) columns(w http.ResponseWriter, r *web.Request) error {
	return p.showColumns(w, r, nil)
}

func (p pages) showColumns(w http.ResponseWriter, r *web.Request, wrong []errs.Problem) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	v, err := p.s.Columns(r.Context(), r.Actor, seq, web.Read(r).Raw("sheet"))
	if err != nil {
		return err
	}
	page := p.page(r, r.L.T("intakeweb.columns"), r.L.T("intakeweb.columns_says"))
	if len(wrong) > 0 {
		v.Problems = wrong
		return door.Again(w, r, ui.Office, page, columnsBody(r.L, v, web.Read(r), web.NewKey()))
	}
	return door.Show(w, r, ui.Office, page, columnsBody(r.L, v, nil, web.NewKey()))
}

func (p pages) choose(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	v, err := p.s.Look(r.Context(), r.Actor, seq)
	if err != nil {
		return err
	}
	f := web.Read(r)
	chosen := map[string]int{}
	for _, x := range intake.Fields(v.Report.Kind) {
		if n, err := strconv.Atoi(f.Raw("c_" + x.Name)); err == nil {
			chosen[x.Name] = n
		}
	}
	r.Actor.Once = ""
	if err := p.s.Choose(r.Context(), r.Actor, p.jobs, seq, f.Raw("sheet"), chosen); err != nil {
		if wrong := errs.ProblemsOf(err); len(wrong) > 0 {
			return p.showColumns(w, r, wrong)
		}
		return err
	}
	return r.Redirect(w, intake.Page(seq), "")
}

func (p pages) delivery(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	v, err := p.s.Look(r.Context(), r.Actor, seq)
	if err != nil {
		return err
	}
	page := p.page(r, v.Source.Name, r.L.T("intakeweb.delivery_says", "seq", seq, "file", v.Delivery.FileName, "day", r.L.Date(v.Delivery.AsOf)))
	if v.Undoable {
		page.Actions = []ui.Action{
			{Label: r.L.T("intakeweb.see_map"), Icon: "map-2", Href: "/office/density", Primary: true},
			{Label: r.L.T("intakeweb.undo"), Icon: "arrow-back-up", Href: intake.Page(seq) + "/undo", Danger: true},
		}
	}
	return door.Show(w, r, ui.Office, page, deliveryBody(r, v, web.NewKey()))
}

func (p pages) confirm(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	err = p.s.Confirm(r.Context(), r.Actor, p.jobs, seq, web.Read(r).Bool("good"))
	if err != nil && !sqldb.Again(err, nil) {
		return err
	}
	return r.Redirect(w, intake.Page(seq), "")
}

func (p pages) goOn(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	r.Actor.Once = ""
	if err := p.s.GoOn(r.Context(), r.Actor, p.jobs, seq); err != nil {
		return err
	}
	return r.Redirect(w, intake.Page(seq), "")
}

func (p pages) askAbandon(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "intakeweb.abandon", "intakeweb.abandon_says", "abandon")
}

func (p pages) askUndo(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "intakeweb.undo", "intakeweb.undo_says", "undo")
}

func (p pages) ask(w http.ResponseWriter, r *web.Request, title, says, act string) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	v, err := p.s.Look(r.Context(), r.Actor, seq)
	if err != nil {
		return err
	}
	q := ui.Question{
		Text: r.L.T(says), Action: intake.Page(seq) + "/" + act, Key: web.NewKey(), Label: r.L.T(title), Danger: true, Back: intake.Page(seq),
		Facts: []ui.Fact{
			{Label: r.L.T("intakeweb.source"), Value: v.Source.Name},
			{Label: r.L.T("intakeweb.file"), Value: v.Delivery.FileName},
			{Label: r.L.T("intakeweb.as_of"), Value: r.L.Date(v.Delivery.AsOf)},
			{Label: r.L.T("intakeweb.rows"), Value: r.L.Int(v.Delivery.Counts.Rows)},
		},
	}
	return door.Show(w, r, ui.Office, p.page(r, r.L.T(title), ""), ui.Confirm(r.L, q))
}

func (p pages) abandon(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	if err := p.s.Abandon(r.Context(), r.Actor, seq); err != nil && !sqldb.Again(err, nil) {
		return err
	}
	return r.Redirect(w, intake.Page(seq), "intakeweb.abandoned")
}

func (p pages) undo(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	if _, err := p.s.TakeBack(r.Context(), r.Actor, seq); err != nil {
		return err
	}
	return r.Redirect(w, intake.Page(seq), "intakeweb.undone")
}

func (p pages) marked(w http.ResponseWriter, r *web.Request) error {
	seq, err := seqOf(r)
	if err != nil {
		return err
	}
	v, err := p.s.Look(r.Context(), r.Actor, seq)
	if err != nil {
		return err
	}
	if !v.Delivery.FileGone.IsZero() {
		return errs.New(errs.Conflict, "intake.file_gone", errs.Args{"delivery": seq})
	}
	web.Download(w, v.Delivery.FileName+r.L.T("intakeweb.marked_suffix")+".xlsx", string(blob.XLSX))
	return p.s.MarkUp(r.Context(), r.Actor, seq, w, r.L.T("intakeweb.problem"), func(x intake.Problem) string {
		return r.L.T(x.Key, x.Args)
	})
}
