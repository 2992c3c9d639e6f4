package form

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/form/survey"
)

func table(t testing.TB, name, content string) (*survey.List, error) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return readTable(at, name)
}

func TestTablesOfChoices(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"a.csv":     "name,label,区\n1,甲,x\n2,\"乙,𠮷\",\n",
		"a.xml":     "<root><item><name>1</name><label>甲</label><区>x</区></item><item><name>2</name><label>乙,𠮷</label></item></root>",
		"a.geojson": `{"type":"FeatureCollection","features":[{"id":1,"properties":{"title":"甲","区":"x"},"geometry":{"type":"Point","coordinates":[114.3,29.8]}},{"id":"2","properties":{"title":"乙,𠮷"},"geometry":null}]}`,
	} {
		list, err := table(t, name, content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if list.Name != "a" || len(list.Items) != 2 || list.Items[1].Value != "2" || list.Items[1].Label[0] != "乙,𠮷" || list.Columns[len(list.Columns)-1] != "区" || list.Items[0].Cells[len(list.Columns)-1] != "x" {
			t.Errorf("%s is read as %+v", name, list)
		}
		if name == "a.geojson" && list.Items[0].Cells[2] != "29.8 114.3 0 0" {
			t.Errorf("a place is %q", list.Items[0].Cells)
		}
	}
	var wide strings.Builder
	for range mostColumns + 1 {
		wide.WriteString("c,")
	}
	for name, content := range map[string]string{"none.csv": "name,label\n", "wide.csv": wide.String() + "\n1\n", "x.geojson": "[]", "y.geojson": `{"type":"Feature"}`, "x.xml": "no xml", "y.xml": "<root/>"} {
		if list, err := table(t, name, content); err == nil {
			t.Errorf("%s is read as %+v", name, list)
		}
	}
}

func FuzzTables(f *testing.F) {
	f.Add("name,label\n1,2\n")
	f.Add(`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1,2],[3]]]}}]}`)
	f.Add("<root><item><a><b/></a></item></root>")
	f.Fuzz(func(t *testing.T, content string) {
		for _, name := range []string{"a.csv", "a.geojson", "a.xml"} {
			list, err := table(t, name, content)
			if err != nil {
				continue
			}
			for _, i := range list.Items {
				if len(i.Cells) > len(list.Columns) {
					t.Errorf("%d cells of %d columns", len(i.Cells), len(list.Columns))
				}
			}
		}
	})
}
