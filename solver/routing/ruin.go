package routing

// ruin takes strings of visits near one that is drawn out of their routes.
func (s *search) ruin() {
	if s.used == 0 {
		return
	}
	most := min(longest, float64(len(s.visits)-len(s.absent))/float64(s.used))
	strings := 4*removals/(1+most) - 1
	left := int(s.random.Float64()*strings + 1)
	seed := s.visits[s.random.IntN(len(s.visits))]
	gone := len(s.absent)
	for _, v := range s.near[seed] {
		if left == 0 {
			break
		}
		i := s.of[v]
		if i < 0 || s.routes[i].torn {
			continue
		}
		r := s.tear(i)
		route := len(r.visits())
		size := int(s.random.Float64()*min(float64(route), most) + 1)
		at := int(s.at[v])
		inside := 0
		if size > 1 && size < route && s.random.Float64() < splits {
			inside = 1
			for size+inside < route && s.random.Float64() > deepens {
				inside++
			}
		}
		s.cut(i, s.window(at, size+inside, route), size+inside, inside)
		left--
	}
	if len(s.same) > 0 {
		s.part(gone)
	}
}

// window is where a string of a size begins that holds a place of a route.
func (s *search) window(at, size, route int) int {
	from, to := max(0, at-size+1), min(at, route-size)
	return from + s.random.IntN(to-from+1)
}

// cut takes a string out, apart from so many within that stay.
func (s *search) cut(i int32, from, size, inside int) {
	r := &s.routes[i]
	stay := from + size
	if inside > 0 {
		stay = from + s.random.IntN(size-inside+1)
	}
	kept := r.path[:from+1]
	for k := from + 1; k < len(r.path); k++ {
		v := r.path[k]
		if k > from+size || k > stay && k <= stay+inside {
			kept = append(kept, v)
			continue
		}
		s.of[v] = -1
		r.load -= s.p.Visits[v].Demand
		s.ways -= s.moved(v, r.class)
		s.absent = append(s.absent, v)
		s.leave(v, 1)
	}
	r.path = kept
	if r.idle() {
		s.used--
	}
	s.changed(i, 0, len(kept)-2)
}

// changed finds everything about a route anew, see schedule.
func (s *search) changed(i int32, first, last int) {
	r := &s.routes[i]
	s.ways -= r.length
	s.schedule(r, first, last)
	s.ways += r.length
	s.stamps++
	r.stamp = s.stamps
	for k, v := range r.visits() {
		s.at[v] = int32(k)
	}
	s.head(i)
}

// part takes visits that want the same team as one of those that have gone out of their routes too, every other time, so
// that they can all go to another team.
func (s *search) part(gone int) {
	for k := gone; k < len(s.absent); k++ {
		x := &s.p.Visits[s.absent[k]]
		if x.Same == 0 || s.random.Uint32()&1 == 0 {
			continue
		}
		for _, u := range s.same[x.Same] {
			if i := s.of[u]; i >= 0 {
				s.tear(i)
				s.cut(i, int(s.at[u]), 1, 0)
			}
		}
	}
}
