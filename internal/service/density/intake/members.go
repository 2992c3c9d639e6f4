package intake

import (
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// memberRow is one person of a register, checked.
type memberRow struct {
	row                                       int
	name, sex, ethnicity, education, standing string
	phone, id, number, duty, unitText         string
	born, joined                              day.Day
	branch, unit, home                        *org.Registered

	fate   fate
	known  *person.Known
	fields []string // that differ
	late   []Problem
	plan   memberPlan
	new    person.New // where nobody is known
}

// memberPlan is what a row of somebody known writes.
type memberPlan struct {
	revive      bool
	corrections []person.Correction
	begin, end  []person.Tie
	papers      []person.Held
}

// members takes registers of league members and of league officers.
type members struct {
	*facts
	kind     Kind
	main     person.TieKind
	keys     seal.Provider
	ids      map[uint64]int32 // row of each resident ID in the file
	numbers  map[uint64]int32
	kept     map[person.ID]bool // persons known before whom the file holds
	hidden   map[int64]bool
	census   person.Census // nil while papers are looked up one by one
	ask      int           // for how many rows more they are
	chunk    *memberChunk
	found    *person.Finding // of the new persons
	taken    []int           // rows written by an earlier run of somebody who was entered by another hand before her papers were
	gone     []person.Tie
	doubtful int64
}

func newMembers(k Kind, f *facts, keys seal.Provider, ask int, q sqldb.Q) (*members, error) {
	m := &members{facts: f, kind: k, main: person.Member, keys: keys, ask: ask, ids: map[uint64]int32{}, numbers: map[uint64]int32{}, kept: map[person.ID]bool{}, found: &person.Finding{}}
	m.chunk = &memberChunk{m: m}
	if k == Cadres {
		m.main = person.Cadre
	}
	var err error
	if m.hidden, err = source.Hidden(q); err != nil {
		return nil, err
	}
	known, err := person.Any(q)
	if !known {
		m.census = person.Census{}
	}
	return m, err
}

func (m *members) pending() int { return len(m.chunk.rows) + len(m.chunk.bad) }

func (m *members) read(l *line) {
	r := memberRow{row: l.row.Number}
	if r.name = cleanName(l.name("name", 60)); odd(r.name) {
		l.warn("name", "intake.name_odd", nil)
	}
	m.readID(l, &r)
	m.readCodes(l, &r)
	m.readLeague(l, &r)
	m.readUnit(l, &r)
	switch {
	case !l.bad:
		m.chunk.rows = append(m.chunk.rows, r)
	case r.id != "": // whoever she is, she is in the file
		m.chunk.bad = append(m.chunk.bad, r.id)
	}
}

func (m *members) readID(l *line, r *memberRow) {
	if l.damaged("id") {
		return
	}
	text := l.text("id")
	if text == "" && l.bad {
		return
	}
	id, err := cn.ParseResidentID(text)
	if err != nil {
		l.refuse("id", err)
		return
	}
	if cn.Damaged(text) == cn.Doubtful {
		m.doubtful++
		if m.damaged {
			l.fail("id", "intake.doubtful", nil)
			return
		}
	}
	r.id = string(id)
	key, _ := strconv.ParseUint(r.id[:17], 10, 64) // digits, as ParseResidentID has checked
	if first, twice := m.ids[key]; twice && first != int32(l.row.Number) {
		l.fail("id", "intake.twice_in_file", errs.Args{"row": first})
		return
	}
	m.ids[key] = int32(l.row.Number)
	r.born = id.Born()
	if born, month := l.day("born"); !born.IsZero() && !sameDay(born, r.born, month) {
		l.warn("born", "intake.born_differs", nil)
	}
	if s := l.text("sex"); s != "" {
		c, ok := cn.Sex.Find(s)
		if !ok {
			l.warn("sex", "intake.code_unknown", nil)
		}
		r.sex = c.Code
		if said, known := id.Sex(); known && ok && said != c.Code {
			l.warn("sex", "intake.sex_differs", nil)
		}
	} else if said, known := id.Sex(); known {
		r.sex = said
	}
}

func sameDay(a, b day.Day, month bool) bool {
	if !month {
		return a == b
	}
	y1, m1, _ := a.Date()
	y2, m2, _ := b.Date()
	return y1 == y2 && m1 == m2
}

func (m *members) readCodes(l *line, r *memberRow) {
	for _, c := range []struct {
		field string
		list  *cn.List
		to    *string
	}{{"ethnicity", cn.Ethnic, &r.ethnicity}, {"education", cn.Education, &r.education}, {"standing", cn.Political, &r.standing}} {
		text := l.text(c.field)
		if text == "" {
			continue
		}
		code, ok := c.list.Find(text)
		if !ok {
			l.warn(c.field, "intake.code_unknown", nil)
			continue
		}
		*c.to = code.Code
	}
	if text := l.text("phone"); text != "" {
		p, err := cn.ParsePhone(text)
		if err != nil {
			l.because("phone", err, Warn)
		}
		r.phone = string(p)
	}
}

// since2017 is the day from which a number of admission is required (domain.md §7.1).
var since2017 = day.Must("2017-01-01")

func (m *members) readLeague(l *line, r *memberRow) {
	joined, month := l.day("joined")
	r.joined = joined
	m.readNumber(l, r)
	if !joined.IsZero() {
		m.checkJoining(l, r, month)
	}
	branch, code := l.text("branch"), l.text("branch_code")
	if branch == "" && code == "" {
		if !l.bad {
			l.fail("branch", "intake.empty", nil)
		}
		return
	}
	at, several := m.league(code, branch)
	switch {
	case several:
		l.fail("branch", "intake.branch_twice", nil)
	case at == nil:
		l.fail("branch", "intake.branch_unknown", nil)
	case m.kind == Members && at.Kind != org.LeagueBranch && at.Kind != org.LeagueGeneralBranch:
		l.fail("branch", "intake.not_a_branch", nil)
	}
	r.branch = at
	if r.duty = l.within("duty", l.text("duty"), 60); m.kind == Cadres && r.duty == "" {
		l.fail("duty", "intake.empty", nil)
	}
}

func (m *members) readNumber(l *line, r *memberRow) {
	if l.damaged("number") {
		return
	}
	text := l.text("number")
	if text == "" {
		if r.joined >= since2017 && m.kind == Members && l.mapping.column("number") >= 0 {
			l.warn("number", "intake.number_missing", nil)
		}
		return
	}
	n, err := cn.ParseMemberNumber(text)
	switch {
	case err != nil:
		l.refuse("number", err)
		return
	case !n.Fits(r.joined):
		l.fail("number", "intake.number_year", nil)
		return
	case n.Year() > m.today.Year():
		l.fail("number", "intake.number_future", nil)
		return
	}
	key, _ := strconv.ParseUint(string(n), 10, 64)
	if first, twice := m.numbers[key]; twice && first != int32(l.row.Number) {
		l.fail("number", "intake.twice_in_file", errs.Args{"row": first})
		return
	}
	m.numbers[key] = int32(l.row.Number)
	r.number = string(n)
}

// checkJoining warns of who joined too young: under 13, before 2017 under 12 (domain.md §7.1). A bare month counts to
// its end.
func (m *members) checkJoining(l *line, r *memberRow, month bool) {
	on, least := r.joined, 13
	if month {
		on = on.AddMonths(1).AddDays(-1)
	}
	if r.joined < since2017 {
		least = 12
	}
	switch {
	case r.joined > m.today:
		l.warn("joined", "intake.in_future", nil)
	case !r.born.IsZero() && r.born.Age(on, day.BirthdayCounts) < least:
		l.warn("joined", "intake.joined_young", errs.Args{"min": least})
	}
}

func (m *members) readUnit(l *line, r *memberRow) {
	if code := l.text("home"); code != "" {
		a, err := cn.ParseArea(code)
		if err != nil {
			l.because("home", err, Warn)
		} else if r.home = m.byStat[string(a)]; r.home == nil {
			l.warn("home", "intake.home_unknown", nil)
		}
	}
	r.unitText = l.within("unit", l.text("unit"), 120)
	credit := l.text("unit_credit")
	if r.unitText == "" && credit == "" || r.branch == nil {
		return
	}
	in := m.byID[r.branch.Parent]
	if r.unit = m.unit(credit, r.unitText, in); r.unit == nil {
		r.unit = only(m.byDivision[fold(r.unitText)], in, func(*org.Registered) bool { return true })
	}
}

// wanted are the ties that a row states.
func (m *members) wanted(r *memberRow) []person.Tie {
	ties := make([]person.Tie, 0, 4)
	d := m.delivery.Seq
	if m.kind == Members {
		ties = append(ties, person.Tie{Kind: person.Member, Org: r.branch.ID, Began: r.joined, Since: d})
	}
	if r.duty != "" {
		ties = append(ties, person.Tie{Kind: person.Cadre, Org: r.branch.ID, Role: r.duty, Since: d})
	}
	switch {
	case r.unit != nil && r.unit.Kind == org.School:
		ties = append(ties, person.Tie{Kind: person.Pupil, Org: r.unit.ID, Since: d})
	case r.unit != nil:
		ties = append(ties, person.Tie{Kind: person.Employee, Org: r.unit.ID, Since: d})
	case r.unitText != "":
		ties = append(ties, person.Tie{Kind: unitKind(r.unitText), Unit: r.unitText, Since: d})
	}
	if r.home != nil {
		ties = append(ties, person.Tie{Kind: person.Resident, Org: r.home.ID, Since: d})
	}
	return ties
}

// unitKind tells by its name whether an unknown unit is a school.
func unitKind(name string) person.TieKind {
	for _, w := range []string{"学校", "中学", "小学", "大学", "学院", "职中", "技校", "一中", "二中", "高中"} {
		if strings.Contains(name, w) {
			return person.Pupil
		}
	}
	return person.Employee
}

// cleanName drops blanks that forms put between the characters of Chinese names.
func cleanName(s string) string {
	if !strings.ContainsAny(s, " \u3000\t") {
		return s
	}
	for _, r := range s {
		if r < 0x2E80 && r != ' ' && r != '\t' {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return strings.Join(strings.Fields(s), "")
}
