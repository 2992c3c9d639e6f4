package childcareweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
)

// calling is the page with the families of a class that are to be called.
type calling struct {
	childcare.AtDesk
	due  []childcare.Due
	form *web.Form
	at   int64 // whose form was sent, 0 for none
}

func (p *pages) calls(w http.ResponseWriter, r *web.Request) error {
	return p.showCalls(w, r, 0, web.ReadValues(nil))
}

func (p *pages) showCalls(w http.ResponseWriter, r *web.Request, turn int64, f *web.Form) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v := calling{form: f, at: turn}
	if v.AtDesk, v.due, err = p.s.Calls(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.follow(r, v.AtDesk, "care.calls")
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, callsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, callsBody(r, v))
}

// follow is a page behind that of a class.
func (p *pages) follow(r *web.Request, c childcare.AtDesk, title string) ui.Page {
	page := p.doors.Office(r, r.L.T(title), c.Title+" · "+c.At.Name)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("care.title"), Href: deskURL}, {Label: c.Season.Title, Href: seasonURL(c.Edition)}, {Label: c.Title, Href: atDeskURL(c.ID)}, {Label: page.Title}}
	return page
}

// answers are what can come of a call to a family as it stands.
func (v calling) answers(r *web.Request, d childcare.Due) []ui.Option {
	var all []ui.Option
	for _, a := range childcare.Answers {
		key := "care.answer." + string(a)
		if d.State != enrolment.Offered {
			if a == childcare.No || a == childcare.Thinks {
				continue
			}
			if a == childcare.Yes {
				key = "care.answer.told"
			}
		}
		all = append(all, ui.Option{Value: string(a), Label: r.L.T(key)})
	}
	return all
}

// typed is the form of one family, with what was typed where it was hers.
func (v calling) typed(turn int64) *web.Form {
	if turn == v.at {
		return v.form
	}
	return web.ReadValues(nil)
}

// why says what a family is to be told.
func (v calling) why(r *web.Request, d childcare.Due) string {
	if d.State == enrolment.Offered {
		return r.L.T("care.call.offered", "at", at(d.Until), "n", d.Size)
	}
	return r.L.T("care.call.changed", "state", r.L.T("enrolment.state."+string(d.State)))
}

func (p *pages) noteCall(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	n, err := enrolmentweb.Turn(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	answer, note := childcare.Answer(f.Choice(ofTurn("answer", n), texts(childcare.Answers), web.Required)), f.Text(ofTurn("note", n), web.Max(200))
	if f.Err() == nil {
		err := p.s.NoteCall(r.Context(), r.Actor, which, n, answer, note)
		if err == nil {
			return r.Redirect(w, atDeskURL(which)+"/calls", "care.called")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showCalls(w, r, n, f)
}

// claiming is the page on which claims to groups are looked at.
type claiming struct {
	childcare.AtDesk
	all  []childcare.Claim
	form *web.Form
	at   int64
}

func (p *pages) claims(w http.ResponseWriter, r *web.Request) error {
	return p.showClaims(w, r, 0, web.ReadValues(nil))
}

func (p *pages) showClaims(w http.ResponseWriter, r *web.Request, turn int64, f *web.Form) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v := claiming{form: f, at: turn}
	if v.AtDesk, v.all, err = p.s.Claims(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.follow(r, v.AtDesk, "care.claims")
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, claimsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, claimsBody(r, v))
}

func (v claiming) typed(turn int64) *web.Form {
	if turn == v.at {
		return v.form
	}
	return web.ReadValues(nil)
}

// open tells whether claims can still be judged: the list is not fixed, and a family may still be drawn.
func (v claiming) open(c childcare.Claim) bool {
	return v.Roll.Standing == enrolment.Open && c.State == enrolment.Entered
}

func (p *pages) judge(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	n, err := enrolmentweb.Turn(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	found, note := f.Choice(ofTurn("found", n), []string{"so", "not"}, web.Required), f.Text(ofTurn("note", n), web.Max(200))
	if found == "not" && note == "" {
		f.Fail(ofTurn("note", n), "care.claim_why", nil)
	}
	if f.Err() == nil {
		err := p.s.Judge(r.Context(), r.Actor, which, n, found == "so", note)
		if err == nil {
			return r.Redirect(w, atDeskURL(which)+"/claims", "care.judged")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showClaims(w, r, n, f)
}

func partyNames(r *web.Request, e childcare.Entry) string {
	return strings.Join(e.Names, r.L.T("care.and"))
}

// ofTurn names a question of one family, on a page that asks it of several.
func ofTurn(name string, turn int64) string { return name + "_" + strconv.FormatInt(turn, 10) }

func turnURL(c childcare.ID, what string, turn int64) string {
	return atDeskURL(c) + "/" + what + "/" + strconv.FormatInt(turn, 10)
}

func tail(r *web.Request, digits string) string {
	if digits == "" {
		return r.L.T("care.no_number")
	}
	return r.L.T("care.tail", "digits", digits)
}

func note(s string) string {
	if s == "" {
		return ""
	}
	return "：" + s
}
