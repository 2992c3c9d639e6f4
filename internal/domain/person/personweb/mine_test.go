package personweb_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/testworld"
)

// me is a resident who has proved who she is.
func (w *world) me(of person.ID) *webtest.Site {
	return w.site.As(authz.Actor{City: w.City, User: "u-public", Person: of.String(), Name: "138****1000"})
}

func TestMyData(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	actor := authz.Actor{City: w.City, User: "u-public", Person: w.first(0).String()}
	if err := w.s.Consent(t.Context(), actor, w.first(0), w.first(0), "density", "2026-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Unmask(t.Context(), w.Actor(t, clerk, "咸安区"), w.first(0), person.ResidentID, "核对入团材料"); err != nil {
		t.Fatal(err)
	}
	me, number := w.me(w.first(0)), testworld.CanaryID(w.City, 0, 0)
	one := me.Get("/my/data").Want(200, "a[href='/my/data/copy']", "textarea[name=text]", "form[action='/my/unlink']").
		Holds(testworld.Canary(w.City, "咸安区", 0), "团员", "工作人员登记", "共青团咸安区委员会", "本人", "系统").Lacks(number, "核对入团材料").Keep("my-data")
	if n := one.Find(".zd-line li").Length(); n != 3 {
		t.Errorf("%d acts are told of", n)
	}
	w.site.In("en").As(actor).Get("/my/data").Want(200).Holds("Who handled it").Keep("my-data-en")
	file := me.Get("/my/data/copy").Want(200)
	var copied struct {
		Name   string
		Papers []struct{ Kind, Number, From string }
		Acts   []struct{ What, Office string }
	}
	if err := json.Unmarshal([]byte(file.Body), &copied); err != nil || len(copied.Papers) != 1 || copied.Papers[0].Number != number || copied.Papers[0].From == "" || len(copied.Acts) != 3 {
		t.Errorf("%+v, %v", copied, err)
	}
	if !strings.Contains(file.Body, testworld.CanaryPhone(w.City, 0, 0)) {
		t.Error("the copy is not whole")
	}
	me.Post("/my/data/withdraw", url.Values{"purpose": {"density"}}).Want(303)
	me.Get("/my/data").Want(200).Holds("撤回")
	me.Post("/my/data/correct", one.Form(url.Values{"text": {""}})).Want(422, "#f-text[aria-invalid]")
	me.Post("/my/data/correct", one.Form(url.Values{"text": {"出生日期不对"}})).Want(303)
	if len(w.asked) != 1 || w.asked[0] != w.first(0).String()+" 出生日期不对" {
		t.Error(w.asked)
	}
	me.Get("/my/data").Want(200).Holds("更正-2026-00001", webtest.Hostile).Keep("my-data-asked")
	w.me(w.hostile).Get("/my/data").Want(200).Holds(webtest.Hostile).Keep("my-data-hostile")
	me.Get("/my/data?of=" + w.first(1).String()).Want(404)
	me.Get("/my/data/copy?of=" + w.first(1).String()).Want(404)
	me.Post("/my/data/correct", one.Form(url.Values{"text": {"不是我的"}, "of": {w.first(1).String()}})).Want(404)
	me.Post("/my/data/withdraw", url.Values{"purpose": {"density"}, "of": {w.first(1).String()}}).Want(404)
	if len(w.asked) != 1 {
		t.Error("a correction of somebody else's data was taken")
	}
}

func TestMyDataOfWhoHasProvedNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.site.As(authz.Actor{City: w.City, User: "u-new", Name: "新人"}).Get("/my/data").Want(200, ".zd-empty").Keep("my-data-none")
	for _, to := range []string{"/my/data", "/my/data/copy"} {
		if a := w.site.Get(to); a.Location != "/sign-in/phone?next=/my/data" {
			t.Errorf("%d %s", a.Status, a.Location)
		}
	}
	if a := w.site.Post("/my/data/correct", url.Values{"text": {"出生日期不对"}}); a.Status != 401 || len(w.asked) != 0 {
		t.Errorf("%d, %v", a.Status, w.asked)
	}
	if a := w.site.Post("/my/data/withdraw", url.Values{"purpose": {"density"}}); a.Status != 303 {
		t.Errorf("%d", a.Status)
	}
}

// A guardian goes from her own page to the child's, asks and takes along there.
func TestMyChildsData(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	child := w.add(person.New{Home: w.Nodes["咸安区甲镇"].ID, Name: "小明", Born: day.Must("2018-01-01")})
	if _, err := w.s.Entrust(t.Context(), w.Actor(t, clerk, "咸安区"), person.Guardianship{Child: child, Adult: w.first(0), Relation: "5", From: day.Must("2024-01-01")}); err != nil {
		t.Fatal(err)
	}
	me, of := w.me(w.first(0)), "?of="+child.String()
	me.Get("/my/data").Want(200, "a[href='/my/data"+of+"']").Holds("小明", "被监护人")
	page := me.Get("/my/data"+of).Want(200, "a[href='/my/data/copy"+of+"']", "a[href='/my/data']", "input[name=of][value='"+child.String()+"']").Holds("小明的资料").Lacks("/my/unlink").Keep("my-child")
	if file := me.Get("/my/data/copy" + of).Want(200); !strings.Contains(file.Body, "小明") {
		t.Error("the copy is not the child's")
	}
	if a := me.Post("/my/data/correct", page.Form(url.Values{"text": {"学校不对"}})); a.Location != "/my/data"+of || len(w.asked) != 1 || !strings.HasPrefix(w.asked[0], child.String()) {
		t.Errorf("%d %s %v", a.Status, a.Location, w.asked)
	}
	w.me(w.first(1)).Get("/my/data" + of).Want(404)
}
