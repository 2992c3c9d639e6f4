package researchweb_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/casework/caseworkweb"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/formweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/researchweb"
	"zhidian/internal/testworld"
)

var clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{org.Read, person.Read}, form.Verbs, casework.Verbs, research.Verbs)}

// asked is a form with a hostile title and choice.
var asked = `
| survey   |                   |       |            |           |
|          | type              | name  | label      | zd_class  |
|          | text              | who   | 怎么称呼您 | personal  |
|          | integer           | age   | 年龄       |           |
|          | select_one stage  | stage | 做到哪一步 |           |
|          | select_multiple k | kinds | 缺什么     |           |
|          | decimal           | money | 缺多少     |           |
|          | text              | words | 还想说什么 |           |
| choices  |                   |       |            |           |
|          | list_name         | name  | label      |           |
|          | stage             | idea  | ` + webtest.Hostile + ` |  |
|          | stage             | open  | 已经开业   |           |
|          | k                 | money | 资金       |           |
|          | k                 | room  | 场地       |           |
| settings |                   |       |            |           |
|          | form_title        | form_id |          |           |
|          | 创业者需求` + webtest.Hostile + ` | needs | |   |
`

// world is the pages of needs research over the small city.
type world struct {
	*testworld.World
	t     testing.TB
	s     *research.Service
	form  form.ID
	link  form.Link
	bank  org.Node
	site  *webtest.Site
	cases *casework.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	w := &world{t: t}
	w.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
	must(t, err)
	cursors := page.NewCursors([]byte("sixteen random bytes"))
	forms := &form.Service{DB: db, Keys: w.Keys, Files: files, Serials: w.Serials, Zone: webtest.Zone, Cursors: cursors}
	w.cases = &casework.Service{DB: db, Serials: w.Serials, Cursors: cursors, Zone: webtest.Zone, Tell: research.Told}
	w.s = &research.Service{DB: db, Matters: w.cases, Forms: forms, Keys: w.Keys, Cursors: cursors, Serials: w.Serials, Zone: webtest.Zone, People: &person.Service{DB: db, Keys: w.Keys, Cursors: cursors, Zone: webtest.Zone}}
	w.bank, err = (&org.Service{DB: db, Serials: w.Serials}).Create(t.Context(), w.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: w.Nodes["咸安区"].ID})
	must(t, err)
	accounts := account.Service{DB: db, Keys: w.Keys, Roles: map[string]authz.Role{"clerk": clerk}}
	_, _, err = accounts.CreateFirst(t.Context(), w.City, account.First{Newcomer: account.Newcomer{Login: "zhou", Name: "周予安", Desk: w.Nodes["咸安区甲镇一村"].ID}, Role: "clerk", Password: "Zhidian-demo-2026"})
	must(t, err)
	path := filepath.Join(t.TempDir(), "需求.md")
	must(t, os.WriteFile(path, []byte(asked), 0o600))
	v, faults, err := forms.Upload(t.Context(), w.System(), w.Nodes["咸宁市"].ID, path, "需求.md")
	if err != nil || v.Seq == 0 {
		t.Fatal(err, faults)
	}
	must(t, forms.Release(t.Context(), w.System(), v.Form, v.Seq, v.MadeAt))
	w.form = v.Form
	w.link, err = forms.AddLink(t.Context(), w.System(), v.Form, w.Nodes["咸安区甲镇"].ID, "甲镇", 0)
	must(t, err)
	jobs := &job.Service{DB: db}
	nobody := func(*web.Request, []string) (map[string]string, error) { return nil, nil }
	w.site = webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route {
		all := researchweb.Routes(w.s, d)
		all = append(all, caseworkweb.Routes(w.cases, d, nil, researchweb.BesideMatter(w.s))...)
		return append(all, formweb.Routes(forms, jobs, d, nobody, researchweb.BesideAnswer(w.s))...)
	}, researchweb.Messages, caseworkweb.Messages, form.Messages, formweb.Messages)
	return w
}

func (w *world) as(at string) *webtest.Site {
	by := w.Actor(w.t, clerk, at)
	by.User, by.DeskID = w.Nodes[at].ID.String(), w.Nodes[at].ID.String()
	return w.site.As(by)
}

func (w *world) answer(account, answers string) form.Receipt {
	w.t.Helper()
	got, err := w.s.Forms.Submit(w.t.Context(), authz.Actor{City: w.City, User: account}, form.Given{Slug: w.link.Slug, Answers: json.RawMessage(answers)})
	must(w.t, err)
	return got
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAVoiceFromPageToPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk, public := w.as("咸宁市"), w.site
	clerk.Get("/office/voices").Want(200, ".zd-empty").Holds("还没有诉求").Keep("voices-empty")
	given := w.answer("", `{"who":"周晓岚","money":"30","stage":"idea","words":"缺钱`+`𠮷"}`)
	public.Post("/voice", url.Values{"serial": {given.Serial}, "words": {given.Words}}).Want(200, ".zd-empty").Holds("还没有转办", given.Serial)
	at := "/office/answers/" + given.ID.String()
	clerk.Get(at).Want(200, "a[href^='/office/voices/new?answer=']")
	ask := "/office/voices/new?answer=" + given.ID.String()
	clerk.Get(ask).Want(200, "select[name=question]", "input[name=find]").Holds("缺多少：30", "<script>alert(1)</script>").Lacks(`name="title"`)
	clerk.Get(ask+"&find=%E6%B2%A1%E6%9C%89").Want(200, ".zd-note")
	p := clerk.Get(ask+"&question=words&find=%E5%92%B8%E5%AE%89%E5%86%9C%E5%95%86").Want(200, "input[name=desk]", "textarea[name=text]").Holds("缺钱𠮷").Keep("voice-new")
	clerk.Post("/office/voices/new", p.Form(url.Values{"title": {""}})).Want(422, "[role=alert]").Keep("voice-new-wrong")
	done := clerk.Post("/office/voices/new", p.Form(url.Values{"title": {"茶厂缺资金" + webtest.Hostile}, "desk": {w.bank.ID.String()}, "days": {"5"}}))
	if done.Status != 303 {
		t.Fatalf("%d %s", done.Status, done.Body)
	}
	clerk.Get(done.Location).Want(200, ".zd-facts", "input[name=q]").Holds("咸安农商行", "问卷 "+given.Serial, "上一级", "咸安区").Keep("voice")
	clerk.Get(at).Want(200, "a[href^='/office/voices/']").Holds("心声-")
	clerk.Get("/office/voices").Want(200, "table tbody tr").Holds("茶厂缺资金", "<script>alert(1)</script>").Keep("voices")
	clerk.In("en").Get("/office/voices").Want(200).Holds("Voices", "Form").Keep("voices-en")
	w.as("嘉鱼县").Get(done.Location).Want(404)
	w.as("嘉鱼县").Get("/office/voices").Want(200, ".zd-empty")

	list := public.Post("/voice", url.Values{"serial": {strings.ToLower(given.Serial)}, "words": {given.Words}}).Want(200, ".zd-timeline, .zd-acts, ol").Holds("办理中", "咸安农商行").Lacks("没解决").Keep("own-open")
	_ = list
	mine, err := w.s.ByReceipt(t.Context(), authz.Actor{City: w.City}, given.Serial, given.Words)
	must(t, err)
	must(t, w.cases.Answer(t.Context(), w.System(), mine.Voices[0].Matter.ID, "请到柜台"+webtest.Hostile))
	p = public.Post("/voice", url.Values{"serial": {given.Serial}, "words": {given.Words}}).Want(200, "button[value=solved]", "button[value=unsolved]", "textarea[name=said]").Holds("请到柜台").Keep("own-answered")
	values := p.Form(url.Values{"do": {"unsolved"}, "said": {""}})
	public.Post("/voice", values).Want(422, "[role=alert]")
	values.Set("said", "不办")
	public.Post("/voice", values).Want(200).Holds("已收到您的评价", "办理中").Lacks("button[value=solved]")
	public.Post("/voice", url.Values{"serial": {given.Serial}, "words": {"AAAA-BBBB-CCCC"}}).Want(422).Holds("对不上")
	clerk.Get(done.Location).Want(200).Holds("不办", "没解决")
	public.Get("/voice").Want(200, "input[name=serial]", "input[name=words]").Keep("follow")
}

func TestOnesOwnVoices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	she := w.site.As(authz.Actor{City: w.City, User: "founder"})
	she.Get("/my/voices").Want(200, ".zd-empty")
	given := w.answer("founder", `{"money":"30"}`)
	raised, err := w.s.Raise(t.Context(), w.System(), research.Raising{Origin: research.FromAnswer, OriginID: given.ID.String(), Title: "缺钱", Text: "缺三十万", Desk: w.bank.ID, Days: 5})
	must(t, err)
	must(t, w.cases.Answer(t.Context(), w.System(), raised.Matter, "可以办"))
	she.Get("/my/voices").Want(200, "table a[href^='/my/voices/']").Holds("已答复，请评价").Keep("mine")
	at := "/my/voices/" + url.PathEscape(raised.Serial)
	p := she.Get(at).Want(200, "button[value=solved]").Holds("可以办")
	w.site.As(authz.Actor{City: w.City, User: "other"}).Get(at).Want(404)
	if got := she.Post(at, p.Form(url.Values{"do": {"solved"}})); got.Status != 303 {
		t.Errorf("%d", got.Status)
	}
	she.Get(at).Want(200, "button[value=unsolved]").Holds("已办结").Keep("own-closed")
}

func TestMergingAndTermsPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clerk := w.as("咸宁市")
	var all []research.Raised
	for _, title := range []string{"缺钱", "缺资金"} {
		raised, err := w.s.Raise(t.Context(), w.System(), research.Raising{Origin: research.FromAnswer, OriginID: w.answer("", `{"money":"30"}`).ID.String(), Title: title, Text: title, Desk: w.bank.ID, Days: 5})
		must(t, err)
		all = append(all, raised)
	}
	at := "/office/voices/" + all[1].Voice.String()
	p := clerk.Get(at+"?q=%E7%BC%BA%E9%92%B1").Want(200, "input[name=into]").Keep("merge")
	clerk.Post(at+"/merge", p.Form(url.Values{"into": {all[0].Voice.String()}, "reason": {""}})).Want(422, "[role=alert]")
	if got := clerk.Post(at+"/merge", p.Form(url.Values{"into": {all[0].Voice.String()}, "reason": {"同一件"}})); got.Status != 303 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	p = clerk.Get(at).Want(200, "#group, table", "form[action$='/separate']").Holds("一并办理").Keep("merged")
	if got := clerk.Post(at+"/separate", p.Form(url.Values{"reason": {"不同"}})); got.Status != 303 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	p = clerk.Get("/office/voices/terms").Want(200, "table", "input[name=from]").Keep("terms")
	clerk.Post("/office/voices/terms", p.Form(url.Values{"from": {"2020-01-01"}})).Want(422, "[role=alert]")
	if got := clerk.Post("/office/voices/terms", p.Form(url.Values{"from": {"2099-01-01"}})); got.Status != 303 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	w.as("咸安区").Get("/office/voices/terms").Want(200).Holds("2099").Lacks(`name="from"`)
	m, err := w.cases.Open(t.Context(), w.System(), casework.New{Kind: casework.Problem, Title: "走访问题", Org: w.Nodes["咸安区"].ID, Desk: w.Nodes["咸安区"].ID, Days: 5, Text: "店主说缺人手"})
	must(t, err)
	clerk.Get("/office/matters/"+m.ID.String()).Want(200, "a[href^='/office/voices/new?matter=']")
	p = clerk.Get("/office/voices/new?matter="+m.ID.String()+"&find=%E5%92%B8%E5%AE%89%E5%86%9C%E5%95%86").Want(200, "input[name=asker]").Holds("店主说缺人手")
	clerk.Post("/office/voices/new", p.Form(url.Values{"title": {"缺人手"}, "text": {"缺人手"}, "desk": {w.bank.ID.String()}, "days": {"5"}, "asker": {"店主"}})).Want(200).Holds("口令只在这里显示一次").Keep("raised")
}
