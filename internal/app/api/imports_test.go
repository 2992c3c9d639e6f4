package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

var about = map[string]string{"as_of": "2026-03-31", "source_name": "村级青年摸底表", "fineness": "village", "crs": "wgs84"}

// The whole way of an import by program: uploaded, checked, written, seen, undone.
func TestAnImportFromUploadToUndo(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		clerk := w.as("clerk", "咸宁市", authz.Sensitive, clerkVerbs...)
		code, made, text := clerk.upload("青年.csv", youth("41"), about)
		if code != http.StatusCreated || made["state"] != "checking" || made["file_name"] != "青年.csv" {
			t.Fatalf("upload: %d %s", code, text)
		}
		one := fmt.Sprintf("/api/v1/imports/%v", made["number"])
		step := func(name, body, state string) map[string]any {
			t.Helper()
			if code, _, text := clerk.post(one+"/"+name, body); code != http.StatusOK {
				t.Fatalf("%s: %d %s", name, code, text)
			}
			w.work()
			_, now, text := clerk.get(one)
			if now["state"] != state {
				t.Fatalf("after %s: %s", name, text)
			}
			return now
		}
		checked := step("check", `{}`, "checked")
		if checked["rows"] != 8.0 || checked["bad"] != 0.0 || checked["new"] == 0.0 || checked["work"].(map[string]any)["state"] != "done" {
			t.Errorf("checked: %v", checked)
		}
		if shown := step("apply", `{}`, "visible"); shown["undoable"] != true {
			t.Errorf("applied: %v", shown)
		}
		if code, _, _ := clerk.post(one+"/apply", `{}`); code != http.StatusConflict {
			t.Errorf("applied twice: %d", code)
		}
		_, list, _ := clerk.get("/api/v1/imports")
		if len(items(list)) != 1 || len(list["sources"].([]any)) != 1 {
			t.Errorf("list: %v", list)
		}
		if code, left, text := clerk.post(one+"/undo", ``); code != http.StatusOK || left["persons"] == nil {
			t.Errorf("undo: %d %s", code, text)
		}
		if _, now, _ := clerk.get(one); now["state"] != "undone" {
			t.Errorf("undone: %v", now["state"])
		}
	})
}

// Bad rows are told with row, column and reason; only the good ones are taken where that is said; what nobody wants is given up.
func TestAnImportWithBadRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t, sqldb.Options{}))
	clerk := w.as("clerk", "咸宁市", authz.Sensitive, clerkVerbs...)
	clerk.language = "en"
	_, made, text := clerk.upload("青年.csv", youth("many"), about)
	one := fmt.Sprintf("/api/v1/imports/%v", made["number"])
	if code, _, _ := clerk.post(one+"/check", `{"columns":{"14-17":4}}`); code != http.StatusUnprocessableEntity {
		t.Errorf("without the columns that are needed: %d %s", code, text)
	}
	if code, _, text := clerk.post(one+"/check", ``); code != http.StatusOK {
		t.Errorf("check without a body: %d %s", code, text)
	}
	w.work()
	_, now, text := clerk.get(one)
	problems, _ := now["problems"].([]any)
	if now["bad"] != 8.0 || len(problems) == 0 || problems[0].(map[string]any)["row"] != 2.0 || strings.Contains(text, "⟦") {
		t.Fatalf("checked: %s", text)
	}
	if code, _, text := clerk.post(one+"/apply", `{}`); code != http.StatusUnprocessableEntity {
		t.Errorf("with bad rows: %d %s", code, text)
	}
	if code, now, text := clerk.post(one+"/abandon", ``); code != http.StatusOK || now["state"] != "abandoned" {
		t.Errorf("abandon: %d %s", code, text)
	}
	if code, _, _ := clerk.post(one+"/continue", ``); code != http.StatusConflict {
		t.Errorf("continue what is given up: %d", code)
	}
	if code, _, text := clerk.upload("好.csv", youth("1"), map[string]string{"as_of": "never"}); code != http.StatusUnprocessableEntity || !strings.Contains(text, `"as_of"`) {
		t.Errorf("without a day: %d %s", code, text)
	}
	if code, _, text := clerk.upload("图.csv", "\x89PNG\r\n\x1a\n", about); code != http.StatusUnprocessableEntity {
		t.Errorf("a picture: %d %s", code, text)
	}
}

// A register is the whole city's: who is let in for a county alone can neither read nor bring one.
func TestImportsAreTheCitys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t, sqldb.Options{}))
	clerk := w.as("clerk", "咸宁市", authz.Sensitive, clerkVerbs...)
	_, made, _ := clerk.upload("青年.csv", youth("41"), about)
	one := fmt.Sprintf("/api/v1/imports/%v", made["number"])
	county := w.as("county", "咸安区", authz.Sensitive, clerkVerbs...)
	if code, _, _ := county.upload("青年.csv", youth("41"), about); code != http.StatusNotFound {
		t.Errorf("upload: %d", code)
	}
	for _, path := range []string{"/api/v1/imports", one} {
		if code, _, text := county.get(path); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
	for _, name := range []string{"check", "apply", "continue", "abandon", "undo"} {
		if code, _, text := county.post(one+"/"+name, `{}`); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", name, code, text)
		}
		reader := w.as("reader", "咸宁市", authz.Sensitive, source.Read)
		if code, _, text := reader.post(one+"/"+name, `{}`); code != http.StatusForbidden {
			t.Errorf("%s by a reader: %d %s", name, code, text)
		}
	}
}
