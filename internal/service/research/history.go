package research

import (
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// mostPast is how many voices a venture's dossier tells of.
const mostPast = 20

// OfVenture gives, for the history of a venture, the voices of its founders: those asked from an account with which one entered
// the venture, or which is tied to a founder. The founder reads her own; others need the right where the voice belongs.
func (s *Service) OfVenture(q sqldb.Q, by authz.Actor, _ venture.Venture, founders []venture.Founder, own bool) (all []venture.Line, err error) {
	if !own && !by.May(ReadVoices) {
		return nil, nil
	}
	var w sqldb.Where
	var people []person.ID
	marks := ""
	mark := func(a string) {
		if marks != "" {
			marks += ", "
		}
		marks += w.Arg(a)
	}
	for _, f := range founders {
		if f.Account != "" && (!own || f.Account == by.User) {
			mark(f.Account)
		}
		if !own && !f.Person.IsZero() {
			same, err := person.Same(q, f.Person)
			if err != nil && errs.KindOf(err) != errs.Absent {
				return nil, err
			}
			people = append(people, same...)
		}
	}
	if own {
		mark(by.User)
	}
	behind, err := account.Behind(q, people)
	if err != nil {
		return nil, err
	}
	for _, a := range behind {
		mark(a.String())
	}
	if marks == "" {
		return nil, nil
	}
	found, err := sqldb.All(q, scanVoice, `SELECT `+voiceColumns+` FROM voice v WHERE v.city = $1 AND v.account IN (`+marks+`) ORDER BY v.id DESC LIMIT `+w.Arg(mostPast), w.Args()...)
	if err != nil {
		return nil, err
	}
	for _, v := range found {
		m, err := casework.Find(q, v.Matter)
		if errs.KindOf(err) == errs.Absent {
			continue
		}
		if err != nil {
			return nil, err
		}
		at, err := org.Find(q, v.Org)
		if err != nil {
			return nil, err
		}
		if !own && !by.Can(ReadVoices, at.Path) {
			continue
		}
		all = append(all, venture.Line{At: v.RaisedAt, Key: "research.past." + string(m.State), Text: m.Serial + " " + m.Title})
	}
	return all, nil
}
