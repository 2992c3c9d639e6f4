package figure

// Turn says what became of a figure between two imports.
type Turn uint8

// The turns.
const (
	Stayed Turn = iota // reported both times; By says by how much it differs
	New                // reported now and not before
	Gone               // reported before and not now
)

// Difference is one figure in two imports. With State hidden none of its numbers is set: a difference falls with
// either part, also where the other part is shown in an import of its own.
type Difference struct {
	Node        NodeID
	Kind        string
	Column      string
	Turn        Turn
	State       State
	Before, Now int64
	By          int64
	Share       Rate // By ÷ Before
}

// Compare lays two families side by side, in the order of the later one and then what is gone. Give it families as
// the reader may see them ([Family.For]).
func Compare(before, now Family) []Difference {
	var all []Difference
	for _, f := range now.figures {
		old := before.At(f.Node, f.Kind, f.Column)
		d := Difference{Node: f.Node, Kind: f.Kind, Column: f.Column, State: max(f.State, old.State)}
		if old.State == Absent {
			d.Turn = New
		}
		if d.State == Shown {
			d.Before, d.Now = old.N, f.N
			if d.Turn == Stayed {
				d.By = f.N - old.N
			}
		}
		d.Share = Rate{State: d.State}
		if d.State == Shown && d.Turn == Stayed {
			d.Share = ratio(Figure{N: d.By, State: Shown}, old, 1)
		}
		all = append(all, d)
	}
	for _, old := range before.figures {
		if now.At(old.Node, old.Kind, old.Column).State != Absent {
			continue
		}
		d := Difference{Node: old.Node, Kind: old.Kind, Column: old.Column, Turn: Gone, State: old.State}
		d.Share.State = old.State
		if old.State == Shown {
			d.Before = old.N
		}
		all = append(all, d)
	}
	return all
}
