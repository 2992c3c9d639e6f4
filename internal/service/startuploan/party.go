package startuploan

import (
	"slices"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// Role is what somebody is in an application.
type Role string

// The roles.
const (
	Applicant Role = "applicant" // 申请人；企业的为法定代表人
	Partner   Role = "partner"   // 合伙人
	Co        Role = "co"        // 共同借款人
	Spouse    Role = "spouse"    // 配偶
	Surety    Role = "guarantor" // 反担保人
)

// Roles lists them in the order in which pages show them.
var Roles = []Role{Applicant, Partner, Co, Spouse, Surety}

// Borrows tells whether who has the role is one of those to whom the money is lent.
func (r Role) Borrows() bool { return r == Applicant || r == Partner || r == Co }

// Maritals are whether somebody is married.
var Maritals = []string{"single", "married", "divorced", "widowed"}

// Party is somebody who has to do with an application.
type Party struct {
	No       int64
	Role     Role
	Of       int64 // of a spouse: whose
	Name     string
	Person   person.ID // zero until the application is handed in, where her ID number did not come from her account
	Born     day.Day   // as the number says
	Sex      string    // GB/T 2261.1
	Marital  string    // of Maritals; asked of borrowers
	Group    string    // of Groups; asked of applicant and partners
	Employer string    // asked of guarantors
	Debtless bool      // says to owe nothing elsewhere
	Agreed   bool      // that her credit report is asked for
	number   []byte    // sealed
}

// Known tells whether it is certain who she is.
func (p Party) Known() bool { return !p.Person.IsZero() || len(p.number) > 0 }

// Saying is what is typed of a party.
type Saying struct {
	Role     Role
	Of       int64
	Name     string
	Number   string // of the resident ID; empty to keep what was typed before
	Sex      string
	Marital  string
	Group    string
	Employer string
	Debtless bool
	Agreed   bool
}

// check gathers what is wrong with it. The number's check digit is looked at as it is typed.
func (s Saying) check(old *Party) (n cn.ResidentID, p errs.Problems) {
	p.Require(slices.Contains(Roles, s.Role), "role", "field.choice", nil)
	p.Require(s.Name != "", "name", "field.required", nil)
	p.Require(len([]rune(s.Name)) <= 60, "name", "field.long", errs.Args{"max": 60})
	p.Require(s.Number != "" || old != nil && old.Known(), "number", "field.required", nil)
	if s.Number != "" {
		paper, err := person.ReadPaper(person.ResidentID, s.Number)
		for _, q := range errs.ProblemsOf(err) {
			p.Add("number", q.Key, q.Args)
		}
		n = cn.ResidentID(paper.Number)
	}
	p.Require(s.Sex == "1" || s.Sex == "2", "sex", "field.required", nil)
	if s.Role.Borrows() {
		p.Require(slices.Contains(Maritals, s.Marital), "marital", "field.required", nil)
	}
	if s.Role == Applicant || s.Role == Partner {
		p.Require(slices.Contains(Groups, s.Group), "group", "field.required", nil)
	}
	p.Require(s.Role != Surety || s.Employer != "", "employer", "field.required", nil)
	p.Require(len([]rune(s.Employer)) <= 100, "employer", "field.long", errs.Args{"max": 100})
	return n, p
}

// DebtKinds are what somebody may owe elsewhere, in the order in which pages show them. The rules exempt some.
var DebtKinds = []string{"student", "poverty", "housing", "car", "consumer", "business", "other"}

// Debt is what a party owes elsewhere.
type Debt struct {
	No      int64
	Party   int64
	Kind    string
	Lender  string
	Amount  money.Fen // still owed
	FoundBy string    // the officer who found it, where the applicant had not said it
	FoundAt int64
}

const mostOwed = money.Fen(1_000_000_000_000)

func (d Debt) check(all []Party) error {
	var p errs.Problems
	p.Require(slices.ContainsFunc(all, func(o Party) bool { return o.No == d.Party }), "party", "field.choice", nil)
	p.Require(slices.Contains(DebtKinds, d.Kind), "kind", "field.choice", nil)
	p.Require(d.Lender != "", "lender", "field.required", nil)
	p.Require(len([]rune(d.Lender)) <= 100, "lender", "field.long", errs.Args{"max": 100})
	p.Require(d.Amount > 0 && d.Amount <= mostOwed, "amount", "loan.amount_range", nil)
	return p.Err()
}

// Most parties, debts and papers of one application.
const mostParties, mostDebts, mostPapers = 30, 60, 60

// one finds the party of a number.
func one(all []Party, no int64) *Party {
	if i := slices.IndexFunc(all, func(p Party) bool { return p.No == no }); i >= 0 {
		return &all[i]
	}
	return nil
}

// lead gives the applicant; nil while nobody has been named.
func lead(all []Party) *Party {
	if i := slices.IndexFunc(all, func(p Party) bool { return p.Role == Applicant }); i >= 0 {
		return &all[i]
	}
	return nil
}

// owing are those whose other loans count: who borrows, and their spouses.
func owing(all []Party) (out []Party) {
	for _, p := range all {
		if p.Role != Surety {
			out = append(out, p)
		}
	}
	return out
}
