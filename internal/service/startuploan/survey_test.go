package startuploan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	ids "zhidian/internal/platform/id"
	"zhidian/internal/service/startuploan"
)

// surveyed is a town whose way has a survey, and whose secretaries have phones.
type surveyed struct {
	*town
	fields *field.Service
}

func withSurveys(t *testing.T, c *town, change func(*startuploan.Way)) *surveyed {
	t.Helper()
	x := &surveyed{town: c}
	c.s.Forms = &form.Service{DB: c.DB, Keys: c.Keys, Files: c.s.Files, Serials: c.Serials, Zone: zone, Cursors: c.s.Cursors}
	x.fields = &field.Service{DB: c.DB, Keys: c.Keys, Forms: c.s.Forms, Zone: zone, Temp: t.TempDir()}
	c.way(func(w *startuploan.Way) {
		w.Stops = slices.Insert(w.Stops, 1, startuploan.Stop{Desk: startuploan.Survey, Turn: 2, Days: 7})
		if change != nil {
			change(w)
		}
	})
	return x
}

// publish lets the city's form be filled in, as the demo's is.
func (x *surveyed) publish() {
	x.t.Helper()
	v, faults, err := x.s.Forms.Upload(x.t.Context(), x.System(), x.Nodes["咸宁市"].ID, "../../app/demoforms/survey.md", "survey.md")
	must(x.t, err)
	if survey.Failed(faults) {
		x.t.Fatal(faults)
	}
	must(x.t, x.s.Forms.Release(x.t.Context(), x.System(), v.Form, v.Seq, v.MadeAt))
}

// waits gives the surveys that somebody at an organisation could fill in, by the label of their application.
func (x *surveyed) waits(role, at string) (job field.Packed, all []record.Known) {
	x.t.Helper()
	p, err := x.fields.Pack(x.t.Context(), x.worker(role, at), "a-phone-of-somebody", x.now.UnixMicro())
	must(x.t, err)
	for _, j := range p.Jobs {
		return j, j.Lists[startuploan.SurveyList]
	}
	return job, nil
}

func (x *surveyed) worker(role, at string) authz.Actor {
	n := x.Nodes[at]
	return authz.Actor{City: x.City, User: role, DeskID: n.ID.String(), Grants: []authz.Held{{Role: authz.Role{Key: role, Verbs: []authz.Verb{form.Read, form.Enter, form.Answers, field.Records}, Sees: authz.Personal}, At: n.Path}}}
}

// send fills in the newest survey on the phone, with a photograph, and sends it.
func (x *surveyed) send(role, at string, which startuploan.ID) {
	x.t.Helper()
	ctx, by := x.t.Context(), x.worker(role, at)
	job, all := x.waits(role, at)
	all = slices.DeleteFunc(all, func(k record.Known) bool { return !strings.HasPrefix(k.ID, which.String()) })
	if len(all) == 0 {
		x.t.Fatalf("%s has no survey of %s", at, which)
	}
	known := slices.MaxFunc(all, func(a, b record.Known) int { return strings.Compare(a.ID, b.ID) })
	answers, err := json.Marshal(map[string]any{
		"which": map[string]string{"application": known.ID, "visited": day.Of(x.now, zone).String()}, "site": map[string]string{"open": "yes", "staff": "2"}, "money": map[string]string{"words": "门面临街"},
	})
	must(x.t, err)
	name, content := ids.New[surveyed](x.now).String(), picture()
	_, err = x.fields.Piece(ctx, by, field.Upload{ID: name, Form: job.Form.ID, Version: job.Form.Version, Question: "front", Name: "门面.png", Bytes: int64(len(content))}, 0, content)
	must(x.t, err)
	_, err = x.fields.Receive(ctx, by, "a-phone-of-somebody", field.Filled{
		Protocol: field.Protocol, ID: ids.New[field.Filled](x.now).String(), App: "test", Form: job.Form.ID, Version: job.Form.Version, Org: job.At.ID, Answers: answers,
		Files: []field.FilledFile{{ID: name, Path: "site/front", Question: "front", Name: "门面.png", Type: "image/png", Bytes: int64(len(content))}},
		Known: map[string][]string{known.ID: known.Heads}, Rows: map[string][]record.Known{startuploan.SurveyList: {known}}, MadeAt: x.now.UnixMilli(), SentAt: x.now.UnixMilli(),
	})
	must(x.t, err)
}

// surveys gives them as the bank sees them, the newest first.
func (x *surveyed) surveys(which startuploan.ID) []startuploan.SurveyRow {
	x.t.Helper()
	v, err := x.s.Look(x.t.Context(), x.desk(startuploan.Survey), which)
	must(x.t, err)
	return v.Surveys
}

// A survey is given out with its day as soon as it is its turn, is repeated and adopted by the bank's officer, and shown to those alone
// whose part it is.
func TestASurveyIsGivenOutRepeatedAndAdopted(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, x := t.Context(), withSurveys(t, c, nil)
		x.publish()
		which := c.submitted(c.founder("her"))
		if _, all := x.waits("secretary", "咸安区甲镇一村"); len(all) != 0 {
			t.Fatalf("given out before its turn: %v", all)
		}
		c.pass(which, intake)
		rows, bank := x.surveys(which), c.desk(startuploan.Survey)
		if len(rows) != 1 || rows[0].Org != c.Nodes["咸安区甲镇一村"].ID || rows[0].Due != day.Must("2026-11-09") || !rows[0].Answer.IsZero() {
			t.Fatalf("%+v", rows)
		}
		if _, all := x.waits("secretary", "咸安区乙镇"); len(all) != 0 {
			t.Errorf("another township surveys it: %v", all)
		}
		if job, all := x.waits("secretary", "咸安区甲镇一村"); len(all) != 1 || !strings.Contains(all[0].Label, "洞天茶坊") || job.Due != rows[0].Due {
			t.Fatalf("%+v %v", job.Task, all)
		}
		no := c.at(which, startuploan.Survey)
		wantKey(t, c.s.Judge(ctx, bank, which, no, startuploan.Adopted, ""), "loan.no_survey")
		wantKey(t, c.s.Judge(ctx, bank, which, no, startuploan.Completed, ""), "field.required")
		wantKey(t, c.s.Judge(ctx, bank, which, no, "believed", ""), "field.required")
		wantKey(t, c.s.Commission(ctx, bank, which, no, c.Nodes["咸安区乙镇"].ID, day.Must("2026-11-20")), "loan.survey_out")
		wantKey(t, c.s.Judge(ctx, c.desk(hr), which, no, startuploan.Completed, "看过"), "errs.absent")

		x.send("secretary", "咸安区甲镇一村", which)
		first := x.surveys(which)[0].Answer
		shown, err := c.s.Surveyed(ctx, bank, which, first)
		must(t, err)
		if shown.Content["money"].(map[string]any)["words"] != "门面临街" {
			t.Errorf("%+v", shown.Content)
		}
		wantKey(t, errOf(c.s.Surveyed(ctx, c.desk(league), which, first)), "errs.denied")
		wantKey(t, errOf(c.s.Surveyed(ctx, c.desk(guarantor), which, first)), "errs.absent") // it is not its turn
		wantKey(t, errOf(c.s.Surveyed(ctx, bank, which, ids.New[form.Answer](c.now))), "errs.absent")

		wantKey(t, c.s.Judge(ctx, bank, which, no, startuploan.Repeated, ""), "field.required")
		must(t, c.s.Judge(ctx, bank, which, no, startuploan.Repeated, "没有拍到设备"))
		rows = x.surveys(which)
		if len(rows) != 2 || rows[0].No != 2 || !rows[0].Answer.IsZero() || rows[1].Verdict != startuploan.Repeated || rows[1].By != bank.User {
			t.Fatalf("%+v", rows)
		}
		wantKey(t, c.s.Judge(ctx, bank, which, no, startuploan.Adopted, ""), "loan.no_survey")
		x.send("secretary", "咸安区甲镇一村", which)
		must(t, c.s.Judge(ctx, bank, which, no, startuploan.Adopted, ""))
		if s := c.states(which); s[startuploan.Survey] != startuploan.Passed || s[league] != startuploan.AtWork {
			t.Fatalf("%v", s)
		}
		if job, _ := x.waits("secretary", "咸安区甲镇一村"); !job.Task.Org.IsZero() {
			t.Errorf("its task goes on: %+v", job.Task)
		}
		c.pass(which, league)
		must(t, errOf(c.s.Surveyed(ctx, c.desk(guarantor), which, x.surveys(which)[0].Answer)))
		wantKey(t, errOf(c.s.Surveyed(ctx, c.desk(finance), which, first)), "errs.absent")
	})
}

// Without a form the survey waits until there is one; the bank may ask a unit of its choice, and complete what it was told itself.
func TestASurveyWithoutAForm(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, x := t.Context(), withSurveys(t, c, nil)
		which := c.submitted(c.founder("her"))
		c.pass(which, intake)
		no, bank := c.at(which, startuploan.Survey), c.desk(startuploan.Survey)
		if rows := x.surveys(which); len(rows) != 0 {
			t.Fatalf("%+v", rows)
		}
		unit := c.Nodes["咸安区乙镇"].ID
		wantKey(t, c.s.Commission(ctx, bank, which, no, unit, day.Must("2026-11-20")), "loan.no_form")
		x.publish()
		wantKey(t, c.s.Commission(ctx, bank, which, no, unit, day.Must("2026-11-01")), "field.due_past")
		wantKey(t, c.s.Commission(ctx, bank, which, no, ids.New[org.Node](c.now), day.Must("2026-11-20")), "loan.unit")
		must(t, c.s.Commission(ctx, bank, which, no, unit, day.Must("2026-11-20")))
		if rows := x.surveys(which); len(rows) != 1 || rows[0].Org != unit || rows[0].Due != day.Must("2026-11-20") {
			t.Fatalf("%+v", rows)
		}
		must(t, c.s.Judge(ctx, bank, which, no, startuploan.Completed, "本行上门看过"))
		if s := c.states(which); s[startuploan.Survey] != startuploan.Passed {
			t.Fatalf("%v", s)
		}
	})
}

// What is sent back while a survey is out comes back to the same survey; a bank's own people survey where the way says so.
func TestASurveyOfWhatIsSentBack(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, her, x := t.Context(), c.founder("her"), withSurveys(t, c, func(w *startuploan.Way) { w.SurveyBy = startuploan.ByBank })
		x.publish()
		which := c.submitted(her)
		c.pass(which, intake)
		no, bank := c.at(which, startuploan.Survey), c.desk(startuploan.Survey)
		if rows := x.surveys(which); len(rows) != 1 || rows[0].Org != c.bank.ID {
			t.Fatalf("%+v", rows)
		}
		must(t, c.s.SendBack(ctx, bank, which, no, "请补经营场所照片"))
		wantKey(t, c.s.Judge(ctx, bank, which, no, startuploan.Completed, "看过"), "loan.not_now")
		x.send("loan_bank", "咸安农商行", which) // who is on the way surveys all the same
		must(t, c.s.Answer(ctx, her, which, c.find(which).Edited, true))
		if rows := x.surveys(which); len(rows) != 1 || rows[0].Answer.IsZero() {
			t.Fatalf("%+v", rows)
		}
		must(t, c.s.Judge(ctx, bank, which, no, startuploan.Adopted, ""))
		if s := c.states(which); s[league] != startuploan.AtWork {
			t.Fatalf("%v", s)
		}
	})
}

func errOf(_ any, err error) error { return err }
