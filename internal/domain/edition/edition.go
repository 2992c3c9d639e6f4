// Package edition keeps each run of a service: when it is open, for how many, where, and how its places are given.
package edition

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names an edition.
type ID = id.Of[Edition]

// Mode is how places are given.
type Mode string

// The modes.
const (
	Lottery   Mode = "lottery"    // drawn when sign-up has closed, so that nobody need be quick
	FirstCome Mode = "first_come" // whoever signs up first
	Score     Mode = "score"      // by points when sign-up has closed; among equals whoever signed up first
)

// Modes lists the modes in the order in which pages show them.
var Modes = []Mode{Lottery, FirstCome, Score}

// State is how far an edition has come.
type State string

// The states.
const (
	Draft     State = "draft"
	Published State = "published"
	Cancelled State = "cancelled"
)

// Edition is one run of a service (期次).
type Edition struct {
	ID       ID
	Service  string // which service's, in its own word
	Org      org.ID // the district that it is for
	Title    string
	Says     string
	Mode     Mode
	Opens    int64 // microseconds UTC; sign-up from this instant
	Closes   int64 // and before this one
	Paper    int64 // minutes after Closes in which a clerk may still enter what came on paper or by telephone in time
	First    day.Day
	Last     day.Day
	Quota    int64 // places in all, 0 for no bound
	Used     int64 // of them given to what is offered
	Most     int64 // how often one person may be signed up at a time
	OfferFor int64 // minutes in which an offered place must be accepted
	State    State
	MadeBy   string
	MadeAt   int64
	EditedAt int64
}

// IsOpen tells whether people sign up at an instant.
func (e Edition) IsOpen(now int64) bool {
	return e.State == Published && now >= e.Opens && now < e.Closes
}

// Group is people whose turn comes before others'. Group 1 is drawn first.
type Group struct {
	No     int64
	Label  string
	Points int64 // in an edition that goes by points
}

// Written names the tables that the functions of this package touch, for the verbs of services.
const Written = "edition edition_group"

// Bounds of what an edition may say.
const (
	MostPaper   = 14 * 24 * 60 // minutes: two weeks
	MostOffer   = 14 * 24 * 60
	MaxQuota    = 1_000_000
	MostAtATime = 20
)

// Check says everything that is wrong with what an edition says.
func (e Edition) Check(groups []Group) error {
	var p errs.Problems
	p.Require(e.Title != "", "title", "field.required", nil)
	p.Require(e.Mode == Lottery || e.Mode == FirstCome || e.Mode == Score, "mode", "field.choice", nil)
	e.checkWindow(&p)
	if p.Require(!e.First.IsZero(), "first", "field.required", nil) && p.Require(!e.Last.IsZero(), "last", "field.required", nil) {
		p.Require(e.First <= e.Last, "last", "edition.last_before_first", nil)
	}
	within := func(n, least, most int64, field string) {
		p.Require(n >= least && n <= most, field, "field.range", errs.Args{"min": least, "max": most})
	}
	within(e.Paper, 0, MostPaper, "paper")
	within(e.Quota, 0, MaxQuota, "quota")
	within(e.Most, 1, MostAtATime, "most")
	within(e.OfferFor, 1, MostOffer, "offer")
	for i, g := range groups {
		p.Require(g.No == int64(i+1) && g.Label != "", "groups", "edition.groups", nil)
	}
	p.Require(len(groups) <= 20, "groups", "edition.groups", nil)
	return p.Err()
}

func (e Edition) checkWindow(p *errs.Problems) {
	if p.Require(e.Opens > 0, "opens", "field.required", nil) && p.Require(e.Closes > 0, "closes", "field.required", nil) {
		p.Require(e.Opens < e.Closes, "closes", "edition.closes_before_opens", nil)
	}
}

const columns = `e.id, e.service, e.org, e.title, e.says, e.mode, e.opens_at, e.closes_at, e.paper_min, e.first_day, e.last_day, e.quota, e.used, e.most, e.offer_min, e.state, e.made_by, e.made_at, e.edited_at`

func scan(s sqldb.Scan) (Edition, error) {
	var e Edition
	return e, s(&e.ID, &e.Service, &e.Org, &e.Title, &e.Says, &e.Mode, &e.Opens, &e.Closes, &e.Paper, &e.First, &e.Last, &e.Quota, &e.Used, &e.Most, &e.OfferFor, &e.State,
		&e.MadeBy, &e.MadeAt, &e.EditedAt)
}

// Find gives one edition.
func Find(q sqldb.Q, which ID) (Edition, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM edition e WHERE e.city = $1 AND e.id = $2`, which)
}

// PublishedOf gives the editions of a service that everybody may see, those that open last first.
func PublishedOf(q sqldb.Q, service string) ([]Edition, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM edition e WHERE e.city = $1 AND e.service = $2 AND e.state = 'published' ORDER BY e.opens_at DESC, e.id DESC`, service)
}

// Of gives the editions of a service within a scope, those that open last first.
func Of(q sqldb.Q, service string, in authz.Scope) ([]Edition, error) {
	var w sqldb.Where
	w.And("e.city = $1").And("e.service = ?", service)
	org.Inside(&w, in, "e.org")
	return sqldb.All(q, scan, `SELECT `+columns+` FROM edition e WHERE `+w.SQL()+` ORDER BY e.opens_at DESC, e.id DESC LIMIT 500`, w.Args()...)
}

// Groups gives an edition's groups in their order.
func Groups(q sqldb.Q, which ID) ([]Group, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Group, error) {
		var g Group
		return g, s(&g.No, &g.Label, &g.Points)
	}, `SELECT no, label, points FROM edition_group WHERE city = $1 AND edition = $2 ORDER BY no`, which)
}

// Add puts a draft into the city inside an act of the caller's, who permits and records.
func Add(tx *sqldb.Tx, e Edition, groups []Group) (Edition, error) {
	if err := e.Check(groups); err != nil {
		return e, err
	}
	e.ID, e.State, e.MadeBy, e.MadeAt, e.EditedAt = id.New[Edition](tx.Now()), Draft, tx.By().User, tx.Now().UnixMicro(), tx.Now().UnixMicro()
	if _, err := tx.Exec(`INSERT INTO edition (city, id, service, org, title, says, mode, opens_at, closes_at, paper_min, first_day, last_day, quota, most, offer_min, state, made_by, made_at, edited_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'draft', $16, $17, $17)`,
		e.ID, e.Service, e.Org, e.Title, e.Says, string(e.Mode), e.Opens, e.Closes, e.Paper, e.First, e.Last, e.Quota, e.Most, e.OfferFor, e.MadeBy, e.MadeAt); err != nil {
		return e, err
	}
	return e, setGroups(tx, e.ID, groups)
}

func setGroups(tx *sqldb.Tx, which ID, groups []Group) error {
	if _, err := tx.Exec(`DELETE FROM edition_group WHERE city = $1 AND edition = $2`, which); err != nil {
		return err
	}
	_, err := tx.Bulk(`INSERT INTO edition_group (city, edition, no, label, points) VALUES ($1, $2, $3, $4, $5)`, len(groups), func(i int) []any {
		return []any{which, groups[i].No, groups[i].Label, groups[i].Points}
	})
	return err
}

// Edit changes a draft over the version that was read. What is published is not changed any more.
func Edit(tx *sqldb.Tx, e Edition, version int64, groups []Group) error {
	if err := e.Check(groups); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE edition SET title = $4, says = $5, mode = $6, opens_at = $7, closes_at = $8, paper_min = $9, first_day = $10, last_day = $11, quota = $12, most = $13,
		offer_min = $14, edited_at = $15 WHERE city = $1 AND id = $2 AND edited_at = $3 AND state = 'draft'`,
		e.ID, version, e.Title, e.Says, string(e.Mode), e.Opens, e.Closes, e.Paper, e.First, e.Last, e.Quota, e.Most, e.OfferFor, tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "edition.not_draft", nil)
	}
	return setGroups(tx, e.ID, groups)
}

// Publish lets everybody see a draft; from then on only its window moves.
func Publish(tx *sqldb.Tx, which ID) error {
	n, err := tx.Exec(`UPDATE edition SET state = 'published', edited_at = $3 WHERE city = $1 AND id = $2 AND state = 'draft'`, which, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "edition.not_draft", nil)
	}
	return err
}

// Move moves the window of a published edition over the version that was read. A window that has begun keeps its beginning,
// one that is over stays over: who came in time and who came late was told so.
func Move(tx *sqldb.Tx, e Edition, version, opens, closes int64) error {
	now := tx.Now().UnixMicro()
	moved := e
	moved.Opens, moved.Closes = opens, closes
	var p errs.Problems
	moved.checkWindow(&p)
	p.Require(e.Opens > now || opens == e.Opens, "opens", "edition.open_already", nil)
	p.Require(e.Opens <= now || opens > now, "opens", "edition.in_the_past", nil)
	p.Require(e.Closes > now && closes > now, "closes", "edition.over", nil)
	if err := p.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE edition SET opens_at = $4, closes_at = $5, edited_at = $6 WHERE city = $1 AND id = $2 AND edited_at = $3 AND state = 'published'`,
		e.ID, version, opens, closes, now)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "errs.stale", nil)
	}
	return err
}

// Use takes places of the quota of a published edition for what is offered in it, or gives some back where n is negative.
func Use(tx *sqldb.Tx, which ID, n int64) error {
	changed, err := tx.Exec(`UPDATE edition SET used = used + $3 WHERE city = $1 AND id = $2 AND state = 'published' AND (quota = 0 OR used + $3 <= quota)`, which, n)
	if err == nil && changed == 0 {
		err = errs.New(errs.Conflict, "edition.quota", nil)
	}
	return err
}

// Cancel ends an edition, whatever it had come to.
func Cancel(tx *sqldb.Tx, which ID) error {
	n, err := tx.Exec(`UPDATE edition SET state = 'cancelled', edited_at = $3 WHERE city = $1 AND id = $2 AND state <> 'cancelled'`, which, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "edition.cancelled", nil)
	}
	return err
}

// IsOf is the condition that the edition which a column names is one of the service that a parameter names.
func IsOf(column, service string) string {
	return `EXISTS (SELECT 1 FROM edition WHERE edition.city = $1 AND edition.id = ` + column + ` AND edition.service = ` + service + `)`
}

// NamesOrg is the condition that an edition is for the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM edition WHERE edition.city = $1 AND edition.org = ` + column + `)`
}
