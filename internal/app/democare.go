package app

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/volunteering"
)

// demoCare lets the demo look after children: one season is half over, one is open for sign-up, one was drawn.
type demoCare struct {
	*demoRun
	by       authz.Actor // a rule, where no account of the demo acts
	sites    []careSite
	families []careFamily // who are not signed up yet
	resident careFamily
	dice     *rand.Rand

	certified volunteering.ID // whose hours are certified
	mate      volunteering.ID // who is to have them, if she has served
	classes   []careClass     // of the season that is half over
}

type careSite struct {
	id   place.ID
	at   org.ID
	name string // of the village
}

// careClass is a class that has begun.
type careClass struct {
	id   childcare.ID
	site careSite
	kids []careChild // who have a place
}

// The days of the demo's seasons, counted from today.
const (
	careBegins, careEnds = -14, 28 // of the one that is half over
	careFound            = -40     // when the first of them was written down
)

// addDemoCare makes the demo's child care and its volunteers, each act on its day.
func (s *services) addDemoCare(ctx context.Context, nodes map[string]org.Node, accounts map[string]account.ID) error {
	run, err := s.newDemoRun(ctx, nodes, accounts)
	if err != nil {
		return err
	}
	d := &demoCare{demoRun: run, by: authz.System(s.in.city.Slug), dice: demoDice()}
	defer s.in.clock.turn(0)
	d.at(careFound, 9, 0)
	if err := s.clear.TakeIn(ctx, d.by); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{d.findSites, d.register, d.halfOver, d.term, d.open, d.drawn, d.serve} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("demo: care: %w", err)
		}
	}
	return nil
}

// at turns the clock to a time of a day, counted from today.
func (d *demoCare) at(days, hour, minute int) { d.in.clock.to(d.when(days, hour, minute)) }

func (d *demoCare) when(days, hour, minute int) time.Time {
	return d.today.AddDays(days).Start(d.care.Zone).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// demoCareSites are two sites that a desk has entered by hand: one in the township of the demo's secretary, one in the resident's village.
var demoCareSites = []struct{ code, name string }{
	{demoTownship, "汀泗桥镇青年之家（演示）"},
	{demoTown, "四邑村党群服务中心（演示）"},
}

// findSites enters the two, and takes up to two more of each county from the register of sites.
func (d *demoCare) findSites(ctx context.Context) error {
	for _, x := range demoCareSites {
		n := d.nodes[x.code]
		made, err := d.places.Create(ctx, d.by, place.Given{Org: n.ID, Kind: "青年之家", Name: x.name, At: *n.At, CRS: "wgs84", Fineness: "point", Capacity: 45})
		if err != nil {
			return err
		}
		d.sites = append(d.sites, careSite{made, n.ID, n.Name})
	}
	for _, county := range []string{"421202000000", "421221000000", "421222000000", "421223000000", "421224000000", "421281000000"} {
		got, err := d.places.List(ctx, d.by, place.Filter{At: d.nodes[county].Path, Size: 4}, "")
		if err != nil {
			return err
		}
		n := 0
		for _, p := range got.Items {
			if p.ID != d.sites[0].id && p.ID != d.sites[1].id && n < 2 {
				d.sites, n = append(d.sites, careSite{p.ID, p.Org, p.OrgName}), n+1
			}
		}
	}
	if len(d.sites) < 7 {
		return fmt.Errorf("%d sites", len(d.sites))
	}
	return nil
}

// season writes a season down and publishes it.
func (d *demoCare) season(ctx context.Context, title, says string, kind childcare.Kind, mode edition.Mode, opens, closes, first, last int) (edition.ID, error) {
	x := childcare.Season{Kind: kind, Largest: childcare.UsualLargest, PerAdult: childcare.UsualPerAdult, Groups: []edition.Group{{No: 1, Label: "留守、困境或新就业群体家庭的孩子", Points: 10}}}
	x.Edition = edition.Edition{
		Org: d.nodes["421200000000"].ID, Title: title, Says: says, Mode: mode, Opens: d.when(opens, 10, 0).UnixMicro(), Closes: d.when(closes, 18, 0).UnixMicro(), Paper: 24 * 60,
		First: d.today.AddDays(first), Last: d.today.AddDays(last), Most: 2, OfferFor: 48 * 60,
	}
	made, err := d.care.AddSeason(ctx, d.as["clerk"], x)
	if err != nil {
		return made, err
	}
	return made, d.care.PublishSeason(ctx, d.as["clerk"], made, demoDrawn)
}

// demoDrawn is the public value that a draw names beforehand.
const demoDrawn = "报名截止后第二天福彩 3D 的开奖号码"

// class proposes a class at a site, which the demo's colleague has looked at, and offers it. Failing is what was found wanting; where it is
// "unseen" nobody has looked yet, and neither is offered.
func (d *demoCare) class(ctx context.Context, season edition.ID, site careSite, title, hours string, places int64, failing string) (childcare.ID, error) {
	made, err := d.care.ProposeClass(ctx, d.as["clerk"], childcare.Class{
		Edition: season, Place: site.id, Title: title, Hours: hours, AgeFrom: 6, AgeTo: 12, Places: places, Adults: (places + 9) / 10 * 2, Lead: demo.Name(d.dice),
		Says: "作业辅导、阅读、手工和安全教育，不上新课。请自带水杯，饮食过敏请提前说明。",
	})
	if err != nil || failing == "unseen" {
		return made, err
	}
	check := place.Check{On: day.Of(d.db.Now(), d.care.Zone), Until: d.today.AddDays(120), Inspector: "沈明远"}
	for _, item := range childcare.CheckItems {
		x := place.CheckItem{Item: item, Passed: item != failing}
		if !x.Passed {
			x.Note = "后门通道堆放杂物，整改后复查"
		}
		check.Items = append(check.Items, x)
	}
	if err := d.care.CheckSite(ctx, d.as["colleague"], made, check); err != nil || failing != "" {
		return made, err
	}
	if err := d.photos.OfCheck(ctx, d.as["colleague"], made, photo.Given{Says: "教室和灭火器"}, bytes.NewReader(d.photo)); err != nil {
		return made, err
	}
	return made, d.care.OfferClass(ctx, d.as["clerk"], made)
}

// join signs a family up: by itself where it has an account, else on paper at the desk.
func (d *demoCare) join(ctx context.Context, class childcare.ID, f careFamily) (enrolment.Key, error) {
	j := childcare.Joining{Class: class, Agreed: true, Photo: f.no%3 != 0}
	for _, k := range f.kids {
		j.Children = append(j.Children, k.id)
	}
	if f.no%4 == 0 {
		j.Group = 1
	}
	var got childcare.Joined
	var err error
	if f.by.User != "" {
		got, err = d.care.SignUp(ctx, f.by, j)
	} else {
		got, err = d.care.EnterSignUp(ctx, d.as["clerk"], j, enrolment.Paper, f.adult)
	}
	return got.Key, err
}

// joinAll signs families up until a class has so many children, a minute after one another.
func (d *demoCare) joinAll(ctx context.Context, class childcare.ID, children int, days, hour int) (keys []enrolment.Key, kids []careChild, err error) {
	for n := 0; len(kids) < children; n++ {
		d.at(days, hour, n)
		f := d.next()
		k, err := d.join(ctx, class, f)
		if err != nil {
			return nil, nil, err
		}
		for i := range f.kids {
			f.kids[i].key = k
		}
		keys, kids = append(keys, k), append(kids, f.kids...)
	}
	return keys, kids, nil
}

// halfOver is the season that began two weeks ago: three classes, one with a queue.
func (d *demoCare) halfOver(ctx context.Context) error {
	d.at(-36, 9, 0)
	season, err := d.season(ctx, fmt.Sprintf("%d 年爱心托管（学期班）", d.today.Year()), "放学后到家长下班前，免费，自愿参加。", "term", edition.FirstCome, -30, -20, careBegins, careEnds)
	if err != nil {
		return err
	}
	for i, x := range []struct {
		title    string
		places   int64
		children int
	}{{"汀泗桥镇放学后托管班", 20, 13}, {"四邑村放学后托管班", 15, 9}, {"社区放学后托管班", 10, 13}} {
		d.at(-35+i, 10, 0)
		class, err := d.class(ctx, season, d.sites[i], x.title, "周一至周五 15:30–18:00", x.places, "")
		if err != nil {
			return err
		}
		if i == 1 { // the resident's child
			d.families = append([]careFamily{d.resident}, d.families...)
		}
		_, kids, err := d.joinAll(ctx, class, x.children, -30, 10+i)
		if err != nil {
			return err
		}
		if kids, err = d.placed(ctx, class, kids); err != nil {
			return err
		}
		d.classes = append(d.classes, careClass{class, d.sites[i], kids})
	}
	return nil
}

// open is the season whose sign-up goes on: one class is full and a place in it was given up, the others have places left, one was called
// off, and at two sites nothing can be offered.
func (d *demoCare) open(ctx context.Context) error {
	kind, word := childcare.Kind("winter"), "寒假"
	if m := int(d.today.AddMonths(1).String()[5]-'0')*10 + int(d.today.AddMonths(1).String()[6]-'0'); m >= 4 && m <= 8 {
		kind, word = "summer", "暑期"
	}
	d.at(-12, 9, 0)
	season, err := d.season(ctx, fmt.Sprintf("%d 年%s爱心托管班", d.today.AddMonths(1).Year(), word), "面向 6 至 12 岁儿童，免费，自愿参加；周一至周五全天。", kind, edition.FirstCome, -3, 8, 14, 42)
	if err != nil {
		return err
	}
	for i, site := range d.sites {
		d.at(-11+i/4, 9+i%4, 0)
		places, failing := int64(15+i%3*5), ""
		switch i {
		case 0:
			places = 8
		case 5:
			failing = "unseen"
		case 6:
			failing = "fire"
		}
		class, err := d.class(ctx, season, site, site.name+word+"托管班", "周一至周五 08:00–17:30", places, failing)
		if err != nil {
			return err
		}
		switch {
		case failing != "":
		case i == 0:
			err = d.full(ctx, class)
		case i == 3:
			if _, _, err = d.joinAll(ctx, class, 2, -3, 11); err == nil {
				d.at(-1, 9, 0)
				err = d.care.CancelClass(ctx, d.as["clerk"], class, "场地装修，改在邻近社区开班")
			}
		default:
			_, _, err = d.joinAll(ctx, class, 2+i%4*2, -3, 12)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// full fills a class with families that wait behind, and lets one of those who came first give her place up.
func (d *demoCare) full(ctx context.Context, class childcare.ID) error {
	keys, _, err := d.joinAll(ctx, class, 12, -3, 10)
	if err != nil {
		return err
	}
	d.at(-1, 19, 30)
	return d.care.Leave(ctx, d.by, keys[0])
}

// drawn is the season whose places were drawn.
func (d *demoCare) drawn(ctx context.Context) error {
	d.at(-22, 9, 0)
	season, err := d.season(ctx, "青少年宫周末公益课堂", "每周六上午，共六次。名额少，截止后统一摇号，不比手快。", "open", edition.Lottery, -20, -10, 7, 47)
	if err != nil {
		return err
	}
	class, err := d.class(ctx, season, d.sites[2], "周末科学小课堂", "周六 09:00–11:00", 8, "")
	if err != nil {
		return err
	}
	if _, _, err := d.joinAll(ctx, class, 14, -18, 14); err != nil {
		return err
	}
	d.at(-8, 21, 30)
	if err := d.care.CatchUp(ctx, d.by.City); err != nil {
		return err
	}
	if err := d.care.TellPublic(ctx, d.as["clerk"], season, "385"); err != nil {
		return err
	}
	return d.care.CatchUp(ctx, d.by.City)
}

// cleared gives an adult the three papers without which nobody is with children.
func (d *demoCare) cleared(ctx context.Context, who person.ID, at org.ID, kinds ...clearance.Kind) error {
	on := day.Of(d.db.Now(), d.care.Zone)
	for _, k := range kinds {
		p := clearance.Paper{Person: who, Org: at, Kind: k, Result: clearance.Passed, On: on, Until: on.AddMonths(11), Issuer: "咸安区公安分局（演示）"}
		switch k {
		case clearance.Training:
			p.Issuer = "团市委志愿者培训班（演示）"
		case clearance.Agreement:
			p.Issuer, p.Until = "团市委（演示）", 0
		}
		if _, err := d.clear.Enter(ctx, d.as["clerk"], p); err != nil {
			return err
		}
	}
	return nil
}
