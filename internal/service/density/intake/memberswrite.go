package intake

import (
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

func (m *members) weigh(q sqldb.Q) error {
	for i := range m.chunk {
		r := &m.chunk[i]
		r.known, r.fields, r.late, r.plan, r.fate = nil, nil, nil, memberPlan{}, fresh
	}
	if m.blind {
		return nil
	}
	ids, numbers := make([]string, 0, len(m.chunk)), make([]string, 0, len(m.chunk))
	for i := range m.chunk {
		ids = append(ids, m.chunk[i].id)
		if n := m.chunk[i].number; n != "" {
			numbers = append(numbers, n)
		}
	}
	byID, err := person.Match(q, m.keys, person.ResidentID, ids)
	if err != nil {
		return err
	}
	byNumber, err := person.Match(q, m.keys, person.LeagueNumber, numbers)
	if err != nil {
		return err
	}
	for i := range m.chunk {
		r := &m.chunk[i]
		m.judge(r, byID[r.id], byNumber[r.number])
	}
	return nil
}

// judge compares a row with the person who holds its ID, or else its number of admission under the same name.
func (m *members) judge(r *memberRow, holder, other *person.Known) {
	if r.number != "" && other != nil {
		switch {
		case holder == nil && other.Name == r.name:
			holder = other
			r.plan.papers = append(r.plan.papers, person.Held{Person: other.ID, Paper: person.Paper{Kind: person.ResidentID, Number: r.id}, Since: m.delivery.Seq})
		case holder == nil || holder.ID != other.ID:
			r.late = append(r.late, Problem{Row: r.row, Column: -1, Field: "number", Key: "intake.number_taken", Level: Warn})
			r.number = ""
		}
	}
	if r.known = holder; holder == nil {
		return
	}
	m.kept[holder.ID] = true
	if r.number != "" && other == nil {
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

func (m *members) write(tx *sqldb.Tx, _ int64) error {
	var all memberPlan
	var people []person.New
	var revived []person.ID
	d := m.delivery.Seq
	for i := range m.chunk {
		r := &m.chunk[i]
		if r.known == nil {
			people = append(people, m.newPerson(r))
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
	if len(people) > 0 {
		if _, err := person.Add(tx, m.keys, people); err != nil {
			return err
		}
	}
	if len(all.papers) > 0 {
		if _, err := person.AddPapers(tx, m.keys, all.papers); err != nil {
			return err
		}
	}
	if len(revived) > 0 {
		if err := person.Revive(tx, d, revived); err != nil {
			return err
		}
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

// met tells whether an act failed because somebody was entered meanwhile whom the loader did not look up.
func (m *members) met(err error) bool {
	if !m.blind || errs.KeyOf(err) != "person.paper_taken" {
		return false
	}
	m.blind = false
	return true
}

func (m *members) settle(t *tally) []Problem {
	var late []Problem
	for i := range m.chunk {
		r := &m.chunk[i]
		t.count(r.fate, func() Sample { return Sample{Row: r.row, Name: masked(r.name), Fields: r.fields} })
		late = append(late, r.late...)
	}
	m.chunk = m.chunk[:0]
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
