package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
)

// spotJSON is a blind spot with what was done about it.
type spotJSON struct {
	ID     string         `json:"id"`
	Rank   int64          `json:"rank"`
	Kind   string         `json:"kind" enum:"no_branch,unit_due,thin"`
	Path   []divisionJSON `json:"path" doc:"从县到所在区划 from the county down to where it is"`
	Org    divisionJSON   `json:"org"`
	Unit   string         `json:"unit,omitempty" doc:"来源所写的单位 the unit in the source's words"`
	Score  int64          `json:"unreached" doc:"估计够不着的青年 young people whom nobody reaches, as estimated"`
	Why    []clauseJSON   `json:"why"`
	State  string         `json:"state" enum:"open,assigned,to_visit,dismissed"`
	Matter string         `json:"matter,omitempty"`
	Note   string         `json:"note,omitempty"`
}

// clauseJSON is one part of a reason, in numbers and in words.
type clauseJSON struct {
	Key  string           `json:"key"`
	N    map[string]int64 `json:"n,omitempty" doc:"m 为米 m is metres"`
	Text string           `json:"text"`
}

func spotOut(l *i18n.Printer, b density.SpotRow) spotJSON {
	o := spotJSON{
		ID: b.ID.String(), Rank: b.Rank, Kind: string(b.Kind), Path: []divisionJSON{}, Org: divisionOut(b.Node), Unit: b.Unit, Score: b.Score,
		Why: make([]clauseJSON, len(b.Why)), State: string(b.State), Matter: b.Matter, Note: b.Note,
	}
	for _, n := range b.Path {
		o.Path = append(o.Path, divisionOut(n))
	}
	for i, c := range b.Why {
		var args []any
		for _, name := range slices.Sorted(maps.Keys(c.N)) {
			if args = append(args, name, c.N[name]); name == "m" {
				args = append(args, "km", fmt.Sprintf("%.1f", float64(c.N[name])/1000))
			}
		}
		o.Why[i] = clauseJSON{Key: c.Key, N: c.N, Text: l.T(c.Key, args...)}
	}
	return o
}

type spotsIn struct {
	Delivery int64  `query:"delivery" minimum:"0" doc:"0 为最新 0 for the newest"`
	Place    string `query:"place" maxLength:"26"`
	Kind     string `query:"kind" enum:"no_branch,unit_due,thin"`
	State    string `query:"state" enum:"open,assigned,to_visit,dismissed"`
	After    int64  `query:"after" minimum:"0" doc:"上一页给出的 next the page before it gave"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type spotsOut struct {
	Body struct {
		Delivery deliveryJSON   `json:"delivery"`
		Total    int            `json:"total"`
		States   map[string]int `json:"states"`
		Items    []spotJSON     `json:"items"`
		Next     int64          `json:"next,omitempty"`
	}
}

type spotIn struct {
	ID string `path:"id" maxLength:"26"`
}

type spotOne struct{ Body spotJSON }

func (a *surface) spots(s Services) {
	add(a, operation{path: "/api/v1/density/blind-spots", name: "listBlindSpots", summary: "盲区 blind spots, the most people unreached first", verb: density.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *spotsIn) (*spotsOut, error) {
			f := density.SpotFilter{Kind: density.SpotKind(in.Kind), State: density.State(in.State), Delivery: in.Delivery, After: in.After, Limit: in.Limit}
			if in.Place != "" {
				var err error
				if f.Place, err = id.Parse[org.Node](in.Place); err != nil {
					return nil, err
				}
			}
			p, err := s.Density.Spots(ctx, r.Actor, f)
			if err != nil {
				return nil, err
			}
			out := &spotsOut{}
			b := &out.Body
			b.Delivery, b.Total, b.Next, b.States, b.Items = stampOut(p.Stamp), p.Total, p.Next, map[string]int{}, make([]spotJSON, len(p.Rows))
			for state, n := range p.Count {
				b.States[string(state)] = n
			}
			for i, x := range p.Rows {
				b.Items[i] = spotOut(r.L, x)
			}
			return out, nil
		})
	add(a, operation{path: "/api/v1/density/blind-spots/{id}", name: "getBlindSpot", summary: "一处盲区 one blind spot", verb: density.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *spotIn) (*spotOne, error) {
			given, err := id.Parse[density.BlindSpot](in.ID)
			if err != nil {
				return nil, err
			}
			row, err := s.Density.Spot(ctx, r.Actor, given)
			if err != nil {
				return nil, err
			}
			return &spotOne{spotOut(r.L, row)}, nil
		})
}
