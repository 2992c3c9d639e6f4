// Package actweb is the pages of the log of acts: the auditor's list, one act with its proof, and for everybody the signed heads.
package actweb

import (
	"embed"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
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

// Exported is noted whenever a proof is taken away.
var Exported = authz.Verb{Key: "log.export"}

// Refused is noted when somebody signed in is refused: for want of a right, or out of scope.
var Refused = authz.Verb{Key: "log.refuse"}

// Names gives the names of accounts by their ids.
type Names func(r *web.Request, ids []string) (map[string]string, error)

type pages struct {
	db    *sqldb.DB
	doors *door.Doors
	key   func() string
	names Names
	read  authz.Verb
}

const (
	listURL  = "/office/log"
	pageSize = 50
	keptMost = 100 // heads in a download
)

// Routes are the pages of the log. read is the auditor's verb, key gives the city's verifier key; names may be nil.
func Routes(db *sqldb.DB, doors *door.Doors, read authz.Verb, key func() string, names Names) []web.Route {
	p := &pages{db: db, doors: doors, key: key, names: names, read: read}
	whole := func(h web.Handler) web.Handler { // the log is one for the city, so that a part of the tree gives no right to it
		return func(w http.ResponseWriter, r *web.Request) error {
			if err := r.Actor.MustEverywhere(read); err != nil {
				return err
			}
			return h(w, r)
		}
	}
	return []web.Route{
		{Pattern: "GET /office/log", Door: web.Office, Verb: read, Limit: web.Searching, Handle: whole(p.list), Filters: []string{"verb", "actor", "from", "until"}},
		{Pattern: "GET /office/log/{id}", Door: web.Office, Verb: read, Handle: whole(p.one)},
		{Pattern: "GET /office/log/{id}/proof", Door: web.Office, Verb: read, Limit: web.Exporting, Handle: whole(p.proof)},
		{Pattern: "GET /log", Door: web.Public, Handle: p.public},
		{Pattern: "GET /log/heads.txt", Door: web.Public, Limit: web.Exporting, Handle: p.heads},
	}
}

// view is the filters as they stand in the address.
type view struct {
	actor, verb, subject, from, until string
	form                              *web.Form
	lines                             []actlog.Line
	verbs                             []string
	next                              string
	who                               func(string) string
}

func (v view) url(before string) string {
	q := url.Values{}
	for _, x := range [][2]string{{"actor", v.actor}, {"verb", v.verb}, {"subject", v.subject}, {"from", v.from}, {"until", v.until}, {"before", before}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	if len(q) == 0 {
		return listURL
	}
	return listURL + "?" + q.Encode()
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := view{actor: f.Text("actor", web.Max(64)), verb: f.Text("verb", web.Max(64)), subject: f.Text("subject", web.Max(160)), form: f}
	from, until := f.Day("from"), f.Day("until")
	v.from, v.until = from.String(), until.String()
	filter := actlog.Filter{Actor: v.actor, Verb: v.verb, Subject: v.subject, Limit: pageSize + 1}
	zone := r.L.Zone()
	if !from.IsZero() {
		filter.From = from.Start(zone)
	}
	if !until.IsZero() {
		filter.Until = until.AddDays(1).Start(zone)
	}
	if before := f.Raw("before"); before != "" {
		last, err := id.Parse[act.Act](before)
		if err != nil {
			return err
		}
		filter.Before = last.String()
	}
	err := p.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		if v.verbs, err = actlog.Verbs(q); err != nil {
			return err
		}
		v.lines, err = actlog.List(q, filter)
		return err
	})
	if err != nil {
		return err
	}
	if len(v.lines) > pageSize {
		v.lines = v.lines[:pageSize]
		v.next = v.url(v.lines[pageSize-1].ID)
	}
	if v.who, err = p.who(r, v.lines); err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("log.title"), r.L.T("log.says")), listBody(r, v))
}

func (p *pages) who(r *web.Request, lines []actlog.Line) (func(string) string, error) {
	var known map[string]string
	if p.names != nil {
		var ids []string
		for _, l := range lines {
			ids = append(ids, l.Actor)
		}
		slices.Sort(ids)
		var err error
		if known, err = p.names(r, slices.Compact(ids)); err != nil {
			return nil, err
		}
	}
	return func(id string) string {
		switch {
		case known[id] != "":
			return known[id]
		case id == "system":
			return r.L.T("log.by_system")
		case id == "":
			return r.L.T("log.by_nobody")
		case len(id) > 6:
			return r.L.T("log.by_account", "id", id[len(id)-6:])
		}
		return id
	}, nil
}

// verb says what was done, in words where there are any.
func verb(r *web.Request, key string) string {
	if r.L.Has("verb." + key) {
		return r.L.T("verb." + key)
	}
	return key
}

func state(r *web.Request, l actlog.Line) string {
	if l.Seq == 0 {
		return r.L.T("log.unsealed")
	}
	return r.L.T("log.sealed", "n", l.Seq)
}

func rows(r *web.Request, v view) []ui.Group {
	var all []ui.Row
	for _, l := range v.lines {
		content := r.L.T("log.kept")
		if l.Content == nil {
			content = r.L.T("log.withheld")
		}
		all = append(all, ui.Row{Cells: []ui.Cell{
			{Text: r.L.Time(time.UnixMicro(l.At))},
			{Text: verb(r, l.Verb), Href: listURL + "/" + l.ID},
			{Text: v.who(l.Actor)},
			{Part: ui.Code(l.Subject)},
			{Text: content},
			{Text: state(r, l)},
		}})
	}
	return ui.Rows(all...)
}

func (v view) filters(r *web.Request) ui.Filters {
	options := []ui.Option{{Label: r.L.T("log.any_verb")}}
	for _, k := range v.verbs {
		options = append(options, ui.Option{Value: k, Label: verb(r, k), Selected: k == v.verb})
	}
	f := ui.Filters{
		Action: listURL, Filters: []ui.Filter{{Name: "verb", Label: r.L.T("log.verb"), Options: options}},
		Search: &ui.Search{Name: "subject", Label: r.L.T("log.subject"), Value: v.subject, Placeholder: r.L.T("log.subject_hint")},
		Keep:   []ui.Param{{Name: "actor", Value: v.actor}, {Name: "from", Value: v.from}, {Name: "until", Value: v.until}},
	}
	if v.url("") != listURL {
		f.Clear = listURL
	}
	return f
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	var l actlog.Line
	given, err := id.Parse[act.Act](r.PathValue("id"))
	if err != nil {
		return err
	}
	err = p.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		l, err = actlog.Find(q, given.String())
		return err
	})
	if err != nil {
		return err
	}
	who, err := p.who(r, []actlog.Line{l})
	if err != nil {
		return err
	}
	page := p.doors.Office(r, verb(r, l.Verb), "")
	page.Crumbs = []ui.Crumb{{Label: r.L.T("log.title"), Href: listURL}, {Label: page.Title}}
	if l.Seq > 0 {
		page.Actions = []ui.Action{{Label: r.L.T("log.proof"), Icon: "download", Href: listURL + "/" + l.ID + "/proof", Primary: true, Download: true}}
	} else {
		page.Actions = []ui.Action{{Label: r.L.T("log.proof"), Icon: "download", Off: r.L.T("log.proof_later")}}
	}
	return door.Show(w, r, ui.Office, page, oneBody(r, l, who, p.content(r, l.Content)))
}

func facts(r *web.Request, l actlog.Line, who func(string) string) []ui.Fact {
	t := r.L.T
	return []ui.Fact{
		{Label: t("log.time"), Value: r.L.Time(time.UnixMicro(l.At))},
		{Label: t("log.actor"), Value: who(l.Actor), Part: ui.Buttons(ui.Action{Label: who(l.Actor), Href: listURL + "?actor=" + url.QueryEscape(l.Actor), Small: true})},
		{Label: t("log.subject"), Part: ui.Code(l.Subject)},
		{Label: t("log.seq"), Value: state(r, l)},
		{Label: t("log.id"), Part: ui.Code(l.ID), Wide: true},
		{Label: t("log.hash"), Value: inFours(hex.EncodeToString(l.ContentHash[:])), Wide: true},
	}
}

// content is an act's content as a reader may see it; nil when it was destroyed.
func (p *pages) content(r *web.Request, c *act.Content) *shown {
	switch {
	case c == nil:
		return nil
	case sees(r, p.read):
		return &shown{text: string(c.Change)}
	}
	text, hidden := masked(r.L, c)
	return &shown{text, hidden}
}

// shown is the text of an act's content, and how many values in it the reader may not see.
type shown struct {
	text   string
	hidden int
}

// inFours sets a long number apart so that it can be read and breaks on a narrow screen.
func inFours(s string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// proof hands out the proof of an act, which can be checked without the server; that it was taken is an act too.
func (p *pages) proof(w http.ResponseWriter, r *web.Request) error {
	given, err := id.Parse[act.Act](r.PathValue("id"))
	if err != nil {
		return err
	}
	var file []byte
	err = p.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		l, err := actlog.Find(q, given.String())
		if err != nil {
			return err
		}
		c := p.content(r, l.Content)
		file, err = actlog.Export(q, given.String(), p.key(), c != nil && c.hidden == 0)
		return err
	})
	if err != nil {
		return err
	}
	if err := p.db.Note(r.Context(), r.Actor, Exported, given.String(), act.Change{}); err != nil {
		return err
	}
	web.Download(w, "proof-"+given.String()+".json", "application/json")
	_, err = w.Write(file)
	return err
}

// head is the newest signed head as the public page shows it.
type head struct {
	text string
	at   time.Time
	size int64
	key  string
	city string
}

func (p *pages) public(w http.ResponseWriter, r *web.Request) error {
	heads, err := p.newest(r, 1)
	if err != nil {
		return err
	}
	h := head{key: p.key(), city: r.City}
	if len(heads) > 0 {
		h.text = heads[0]
		read, err := act.PeekHead(h.text)
		if err != nil {
			return err
		}
		h.at, h.size = time.UnixMicro(read.At), read.Size
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("log.public"), r.L.T("log.public_says")), publicBody(r, h))
}

func (p *pages) newest(r *web.Request, most int) (heads []string, err error) {
	err = p.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		heads, err = actlog.Heads(q, most)
		return err
	})
	return heads, err
}

func (p *pages) heads(w http.ResponseWriter, r *web.Request) error {
	heads, err := p.newest(r, keptMost)
	if err != nil {
		return err
	}
	web.Download(w, "heads-"+r.City+".txt", "text/plain; charset=utf-8")
	_, err = w.Write([]byte(strings.Join(heads, "\n")))
	return err
}
