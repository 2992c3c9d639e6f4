package personweb

import (
	"encoding/json"
	"net/http"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/web"
)

// The file that somebody takes along. Codes are the national standards' own, which its fields name, so that another program
// can read them.
type (
	copied struct {
		ID, Name, SexGBT2261, Born, EthnicityGBT3304, EducationGBT4658, StandingGBT4762, Phone, KeptBy, From, Entered string
		Papers                                                                                                        []copiedPaper
		Ties                                                                                                          []copiedTie
		Guardians, SpeaksFor                                                                                          []copiedGuardian
		Consents                                                                                                      []copiedConsent
		Acts                                                                                                          []copiedAct
	}
	copiedPaper    struct{ Kind, Number, From string }
	copiedTie      struct{ Kind, Organisation, Role, Since, From string }
	copiedGuardian struct{ Name, RelationGBT4761, From, Until string }
	copiedConsent  struct{ Purpose, Version, Given, Withdrawn string }
	copiedAct      struct{ What, At, Office string }
)

// copy is everything that is kept, as a file that other programs can read (个人信息保护法 art. 45).
func (p *pages) copy(w http.ResponseWriter, r *web.Request) error {
	if r.Session == nil {
		return r.Redirect(w, "/sign-in/phone?next=/my/data", "")
	}
	m, err := p.s.OfMine(r.Context(), r.Actor, web.ID[person.Person](web.Read(r), "of"), true)
	if err != nil {
		return err
	}
	v := ownData{Mine: m}
	var who []string
	for _, a := range v.Acts {
		who = append(who, a.Actor)
	}
	if v.desks, err = p.desks(r, who); err != nil {
		return err
	}
	text, err := json.MarshalIndent(v.copied(r), "", "  ")
	if err != nil {
		return err
	}
	web.Download(w, r.L.T("person.mine")+".json", "application/json; charset=utf-8")
	_, err = w.Write(text)
	return err
}

func (v ownData) copied(r *web.Request) copied {
	file := copied{
		ID: v.ID.String(), Name: v.Name, SexGBT2261: v.Sex, Born: v.Born.String(), EthnicityGBT3304: v.Ethnicity, EducationGBT4658: v.Education,
		StandingGBT4762: v.Standing, Phone: v.Tel, KeptBy: v.Home.Name, From: origin(r, v, v.Since), Entered: stamp(v.MadeAt),
	}
	for i, n := range v.Numbers {
		file.Papers = append(file.Papers, copiedPaper{string(n.Kind), n.Number, origin(r, v, v.Papers[i].Since)})
	}
	for _, t := range v.Ties {
		file.Ties = append(file.Ties, copiedTie{string(t.Kind), t.OrgName + t.Unit, t.Role, t.Began.String(), origin(r, v, t.Since)})
	}
	for _, g := range v.Guardians {
		file.Guardians = append(file.Guardians, copiedGuardian{g.Name, g.Relation, g.From.String(), g.Until.String()})
	}
	for _, g := range v.Wards {
		file.SpeaksFor = append(file.SpeaksFor, copiedGuardian{g.Name, g.Relation, g.From.String(), g.Until.String()})
	}
	for _, c := range v.Consents {
		file.Consents = append(file.Consents, copiedConsent{c.Purpose, c.Version, stamp(c.Given), stamp(c.Withdrawn)})
	}
	for i, a := range mineActs(r, v, v.Acts) {
		file.Acts = append(file.Acts, copiedAct{v.Acts[i].Verb, stamp(v.Acts[i].At), a.Who})
	}
	return file
}

// stamp writes an instant as programs read it.
func stamp(micro int64) string {
	if micro == 0 {
		return ""
	}
	return time.UnixMicro(micro).UTC().Format(time.RFC3339)
}
