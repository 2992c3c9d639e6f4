package ui

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/platform/i18n"
)

// Page is what a shell needs around the body of a page.
type Page struct {
	Title   string
	Purpose string // one line under the title
	L       *i18n.Printer
	Assets  *Assets
	Viewer  Viewer
	Rail    []RailGroup // the office's left rail; the public door shows the first group as its menu
	Crumbs  []Crumb
	Actions []Action // at most one of them is Primary
	Theme   string   // "light" (also "") or "dark", from the cookie ThemeCookie
	Notices int      // unread
	Jobs    int      // running or waiting to be fetched
	Flash   *Flash
	Scripts []string // "map", "chart", "fill", "draw": only pages that draw, or fill a form in or draw it up, load them
	Host    string   // who answers for the pages: "共青团咸宁市委员会"
	Demo    bool     // synthetic data: every page says so
	Path    string   // path and query of this page, for the language switch
	Back    string   // field and bare: where the arrow leads
	Foot    []Link   // public
	Saved   *Saved   // office: the viewer's views of this list; nil where the page is no list
	Wide    bool     // bare: a wider card
	Plain   bool     // the page writes its own heading (detail pages, the public home)
	Tone    Tone     // bare: Soon for a question, Bad for an error
}

// ThemeCookie holds "light" or "dark", set by the button on the page.
const ThemeCookie = "zd-theme"

// Viewer is who looks; the zero value is a visitor without an account.
type Viewer struct {
	Name string
	Desk string // "咸安区团委 · 受理岗"
	City string // "咸宁"
	Mark string // tells accounts apart in a browser's own storage; empty for a stranger
}

// RailGroup is a heading of the rail with what the viewer may open below it.
type RailGroup struct {
	Label string
	Items []RailItem
}

// RailItem is one line of the rail; Count is written already, "" for none.
type RailItem struct {
	Label, Icon, Href, Count string
	Active                   bool
}

// Crumb is a step of the path to a page; the last has no Href.
type Crumb struct{ Label, Href string }

// Link is words that lead somewhere.
type Link struct{ Label, Href string }

// Action is a button that leads to a page or, with Post, sends a form by itself.
type Action struct {
	Label, Icon, Href string
	Primary, Danger   bool
	Small             bool
	Download          bool
	Print             bool   // opens the printing window instead of a page
	Post              bool   // sends an empty form to Href
	Key               string // idempotency key of that form
	Off               string // why it cannot be pressed now; shown as a disabled button with this reason
}

// Saved is the views of a list that the viewer keeps, and what she may keep now.
type Saved struct {
	Views   []View
	Address string // of the filters set now; "" where none is set or they are kept already
	Words   bool   // words were sought as well, which are not kept
	Here    string // the address of this page, to come back to
	Key     string // idempotency key of the form that keeps them
}

// View leads to a list with filters set.
type View struct {
	Label, Href string
	Active      bool
	Drop, Key   string // where the form goes that deletes it
}

// Flash is what the act just done has to say, shown once on the next page.
type Flash struct {
	Tone Tone
	Text string
	Link *Link
}

func (p Page) theme() string {
	if p.Theme == "dark" {
		return "dark"
	}
	return "light"
}

func (p Page) windowTitle() string {
	name := p.L.T("ui.product")
	if p.Viewer.City != "" {
		name += " · " + p.Viewer.City
	}
	if p.Title == "" {
		return name
	}
	return p.Title + " · " + name
}

func (p Page) foot() string {
	if p.Host == "" {
		return p.L.T("ui.foot.emergency")
	}
	return p.L.T("ui.foot", "host", p.Host)
}

func (p Page) uses(script string) bool { return slices.Contains(p.Scripts, script) }

// OtherLanguage is this page's address in the other language; the web layer remembers the parameter "lang".
func (p Page) OtherLanguage() string {
	u, err := url.Parse(p.Path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set("lang", string(p.otherLang()))
	u.RawQuery = q.Encode()
	return u.String()
}

func (p Page) otherLang() i18n.Lang {
	if p.L.Lang() == i18n.En {
		return i18n.ZhCN
	}
	return i18n.En
}

// shortRail is how many entries a rail may have for all of them to be seen without scrolling on the screens of offices.
const shortRail = 24

// long tells whether the groups of the rail after the first are folded: then the one that is being worked in is open, and those that the viewer opened.
func (p Page) long() bool {
	n := 0
	for _, g := range p.Rail {
		n += len(g.Items)
	}
	return n > shortRail
}

func (g RailGroup) here() bool {
	return slices.ContainsFunc(g.Items, func(i RailItem) bool { return i.Active })
}

func (p Page) menu() []RailItem {
	if len(p.Rail) == 0 {
		return nil
	}
	return p.Rail[0].Items
}

// orText is the part when there is one, else the text.
func orText(part templ.Component, text string) templ.Component {
	if part != nil {
		return part
	}
	return words(text)
}

// upright drops the characters that turn the direction of text, so that no name reads differently from what it is.
func upright(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' {
			return -1
		}
		return r
	}, text)
}
