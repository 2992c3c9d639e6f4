package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
)

// personRow is a person in a list, as far as the token's account may see.
type personRow struct {
	ID        string `json:"id"`
	Name      string `json:"name" doc:"无权查看姓名时只有姓 masked where names are not the account's to see" example:"张**"`
	Sex       string `json:"sex" doc:"GB/T 2261.1"`
	Born      string `json:"born,omitempty" format:"date"`
	Year      int    `json:"year,omitempty" doc:"出生年份 year of birth"`
	Standing  string `json:"standing,omitempty" doc:"政治面貌 GB/T 4762"`
	PhoneTail string `json:"phone_tail,omitempty" doc:"手机号后四位 last four digits"`
	Home      string `json:"home,omitempty" doc:"保管档案的组织 the organisation that keeps the record"`
	HomeName  string `json:"home_name,omitempty"`
}

func rowOut(x person.Row) personRow {
	return personRow{
		ID: x.ID.String(), Name: x.Name, Sex: x.Sex, Born: x.Born.String(), Year: x.Year, Standing: x.Standing,
		PhoneTail: x.PhoneTail, Home: x.Home.String(), HomeName: x.HomeName,
	}
}

// Chosen are the filters of a list of persons. (Parts of requests and answers have exported names, or the description
// would not know them.)
type Chosen struct {
	Org     string `json:"org,omitempty" query:"org" maxLength:"26" doc:"只列此组织及其下级 only this organisation and what lies below"`
	Tie     string `json:"tie,omitempty" query:"tie" enum:"member,cadre,employee,pupil,resident"`
	Sex     string `json:"sex,omitempty" query:"sex" enum:"0,1,2,9" doc:"GB/T 2261.1"`
	AgeFrom int    `json:"age_from,omitempty" query:"age_from" minimum:"0" maximum:"150" doc:"今天的周岁 age today"`
	AgeTo   int    `json:"age_to,omitempty" query:"age_to" minimum:"0" maximum:"150" doc:"0 为不限 0 for any"`
	Words   string `json:"q,omitempty" query:"q" maxLength:"60" doc:"姓名、拼音、首字母、手机号后四位 name, pinyin, initials, end of a phone number"`
	From    string `json:"from,omitempty" query:"from" maxLength:"4096" doc:"上一页给出的 next 或 prev a page before it gave"`
	Limit   int    `json:"limit,omitempty" query:"limit" minimum:"1" maximum:"200" default:"50"`
	Count   bool   `json:"count,omitempty" query:"count" doc:"同时计数，至 200 为止，查找时至 100 count too, up to 200, in a search up to 100"`
}

type personsIn struct{ Chosen }

type personsSearch struct{ Body Chosen }

// personsList is a page of persons.
type personsList struct {
	Items  []personRow `json:"items"`
	Next   string      `json:"next,omitempty"`
	Prev   string      `json:"prev,omitempty"`
	Count  *int        `json:"count,omitempty"`
	Capped bool        `json:"capped,omitempty" doc:"不止此数 there are more"`
}

type personsOut struct{ Body personsList }

// list is the page of persons that a request asks for.
func (s Services) list(ctx context.Context, r *web.Request, in Chosen) (*personsOut, error) {
	f := person.Filter{Tie: person.TieKind(in.Tie), Sex: in.Sex, Words: in.Words, Size: in.Limit}
	if in.AgeFrom > 0 || in.AgeTo > 0 {
		f.Ages = person.Band{Key: fmt.Sprintf("%d-%d", in.AgeFrom, in.AgeTo), From: in.AgeFrom, To: in.AgeTo}
		if in.AgeTo == 0 {
			f.Ages.To = 150
		}
	}
	if in.Org != "" {
		n, err := at(ctx, s.DB, r.Actor, person.Read, in.Org)
		if err != nil {
			return nil, err
		}
		f.At = n.Path
	}
	var got page.Page[person.Row]
	var n page.Count
	var err error
	if in.Count {
		got, n, err = s.Persons.ListCounted(ctx, r.Actor, f, in.From)
	} else {
		got, err = s.Persons.List(ctx, r.Actor, f, in.From)
	}
	if err != nil {
		return nil, err
	}
	out := &personsOut{personsList{Items: make([]personRow, len(got.Items)), Next: got.Next, Prev: got.Prev}}
	for i, x := range got.Items {
		out.Body.Items[i] = rowOut(x)
	}
	if in.Count {
		out.Body.Count, out.Body.Capped = &n.N, n.Capped
	}
	return out, nil
}

type personIn struct {
	ID string `path:"id" maxLength:"26"`
}

// personJSON is all that an account may see of a person at once. Numbers are masked: they are shown on their page alone,
// where a reason is asked.
type personJSON struct {
	ID        string         `json:"id" doc:"经查为同一人的，给出代表她的编号 of persons merged, the one who stands for them"`
	Name      string         `json:"name"`
	Sex       string         `json:"sex"`
	Born      string         `json:"born,omitempty" format:"date"`
	Ethnicity string         `json:"ethnicity,omitempty" doc:"GB/T 3304"`
	Education string         `json:"education,omitempty" doc:"GB/T 4658"`
	Standing  string         `json:"standing,omitempty" doc:"GB/T 4762"`
	Phone     string         `json:"phone,omitempty" example:"138****1234"`
	Home      string         `json:"home,omitempty"`
	HomeName  string         `json:"home_name,omitempty"`
	Child     bool           `json:"child" doc:"不满 14 周岁 under 14"`
	MadeAt    time.Time      `json:"made_at"`
	Papers    []paperJSON    `json:"papers"`
	Ties      []tieJSON      `json:"ties"`
	Guardians []guardianJSON `json:"guardians"`
	Wards     []guardianJSON `json:"wards"`
	Consents  []consentJSON  `json:"consents"`
}

type paperJSON struct {
	Kind   string `json:"kind"`
	Masked string `json:"masked"`
}

type tieJSON struct {
	Kind    string `json:"kind"`
	Org     string `json:"org,omitempty"`
	OrgName string `json:"org_name,omitempty"`
	Unit    string `json:"unit,omitempty" doc:"来源所写的单位 the unit in the source's words"`
	Role    string `json:"role,omitempty"`
	Began   string `json:"began,omitempty" format:"date"`
}

type guardianJSON struct {
	Person     string `json:"person"`
	Name       string `json:"name"`
	Relation   string `json:"relation" doc:"GB/T 4761"`
	From       string `json:"from,omitempty" format:"date"`
	Until      string `json:"until,omitempty" format:"date"`
	Restricted bool   `json:"restricted" doc:"法院限制 restricted by a court"`
}

type consentJSON struct {
	Purpose   string     `json:"purpose"`
	Version   string     `json:"version"`
	Given     *time.Time `json:"given,omitempty"`
	Withdrawn *time.Time `json:"withdrawn,omitempty"`
}

func personOut(d person.Dossier) personJSON {
	o := personJSON{
		ID: d.ID.String(), Name: d.Name, Sex: d.Sex, Born: d.Born.String(), Ethnicity: d.Ethnicity, Education: d.Education, Standing: d.Standing,
		Phone: d.Phone, Home: d.Home.ID.String(), HomeName: d.Home.Name, Child: d.IsChild, MadeAt: time.UnixMicro(d.MadeAt).UTC(),
		Papers: []paperJSON{}, Ties: []tieJSON{}, Guardians: []guardianJSON{}, Wards: []guardianJSON{}, Consents: []consentJSON{},
	}
	if !d.SeesDetail {
		o.Ethnicity = ""
	}
	for _, p := range d.Papers {
		o.Papers = append(o.Papers, paperJSON{string(p.Kind), p.Masked})
	}
	for _, t := range d.Ties {
		o.Ties = append(o.Ties, tieJSON{string(t.Kind), t.Org.String(), t.OrgName, t.Unit, t.Role, t.Began.String()})
	}
	for _, g := range d.Guardians {
		o.Guardians = append(o.Guardians, guardianJSON{g.Adult.String(), g.Name, g.Relation, g.From.String(), g.Until.String(), g.Restricted})
	}
	for _, g := range d.Wards {
		o.Wards = append(o.Wards, guardianJSON{g.Child.String(), g.Name, g.Relation, g.From.String(), g.Until.String(), g.Restricted})
	}
	for _, c := range d.Consents {
		o.Consents = append(o.Consents, consentJSON{c.Purpose, c.Version, instant(c.Given), instant(c.Withdrawn)})
	}
	return o
}

type personOne struct{ Body personJSON }

func (a *surface) persons(s Services) {
	add(a, operation{path: "/api/v1/persons", name: "listPersons", summary: "人员列表 persons in scope", verb: person.Read, limit: web.Searching},
		func(ctx context.Context, r *web.Request, in *personsIn) (*personsOut, error) {
			if person.Recognise(in.Words).IsNumber() {
				return nil, errs.New(errs.Invalid, "api.number", nil)
			}
			return s.list(ctx, r, in.Chosen)
		})
	add(a, operation{
		method: http.MethodPost, path: "/api/v1/persons/search", name: "searchPersons", verb: person.Read, limit: web.Searching,
		summary: "查找人员；证件号、手机号只在此处查 find persons; whole numbers are looked up here only, where they stand in no address",
	}, func(ctx context.Context, r *web.Request, in *personsSearch) (*personsOut, error) {
		return s.list(ctx, r, in.Body)
	})
	add(a, operation{path: "/api/v1/persons/{id}", name: "getPerson", summary: "一个人 one person", verb: person.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *personIn) (*personOne, error) {
			given, err := id.Parse[person.Person](in.ID)
			if err != nil {
				return nil, err
			}
			d, err := s.Persons.View(ctx, r.Actor, given)
			if err != nil {
				return nil, err
			}
			return &personOne{personOut(d)}, nil
		})
}
