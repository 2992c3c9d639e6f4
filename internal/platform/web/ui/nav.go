package ui

// Tab is a view of the same thing, with how much it holds.
type Tab struct {
	Label, Count, Href string
	Active             bool
}

// Segment is one of a few alternatives in a row. Off names the reason why it is not offered; it is then struck out.
type Segment struct {
	Label, Href string
	Active      bool
	Off         string
}

// Branch is a node of the tree of organisations or divisions.
type Branch struct {
	Label, Href string
	Count, Note string
	Open        bool
	Current     bool
	Below       []Branch
	More        *Link // when not all below are shown
}
