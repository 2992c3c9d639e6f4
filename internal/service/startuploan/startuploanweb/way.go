package startuploanweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
)

// wayed is the page of the order of desks.
type wayed struct {
	all      []startuploan.Way
	named    map[org.ID]org.Node
	today    day.Day
	counties []org.Node
	orgs     []org.Node
	form     *web.Form
	sets     bool
}

func (p *pages) ways(w http.ResponseWriter, r *web.Request) error {
	return p.showWays(w, r, web.ReadValues(nil))
}

func (p *pages) showWays(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := wayed{form: f, sets: r.Actor.May(startuploan.SetWay)}
	var err error
	if v.all, v.named, v.today, err = p.s.ListWays(r.Context(), r.Actor); err != nil {
		return err
	}
	if v.sets {
		err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
			in := r.Actor.Scope(startuploan.SetWay)
			if v.counties, err = org.Subtree(q, in, org.County); err != nil {
				return err
			}
			v.orgs, err = org.Subtree(q, in, org.County, org.Department, org.LeagueBody, org.Bank, org.Company)
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(f.Problems()) == 0 {
		v.usual()
	}
	page := p.doors.Office(r, r.L.T("loan.way"), r.L.T("loan.way_says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, wayBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, wayBody(r, v))
}

// usual fills the form with what holds for the whole city now.
func (v *wayed) usual() {
	way := startuploan.Usual
	for _, x := range v.all {
		if x.County.IsZero() && x.Product == "" && x.From <= v.today {
			way = x
			break
		}
	}
	set := v.form.Fill
	set("from", v.today.String())
	set("reply", num(way.Reply))
	set("appeal", num(way.Appeal))
	set("survey_days", num(way.SurveyDays))
	set("survey_by", way.SurveyBy)
	set("person_papers", strings.Join(way.PersonPapers, " "))
	for _, s := range way.Stops {
		d := string(s.Desk)
		set("turn_"+d, num(s.Turn))
		set("days_"+d, num(s.Days))
		set("four_"+d, tick(s.FourEyes))
		set("org_"+d, s.Org.String())
	}
	for _, k := range startuploan.PaperKinds {
		set("person_"+k, tick(contains(way.PersonPapers, k)))
		set("firm_"+k, tick(contains(way.FirmPapers, k)))
	}
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

func (v wayed) orgOptions(r *web.Request, field string) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.way_default"), Selected: v.form.Raw(field) == ""}}
	for _, n := range v.orgs {
		all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: v.form.Raw(field) == n.ID.String()})
	}
	return all
}

func (v wayed) surveyors(r *web.Request) []ui.Option {
	chosen := v.form.Raw("survey_by")
	all := []ui.Option{
		{Value: startuploan.ByIntake, Label: r.L.T("loan.survey_by.intake"), Selected: chosen == startuploan.ByIntake},
		{Value: startuploan.ByBank, Label: r.L.T("loan.survey_by.bank"), Selected: chosen == startuploan.ByBank},
	}
	for _, n := range v.orgs {
		if n.Kind == org.Department || n.Kind == org.LeagueBody {
			all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: chosen == n.ID.String()})
		}
	}
	return all
}

func (v wayed) countyOptions(r *web.Request) []ui.Option {
	all := []ui.Option{{Label: r.L.T("loan.whole_city"), Selected: v.form.Raw("county") == ""}}
	for _, n := range v.counties {
		all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: v.form.Raw("county") == n.ID.String()})
	}
	return all
}

func (p *pages) putWay(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	way := startuploan.Way{
		County: web.ID[org.Node](f, "county"), Product: f.Text("product", web.Max(60)), From: f.Day("from", web.Required), Reply: f.Int("reply", 1, 250, web.Required), Appeal: f.Int("appeal", 1, 250, web.Required),
		SurveyDays: f.Int("survey_days", 1, 250, web.Required), SurveyBy: f.Text("survey_by", web.Required), Source: f.Text("source", web.Required),
	}
	for _, d := range startuploan.Desks {
		if turn := f.Int("turn_"+string(d), 1, 20); turn > 0 {
			way.Stops = append(way.Stops, startuploan.Stop{Desk: d, Turn: turn, Days: f.Int("days_"+string(d), 1, 250, web.Required), FourEyes: f.Bool("four_" + string(d)), Org: web.ID[org.Node](f, "org_"+string(d))})
		}
	}
	for _, k := range startuploan.PaperKinds {
		if f.Bool("person_" + k) {
			way.PersonPapers = append(way.PersonPapers, k)
		}
		if f.Bool("firm_" + k) {
			way.FirmPapers = append(way.FirmPapers, k)
		}
	}
	if f.Err() == nil {
		err := p.s.PutWay(r.Context(), r.Actor, way)
		if err == nil {
			return r.Redirect(w, wayURL, "loan.way_kept")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showWays(w, r, f)
}

// stops says in words how a way goes: desks of one turn side by side.
func (v wayed) stops(r *web.Request, way startuploan.Way) string {
	var b strings.Builder
	last := int64(0)
	for _, s := range way.Stops {
		switch {
		case last == 0:
		case s.Turn == last:
			b.WriteString("、")
		default:
			b.WriteString(" → ")
		}
		last = s.Turn
		b.WriteString(r.L.T("loan.desk."+string(s.Desk)) + r.L.T("loan.way_days", "n", s.Days))
		if s.FourEyes {
			b.WriteString(r.L.T("loan.way_four"))
		}
		if n := v.named[s.Org]; !n.ID.IsZero() {
			b.WriteString("（" + n.Name + "）")
		}
	}
	return b.String()
}

func (v wayed) table(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.all {
		where := l.T("loan.whole_city")
		if n := v.named[x.County]; !n.ID.IsZero() {
			where = n.Name
		}
		if x.Product != "" {
			where += " · " + x.Product
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: l.Date(x.From)}, {Text: where}, {Text: v.stops(r, x)}, {Text: x.Source}}})
	}
	return ui.Table{ID: "ways", Label: l.T("loan.way"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loan.field.from"), Kind: ui.Title}, {Head: l.T("loan.way_where"), Kind: ui.Short}, {Head: l.T("loan.way_order")}, {Head: l.T("loan.field.source")},
	}}
}
