package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density/intake"
)

// uploadBody is the longest upload: the largest file, and the form around it.
const uploadBody = 501 << 20

// uploadForm describes the form of an upload.
func uploadForm() *huma.RequestBody {
	text := func(says string, choices ...any) *huma.Schema {
		return &huma.Schema{Type: "string", Description: says, Enum: choices}
	}
	kinds := make([]any, len(intake.Kinds))
	for i, k := range intake.Kinds {
		kinds[i] = string(k)
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: "object", Required: []string{"file", "as_of"}, Properties: map[string]*huma.Schema{
			"file":        {Type: "string", Format: "binary", Description: "xlsx, xls, csv"},
			"as_of":       {Type: "string", Format: "date", Description: "数据截至日期 the day for which the rows hold"},
			"source":      text("已登记的来源的编号；新来源填下列各项 the id of a source; for a new one give what follows"),
			"source_name": text("新来源的名称 the name of a new source"),
			"kind":        text("行的类别，空为按表头识别 what its rows are; by the heads where it is empty", kinds...),
			"fineness":    text("位置精度 how exact its positions are", "point", "village", "township"),
			"crs":         text("坐标系 the system of its positions", string(geo.WGS84), string(geo.CGCS2000), string(geo.GCJ02), string(geo.BD09)),
		},
	}}}}
}

// upload takes a file in as the next import of a source, which it names where it is new.
func (s Services) upload(ctx context.Context, r *web.Request, _ *struct{}) (*importOne, error) {
	if _, _, err := s.Intake.Overview(ctx, r.Actor); err != nil { // nobody sends 500 MB to be refused
		return nil, err
	}
	up, err := r.Upload(nil)
	if err != nil {
		return nil, err
	}
	defer up.Remove()
	f := web.Read(r)
	asOf := f.Day("as_of", web.Required)
	file, ok := up.File("file")
	if !ok {
		f.Fail("file", "field.required", nil)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	hash, guess, err := s.Intake.Store(ctx, file.Path)
	if err != nil && errs.KeyOf(err) != "intake.kind_unknown" {
		return nil, err
	}
	of, err := s.sourceOf(ctx, r, f, guess.Kind)
	if err != nil {
		return nil, err
	}
	number, err := s.Intake.Open(ctx, r.Actor, of, hash, file.Name, asOf)
	if err != nil {
		return nil, err
	}
	return s.look(ctx, r, number)
}

func (s Services) sourceOf(ctx context.Context, r *web.Request, f *web.Form, guess intake.Kind) (source.ID, error) {
	if of := f.Raw("source"); of != "" {
		return id.Parse[source.Source](of)
	}
	kinds := make([]string, len(intake.Kinds))
	for i, k := range intake.Kinds {
		kinds[i] = string(k)
	}
	kind := intake.Kind(f.Choice("kind", kinds))
	if kind == "" {
		kind = guess
	}
	name := f.Text("source_name", web.Required, web.Max(60))
	opt := intake.Options{
		Fineness: source.Fineness(f.Choice("fineness", []string{string(source.Point), string(source.Village), string(source.Township)}, web.Required)),
		CRS:      geo.CRS(f.Choice("crs", []string{string(geo.WGS84), string(geo.CGCS2000), string(geo.GCJ02), string(geo.BD09)}, web.Required)),
	}
	if kind == "" {
		f.Fail("kind", "field.required", nil)
	}
	if err := f.Err(); err != nil {
		return "", err
	}
	return s.Intake.Register(ctx, r.Actor, kind, name, opt)
}

type checkIn struct {
	ImportIn
	Body *columnsJSON
}

type columnsJSON struct {
	Sheet   string         `json:"sheet,omitempty" doc:"空为识别出的工作表 the sheet that was recognised where it is empty"`
	Columns map[string]int `json:"columns,omitempty" doc:"各字段在第几列，从 0 起；不给则用识别出的 where each field stands, from 0; as recognised where none is given"`
}

type applyIn struct {
	ImportIn
	Body *decisionJSON
}

type decisionJSON struct {
	GoodRows bool `json:"good_rows,omitempty" doc:"有错误行时只写入正确的行 take the good rows although others are bad"`
}

// undoneOut is what the undoing of an import left in place.
type undoneOut struct {
	Body struct {
		Fields  int64    `json:"fields" doc:"恢复的字段 corrected fields that were set back"`
		Persons []string `json:"persons" doc:"他处已引用、予以保留的人 persons kept because others refer to them"`
		Orgs    []string `json:"orgs"`
	}
}

func (a *surface) importSteps(s Services) {
	step := func(o operation, name string) operation {
		o.method, o.limit, o.path = http.MethodPost, web.Writing, "/api/v1/imports/{number}/"+name
		return o
	}
	add(a, operation{
		method: http.MethodPost, path: "/api/v1/imports", name: "uploadImport", summary: "上传文件 upload a file", verb: intake.Check, limit: web.Writing,
		body: uploadBody, file: uploadForm(), done: http.StatusCreated,
	}, s.upload)
	add(a, step(operation{name: "checkImport", summary: "确认列并试运行 confirm the columns and run the check; nothing else changes", verb: intake.Check}, "check"),
		func(ctx context.Context, r *web.Request, in *checkIn) (*importOne, error) {
			r.Actor.Once = "" // several acts, each of which may be asked for again
			var want columnsJSON
			if in.Body != nil {
				want = *in.Body
			}
			if want.Columns == nil {
				p, err := s.Intake.Columns(ctx, r.Actor, in.Number, want.Sheet)
				if err != nil {
					return nil, err
				}
				want.Columns = p.Report.Mapping.Columns
			}
			if err := s.Intake.Choose(ctx, r.Actor, s.Jobs, in.Number, want.Sheet, want.Columns); err != nil {
				return nil, err
			}
			return s.look(ctx, r, in.Number)
		})
	add(a, step(operation{name: "applyImport", summary: "写入 write what was checked", verb: intake.Apply}, "apply"),
		func(ctx context.Context, r *web.Request, in *applyIn) (*importOne, error) {
			if err := s.Intake.Confirm(ctx, r.Actor, s.Jobs, in.Number, in.Body != nil && in.Body.GoodRows); err != nil && !sqldb.Again(err, nil) {
				return nil, err
			}
			return s.look(ctx, r, in.Number)
		})
	add(a, step(operation{name: "continueImport", summary: "中断后继续 go on with work that has failed or was lost", verb: intake.Check}, "continue"),
		func(ctx context.Context, r *web.Request, in *ImportIn) (*importOne, error) {
			r.Actor.Once = ""
			if err := s.Intake.GoOn(ctx, r.Actor, s.Jobs, in.Number); err != nil {
				return nil, err
			}
			return s.look(ctx, r, in.Number)
		})
	add(a, step(operation{name: "abandonImport", summary: "放弃 give up what does not count yet", verb: intake.Apply}, "abandon"),
		func(ctx context.Context, r *web.Request, in *ImportIn) (*importOne, error) {
			if err := s.Intake.Abandon(ctx, r.Actor, in.Number); err != nil && !sqldb.Again(err, nil) {
				return nil, err
			}
			return s.look(ctx, r, in.Number)
		})
	add(a, step(operation{name: "undoImport", summary: "撤销 undo the latest import of a source", verb: intake.Undo}, "undo"),
		func(ctx context.Context, r *web.Request, in *ImportIn) (*undoneOut, error) {
			left, err := s.Intake.TakeBack(ctx, r.Actor, in.Number)
			if err != nil {
				return nil, err
			}
			out := &undoneOut{}
			out.Body.Fields, out.Body.Persons, out.Body.Orgs = left.Fields, texts(left.Persons), texts(left.Orgs)
			return out, nil
		})
}

func texts[T interface{ String() string }](all []T) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = x.String()
	}
	return out
}
