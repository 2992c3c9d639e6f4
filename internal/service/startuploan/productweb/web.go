// Package productweb is the pages of what banks offer under the start-up loan, of the reviews by which banks come in and go out, and the
// public page on which anybody sees what she could get.
package productweb

import (
	"embed"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/product"
)

// Messages are the texts of these pages and of the errors of products.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *product.Service
	doors *door.Doors
}

const (
	home     = "/office/loans/products"
	banksURL = "/office/loans/banks"
)

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "loan.menu", Label: "loanproduct.list", Icon: "building-bank", Href: home, Verb: product.Read},
	{Group: "loan.menu", Label: "loanproduct.banks", Icon: "building", Href: banksURL, Verb: product.Read},
}

// Routes are the pages of products and banks.
func Routes(s *product.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	return []web.Route{
		{Pattern: "GET /loans", Door: web.Public, Handle: p.askCheck},
		{Pattern: "POST /loans", Door: web.Public, Limit: web.Searching, Handle: p.check},

		office("GET /office/loans/products", product.Read, p.list),
		office("GET /office/loans/products/new", product.Edit, p.askNew),
		office("POST /office/loans/products/new", product.Edit, p.takeNew),
		office("GET /office/loans/products/{id}", product.Read, p.one),
		office("GET /office/loans/products/{id}/edit", product.Edit, p.askEdit),
		office("POST /office/loans/products/{id}/edit", product.Edit, p.takeEdit),
		office("POST /office/loans/products/{id}/drop", product.Edit, p.drop),
		office("POST /office/loans/products/{id}/publish", product.Publish, p.publish),
		office("POST /office/loans/products/{id}/confirm", product.Confirm, p.confirm),
		office("POST /office/loans/products/{id}/end", product.End, p.end),
		office("GET /office/loans/banks", product.Read, p.banks),
		office("POST /office/loans/banks/criteria", product.SetCriteria, p.setCriteria),
		office("GET /office/loans/banks/{id}", product.Read, p.bank),
		office("POST /office/loans/banks/{id}/review", product.ReviewBank, p.review),
	}
}

func productURL(which product.ID, step string) string {
	u := home + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func bankURL(which org.ID) string { return banksURL + "/" + which.String() }

func productID(r *web.Request) (product.ID, error) {
	return id.Parse[product.Product](r.PathValue("id"))
}

func bankID(r *web.Request) (org.ID, error) { return id.Parse[org.Node](r.PathValue("id")) }

func everywhere(r *web.Request, v authz.Verb) bool { return r.Actor.MustEverywhere(v) == nil }

// named lists words that have a text each, as 个人、合伙.
func named[T ~string](r *web.Request, prefix string, all []T) string {
	words := make([]string, len(all))
	for i, x := range all {
		words[i] = r.L.T(prefix + string(x))
	}
	return strings.Join(words, r.L.T("loanproduct.comma"))
}

// options are words of one sort as choices.
func options[T ~string](r *web.Request, prefix string, all, chosen []T) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, x := range all {
		out[i] = ui.Option{Value: string(x), Label: r.L.T(prefix + string(x)), Selected: slices.Contains(chosen, x)}
	}
	return out
}

// window says on which days something is in force.
func window(r *web.Request, from, until day.Day) string {
	if until.IsZero() {
		return r.L.T("loanproduct.since", "from", from)
	}
	return r.L.T("loanproduct.window", "from", from, "until", until)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "loanproduct.field.") }
