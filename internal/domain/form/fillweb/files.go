package fillweb

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
)

// keep stores the files of a page, which stand as answers from then on, also while the rest is not handed in. What is wrong
// with one is told at its question.
func (p *pages) keep(r *web.Request, a form.Asked, rec *fill.Record, files []web.File, bad map[string]errs.Problem) error {
	for _, f := range files {
		path, n := filed(rec, f)
		if n == nil {
			continue
		}
		who := r.Actor.User
		if who == "" {
			who = r.Address()
		}
		err := r.Take(web.Uploading, who)
		value := ""
		if err == nil {
			value, err = p.s.KeepFile(r.Context(), r.City, a.Form.ID, rec.Form.Questions[n.Place], f.Path, f.Name)
		}
		if err == nil {
			delete(bad, path)
			rec.Answer(n, value)
			continue
		}
		known, ok := errors.AsType[*errs.Error](err)
		if !ok || known.Kind == errs.Internal {
			return err
		}
		bad[path] = errs.Problem{Field: path, Key: known.Key, Args: known.Args}
	}
	return nil
}

// filed finds the question that a file of a page answers, nil where it answers none.
func filed(rec *fill.Record, f web.File) (path string, n *xpath.Node) {
	path, ours := strings.CutPrefix(f.Field, fieldFile)
	if n = rec.At(path); !ours || n == nil || !rec.Takes(n) || !rec.Form.Questions[n.Place].Kind.IsFile() {
		return path, nil
	}
	return path, n
}

// send gives a file as a download: whoever made it, no browser runs it here.
func send(w http.ResponseWriter, o form.Opened) error {
	defer o.Content.Close()
	web.Download(w, o.Name, string(o.Type))
	_, err := io.Copy(w, o.Content)
	return err
}

// accepts is what the browser offers to choose.
func (i *item) accepts() string {
	switch i.Kind {
	case survey.Audio:
		return "audio/*"
	case survey.Video:
		return "video/*"
	}
	var all []string
	for _, t := range form.Accepts(i.Kind).Types {
		all = append(all, string(t))
		if t == blob.CSV {
			all = append(all, ".csv")
		}
	}
	return strings.Join(all, ",")
}

// camera says which camera takes a photograph at once, nothing where one may also be chosen.
func (i *item) camera() string {
	switch {
	case i.Has("new-front"):
		return "user"
	case i.Has("new"):
		return "environment"
	}
	return ""
}

// signs tells whether the picture is drawn by hand.
func (i *item) signs() bool {
	return i.Kind == survey.Image && (i.Has("signature") || i.Has("draw"))
}

// pixels is how wide and high a photograph is at most before it is sent: as its author wants it, or enough to read a page.
func (i *item) pixels() string {
	if n, err := strconv.Atoi(i.Parameters["max-pixels"]); err == nil && n >= 200 && n <= 10_000 {
		return strconv.Itoa(n)
	}
	return "2560"
}

func (i *item) largest() int64 { return form.Accepts(i.Kind).Size }

// allowed says in words what may be handed in.
func (i *item) allowed() string {
	max := i.s.l.Size(i.largest())
	switch {
	case i.signs():
		return i.s.l.T("fillweb.sign_help", "max", max)
	case i.Kind == survey.Image:
		return i.s.l.T("fillweb.photo_help", "max", max)
	}
	return i.s.l.T("fillweb.file_help", "types", blob.Names(form.Accepts(i.Kind).Types), "max", max)
}

// named is what a file that was handed in is called.
func named(value string) string {
	_, name := form.FileNamed(value)
	return name
}

// opens is the button's value that opens the file.
func (i *item) opens() string {
	which, _ := form.FileNamed(i.value)
	return doOpen + ":" + which.String()
}
