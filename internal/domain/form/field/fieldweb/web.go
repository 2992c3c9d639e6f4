// Package fieldweb is /field, where forms are filled in without network, and the office's pages about it: who takes which
// form along, what came back, and the records that forms know.
package fieldweb

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/fillweb"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts, for pages that say who did something.
type Names func(r *web.Request, ids []string) (map[string]string, error)

// Worker is an account to whom a form may be given.
type Worker struct{ ID, Name, Desk string }

// Role is one to whose holders a form may be given, and the message key of what it is called.
type Role struct{ Key, Label string }

// Workers gives the accounts that work at an organisation or below it.
type Workers func(r *web.Request, at org.Node) ([]Worker, error)

type pages struct {
	s       *field.Service
	doors   *door.Doors
	names   Names
	workers Workers
	roles   []Role
	beside  []Page
	app     string // which build of the app's script this server has
}

// Page is a further page of the field that works without network: it keeps and sends as forms do, under the same keys.
type Page struct{ Path, Script string }

// sendBody is the longest filled-in form, without its files.
const sendBody = 6 << 20

// Routes are the pages of the field.
func Routes(s *field.Service, doors *door.Doors, names Names, workers Workers, roles []Role, beside ...Page) []web.Route {
	p := &pages{s: s, doors: doors, names: names, workers: workers, roles: roles, beside: beside}
	p.app = strings.TrimSuffix(strings.TrimPrefix(path.Base(doors.Assets.URL("field.js")), "field-"), ".js")
	return []web.Route{
		{Pattern: "GET /field", Door: web.Public, Handle: p.shell},
		{Pattern: "GET /field/app.webmanifest", Door: web.Public, Handle: p.manifest},
		{Pattern: "GET /field/sw.js", Door: web.Open, Handle: p.worker},
		{Pattern: "POST /field/open", Door: web.Field, Handle: p.open},
		{Pattern: "GET /field/files/{file}", Door: web.Field, Handle: p.have},
		{Pattern: "POST /field/files/{file}", Door: web.Field, Body: field.PieceBytes, Handle: p.piece},
		{Pattern: "POST /field/send", Door: web.Field, Body: sendBody, Handle: p.send},

		{Pattern: "GET /office/forms/{id}/field", Door: web.Office, Verb: field.Assign, Handle: p.tasks},
		{Pattern: "POST /office/forms/{id}/field", Door: web.Office, Verb: field.Assign, Handle: p.give},
		{Pattern: "POST /office/field/tasks/{id}/end", Door: web.Office, Verb: field.Assign, Handle: p.endTask},
		{Pattern: "GET /office/field/import", Door: web.Office, Verb: field.Bring, Handle: p.askParcel},
		{Pattern: "POST /office/field/import", Door: web.Office, Verb: field.Bring, Body: field.ParcelBytes, Handle: p.takeParcel},
		{Pattern: "GET /office/records", Door: web.Office, Verb: field.Records, Limit: web.Searching, Handle: p.records},
		{Pattern: "GET /office/records/{list}/{record}", Door: web.Office, Verb: field.Records, Handle: p.record},
		{Pattern: "POST /office/records/{list}/{record}", Door: web.Office, Verb: field.Decide, Handle: p.settle},
	}
}

// shell is the app's page. It holds nothing of anybody: a phone keeps it.
func (p *pages) shell(w http.ResponseWriter, r *web.Request) error {
	page := p.doors.Bare(r, r.L.T("fieldweb.app.title"), "")
	page.Viewer, page.Scripts, page.Path = ui.Viewer{City: page.Viewer.City}, []string{"field"}, "/field"
	return r.Page(w, http.StatusOK, door.With(ui.Field(page), shellBody(r, p.app, spoken(r))))
}

// spoken are the sentences of the app.
func spoken(r *web.Request) string {
	all := map[string]string{}
	for _, key := range appWords {
		all[key] = r.L.T("fieldweb.app."+key, "n", "{n}", "mb", "{mb}", "at", "{at}", "of", "{of}", "day", "{day}", "serial", "{serial}", "name", "{name}", "sent", "{sent}", "left", "{left}", "title", "{title}", "place", "{place}")
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// appWords are the keys of the app's sentences, after "fieldweb.app.".
var appWords = []string{
	"title", "no_browser", "no_worker", "wechat", "offline_now", "signed_out", "open_failed", "new_version", "sending", "all_sent", "at_it",
	"stopped_offline", "stopped_signin", "stopped_busy", "nearly_full", "full", "not_kept", "not_sent", "nothing_waits", "n_ready", "n_drafts",
	"n_wrong", "n_others", "and", "send", "sign_in", "sign_in_says", "sign_in_unsent", "sign_in_first", "jobs", "no_jobs", "no_pack", "late", "due", "done",
	"done_of", "begin", "begin_what", "unsent", "receipts", "locked", "n_files", "skewed", "receipt", "is_ready", "is_sent", "go_on", "put_right",
	"export", "export_says", "exported", "nothing_to_export", "file_name", "refresh", "taken", "until", "kept_locked", "sign_out", "no_form", "back",
	"throw_away", "throw_away_sure", "draft_kept", "kept_ready", "nth", "steps", "required", "wrong", "drop_file", "camera_none", "too_big",
	"take_photo", "take_file",
}

func (p *pages) manifest(w http.ResponseWriter, r *web.Request) error {
	w.Header().Set("Cache-Control", "no-cache")
	return r.JSON(w, http.StatusOK, map[string]any{
		"name": r.L.T("fieldweb.app.name", "city", p.doors.City), "short_name": r.L.T("fieldweb.app.short"), "id": "/field", "start_url": "/field", "scope": "/field",
		"display": "standalone", "lang": string(r.L.Lang()), "background_color": "#f4f7f3", "theme_color": "#1f7a4d",
		"icons": []map[string]string{{"src": p.doors.Assets.URL("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}},
	})
}

// Installed names the files that a phone keeps of the app and of the pages beside it.
func Installed(a *ui.Assets, beside ...Page) (files []string) {
	names := []string{"app.css", "app.js", "field.js", "icon.svg"}
	for _, b := range beside {
		names = append(names, b.Script+".js")
	}
	for _, name := range names {
		if u := a.URL(name); u != "" {
			files = append(files, u)
		}
	}
	return append(files, ui.AssetsPath+"sprite.svg")
}

// worker gives the service worker, with what belongs to this build before it.
func (p *pages) worker(w http.ResponseWriter, r *web.Request) error {
	name := strings.TrimPrefix(p.doors.Assets.URL("sw.js"), ui.AssetsPath)
	if name == "" {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	script, err := fs.ReadFile(web.Dist(), name)
	if err != nil {
		return err
	}
	shells := []string{"/field"}
	for _, b := range p.beside {
		shells = append(shells, b.Path)
	}
	head, err := json.Marshal(map[string]any{"app": p.app, "files": Installed(p.doors.Assets, p.beside...), "shells": shells})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Service-Worker-Allowed", "/field")
	_, err = io.Copy(w, io.MultiReader(strings.NewReader("const zdField="), bytes.NewReader(head), strings.NewReader(";"), bytes.NewReader(script)))
	return err
}

// packed is a pack as a phone gets it.
type packed struct {
	Account string           `json:"account"`
	Name    string           `json:"name"`
	Hours   int              `json:"hours"`
	App     string           `json:"app"`
	OwnKey  string           `json:"own_key"`
	PackKey string           `json:"pack_key"`
	Jobs    []job            `json:"jobs"`
	Forms   map[string]drawn `json:"forms"`
}

type job struct {
	Task    field.TaskID              `json:"task"`
	Form    form.ID                   `json:"form"`
	Version int64                     `json:"version"`
	Title   string                    `json:"title"`
	Org     org.ID                    `json:"org"`
	OrgName string                    `json:"org_name"`
	Owner   org.ID                    `json:"owner"`
	Due     string                    `json:"due"`
	DueText string                    `json:"due_text"`
	Late    bool                      `json:"late"`
	Note    string                    `json:"note"`
	Target  int64                     `json:"target"`
	Done    int64                     `json:"done"`
	Lists   map[string][]record.Known `json:"lists"`
	Left    []string                  `json:"left,omitempty"` // sentences about what did not go along
}

type drawn struct {
	HTML   string          `json:"html"`
	Survey json.RawMessage `json:"survey"`
	left   []string        // files of choices that are too large for a phone
}

// open gives the phone its keys and what it takes along.
func (p *pages) open(w http.ResponseWriter, r *web.Request) error {
	var in struct {
		Device string `json:"device"`
		Now    int64  `json:"now"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	got, err := p.s.Pack(r.Context(), r.Actor, in.Device, in.Now*1000)
	if err != nil {
		return err
	}
	out := packed{
		Account: r.Actor.User, Name: r.Actor.Name, Hours: field.PackHours, App: p.app, Jobs: []job{}, Forms: map[string]drawn{},
		OwnKey: base64.StdEncoding.EncodeToString(got.Device.Key), PackKey: base64.StdEncoding.EncodeToString(got.Key),
	}
	today := day.Of(r.Now, p.s.Zone)
	for _, j := range got.Jobs {
		one := job{
			Task: j.Task.ID, Form: j.Form.ID, Version: j.Form.Version, Title: j.Form.Title, Org: j.At.ID, OrgName: j.At.Name, Owner: j.Form.Org,
			Note: j.Note, Target: j.Target, Done: j.Done, Lists: j.Lists,
		}
		if !j.Due.IsZero() {
			one.Due, one.DueText, one.Late = j.Due.String(), r.L.Date(j.Due), j.Due < today
		}
		key := j.Form.ID.String() + "." + strconv.FormatInt(j.Form.Version, 10)
		if _, there := out.Forms[key]; !there {
			if out.Forms[key], err = p.draw(r, j); err != nil {
				return err
			}
		}
		for _, name := range out.Forms[key].left {
			one.Left = append(one.Left, r.L.T("fieldweb.left_file", "name", name))
		}
		for _, l := range j.Cut {
			one.Left = append(one.Left, r.L.T("fieldweb.left_records", "name", called(r.L, l), "n", field.MaxRecords))
		}
		out.Jobs = append(out.Jobs, one)
	}
	return r.JSON(w, http.StatusOK, out)
}

// draw draws a form once, for all records that will be filled in with it.
func (p *pages) draw(r *web.Request, j field.Packed) (d drawn, err error) {
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		var b bytes.Buffer
		if err := fillweb.Carried(r.L, j.Survey, j.Form.Version, p.s.Forms.Around(q, r.Actor, j.Files)).Render(r.Context(), &b); err != nil {
			return err
		}
		d.HTML = b.String()
		return nil
	})
	if err != nil {
		return d, err
	}
	d.Survey, d.left, err = p.s.Forms.Carry(r.City, form.Asked{Form: j.Form, Seq: j.Form.Version, Survey: j.Survey, Files: j.Files}, j.Asks)
	return d, err
}

func readJSON(r *web.Request, into any) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return errs.Wrap(err, errs.Invalid, "field.shape", nil)
	}
	return nil
}

// here is how much of a file has arrived.
type here struct {
	Have int64 `json:"have"`
	Done bool  `json:"done"`
}

func (p *pages) have(w http.ResponseWriter, r *web.Request) error {
	u, err := p.s.Have(r.Context(), r.Actor, r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, here{u.Have, u.Value != ""})
}

func (p *pages) piece(w http.ResponseWriter, r *web.Request) error {
	v := r.URL.Query()
	number := func(name string) int64 {
		n, err := strconv.ParseInt(v.Get(name), 10, 64)
		if err != nil {
			return -1
		}
		return n
	}
	which, err := id.Parse[form.Form](v.Get("form"))
	if err != nil {
		return err
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	u, err := p.s.Piece(r.Context(), r.Actor, field.Upload{
		ID: r.PathValue("file"), Form: which, Version: number("version"), Question: v.Get("question"), Name: v.Get("name"), Bytes: number("bytes"),
	}, number("at"), content)
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, here{u.Have, u.Value != ""})
}

func (p *pages) send(w http.ResponseWriter, r *web.Request) error {
	var f field.Filled
	if err := readJSON(r, &f); err != nil {
		return err
	}
	got, err := p.s.Receive(r.Context(), r.Actor, r.URL.Query().Get("device"), f)
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, got)
}
