package person

import (
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// PaperKinds lists the kinds of paper in the order in which pages offer them.
var PaperKinds = []PaperKind{ResidentID, LeagueNumber, StudentID, Passport}

// ReadPaper reads a number as somebody typed it. What is wrong with its form is said of the field "number" or "kind"; whether
// anybody holds it is not looked at.
func ReadPaper(kind PaperKind, typed string) (Paper, error) {
	var p errs.Problems
	read := checkPaper(Paper{kind, typed}, &p)
	return read, p.Err()
}

// proven follows a row to the one that stands for the human being, and asks of all rows that are she whether one has a phone
// number. A row or a paper whose delivery does not count proves nothing. CROSS JOIN keeps the order of the tables: SQLite takes what
// such a query has found for a million rows, and would else go through all persons of the city instead.
var proven = `WITH RECURSIVE up (id, above) AS (
		SELECT p.id, p.merged_into FROM person p JOIN paper a ON a.city = p.city AND a.person = p.id
		WHERE p.city = $1 AND p.id = $2 AND a.kind = $3 AND ` + Live + ` AND ` + source.Since("a") + `
		UNION SELECT p.id, p.merged_into FROM up CROSS JOIN person p WHERE p.city = $1 AND p.id = up.above AND ` + Live + `
	), whole (id) AS (
		SELECT id FROM up WHERE above IS NULL
		UNION SELECT p.id FROM whole CROSS JOIN person p WHERE p.city = $1 AND p.merged_into = whole.id
	)
	SELECT p.id, p.born, (SELECT COUNT(*) FROM person_phone h WHERE h.city = $1 AND h.look = $4 AND h.person IN (SELECT id FROM whole))
	FROM up CROSS JOIN person p WHERE p.city = $1 AND p.id = up.id AND up.above IS NULL`

// provenAlone asks the same of a row that is all there is of a human being, as almost all are: it gives nothing where rows were
// merged. A session is read at each visit; following no one costs a third.
var provenAlone = `SELECT p.id, p.born, (SELECT COUNT(*) FROM person_phone h WHERE h.city = $1 AND h.look = $4 AND h.person = p.id)
	FROM person p JOIN paper a ON a.city = p.city AND a.person = p.id
	WHERE p.city = $1 AND p.id = $2 AND a.kind = $3 AND p.merged_into IS NULL AND ` + Live + ` AND ` + source.Since("a") + `
		AND NOT EXISTS (SELECT 1 FROM person m WHERE m.city = $1 AND m.merged_into = p.id)`

// proof is a person whose papers were found, with how many of her rows hold the phone number.
type proof struct {
	id     ID
	born   day.Day
	phones int
}

func scanProof(s sqldb.Scan) (proof, error) {
	var f proof
	return f, s(&f.id, &f.born, &f.phones)
}

// Proven gives the person whose row holds a paper of a kind, if she also has the phone number now and is old enough to speak
// for herself; else the zero id. Joining and parting rows, another number, or an import that was taken back change the answer
// at once.
func Proven(q sqldb.Q, keys seal.Provider, row ID, kind PaperKind, phone string, on day.Day) (ID, error) {
	all, err := sqldb.All(q, scanProof, provenAlone, row.String(), string(kind), keys.Lookup(phoneKind, phone))
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return followed(q, keys, row, kind, phone, on)
	}
	return whoProves(all, on), nil
}

// followed is Proven by way of all rows that are one human being.
func followed(q sqldb.Q, keys seal.Provider, row ID, kind PaperKind, phone string, on day.Day) (ID, error) {
	all, err := sqldb.All(q, scanProof, proven, row.String(), string(kind), keys.Lookup(phoneKind, phone))
	return whoProves(all, on), err
}

func whoProves(all []proof, on day.Day) ID {
	for _, f := range all {
		if f.phones > 0 && (f.born.IsZero() || on >= Speaks(f.born)) {
			return f.id
		}
	}
	return ""
}

// Holder gives the row that holds a paper, where Proven holds of it, else the zero id. Whoever holds the number, or nobody:
// the same statements run, so that the time it takes tells nothing.
func Holder(q sqldb.Q, keys seal.Provider, phone string, paper Paper, on day.Day) (ID, error) {
	rows, err := sqldb.All(q, scanID, `SELECT a.person FROM paper_look a WHERE a.city = $1 AND a.kind = $2 AND a.look = $3`,
		string(paper.Kind), keys.Lookup(string(paper.Kind), paper.Number))
	if err != nil {
		return "", err
	}
	var row ID
	for _, r := range rows {
		row = r
	}
	who, err := followed(q, keys, row, paper.Kind, phone, on)
	if who.IsZero() {
		row = ""
	}
	return row, err
}
