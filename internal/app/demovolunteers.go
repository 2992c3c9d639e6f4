package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
)

// demoVolunteerPhone is the number by which whoever looks at the demo signs in as a volunteer who leads a group.
const demoVolunteerPhone = "13900040000"

const demoVolunteerArea = "421123"

// demoGroups are the demo's groups of volunteers: where they set out, and what their members can do.
var demoGroups = []struct {
	name, kind, home string
	members          int
	skills           []string
}{
	{"师范 2403 班支教队", "class", "421202000000", 5, []string{"homework", "reading", "mind"}},
	{"返乡大学生联络站", "branch", "421221000000", 4, []string{"homework", "art", "dialect"}},
	{"晨光社团", "club", "421202000000", 4, []string{"sport", "music", "homework", "safety"}},
}

// demoServing is a group with its members, of whom the first leads it.
type demoServing struct {
	id      volunteering.GroupID
	members []authz.Actor
	applied []volunteering.ID // of the members
}

// serve lets volunteers apply, gather, be paired with the sites of the classes that have begun, and serve there.
func (d *demoCare) serve(ctx context.Context) error {
	var groups []demoServing
	n := 0
	for i, g := range demoGroups {
		one := demoServing{}
		code := ""
		for k := range g.members {
			d.at(-33, 19, n)
			// the last of the second group was checked but not trained yet, the last of the third not admitted
			by, which, err := d.volunteer(ctx, n, g.skills, i != 2 || k < g.members-1, i != 1 || k < g.members-1)
			if err != nil {
				return err
			}
			n++
			if k == 0 {
				if one.id, err = d.serving.Found(ctx, by, volunteering.Group{Name: g.name, Kind: g.kind, Org: d.nodes[g.home].ID, Most: 10}); err != nil {
					return err
				}
				mine, err := d.serving.Mine(ctx, by)
				if err != nil {
					return err
				}
				code = mine.Group.Code
			} else if _, err := d.serving.JoinGroup(ctx, by, code); err != nil {
				return err
			}
			one.members, one.applied = append(one.members, by), append(one.applied, which)
		}
		groups = append(groups, one)
	}
	for ; n < 16; n++ { // who has applied in these days, and waits
		d.at(-1, 20, n)
		if _, _, err := d.volunteer(ctx, n, []string{"photo"}, false, false); err != nil {
			return err
		}
	}
	which, err := d.paired(ctx)
	if err != nil {
		return err
	}
	return d.duty(ctx, which, groups)
}

// volunteer lets somebody apply for the city; admitted, and trained besides, so that she may be with children.
func (d *demoCare) volunteer(ctx context.Context, n int, skills []string, admitted, trained bool) (by authz.Actor, made volunteering.ID, err error) {
	number := fmt.Sprintf("%s%02d", demoVolunteerPhone[:9], n)
	p, err := d.somebody(demoVolunteerArea, day.Must("2003-03-08").AddDays(n*37), demo.Name(d.dice), number)
	if err != nil {
		return by, made, err
	}
	at := d.nodes["421200000000"]
	p.Home = d.nodes["421202000000"].ID
	var who person.ID
	if err := d.db.Write(ctx, d.by, func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, d.in.keys, []person.New{p})
		if err != nil {
			return err
		}
		who = ids[0]
		return tx.Record(person.Create, who.String(), act.Change{"demo": true})
	}); err != nil {
		return by, made, err
	}
	if by, err = d.linked(ctx, number, p.Papers[0].Number); err != nil {
		return by, made, err
	}
	free := volunteering.SetOf(volunteering.Times, volunteering.Times)
	if made, err = d.serving.Apply(ctx, by, volunteering.Volunteer{Org: at.ID, Skills: volunteering.SetOf(volunteering.Skills, skills), Free: free, Says: "有一学期支教经历"}, true); err != nil || !admitted {
		return by, made, err
	}
	mine, err := d.serving.Mine(ctx, by)
	if err != nil {
		return by, made, err
	}
	if err := d.serving.Decide(ctx, d.as["clerk"], made, mine.Volunteer.EditedAt, volunteering.Admitted, ""); err != nil {
		return by, made, err
	}
	kinds := []clearance.Kind{clearance.Check, clearance.Training, clearance.Agreement}
	if !trained {
		kinds = kinds[:1]
	}
	return by, made, d.cleared(ctx, who, at.ID, kinds...)
}

// paired pairs the groups with the sites for the time of the classes, and has that approved.
func (d *demoCare) paired(ctx context.Context) (which pairing.ID, err error) {
	pairs := d.volunteers().Pairs
	d.at(-18, 9, 0)
	which, err = pairs.Begin(ctx, d.as["clerk"], pairing.Term{Org: d.nodes["421200000000"].ID, Title: "学期班结对", First: d.today.AddDays(careBegins), Last: d.today.AddDays(careEnds)})
	if err != nil {
		return which, err
	}
	for _, c := range d.classes {
		if err := pairs.Want(ctx, d.as["clerk"], which, pairing.Need{Place: c.site.id, People: 3, Room: 6, Asks: volunteering.SetOf(volunteering.Skills, []string{"homework"})}); err != nil {
			return which, err
		}
	}
	if err := pairs.Propose(ctx, d.as["clerk"], which); err != nil {
		return which, err
	}
	got, err := pairs.View(ctx, d.as["colleague"], which)
	if err != nil {
		return which, err
	}
	return which, pairs.Approved(ctx, d.as["colleague"], which, got.EditedAt)
}

// duty plans what the groups do, twice a week, lets them serve on the days that are past, and certifies what one of them has served.
func (d *demoCare) duty(ctx context.Context, which pairing.ID, groups []demoServing) error {
	paired := map[volunteering.GroupID]demoServing{}
	for _, g := range groups {
		paired[g.id] = g
		for _, weekday := range []time.Weekday{time.Tuesday, time.Thursday} {
			on := careBegins
			for d.today.AddDays(on).Weekday() != weekday {
				on++
			}
			d.at(-16, 14, 0)
			from := d.when(on, 15, 40)
			err := d.duties.Plan(ctx, d.as["clerk"], which, duty.Given{Group: g.id, Title: "课业辅导与阅读", Needed: 2, Starts: from.UnixMicro(), Ends: from.Add(2 * time.Hour).UnixMicro()}, (careEnds-on)/7)
			if err != nil {
				return err
			}
		}
		if g.id == groups[0].id { // who is looked at in the demo serves for certain
			if err := d.first(ctx, which, g); err != nil {
				return err
			}
		}
		if err := d.duties.Fill(ctx, d.as["clerk"], which, g.id); err != nil {
			return err
		}
	}
	var lines []duty.Line
	for _, ago := range []int{-16, -9, -2} { // a page shows some weeks at a time
		d.at(ago, 14, 30)
		got, err := d.duties.OfTerm(ctx, d.as["clerk"], which, "")
		if err != nil {
			return err
		}
		for _, l := range got.Lines {
			if !slices.ContainsFunc(lines, func(k duty.Line) bool { return k.ID == l.ID }) {
				lines = append(lines, l)
			}
		}
	}
	for n, l := range lines {
		if l.Day >= d.today || !d.cal.Workday(l.Day) {
			continue
		}
		if err := d.served(ctx, l, paired[l.Group], n); err != nil {
			return err
		}
	}
	d.in.clock.turn(0)
	_, err := d.volunteers().Certificates.Issue(ctx, d.as["clerk"], certificate.Given{
		Volunteer: d.certified, First: d.today.AddDays(careBegins), Last: d.today, Head: "余静", Handler: "邵清和", Phone: "0715-8000000",
	})
	return err
}

// first gives the leader of a group and the one who gets a certificate its first duty.
func (d *demoCare) first(ctx context.Context, which pairing.ID, g demoServing) error {
	d.mate = g.applied[1]
	for _, m := range g.members[:2] {
		got, err := d.duties.OfTerm(ctx, d.as["clerk"], which, g.id)
		if err != nil {
			return err
		}
		mine, err := d.serving.Mine(ctx, m)
		if err != nil {
			return err
		}
		if err := d.duties.Substitute(ctx, d.as["clerk"], got.Lines[0].ID, got.Lines[0].EditedAt, "", mine.Volunteer.ID); err != nil {
			return err
		}
	}
	return nil
}

// served lets those who have a duty come and go; who leads the group answers for the others, and the desk for her. One forgot to sign
// out, and waits for the desk.
func (d *demoCare) served(ctx context.Context, l duty.Line, g demoServing, n int) error {
	ago := l.Day.Sub(d.today)
	leads := g.members[0]
	for k, who := range l.Leaders {
		for at, m := range g.members {
			if m.Person != who.String() {
				continue
			}
			d.at(ago, 15, 30+k)
			if err := d.duties.CheckIn(ctx, m, l.ID, duty.SignIn, id.New[demoCare](d.db.Now()).String()); err != nil {
				return err
			}
			if n%5 == 4 && k == 1 {
				continue
			}
			d.at(ago, 17, 41+k)
			if err := d.duties.CheckIn(ctx, m, l.ID, timetable.Out, id.New[demoCare](d.db.Now()).String()); err != nil {
				return err
			}
			d.at(ago, 19, k)
			var err error
			if m.Person == leads.Person {
				err = d.duties.Confirm(ctx, d.as["clerk"], l.ID, who, "")
			} else {
				err = d.duties.Vouch(ctx, leads, l.ID, who)
				if d.certified == "" || g.applied[at] == d.mate {
					d.certified = g.applied[at]
				}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
