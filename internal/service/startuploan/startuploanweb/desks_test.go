package startuploanweb_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/contract"
)

const (
	intake, league, hr, guarantor, finance, bank = startuploan.Intake, startuploan.League, startuploan.HR, startuploan.Guarantor, startuploan.Finance, startuploan.Bank

	queue = "/office/loans/queue"
	list  = "/office/loans/applications"
)

// decided is the form of a step with what was typed into it.
func (c *town) decided(which startuploan.ID, d startuploan.Desk, typed url.Values) url.Values {
	all := url.Values{"no": {strconv.FormatInt(c.at(which, d), 10)}, "_key": {web.NewKey()}}
	for name, values := range typed {
		all[name] = values
	}
	return all
}

// Where nothing waits a queue says so, and who sits at no desk is told the same.
func TestNothingWaits(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.as(hr).Get(queue).Want(200, ".zd-empty", "form select[name=light]")
	c.site.As(c.role("nobody", "咸安区", org.Read)).Get(queue).Want(200, ".zd-empty").Lacks("select name=\"light\"")
	c.as(hr).Get(queue+"?desk=bank").Want(200, ".zd-empty")
	c.as(hr).Get(queue + "?light=purple").Want(422)
	c.site.As(c.role("clerk", "咸安区", startuploan.Read, startuploan.Enter)).Get(list).Want(200, ".zd-empty", "a[href='/office/loans/applications/new']")
	c.site.As(c.role("reader", "咸安区", startuploan.Read)).Get(list).Want(200).Lacks("/applications/new")
	c.as(hr).Get(list).Want(403)
	c.as(hr).Get(list + "/new").Want(403)
	c.as(hr).Get("/office/loans/way").Want(403)
	c.site.Get(queue).Want(303)
}

// Each desk is shown what is its own and is asked what is its own; hostile text stays text. Everybody else is refused.
func TestEachDeskSeesItsOwnFields(t *testing.T) {
	t.Parallel()
	c := found(t)
	which := c.submitted("洞天"+webtest.Hostile, webtest.Hostile)
	one := list + "/" + which.String()
	for _, d := range []startuploan.Desk{league, hr, guarantor, finance, bank} { // not their turn
		if got := c.as(d).Get(one); got.Status != 403 && got.Status != 404 {
			t.Errorf("%s sees it before its turn: %d", d, got.Status)
		}
	}
	c.as(intake).Get(queue).Want(200, "#loans tbody tr a[href='"+one+"']").Holds("洞天").Lacks(webtest.Hostile)
	c.as(intake).Get(one).Want(200, "form[action='"+one+"/pass']", "form[action='"+one+"/refuse'] select[name=code]", "#path li").Lacks(webtest.Hostile, "name=\"rate\"", "name=\"group\"")
	c.as(intake).Post(one+"/pass", c.decided(which, intake, nil)).Want(303)
	c.as(league).Post(one+"/pass", c.decided(which, league, url.Values{"flag": {"1"}, "says": {"团里的话" + webtest.Hostile}})).Want(303)

	// who asks what, and what is kept from whom: group 04 is former prisoners
	const debt, surety, grouped = "某房贷行", "雷文", "刑满释放"
	for _, x := range []struct {
		d             startuploan.Desk
		asks          string
		shows, hidden []string
	}{
		{hr, "select[name=group]", []string{grouped, debt}, []string{surety}},
		{guarantor, "select[name=guarantee]", []string{debt, surety}, []string{grouped}},
		{finance, "input[name=amount]", nil, []string{grouped, debt, surety}},
		{bank, "input[name=rate]", []string{debt, surety, grouped}, nil},
	} {
		p := c.as(x.d).Get(one).Want(200, "form[action='"+one+"/pass'] "+x.asks, "#path li.now").Holds(x.shows...)
		text := told(p)
		for _, h := range x.hidden {
			if strings.Contains(text, h) {
				t.Errorf("%s is shown %q", x.d, h)
			}
		}
		p.Lacks(webtest.Hostile, "团里的话", "421002")
		for _, other := range []string{"select[name=group]", "select[name=guarantee]", "input[name=rate]", "input[name=flag]"} {
			if other != x.asks && p.Find("form[action$='/pass'] "+other).Length() > 0 {
				t.Errorf("%s is asked %s", x.d, other)
			}
		}
		seen := map[string]bool{}
		p.Find("main [id]").Each(func(_ int, e *goquery.Selection) {
			if name := e.AttrOr("id", ""); seen[name] {
				t.Errorf("%s: two parts are called %s", x.d, name)
			} else {
				seen[name] = true
			}
		})
	}
	c.as(finance).Get(one + "/paper/1").Want(404)
	c.as(hr).Get(one + "/paper/1").Want(200)
	for name, by := range map[string]authz.Actor{
		"a neighbouring county": c.role("x", "嘉鱼县", hr.Verb(), startuploan.Read), "who reads figures": c.role("x", "咸安区", org.Read, contract.Read), "another township": c.role("x", "咸安区乙镇", intake.Verb(), startuploan.Read, startuploan.Enter),
	} {
		if got := c.site.As(by).Get(one); got.Status != 403 && got.Status != 404 {
			t.Errorf("%s sees it: %d", name, got.Status)
		}
		if got := c.site.As(by).Post(one+"/pass", c.decided(which, hr, url.Values{"group": {"07"}, "earlier": {"0"}})); got.Status != 403 && got.Status != 404 {
			t.Errorf("%s decides: %d", name, got.Status)
		}
	}
	c.site.As(c.role("reader", "咸安区", startuploan.Read)).Get(one).Want(200, "#path").Lacks("/pass", debt, grouped, surety, webtest.Hostile)
}

// told is the text of a page without the choices that its forms offer.
func told(p *webtest.Answer) string {
	main := p.Find("main").Clone()
	main.Find("select, form").Remove()
	return main.Text()
}

// What is typed wrong into one form of many is shown in that one, open, and leads to its question.
func TestAStepThatIsNotTaken(t *testing.T) {
	t.Parallel()
	c := found(t)
	which := c.submitted("洞天茶坊", "")
	one := list + "/" + which.String()
	p := c.as(intake).Post(one+"/return", c.decided(which, intake, url.Values{"reason": {" "}})).Want(422, "[role=alert] a[href='#f-return-reason']", "#f-return-reason")
	if p.Find("details[open]").Length() != 1 {
		t.Error("the form that failed is not the one that is open")
	}
	c.as(intake).Post(one+"/refuse", c.decided(which, intake, url.Values{"says": {"不行"}})).Want(422, "#f-refuse-code").Holds("不行")
	c.as(intake).Post(one+"/transfer", c.decided(which, intake, url.Values{"to": {"x"}, "reason": {"转"}})).Want(422)
	c.as(intake).Post(one+"/vanish", c.decided(which, intake, nil)).Want(404)
	c.as(intake).Post(one+"/pass", c.decided(which, hr, nil)).Want(404)
	c.as(intake).Get(list + "/" + id.New[startuploan.Application](c.now).String()).Want(404)
	c.as(intake).Get(list + "/no-id").Want(404)
	c.as(intake).Post(one+"/return", c.decided(which, intake, url.Values{"reason": {"补执照" + webtest.Hostile}})).Want(303)
	c.as(intake).Get(one).Want(200).Holds("补执照").Lacks(webtest.Hostile, "/pass")
	c.site.As(her).Get("/my/loans/"+which.String()).Want(200, ".zd-note .zd-said", "a[href$='/papers']").Holds("补执照").Lacks(webtest.Hostile)
}

// An approved application leads who signs to its contract; a clerk finds it in the list.
func TestAnApprovedApplicationLeadsToItsContract(t *testing.T) {
	t.Parallel()
	c := found(t)
	which := c.submitted("洞天茶坊", "")
	one := list + "/" + which.String()
	for _, x := range []struct {
		d     startuploan.Desk
		typed url.Values
	}{
		{intake, nil},
		{league, url.Values{"flag": {"1"}, "priority": {"prize"}}},
		{hr, url.Values{"group": {"04"}, "earlier": {"0"}}},
		{guarantor, url.Values{"guarantee": {"guarantor"}}},
		{finance, url.Values{"amount": {"20万"}}},
		{bank, url.Values{"amount": {"180000"}, "months": {"24"}, "rate": {"4.35%"}}},
	} {
		c.as(x.d).Post(one+"/pass", c.decided(which, x.d, x.typed)).Want(303)
	}
	c.now = c.now.AddDate(0, 0, 5)
	must(t, c.s.CatchUp(t.Context(), c.City))
	clerk := c.site.As(c.role("clerk", "咸安区", startuploan.Read, contract.Sign))
	clerk.Get(list+"?state=approved").Want(200, "#loans a[href='"+one+"']")
	clerk.Get(one).Want(200, "a[href='/office/loans/contracts/new?application="+which.String()+"']").Holds("18万元", "4.35")
	c.site.As(c.role("reader", "咸安区", startuploan.Read)).Get(one).Want(200).Lacks("/contracts/new")
	c.site.As(her).Get("/my/loans/" + which.String()).Want(200).Holds("180,000.00")
	c.site.In("en").As(her).Get("/my/loans/"+which.String()).Want(200, "#path, .zd-line").Holds("180,000.00")
}

// A clerk sets a way from a day on; what cannot be is shown at its question.
func TestTheWay(t *testing.T) {
	t.Parallel()
	c := found(t)
	clerk := c.site.As(c.role("clerk", "咸宁市", startuploan.Read, startuploan.SetWay))
	p := clerk.Get("/office/loans/way").Want(200, "input[name=turn_hr]", "select[name=org_finance]", "select[name=survey_by]", "input[name=person_id_card][checked]").Holds("会议纪要")
	form := p.Form(url.Values{"source": {"新纪要" + webtest.Hostile}, "turn_hr": {""}})
	clerk.Post("/office/loans/way", form).Want(422, "[role=alert]", "input[name=source][value^='新纪要<script>']").Lacks(webtest.Hostile)
	form.Set("turn_hr", "4")
	clerk.Post("/office/loans/way", form).Want(303)
	clerk.Get("/office/loans/way").Want(200).Holds("新纪要").Lacks(webtest.Hostile)
	c.site.As(c.role("reader", "咸宁市", startuploan.Read)).Get("/office/loans/way").Want(200).Lacks("name=\"turn_hr\"")
	c.site.As(c.role("reader", "咸宁市", startuploan.Read)).Post("/office/loans/way", form).Want(403)
}
