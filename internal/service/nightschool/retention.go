package nightschool

import (
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this service. What was offered is published and stays; who proposed and voted is needed until the next
// terms have been planned from it.
var Retention = []retain.Rule{
	{
		Table: "night_vote", Class: authz.Personal, Purpose: "retention.of.night_vote",
		Ends: []retain.End{{Text: "retention.end.night_vote", N: 2, Unit: retain.Years, Find: findVotes}},
	},
	{
		Table: "night_idea", Class: authz.Personal, Purpose: "retention.of.night_idea",
		Ends: []retain.End{{
			Text: "retention.end.night_idea", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM night_idea WHERE city = $1 AND `+ideaOver+` ORDER BY id LIMIT $3`, `DELETE FROM night_idea WHERE city = $1 AND id = $3 AND `+ideaOver),
		}},
	},
	{Table: "night_absence", Class: authz.Personal, Purpose: "retention.of.night_absence", Ends: perLesson("night_absence", "made_at")},
	{Table: "night_excuse", Class: authz.Personal, Purpose: "retention.of.night_excuse", Ends: perLesson("night_excuse", "made_at")},
	{Table: "night_fee", Class: authz.Personal, Purpose: "retention.of.night_fee", Ends: perLesson("night_fee", "noted_at")},
	{
		Table: "night_swap", Class: authz.Personal, Purpose: "retention.of.night_swap",
		Ends: []retain.End{{Text: "retention.end.night_swap", N: 3, Unit: retain.Years, Find: findSwaps}},
	},
	{
		Table: "night_feedback", Class: authz.Personal, Purpose: "retention.of.night_feedback",
		Ends: []retain.End{{Text: "retention.end.night_feedback", N: 3, Unit: retain.Years, Find: findFeedback}},
	},
	{Table: "night_list", Purpose: "retention.of.night_list", With: retain.City},
	{Table: "night_course", Purpose: "retention.of.night_course", With: retain.City},
	{Table: "night_term", Purpose: "retention.of.night_term", With: retain.City},
	{Table: "night_rule", Purpose: "retention.of.night_rule", With: retain.City},
}

var (
	voteOver = `made_at < $2 AND ` + retain.Free("person")
	ideaOver = `made_at < $2 AND ` + retain.Free("person") + ` AND NOT EXISTS (SELECT 1 FROM night_vote v WHERE v.city = $1 AND v.idea = night_idea.id)`
)

// perLesson is the end of a table with a row for each learner and lesson.
func perLesson(table, written string) []retain.End {
	type key struct{ session, person string }
	over := written + ` < $2 AND ` + retain.Free("person")
	return []retain.End{{
		Text: "retention.end.night_lesson", N: 3, Unit: retain.Years, Find: func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
			scan := func(f sqldb.Scan) (key, error) {
				var k key
				return k, f(&k.session, &k.person)
			}
			end := retain.Each(`DELETE FROM `+table+` WHERE city = $1 AND session = $3 AND person = $4 AND `+over, before, func(k key) []any { return []any{k.session, k.person} })
			return retain.Rows(q, scan, end, `SELECT session, person FROM `+table+` WHERE city = $1 AND `+over+` ORDER BY session, person LIMIT $3`, before.Micro(), most)
		},
	}}
}

func findVotes(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(f sqldb.Scan) (vote, error) {
		var v vote
		return v, f(&v.term, &v.person, &v.idea)
	}
	end := retain.Each(`DELETE FROM night_vote WHERE city = $1 AND edition = $3 AND person = $4 AND idea = $5 AND `+voteOver, before, func(v vote) []any { return []any{v.term, v.person, v.idea} })
	return retain.Rows(q, scan, end, `SELECT edition, person, idea FROM night_vote WHERE city = $1 AND `+voteOver+` ORDER BY edition, person, idea LIMIT $3`, before.Micro(), most)
}

var swapOver = `made_at < $2 AND ` + enrolment.Free("night_swap")

func findSwaps(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(f sqldb.Scan) (enrolment.Key, error) {
		var k enrolment.Key
		return k, f(&k.Roll, &k.Turn)
	}
	end := retain.Each(`DELETE FROM night_swap WHERE city = $1 AND roll = $3 AND turn = $4 AND `+swapOver, before, func(k enrolment.Key) []any { return []any{k.Roll, k.Turn} })
	return retain.Rows(q, scan, end, `SELECT roll, turn FROM night_swap WHERE city = $1 AND `+swapOver+` ORDER BY roll, turn LIMIT $3`, before.Micro(), most)
}

var feedbackOver = `made_at < $2 AND ` + retain.Free("person")

func findFeedback(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	type key struct{ course, person string }
	scan := func(f sqldb.Scan) (key, error) {
		var k key
		return k, f(&k.course, &k.person)
	}
	end := retain.Each(`DELETE FROM night_feedback WHERE city = $1 AND course = $3 AND person = $4 AND `+feedbackOver, before, func(k key) []any { return []any{k.course, k.person} })
	return retain.Rows(q, scan, end, `SELECT course, person FROM night_feedback WHERE city = $1 AND `+feedbackOver+` ORDER BY course, person LIMIT $3`, before.Micro(), most)
}

// NamesPerson is the condition that the person whom a column names has voted, proposed, teaches or is on a lesson's list.
func NamesPerson(column string) string {
	return `(EXISTS (SELECT 1 FROM night_vote WHERE night_vote.city = $1 AND night_vote.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM night_idea WHERE night_idea.city = $1 AND night_idea.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM night_absence WHERE night_absence.city = $1 AND night_absence.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM night_excuse WHERE night_excuse.city = $1 AND night_excuse.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM night_feedback WHERE night_feedback.city = $1 AND night_feedback.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM night_fee WHERE night_fee.city = $1 AND night_fee.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM night_course WHERE night_course.city = $1 AND night_course.teacher = ` + column + `))`
}

// NamesOrg is the condition that a course is held at the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM night_course WHERE night_course.city = $1 AND night_course.org = ` + column + `)`
}
