package app

import (
	"net/http"
	"net/url"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// ownRoutes are the pages that belong to no service: the way in, and what is kept of people.
func ownRoutes(doors *door.Doors) []web.Route {
	return []web.Route{
		{Pattern: "GET /{$}", Door: web.Public, Handle: func(w http.ResponseWriter, r *web.Request) error {
			return door.Show(w, r, ui.Public, doors.Public(r, r.L.T("app.home.title"), r.L.T("app.home.purpose")), homeBody(r.L))
		}},
		{Pattern: "GET /privacy", Door: web.Public, Handle: func(w http.ResponseWriter, r *web.Request) error {
			return door.Show(w, r, ui.Public, doors.Public(r, r.L.T("app.privacy.title"), r.L.T("app.privacy.purpose")), privacyBody(r.L))
		}},
		{Pattern: "GET /office", Door: web.Office, Handle: func(w http.ResponseWriter, r *web.Request) error {
			return r.Redirect(w, "/office/queue", "")
		}},
		{Pattern: "GET /me", Door: web.Public, Handle: func(w http.ResponseWriter, r *web.Request) error {
			switch {
			case r.Session == nil:
				return r.Redirect(w, "/sign-in/phone", "")
			case r.Session.Staff:
				return r.Redirect(w, "/office/queue", "")
			default:
				return r.Redirect(w, "/my/data", "")
			}
		}},
		{Pattern: "POST /office/search", Door: web.Office, Limit: web.Searching, Handle: func(w http.ResponseWriter, r *web.Request) error {
			if r.Actor.May(person.Read) { // 307 keeps the form: an ID or phone number never stands in an address
				http.Redirect(w, r.Request, "/office/persons/find", http.StatusTemporaryRedirect)
				return nil
			}
			words := web.Read(r).Text("q")
			return r.Redirect(w, "/office/orgs?q="+url.QueryEscape(words), "")
		}},
		{Pattern: "GET /office/me", Door: web.Office, Handle: func(w http.ResponseWriter, r *web.Request) error {
			return r.Redirect(w, "/me/security", "")
		}},
	}
}
