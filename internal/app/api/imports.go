package api

import (
	"context"
	"time"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density/intake"
)

// ImportJSON is a delivery as programs see it: counts, never rows.
type ImportJSON struct {
	Number   int64      `json:"number"`
	Source   string     `json:"source"`
	State    string     `json:"state" enum:"checking,checked,applying,visible,undone,abandoned"`
	Follows  int64      `json:"follows,omitempty" doc:"同一来源的上一次导入 the import of the same source before it"`
	AsOf     string     `json:"as_of" format:"date"`
	Rows     int64      `json:"rows"`
	Bad      int64      `json:"bad"`
	Warned   int64      `json:"warned"`
	New      int64      `json:"new"`
	Changed  int64      `json:"changed"`
	Gone     int64      `json:"gone"`
	MadeAt   time.Time  `json:"made_at"`
	ShownAt  *time.Time `json:"shown_at,omitempty"`
	FileName string     `json:"file_name"`
	FileHash string     `json:"file_sha256"`
	FileGone *time.Time `json:"file_destroyed_at,omitempty" doc:"文件按保存期限销毁的时间 when the file was destroyed, its time being over"`
}

func importOut(d source.Delivery) ImportJSON {
	o := ImportJSON{
		Number: d.Seq, Source: d.Source.String(), State: string(d.State), Follows: d.Previous, AsOf: d.AsOf.String(),
		Rows: d.Counts.Rows, Bad: d.Counts.Bad, Warned: d.Counts.Warned, New: d.Counts.Fresh, Changed: d.Counts.Changed, Gone: d.Counts.Gone,
		MadeAt: d.MadeAt, FileName: d.FileName, FileHash: d.File,
	}
	if d.State == source.Visible || d.State == source.Undone {
		o.ShownAt = &d.ShownAt
	}
	if !d.FileGone.IsZero() {
		o.FileGone = &d.FileGone
	}
	return o
}

// sourceJSON is somebody who delivers the same kind of rows again and again.
type sourceJSON struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Fineness string `json:"fineness" enum:"point,village,township"`
	CRS      string `json:"crs"`
	Latest   int64  `json:"latest,omitempty" doc:"正在计数的导入 the import that counts now"`
}

// problemJSON is one thing wrong with one cell.
type problemJSON struct {
	Row    int    `json:"row" doc:"与表格软件同样计数，0 为整个文件 as spreadsheets count, 0 for the file"`
	Column int    `json:"column" doc:"从 0 起，-1 为整行 from 0, -1 for the row"`
	Title  string `json:"title,omitempty" doc:"表头 the column's head"`
	Level  string `json:"level" enum:"bad,warn"`
	Key    string `json:"key"`
	Text   string `json:"text"`
}

// workJSON is how far the work on an import has come.
type workJSON struct {
	Kind    string    `json:"kind" enum:"check,write"`
	State   string    `json:"state" enum:"waiting,running,done,failed"`
	Done    int64     `json:"done"`
	Total   int64     `json:"total" doc:"尚不知道时为 0 0 while it is not known"`
	Failure string    `json:"failure,omitempty"`
	At      time.Time `json:"at"`
}

func workOut(l *i18n.Printer, j *job.Job) *workJSON {
	if j == nil {
		return nil
	}
	o := &workJSON{Kind: "write", State: string(j.State), Done: j.Done, Total: j.Total, At: j.At}
	if j.Kind == intake.CheckJob {
		o.Kind = "check"
	}
	if j.State == job.Failed {
		o.Failure = l.Problem(j.Failure)
	}
	return o
}

// importDetail is a delivery with what its check found and the work on it.
type importDetail struct {
	ImportJSON
	Sheet    string         `json:"sheet,omitempty"`
	Columns  map[string]int `json:"columns" doc:"各字段在第几列，从 0 起 where each field stands, from 0"`
	Titles   []string       `json:"titles" doc:"各列表头 the heads of all columns"`
	Same     int64          `json:"same" doc:"与已知相同的行 rows that say what was known"`
	Problems []problemJSON  `json:"problems" doc:"前 1000 条 the first 1,000"`
	Work     *workJSON      `json:"work,omitempty"`
	Undoable bool           `json:"undoable"`
}

func detailOut(l *i18n.Printer, v intake.View) importDetail {
	o := importDetail{
		ImportJSON: importOut(v.Delivery), Sheet: v.Report.Mapping.Sheet, Columns: v.Report.Mapping.Columns, Titles: v.Report.Mapping.Titles,
		Same: v.Report.Same, Problems: make([]problemJSON, len(v.Report.Problems)), Work: workOut(l, v.Job), Undoable: v.Undoable,
	}
	for i, p := range v.Report.Problems {
		o.Problems[i] = problemJSON{p.Row, p.Column, p.Title, string(p.Level), p.Key, l.Problem(errs.Problem{Key: p.Key, Args: p.Args})}
	}
	return o
}

type importsIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type importsOut struct {
	Body struct {
		Sources []sourceJSON `json:"sources"`
		Items   []ImportJSON `json:"items"`
	}
}

// ImportIn names an import.
type ImportIn struct {
	Number int64 `path:"number" minimum:"1"`
}

type importOne struct{ Body importDetail }

// look gives one import as it stands.
func (s Services) look(ctx context.Context, r *web.Request, number int64) (*importOne, error) {
	v, err := s.Intake.Look(ctx, r.Actor, number)
	if err != nil {
		return nil, err
	}
	return &importOne{detailOut(r.L, v)}, nil
}

func (a *surface) imports(s Services) {
	add(a, operation{path: "/api/v1/imports", name: "listImports", summary: "来源与导入记录 sources, and imports from the newest", verb: source.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *importsIn) (*importsOut, error) {
			lines, all, err := s.Intake.Overview(ctx, r.Actor)
			if err != nil {
				return nil, err
			}
			out := &importsOut{}
			out.Body.Sources = make([]sourceJSON, len(lines))
			for i, x := range lines {
				out.Body.Sources[i] = sourceJSON{x.Source.ID.String(), x.Source.Kind, x.Source.Name, string(x.Source.Fineness), x.Source.CRS, x.Source.Latest}
			}
			out.Body.Items = make([]ImportJSON, min(len(all), in.Limit))
			for i := range out.Body.Items {
				out.Body.Items[i] = importOut(all[i])
			}
			return out, nil
		})
	add(a, operation{path: "/api/v1/imports/{number}", name: "getImport", summary: "一次导入及其进度 one import and how far it has come", verb: source.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *ImportIn) (*importOne, error) {
			return s.look(ctx, r, in.Number)
		})
}
