package app

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/density/intake"
	"zhidian/internal/service/research"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/testworld"
)

// furnish puts into both cities what pages show besides people and organisations, and names the subjects of the walk:
// matters at desks, registers that were taken in, accounts, acts.
func (w *walkWorld) furnish(t *testing.T) {
	t.Helper()
	svc, err := newServices(w.in, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w.svc = svc
	for _, c := range []*testworld.World{w.city, w.twin} {
		for i, county := range testworld.Counties {
			for _, village := range mattersIn {
				w.matter(t, c, county, village, i)
				w.place(t, c, county, village, i)
				w.form(t, c, county, village, i)
				w.voice(t, c, county, village, i)
				w.study(t, c, county, village, i)
				w.venture(t, c, county, village, i)
				w.application(t, c, county, village)
				w.season(t, c, county, village)
				w.loan(t, c, county, village, i)
				w.event(t, c, county, village, i)
				w.offering(t, c, county, village)
				w.cleared(t, c, county, village, i)
				w.volunteer(t, c, county, village)
				w.evenings(t, c, county, village)
			}
		}
		w.clearRule(t, c)
		w.classes(t, c)
		for i, at := range deskPlaces {
			w.colleague(t, c, i, at)
		}
		w.rules(t, c)
		w.register(t, c)
		if c == w.twin { // so that its number is not one of the city's
			w.register(t, c)
		}
	}
	for _, c := range []*testworld.World{w.city, w.twin} {
		for _, county := range testworld.Counties {
			w.tables.put(t, filepath.Join(w.in.dir, dbFile), "INSERT INTO guardianship (city, id, child, adult, relation, from_day) VALUES (?, ?, ?, ?, 'mother', '2020-01-01')",
				c.City, noID(), c.People[testworld.Canary(c.City, county, 0)].String(), c.People[testworld.Canary(c.City, county, 8)].String())
		}
		latest := w.tables.one(t, "SELECT coalesce(max(delivery), 0) FROM figure WHERE city = ?", c.City)
		for i, county := range testworld.Counties {
			for k, village := range mattersIn {
				w.tables.put(t, filepath.Join(w.in.dir, dbFile), "INSERT INTO blind_spot (city, id, delivery, org, kind, rank, score, state) VALUES (?, ?, ?, ?, 'no_branch', ?, 40, 'open')",
					c.City, noID(), latest, c.Nodes[county+village].ID.String(), 900+10*i+k)
			}
		}
	}
	for _, c := range []*testworld.World{w.city, w.twin} {
		for _, at := range []string{villageA, countyA, villageB} {
			if _, err := w.svc.retain.Hold(t.Context(), authz.System(c.City), "org", c.Nodes[at].ID.String(), "走查来函"); err != nil {
				t.Fatal(err)
			}
		}
	}
	node := func(at *testworld.World, name string) string { return at.Nodes[name].ID.String() }
	who := func(at *testworld.World, county string, k int) string {
		return at.People[testworld.Canary(at.City, county, k)].String()
	}
	one := func(c *testworld.World, query string, args ...any) string {
		return w.tables.one(t, query, append([]any{c.City}, args...)...)
	}
	rules := func(c *testworld.World) string {
		return one(c, "SELECT id FROM rule_version WHERE city = ? AND key = 'HB-2025'")
	}
	matter := func(c *testworld.World, village string) string {
		return one(c, "SELECT id FROM matter WHERE city = ? AND org = ? AND kind = 'blind_spot'", node(c, village))
	}
	site := func(c *testworld.World, village string) string {
		return one(c, "SELECT id FROM place WHERE city = ? AND org = ?", node(c, village))
	}
	link := func(c *testworld.World, village string) string {
		return one(c, "SELECT slug FROM form_link WHERE city = ? AND org = ?", node(c, village))
	}
	act := func(c *testworld.World, verb, subject string) string {
		return one(c, "SELECT id FROM act WHERE city = ? AND verb = ? AND subject = ?", verb, subject)
	}
	colleague := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM account WHERE city = ? AND desk = ?", node(c, at))
	}
	grant := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM role_grant WHERE city = ? AND account = ?", colleague(c, at))
	}
	token := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM api_token WHERE city = ? AND account = ?", colleague(c, at))
	}
	view := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM saved_view WHERE city = ? AND account = ?", colleague(c, at))
	}
	device := func(c *testworld.World, at string) string { // its mark
		return one(c, "SELECT lower(substr(hex(token), 1, 12)) FROM session WHERE city = ? AND account = ?", colleague(c, at))
	}
	job := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM job WHERE city = ? AND owner = ?", colleague(c, at))
	}
	guardian := func(c *testworld.World, county string) string {
		return one(c, "SELECT id FROM guardianship WHERE city = ? AND child = ?", who(c, county, 0))
	}
	notice := func(c *testworld.World, at string) string {
		return one(c, "SELECT max(id) FROM notice WHERE city = ? AND account = ?", colleague(c, at))
	}
	answer := func(c *testworld.World, at string) string {
		return one(c, "SELECT serial FROM answer WHERE city = ? AND org = ?", node(c, at))
	}
	asked := func(c *testworld.World, village string) string {
		return one(c, "SELECT id FROM form WHERE city = ? AND org = ?", node(c, village))
	}
	edited := func(c *testworld.World, village string) string {
		return one(c, "SELECT edited_at FROM form WHERE city = ? AND org = ?", node(c, village))
	}
	drafted := func(c *testworld.World, village string) string {
		return one(c, "SELECT made_at FROM form_version WHERE city = ? AND published_at = 0 AND form = ?", asked(c, village))
	}
	task := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM field_task WHERE city = ? AND org = ?", node(c, at))
	}
	records := func(c *testworld.World, at string) string {
		return one(c, "SELECT list FROM record WHERE city = ? AND org = ?", node(c, at))
	}
	record := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM record WHERE city = ? AND org = ?", node(c, at))
	}
	given := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM answer WHERE city = ? AND org = ?", node(c, at))
	}
	export := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM form_export WHERE city = ? AND form = ?", asked(c, at))
	}
	file := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM answer_file WHERE city = ? AND answer = ?", given(c, at))
	}
	spot := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM blind_spot WHERE city = ? AND org = ?", node(c, at))
	}
	hold := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM legal_hold WHERE city = ? AND subject = ?", node(c, at))
	}
	voice := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM voice WHERE city = ? AND org = ?", node(c, at))
	}
	study := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM study WHERE city = ? AND org = ?", node(c, at))
	}
	meeting := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM meeting WHERE city = ? AND org = ?", node(c, at))
	}
	item := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM meeting_item WHERE city = ? AND meeting = ?", meeting(c, at))
	}
	voiceSerial := func(c *testworld.World, at string) string {
		return one(c, "SELECT m.serial FROM voice v JOIN matter m ON m.city = v.city AND m.id = v.matter WHERE v.city = ? AND v.org = ?", node(c, at))
	}
	project := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM venture WHERE city = ? AND org = ?", node(c, at))
	}
	need := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM venture_need WHERE city = ? AND venture = ?", project(c, at))
	}
	consent := func(c *testworld.World, at string) string {
		return one(c, "SELECT id FROM venture_consent WHERE city = ? AND venture = ?", project(c, at))
	}
	w.subjects = map[string]subject{
		"consent": {
			a: consent(w.city, villageA), above: consent(w.city, countyA+"乙镇一村"), b: consent(w.city, villageB), twin: consent(w.twin, villageA), none: noID(),
		},
		"rules": {a: rules(w.city), above: noID(), b: noID(), twin: rules(w.twin), none: noID()},
		"venture": {
			a: project(w.city, villageA), above: project(w.city, countyA+"乙镇一村"), b: project(w.city, villageB), twin: project(w.twin, villageA), none: noID(),
		},
		"need": {
			a: need(w.city, villageA), above: need(w.city, countyA+"乙镇一村"), b: need(w.city, villageB), twin: need(w.twin, villageA), none: noID(),
		},
		"voice": {
			a: voice(w.city, villageA), above: voice(w.city, countyA+"乙镇一村"), b: voice(w.city, villageB), twin: voice(w.twin, villageA), none: noID(),
		},
		"study": {
			a: study(w.city, villageA), above: study(w.city, countyA+"乙镇一村"), b: study(w.city, villageB), twin: study(w.twin, villageA), none: noID(),
		},
		"meeting": {
			a: meeting(w.city, villageA), above: meeting(w.city, countyA+"乙镇一村"), b: meeting(w.city, villageB), twin: meeting(w.twin, villageA), none: noID(),
		},
		"item": {
			a: item(w.city, villageA), above: item(w.city, countyA+"乙镇一村"), b: item(w.city, villageB), twin: item(w.twin, villageA), none: noID(),
		},
		"voiceserial": {
			a: voiceSerial(w.city, villageA), above: voiceSerial(w.city, countyA+"乙镇一村"), b: voiceSerial(w.city, villageB), twin: voiceSerial(w.twin, villageA), none: "心声-2020-00001",
		},
		"hold": {a: hold(w.city, villageA), above: hold(w.city, countyA), b: hold(w.city, villageB), twin: hold(w.twin, villageA), none: noID()},
		"code": {a: "421202100201", above: "421202000000", b: "421221100201", twin: "999999999999", none: "999999999998"},
		"account": {
			a: colleague(w.city, villageA), above: colleague(w.city, countyA), b: colleague(w.city, villageB),
			twin: colleague(w.twin, villageA), none: noID(),
		},
		"token": {
			a: token(w.city, villageA), above: token(w.city, countyA), b: token(w.city, villageB),
			twin: token(w.twin, villageA), none: noID(),
		},
		"view": {
			a: view(w.city, villageA), above: view(w.city, countyA), b: view(w.city, villageB), twin: view(w.twin, villageA), none: noID(),
		},
		"session": {
			a: device(w.city, villageA), above: device(w.city, countyA), b: device(w.city, villageB), twin: device(w.twin, villageA), none: "none",
		},
		"job": {
			a: job(w.city, villageA), above: job(w.city, countyA), b: job(w.city, villageB), twin: job(w.twin, villageA), none: noID(),
		},
		"guardianship": {
			a: guardian(w.city, countyA), above: guardian(w.city, countyA), b: guardian(w.city, countyB), twin: guardian(w.twin, countyA), none: noID(),
		},
		"notice": {
			a: notice(w.city, villageA), above: notice(w.city, countyA), b: notice(w.city, villageB), twin: notice(w.twin, villageA), none: noID(),
		},
		"spot": {
			a: spot(w.city, villageA), above: spot(w.city, countyA+"乙镇一村"), b: spot(w.city, villageB), twin: spot(w.twin, villageA), none: noID(),
		},
		"grant": {
			a: grant(w.city, villageA), above: grant(w.city, countyA), b: grant(w.city, villageB),
			twin: grant(w.twin, villageA), none: noID(),
		},
		"org": {
			a: node(w.city, villageA), above: node(w.city, countyA), b: node(w.city, villageB),
			twin: node(w.twin, villageA), none: noID(),
		},
		"town": {
			a: node(w.city, countyA+"乙镇"), above: node(w.city, countyA+"乙镇"), b: node(w.city, countyB+"乙镇"),
			twin: node(w.twin, countyA+"乙镇"), none: noID(),
		},
		"village2": {
			a: node(w.city, countyA+"甲镇二村"), above: node(w.city, countyA+"甲镇二村"), b: node(w.city, countyB+"甲镇二村"),
			twin: node(w.twin, countyA+"甲镇二村"), none: noID(),
		},
		"county": {
			a: node(w.city, countyA), above: node(w.city, countyA), b: node(w.city, countyB),
			twin: node(w.twin, countyA), none: noID(),
		},
		"person": {
			a: who(w.city, countyA, 0), above: who(w.city, countyA, 2), b: who(w.city, countyB, 0),
			twin: who(w.twin, countyA, 0), none: noID(),
		},
		"person2": {
			a: who(w.city, countyA, 4), above: who(w.city, countyA, 6), b: who(w.city, countyB, 4),
			twin: who(w.twin, countyA, 4), none: noID(),
		},
		"matter": {
			a: matter(w.city, villageA), above: matter(w.city, countyA+"乙镇一村"), b: matter(w.city, villageB),
			twin: matter(w.twin, villageA), none: noID(),
		},
		"place": {
			a: site(w.city, villageA), above: site(w.city, countyA+"乙镇一村"), b: site(w.city, villageB), twin: site(w.twin, villageA), none: noID(),
		},
		"form": {
			a: asked(w.city, villageA), above: asked(w.city, countyA+"乙镇一村"), b: asked(w.city, villageB), twin: asked(w.twin, villageA), none: noID(),
		},
		"edited": { // the state of a form
			a: edited(w.city, villageA), above: edited(w.city, countyA+"乙镇一村"), b: edited(w.city, villageB), twin: edited(w.twin, villageA), none: "1",
		},
		"drafted": { // the state of its draft
			a: drafted(w.city, villageA), above: drafted(w.city, countyA+"乙镇一村"), b: drafted(w.city, villageB), twin: drafted(w.twin, villageA), none: "1",
		},
		"link": {
			a: link(w.city, villageA), above: link(w.city, countyA+"乙镇一村"), b: link(w.city, villageB), twin: link(w.twin, villageA), none: "none",
		},
		"answer": {
			a: answer(w.city, villageA), above: answer(w.city, countyA+"乙镇一村"), b: answer(w.city, villageB), twin: answer(w.twin, villageA), none: "卷-2026-99999",
		},
		"given": {
			a: given(w.city, villageA), above: given(w.city, countyA+"乙镇一村"), b: given(w.city, villageB), twin: given(w.twin, villageA), none: noID(),
		},
		"task": {
			a: task(w.city, villageA), above: task(w.city, countyA+"乙镇一村"), b: task(w.city, villageB), twin: task(w.twin, villageA), none: noID(),
		},
		"records": { // a list of them
			a: records(w.city, villageA), above: records(w.city, countyA+"乙镇一村"), b: records(w.city, villageB), twin: records(w.twin, villageA), none: noID(),
		},
		"record": {
			a: record(w.city, villageA), above: record(w.city, countyA+"乙镇一村"), b: record(w.city, villageB), twin: record(w.twin, villageA), none: noID(),
		},
		"asking": { // the village whose form it is
			a: node(w.city, villageA), above: node(w.city, countyA+"乙镇一村"), b: node(w.city, villageB), twin: node(w.twin, villageA), none: noID(),
		},
		"file": {
			a: file(w.city, villageA), above: file(w.city, countyA+"乙镇一村"), b: file(w.city, villageB), twin: file(w.twin, villageA), none: noID(),
		},
		"export": {
			a: export(w.city, villageA), above: export(w.city, countyA+"乙镇一村"), b: export(w.city, villageB), twin: export(w.twin, villageA), none: noID(),
		},
		"delivery": {
			a: one(w.city, "SELECT max(seq) FROM delivery WHERE city = ?"), above: "999999", b: "999999", // registers are the whole city's
			twin: one(w.twin, "SELECT max(seq) FROM delivery WHERE city = ?"), none: "999999",
		},
		"creation": {
			a: act(w.city, "person.create", who(w.city, countyA, 0)), above: act(w.city, "person.create", who(w.city, countyA, 2)),
			b: act(w.city, "person.create", who(w.city, countyB, 0)), twin: act(w.twin, "person.create", who(w.twin, countyA, 0)), none: noID(),
		},
		"act": {
			a: act(w.city, "matter.open", matter(w.city, villageA)), above: act(w.city, "matter.open", matter(w.city, countyA+"乙镇一村")),
			b: act(w.city, "matter.open", matter(w.city, villageB)), twin: act(w.twin, "matter.open", matter(w.twin, villageA)), none: noID(),
		},
	}
	w.careSubjects(t)
	w.loanSubjects(t)
	w.applySubjects(t)
	w.productSubjects(t)
	w.clearSubjects(t)
	w.volunteerSubjects(t)
	w.nightSubjects(t)
}

// place puts a youth home into a village.
func (w *walkWorld) place(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	at := c.Nodes[county+village]
	_, err := w.svc.places.Create(t.Context(), authz.System(c.City), place.Given{
		Org: at.ID, Kind: "青年之家", Name: placeCanary(c.City, i, village), At: *at.At, CRS: geo.WGS84, Fineness: "point", Capacity: 40,
	})
	if err != nil {
		t.Fatalf("place: %v", err)
	}
}

// form puts a published form with an address and a draft into a village.
func (w *walkWorld) form(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	ctx, by, at := t.Context(), authz.System(c.City), c.Nodes[county+village].ID
	title := formCanary(c.City, i, village)
	path := filepath.Join(t.TempDir(), "表.csv")
	text := "survey,,,,\n,type,name,label,zd_class,save_to\n,text,who,姓名" + title + ",,who\n,text,ill,病史,sensitive,ill\n,text,secret,秘密,sealed,secret\n,file,paper,材料,,\nentities,,\n,list_name,label\n,名单,${who}\nsettings,,\n,form_title,form_id\n," + title + ",form" + strings.ToLower(at.String()) + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		v, faults, err := w.svc.forms.Upload(ctx, by, at, path, "表.csv")
		if err == nil && v.Seq == 1 {
			if err = w.svc.forms.Release(ctx, by, v.Form, 1, v.MadeAt); err == nil {
				var l form.Link
				if l, err = w.svc.forms.AddLink(ctx, by, v.Form, at, "地址"+title, 0); err == nil {
					somebody, canary, paper := authz.Actor{City: c.City, User: "somebody"}, answerCanary(c.City, i, village), filepath.Join(t.TempDir(), "材料")
					if err := os.WriteFile(paper, []byte("%PDF-1.7 "+canary), 0o600); err != nil {
						t.Fatal(err)
					}
					var kept string
					if kept, err = w.svc.forms.KeepFile(ctx, c.City, v.Form, &survey.Question{Name: "paper", Kind: survey.File}, paper, canary+".pdf"); err == nil {
						_, err = w.svc.forms.Submit(ctx, somebody, form.Given{Slug: l.Slug, Answers: json.RawMessage(fmt.Sprintf(`{"who":%q,"ill":%q,"secret":%q,"paper":%q}`,
							canary, "敏"+canary, "密"+canary, kept))})
					}
				}
				if err == nil {
					_, err = w.svc.fields.Give(ctx, by, field.Task{Form: v.Form, Org: at, Role: "secretary"})
				}
				if err == nil {
					w.tables.put(t, filepath.Join(w.in.dir, dbFile), "INSERT INTO form_export (city, id, form, owner, file, name, type, bytes, answers, made_at) VALUES (?, ?, ?, 'somebody', ?, 'x', 'application/zip', 1, 1, 1)",
						c.City, noID(), v.Form.String(), v.File)
				}
			}
		}
		if err != nil || v.Seq == 0 {
			t.Fatalf("form: %v %v", err, faults)
		}
	}
}

// voice raises what was answered in a village, asked by somebody whose name is a canary.
func (w *walkWorld) voice(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	at := c.Nodes[county+village]
	about, err := w.svc.cases.Open(t.Context(), authz.System(c.City), casework.New{Kind: casework.Problem, Title: "问题" + voiceCanary(c.City, i, village), Org: at.ID, Desk: at.ID, Days: 5, Text: "走访"})
	if err == nil {
		_, err = w.svc.needs.Raise(t.Context(), authz.System(c.City), research.Raising{
			Origin: research.FromRemark, OriginID: about.ID.String(), Title: "诉求" + voiceCanary(c.City, i, village), Text: voiceCanary(c.City, i, village), Desk: at.ID, Days: 5, Asker: "称" + voiceCanary(c.City, i, village),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// study begins a study with the form of a village, and enters a seminar.
func (w *walkWorld) study(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	ctx, by, at, canary := t.Context(), authz.System(c.City), c.Nodes[county+village], studyCanary(c.City, i, village)
	asked := form.ID(w.tables.one(t, "SELECT id FROM form WHERE city = ? AND org = ?", c.City, at.ID.String()))
	_, err := w.svc.needs.Begin(ctx, by, research.NewStudy{Form: asked, Title: canary, Purpose: "目的" + canary})
	if err == nil {
		var held research.MeetingID
		if held, err = w.svc.needs.Hold(ctx, by, research.Meeting{Org: at.ID, Kind: research.Seminar, Title: "座谈" + canary, Place: "村里", On: day.Must("2026-09-01"), Guests: "人" + canary, Minutes: "人" + canary}); err == nil {
			err = w.svc.needs.AddItem(ctx, by, held, "人"+canary, "人"+canary)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// venture opens the dossier of a venture in a village, with a need, and enters what it earns.
func (w *walkWorld) venture(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	ctx, by, at, canary := t.Context(), authz.System(c.City), c.Nodes[county+village], ventureCanary(c.City, i, village)
	made, err := w.svc.library.Ventures.Create(ctx, by, venture.Given{Org: at.ID, Founder: "创" + canary, Facts: venture.Facts{
		Name: canary, About: canary, Entity: "none", Industry: "C15", Category: "farmer", Stage: "started", Address: "址" + canary, Revenue: ventureRevenue(c.City, i, village), RevenueYear: 2025,
	}})
	if err == nil {
		err = w.svc.library.Ventures.AddNeed(ctx, by, venture.Need{Venture: made, Kind: "space", Text: canary})
	}
	if err == nil {
		signed := venture.Signed{Venture: made, Founder: 1, Receiver: w.bank(t, c), Purpose: venture.Offer, Months: 12, Name: "走查.png"}
		err = w.svc.library.Ventures.AgreePaper(ctx, by, signed, strings.NewReader(walkPicture))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// walkPicture begins as a PNG file does.
const walkPicture = "\x89PNG\r\n\x1a\n and the rest"

// bank gives the city's bank, which is founded with the first venture.
func (w *walkWorld) bank(t *testing.T, c *testworld.World) org.ID {
	t.Helper()
	const name = "走查银行"
	if _, there := c.Nodes[name]; !there {
		made, err := w.svc.orgs.Create(t.Context(), authz.System(c.City), org.New{Kind: org.Bank, Name: name, Parent: c.Nodes["咸宁市"].ID})
		if err != nil {
			t.Fatal(err)
		}
		c.Nodes[name] = made
	}
	return c.Nodes[name].ID
}

// ventureCanary is the name of a village's venture.
func ventureCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹬%s%d%s鹬", city, county, village)
}

// ventureRevenue is what a village's venture earns: a sum that stands nowhere else.
func ventureRevenue(city string, county int, village string) money.Fen {
	return money.Fen(7_310_955_00 + 100*(1_000*len(city)+100*county+10*slices.Index(mattersIn, village)))
}

// studyCanary is the title of a village's study.
func studyCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹊%s%d%s鹊", city, county, village)
}

// voiceCanary is what somebody of a village has asked for.
func voiceCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹂%s%d%s鹂", city, county, village)
}

// answerCanary is what somebody has answered to the form of a village.
func answerCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹮%s%d%s鹮", city, county, village)
}

// formCanary is the title of the form of a village.
func formCanary(city string, county int, village string) string {
	return fmt.Sprintf("鸥%s%d%s鸥", city, county, village)
}

// placeCanary is the name of the place in a village.
func placeCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹭%s%d%s鹭", city, county, village)
}

// mattersIn are the villages of each county that a matter concerns.
var mattersIn = []string{"甲镇一村", "乙镇一村"}

// matterCanary stands in title and text of the matter that concerns a village.
func matterCanary(city string, county int, village string) string {
	return fmt.Sprintf("燕%s%d%s燕", city, county, village)
}

// deskPlaces are where somebody works whom the walkers meet.
var deskPlaces = []string{villageA, countyA, villageB, countyB}

// accountCanary is the name of who works at a place.
func accountCanary(city string, place int) string { return fmt.Sprintf("雁%s%d雁", city, place) }

func (w *walkWorld) colleague(t *testing.T, c *testworld.World, i int, at string) {
	t.Helper()
	made, _, err := w.svc.account.CreateFirst(t.Context(), c.City, account.First{
		Newcomer: account.Newcomer{Login: fmt.Sprintf("colleague%d", i), Name: accountCanary(c.City, i), Desk: c.Nodes[at].ID}, Role: "reader", Password: demoPassword,
	})
	if err == nil {
		by := authz.Actor{City: c.City, User: made.String()}
		if _, _, err := w.svc.account.SignIn(t.Context(), c.City, fmt.Sprintf("colleague%d", i), demoPassword, account.Visitor{}); err != nil {
			t.Fatalf("colleague: %v", err)
		}
		_, err = w.svc.account.MakeToken(t.Context(), by, account.Proof{Password: demoPassword}, "程序", 30)
		if err == nil {
			_, err = w.svc.jobs.Start(t.Context(), by, "import.check", map[string]int{}, "/office/jobs")
		}
	}
	if err != nil {
		t.Fatalf("colleague: %v", err)
	}
	w.tables.put(t, filepath.Join(w.in.dir, dbFile), "INSERT INTO saved_view (city, id, account, list, name, query, made_at) VALUES (?, ?, ?, '/office/queue', ?, 'at=all', 1)",
		c.City, noID(), made.String(), accountCanary(c.City, i))
	w.tables.put(t, filepath.Join(w.in.dir, dbFile), "INSERT INTO notice (city, id, account, once, key, link, at) VALUES (?, ?, ?, 'walk', 'notice.matter', '/office/queue', 1)",
		c.City, noID(), made.String())
}

// register lets a clerk of the city take in a table of young people per village; the groups are small enough to be hidden.
func (w *walkWorld) register(t *testing.T, c *testworld.World) {
	t.Helper()
	var rows strings.Builder
	out := csv.NewWriter(&rows)
	_ = out.Write([]string{"县市区", "乡镇街道", "村（社区）", "区划代码", "14-17岁", "18-22岁", "23-28岁", "29-35岁"})
	for i, county := range testworld.Counties {
		for k, town := range []string{"甲镇", "乙镇"} {
			for v, village := range []string{"一村", "二村"} {
				code := fmt.Sprintf("%s10%d20%d", []string{"421202", "421221"}[i], k, v)
				_ = out.Write([]string{county, county + town, county + town + village, code, "3", "37", "2", "41"})
			}
		}
	}
	out.Flush()
	path := filepath.Join(t.TempDir(), "青年.csv")
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := w.svc.intake.File(t.Context(), authz.System(c.City), "youth", "村级青年摸底表", path, day.Must("2026-03-31"),
		intake.Options{Fineness: "village", CRS: geo.WGS84}, func(int64, int64) {})
	if err != nil {
		t.Fatalf("register: %v %+v", err, rep)
	}
}

// account makes the account behind a walker, and gives its id.
func (w *walkWorld) account(t *testing.T, v walker, c *testworld.World) string {
	t.Helper()
	if v.role.Key == "" {
		return noID()
	}
	at := c.Nodes[v.at].ID
	made, _, err := w.svc.account.CreateFirst(t.Context(), c.City, account.First{
		Newcomer: account.Newcomer{Login: fmt.Sprintf("walker%02d", len(w.walkers)), Name: "走查员", Desk: at}, Role: v.role.Key, Org: at,
	})
	if err != nil {
		t.Fatalf("account of %s: %v", v.name, err)
	}
	return made.String()
}

// rules takes in what comes with the program.
func (w *walkWorld) rules(t *testing.T, c *testworld.World) {
	t.Helper()
	book, quotes, err := policy.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.svc.rules.TakeIn(t.Context(), authz.System(c.City), book, quotes); err != nil {
		t.Fatal(err)
	}
}
