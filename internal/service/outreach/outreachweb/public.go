package outreachweb

import (
	"net/http"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/outreach"
)

// listing is what everybody finds.
type listing struct {
	ahead, past []outreach.Row
	now         int64
}

func (p *pages) openList(w http.ResponseWriter, r *web.Request) (err error) {
	v := listing{now: p.s.DB.Now().UnixMicro()}
	if v.ahead, v.past, err = p.s.Open(r.Context(), r.City); err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("outreach.title"), r.L.T("outreach.purpose"))
	page.Actions = []ui.Action{{Label: r.L.T("outreach.answers"), Icon: "messages", Href: open + "/answers"}}
	if r.Session != nil {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("outreach.mine"), Icon: "user", Href: mine})
	}
	return door.Show(w, r, ui.Public, page, openBody(r, v))
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("outreach.mine"), "")
	page.Back = open
	return door.Show(w, r, ui.Public, page, mineBody(r, listing{ahead: all, now: p.s.DB.Now().UnixMicro()}))
}

func openTable(r *web.Request, which string, rows []outreach.Row, now int64) ui.Table {
	l := r.L
	out := make([]ui.Row, len(rows))
	for i, e := range rows {
		out[i] = ui.Row{Cells: []ui.Cell{{Text: e.Title, Href: under(open, e.ID, "")}, {Text: when(r, e.Event)}, {Text: e.Place}, places(r, e.Event, now), {Text: l.T("outreach.kind." + e.Kind)}, {Text: e.OrgName}}}
	}
	return ui.Table{ID: which, Label: l.T("outreach." + which), Groups: ui.Rows(out...), Columns: []ui.Column{
		{Head: l.T("outreach.field.title"), Kind: ui.Title},
		{Head: l.T("outreach.when"), Kind: ui.Short},
		{Head: l.T("outreach.field.place")},
		{Head: l.T("outreach.places"), Kind: ui.Short},
		{Head: l.T("outreach.field.kind"), Kind: ui.Short},
		{Head: l.T("outreach.field.org")},
	}}
}

// shown is an event as everybody sees it.
type shown struct {
	outreach.OpenPage
	form  *web.Form
	words string // of a ticket; empty where an account or nobody looks
	top   string // where the forms of her own place go
	mark  string // the name that the form begins with
}

func (p *pages) openOne(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	return p.showOpen(w, r, which, "", web.ReadValues(nil))
}

func (p *pages) ticket(w http.ResponseWriter, r *web.Request) error {
	return p.showOpen(w, r, "", r.PathValue("words"), web.ReadValues(nil))
}

func (p *pages) showOpen(w http.ResponseWriter, r *web.Request, which outreach.ID, words string, f *web.Form) error {
	if words != "" {
		if err := r.Take(web.SigningIn, "outreach ticket "+r.Address()); err != nil {
			return err
		}
	}
	got, err := p.s.LookOpen(r.Context(), r.Actor, which, words)
	if err != nil {
		return err
	}
	v := shown{OpenPage: got, form: f, words: words, top: under(open, got.ID, ""), mark: r.Actor.Name}
	if words != "" {
		v.top = ticket + words
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
	}
	page := p.doors.Public(r, v.Title, when(r, v.Event))
	page.Back = open
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, openOneBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, openOneBody(r, v))
}

func (v shown) facts(r *web.Request) []ui.Fact {
	l, c := r.L, places(r, v.Event, v.Now)
	all := []ui.Fact{
		{Label: l.T("outreach.when"), Value: when(r, v.Event)},
		{Label: l.T("outreach.field.place"), Value: v.Place},
		{Label: l.T("outreach.field.org"), Value: v.OrgName},
		{Label: l.T("outreach.places"), Part: c.Part},
	}
	if v.Closes < v.Starts && v.Now < v.Closes {
		all = append(all, ui.Fact{Label: l.T("outreach.closes_at"), Value: l.Time(moment(v.Closes))})
	}
	return all
}

// holds tells whether the viewer has a place.
func (v shown) holds() bool { return v.Mine.No > 0 && v.Mine.State == outreach.Coming }

func (p *pages) signUp(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	x := outreach.SigningUp{Name: f.Text("name", web.Required, web.Max(40)), Phone: f.Text("phone", web.Halfwidth, web.Max(20))}
	if r.Session == nil { // a campus sits behind one address: generous to that, hard on one number
		if err := r.Take(web.Uploading, "outreach "+r.Address()); err != nil {
			return err
		}
		if number, err := cn.ParsePhone(x.Phone); err == nil {
			if err := r.Take(web.SigningIn, "outreach "+string(number)); err != nil {
				return err
			}
		}
	}
	if f.Err() == nil {
		t, err := p.s.SignUp(r.Context(), r.Actor, which, x)
		switch {
		case err == nil && t.Words != "":
			return r.Redirect(w, ticket+t.Words, "outreach.done.stranger")
		case err == nil:
			return r.Redirect(w, under(open, which, ""), "outreach.done.sign_up")
		case !f.Blame(err):
			return err
		}
	}
	return p.showOpen(w, r, which, "", f)
}

// own is what somebody with an account does with her place.
func (p *pages) own(w http.ResponseWriter, r *web.Request) error {
	which, err := eventID(r)
	if err != nil {
		return err
	}
	return p.act(w, r, which, "")
}

func (p *pages) onTicket(w http.ResponseWriter, r *web.Request) error {
	return p.act(w, r, "", r.PathValue("words"))
}

func (p *pages) act(w http.ResponseWriter, r *web.Request, which outreach.ID, words string) error {
	back := under(open, which, "")
	if words != "" {
		if err := r.Take(web.SigningIn, "outreach ticket "+r.Address()); err != nil {
			return err
		}
		back = ticket + words
	}
	f, said := web.Read(r), ""
	var err error
	switch r.PathValue("step") {
	case "leave":
		err, said = p.s.Leave(r.Context(), r.Actor, which, words), "outreach.done.leave"
	case "ask":
		text := f.Text("text", web.Lines, web.Max(500))
		if err = f.Err(); err == nil {
			err, said = p.s.Ask(r.Context(), r.Actor, which, words, text), "outreach.done.ask"
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil {
		return r.Redirect(w, back, said)
	}
	if !f.Blame(err) {
		return err
	}
	return p.showOpen(w, r, which, words, f)
}

func (p *pages) answers(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Answers(r.Context(), r.City)
	if err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("outreach.answers"), r.L.T("outreach.answers_says"))
	page.Back = open
	return door.Show(w, r, ui.Public, page, answersBody(r, all))
}
