package routing

import (
	"math"
	"slices"
)

// route is what one shift does, with what tells at once whether another visit fits in. A way leads from each place of its
// path to the next.
type route struct {
	class  int32
	torn   bool    // changed in this round
	path   []int32 // where it begins, its visits, where it ends
	ready  []int64 // per way, when the team leaves at the earliest, given what comes before
	late   []int64 // when the next visit begins at the latest, given what comes behind
	came   []int64 // the length
	meals  []meal  // where there is lunch
	load   int64
	length int64
	stamp  uint64 // another one whenever the route is another
}

// meal is beside a way where there is a lunch, whose ready and late then are those of a team that has not had it yet: when
// one that has had it leaves, and the latest at which it may begin the next visit.
type meal struct {
	fed, due int64
}

// never is a time after all others.
const never = math.MaxInt64 / 4

func (r *route) visits() []int32 { return r.path[1 : len(r.path)-1] }

func (r *route) idle() bool { return len(r.path) == 2 }

// become makes a route another one.
func (r *route) become(o *route) {
	r.class, r.load, r.length, r.stamp = o.class, o.load, o.length, o.stamp
	r.path, r.ready, r.late = append(r.path[:0], o.path...), append(r.ready[:0], o.ready...), append(r.late[:0], o.late...)
	r.came, r.meals = append(r.came[:0], o.came...), append(r.meals[:0], o.meals...)
}

// schedule finds lengths and times of a route anew, where all ways before the first one given, and all behind the last one,
// are right.
func (w *world) schedule(r *route, first, last int) {
	c := &w.classes[r.class]
	k := len(r.path) - 1
	r.ready, r.late, r.came = sized(r.ready, k), sized(r.late, k), sized(r.came, k)
	r.ready[0] = c.Open
	for i := first; i < k; i++ {
		u, v := int(r.path[i]), int(r.path[i+1])
		if i <= last {
			r.came[i] = w.length[u*w.n+v]
		}
		if i+1 < k {
			x := &w.p.Visits[v]
			t := max(r.ready[i]+w.time[u*w.n+v], x.Open) + x.Service
			if i > last && t == r.ready[i+1] {
				break
			}
			r.ready[i+1] = t
		}
	}
	if last == k-1 {
		r.late[last] = c.Close
		last--
	}
	for i := last; i >= 0; i-- {
		u, v := int(r.path[i+1]), int(r.path[i+2])
		x := &w.p.Visits[u]
		t := min(x.Close, r.late[i+1]-w.time[u*w.n+v]-x.Service)
		if i < first && t == r.late[i] {
			break
		}
		r.late[i] = t
	}
	if r.idle() {
		r.came[0] = 0 // a team that stays at home
	}
	r.length = 0
	for _, x := range r.came {
		r.length += x
	}
	if c.Lunch.Takes > 0 {
		w.feed(r)
	}
}

func sized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// feed adds what lunch changes.
func (w *world) feed(r *route) {
	c := &w.classes[r.class]
	k := len(r.path) - 1
	r.meals = sized(r.meals, k)
	r.meals[0].fed = never
	for i := range k - 1 {
		u, v := int(r.path[i]), int(r.path[i+1])
		x := &w.p.Visits[v]
		way := w.time[u*w.n+v]
		r.meals[i+1].fed = never
		if fed := max(min(r.meals[i].fed+way, c.Lunch.onWay(r.ready[i], way)), x.Open); fed <= x.Close {
			r.meals[i+1].fed = fed + x.Service
		}
	}
	r.meals[k-1].due, r.late[k-1] = c.Close, min(c.Close, c.Lunch.Until)
	for i := k - 2; i >= 0; i-- {
		u, v := int(r.path[i+1]), int(r.path[i+2])
		x := &w.p.Visits[u]
		way, due := w.time[u*w.n+v], r.meals[i+1].due
		r.meals[i].due = x.latest(due - way)
		r.late[i] = x.latest(max(r.late[i+1]-way, c.Lunch.before(due, way)))
	}
}

// latest is when a visit begins at the latest that is over at a time; before all times where that is before it opens.
func (v *Visit) latest(over int64) int64 {
	if begin := min(v.Close, over-v.Service); begin >= v.Open {
		return begin
	}
	return -never
}

// onWay is when a team that leaves at a time arrives, if it has lunch before, on or behind the way.
func (l *Lunch) onWay(leaves, way int64) int64 {
	if leaves > l.Until {
		return never
	}
	return max(leaves+way, l.From) + l.Takes
}

// before is when a team has to leave to arrive at a time, likewise.
func (l *Lunch) before(arrives, way int64) int64 {
	if arrives -= l.Takes; arrives >= l.From {
		return min(arrives-way, l.Until)
	}
	return -never
}

// fit finds where a visit that a team can make lengthens its route least: the number of visits before it, and by how much.
func (w *world) fit(v int32, r *route) (at int, by int64) {
	by = math.MaxInt64
	x := &w.p.Visits[v]
	row := int(v) * w.n
	from, into := w.length[row:row+w.n], w.into[row:row+w.n]
	timeFrom, timeInto := w.time[row:row+w.n], w.timeInto[row:row+w.n]
	ready := r.ready
	late, came, path := r.late[:len(ready)], r.came[:len(ready)], r.path[:len(ready)+1]
	lunch := w.classes[r.class].Lunch.Takes > 0
	k := 0
	if !lunch {
		for soonest := x.Open + x.Service; k < len(late) && late[k] < soonest; {
			k++
		}
	}
	for ; k < len(ready) && ready[k] <= x.Close; k++ { // all that comes behind is later still
		prev, next := path[k], path[k+1]
		more := into[prev] + from[next] - came[k]
		if more >= by {
			continue
		}
		if lunch {
			if w.fedBetween(x, r, k, timeInto[prev], timeFrom[next]) {
				at, by = k, more
			}
		} else if begin := max(ready[k]+timeInto[prev], x.Open); begin <= x.Close && begin+x.Service+timeFrom[next] <= late[k] {
			at, by = k, more
		}
	}
	return at, by
}

// fedBetween says whether a visit fits into a way of a route with lunch, given the ways to it and from it.
func (w *world) fedBetween(x *Visit, r *route, k int, come, onward int64) bool {
	lunch := &w.classes[r.class].Lunch
	hungry, fed := max(r.ready[k]+come, x.Open), max(min(r.meals[k].fed+come, lunch.onWay(r.ready[k], come)), x.Open)
	if hungry > x.Close {
		return false
	}
	hungry += x.Service
	return hungry+onward <= r.late[k] || lunch.onWay(hungry, onward) <= r.meals[k].due ||
		fed <= x.Close && fed+x.Service+onward <= r.meals[k].due
}
