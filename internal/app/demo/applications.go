package demo

import (
	"slices"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// Application is a made-up application for a loan, with the business that it is for and the way that it has gone.
type Application struct {
	Venture
	Born     day.Day
	Female   bool
	Group    string
	Spouse   string // empty: single
	Surety   string // empty: the amount is waived
	Partner  string // of a partnership
	Firm     bool
	Amount   money.Fen
	Months   int64
	Purpose  string
	ByPhone  bool // she applied herself; else it was entered at a counter
	Course   []Step
	Serial   int
	Hires    int64
	Debt     money.Fen // a housing loan that she pays off
	Homeward bool      // it belongs to the county that has departments of its own
}

// Step is what happened to an application so many working days ago.
type Step struct {
	Do  string
	Ago int
}

// Where the demo's secretaries sit, who can survey, and the county that has departments of its own.
const (
	surveyTown    = "421202100000"
	surveyVillage = "421221106202"
	wholeCounty   = "421202"
)

// courses of the county whose every desk is somebody's. hand is what an applicant does; return and refuse name the desk.
var courses = lines(`
draft@4
hand@0
hand@1
hand@5
hand@3 intake@2
hand@7 intake@6
hand@9 intake@8 survey@4
hand@6 intake@5 survey@1
hand@9 intake@8 survey@5 adopt@4
hand@7 intake@6 survey@3 adopt@1
hand@9 intake@8 complete@3 league@2
hand@14 intake@13 survey@10 adopt@9 league@7 hr@4 finance@3
hand@12 intake@11 survey@8 adopt@6 league@5 guarantor@1
hand@11 intake@10 complete@6 league@4 hr@2 guarantor@1
hand@13 intake@12 survey@9 adopt@8 league@6 hr@5 finance@4 guarantor@3 bank@1
hand@15 intake@14 survey@11 adopt@10 league@8 hr@6 finance@5 guarantor@4 bank@3 second@1
hand@16 intake@15 complete@11 league@9 hr@7 finance@6 guarantor@5 bank@3 second@2
hand@24 intake@23 survey@20 adopt@18 league@17 hr@14 finance@14 guarantor@13 bank@12 second@11
hand@27 intake@26 survey@23 adopt@21 league@20 hr@17 finance@16 guarantor@16 bank@14 second@13
hand@22 intake@21 complete@17 league@16 hr@13 finance@13 guarantor@12 bank@10 second@9
hand@10 intake@9 survey@6 adopt@5 league@4 return-hr@2
hand@12 return-intake@9
hand@16 intake@15 survey@12 adopt@11 league@9 return-bank@6 answer@2
hand@24 return-intake@20
hand@12 intake@11 survey@9 adopt@8 league@6 refuse-hr@3
hand@18 intake@17 survey@14 adopt@13 league@11 hr@10 refuse-guarantor@7 appeal@4
hand@30 intake@29 survey@26 adopt@25 league@23 refuse-hr@20 appeal@18 dismiss@12
hand@20 intake@19 survey@17 adopt@16 league@15 refuse-hr@13 appeal@10 uphold@4
hand@8 intake@6 withdraw@4
hand@10 intake@9 survey@6 adopt@5 league@3 cosign-hr@1
hand@4 intake@3 recuse-survey@1`)

// courses elsewhere: departments there have no account in the demo.
var elsewhere = lines(`
hand@1
hand@4
hand@2 intake@1
hand@8 intake@7
draft@2
hand@10 intake@9 complete@5 league@4 bank@1
hand@7 intake@6 complete@3
hand@9 intake@8 complete@3 league@1 guarantor@0
hand@6 return-intake@4
hand@9 intake@7 withdraw@3
hand@13 intake@12 complete@9 league@8
hand@5 intake@4 complete@1`)

func lines(text string) (all [][]Step) {
	for line := range strings.Lines(strings.TrimSpace(text)) {
		var course []Step
		for word := range strings.FieldsSeq(line) {
			do, ago, _ := strings.Cut(word, "@")
			n := 0
			for _, c := range ago {
				n = n*10 + int(c-'0')
			}
			course = append(course, Step{do, n})
		}
		all = append(all, course)
	}
	return all
}

var purposes = []string{"添置加工设备，赶旺季订单", "进货周转，备足下半年的原料", "扩建大棚两亩，换滴灌", "装修门面，添一台冷柜", "租第二处场地，添两名员工", "更新直播和打包设备"}

// Applications makes the applications of the last weeks: some ninety, each course twice; fewer only in the smallest cities.
func (c *City) Applications(size Size) []Application {
	kinds := slices.Concat(courses, elsewhere)
	all := make([]Application, min(92, max(12, int(2200*float64(size)))))
	for i := range all {
		r := dice("application", uint64(i))
		at := i * 3 % len(kinds) // all of them by turns, for three does not divide how many there are
		a := Application{Serial: i, Homeward: at < len(courses), Course: kinds[at]}
		t := businesses[r.IntN(len(businesses))]
		founder := Name(r)
		a.Venture = Venture{Area: c.home(r.Float64(), a), Founder: founder, About: t.about, Industry: t.industry, Category: t.category, Entity: "individual", Stage: []string{"started", "growing", "stable"}[r.IntN(3)]}
		a.Name = string([]rune(founder)[0]) + []string{"家", "记", "氏", "小"}[r.IntN(4)] + t.suffix
		a.Born, a.Female, a.Group = day.Must("1983-01-05").AddDays(i*61+r.IntN(60)), r.Float64() < 0.42, group(r.Float64())
		a.Amount, a.Months, a.Purpose = []money.Fen{80_000, 150_000, 200_000, 300_000}[r.IntN(4)]*money.Yuan, []int64{12, 24, 24, 36}[r.IntN(4)], purposes[r.IntN(len(purposes))]
		a.Staff, a.ByPhone = int64(r.IntN(6)), r.Float64() < 0.6
		if r.IntN(10) < 6 {
			a.Spouse = Name(r)
		}
		if a.Amount > 100_000*money.Yuan {
			a.Surety = Name(r)
		}
		kind := "92"
		switch x := r.IntN(12); {
		case x == 0:
			kind, a.Firm, a.Entity, a.Group, a.Spouse = "91", true, "firm", "", ""
			a.Amount, a.Months, a.Staff = money.Fen(60+10*r.IntN(10))*10_000*money.Yuan, 24, int64(8+r.IntN(20))
			a.Hires = 2 + a.Staff/5
		case x == 1:
			a.Partner = Name(r)
		case x < 5:
			a.Debt = money.Fen(60_000+10_000*r.IntN(20)) * money.Yuan
		}
		a.Credit, a.Began = credit(kind, a.Area[:6], 700_000+i), day.Must("2020-05-04").AddDays(r.IntN(1500))
		all[i] = a
	}
	return all
}

// home is where an application is taken in: where a secretary can survey, if it was surveyed.
func (c *City) home(x float64, a Application) string {
	for _, s := range a.Course {
		if s.Do == "survey" {
			return surveyTown
		}
	}
	if !a.Homeward && x < 0.3 {
		return surveyVillage
	}
	if a.Homeward && x < 0.4 {
		return surveyTown
	}
	for k := range uint64(1000) {
		if v := c.pick(chance("home", k<<8+uint64(a.Serial))); (v.Code[:6] == wholeCounty) == a.Homeward {
			return v.Code[:9] + "000"
		}
	}
	return surveyTown
}
