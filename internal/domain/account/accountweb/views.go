package accountweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/account"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Saved is the viewer's views of the list that a request is for, and the filters in its address that she may keep; nil
// for pages that are no list.
func Saved(s *account.Service, r *web.Request) (*ui.Saved, error) {
	l, is := s.Lists[r.URL.Path]
	if !is || r.Session == nil {
		return nil, nil
	}
	all, err := s.Views(r.Context(), r.Actor, r.URL.Path)
	if err != nil {
		return nil, err
	}
	given := r.URL.Query()
	now := l.Narrow(given)
	saved := &ui.Saved{Here: r.URL.Path, Key: web.NewKey()}
	if now != "" {
		saved.Address = r.URL.Path + "?" + now
		saved.Here = saved.Address
	}
	for _, k := range []string{"q", "subject"} { // the search boxes of the office's lists
		saved.Words = saved.Words || given.Get(k) != ""
	}
	for _, v := range all {
		active := v.Query == now && !saved.Words
		if v.Query == now {
			saved.Address = ""
		}
		saved.Views = append(saved.Views, ui.View{Label: v.Name, Href: v.Address(), Active: active, Drop: "/office/views/" + v.ID.String() + "/delete", Key: web.NewKey()})
	}
	return saved, nil
}

func (p *pages) saveView(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	address, name := f.Raw("address"), f.Text("name", web.Required, web.Max(account.ViewName))
	if f.Err() == nil {
		v, err := p.s.SaveView(r.Context(), r.Actor, address, name)
		if err == nil {
			return r.Redirect(w, v.Address(), "accountweb.view_saved")
		}
		if !blame(f, err) {
			return err
		}
	}
	back := "/office"
	if path, _, _ := strings.Cut(address, "?"); p.s.Lists[path].Filters != nil && web.IsLocal(address) {
		back = address
	}
	page := p.doors.Office(r, r.L.T("accountweb.view"), r.L.T("accountweb.view_says"))
	return door.Again(w, r, ui.Office, page, viewBody(r, f, back))
}

func (p *pages) dropView(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[account.View](r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := p.s.DropView(r.Context(), r.Actor, which); err != nil {
		return err
	}
	return r.Redirect(w, r.Next("/office"), "accountweb.view_dropped")
}
