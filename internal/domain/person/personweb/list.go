package personweb

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// listed is the list page.
type listed struct {
	filter  person.Filter
	ages    string
	at      org.Node
	page    page.Page[person.Row]
	count   page.Count
	private bool   // sought by a number that must not stand in an address
	words   string // shown in the box again
}

// ages are the bands that can be chosen, as youth is counted (domain.md §7.4).
var ages = []person.Band{{Key: "0-13", From: 0, To: 13}, {Key: "14-17", From: 14, To: 17}, {Key: "18-22", From: 18, To: 22}, {Key: "23-28", From: 23, To: 28}, {Key: "29-35", From: 29, To: 35}, {Key: "36-", From: 36, To: 120}}

var ties = []person.TieKind{person.Member, person.Cadre, person.Employee, person.Pupil, person.Resident}

// read takes the filters from the address.
func (p *pages) read(r *web.Request) (v listed, err error) {
	f := web.Read(r)
	v.words = f.Text("q", web.Max(60), web.Halfwidth)
	v.filter = person.Filter{Words: v.words, Tie: person.TieKind(f.Choice("tie", texts(ties))), Sex: f.Choice("sex", []string{"1", "2", "0", "9"})}
	for _, b := range ages {
		if f.Raw("age") == b.Key {
			v.filter.Ages, v.ages = b, b.Key
		}
	}
	if err := f.Err(); err != nil {
		return v, err
	}
	if raw := f.Raw("org"); raw != "" {
		at, err := id.Parse[org.Node](raw)
		if err != nil {
			return v, err
		}
		err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
			v.at, err = org.Find(q, at)
			return err
		})
		if err != nil {
			return v, err
		}
		if err := r.Actor.Must(person.Read, v.at.Path); err != nil {
			return v, err
		}
		v.filter.At = v.at.Path
	}
	return v, nil
}

// private tells whether words are a number of a person, which has no place in an address.
func private(words string) bool { return person.Recognise(words).IsNumber() }

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return p.show(w, r, v, r.URL.Query().Get("from"))
}

// find takes the search box: a number is looked up at once, other words go into the address of the list.
func (p *pages) find(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if !private(v.words) {
		return r.Redirect(w, v.url(nil), "")
	}
	return p.show(w, r, v, "")
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, v listed, from string) (err error) {
	v.private = private(v.words)
	if v.page, v.count, err = p.s.ListCounted(r.Context(), r.Actor, v.filter, from); err != nil {
		return err
	}
	pg := p.office(r, r.L.T("person.list"), r.L.T("person.list_says"))
	if r.Actor.May(person.Create) {
		pg.Actions = append(pg.Actions, ui.Action{Label: r.L.T("person.do_new"), Icon: "plus", Href: newURL(v.at.ID), Primary: true})
	}
	if r.Actor.May(person.Merge) {
		pg.Actions = append(pg.Actions, ui.Action{Label: r.L.T("person.doubles"), Icon: "git-merge", Href: listURL + "/doubles"})
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

func newURL(at org.ID) string {
	if at == "" {
		return listURL + "/new"
	}
	return listURL + "/new?org=" + at.String()
}

// url is the address of the list with some parameters changed; an empty value drops one.
func (v listed) url(change map[string]string) string { return listURL + v.query(change) }

func (v listed) query(change map[string]string) string {
	q := url.Values{}
	for _, k := range []struct{ name, value string }{
		{"q", v.words}, {"tie", string(v.filter.Tie)}, {"sex", v.filter.Sex}, {"age", v.ages}, {"org", v.at.ID.String()},
	} {
		if k.value != "" && (k.name != "q" || !private(v.words)) {
			q.Set(k.name, k.value)
		}
	}
	for k, x := range change {
		if q.Del(k); x != "" {
			q.Set(k, x)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (v listed) filters(r *web.Request) ui.Filters {
	f := ui.Filters{Action: listURL, Filters: []ui.Filter{
		{Name: "tie", Label: r.L.T("person.tie"), Options: options(r, r.L.T("person.any_tie"), "person.tie.", texts(ties), string(v.filter.Tie))},
		{Name: "age", Label: r.L.T("person.age"), Options: ageOptions(r, v.ages)},
		{Name: "sex", Label: r.L.T("person.sex"), Options: codes(r, r.L.T("person.any_sex"), cn.Sex, v.filter.Sex)},
	}}
	if v.words != "" && !v.private {
		f.Keep = append(f.Keep, ui.Param{Name: "q", Value: v.words})
	}
	if v.at.ID != "" {
		f.Keep = append(f.Keep, ui.Param{Name: "org", Value: v.at.ID.String()})
	}
	if v.words+string(v.filter.Tie)+v.filter.Sex+v.ages+v.at.ID.String() != "" {
		f.Clear = listURL
	}
	if r.Actor.May(person.Export) && !v.private {
		f.Export = []ui.Export{{Href: listURL + "/export" + v.query(nil), Count: int64(v.count.N), Capped: v.count.Capped}}
	}
	return f
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return out
}

// options are choices whose words are messages; the first is none.
func options(r *web.Request, none, prefix string, values []string, chosen string) []ui.Option {
	all := []ui.Option{{Label: none}}
	for _, v := range values {
		all = append(all, ui.Option{Value: v, Label: r.L.T(prefix + v), Selected: v == chosen})
	}
	return all
}

func ageOptions(r *web.Request, chosen string) []ui.Option {
	all := []ui.Option{{Label: r.L.T("person.any_age")}}
	for _, b := range ages {
		label := r.L.T("person.years", "from", b.From, "to", b.To)
		if b.To == 120 {
			label = r.L.T("person.years_from", "from", b.From)
		}
		all = append(all, ui.Option{Value: b.Key, Label: label, Selected: b.Key == chosen})
	}
	return all
}

// codes are the choices of a code list; the first is none.
func codes(r *web.Request, none string, list *cn.List, chosen string) []ui.Option {
	all := []ui.Option{{Label: none}}
	for _, c := range list.All() {
		all = append(all, ui.Option{Value: c.Code, Label: list.Name(c.Code, string(r.L.Lang())), Selected: c.Code == chosen})
	}
	return all
}

func (v listed) rows(r *web.Request) []ui.Group {
	rows := make([]ui.Row, len(v.page.Items))
	for i, x := range v.page.Items {
		rows[i] = ui.Row{ID: x.ID.String(), Label: x.Name, Cells: []ui.Cell{
			{Text: x.Name, Href: oneURL(x.ID, "")},
			{Text: cn.Sex.Name(x.Sex, string(r.L.Lang()))},
			{Text: born(r, x)},
			{Text: x.HomeName},
			{Text: code(r, cn.Political, x.Standing)},
			{Text: tail(x.PhoneTail)},
		}}
	}
	return ui.Rows(rows...)
}

// born is a birth date, or its year where no more is the viewer's to see.
func born(r *web.Request, x person.Row) string {
	switch {
	case !x.Born.IsZero():
		return r.L.Date(x.Born)
	case x.Year > 0:
		return strconv.Itoa(x.Year)
	}
	return "—"
}

func code(r *web.Request, list *cn.List, c string) string {
	if c == "" {
		return "—"
	}
	return list.Name(c, string(r.L.Lang()))
}

func tail(digits string) string {
	if digits == "" {
		return "—"
	}
	return "•••• " + digits
}

func (v listed) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = v.url(map[string]string{"from": v.page.Prev})
	}
	if v.page.Next != "" {
		p.Next = v.url(map[string]string{"from": v.page.Next})
	}
	return p
}

// export sends what is listed as a file. It is noted before the file is whole.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if private(v.words) {
		return errs.New(errs.Invalid, "person.no_number_here", nil)
	}
	l := r.L
	var file bytes.Buffer
	if _, err := p.s.Sheet(r.Context(), r.Actor, v.filter, &file, person.Words{Sheet: l.T("person.list"), Lang: string(l.Lang()), Columns: [8]string{
		l.T("person.field.name"), l.T("person.sex"), l.T("person.field.born"), l.T("person.home"), l.T("person.field.standing"), l.T("person.phone_tail"), l.T("person.paper.resident_id"), l.T("person.number"),
	}}); err != nil {
		return err
	}
	web.Download(w, l.T("person.list")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	_, err = w.Write(file.Bytes())
	return err
}

func (p *pages) doubles(w http.ResponseWriter, r *web.Request) error {
	pairs, err := p.s.Doubles(r.Context(), r.Actor, 100)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.office(r, r.L.T("person.doubles"), r.L.T("person.doubles_says"), ui.Crumb{Label: r.L.T("person.doubles")}), doublesBody(r, pairs))
}

func pairRows(r *web.Request, pairs [][2]person.Row) []ui.Group {
	rows := make([]ui.Row, len(pairs))
	for i, x := range pairs {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x[0].Name, Href: oneURL(x[0].ID, "")},
			{Text: born(r, x[0])},
			{Text: x[0].HomeName},
			{Text: x[1].HomeName},
			{Text: r.L.T("person.compare"), Href: oneURL(x[1].ID, "merge") + "?with=" + x[0].ID.String()},
		}}
	}
	return ui.Rows(rows...)
}
