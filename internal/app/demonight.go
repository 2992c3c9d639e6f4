package app

import (
	"context"
	"fmt"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/nightschool"
)

// demoCourses are the demo's evening courses, shaped by what 咸安区 has told of its own: more than ten kinds, calligraphy with 50 seats in three
// classes, most of them free. asked is how many sign up.
var demoCourses = []struct {
	title, teacher string
	weekday        int // days after the first Monday
	places         int64
	asked          int
	fee            money.Fen
}{
	{"书法（一班）", "周予安", 0, 20, 24, 0},
	{"书法（二班）", "陈启", 1, 15, 15, 0},
	{"书法（三班）", "余佳", 3, 15, 11, 0},
	{"瑜伽", "雷文", 1, 16, 22, 20 * money.Yuan},
	{"街舞", "镇小宁", 2, 16, 13, 20 * money.Yuan},
	{"短视频拍摄", "汪可", 0, 12, 16, 0},
	{"声乐", "徐一鸣", 2, 12, 7, 0},
	{"插花", "曾小满", 4, 10, 12, 0},
	{"青砖茶品鉴", "石青", 3, 12, 6, 0},
	{"手机摄影", "葛云", 4, 12, 9, 0},
	{"英语口语", "邱禾", 0, 12, 8, 0},
	{"非遗剪纸", "周小满", 2, 10, 5, 0},
}

// addDemoNight holds a running term of the night school, and lets people vote for the next.
func (s *services) addDemoNight(ctx context.Context, nodes map[string]org.Node) error {
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	defer s.in.clock.turn(0)
	by, county := authz.System(s.in.city.Slug), nodes["421202000000"]
	today := time.Now().In(zone)
	at := func(days, hour int) time.Time {
		return time.Date(today.Year(), today.Month(), today.Day()+days, hour, 0, 0, 0, zone)
	}
	s.in.clock.to(at(-62, 9))
	learners, err := s.addDemoLearners(ctx, by, county)
	if err != nil {
		return err
	}
	now, err := s.addDemoTerm(ctx, by, county, "本期夜校", at, -60)
	if err != nil {
		return err
	}
	s.in.clock.to(at(-58, 12))
	if err := s.addDemoVotes(ctx, by, now, learners); err != nil {
		return err
	}
	s.in.clock.to(at(-44, 9))
	if err := s.night.PublishTerm(ctx, by, now, ""); err != nil {
		return err
	}
	monday := day.Of(at(-26, 9), zone)
	monday = monday.AddDays((8 - int(monday.Weekday())) % 7)
	var courses []nightschool.ID
	for i := range demoCourses {
		which, err := s.addDemoCourse(ctx, by, county, now, i, monday)
		if err != nil {
			return fmt.Errorf("demo: course %s: %w", demoCourses[i].title, err)
		}
		courses = append(courses, which)
	}
	s.in.clock.to(at(-40, 10).Add(time.Second))
	for i, which := range courses {
		for n := range demoCourses[i].asked {
			if _, err := s.night.SignUp(ctx, learner(by.City, learners[(i*13+n)%len(learners)]), which, true); err != nil {
				return fmt.Errorf("demo: %s: %w", demoCourses[i].title, err)
			}
		}
	}
	s.in.clock.turn(0)
	next, err := s.addDemoTerm(ctx, by, county, "下期夜校", at, -2)
	if err != nil {
		return err
	}
	return s.addDemoVotes(ctx, by, next, learners)
}

// addDemoTerm writes a term down whose voting begins so many days from today.
func (s *services) addDemoTerm(ctx context.Context, by authz.Actor, county org.Node, title string, at func(int, int) time.Time, begins int) (edition.ID, error) {
	return s.night.AddTerm(ctx, by, nightschool.Term{VoteFrom: at(begins, 9).UnixMicro(), VoteTo: at(begins+14, 18).UnixMicro(), Edition: edition.Edition{
		Org: county.ID, Title: title, Says: "下班后来学一门手艺。", Mode: edition.FirstCome, Opens: at(begins+20, 10).UnixMicro(), Closes: at(begins+23, 18).UnixMicro(), Paper: 120,
		First: day.Of(at(begins+30, 9), s.night.Zone), Last: day.Of(at(begins+120, 9), s.night.Zone), Most: 6, OfferFor: 24 * 60,
	}})
}

func learner(city string, who person.ID) authz.Actor {
	return authz.Actor{City: city, User: who.String(), Person: who.String(), Grants: []authz.Held{}}
}

// addDemoLearners enters young people, and the resident as whom one looks at the demo comes first.
func (s *services) addDemoLearners(ctx context.Context, by authz.Actor, county org.Node) (ids []person.ID, err error) {
	err = s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		known, err := person.Match(tx, s.in.keys, person.ResidentID, []string{demoPaper()})
		if err != nil {
			return err
		}
		var all []person.New
		for n := range 60 {
			all = append(all, person.New{Home: county.ID, Name: demoSurnames[n%len(demoSurnames)] + demoGiven[n*7%len(demoGiven)], Born: day.Must("1990-01-15").AddDays(n * 83)})
		}
		if ids, err = person.Add(tx, s.in.keys, all); err != nil {
			return err
		}
		if her := known[demoPaper()]; her != nil {
			ids = append([]person.ID{her.ID}, ids...)
		}
		return tx.Record(person.Create, county.ID.String(), act.Change{"demo": len(all)})
	})
	return ids, err
}

// addDemoVotes lets the office propose what is usual, and young people vote, some courses more than others.
func (s *services) addDemoVotes(ctx context.Context, by authz.Actor, term edition.ID, learners []person.ID) error {
	var ideas []nightschool.IdeaID
	for _, title := range []string{"书法", "瑜伽", "街舞", "短视频拍摄", "声乐", "插花", "青砖茶品鉴", "手机摄影", "英语口语", "非遗剪纸"} {
		made, err := s.night.ProposeAtDesk(ctx, by, nightschool.Idea{Term: term, Title: title})
		if err != nil {
			return err
		}
		ideas = append(ideas, made)
	}
	for n, who := range learners[1:] {
		chosen := []nightschool.IdeaID{ideas[n*n%len(ideas)], ideas[n%4]}
		if err := s.night.Vote(ctx, learner(by.City, who), term, chosen); err != nil {
			return err
		}
	}
	_, err := s.night.Propose(ctx, learner(by.City, learners[2]), nightschool.Idea{Term: term, Title: "吉他弹唱", Says: "零基础，周末晚上最好"})
	return err
}

// addDemoCourse registers a teacher and opens a course in a room of its own.
func (s *services) addDemoCourse(ctx context.Context, by authz.Actor, county org.Node, term edition.ID, i int, monday day.Day) (made nightschool.ID, err error) {
	x := demoCourses[i]
	born := day.Must("1980-05-01").AddDays(i)
	number, err := cn.SyntheticID("421202", born)
	if err != nil {
		return made, err
	}
	var site place.ID
	err = s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		sites, err := place.Search(tx, authz.Scope{Paths: []authz.Path{county.Path}}, "", 50)
		if err != nil {
			return err
		}
		for _, p := range sites {
			if p.Capacity == 0 || p.Capacity >= x.places {
				site = p.ID
				break
			}
		}
		made, err := person.Add(tx, s.in.keys, []person.New{{Home: county.ID, Name: x.teacher, Born: born, Papers: []person.Paper{{Kind: person.ResidentID, Number: string(number)}}}})
		if err != nil {
			return err
		}
		return tx.Record(person.Create, made[0].String(), act.Change{"demo": true})
	})
	if err != nil {
		return made, err
	}
	made, err = s.night.AddCourse(ctx, by, nightschool.Course{
		Term: term, Place: site, Room: fmt.Sprintf("%d 号教室", i+1), Title: x.title, Lead: x.teacher, AgeFrom: 18, AgeTo: 45, Places: x.places, Fee: x.fee,
		First: monday.AddDays(x.weekday), Starts: 19 * 60, Ends: 20*60 + 30, Lessons: 8,
	}, string(number), true)
	if err != nil {
		return made, err
	}
	return made, s.night.OfferCourse(ctx, by, made)
}

var (
	demoSurnames = []string{"周", "陈", "余", "雷", "镇", "沈", "汪", "徐", "曾", "石", "葛", "邱"}
	demoGiven    = []string{"一诺", "子涵", "思远", "雨桐", "浩然", "欣怡", "嘉豪", "梦琪", "文博", "晓彤", "天佑"}
)
