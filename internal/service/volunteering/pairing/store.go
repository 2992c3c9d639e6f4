package pairing

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
)

const columns = `t.id, t.org, t.title, t.first_day, t.last_day, t.reach, t.state, t.approved_by, t.approved_at, t.made_by, t.made_at, t.edited_at`

func scan(f sqldb.Scan) (Term, error) {
	var t Term
	return t, f(&t.ID, &t.Org, &t.Title, &t.First, &t.Last, &t.Reach, &t.State, &t.ApprovedBy, &t.ApprovedAt, &t.MadeBy, &t.MadeAt, &t.EditedAt)
}

// Find gives a term for which the actor holds a verb, with the district that it is for.
func Find(q sqldb.Q, by authz.Actor, v authz.Verb, which ID) (Term, org.Node, error) {
	t, err := sqldb.One(q, scan, `SELECT `+columns+` FROM volunteer_term t WHERE t.city = $1 AND t.id = $2`, which)
	if err != nil {
		return t, org.Node{}, err
	}
	at, err := org.Find(q, t.Org)
	if err != nil {
		return t, at, err
	}
	return t, at, by.Must(v, at.Path)
}

// hold takes a draft of a term for an act that changes its pairs: of two who do one is told. Version is EditedAt as it was read, 0 where
// the act does not rest upon anything that was read.
func hold(tx *sqldb.Tx, by authz.Actor, v authz.Verb, which ID, version int64) (Term, org.Node, error) {
	t, at, err := Find(tx, by, v, which)
	if err != nil {
		return t, at, err
	}
	now := max(tx.Now().UnixMicro(), t.EditedAt+1)
	n, err := tx.Exec(`UPDATE volunteer_term SET edited_at = $3 WHERE city = $1 AND id = $2 AND state = 'draft' AND (edited_at = $4 OR CAST($4 AS BIGINT) = 0)`, which, now, version)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "errs.stale", nil)
		if t.State != Draft {
			err = errs.New(errs.Conflict, "pairing.approved_already", nil)
		}
	}
	t.EditedAt = now
	return t, at, err
}

func needs(q sqldb.Q, of ID) ([]Need, error) {
	return sqldb.All(q, func(f sqldb.Scan) (Need, error) {
		var n Need
		return n, f(&n.Place, &n.People, &n.Room, &n.Asks)
	}, `SELECT place, people, room, asks FROM volunteer_need WHERE city = $1 AND term = $2 ORDER BY place`, of)
}

// Pairs gives the pairs of a term, by site and group.
func Pairs(q sqldb.Q, of ID) ([]Pair, error) {
	return sqldb.All(q, func(f sqldb.Scan) (Pair, error) {
		var p Pair
		var locked, known int64
		err := f(&p.Group, &p.Place, &locked, &p.Metres, &p.Size, &known)
		p.Locked, p.Known = locked == 1, known == 1
		return p, err
	}, `SELECT grp, place, locked, metres, size, known FROM volunteer_pair WHERE city = $1 AND term = $2 ORDER BY place, grp`, of)
}

func bans(q sqldb.Q, of ID) ([]Ban, error) {
	return sqldb.All(q, func(f sqldb.Scan) (Ban, error) {
		var b Ban
		return b, f(&b.Group, &b.Place)
	}, `SELECT grp, place FROM volunteer_ban WHERE city = $1 AND term = $2 ORDER BY grp, place`, of)
}

// visited gives where groups have been in other approved terms.
func visited(q sqldb.Q, but ID) (map[Ban]bool, error) {
	all, err := sqldb.All(q, func(f sqldb.Scan) (Ban, error) {
		var b Ban
		return b, f(&b.Group, &b.Place)
	}, `SELECT DISTINCT p.grp, p.place FROM volunteer_pair p JOIN volunteer_term t ON t.city = p.city AND t.id = p.term WHERE p.city = $1 AND t.state = 'approved' AND t.id <> $2`, but)
	been := make(map[Ban]bool, len(all))
	for _, b := range all {
		been[b] = true
	}
	return been, err
}

func put(tx *sqldb.Tx, of ID, all []Pair) error {
	_, err := tx.Bulk(`INSERT INTO volunteer_pair (city, term, grp, place, locked, metres, size, known) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, len(all), func(i int) []any {
		p := all[i]
		return []any{of, p.Group, p.Place, sqldb.Bit(p.Locked), p.Metres, p.Size, sqldb.Bit(p.Known)}
	})
	return err
}

// groupsFor gives the groups that may be sent in a district: those whose leaders wish to serve in it, above it or below it.
func groupsFor(q sqldb.Q, at org.Node) ([]volunteering.Party, error) {
	all, err := volunteering.Parties(q)
	if err != nil {
		return nil, err
	}
	var fit []volunteering.Party
	for _, g := range all {
		if g.Desk.Covers(at.Path) || at.Path.Covers(g.Desk) {
			fit = append(fit, g)
		}
	}
	return fit, nil
}

// sites gives the sites of needs.
func sites(q sqldb.Q, all []Need) (map[place.ID]place.Place, error) {
	ids := make([]place.ID, len(all))
	for i, n := range all {
		ids[i] = n.Place
	}
	return place.Those(q, ids)
}

// In gives the approved terms for organisations in a scope, the latest first.
func In(q sqldb.Q, in authz.Scope) ([]Term, error) {
	var w sqldb.Where
	w.And("t.city = $1").And("t.state = 'approved'")
	org.Inside(&w, in, "t.org")
	return sqldb.All(q, scan, `SELECT `+columns+` FROM volunteer_term t WHERE `+w.SQL()+` ORDER BY t.first_day DESC, t.id DESC LIMIT 200`, w.Args()...)
}
