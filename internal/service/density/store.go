package density

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/density/figure"
)

// The kinds of figure as stored.
const (
	kindYouth  = figure.Youth
	kindMember = figure.Members
	kindSector = figure.NewSector
	kindOrg    = "org"
	kindOrgOwn = "org_own"
	kindDue    = "unit_due"
	kindBuilt  = "unit_built"
	kindMade   = "made" // when the figures were counted, at the city
	// how many employers of new sectors gave their number themselves, and were counted by members, at the city
	kindSectorOwn, kindSectorNamed = "sector_own", "sector_named"
	keptSnapshots                  = 6
	snapshotServes                 = time.Minute // names and places are read anew after this
)

var leagueKinds = []org.Kind{org.LeagueBody, org.LeagueCommittee, org.LeagueWorkCommittee, org.LeagueGeneralBranch, org.LeagueBranch}

var divisionKinds = []org.Kind{org.City, org.County, org.Township, org.Village}

var everywhere = authz.Scope{All: true}

// counting are the kinds of source whose deliveries change figures.
var counting = []string{"youth", "members", "league_orgs", "employers", "schools"}

// Refresh counts anew within an act of the caller's, whose verb may write Written. Counting a whole city's members takes
// seconds: an act that others wait behind leaves it to CatchUp.
func Refresh(tx *sqldb.Tx) error {
	delivery, err := latest(tx)
	if err != nil || delivery == 0 {
		return err
	}
	snap, spots, err := recount(tx, delivery)
	if err != nil || snap == nil {
		return err
	}
	if err := store(tx, snap); err != nil {
		return err
	}
	return storeSpots(tx, snap, spots)
}

// Forget drops what was counted from a delivery on, in the act that undoes it; CatchUp then counts what is left.
func Forget(tx *sqldb.Tx, delivery int64) error {
	if _, err := tx.Exec(`DELETE FROM figure WHERE city = $1 AND delivery >= $2`, delivery); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM unit_count WHERE city = $1 AND delivery >= $2`, delivery)
	return err
}

// CatchUp counts anew where the newest delivery that counts has no figures yet. It reads before it writes, so that nobody
// waits for the counting; what is shown meanwhile is the delivery before, with its date. It is called by a loop.
func (s *Service) CatchUp(ctx context.Context, by authz.Actor) error {
	var delivery int64
	var snap *Snapshot
	var spots []Spot
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := shown(q)
		if err != nil || len(all) == 0 {
			return err
		}
		counted, err := stamps(q)
		if err != nil || len(counted) > 0 && counted[0].Delivery == all[0].Delivery {
			return err
		}
		delivery = all[0].Delivery
		snap, spots, err = recount(q, delivery)
		return err
	})
	if err != nil || snap == nil {
		return err
	}
	return s.keep(ctx, by, snap, spots)
}

// keep stores what was counted, unless another delivery was shown or undone meanwhile.
func (s *Service) keep(ctx context.Context, by authz.Actor, snap *Snapshot, spots []Spot) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.Must(Count, snap.Units[0].Path); err != nil {
			return err
		}
		now, err := latest(tx)
		if err != nil {
			return err
		}
		if now != snap.Delivery {
			return errs.New(errs.Conflict, "density.counted_late", nil)
		}
		if err := store(tx, snap); err != nil {
			return err
		}
		if err := storeSpots(tx, snap, spots); err != nil {
			return err
		}
		return tx.Record(Count, snap.Units[0].ID.String(), act.Change{"delivery": snap.Delivery})
	})
}

// Refresh counts anew whatever was counted before, for the command line.
func (s *Service) Refresh(ctx context.Context, by authz.Actor) error {
	var snap *Snapshot
	var spots []Spot
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		delivery, err := latest(q)
		if err != nil || delivery == 0 {
			return err
		}
		snap, spots, err = recount(q, delivery)
		return err
	})
	if err != nil || snap == nil {
		return err
	}
	return s.keep(ctx, by, snap, spots)
}

// recount counts the city as it is known now; nil where it has no divisions.
func recount(q sqldb.Q, delivery int64) (*Snapshot, []Spot, error) {
	f, err := gather(q, delivery)
	if err != nil {
		return nil, nil, err
	}
	snap, err := compute(f)
	if err != nil || len(snap.Units) == 0 {
		return nil, nil, err
	}
	snap.Delivery, snap.Made, snap.counted = delivery, q.Now().UnixMicro(), f.units
	return snap, rank(snap, f), nil
}

// Stamp is a delivery after which figures were counted.
type Stamp struct {
	Delivery int64
	AsOf     day.Day
	Source   string // whose delivery it is
	Made     int64
}

// stamps gives the deliveries that count and have figures, newest first.
func stamps(q sqldb.Q) ([]Stamp, error) {
	all, err := shown(q)
	if err != nil {
		return nil, err
	}
	root, err := org.Root(q)
	if err != nil {
		return nil, err
	}
	var out []Stamp
	for _, d := range all {
		if err := q.Row(`SELECT COALESCE(MAX(n), 0) FROM figure WHERE city = $1 AND delivery = $2 AND org = $3 AND kind = 'made'`,
			d.Delivery, root.ID).Scan(&d.Made); err != nil {
			return nil, err
		}
		if d.Made > 0 {
			out = append(out, d)
		}
	}
	return out, nil
}

// shown gives the deliveries that count and that change figures, newest first.
func shown(q sqldb.Q) ([]Stamp, error) {
	sources, err := source.All(q)
	if err != nil {
		return nil, err
	}
	names := map[source.ID]string{}
	for _, s := range sources {
		if slices.Contains(counting, s.Kind) {
			names[s.ID] = s.Name
		}
	}
	all, err := source.Deliveries(q, "", 400)
	if err != nil {
		return nil, err
	}
	var out []Stamp
	for _, d := range all {
		if name, ok := names[d.Source]; ok && d.State == source.Visible {
			out = append(out, Stamp{Delivery: d.Seq, AsOf: d.AsOf, Source: name})
		}
	}
	return out, nil
}

// Origin is a source with the delivery of it that counts.
type Origin struct {
	Kind, Name string
	AsOf       day.Day
	Fineness   source.Fineness
}

// origins gives the sources that have delivered, in order of kind.
func origins(q sqldb.Q) ([]Origin, error) {
	all, err := source.All(q)
	if err != nil {
		return nil, err
	}
	var out []Origin
	for _, s := range all {
		if s.Latest == 0 {
			continue
		}
		d, err := source.FindDelivery(q, s.Latest)
		if err != nil {
			return nil, err
		}
		out = append(out, Origin{Kind: s.Kind, Name: s.Name, AsOf: d.AsOf, Fineness: s.Fineness})
	}
	return out, nil
}

// gather reads what is to be counted after a delivery.
func gather(q sqldb.Q, delivery int64) (*facts, error) {
	f, err := tree(q)
	if err != nil {
		return nil, err
	}
	if f.units, err = person.UnitsWithMembers(q); err != nil {
		return nil, err
	}
	if f.youth, err = sqldb.All(q, func(s sqldb.Scan) (youthRow, error) {
		var r youthRow
		return r, s(&r.at, &r.band, &r.n)
	}, `SELECT y.village, y.band, SUM(y.n) FROM youth_count y WHERE y.city = $1 AND `+source.Live("y")+` GROUP BY y.village, y.band`); err != nil {
		return nil, err
	}
	from, err := origins(q)
	if err != nil {
		return nil, err
	}
	for _, o := range from {
		if f.on.IsZero() || o.Kind == "members" {
			f.on = o.AsOf
		}
	}
	if f.members, err = person.CountMembers(q, f.on, MemberBands); err != nil {
		return nil, err
	}
	f.past, err = released(q, delivery)
	return f, err
}

// released is what readers have been shown of all deliveries up to this one that they can still compare, this one itself
// included where it was counted before: what was read cannot be called back. Each number of a place is one row, however
// many deliveries repeat it.
func released(q sqldb.Q, delivery int64) (figure.Past, error) {
	past := figure.Past{}
	rows, err := q.Query(`SELECT f.org, f.kind, f.band, f.n, MIN(f.shown), MAX(f.shown) FROM figure f
		WHERE f.city = $1 AND f.delivery <= $2 AND f.kind IN ('youth', 'member', 'new_sector') GROUP BY f.org, f.kind, f.band, f.n
		ORDER BY MAX(f.delivery)`, delivery)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f figure.Figure
		var least, most int
		if err := rows.Scan(&f.Node, &f.Kind, &f.Column, &f.N, &least, &most); err != nil {
			return nil, err
		}
		if most == 1 {
			f.State = figure.Shown
			past.Add(f)
		}
		if least == 0 {
			f.State = figure.Hidden
			past.Add(f)
		}
	}
	return past, rows.Err()
}

func open(all []org.Node, err error) ([]org.Node, error) {
	return slices.DeleteFunc(all, func(n org.Node) bool { return !n.IsOpen() }), err
}

// latest is the newest delivery that changes figures and counts; 0 without one.
func latest(q sqldb.Q) (int64, error) {
	all, err := shown(q)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0].Delivery, nil
}

// store writes a snapshot in place of an earlier one of the same delivery.
func store(tx *sqldb.Tx, s *Snapshot) error {
	if _, err := tx.Exec(`DELETE FROM figure WHERE city = $1 AND delivery = $2`, s.Delivery); err != nil {
		return err
	}
	var rows [][]any
	one := func(u *Unit, kind, band string, c Cell) {
		shown := 1
		if c.Why == Hidden {
			shown = 0
		}
		rows = append(rows, []any{s.Delivery, u.ID, kind, band, c.N, shown})
	}
	many := func(u *Unit, kind string, c Column, keys []string) {
		for k, key := range keys {
			if c[k].Why != Unreported {
				one(u, kind, key, c[k])
			}
		}
	}
	for i := range s.Units {
		u := &s.Units[i]
		many(u, kindYouth, u.Youth, youthKeys)
		many(u, kindMember, u.Members, memberKeys)
		many(u, kindSector, u.Sector, sectorKeys)
		for kind, n := range map[string]int64{kindOrg: u.Orgs, kindOrgOwn: u.OwnOrgs, kindDue: u.Due, kindBuilt: u.Built} {
			if n > 0 {
				one(u, kind, "", Cell{N: n})
			}
		}
	}
	one(&s.Units[0], kindMade, "", Cell{N: s.Made})
	one(&s.Units[0], kindSectorOwn, "", Cell{N: s.Employers.Own})
	one(&s.Units[0], kindSectorNamed, "", Cell{N: s.Employers.ByMembers})
	if _, err := tx.Bulk(`INSERT INTO figure (city, delivery, org, kind, band, n, shown) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		len(rows), func(i int) []any { return rows[i] }); err != nil {
		return err
	}
	return storeUnits(tx, s.Delivery, s.counted)
}

// youthKeys, memberKeys and sectorKeys are the columns of each kind, the total at the end.
var (
	youthKeys  = append(slices.Clone(YouthBands), figure.Y14to28, figure.Y14to35)
	memberKeys = []string{MemberBands[0].Key, MemberBands[1].Key, MemberBands[2].Key, figure.AllAges}
	sectorKeys = []string{figure.AllAges}
)

// load reads a snapshot; nil where a delivery has none.
func load(q sqldb.Q, delivery int64) (*Snapshot, error) {
	nodes, err := org.Subtree(q, everywhere, divisionKinds...)
	if err != nil {
		return nil, err
	}
	s := skeleton(nodes)
	s.Delivery = delivery
	for i := range s.Units {
		s.Units[i].Youth = unreported(len(youthKeys))
		s.Units[i].Members = unreported(len(memberKeys))
		s.Units[i].Sector = unreported(len(sectorKeys))
	}
	rows, err := q.Query(`SELECT org, kind, band, n, shown FROM figure WHERE city = $1 AND delivery = $2`, delivery)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var at org.ID
		var kind, band string
		var n, shown int64
		if err := rows.Scan(&at, &kind, &band, &n, &shown); err != nil {
			return nil, err
		}
		switch kind {
		case kindMade:
			s.Made = n
			continue
		case kindSectorOwn:
			s.Employers.Own = n
			continue
		case kindSectorNamed:
			s.Employers.ByMembers = n
			continue
		}
		why := Shown
		if shown == 0 {
			why = Hidden
		}
		if i, ok := s.at[at]; ok {
			s.Units[i].take(kind, band, Cell{n, why})
		}
	}
	if err := rows.Err(); err != nil || s.Made == 0 {
		return nil, err
	}
	s.setApart()
	return s, nil
}

func unreported(n int) Column {
	c := make(Column, n)
	for k := range c {
		c[k].Why = Unreported
	}
	return c
}

func (u *Unit) take(kind, band string, c Cell) {
	switch kind {
	case kindYouth:
		if k := slices.Index(youthKeys, band); k >= 0 {
			u.Youth[k] = c
		}
	case kindMember:
		if k := slices.Index(memberKeys, band); k >= 0 {
			u.Members[k] = c
		}
	case kindSector:
		if k := slices.Index(sectorKeys, band); k >= 0 {
			u.Sector[k] = c
		}
	case kindOrg:
		u.Orgs = c.N
	case kindOrgOwn:
		u.OwnOrgs = c.N
	case kindDue:
		u.Due = c.N
	case kindBuilt:
		u.Built = c.N
	}
}

type kept struct {
	city string
	snap *Snapshot
	read time.Time
}

// snapshot gives a snapshot, from memory where it was read a moment ago and not counted anew since.
func (s *Service) snapshot(q sqldb.Q, st Stamp) (*Snapshot, error) {
	s.mu.Lock()
	for _, k := range s.kept {
		if k.city == q.City() && k.snap.Delivery == st.Delivery && k.snap.Made == st.Made && q.Now().Sub(k.read) < snapshotServes {
			s.mu.Unlock()
			return k.snap, nil
		}
	}
	s.mu.Unlock()
	snap, err := load(q, st.Delivery)
	if err != nil {
		return nil, err
	}
	if snap == nil {
		return nil, errs.New(errs.Absent, "errs.absent", nil)
	}
	if err := snap.furnish(q); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = slices.DeleteFunc(s.kept, func(k kept) bool { return k.city == q.City() && k.snap.Delivery == st.Delivery })
	s.kept = append([]kept{{q.City(), snap, q.Now()}}, s.kept[:min(len(s.kept), keptSnapshots-1)]...)
	return snap, nil
}

// furnish reads what pages need beside the figures.
func (s *Snapshot) furnish(q sqldb.Q) (err error) {
	if s.hosts, err = hostsIn(q, everywhere); err != nil {
		return err
	}
	all, err := org.Boundaries(q, everywhere, org.City, org.County, org.Township)
	for _, o := range all {
		s.outlines = append(s.outlines, outlineRow{o, squareKilometres(o.GeoJSON)})
	}
	return err
}

// forgetRead drops what was read, after something that pages show beside the figures has changed.
func (s *Service) forgetRead() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
}

// Exported notes that figures left the house.
func (s *Service) Exported(ctx context.Context, by authz.Actor, v *View, format string, rows int) error {
	return s.DB.Note(ctx, by, Export, v.Place().ID.String(), act.Change{"format": format, "rows": rows, "delivery": v.Stamp.Delivery})
}
