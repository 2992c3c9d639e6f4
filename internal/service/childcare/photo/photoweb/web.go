// Package photoweb is the page of the photographs of a class.
package photoweb

import (
	"embed"
	"io"
	"net/http"
	"os"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
)

// Messages are the texts of this page and of the errors of photographs.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *photo.Service
	doors *door.Doors
}

// body is the longest form with a photograph.
const body = 21 << 20

// Routes are the page of photographs.
func Routes(s *photo.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	return []web.Route{
		{Pattern: "GET /office/classes/{id}/photos", Door: web.Office, Verb: childcare.Read, Handle: p.album},
		{Pattern: "POST /office/classes/{id}/photos", Door: web.Office, Verb: photo.Show, Body: body, Handle: p.addToReport},
		{Pattern: "POST /office/classes/{id}/check/photos", Door: web.Office, Verb: childcare.Inspect, Body: body, Handle: p.addToCheck},
		{Pattern: "GET /office/classes/{id}/photos/{photo}", Door: web.Office, Verb: childcare.Read, Handle: p.one},
		{Pattern: "POST /office/classes/{id}/photos/{photo}/drop", Door: web.Office, Verb: childcare.Read, Handle: p.drop},
	}
}

func classURL(c childcare.ID) string { return "/office/classes/" + c.String() }

func albumURL(c childcare.ID) string { return classURL(c) + "/photos" }

func photoURL(x photo.Photo) string { return albumURL(x.Class) + "/" + x.ID.String() }

func classID(r *web.Request) (childcare.ID, error) {
	return id.Parse[childcare.Class](r.PathValue("id"))
}

// shown is the album with its two forms, as they were sent where one did not work.
type shown struct {
	photo.Album
	report, check *web.Form
}

func (p *pages) album(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	return p.show(w, r, which, web.ReadValues(nil), web.ReadValues(nil))
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, which childcare.ID, report, check *web.Form) error {
	v := shown{report: report, check: check}
	var err error
	if v.Album, err = p.s.Album(r.Context(), r.Actor, which); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("carephoto.title"), r.L.T("carephoto.says"))
	pg.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: classURL(v.Class.ID)}, {Label: pg.Title}}
	if report.Err() != nil || check.Err() != nil {
		return door.Again(w, r, ui.Office, pg, albumBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, albumBody(r, v))
}

func (p *pages) addToReport(w http.ResponseWriter, r *web.Request) error {
	return p.add(w, r, true)
}

func (p *pages) addToCheck(w http.ResponseWriter, r *web.Request) error {
	return p.add(w, r, false)
}

// add keeps one photograph.
func (p *pages) add(w http.ResponseWriter, r *web.Request, report bool) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer up.Remove()
	f := web.Read(r)
	g := photo.Given{Says: f.Text("says", web.Required, web.Max(100))}
	do := p.s.OfCheck
	if report {
		do = p.s.OfReport
		g.Nobody = f.Bool("nobody")
		for _, one := range r.PostForm["child"] {
			child, err := id.Parse[person.Person](one)
			if err != nil {
				f.Fail("child", "field.choice", nil)
				break
			}
			g.Children = append(g.Children, child)
		}
	}
	if len(up.Files) == 0 || up.Files[0].Size == 0 {
		f.Fail("file", "field.required", nil)
	}
	if f.Err() == nil {
		content, err := os.Open(up.Files[0].Path)
		if err != nil {
			return err
		}
		err = do(r.Context(), r.Actor, which, g, content)
		if err := content.Close(); err != nil {
			return err
		}
		if err == nil {
			return r.Redirect(w, albumURL(which), "carephoto.done")
		}
		if !f.Blame(err) {
			return err
		}
	}
	if report {
		return p.show(w, r, which, f, web.ReadValues(nil))
	}
	return p.show(w, r, which, web.ReadValues(nil), f)
}

// one gives the content of a photograph, for the page that shows it.
func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	one, err := id.Parse[document.Document](r.PathValue("photo"))
	if err != nil {
		return err
	}
	d, content, err := p.s.Open(r.Context(), r.Actor, which, one)
	if err != nil {
		return err
	}
	defer content.Close()
	w.Header().Set("Content-Type", string(d.Type))
	w.Header().Set("Cache-Control", "private, no-store") // a consent that is taken back holds at once
	_, err = io.Copy(w, content)
	return err
}

func (p *pages) drop(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	one, err := id.Parse[document.Document](r.PathValue("photo"))
	if err != nil {
		return err
	}
	if err := p.s.Drop(r.Context(), r.Actor, which, one); err != nil {
		return err
	}
	return r.Redirect(w, albumURL(which), "carephoto.dropped")
}

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "carephoto.field.") }

// mayDrop tells whether the viewer may take a photograph away.
func mayDrop(v shown, x photo.Photo) bool {
	if x.Check != "" {
		return v.Inspects
	}
	return v.May
}

// children are the children of the class, for who says who can be recognised.
func (v shown) children() []ui.Option {
	all := make([]ui.Option, len(v.Children))
	for i, c := range v.Children {
		all[i] = ui.Option{Value: c.ID.String(), Label: c.Name}
	}
	return all
}

// Note says in a report what is left out; "" where nothing is.
func Note(r *web.Request, leftOut int) string {
	if leftOut == 0 {
		return ""
	}
	return r.L.T("carephoto.left_out", "n", leftOut)
}
