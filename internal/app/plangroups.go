package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"zhidian/solver/pairing/groups"
	"zhidian/solver/text"
)

var groupColumns = []text.Column{
	{Name: "id", Heads: []string{"编号", "团队", "name"}, Needed: true},
	{Name: "x"},
	{Name: "y"},
	{Name: "lon", Heads: []string{"经度", "lng"}},
	{Name: "lat", Heads: []string{"纬度"}},
	{Name: "size", Heads: []string{"人数"}, Needed: true},
	{Name: "skills", Heads: []string{"技能", "语言"}},
	{Name: "away", Heads: []string{"不去的期次"}},
	{Name: "knows", Heads: []string{"去过", "熟悉"}},
	{Name: "locked", Heads: []string{"指定"}},
	{Name: "banned", Heads: []string{"不去"}},
}

var placeColumns = []text.Column{
	{Name: "id", Heads: []string{"编号", "村", "地点", "name"}, Needed: true},
	{Name: "x"},
	{Name: "y"},
	{Name: "lon", Heads: []string{"经度", "lng"}},
	{Name: "lat", Heads: []string{"纬度"}},
	{Name: "asks", Heads: []string{"技能", "语言", "skills"}},
	{Name: "term", Heads: []string{"期次"}},
	{Name: "need", Heads: []string{"需要人数"}, Needed: true},
	{Name: "room", Heads: []string{"最多人数"}},
}

// groupFiles are groups and places by the names that the files give them. Places are read first, since groups name them.
type groupFiles struct {
	problem      groups.Problem
	group, place []string
	term         []string
	placeOf      map[string]int32
	termOf       map[string]int32
	skills       skills
	lockAt       []string // per lock: where it stands
	coordinates
}

func newGroupFiles(w groups.Weights) *groupFiles {
	return &groupFiles{problem: groups.Problem{Weights: w}, placeOf: map[string]int32{}, termOf: map[string]int32{}, skills: skills{}}
}

// readPlaces reads places, a row for each term where there are several.
func (f *groupFiles) readPlaces(in io.Reader) error {
	t, err := text.ReadTable(in, placeColumns)
	if err != nil {
		return err
	}
	for _, r := range t.Rows { // terms count in the order in which they are met
		if name := r.Text("term"); name != "" || len(f.term) == 0 {
			if _, ok := f.termOf[name]; !ok {
				f.termOf[name] = int32(len(f.term))
				f.term = append(f.term, name)
			}
			if len(f.term) > groups.MaxTerms {
				return r.Fault("term", manyTerms)
			}
		}
	}
	f.problem.Terms = max(1, len(f.term))
	seen := make(map[[2]int32]bool)
	for _, r := range t.Rows {
		name := r.Text("id")
		if name == "" {
			return r.Fault("id", text.Empty)
		}
		v, err := f.readPlace(t, r)
		if err != nil {
			return err
		}
		need, err := r.Int("need", 0, groups.MaxPeople)
		if err != nil {
			return err
		}
		room, err := r.IntOr("room", groups.MaxPeople, 0, groups.MaxPeople)
		if err != nil {
			return err
		}
		k, ok := f.placeOf[name]
		if !ok {
			k = int32(len(f.place))
			f.placeOf[name] = k
			v.Wants = make([]groups.Want, f.problem.Terms)
			f.place, f.problem.Places = append(f.place, name), append(f.problem.Places, v)
		}
		here := &f.problem.Places[k]
		if here.X != v.X || here.Y != v.Y {
			return r.Fault("id", otherPlace)
		}
		at := [2]int32{k, f.termOf[r.Text("term")]}
		if seen[at] {
			return r.Fault("id", sameTwice)
		}
		seen[at] = true
		here.Asks |= v.Asks
		here.Wants[at[1]] = groups.Want{Need: int32(need), Room: int32(room)}
	}
	return nil
}

func (f *groupFiles) readPlace(t text.Table, r text.Row) (v groups.Place, err error) {
	if v.X, v.Y, err = f.where(t, r); err != nil {
		return v, err
	}
	v.Asks, err = skillBits[groups.Skills](f.skills, r, "asks", r.List("asks"))
	return v, err
}

func (f *groupFiles) readGroups(in io.Reader) error {
	t, err := text.ReadTable(in, groupColumns)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, r := range t.Rows {
		g, err := f.readGroup(t, r)
		if err != nil {
			return err
		}
		name, err := newName(seen, r)
		if err != nil {
			return err
		}
		f.group, f.problem.Groups = append(f.group, name), append(f.problem.Groups, g)
	}
	return nil
}

func (f *groupFiles) readGroup(t text.Table, r text.Row) (g groups.Group, err error) {
	if g.X, g.Y, err = f.where(t, r); err != nil {
		return g, err
	}
	size, err := r.Int("size", 1, groups.MaxPeople)
	if err != nil {
		return g, err
	}
	g.Size = int32(size)
	if g.Skills, err = skillBits[groups.Skills](f.skills, r, "skills", r.List("skills")); err != nil {
		return g, err
	}
	for _, name := range r.List("away") {
		n, ok := f.termOf[name]
		if !ok {
			return g, &text.Error{Line: r.Line, Field: "away", Have: name, Trouble: noTerm}
		}
		g.Away = append(g.Away, n)
	}
	for _, name := range r.List("knows") { // where it was may not be among the places this time
		if k, ok := f.placeOf[name]; ok {
			g.Knows = append(g.Knows, k)
		}
	}
	me := int32(len(f.group))
	for _, name := range r.List("banned") {
		k, ok := f.placeOf[name]
		if !ok {
			return g, &text.Error{Line: r.Line, Field: "banned", Have: name, Trouble: noPlace}
		}
		f.problem.Bans = append(f.problem.Bans, groups.Visit{Group: me, Place: k})
	}
	for _, lock := range r.List("locked") { // 马桥村, all terms, or 马桥村@第一期
		name, term, one := strings.Cut(lock, "@")
		k, ok := f.placeOf[name]
		if !ok {
			return g, &text.Error{Line: r.Line, Field: "locked", Have: lock, Trouble: noPlace}
		}
		n, known := f.termOf[term]
		if one && !known {
			return g, &text.Error{Line: r.Line, Field: "locked", Have: lock, Trouble: noTerm}
		}
		for t := range int32(f.problem.Terms) {
			if !one || t == n {
				f.problem.Locks = append(f.problem.Locks, groups.Stay{Group: me, Place: k, Term: t})
				f.lockAt = append(f.lockAt, fmt.Sprintf("第 %d 行“%s”", r.Line, lock))
			}
		}
	}
	return g, nil
}

// stayReport is a group at a place, by the names of the files.
type stayReport struct {
	Group string `json:"group"`
	Place string `json:"place"`
	Term  string `json:"term,omitempty"`
}

type groupsReport struct {
	planned
	Stays []stayReport `json:"stays"`
	Idle  []stayReport `json:"idle"` // groups that go nowhere in a term
}

// sendGroups plans which group goes where.
func (r pairRun) sendGroups(ctx context.Context, stdout io.Writer) error {
	f := newGroupFiles(groups.Weights{Reach: r.weights.Reach, Stranger: r.weights.Stranger, Change: r.change, Missing: r.missing, Idle: r.weights.Empty})
	if err := readPlain(r.places, f.readPlaces); err != nil {
		return err
	}
	if err := readPlain(r.groups, f.readGroups); err != nil {
		return err
	}
	if err := f.one(); err != nil {
		return err
	}
	if r.check != "" {
		return f.check(r.check, stdout)
	}
	watch := startWatch()
	s, err := groups.Solve(ctx, f.problem, groups.Options{Seed: r.seed})
	if err != nil {
		return f.fault(r.groups, err)
	}
	report := groupsReport{planned: watch.report(s.Objective, s.Bound, r.seed), Stays: []stayReport{}, Idle: []stayReport{}}
	for g, at := range s.At {
		for t, v := range at {
			stay := stayReport{Group: f.group[g]}
			if len(f.term) > 0 {
				stay.Term = f.term[t]
			}
			if v == groups.Nowhere {
				report.Idle = append(report.Idle, stay)
				continue
			}
			stay.Place = f.place[v]
			report.Stays = append(report.Stays, stay)
		}
	}
	return json.NewEncoder(stdout).Encode(report)
}

func (f *groupFiles) check(name string, stdout io.Writer) error {
	var given groupsReport
	if err := readJSON(name, &given); err != nil {
		return err
	}
	number := make(map[string]int, len(f.group))
	at := make([][]int32, len(f.group))
	for g, name := range f.group {
		number[name] = g
		for range f.problem.Terms {
			at[g] = append(at[g], groups.Nowhere)
		}
	}
	for _, s := range given.Stays {
		g, ok := number[s.Group]
		v, there := f.placeOf[s.Place]
		t, known := f.termOf[s.Term]
		if !ok || !there || !known {
			return checked(stdout, fmt.Errorf("%s, %s, %s: no group, place or term of that name", s.Group, s.Place, s.Term))
		}
		if at[g][t] != groups.Nowhere {
			return checked(stdout, fmt.Errorf("%s is at two places in one term", s.Group))
		}
		at[g][t] = v
	}
	return checked(stdout, groups.CheckPlan(f.problem, at, given.Objective))
}

// fault tells which lock no plan can keep, or which weight is out of range.
func (f *groupFiles) fault(file string, err error) error {
	var bad *groups.ProblemError
	if !errors.As(err, &bad) {
		return err
	}
	switch {
	case bad.Part == "weight":
		flag := []string{"--reach", "--stranger", "--change", "--missing", "--empty"}[bad.Index]
		return said{fmt.Sprintf("%s 应为 0 至 %d", flag, groups.MaxPoints), "this weight is out of range"}
	case bad.Part != "lock":
		return err
	}
	sentence := map[groups.Trouble]said{
		groups.LockTwice: {"与另一处指定在同一期", "is locked at two places in one term"},
		groups.LockUnfit: {"已指定，但技能、距离不符，或那一期不去、不收，或写在“不去”里", "is locked where it must not go: skills, reach, a ban, away or closed"},
		groups.LockFull:  {"已指定，但与其他指定的团队一起超过最多人数", "is locked with more people than there is room for"},
	}[bad.Trouble]
	return said{file + " " + f.lockAt[bad.Index] + sentence.zh, sentence.en}
}
