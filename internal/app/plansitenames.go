package app

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"zhidian/solver/siting"
	"zhidian/solver/siting/plane"
	"zhidian/solver/text"
)

// fixedSites reads numbers of candidates, with a heading or without, and gives their places.
func (r siteRun) fixedSites(t siteTask) (all []int32, err error) {
	if r.fixed == "" {
		return nil, nil
	}
	place := placesOf(t)
	err = readPlain(r.fixed, func(in io.Reader) error {
		words := text.NewReader(in)
		for first := true; ; first = false {
			word, err := words.Word()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			name := strings.Trim(strings.TrimPrefix(string(word), "\ufeff"), `",;`)
			j, known := place[siteName(name)]
			heading := slices.ContainsFunc(pointColumns[0].Heads, func(h string) bool { return strings.EqualFold(h, name) }) || strings.EqualFold(pointColumns[0].Name, name)
			switch {
			case known:
				all = append(all, j)
			case first && heading:
			default:
				return words.Fault("site", noCandidate)
			}
		}
	})
	return all, err
}

// noCandidate is said of a number that no candidate has.
const noCandidate text.Trouble = "is no candidate's number"

// placesOf gives the place of each number.
func placesOf(t siteTask) map[siteName]int32 {
	place := make(map[siteName]int32, t.sites)
	for j := range int32(t.sites) {
		place[t.number(j)] = j
	}
	return place
}

// pairColumns are what a table of forbidden pairs has.
var pairColumns = []text.Column{
	{Name: "demand", Heads: []string{"需求", "需求编号"}, Needed: true},
	{Name: "site", Heads: []string{"地点", "候选", "候选编号", "candidate"}, Needed: true},
}

// noDemand is said of a number that no demand has.
const noDemand text.Trouble = "is no demand's number"

// forbiddenPairs reads who must not be served from where, by the numbers of both tables; rows of a table without numbers are
// counted from 1.
func (r siteRun) forbiddenPairs(demand, sites places) (all []plane.Pair, err error) {
	if r.forbidden == "" {
		return nil, nil
	}
	demands, candidates := rowsOf(demand), rowsOf(sites)
	err = readPlain(r.forbidden, func(in io.Reader) error {
		t, err := text.ReadTable(in, pairColumns)
		if err != nil {
			return err
		}
		for _, row := range t.Rows {
			i, known := demands[siteName(row.Text("demand"))]
			if !known {
				return row.Fault("demand", noDemand)
			}
			j, known := candidates[siteName(row.Text("site"))]
			if !known {
				return row.Fault("site", noCandidate)
			}
			all = append(all, plane.Pair{Demand: i, Site: j})
		}
		return nil
	})
	return all, err
}

// rowsOf gives the row of each number of a table.
func rowsOf(p places) map[siteName]int32 {
	rows := make(map[siteName]int32, len(p.x))
	for i := range p.x {
		name := siteName(strconv.Itoa(i + 1))
		if p.names != nil {
			name = p.names[i]
		}
		rows[name] = int32(i)
	}
	return rows
}

// forbid takes pairs out of a table of distances.
func forbid(distance []int32, sites int, pairs []plane.Pair) {
	for _, pair := range pairs {
		distance[int(pair.Demand)*sites+int(pair.Site)] = siting.Never
	}
}

func (r siteRun) checkAnswer(t siteTask, stdout io.Writer) error {
	var given siteReport
	if err := readJSON(r.check, &given); err != nil {
		return err
	}
	place := placesOf(t)
	c := siteChoice{objective: given.Objective}
	for _, list := range []struct {
		numbers []siteName
		places  *[]int32
	}{{given.Open, &c.open}, {given.Serve, &c.serve}} {
		for _, n := range list.numbers {
			j, known := place[n]
			if !known {
				return checked(stdout, fmt.Errorf("%s is no candidate", n))
			}
			*list.places = append(*list.places, j)
		}
	}
	slices.Sort(c.open)
	if t.shares && len(c.serve) != t.demand {
		return checked(stdout, fmt.Errorf("%d demands are served, not %d", len(c.serve), t.demand))
	}
	return checked(stdout, t.check(c))
}
