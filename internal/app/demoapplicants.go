package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
)

// demoRate is what the demo's bank asks.
const demoRate = 435 * money.BasisPoint

// Areas of the ID numbers of applicants, spouses, guarantors and partners; no register of the demo has one from there.
const demoApplicantArea, demoSpouseArea, demoSuretyArea, demoPartnerArea = "421003", "421022", "421024", "421081"

func (a *demoApplying) guarantee() string {
	if a.Surety == "" {
		return "waived"
	}
	return "guarantor"
}

func (a *demoApplying) kind() policy.Kind {
	switch {
	case a.Firm:
		return policy.Firm
	case a.Partner != "":
		return policy.Partnership
	}
	return policy.Individual
}

// hand fills an application in and hands it in.
func (r *demoRun) hand(ctx context.Context, a *demoApplying) error {
	if err := r.draft(ctx, a, true); err != nil {
		return err
	}
	_, version, err := r.where(ctx, a, "", "")
	if err != nil {
		return err
	}
	return r.loans.Submit(ctx, a.filler, a.which, version, true)
}

// draft begins an application, on a phone or at the counter, and fills in all of it or only what is asked for.
func (r *demoRun) draft(ctx context.Context, a *demoApplying, whole bool) error {
	given := venture.Given{Org: r.nodes[a.Area].ID, Founder: a.Founder, Facts: venture.Facts{
		Name: a.Name, About: a.About, Entity: a.Entity, Credit: a.Credit, Industry: a.Industry, Category: a.Category, Stage: a.Stage, Staff: a.Staff, Began: a.Began, Address: r.nodes[a.Area].Name + "（演示地址）",
	}}
	var of venture.ID
	var err error
	if a.ByPhone {
		if a.filler, err = r.byPhone(ctx, fmt.Sprintf("1390002%04d", a.Serial)); err != nil {
			return err
		}
		if of, err = r.library.Ventures.Propose(ctx, a.filler, given); err != nil {
			return err
		}
		v, err := r.library.Look(ctx, r.counter(a), of)
		if err != nil {
			return err
		}
		if err := r.library.Ventures.Take(ctx, r.counter(a), of, v.EditedAt); err != nil {
			return err
		}
		if a.which, err = r.loans.Begin(ctx, a.filler, of, a.kind()); err != nil {
			return err
		}
	} else {
		a.filler = r.counter(a)
		if of, err = r.library.Ventures.Create(ctx, a.filler, given); err != nil {
			return err
		}
		if a.which, err = r.loans.BeginFor(ctx, a.filler, of, a.kind()); err != nil {
			return err
		}
	}
	return r.fill(ctx, a, whole)
}

// fill fills in the steps of the form, one after another.
func (r *demoRun) fill(ctx context.Context, a *demoApplying, whole bool) error {
	s, by := r.loans, a.filler
	steps := []func(version int64) error{func(v int64) error {
		return s.SaveAsks(ctx, by, a.which, v, startuploan.Asks{
			Kind: a.kind(), Amount: a.Amount, Months: a.Months, Purpose: a.Purpose, Method: "quarterly-interest", Guarantee: a.guarantee(), Bank: r.nodes[demoBank].ID,
		})
	}}
	if whole {
		steps = append(steps, func(v int64) error {
			return s.SaveBusiness(ctx, by, a.which, v, startuploan.Business{
				Name: a.Name, Entity: a.Entity, Credit: a.Credit, Industry: a.Industry, Address: r.nodes[a.Area].Name + "（演示地址）", Began: a.Began, Staff: max(a.Staff, a.Hires), NewHires: a.Hires,
			})
		})
		for i, p := range a.parties() {
			no := int64(0)
			if i == 0 && by.Person != "" { // who is known is there already
				no, p.Number = 1, ""
			}
			steps = append(steps, func(v int64) error { return s.SaveParty(ctx, by, a.which, v, no, p) })
		}
		if a.Debt > 0 {
			steps = append(steps, func(v int64) error {
				return s.AddDebt(ctx, by, a.which, v, startuploan.Debt{Party: 1, Kind: "housing", Lender: "建设银行城区支行", Amount: a.Debt})
			})
		}
		for _, kind := range a.papers() {
			steps = append(steps, func(v int64) error {
				return s.AddPaper(ctx, by, a.which, v, kind, kind+".jpg", bytes.NewReader(r.scan))
			})
		}
	}
	for _, do := range steps {
		_, version, err := r.where(ctx, a, "", "")
		if err == nil {
			err = do(version)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parties are who has to do with it: the applicant first.
func (a *demoApplying) parties() []startuploan.Saying {
	sex, other := "1", "2"
	if a.Female {
		sex, other = "2", "1"
	}
	group := a.Group
	if a.Firm {
		group = "07"
	}
	marital := "single"
	if a.Spouse != "" {
		marital = "married"
	}
	number := func(area string, born day.Day) string {
		n, err := cn.SyntheticID(area, born)
		if err != nil {
			panic(err) // areas are constants, and days are days
		}
		return string(n)
	}
	all := []startuploan.Saying{{
		Role: startuploan.Applicant, Name: a.Founder, Number: number(demoApplicantArea, a.Born), Sex: sex, Marital: marital, Group: group, Debtless: a.Debt == 0, Agreed: true,
	}}
	if a.Spouse != "" {
		all = append(all, startuploan.Saying{Role: startuploan.Spouse, Of: 1, Name: a.Spouse, Number: number(demoSpouseArea, a.Born.AddDays(200)), Sex: other, Debtless: true, Agreed: true})
	}
	if a.Partner != "" {
		all = append(all, startuploan.Saying{Role: startuploan.Partner, Name: a.Partner, Number: number(demoPartnerArea, a.Born.AddDays(400)), Sex: sex, Marital: "single", Group: "05", Debtless: true, Agreed: true})
	}
	if a.Surety != "" {
		all = append(all, startuploan.Saying{Role: startuploan.Surety, Name: a.Surety, Number: number(demoSuretyArea, a.Born.AddDays(-900)), Sex: "1", Employer: "咸安区某中学（演示）", Agreed: true})
	}
	return all
}

// papers are the kinds that she must bring; at the counter she signs the promise as well.
func (a *demoApplying) papers() []string {
	all := startuploan.Usual.PersonPapers
	if a.Firm {
		all = startuploan.Usual.FirmPapers
	}
	if !a.ByPhone {
		all = append(all[:len(all):len(all)], "promise")
	}
	return all
}

// byPhone lets somebody in by her number, as on the page, and gives who she is.
func (r *demoRun) byPhone(ctx context.Context, number string) (by authz.Actor, err error) {
	phone, err := cn.ParsePhone(number)
	if err != nil {
		return by, err
	}
	code := ""
	if err := r.account.SendCode(ctx, r.in.city.Slug, phone, func(c string) string { code = c; return c }); err != nil {
		return by, err
	}
	token, err := r.account.SignInByCode(ctx, r.in.city.Slug, phone, code, account.Visitor{Agent: "demo"})
	if err != nil {
		return by, err
	}
	hash := sha256.Sum256([]byte(token))
	session, err := r.account.Session(ctx, r.in.city.Slug, hash, r.db.Now())
	if err != nil {
		return by, err
	}
	return session.Actor, r.account.SignOut(ctx, session.Actor, hash)
}

// surveyed fills the survey in as the secretary does on her phone, with a photograph.
func (r *demoRun) surveyed(ctx context.Context, a *demoApplying) error {
	by, now := r.counter(a), r.db.Now()
	device := id.New[demoApplying](now).String()
	pack, err := r.fields.Pack(ctx, by, device, now.UnixMicro())
	if err != nil {
		return err
	}
	for _, j := range pack.Jobs {
		for _, known := range j.Lists[startuploan.SurveyList] {
			if !strings.HasPrefix(known.ID, a.which.String()) {
				continue
			}
			answers, err := json.Marshal(map[string]any{
				"which": map[string]string{"application": known.ID, "visited": day.Of(now, r.loans.Zone).String()},
				"site":  map[string]string{"open": "yes", "staff": fmt.Sprint(a.Staff), "stock": "设备在用，库存够卖两周。"},
				"money": map[string]string{"income": fmt.Sprint(12_000 + 900*a.Serial%20_000), "costs": fmt.Sprint(7_000 + 700*a.Serial%9_000), "proof": "账本、收款码流水", "words": "门面临街，邻居说每天开门。"},
			})
			if err != nil {
				return err
			}
			photo := field.FilledFile{ID: id.New[field.FilledFile](now).String(), Path: "site/front", Question: "front", Name: "门面.jpg", Type: "image/jpeg", Bytes: int64(len(r.photo))}
			if _, err := r.fields.Piece(ctx, by, field.Upload{ID: photo.ID, Form: j.Form.ID, Version: j.Form.Version, Question: photo.Question, Name: photo.Name, Bytes: photo.Bytes}, 0, r.photo); err != nil {
				return err
			}
			_, err = r.fields.Receive(ctx, by, device, field.Filled{
				Protocol: field.Protocol, ID: device, App: "demo", Form: j.Form.ID, Version: j.Form.Version, Org: j.At.ID, Answers: answers, Files: []field.FilledFile{photo},
				Known: map[string][]string{known.ID: known.Heads}, Rows: map[string][]record.Known{startuploan.SurveyList: {known}}, MadeAt: now.UnixMilli(), SentAt: now.UnixMilli(),
			})
			return err
		}
	}
	return fmt.Errorf("demo: %s has no survey of %s", by.Name, a.Name)
}

// addDemoOwnApplications lets the resident as whom one can look at the demo have applications of her own: one to be completed, one begun.
func (s *services) addDemoOwnApplications(ctx context.Context, r *demoRun) error {
	her, err := r.byPhone(ctx, demoPhone)
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, s.in.city.Slug, func(q *sqldb.Rx) error {
		held, err := person.HeldBy(q, s.in.keys, person.ResidentID, []string{demoPaper()})
		her.Person = held[demoPaper()].String()
		return err
	})
	if err != nil {
		return err
	}
	own, err := s.library.Ventures.Mine(ctx, her)
	if err != nil || len(own) == 0 {
		return err
	}
	v := own[0]
	var area string
	for code, n := range r.nodes {
		if n.ID == v.Org {
			area = code
		}
	}
	for i, whole := range []bool{true, false} {
		a := &demoApplying{filler: her, Application: demo.Application{
			Venture: demo.Venture{Area: area, Founder: "沈知秋", Name: v.Name, Entity: v.Entity, Credit: v.Credit, Industry: v.Industry, Began: v.Began, Staff: v.Staff}, Born: demoBorn, Female: true, Group: "07",
			Surety: "余国平", Amount: money.Fen(200_000-50_000*i) * money.Yuan, Months: 24, Purpose: "添一台烘干机，赶下半年的订单", ByPhone: true, Homeward: strings.HasPrefix(area, "421202"), Serial: 9000 + i,
		}}
		if err := r.morning(ctx, 6-5*i); err != nil {
			return err
		}
		if a.which, err = s.loans.Begin(ctx, her, v.ID, policy.Individual); err != nil {
			return err
		}
		if err := r.fill(ctx, a, whole); err != nil {
			return err
		}
		if !whole {
			continue
		}
		_, version, err := r.where(ctx, a, "", "")
		if err == nil {
			err = s.loans.Submit(ctx, her, a.which, version, true)
		}
		if err == nil {
			err = r.morning(ctx, 4)
		}
		if err == nil {
			err = r.do(ctx, a, "return-intake")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// demoPhoto is what stands for a photograph of a shop front, demoScan for one of a paper: drawn, not taken.
func demoPhoto() []byte {
	return drawn(480, 360, color.RGBA{0xb9, 0xd3, 0xe8, 255}, map[image.Rectangle]color.RGBA{
		image.Rect(40, 120, 440, 330): {0xe6, 0xdc, 0xc8, 255}, image.Rect(40, 120, 440, 165): {0x1f, 0x7a, 0x4d, 255}, image.Rect(200, 210, 280, 330): {0x6b, 0x4a, 0x2f, 255},
		image.Rect(70, 200, 170, 280): {0x8f, 0xb4, 0xc9, 255}, image.Rect(310, 200, 410, 280): {0x8f, 0xb4, 0xc9, 255}, image.Rect(0, 330, 480, 360): {0x9a, 0x9a, 0x96, 255},
	})
}

func demoScan() []byte {
	lines := map[image.Rectangle]color.RGBA{image.Rect(90, 40, 270, 60): {0x33, 0x33, 0x33, 255}, image.Rect(250, 360, 320, 430): {0xd0, 0x60, 0x60, 255}}
	for y := 90; y < 340; y += 24 {
		lines[image.Rect(40, y, 320-(y*7)%60, y+8)] = color.RGBA{0x99, 0x99, 0x99, 255}
	}
	return drawn(360, 480, color.RGBA{0xfb, 0xfa, 0xf6, 255}, lines)
}

func drawn(w, h int, ground color.RGBA, parts map[image.Rectangle]color.RGBA) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	for at, c := range parts {
		draw.Draw(m, at, image.NewUniform(c), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err) // memory takes it
	}
	return b.Bytes()
}
