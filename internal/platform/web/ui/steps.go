package ui

// Step is one page of a wizard. Done ones may lead back.
type Step struct {
	Label, Href string
	Done        bool
}

// Progress is a long work under way or at its end.
type Progress struct {
	ID      string
	Title   string
	Tone    Tone   // OK and Bad when it has ended
	State   string // "正在检查第 3 张表"
	Done    int64
	Total   int64  // 0: not known yet
	Unit    string // "行"
	Note    string // what happens when one leaves the page
	Poll    string // address of this part alone; "" when it has ended
	Go      string // where to go by itself when it has ended
	Actions []Action
}

// percent is for the words; it is 100 only when all is done.
func (p Progress) percent() int64 {
	if p.Total <= 0 || p.Done <= 0 {
		return 0
	}
	if p.Done >= p.Total {
		return 100
	}
	return min(99, p.Done*100/p.Total)
}
