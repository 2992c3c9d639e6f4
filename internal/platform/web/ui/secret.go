package ui

// Secret is a masked value and where to ask to see it; without Href the viewer may not.
type Secret struct {
	Masked string // "421223 ●●●●●●●● 0●●X"
	Href   string
	Note   string // "每次显示都会记入办理记录"
}

// Shown is a revealed value that hides itself again.
type Shown struct {
	ID            string
	Value, Masked string
	Seconds       int
}

// Reason asks why someone wants to see a masked value, before it is shown.
type Reason struct {
	Action, Key string
	Title       string // "为什么要看完整身份证号？"
	Reasons     []Option
	Seconds     int
	Cancel      string
	Error       string
}

// Question is a page that asks before an act that cannot simply be taken back.
type Question struct {
	Text   string // what will happen, to what
	Facts  []Fact
	Action string
	Key    string
	Label  string // the act as a verb
	Danger bool
	Back   string
}
