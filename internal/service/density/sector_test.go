package density

import (
	"testing"

	"zhidian/internal/domain/org"
)

func TestATradeIsTakenForANewSectorByItsWords(t *testing.T) {
	t.Parallel()
	for trade, want := range map[string]bool{
		"交通运输、仓储和邮政业": true, "信息传输、软件和信息技术服务业": true, "同城外卖配送": true, "电商直播": true,
		"制造业": false, "农、林、牧、渔业": false, "住宿和餐饮业": false, "": false,
	} {
		if isNewSector(trade) != want {
			t.Errorf("%s: %v", trade, !want)
		}
	}
}

func TestTheTermOfNewSectorsCountsForAllOrNone(t *testing.T) {
	t.Parallel()
	known := func(n int64) Value { return Value{N: n} }
	areas := func(sector ...Value) []Area {
		var out []Area
		for i, s := range sector {
			out = append(out, Area{Figures: Figures{Youth: known(int64(100 + 50*i)), Members: known(20), Sector: s, Orgs: 3}})
		}
		return out
	}
	none := Value{Why: Unreported}
	for name, x := range map[string]struct {
		areas []Area
		want  Term
	}{
		"nobody reports":      {areas(none, none, none), NotKnown},
		"a place without any": {areas(known(9), none, known(30)), Counted},
		"one is hidden":       {areas(known(9), Value{Why: Hidden}, known(30)), NotSeen},
	} {
		got, err := score(x.areas, 2000, map[org.ID]float64{})
		if err != nil || got != x.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		bare := areas(none, none, none)
		if _, err := score(bare, 2000, nil); err != nil {
			t.Fatal(err)
		}
		if same := x.areas[0].Value == bare[0].Value; same == (x.want == Counted) {
			t.Errorf("%s: the score is %v, without the term %v", name, x.areas[0].Value, bare[0].Value)
		}
	}
}

func TestMembersOfNewSectorsAreCountedWhereTheyWork(t *testing.T) {
	t.Parallel()
	f, nodes := smallCity()
	for i := range f.hosts {
		if f.hosts[i].Name == "bare" {
			f.hosts[i].Industry = "快递服务"
		}
	}
	s := skeleton(f.divisions)
	p := newPlacer(s, f)
	counts := s.countSector(f.hosts, p, s.units(f, p))
	if len(counts) != 1 || counts[0].N != 7 || counts[0].Node != nodes["county"].ID.String() || s.Employers != (Employers{ByMembers: 1}) {
		t.Errorf("%+v, %+v", counts, s.Employers)
	}
}

// An employer's own number counts in place of the members who name it, also where nobody names it; the others' do not change.
func TestAnEmployersOwnNumberCounts(t *testing.T) {
	t.Parallel()
	f, nodes := smallCity()
	own := func(n int64) *int64 { return &n }
	couriers := org.Node{ID: "couriers", Kind: org.Company, Path: "1/2/3/9/", Industry: "快递服务", Staff: own(40)}
	mill := org.Node{ID: "mill", Kind: org.Company, Path: "1/2/3/10/", Industry: "制造业", Staff: own(900)}
	academy := org.Node{ID: "academy", Kind: org.School, Path: "1/2/3/11/", Industry: "互联网", Staff: own(70)}
	f.hosts = append(f.hosts, couriers, mill, academy)
	for i := range f.hosts {
		switch f.hosts[i].Name {
		case "bare":
			f.hosts[i].Industry, f.hosts[i].Staff = "外卖配送", own(0)
		case "built":
			f.hosts[i].Industry = "网约车"
		}
	}
	s := skeleton(f.divisions)
	p := newPlacer(s, f)
	got := map[string]int64{}
	for _, c := range s.countSector(f.hosts, p, s.units(f, p)) {
		got[c.Node] += c.N
	}
	if len(got) != 2 || got[nodes["village"].ID.String()] != 40+3 || got[nodes["county"].ID.String()] != 0 || s.Employers != (Employers{Own: 2, ByMembers: 1}) {
		t.Errorf("%v, %+v", got, s.Employers)
	}
}
