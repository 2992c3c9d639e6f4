package demo

import (
	"strconv"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
)

// makeBranches founds the league's organisations: half in schools, a fifth in enterprises, the rest in villages,
// offices and others (domain.md §7.3). Some villages and companies have none, so that there is something to find.
func (c *City) makeBranches(size Size) {
	add := func(b branch) string {
		b.no = "T" + strconv.Itoa(10_000_000+len(c.branches))
		c.branches = append(c.branches, b)
		return b.name
	}
	city := add(branch{name: "共青团咸宁市委员会", class: "团的领导机关", host: "咸宁市", code: "421200000000"})
	county, town := map[string]string{}, map[string]string{} // the league body of a division
	called := map[string]string{}                            // a township with its county's name before it
	for _, d := range c.Divisions {
		switch d.Level {
		case "county":
			county[d.Code] = add(branch{name: "共青团" + d.Name + "委员会", class: "团的领导机关", above: city, host: d.Name, code: d.Code})
		case "township":
			class := "团委"
			if d.Farm {
				class = "团工委"
			}
			called[d.Code] = c.nameOf[d.Parent] + d.Name
			town[d.Code] = add(branch{name: "共青团" + called[d.Code] + "委员会", class: class, above: county[d.Parent], host: d.Name, code: d.Code})
		case "village":
			if chance(d.Code, 5) < 0.13 {
				continue
			}
			add(branch{name: called[d.Parent] + d.Name + "团支部", class: "团支部", above: town[d.Parent], host: d.Name, code: d.Code, weight: 18})
		}
	}
	for _, s := range c.schools {
		above := county[c.countyOf[s.code].Code]
		name := add(branch{name: "共青团" + s.name + "委员会", class: "团委", above: above, host: s.name, code: s.code})
		classes := 3 + int(13*chance(s.name, 6))
		if s.kind == "学院" || s.kind == "高级中学" {
			classes += 12
		}
		for k := range classes {
			add(branch{name: s.name + strconv.Itoa(2023+k%3) + "级" + strconv.Itoa(k/3+1) + "班团支部", class: "团支部", above: name, host: s.name, code: s.code, pupils: true, weight: 21})
		}
	}
	for _, u := range c.companies {
		if chance(u.name, 7) < 0.42 {
			continue
		}
		add(branch{name: u.name + "团支部", class: "团支部", above: town[c.townOf[u.code].Code], host: u.name, code: u.code, weight: 3 + float64(u.staff)/6})
	}
	for i := range int(850 * size) {
		v := c.pick(chance("office"+strconv.Itoa(i), 8))
		t := c.townOf[v.Code].Code
		add(branch{name: called[t] + "机关第" + strconv.Itoa(i+1) + "团支部", class: "团支部", above: town[t], host: c.townOf[v.Code].Name, code: c.townOf[v.Code].Code, weight: 11})
	}
}

// Branches is the register of the league's organisations.
func (c *City) Branches(asOf day.Day) Table {
	t := Table{
		Kind: "league_orgs", Name: "智慧团建团组织", File: "智慧团建-团组织导出", AsOf: asOf,
		Head: []string{"组织编号", "组织全称", "组织类别", "上级组织", "所属单位", "单位所属行业类别", "所在区划代码"},
	}
	for _, b := range c.branches {
		t.Rows = append(t.Rows, []string{b.no, b.name, b.class, b.above, b.host, "", b.code})
	}
	return t
}

var ethnic = []string{"汉族", "汉族", "汉族", "汉族", "汉族", "汉族", "汉族", "土家族", "苗族", "回族"}

// Members is the register of league members. Each gets an ID of its own: area and birth date never meet twice.
func (c *City) Members(size Size, asOf day.Day, round int) Table {
	t := Table{
		Kind: "members", Name: "智慧团建团员", File: "智慧团建-团员导出", AsOf: asOf,
		Head: []string{"姓名", "性别", "民族", "出生日期", "身份证号码", "学历", "政治面貌", "入团年月", "发展团员编号", "手机号码", "所在团支部", "团内职务", "工作单位或学校", "居住村（社区）代码"},
	}
	sum := 0.0
	for _, b := range c.branches {
		sum += b.weight
	}
	first := day.Must("1998-04-01")
	const days = 4300 // births to the end of 2009
	n, areas := 0, len(idAreas)
	for bi, b := range c.branches {
		if b.weight == 0 {
			continue
		}
		count := int(memberTotal*float64(size)*b.weight/sum + chance(b.no, 9))
		for k := range count {
			r := dice(b.no+"/"+strconv.Itoa(k), 10)
			slot := n
			n++
			if late := r.IntN(100) < 3; late && round == 0 { // came since the earlier export; the dice fall alike in both rounds
				continue
			}
			born := first.AddDays((slot*1777 + slot/days) % days)
			sex := "男"
			if r.IntN(100) < 47 {
				sex = "女"
			}
			home := c.villageNear(b.code, r.Float64())
			joined := born.Year() + 14 + r.IntN(3)
			unit, degree := b.host, "本科"
			if b.pupils {
				degree = "普通高中"
			} else if home != "" && r.IntN(4) == 0 && len(c.companies) > 0 {
				unit = c.companies[(bi*31+k)%len(c.companies)].name
			}
			number := ""
			if joined >= 2017 {
				number = strconv.Itoa(joined) + pad(slot, 8)
			}
			duty := ""
			if k == 0 {
				duty = "支部书记"
			}
			who := Name(r)
			if mended := r.IntN(400) == 0; mended && round == 1 {
				who += "岚" // a corrected name
			}
			t.Rows = append(t.Rows, []string{
				who, sex, ethnic[r.IntN(len(ethnic))], born.String(), resident(idAreas[(slot/days)%areas], born), degree, "共青团员",
				strconv.Itoa(joined) + "-05", number, "1" + strconv.Itoa(3+slot%7) + pad((slot*7919)%1_000_000_000, 9), b.name, duty, unit, home,
			})
		}
	}
	return t
}

// villageNear is the code of a village in the same township, empty for those who live at school.
func (c *City) villageNear(code string, x float64) string {
	if x < 0.2 {
		return ""
	}
	town := code[:9]
	var in []string
	for _, v := range c.villages {
		if v.Code[:9] == town {
			in = append(in, v.Code)
		}
	}
	if len(in) == 0 {
		return ""
	}
	return in[int(x*997)%len(in)]
}

// resident makes the one check-valid ID of an area and birth date that was never issued.
func resident(area string, born day.Day) string {
	id, err := cn.SyntheticID(area, born)
	if err != nil {
		panic(err) // areas are constants of this package
	}
	return string(id)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
