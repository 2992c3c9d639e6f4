package field_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var (
	clerk     = authz.Role{Key: "clerk", Verbs: append(append([]authz.Verb{}, form.Verbs...), field.Verbs...), Sees: authz.Sensitive}
	secretary = authz.Role{Key: "secretary", Verbs: []authz.Verb{form.Read, form.Enter, form.Answers, field.Records}, Sees: authz.Personal}
)

// newHome makes a record of a household, visit changes one.
const newHome = `
| survey   |           |        |        |          |          |          |
|          | type      | name   | label  | zd_class | required | save_to  |
|          | text      | head   | 户主   | personal | yes      | head     |
|          | integer   | people | 几口人 |          |          | people   |
|          | text      | ill    | 病情   | sensitive |         | ill      |
|          | image     | door   | 门牌   |          |          |          |
| settings |           |        |        |          |          |          |
|          | form_title | form_id |      |          |          |          |
|          | 新住户    | newhome |       |          |          |          |
| entities |           |        |        |          |          |          |
|          | list_name | label  |        |          |          |          |
|          | homes     | concat(${head}, '家') |  |  |   |          |
`

const visit = `
| survey   |           |        |        |          |          |          |         |
|          | type      | name   | label  | required | save_to  | calculation | zd_class |
|          | select_one_from_file homes.csv | home | 哪一户 | yes | |  |   |
|          | calculate | had    |        |          |          | instance('homes')/root/item[name=${home}]/people | |
|          | integer   | people | 几口人 |          | people   |          |         |
|          | text      | words  | 情况   |          | words    |          |         |
|          | image     | photo  | 照片   |          |          |          |         |
| settings |           |        |        |          |          |          |         |
|          | form_title | form_id |      |          |          |          |         |
|          | 入户走访  | visit  |        |          |          |          |         |
| entities |           |        |        |          |          |          |         |
|          | list_name | label  | entity_id |       |          |          |         |
|          | homes     |        | ${home} |         |          |          |         |
`

// town is the small city with its field.
type town struct {
	*testworld.World
	t              testing.TB
	forms          *form.Service
	s              *field.Service
	dir            string
	office         authz.Actor
	newHome, visit form.Version
}

func newTown(t testing.TB, db *sqldb.DB) *town {
	t.Helper()
	c := &town{t: t, dir: t.TempDir()}
	c.World, _ = testworld.Build(t, db)
	files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("", 8*3600)
	c.forms = &form.Service{DB: db, Keys: c.Keys, Files: files, Serials: c.Serials, Zone: zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	c.s = &field.Service{DB: db, Keys: c.Keys, Forms: c.forms, Zone: zone, Temp: c.dir}
	c.office = c.Actor(t, clerk, "咸安区")
	c.newHome, c.visit = c.publish(newHome), c.publish(visit)
	return c
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { test(t, newTown(t, db)) })
}

func (c *town) publish(text string) form.Version {
	c.t.Helper()
	path := filepath.Join(c.dir, "form.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	v, faults, err := c.forms.Upload(c.t.Context(), c.office, c.Nodes["咸安区"].ID, path, "form.md")
	if err != nil || survey.Failed(faults) {
		c.t.Fatal(err, faults)
	}
	if err := c.forms.Release(c.t.Context(), c.office, v.Form, v.Seq, v.MadeAt); err != nil {
		c.t.Fatal(err)
	}
	return v
}

// give lets everybody who holds a role at an organisation or below it take both forms along.
func (c *town) give(at string) {
	c.t.Helper()
	for _, v := range []form.Version{c.newHome, c.visit} {
		if _, err := c.s.Give(c.t.Context(), c.office, field.Task{Form: v.Form, Org: c.Nodes[at].ID, Role: "secretary"}); err != nil {
			c.t.Fatal(err)
		}
	}
}

// phone is somebody's phone.
type phone struct {
	c      *town
	by     authz.Actor
	device string
	at     org.ID
	pack   field.Pack
	behind time.Duration // its clock
}

func (c *town) phone(user, at string) *phone {
	by := c.Actor(c.t, secretary, at)
	by.User = user
	return &phone{c: c, by: by, device: newID(), at: c.Nodes[at].ID}
}

func newID() string { return id.New[phone](time.Now()).String() }

func (p *phone) clock() time.Time { return time.Now().Add(-p.behind) }

func (p *phone) refresh() field.Pack {
	p.c.t.Helper()
	var err error
	if p.pack, err = p.c.s.Pack(p.c.t.Context(), p.by, p.device, p.clock().UnixMicro()); err != nil {
		p.c.t.Fatal(err)
	}
	return p.pack
}

func (p *phone) homes() []record.Known {
	for _, j := range p.pack.Jobs {
		if list, there := j.Lists["homes"]; there {
			return list
		}
	}
	return nil
}

// fill fills a form in; more is done to it before it is given back.
func (p *phone) fill(v form.Version, answers map[string]any, more ...func(*field.Filled)) field.Filled {
	p.c.t.Helper()
	b, err := json.Marshal(answers)
	if err != nil {
		p.c.t.Fatal(err)
	}
	f := field.Filled{
		Protocol: field.Protocol, ID: newID(), App: "test", Form: v.Form, Version: v.Seq, Org: p.at, Answers: b,
		MadeAt: p.clock().UnixMilli(), SentAt: p.clock().UnixMilli(),
	}
	for _, do := range more {
		do(&f)
	}
	return f
}

// of lets a visit be one to a home of the pack.
func of(k record.Known) func(*field.Filled) {
	return func(f *field.Filled) {
		f.Known = map[string][]string{k.ID: k.Heads}
		f.Rows = map[string][]record.Known{"homes": {k}}
	}
}

// with adds a photograph that answers a question.
func with(question string, size int) func(*field.Filled) {
	return func(f *field.Filled) {
		f.Files = append(f.Files, field.FilledFile{ID: newID(), Path: question, Question: question, Name: "门.jpg", Type: "image/jpeg", Bytes: int64(size)})
	}
}

func (p *phone) send(f field.Filled) (field.Received, error) {
	f.SentAt = p.clock().UnixMilli()
	return p.c.s.Receive(p.c.t.Context(), p.by, p.device, f)
}

func (p *phone) must(f field.Filled) field.Received {
	p.c.t.Helper()
	got, err := p.send(f)
	if err != nil {
		p.c.t.Fatal(err, errs.ProblemsOf(err))
	}
	return got
}

// pieces sends a file, piece by piece.
func (p *phone) pieces(f field.Filled, x field.FilledFile, content []byte) (u field.Upload, err error) {
	u = field.Upload{ID: x.ID, Form: f.Form, Version: f.Version, Question: x.Question, Name: x.Name, Bytes: int64(len(content))}
	for u.Have < u.Bytes && err == nil {
		at := u.Have
		u.Version = f.Version
		u, err = p.c.s.Piece(p.c.t.Context(), p.by, u, at, content[at:min(at+100_000, int64(len(content)))])
	}
	return u, err
}

// photo is a small photograph, another each time.
func photo(n int) []byte {
	m := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range m.Pix {
		m.Pix[i] = uint8(i*n + n)
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil)
	return b.Bytes()
}

func (c *town) record(list record.ListID, which string) field.Look {
	c.t.Helper()
	v, err := c.s.Record(c.t.Context(), c.office, list, which)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *town) shelf() field.Shelf {
	c.t.Helper()
	v, err := c.s.Shelf(c.t.Context(), c.office, "", "", false)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

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
