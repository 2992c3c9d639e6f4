package childcare

import (
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

const classColumns = `c.id, c.serial, c.edition, c.place, c.org, c.title, c.says, c.hours, c.age_from, c.age_to, c.places, c.adults, c.lead, c.first_day, c.roll, c.state, c.proposed_by, c.made_at, c.edited_at`

func scanClass(s sqldb.Scan) (Class, error) {
	var c Class
	return c, s(&c.ID, &c.Serial, &c.Edition, &c.Place, &c.Org, &c.Title, &c.Says, &c.Hours, &c.AgeFrom, &c.AgeTo, &c.Places, &c.Adults, &c.Lead, &c.First, &c.Roll, &c.State,
		&c.ProposedBy, &c.MadeAt, &c.EditedAt)
}

func findClass(q sqldb.Q, which ID) (Class, error) {
	return sqldb.One(q, scanClass, `SELECT `+classColumns+` FROM care_class c WHERE c.city = $1 AND c.id = $2`, which)
}

func ofRoll(q sqldb.Q, roll enrolment.RollID) (Class, error) {
	return sqldb.One(q, scanClass, `SELECT `+classColumns+` FROM care_class c WHERE c.city = $1 AND c.roll = $2 AND c.roll <> ''`, roll)
}

// classesOf gives the classes of a season within a scope, in the order of their serials; those of a state where one is named.
func classesOf(q sqldb.Q, season edition.ID, state State, in authz.Scope) ([]Class, error) {
	var w sqldb.Where
	w.And("c.city = $1").And("c.edition = ?", season)
	if state != "" {
		w.And("c.state = ?", string(state))
	}
	org.Inside(&w, in, "c.org")
	return sqldb.All(q, scanClass, `SELECT `+classColumns+` FROM care_class c WHERE `+w.SQL()+` ORDER BY c.serial`, w.Args()...)
}

// OnDay gives the offered classes within a scope that have lessons to give on a day by their season, in the order of their serials.
func OnDay(q sqldb.Q, in authz.Scope, on day.Day, most int) ([]Class, error) {
	seasons, err := edition.PublishedOf(q, service)
	if err != nil {
		return nil, err
	}
	var all []Class
	for _, e := range seasons {
		if on < e.First || on > e.Last {
			continue
		}
		classes, err := classesOf(q, e.ID, Offered, in)
		if err != nil {
			return nil, err
		}
		all = append(all, classes...)
	}
	return all[:min(len(all), most)], nil
}

// HeldAt gives the offered classes at a site whose season holds a day.
func HeldAt(q sqldb.Q, at place.ID, on day.Day) (all []Class, err error) {
	classes, err := sqldb.All(q, scanClass, `SELECT `+classColumns+` FROM care_class c WHERE c.city = $1 AND c.place = $2 AND c.state = $3 ORDER BY c.serial`, at, string(Offered))
	if err != nil {
		return nil, err
	}
	for _, c := range classes {
		last, err := LastDay(q, c)
		if err != nil {
			return nil, err
		}
		if c.First <= on && on <= last {
			all = append(all, c)
		}
	}
	return all, nil
}

func insertClass(tx *sqldb.Tx, c Class) error {
	_, err := tx.Exec(`INSERT INTO care_class (city, id, serial, edition, place, org, title, says, hours, age_from, age_to, places, adults, lead, state, proposed_by, made_at, edited_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'proposed', $15, $16, $16)`,
		c.ID, c.Serial, c.Edition, c.Place, c.Org, c.Title, c.Says, c.Hours, c.AgeFrom, c.AgeTo, c.Places, c.Adults, c.Lead, c.ProposedBy, c.MadeAt)
	return err
}

// findSeason gives a season with all that belongs to it.
func findSeason(q sqldb.Q, which edition.ID) (s Season, err error) {
	if s.Edition, err = edition.Find(q, which); err != nil {
		return s, err
	}
	if s, err = sqldb.One(q, func(scan sqldb.Scan) (Season, error) {
		got := Season{Edition: s.Edition}
		return got, scan(&got.Kind, &got.Largest, &got.PerAdult)
	}, `SELECT kind, largest, per_adult FROM care_season WHERE city = $1 AND edition = $2`, which); err != nil {
		return s, err
	}
	if s.Groups, err = edition.Groups(q, which); err != nil {
		return s, err
	}
	if s.Mode == edition.Lottery && s.State != edition.Draft {
		s.Draw, err = enrolment.FindDraw(q, which)
	}
	return s, err
}
