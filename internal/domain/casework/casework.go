// Package casework is every matter that somebody must answer by a day: it always has one responsible desk, a due date in
// working days and, in the end, an answer.
package casework

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/workflow"
)

// ID names a matter.
type ID = id.Of[Matter]

// Kind is what a matter is about.
type Kind string

// The kinds of matter.
const (
	Voice      Kind = "voice"      // 青年心声
	Problem    Kind = "problem"    // 走访收集的问题
	BlindSpot  Kind = "blind_spot" // 组织覆盖盲点
	Difference Kind = "difference" // 两份数据的差异
	Task       Kind = "task"       // 交办任务
	Case       Kind = "case"       // 个案
	Correction Kind = "correction" // 本人要求更正个人信息
	Need       Kind = "need"       // 创业项目的需求
)

// Kinds lists the kinds in the order in which pages show them.
var Kinds = []Kind{Voice, Problem, Need, BlindSpot, Difference, Task, Case, Correction}

// prefix begins the serial number of a kind's matters.
func (k Kind) prefix() string {
	return map[Kind]string{Voice: "心声", Problem: "问题", BlindSpot: "盲点", Difference: "差异", Task: "任务", Case: "个案", Correction: "更正", Need: "需求"}[k]
}

// State is how far a matter has come.
type State string

// The states.
const (
	Open     State = "open"     // 办理中
	Paused   State = "paused"   // 暂停计时
	Answered State = "answered" // 已答复，待办结
	Closed   State = "closed"   // 已办结
)

// What people do with matters.
var (
	Read    = authz.Verb{Key: "matter.read"}
	Raise   = authz.Verb{Key: "matter.open", Writes: Written}
	Remark  = authz.Verb{Key: "matter.note", Writes: "matter_note"}
	Answer  = authz.Verb{Key: "matter.answer", Writes: Written}
	PassOn  = authz.Verb{Key: "matter.pass", Writes: Written}
	Pause   = authz.Verb{Key: "matter.pause", Writes: Written}
	Resume  = authz.Verb{Key: "matter.resume", Writes: Written}
	Extend  = authz.Verb{Key: "matter.extend", Writes: Written}
	Close   = authz.Verb{Key: "matter.close", Writes: Written}
	Reopen  = authz.Verb{Key: "matter.reopen", Writes: Written}
	SetYear = authz.Verb{Key: "calendar.set", Writes: "holiday"}

	// Lift moves a matter to the desk above. Nobody holds it: rules of services take the step, and history tells it in their words.
	Lift = authz.Verb{Key: "matter.lift", Writes: Written}
)

// Written names the tables that opening a matter touches, for the verbs of services that open one within an act of their own.
// A person is not changed by being named; her row is held.
const Written = "matter matter_note matter_reader person"

// Verbs lists the verbs of this package; SetYear is the system administrator's, the others those of people at desks.
var Verbs = []authz.Verb{Read, Raise, Remark, Answer, PassOn, Pause, Resume, Extend, Close, Reopen}

// Process is the steps that a matter may take.
var Process = workflow.Table[State]{
	Moves: []workflow.Move[State]{
		{From: []State{""}, To: Open, Verb: Raise, Label: "casework.do_open"},
		{From: []State{Open}, To: Answered, Verb: Answer, Label: "casework.do_answer", Needs: workflow.Needs{Answer: true}},
		{From: []State{Answered}, To: Closed, Verb: Close, Label: "casework.do_close"},
		{From: []State{Paused}, To: Open, Verb: Resume, Label: "casework.do_resume"},
		{From: []State{Open, Paused}, To: Open, Verb: PassOn, Label: "casework.do_pass", Needs: workflow.Needs{Desk: true, Reason: true}},
		{From: []State{Open}, To: Paused, Verb: Pause, Label: "casework.do_pause", Needs: workflow.Needs{Reason: true}},
		{From: []State{Open}, To: Open, Verb: Extend, Label: "casework.do_extend", Needs: workflow.Needs{Reason: true}},
		{From: []State{Open, Paused}, To: Closed, Verb: Close, Label: "casework.do_close_unanswered", Needs: workflow.Needs{Reason: true}},
		{From: []State{Answered, Closed}, To: Open, Verb: Reopen, Label: "casework.do_reopen", Needs: workflow.Needs{Reason: true}},
		{From: []State{Open, Paused}, To: Open, Verb: Lift, Label: "casework.do_pass", Needs: workflow.Needs{Desk: true}},
	},
	Final: []State{Closed},
}

// Matter is one thing to be answered.
type Matter struct {
	ID       ID
	Serial   string // 盲点-2026-00017
	Kind     Kind
	Title    string
	Subject  string // id of what it is about, where it is a thing known here
	Org      org.ID // where it belongs
	Desk     org.ID // who must answer
	Owner    string // account of whoever has it at the desk, empty for anybody there
	State    State
	Due      day.Day
	PausedOn day.Day // zero unless paused
	OpenedAt int64   // microseconds UTC
	OpenedBy string
	ClosedAt int64 // 0 until closed
	Answer   string
	Limited  bool // known to those on its list alone; its steps are taken where it was opened
}

// Light says how urgent the matter is today.
func (m Matter) Light(today day.Day, c workflow.Calendar) workflow.Light {
	return workflow.LightAt(today, m.Due, m.State != Open, c)
}

// Line is one line of what was done with a matter. Lines are only ever added.
type Line struct {
	ID   string
	At   int64 // microseconds UTC
	By   string
	Kind string  // the verb's key
	Text string  // the reason, the answer or the remark
	Desk org.ID  // responsible from here on
	Due  day.Day // due from here on
}

// New is what a new matter needs.
type New struct {
	Kind    Kind
	Title   string
	Subject string
	Org     org.ID
	Desk    org.ID
	Owner   string
	Days    int      // working days until it is due
	Text    string   // what whoever opens it has to say, may be empty
	Limited bool     // only those on its list come to know of the matter, nobody where the list is empty
	Readers []string // accounts on the list
}

// MaxDays is the most working days that a matter may be given at once: about a year.
const MaxDays = 250

func (n New) check() error {
	var p errs.Problems
	p.Require(n.Kind.prefix() != "", "kind", "field.choice", nil)
	p.Require(n.Title != "", "title", "field.required", nil)
	p.Require(len([]rune(n.Title)) <= 120, "title", "field.long", errs.Args{"max": 120})
	p.Require(n.Days >= 1 && n.Days <= MaxDays, "days", "field.range", errs.Args{"min": 1, "max": MaxDays})
	return p.Err()
}

// Step is what somebody says with a move.
type Step struct {
	Reason string
	Answer string
	Desk   org.ID  // of PassOn
	Due    day.Day // of Extend
	Days   int     // of Reopen and Lift: working days until it is due again

	As authz.Verb // under which history tells the step, where that is not the step's own
}

// apply takes a move: it gives the matter as it is afterwards, or all that is missing. The calendar counts what a
// pause has cost.
func (m Matter) apply(move workflow.Move[State], s Step, today day.Day, now int64, cal *day.Calendar) (Matter, error) {
	var p errs.Problems
	p.Require(!move.Needs.Reason || s.Reason != "", "reason", "field.required", nil)
	p.Require(!move.Needs.Answer || s.Answer != "", "answer", "field.required", nil)
	p.Require(!move.Needs.Desk || !s.Desk.IsZero(), "desk", "field.required", nil)
	p.Require(!move.Needs.Desk || s.Desk != m.Desk, "desk", "casework.same_desk", nil)
	p.Require(len([]rune(s.Reason)) <= maxText, "reason", "field.long", errs.Args{"max": maxText})
	p.Require(len([]rune(s.Answer)) <= maxText, "answer", "field.long", errs.Args{"max": maxText})
	if m.State == Paused && move.To == Open {
		m.Due = resumed(m.Due, m.PausedOn, today, cal)
	}
	switch move.Verb {
	case Answer:
		m.Answer = s.Answer
	case PassOn:
		m.Desk, m.Owner = s.Desk, ""
	case Lift: // the new desk gets its whole time
		m.Desk, m.Owner = s.Desk, ""
		if p.Require(s.Days >= 1 && s.Days <= MaxDays, "days", "field.range", errs.Args{"min": 1, "max": MaxDays}) {
			later, _ := cal.AddWorkdays(today, s.Days)
			m.Due = max(m.Due, later)
		}
	case Extend:
		p.Require(s.Due > m.Due && s.Due > today, "due", "casework.due_not_later", errs.Args{"due": m.Due})
		m.Due = s.Due
	case Reopen:
		if p.Require(s.Days >= 1 && s.Days <= MaxDays, "days", "field.range", errs.Args{"min": 1, "max": MaxDays}) {
			m.Due, _ = cal.AddWorkdays(today, s.Days)
		}
	}
	m.PausedOn, m.ClosedAt = 0, 0
	switch move.To {
	case Paused:
		m.PausedOn = today
	case Closed:
		m.ClosedAt = now
	}
	m.State = move.To
	return m, p.Err()
}

// resumed is the due date after a pause: as many working days later as it lasted, and never a day already over where
// the matter was in time when the clock stopped.
func resumed(due, paused, today day.Day, cal *day.Calendar) day.Day {
	n, _ := cal.WorkdaysBetween(paused, today)
	later, _ := cal.AddWorkdays(due, max(n, 0))
	if due >= paused && later < today {
		later, _ = cal.AddWorkdays(today, 0)
	}
	return later
}

const maxText = 2000
