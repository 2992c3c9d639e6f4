package research

import (
	"math"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/research/result"
)

// trim is how much a weight may be at most, and the least is its inverse: nobody speaks for more than five.
const trim = 5

// Progress is how far one part of the quota has come.
type Progress struct {
	Quota
	Got int64
}

// Results is a study counted.
type Results struct {
	Tables    []result.Table
	Crossings []result.Crossing // of questions of one choice with the question of kind, where there is one
	Answers   int64             // 0 where so few answered that not even that is told
	Effective float64           // how many answers without weights would tell as much; 0 without weights
	Lightest  float64
	Heaviest  float64
	Empty     int // parts that are wanted and from which nobody has answered
	Released  bool

	progress []Progress
	given    []result.Given
	rows     map[string][]result.Given // by the path of the repeat
	answers  []answerOf
}

// answerOf is an answer with its number, kept beside what is counted.
type answerOf struct {
	id     form.AnswerID
	serial string
	org    org.ID
}

// count counts a study as it stands; with sealed also what is delicate, of which only a release may be shown.
func (s *Service) count(q sqldb.Q, x Study, at org.Node, sealed bool) (r Results, err error) {
	f, err := s.Forms.Definition(q, x.Form, x.Version)
	if err != nil {
		return r, err
	}
	places, err := s.places(q, x.Plan)
	if err != nil {
		return r, err
	}
	cells := make([]result.Cell, len(x.Plan.Cells))
	var of []int // by answer: its cell, -1 outside all
	paths := map[org.ID]authz.Path{}
	r.rows = map[string][]result.Given{}
	err = s.Forms.Each(q, x.Form, at.Path, sealed, func(a form.Answer, c form.Content) error {
		values := c.Values
		if on := s.dayOf(a.At); !x.Opens.IsZero() && on < x.Opens || !x.Closes.IsZero() && on > x.Closes {
			return nil
		}
		path, known := paths[a.Org]
		if !known {
			n, err := org.Find(q, a.Org)
			if err != nil {
				return err
			}
			path = n.Path
			paths[a.Org] = path
		}
		cell := x.Plan.cell(places, path, values, s.today(q))
		if cell >= 0 {
			cells[cell].Got++
		}
		for path, rows := range c.Rows {
			for _, row := range rows {
				r.rows[path] = append(r.rows[path], result.Given{Weight: 1, Values: row, Of: len(r.given)})
			}
		}
		of = append(of, cell)
		r.given = append(r.given, result.Given{Weight: 1, Values: values})
		r.answers = append(r.answers, answerOf{a.ID, a.Serial, a.Org})
		return nil
	})
	if err != nil {
		return r, err
	}
	r.weigh(x.Plan, cells, of)
	for _, rows := range r.rows {
		for i := range rows {
			rows[i].Weight = r.given[rows[i].Of].Weight
		}
	}
	r.tabulate(x.Plan, countable(f), sealed)
	return r, nil
}

// places finds the organisations of a quota.
func (s *Service) places(q sqldb.Q, p Plan) (map[org.ID]authz.Path, error) {
	var ids []org.ID
	for _, c := range p.Cells {
		ids = append(ids, c.Org)
	}
	named, err := org.Named(q, ids)
	paths := map[org.ID]authz.Path{}
	for id, n := range named {
		paths[id] = n.Path
	}
	return paths, err
}

// cell gives the first part of the quota that an answer belongs to, -1 where there is none.
func (p Plan) cell(places map[org.ID]authz.Path, at authz.Path, values map[string]string, today day.Day) int {
	age, known := ageOf(values[p.AgeBy], today)
	for i, c := range p.Cells {
		if c.Org != "" && !places[c.Org].Covers(at) || c.Kind != "" && values[p.KindBy] != c.Kind || c.To > 0 && (!known || age < c.From || age > c.To) {
			continue
		}
		return i
	}
	return -1
}

// ageOf reads an age, or a day of birth.
func ageOf(text string, today day.Day) (int, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return int(n), true
	}
	born, err := day.Parse(text)
	if err != nil || born.IsZero() {
		return 0, false
	}
	return born.Age(today, day.BirthdayCounts), true
}

// weigh gives each answer the weight of its part, where a quota has targets.
func (r *Results) weigh(p Plan, cells []result.Cell, of []int) {
	r.Answers, r.Lightest, r.Heaviest = int64(len(r.given)), 1, 1
	for i, c := range p.Cells {
		cells[i].Target = c.Target
		r.progress = append(r.progress, Progress{c, cells[i].Got})
	}
	if len(cells) < 2 || len(r.given) == 0 {
		return
	}
	rest := result.Cell{}
	for _, c := range of {
		if c < 0 {
			rest.Got++
		}
	}
	weights := result.Weights(append(cells, rest), trim)
	r.Lightest, r.Heaviest = weights[len(weights)-1], 0
	for i, c := range of {
		if c < 0 {
			c = len(weights) - 1
		}
		r.given[i].Weight = weights[c]
		if w := weights[c]; i == 0 || w < r.Lightest {
			r.Lightest = w
		}
		r.Heaviest = max(r.Heaviest, weights[c])
	}
	r.Effective, r.Empty = result.Effective(r.given), result.Empty(cells)
}

func (r *Results) tabulate(p Plan, all []asking, sealed bool) {
	var kind result.Question
	for _, q := range all {
		if q.Path == p.KindBy && q.single() {
			kind = q.Question
		}
	}
	for _, q := range all {
		groups := p.groups(q.Path)
		if q.Kind == result.Words && len(groups) == 0 || q.Delicate && !sealed {
			continue
		}
		given := r.given
		if q.repeat != "" {
			given = r.rows[q.repeat]
		}
		r.Tables = append(r.Tables, result.Count(q.Question, given, groups))
		if kind.Kind == result.One && q.Kind == result.One && q.Path != kind.Path && q.single() {
			r.Crossings = append(r.Crossings, result.Cross(kind, q.Question, r.given))
		}
	}
}

func (p Plan) groups(path string) (all []result.Group) {
	for _, g := range p.Groups {
		if g.Question == path {
			all = append(all, g.Group)
		}
	}
	return all
}

// release gives results as everybody may see them. Shares are told in whole percents, which tell less of weights.
func (r Results) release() Results {
	out := Results{Answers: r.Answers, Effective: r.Effective, Lightest: r.Lightest, Heaviest: r.Heaviest, Empty: r.Empty, Released: true}
	if out.Answers < result.Threshold {
		out.Answers, out.Effective = 0, 0
	}
	for _, t := range r.Tables {
		t = t.Release()
		for i := range t.Rows {
			t.Rows[i].Share = math.Round(t.Rows[i].Share*100) / 100
		}
		out.Tables = append(out.Tables, t)
	}
	for _, c := range r.Crossings {
		c = c.Release()
		for _, line := range c.Shares {
			for k := range line {
				line[k] = math.Round(line[k]*100) / 100
			}
		}
		out.Crossings = append(out.Crossings, c)
	}
	return out
}
