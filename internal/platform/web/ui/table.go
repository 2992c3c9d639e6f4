package ui

import "github.com/a-h/templ"

// Kind is what a column holds; it decides alignment and what a card on a phone shows first.
type Kind int

// The kinds of columns.
const (
	Words   Kind = iota
	Number       // right-aligned
	Serial       // monospace
	Title        // the row's name, leads to the thing, comes first on a card
	NextAct      // the next act as a verb, last
	Short        // a word or two that stay in one line
)

func (k Kind) class() string {
	switch k {
	case Number:
		return "zd-num"
	case Serial:
		return "zd-code"
	case Title:
		return "t"
	case Short, NextAct:
		return "zd-nowrap"
	}
	return ""
}

// Column is a heading. With SortHref it can be sorted by; Sorted is "ascending", "descending" or "".
type Column struct {
	Head     string
	Kind     Kind
	SortHref string
	Sorted   string
	Says     string // what the column means, on hover; the page must tell it elsewhere too: a phone does not hover
}

// Cell is one value: text, a link, or any part.
type Cell struct {
	Text  string
	Href  string
	After string          // grey words after it
	Part  templ.Component // in place of Text
	Value string          // the plain figure ("1204", "0.213"), for charts; "" when hidden or unknown
}

// Row is a line. ID makes it pickable; Label is how a screen reader names that box.
type Row struct {
	ID, Label string
	Cells     []Cell
	Sum       bool // the total
	Sub       bool // a part of the row above
}

// Group is rows under one heading, such as "已逾期 2 件"; with an empty Title there is no heading.
type Group struct {
	Title, Count, Note string
	Rows               []Row
}

// Table is a list on desks that becomes cards under 640 pixels, or, with Figures, a table of numbers that scrolls sideways.
type Table struct {
	ID      string
	Label   string // what the list is, read aloud
	Columns []Column
	Groups  []Group
	Pick    string // name of the boxes; "" when rows cannot be picked
	Figures bool
}

// Rows makes the single group of a plain list.
func Rows(rows ...Row) []Group { return []Group{{Rows: rows}} }

func (t Table) class() string {
	if t.Figures {
		return "zd-table zd-list"
	}
	if t.Pick != "" {
		return "zd-table zd-queue zd-cards"
	}
	return "zd-table zd-list zd-cards"
}

func (t Table) width() int {
	if t.Pick != "" {
		return len(t.Columns) + 1
	}
	return len(t.Columns)
}

// column tolerates a row longer than the heads.
func (t Table) column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

func (r Row) class() string {
	switch {
	case r.Sum:
		return "sum"
	case r.Sub:
		return "sub"
	}
	return ""
}

// Filter is one drop-down of a list's filters.
type Filter struct {
	Name, Label string
	Options     []Option
}

// Search is the box that finds within a list.
type Search struct{ Name, Label, Value, Placeholder string }

// Filters is the one row above a list. Its state lives in the address; the form is sent by GET.
type Filters struct {
	Action  string
	Filters []Filter
	Search  *Search
	Keep    []Param // other parameters of the address that stay
	Clear   string  // address without filters, "" when none is set
	Export  []Export
}

// Param is a name and value of an address.
type Param struct{ Name, Value string }

// Export is a button that says how much it will write.
type Export struct {
	Href   string
	Count  int64
	Capped bool   // there are more than Count, and all of them are written
	Format string // "xlsx", "GeoJSON"; "" when there is only one
}

// Pages is the place in a long list: keyset, so there are no page numbers.
type Pages struct {
	Prev, Next string // addresses, "" at the ends
	Size       int    // rows on a page
}

// Bulk is what can be done with picked rows.
type Bulk struct {
	Name, Value, Label string
}
