package week

import (
	"container/heap"
	"fmt"
	"io"
	"math"

	"zhidian/solver/text"
)

// Ways says how long it takes from each place to each: [Straight], or what [ReadMatrix] or [ReadRoads] give.
type Ways interface {
	// Seconds is how long it takes from a place to each of others. The error is a [WayError].
	Seconds(from Place, to []Place) ([]int64, error)
}

// Straight are ways as the crow flies, longer by a factor, at a speed.
type Straight struct {
	Detour float64 // such as 1.35
	Speed  float64 // kilometres an hour
}

// Seconds implements Ways.
func (s Straight) Seconds(from Place, to []Place) ([]int64, error) {
	row := make([]int64, len(to))
	for i, p := range to {
		row[i] = int64(math.Ceil(metres(from, p)*s.Detour/(s.Speed/3.6) - 1e-6))
	}
	return row, nil
}

// metres is how far two places are from each other.
func metres(a, b Place) float64 {
	if a.Kind == Metre {
		return math.Hypot(a.X-b.X, a.Y-b.Y)
	}
	const earth, degree = 6_371_008.8, math.Pi / 180
	u, v := math.Sin((b.Y-a.Y)*degree/2), math.Sin((b.X-a.X)*degree/2)
	return 2 * earth * math.Asin(math.Sqrt(min(1, u*u+math.Cos(a.Y*degree)*math.Cos(b.Y*degree)*v*v)))
}

// Roads are times between neighbouring places.
type Roads struct {
	direct bool // nobody goes on from the end of one to the beginning of another
	number map[string]int32
	arcs   [][]arc
}

type arc struct {
	to      int32
	seconds int64
}

// most is the longest way, in seconds: a week.
const most = 7 * dayEnd

// ReadMatrix reads the times from places to places: a line for each pair. A place is in no time where it is.
func ReadMatrix(r io.Reader) (*Roads, error) {
	return readArcs(r, true)
}

// ReadRoads reads a graph of roads: a line for each that leads from a place to the next. Ways are the fastest ones along them.
func ReadRoads(r io.Reader) (*Roads, error) {
	return readArcs(r, false)
}

func readArcs(r io.Reader, direct bool) (*Roads, error) {
	table, err := text.ReadTable(r, []text.Column{
		{Name: "from", Heads: []string{"起点", "从"}, Needed: true},
		{Name: "to", Heads: []string{"终点", "到"}, Needed: true},
		{Name: "seconds", Heads: []string{"秒", "时间"}, Needed: true},
	})
	if err != nil {
		return nil, err
	}
	g := &Roads{direct: direct, number: map[string]int32{}}
	find := func(name string) int32 {
		k, ok := g.number[name]
		if !ok {
			k = int32(len(g.arcs))
			g.number[name] = k
			g.arcs = append(g.arcs, nil)
		}
		return k
	}
	for _, row := range table.Rows {
		for _, end := range []string{"from", "to"} {
			if row.Text(end) == "" {
				return nil, row.Fault(end, text.Empty)
			}
		}
		seconds, err := row.Int("seconds", 0, most)
		if err != nil {
			return nil, err
		}
		from, to := find(row.Text("from")), find(row.Text("to"))
		g.arcs[from] = append(g.arcs[from], arc{to, seconds})
	}
	return g, nil
}

// Seconds implements Ways.
func (g *Roads) Seconds(from Place, to []Place) ([]int64, error) {
	first, ok := g.number[from.Name]
	if !ok {
		return nil, &WayError{From: from.Name}
	}
	times := g.from(first)
	row := make([]int64, len(to))
	for i, p := range to {
		k, ok := g.number[p.Name]
		if !ok {
			return nil, &WayError{From: p.Name}
		}
		if row[i] = times[k]; row[i] > most {
			return nil, &WayError{From: from.Name, To: p.Name}
		}
	}
	return row, nil
}

// from finds the fastest ways from a place to all others (Dijkstra).
func (g *Roads) from(first int32) []int64 {
	times := make([]int64, len(g.arcs))
	for i := range times {
		times[i] = math.MaxInt64
	}
	times[first] = 0
	if g.direct {
		for _, a := range g.arcs[first] {
			times[a.to] = min(times[a.to], a.seconds)
		}
		return times
	}
	queue := frontier{{first, 0}}
	for len(queue) > 0 {
		at := heap.Pop(&queue).(arc)
		if at.seconds > times[at.to] {
			continue
		}
		for _, a := range g.arcs[at.to] {
			if t := at.seconds + a.seconds; t < times[a.to] {
				times[a.to] = t
				heap.Push(&queue, arc{a.to, t})
			}
		}
	}
	return times
}

// frontier is a heap of places by the time at which they are reached.
type frontier []arc

func (f frontier) Len() int           { return len(f) }
func (f frontier) Less(i, j int) bool { return f[i].seconds < f[j].seconds }
func (f frontier) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(x any)        { *f = append(*f, x.(arc)) }
func (f *frontier) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// WayError names a place that is in no table of ways, or two without a way.
type WayError struct{ From, To string }

func (e *WayError) Error() string {
	if e.To == "" {
		return fmt.Sprintf("%q is in no line of the table of ways", e.From)
	}
	return fmt.Sprintf("there is no way from %q to %q", e.From, e.To)
}
