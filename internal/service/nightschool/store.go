package nightschool

import (
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

func settings(q sqldb.Q) ([]Setting, error) {
	return sqldb.All(q, func(f sqldb.Scan) (Setting, error) {
		var s Setting
		return s, f(&s.From, &s.Votes, &s.ExcuseH, &s.MostPoints, &s.RateDays, &s.SetAt)
	}, `SELECT from_day, votes, excuse_h, most_points, rate_days, set_at FROM night_rule WHERE city = $1 ORDER BY from_day`)
}

// findTerm gives a term with all that belongs to it.
func findTerm(q sqldb.Q, which edition.ID) (t Term, err error) {
	if t.Edition, err = edition.Find(q, which); err != nil {
		return t, err
	}
	return whole(q, t.Edition)
}

func whole(q sqldb.Q, e edition.Edition) (t Term, err error) {
	if t, err = sqldb.One(q, func(f sqldb.Scan) (Term, error) {
		t := Term{Edition: e}
		return t, f(&t.Prior, &t.VoteFrom, &t.VoteTo, &t.Setting.Votes, &t.Setting.ExcuseH, &t.Setting.MostPoints, &t.Setting.RateDays)
	}, `SELECT prior, vote_from, vote_to, votes, excuse_h, most_points, rate_days FROM night_term WHERE city = $1 AND edition = $2`, e.ID); err != nil {
		return t, err
	}
	if t.Mode == edition.Lottery && t.State != edition.Draft {
		t.Draw, err = enrolment.FindDraw(q, e.ID)
		if err != nil && errs.KindOf(err) == errs.Absent { // cancelled as a draft
			err = nil
		}
	}
	return t, err
}

const ideaColumns = `i.id, i.edition, i.title, i.says, i.person, i.state, i.into_idea, i.note, i.made_by, i.made_at, i.edited_at,
	(SELECT COUNT(*) FROM night_vote v WHERE v.city = i.city AND v.idea = i.id)`

func scanIdea(f sqldb.Scan) (Idea, error) {
	var x Idea
	return x, f(&x.ID, &x.Term, &x.Title, &x.Says, &x.Person, &x.State, &x.Into, &x.Note, &x.MadeBy, &x.MadeAt, &x.EditedAt, &x.Votes)
}

func findIdea(q sqldb.Q, which IdeaID) (Idea, error) {
	return sqldb.One(q, scanIdea, `SELECT `+ideaColumns+` FROM night_idea i WHERE i.city = $1 AND i.id = $2`, which)
}

// ideasIn gives the ideas of a term, those with most votes first.
func ideasIn(q sqldb.Q, of edition.ID) ([]Idea, error) {
	return sqldb.All(q, scanIdea, `SELECT `+ideaColumns+` FROM night_idea i WHERE i.city = $1 AND i.edition = $2 ORDER BY 12 DESC, i.id`, of)
}

// waitingIdeas counts the ideas of one human being that wait for the desk.
func waitingIdeas(q sqldb.Q, of edition.ID, rows []person.ID) (n int64, err error) {
	var w sqldb.Where
	w.And("city = $1").And("edition = ? AND state = 'proposed'", of)
	w.And("person IN (" + marks(&w, rows) + ")")
	err = q.Row(`SELECT COUNT(*) FROM night_idea WHERE `+w.SQL(), w.Args()...).Scan(&n)
	return n, err
}

func marks[T ~string](w *sqldb.Where, all []T) (list string) {
	for i, x := range all {
		if i > 0 {
			list += ", "
		}
		list += w.Arg(x)
	}
	return list
}

// vote is one vote.
type vote struct {
	term   edition.ID
	person person.ID
	idea   IdeaID
}

// votesOf gives all votes of one human being, the earliest first.
func votesOf(q sqldb.Q, rows []person.ID) ([]vote, error) {
	var w sqldb.Where
	w.And("city = $1")
	w.And("person IN (" + marks(&w, rows) + ")")
	return sqldb.All(q, func(f sqldb.Scan) (vote, error) {
		var v vote
		return v, f(&v.term, &v.person, &v.idea)
	}, `SELECT edition, person, idea FROM night_vote WHERE `+w.SQL()+` ORDER BY made_at, idea`, w.Args()...)
}

func dropVotes(tx *sqldb.Tx, of edition.ID, rows []person.ID) error {
	for _, row := range rows {
		if _, err := tx.Exec(`DELETE FROM night_vote WHERE city = $1 AND edition = $2 AND person = $3`, of, row); err != nil {
			return err
		}
	}
	return nil
}

// voters counts who has voted in a term.
func voters(q sqldb.Q, of edition.ID) (n int64, err error) {
	err = q.Row(`SELECT COUNT(DISTINCT person) FROM night_vote WHERE city = $1 AND edition = $2`, of).Scan(&n)
	return n, err
}

const courseColumns = `c.id, c.serial, c.edition, c.org, c.place, c.room, c.title, c.says, c.idea, c.teacher, c.lead, c.age_from, c.age_to, c.places, c.fee, c.first_day, c.starts_min, c.ends_min, c.lessons,
	c.state, c.roll, c.made_by, c.made_at, c.edited_at`

func scanCourse(f sqldb.Scan) (Course, error) {
	var c Course
	return c, f(&c.ID, &c.Serial, &c.Term, &c.Org, &c.Place, &c.Room, &c.Title, &c.Says, &c.Idea, &c.Teacher, &c.Lead, &c.AgeFrom, &c.AgeTo, &c.Places, &c.Fee, &c.First, &c.Starts, &c.Ends, &c.Lessons,
		&c.State, &c.Roll, &c.MadeBy, &c.MadeAt, &c.EditedAt)
}

func findCourse(q sqldb.Q, which ID) (Course, error) {
	return sqldb.One(q, scanCourse, `SELECT `+courseColumns+` FROM night_course c WHERE c.city = $1 AND c.id = $2`, which)
}

func ofRoll(q sqldb.Q, roll enrolment.RollID) (Course, error) {
	return sqldb.One(q, scanCourse, `SELECT `+courseColumns+` FROM night_course c WHERE c.city = $1 AND c.roll = $2 AND c.roll <> ''`, roll)
}

// coursesOf gives the courses of a term within a scope, in the order of their serials; those of a state where one is named.
func coursesOf(q sqldb.Q, of edition.ID, state State, in authz.Scope) ([]Course, error) {
	var w sqldb.Where
	w.And("c.city = $1").And("c.edition = ?", of)
	if state != "" {
		w.And("c.state = ?", string(state))
	}
	org.Inside(&w, in, "c.org")
	return sqldb.All(q, scanCourse, `SELECT `+courseColumns+` FROM night_course c WHERE `+w.SQL()+` ORDER BY c.serial`, w.Args()...)
}
