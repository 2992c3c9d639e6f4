// Package startuploan takes applications for the start-up loan (青创贷、创业担保贷款) from the first draft on a phone to the last
// desk's yes or no. It decides nothing itself: it sees that each desk has its turn, its time and its own part.
package startuploan

import (
	"time"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// ID names an application for ever.
type ID = id.Of[Application]

// Application is what somebody asks for and how far it has come.
type Application struct {
	ID      ID
	Serial  string // 青创-2026-00017
	Venture venture.ID
	Org     org.ID // that takes it in: village, township, campus, park
	County  org.ID // whose departments look at it; the city where it belongs to no county
	Account string // with which she applies; empty where a clerk entered it
	MadeBy  string
	MadeAt  int64 // microseconds UTC
	Edited  int64 // counts up with every change
	State   State

	Asks
	Business

	Promised    string // version of the promise that was agreed to
	SubmittedAt int64
	Way         WayID  // the order of desks under which it goes
	Version     string // of the rules on the day it was handed in; empty where none was filled
	ReturnedBy  int64  // the desk that sent it back
	ReplyDue    day.Day
	PausedOn    day.Day // since when clocks stand still
	DecidedAt   int64
	RefusedBy   int64   // the desk that refused it
	Code        string  // why, of Codes
	AppealUntil day.Day // the last day on which a refusal may be appealed against

	Granted   Granted
	Flag      bool     // the league's mark: 青创贷
	Priority  []string // facts of priority that the league has found, of Priorities
	Female    bool
	GroupCode string // of Groups, as the human resources department has found it
}

// Asks is what is asked for.
type Asks struct {
	Kind      policy.Kind
	Amount    money.Fen
	Months    int64
	Purpose   string
	Method    string // of schedule.Methods
	Guarantee string // of Guarantees
	Bank      org.ID
	Product   string // the edition of a bank's product (product.ID), empty where none was chosen
}

// Business is who does business, as it stood when it was said; the dossier goes on by itself.
type Business struct {
	Name          string
	Entity        string // of venture.Entities
	Credit        string // unified social credit code, GB 32100
	Industry      string // GB/T 4754
	Address       string
	Began         day.Day
	Staff         int64 // in work now, founders not counted
	NewHires      int64 // of them eligible people hired within a year, with contracts of a year or more
	Arrears       bool  // owes wages or social insurance
	Earlier       int64 // subsidised loans before this one
	OverdueBefore bool
}

// Granted is what the bank will lend.
type Granted struct {
	Amount money.Fen
	Months int64
	Rate   money.Rate
}

// Guarantees are how a loan is secured, in the order in which pages show them.
var Guarantees = []string{"waived", "guarantor", "joint", "mortgage", "pledge"}

// Groups are the ten groups of 财金〔2018〕107号, by which banks tag each loan.
var Groups = []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"}

// Priorities are facts that put an application first and are no condition.
var Priorities = []string{"incubated", "supported", "prize", "association", "pool", "industry"}

// PaperKinds are what papers can be, in the order in which pages show them.
var PaperKinds = []string{"id_card", "household", "marriage", "license", "group_proof", "credit_report", "roster", "contracts", "use_plan", "site", "guarantee", "promise", "other"}

// Codes are reasons for which a desk may refuse, in the order in which pages show them.
var Codes = []string{"limit", "age", "group", "open_loan", "repeat", "overdue", "hires", "arrears", "industry", "business", "guarantee", "credit", "untrue", "other"}

// PromiseVersion is the version of the texts that an applicant agrees to (message keys loan.promise.text.*). Whoever changes a text
// counts it up.
const PromiseVersion = "2026-1"

// Tables that the verbs of this package write.
const (
	drafted  = "loan_application loan_party loan_debt loan_paper loan_note document person"
	handedIn = drafted + " loan_desk loan_survey venture_consent " + person.Written + " " + field.Assigned + " " + record.Written
	decided  = "loan_application loan_desk loan_note loan_debt loan_survey " + field.Assigned + " " + record.Written
)

// What people do with applications. The verbs of desks are held at the organisation where the desk stands.
var (
	Read   = authz.Verb{Key: "loan.read"}                    // all applications of a place, without what belongs to single desks
	Enter  = authz.Verb{Key: "loan.enter", Writes: handedIn} // for somebody at the counter
	SetWay = authz.Verb{Key: "loan.way", Writes: "loan_way loan_way_desk record_list"}
	Bar    = authz.Verb{Key: "loan.bar", Writes: "loan_recusal loan_note"} // to say that somebody else may not act

	AtIntake    = authz.Verb{Key: "loan.at_intake"}
	AtSurvey    = authz.Verb{Key: "loan.at_survey"}
	AtLeague    = authz.Verb{Key: "loan.at_league"}
	AtHR        = authz.Verb{Key: "loan.at_hr"}
	AtGuarantor = authz.Verb{Key: "loan.at_guarantor"}
	AtFinance   = authz.Verb{Key: "loan.at_finance"}
	AtBank      = authz.Verb{Key: "loan.at_bank"}
	AtNotice    = authz.Verb{Key: "loan.at_notice"}
	AtAppeal    = authz.Verb{Key: "loan.at_appeal"}
	AtCosign    = authz.Verb{Key: "loan.at_cosign"}

	// The steps of desks. Nobody holds them: who sits at a desk takes them there.
	Pass     = authz.Verb{Key: "loan.pass", Writes: decided}
	Second   = authz.Verb{Key: "loan.second", Writes: decided}
	Unsecond = authz.Verb{Key: "loan.unsecond", Writes: decided}
	Refuse   = authz.Verb{Key: "loan.refuse", Writes: decided}
	Return   = authz.Verb{Key: "loan.return", Writes: decided}
	Transfer = authz.Verb{Key: "loan.transfer", Writes: decided}
	Cosign   = authz.Verb{Key: "loan.cosign", Writes: decided}
	Found    = authz.Verb{Key: "loan.found", Writes: decided}
	Recuse   = authz.Verb{Key: "loan.recuse", Writes: decided + " loan_recusal"}
	Delegate = authz.Verb{Key: "loan.delegate", Writes: decided}
	Adopt    = authz.Verb{Key: "loan.adopt", Writes: decided}

	// The applicant's own.
	Begin    = authz.Verb{Key: "loan.begin", Writes: drafted}
	Edit     = authz.Verb{Key: "loan.edit", Writes: drafted}
	Submit   = authz.Verb{Key: "loan.submit", Writes: handedIn}
	Reply    = authz.Verb{Key: "loan.reply", Writes: handedIn}
	Withdraw = authz.Verb{Key: "loan.withdraw", Writes: decided}
	Appeal   = authz.Verb{Key: "loan.appeal", Writes: decided}

	// Taken by rule.
	Approve = authz.Verb{Key: "loan.approve", Writes: decided}
	Lapse   = authz.Verb{Key: "loan.lapse", Writes: decided}

	// Noted when a paper or a survey is opened.
	Open = authz.Verb{Key: "loan.open"}
)

// Verbs are those that people at desks hold beside the verbs of single desks.
var Verbs = []authz.Verb{Read, Enter, SetWay, Bar}

// OpenLoan is a loan of a person that is not paid back, as the book of contracts tells it.
type OpenLoan struct {
	Person person.ID
	Serial string
	Bank   string
	Owed   money.Fen
}

// Past is what the book of contracts knows of persons.
type Past struct {
	Open    []OpenLoan
	Loans   int  // subsidised loans before, ended ones too
	Overdue bool // one of them ever was
}

// Service is the use cases of applications.
type Service struct {
	DB       *sqldb.DB
	Keys     seal.Provider
	Serials  *sqldb.Serials
	Cursors  *page.Cursors
	Files    *blob.Store
	Zone     *time.Location // of the city
	Ventures *venture.Service
	Forms    *form.Service

	// Past, where it is set, tells what the book of contracts knows of persons.
	Past func(q sqldb.Q, persons []person.ID) (Past, error)
	// Holders, where it is set, gives the accounts that hold a verb at an organisation.
	Holders func(q sqldb.Q, v authz.Verb, at authz.Path) ([]string, error)
	// Tell, where it is set, lets accounts that hold a verb at a desk, or an applicant, know within the act.
	Tell func(tx *sqldb.Tx, to Told) error
}

// Told is a message about an application: to those who hold a verb at an organisation, or to one account: the applicant's, or with a verb
// that of an officer.
type Told struct {
	Application ID
	Serial      string
	Key         string // message
	Account     string
	Verb        authz.Verb
	At          authz.Path
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

// Paper is a document that belongs to an application.
type Paper struct {
	No       int64
	Kind     string
	Document document.ID
	MadeBy   string
	MadeAt   int64
	Name     string
	Type     blob.Type
	Size     int64
}
