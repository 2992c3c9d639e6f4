// Package intake takes the registries' spreadsheets in: it checks each file row by row, shows what would change, and
// writes it so that all of it counts at once or none.
package intake

import (
	"embed"
	"encoding/json"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// Messages holds the texts of this package's problems.
//
//go:embed messages
var Messages embed.FS

// Kind is what the rows of a file are.
type Kind string

// The kinds of file.
const (
	LeagueOrgs Kind = "league_orgs" // 团组织
	Members    Kind = "members"     // 团员
	Cadres     Kind = "cadres"      // 团干部
	Youth      Kind = "youth"       // youth counts per village and age band
	Employers  Kind = "employers"   // 企业
	Schools    Kind = "schools"     // 学校
	Sites      Kind = "sites"       // 阵地
)

// Kinds lists the kinds in the order in which a city is best filled: who is referred to comes first.
var Kinds = []Kind{Employers, Schools, LeagueOrgs, Members, Cadres, Youth, Sites}

// Valid tells whether k is one of the kinds.
func (k Kind) Valid() bool { _, ok := fields[k]; return ok }

// written are the tables that the rows of a file reach.
const written = person.Written + " " + org.Written + " " + place.Written + " youth_count " + source.Written

// What people do with imports. An import replaces what its source said of the whole city, so these are held at the city.
var (
	Check = authz.Verb{Key: "import.check", Writes: source.Written}
	Apply = authz.Verb{Key: "import.apply", Writes: written}
	Show  = authz.Verb{Key: "import.show", Writes: written}
	Undo  = authz.Verb{Key: "import.undo", Writes: written}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Check, Apply, Show, Undo}

// Level says whether a row can be taken in.
type Level string

// The levels of a problem.
const (
	Bad  Level = "bad"  // the row is left out
	Warn Level = "warn" // the row is taken in; somebody should look
)

// Problem is one thing wrong with one cell.
type Problem struct {
	Row    int       `json:"row"`             // as Excel counts, 0 for the file as a whole
	Column int       `json:"column"`          // counted from 0, -1 for the row as a whole
	Field  string    `json:"field"`           // the field's name, see Fields
	Title  string    `json:"title,omitempty"` // the column's own head
	Key    string    `json:"key"`             // the message
	Args   errs.Args `json:"args,omitempty"`
	Level  Level     `json:"level"`
}

// Mapping says where the fields of a delivery stand in its file.
type Mapping struct {
	Sheet     string         `json:"sheet"`
	HeaderRow int            `json:"header_row"`
	Columns   map[string]int `json:"columns"` // by field
	Titles    []string       `json:"titles"`  // of all columns, in order
}

func (m Mapping) column(field string) int {
	if i, ok := m.Columns[field]; ok {
		return i
	}
	return -1
}

func (m Mapping) title(column int) string {
	if column >= 0 && column < len(m.Titles) {
		return m.Titles[column]
	}
	return ""
}

// Options are what the clerk decides about a file.
type Options struct {
	GoodRows bool            `json:"good_rows,omitempty"` // take the good rows although others are bad
	Fineness source.Fineness `json:"fineness,omitempty"`  // for a new source
	CRS      geo.CRS         `json:"crs,omitempty"`       // for a new source
}

// kept is how many problems and samples a report holds; the marked-up file holds all problems.
const (
	keptProblems = 1000
	keptSamples  = 20
)

// Report is what the check of a file found, and later what became of it.
type Report struct {
	Kind     Kind             `json:"kind"`
	Mapping  Mapping          `json:"mapping"`
	Options  Options          `json:"options"`
	Base     int64            `json:"base"` // the source's delivery that this one was compared with
	Counts   source.Counts    `json:"counts"`
	Same     int64            `json:"same"` // rows that say what was known
	Notes    []errs.Problem   `json:"notes,omitempty"`
	Problems []Problem        `json:"problems,omitempty"` // the first of them
	Reasons  map[string]int64 `json:"reasons,omitempty"`  // how often each message key came up
	Shift    geo.CRS          `json:"shift,omitempty"`    // the system that the positions seem to be in, where it is not the stated one
	Damaged  bool             `json:"damaged,omitempty"`  // numbers were damaged by a spreadsheet: doubtful ones are refused too
	Samples  Samples          `json:"samples"`
	Undone   *Undone          `json:"undone,omitempty"`
	Seed     string           `json:"seed,omitempty"` // from which the ids of new persons are drawn, so that a run after a crash draws the same
}

// Samples are a few of the rows that would change something.
type Samples struct {
	Fresh   []Sample `json:"fresh,omitempty"`
	Changed []Sample `json:"changed,omitempty"`
	Gone    []Sample `json:"gone,omitempty"`
}

// Sample is one row that would change something; Name is masked where it is a person's.
type Sample struct {
	Row    int      `json:"row,omitempty"`
	Name   string   `json:"name"`
	Fields []string `json:"fields,omitempty"` // which fields differ
}

func reportOf(d source.Delivery) (Report, error) {
	var r Report
	err := json.Unmarshal(d.Report, &r)
	return r, err
}

// ReportOf reads the report of a delivery; the zero report where its check has not begun.
func ReportOf(d source.Delivery) Report {
	r, err := reportOf(d)
	if err != nil {
		return Report{}
	}
	r.Counts = d.Counts
	return r
}

// Service is the use cases of imports.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
	Keys    seal.Provider
	Files   *blob.Store
	Sources *source.Service
	Limits  sheet.Limits
	// AskAtMost is for how many rows of a register the database is asked who holds their papers; behind them a census is taken,
	// which costs as much as some ten thousand questions where a million people are known. 0 stands for 10,000.
	AskAtMost int
	// After runs in the act that shows or undoes a delivery, for what is derived from it; nil for nothing.
	After func(tx *sqldb.Tx, d source.Delivery, kind Kind) error
	// Referred names the persons and organisations to whom nouns refer that imports do not know, such as matters and
	// grants, whoever brought them; nil for none.
	Referred func(q sqldb.Q) ([]person.ID, []org.ID, error)
	// Step is told each step that has been committed, for crash tests; nil in service.
	Step func(name string)
}
