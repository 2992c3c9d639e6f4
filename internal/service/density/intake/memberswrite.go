package intake

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// memberChunk is some rows of a register that are written in one act.
type memberChunk struct {
	m     *members
	rows  []memberRow
	bad   []string // resident IDs of rows that are left out: who holds one stays as she is
	last  int      // the number of the last row of the file that was read
	read  int64    // how many rows were read by then
	ready []*person.Ready
	found *person.Finding // to be written behind this chunk; nil for none
}

// take gives the chunk under way and begins the next.
func (m *members) take() *memberChunk {
	c := m.chunk
	m.chunk = &memberChunk{m: m, rows: make([]memberRow, 0, len(c.rows))}
	return c
}

func (m *members) weigh(q sqldb.Q) error { return m.chunk.weigh(q) }

func (m *members) write(tx *sqldb.Tx, _ int64) error { return m.chunk.write(tx) }

func (m *members) settle(t *tally) []Problem { return m.take().settle(t) }

// weigh decides what becomes of each row, by who holds its papers. Who is given one after the census was taken is met when the
// papers are written, see run.writeTaken.
func (c *memberChunk) weigh(q sqldb.Q) error {
	m := c.m
	for i := range c.rows {
		r := &c.rows[i]
		r.known, r.fields, r.late, r.plan, r.fate = nil, nil, nil, memberPlan{}, fresh
	}
	if m.census == nil && m.ask <= 0 {
		var err error
		if m.census, err = person.TakeCensus(q); err != nil {
			return err
		}
	}
	m.ask -= len(c.rows)
	ids, numbers := make([]string, 0, len(c.rows)), make([]string, 0, len(c.rows))
	look := func(to []string, kind person.PaperKind, number string) []string {
		if number != "" && m.census.MayHold(m.keys, kind, number) {
			return append(to, number)
		}
		return to
	}
	for _, id := range c.bad {
		ids = look(ids, person.ResidentID, id)
	}
	for i := range c.rows {
		ids = look(ids, person.ResidentID, c.rows[i].id)
		numbers = look(numbers, person.LeagueNumber, c.rows[i].number)
	}
	byID, err := person.Match(q, m.keys, person.ResidentID, ids)
	if err != nil {
		return err
	}
	for _, id := range c.bad {
		if k := byID[id]; k != nil {
			m.kept[k.ID] = true
		}
	}
	held, err := person.HeldBy(q, m.keys, person.LeagueNumber, numbers)
	if err != nil {
		return err
	}
	numbers = numbers[:0] // whoever is known by her ID need not be looked at again
	for i := range c.rows {
		if r := &c.rows[i]; byID[r.id] == nil && held[r.number] != "" {
			numbers = append(numbers, r.number)
		}
	}
	byNumber, err := person.Match(q, m.keys, person.LeagueNumber, numbers)
	if err != nil {
		return err
	}
	for i := range c.rows {
		r := &c.rows[i]
		m.judge(r, byID[r.id], byNumber[r.number], held[r.number])
	}
	return nil
}

// ownID is the id of the person whom a row brings if nobody is known. It is the same in every run of the delivery, so that
// a run after a crash knows its own persons again.
func (m *members) ownID(row int) person.ID {
	sum := sha256.Sum256([]byte(m.seed + "/" + strconv.Itoa(row)))
	const perMilli = 64 // ids follow the order of the file, and each act writes neighbours
	return id.Of80[person.Person](m.delivery.MadeAt.Add(time.Duration(row/perMilli)*time.Millisecond), [10]byte(sum[:10]))
}

// prepare seals the new persons of a weighed chunk, in the order of their ids, and gathers what will lead to them. Of rows that an earlier run has
// written only the latter is still to be done.
func (c *memberChunk) prepare(city string, at time.Time, written bool) error {
	m := c.m
	for i := range c.rows {
		r := &c.rows[i]
		own := m.ownID(r.row)
		if r.known != nil && (!written || r.known.ID != own) {
			continue
		}
		r.new = m.newPerson(r)
		p := person.Draft(m.keys, own, &r.new)
		m.found.Add(p, r.row)
		if written {
			continue
		}
		if err := p.Seal(m.keys, city, at); err != nil {
			return err
		}
		c.ready = append(c.ready, p)
	}
	slices.SortFunc(c.ready, func(a, b *person.Ready) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	return nil
}

// judge compares a row with the person who holds its ID, or else its number of admission under the same name. numbered
// holds the number; other is she where nobody holds the ID.
func (m *members) judge(r *memberRow, holder, other *person.Known, numbered person.ID) {
	if r.number != "" && numbered != "" {
		switch {
		case holder == nil && other != nil && other.Name == r.name:
			holder = other
			r.plan.papers = append(r.plan.papers, person.Held{Person: other.ID, Paper: person.Paper{Kind: person.ResidentID, Number: r.id}, Since: m.delivery.Seq})
		case holder == nil || holder.ID != numbered:
			r.late = append(r.late, Problem{Row: r.row, Column: -1, Field: "number", Key: "intake.number_taken", Level: Warn})
			r.number = ""
		}
	}
	if r.known = holder; holder == nil {
		return
	}
	m.kept[holder.ID] = true
	if r.number != "" && numbered == "" {
		r.plan.papers = append(r.plan.papers, person.Held{Person: holder.ID, Paper: person.Paper{Kind: person.LeagueNumber, Number: r.number}, Since: m.delivery.Seq})
	}
	r.plan.revive = m.hidden[holder.Since] && holder.Since != m.delivery.Seq
	m.correct(r)
	m.retie(r)
	switch {
	case r.plan.revive || !m.tied(holder):
		r.fate = fresh
	case len(r.plan.corrections)+len(r.plan.begin)+len(r.plan.end) > 0:
		r.fate = changed
	default:
		r.fate = same
	}
}

// tied tells whether somebody is on the register already.
func (m *members) tied(k *person.Known) bool {
	for _, t := range k.Ties {
		if t.Kind == m.main {
			return true
		}
	}
	return false
}

func (m *members) correct(r *memberRow) {
	k := r.known
	set := func(field person.Field, old, to string) {
		if to != "" && to != old {
			r.plan.corrections = append(r.plan.corrections, person.Correction{Person: k.ID, Field: field, Old: old, New: to})
			r.fields = append(r.fields, string(field))
		}
	}
	set(person.FieldName, k.Name, r.name)
	set(person.FieldSex, k.Sex, r.sex)
	set(person.FieldEthnicity, k.Ethnicity, r.ethnicity)
	set(person.FieldEducation, k.Education, r.education)
	set(person.FieldStanding, k.Standing, r.standing)
	if m.kind == Members {
		set(person.FieldHome, k.Home.String(), r.branch.ID.String())
	}
}

// retie begins the ties that are new and ends those that the file no longer states: the source's own, and, because
// one is a member in one place only, every other membership.
func (m *members) retie(r *memberRow) {
	wanted := m.wanted(r)
	stays := make([]bool, len(r.known.Ties))
next:
	for _, w := range wanted {
		for i, t := range r.known.Ties {
			if t.Kind == w.Kind && t.Org == w.Org && t.Unit == w.Unit && t.Role == w.Role {
				stays[i] = true
				continue next
			}
		}
		w.Person = r.known.ID
		r.plan.begin = append(r.plan.begin, w)
		r.fields = append(r.fields, string(w.Kind))
	}
	for i, t := range r.known.Ties {
		if !stays[i] && m.speaksOf(t.Kind) && (m.own[t.Since] || t.Kind == person.Member) {
			r.plan.end = append(r.plan.end, t)
			r.fields = append(r.fields, string(t.Kind))
		}
	}
}

// speaksOf tells whether the file has the column that states such ties; about others it says nothing.
func (m *members) speaksOf(k person.TieKind) bool {
	has := func(field string) bool { return m.mapping.column(field) >= 0 }
	switch k {
	case person.Member:
		return m.kind == Members
	case person.Cadre:
		return has("duty")
	case person.Employee, person.Pupil:
		return has("unit") || has("unit_credit")
	case person.Resident:
		return has("home")
	}
	return false
}

func (c *memberChunk) write(tx *sqldb.Tx) error {
	var all memberPlan
	var revived []person.ID
	d := c.m.delivery.Seq
	for i := range c.rows {
		r := &c.rows[i]
		if r.known == nil {
			continue
		}
		if r.plan.revive {
			revived = append(revived, r.known.ID)
		}
		all.corrections = append(all.corrections, r.plan.corrections...)
		all.begin = append(all.begin, r.plan.begin...)
		all.end = append(all.end, r.plan.end...)
		all.papers = append(all.papers, r.plan.papers...)
	}
	if err := person.Put(tx, c.ready); err != nil {
		return err
	}
	if _, err := person.AddPapers(tx, c.m.keys, all.papers); err != nil {
		return err
	}
	if err := person.Revive(tx, d, revived); err != nil {
		return err
	}
	if err := person.Stage(tx, d, all.corrections); err != nil {
		return err
	}
	if err := person.EndTies(tx, d, all.end); err != nil {
		return err
	}
	return person.AddTies(tx, all.begin)
}

func (m *members) newPerson(r *memberRow) person.New {
	papers := []person.Paper{{Kind: person.ResidentID, Number: r.id}}
	if r.number != "" {
		papers = append(papers, person.Paper{Kind: person.LeagueNumber, Number: r.number})
	}
	return person.New{
		Home: r.branch.ID, Name: r.name, Sex: r.sex, Born: r.born, Ethnicity: r.ethnicity, Education: r.education, Standing: r.standing,
		Phone: r.phone, Papers: papers, Ties: m.wanted(r), Since: m.delivery.Seq,
	}
}

func (c *memberChunk) settle(t *tally) []Problem {
	var late []Problem
	for i := range c.rows {
		r := &c.rows[i]
		t.count(r.fate, func() Sample { return Sample{Row: r.row, Name: masked(r.name), Fields: r.fields} })
		late = append(late, r.late...)
	}
	return late
}

// page is how many ties are read at a time when looking for who is gone.
const page = 5000

func (m *members) leaving(q sqldb.Q, t *tally) error {
	m.gone = m.gone[:0]
	if len(m.own) < 2 {
		return nil
	}
	people := map[person.ID]bool{}
	for _, kind := range []person.TieKind{person.Member, person.Cadre, person.Employee, person.Pupil, person.Resident} {
		after := person.ID("")
		for {
			ties, err := person.Delivered(q, kind, after, page)
			if err != nil {
				return err
			}
			full := len(ties) == page
			if full { // the last person may have more ties than fitted
				last := ties[len(ties)-1].Person
				n := len(ties)
				for n > 0 && ties[n-1].Person == last {
					n--
				}
				if n > 0 {
					ties = ties[:n]
				}
			}
			for _, tie := range ties {
				if m.own[tie.Since] && tie.Since != m.delivery.Seq && !m.kept[tie.Person] {
					m.gone = append(m.gone, tie)
					if kind == m.main {
						people[tie.Person] = true
					}
				}
			}
			if !full {
				break
			}
			after = ties[len(ties)-1].Person
		}
	}
	t.gone = int64(len(people))
	for _, tie := range m.gone {
		if len(t.samples.Gone) == keptSamples {
			break
		}
		if tie.Kind != m.main {
			continue
		}
		p, err := person.Find(q, tie.Person)
		if err != nil {
			continue
		}
		t.samples.Gone = append(t.samples.Gone, Sample{Name: masked(p.Name)})
	}
	return nil
}

func (m *members) end(tx *sqldb.Tx, from, to int) (bool, error) {
	if from >= len(m.gone) {
		return false, nil
	}
	return true, person.EndTies(tx, m.delivery.Seq, m.gone[from:min(to, len(m.gone))])
}
