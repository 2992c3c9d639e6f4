package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"

	"zhidian/solver/routing"
	"zhidian/solver/routing/week"
	"zhidian/solver/text"
)

// weekFiles are the tables of a plan for teams.
type weekFiles struct{ visits, teams, matrix, roads, near string }

func (f *weekFiles) flags(fs *flag.FlagSet) {
	fs.StringVar(&f.visits, "visits", "", "")
	fs.StringVar(&f.teams, "teams", "", "")
	fs.StringVar(&f.matrix, "matrix", "", "")
	fs.StringVar(&f.roads, "roads", "", "")
	fs.StringVar(&f.near, "near", "", "")
}

// weekRates say how ways are reckoned, and what is worth how many minutes of them.
type weekRates struct{ detour, speed, keep, worth float64 }

func (r *weekRates) flags(fs *flag.FlagSet) {
	fs.Float64Var(&r.detour, "detour", 1.35, "")
	fs.Float64Var(&r.speed, "speed", 30, "")
	fs.Float64Var(&r.keep, "keep", 30, "")
	fs.Float64Var(&r.worth, "worth", 60, "")
}

// weekReport is what the command prints for teams. Objective and bound are seconds: of ways, and of what is left or moved.
type weekReport struct {
	planned
	Rounds  int64       `json:"rounds"`
	Minutes float64     `json:"travel_minutes"`
	Routes  []weekRoute `json:"routes"`
	Left    []weekVisit `json:"left"`
}

type weekRoute struct {
	Team    string      `json:"team"`
	Day     string      `json:"day,omitempty"`
	Leave   string      `json:"leave"`
	Back    string      `json:"back"`
	Lunch   string      `json:"lunch,omitempty"`
	Minutes float64     `json:"travel_minutes"`
	Visits  []weekVisit `json:"visits"`
}

type weekVisit struct {
	ID     string `json:"id"`
	Arrive string `json:"arrive,omitempty"`
	Begin  string `json:"begin,omitempty"`
	End    string `json:"end,omitempty"`
	Why    string `json:"why"`
	WhyEn  string `json:"why_en"`
}

// teams plans a week for teams.
func (r routeRun) teams(ctx context.Context, stdout io.Writer) error {
	w, err := r.readWeek()
	if err != nil {
		return err
	}
	if r.check != "" {
		var given weekReport
		if err := readJSON(r.check, &given); err != nil {
			return err
		}
		return checked(stdout, checkWeek(w, given))
	}
	watch := startWatch()
	s, err := r.solve(ctx, w.Problem, r.week.visits, func(visit int32) (zh, en string) {
		v := w.Visits[visit]
		return fmt.Sprintf("第 %d 行“%s”", v.Line, v.ID), fmt.Sprintf("line %d (%s)", v.Line, v.ID)
	})
	if err != nil {
		return err
	}
	report := weekReport{planned: watch.report(s.Objective, s.Bound, r.seed), Rounds: s.Rounds, Routes: []weekRoute{}, Left: []weekVisit{}}
	report.tell(w, s)
	return json.NewEncoder(stdout).Encode(report)
}

// readWeek reads the tables.
func (r routeRun) readWeek() (*week.Week, error) {
	ok := func(x, most float64) bool { return x >= 0 && x <= most }
	switch {
	case r.week.matrix != "" && r.week.roads != "":
		return nil, said{"--matrix 和 --roads 只用一个", "give one of --matrix and --roads"}
	case !ok(r.rates.keep, 10_000) || !ok(r.rates.worth, 10_000):
		return nil, said{"--keep 和 --worth 应在 0 至 10000 之间", "--keep and --worth are from 0 to 10000"}
	case !(r.rates.detour >= 1 && r.rates.detour <= 10) || !(r.rates.speed >= 1 && r.rates.speed <= 300):
		return nil, said{"--detour 应为 1 至 10，--speed 应为 1 至 300", "--detour is from 1 to 10, --speed from 1 to 300"}
	}
	visits, err := readProblem(r.week.visits, week.ReadVisits)
	if err != nil {
		return nil, err
	}
	teams, err := readProblem(r.week.teams, week.ReadTeams)
	if err != nil {
		return nil, err
	}
	if len(visits) > routing.MaxVisits || len(teams) > routing.MaxVisits {
		return nil, said{fmt.Sprintf("走访和队伍都最多 %d 行", routing.MaxVisits), fmt.Sprintf("at most %d visits and teams", routing.MaxVisits)}
	}
	var ways week.Ways = week.Straight{Detour: r.rates.detour, Speed: r.rates.speed}
	file := r.week.visits
	for _, table := range []struct {
		name string
		read func(io.Reader) (*week.Roads, error)
	}{{r.week.matrix, week.ReadMatrix}, {r.week.roads, week.ReadRoads}} {
		if table.name != "" {
			if ways, err = readProblem(table.name, table.read); err != nil {
				return nil, err
			}
			file = table.name
		}
	}
	earlier := map[string]week.Given{}
	if r.week.near != "" {
		var given weekReport
		if err := readJSON(r.week.near, &given); err != nil {
			return nil, err
		}
		for _, route := range given.Routes {
			for _, v := range route.Visits {
				earlier[v.ID] = week.Given{Team: route.Team, Day: route.Day}
			}
		}
	}
	w, err := week.New(visits, teams, ways, week.Rates{Priority: int64(r.rates.worth * 60), Move: int64(r.rates.keep * 60)}, earlier)
	var table *week.TableError
	var bad *text.Error
	var way *week.WayError
	switch {
	case errors.As(err, &table) && errors.As(err, &bad):
		if file = r.week.teams; table.Visits {
			file = r.week.visits
		}
		return nil, plainFault(file, bad)
	case errors.As(err, &way) && way.To == "":
		return nil, said{fmt.Sprintf("%s：没有地点“%s”", file, way.From), err.Error()}
	case errors.As(err, &way):
		return nil, said{fmt.Sprintf("%s：从“%s”到“%s”没有路", file, way.From, way.To), err.Error()}
	}
	return w, err
}

// tell writes a plan down.
func (report *weekReport) tell(w *week.Week, s routing.Solution) {
	why := make([]weekVisit, len(w.Visits))
	for _, c := range routing.Explain(w.Problem, s) {
		zh, en := weekWhy(w, c)
		why[c.Visit] = weekVisit{ID: w.Visits[c.Visit].ID, Why: zh, WhyEn: en}
	}
	n := len(w.Problem.Visits)
	for k, route := range s.Routes {
		shift := w.Shifts[s.Shifts[k]]
		d, _ := w.Times(s.Shifts[k], route)
		out := weekRoute{Team: w.Teams[shift.Team].ID, Day: w.Days[shift.Day], Back: clock(d.Back)}
		if shift.Lunch.Takes > 0 {
			out.Lunch = clock(d.Lunch)
		}
		leave := shift.Open
		if first := &d.Visits[0]; shift.Lunch.Takes == 0 || d.After > 0 { // nobody has to leave early to wait at a door
			leave += first.Begin - first.Arrive
			first.Arrive = first.Begin
		}
		at, travel := int(shift.From), int64(0)
		for i, v := range route {
			x := why[v]
			x.Arrive, x.Begin, x.End = clock(d.Visits[i].Arrive), clock(d.Visits[i].Begin), clock(d.Visits[i].End)
			out.Visits = append(out.Visits, x)
			travel += w.Length[at*n+int(v)]
			at = int(v)
		}
		travel += w.Length[at*n+int(shift.To)]
		out.Leave, out.Minutes = clock(leave), tenth(travel)
		report.Minutes += float64(travel) / 60
		report.Routes = append(report.Routes, out)
	}
	report.Minutes = math.Round(report.Minutes*10) / 10
	for _, v := range s.Left {
		report.Left = append(report.Left, why[v])
	}
}

// clock is a time of day.
func clock(seconds int64) string {
	minutes := (seconds + 59) / 60
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// tenth is a number of seconds in minutes.
func tenth(seconds int64) float64 { return math.Round(float64(seconds)/6) / 10 }

// weekReasons are the sentences for what keeps a visit from teams.
var weekReasons = map[routing.Reason]said{
	routing.Unskilled: {"没有技能相符的队", "no team has its skills"},
	routing.TooFew:    {"没有人数够的队", "no team has enough people"},
	routing.OtherDay:  {"在它的日子没有队出门", "no team goes out on its days"},
	routing.TooMuch:   {"已到每天最多的处数", "no team may make so many visits"},
	routing.TooEarly:  {"直接前往也赶不上它的时间", "nobody gets there before it is too late"},
	routing.TooLate:   {"去了就不能按时收队", "whoever goes there is back late"},
	routing.AtLunch:   {"去了就没有时间吃午饭", "whoever goes there has no time for lunch"},
	routing.Full:      {"时间或处数已经排满", "there is no time or room left"},
	routing.Tied:      {"要同一队去的另几处不归它", "the visits that want the same team are another team's"},
	routing.Dear:      {"路程超过它的价值", "the way is longer than it is worth"},
}

// weekWhy says why a visit is where it is.
func weekWhy(w *week.Week, c routing.Choice) (zh, en string) {
	name := func(shift int32) (zh, en string) {
		s := w.Shifts[shift]
		team, day := w.Teams[s.Team].ID, w.Days[s.Day]
		if day == "" {
			return team, team
		}
		return team + "（" + day + "）", team + " (" + day + ")"
	}
	x := w.Problem.Visits[c.Visit]
	reason := weekReasons[c.Why]
	switch {
	case c.Shift < 0 && c.Other >= 0:
		otherZh, otherEn := name(c.Other)
		zh = fmt.Sprintf("最近的是%s，要多走 %v 分钟，超过它的优先级所值的 %v 分钟", otherZh, tenth(c.More), tenth(x.Prize))
		en = fmt.Sprintf("%s comes closest, by %v minutes more, above the %v minutes that its priority is worth", otherEn, tenth(c.More), tenth(x.Prize))
	case c.Shift < 0:
		zh, en = reason.zh, reason.en
	case c.Able == 1:
		zh, en = "只有这一队这一天能去", "no other team and day can make it"
	case c.Other >= 0:
		otherZh, otherEn := name(c.Other)
		zh = fmt.Sprintf("在这里多走 %v 分钟；改由%s，多走 %v 分钟", tenth(c.Extra), otherZh, tenth(c.More))
		en = fmt.Sprintf("adds %v minutes here; with %s it would add %v", tenth(c.Extra), otherEn, tenth(c.More))
	default:
		zh = fmt.Sprintf("在这里多走 %v 分钟；别的队和日子不行：%s", tenth(c.Extra), reason.zh)
		en = fmt.Sprintf("adds %v minutes here; not with others: %s", tenth(c.Extra), reason.en)
	}
	if c.Shift >= 0 && x.Was > 0 && x.Was != c.Shift+1 {
		wasZh, wasEn := name(x.Was - 1)
		zh, en = zh+"；原计划是"+wasZh, en+"; was "+wasEn
	}
	return zh, en
}

// checkWeek checks a plan for teams made elsewhere.
func checkWeek(w *week.Week, given weekReport) error {
	var routes [][]int32
	var shifts []int32
	for _, r := range given.Routes {
		shift := slices.IndexFunc(w.Shifts, func(s routing.Shift) bool { return w.Teams[s.Team].ID == r.Team && w.Days[s.Day] == r.Day })
		if shift < 0 {
			return fmt.Errorf("there is no team %q on %q", r.Team, r.Day)
		}
		var route []int32
		for _, x := range r.Visits {
			v := slices.IndexFunc(w.Visits, func(v week.Visit) bool { return v.ID == x.ID })
			if v < 0 {
				return fmt.Errorf("there is no visit %q", x.ID)
			}
			route = append(route, int32(v))
		}
		routes, shifts = append(routes, route), append(shifts, int32(shift))
	}
	if len(routes) > len(w.Shifts) {
		return fmt.Errorf("%d routes for %d shifts", len(routes), len(w.Shifts))
	}
	s, err := routing.Costed(w.Problem, routes, shifts)
	if err != nil {
		return err
	}
	if s.Objective != given.planned.Objective {
		return fmt.Errorf("the plan costs %d, not %d", s.Objective, given.planned.Objective)
	}
	return routing.Check(w.Problem, s)
}
