package document_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// Every use case asks for its own right: who holds all but that one is refused, and not even a file is written.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		dir, ctx := t.TempDir(), t.Context()
		files, err := blob.New(dir, seal.Ephemeral("zhidian/test"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = files.Close() })
		s := &document.Service{DB: db, Files: files}
		orgs := &org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}
		root, err := orgs.Create(ctx, authz.System("xianning"), org.New{Kind: org.City, Name: "咸宁市"})
		if err != nil {
			t.Fatal(err)
		}
		n := document.New{Name: "名册.csv", Org: root.ID, Class: authz.Open, Purpose: "registry", KeepUntil: day.Must("2030-12-31"), Limits: limits}
		one, err := s.Store(ctx, authz.System("xianning"), n, strings.NewReader("姓名,年龄\n"))
		if err != nil {
			t.Fatal(err)
		}
		without := func(verb authz.Verb) authz.Actor {
			verbs := slices.DeleteFunc(slices.Clone(document.Verbs), func(v authz.Verb) bool { return v == verb })
			return authz.Actor{City: "xianning", User: "u", Grants: []authz.Held{{Role: authz.Role{Key: "lesser", Verbs: verbs, Sees: authz.Sealed}, At: root.Path}}}
		}
		before := onDisk(t, dir)
		for name, c := range map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"store": {document.Store, func(by authz.Actor) error {
				_, err := s.Store(ctx, by, n, strings.NewReader("另一份,1\n"))
				return err
			}},
			"open": {document.Read, func(by authz.Actor) error {
				_, content, err := s.Open(ctx, by, one)
				if err == nil {
					_ = content.Close()
				}
				return err
			}},
		} {
			if err := c.do(without(c.verb)); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, c.verb.Key, err)
			}
		}
		if after := onDisk(t, dir); !slices.Equal(after, before) {
			t.Errorf("files %v, were %v", after, before)
		}
	})
}

// onDisk gives the files below a folder.
func onDisk(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
