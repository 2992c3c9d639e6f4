package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"zhidian/internal/platform/web/ui"
)

func TestAssetsAreNamedByTheManifest(t *testing.T) {
	t.Parallel()
	a, err := ui.ReadAssets(fstest.MapFS{
		"manifest.json": {Data: []byte(`{"app.css":"app-0123456789ab.css"}`)}, "app-0123456789ab.css": {Data: []byte("a{}")},
	})
	if err != nil || !a.Built() {
		t.Fatal(a, err)
	}
	if got := a.URL("app.css"); got != "/assets/app-0123456789ab.css" {
		t.Errorf("URL %q", got)
	}
	if got := a.URL("map.js"); got != "" {
		t.Errorf("an unbuilt file has the address %q", got)
	}
}

func TestPagesStandWithoutBuiltAssets(t *testing.T) {
	t.Parallel()
	a, err := ui.ReadAssets(fstest.MapFS{".keep": {}})
	if err != nil || a.Built() || a.URL("app.css") != "" {
		t.Fatal(a, err)
	}
	var none *ui.Assets
	if none.Built() || none.URL("app.css") != "" {
		t.Error("no assets at all must be bearable")
	}
}

func TestBrokenManifestIsSaid(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fs.FS{
		"not JSON":     fstest.MapFS{"manifest.json": {Data: []byte("<html>")}},
		"file missing": fstest.MapFS{"manifest.json": {Data: []byte(`{"app.css":"gone.css"}`)}},
	} {
		if _, err := ui.ReadAssets(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Icons that a part names are drawn in the sprite only when they are listed.
func TestIconsUsedAreListed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../../assets/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, line := range strings.Fields(string(raw)) {
		listed[line] = true
	}
	named := regexp.MustCompile(`Icon\("([a-z0-9-]+)"\)|Icon: +"([a-z0-9-]+)"|return "([a-z]+(?:-[a-z0-9]+)+)"`)
	root := "../../.." // internal
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".templ") && filepath.Base(path) != "tone.go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			if icon := m[1] + m[2] + m[3]; !listed[icon] {
				t.Errorf("%s uses the icon %s: add it to assets/icons.txt", path, icon)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
