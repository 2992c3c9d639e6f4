package lendingweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/bankfile"
)

const files = "/office/loans/files"

func fileURL(which bankfile.ID, step string) string {
	u := files + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

// brought is the list of files, with the form that brings one.
type brought struct {
	page  page.Page[bankfile.Page]
	banks []org.Node
	form  *web.Form
}

func (p *pages) files(w http.ResponseWriter, r *web.Request) error {
	return p.showFiles(w, r, web.ReadValues(nil))
}

func (p *pages) showFiles(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := brought{form: f}
	var err error
	if v.page, err = p.Files.List(r.Context(), r.Actor, r.URL.Query().Get("from")); err != nil {
		return err
	}
	if v.banks, err = p.Files.Banks(r.Context(), r.Actor); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("bankfile.list"), r.L.T("bankfile.list_says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, filesBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, filesBody(r, v))
}

// bring takes a file and holds it against the loans; nothing is entered yet.
func (p *pages) bring(w http.ResponseWriter, r *web.Request) error {
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer up.Remove()
	f := web.ReadValues(up.Values)
	bank, on := web.ID[org.Node](f, "bank", web.Required), f.Day("on", web.Required)
	file, there := up.File("file")
	if !there {
		f.Fail("file", "field.required", nil)
	}
	if f.Err() == nil {
		made, err := p.Files.Check(r.Context(), r.Actor, bank, on, file.Path, file.Name)
		if err == nil {
			return r.Redirect(w, fileURL(made, ""), "bankfile.done.check")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showFiles(w, r, f)
}

func (v brought) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = web.Address(files, "from", v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = web.Address(files, "from", v.page.Next)
	}
	return p
}

var fileTones = map[bankfile.State]ui.Tone{bankfile.Checked: ui.Soon, bankfile.Applied: ui.OK, bankfile.Dropped: ui.Hold}

func (v brought) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i := range v.page.Items {
		x := &v.page.Items[i]
		told, differences := "—", "—" // before it counts nobody knows
		if x.State == bankfile.Applied {
			told, differences = l.Int(int64(x.Told)), l.Int(int64(x.Differences))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: fileURL(x.ID, "")},
			{Text: x.BankName},
			{Text: x.On.String()},
			{Text: l.Int(int64(x.Rows))},
			{Text: told},
			{Text: differences},
			{Text: l.Time(micro(x.MadeAt))},
			{Part: ui.Light(fileTones[x.State], l.T("bankfile.state."+string(x.State)))},
		}}
	}
	return ui.Table{ID: "files", Label: l.T("bankfile.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("bankfile.name"), Kind: ui.Title},
		{Head: l.T("lending.field.bank")},
		{Head: l.T("lending.field.on_day"), Kind: ui.Short},
		{Head: l.T("bankfile.rows"), Kind: ui.Number},
		{Head: l.T("bankfile.told"), Kind: ui.Number},
		{Head: l.T("bankfile.differences"), Kind: ui.Number},
		{Head: l.T("bankfile.brought"), Kind: ui.Short},
		{Head: l.T("lending.state"), Kind: ui.Short},
	}}
}

// told is the page of one file.
type told struct {
	bankfile.Page
	form *web.Form
}

func (p *pages) file(w http.ResponseWriter, r *web.Request) error {
	return p.showFile(w, r, web.ReadValues(nil))
}

func (p *pages) showFile(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := id.Parse[bankfile.File](r.PathValue("id"))
	if err != nil {
		return err
	}
	v := told{form: f}
	if v.Page, err = p.Files.Look(r.Context(), r.Actor, which); err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Name, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("bankfile.list"), Href: files}, {Label: v.Name}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, fileBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, fileBody(r, v))
}

func (v told) document(r *web.Request) ui.Document {
	l := r.L
	return ui.Document{
		Title: v.BankName, Serial: v.Name, Sub: l.T("bankfile.of_day", "day", v.On), State: l.T("bankfile.state." + string(v.State)), Tone: fileTones[v.State],
		Facts: v.sums(r), Actions: []ui.Action{{Label: l.T("lending.print"), Icon: "printer", Print: true}},
	}
}

func (v told) sums(r *web.Request) []ui.Fact {
	l := r.L
	told, differences := v.File.Told, v.Differences
	all := []ui.Fact{{Label: l.T("bankfile.rows"), Value: l.Int(int64(v.Rows))}}
	if v.State == bankfile.Checked {
		told, differences = len(v.Outcome.Told), len(v.Findings)
		all = append(all, ui.Fact{Label: l.T("bankfile.same"), Value: l.Int(int64(v.Outcome.Same))})
	}
	return append(all, ui.Fact{Label: l.T("bankfile.told"), Value: l.Int(int64(told))}, ui.Fact{Label: l.T("bankfile.differences"), Value: l.Int(int64(differences))})
}

// mostShown is how many differences a page lists.
const mostShown = 500

func (v told) findings(r *web.Request) ui.Table {
	l := r.L
	shown := v.Findings[:min(len(v.Findings), mostShown)]
	rows := make([]ui.Row, len(shown))
	for i := range shown {
		x := &shown[i]
		number := ui.Cell{Text: x.Number}
		if !x.Contract.IsZero() {
			number.Href = contractURL(x.Contract, "")
		}
		matter := ui.Cell{Text: l.T("bankfile.will_be")}
		if x.Matter != "" {
			matter = ui.Cell{Text: l.T("bankfile.matter"), Href: "/office/matters/" + x.Matter}
		}
		row := "—"
		if x.Row > 0 {
			row = strconv.Itoa(x.Row)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			number, {Text: row}, {Part: ui.Light(findingTones[x.Kind], l.T("bankfile.kind."+string(x.Kind)))}, {Text: orDash(side(r.L, x.Kind, x.Want))}, {Text: orDash(side(r.L, x.Kind, x.Have))}, matter,
		}}
	}
	return ui.Table{ID: "findings", Label: l.T("bankfile.differences"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("lending.field.number"), Kind: ui.Title},
		{Head: l.T("bankfile.row"), Kind: ui.Number},
		{Head: l.T("bankfile.difference")},
		{Head: l.T("bankfile.want")},
		{Head: l.T("bankfile.have")},
		{Head: l.T("bankfile.task"), Kind: ui.NextAct},
	}}
}

var findingTones = map[bankfile.Kind]ui.Tone{bankfile.Overdue: ui.Bad, bankfile.Class: ui.Bad, bankfile.Balance: ui.Soon, bankfile.Unknown: ui.Soon, bankfile.Missing: ui.Soon, bankfile.Rate: ui.Soon, bankfile.Late: ui.Soon, bankfile.Refused: ui.Bad}

// side writes one side of a difference in words.
func side(l *i18n.Printer, k bankfile.Kind, text string) string {
	switch {
	case text == "":
		return ""
	case k == bankfile.Class:
		return l.T("lending.class." + text)
	case k == bankfile.Overdue:
		return l.T("bankfile.days", "days", text)
	case k == bankfile.Refused:
		return l.T("bankfile.refused_why")
	}
	return text
}

// Say puts the differences of a bank's file of a day into the words of their matters.
func Say(l *i18n.Printer, bank string, on day.Day) bankfile.Say {
	return func(f bankfile.Finding) (title, text string) {
		title = l.T("bankfile.matter_title", "number", f.Number, "kind", l.T("bankfile.kind."+string(f.Kind)))
		return title, l.T("bankfile.matter_text", "bank", bank, "day", on, "want", orDash(side(l, f.Kind, f.Want)), "have", orDash(side(l, f.Kind, f.Have)))
	}
}

func (p *pages) useFile(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[bankfile.File](r.PathValue("id"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	switch r.PathValue("step") {
	case "apply":
		of, err := p.Files.Look(r.Context(), r.Actor, which)
		if err != nil {
			return err
		}
		err = p.Files.Apply(r.Context(), r.Actor, which, f.Version(), Say(r.L, of.BankName, of.On))
		if err == nil {
			return r.Redirect(w, fileURL(which, ""), "bankfile.done.apply")
		}
		if !f.Blame(err) {
			return err
		}
	case "drop":
		err := p.Files.Drop(r.Context(), r.Actor, which, f.Version())
		if err == nil {
			return r.Redirect(w, files, "bankfile.done.drop")
		}
		if !f.Blame(err) {
			return err
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	return p.showFile(w, r, f)
}

// titled is the page of a bank's titles.
type titled struct {
	bank   org.Node
	titles map[string]string
	form   *web.Form
}

func (p *pages) titles(w http.ResponseWriter, r *web.Request) error {
	bank, err := id.Parse[org.Node](r.PathValue("bank"))
	if err != nil {
		return err
	}
	v := titled{form: web.Read(r)}
	if v.bank, v.titles, err = p.Files.Titles(r.Context(), r.Actor, bank); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("bankfile.titles"), r.L.T("bankfile.titles_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("bankfile.list"), Href: files}, {Label: v.bank.Name}}
	return door.Show(w, r, ui.Office, pg, titlesBody(r, v))
}

func (p *pages) setTitles(w http.ResponseWriter, r *web.Request) error {
	bank, err := id.Parse[org.Node](r.PathValue("bank"))
	if err != nil {
		return err
	}
	f, given := web.Read(r), map[string]string{}
	for _, x := range bankfile.Fields {
		given[x.Name] = f.Text("title_"+x.Name, web.Max(40))
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.Files.SetTitles(r.Context(), r.Actor, bank, given); err != nil {
		return err
	}
	return r.Redirect(w, files, "bankfile.done.titles")
}
