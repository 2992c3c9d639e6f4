package fieldweb

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const recordsHome = "/office/records"

// RecordURL is the address of a record's page.
func RecordURL(list record.ListID, which string) string {
	return recordsHome + "/" + list.String() + "/" + url.PathEscape(which)
}

// shelf is the page of records.
type shelf struct {
	field.Shelf
	words    string
	disputed bool
}

func (p *pages) records(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := shelf{words: f.Text("q", web.Max(60)), disputed: f.Choice("state", []string{"disputed"}) != ""}
	list := web.ID[record.List](f, "list")
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.Shelf, err = p.s.Shelf(r.Context(), r.Actor, list, v.words, v.disputed); err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("fieldweb.records"), r.L.T("fieldweb.records_says")), recordsBody(r, v))
}

func (v shelf) filters(r *web.Request) ui.Filters {
	var lists []ui.Option
	for _, l := range v.Lists {
		lists = append(lists, ui.Option{Value: l.ID.String(), Label: called(r.L, l), Selected: l.ID == v.Chosen.ID})
	}
	f := ui.Filters{Action: recordsHome, Filters: []ui.Filter{
		{Name: "list", Label: r.L.T("fieldweb.list"), Options: lists},
		{Name: "state", Label: r.L.T("fieldweb.state"), Options: []ui.Option{{Label: r.L.T("fieldweb.all")}, {Value: "disputed", Label: r.L.T("fieldweb.disputed"), Selected: v.disputed}}},
	}, Search: &ui.Search{Name: "q", Label: r.L.T("fieldweb.find_record"), Value: v.words, Placeholder: r.L.T("fieldweb.find_record")}}
	if v.words != "" || v.disputed {
		f.Clear = recordsHome + "?list=" + v.Chosen.ID.String()
	}
	return f
}

func (v shelf) table(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.Rows))
	for i, x := range v.Rows {
		state := ui.Cell{Part: ui.State(ui.OK, "circle-check", r.L.T("fieldweb.agreed"))}
		if len(x.Disputed) > 0 {
			state = ui.Cell{Part: ui.State(ui.Soon, "git-merge", r.L.T("fieldweb.disputed"))}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: orDash(x.Label), Href: RecordURL(x.List, x.ID)}, {Text: x.OrgName}, state, {Text: r.L.Time(time.UnixMicro(x.EditedAt))}}}
	}
	return ui.Table{ID: "records", Label: r.L.T("fieldweb.records"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("fieldweb.label"), Kind: ui.Title}, {Head: r.L.T("fieldweb.where")}, {Head: r.L.T("fieldweb.state")}, {Head: r.L.T("fieldweb.changed")},
	}}
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// looked is the page of one record.
type looked struct {
	field.Look
	names map[string]string
	f     *web.Form
}

func (p *pages) looked(r *web.Request) (v looked, err error) {
	list, err := id.Parse[record.List](r.PathValue("list"))
	if err != nil {
		return v, err
	}
	v.f = web.Read(r)
	if v.Look, err = p.s.Record(r.Context(), r.Actor, list, r.PathValue("record")); err != nil {
		return v, err
	}
	var who []string
	for _, k := range v.Versions {
		who = append(who, k.By, v.Came[k.ID].Account)
	}
	v.names, err = p.names(r, who)
	return v, err
}

func (p *pages) recordPage(r *web.Request, v looked) ui.Page {
	page := p.doors.Office(r, orDash(v.Label), "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("fieldweb.records"), Href: recordsHome + "?list=" + v.Record.List.String()}, {Label: orDash(v.Label)}}
	return page
}

func (p *pages) record(w http.ResponseWriter, r *web.Request) error {
	v, err := p.looked(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.recordPage(r, v), recordBody(r, v))
}

// settle decides between the values in dispute.
func (p *pages) settle(w http.ResponseWriter, r *web.Request) error {
	v, err := p.looked(r)
	if err != nil {
		return err
	}
	picks := map[string]string{}
	for name := range v.Claims {
		picks[name] = v.f.Raw("pick." + name)
	}
	err = p.s.Settle(r.Context(), r.Actor, v.Record.List, v.ID, strings.Fields(v.f.Raw("heads")), picks)
	if err == nil {
		return r.Redirect(w, RecordURL(v.Record.List, v.ID), "fieldweb.settled")
	}
	if errs.KindOf(err) != errs.Invalid || !v.f.Blame(err) {
		return err
	}
	return door.Again(w, r, ui.Office, p.recordPage(r, v), recordBody(r, v))
}

// called is what a list is called: as a form calls it, else as the service does that keeps it.
func called(l *i18n.Printer, x record.List) string {
	if key := "record.list." + x.Name; x.Title == x.Name && l.Has(key) {
		return l.T(key)
	}
	return x.Title
}

func (v looked) head(r *web.Request) ui.Document {
	d := ui.Document{Title: orDash(v.Label), Sub: called(r.L, v.List) + " · " + v.At.Name, State: r.L.T("fieldweb.agreed"), Tone: ui.OK, Facts: []ui.Fact{
		{Label: r.L.T("fieldweb.versions"), Value: r.L.Int(int64(len(v.Versions)))}, {Label: r.L.T("fieldweb.changed"), Value: r.L.Time(time.UnixMicro(v.EditedAt))},
	}}
	if len(v.Claims) > 0 {
		d.State, d.Tone = r.L.T("fieldweb.disputed"), ui.Soon
	}
	if v.Matter != "" {
		d.Actions = append(d.Actions, ui.Action{Label: r.L.T("fieldweb.matter"), Icon: "inbox", Href: "/office/matters/" + v.Matter})
	}
	return d
}

// property is what a property is called on pages: as the question that saves it, as the service that keeps the list calls it, or by its name where none does any more.
func (v looked) property(r *web.Request, name string) string {
	if name == record.Label {
		return r.L.T("fieldweb.label")
	}
	if label := v.Labels[name]; label != "" {
		return label
	}
	if key := "record.property." + v.List.Name + "." + name; r.L.Has(key) {
		return r.L.T(key)
	}
	return name
}

func (v looked) facts(r *web.Request) (all []ui.Fact) {
	for _, name := range slices.Sorted(maps.Keys(v.Says)) {
		f := ui.Fact{Label: v.property(r, name), Value: orDash(v.Says[name])}
		if v.Hidden[name] {
			f.Part = ui.State(ui.Plain, "lock", r.L.T("fieldweb.hidden"))
		}
		switch {
		case len(v.Claims[name]) == 0:
		case v.isWithdrawn(name):
			f.Note = r.L.T("fieldweb.was_withdrawn")
		default:
			f.Note = r.L.T("fieldweb.in_dispute")
		}
		all = append(all, f)
	}
	return all
}

// inDispute are the properties to be decided, in order.
func (v looked) inDispute() []string { return slices.Sorted(maps.Keys(v.Claims)) }

// mayPick tells whether the viewer sees all that is to be decided.
func (v looked) mayPick() bool {
	return v.Decides && !slices.ContainsFunc(v.inDispute(), func(name string) bool { return v.Hidden[name] })
}

// choices are the values of one property, with who gave each and when.
func (v looked) choices(r *web.Request, name string) (all []ui.Option) {
	for _, c := range v.Claims[name] {
		help := v.said(r, c.Version)
		if c.Version == record.Before {
			help = r.L.T("fieldweb.take_out")
		}
		all = append(all, ui.Option{Value: c.Version, Label: orDash(c.Value), Help: help, Selected: v.f.Raw("pick."+name) == c.Version})
	}
	return all
}

// isWithdrawn tells whether what a property says rests on answers that were taken back.
func (v looked) isWithdrawn(name string) bool {
	all := v.Claims[name]
	return len(all) > 0 && all[len(all)-1].Version == record.Before
}

// settleSays tells why somebody is to decide.
func (v looked) settleSays(r *web.Request) string {
	if slices.ContainsFunc(v.inDispute(), v.isWithdrawn) {
		return r.L.T("fieldweb.settle_withdrawn")
	}
	return r.L.T("fieldweb.settle_says")
}

// why tells what there is to decide about a property.
func (v looked) why(r *web.Request, name string) string {
	if v.isWithdrawn(name) {
		return r.L.T("fieldweb.was_withdrawn")
	}
	return r.L.T("fieldweb.before_was", "value", orDash(v.Says[name]))
}

// said tells who gave a version, and when.
func (v looked) said(r *web.Request, version string) string {
	i := slices.IndexFunc(v.Versions, func(k record.Kept) bool { return k.ID == version })
	if i < 0 {
		return ""
	}
	k := v.Versions[i]
	came, phone := v.Came[version]
	who, at := v.names[k.By], k.At
	if phone {
		who, at = v.names[came.Account], came.MadeAt
	}
	return r.L.T("fieldweb.said", "who", orDash(who), "at", r.L.Time(time.UnixMicro(at)))
}

func (v looked) wrong(r *web.Request, name string) string {
	for _, p := range v.f.At("pick." + name) {
		return r.L.Problem(p)
	}
	return ""
}

func (v looked) history(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Versions))
	for i, k := range v.Versions {
		var says []string
		for _, name := range slices.Sorted(maps.Keys(k.Says)) {
			value := k.Says[name]
			if v.Hidden[name] {
				value = l.T("fieldweb.hidden")
			}
			says = append(says, l.T("fieldweb.says", "name", v.property(r, name), "value", orDash(value)))
		}
		what := ui.Cell{Text: l.T("fieldweb.decision")}
		if k.Answer != "" {
			what = ui.Cell{Text: l.T("fieldweb.an_answer"), Href: "/office/answers/" + k.Answer}
			if slices.ContainsFunc(v.Versions[:i], func(b record.Kept) bool { return b.Answer == k.Answer }) {
				what.Text = l.T("fieldweb.a_correction")
			}
		}
		if k.Withdrawn {
			what.After = l.T("fieldweb.taken_back", "at", l.Time(time.UnixMicro(k.WithdrawnAt)))
		}
		skew := "—"
		if came, ok := v.Came[k.ID]; ok {
			skew = skewed(r, came)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: v.said(r, k.ID)}, what, {Text: orDash(strings.Join(says, l.T("fieldweb.semicolon")))}, {Text: skew}}}
	}
	slices.Reverse(rows)
	return ui.Table{ID: "versions", Label: l.T("fieldweb.versions"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("fieldweb.who_when"), Kind: ui.Title}, {Head: l.T("fieldweb.from")}, {Head: l.T("fieldweb.content")}, {Head: l.T("fieldweb.clock")},
	}}
}

// skewed says how far a phone's clock was off; a dash where it was right.
func skewed(r *web.Request, a field.Arrived) string {
	off := time.Duration(a.Skew) * time.Microsecond
	if off.Abs() < 5*time.Minute {
		return "—"
	}
	key, n := "minutes", int64(off.Abs().Minutes())
	if off.Abs() >= 48*time.Hour {
		key, n = "days", int64(off.Abs().Hours()/24)
	}
	if off < 0 {
		return r.L.T("fieldweb.ahead_"+key, "n", n)
	}
	return r.L.T("fieldweb.behind_"+key, "n", n)
}
