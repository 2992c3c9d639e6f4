package outreachweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/outreach"
	"zhidian/internal/service/outreach/outreachweb"
	"zhidian/internal/testworld"
)

var (
	clerk  = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: outreach.Verbs}
	reader = authz.Role{Key: "reader", Sees: authz.Open, Verbs: []authz.Verb{outreach.Read}}
)

// The pages on one world: empty, an event from its draft through sign-up and the door to shown answers, hostile names, and refusals.
func TestPagesOfEvents(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
	w, _ := testworld.Build(t, db)
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	s := &outreach.Service{DB: db, Keys: w.Keys, Serials: w.Serials, Cursors: cursors, Matters: &casework.Service{DB: db, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone}, Zone: webtest.Zone}
	site := webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return outreachweb.Routes(s, d) }, outreachweb.Messages, outreach.Messages, cn.Messages)
	office, low, guest := site.As(w.Actor(t, clerk, "咸安区")), site.As(w.Actor(t, reader, "咸安区")), site.As(authz.Actor{City: w.City, User: "guest", Name: "沈知秋"})

	site.Get("/outreach").Want(200, ".zd-empty").Lacks("⟦")
	site.Get("/outreach/answers").Want(200, ".zd-empty")
	guest.Get("/my/outreach").Want(200, ".zd-empty")
	for _, v := range outreach.Views {
		office.Get("/office/outreach?view="+v).Want(200, ".zd-empty", "a[href='/office/outreach/new']").Lacks("⟦")
	}
	low.Get("/office/outreach").Want(200).Lacks("/office/outreach/new", "/export")
	office.Get("/office/outreach/new").Want(200, "select[name=org]", "input[name=kind]", "input[name=starts]").Lacks("⟦")
	office.Post("/office/outreach/new", url.Values{"starts": {"25:00"}, "ends": {"x"}, "on": {"2026-03-10"}}).Want(422, "#f-title-error", "#f-starts-error", "#f-ends-error", "#f-kind-error")
	given := url.Values{"org": {w.Nodes["咸安区"].ID.String()}, "kind": {"campus"}, "title": {"青创贷进校园" + webtest.Hostile}, "says": {"讲政策" + webtest.Hostile}, "place": {"礼堂"}, "on": {"2026-03-10"}, "starts": {"14:00"}, "ends": {"16:00"}, "closes": {"2026-03-09"}, "seats": {"2"}}
	office.Post("/office/outreach/new", given).Want(303)
	rows, _, err := s.List(t.Context(), w.System(), outreach.Filter{View: "draft"}, "")
	if err != nil || len(rows.Items) != 1 {
		t.Fatalf("%+v %v", rows.Items, err)
	}
	which := rows.Items[0].ID.String()
	in, out := "/office/outreach/"+which, "/outreach/"+which
	site.Get(out).Want(404)
	office.Get(in).Want(200, "form[action='"+in+"/publish']", "form[action='"+in+"/cancel']", ".zd-empty").Lacks(webtest.Hostile, "⟦", in+"/door")
	office.Get(in+"/edit").Want(200, "input[name=starts][value='14:00']", "input[name=closes][value='2026-03-09']")
	low.Get(in).Want(200).Lacks("/publish", "/cancel", "/edit")
	low.Get(in + "/edit").Want(403)
	office.Post(in+"/publish", nil).Want(303)

	site.Get("/outreach").Want(200, "#ahead a[href='"+out+"']").Holds("余 2/2").Lacks(webtest.Hostile)
	site.Get(out).Want(200, "input[name=name]", "input[name=phone][required]").Lacks(webtest.Hostile, "⟦", "/leave")
	guest.Get(out).Want(200, "input[name=name][value='沈知秋']").Lacks("required=\"\" data-zd-sensitive")
	site.In("en").Get(out).Want(200, "input[name=phone]").Lacks("⟦")
	site.Post(out, url.Values{"name": {""}, "phone": {"123"}}).Want(422, "#f-name-error")
	site.Post(out, url.Values{"name": {"客人"}, "phone": {"123"}}).Want(422, "#f-phone-error")
	got := site.Post(out, url.Values{"name": {"客人" + webtest.Hostile}, "phone": {"139 0000 1234"}}).Want(303)
	ticket := got.Header.Get("Location")
	if !strings.HasPrefix(ticket, "/outreach/ticket/") {
		t.Fatalf("led to %q", ticket)
	}
	site.Get(ticket).Want(200, "form[action='"+ticket+"/leave']", "form[action='"+ticket+"/ask']", "textarea[name=text]").Lacks(webtest.Hostile, "1234", "⟦")
	site.In("en").Get(ticket).Want(200).Lacks("⟦")
	site.Get(ticket + "x").Want(404)
	site.Post(ticket+"/nothing", nil).Want(404)
	site.Post(ticket+"/ask", url.Values{"text": {"能贷多少" + webtest.Hostile}}).Want(303)
	site.Post(ticket+"/ask", url.Values{"text": {""}}).Want(422, "#f-text-error")
	site.Get(ticket).Want(200, "#asked li").Lacks(webtest.Hostile)
	site.Post(out, url.Values{"name": {"又来"}, "phone": {"13900001234"}}).Want(422).Holds("已经报过名")
	guest.Post(out, url.Values{"name": {"沈知秋"}}).Want(303)
	guest.Get(out).Want(200, "form[action='"+out+"/leave']")
	guest.Get("/my/outreach").Want(200, "#mine a[href='"+out+"']")
	site.Get(out).Want(200).Holds("名额已满").Lacks(`name="phone"`)
	site.Post(out, url.Values{"name": {"迟到"}, "phone": {"13900009999"}}).Want(422).Holds("名额已满")
	site.As(authz.Actor{City: w.City, User: "another"}).Post(out+"/leave", nil).Want(404)

	now = time.Date(2026, 3, 10, 5, 0, 0, 0, time.UTC) // an hour before
	office.Get(in+"/door").Want(200, "#g1 button[value=come]", "#g2 button[value=come]", "input[name=walk]").Holds("1234").Lacks("139", webtest.Hostile, "⟦")
	low.Get(in + "/door").Want(403)
	office.Post(in+"/door", url.Values{"no": {"1"}, "do": {"come"}}).Want(303)
	office.Post(in+"/door", url.Values{"no": {"1"}, "do": {"come"}}).Want(422)
	office.Post(in+"/door", url.Values{"walk": {"1"}, "name": {"路过的" + webtest.Hostile}}).Want(303)
	office.Post(in+"/door", url.Values{"no": {"x"}}).Want(404)
	office.Post(in+"/heard", url.Values{"text": {"利率多少"}}).Want(303)
	office.Get(in+"/door").Want(200, "#g1 button[value=undo]")
	office.Get(in).Want(200, "#guests td", "#questions td").Holds("直接到场").Lacks(webtest.Hostile, "⟦", "13900001234")
	low.Get(in).Want(200, "#guests td").Lacks("沈知秋", "客人", "1234")

	all, err := s.Look(t.Context(), w.System(), rows.Items[0].ID)
	if err != nil || len(all.Questions) != 2 {
		t.Fatalf("%+v %v", all.Questions, err)
	}
	q := in + "/questions/" + all.Questions[0].Question.ID.String()
	office.Get(q).Want(200, "form[action='"+q+"/show'] textarea[name=answer]", "form[action='"+q+"/give'] select[name=desk] option[value]", "form[action='"+q+"/drop']").Lacks(webtest.Hostile, "⟦")
	office.In("en").Get(q+"?find="+url.QueryEscape("咸安区")).Want(200, "select[name=desk]").Lacks("⟦")
	low.Get(q).Want(200).Lacks("/show", "/give", "/drop")
	low.Post(q+"/drop", nil).Want(403)
	office.Post(q+"/show", url.Values{"text": {"能贷多少"}}).Want(422, "#f-answer-error")
	office.Post(q+"/give", url.Values{"days": {"0"}}).Want(422, "#f-desk-error", "#f-days-error")
	office.Post(q+"/give", url.Values{"desk": {w.Nodes["咸安区"].ID.String()}, "days": {"5"}}).Want(303)
	office.Get(q).Want(200, "a[href^='/office/matters/']").Lacks("/give")
	office.Post(q+"/show", url.Values{"text": {"能贷多少？"}, "answer": {"个人最高三十万元。" + webtest.Hostile}}).Want(303)
	site.Get("/outreach/answers").Want(200, "#answers dt").Holds("能贷多少？").Lacks(webtest.Hostile, "客人")
	site.Get(out).Want(200, "#answers dd")
	if x := office.Get("/office/outreach/export?view=all").Want(200); !strings.HasPrefix(x.Body, "PK") {
		t.Errorf("no workbook: %.20q", x.Body)
	}
	low.Get("/office/outreach/export").Want(403)
	site.As(w.Actor(t, clerk, "嘉鱼县")).Get(in).Want(404)
	site.As(w.Actor(t, authz.Role{Key: "none"}, "咸宁市")).Get("/office/outreach").Want(403)

	given.Set("on", "2026-04-10")
	given.Set("closes", "")
	office.Post("/office/outreach/new", given).Want(303)
	if rows, _, err = s.List(t.Context(), w.System(), outreach.Filter{View: "draft"}, ""); err != nil || len(rows.Items) != 1 {
		t.Fatal(rows.Items, err)
	}
	in = "/office/outreach/" + rows.Items[0].ID.String()
	office.Post(in+"/publish", nil).Want(303)
	office.Post(in+"/cancel", url.Values{"reason": {""}}).Want(422, "#f-reason-error")
	office.Post(in+"/cancel", url.Values{"reason": {"场地检修" + webtest.Hostile}}).Want(303)
	site.Get("/outreach/"+rows.Items[0].ID.String()).Want(200).Holds("场地检修").Lacks(webtest.Hostile, `name="phone"`)
}
