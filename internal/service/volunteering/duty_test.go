package volunteering_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
)

// serving is a group of three at a site in an approved term.
func (c *town) serving() (term pairing.ID, g volunteering.GroupID, people []authz.Actor) {
	c.t.Helper()
	g, people = c.group("小教", 3, "homework")
	term = c.term("暑期")
	c.must(c.pairs.Want(c.t.Context(), c.desk(), term, pairing.Need{Place: c.site, People: 3, Room: 9}))
	c.must(c.pairs.Propose(c.t.Context(), c.desk(), term))
	c.wantKey(c.duty.Plan(c.t.Context(), c.desk(), term, c.given(g, 0, 9, 11), 0), "duty.not_approved")
	c.must(c.pairs.Approved(c.t.Context(), c.desk(), term, c.view(term).EditedAt))
	return term, g, people
}

// given is a duty of two, so many days from today, from an hour to another.
func (c *town) given(g volunteering.GroupID, days, from, to int) duty.Given {
	midnight := today.AddDays(days).Start(zone)
	return duty.Given{Group: g, Title: "课业辅导", Needed: 2, Starts: midnight.Add(time.Duration(from) * time.Hour).UnixMicro(), Ends: midnight.Add(time.Duration(to) * time.Hour).UnixMicro()}
}

func (c *town) duties(term pairing.ID, g volunteering.GroupID) []duty.Line {
	c.t.Helper()
	got, err := c.duty.OfTerm(c.t.Context(), c.desk(), term, g)
	c.must(err)
	return got.Lines
}

func (c *town) calendar(by authz.Actor) (all []feed.Event) {
	c.t.Helper()
	c.must(c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) {
		all, err = c.duty.Calendar(q, by, today.Start(zone).UnixMicro(), today.AddDays(30).Start(zone).UnixMicro())
		return err
	}))
	return all
}

func (c *town) clock(days, hour, minute int) {
	c.now = today.AddDays(days).Start(zone).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// A roster without clashes: nobody who is not cleared on the day, is elsewhere or has no time; who is taken off is replaced by rule.
func TestRosterAndSubstitutes(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.desk()
		term, g, people := c.serving()
		c.wantKey(c.duty.Plan(ctx, by, term, c.given(g, 60, 9, 11), 0), "duty.outside_term")
		c.wantKey(c.duty.Plan(ctx, by, term, c.given("01J00000000000000000000GRP", 1, 9, 11), 0), "duty.not_paired")
		c.must(c.duty.Plan(ctx, by, term, c.given(g, 1, 9, 11), 1)) // and a week later
		c.wantKey(c.duty.Plan(ctx, by, term, c.given(g, 1, 10, 12), 0), "timetable.room")
		beside := c.given(g, 1, 10, 12)
		beside.Post = "操场"
		c.must(c.duty.Plan(ctx, by, term, beside, 0))
		c.must(c.clear.Revoke(ctx, c.System(), c.paperOf(people[2]), "走")) // the third is not cleared any more
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, county)
		if err := c.duty.Fill(ctx, reader, term, g); !authz.Refused(err) {
			t.Error(err)
		}
		c.must(c.duty.Fill(ctx, by, term, g))
		own := c.calendar(people[0])
		if len(own) == 0 || own[0].Kind != "duty" || own[0].Title != "课业辅导" || len(c.calendar(people[2])) != 0 || len(c.calendar(c.desk())) != 0 {
			t.Errorf("the calendar of who serves: %+v, of who does not: %+v", own, c.calendar(people[2]))
		}
		seats := 0
		for _, l := range c.duties(term, g) {
			seats += len(l.Leaders)
			if slices.Contains(l.Leaders, person.ID(people[2].Person)) {
				t.Error("somebody who is not cleared has a duty")
			}
		}
		if seats != 4 { // two people: one meets the other duty
			t.Errorf("%d seats are taken", seats)
		}
		c.wantKey(c.duty.Fill(ctx, by, term, g), "duty.nobody_free")

		c.checked(people[2], 30)
		last := c.duties(term, g)[2]
		one, err := c.duty.One(ctx, by, last.ID)
		c.must(err)
		third := c.mine(people[2]).ID
		if len(one.Candidates) != 1 || one.Candidates[0].ID != third || !one.Candidates[0].Own || !one.Candidates[0].Free {
			t.Errorf("%+v", one.Candidates)
		}
		c.wantKey(c.duty.Substitute(ctx, by, last.ID, one.Line.EditedAt, last.Leaders[0], c.mine(people[0]).ID), "duty.not_free")
		c.must(c.duty.Substitute(ctx, by, last.ID, one.Line.EditedAt, last.Leaders[0], third))
		c.wantKey(c.duty.Substitute(ctx, by, last.ID, one.Line.EditedAt, person.ID(people[2].Person), ""), "errs.stale")
		if after := c.duties(term, g)[2]; !slices.Contains(after.Leaders, person.ID(people[2].Person)) || len(after.Leaders) != 2 {
			t.Errorf("%+v", after.Leaders)
		}
		other := c.Actor(t, clerk, "嘉鱼县")
		_, err = c.duty.One(ctx, other, last.ID)
		c.wantKey(err, "errs.absent")
		c.must(c.duty.Cancel(ctx, by, last.ID))
		if len(c.duties(term, g)) != 2 {
			t.Error("a cancelled duty is listed")
		}
	})
}

// paperOf gives the paper of somebody that counts.
func (c *town) paperOf(by authz.Actor) (which id.Of[clearance.Paper]) {
	c.t.Helper()
	got, err := c.clear.Of(c.t.Context(), c.System(), person.ID(by.Person))
	c.must(err)
	return got.Papers[0].ID
}

// Hours count where presence, children and somebody who answers for them agree; they are corrected by rows of their own, meet nowhere and
// are no more than a day may hold.
func TestHoursThatCannotBeBought(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.desk()
		term, g, people := c.serving()
		lead, mate := people[0], people[1]
		c.must(c.duty.Plan(ctx, by, term, c.given(g, 1, 9, 11), 0))
		d := c.duties(term, g)[0]
		put := func(of duty.Line, who authz.Actor) {
			t.Helper()
			one, err := c.duty.One(ctx, by, of.ID)
			c.must(err)
			c.must(c.duty.Substitute(ctx, by, of.ID, one.Line.EditedAt, "", c.mine(who).ID))
		}
		put(d, lead)
		put(d, mate)
		check := func(who authz.Actor, what timetable.What, client string) error {
			return c.duty.CheckIn(ctx, who, d.ID, what, client+strings.Repeat("0", 20))
		}
		c.wantKey(check(mate, duty.SignIn, "a"), "duty.not_now")
		c.clock(1, 8, 30)
		c.wantKey(check(people[2], duty.SignIn, "a"), "errs.absent") // has no duty
		c.must(check(mate, duty.SignIn, "a"))
		c.must(check(lead, duty.SignIn, "b"))
		c.clock(1, 10, 30)
		c.wantKey(c.duty.Vouch(ctx, lead, d.ID, person.ID(mate.Person)), "duty.no_children")
		c.there = 7
		c.wantKey(c.duty.Vouch(ctx, lead, d.ID, person.ID(mate.Person)), "duty.no_out")
		c.must(check(mate, duty.SignOut, "c"))
		c.wantKey(c.duty.Vouch(ctx, mate, d.ID, person.ID(lead.Person)), "errs.absent") // leads nobody
		c.wantKey(c.duty.Vouch(ctx, lead, d.ID, person.ID(lead.Person)), "duty.own")
		errors := sqldbtest.Race(6, func(int) error { return c.duty.Vouch(ctx, lead, d.ID, person.ID(mate.Person)) })
		if n := sqldbtest.Won(errors); n != 6 { // confirmed again it is confirmed: one row counts
			t.Errorf("%v", errors)
		}
		mine, err := c.duty.Mine(ctx, mate)
		c.must(err)
		if mine.Minutes != 90 || len(mine.Served) != 1 { // from nine on: the way and waiting do not count
			t.Errorf("%+v", mine.Served)
		}
		at := func(hour, minute int) int64 {
			return today.AddDays(1).Start(zone).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute).UnixMicro()
		}
		c.wantKey(c.duty.Correct(ctx, by, d.ID, person.ID(mate.Person), at(9, 0), at(10, 0), ""), "field.required")
		c.wantKey(c.duty.Correct(ctx, by, d.ID, person.ID(mate.Person), at(8, 0), at(10, 0), "早到"), "duty.outside")
		c.must(c.duty.Correct(ctx, by, d.ID, person.ID(mate.Person), at(9, 0), at(10, 0), "十点离开"))
		one, err := c.duty.One(ctx, by, d.ID)
		c.must(err)
		if last := one.All[len(one.All)-1]; last.Minutes != 60 || last.Reason != "十点离开" || !one.All[0].Replaced || one.All[0].Minutes != 90 {
			t.Errorf("%+v", one.All)
		}
		c.there = 0
		c.clock(1, 12, 0)
		c.must(check(lead, duty.SignOut, "d"))
		c.wantKey(c.duty.Confirm(ctx, by, d.ID, person.ID(lead.Person), ""), "duty.no_children_desk")
		c.must(c.duty.Confirm(ctx, by, d.ID, person.ID(lead.Person), "布置教室"))
		odd, err := c.duty.Odd(ctx, by, 30)
		c.must(err)
		if len(odd) != 1 || len(odd[0].Servers) != 2 || !slices.Contains(odd[0].Servers[0].Odd, "no_children") {
			t.Errorf("%+v", odd)
		}

		// a second duty that day, longer than the day may hold beside the first, at another post
		long := c.given(g, 1, 12, 20)
		c.must(c.duty.Plan(ctx, by, term, long, 0))
		second := c.duties(term, g)[1]
		put(second, mate)
		c.clock(1, 21, 0)
		c.wantKey(c.duty.Correct(ctx, by, second.ID, person.ID(mate.Person), at(12, 0), at(20, 0), "整天"), "duty.too_much")
		c.must(c.duty.Correct(ctx, by, second.ID, person.ID(mate.Person), at(12, 0), at(19, 0), "到七点"))

		// certified, checked by a stranger, revoked
		v := c.mine(mate).ID
		giving := certificate.Given{Volunteer: v, First: today, Last: today.AddDays(5), Head: "周主任", Handler: "陈经办", Phone: "0715-8235000"}
		_, err = c.papers.Issue(ctx, by, giving)
		c.wantKey(err, "certificate.days")
		giving.Last = today.AddDays(1)
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{volunteering.Read}}, county)
		_, err = c.papers.Issue(ctx, reader, giving)
		if !authz.Refused(err) {
			t.Error(err)
		}
		made, err := c.papers.Issue(ctx, by, giving)
		c.must(err)
		_, err = c.papers.Own(ctx, lead, made)
		c.wantKey(err, "errs.absent")
		whole, err := c.papers.Own(ctx, mate, made)
		c.must(err)
		if whole.Minutes != 480 || whole.Times != 2 || whole.Name != "小教1" || !strings.Contains(whole.Content, "课业辅导，2 次") {
			t.Errorf("%+v", whole)
		}
		seen, err := c.papers.Verify(ctx, c.City, whole.Code)
		c.must(err)
		if seen.Name == whole.Name || seen.Number != "" && seen.Number == whole.Number || seen.Serial != whole.Serial {
			t.Errorf("%+v", seen)
		}
		_, err = c.papers.Verify(ctx, c.City, "WRONG")
		c.wantKey(err, "errs.absent")
		c.wantKey(c.papers.Revoke(ctx, by, made, ""), "field.required")
		c.must(c.papers.Revoke(ctx, by, made, "时长有误"))
		c.wantKey(c.papers.Revoke(ctx, by, made, "再次"), "certificate.revoked_already")
		if seen, err = c.papers.Verify(ctx, c.City, whole.Code); err != nil || seen.RevokedAt == 0 || seen.Certificate.Reason != "" {
			t.Errorf("%v %+v", err, seen)
		}
		_, err = c.papers.Issue(ctx, by, certificate.Given{Volunteer: c.mine(people[2]).ID, First: today, Last: today, Head: "周", Handler: "陈", Phone: "1"})
		c.wantKey(err, "certificate.nothing")
		var out bytes.Buffer
		words := certificate.Words{Sheet: "记录", Lang: "zh-CN", Skills: func(s []string) string { return strings.Join(s, " ") }, Hours: func(int64) string { return "1.0" }}
		n, err := c.papers.Sheet(ctx, by, 0, 0, &out, sheet.CSV, words)
		c.must(err)
		if n != 3 || !strings.Contains(out.String(), "课业辅导") {
			t.Errorf("%d %s", n, out.String())
		}
		if _, err := c.papers.Sheet(ctx, reader, 0, 0, &out, sheet.CSV, words); !authz.Refused(err) {
			t.Error(err)
		}
	})
}

// Two rows of persons that were in two places at once are one human being with hours that meet nowhere.
func TestMergingPersonsKeepsHoursApart(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.desk()
		term, g, people := c.serving()
		for _, post := range []string{"教室", "操场"} {
			x := c.given(g, 1, 9, 12)
			x.Post = post
			c.must(c.duty.Plan(ctx, by, term, x, 0))
		}
		all := c.duties(term, g)
		for i, l := range all {
			c.must(c.duty.Substitute(ctx, by, l.ID, l.EditedAt, "", c.mine(people[i+1]).ID))
		}
		c.clock(1, 13, 0)
		for i, l := range all {
			c.must(c.duty.Correct(ctx, by, l.ID, person.ID(people[i+1].Person), l.Starts, l.Ends, "补记"))
		}
		role := authz.Role{Key: "merger", Sees: authz.Sealed, Verbs: append([]authz.Verb{org.Read}, person.Verbs...)}
		c.must(c.people.Join(ctx, c.Actor(t, role, "咸宁市"), person.ID(people[2].Person), person.ID(people[1].Person), "同一人"))
		got, err := c.duty.Mine(ctx, people[1])
		c.must(err)
		if got.Minutes != 180 {
			t.Errorf("%d minutes: %+v", got.Minutes, got.Served)
		}
	})
}

// A duty whose session is kept no more leaves the lists of its term and of what is odd as they are.
func TestADestroyedSessionLeavesTheListsWorking(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term, g, _ := c.serving()
		c.must(c.duty.Plan(ctx, c.desk(), term, c.given(g, 1, 9, 11), 0))
		c.must(c.duty.Plan(ctx, c.desk(), term, c.given(g, 2, 9, 11), 0))
		c.must(c.duty.Fill(ctx, c.desk(), term, g))
		all := c.duties(term, g)
		c.must(c.DB.Write(ctx, c.System(), func(tx *sqldb.Tx) error {
			for _, statement := range []string{`DELETE FROM timetable_leader WHERE city = $1 AND session = $2`, `DELETE FROM timetable_session WHERE city = $1 AND id = $2`} {
				if _, err := tx.Exec(statement, all[0].ID); err != nil {
					return err
				}
			}
			return tx.Record(authz.Verb{Key: "test.destroyed", Writes: "timetable_leader timetable_session"}, "", act.Change{})
		}))
		c.clock(3, 9, 0)
		odd, err := c.duty.Odd(ctx, c.desk(), 7)
		if err != nil || len(odd) != 1 || odd[0].ID != all[1].ID {
			t.Errorf("%+v, %v", odd, err)
		}
		if left := c.duties(term, g); len(left) != 1 {
			t.Errorf("%+v", left)
		}
	})
}
