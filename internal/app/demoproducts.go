package app

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
)

// demoCriteria are what the demo's reviews of banks look at.
var demoCriteria = []string{"有专人、专窗办理青创贷", "城区和各乡镇有可受理的网点", "上一年度逾期率不高于全市平均"}

// demoShares are who bears a loss: 新型政银担“4321”.
var demoShares = []product.Share{
	{Bearer: "reguarantee", Share: 40 * money.Percent}, {Bearer: "guarantor", Share: 30 * money.Percent}, {Bearer: "bank", Share: 20 * money.Percent}, {Bearer: "government", Share: 10 * money.Percent},
}

// addDemoProducts takes in the rules that come with the program, lets two banks in and a third not, and offers what those two have.
func (s *services) addDemoProducts(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	book, quotes, err := policy.Shipped()
	if err != nil {
		return err
	}
	if err := s.rules.TakeIn(ctx, by, book, quotes); err != nil {
		return err
	}
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	today := day.Of(s.db.Now(), zone)
	for _, kind := range product.ReviewKinds {
		if err := s.offers.SetReviewCriteria(ctx, by, product.Criteria{Kind: kind, From: today, Items: demoCriteria, Source: "演示会议纪要"}); err != nil {
			return err
		}
	}
	banks := []org.Node{nodes[demoBank]}
	for _, name := range []string{"邮储银行城区支行（演示）", "香城村镇银行（演示）"} {
		bank, err := s.orgs.Create(ctx, by, org.New{Kind: org.Bank, Name: name, Parent: nodes["421200000000"].ID})
		if err != nil {
			return err
		}
		banks = append(banks, bank)
	}
	for i, bank := range banks {
		v := product.Review{Bank: bank.ID, Kind: product.Entry, On: today, Until: today.AddMonths(12), Passed: i < 2, Reviewer: "市青创贷联席会议（演示）"}
		for k, item := range demoCriteria {
			v.Findings = append(v.Findings, product.Finding{Item: item, Met: i < 2 || k != 1})
		}
		if !v.Passed {
			v.Note = "只在城区有网点，补齐后再评。"
		}
		if err := s.offers.ReviewABank(ctx, by, v); err != nil {
			return err
		}
	}
	for _, g := range demoProducts(banks, today) {
		which, err := s.offers.Draw(ctx, by, g)
		if err != nil {
			return err
		}
		p, err := s.offers.Look(ctx, by, which)
		if err != nil {
			return err
		}
		if g.Bank == banks[2].ID {
			continue
		}
		if err := s.offers.Publish(ctx, by, which, p.EditedAt); err != nil {
			return err
		}
	}
	return nil
}

// demoProducts are what the banks offer: to persons, to firms, and one that stays a draft.
func demoProducts(banks []org.Node, today day.Day) []product.Given {
	person := product.Given{
		Bank: banks[0].ID, Code: "QCD-P", Name: "青创贷（个人）", NameEn: "Youth start-up loan (persons)", Area: "4212", Kinds: []policy.Kind{policy.Individual, policy.Partnership},
		Least: 10_000 * money.Yuan, Most: 300_000 * money.Yuan, MonthsFrom: 6, MonthsTo: 36, Points: 150 * money.BasisPoint,
		Methods: []schedule.Method{schedule.QuarterlyInterest, schedule.MonthlyInterest, schedule.Annuity}, Basis: 360, Settle: 20, Guarantees: []product.Guarantee{"company", "person"},
		Papers:   []string{"创业担保贷款申请审核表", "本人及配偶身份证、户口簿、婚姻证明", "营业执照", "符合条件人员的证明", "本人及配偶征信报告"},
		PapersEn: []string{"Application form", "ID cards, household register and proof of marital status of applicant and spouse", "Business licence", "Proof of the group of persons", "Credit reports of applicant and spouse"},
		ApplyAt:  "乡镇（街道）便民服务中心，或咸安农商行各网点（演示）", ApplyAtEn: "Township service centres, or any outlet of the bank (demo)",
		From: today.AddMonths(-1), Source: "演示合作协议", Shares: demoShares,
	}
	firm := person
	firm.Code, firm.Name, firm.NameEn, firm.Kinds = "QCD-F", "青创贷（小微企业）", "Youth start-up loan (small firms)", []policy.Kind{policy.Firm}
	firm.Least, firm.Most, firm.MonthsTo = 100_000*money.Yuan, 5_000_000*money.Yuan, 24
	firm.Methods = []schedule.Method{schedule.QuarterlyInterest, schedule.Instalments}
	firm.Papers = []string{"小微企业创业担保贷款申请审核表", "营业执照", "职工花名册", "与新招人员签订的一年以上劳动合同", "新招人员身份类别证明"}
	firm.PapersEn = []string{"Application form for firms", "Business licence", "List of staff", "Labour contracts of at least one year with those newly hired", "Proof of their groups"}
	post := person
	post.Bank, post.Points, post.Methods, post.ApplyAt, post.ApplyAtEn = banks[1].ID, 145*money.BasisPoint, []schedule.Method{schedule.MonthlyInterest, schedule.EqualPrincipal}, "邮储银行城区支行（演示）", "City outlet of the bank (demo)"
	draft := person
	draft.Bank, draft.ApplyAt, draft.ApplyAtEn = banks[2].ID, "香城村镇银行（演示）", "The bank's outlet (demo)"
	return []product.Given{person, firm, post, draft}
}
