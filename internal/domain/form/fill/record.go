// Package fill is one form being filled in: its answers, which questions are asked at the moment, what is worked out
// from what, and what is still wrong.
package fill

import (
	"math"
	"strings"
	"time"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
)

// How many repeats a record may have. A count that asks for more, or for less than none, is cut to what is possible.
const (
	maxRepeats = 1_000   // of one repeat below one parent
	maxNodes   = 100_000 // answers of one record
)

// Around is what a record is told of the world.
type Around struct {
	Now      time.Time // in the city's zone
	Language int
	Random   func() float64
	Known    map[survey.Kind]string      // what the device or the account knows: deviceid, username, phonenumber, email
	Saved    map[string]string           // answers of the record before this one, by question
	Files    func(id string) *xpath.Node // choices and tables that came as files; nil where there is none
}

// Record is a form being filled in. It is for one goroutine at a time.
type Record struct {
	Form   *survey.Form
	around Around
	root   *xpath.Node
	single []*xpath.Node // by place: the only node of a question outside all repeats
	places map[string]int
	lists  map[string]*xpath.Node
	dirty  []bool // by place: to be worked out anew
	nodes  int
}

// New begins a record: defaults stand, and everything is worked out once.
func New(f *survey.Form, around Around) *Record {
	r := blank(f, around)
	r.root = r.grow(0, nil)
	r.Refresh()
	return r
}

func blank(f *survey.Form, around Around) *Record {
	r := &Record{Form: f, around: around, single: make([]*xpath.Node, len(f.Questions)), dirty: make([]bool, len(f.Questions)), places: make(map[string]int, len(f.Questions))}
	for _, q := range f.Questions {
		r.places[q.Name] = q.Place
	}
	return r
}

// grow makes the node of a question with all below it. A repeat begins once, unless it is counted.
func (r *Record) grow(place int, up *xpath.Node) *xpath.Node {
	q := r.Form.Questions[place]
	n := &xpath.Node{Name: q.Name, Place: place}
	r.nodes++
	if up != nil {
		up.Add(n)
	}
	if place > 0 && len(r.Form.Repeats(place)) == 0 && q.Kind != survey.Repeat {
		r.single[place] = n
	}
	if place == 0 {
		r.root, r.single[0] = n, n
	}
	for _, below := range q.Below {
		if b := r.Form.Questions[below]; b.Kind != survey.Repeat || b.RepeatCount == nil {
			r.grow(below, n)
		}
	}
	n.Value = r.begin(q, n)
	return n
}

// begin is the answer with which a question starts.
func (r *Record) begin(q *survey.Question, n *xpath.Node) string {
	switch q.Kind {
	case survey.Start:
		return r.around.Now.Format("2006-01-02T15:04:05.000Z07:00")
	case survey.Today:
		return r.around.Now.Format("2006-01-02")
	case survey.DeviceID, survey.PhoneNumber, survey.Username, survey.Email:
		return r.around.Known[q.Kind]
	}
	if q.Default != nil {
		return xpath.Eval(q.Default.X, r, n).Text()
	}
	return q.DefaultText
}

// Root is the element that holds all answers.
func (r *Record) Root() *xpath.Node { return r.root }

// Find gives ${name} as seen from a node: inside the same repeat the one of that repeat, else all there are.
func (r *Record) Find(from *xpath.Node, name string) []*xpath.Node {
	place, ok := r.places[name]
	if !ok {
		return nil
	}
	if one := r.single[place]; one != nil {
		return []*xpath.Node{one}
	}
	at := from
	for at != nil && (!r.Form.Under(place, at.Place) || at.Place == place && r.Form.Questions[place].Kind == survey.Repeat) {
		at = at.Up
	}
	if at == nil {
		at = r.root
	}
	return r.below([]*xpath.Node{at}, at.Place, place)
}

// below goes down from nodes of one question to those of another below it.
func (r *Record) below(at []*xpath.Node, from, to int) []*xpath.Node {
	if from == to {
		return at
	}
	at = r.below(at, from, r.Form.Questions[to].Up)
	var all []*xpath.Node
	for _, n := range at {
		for _, c := range n.Below {
			if c.Place == to {
				all = append(all, c)
			}
		}
	}
	return all
}

// all gives every node of a question.
func (r *Record) all(place int) []*xpath.Node {
	if one := r.single[place]; one != nil {
		return []*xpath.Node{one}
	}
	return r.below([]*xpath.Node{r.root}, 0, place)
}

// Now is the moment at which the record is worked on.
func (r *Record) Now() time.Time { return r.around.Now }

// Random gives a number by chance.
func (r *Record) Random() float64 {
	if r.around.Random == nil {
		return 0.5
	}
	return r.around.Random()
}

// LastSaved gives an answer of the record before this one.
func (r *Record) LastSaved(name string) string { return r.around.Saved[name] }

// List gives the choices of a list, or a file that came with the form, as a document.
func (r *Record) List(id string) *xpath.Node {
	if doc, ok := r.lists[id]; ok {
		return doc
	}
	var doc *xpath.Node
	if list := r.Form.Find(id); list != nil {
		doc = Document(list, r.around.Language)
	} else if r.around.Files != nil {
		doc = r.around.Files(id)
	}
	if r.lists == nil {
		r.lists = map[string]*xpath.Node{}
	}
	r.lists[id] = doc
	return doc
}

// Document gives a list of choices as expressions see it: root, item, and in each item name, label and the list's columns.
func Document(list *survey.List, language int) *xpath.Node {
	root := (&xpath.Node{}).Add(&xpath.Node{Name: "root"})
	root.Below = make([]*xpath.Node, 0, len(list.Items))
	for i, item := range list.Items {
		n := root.Add(&xpath.Node{Name: "item", Place: i})
		n.Add(&xpath.Node{Name: "name", Value: item.Value})
		n.Add(&xpath.Node{Name: "label", Value: item.Label.In(language)})
		for c, column := range list.Columns {
			if c < len(item.Cells) && item.Cells[c] != "" {
				n.Add(&xpath.Node{Name: column, Value: item.Cells[c]})
			}
		}
	}
	return root.Up
}

// ChoiceName gives the label of a question's choice, empty where there is none.
func (r *Record) ChoiceName(question, value string) string {
	place, ok := r.places[question]
	if !ok {
		return ""
	}
	doc := r.List(fileID(r.Form.Questions[place].List))
	if doc == nil || len(doc.Below) == 0 {
		return ""
	}
	for _, item := range doc.Below[0].Below {
		if item.Column("name") == value {
			return item.Column("label")
		}
	}
	return ""
}

func fileID(list string) string {
	id, _, _ := strings.Cut(list, ".")
	return id
}

// repeats tells how many repeats a count asks for.
func repeats(count float64) int {
	if math.IsNaN(count) || count < 0 {
		return 0
	}
	return int(math.Min(math.Trunc(count), maxRepeats))
}
