package document_test

import (
	"io"
	"strings"
	"testing"

	"zhidian/internal/domain/document"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

var limits = blob.Limits{Size: 1 << 20, Types: []blob.Type{blob.CSV}}

func TestADocumentIsOpenedOnlyWhereItMayBe(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = files.Close() })
		s := &document.Service{DB: db, Files: files}
		orgs := &org.Service{DB: db, Serials: &sqldb.Serials{DB: db}}
		add := func(city string, kind org.Kind, name string, parent org.ID) org.Node {
			n, err := orgs.Create(t.Context(), authz.System(city), org.New{Kind: kind, Name: name, Parent: parent})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		root := add("xianning", org.City, "咸宁市", "")
		a, b := add("xianning", org.County, "咸安区", root.ID), add("xianning", org.County, "嘉鱼县", root.ID)
		twin := add("twin", org.City, "孪生市", "")
		as := func(city string, at org.Node, sees authz.Class) authz.Actor {
			role := authz.Role{Key: "clerk", Verbs: document.Verbs, Sees: sees}
			return authz.Actor{City: city, User: string(id.New[org.Node](db.Now())), Grants: []authz.Held{{Role: role, At: at.Path}}}
		}
		n := document.New{Name: "名册.csv", Org: a.ID, Class: authz.Sensitive, Purpose: "registry", KeepUntil: day.Must("2030-12-31"), Limits: limits}
		if _, err := s.Store(t.Context(), as("xianning", b, authz.Sensitive), n, strings.NewReader("a,b\n")); errs.KindOf(err) != errs.Absent {
			t.Errorf("stored in another county: %v", err)
		}
		clerk := as("xianning", a, authz.Sensitive)
		if _, err := s.Store(t.Context(), clerk, document.New{Org: a.ID, Limits: limits}, strings.NewReader("a,b\n")); len(errs.ProblemsOf(err)) != 3 {
			t.Errorf("problems: %v", err)
		}
		one, err := s.Store(t.Context(), clerk, n, strings.NewReader("姓名,年龄\n"))
		if err != nil {
			t.Fatal(err)
		}
		same, err := s.Store(t.Context(), clerk, n, strings.NewReader("姓名,年龄\n"))
		if err != nil || same == one {
			t.Fatalf("%v, %v", same, err)
		}
		d, content, err := s.Open(t.Context(), clerk, one)
		if err != nil || d.Class != authz.Sensitive || d.KeepUntil != n.KeepUntil {
			t.Fatalf("%+v, %v", d, err)
		}
		if text, err := io.ReadAll(content); err != nil || string(text) != "姓名,年龄\n" || content.Close() != nil {
			t.Errorf("%q, %v", text, err)
		}
		for name, c := range map[string]struct {
			by   authz.Actor
			kind errs.Kind
		}{
			"another county": {as("xianning", b, authz.Sensitive), errs.Absent}, "a lower class": {as("xianning", a, authz.Open), errs.Denied},
			"the twin": {as("twin", twin, authz.Sensitive), errs.Absent},
		} {
			if _, _, err := s.Open(t.Context(), c.by, one); errs.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
