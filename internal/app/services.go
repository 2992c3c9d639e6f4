package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/app/api"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/account/accountweb"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/casework/caseworkweb"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/clearance/clearanceweb"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/feed/feedweb"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/drawweb"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/field/fieldweb"
	"zhidian/internal/domain/form/fillweb"
	"zhidian/internal/domain/form/formweb"
	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/lesson/lessonweb"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/notice/noticeweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/org/orgweb"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/person/personweb"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/place/placeweb"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/domain/source"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/act/actlog/actweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/job/jobweb"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/retain/retainweb"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/childcare/photo/photoweb"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/safety/safetyweb"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/service/childcare/term/termweb"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/service/density/intake"
	"zhidian/internal/service/density/intake/intakeweb"
	"zhidian/internal/service/nightschool"
	"zhidian/internal/service/nightschool/nightschoolweb"
	"zhidian/internal/service/outreach"
	"zhidian/internal/service/outreach/outreachweb"
	"zhidian/internal/service/projectlibrary"
	"zhidian/internal/service/projectlibrary/projectlibraryweb"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/researchweb"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/figures"
	"zhidian/internal/service/startuploan/figuresweb"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/followweb"
	"zhidian/internal/service/startuploan/lendingweb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/productweb"
	"zhidian/internal/service/startuploan/startuploanweb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/volunteeringweb"
)

// smsBudget is how many messages a month may cost money before nobody gets a code any more.
const smsBudget = 20_000

// services is everything that runs in an installation, wired once.
type services struct {
	in      *installation
	db      *sqldb.DB
	log     *slog.Logger
	serials *sqldb.Serials
	orgs    *org.Service
	people  *person.Service
	places  *place.Service
	rules   *rulebook.Service
	forms   *form.Service
	fields  *field.Service
	sources *source.Service
	account *account.Service
	cases   *casework.Service
	intake  *intake.Service
	files   *blob.Store
	cursors *page.Cursors
	codes   *account.DemoSMS // in the demo: one-time codes on a page instead of messages
	jobs    *job.Service
	density *density.Service
	needs   *research.Service
	library *projectlibrary.Service
	loans   *startuploan.Service
	care    *childcare.Service
	night   *nightschool.Service
	safety  *safety.Service
	photos  *photo.Service
	lending lendingweb.Services
	after   *followup.Service
	reach   *outreach.Service
	sums    *figures.Service
	offers  *product.Service
	clear   *clearance.Service
	term    *term.Service
	serving *volunteering.Service
	duties  *duty.Service
	notices *notice.Service
	feeds   *feed.Service
	lessons *lesson.Service
	post    *notice.Post
	retain  *retain.Service
	texts   *notice.Texts // nil where no gateway is named
}

func newServices(in *installation, log *slog.Logger) (*services, error) {
	s := &services{in: in, db: in.db, log: log, serials: &sqldb.Serials{DB: in.db}}
	zone, err := in.city.Location()
	if err != nil {
		return nil, err
	}
	if s.files, err = blob.New(filepath.Join(in.dir, blobDir), in.keys); err != nil {
		return nil, err
	}
	s.cursors = page.NewCursors(in.keys.Lookup("cursors", in.city.Slug)) // the same in every process of the installation
	s.orgs = &org.Service{DB: in.db, Serials: s.serials}
	s.people = &person.Service{DB: in.db, Keys: in.keys, Cursors: s.cursors, Zone: zone}
	s.places = &place.Service{DB: in.db, Cursors: s.cursors}
	s.rules = &rulebook.Service{DB: in.db, Zone: zone, Products: []rulebook.Product{{Key: policy.Product, Facts: policy.Facts}}}
	s.forms = &form.Service{DB: in.db, Keys: in.keys, Files: s.files, Serials: s.serials, Cursors: s.cursors, Zone: zone}
	s.fields = &field.Service{DB: in.db, Keys: in.keys, Forms: s.forms, Zone: zone}
	s.sources = &source.Service{DB: in.db, Serials: s.serials}
	s.account = &account.Service{
		DB: in.db, Keys: in.keys, Zone: zone, Roles: Roles(), Log: log, Budget: smsBudget,
		Issuer: "支点·" + in.city.Name, RequireTOTP: !in.city.Demo,
	}
	if in.city.Demo {
		s.codes = &account.DemoSMS{Now: in.db.Now}
		s.account.SMS = s.codes
	}
	s.cases = &casework.Service{DB: in.db, Serials: s.serials, Cursors: s.cursors, Zone: zone}
	s.intake = &intake.Service{DB: in.db, Serials: s.serials, Keys: in.keys, Files: s.files, Sources: s.sources, Limits: sheet.DefaultLimits, After: forget, Referred: referred}
	s.cases.Tell = s.tell
	s.notices = &notice.Service{DB: in.db, Cursors: s.cursors}
	s.density = &density.Service{DB: in.db, Matters: s.cases}
	s.needs = &research.Service{DB: in.db, Matters: s.cases, Forms: s.forms, Keys: in.keys, Cursors: s.cursors, Serials: s.serials, Zone: zone, People: s.people}
	s.library = &projectlibrary.Service{
		DB: in.db, Ventures: &venture.Service{DB: in.db, Keys: in.keys, Serials: s.serials, Cursors: s.cursors, Zone: zone, Files: s.files},
		Matters: s.cases, Accounts: s.account, Places: s.places, Zone: zone, History: []venture.History{s.needs.OfVenture},
		Rules: s.rules,
	}
	s.care = &childcare.Service{DB: in.db, Keys: in.keys, Serials: s.serials, Zone: zone}
	s.night = &nightschool.Service{DB: in.db, Keys: in.keys, Serials: s.serials, Zone: zone}
	s.sums = &figures.Service{DB: in.db, Zone: zone}
	s.people.After = s.joined
	s.loans = &startuploan.Service{
		DB: in.db, Keys: in.keys, Serials: s.serials, Cursors: s.cursors, Files: s.files, Zone: zone, Ventures: s.library.Ventures, Forms: s.forms, Tell: s.tellOfLoan, Holders: s.holders,
	}
	s.library.History = append(s.library.History, s.loans.OfVenture)
	s.lend(zone)
	s.rules.Products[0].Past = s.loans.Decided
	s.reach = &outreach.Service{DB: in.db, Keys: in.keys, Serials: s.serials, Cursors: s.cursors, Matters: s.cases, Zone: zone, Tell: calledOff}
	s.offers = &product.Service{DB: in.db, Zone: zone}
	s.term = &term.Service{DB: in.db, Care: s.care, Matters: s.cases, Accounts: s.account, Zone: zone, Say: say}
	s.serving = &volunteering.Service{DB: in.db, Serials: s.serials, Cursors: s.cursors, Zone: zone}
	s.fields.Others = map[string]field.Other{"/field/class/send": s.bringAttendance}
	s.photos = &photo.Service{DB: in.db, Files: s.files, Zone: zone}
	s.safety = &safety.Service{DB: in.db, Keys: in.keys, Matters: s.cases, Accounts: s.account, Zone: zone, Say: say}
	s.duties = &duty.Service{DB: in.db, Zone: zone, Children: ChildrenThere}
	s.lessons = &lesson.Service{DB: in.db, Serials: s.serials, Zone: zone, Author: author}
	s.post = newPost(s, zone)
	s.feeds = &feed.Service{DB: in.db, Zone: zone, Actor: s.account.Actor, Sources: []feed.Source{s.term.Calendar, s.duties.Calendar}}
	s.clear = &clearance.Service{DB: in.db, Keys: in.keys, Cursors: s.cursors, Zone: zone}
	s.retain = &retain.Service{DB: in.db, Zone: zone, Rules: retention(in.keys), Kinds: holdable}
	s.jobs = &job.Service{DB: in.db, Handlers: slices.Concat(s.intake.Handlers(), s.forms.Handlers()), Actor: s.account.Actor, Log: log}
	return s, nil
}

// joined does, in the act that joins rows of persons, what services have to do about it.
func (s *services) joined(tx *sqldb.Tx, rows []person.ID) error {
	if err := enrolment.After(s.care.Joined, s.night.Joined)(tx, rows); err != nil {
		return err
	}
	if err := s.term.After(tx, rows); err != nil {
		return err
	}
	if err := s.serving.After(tx, rows); err != nil {
		return err
	}
	return s.duties.After(tx, rows)
}

// forget drops, in the act that undoes a delivery, the figures that were counted with it. Counting anew is a loop's work:
// it takes seconds in a large city, and pages show the figures before meanwhile.
func forget(tx *sqldb.Tx, d source.Delivery, _ intake.Kind) error {
	if d.State != source.Visible {
		return nil
	}
	if err := density.Forget(tx, d.Seq); err != nil {
		return err
	}
	return tx.Record(density.Count, d.Source.String(), act.Change{"forgotten": d.Seq})
}

// routes are everything that can be asked for.
func (s *services) routes(doors *door.Doors) []web.Route {
	all := slices.Concat(
		ownRoutes(doors),
		accountweb.Routes(s.account, doors, s.cursors, s.codes),
		caseworkweb.Routes(s.cases, doors, s.names, researchweb.BesideMatter(s.needs), projectlibraryweb.BesideMatter(s.library), besideDispute, besideClearance, safetyweb.BesideMatter),
		orgweb.Routes(s.orgs, doors, s.names),
		actweb.Routes(s.db, doors, LogRead, s.in.keys.Verifier, s.names),
		intakeweb.Routes(s.intake, s.jobs, doors),
		noticeweb.Routes(s.notices, s.post, doors),
		feedweb.Routes(s.feeds, doors),
		personweb.Routes(s.people, doors, s.names, s.desks, s.corrections()),
		placeweb.Routes(s.places, doors),
		rulebookweb.Routes(s.rules, doors, policy.Shipped),
		formweb.Routes(s.forms, s.jobs, doors, s.names, fieldweb.HowItCame(s.fields, s.names), researchweb.BesideAnswer(s.needs)),
		fillweb.Routes(s.forms, doors),
		drawweb.Routes(s.forms, doors, s.names),
		fieldweb.Routes(s.fields, doors, s.names, s.workers, fieldRoles, termweb.Screen),
		jobweb.Routes(s.db, doors),
		retainweb.Routes(s.retain, doors, s.names),
		densityweb.Routes(s.density, s.orgs, doors),
		researchweb.Routes(s.needs, doors),
		projectlibraryweb.Routes(s.library, doors, s.names, s.desks),
		childcareweb.Routes(s.care, doors),
		photoweb.Routes(s.photos, doors),
		nightschoolweb.Routes(s.night, doors),
		safetyweb.Routes(s.safety, doors, s.names),
		startuploanweb.Routes(s.loans, doors, s.names, followweb.Beside(s.after)),
		followweb.Routes(s.after, doors, s.names),
		lendingweb.Routes(s.lending, doors, s.names),
		figuresweb.Routes(s.sums, s.lending.Loans, doors),
		productweb.Routes(s.offers, doors),
		outreachweb.Routes(s.reach, doors),
		clearanceweb.Routes(s.clear, doors),
		termweb.Routes(s.term, doors),
		lessonweb.Routes(s.lessons, doors, termweb.FromPlan),
		volunteeringweb.Routes(s.volunteers(), doors),
		api.Routes(api.Services{DB: s.db, Persons: s.people, Places: s.places, Density: s.density, Intake: s.intake, Jobs: s.jobs}),
	)
	s.account.Lists = lists(all)
	return all
}

// lists are the pages whose filters their readers may keep.
func lists(all []web.Route) map[string]account.List {
	found := map[string]account.List{}
	for _, r := range all {
		if len(r.Filters) > 0 {
			found[strings.TrimPrefix(r.Pattern, "GET ")] = account.List{Filters: r.Filters, Verb: r.Verb}
		}
	}
	return found
}

// saved gives the viewer's views of a list; a fault there must not keep the page away.
func (s *services) saved(r *web.Request) *ui.Saved {
	views, err := accountweb.Saved(s.account, r)
	if err != nil {
		s.log.Warn("saved views cannot be read", "error", err)
	}
	return views
}

// tell lets those at a desk know, within the act, that a matter has come to them, and whoever raised it what was done. The
// text names the matter by its serial number only.
func (s *services) tell(tx *sqldb.Tx, m casework.Matter, step authz.Verb) error {
	if err := research.Told(tx, m, step); err != nil {
		return err
	}
	if err := projectlibrary.Told(tx, m, step); err != nil {
		return err
	}
	if err := outreach.Told(tx, m, step); err != nil {
		return err
	}
	if m.Limited { // those on its list were told by the service that opened it
		return nil
	}
	if step != casework.Raise && step != casework.PassOn && step != casework.Reopen && step != casework.Lift {
		return nil
	}
	desk, err := org.Find(tx, m.Desk)
	if err != nil {
		return err
	}
	at, err := s.account.Holders(tx, casework.Answer, desk.Path)
	if err != nil {
		return err
	}
	for _, one := range at {
		if one.String() == tx.By().User {
			continue
		}
		once := m.ID.String() + "/" + strconv.FormatInt(tx.Now().UnixMicro(), 10)
		if err := notice.Send(tx, one.String(), once, "app.notice.matter", map[string]any{"serial": m.Serial}, "/office/matters/"+m.ID.String()); err != nil {
			return err
		}
	}
	return nil
}

// calledOff tells a guest that an event was cancelled.
func calledOff(tx *sqldb.Tx, account string, e outreach.Event) error {
	return notice.Send(tx, account, e.ID.String()+"/cancelled", "outreach.notice_cancelled", map[string]any{"serial": e.Serial}, "/outreach/"+e.ID.String())
}

// names gives the names of accounts, for pages that say who did something.
func (s *services) names(r *web.Request, ids []string) (map[string]string, error) {
	named, err := s.account.Names(r.Context(), r.City, ids)
	if err == nil {
		named[authz.System(r.City).User] = r.L.T("app.system")
	}
	return named, err
}

// desks gives the organisations that accounts work for, in their place.
func (s *services) desks(r *web.Request, ids []string) (map[string]string, error) {
	return s.account.Desks(r.Context(), r.City, ids)
}

func (s *services) sessions() web.Sessions { return accountweb.Sessions{Accounts: s.account} }

func (s *services) tokens() web.Sessions { return accountweb.Tokens{Accounts: s.account} }

// waiting counts what the head of every page of the office shows; a fault there must not keep the page away.
func (s *services) waiting(r *web.Request) (notices, jobs int) {
	err := s.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		jobs, err = job.Unfinished(q, r.Actor.User)
		return err
	})
	if err == nil {
		notices, err = s.notices.Unread(r.Context(), r.Actor)
	}
	if err != nil {
		s.log.Warn("what waits cannot be counted", "error", err)
	}
	return notices, jobs
}

// loops are what goes on beside the requests.
func (s *services) loops(keeper string) loops {
	return loops{
		{"seal the log of acts", sealEvery, s.sealLog},
		{"ask about disputed records", 2 * time.Second, s.askDisputes},
		{"call absent children and find substitutes", 30 * time.Second, func(ctx context.Context) error { return s.term.CatchUp(ctx, s.in.city.Slug) }},
		{"put reports that wait too long before the desk above", 30 * time.Second, func(ctx context.Context) error { return s.safety.CatchUp(ctx, s.in.city.Slug) }},
		{"remind of clearances", time.Minute, s.remindClearances},
		{"count figures", 2 * time.Second, s.countFigures},
		{"lift voices that nobody answers", time.Minute, func(ctx context.Context) error { return s.needs.CatchUp(ctx, s.in.city.Slug) }},
		{"remind of stale dossiers", time.Hour, func(ctx context.Context) error { return s.library.Remind(ctx, s.in.city.Slug) }},
		{"fix lists, draw, and pass places on", 2 * time.Second, func(ctx context.Context) error {
			return errors.Join(s.care.CatchUp(ctx, s.in.city.Slug), s.night.CatchUp(ctx, s.in.city.Slug))
		}},
		{"end notices of loans, and what nobody completed", time.Minute, func(ctx context.Context) error { return s.loans.CatchUp(ctx, s.in.city.Slug) }},
		{"follow loans up that were paid out", time.Hour, later(time.Minute, func(ctx context.Context) error { return s.after.Begin(ctx, s.in.city.Slug) })},
		{"take in visits from phones", 30 * time.Second, func(ctx context.Context) error { return s.after.TakeIn(ctx, s.in.city.Slug) }},
		{"send text messages", time.Second, s.sendTexts},
		{"remind of lessons, duties and offers", 5 * time.Minute, s.remind},
		{"send notices", 5 * time.Second, s.post.Run},
		{"do long work", time.Second, func(ctx context.Context) error { return s.jobs.Work(ctx, s.in.city.Slug) }},
		{"destroy what is kept no longer", 24 * time.Hour, later(5*time.Minute, s.destroyOver)},
		{"hand the log's head to its keeper", time.Hour, // daily would do; a keeper's disk that was away is tried again soon
			func(ctx context.Context) error { return handOver(ctx, s.in, keeper) }},
	}
}

// countFigures counts what deliveries have changed since the last time.
func (s *services) countFigures(ctx context.Context) error {
	return s.density.CatchUp(ctx, authz.System(s.in.city.Slug))
}

func (s *services) sealLog(ctx context.Context) error {
	return sealWaiting(ctx, s.db, s.in.city.Slug, s.in.keys.Signer())
}

// sealEvery is how often the log is sealed: an act is sealed within two seconds, however many there are.
const sealEvery = 500 * time.Millisecond

func sealWaiting(ctx context.Context, db *sqldb.DB, city string, signer note.Signer) error {
	for {
		n, err := actlog.Seal(ctx, db, city, signer)
		if err != nil || n < actlog.Batch {
			return err
		}
	}
}
