package demo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
)

// Table is one spreadsheet as a registry or an office would export it: a header and rows of text.
type Table struct {
	Kind string // what the importing service calls such rows
	Name string // the source
	File string // the file's name without ending
	AsOf day.Day
	Head []string
	Rows [][]string
}

// Size scales the demo: 1 is the whole city of domain.md §9, tests take less.
type Size float64

// totals of the whole city (domain.md §7.3 and §9.1, both derived figures).
const (
	youthTotal   = 638_000
	memberTotal  = 139_000
	companyTotal = 2_400
	schoolTotal  = 300
	siteTotal    = 420
)

// City is everything the demo knows before it is imported.
type City struct {
	Divisions []Division
	villages  []Division
	townOf    map[string]Division
	countyOf  map[string]Division
	nameOf    map[string]string
	companies []unit
	schools   []unit
	branches  []branch
}

// unit is a company or school.
type unit struct {
	name, code, credit, kind, trade string
	lon, lat                        float64
	staff                           int
}

// branch is an organisation of the league.
type branch struct {
	name, class, above, host, code, no string
	pupils                             bool
	weight                             float64
}

// Make draws the city.
func Make(size Size) (*City, error) {
	all, err := Divisions()
	if err != nil {
		return nil, err
	}
	c := &City{Divisions: all, townOf: map[string]Division{}, countyOf: map[string]Division{}, nameOf: map[string]string{}}
	byCode := map[string]Division{}
	for _, d := range all {
		byCode[d.Code] = d
		c.nameOf[d.Code] = d.Name
		if d.Level == "village" {
			c.villages = append(c.villages, d)
			c.townOf[d.Code] = byCode[d.Parent]
			c.countyOf[d.Code] = byCode[byCode[d.Parent].Parent]
		}
	}
	c.makeUnits(size)
	c.makeBranches(size)
	return c, nil
}

// share is a village's share of the city's young people.
func (c *City) share(v Division) float64 {
	return v.Weight * c.townOf[v.Code].Weight * c.countyOf[v.Code].Weight
}

// Youth is the count per village and age band at a date; the later of two dates sees more young people come home.
func (c *City) Youth(size Size, asOf day.Day, round int) Table {
	t := Table{
		Kind: "youth", Name: "村级青年摸底表", File: fmt.Sprintf("村级青年摸底表-%s", asOf), AsOf: asOf,
		Head: []string{"县市区", "乡镇街道", "村（社区）", "区划代码", "14-17岁", "18-22岁", "23-28岁", "29-35岁"},
	}
	bands := []float64{0.19, 0.20, 0.27, 0.34}
	for _, v := range c.villages {
		if chance(v.Code, 77) < 0.008 {
			continue // villages that have not reported
		}
		row := []string{c.countyOf[v.Code].Name, c.townOf[v.Code].Name, v.Name, v.Code}
		for b, part := range bands {
			drift := 1 + 0.04*float64(round)*(chance(v.Code, 40+uint64(b))-0.4)
			n := math.Round(youthTotal * float64(size) * c.share(v) * part * (0.85 + 0.3*chance(v.Code, 20+uint64(b))) * drift)
			row = append(row, strconv.Itoa(int(n)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c *City) makeUnits(size Size) {
	for i := range int(companyTotal * size) {
		r := dice("company"+strconv.Itoa(i), 2)
		v := c.pick(r.Float64())
		c.companies = append(c.companies, unit{
			name: strings.TrimRight(c.countyOf[v.Code].Name, "市县区") + pretty[r.IntN(len(pretty))] + trades[r.IntN(len(trades))] + strconv.Itoa(100+i) + "号" + titles[r.IntN(len(titles))],
			code: v.Code, credit: credit("91", c.countyOf[v.Code].Code[:6], i+1), kind: "company", trade: industry[r.IntN(len(industry))],
			lon: v.At.Lon + (r.Float64()-0.5)*0.02, lat: v.At.Lat + (r.Float64()-0.5)*0.02, staff: int(3 + 60*r.Float64()*r.Float64()*r.Float64()),
		})
	}
	for i := range max(6, int(schoolTotal*float64(size))) {
		r := dice("school"+strconv.Itoa(i), 3)
		v := c.pick(r.Float64())
		kind := []string{"高级中学", "职业技术学校", "初级中学", "初级中学", "学院"}[min(4, i*5/max(6, int(schoolTotal*float64(size))+1))]
		c.schools = append(c.schools, unit{
			name: c.townOf[v.Code].Name + "第" + strconv.Itoa(i+1) + kind, code: v.Code, credit: credit("12", c.countyOf[v.Code].Code[:6], 50_000+i),
			kind: kind, lon: v.At.Lon + (r.Float64()-0.5)*0.02, lat: v.At.Lat + (r.Float64()-0.5)*0.02, staff: 20,
		})
	}
}

// pick draws a village by its share of young people.
func (c *City) pick(x float64) Division {
	for _, v := range c.villages {
		if x -= c.share(v); x < 0 {
			return v
		}
	}
	return c.villages[len(c.villages)-1]
}

// Companies is the list of employers.
func (c *City) Companies(asOf day.Day) Table {
	t := Table{
		Kind: "employers", Name: "规上及重点企业名录", File: "企业名录", AsOf: asOf,
		Head: []string{"企业名称", "统一社会信用代码", "所属行业", "所在村（社区）代码", "经度", "纬度", "35岁以下职工数"},
	}
	for _, u := range c.companies {
		t.Rows = append(t.Rows, []string{u.name, u.credit, u.trade, u.code, coord(u.lon), coord(u.lat), strconv.Itoa(u.staff)})
	}
	return t
}

// Schools is the list of schools.
func (c *City) Schools(asOf day.Day) Table {
	t := Table{
		Kind: "schools", Name: "学校名录", File: "学校名录", AsOf: asOf,
		Head: []string{"学校名称", "统一社会信用代码", "学校类型", "所在村（社区）代码", "经度", "纬度"},
	}
	for _, u := range c.schools {
		t.Rows = append(t.Rows, []string{u.name, u.credit, u.kind, u.code, coord(u.lon), coord(u.lat)})
	}
	return t
}

// Sites are places where young people are served.
func (c *City) Sites(size Size, asOf day.Day) Table {
	t := Table{
		Kind: "sites", Name: "青年活动阵地台账", File: "青年活动阵地", AsOf: asOf,
		Head: []string{"阵地名称", "类别", "所在村（社区）代码", "经度", "纬度", "可容纳人数"},
	}
	kinds := []string{"青年之家", "青年驿站", "托管点", "青年夜校"}
	for i := range max(8, int(siteTotal*float64(size))) {
		r := dice("site"+strconv.Itoa(i), 4)
		v := c.pick(r.Float64())
		k := kinds[r.IntN(len(kinds))]
		t.Rows = append(t.Rows, []string{v.Name + k, k, v.Code, coord(v.At.Lon + (r.Float64()-0.5)*0.01), coord(v.At.Lat + (r.Float64()-0.5)*0.01), strconv.Itoa(15 + r.IntN(60))})
	}
	return t
}

// credit makes a check-valid credit code of nobody.
func credit(kind, area string, serial int) string {
	c, err := cn.SyntheticCreditCode(kind, area, serial)
	if err != nil {
		panic(err) // kinds and areas are constants of this package
	}
	return string(c)
}

func coord(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
