package app

import (
	"context"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
)

// demoPassword opens every account of the demo, and of nothing else.
const demoPassword = "Zhidian-demo-2026"

// demoAccount is somebody to look at the demo as.
type demoAccount struct{ login, name, role, at, says string }

var demoAccounts = []demoAccount{
	{"clerk", "邵清和", "clerk", "421200000000", "市级组织统计岗 city clerk"},
	{"colleague", "沈明远", "clerk", "421200000000", "同一岗的同事 another city clerk"},
	{"xianan", "周予安", "clerk", "421202000000", "咸安区统计岗 clerk of one county"},
	{"bank", "汪书远", "loan_bank", demoBank, "咸安农商行信贷岗 desk of a bank"},
	{"bank2", "方慕言", "loan_bank", demoBank, "咸安农商行复核岗 who looks a second time"},
	{"hr", "陈思源", "loan_hr", demoHR, "咸安区人社局审核岗 human resources of a county"},
	{"guarantor", "镇国平", "loan_guarantor", demoGuarantor, "市融资担保公司审核岗 guarantor"},
	{"finance", "雷明理", "loan_finance", demoFinance, "咸安区财政局审核岗 finance of a county"},
	{"village", "余朝晖", "secretary", "421221106202", "四邑村团支部书记 secretary of one village"},
	{"town", "苏静远", "secretary", demoTownship, "汀泗桥镇团委书记 secretary of a township"},
	{"teacher", "镇予书", "teacher", demoTownship, "汀泗桥镇托管班老师 teacher of a class"},
	{"leader", "程念安", "reader", "421200000000", "看数字的领导 reads figures only"},
	{"system", "系统管理员", account.SystemAdmin, "421200000000", "系统管理员 system administrator"},
	{"security", "安全管理员", account.SecurityAdmin, "421200000000", "安全管理员 security administrator"},
	{"audit", "审计员", account.AuditAdmin, "421200000000", "审计员 auditor"},
}

// These stand for the demo's bank, departments and guarantor where others have a division's code.
const (
	demoBank      = "bank"
	demoHR        = "hr"
	demoFinance   = "finance"
	demoGuarantor = "guarantor"
)

// demoTownship is where the demo's township secretary takes applications in and surveys.
const demoTownship = "421202100000"

// demoDesks are the organisations for which some of them work.
var demoDesks = []struct {
	key, parent, name string
	kind              org.Kind
}{
	{demoBank, "421202000000", "咸安农村商业银行（演示）", org.Bank},
	{demoHR, "421202000000", "咸安区人力资源和社会保障局（演示）", org.Department},
	{demoFinance, "421202000000", "咸安区财政局（演示）", org.Department},
	{demoGuarantor, "421200000000", "咸宁市融资担保公司（演示）", org.Company},
}

// addDemoAccounts makes them, and the organisations for which some of them work, and gives their ids by login.
func (s *services) addDemoAccounts(ctx context.Context, nodes map[string]org.Node) (map[string]account.ID, error) {
	for _, d := range demoDesks {
		n, err := s.orgs.Create(ctx, authz.System(s.in.city.Slug), org.New{Kind: d.kind, Name: d.name, Parent: nodes[d.parent].ID})
		if err != nil {
			return nil, err
		}
		nodes[d.key] = n
	}
	made := map[string]account.ID{}
	for _, a := range demoAccounts {
		one, _, err := s.account.CreateFirst(ctx, s.in.city.Slug, account.First{
			Newcomer: account.Newcomer{Login: a.login, Name: a.name, Desk: nodes[a.at].ID}, Role: a.role, Password: demoPassword,
		})
		if err != nil {
			return nil, err
		}
		made[a.login] = one
	}
	return made, nil
}
