package ui

import "github.com/a-h/templ"

// Box is a panel's head and foot; its body are the children.
type Box struct {
	ID     string
	Title  string
	Hint   string // small words beside the title
	More   *Link  // at the right end of the head
	Foot   string // source, date, how it was counted
	Flush  bool   // the body touches the frame: tables, lists
	Screen bool   // not printed
}

// Fact is a label with its value. An empty value is said, not left out.
type Fact struct {
	Label string
	Value string
	Note  string          // small words after the value
	Part  templ.Component // in place of Value
	Wide  bool
}

// Figure is a number that leads to the list behind it. Outside marks a figure that is not part of the sum before it.
type Figure struct {
	Label, Value, Unit, Note, Href string
	Light                          Tone // draws the deadline light before the label
	Lit                            bool
	Outside                        bool
}

// Document is the head of a detail page.
type Document struct {
	Title, Serial, Sub string
	State              string
	Tone               Tone
	Actions            []Action
	Facts              []Fact // responsible desk, due date, amounts
}

// Act is one line of what was done: when, who, what.
type Act struct {
	When  string
	Who   string
	What  string
	Where string // the desk, or the reason
	Quote string // words written by a person
	Now   bool   // waiting to be done
	Auto  bool   // done by the system
}

// Blank is an empty list: what it would hold and what to do next.
type Blank struct {
	Icon, Title, Text string
	Actions           []Action
}
