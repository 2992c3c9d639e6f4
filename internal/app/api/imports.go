package api

import (
	"context"
	"time"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// importJSON is a delivery as programs see it: counts, never rows.
type importJSON struct {
	Number   int64      `json:"number"`
	Source   string     `json:"source"`
	State    string     `json:"state" doc:"checking, checked, applying, visible, undone or abandoned"`
	Follows  int64      `json:"follows,omitempty" doc:"同一来源的上一次导入 the import of the same source before it"`
	AsOf     string     `json:"as_of" format:"date"`
	Rows     int64      `json:"rows"`
	Bad      int64      `json:"bad"`
	New      int64      `json:"new"`
	Changed  int64      `json:"changed"`
	Gone     int64      `json:"gone"`
	MadeAt   time.Time  `json:"made_at"`
	ShownAt  *time.Time `json:"shown_at,omitempty"`
	FileHash string     `json:"file_sha256"`
}

func importOut(d source.Delivery) importJSON {
	o := importJSON{
		Number: d.Seq, Source: d.Source.String(), State: string(d.State), Follows: d.Previous, AsOf: d.AsOf.String(),
		Rows: d.Counts.Rows, Bad: d.Counts.Bad, New: d.Counts.Fresh, Changed: d.Counts.Changed, Gone: d.Counts.Gone,
		MadeAt: d.MadeAt, FileHash: d.File,
	}
	if d.State == source.Visible || d.State == source.Undone {
		o.ShownAt = &d.ShownAt
	}
	return o
}

type importsIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type importsOut struct {
	Body struct {
		Items []importJSON `json:"items"`
	}
}

type importIn struct {
	Number int64 `path:"number" minimum:"1"`
}

type importOne struct{ Body importJSON }

func (a *surface) imports(s Services) {
	add(a, "/api/v1/imports", "listImports", "导入记录 imports, newest first", source.Read, web.Reading,
		func(ctx context.Context, r *web.Request, in *importsIn) (*importsOut, error) {
			out := &importsOut{}
			if err := r.Actor.MustSomewhere(source.Read); err != nil {
				return nil, err
			}
			err := s.DB.Read(ctx, r.City, func(q *sqldb.Rx) error {
				all, err := source.Deliveries(q, "", in.Limit)
				out.Body.Items = make([]importJSON, len(all))
				for i, d := range all {
					out.Body.Items[i] = importOut(d)
				}
				return err
			})
			return out, err
		})
	add(a, "/api/v1/imports/{number}", "getImport", "一次导入 one import", source.Read, web.Reading,
		func(ctx context.Context, r *web.Request, in *importIn) (*importOne, error) {
			out := &importOne{}
			if err := r.Actor.MustSomewhere(source.Read); err != nil {
				return nil, err
			}
			err := s.DB.Read(ctx, r.City, func(q *sqldb.Rx) error {
				d, err := source.FindDelivery(q, in.Number)
				out.Body = importOut(d)
				return err
			})
			return out, err
		})
}
