package volunteeringweb

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/volunteering/certificate"
)

func paperURL(c certificate.ID) string { return "/office/certificates/" + c.String() }

func certificateID(r *web.Request) (certificate.ID, error) {
	return id.Parse[certificate.Certificate](r.PathValue("id"))
}

// hours says minutes as hours to one decimal, never rounded up: 5.0 for 5 hours and 5 minutes.
func hours(r *web.Request, minutes int64) string {
	return r.L.T("certificate.hours", "h", hoursPlain(minutes))
}

func hoursPlain(minutes int64) string {
	return strconv.FormatInt(minutes/60, 10) + "." + strconv.FormatInt(minutes%60/6, 10)
}

func (p *pages) issue(w http.ResponseWriter, r *web.Request) error {
	which, err := volunteerID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	g := certificate.Given{
		Volunteer: which, First: f.Day("first", web.Required), Last: f.Day("last", web.Required),
		Head: f.Text("head", web.Required, web.Max(30)), Handler: f.Text("handler", web.Required, web.Max(30)), Phone: f.Text("phone", web.Required, web.Halfwidth, web.Max(30)),
		Remarks: f.Text("remarks", web.Max(200)),
	}
	if f.Err() == nil {
		made, err := p.papers.Issue(r.Context(), r.Actor, g)
		if err == nil {
			return r.Redirect(w, paperURL(made), "certificate.done.issue")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showOne(w, r, f)
}

// paper is the page of one certificate.
type paper struct {
	certificate.Paper
	dots    [][]bool
	address string
	form    *web.Form
}

func read(r *web.Request, c certificate.Paper, f *web.Form) (v paper, err error) {
	v = paper{Paper: c, address: r.Origin() + "/verify/volunteer/" + c.Code, form: f}
	v.dots, err = ui.Dots(v.address)
	return v, err
}

func (p *pages) paper(w http.ResponseWriter, r *web.Request) error {
	return p.showPaper(w, r, web.ReadValues(nil))
}

func (p *pages) showPaper(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := certificateID(r)
	if err != nil {
		return err
	}
	c, err := p.papers.View(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v, err := read(r, c, f)
	if err != nil {
		return err
	}
	pg := p.doors.Office(r, c.Serial, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("volunteer.title"), Href: deskURL}, {Label: c.Name, Href: oneURL(c.Volunteer)}, {Label: c.Serial}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, paperBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, paperBody(r, v))
}

func (p *pages) myPaper(w http.ResponseWriter, r *web.Request) error {
	which, err := certificateID(r)
	if err != nil {
		return err
	}
	c, err := p.papers.Own(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v, err := read(r, c, web.ReadValues(nil))
	if err != nil {
		return err
	}
	pg := p.doors.Public(r, c.Serial, "")
	pg.Plain = true
	return door.Show(w, r, ui.Public, pg, paperBody(r, v))
}

func (v paper) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: l.T("certificate.title"), Serial: v.Serial, Sub: v.Issuer, State: l.T("certificate.holds"), Tone: ui.OK, Actions: []ui.Action{{Label: l.T("pairing.print"), Icon: "printer", Print: true}}}
	if v.RevokedAt > 0 {
		d.State, d.Tone = l.T("certificate.revoked"), ui.Bad
	}
	return d
}

// facts are what a certificate must hold (志愿服务记录与证明出具办法).
func (v paper) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("volunteer.name"), Value: v.Name},
		{Label: l.T("certificate.id"), Value: v.Number},
		{Label: l.T("volunteer.serial"), Value: v.Of},
		{Label: l.T("certificate.period"), Value: period(r, v.First, v.Last)},
		{Label: l.T("certificate.served"), Value: hours(r, v.Minutes), Note: l.T("certificate.times", "n", v.Times)},
		{Label: l.T("certificate.issuer"), Value: v.Issuer},
		{Label: l.T("certificate.field.head"), Value: v.Head},
		{Label: l.T("certificate.field.handler"), Value: v.Handler},
		{Label: l.T("certificate.field.phone"), Value: v.Phone},
		{Label: l.T("certificate.serial"), Value: v.Serial},
		{Label: l.T("certificate.issued"), Value: l.Date(onDay(r, v.IssuedAt))},
	}
	if v.Remarks != "" {
		all = append(all, ui.Fact{Label: l.T("certificate.field.remarks"), Value: v.Remarks, Wide: true})
	}
	return all
}

// period says from when to when, or the one day.
func period(r *web.Request, first, last day.Day) string {
	if first == last {
		return r.L.Date(first)
	}
	return r.L.Date(first) + " – " + r.L.Date(last)
}

func (p *pages) revoke(w http.ResponseWriter, r *web.Request) error {
	which, err := certificateID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	if err := p.papers.Revoke(r.Context(), r.Actor, which, f.Text("reason", web.Max(200))); err != nil {
		if !f.Blame(err) {
			return err
		}
		return p.showPaper(w, r, f)
	}
	return r.Redirect(w, paperURL(which), "certificate.done.revoke")
}

// verify tells anybody who has a certificate's code whether it holds.
func (p *pages) verify(w http.ResponseWriter, r *web.Request) error {
	c, err := p.papers.Verify(r.Context(), r.City, r.PathValue("code"))
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("certificate.verify"), c.Issuer), verifyBody(r, paper{Paper: c}))
}

// export writes what volunteers have served as the national register takes it in.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	from, to, kind := f.Day("from"), f.Day("to"), f.Choice("format", []string{"xlsx", "csv"})
	if err := f.Err(); err != nil {
		return err
	}
	l := r.L
	words := certificate.Words{
		Sheet: l.T("certificate.sheet"), Lang: string(l.Lang()), IDType: l.T("certificate.id_type"), Hours: hoursPlain,
		Skills: func(all []string) string { return words(r, "volunteer.skill.", all) },
	}
	for i, key := range []string{"name", "sex", "born", "id_type", "id", "number", "area", "phone", "skills", "activity", "day", "place", "group", "hours", "children", "leader"} {
		words.Columns[i] = l.T("certificate.column." + key)
	}
	format, media, name := sheet.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"
	if kind == "csv" {
		format, media, name = sheet.CSV, "text/csv; charset=utf-8", ".csv"
	}
	var out bytes.Buffer
	if _, err := p.papers.Sheet(r.Context(), r.Actor, from, to, &out, format, words); err != nil {
		return err
	}
	web.Download(w, words.Sheet+name, media)
	_, err := out.WriteTo(w)
	return err
}

func lines(text string) []string { return strings.Split(text, "\n") }

func onDay(r *web.Request, micro int64) day.Day { return day.Of(time.UnixMicro(micro), r.L.Zone()) }
