package api

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// placeJSON is a site as programs see it.
type placeJSON struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind" example:"青年之家"`
	Name     string  `json:"name"`
	Address  string  `json:"address,omitempty"`
	Org      string  `json:"org" doc:"所在的村或单位 where it stands"`
	OrgName  string  `json:"org_name,omitempty"`
	Lon      float64 `json:"lon" doc:"WGS-84"`
	Lat      float64 `json:"lat" doc:"WGS-84"`
	CRS      string  `json:"crs" doc:"原坐标系 the system in which the position was given"`
	Fineness string  `json:"fineness" enum:"point,village,township"`
	Capacity int64   `json:"capacity,omitempty"`
	Closed   string  `json:"closed,omitempty" format:"date"`
}

func placeOut(p place.Row) placeJSON {
	return placeJSON{
		ID: p.ID.String(), Kind: p.Kind, Name: p.Name, Address: p.Address, Org: p.Org.String(), OrgName: p.OrgName,
		Lon: p.At.Lon, Lat: p.At.Lat, CRS: p.CRS, Fineness: p.Fineness, Capacity: p.Capacity, Closed: p.Closed.String(),
	}
}

type placesIn struct {
	Kind   string `query:"kind" maxLength:"60"`
	Org    string `query:"org" maxLength:"26" doc:"只列此组织及其下级 only this organisation and what lies below"`
	Words  string `query:"q" maxLength:"60" doc:"名称或地址 part of name or address"`
	Closed bool   `query:"closed" doc:"已关闭的 those that are closed"`
	From   string `query:"from" maxLength:"4096" doc:"上一页给出的 next 或 prev a page before it gave"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type placesOut struct {
	Body struct {
		Items []placeJSON `json:"items"`
		Next  string      `json:"next,omitempty"`
		Prev  string      `json:"prev,omitempty"`
	}
}

type placeIn struct {
	ID string `path:"id" maxLength:"26"`
}

type placeOne struct{ Body placeJSON }

func (a *surface) places(s Services) {
	add(a, operation{path: "/api/v1/places", name: "listPlaces", summary: "场所列表 places in scope", verb: place.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *placesIn) (*placesOut, error) {
			f := place.Filter{Kind: in.Kind, Words: in.Words, Closed: in.Closed, Size: in.Limit}
			if in.Org != "" {
				n, err := at(ctx, s.DB, r.Actor, place.Read, in.Org)
				if err != nil {
					return nil, err
				}
				f.At = n.Path
			}
			got, err := s.Places.List(ctx, r.Actor, f, in.From)
			if err != nil {
				return nil, err
			}
			out := &placesOut{}
			out.Body.Next, out.Body.Prev, out.Body.Items = got.Next, got.Prev, make([]placeJSON, len(got.Items))
			for i, p := range got.Items {
				out.Body.Items[i] = placeOut(p)
			}
			return out, nil
		})
	add(a, operation{path: "/api/v1/places/{id}", name: "getPlace", summary: "一处场所 one place", verb: place.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *placeIn) (*placeOne, error) {
			p, err := s.place(ctx, r.Actor, in.ID)
			return &placeOne{placeOut(p)}, err
		})
}

// place finds a place that the caller may see; any other looks absent.
func (s Services) place(ctx context.Context, by authz.Actor, raw string) (p place.Row, err error) {
	given, err := id.Parse[place.Place](raw)
	if err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if p.Place, err = place.Find(q, given); err != nil {
			return err
		}
		n, err := org.Find(q, p.Org)
		if err != nil {
			return err
		}
		p.OrgName = n.Name
		return by.Must(place.Read, n.Path)
	})
	return p, err
}
