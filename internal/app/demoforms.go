package app

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"

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
	text, err := demoForms.ReadFile("demoforms/needs.md")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "zhidian-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "needs.md")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	v, faults, err := s.forms.Upload(ctx, by, nodes["421200000000"].ID, path, "青年创业者需求.md")
	if err == nil && survey.Failed(faults) {
		err = fmt.Errorf("demo: the form has faults: %v", faults)
	}
	if err != nil {
		return err
	}
	if err := s.forms.Release(ctx, by, v.Form, v.Seq); err != nil {
		return err
	}
	for _, code := range []string{"421202000000", "421221000000"} {
		if _, err := s.forms.AddLink(ctx, by, v.Form, nodes[code].ID, nodes[code].Name, 0); err != nil {
			return err
		}
	}
	return nil
}
