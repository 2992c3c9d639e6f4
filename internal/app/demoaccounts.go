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
	{"bank", "汪书远", "handler", demoBank, "咸安农商行承办人 desk of a bank"},
	{"village", "余朝晖", "secretary", "421221106202", "四邑村团支部书记 secretary of one village"},
	{"leader", "程念安", "reader", "421200000000", "看数字的领导 reads figures only"},
	{"system", "系统管理员", account.SystemAdmin, "421200000000", "系统管理员 system administrator"},
	{"security", "安全管理员", account.SecurityAdmin, "421200000000", "安全管理员 security administrator"},
	{"audit", "审计员", account.AuditAdmin, "421200000000", "审计员 auditor"},
}

// demoBank stands for the demo's bank where others have a division's code.
const demoBank = "bank"

// addDemoAccounts makes them, and the bank for which one of them works, and gives their ids by login.
func (s *services) addDemoAccounts(ctx context.Context, nodes map[string]org.Node) (map[string]account.ID, error) {
	bank, err := s.orgs.Create(ctx, authz.System(s.in.city.Slug), org.New{Kind: org.Bank, Name: "咸安农村商业银行（演示）", Parent: nodes["421202000000"].ID})
	if err != nil {
		return nil, err
	}
	nodes[demoBank] = bank
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
