// Package api answers programs: the same use cases as the pages, as JSON, described by OpenAPI 3.1.
package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
)

// Services are the use cases that programs may reach.
type Services struct {
	DB   *sqldb.DB
	Orgs *org.Service
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
	a := &surface{API: humago.New(mux, cfg), mux: mux}
	a.orgs(s)
	a.imports(s)
	a.routes = append(a.routes, web.Route{Pattern: "GET /api/v1/openapi.json", Door: web.Open, Handle: web.Wrap(mux)})
	return a.routes
}

// add registers one reading operation behind its verb.
func add[In, Out any](a *surface, path, id, summary string, verb authz.Verb, limit web.Limit, h func(ctx context.Context, r *web.Request, in *In) (*Out, error)) {
	huma.Register(a.API, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary},
		func(ctx context.Context, in *In) (*Out, error) {
			r := web.From(ctx)
			out, err := h(ctx, r, in)
			if err != nil {
				return nil, problem(r, err)
			}
			return out, nil
		})
	a.routes = append(a.routes, web.Route{Pattern: "GET " + path, Door: web.API, Verb: verb, Limit: limit, Handle: web.Wrap(a.mux)})
}

var statusOf = map[errs.Kind]int{
	errs.Internal: http.StatusInternalServerError, errs.Invalid: http.StatusUnprocessableEntity, errs.Denied: http.StatusForbidden,
	errs.Absent: http.StatusNotFound, errs.Conflict: http.StatusConflict, errs.Busy: http.StatusServiceUnavailable,
}

// problem says an error in the caller's language, as RFC 9457 has it; raw text never leaves.
func problem(r *web.Request, err error) error {
	return huma.NewError(statusOf[errs.KindOf(err)], r.L.Error(err))
}
