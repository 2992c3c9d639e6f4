package research

import (
	"context"
	"encoding/hex"
	"encoding/json"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/research/result"
	"zhidian/solver/lottery"
)

// StudyID names a study.
type StudyID = id.Of[Study]

// StudyState is how far a study has come.
type StudyState string

// The states of a study.
const (
	Drafted   StudyState = "draft"
	Running   StudyState = "open"
	Ended     StudyState = "closed"
	Published StudyState = "published"
)

// What people do with studies.
var (
	ReadStudies  = authz.Verb{Key: "study.read"}
	DesignStudy  = authz.Verb{Key: "study.design", Writes: "study bank_item " + field.Assigned}
	DrawPeople   = authz.Verb{Key: "study.draw", Writes: "study study_draw"}
	OpenStudy    = authz.Verb{Key: "study.open", Writes: "study " + field.Assigned}
	CloseStudy   = authz.Verb{Key: "study.close", Writes: "study " + field.Assigned}
	ReopenStudy  = authz.Verb{Key: "study.reopen", Writes: "study " + field.Assigned}
	PublishStudy = authz.Verb{Key: "study.publish", Writes: "study"}
	ExportStudy  = authz.Verb{Key: "study.export"}
)

// StudyVerbs lists the verbs of studies that people at desks hold.
var StudyVerbs = []authz.Verb{ReadStudies, DesignStudy, DrawPeople, OpenStudy, CloseStudy, ReopenStudy, PublishStudy, ExportStudy}

// StudyProcess is the steps that a study may take.
var StudyProcess = workflow.Table[StudyState]{
	Moves: []workflow.Move[StudyState]{
		{From: []StudyState{""}, To: Drafted, Verb: DesignStudy, Label: "research.study.do_design"},
		{From: []StudyState{Drafted}, To: Running, Verb: OpenStudy, Label: "research.study.do_open"},
		{From: []StudyState{Running}, To: Ended, Verb: CloseStudy, Label: "research.study.do_close"},
		{From: []StudyState{Ended}, To: Running, Verb: ReopenStudy, Label: "research.study.do_reopen"},
		{From: []StudyState{Ended}, To: Published, Verb: PublishStudy, Label: "research.study.do_publish"},
	},
	Final: []StudyState{Published},
}

// Study asks many people the same (调研).
type Study struct {
	ID          StudyID
	Org         org.ID
	Title       string
	Purpose     string
	Form        form.ID
	Version     int64 // of the form, for its questions; answers to others count where their questions are the same
	Opens       day.Day
	Closes      day.Day
	State       StudyState
	Plan        Plan
	DrawHash    string // of the seed, in hexadecimal, told before anybody is drawn
	DrawSeed    string // told afterwards
	PublishedAt int64  // microseconds UTC
	EditedAt    int64
	MadeBy      string
	MadeAt      int64
	result      string
}

const studyColumns = `s.id, s.org, s.title, s.purpose, s.form, s.version, s.opens, s.closes, s.state, s.plan, s.draw_hash, s.draw_seed, s.published_at, s.edited_at, s.made_by, s.made_at, s.result`

func scanStudy(s sqldb.Scan) (Study, error) {
	var x Study
	var plan string
	if err := s(&x.ID, &x.Org, &x.Title, &x.Purpose, &x.Form, &x.Version, &x.Opens, &x.Closes, &x.State, &plan, &x.DrawHash, &x.DrawSeed, &x.PublishedAt,
		&x.EditedAt, &x.MadeBy, &x.MadeAt, &x.result); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(plan), &x.Plan)
}

func findStudy(q sqldb.Q, which StudyID) (Study, error) {
	return sqldb.One(q, scanStudy, `SELECT `+studyColumns+` FROM study s WHERE s.city = $1 AND s.id = $2`, which)
}

// NewStudy is what a study begins with.
type NewStudy struct {
	Form    form.ID
	Title   string
	Purpose string
	Opens   day.Day
	Closes  day.Day
}

func (n NewStudy) check() error {
	var p errs.Problems
	p.Require(n.Title != "", "title", "field.required", nil)
	p.Require(len([]rune(n.Title)) <= 120, "title", "field.long", errs.Args{"max": 120})
	p.Require(n.Purpose != "", "purpose", "field.required", nil)
	p.Require(len([]rune(n.Purpose)) <= 2000, "purpose", "field.long", errs.Args{"max": 2000})
	p.Require(n.Opens.IsZero() || n.Closes.IsZero() || n.Opens <= n.Closes, "closes", "research.study.window", nil)
	return p.Err()
}

// Begin begins a study with a form that was published. It belongs where the form does.
func (s *Service) Begin(ctx context.Context, by authz.Actor, n NewStudy) (made StudyID, err error) {
	if err := n.check(); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := form.Find(tx, n.Form)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, f.Org)
		if err != nil {
			return err
		}
		if err := by.Must(DesignStudy, at.Path); err != nil {
			return err
		}
		if f.Version == 0 {
			return errs.New(errs.Conflict, "research.study.unpublished", nil)
		}
		read, err := s.Forms.Definition(tx, f.ID, f.Version)
		if err != nil {
			return err
		}
		plan := Plan{Bank: banked(read)}
		if err := s.bank(tx, by, questions(read), plan.Bank); err != nil {
			return err
		}
		kept, err := json.Marshal(plan)
		if err != nil {
			return err
		}
		made = id.New[Study](tx.Now())
		commit := lottery.Commit(s.secret(by.City, made))
		if _, err := tx.Exec(`INSERT INTO study (city, id, org, title, purpose, form, version, opens, closes, state, draw_hash, edited_at, made_by, made_at, plan)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10, $11, $12, $11, $13)`,
			made, at.ID, n.Title, n.Purpose, f.ID, f.Version, n.Opens, n.Closes, commit.String(), tx.Now().UnixMicro(), by.User, string(kept)); err != nil {
			return err
		}
		if err := tx.Record(DesignStudy, made.String(), act.Change{"form": f.ID, "version": f.Version, "org": at.ID}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// secret is the seed of a study's draw: nobody can foresee it, and it is the same whenever it is asked for.
func (s *Service) secret(city string, of StudyID) (seed lottery.Secret) {
	copy(seed[:], s.Keys.Lookup(city+"/research.draw", of.String()))
	return seed
}

// change is one act with a study by who may do it at its organisation, over the version that she saw.
func (s *Service) change(ctx context.Context, by authz.Actor, which StudyID, seen int64, verb authz.Verb, do func(*sqldb.Tx, Study, org.Node) (act.Change, error)) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, err := findStudy(tx, which)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, x.Org)
		if err != nil {
			return err
		}
		if err := by.Must(verb, at.Path); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE study SET edited_at = $4 WHERE city = $1 AND id = $2 AND edited_at = $3`, which, seen, max(tx.Now().UnixMicro(), seen+1))
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "errs.stale", nil)
		}
		if err != nil {
			return err
		}
		change, err := do(tx, x, at)
		if err != nil {
			return err
		}
		return tx.Record(verb, which.String(), change)
	})
	return sqldb.Done(err)
}

// Turn takes a step of the StudyProcess. Publishing keeps the tables as everybody may see them; they are never counted anew.
func (s *Service) Turn(ctx context.Context, by authz.Actor, which StudyID, seen int64, verb authz.Verb) error {
	return s.change(ctx, by, which, seen, verb, func(tx *sqldb.Tx, x Study, at org.Node) (act.Change, error) {
		move, ok := StudyProcess.Allowed(x.State, verb)
		if !ok || move.To == Drafted {
			return nil, errs.New(errs.Conflict, "research.study.not_now", nil)
		}
		if move.To == Published {
			if err := s.publish(tx, x, at); err != nil {
				return nil, err
			}
		}
		if err := s.assign(tx, &x, x.Plan.Workers, move.To == Running); err != nil {
			return nil, err
		}
		if err := keepPlan(tx, x); err != nil {
			return nil, err
		}
		_, err := tx.Exec(`UPDATE study SET state = $3 WHERE city = $1 AND id = $2`, which, string(move.To))
		return act.Change{"state": move.To}, err
	})
}

func (s *Service) publish(tx *sqldb.Tx, x Study, at org.Node) error {
	r, err := s.count(tx, x, at, true)
	if err != nil {
		return err
	}
	kept, err := json.Marshal(r.release())
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE study SET result = $3, published_at = $4 WHERE city = $1 AND id = $2`, x.ID, string(kept), tx.Now().UnixMicro())
	return err
}

// Draw draws people of the study's organisation and below it by lot, from a seed whose hash was told when the study began.
// Whoever has the list, the seed and the program draws the same.
func (s *Service) Draw(ctx context.Context, by authz.Actor, which StudyID, seen int64, n int) error {
	people, err := s.drawable(ctx, by, which)
	if err != nil {
		return err
	}
	var p errs.Problems
	p.Require(n >= 1 && n <= len(people), "n", "field.range", errs.Args{"min": 1, "max": len(people)})
	if err := p.Err(); err != nil {
		return err
	}
	list := lottery.List{Edition: which.String(), Places: n, Commit: lottery.Commit(s.secret(by.City, which)), Source: "-"}
	for _, one := range people {
		list.Entries = append(list.Entries, lottery.Entry{Receipt: one, Group: 1})
	}
	seed := s.secret(by.City, which)
	drawn, err := lottery.Solve(ctx, lottery.Problem{List: list, Secret: seed, Public: "-"}, lottery.Options{})
	if err != nil {
		return err
	}
	return s.change(ctx, by, which, seen, DrawPeople, func(tx *sqldb.Tx, x Study, _ org.Node) (act.Change, error) {
		if x.DrawSeed != "" || x.State != Drafted {
			return nil, errs.New(errs.Conflict, "research.study.drawn", nil)
		}
		if x.DrawHash != list.Commit.String() { // the key of the city was changed in between
			return nil, errs.New(errs.Conflict, "research.study.seed_lost", nil)
		}
		if _, err := tx.Exec(`UPDATE study SET draw_seed = $3 WHERE city = $1 AND id = $2`, which, hex.EncodeToString(seed[:])); err != nil {
			return nil, err
		}
		_, err := tx.Bulk(`INSERT INTO study_draw (city, study, no, person) VALUES ($1, $2, $3, $4)`, len(drawn.Placed), func(i int) []any {
			return []any{which, i + 1, drawn.Placed[i]}
		})
		return act.Change{"drawn": n, "of": len(people)}, err
	})
}

// Drawn gives the ids of who was drawn, in the order of the draw, to who may draw.
func (s *Service) Drawn(ctx context.Context, by authz.Actor, which StudyID) (ids []string, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		x, err := findStudy(q, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, x.Org)
		if err != nil {
			return err
		}
		if err := by.Must(DrawPeople, at.Path); err != nil {
			return err
		}
		ids, err = sqldb.All(q, func(s sqldb.Scan) (x string, err error) { return x, s(&x) }, `SELECT person FROM study_draw WHERE city = $1 AND study = $2 ORDER BY no`, which)
		return err
	})
	return ids, err
}

// asking is a question that can be counted, with the path of the repeat in which it is asked.
type asking struct {
	result.Question
	repeat string
	bank   string // the question of the bank that it is, as the form says
}

// single tells whether the question is asked once of everybody, and its answers may be looked at one by one.
func (a asking) single() bool { return a.repeat == "" && !a.Delicate }

// questions gives what of a form may be looked at answer by answer, in its order: what a plan, a crossing and an export name.
func questions(f *survey.Form) (all []result.Question) {
	for _, q := range countable(f) {
		if q.single() {
			all = append(all, q.Question)
		}
	}
	return all
}

// countable gives what of a form can be counted, in its order: choices, numbers, and open words that are nobody's secret. What
// is sensitive or sealed is delicate; of that open words are counted nowhere.
func countable(f *survey.Form) (all []asking) {
	var walk func(place int, prefix string, in asking)
	walk = func(place int, prefix string, in asking) {
		for _, below := range f.Questions[place].Below {
			q := f.Questions[below]
			path := prefix + q.Name
			switch q.Kind {
			case survey.Group:
				walk(below, path+"/", in)
				continue
			case survey.Repeat:
				walk(below, path+"/", asking{Question: result.Question{Within: q.Asked(0)}, repeat: path})
				continue
			}
			kind := map[survey.Kind]result.Kind{
				survey.SelectOne: result.One, survey.SelectMultiple: result.Many, survey.Rank: result.Rank,
				survey.Integer: result.Number, survey.Decimal: result.Number, survey.Range: result.Number, survey.Text: result.Words,
			}[q.Kind]
			if kind == "" || kind == result.Words && q.Class > authz.Open {
				continue
			}
			x := in
			x.Path, x.Label, x.Kind, x.Delicate = path, q.Asked(0), kind, q.Class >= authz.Sensitive
			x.Choices, x.bank = choices(f, q), q.Bank
			all = append(all, x)
		}
	}
	walk(0, "", asking{})
	return all
}

// banked says which questions of a form are of the bank, as its author wrote it.
func banked(f *survey.Form) (all []BankRule) {
	for _, a := range countable(f) {
		if a.single() && a.bank != "" {
			all = append(all, BankRule{Question: a.Path, Key: a.bank})
		}
	}
	return all
}

// choices gives what a question offers, each once.
func choices(f *survey.Form, q *survey.Question) (all []result.Choice) {
	list := f.Find(q.List)
	if list == nil || !q.Kind.Chooses() {
		return nil
	}
	seen := map[string]bool{}
	for _, i := range list.Items {
		if !seen[i.Value] {
			seen[i.Value] = true
			all = append(all, result.Choice{Value: i.Value, Label: i.Label.In(0)})
		}
	}
	return all
}
