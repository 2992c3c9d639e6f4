package caseworkweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

func (p *pages) calendar(w http.ResponseWriter, r *web.Request) error {
	return p.showCalendar(w, r, web.ReadValues(nil), nil)
}

func (p *pages) showCalendar(w http.ResponseWriter, r *web.Request, f *web.Form, wrong []string) error {
	var years []casework.Year
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		years, err = casework.Years(q)
		return err
	})
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("casework.calendar"), r.L.T("casework.calendar_says"))
	body := calendarBody(r, years, f, wrong)
	if len(f.Problems()) > 0 || len(wrong) > 0 {
		return door.Again(w, r, ui.Office, page, body)
	}
	return door.Show(w, r, ui.Office, page, body)
}

// setYear takes the table of one year, pasted as lines of csv.
func (p *pages) setYear(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	year := casework.Year{Year: int(f.Int("year", 2000, 2100, web.Required)), Origin: f.Text("origin", web.Required)}
	text := f.Text("table", web.Required, web.Lines, web.Max(20_000))
	if f.Err() != nil {
		return p.showCalendar(w, r, f, nil)
	}
	table, err := day.ReadTable(strings.NewReader(text))
	if err != nil {
		problems := errs.ProblemsOf(err)
		if len(problems) == 0 {
			return err
		}
		var wrong []string
		for _, x := range problems {
			wrong = append(wrong, r.L.Problem(x))
		}
		return p.showCalendar(w, r, f, wrong)
	}
	year.Table = table
	if err := p.s.SetYear(r.Context(), r.Actor, year); err != nil && !sqldb.Again(err, nil) {
		if f.Blame(err) {
			return p.showCalendar(w, r, f, nil)
		}
		return err
	}
	return r.Redirect(w, "/office/calendar", "casework.calendar_set", "year", year.Year)
}

func yearTable(r *web.Request, y casework.Year) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, e := range y.Table {
		kind := l.T("casework.day_work")
		if e.Off {
			kind = l.T("casework.day_off")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: l.Date(e.Day)}, {Text: kind}, {Text: e.Name}}})
	}
	return ui.Table{
		Label: l.T("casework.calendar_of", "year", y.Year), Groups: ui.Rows(rows...),
		Columns: []ui.Column{{Head: l.T("casework.day"), Kind: ui.Title}, {Head: l.T("casework.day_kind")}, {Head: l.T("casework.holiday")}},
	}
}
