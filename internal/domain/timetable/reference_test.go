package timetable_test

import "slices"

// diary is what should stand in a timetable, told in the plainest way: one list that is gone through from end to end. It knows
// nothing of the package that it judges. Times are hours since some midnight.
type diary struct {
	all    []*entry
	same   map[string]string // who turned out to be whom
	papers []paper
}

type entry struct {
	room     string
	from, to int
	who      []string
	children bool
	state    string // "planned", "begun" or "cancelled"
}

// paper says that somebody is cleared until a day, or from now on not at all.
type paper struct {
	who   string
	until int
}

func (d *diary) root(who string) string {
	for d.same[who] != "" {
		who = d.same[who]
	}
	return who
}

func (d *diary) cleared(who string, hour int) bool {
	ok := false
	for _, p := range d.papers {
		if d.root(p.who) == d.root(who) {
			ok = hour/24 <= p.until
		}
	}
	return ok
}

func (d *diary) leads(e *entry, who string) bool {
	return slices.ContainsFunc(e.who, func(x string) bool { return d.root(x) == d.root(who) })
}

func meets(a, b *entry) bool { return a.from < b.to && b.from < a.to }

// wrong says why something cannot stand beside all the rest; "" where it can.
func (d *diary) wrong(e *entry) string {
	for i, who := range e.who {
		for _, other := range e.who[:i] {
			if d.root(who) == d.root(other) {
				return "twice"
			}
		}
	}
	for _, o := range d.all {
		if o != e && o.state != "cancelled" && o.room == e.room && meets(o, e) {
			return "room"
		}
	}
	for _, who := range e.who {
		for _, o := range d.all {
			if o != e && o.state != "cancelled" && meets(o, e) && d.leads(o, who) {
				return "leader"
			}
		}
	}
	return d.unfit(e)
}

func (d *diary) unfit(e *entry) string {
	for _, who := range e.who {
		if e.children && !d.cleared(who, e.from) {
			return "not_cleared"
		}
	}
	return ""
}

func (d *diary) plan(e *entry) string {
	e.state = "planned"
	if e.from >= e.to || e.from/24 != (e.to-1)/24 || e.to-e.from > 12 {
		return "shape"
	}
	if why := d.wrong(e); why != "" {
		return why
	}
	d.all = append(d.all, e)
	return ""
}

func (d *diary) move(n int, to *entry) string {
	e := d.all[n]
	tried := &entry{room: to.room, from: to.from, to: to.to, who: to.who, children: e.children, state: e.state}
	if to.from >= to.to || to.from/24 != (to.to-1)/24 || to.to-to.from > 12 {
		return "shape"
	}
	d.all[n] = tried
	why := d.wrong(tried)
	if why == "" && e.state != "planned" {
		why = "stale"
	}
	if why != "" {
		d.all[n] = e
	}
	return why
}

func (d *diary) turn(n int, to string) string {
	e := d.all[n]
	if e.state != "planned" {
		return "not_planned"
	}
	if to == "begun" {
		if len(e.who) == 0 {
			return "nobody"
		}
		if why := d.unfit(e); why != "" {
			return why
		}
	}
	e.state = to
	return ""
}

// merge says that one is another. Where she would be in two places she stays where she was put first.
func (d *diary) merge(from, into string) {
	d.same[d.root(from)] = d.root(into)
	var kept []*entry
	for _, e := range d.all {
		if e.state == "cancelled" || !d.leads(e, into) {
			continue
		}
		if slices.ContainsFunc(kept, func(k *entry) bool { return meets(k, e) }) {
			e.who = slices.DeleteFunc(slices.Clone(e.who), func(x string) bool { return d.root(x) == d.root(into) })
			continue
		}
		kept = append(kept, e)
	}
}
