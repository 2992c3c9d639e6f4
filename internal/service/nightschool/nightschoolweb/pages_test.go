package nightschoolweb_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/nightschool"
	"zhidian/internal/service/nightschool/nightschoolweb"
	"zhidian/internal/testworld"
)

// stage is a small city with these pages.
type stage struct {
	*testworld.World
	t    *testing.T
	s    *nightschool.Service
	site *webtest.Site
	desk authz.Actor
	room place.ID
	now  time.Time

	ahead time.Duration // by which the database's clock goes before the pages'
}

func open(t *testing.T) *stage {
	t.Helper()
	c := &stage{t: t, now: time.Now()}
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: func() time.Time { return time.Now().Add(c.ahead) }})
	c.World, _ = testworld.Build(t, db)
	c.s = &nightschool.Service{DB: db, Keys: c.Keys, Serials: c.Serials, Zone: webtest.Zone}
	c.site = webtest.Open(t, testworld.City, func(d *door.Doors) []web.Route { return nightschoolweb.Routes(c.s, d) }, edition.Messages, enrolment.Messages, timetable.Messages, nightschoolweb.Messages)
	c.desk = c.Actor(t, authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: nightschool.Verbs}, "咸安区")
	c.desk.User = c.Nodes["咸安区"].ID.String()
	places := &place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	at := c.Nodes["咸安区甲镇一村"]
	var err error
	c.room, err = places.Create(t.Context(), c.System(), place.Given{Org: at.ID, Kind: "青年之家", Name: "甲镇青年之家", At: *at.At, CRS: "wgs84", Fineness: "point", Capacity: 40})
	c.must(err)
	return c
}

func (c *stage) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *stage) somebody(name, number string) authz.Actor {
	c.t.Helper()
	var made person.ID
	c.must(c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes["咸安区甲镇一村"].ID, Name: name, Born: day.Must("2000-01-01"), Papers: []person.Paper{{Kind: person.ResidentID, Number: number}}}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}))
	return authz.Actor{City: c.City, User: made.String(), Person: made.String(), Grants: []authz.Held{}}
}

func (c *stage) post(by authz.Actor, to string, f url.Values) string {
	c.t.Helper()
	f.Set("_key", web.NewKey())
	got := c.site.As(by).Post(to, f)
	if got.Status != 303 {
		c.t.Fatalf("%s: %d %s", to, got.Status, got.Body)
	}
	return got.Header.Get("Location")
}

// resident is a valid ID number of somebody born on the first of January 2000.
func resident(n int) string {
	text := fmt.Sprintf("42120220000101%03d", n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(text[i]-'0')
	}
	return text + string("10X98765432"[sum%11])
}

func with(f url.Values, name, value string) url.Values {
	f.Set(name, value)
	return f
}

func shownCourse(t *testing.T, at string) nightschool.ID {
	t.Helper()
	which, err := id.Parse[nightschool.Course](at[len("/office/nightcourses/"):])
	if err != nil {
		t.Fatal(err)
	}
	return which
}

// A term from page to page: the desk makes it, people vote, a course is set up and opened, one has its place and another waits.
func TestATermFromPageToPage(t *testing.T) {
	t.Parallel()
	c := open(t)
	by, next := c.somebody("乔以恒"+webtest.Hostile, resident(1)), c.somebody("温一苇", resident(2))
	teacher := c.somebody("书法老师", resident(3))
	stranger := authz.Actor{City: c.City, User: "nobody", Grants: []authz.Held{}}
	c.site.As(stranger).Get("/night").Want(200, ".zd-empty")
	c.site.As(c.desk).Get("/office/night").Want(200, ".zd-empty", "#rules li").Holds("每人 3 票")
	in := func(days int) string { return day.Of(c.now, webtest.Zone).AddDays(days).String() }
	form := url.Values{
		"org": {c.Nodes["咸安区"].ID.String()}, "title": {"秋季学期"}, "mode": {"first_come"}, "vote_from": {in(-1)}, "vote_from_at": {"09:00"}, "vote_to": {in(2)}, "vote_to_at": {"25:00"},
		"opens": {in(3)}, "opens_at": {"10:00"}, "closes": {in(5)}, "closes_at": {"18:00"}, "paper": {"60"}, "first": {in(10)}, "last": {in(100)}, "most": {"2"}, "offer": {"24"},
	}
	c.site.As(c.desk).Get("/office/night/new").Want(200, "input[name=vote_from]", "select[name=org]").Keep("night-term-new")
	form.Set("_key", web.NewKey())
	c.site.As(c.desk).Post("/office/night/new", form).Want(422, "[role=alert]", "input[name=title][value=秋季学期]").Holds("请写成 19:00")
	form.Set("vote_to_at", "18:00")
	term := c.post(c.desk, "/office/night/new", form)
	c.post(c.desk, term+"/ideas", url.Values{"title": {"书法"}, "says": {webtest.Hostile}})
	c.site.As(c.desk).Get(term).Want(200, "#ideas li", "a[href*='/course?']").Holds("书法").Keep("night-term")

	terms, err := c.s.Terms(t.Context(), c.City)
	c.must(err)
	shown, err := c.s.View(t.Context(), by, terms[0].ID)
	c.must(err)
	c.site.As(stranger).Get("/night/vote").Want(200, "#results li", "a[href^='/my/night/vote']").Keep("night-results")
	c.site.As(stranger).Get("/my/night/vote").Want(200, ".zd-empty a[href='/my/data']")
	c.site.As(by).Get("/my/night/vote").Want(200, "input[name=idea]", "input[name=title]").Keep("night-vote")
	c.post(by, "/my/night/vote", url.Values{"term": {terms[0].ID.String()}, "idea": {shown.Ideas[0].ID.String()}})
	c.site.As(by).Get("/my/night/vote").Want(200, "input[name=idea][checked]").Holds("1 票")
	c.site.As(by).Post("/my/night/ideas", url.Values{"term": {terms[0].ID.String()}, "title": {""}, "_key": {web.NewKey()}}).Want(422, "[role=alert]")
	c.post(by, "/my/night/ideas", url.Values{"term": {terms[0].ID.String()}, "title": {"街舞"}})
	c.site.As(by).Get("/my/night/vote").Want(200, "section[aria-labelledby=own] li").Holds("街舞", "待审核")
	all, err := c.s.AtDesk(t.Context(), c.desk, terms[0].ID)
	c.must(err)
	dance := all.Ideas[1]
	c.site.As(c.desk).Post(term+"/ideas/"+dance.ID.String(), url.Values{"to": {"refused"}, "_v": {fmt.Sprint(dance.EditedAt)}, "_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("不采纳的原因")
	c.post(c.desk, term+"/ideas/"+dance.ID.String(), url.Values{"to": {"refused"}, "note": {"没有场地"}, "_v": {fmt.Sprint(dance.EditedAt)}})
	c.site.As(by).Get("/my/night/vote").Holds("没有场地")

	course := url.Values{
		"title": {"书法"}, "idea": {shown.Ideas[0].ID.String()}, "place": {c.room.String()}, "teacher": {resident(3)}, "lead": {"林老师"}, "agreed": {"1"}, "first": {in(10)}, "starts": {"19:00"}, "ends": {"20:30"},
		"lessons": {"8"}, "places": {"41"}, "age_from": {"18"}, "age_to": {"45"}, "fee": {"20"},
	}
	c.site.As(c.desk).Get(term+"/course?title=%E4%B9%A6%E6%B3%95").Want(200, "input[name=title][value=书法]", "select[name=place]").Keep("night-course-new")
	course.Set("_key", web.NewKey())
	c.site.As(c.desk).Post(term+"/course", course).Want(422, "[role=alert]").Holds("最多容纳 40 人").Lacks("formnovalidate")
	course.Set("places", "1")
	at := c.post(c.desk, term+"/course", course)
	c.post(c.desk, term+"/publish", url.Values{})
	c.post(c.desk, at+"/offer", url.Values{})
	public := "/night" + at[len("/office/nightcourses"):]
	c.site.As(stranger).Get("/night").Keep("night-list").Want(200, "table a[href='"+public+"']").Holds("每次", "20")
	c.site.As(stranger).Get(public).Want(200, "button[disabled]", ".zd-seats").Holds("还没到报名时间")
	course.Set("title", "街舞")
	course.Set("room", "二楼")
	course.Set("idea", "")
	course.Set("teacher", resident(1))
	dancing := c.post(c.desk, term+"/course", course)
	c.post(c.desk, dancing+"/offer", url.Values{})
	c.must(c.DB.Write(t.Context(), c.System(), func(tx *sqldb.Tx) error { // the pages' own clock cannot be turned
		if _, err := tx.Exec(`UPDATE enrolment_roll SET opens_at = $2 WHERE city = $1`, c.now.Add(-time.Hour).UnixMicro()); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.open", Writes: "enrolment_roll"}, "", nil)
	}))
	c.site.As(by).Get(public).Want(200, "a[href='"+public+"/join']")
	c.site.As(by).Get(public+"/join").Want(200, "input[name=agreed]").Keep("night-join")
	c.site.As(by).Post(public+"/join", url.Values{"_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("请先勾选同意")
	mine := c.post(by, public+"/join", url.Values{"agreed": {"1"}})
	waits := c.post(next, public+"/join", url.Values{"agreed": {"1"}})
	c.site.As(by).Get(mine).Want(200, "#standing").Holds("已录取", "所以您有名额").Keep("night-placed")
	c.site.As(next).Get(waits).Want(200, ".zd-pos").Holds("第 1 位", "名额已给完").Keep("night-waiting")
	c.site.As(next).Get(mine).Want(404)
	c.post(by, mine+"/withdraw", url.Values{})
	c.site.As(next).Get(waits).Want(200, ".zd-offer form")
	c.post(next, waits+"/accept", url.Values{})
	c.site.As(next).Get("/my/night").Want(200, "a[href='"+waits+"']").Holds("已录取")
	c.site.As(c.desk).Get(at).Want(200, "#enter", "#lessons li", "table").Holds("温一苇", "已退出").Keep("night-desk")
	course1, err := c.s.CourseDesk(t.Context(), c.desk, shownCourse(t, at))
	c.must(err)
	lesson := course1.Lessons[0].ID.String()
	c.site.As(next).Get(waits).Want(200, "section[aria-labelledby=evenings] li form[action$='/excuse']")
	c.post(next, waits+"/excuse", url.Values{"lesson": {lesson}})
	c.site.As(next).Get(waits).Holds("已请假")
	c.site.As(next).Post(waits+"/arrive", url.Values{"lesson": {lesson}, "code": {"1"}, "_key": {web.NewKey()}}).Want(422, "[role=alert]")
	his := c.post(teacher, "/night"+dancing[len("/office/nightcourses"):]+"/join", url.Values{"agreed": {"1"}})
	c.site.As(teacher).Get(his).Want(200, "#swap input[name=receipt]")
	c.site.As(teacher).Post(his+"/swap", url.Values{"receipt": {"没有"}, "_key": {web.NewKey()}}).Want(422, "[role=alert]", "#swap[open]").Holds("没有找到这个回执号")
	seat, err := c.s.Mine(t.Context(), next)
	c.must(err)
	receipt := enrolment.Receipt(seat[0].Course.Roll, seat[0].Key, 1, 1)
	c.post(teacher, his+"/swap", url.Values{"receipt": {receipt}})
	c.site.As(teacher).Get(his).Want(200, ".zd-offer form[action$='/unswap']").Holds(receipt).Keep("night-swap-own")
	from := url.Values{"from": {his[len("/my/night/") : len(his)-2]}, "turn": {"1"}}
	c.site.As(next).Get(waits).Want(200, ".zd-offer form[action$='/swapped'] input[name=from]", "#swap").Holds("街舞").Keep("night-swap")
	c.post(teacher, his+"/unswap", from)
	c.site.As(next).Post(waits+"/swapped", with(from, "_key", web.NewKey())).Want(422, "[role=alert]").Holds("已经撤回")
	c.post(teacher, his+"/swap", url.Values{"receipt": {receipt}})
	swapped := c.post(next, waits+"/swapped", from)
	c.site.As(next).Get(swapped).Want(200, "#standing").Holds("街舞", "互换得来的")
	c.site.As(c.desk).Get("/office/nightlessons/"+lesson).Want(200, "#count").Holds("起可以签到", "书法老师")
	c.site.As(teacher).Get("/my/night/teach").Want(200, "a[href='/my/night/lessons/"+lesson+"']")
	c.site.As(teacher).Get("/my/night/lessons/"+lesson).Want(200, "#count")
	c.site.As(by).Get("/my/night/lessons/" + lesson).Want(404)
	c.site.As(c.desk).Get("/office/night/appeals").Want(200, ".zd-empty")

	dance2, err := c.s.CourseDesk(t.Context(), c.desk, shownCourse(t, dancing))
	c.must(err)
	c.ahead = time.Until(time.UnixMicro(dance2.Lessons[0].Starts))
	c.must(c.s.Mark(t.Context(), c.desk, dance2.Lessons[0].ID, nightschool.Marks{Here: []person.ID{person.ID(next.Person)}}, nightschool.Marks{}))
	c.ahead = time.Until(time.UnixMicro(dance2.Lessons[7].Ends)) + time.Minute
	c.site.As(next).Get(swapped).Want(200, "#rate", "input[name=stars]").Lacks("id=\"swap\"").Keep("night-rate")
	c.site.As(next).Post(swapped+"/rate", url.Values{"words": {"没有打分"}, "_key": {web.NewKey()}}).Want(422, "[role=alert]").Holds("没有打分")
	c.post(next, swapped+"/rate", url.Values{"stars": {"4"}, "words": {"讲得清楚" + webtest.Hostile}})
	c.site.As(c.desk).Get(dancing).Want(200, "#words li").Holds("讲得清楚", "满 5 人").Keep("night-opinions")
	c.site.As(by).Get("/my/night/lessons/"+dance2.Lessons[0].ID.String()).Want(200, "#words li")
	c.site.As(c.desk).Get(term+"/figures").Want(200, "#figures", "#formulas li").Holds("街舞", "1/1").Keep("night-figures")
	c.site.As(c.desk).Get(term+"/proposal").Want(200, "#proposal td a[href*='/course?']").Holds("书法", "只看得票").Keep("night-proposal")
	c.site.As(c.desk).Get(term+"/course?title=%E8%8C%B6%E8%89%BA&starts=18:30&places=12").Want(200, "input[name=title][value=茶艺]", "input[name=starts][value='18:30']", "input[name=places][value='12']")
	last := dance2.Lessons[7].ID.String()
	c.must(c.s.Close(t.Context(), c.desk, dance2.Lessons[7].ID))
	c.post(next, swapped+"/appeal", url.Values{"lesson": {last}, "words": {"那天在医院" + webtest.Hostile}})
	const appeals = "/office/night/appeals"
	said := c.site.As(c.desk).Get(appeals).Want(200, "form input[name=to]", "textarea[name=answer]").Holds("那天在医院").Form(url.Values{"to": {"lifted"}})
	c.site.As(c.desk).Post(appeals, said).Want(422, "[role=alert]", "input[name=to][value=lifted][checked]").Keep("night-appeals")
	said.Set("answer", "有病历")
	other := c.desk
	other.User = c.Nodes["嘉鱼县"].ID.String()
	c.post(other, appeals, with(said, "_key", web.NewKey()))
	c.site.As(c.desk).Get(appeals).Want(200, ".zd-empty")
	c.ahead = 0

	c.post(c.desk, at+"/resize", url.Values{"places": {"2"}})
	c.post(c.desk, at+"/enter", url.Values{"way": {"phone"}, "number": {resident(1)}, "agreed": {"1"}})
	c.site.As(c.desk).Post(at+"/cancel", url.Values{"_key": {web.NewKey()}}).Want(422, "[role=alert]")
	c.post(c.desk, at+"/cancel", url.Values{"reason": {"老师有事"}})
	c.site.As(stranger).Get(public).Want(200).Holds("已取消")
}
