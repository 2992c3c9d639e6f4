package fillweb

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// The fields by which an answer is found again, and what can be pressed beside it.
const (
	fieldSerial = "serial"
	fieldWords  = "words"
	fieldShown  = "shown" // the state of the answer that was seen

	doEdit     = "edit"
	doWithdraw = "withdraw"
	doGone     = "withdraw-sure"
	doOpen     = "open" // a file
)

// owned is one's own answer: how it was found, and where its pages are sent. Words stand in forms only, never in an address.
type owned struct {
	form.Own
	words  string
	action string
	at     org.Node
}

// hidden are the fields that go along with every page about the answer.
func (o owned) hidden() [][2]string {
	all := [][2]string{{fieldShown, strconv.FormatInt(o.EditedAt, 10)}}
	if o.words != "" {
		all = append(all, [2]string{fieldSerial, o.Serial}, [2]string{fieldWords, o.words})
	}
	return all
}

// askReceipt asks for the number and the words of a receipt.
func (p *pages) askReceipt(w http.ResponseWriter, r *web.Request) error {
	return p.receiptPage(w, r, http.StatusOK, web.ReadValues(nil))
}

func (p *pages) receiptPage(w http.ResponseWriter, r *web.Request, status int, f *web.Form) error {
	page := p.doors.Bare(r, r.L.T("fillweb.receipt"), r.L.T("fillweb.receipt_says"))
	page.Back = "/"
	return r.Page(w, status, door.With(ui.Bare(page), findBody(r.L, f)))
}

// byReceipt is every page about an answer that was found by its receipt.
func (p *pages) byReceipt(w http.ResponseWriter, r *web.Request) error {
	in, done, err := read(r)
	if err != nil {
		return err
	}
	defer done()
	f := web.Read(r)
	serial := strings.ToUpper(f.Text(fieldSerial, web.Required, web.Halfwidth, web.Max(40)))
	words := f.Text(fieldWords, web.Required, web.Halfwidth, web.Max(40))
	if f.Err() != nil {
		return p.receiptPage(w, r, http.StatusUnprocessableEntity, f)
	}
	o, err := p.s.Mine(r.Context(), r.Actor, serial, words)
	if errs.KindOf(err) == errs.Absent {
		if err := r.Take(web.SigningIn, "receipt "+serial); err != nil {
			return err
		}
		f.Fail(fieldSerial, "fillweb.receipt_wrong", nil)
		return p.receiptPage(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return p.own(w, r, in, owned{Own: o, words: words, action: "/receipt"})
}

// mine lists what the account has answered.
func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.OfAccount(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	begun, err := p.s.BegunBy(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("fillweb.mine"), r.L.T("fillweb.mine_says")), mineBody(r.L, all, begun))
}

func mineURL(serial string) string { return "/my/forms/" + url.PathEscape(serial) }

// showMine and takeMine are the pages about an answer of one's account.
func (p *pages) showMine(w http.ResponseWriter, r *web.Request) error {
	return p.ofAccount(w, r, posted{})
}

func (p *pages) takeMine(w http.ResponseWriter, r *web.Request) error {
	in, done, err := read(r)
	if err != nil {
		return err
	}
	defer done()
	return p.ofAccount(w, r, in)
}

func (p *pages) ofAccount(w http.ResponseWriter, r *web.Request, in posted) error {
	o, err := p.s.Mine(r.Context(), r.Actor, r.PathValue("serial"), "")
	if err != nil {
		return err
	}
	return p.own(w, r, in, owned{Own: o, action: mineURL(o.Serial)})
}

// own does what was pressed on a page about one's own answer.
func (p *pages) own(w http.ResponseWriter, r *web.Request, in posted, o owned) error {
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		o.at, err = org.Find(q, o.Org)
		return err
	})
	if err != nil {
		return err
	}
	shown, _ := strconv.ParseInt(in.fields.Get(fieldShown), 10, 64)
	switch {
	case in.do == "":
		return p.seen(w, r, http.StatusOK, o, "")
	case in.do == doOpen:
		which, err := id.Parse[form.File](in.about)
		if err != nil {
			return err
		}
		opened, err := p.s.OwnFile(r.Context(), r.Actor, o.Serial, o.words, which)
		if err != nil {
			return err
		}
		return send(w, opened)
	case !o.Editable:
		return p.seen(w, r, http.StatusConflict, o, r.L.T("form.closed"))
	case in.do == doWithdraw:
		page := p.doors.Bare(r, r.L.T("fillweb.withdraw"), "")
		page.Tone = ui.Soon
		return door.Show(w, r, ui.Bare, page, withdrawBody(r.L, o))
	case in.do == doGone:
		err := p.s.Withdraw(r.Context(), r.Actor, o.Serial, o.words, shown)
		if errs.KindOf(err) == errs.Conflict {
			return p.seen(w, r, http.StatusConflict, o, r.L.Error(err))
		}
		if err != nil {
			return err
		}
		return p.again(w, r, o, "fillweb.withdrawn")
	case in.do == doEdit:
		s, err := p.ownSheet(r, o, speak(o.Form, r.L))
		if err != nil {
			return err
		}
		s.lay(none)
		return p.page(w, r, http.StatusOK, s, o.asked())
	}
	return p.work(w, r, in, o.asked(), func(s *sheet) { o.dress(r, s) }, func(answers json.RawMessage) error {
		if err := p.s.Replace(r.Context(), r.Actor, o.Serial, o.words, shown, answers); err != nil {
			return err
		}
		return p.again(w, r, o, "fillweb.corrected")
	})
}

// asked is the form of an answer, as it is drawn.
func (o owned) asked() form.Asked {
	return form.Asked{Form: form.Form{ID: o.Answer.Form, Title: o.Title}, Seq: o.Version, Survey: o.Form, Files: o.Files, Slug: o.Link, At: o.at}
}

// dress makes a page for filling in one for correcting.
func (o owned) dress(r *web.Request, s *sheet) {
	s.action, s.draft, s.hidden, s.submit = o.action, "", o.hidden(), r.L.T("fillweb.correct")
	if o.Link == "" {
		s.json = ""
	}
}

func (p *pages) ownSheet(r *web.Request, o owned, lang int) (*sheet, error) {
	s := p.sheet(r, o.asked(), lang)
	o.dress(r, s)
	content, err := json.Marshal(o.Content)
	if err != nil {
		return nil, err
	}
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		s.rec, _, err = fill.Load(o.Form, p.around(q, r, lang, o.Files), content)
		return err
	})
	return s, err
}

// seen shows one's own answer; words is what has just happened to it.
func (p *pages) seen(w http.ResponseWriter, r *web.Request, status int, o owned, words string) error {
	s, err := p.ownSheet(r, o, speak(o.Form, r.L))
	if err != nil {
		return err
	}
	s.lay(none)
	page := p.doors.Public(r, o.Title, r.L.T("fillweb.number", "serial", o.Serial))
	page.Plain = true
	w.Header().Set("Referrer-Policy", "no-referrer")
	return r.Page(w, status, door.With(ui.Public(page), seenBody(s, o, words)))
}

// again shows the answer as it is after a change: by account at its address, by receipt in this very answer, since the words
// must not stand in an address.
func (p *pages) again(w http.ResponseWriter, r *web.Request, o owned, message string) error {
	if o.words == "" {
		return r.Redirect(w, o.action, message)
	}
	var err error
	if o.Own, err = p.s.Mine(r.Context(), r.Actor, o.Serial, o.words); err != nil {
		return err
	}
	return p.seen(w, r, http.StatusOK, o, r.L.T(message))
}
