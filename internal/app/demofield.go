package app

import (
	"context"
	"encoding/json"
	"fmt"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
)

// demoVillage is where the demo's village secretary works.
const demoVillage = "421221106202"

// demoHomes are the households that she knows already.
var demoHomes = []struct {
	head, group   string
	people, young int
}{
	{"余大成", "一组", 4, 1}, {"镇国安", "一组", 3, 0}, {"雷玉兰", "二组", 5, 2}, {"周小满", "二组", 2, 2}, {"陈启明", "三组", 6, 3}, {"王㛃", "三组", 1, 1}, {"𠮷文清", "三组", 3, 1},
}

// addDemoField gives two forms to the village secretaries of a county: one makes households known, the other visits them.
func (s *services) addDemoField(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	county := nodes["421221000000"]
	var made []form.Version
	for _, name := range []string{"homes.md", "visits.md"} {
		v, err := s.publishDemoForm(ctx, county.ID, name)
		if err != nil {
			return err
		}
		made = append(made, v)
	}
	l, err := s.forms.AddLink(ctx, by, made[0].Form, nodes[demoVillage].ID, nodes[demoVillage].Name, 0)
	if err != nil {
		return err
	}
	for _, h := range demoHomes {
		answers, err := json.Marshal(map[string]string{"head": h.head, "group": h.group, "people": fmt.Sprint(h.people), "young": fmt.Sprint(h.young)})
		if err != nil {
			return err
		}
		if _, err := s.forms.Submit(ctx, authz.Actor{City: by.City}, form.Given{Slug: l.Slug, Answers: answers}); err != nil {
			return err
		}
	}
	if err := s.forms.EndLink(ctx, by, l.Form, l.Slug); err != nil {
		return err
	}
	for i, v := range made {
		t := field.Task{Form: v.Form, Org: county.ID, Role: "secretary", Note: []string{"新搬来的也要登记", "先走有困难的户，每户拍一张照片"}[i], Target: []int64{0, 10}[i]}
		if _, err := s.fields.Give(ctx, by, t); err != nil {
			return err
		}
	}
	return nil
}
