package startuploan

import (
	"slices"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/workflow"
)

// State is how far an application has come.
type State string

// The states of an application.
const (
	Draft     State = "draft"     // 草稿
	InReview  State = "review"    // 办理中
	Returned  State = "returned"  // 退回补正
	Approved  State = "approved"  // 同意，待签约
	Refused   State = "refused"   // 不予通过
	Appealed  State = "appealed"  // 申诉复核中
	Withdrawn State = "withdrawn" // 本人撤回
	Lapsed    State = "lapsed"    // 逾期未补正，视为撤回
)

// States lists them in the order in which pages show them.
var States = []State{Draft, InReview, Returned, Approved, Refused, Appealed, Withdrawn, Lapsed}

// Process is the moves of an application. Which desk has its turn is data, see Way; what a desk can bring about is here.
var Process = workflow.Table[State]{
	Moves: []workflow.Move[State]{
		{From: []State{""}, To: Draft, Verb: Begin, Label: "loan.do.begin"},
		{From: []State{Draft}, To: Draft, Verb: Edit, Label: "loan.do.edit"},
		{From: []State{Returned}, To: Returned, Verb: Edit, Label: "loan.do.edit"},
		{From: []State{Draft}, To: InReview, Verb: Submit, Label: "loan.do.submit"},
		{From: []State{InReview}, To: Returned, Verb: Return, Label: "loan.do.return", Needs: workflow.Needs{Reason: true}},
		{From: []State{Returned}, To: InReview, Verb: Reply, Label: "loan.do.reply"},
		{From: []State{Returned}, To: Lapsed, Verb: Lapse, Label: "loan.do.lapse"},
		{From: []State{InReview}, To: Refused, Verb: Refuse, Label: "loan.do.refuse", Needs: workflow.Needs{Reason: true}},
		{From: []State{InReview}, To: Approved, Verb: Approve, Label: "loan.do.approve"},
		{From: []State{Refused}, To: Appealed, Verb: Appeal, Label: "loan.do.appeal", Needs: workflow.Needs{Reason: true}},
		{From: []State{Appealed}, To: InReview, Verb: Pass, Label: "loan.do.uphold"},                                        // the appeal is right: the desk that refused looks again
		{From: []State{Appealed}, To: Refused, Verb: Refuse, Label: "loan.do.dismiss", Needs: workflow.Needs{Reason: true}}, // the refusal stands, and ends it
		{From: []State{Draft, InReview, Returned}, To: Withdrawn, Verb: Withdraw, Label: "loan.do.withdraw"},
	},
	Final: []State{Approved, Refused, Withdrawn, Lapsed},
}

// Desk is one of those who look at an application.
type Desk string

// The desks.
const (
	Intake    Desk = "intake"    // 村、社区、乡镇、校园、园区受理
	Survey    Desk = "survey"    // 贷前调查：银行指定的人采信
	League    Desk = "league"    // 团县委推荐：标识和优先条件，不作信贷决定
	HR        Desk = "hr"        // 人社资格审核
	Guarantor Desk = "guarantor" // 担保审核
	Finance   Desk = "finance"   // 财政审核
	Bank      Desk = "bank"      // 银行审批
	Notice    Desk = "notice"    // 公示
	Recheck   Desk = "appeal"    // 申诉复核
	Cosigning Desk = "cosign"    // 会签
)

// Desks lists those that a way may name, in the usual order.
var Desks = []Desk{Intake, Survey, League, HR, Guarantor, Finance, Bank, Notice}

// AllDesks are these with those that come when they are called.
var AllDesks = append(slices.Clone(Desks), Recheck, Cosigning)

// Verb is what one must hold at the organisation where a desk stands, to act there.
func (d Desk) Verb() authz.Verb {
	return map[Desk]authz.Verb{
		Intake: AtIntake, Survey: AtSurvey, League: AtLeague, HR: AtHR, Guarantor: AtGuarantor, Finance: AtFinance, Bank: AtBank, Notice: AtNotice, Recheck: AtAppeal, Cosigning: AtCosign,
	}[d]
}

// IsBanks tells whether a desk stands in the applicant's bank, which sees nothing without her consent.
func (d Desk) IsBanks() bool { return d == Bank || d == Survey }

// DeskState is how far a desk has come with an application.
type DeskState string

// The states of a desk.
const (
	Waiting   DeskState = "waiting"  // not its turn yet
	AtWork    DeskState = "open"     // 在办
	ToSecond  DeskState = "second"   // 待复核：第二人
	SentBack  DeskState = "returned" // 退回补正中
	Passed    DeskState = "passed"   // 已通过
	DidRefuse DeskState = "refused"  // 不予通过
	Over      DeskState = "over"     // 终止：申请已结束
)

// These are taken by rule, not by people: a desk has its turn, what needs four eyes waits for the second, an application has ended.
var (
	takeTurn = authz.Verb{Key: "loan.turn"}
	first    = authz.Verb{Key: "loan.first"}
	endTurn  = authz.Verb{Key: "loan.end"}
)

// Review is the moves of one desk.
var Review = workflow.Table[DeskState]{
	Moves: []workflow.Move[DeskState]{
		{From: []DeskState{""}, To: Waiting, Verb: Submit, Label: "loan.do.submit"},
		{From: []DeskState{Waiting, SentBack, DidRefuse}, To: AtWork, Verb: takeTurn, Label: "loan.do.turn"},
		{From: []DeskState{AtWork}, To: Passed, Verb: Pass, Label: "loan.do.pass"},
		{From: []DeskState{AtWork}, To: ToSecond, Verb: first, Label: "loan.do.first"}, // a yes or no, where the way asks for four eyes
		{From: []DeskState{ToSecond}, To: Passed, Verb: Second, Label: "loan.do.second"},
		{From: []DeskState{ToSecond}, To: AtWork, Verb: Unsecond, Label: "loan.do.unsecond", Needs: workflow.Needs{Reason: true}},
		{From: []DeskState{AtWork}, To: DidRefuse, Verb: Refuse, Label: "loan.do.refuse", Needs: workflow.Needs{Reason: true}},
		{From: []DeskState{AtWork}, To: SentBack, Verb: Return, Label: "loan.do.return", Needs: workflow.Needs{Reason: true}},
		{From: []DeskState{AtWork}, To: AtWork, Verb: Transfer, Label: "loan.do.transfer", Needs: workflow.Needs{Desk: true, Reason: true}},
		{From: []DeskState{AtWork}, To: AtWork, Verb: Cosign, Label: "loan.do.cosign", Needs: workflow.Needs{Desk: true, Reason: true}},
		{From: []DeskState{Passed}, To: Waiting, Verb: Reply, Label: "loan.do.reply"}, // what was decided upon has changed
		{From: []DeskState{Waiting, AtWork, ToSecond, SentBack}, To: Over, Verb: endTurn, Label: "loan.do.end"},
	},
	Final: []DeskState{Passed, DidRefuse, Over},
}

// May tells whether a desk may take a step at all: the league recommends and refuses nothing, a countersign and a survey answer
// what they were asked, and a notice runs its days.
func (d Desk) May(step authz.Verb) bool {
	switch step {
	case Refuse:
		return d != League && d != Survey && d != Cosigning
	case Return:
		return d != Recheck && d != Cosigning
	case Transfer:
		return d != Recheck
	case Cosign:
		return d != Cosigning && d != Recheck && d != Notice
	case Found:
		return d == HR || d == Guarantor || d == Bank
	case Delegate, Adopt:
		return d == Survey
	}
	return true
}

// Decides tells whether a desk decides on conditions, so that it cannot pass what breaks one.
func (d Desk) Decides() bool { return d == HR || d == Guarantor || d == Finance || d == Bank }

// Part is a part of an application that only some see.
type Part string

// The parts.
const (
	PartPeople  Part = "people"  // who they are
	PartGroup   Part = "group"   // to which group they belong: one of them is former prisoners
	PartDebts   Part = "debts"   // what they owe elsewhere, and earlier loans
	PartStaff   Part = "staff"   // staff, new hires, arrears
	PartSurety  Part = "surety"  // guarantors and how it is secured
	PartVenture Part = "venture" // what the dossier says of honours, and the list of priority industries
	PartSurvey  Part = "survey"
	PartPapers  Part = "papers" // those of the kinds in paperSeen
)

// sees says which parts each desk is shown beside what is asked for. Opinions of other desks are shown to none.
var sees = map[Desk][]Part{
	Intake:    {PartPeople, PartGroup, PartDebts, PartStaff, PartSurety, PartVenture, PartPapers},
	Survey:    {PartPeople, PartDebts, PartStaff, PartSurety, PartSurvey, PartPapers},
	League:    {PartPeople, PartVenture, PartPapers},
	HR:        {PartPeople, PartGroup, PartDebts, PartStaff, PartPapers},
	Guarantor: {PartPeople, PartDebts, PartSurety, PartSurvey, PartPapers},
	Finance:   {PartPeople, PartStaff},
	Bank:      {PartPeople, PartGroup, PartDebts, PartStaff, PartSurety, PartSurvey, PartPapers},
	Notice:    {PartPeople},
	Recheck:   {PartPeople, PartGroup, PartDebts, PartStaff, PartSurety, PartPapers},
	Cosigning: {PartPeople},
}

// paperSeen says which kinds of papers each desk may open; those that are not named here may open all.
var paperSeen = map[Desk][]string{
	League:    {"license", "site", "promise", "other"},
	HR:        {"id_card", "household", "marriage", "license", "group_proof", "roster", "contracts", "promise"},
	Guarantor: {"id_card", "marriage", "license", "credit_report", "use_plan", "guarantee", "promise", "other"},
	Finance:   {},
	Notice:    {},
	Cosigning: {},
}

// Sees tells whether a desk is shown a part.
func (d Desk) Sees(p Part) bool { return slices.Contains(sees[d], p) }

// opens tells whether a desk may open papers of a kind.
func (d Desk) opens(kind string) bool {
	kinds, some := paperSeen[d]
	return d.Sees(PartPapers) && (!some || slices.Contains(kinds, kind))
}
