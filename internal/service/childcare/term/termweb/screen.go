package termweb

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"zhidian/internal/domain/form/field/fieldweb"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/term"
)

// Screen is the class screen among the pages that a phone keeps.
var Screen = fieldweb.Page{Path: "/field/class", Script: "class"}

// screen is the class screen's page. It holds nothing of anybody: a phone keeps it.
func (p *pages) screen(w http.ResponseWriter, r *web.Request) error {
	page := p.doors.Bare(r, r.L.T("careterm.app.title"), "")
	page.Viewer, page.Scripts, page.Path = ui.Viewer{City: page.Viewer.City}, []string{Screen.Script}, Screen.Path
	return r.Page(w, http.StatusOK, door.With(ui.Field(page), screenBody(spoken(r), telling(r), r)))
}

// spoken are the sentences of the screen.
func spoken(r *web.Request) string {
	all := map[string]string{}
	for _, key := range screenWords {
		all[key] = r.L.T("careterm.app."+key, "n", "{n}", "of", "{of}", "at", "{at}", "name", "{name}", "title", "{title}")
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// telling is what can be told from the screen: the kinds with what each can be about, and how grave incidents are.
func telling(r *web.Request) string {
	type code struct {
		Code  string `json:"code"`
		Label string `json:"label"`
	}
	type kind struct {
		Kind  safety.Kind `json:"kind"`
		Label string      `json:"label"`
		Says  string      `json:"says"`
		Ask   string      `json:"ask"`
		Do    string      `json:"do"`
		Codes []code      `json:"codes"`
	}
	type severity struct {
		N     int64  `json:"n"`
		Label string `json:"label"`
	}
	var kinds []kind
	for _, k := range safety.Kinds {
		one := kind{Kind: k, Label: r.L.T("safety.kind." + string(k)), Says: r.L.T("safety.kind_says." + string(k)), Ask: r.L.T("safety.code_of." + string(k)), Do: r.L.T("safety.tell_do." + string(k))}
		if k == safety.Duty {
			one.Says = r.L.T("safety.duty_tell")
		}
		for _, c := range safety.Codes[k] {
			one.Codes = append(one.Codes, code{c, r.L.T("safety.code." + string(k) + "." + c)})
		}
		kinds = append(kinds, one)
	}
	var grave []severity
	for n := int64(1); n <= 3; n++ {
		key := strconv.FormatInt(n, 10)
		grave = append(grave, severity{n, r.L.T("safety.severity."+key) + "：" + r.L.T("safety.severity_help."+key)})
	}
	b, err := json.Marshal(map[string]any{"kinds": kinds, "severities": grave})
	if err != nil {
		return "{}"
	}
	return string(b)
}

// screenWords are the keys of the screen's sentences, after "careterm.app.".
var screenWords = []string{
	"no_browser", "signed_out", "stopped_offline", "stopped_signin", "stopped_busy", "all_sent", "not_sent", "nothing_waits", "send", "sign_in_says",
	"sign_in", "no_pack", "no_rooms", "find", "there", "lacks", "no_children", "came", "gone", "absent",
	"none", "do_in", "do_out", "do_absent", "refused_n", "with_whom", "somebody_else", "do_refuse", "do_unlisted", "line_in",
	"line_out", "line_absent", "line_refused", "kept", "full", "not_kept", "title",
	"do_tell", "tell_what", "tell_what_of", "tell_words", "choose", "severity", "scan", "scan_stop", "scan_none", "scan_camera", "scanned",
}

// The day as a phone takes it along.
type room struct {
	Tells    bool         `json:"tells"`
	Class    childcare.ID `json:"class"`
	Title    string       `json:"title"`
	Site     string       `json:"site"`
	Day      string       `json:"day"`
	DayText  string       `json:"day_text"`
	Lessons  []lesson     `json:"lessons"`
	Children []child      `json:"children"`
}

type lesson struct {
	Title string `json:"title"`
	Time  string `json:"time"`
	Says  string `json:"says"`
	Lacks bool   `json:"lacks"`
}

type child struct {
	ID         person.ID   `json:"id"`
	Name       string      `json:"name"`
	In         int64       `json:"in"`  // milliseconds
	Out        int64       `json:"out"` // milliseconds
	Absent     bool        `json:"absent"`
	Refused    int         `json:"refused"`
	Collectors []collector `json:"collectors"`
	Code       string      `json:"code"`
	Health     []string    `json:"health"`
}

type collector struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Says string `json:"says"`
}

// pack gives what a phone takes along for a day: the classes before which its owner stands.
func (p *pages) pack(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Rooms(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	rooms := []room{}
	for _, x := range all {
		one := room{Tells: x.Tells, Class: x.Class.ID, Title: x.Class.Title, Site: x.Site, Day: x.Day.String(), DayText: r.L.Date(x.Day), Lessons: []lesson{}, Children: []child{}}
		for _, l := range x.Lessons {
			one.Lessons = append(one.Lessons, lesson{Title: l.Title, Time: hours(r, l.Session), Says: topics(r, l.Topics), Lacks: x.Lacks[l.ID]})
		}
		for _, c := range x.Children {
			kid := child{ID: c.ID, Name: c.Name, In: c.In / 1000, Out: c.Out / 1000, Absent: c.Absent, Refused: c.Refused, Collectors: []collector{}, Code: codeOf(c), Health: health(r, c.Health)}
			for _, k := range c.Collectors {
				says := k.Relation
				if k.Guardian {
					says = r.L.T("careterm.guardian")
				}
				kid.Collectors = append(kid.Collectors, collector{k.ID, k.Name, says})
			}
			one.Children = append(one.Children, kid)
		}
		rooms = append(rooms, one)
	}
	return r.JSON(w, http.StatusOK, map[string]any{"rooms": rooms})
}

// codeOf is what a family shows at the door for a child: it begins so that no other code is taken for one.
func codeOf(c term.Child) string {
	if c.Code == "" {
		return ""
	}
	return "zd-care:" + c.Code
}

// health is what is to be known of a child, each with its heading.
func health(r *web.Request, h childcare.Health) []string {
	all := []string{}
	for _, x := range [][2]string{{"allergies", h.Allergies}, {"illness", h.Illness}, {"medicine", h.Medicine}, {"diet", h.Diet}} {
		if x[1] != "" {
			all = append(all, r.L.T("care.field."+x[0])+"："+x[1])
		}
	}
	return all
}

// send takes one line of attendance.
func (p *pages) send(w http.ResponseWriter, r *web.Request) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var x term.Sent
	if err := json.Unmarshal(b, &x); err != nil {
		return errs.Wrap(err, errs.Invalid, "careterm.shape", nil)
	}
	got, err := p.s.Receive(r.Context(), r.Actor, r.URL.Query().Get("device"), x)
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, got)
}
