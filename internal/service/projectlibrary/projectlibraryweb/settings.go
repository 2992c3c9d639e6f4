package projectlibraryweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// priorities is the page of the lists of priority industries.
type priorities struct {
	all   []venture.List
	today day.Day
	form  *web.Form
	may   bool
}

const priorityURL, industriesURL, termsURL = "/office/priority-industries", "/office/industries", home + "/terms"

func (p *pages) priority(w http.ResponseWriter, r *web.Request) error {
	return p.showPriority(w, r, web.ReadValues(nil))
}

func (p *pages) showPriority(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	all, today, err := p.s.Ventures.ListPriority(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := priorities{all: all, today: today, form: f, may: r.Actor.MustEverywhere(venture.SetPriority) == nil}
	page := p.doors.Office(r, r.L.T("venture.priority"), r.L.T("venture.priority_says"))
	page.Actions = []ui.Action{{Label: r.L.T("venture.industries"), Icon: "list", Href: industriesURL}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, priorityBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, priorityBody(r, v))
}

// current is the list in force; nine empty slots where there is none.
func (v priorities) current() (l venture.List) {
	for i := range l.Slots {
		l.Slots[i].No = i + 1
	}
	for _, x := range v.all {
		if x.From <= v.today {
			l = x
		}
	}
	return l
}

func slotName(r *web.Request, no int) string {
	if no <= venture.Leading {
		return r.L.T("venture.slot_leading", "no", no)
	}
	return r.L.T("venture.slot_emerging", "no", no-venture.Leading)
}

func (v priorities) table(r *web.Request, l venture.List) ui.Table {
	rows := make([]ui.Row, len(l.Slots))
	for i, s := range l.Slots {
		name := ui.Cell{Part: ui.State(ui.Plain, "circle-dashed", r.L.T("venture.slot_empty"))}
		if s.Name != "" {
			name = ui.Cell{Text: s.Name}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: slotName(r, s.No)}, name, {Text: orDash(strings.Join(s.Codes, " "))}}}
	}
	return ui.Table{ID: "slots", Label: r.L.T("venture.priority"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("venture.slot"), Kind: ui.Title}, {Head: r.L.T("venture.slot_name")}, {Head: r.L.T("venture.slot_codes"), Kind: ui.Serial},
	}}
}

// earlier are the lists, the latest first.
func (v priorities) earlier(r *web.Request) ui.Table {
	var rows []ui.Row
	for i := len(v.all) - 1; i >= 0; i-- {
		l := v.all[i]
		var names []string
		for _, s := range l.Slots {
			if s.Name != "" {
				names = append(names, s.Name)
			}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: r.L.Date(l.From)}, {Text: l.Source}, {Text: strings.Join(names, r.L.T("venture.comma"))}}})
	}
	return ui.Table{ID: "lists", Label: r.L.T("venture.lists"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("venture.field.from"), Kind: ui.Title}, {Head: r.L.T("venture.field.source")}, {Head: r.L.T("venture.slot_name")},
	}}
}

// slotInput is one question of a slot, with what is in force to begin with.
func (v priorities) slotInput(r *web.Request, what string, s venture.Slot) ui.Input {
	in := ui.Input{Name: what + strconv.Itoa(s.No), Label: slotName(r, s.No) + " · " + r.L.T("venture.slot_"+what), Value: s.Name, MaxLength: 40}
	if what == "codes" {
		in.Value, in.MaxLength = strings.Join(s.Codes, " "), 400
	}
	return ui.Typed(r, v.form, in)
}

func (p *pages) setPriority(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	l := venture.List{From: f.Day("from", web.Required), Source: f.Text("source", web.Required, web.Max(200))}
	for i := range l.Slots {
		no := strconv.Itoa(i + 1)
		l.Slots[i] = venture.Slot{No: i + 1, Name: f.Text("name"+no, web.Max(40))}
		codes, err := venture.ReadCodes(f.Text("codes"+no, web.Halfwidth, web.Max(400)))
		if err != nil {
			f.Fail("codes"+no, "venture.codes_wrong", nil)
		}
		l.Slots[i].Codes = codes
	}
	if f.Err() == nil {
		err := p.s.Ventures.SetPriority(r.Context(), r.Actor, l)
		if err == nil {
			return r.Redirect(w, priorityURL, "venture.done.priority")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showPriority(w, r, f)
}

// codes is the page of industry codes.
type codes struct {
	all  venture.Industries
	form *web.Form
	may  bool
}

func (p *pages) industries(w http.ResponseWriter, r *web.Request) error {
	return p.showIndustries(w, r, web.ReadValues(nil))
}

func (p *pages) showIndustries(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	all, err := p.s.Ventures.ListIndustries(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := codes{all: all, form: f, may: r.Actor.MustEverywhere(venture.SetIndustry) == nil}
	page := p.doors.Office(r, r.L.T("venture.industries"), r.L.T("venture.industries_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.priority"), Href: priorityURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, industriesBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, industriesBody(r, v))
}

func (v codes) table(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.all))
	for i, x := range v.all {
		checked := ui.State(ui.Soon, "help-circle", r.L.T("venture.unverified"))
		if x.Checked {
			checked = ui.State(ui.OK, "", r.L.T("venture.verified"))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: x.Name, Href: web.Address(home, "field", x.Code)}, {Part: ui.Code(x.Code)}, {Text: x.Source}, {Part: checked}}}
	}
	return ui.Table{ID: "industries", Label: r.L.T("venture.industries"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("venture.industry_name"), Kind: ui.Title}, {Head: r.L.T("venture.field.industry"), Kind: ui.Serial}, {Head: r.L.T("venture.field.source")}, {Head: r.L.T("venture.checked"), Kind: ui.Short},
	}}
}

func (p *pages) setIndustry(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	i := venture.Industry{Code: f.Text("code", web.Required, web.Halfwidth, web.Max(10)), Name: f.Text("name", web.Required, web.Max(60)), Source: f.Text("source", web.Required, web.Max(200))}
	if f.Err() == nil {
		err := p.s.Ventures.SetIndustry(r.Context(), r.Actor, i)
		if err == nil {
			return r.Redirect(w, industriesURL, "venture.done.industry")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showIndustries(w, r, f)
}

// termed is the page of how long dossiers are fresh.
type termed struct {
	all  []venture.Terms
	form *web.Form
	may  bool
}

func (p *pages) terms(w http.ResponseWriter, r *web.Request) error {
	return p.showTerms(w, r, web.ReadValues(nil))
}

func (p *pages) showTerms(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	all, err := p.s.Ventures.ListTerms(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := termed{all: all, form: f, may: r.Actor.MustEverywhere(venture.SetTerms) == nil}
	page := p.doors.Office(r, r.L.T("venture.terms"), r.L.T("venture.terms_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, termsBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, termsBody(r, v))
}

func (v termed) last() venture.Terms { return v.all[len(v.all)-1] }

func (v termed) table(r *web.Request) ui.Table {
	var rows []ui.Row
	for i := len(v.all) - 1; i >= 0; i-- {
		t := v.all[i]
		from := r.L.T("venture.terms_first")
		if !t.From.IsZero() {
			from = r.L.Date(t.From)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: from}, {Text: r.L.Int(int64(t.FreshDays))}, {Text: r.L.Int(int64(t.RemindDays))}, {Text: r.L.Int(int64(t.ReopenDays))}, {Text: r.L.Int(int64(t.AnswerDays))}}})
	}
	return ui.Table{ID: "terms", Label: r.L.T("venture.terms"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("venture.field.from"), Kind: ui.Title},
		{Head: r.L.T("venture.field.fresh_days"), Kind: ui.Number},
		{Head: r.L.T("venture.field.remind_days"), Kind: ui.Number},
		{Head: r.L.T("venture.field.reopen_days"), Kind: ui.Number},
		{Head: r.L.T("venture.field.answer_days"), Kind: ui.Number},
	}}
}

func (p *pages) setTerms(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	t := venture.Terms{
		From: f.Day("from", web.Required), FreshDays: int(f.Int("fresh_days", 1, 1000, web.Required)), RemindDays: int(f.Int("remind_days", 1, 1000, web.Required)),
		ReopenDays: int(f.Int("reopen_days", 1, venture.MaxDays, web.Required)), AnswerDays: int(f.Int("answer_days", 1, venture.MaxDays, web.Required)),
	}
	if f.Err() == nil {
		err := p.s.Ventures.SetTerms(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, termsURL, "venture.done.terms")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerms(w, r, f)
}
