package researchweb_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/research"
)

func TestAStudyFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸宁市")
	clerk.Get("/office/studies").Want(200, ".zd-empty").Keep("studies-empty")
	w.site.Get("/studies").Want(200, ".zd-empty")
	p := clerk.Get("/office/studies/new").Want(200, "select[name=form]").Holds("创业者需求").Keep("study-new")
	clerk.Post("/office/studies/new", p.Form(url.Values{"title": {""}})).Want(422, "[role=alert]")
	done := clerk.Post("/office/studies/new", p.Form(url.Values{"title": {"创业调研" + webtest.Hostile}, "purpose": {"弄清缺什么" + webtest.Hostile}, "form": {w.form.String()}}))
	plan := done.Location
	if done.Status != 303 || !strings.HasSuffix(plan, "/plan") {
		t.Fatalf("%d %s %s", done.Status, plan, done.Body)
	}
	at := strings.TrimSuffix(plan, "/plan")
	p = clerk.Get(plan).Want(200, "textarea[name=cells]", "select[name=kind_by]").Holds("money 资金").Keep("plan")
	clerk.Post(plan, p.Form(url.Values{"cells": {"火星, , , 5"}, "desks": {"x"}})).Want(422, "[role=alert]").Holds("第 1 行", "火星").Keep("plan-wrong")
	set := clerk.Post(plan, p.Form(url.Values{
		"kind_by": {"stage"}, "age_by": {"age"}, "cells": {"咸安区, idea, 14-35, 10\n咸安区, open, , 10"}, "workers": {"周予安, 咸安区甲镇一村, 12"},
		"desks": {"缺什么, 资金, 咸安农商行, 5"}, "bank": {"stage, 创业阶段"}, "groups": {"words, 融资, 贷款, 利息"},
	}))
	if set.Status != 303 {
		t.Fatalf("%d %s", set.Status, set.Body)
	}
	turn := func(step string) {
		t.Helper()
		p := clerk.Get(at)
		if got := clerk.Post(at+"/"+step, url.Values{"_key": {web.NewKey()}, "seen": {p.Find("input[name=seen]").First().AttrOr("value", "")}}); got.Status != 303 {
			t.Fatalf("%s: %d %s", step, got.Status, got.Body)
		}
	}
	clerk.Get(at).Want(200, "form[action$='/draw']", "form[action$='/open']").Holds("筹备", "种子的摘要", "问卷会到她的手机上").Keep("study-draft")
	turn("open")
	for i := range 18 {
		w.answer("", fmt.Sprintf(`{"age":"%d","stage":"%s","kinds":"%s","money":"%d","words":"贷款手续复杂"}`, 20+i%10, []string{"idea", "open"}[i%2], []string{"money", "room", "money room"}[i%3], i))
	}
	hostile, err := json.Marshal(webtest.Hostile)
	must(t, err)
	w.answer("", `{"stage":"idea","words":`+string(hostile)+`}`)
	clerk.Get(at).Want(200, "#progress", "#t1", "a[href$='/proposals']").Holds("10", "转办建议", "中位数", "手续", "从手机交来 0 份，要 12 份；问卷已在她的手机上").Keep("study-open")
	clerk.In("en").Get(at).Want(200, "#progress").Holds("Progress by quota", "Median").Keep("study-open-en")
	clerk.Get(at+"/proposals").Want(200, "a[href*='/office/voices/new?']").Holds("缺什么：资金", "咸安农商行").Keep("proposals")
	clerk.Get(at+"/cross").Want(200, "select[name=a]")
	clerk.Get(at+"/cross?a=stage&b=stage").Want(200, "[role=alert]")
	for as, begins := range map[string]string{"xlsx": "PK", "csv": "\ufeff", "sps": "PK", "tables": "PK"} {
		if got := clerk.Get(at + "/export?as=" + as).Want(200); !strings.HasPrefix(got.Body, begins) {
			t.Errorf("%s begins with %q", as, got.Body[:min(len(got.Body), 4)])
		}
	}
	w.as("嘉鱼县").Get(at).Want(404)
	reader := w.site.As(w.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{research.ReadStudies}}, "咸宁市"))
	reader.Get(at).Want(200).Holds("还没有可以给您看的结果").Lacks("id=\"progress\"", "转办建议")
	turn("close")
	turn("publish")
	public := "/studies/" + at[strings.LastIndex(at, "/")+1:]
	w.site.Get("/studies").Want(200, "a[href='"+public+"']")
	w.site.Get(public).Want(200, "#t1").Holds("不显示", "公布于").Lacks("周予安", "甲镇一村").Keep("publication")
	w.site.In("en").Get(public).Want(200).Holds("not shown").Keep("publication-en")
	clerk.Get("/office/studies").Want(200, "table tbody tr").Holds("已公布").Keep("studies")
	clerk.Get("/office/studies/bank").Want(200, "#bank").Holds("创业阶段")
	clerk.Get("/office/studies/bank?key=%E5%88%9B%E4%B8%9A%E9%98%B6%E6%AE%B5").Want(200, "#rounds").Keep("bank")
}

func TestPeopleAreDrawnOnAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸宁市")
	which, err := w.s.Begin(t.Context(), w.System(), research.NewStudy{Form: w.form, Title: "抽签", Purpose: "抽"})
	must(t, err)
	at := "/office/studies/" + which.String()
	p := clerk.Get(at).Want(200, "form[action$='/draw'] input[name=n]")
	seen := p.Find("form[action$='/draw'] input[name=seen]").AttrOr("value", "")
	clerk.Post(at+"/draw", url.Values{"seen": {seen}, "n": {"999"}, "_key": {web.NewKey()}}).Want(422, "[role=alert]")
	if got := clerk.Post(at+"/draw", url.Values{"seen": {seen}, "n": {"3"}, "_key": {web.NewKey()}}); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if n := clerk.Get(at+"/drawn").Want(200, "#drawn").Find("#drawn tbody tr").Length(); n != 3 {
		t.Errorf("%d rows", n)
	}
	clerk.Get(at).Want(200).Holds("抽中 3 人").Lacks("/draw\"")
}

func TestAMeetingFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸宁市")
	clerk.Get("/office/meetings").Want(200, ".zd-empty").Keep("meetings-empty")
	clerk.Get("/office/meetings/new?find=%E6%B2%A1%E6%9C%89").Want(200, ".zd-note")
	p := clerk.Get("/office/meetings/new?find=%E5%92%B8%E5%AE%89%E5%8C%BA").Want(200, "select[name=org]", "input[name=on]").Keep("meeting-new")
	clerk.Post("/office/meetings/new", p.Form(url.Values{"title": {""}})).Want(422, "[role=alert]")
	done := clerk.Post("/office/meetings/new", p.Form(url.Values{
		"org": {w.Nodes["咸安区"].ID.String()}, "kind": {"visit"}, "title": {"走访" + webtest.Hostile}, "place": {"青创园"}, "on": {"2026-10-30"}, "guests": {"周晓岚，茶饮店"}, "minutes": {webtest.Hostile},
	}))
	if done.Status != 303 {
		t.Fatalf("%d %s", done.Status, done.Body)
	}
	at := done.Location
	clerk.Get(at).Want(200, "form[action$='/items']").Holds("周晓岚", "还没有记下").Keep("meeting-empty")
	clerk.Post(at+"/items", url.Values{"_key": {web.NewKey()}, "text": {""}}).Want(422, "[role=alert]")
	if got := clerk.Post(at+"/items", url.Values{"_key": {web.NewKey()}, "text": {"缺冷库" + webtest.Hostile}, "asker": {"周晓岚"}}); got.Status != 303 {
		t.Fatalf("%d", got.Status)
	}
	p = clerk.Get(at).Want(200, "a[href^='/office/voices/new?item=']").Holds("未转办").Keep("meeting")
	raise := p.Find("a[href^='/office/voices/new?item=']").AttrOr("href", "")
	p = clerk.Get(raise+"&find=%E5%92%B8%E5%AE%89%E5%86%9C%E5%95%86").Want(200, "input[name=desk]").Holds("缺冷库")
	clerk.Post("/office/voices/new", p.Form(url.Values{"title": {"缺冷库"}, "text": {"缺冷库"}, "desk": {w.bank.ID.String()}, "days": {"5"}})).Want(200).Holds("口令只在这里显示一次")
	p = clerk.Get(at).Want(200, "a[href^='/office/voices/0']").Holds("办理中")
	clerk.Get(p.Find("a[href^='/office/voices/0']").AttrOr("href", "")).Want(200, "a[href='"+at+"']").Holds("周晓岚")
	w.as("嘉鱼县").Get(at).Want(404)
	masked := w.site.As(w.Actor(t, authz.Role{Key: "lesser", Verbs: []authz.Verb{research.ReadMeetings}}, "咸宁市"))
	masked.Get(at).Want(200).Lacks("周晓岚", "缺冷库")
	clerk.Get("/office/meetings").Want(200, "table tbody tr").Keep("meetings")
	clerk.In("en").Get("/office/meetings").Want(200).Holds("Visit")
}
