package personweb

import (
	"slices"

	"github.com/a-h/templ"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// mask is a masked number with the way to see it.
func (v shown) mask(r *web.Request, masked string, kind person.PaperKind) templ.Component {
	s := ui.Secret{Masked: masked}
	if v.reveals {
		s.Href, s.Note = oneURL(v.ID, "show")+"?what="+string(kind), r.L.T("person.noted")
	}
	return ui.Mask(r.L, s)
}

// shownWords are the words that stand in the box again: never a number of a person.
func (v listed) shownWords() string {
	if v.private {
		return ""
	}
	return v.words
}

func (v listed) emptyActions(r *web.Request) []ui.Action {
	var all []ui.Action
	if r.Actor.May(person.Create) {
		all = append(all, ui.Action{Label: r.L.T("person.do_new"), Icon: "plus", Href: newURL(v.at.ID)})
	}
	return all
}

func consentTable(r *web.Request, all []person.Consent) ui.Table {
	return ui.Table{Label: r.L.T("person.consents"), Groups: consentRows(r, all), Columns: []ui.Column{
		{Head: r.L.T("person.purpose"), Kind: ui.Title}, {Head: r.L.T("person.version")}, {Head: r.L.T("person.given")}, {Head: r.L.T("person.state")},
	}}
}

// holding gives the purposes to which consent holds, each once.
func holding(all []person.Consent) (purposes []string) {
	for _, c := range all {
		if c.Withdrawn == 0 && !slices.Contains(purposes, c.Purpose) {
			purposes = append(purposes, c.Purpose)
		}
	}
	return purposes
}
