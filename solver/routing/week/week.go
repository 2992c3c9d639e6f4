// Package week reads tables of visits and teams, and makes of them a problem of who goes where, on which day and when.
//
// Times are seconds since midnight, ways seconds too.
package week

import (
	"io"
	"strings"

	"zhidian/solver/routing"
	"zhidian/solver/text"
)

// What may be wrong in a table, beyond its numbers.
const (
	NotATime  text.Trouble = "is no time of day, such as 8:30"
	Twice     text.Trouble = "stands in the table twice"
	Unknown   text.Trouble = "is not there"
	Backwards text.Trouble = "is before the beginning"
	NoPlace   text.Trouble = "is needed to know where it is"
	TwoKinds  text.Trouble = "mixes longitude and latitude with metres"
	TooMany   text.Trouble = "is one kind too many, 64 are the most"
)

// Place is where a visit is made, or a team begins and ends its day.
type Place struct {
	Name string // in tables of ways; the id where there is no such column
	X, Y float64
	Kind Kind
}

// Kind says what the coordinates of a place are.
type Kind int

const (
	Named  Kind = iota // it has none
	Degree             // longitude and latitude
	Metre
)

// Visit is a line of the table of visits.
type Visit struct {
	ID          string
	Line        int
	Place       Place
	Takes       int64
	From, Until int64
	Skills      []string
	Persons     int64
	Priority    int64 // from 1; 0 means that it must be made
	Days        []string
	Same        string // another visit, which the same team is to make

	row text.Row
}

// Team is a line of the table of teams.
type Team struct {
	ID                                string
	Line                              int
	Place                             Place
	Days                              []string
	From, Until                       int64
	LunchFrom, LunchUntil, LunchTakes int64
	Skills                            []string
	Persons                           int64
	Most                              int64 // visits in a day

	row text.Row
}

var (
	idColumn     = text.Column{Name: "id", Heads: []string{"编号", "名称", "name"}, Needed: true}
	placeColumns = []text.Column{
		{Name: "lon", Heads: []string{"经度", "longitude"}},
		{Name: "lat", Heads: []string{"纬度", "latitude"}},
		{Name: "x", Heads: []string{"横坐标"}},
		{Name: "y", Heads: []string{"纵坐标"}},
		{Name: "place", Heads: []string{"地点", "起点", "出发地", "depot", "node"}},
	}
	bothColumns = []text.Column{
		{Name: "from", Heads: []string{"最早", "开始", "上班"}},
		{Name: "until", Heads: []string{"最晚", "结束", "下班", "to"}},
		{Name: "skill", Heads: []string{"技能", "skills"}},
		{Name: "persons", Heads: []string{"人数", "两人", "双人", "two persons"}},
		{Name: "day", Heads: []string{"日子", "日期", "days"}},
	}
	visitColumns = append(append([]text.Column{
		idColumn,
		{Name: "minutes", Heads: []string{"分钟", "时长", "用时"}, Needed: true},
		{Name: "priority", Heads: []string{"优先", "优先级", "可选", "optional"}},
		{Name: "same", Heads: []string{"同一人", "同一队", "same person as", "same as"}},
	}, placeColumns...), bothColumns...)
	teamColumns = append(append([]text.Column{
		idColumn,
		{Name: "lunch from", Heads: []string{"午饭最早"}},
		{Name: "lunch until", Heads: []string{"午饭最晚"}},
		{Name: "lunch minutes", Heads: []string{"午饭分钟", "午饭", "lunch"}},
		{Name: "most", Heads: []string{"最多", "每天最多"}},
	}, placeColumns...), bothColumns...)
)

const (
	minute  = 60
	hour    = 60 * minute
	dayEnd  = 24 * hour
	morning = 8 * hour
	evening = 18 * hour
)

// ReadVisits reads the table of visits.
func ReadVisits(r io.Reader) ([]Visit, error) {
	table, err := text.ReadTable(r, visitColumns)
	if err != nil {
		return nil, err
	}
	var visits []Visit
	seen := map[string]bool{}
	for _, row := range table.Rows {
		v := Visit{Line: row.Line, row: row, Skills: row.List("skill"), Days: row.List("day"), Same: row.Text("same")}
		if v.ID, v.Place, err = identity(row, seen); err != nil {
			return nil, err
		}
		if v.Takes, err = row.Int("minutes", 0, 24*60); err != nil {
			return nil, err
		}
		v.Takes *= minute
		if v.From, v.Until, err = span(row, "from", "until", 0, dayEnd); err != nil {
			return nil, err
		}
		if v.Persons, err = persons(row); err != nil {
			return nil, err
		}
		if v.Priority, err = row.IntOr("priority", 0, 0, 9); err != nil {
			return nil, err
		}
		visits = append(visits, v)
	}
	if len(visits) == 0 {
		return nil, &text.Error{Line: 2, Field: "visit", Trouble: text.Missing}
	}
	for _, v := range visits {
		if v.Same != "" && !seen[v.Same] {
			return nil, v.row.Fault("same", Unknown)
		}
	}
	return visits, nil
}

// ReadTeams reads the table of teams.
func ReadTeams(r io.Reader) ([]Team, error) {
	table, err := text.ReadTable(r, teamColumns)
	if err != nil {
		return nil, err
	}
	var teams []Team
	seen := map[string]bool{}
	for _, row := range table.Rows {
		t := Team{Line: row.Line, row: row, Skills: row.List("skill"), Days: row.List("day")}
		if len(t.Days) == 0 {
			t.Days = []string{""}
		}
		if t.ID, t.Place, err = identity(row, seen); err != nil {
			return nil, err
		}
		if t.From, t.Until, err = span(row, "from", "until", morning, evening); err != nil {
			return nil, err
		}
		if t.LunchTakes, err = row.IntOr("lunch minutes", 0, 0, 600); err != nil {
			return nil, err
		}
		t.LunchTakes *= minute
		if t.LunchFrom, t.LunchUntil, err = span(row, "lunch from", "lunch until", 11*hour+30*minute, 13*hour); err != nil {
			return nil, err
		}
		if t.Persons, err = persons(row); err != nil {
			return nil, err
		}
		if t.Most, err = row.IntOr("most", routing.MaxVisits, 1, routing.MaxVisits); err != nil {
			return nil, err
		}
		teams = append(teams, t)
	}
	if len(teams) == 0 {
		return nil, &text.Error{Line: 2, Field: "team", Trouble: text.Missing}
	}
	return teams, nil
}

// identity reads what a line is called, once, and where it is.
func identity(row text.Row, seen map[string]bool) (id string, p Place, err error) {
	switch id = row.Text("id"); {
	case id == "":
		return "", p, row.Fault("id", text.Empty)
	case seen[id]:
		return "", p, row.Fault("id", Twice)
	}
	seen[id] = true
	if p.Name = row.Text("place"); p.Name == "" {
		p.Name = id
	}
	switch {
	case row.Text("lon") != "" || row.Text("lat") != "":
		p.Kind = Degree
		if p.X, err = row.Float("lon", -180, 180); err == nil {
			p.Y, err = row.Float("lat", -90, 90)
		}
	case row.Text("x") != "" || row.Text("y") != "":
		p.Kind = Metre
		if p.X, err = row.Float("x", -1e8, 1e8); err == nil {
			p.Y, err = row.Float("y", -1e8, 1e8)
		}
	}
	return id, p, err
}

// persons reads a number of people, or whether there have to be two.
func persons(row text.Row) (int64, error) {
	switch strings.ToLower(row.Text("persons")) {
	case "是", "yes", "true":
		return 2, nil
	case "否", "no", "false":
		return 1, nil
	}
	return row.IntOr("persons", 1, 1, 100)
}

// span reads two times of day.
func span(row text.Row, first, last string, from, until int64) (int64, int64, error) {
	var err error
	if from, err = clock(row, first, from); err != nil {
		return 0, 0, err
	}
	if until, err = clock(row, last, until); err != nil {
		return 0, 0, err
	}
	if until < from {
		return 0, 0, row.Fault(last, Backwards)
	}
	return from, until, nil
}

// clock reads a time of day, or gives another one where nothing stands there.
func clock(row text.Row, column string, otherwise int64) (int64, error) {
	s := row.Text(column)
	if s == "" {
		return otherwise, nil
	}
	h, m, ok := strings.Cut(strings.Replace(s, "：", ":", 1), ":")
	hours, fine := digits(h)
	minutes, good := digits(m)
	if t := hours*hour + minutes*minute; ok && fine && good && len(m) == 2 && minutes < 60 && t <= dayEnd {
		return t, nil
	}
	return 0, row.Fault(column, NotATime)
}

// digits reads one or two of them.
func digits(s string) (n int64, ok bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, len(s) == 1 || len(s) == 2
}
