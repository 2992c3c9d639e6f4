package personweb_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/person/personweb"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

type world struct {
	*testworld.World
	t       *testing.T
	s       *person.Service
	site    *webtest.Site
	hostile person.ID
	asked   []string // corrections asked for
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	city, _ := testworld.Build(t, db)
	w := &world{World: city, t: t}
	w.s = &person.Service{DB: db, Keys: city.Keys, Cursors: page.NewCursors(make([]byte, 32)), Zone: webtest.Zone}
	err := db.Write(t.Context(), city.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, city.Keys, []person.New{{Home: city.Nodes["咸安区"].ID, Name: webtest.Hostile, Ties: []person.Tie{{Kind: person.Employee, Unit: webtest.Hostile, Role: webtest.Hostile}}}})
		if err != nil {
			return err
		}
		w.hostile = ids[0]
		return tx.Record(person.Create, "", act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
	corrections := personweb.Corrections{
		Ask: func(_ *web.Request, of person.ID, text string) error {
			w.asked = append(w.asked, of.String()+" "+text)
			return nil
		},
		Asked: func(_ *web.Request, of person.ID) (all []personweb.Asked, err error) {
			for _, a := range w.asked {
				if strings.HasPrefix(a, of.String()) {
					all = append(all, personweb.Asked{Serial: "更正-2026-00001", State: "办理中", Answer: webtest.Hostile, At: time.Now()})
				}
			}
			return all, nil
		},
	}
	desks := func(_ *web.Request, ids []string) (map[string]string, error) {
		named := map[string]string{}
		for _, id := range ids {
			if strings.HasPrefix(id, "u-clerk") {
				named[id] = "共青团咸安区委员会"
			}
		}
		return named, nil
	}
	w.site = webtest.Open(t, city.City, func(d *door.Doors) []web.Route { return personweb.Routes(w.s, d, nil, desks, corrections) }, personweb.Messages, cn.Messages)
	return w
}

var (
	clerk     = authz.Role{Key: "clerk", Verbs: append([]authz.Verb{org.Read}, person.Verbs...), Sees: authz.Sensitive}
	secretary = authz.Role{Key: "secretary", Verbs: []authz.Verb{org.Read, person.Read}, Sees: authz.Personal}
	passer    = authz.Role{Key: "passer", Verbs: []authz.Verb{org.Read, person.Read}, Sees: authz.Open}
)

func (w *world) as(role authz.Role, at string) *webtest.Site {
	return w.site.As(w.Actor(w.t, role, at))
}

func (w *world) first(k int) person.ID { return w.People[testworld.Canary(w.City, "咸安区", k)] }

func (w *world) url(of person.ID, step string) string {
	u := "/office/persons/" + of.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func TestListPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.as(clerk, "咸安区")
	own, other := testworld.Canary(w.City, "咸安区", 0), testworld.Canary(w.City, "嘉鱼县", 0)
	site.Get("/office/persons").Want(200, "input[name=q]", "a[href='"+w.url(w.first(0), "")+"']", "a[href^='/office/persons/export']").Holds(own, webtest.Hostile).Lacks(other).Keep("persons")
	site.Get("/office/persons?q="+url.QueryEscape(own)+"&sex=1&tie=member&age=18-22").Want(200).Holds(own).Lacks(webtest.Hostile, "1"+testworld.Canary(w.City, "咸安区", 1))
	site.Get("/office/persons?q=nobody").Want(200, ".zd-empty").Keep("persons-empty")
	site.Get("/office/persons?org="+w.Nodes["咸安区甲镇一村"].ID.String()).Want(200).Holds("只列出", own).Lacks(testworld.Canary(w.City, "咸安区", 1))
	site.Get("/office/persons?org=" + w.Nodes["嘉鱼县"].ID.String()).Want(404)
	site.In("en").Get("/office/persons").Want(200).Holds("Persons").Keep("persons-en")
	w.as(passer, "咸安区").Get("/office/persons").Want(200).Lacks(own, "/export", "/new", "/doubles")

	found := site.Post("/office/persons/find", url.Values{"q": {testworld.CanaryID(w.City, 0, 0)}}).Want(200).Holds(own)
	if strings.Contains(found.Body, testworld.CanaryID(w.City, 0, 0)) {
		t.Error("the number stands on the page")
	}
	if to := site.Post("/office/persons/find", url.Values{"q": {own}}).Location; !strings.HasPrefix(to, "/office/persons?q=") {
		t.Errorf("sent to %s", to)
	}
	site.Post("/office/persons/find", url.Values{"q": {testworld.CanaryPhone(w.City, 1, 0)}}).Want(200, ".zd-empty")
	if file := site.Get("/office/persons/export?tie=member").Want(200); !strings.HasPrefix(file.Body, "PK") {
		t.Error("the export is no xlsx")
	}
	if a := w.as(secretary, "咸安区").Get("/office/persons/export"); a.Status == 200 {
		t.Error("a secretary exports")
	}
}

func TestOnePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, number, phone := testworld.Canary(w.City, "咸安区", 0), testworld.CanaryID(w.City, 0, 0), testworld.CanaryPhone(w.City, 0, 0)
	site := w.as(clerk, "咸安区")
	site.Get(w.url(w.first(0), "")).Want(200, "a[href$='/edit']", "a[href$='/merge']", "a[href$='/show?what=resident_id']", ".zd-line").
		Holds(own, cn.Phone(phone).Masked(), "咸安区甲镇一村团支部").Lacks(number, phone[3:]).Keep("person")
	site.Get(w.url(w.hostile, "")).Want(200).Holds(webtest.Hostile).Keep("person-hostile")
	w.as(secretary, "咸安区").Get(w.url(w.first(0), "")).Want(200).Holds(own).Lacks(cn.Phone(phone).Masked(), "/edit", "/show", number)
	w.as(passer, "咸安区").Get(w.url(w.first(0), "")).Want(200).Lacks(own, "/edit", "/show", "团支部")
	w.as(clerk, "嘉鱼县").Get(w.url(w.first(0), "")).Want(404)
	site.Get(w.url("01ARZ3NDEKTSV4RRFFQ69G5FAV", "")).Want(404)
	site.Get(w.url(w.first(0), "nonsense")).Want(404)
	w.as(secretary, "咸安区").Get(w.url(w.first(0), "edit")).Want(403)
}

func TestRevealPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site, number := w.as(clerk, "咸安区"), testworld.CanaryID(w.City, 0, 0)
	ask := site.Get(w.url(w.first(0), "show")+"?what=resident_id").Want(200, "input[name=reason]").Lacks(number)
	site.Post(w.url(w.first(0), "show"), ask.Form(url.Values{"reason": {"看"}})).Want(422).Holds("至少").Lacks(number)
	got := site.Post(w.url(w.first(0), "show"), ask.Form(url.Values{"reason": {"核对入团材料"}})).Want(200, "[data-zd-hide-after='60']").Holds(number).Keep("person-revealed")
	if c := got.Header.Get("Cache-Control"); !strings.Contains(c, "no-store") {
		t.Errorf("the page may be kept: %q", c)
	}
	site.Get(w.url(w.first(0), "")).Want(200).Holds("核对入团材料").Lacks(number)
}

func TestEditAndPaperPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.as(clerk, "咸安区")
	form := site.Get(w.url(w.first(0), "edit")).Want(200, "input[name=name]", "select[name=ethnicity]").Keep("person-edit")
	site.Post(w.url(w.first(0), "edit"), form.Form(url.Values{"name": {""}, "born": {"2199-01-01"}})).Want(422, "#f-name[aria-invalid]")
	if a := site.Post(w.url(w.first(0), "edit"), form.Form(url.Values{"name": {"改名人"}})); a.Location != w.url(w.first(0), "") {
		t.Errorf("%d %s %s", a.Status, a.Location, a.Text())
	}
	site.Post(w.url(w.first(0), "edit"), form.Form(url.Values{"name": {"又改"}, "_key": {web.NewKey()}})).Want(422).Holds("别人已经作了修改")
	site.Get(w.url(w.first(0), "")).Want(200).Holds("改名人")
	paper := site.Get(w.url(w.first(0), "paper")).Want(200)
	site.Post(w.url(w.first(0), "paper"), paper.Form(url.Values{"kind": {"resident_id"}, "number": {"421202199901010000"}})).Want(422, "#f-number[aria-invalid]")
	site.Post(w.url(w.first(0), "paper"), paper.Form(url.Values{"kind": {"league_number"}, "number": {"201800000001"}})).Want(303)
	site.Get(w.url(w.first(0), "")).Want(200).Holds("团员编号")

	fresh := site.Get("/office/persons/new?org=" + w.Nodes["咸安区甲镇一村"].ID.String()).Want(200).Holds("咸安区甲镇一村").Keep("person-new")
	site.Post("/office/persons/new", fresh.Form(url.Values{"name": {strings.Repeat("长", 5000)}})).Want(422)
	made := site.Post("/office/persons/new", fresh.Form(url.Values{"name": {"𠮷小雨"}, "sex": {"2"}, "born": {"2008-02-29"}, "phone": {"138 0000 4321"}})).Want(303)
	site.Get(made.Location).Want(200).Holds("𠮷小雨", "138****4321")
	site.Get("/office/persons/new").Want(200, "main a[href='/office/orgs']").Lacks("form[action='/office/persons/new']").Holds("先选归属组织")
	site.Get("/office/persons/new?org=" + w.Nodes["嘉鱼县"].ID.String()).Want(404)
}

func TestMergePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.as(clerk, "咸安区")
	a, b := w.first(0), w.first(1)
	site.Get("/office/persons/doubles").Want(200, ".zd-empty")
	site.Get(w.url(a, "merge")).Want(200)
	ask := site.Get(w.url(a, "merge")+"?with="+b.String()).Want(200, "input[name=into]").Holds("不一致", "一致").Keep("person-merge")
	site.Post(w.url(a, "merge"), ask.Form(url.Values{"into": {b.String()}})).Want(422, "#f-reason[aria-invalid]")
	site.Post(w.url(a, "merge"), ask.Form(url.Values{"into": {b.String()}, "reason": {"同一人两次登记"}})).Want(303)
	if to := site.Get(w.url(a, "")); to.Location != w.url(b, "") {
		t.Errorf("%d %s", to.Status, to.Location)
	}
	site.Get(w.url(b, "")).Want(200, "a[href='"+w.url(a, "part")+"']").Holds("同一人两次登记")
	part := site.Get(w.url(a, "part")).Want(200)
	site.Post(w.url(a, "part"), part.Form(url.Values{"reason": {"认错了"}})).Want(303)
	site.Get(w.url(a, "")).Want(200)
	site.Get(w.url(a, "merge") + "?with=" + w.People[testworld.Canary(w.City, "嘉鱼县", 0)].String()).Want(404)
}

func TestGuardianPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.as(clerk, "咸安区")
	child := w.add(person.New{Home: w.Nodes["咸安区甲镇"].ID, Name: "小明", Born: day.Must("2016-01-01")})
	adult := w.add(person.New{Home: w.Nodes["咸安区甲镇"].ID, Name: "小明妈妈", Born: day.Must("1985-01-01")})
	ask := site.Get(w.url(child, "guard")).Want(200)
	site.Post(w.url(child, "guard"), ask.Form(url.Values{"adult": {child.String()}, "relation": {"5"}, "from": {"2016-01-01"}})).Want(422, "#f-adult[aria-invalid]")
	site.Post(w.url(child, "guard"), ask.Form(url.Values{"adult": {adult.String()}, "relation": {"5"}, "from": {"2016-01-01"}})).Want(303)
	one := site.Get(w.url(child, "")).Want(200, "a[href*='/relieve?which=']").Holds("小明妈妈", "未满 14 周岁").Keep("person-child")
	change := one.Find("a[href*='/relieve?which=']").AttrOr("href", "")
	ask = site.Get(change).Want(200)
	site.Post(w.url(child, "relieve"), ask.Form(url.Values{"restricted": {"1"}, "reason": {"法院裁定"}})).Want(303)
	site.Get(w.url(child, "")).Want(200).Holds("法院已限制")
	w.as(secretary, "咸安区").Get(w.url(child, "")).Want(200).Lacks("小明", "2016")
}

func (w *world) add(n person.New) person.ID {
	w.t.Helper()
	var id person.ID
	err := w.DB.Write(w.t.Context(), w.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, w.Keys, []person.New{n})
		if err != nil {
			return err
		}
		id = ids[0]
		return tx.Record(person.Create, "", act.Change{})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}
