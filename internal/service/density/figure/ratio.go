package figure

// Rate is a ratio in millionths, rounded half away from nought. It is Known when both parts are shown and there is
// something to divide by; otherwise State says which part is missing or hidden.
type Rate struct {
	Millionths int64
	Known      bool
	State      State
}

// LeagueShare is 团青比: members from 14 to 28 ÷ residents from 14 to 28 (domain rules §7.5). Members over 28 who keep a
// post are left out on both sides.
func LeagueShare(f Family, node NodeID) Rate {
	return ratio(f.At(node, Members, Y14to28), f.At(node, Youth, Y14to28), 1)
}

// OrgsPerThousand is organisations per 1,000 youth from 14 to 35. As organisations are always shown, it is shown
// exactly where the youth are: from a rate and its organisations anybody finds the youth.
func OrgsPerThousand(f Family, node NodeID) Rate {
	orgs := f.At(node, Orgs, AllAges)
	if orgs.State == Absent && f.reports(Orgs) {
		orgs.State = Shown // a place that the list of organisations does not name has none
	}
	return ratio(orgs, f.At(node, Youth, Y14to35), 1000)
}

func (f Family) reports(kind string) bool {
	for i := range f.figures {
		if f.figures[i].Kind == kind {
			return true
		}
	}
	return false
}

// ratio divides, in millionths of times. It falls with either part.
func ratio(part, whole Figure, times int64) Rate {
	switch {
	case part.State.Hidden() || whole.State.Hidden():
		return Rate{State: With}
	case part.State == Absent || whole.State == Absent:
		return Rate{}
	case whole.N == 0:
		return Rate{State: Shown}
	}
	twice := 2 * part.N * times * 1_000_000
	half := whole.N
	if twice < 0 {
		half = -half
	}
	return Rate{Millionths: (twice + half) / (2 * whole.N), Known: true, State: Shown}
}
