// Package api answers programs: the same use cases as the pages, as JSON, described by OpenAPI 3.1.
package api

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/intake"
)

// Messages holds the texts of what is refused here.
//
//go:embed messages
var Messages embed.FS

// Services are the use cases that programs may reach.
type Services struct {
	DB      *sqldb.DB
	Persons *person.Service
	Places  *place.Service
	Density *density.Service
	Intake  *intake.Service
	Jobs    *job.Service
}

// surface gathers operations with the verbs that guard them.
type surface struct {
	huma.API
	mux    *http.ServeMux
	routes []web.Route
}

// Routes gives every operation as a route of the API door, and the description at /api/v1/openapi.json.
func Routes(s Services) []web.Route {
	mux := http.NewServeMux()
	cfg := huma.DefaultConfig("支点 Zhidian", "1")
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "/api/v1/openapi", "", "/api/v1/schemas"
	cfg.Info.Description = "与页面相同的用例，权限随令牌的账号。The same use cases as the pages; a token may do what its account may."
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	cfg.Security = []map[string][]string{{"token": {}}}
	cfg.CreateHooks = nil // no $schema in answers
	cfg.Transformers = []huma.Transformer{noteRefusal}
	a := &surface{API: humago.New(mux, cfg), mux: mux}
	a.orgs(s)
	a.persons(s)
	a.places(s)
	a.figures(s)
	a.spots(s)
	a.imports(s)
	a.importSteps(s)
	a.routes = append(a.routes, web.Route{Pattern: "GET /api/v1/openapi.json", Door: web.Open, Handle: web.Wrap(mux)})
	return a.routes
}

// operation is one thing that a program can ask for.
type operation struct {
	method  string // GET where it is empty
	path    string
	name    string // unique in the description
	summary string
	verb    authz.Verb
	limit   web.Limit
	body    int64             // the longest body in bytes, 0 for the usual
	file    *huma.RequestBody // a form with a file
	done    int               // the status of success, 0 for 200
}

// add registers an operation behind its verb.
func add[In, Out any](a *surface, o operation, h func(ctx context.Context, r *web.Request, in *In) (*Out, error)) {
	if o.method == "" {
		o.method = http.MethodGet
	}
	huma.Register(a.API, huma.Operation{
		OperationID: o.name, Method: o.method, Path: o.path, Summary: o.summary, DefaultStatus: o.done,
		BodyReadTimeout: -1, // the server bounds time and length of every body
		MaxBodyBytes:    -1,
		Errors:          []int{401, 403, 404, 422, 429, 503},
	}, func(ctx context.Context, in *In) (*Out, error) {
		out, err := h(ctx, web.From(ctx), in)
		if err != nil {
			ctx.Value(heldKey{}).(*held).err = err
			return nil, huma.Error500InternalServerError("")
		}
		return out, nil
	})
	if o.file != nil { // described only: its use case reads the body, as it comes in
		a.OpenAPI().Paths[o.path].Post.RequestBody = o.file
	}
	a.routes = append(a.routes, web.Route{Pattern: o.method + " " + o.path, Door: web.API, Verb: o.verb, Limit: o.limit, Body: o.body, Handle: a.handle})
}

// held lets an answer through, but for errors: the server says those as it says all others, in the caller's language and
// with a number that is in the log.
type held struct {
	http.ResponseWriter
	status  int
	err     error            // what the use case answered
	refused *huma.ErrorModel // what is wrong with the request
}

type heldKey struct{}

// Unwrap lets http.ResponseController reach the connection.
func (h *held) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// WriteHeader begins the answer.
func (h *held) WriteHeader(status int) {
	if h.status = status; status < http.StatusBadRequest {
		h.ResponseWriter.WriteHeader(status)
	}
}

// Write sends what is no error.
func (h *held) Write(p []byte) (int, error) {
	if h.status >= http.StatusBadRequest {
		return len(p), nil
	}
	return h.ResponseWriter.Write(p)
}

// noteRefusal keeps what is found wrong with a request before its use case is asked.
func noteRefusal(ctx huma.Context, _ string, v any) (any, error) {
	if m, ok := v.(*huma.ErrorModel); ok {
		if h, ok := ctx.Context().Value(heldKey{}).(*held); ok {
			h.refused = m
		}
	}
	return v, nil
}

func (a *surface) handle(w http.ResponseWriter, r *web.Request) error {
	h := &held{ResponseWriter: w}
	a.mux.ServeHTTP(h, r.Request.WithContext(context.WithValue(r.Context(), heldKey{}, h)))
	switch {
	case h.err != nil:
		return h.err
	case h.status < http.StatusBadRequest:
		return nil
	case h.status == http.StatusUnprocessableEntity && h.refused != nil:
		fields := make([]string, len(h.refused.Errors))
		for i, d := range h.refused.Errors {
			fields[i] = d.Location
		}
		return badField(fields...)
	case h.status == http.StatusUnsupportedMediaType:
		return errs.New(errs.Invalid, "web.body.kind", nil)
	case h.status == http.StatusRequestEntityTooLarge:
		return errs.New(errs.Invalid, "web.body.large", errs.Args{"size": r.L.Size(256 << 10)})
	case h.status < http.StatusInternalServerError:
		return errs.New(errs.Invalid, "web.body.broken", nil)
	}
	return errs.New(errs.Internal, "errs.unexpected", nil)
}

// badField says which parameters are not of the kind that is described.
func badField(all ...string) error {
	var p errs.Problems
	for _, f := range all {
		p.Add(f, "api.field", nil)
	}
	return p.Err()
}

// at finds the organisation that a request names, for a viewer who holds a verb there; any other looks absent.
func at(ctx context.Context, db *sqldb.DB, by authz.Actor, v authz.Verb, raw string) (n org.Node, err error) {
	given, err := id.Parse[org.Node](raw)
	if err != nil {
		return n, err
	}
	err = db.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if n, err = org.Find(q, given); err != nil {
			return err
		}
		return by.Must(v, n.Path)
	})
	return n, err
}

// instant is a time as programs read it, nothing for none.
func instant(micro int64) *time.Time {
	if micro == 0 {
		return nil
	}
	t := time.UnixMicro(micro).UTC()
	return &t
}
