package app

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
)

// The demo's forms, as their authors would hand them in.
//
//go:embed demoforms
var demoForms embed.FS

// addDemoForms publishes a form of the city, with addresses in two counties.
func (s *services) addDemoForms(ctx context.Context, nodes map[string]org.Node) error {
	by := authz.System(s.in.city.Slug)
	v, err := s.publishDemoForm(ctx, nodes["421200000000"].ID, "needs.md")
	if err != nil {
		return err
	}
	for i, code := range []string{"421202000000", "421221000000"} {
		l, err := s.forms.AddLink(ctx, by, v.Form, nodes[code].ID, nodes[code].Name, 0)
		if err != nil {
			return err
		}
		if err := s.addDemoAnswers(ctx, l, i); err != nil {
			return err
		}
	}
	return nil
}

// publishDemoForm lets a form of the demo be filled in.
func (s *services) publishDemoForm(ctx context.Context, of org.ID, name string) (v form.Version, err error) {
	by := authz.System(s.in.city.Slug)
	text, err := demoForms.ReadFile("demoforms/" + name)
	if err != nil {
		return v, err
	}
	dir, err := os.MkdirTemp("", "zhidian-demo-")
	if err != nil {
		return v, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return v, err
	}
	v, faults, err := s.forms.Upload(ctx, by, of, path, name)
	if err == nil && survey.Failed(faults) {
		err = fmt.Errorf("demo: the form %s has faults: %v", name, faults)
	}
	if err != nil {
		return v, err
	}
	return v, s.forms.Release(ctx, by, v.Form, v.Seq, v.MadeAt)
}

// demoAnswers is what some founders have answered.
var demoAnswers = []string{
	`{"who":{"name":"周晓岚","phone":"13900000001","age":"27","stage":"open","opened":"2025-03-18"},"needs":{"kinds":"money sales","money":"12","service":"7","words":"想参加助农展销，不知道找谁报名。"},"agree":"OK"}`,
	`{"who":{"name":"陈启","phone":"13900000002","age":"31","stage":"ready"},"needs":{"kinds":"room people","county":"xianan","site":"a","worker":[{"job":"茶艺师","number":"2"},{"job":"客服","number":"1"}],"service":"6"},"agree":"OK"}`,
	`{"who":{"name":"余佳","phone":"13900000003","age":"24","stage":"idea"},"needs":{"kinds":"money","money":"5","service":"8"},"agree":"OK"}`,
	`{"who":{"name":"雷文","phone":"13900000004","stage":"open","opened":"2023-09-01"},"needs":{"kinds":"people","worker":[{"job":"电商运营","number":"3"}],"service":"9","words":"招不到会剪辑的人。"},"agree":"OK"}`,
	`{"who":{"name":"镇小宁","phone":"13900000005","age":"35","stage":"open","opened":"2021-05-04"},"needs":{"kinds":"sales","service":"5"},"agree":"OK"}`,
}

// addDemoAnswers hands the answers in, one county's and the other's by turns.
func (s *services) addDemoAnswers(ctx context.Context, l form.Link, turn int) error {
	for i, answers := range demoAnswers {
		if i%2 != turn {
			continue
		}
		if _, err := s.forms.Submit(ctx, authz.Actor{City: s.in.city.Slug}, form.Given{Slug: l.Slug, Answers: json.RawMessage(answers)}); err != nil {
			return err
		}
	}
	return nil
}
