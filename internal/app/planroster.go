package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhidian/solver/pairing/roster"
	"zhidian/solver/text"
)

var peopleColumns = []text.Column{
	{Name: "id", Heads: []string{"编号", "姓名", "name"}, Needed: true},
	{Name: "x"},
	{Name: "y"},
	{Name: "lon", Heads: []string{"经度", "lng"}},
	{Name: "lat", Heads: []string{"纬度"}},
	{Name: "skills", Heads: []string{"技能", "培训"}},
	{Name: "sex", Heads: []string{"性别"}},
	{Name: "most", Heads: []string{"最多", "最多次数"}},
	{Name: "free", Heads: []string{"有空", "可服务时间"}},
	{Name: "knows", Heads: []string{"去过", "熟悉"}},
}

var slotColumns = []text.Column{
	{Name: "id", Heads: []string{"编号", "场次"}, Needed: true},
	{Name: "site", Heads: []string{"地点", "班点", "村"}},
	{Name: "x"},
	{Name: "y"},
	{Name: "lon", Heads: []string{"经度", "lng"}},
	{Name: "lat", Heads: []string{"纬度"}},
	{Name: "from", Heads: []string{"开始"}},
	{Name: "until", Heads: []string{"结束"}},
	{Name: "count", Heads: []string{"人数"}},
	{Name: "needs", Heads: []string{"技能", "skills"}},
	{Name: "women", Heads: []string{"女", "其中女"}},
	{Name: "men", Heads: []string{"男", "其中男"}},
	{Name: "locked", Heads: []string{"指定"}},
	{Name: "banned", Heads: []string{"不排"}},
}

// rosterFiles are people and sessions by the names that the files give them.
type rosterFiles struct {
	people, slots string // the files
	problem       roster.Problem
	person, slot  []string
	lockAt        []string // per lock: where it stands
	personOf      map[string]int32
	siteOf        map[string]int32
	skills        skills
	coordinates
}

func newRosterFiles(people, slots string, w roster.Weights) *rosterFiles {
	return &rosterFiles{
		people: people, slots: slots, problem: roster.Problem{Weights: w},
		personOf: map[string]int32{}, siteOf: map[string]int32{}, skills: skills{},
	}
}

var sexes = map[string]roster.Sex{"": roster.Anyone, "女": roster.Woman, "f": roster.Woman, "female": roster.Woman, "男": roster.Man, "m": roster.Man, "male": roster.Man}

// site numbers the sites by their names.
func (f *rosterFiles) site(name string) int32 {
	n, ok := f.siteOf[name]
	if !ok {
		n = int32(len(f.problem.Sites))
		f.siteOf[name] = n
		f.problem.Sites = append(f.problem.Sites, roster.Site{})
	}
	return n
}

// minute reads a moment as minutes.
func minute(s string) (int64, bool) {
	s = strings.Replace(s, "T", " ", 1)
	for _, layout := range []string{"2006-01-02 15:04", "2006/1/2 15:04", "2006-01-02 15:04:05", "2006/1/2 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Unix() / 60, true
		}
	}
	return 0, false
}

func (f *rosterFiles) readPeople(in io.Reader) error {
	t, err := text.ReadTable(in, peopleColumns)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, r := range t.Rows {
		who, err := f.readPerson(t, r)
		if err != nil {
			return err
		}
		name, err := newName(seen, r)
		if err != nil {
			return err
		}
		f.personOf[name] = int32(len(f.person))
		f.person, f.problem.People = append(f.person, name), append(f.problem.People, who)
	}
	return nil
}

// spanOf reads a span of time, two moments with a stroke or the like between them; dates may have strokes themselves.
func spanOf(s string) (roster.Span, bool) {
	for i, c := range s {
		if !strings.ContainsRune("/~～至", c) {
			continue
		}
		from, ok1 := minute(strings.TrimSpace(s[:i]))
		until, ok2 := minute(strings.TrimSpace(s[i+utf8.RuneLen(c):]))
		if ok1 && ok2 && from < until {
			return roster.Span{From: from, Until: until}, true
		}
	}
	return roster.Span{}, false
}

func (f *rosterFiles) readPerson(t text.Table, r text.Row) (who roster.Person, err error) {
	if who.X, who.Y, err = f.where(t, r); err != nil {
		return who, err
	}
	if who.Skills, err = skillBits[roster.Skills](f.skills, r, "skills", r.List("skills")); err != nil {
		return who, err
	}
	sex, ok := sexes[strings.ToLower(r.Text("sex"))]
	if !ok {
		return who, r.Fault("sex", noSex)
	}
	who.Sex = sex
	most, err := r.IntOr("most", 1, 0, roster.MaxDuties)
	if err != nil {
		return who, err
	}
	who.Most = int32(most)
	for _, site := range r.List("knows") {
		who.Knows = append(who.Knows, f.site(site))
	}
	for _, span := range strings.FieldsFunc(r.Text("free"), func(c rune) bool { return c == ';' || c == '；' }) {
		at, ok := spanOf(span)
		if !ok {
			return who, r.Fault("free", noSpan)
		}
		who.Free = append(who.Free, at)
	}
	return who, nil
}

func (f *rosterFiles) readSlots(in io.Reader) error {
	t, err := text.ReadTable(in, slotColumns)
	if err != nil {
		return err
	}
	placed := make(map[int32]bool)
	seen := make(map[string]bool)
	for _, r := range t.Rows {
		s, err := f.readSlot(t, r)
		if err != nil {
			return err
		}
		name, err := newName(seen, r)
		if err != nil {
			return err
		}
		site := r.Text("site")
		if site == "" {
			site = name
		}
		s.Site = f.site(site)
		x, y, err := f.where(t, r)
		if err != nil {
			return err
		}
		at := roster.Site{X: x, Y: y}
		if placed[s.Site] && f.problem.Sites[s.Site] != at {
			return r.Fault("site", otherPlace)
		}
		placed[s.Site], f.problem.Sites[s.Site] = true, at
		if err := f.byHand(r, int32(len(f.slot))); err != nil {
			return err
		}
		f.slot, f.problem.Slots = append(f.slot, name), append(f.problem.Slots, s)
	}
	return nil
}

// byHand reads who is decided for a session and who is kept from it.
func (f *rosterFiles) byHand(r text.Row, slot int32) error {
	for _, column := range []string{"locked", "banned"} {
		for _, name := range r.List(column) {
			person, ok := f.personOf[name]
			if !ok {
				return &text.Error{Line: r.Line, Field: column, Have: name, Trouble: noPerson}
			}
			at := fmt.Sprintf("第 %d 行“%s”", r.Line, name)
			if column == "locked" {
				f.problem.Locks, f.lockAt = append(f.problem.Locks, roster.Pair{Person: person, Slot: slot}), append(f.lockAt, at)
			} else {
				f.problem.Bans = append(f.problem.Bans, roster.Pair{Person: person, Slot: slot})
			}
		}
	}
	return nil
}

// readSlot reads a session: how many people, of them so many women, men and people with a skill ("急救:1"); a skill
// without a number is asked of all.
func (f *rosterFiles) readSlot(t text.Table, r text.Row) (s roster.Slot, err error) {
	s.Span = roster.Span{From: 0, Until: 1} // all at once, where there are no times
	if t.Has("from") || t.Has("until") {
		var ok bool
		if s.From, ok = minute(r.Text("from")); !ok {
			return s, r.Fault("from", noTime)
		}
		if s.Until, ok = minute(r.Text("until")); !ok || s.Until <= s.From {
			return s, r.Fault("until", noTime)
		}
	}
	count, err := r.IntOr("count", 1, 1, roster.MaxDuties)
	if err != nil {
		return s, err
	}
	var all roster.Skills
	some := []roster.Seat{}
	for _, need := range r.List("needs") {
		name, number, part := strings.Cut(strings.Replace(need, "：", ":", 1), ":")
		skill, err := skillBits[roster.Skills](f.skills, r, "needs", []string{name})
		if err != nil {
			return s, err
		}
		if !part {
			all |= skill
			continue
		}
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil || n < 1 || n > count {
			return s, r.Fault("needs", tooMany)
		}
		some = append(some, roster.Seat{Count: int32(n), Needs: skill})
	}
	women, err := r.IntOr("women", 0, 0, count)
	if err != nil {
		return s, err
	}
	men, err := r.IntOr("men", 0, 0, count)
	if err != nil {
		return s, err
	}
	some = append(some, roster.Seat{Count: int32(women), For: roster.Woman}, roster.Seat{Count: int32(men), For: roster.Man})
	for _, seat := range some {
		if count -= int64(seat.Count); count < 0 {
			return s, r.Fault("count", tooMany)
		}
		if seat.Needs |= all; seat.Count > 0 {
			s.Seats = append(s.Seats, seat)
		}
	}
	if count > 0 {
		s.Seats = append(s.Seats, roster.Seat{Count: int32(count), Needs: all})
	}
	return s, nil
}

// dutyReport is a duty by the names of the files; Seat is the kind of seat in the session, from 1.
type dutyReport struct {
	Person string `json:"person"`
	Slot   string `json:"slot"`
	Seat   int32  `json:"seat"`
}

// emptyReport is seats that stay empty, and how many people are not in them for which reason.
type emptyReport struct {
	Slot    string `json:"slot"`
	Seat    int32  `json:"seat"`
	Count   int32  `json:"count"`
	Unfit   int32  `json:"unfit"`
	NotFree int32  `json:"not_free"`
	Busy    int32  `json:"busy"`
	Booked  int32  `json:"booked"`
}

type rosterReport struct {
	planned
	Duties []dutyReport  `json:"duties"`
	Empty  []emptyReport `json:"empty"`
	Taken  []dutyReport  `json:"taken,omitempty"`
	Given  []dutyReport  `json:"given,omitempty"`
}

func (f *rosterFiles) duties(all []roster.Duty) []dutyReport {
	reports := make([]dutyReport, 0, len(all))
	for _, d := range all {
		reports = append(reports, dutyReport{f.person[d.Person], f.slot[d.Slot], d.Seat + 1})
	}
	return reports
}

// roster plans who is where at which session, and after that who steps in for somebody who withdraws.
func (r pairRun) roster(ctx context.Context, stdout io.Writer) error {
	f := newRosterFiles(r.people, r.slots, r.weights)
	if err := readPlain(r.people, f.readPeople); err != nil {
		return err
	}
	if err := readPlain(r.slots, f.readSlots); err != nil {
		return err
	}
	if err := f.one(); err != nil {
		return err
	}
	if r.check != "" {
		return f.check(r.check, stdout)
	}
	watch := startWatch()
	kept, err := roster.Begin(ctx, f.problem, roster.Options{Seed: r.seed})
	if err != nil {
		return f.fault(err)
	}
	var changes roster.Changes
	if r.withdraw != "" {
		person, ok := f.personOf[r.withdraw]
		if !ok {
			return said{"--withdraw “" + r.withdraw + "”不在人员表里", "nobody of that name in the list of people"}
		}
		watch = startWatch()
		if changes, err = kept.Withdraw(ctx, person); err != nil {
			return err
		}
	}
	took := watch.report(0, 0, r.seed)
	s := kept.Solution()
	report := rosterReport{planned: watch.report(s.Objective, s.Bound, r.seed), Duties: f.duties(s.Duties), Empty: []emptyReport{}, Taken: f.duties(changes.Taken), Given: f.duties(changes.Given)}
	report.Seconds, report.CPUSeconds = took.Seconds, took.CPUSeconds
	for _, v := range s.Empty {
		report.Empty = append(report.Empty, emptyReport{f.slot[v.Slot], v.Seat + 1, v.Count, v.Unfit, v.NotFree, v.Busy, v.Booked})
	}
	return json.NewEncoder(stdout).Encode(report)
}

func (f *rosterFiles) check(name string, stdout io.Writer) error {
	var given rosterReport
	if err := readJSON(name, &given); err != nil {
		return err
	}
	slot := make(map[string]int32, len(f.slot))
	for i, name := range f.slot {
		slot[name] = int32(i)
	}
	var duties []roster.Duty
	for _, d := range given.Duties {
		person, ok := f.personOf[d.Person]
		at, there := slot[d.Slot]
		if !ok || !there {
			return checked(stdout, fmt.Errorf("%s, %s: nobody or no session of that name", d.Person, d.Slot))
		}
		duties = append(duties, roster.Duty{Person: person, Slot: at, Seat: d.Seat - 1})
	}
	return checked(stdout, roster.CheckDuties(f.problem, duties, given.Objective))
}

// lockTroubles are the sentences for locks that no roster can keep.
var lockTroubles = map[roster.Trouble]said{
	roster.LockTwice:   {"指定了两次", "is locked twice"},
	roster.LockUnfit:   {"已指定，但技能、性别、距离不符或同时写在“不排”里", "is locked, but lacks a skill, is too far away, or is banned too"},
	roster.LockNotFree: {"已指定，但那时没有空", "is locked, but not free then"},
	roster.LockFull:    {"已指定，但与其他指定的人一起坐不下", "is locked with more others than there are seats"},
	roster.LockBooked:  {"指定的场次超过了本人的最多次数", "is locked at more sessions than she takes"},
}

func (f *rosterFiles) fault(err error) error {
	var bad *roster.ProblemError
	switch {
	case errors.As(err, &bad) && bad.Part == "weight":
		flag := []string{"--reach", "--stranger", "--empty", "--stay", "--even"}[bad.Index]
		return said{fmt.Sprintf("%s 应为 0 至 %d（--even 至 %d）", flag, roster.MaxPoints, roster.MaxEven), "this weight is out of range"}
	case bad == nil || bad.Part != "lock":
		return err
	}
	at := f.slots + " " + f.lockAt[bad.Index]
	if bad.Trouble == roster.LockClash {
		return said{at + "与" + f.lockAt[bad.Other] + "时间重叠，不能都指定", "is locked at two sessions at once"}
	}
	sentence := lockTroubles[bad.Trouble]
	return said{at + sentence.zh, sentence.en}
}
