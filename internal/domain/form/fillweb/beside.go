package fillweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
)

// besideURL is where staff fetches what lies beside a version of a form.
func besideURL(which form.ID, seq int64) string {
	return "/office/forms/" + which.String() + "/files/" + strconv.FormatInt(seq, 10) + "/"
}

// beside sends what is shown or played beside a question, to who has the form's address.
func (p *pages) beside(w http.ResponseWriter, r *web.Request) error {
	seq, _ := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	a, err := p.s.Ask(r.Context(), r.Actor, r.PathValue("slug"), seq)
	if err != nil && !shut(err) { // who corrects her answers looks at the form when it takes none any more
		return err
	}
	return p.sendBeside(w, r, a)
}

// besideOffice sends it to staff, of drafts too.
func (p *pages) besideOffice(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	files, err := p.s.FilesOf(r.Context(), r.Actor, which, seq)
	if err != nil {
		return err
	}
	return p.sendBeside(w, r, form.Asked{Files: files})
}

func (p *pages) sendBeside(w http.ResponseWriter, r *web.Request, a form.Asked) error {
	file, content, err := p.s.OpenAttached(a, r.PathValue("name"))
	if err != nil {
		return err
	}
	defer content.Close()
	w.Header().Set("ETag", `"`+string(file.Hash)+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Type", string(file.Type))
	http.ServeContent(w, r.Request, "", r.Now, content)
	return nil
}

// medium is something beside a question or a choice.
type medium struct {
	kind string // image, audio, video
	url  string
	big  string // of an image: the larger one behind it
}

// media are what lies beside a text, as far as the form has the files.
func (i *item) media(all map[string]survey.Texts) (out []medium) {
	at := func(kind string) string {
		name := all[kind].In(i.s.lang)
		if name == "" || !slices.ContainsFunc(i.s.files, func(a form.Attached) bool { return a.Name == name }) {
			return ""
		}
		return i.s.beside + url.PathEscape(name)
	}
	for _, kind := range []string{"image", "audio", "video"} {
		if u := at(kind); u != "" {
			m := medium{kind: kind, url: u}
			if kind == "image" {
				m.big = at("big-image")
			}
			out = append(out, m)
		}
	}
	return out
}

// choiceMedia are what lies beside a choice.
func (i *item) choiceMedia(value string) []medium {
	for _, c := range i.choices() {
		if c.Value == value && c.Item != nil {
			return i.media(c.Item.Media)
		}
	}
	return nil
}
