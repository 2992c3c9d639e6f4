package app

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/projectlibrary"
)

// Of the demo's founders, so many are known in the register, and show their ventures to the demo's bank.
const demoShown = 12

// demoElsewhere is the area of the founders' made-up ID numbers.
const demoElsewhere = "421002"

// addDemoVentures opens the demo's dossiers. The resident as whom one can look at the demo leads one; some founders show theirs
// to the bank, which has answered one need and is asked another.
func (s *services) addDemoVentures(ctx context.Context, c *demo.City, size demo.Size, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	var shown []venture.ID
	for _, v := range c.Ventures(size) {
		at, ok := nodes[v.Area]
		if !ok {
			continue
		}
		g := venture.Given{Org: at.ID, Founder: v.Founder, Facts: venture.Facts{
			Name: v.Name, About: v.About, Entity: v.Entity, Credit: v.Credit, Industry: v.Industry, Category: v.Category, Stage: v.Stage, Staff: v.Staff, Began: v.Began, Address: at.Name + "（演示地址）",
		}}
		if v.Revenue > 0 {
			g.Revenue, g.RevenueYear = money.Fen(v.Revenue*100), int64(day.Of(s.db.Now(), time.UTC).Year()-1)
		}
		which, err := s.library.Ventures.Create(ctx, by, g)
		if err != nil {
			return err
		}
		if v.Need != "" {
			if err := s.library.Ventures.AddNeed(ctx, by, venture.Need{Venture: which, Kind: v.Need, Text: v.Says, Amount: money.Fen(v.Amount * 100)}); err != nil {
				return err
			}
		}
		if v.Honour != "" {
			if err := s.library.Ventures.AddHonour(ctx, by, which, venture.Honour{Level: "city", Title: v.Honour, Year: 2025, Source: "演示公告"}); err != nil {
				return err
			}
		}
		if v.Need == "money" && len(shown) < demoShown {
			paper := demoPaper()
			if len(shown) > 0 {
				if paper, err = s.addDemoFounder(ctx, by, at, v.Founder, len(shown)); err != nil {
					return err
				}
			}
			if err := s.showDemoVenture(ctx, by, which, paper, nodes[demoBank], len(shown)); err != nil {
				return err
			}
			shown = append(shown, which)
		}
	}
	return s.askDemoBank(ctx, by, shown, nodes[demoBank])
}

// addDemoFounder enters somebody who is nobody into the register, and gives her ID number.
func (s *services) addDemoFounder(ctx context.Context, by authz.Actor, at org.Node, name string, i int) (string, error) {
	born := day.Must("1990-01-15").AddMonths(i)
	number, err := cn.SyntheticID(demoElsewhere, born) // the registers of the demo have their numbers from other areas
	if err != nil {
		return "", err
	}
	return string(number), s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, s.in.keys, []person.New{{
			Home: at.ID, Name: name, Sex: "1", Born: born, Papers: []person.Paper{{Kind: person.ResidentID, Number: string(number)}}, Ties: []person.Tie{{Kind: person.Resident, Org: at.ID}},
		}})
		if err != nil {
			return err
		}
		return tx.Record(person.Create, ids[0].String(), act.Change{"demo": true})
	})
}

// showDemoVenture says which person leads a venture, and lets her show it to the bank.
func (s *services) showDemoVenture(ctx context.Context, by authz.Actor, which venture.ID, paper string, bank org.Node, i int) error {
	if err := s.library.Ventures.TieFounder(ctx, by, which, 1, paper); err != nil {
		return err
	}
	var of []venture.Founder
	err := s.db.Read(ctx, by.City, func(q *sqldb.Rx) (err error) { of, err = venture.Founders(q, which); return err })
	if err != nil {
		return err
	}
	her := by
	her.Person = of[0].Person.String()
	return s.library.Ventures.Agree(ctx, her, which, bank.ID, venture.Purposes[i%2], 12)
}

// askDemoBank gives two of the needs to the bank, which has answered the first.
func (s *services) askDemoBank(ctx context.Context, by authz.Actor, shown []venture.ID, bank org.Node) error {
	for i, which := range shown[:min(2, len(shown))] {
		p, err := s.library.Look(ctx, by, which)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(p.Needs, func(n venture.Need) bool { return n.Kind == "money" })
		m, err := s.library.Raise(ctx, by, projectlibrary.Raising{
			Need: p.Needs[at].ID, Title: "创业项目的资金需求（" + p.Serial + "）", Text: p.Needs[at].Text, Desk: bank.ID, Days: 8 - 4*i,
		})
		if err != nil {
			return err
		}
		if i == 0 {
			if err := s.cases.Do(ctx, by, m.ID, casework.Answer, casework.Step{Answer: "可办信用贷款，十万元以内不用抵押，请带执照到城区支行。"}); err != nil {
				return err
			}
		}
	}
	return nil
}
