package form_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var (
	clerk     = authz.Role{Key: "clerk", Verbs: form.Verbs, Sees: authz.Sensitive}
	secretary = authz.Role{Key: "secretary", Verbs: []authz.Verb{form.Read, form.Enter, form.Answers}, Sees: authz.Personal}
)

const needs = `
| survey   |               |        |          |           |            |          |
|          | type          | name   | label    | zd_class  | constraint | required |
|          | text          | who    | 姓名     | personal  |            | yes      |
|          | text          | phone  | 电话     | sensitive | regex(., '1[0-9]{10}') | |
|          | begin repeat  | need   | 需求     |           |            |          |
|          | select_one k  | kind   | 类别     |           |            |          |
|          | text          | words  | 说明     | sensitive |            |          |
|          | end repeat    |        |          |           |            |          |
| choices  |               |        |          |           |            |          |
|          | list_name     | name   | label    |           |            |          |
|          | k             | money  | 资金     |           |            |          |
|          | k             | room   | 场地     |           |            |          |
| settings |               |        |          |           |            |          |
|          | form_title    | form_id | version |           |            |          |
|          | 创业者需求    | needs  | 1        |           |            |          |
`

const answered = `{"who":"王小二","phone":"13800000000","need":[{"kind":"money","words":"三十万"},{"kind":"room"}]}`

// town is the small city with a service of forms.
type town struct {
	*testworld.World
	t    testing.TB
	s    *form.Service
	twin *testworld.World
	dir  string
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := &town{t: t, dir: t.TempDir()}
		c.World, c.twin = testworld.Build(t, db)
		files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
		if err != nil {
			t.Fatal(err)
		}
		c.s = &form.Service{
			DB: db, Keys: c.Keys, Files: files, Serials: c.Serials, Zone: time.FixedZone("", 8*3600),
			Cursors: page.NewCursors([]byte("sixteen random bytes")),
		}
		test(t, c)
	})
}

func (c *town) file(text string) string {
	c.t.Helper()
	f, err := os.CreateTemp(c.dir, "*.md")
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		c.t.Fatal(err)
	}
	return f.Name()
}

func (c *town) upload(by authz.Actor, text string) form.Version {
	c.t.Helper()
	v, faults, err := c.s.Upload(c.t.Context(), by, c.Nodes["咸安区"].ID, c.file(text), "需求.md")
	if err != nil || survey.Failed(faults) {
		c.t.Fatal(err, faults)
	}
	return v
}

// open is a form that is filled in now, with an address in a township.
func (c *town) open(by authz.Actor) (form.Version, form.Link) {
	c.t.Helper()
	v := c.upload(by, needs)
	if err := c.s.Release(c.t.Context(), by, v.Form, v.Seq, v.MadeAt); err != nil {
		c.t.Fatal(err)
	}
	l, err := c.s.AddLink(c.t.Context(), by, v.Form, c.Nodes["咸安区甲镇"].ID, "甲镇", 0)
	if err != nil {
		c.t.Fatal(err)
	}
	return v, l
}

func (c *town) submit(by authz.Actor, slug, answers string) (form.Receipt, error) {
	return c.s.Submit(c.t.Context(), by, form.Given{Slug: slug, Answers: json.RawMessage(answers)})
}

func (c *town) nobody() authz.Actor { return authz.Actor{City: c.City} }

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v %v, want %q", err, errs.ProblemsOf(err), key)
}

func TestAFormFromWorkbookToAnswers(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		got, err := c.submit(c.nobody(), l.Slug, answered)
		if err != nil || got.Words == "" || !strings.HasPrefix(got.Serial, "卷-") {
			t.Fatalf("%+v, %v", got, err)
		}

		// A clerk reads everything, a secretary what is personal, the neighbour nothing.
		shown, err := c.s.View(ctx, by, got.ID)
		if err != nil || shown.Content["phone"] != "13800000000" || len(shown.Masked) > 0 {
			t.Errorf("the clerk sees %v, %v", shown.Content, err)
		}
		if need := shown.Content["need"].([]any); need[0].(map[string]any)["words"] != "三十万" || need[1].(map[string]any)["kind"] != "room" {
			t.Errorf("repeats are %v", need)
		}
		shown, err = c.s.View(ctx, c.Actor(t, secretary, "咸安区甲镇"), got.ID)
		if err != nil || shown.Content["who"] != "王小二" || shown.Content["phone"] != nil || !shown.Masked["phone"] || !shown.Masked["words"] {
			t.Errorf("the secretary sees %v, masked %v, %v", shown.Content, shown.Masked, err)
		}
		if _, err := c.s.View(ctx, c.Actor(t, clerk, "嘉鱼县"), got.ID); errs.KindOf(err) != errs.Absent {
			t.Errorf("the neighbour: %v", err)
		}
		list, err := c.s.List(ctx, c.Actor(t, clerk, "嘉鱼县"), form.Filter{Form: v.Form}, "")
		if err != nil || len(list.Items) != 0 {
			t.Errorf("the neighbour lists %v, %v", list.Items, err)
		}
		list, err = c.s.List(ctx, by, form.Filter{Form: v.Form}, "")
		if err != nil || len(list.Items) != 1 || list.Items[0].OrgName != "咸安区甲镇" {
			t.Errorf("the clerk lists %v, %v", list.Items, err)
		}

		// What is sensitive lies sealed.
		var content string
		if err := c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			return q.Row(`SELECT content FROM answer WHERE city = $1`).Scan(&content)
		}); err != nil || strings.Contains(content, "138") || strings.Contains(content, "三十万") || !strings.Contains(content, "王小二") {
			t.Errorf("kept in the open is %s, %v", content, err)
		}
	})
}

func TestOwnAnswersAreSeenAndCorrected(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		got, err := c.submit(c.nobody(), l.Slug, answered)
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"", "AAAA-BBBB-CCCC"} {
			if _, err := c.s.Mine(ctx, c.nobody(), got.Serial, words); errs.KindOf(err) != errs.Absent {
				t.Errorf("with %q: %v", words, err)
			}
		}
		own, err := c.s.Mine(ctx, c.nobody(), got.Serial, strings.ToLower(strings.ReplaceAll(got.Words, "-", " ")))
		if err != nil || own.Content["phone"] != "13800000000" || !own.Editable {
			t.Fatalf("%+v, %v", own, err)
		}
		if err := c.s.Replace(ctx, c.nobody(), got.Serial, got.Words, own.EditedAt, json.RawMessage(`{"who":"王二"}`)); err != nil {
			t.Fatal(err)
		}
		wantKey(t, c.s.Replace(ctx, c.nobody(), got.Serial, got.Words, own.EditedAt, json.RawMessage(`{"who":"王三"}`)), "form.moved_on")
		own, err = c.s.Mine(ctx, c.nobody(), got.Serial, got.Words)
		if err != nil || own.Content["who"] != "王二" || own.Content["phone"] != nil {
			t.Errorf("corrected: %v, %v", own.Content, err)
		}

		// With an account no words are needed, and nobody else's answers are one's own.
		me := authz.Actor{City: c.City, User: "me"}
		mine, err := c.submit(me, l.Slug, answered)
		if err != nil || mine.Words != "" {
			t.Fatalf("%+v, %v", mine, err)
		}
		if _, err := c.s.Mine(ctx, authz.Actor{City: c.City, User: "other"}, mine.Serial, ""); errs.KindOf(err) != errs.Absent {
			t.Errorf("somebody else: %v", err)
		}
		all, err := c.s.OfAccount(ctx, me)
		if err != nil || len(all) != 1 || all[0].Title != "创业者需求" {
			t.Errorf("my answers: %+v, %v", all, err)
		}
		own, err = c.s.Mine(ctx, me, mine.Serial, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.s.Withdraw(ctx, me, mine.Serial, "", own.EditedAt); err != nil {
			t.Fatal(err)
		}
		own, err = c.s.Mine(ctx, me, mine.Serial, "")
		if err != nil || !own.Withdrawn || len(own.Content) > 0 || own.Editable {
			t.Errorf("withdrawn: %+v, %v", own, err)
		}

		if err := c.s.End(ctx, by, v.Form); err != nil {
			t.Fatal(err)
		}
		own, err = c.s.Mine(ctx, c.nobody(), got.Serial, got.Words)
		if err != nil || own.Editable {
			t.Errorf("after the end: %v", err)
		}
		wantKey(t, c.s.Replace(ctx, c.nobody(), got.Serial, got.Words, own.EditedAt, json.RawMessage(answered)), "form.closed")
	})
}

func TestWhatIsWrongIsToldQuestionByQuestion(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		_, l := c.open(c.Actor(t, clerk, "咸安区"))
		_, err := c.submit(c.nobody(), l.Slug, `{"phone":"12","need":[{"kind":"gold"}]}`)
		var at []string
		for _, p := range errs.ProblemsOf(err) {
			at = append(at, p.Field+" "+p.Key)
		}
		if want := []string{"who form.required", "phone form.constraint", "need[1]/kind form.no_choice"}; !slices.Equal(at, want) {
			t.Errorf("told %q, not %q", at, want)
		}
		for _, bad := range []string{``, `[]`, `{"who":{}}`, `{"need":[1]}`} {
			_, err := c.submit(c.nobody(), l.Slug, bad)
			wantKey(t, err, "form.shape")
		}
		if _, err := c.submit(c.nobody(), "nowhere", answered); errs.KindOf(err) != errs.Absent {
			t.Errorf("an address that is not there: %v", err)
		}
		if _, err := c.submit(authz.Actor{City: c.twin.City}, l.Slug, answered); errs.KindOf(err) != errs.Absent {
			t.Errorf("an address of another city: %v", err)
		}
	})
}

func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		old, err := c.submit(c.nobody(), l.Slug, answered)
		if err != nil {
			t.Fatal(err)
		}
		second := c.upload(by, strings.Replace(needs, "| text          | who ", "| text          | name", 1))
		if second.Form != v.Form || second.Seq != 2 || !second.IsDraft() {
			t.Fatalf("the second version is %+v", second)
		}
		if _, err := c.submit(c.nobody(), l.Slug, answered); err != nil { // a draft changes nothing yet
			t.Error(err)
		}
		if again := c.upload(by, needs); again.Seq != 2 {
			t.Errorf("a draft in place of a draft is %+v", again)
		}
		second = c.upload(by, strings.Replace(needs, "| text          | who ", "| text          | name", 1))
		if err := c.s.Release(ctx, by, v.Form, second.Seq, second.MadeAt); err != nil {
			t.Fatal(err)
		}
		wantKey(t, c.s.Release(ctx, by, v.Form, second.Seq, second.MadeAt), "form.moved_on")
		_, err = c.submit(c.nobody(), l.Slug, answered)
		wantKey(t, err, "form.required") // the name has another name now
		if _, err := c.s.Submit(ctx, c.nobody(), form.Given{Slug: l.Slug, Version: 1, Answers: json.RawMessage(answered)}); err != nil {
			t.Errorf("answers to the version before, as a phone without network gives them: %v", err)
		}
		shown, err := c.s.View(ctx, by, old.ID)
		if err != nil || shown.Version != 1 || shown.Content["who"] != "王小二" {
			t.Errorf("an old answer is %v, %v", shown.Content, err)
		}

		_, _, err = c.s.Upload(ctx, c.Actor(t, clerk, "嘉鱼县"), c.Nodes["嘉鱼县"].ID, c.file(needs), "x.md")
		wantKey(t, err, "form.code_taken")
		_, faults, err := c.s.Upload(ctx, by, c.Nodes["咸安区"].ID, c.file(strings.Replace(needs, "text ", "txt  ", 1)), "x.md")
		if err != nil || !survey.Failed(faults) {
			t.Errorf("a workbook with a mistake: %v, %v", faults, err)
		}
	})
}

func TestDaysAndAddressesEnd(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		wantKey(t, c.s.Reopen(ctx, by, v.Form, day.Must("2020-01-01")), "form.closes_past")
		if err := c.s.EndLink(ctx, by, v.Form, l.Slug); err != nil {
			t.Fatal(err)
		}
		wantKey(t, c.s.EndLink(ctx, by, v.Form, l.Slug), "form.moved_on")
		_, err := c.submit(c.nobody(), l.Slug, answered)
		wantKey(t, err, "form.link_ended")
		if _, err := c.s.AddLink(ctx, by, v.Form, c.Nodes["嘉鱼县"].ID, "嘉鱼", 0); errs.KindOf(err) != errs.Absent {
			t.Errorf("an address for the neighbour: %v", err)
		}
		if _, err := c.s.Copy(ctx, c.Actor(t, secretary, "咸安区甲镇"), form.Given{Form: v.Form, Org: c.Nodes["咸安区甲镇一村"].ID, Answers: json.RawMessage(answered)}); err != nil {
			t.Errorf("copied from paper: %v", err)
		}
		if _, err := c.s.Copy(ctx, c.Actor(t, secretary, "咸安区甲镇"), form.Given{Form: v.Form, Org: c.Nodes["咸安区乙镇"].ID, Answers: json.RawMessage(answered)}); errs.KindOf(err) != errs.Absent {
			t.Errorf("copied for the neighbour: %v", err)
		}
	})
}

// A double submit is one answer, also when it races.
func TestRacingSubmitsAreOne(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		asked := c.nobody()
		asked.Once = "a-key-of-the-browser"
		serials := make(chan string, 8)
		var wg sync.WaitGroup
		for range cap(serials) {
			wg.Go(func() {
				got, err := c.submit(asked, l.Slug, answered)
				if err != nil {
					t.Error(err)
				}
				serials <- got.Serial + got.Words
			})
		}
		wg.Wait()
		close(serials)
		first := <-serials
		for s := range serials {
			if s != first {
				t.Errorf("%s and %s", first, s)
			}
		}
		if n, err := c.s.Tally(t.Context(), by, form.Filter{Form: v.Form}); err != nil || n.N != 1 {
			t.Errorf("%d answers, %v", n.N, err)
		}
	})
}

func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, clerk, "咸安区")
		v, l := c.open(by)
		got, err := c.submit(c.nobody(), l.Slug, answered)
		if err != nil {
			t.Fatal(err)
		}
		draft := c.upload(by, needs)
		for name, u := range map[string]struct {
			verb  authz.Verb
			lists bool
			do    func(by authz.Actor) (int, error)
		}{
			"forms": {form.Read, true, func(by authz.Actor) (int, error) {
				all, err := c.s.Forms(ctx, by, form.Sought{})
				return len(all), err
			}},
			"upload": {form.Design, false, func(by authz.Actor) (int, error) {
				_, _, err := c.s.Upload(ctx, by, c.Nodes["咸安区"].ID, c.file(needs), "x.md")
				return 0, err
			}},
			"renew": {form.Design, false, func(by authz.Actor) (int, error) {
				_, _, err := c.s.Renew(ctx, by, v.Form, c.file(needs), "x.md")
				return 0, err
			}},
			"begin": {form.Design, false, func(by authz.Actor) (int, error) {
				_, err := c.s.Begin(ctx, by, c.Nodes["咸安区"].ID, "x", nil)
				return 0, err
			}},
			"drawing":   {form.Design, false, func(by authz.Actor) (int, error) { _, err := c.s.Drawing(ctx, by, v.Form); return 0, err }},
			"try":       {form.Design, false, func(by authz.Actor) (int, error) { _, err := c.s.Try(ctx, by, v.Form); return 0, err }},
			"undo":      {form.Design, false, func(by authz.Actor) (int, error) { _, err := c.s.Undo(ctx, by, v.Form, 1); return 0, err }},
			"meanwhile": {form.Design, false, func(by authz.Actor) (int, error) { _, _, err := c.s.Meanwhile(ctx, by, v.Form, 1); return 0, err }},
			"draw": {form.Design, false, func(by authz.Actor) (int, error) {
				_, err := c.s.Draw(ctx, by, v.Form, 1, form.Edited, "", func(*survey.Form) error { return nil })
				return 0, err
			}},
			"look":     {form.Read, false, func(by authz.Actor) (int, error) { _, err := c.s.Look(ctx, by, v.Form); return 0, err }},
			"workbook": {form.Read, false, func(by authz.Actor) (int, error) { _, err := c.s.Workbook(ctx, by, v.Form, 1); return 0, err }},
			"release":  {form.Publish, false, func(by authz.Actor) (int, error) { return 0, c.s.Release(ctx, by, v.Form, draft.Seq, draft.MadeAt) }},
			"end":      {form.Shut, false, func(by authz.Actor) (int, error) { return 0, c.s.End(ctx, by, v.Form) }},
			"reopen":   {form.Shut, false, func(by authz.Actor) (int, error) { return 0, c.s.Reopen(ctx, by, v.Form, 0) }},
			"link": {form.Share, false, func(by authz.Actor) (int, error) {
				_, err := c.s.AddLink(ctx, by, v.Form, c.Nodes["咸安区甲镇"].ID, "x", 0)
				return 0, err
			}},
			"end link": {form.Share, false, func(by authz.Actor) (int, error) { return 0, c.s.EndLink(ctx, by, v.Form, l.Slug) }},
			"copy": {form.Enter, false, func(by authz.Actor) (int, error) {
				_, err := c.s.Copy(ctx, by, form.Given{Form: v.Form, Org: c.Nodes["咸安区甲镇"].ID, Answers: json.RawMessage(answered)})
				return 0, err
			}},
			"list": {form.Answers, true, func(by authz.Actor) (int, error) {
				p, err := c.s.List(ctx, by, form.Filter{Form: v.Form}, "")
				return len(p.Items), err
			}},
			"tally": {form.Answers, true, func(by authz.Actor) (int, error) {
				n, err := c.s.Tally(ctx, by, form.Filter{Form: v.Form})
				return n.N, err
			}},
			"export": {form.Download, false, func(by authz.Actor) (int, error) {
				_, err := c.s.Export(ctx, by, form.ExportAsk{Form: v.Form}, nil)
				return 0, err
			}},
			"exports": {form.Download, false, func(by authz.Actor) (int, error) { _, _, err := c.s.Exports(ctx, by, v.Form, ""); return 0, err }},
			"start export": {form.Download, false, func(by authz.Actor) (int, error) {
				_, err := c.s.StartExport(ctx, by, nil, form.ExportAsk{Form: v.Form}, "")
				return 0, err
			}},
			"view": {form.Answers, false, func(by authz.Actor) (int, error) { _, err := c.s.View(ctx, by, got.ID); return 0, err }},
		} {
			role := authz.Role{Key: "lesser", Verbs: slices.DeleteFunc(slices.Clone(form.Verbs), func(v authz.Verb) bool { return v == u.verb })}
			if _, err := u.do(c.Actor(t, role, "咸宁市")); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			n, err := u.do(c.Actor(t, clerk, "嘉鱼县"))
			if u.lists && (n != 0 || err != nil) || !u.lists && (errs.KindOf(err) != errs.Absent || err == nil) {
				t.Errorf("%s by the neighbour: %d, %v", name, n, err)
			}
		}
	})
}
