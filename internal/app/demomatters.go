package app

import (
	"context"
	"fmt"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/service/density"
)

// demoTask is one thing to do in the demo: a blind spot given to a desk.
type demoTask struct {
	desk   string // division code
	days   int    // working days until it is due
	text   string
	answer string // empty while nobody has answered
}

var demoTasks = []demoTask{
	{"421200000000", 1, "先和乡镇团委通电话，问清为什么一直没有建团支部，下班前回复。", ""},
	{"421200000000", 2, "请核对团员花名册里的居住村，有的可能填错了。", ""},
	{"421200000000", 3, "和组织部门对一下两新组织名单。", ""},
	{"421200000000", 8, "列入下月“六进”走访。", ""},
	{"421200000000", 5, "请乡镇报建团方案。", "已和镇团委商定，随村委会换届一并建团支部，方案已收到。"},
	{"421202000000", 2, "请到村里看一次，带回三名以上团员的名单。", ""},
	{"421202000000", 6, "与社区商量团支部活动场所。", ""},
	{"421221106202", 3, "请联系在村青年，约定走访时间。", ""},
}

// addDemoMatters gives some blind spots, not the foremost, to the desks of the demo's accounts, so that their queues look
// as on a working day. One of them must be kept, and the first run of retention has been.
func (s *services) addDemoMatters(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	const behind = 10 // the first ones are left for whoever tries the demo
	page, err := s.density.Spots(ctx, by, density.SpotFilter{After: behind, Limit: len(demoTasks)})
	if err != nil {
		return err
	}
	for i, spot := range page.Rows {
		t := demoTasks[i]
		made, err := s.density.Assign(ctx, by, spot.ID, density.Task{
			Title: fmt.Sprintf("%s：青年多、团组织少", spot.Node.Name), Desk: nodes[t.desk].ID, Days: t.days, Text: t.text,
		})
		if err != nil {
			return err
		}
		if t.answer != "" {
			if err := s.cases.Answer(ctx, by, made, t.answer); err != nil {
				return err
			}
			if _, err := s.retain.Hold(ctx, by, "matter", made.String(), "市信访局来函〔2026〕18号（演示）：复查结束前保留全部材料。"); err != nil {
				return err
			}
		}
	}
	return s.retain.Run(ctx, by.City)
}
