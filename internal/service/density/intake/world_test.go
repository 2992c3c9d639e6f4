package intake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
	"zhidian/internal/service/density/intake"
)

// world is a small city with its divisions, ready to import into.
type world struct {
	*intake.Service
	by   authz.Actor
	city *demo.City
	size demo.Size
	dir  string
}

var asOf = day.Must("2026-06-30")

func newWorld(t testing.TB, db *sqldb.DB, slug string, size demo.Size) *world {
	t.Helper()
	dir := t.TempDir()
	keys := seal.Ephemeral("zhidian/" + slug)
	files, err := blob.New(filepath.Join(dir, "files"), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	serials := &sqldb.Serials{DB: db}
	w := &world{
		Service: &intake.Service{
			DB: db, Serials: serials, Keys: keys, Files: files,
			Sources: &source.Service{DB: db, Serials: serials}, AskAtMost: 100,
		},
		by: authz.System(slug), size: size, dir: dir,
	}
	if w.city, err = demo.Make(size); err != nil {
		t.Fatal(err)
	}
	w.divisions(t, w.city.Divisions)
	return w
}

var kindOf = map[string]org.Kind{"city": org.City, "county": org.County, "township": org.Township, "village": org.Village}

// divisions founds the trunk of the tree in one act.
func (w *world) divisions(t testing.TB, all []demo.Division) {
	t.Helper()
	first, err := w.Serials.Next(t.Context(), w.by.City, "org", int64(len(all)))
	if err != nil {
		t.Fatal(err)
	}
	err = w.DB.Write(t.Context(), w.by, func(tx *sqldb.Tx) error {
		made := map[string]org.Node{}
		var parents []string
		below := map[string][]org.New{}
		codes := map[string][]string{}
		for _, d := range all {
			if below[d.Parent] == nil {
				parents = append(parents, d.Parent)
			}
			codes[d.Parent] = append(codes[d.Parent], d.Code)
			below[d.Parent] = append(below[d.Parent], org.New{
				Kind: kindOf[d.Level], Name: d.Name, At: &geo.Point{Lon: d.At.Lon, Lat: d.At.Lat}, CRS: "wgs84", Fineness: "village",
				Codes: []org.Code{{Scheme: "stat", Code: d.Code}},
			})
		}
		no := first
		for _, p := range parents {
			nodes, err := org.Add(tx, made[p], no, below[p])
			if err != nil {
				return err
			}
			no += int64(len(nodes))
			for i, n := range nodes {
				made[codes[p][i]] = n
			}
		}
		return tx.Record(org.Create, "", act.Change{"divisions": len(all)})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// file writes a table as the registry would export it, xlsx or csv by the name's end.
func (w *world) file(t testing.TB, table demo.Table, ending string) string {
	t.Helper()
	path := filepath.Join(w.dir, strings.ReplaceAll(table.File, "/", "_")+ending)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	format := sheet.XLSX
	if ending == ".csv" {
		format = sheet.CSV
	}
	columns := make([]sheet.OutColumn, len(table.Head))
	for i, h := range table.Head {
		columns[i] = sheet.OutColumn{Title: h, Text: true}
	}
	out, err := sheet.NewWriter(f, format, "Sheet1", columns)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, len(table.Head))
	for _, r := range table.Rows {
		for i, v := range r {
			values[i] = v
		}
		if err := out.Write(values...); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// load imports a table in one go.
func (w *world) load(t testing.TB, table demo.Table, ending string) intake.Report {
	t.Helper()
	r, err := w.File(t.Context(), w.by, intake.Kind(table.Kind), table.Name, w.file(t, table, ending), table.AsOf, intake.Options{Fineness: source.Point}, nil)
	if err != nil {
		t.Fatalf("%s: %v %+v", table.Kind, err, firstOf(r.Problems))
	}
	return r
}

func firstOf(all []intake.Problem) []intake.Problem { return all[:min(5, len(all))] }

// tables are the demo's files in the order in which they are to be imported.
func (w *world) tables() []demo.Table {
	return []demo.Table{
		w.city.Companies(asOf), w.city.Schools(asOf), w.city.Branches(asOf), w.city.Members(w.size, asOf, 0), w.city.Youth(w.size, asOf, 0), w.city.Sites(w.size, asOf),
	}
}

func migrateForTest(t testing.TB, db *sqldb.DB) {
	t.Helper()
	if err := db.Migrate(t.Context(), schema.Migrations); err != nil {
		t.Fatal(err)
	}
}
