package app

import (
	"context"
	"fmt"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/service/outreach"
)

// demoEvents are the demo's events: so many days from today, below nought those that were held.
var demoEvents = []struct {
	code, kind, title, place string
	days, guests             int
	seats                    int64
}{
	{"421202000000", "campus", "大学生返乡创业政策宣讲", "湖北科技学院温泉校区（演示）", -60, 24, 150},
	{"421221000000", "community", "官桥镇返乡创业座谈宣讲", "官桥镇青年之家（演示）", -47, 11, 0},
	{"421202000000", "park", "返乡电商园政策宣讲", "横沟桥电商园（演示）", -36, 16, 50},
	{"421202000000", "community", "社区青年政策早市", "浮山街道党群服务中心（演示）", -22, 9, 0},
	{"421221000000", "campus", "职教中心创业第一课", "嘉鱼县职业教育中心（演示）", -15, 18, 80},
	{"421202000000", "campus", "毕业季创业贷款说明会", "咸宁职业技术学院报告厅（演示）", -8, 20, 100},
	{"421221000000", "community", "潘家湾镇青年创业政策宣讲", "潘家湾镇便民服务中心（演示）", 4, 7, 0},
	{"421202000000", "campus", "青创贷政策进校园", "湖北科技学院大学生活动中心（演示）", 6, 26, 120},
	{"421202000000", "park", "园区企业融资问答", "咸宁高新区创业园一楼路演厅（演示）", 9, 12, 40},
	{"421202000000", "community", "返乡青年创业政策夜谈", "温泉街道青年之家（演示）", 13, 12, 12},
	{"421221000000", "park", "嘉鱼经济开发区政策直通车", "嘉鱼经济开发区会议室（演示）", 20, 0, 60},
	{"421202000000", "park", "青年企业家政策沙龙", "市青创园路演厅（演示）", 27, 3, 30},
}

// demoAsked is what was asked at them; what has no answer waits at the office.
var demoAsked = []struct{ text, answer string }{
	{"毕业三年了还能申请吗？", "可以。政策看年龄和经营情况，不限毕业年限，以受理时的规定为准。"},
	{"在别的县开店，户口在这里，找哪里申请？", ""},
	{"没有抵押物怎么办？", "可以由担保机构担保，是否需要反担保在受理时逐项说明。"},
	{"提前还一部分，贴息怎么算？", "提前还的部分从还款日起不再计息，也不再贴息，其余部分照旧。"},
}

// addDemoOutreach holds the demo's events. What was held is entered on its days.
func (s *services) addDemoOutreach(ctx context.Context, nodes map[string]org.Node) error {
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	defer s.in.clock.turn(0)
	today := time.Now().In(zone)
	for i, x := range demoEvents {
		starts := time.Date(today.Year(), today.Month(), today.Day()+x.days, 9+i%3*5, 30, 0, 0, zone)
		g := outreach.Given{
			Org: nodes[x.code].ID, Kind: x.kind, Title: x.title, Place: x.place, Seats: x.seats, Starts: starts.UnixMicro(), Ends: starts.Add(2 * time.Hour).UnixMicro(), Closes: starts.UnixMicro(),
			Says: "介绍青创贷的额度、期限、贴息和办理流程，银行和人社工作人员现场答疑。",
		}
		if err := s.addDemoEvent(ctx, g, x.guests, i, starts, x.days < 0); err != nil {
			return fmt.Errorf("demo: event %s: %w", x.title, err)
		}
	}
	return nil
}

// addDemoEvent lets people sign up for an event and, where it was held, come to it and ask.
func (s *services) addDemoEvent(ctx context.Context, g outreach.Given, guests, i int, starts time.Time, held bool) error {
	by := authz.System(s.in.city.Slug)
	if held {
		s.in.clock.to(starts.AddDate(0, 0, -7))
	} else {
		s.in.clock.turn(0)
	}
	which, err := s.reach.Draw(ctx, by, g)
	if err != nil {
		return err
	}
	if err := s.reach.Publish(ctx, by, which); err != nil {
		return err
	}
	for n := range guests {
		x := outreach.SigningUp{Name: demoGuests[(n*7+i)%len(demoGuests)], Phone: fmt.Sprintf("139%04d%04d", 1000+i, n)}
		if _, err := s.reach.SignUp(ctx, authz.Actor{City: by.City}, which, x); err != nil {
			return err
		}
	}
	if !held {
		return nil
	}
	s.in.clock.to(starts.Add(-20 * time.Minute))
	for n := range guests {
		if n%5 == 4 {
			continue
		}
		if err := s.reach.Come(ctx, by, which, int64(n+1), true); err != nil {
			return err
		}
	}
	for range 2 + i {
		if err := s.reach.WalkIn(ctx, by, which, ""); err != nil {
			return err
		}
	}
	s.in.clock.to(starts.Add(time.Hour))
	q := demoAsked[i%len(demoAsked)]
	if err := s.reach.Heard(ctx, by, which, q.text); err != nil || q.answer == "" {
		return err
	}
	s.in.clock.to(starts.AddDate(0, 0, 1))
	p, err := s.reach.Look(ctx, by, which)
	if err != nil {
		return err
	}
	return s.reach.Show(ctx, by, which, p.Questions[0].Question.ID, q.text, q.answer)
}

// demoGuests are names of nobody.
var demoGuests = []string{"周予安", "陈启", "余佳", "雷文", "镇小宁", "沈知秋", "汪可", "徐一鸣", "曾小满", "石青", "葛云", "邱禾"}
