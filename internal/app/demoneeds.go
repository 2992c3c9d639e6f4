package app

import (
	"context"
	"encoding/json"
	"fmt"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/research"
)

// demoPlan is the plan of the demo's study, as an officer writes it.
var demoPlan = research.PlanText{
	KindBy: "who/stage", AgeBy: "who/age",
	Cells:   "咸安区, idea, 14-35, 15\n咸安区, open, 14-35, 20\n嘉鱼县, , , 20\n",
	Workers: "周予安, 咸安区\n",
	Desks:   "needs/kinds, money, 咸安农村商业银行（演示）, 10\n",
	Bank:    "who/stage, 创业阶段\nneeds/kinds, 最缺什么\n",
}

// addDemoNeeds begins a study with the demo's form, lets founders of two counties answer, and raises what one of them and a
// guest of a seminar ask for.
func (s *services) addDemoNeeds(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	forms, err := s.forms.Forms(ctx, by, form.Sought{State: form.Open, Words: "founder-needs"})
	if err != nil || len(forms) == 0 {
		return err
	}
	asked := forms[0]
	which, err := s.needs.Begin(ctx, by, research.NewStudy{Form: asked.ID, Title: "青年创业者需求调研（演示）", Purpose: "弄清返乡创业青年眼下最缺什么，金融需求转给承办银行。"})
	if err != nil {
		return err
	}
	turn := func(do func(seen int64) error) error {
		v, err := s.needs.LookAt(ctx, by, which)
		if err != nil {
			return err
		}
		return do(v.EditedAt)
	}
	if err := turn(func(seen int64) error { return s.needs.SetPlan(ctx, by, which, seen, demoPlan) }); err != nil {
		return err
	}
	if err := turn(func(seen int64) error { return s.needs.Turn(ctx, by, which, seen, research.OpenStudy) }); err != nil {
		return err
	}
	var links []form.Link
	err = s.db.Read(ctx, by.City, func(q *sqldb.Rx) (err error) { links, err = form.Links(q, asked.ID); return err })
	if err != nil {
		return err
	}
	var last form.Receipt
	for i := range 36 {
		answers := fmt.Sprintf(`{"who":{"name":"演示%d","phone":"139000001%02d","age":"%d","stage":"%s"%s},"needs":{"kinds":"%s"%s,"service":"%d"},"agree":"OK"}`,
			i, i, 20+i%15, []string{"idea", "ready", "open"}[i%3], []string{"", "", `,"opened":"2024-05-04"`}[i%3],
			[]string{"money", "sales", "money sales"}[i%3], []string{`,"money":"20"`, "", `,"money":"8"`}[i%3], 4+i%6)
		if last, err = s.forms.Submit(ctx, authz.Actor{City: by.City}, form.Given{Slug: links[i%len(links)].Slug, Answers: json.RawMessage(answers)}); err != nil {
			return err
		}
	}
	if _, err := s.needs.Raise(ctx, by, research.Raising{
		Origin: research.FromAnswer, OriginID: last.ID.String(), Question: "needs/money", Title: "民宿缺周转资金八万元", Text: "开业两年，淡季周转缺八万元，想问能不能续贷。", Desk: nodes[demoBank].ID, Days: 10,
	}); err != nil {
		return err
	}
	return s.addDemoMeeting(ctx, by, nodes)
}

// addDemoMeeting enters a seminar with two items, one of which was answered.
func (s *services) addDemoMeeting(ctx context.Context, by authz.Actor, nodes map[string]org.Node) error {
	at := nodes["421202000000"]
	held, err := s.needs.Hold(ctx, by, research.Meeting{
		Org: at.ID, Kind: research.Seminar, Title: "返乡创业青年座谈会（演示）", Place: "咸安青创园", On: day.Must("2026-03-20"), Guests: "创业青年六人，银行、人社各一人", Minutes: "围绕融资、用工、销路逐一发言。",
	})
	if err != nil {
		return err
	}
	for _, text := range []string{"青创贷要抵押物，刚起步的拿不出来。", "园区到高铁站晚上没有公交。"} {
		if err := s.needs.AddItem(ctx, by, held, "参会青年", text); err != nil {
			return err
		}
	}
	seen, err := s.needs.Met(ctx, by, held)
	if err != nil {
		return err
	}
	raised, err := s.needs.Raise(ctx, by, research.Raising{
		Origin: research.FromItem, OriginID: seen.Items[0].ID, Title: "青创贷希望有信用贷款", Text: seen.Items[0].Text, Desk: at.ID, Days: 5,
	})
	if err != nil {
		return err
	}
	return s.cases.Do(ctx, by, raised.Matter, casework.Answer, casework.Step{Answer: "已与银行商定，十万元以内可信用放款。"})
}
