package research_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/research"
	"zhidian/internal/testworld"
)

var (
	zone  = time.FixedZone("CST", 8*3600)
	clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: slices.Concat([]authz.Verb{org.Read, person.Read}, form.Verbs, casework.Verbs, research.Verbs)}
	desk  = authz.Role{Key: "handler", Verbs: []authz.Verb{casework.Read, casework.Answer, casework.Remark, research.ReadVoices}}
)

const asked = `
| survey   |                   |       |            |           |          |
|          | type              | name  | label      | zd_class  | zd_bank  |
|          | text              | who   | 怎么称呼您 | personal  |          |
|          | text              | phone | 电话       | sensitive |          |
|          | integer           | age   | 年龄       |           |          |
|          | select_one stage  | stage | 做到哪一步 |           | 创业阶段 |
|          | select_multiple k | kinds | 缺什么     |           |          |
|          | rank order        | order | 排个先后   |           |          |
|          | decimal           | money | 缺多少     |           |          |
|          | text              | words | 还想说什么 |           |          |
|          | select_one debt   | debt  | 有没有欠款 | sensitive |          |
|          | integer           | owes  | 欠多少     | sealed    |          |
|          | begin repeat      | staff | 员工       |           |          |
|          | select_one order  | needs | 员工缺什么 |           |          |
|          | end repeat        |       |            |           |          |
| choices  |                   |       |            |           |          |
|          | list_name         | name  | label      |           |          |
|          | stage             | idea  | 还在想     |           |          |
|          | stage             | open  | 已经开业   |           |          |
|          | k                 | money | 资金       |           |          |
|          | k                 | room  | 场地       |           |          |
|          | order             | fast  | 快一点     |           |          |
|          | order             | cheap | 省一点     |           |          |
|          | order             | near  | 近一点     |           |          |
|          | debt              | yes   | 有         |           |          |
|          | debt              | no    | 没有       |           |          |
|          | debt              | part  | 还清了     |           |          |
| settings |                   |       |            |           |          |
|          | form_title        | form_id | version  |           |          |
|          | 创业者需求        | needs | 1          |           |          |
`

// town is the small city with everything that needs research uses, and its twin.
type town struct {
	*testworld.World
	t     testing.TB
	s     *research.Service
	forms *form.Service
	cases *casework.Service
	bank  org.Node
	twin  *testworld.World
	form  form.ID
	link  form.Link
	now   time.Time

	worker string // the account of somebody who works in a village
}

// each runs a test on both engines, with a clock that the test turns.
func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &town{t: t, now: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)}
			db := open(t, sqldb.Options{Clock: func() time.Time { c.now = c.now.Add(time.Millisecond); return c.now }})
			c.World, c.twin = testworld.Build(t, db)
			files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
			if err != nil {
				t.Fatal(err)
			}
			cursors := page.NewCursors([]byte("sixteen random bytes"))
			c.forms = &form.Service{DB: db, Keys: c.Keys, Files: files, Serials: c.Serials, Zone: zone, Cursors: cursors}
			c.cases = &casework.Service{DB: db, Serials: c.Serials, Cursors: cursors, Zone: zone, Tell: research.Told}
			c.s = &research.Service{DB: db, Matters: c.cases, Forms: c.forms, Keys: c.Keys, Cursors: cursors, Serials: c.Serials, Zone: zone, People: &person.Service{DB: db, Keys: c.Keys, Cursors: cursors, Zone: zone}}
			orgs := &org.Service{DB: db, Serials: c.Serials}
			c.bank, err = orgs.Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: "咸安农商行", Parent: c.Nodes["咸安区"].ID})
			must(t, err)
			accounts := account.Service{DB: db, Keys: c.Keys, Roles: map[string]authz.Role{"clerk": clerk}}
			who, _, err := accounts.CreateFirst(t.Context(), c.City, account.First{Newcomer: account.Newcomer{Login: "zhou", Name: "周予安", Desk: c.Nodes["咸安区甲镇一村"].ID}, Role: "clerk", Password: "Zhidian-demo-2026"})
			must(t, err)
			c.worker = who.String()
			c.open()
			test(t, c)
		})
	}
}

func (c *town) open() {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "需求.md")
	must(c.t, os.WriteFile(path, []byte(asked), 0o600))
	v, faults, err := c.forms.Upload(c.t.Context(), c.System(), c.Nodes["咸宁市"].ID, path, "需求.md")
	if err != nil || survey.Failed(faults) {
		c.t.Fatal(err, faults)
	}
	must(c.t, c.forms.Release(c.t.Context(), c.System(), v.Form, v.Seq, v.MadeAt))
	c.form = v.Form
	c.link = c.address("咸安区甲镇")
}

func (c *town) address(at string) form.Link {
	c.t.Helper()
	l, err := c.forms.AddLink(c.t.Context(), c.System(), c.form, c.Nodes[at].ID, at, 0)
	must(c.t, err)
	return l
}

// answer hands in answers, by nobody where no account is named.
func (c *town) answer(account, answers string) form.Receipt {
	c.t.Helper()
	return c.answerAt(c.link, account, answers)
}

func (c *town) answerAt(l form.Link, account, answers string) form.Receipt {
	c.t.Helper()
	got, err := c.forms.Submit(c.t.Context(), authz.Actor{City: c.City, User: account}, form.Given{Slug: l.Slug, Answers: json.RawMessage(answers)})
	must(c.t, err)
	return got
}

// raise makes a voice of an answer, on the bank's desk.
func (c *town) raise(of form.Receipt, title string) research.Raised {
	c.t.Helper()
	got, err := c.s.Raise(c.t.Context(), c.Actor(c.t, clerk, "咸宁市"), research.Raising{
		Origin: research.FromAnswer, OriginID: of.ID.String(), Question: "money", Title: title, Text: "茶厂扩产缺三十万元", Desk: c.bank.ID, Days: 5,
	})
	must(c.t, err)
	return got
}

func (c *town) matter(m casework.ID) (got casework.Matter) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) { got, err = casework.Find(q, m); return err }))
	return got
}

func (c *town) history(m casework.ID) (kinds []string) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		all, err := casework.Lines(q, m)
		for i := range all {
			kinds = append(kinds, all[len(all)-1-i].Kind)
		}
		return err
	}))
	return kinds
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) != key {
		t.Errorf("got %v, want %q", err, key)
	}
}
