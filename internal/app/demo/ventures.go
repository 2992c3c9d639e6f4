package demo

import (
	"strconv"

	"zhidian/internal/platform/day"
)

// Venture is a made-up business of somebody made up.
type Venture struct {
	Area     string // code of the township where it belongs
	Name     string
	Founder  string
	About    string
	Industry string // GB/T 4754
	Category string
	Stage    string
	Entity   string
	Credit   string // empty while it is not registered
	Staff    int64
	Revenue  int64 // yuan of last year, 0 where nothing is known
	Began    day.Day
	Need     string // a kind of need, empty without one
	Says     string // the need in words
	Amount   int64  // yuan of a need of money
	Honour   string
}

// trade is a kind of business of which the ventures are made.
type trade struct {
	industry, category, suffix, about string
	needs                             []string
}

var businesses = []trade{
	{"C1530", "returnee", "青砖茶坊", "收本地茶农鲜叶制青砖茶，批发给茶馆，也在网上卖。", []string{"money", "market"}},
	{"A0141", "farmer", "蔬菜种植合作社", "流转土地种大棚蔬菜，供武汉的生鲜超市。", []string{"money", "people"}},
	{"A0313", "farmer", "黑山羊养殖场", "林下放养黑山羊，卖给城里的餐馆。", []string{"money", "advice"}},
	{"F5292", "online", "土特产网店", "直播卖桂花糕、竹笋、蜂蜜，日均发货八十单。", []string{"space", "people"}},
	{"H6110", "culture", "乡村民宿", "老屋改的民宿，十间房，周末多是武汉来的客人。", []string{"money", "market"}},
	{"I6513", "tech", "软件工作室", "给本地工厂做排产和仓库软件，五个人。", []string{"people", "space"}},
	{"C2041", "returnee", "竹制品厂", "楠竹做家具和餐具，出口和内销各半。", []string{"money", "market"}},
	{"C3985", "tech", "电子元件加工厂", "给深圳的客户加工电子元件，正扩第二条线。", []string{"money", "people"}},
	{"P8393", "graduate", "青少年编程班", "周末编程和机器人课，在册学员六十人。", []string{"space", "advice"}},
	{"O8111", "veteran", "汽车维修店", "退役汽车兵开的维修店，接农机维修。", []string{"money", "space"}},
	{"Q8521", "graduate", "托老服务中心", "社区日间照料和送餐上门。", []string{"space", "money"}},
	{"H6210", "other", "小餐馆", "做本地菜，外卖占一半。", []string{"money"}},
}

var needWords = map[string]string{
	"money":  "扩大经营缺周转资金，抵押物不够，想问有没有信用贷款。",
	"space":  "现在的场地太小，想在园区找一处便宜的地方。",
	"people": "旺季招不到人，希望帮忙找两三个固定员工。",
	"advice": "不懂财务和税务，希望有人指点。",
	"market": "销路单一，希望对接商超和电商平台。",
}

// Ventures makes the ventures of the city: as many as its size asks for, spread over the townships as their people are.
func (c *City) Ventures(size Size) []Venture {
	n := max(24, int(360*float64(size)))
	all := make([]Venture, n)
	for i := range all {
		r := dice("venture", uint64(i))
		t := businesses[r.IntN(len(businesses))]
		village := c.pick(r.Float64())
		founder := Name(r)
		v := Venture{Area: village.Code[:9] + "000", Founder: founder, About: t.about, Industry: t.industry, Category: t.category}
		v.Name = string([]rune(founder)[0]) + []string{"家", "记", "氏", "小"}[r.IntN(4)] + t.suffix
		v.Stage = []string{"idea", "started", "started", "growing", "growing", "stable", "paused"}[r.IntN(7)]
		v.Entity = "none"
		if v.Stage != "idea" {
			v.Entity = []string{"individual", "individual", "firm"}[r.IntN(3)]
			if t.category == "farmer" {
				v.Entity = "coop"
			}
			kind := map[string]string{"individual": "92", "firm": "91", "coop": "93"}[v.Entity]
			v.Credit = credit(kind, v.Area[:6], 500_000+i)
			v.Staff = int64(r.IntN(12))
			v.Revenue = int64(8+r.IntN(180)) * 10_000
			v.Began = day.Must("2019-03-01").AddMonths(r.IntN(80))
		}
		if r.IntN(3) > 0 {
			v.Need = t.needs[r.IntN(len(t.needs))]
			v.Says = needWords[v.Need]
			if v.Need == "money" {
				v.Amount = int64(5+r.IntN(26)) * 10_000
			}
		}
		if r.IntN(9) == 0 {
			v.Honour = "青年创业大赛第" + strconv.Itoa(1+r.IntN(6)) + "名"
		}
		all[i] = v
	}
	return all
}
