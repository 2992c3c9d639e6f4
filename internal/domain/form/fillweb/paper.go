package fillweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// paper is one version of a form, laid out to be filled in by hand.
type paper struct {
	screen  *i18n.Printer // of the page around it
	l       *i18n.Printer // of the paper itself
	of      form.Look
	version form.Version
	form    *survey.Form
	lang    int
	good    []form.Link // addresses that may stand on it
	link    form.Link   // the one that does; zero where none does
	address string
	code    [][]bool // the address as dots
	all     []*blank
	names   map[string]*survey.Question
	numbers map[int]int // by place: what a question is called on paper
	leads   map[lead][]stretch
}

// blank is one question, text, group or repeat on paper.
type blank struct {
	*survey.Question
	p      *paper
	number int      // 0 of what is not answered
	inside []*blank // of a group or a repeat
	copies int      // of a repeat: how often it stands there
	table  bool     // of a repeat: its questions are columns, its copies rows
}

// lead is a choice that makes further questions asked; stretch are those questions, from one number to another.
type (
	lead struct {
		place int
		value string
	}
	stretch struct{ from, to int }
)

// noLink in the address of the page leaves the form's own address out.
const noLink = "none"

func paperURL(of form.ID, seq int64) string {
	return "/office/forms/" + of.String() + "/versions/" + strconv.FormatInt(seq, 10) + "/paper"
}

// paper shows a published version as it is printed.
func (p *pages) paper(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return err
	}
	of, err := p.s.Look(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(of.Versions, func(v form.Version) bool {
		return strconv.FormatInt(v.Seq, 10) == r.PathValue("seq") && !v.IsDraft()
	})
	if at < 0 {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	v := &paper{screen: r.L, l: r.L, of: of, version: of.Versions[at], form: of.Now}
	if v.version.Seq != of.Version {
		if v.form, err = p.s.Workbook(r.Context(), r.Actor, which, v.version.Seq); err != nil {
			return err
		}
	}
	f := web.Read(r)
	v.lang = speak(v.form, r.L)
	if n, err := strconv.Atoi(f.Raw("language")); err == nil && n >= 0 && n < len(v.form.Languages) {
		v.lang = n
	}
	if code, _, _ := strings.Cut(strings.ToLower(language(v.form, v.lang)), "-"); code == "zh" {
		v.l = r.L.Speaking(i18n.ZhCN)
	} else if code == "en" {
		v.l = r.L.Speaking(i18n.En)
	}
	if err := v.choose(r, f.Raw("link")); err != nil {
		return err
	}
	v.lay()
	page := p.doors.Office(r, r.L.T("fillweb.paper"), "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: of.Title, Href: "/office/forms/" + of.ID.String()}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, paperBody(v))
}

// choose finds the address that stands on the paper. It leads to the version in use, so that an older one has none.
func (v *paper) choose(r *web.Request, slug string) (err error) {
	if v.version.Seq != v.of.Version {
		return nil
	}
	on := day.Of(r.Now, r.L.Zone())
	for _, l := range v.of.Links {
		if v.of.Takes(on) && l.Takes(on) {
			v.good = append(v.good, l)
		}
	}
	if slug == noLink || slug == "" && len(v.good) == 0 {
		return nil
	}
	at := slices.IndexFunc(v.good, func(l form.Link) bool { return l.Slug == slug || slug == "" })
	if at < 0 {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	v.link = v.good[at]
	v.address = r.Origin() + "/f/" + v.link.Slug
	v.code, err = ui.Dots(v.address)
	return err
}

// url is the address of this page with another language or another address on the paper.
func (v *paper) url(lang int, slug string) string {
	return paperURL(v.of.ID, v.version.Seq) + "?" + url.Values{"language": {strconv.Itoa(lang)}, "link": {slug}}.Encode()
}

func (v *paper) slug() string {
	if v.link.Slug == "" {
		return noLink
	}
	return v.link.Slug
}

func (v *paper) languages() (all []ui.Segment) {
	for k, one := range v.form.Languages {
		all = append(all, ui.Segment{Label: nameOf(one), Href: v.url(k, v.slug()), Active: k == v.lang})
	}
	return all
}

// shownLinks is how many addresses the page offers, the newest.
const shownLinks = 12

func (v *paper) links() (all []ui.Segment) {
	for _, l := range v.good[:min(len(v.good), shownLinks)] {
		all = append(all, ui.Segment{Label: l.Name, Href: v.url(v.lang, l.Slug), Active: l.Slug == v.link.Slug})
	}
	return append(all, ui.Segment{Label: v.screen.T("fillweb.paper_no_link"), Href: v.url(v.lang, noLink), Active: v.link.Slug == ""})
}

// title is what stands on top.
func (v *paper) title() string {
	if v.form.Title != "" {
		return v.form.Title
	}
	return v.of.Title
}

// from says whose form it is, which version, and until when it is taken.
func (v *paper) from() []string {
	at := v.of.At.Name
	if n, ok := v.of.Orgs[v.link.Org]; ok {
		at = n.Name
	}
	version := v.l.T("fillweb.paper_version", "n", v.version.Seq)
	if v.version.Name != "" {
		version += " (" + v.version.Name + ")"
	}
	all := []string{at, v.of.Code, version}
	if !v.of.Closes.IsZero() {
		all = append(all, v.l.T("fillweb.paper_until", "day", v.l.Date(v.of.Closes)))
	}
	return all
}

// lay puts the questions on paper: first their numbers, which conditions name, then the rest.
func (v *paper) lay() {
	v.names, v.numbers, v.leads = map[string]*survey.Question{}, map[int]int{}, map[lead][]stretch{}
	for _, q := range v.form.Questions[1:] {
		v.names[q.Name] = q
		if answered(q) {
			v.numbers[q.Place] = len(v.numbers) + 1
		}
	}
	for _, q := range v.form.Questions[1:] {
		v.follow(q)
	}
	v.all = v.below(v.form.Questions[0], 0)
}

// fixed tells whether nobody may change an answer, whatever else is answered.
func fixed(q *survey.Question) bool { return q.ReadOnly != nil && q.ReadOnly.Text == "true()" }

// answered tells whether a question is answered by hand: what is worked out is not.
func answered(q *survey.Question) bool {
	return q.Kind.Asked() && q.Kind != survey.Note && q.Calculate == nil && !fixed(q)
}

// told tells whether a question is only a text for whoever fills in.
func told(q *survey.Question) bool {
	return q.Kind == survey.Note || q.Kind.Asked() && q.Calculate == nil && fixed(q)
}

// below gives what stands on paper below a group; in tells how many repeats hold it.
func (v *paper) below(up *survey.Question, in int) (all []*blank) {
	for _, place := range up.Below {
		q := v.form.Questions[place]
		b := &blank{Question: q, p: v, number: v.numbers[place]}
		switch {
		case q.Kind == survey.Group:
			b.inside = v.below(q, in)
		case q.Kind == survey.Repeat:
			b.inside = v.below(q, in+1)
			b.table = len(b.inside) <= mostColumns && !slices.ContainsFunc(b.inside, func(one *blank) bool { return !one.narrow() })
			b.copies = copies(q, b.table, in)
		}
		if answered(q) || told(q) || len(b.inside) > 0 {
			all = append(all, b)
		}
	}
	return all
}

// How often a repeat stands on paper.
const (
	mostColumns = 7
	emptyRows   = 5
	innerRows   = 3
	mostRows    = 20
	emptyCopies = 2
	mostCopies  = 4
)

// copies is how often a repeat stands on paper: as often as the form says, where that is a plain number that fits on it.
func copies(q *survey.Question, table bool, in int) int {
	usual, most := emptyCopies, mostCopies
	switch {
	case table && in > 0: // the repeat around it stands there several times itself
		usual, most = innerRows, emptyRows
	case table:
		usual, most = emptyRows, mostRows
	case in > 0:
		usual, most = 1, 1
	}
	if q.RepeatCount == nil {
		return usual
	}
	if n, ok := q.RepeatCount.X.(*xpath.Num); ok && n.Value >= 1 {
		return int(min(n.Value, float64(most)))
	}
	return usual
}
