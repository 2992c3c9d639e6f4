package api

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// orgJSON is an organisation as programs see it.
type orgJSON struct {
	ID       string   `json:"id" doc:"编号 id"`
	Kind     string   `json:"kind" doc:"类别 kind" example:"village"`
	Name     string   `json:"name"`
	Parent   string   `json:"parent,omitempty"`
	Depth    int      `json:"depth" doc:"市为 0 the city is 0"`
	Lon      *float64 `json:"lon,omitempty" doc:"WGS-84"`
	Lat      *float64 `json:"lat,omitempty" doc:"WGS-84"`
	Fineness string   `json:"fineness,omitempty" doc:"位置精度 point, village or township"`
	Opened   string   `json:"opened,omitempty" format:"date"`
	Closed   string   `json:"closed,omitempty" format:"date"`
}

func orgOut(n org.Node) orgJSON {
	o := orgJSON{
		ID: n.ID.String(), Kind: string(n.Kind), Name: n.Name, Parent: n.Parent.String(), Depth: n.Depth,
		Fineness: n.Fineness, Opened: n.Opened.String(), Closed: n.Closed.String(),
	}
	if n.At != nil {
		o.Lon, o.Lat = &n.At.Lon, &n.At.Lat
	}
	return o
}

type orgsIn struct {
	Under string `query:"under" doc:"只列此组织及其下级 only this organisation and what lies below"`
	Kind  string `query:"kind" doc:"类别 kind"`
}

type orgsOut struct {
	Body struct {
		Items []orgJSON `json:"items"`
	}
}

type orgIn struct {
	ID string `path:"id" maxLength:"26"`
}

type orgOne struct{ Body orgJSON }

func (a *surface) orgs(s Services) {
	add(a, operation{path: "/api/v1/orgs", name: "listOrgs", summary: "组织列表 organisations in scope", verb: org.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *orgsIn) (*orgsOut, error) {
			scope := r.Actor.Scope(org.Read)
			if in.Under != "" {
				n, err := at(ctx, s.DB, r.Actor, org.Read, in.Under)
				if err != nil {
					return nil, err
				}
				scope = scope.Narrow(n.Path)
			}
			var kinds []org.Kind
			if in.Kind != "" {
				kinds = append(kinds, org.Kind(in.Kind))
			}
			out := &orgsOut{}
			err := s.DB.Read(ctx, r.City, func(q *sqldb.Rx) error {
				nodes, err := org.Subtree(q, scope, kinds...)
				out.Body.Items = make([]orgJSON, len(nodes))
				for i, n := range nodes {
					out.Body.Items[i] = orgOut(n)
				}
				return err
			})
			return out, err
		})
	add(a, operation{path: "/api/v1/orgs/{id}", name: "getOrg", summary: "一个组织 one organisation", verb: org.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *orgIn) (*orgOne, error) {
			n, err := at(ctx, s.DB, r.Actor, org.Read, in.ID)
			return &orgOne{orgOut(n)}, err
		})
}
