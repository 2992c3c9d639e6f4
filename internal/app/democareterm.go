package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/term"
)

// demoLessons are what a class does on each weekday.
var demoLessons = [...][2]struct {
	title string
	topic term.Topic
}{
	{{"写作业", "homework"}, {"红色故事会", "theory"}},
	{{"写作业", "homework"}, {"手工与绘画", "activity"}},
	{{"写作业", "homework"}, {"防溺水与交通安全", "safety"}},
	{{"写作业", "homework"}, {"心情角", "mind"}},
	{{"写作业", "homework"}, {"亲子连线", "company"}},
}

// term lets the classes that have begun go on from day to day: lessons, who came and who fetched whom, and what was told in confidence.
func (d *demoCare) term(ctx context.Context) error {
	for i, c := range d.classes {
		if err := d.plan(ctx, i, c); err != nil {
			return err
		}
		if err := d.lists(ctx, c); err != nil {
			return err
		}
	}
	for ago := -careBegins; ago > 0; ago-- {
		if on := d.today.AddDays(-ago); !d.cal.Workday(on) || on.Weekday() == time.Saturday || on.Weekday() == time.Sunday {
			continue
		}
		d.at(-ago, 18, 20) // phones send in the evening
		for i, c := range d.classes {
			if err := d.attended(ctx, i, c, ago); err != nil {
				return err
			}
		}
	}
	d.at(-2, 18, 30)
	if err := d.photos.OfReport(ctx, d.as["teacher"], d.classes[0].id, photo.Given{Says: "手工课作品展示", Nobody: true}, bytes.NewReader(d.photo)); err != nil {
		return err
	}
	return d.told(ctx)
}

// plan puts two adults before a class, and its lessons into the timetable.
func (d *demoCare) plan(ctx context.Context, i int, c careClass) error {
	d.at(-17, 9, i)
	var leaders []person.ID
	for n := range 2 {
		who, err := d.carer(ctx, 2*i+n, c.site.at)
		if err != nil {
			return err
		}
		leaders = append(leaders, who)
	}
	first := careBegins
	for d.today.AddDays(first).Weekday() != time.Monday {
		first++
	}
	for wd, two := range demoLessons {
		on := first + wd
		if on >= careBegins+7 {
			on -= 7
		}
		for k, l := range two {
			from := d.when(on, 15, 40+k*65)
			g := term.Given{Title: l.title, Starts: from.UnixMicro(), Ends: from.Add(time.Hour).UnixMicro(), Topics: []term.Topic{l.topic}, Leaders: leaders[k : k+1]}
			if err := d.services.term.AddLesson(ctx, d.as["clerk"], c.id, g, (careEnds-on)/7); err != nil {
				return err
			}
		}
	}
	return nil
}

// carer enters an adult who may be with children.
func (d *demoCare) carer(ctx context.Context, no int, at org.ID) (who person.ID, err error) {
	n, err := d.somebody(demoCarerArea, day.Must("1988-03-01").AddDays(no*41), demo.Name(d.dice), "")
	if err != nil {
		return who, err
	}
	n.Home = at
	if err := d.db.Write(ctx, d.by, func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, d.in.keys, []person.New{n})
		if err != nil {
			return err
		}
		who = ids[0]
		return tx.Record(person.Create, who.String(), act.Change{"demo": true})
	}); err != nil {
		return who, err
	}
	return who, d.cleared(ctx, who, at, clearance.Check, clearance.Training, clearance.Agreement)
}

// lists lets families say who else may fetch their children, and what is to be known of some.
func (d *demoCare) lists(ctx context.Context, c careClass) error {
	for n, k := range c.kids {
		d.at(-16, 18, n)
		if n%2 == 0 {
			if _, err := d.care.LetCollect(ctx, d.as["clerk"], k.key, k.id, demo.Name(d.dice), "奶奶"); err != nil {
				return err
			}
		}
		if n%5 == 1 {
			h := childcare.Health{Allergies: "花生、坚果", Diet: "不吃辣"}
			if n%2 == 0 {
				h = childcare.Health{Illness: "哮喘", Medicine: "喷雾在书包侧袋，发作时联系妈妈"}
			}
			if err := d.care.SetHealth(ctx, d.as["clerk"], k.key, k.id, h, true); err != nil {
				return err
			}
		}
	}
	return d.db.Read(ctx, d.by.City, func(q *sqldb.Rx) error {
		for n := range c.kids {
			all, err := childcare.MayCollect(q, c.kids[n].id, d.today)
			if err != nil {
				return err
			}
			for _, x := range all {
				c.kids[n].with = append(c.kids[n].with, x.ID)
			}
		}
		return nil
	})
}

// stands is who stands before a class: its teacher, or the desk.
func (d *demoCare) stands(i int) authz.Actor {
	if i == 0 {
		return d.as["teacher"]
	}
	return d.as["clerk"]
}

// attended sends what was written down of a day, so many days ago, without network.
func (d *demoCare) attended(ctx context.Context, i int, c careClass, ago int) error {
	var lines []term.Sent
	for n, k := range c.kids {
		line := func(hour, minute int, what timetable.What, other, words string) {
			lines = append(lines, term.Sent{
				Protocol: 1, ID: id.New[demoCare](d.db.Now()).String(), Class: c.id, Child: k.id, What: what, Other: other, Words: words,
				MadeAt: d.when(-ago, hour, minute).UnixMilli(), SentAt: d.db.Now().UnixMilli(),
			})
		}
		if (n*7+ago*3+i)%17 == 0 {
			line(15, 50, timetable.Absent, "", "感冒，家长来电请假")
			continue
		}
		line(15, 25+(n*5+ago)%20, timetable.In, "", "")
		fetches, words := k.with[(n+ago)%len(k.with)], ""
		switch {
		case i == 0 && ago == 3 && n == 2:
			line(17, 40, timetable.Refused, "", "自称是邻居，未在名单上，已致电妈妈")
		case i == 1 && ago == 4 && n == 3:
			fetches, words = "", "姑妈，妈妈电话同意"
		}
		line(17, 48+(n*3+ago)%12, timetable.Out, fetches, words)
	}
	var all sync.WaitGroup // lines that come together are committed together
	failed := make([]error, len(lines))
	for n, x := range lines {
		all.Go(func() { _, failed[n] = d.services.term.Receive(ctx, d.stands(i), "demo", x) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// told lets a teacher tell what she has seen: a fall that was dealt with, and a worry that somebody looks into.
func (d *demoCare) told(ctx context.Context) error {
	teacher, desk := d.as["teacher"], d.as["xianan"]
	c := d.classes[0]
	tell := func(kind safety.Kind, code, words string, severity int64, kid int) (safety.ID, error) {
		now := d.db.Now().UnixMilli()
		if _, err := d.safety.Report(ctx, teacher, "demo", safety.Sent{
			Protocol: 1, ID: id.New[safety.Report](d.db.Now()).String(), Class: c.id, Child: c.kids[kid].id, Kind: kind, Code: code, Severity: severity, Words: words, MadeAt: now, SentAt: now,
		}); err != nil {
			return "", err
		}
		all, _, err := d.safety.List(ctx, desk)
		if err != nil || len(all) == 0 {
			return "", fmt.Errorf("no report: %w", err)
		}
		return all[0].ID, nil
	}
	d.at(-6, 16, 20)
	fall, err := tell(safety.Incident, "fall", "课间追跑摔倒，右膝擦伤，已用碘伏消毒。", 2, 4)
	if err != nil {
		return err
	}
	for n, x := range []safety.Step{
		{Kind: safety.Taken}, {Kind: safety.Family, Said: safety.Said{Who: "妈妈", Words: "电话告知，下班来接"}}, {Kind: safety.Closed, Said: safety.Said{Words: "伤口已处理，地面防滑垫已更换"}},
	} {
		d.at(-6, 16, 30+n*10)
		if err := d.safety.Do(ctx, desk, fall, x); err != nil {
			return err
		}
	}
	d.at(-1, 17, 30)
	if _, err := tell(safety.Seen, "mood", "这一周很少说话，问起家里的事会哭。", 0, 7); err != nil {
		return err
	}
	return nil
}
