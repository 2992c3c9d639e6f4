package form

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
)

// Choices in a file are read as a list like any other: csv with a header, GeoJSON with the properties of its features, and XML
// as ODK writes it (root, item, and in each item its columns).

// onceNode makes a document once.
type onceNode struct {
	once sync.Once
	node *xpath.Node
}

func (o *onceNode) get(make func() *xpath.Node) *xpath.Node {
	o.once.Do(func() { o.node = make() })
	return o.node
}

// most bounds a table of choices.
const (
	mostItems   = 200_000
	mostColumns = 60
)

// tabular tells whether a file holds choices.
func tabular(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".geojson", ".xml":
		return true
	}
	return false
}

// readTable reads choices of a file on disk.
func readTable(at, name string) (*survey.List, error) {
	f, err := os.Open(at)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return readOpen(onDisk{f, info.Size()}, name)
}

// onDisk is a file of the disk, as long as it was when it was opened.
type onDisk struct {
	*os.File
	size int64
}

func (f onDisk) Size() int64 { return f.size }

// readOpen reads choices and closes their file.
func readOpen(f sheet.File, name string) (*survey.List, error) {
	read := map[string]func(sheet.File) ([]string, [][]string, error){".csv": readCSV, ".geojson": readGeoJSON, ".xml": readXML}[strings.ToLower(path.Ext(name))]
	columns, rows, err := read(f)
	if err != nil {
		var known *errs.Error
		if errors.As(err, &known) {
			return nil, err
		}
		return nil, errs.Wrap(err, errs.Invalid, "form.attach_table", errs.Args{"name": name})
	}
	if len(rows) > mostItems || len(columns) > mostColumns {
		return nil, errs.New(errs.Invalid, "form.attach_large", errs.Args{"name": name, "rows": mostItems, "columns": mostColumns})
	}
	if len(rows) == 0 {
		return nil, errs.New(errs.Invalid, "form.attach_empty", errs.Args{"name": name})
	}
	return listOf(survey.FileID(name), columns, rows), nil
}

// listOf makes a list of rows: the columns name and label are a choice's value and text, the others are what filters ask for.
func listOf(name string, columns []string, rows [][]string) *survey.List {
	list := &survey.List{Name: name, Items: make([]survey.Item, len(rows))}
	value, label := slices.Index(columns, "name"), slices.Index(columns, "label")
	for at, column := range columns {
		if at != value && at != label {
			list.Columns = append(list.Columns, column)
		}
	}
	for i, row := range rows {
		item := &list.Items[i]
		for at, cell := range row {
			switch at {
			case value:
				item.Value = cell
			case label:
				item.Label = survey.Texts{cell}
			default:
				item.Cells = append(item.Cells, cell)
			}
		}
	}
	return list
}

// readCSV reads a table with a header.
func readCSV(f sheet.File) (columns []string, rows [][]string, err error) {
	book, err := sheet.OpenFile(f, sheet.Limits{FileBytes: 20 << 20, UnzippedBytes: 64 << 20, StringBytes: 64 << 20})
	if err != nil {
		return nil, nil, err
	}
	defer book.Close()
	if book.Format != sheet.CSV {
		return nil, nil, errors.New("form: not csv")
	}
	for row, err := range book.Rows(book.Sheets()[0].Name) {
		if err != nil {
			return nil, nil, err
		}
		if columns == nil {
			for i := range row.Cells {
				columns = append(columns, strings.TrimSpace(row.Text(i)))
			}
			continue
		}
		cells := make([]string, len(columns))
		for i := range cells {
			cells[i] = row.Text(i)
		}
		if rows = append(rows, cells); len(rows) > mostItems {
			break
		}
	}
	return columns, rows, nil
}

// feature is one thing on a map.
type feature struct {
	ID         any
	Properties map[string]any
	Geometry   struct {
		Type        string
		Coordinates json.RawMessage
	}
}

// readGeoJSON reads the features of a collection: their ids, titles, other properties, and where they are, as ODK writes it.
func readGeoJSON(f sheet.File) (columns []string, rows [][]string, err error) {
	defer f.Close()
	var in struct {
		Type     string
		Features []feature
	}
	if err := json.NewDecoder(io.NewSectionReader(f, 0, 20<<20)).Decode(&in); err != nil {
		return nil, nil, err
	}
	if in.Type != "FeatureCollection" {
		return nil, nil, errors.New("form: no FeatureCollection")
	}
	columns = []string{"name", "label", "id", "title", "geometry"}
	at := map[string]int{"id": 2, "title": 3}
	for _, x := range in.Features {
		for key := range x.Properties {
			if _, there := at[key]; !there && key != "name" && key != "label" && key != "geometry" {
				at[key] = 0 // counted below, in the order of the alphabet
			}
		}
	}
	var further []string
	for key, place := range at {
		if place == 0 {
			further = append(further, key)
		}
	}
	slices.Sort(further)
	for _, key := range further {
		at[key] = len(columns)
		columns = append(columns, key)
	}
	for _, x := range in.Features {
		row := make([]string, len(columns))
		for key, value := range x.Properties {
			if place := at[key]; place > 0 {
				row[place] = plainValue(value)
			}
		}
		if x.ID != nil {
			row[2] = plainValue(x.ID)
		}
		row[0], row[1], row[4] = row[2], row[3], position(x)
		rows = append(rows, row)
	}
	return columns, rows, nil
}

func plainValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// position writes where a feature is as an answer of a geopoint, geotrace or geoshape is.
func position(x feature) string {
	var points [][]float64
	switch x.Geometry.Type {
	case "Point":
		points = [][]float64{nil}
		if json.Unmarshal(x.Geometry.Coordinates, &points[0]) != nil {
			return ""
		}
	case "LineString":
		if json.Unmarshal(x.Geometry.Coordinates, &points) != nil {
			return ""
		}
	case "Polygon":
		var rings [][][]float64
		if json.Unmarshal(x.Geometry.Coordinates, &rings) != nil || len(rings) == 0 {
			return ""
		}
		points = rings[0]
	}
	var all []string
	for _, p := range points {
		if len(p) < 2 {
			return ""
		}
		all = append(all, plainValue(p[1])+" "+plainValue(p[0])+" 0 0")
	}
	return strings.Join(all, "; ")
}

// readXML reads root, item, columns.
func readXML(f sheet.File) (columns []string, rows [][]string, err error) {
	defer f.Close()
	in := xml.NewDecoder(io.NewSectionReader(f, 0, 20<<20))
	at := map[string]int{}
	var row []string
	var text strings.Builder
	depth := 0
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
			if text.Reset(); depth == 2 {
				row = nil
			}
			if _, there := at[x.Name.Local]; depth == 3 && !there {
				at[x.Name.Local] = len(columns)
				columns = append(columns, x.Name.Local)
			}
		case xml.CharData:
			text.Write(x)
		case xml.EndElement:
			if depth == 3 {
				for len(row) <= at[x.Name.Local] {
					row = append(row, "")
				}
				row[at[x.Name.Local]] = strings.TrimSpace(text.String())
			}
			if depth == 2 && len(row) > 0 {
				rows = append(rows, row)
			}
			depth--
		}
		if len(rows) > mostItems {
			break
		}
	}
	for i := range rows {
		for len(rows[i]) < len(columns) {
			rows[i] = append(rows[i], "")
		}
	}
	return columns, rows, nil
}
