package loanaudit

import (
	"strconv"
	"strings"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
)

// reader reads the sheets of a pack and gathers what cannot be read, cell by cell.
type reader struct {
	book     *sheet.Book
	problems errs.Problems
	in       *input
}

// mostProblems are told of one pack; then it is the wrong file.
const mostProblems = 50

// row is a row of a sheet whose columns are found by their titles.
type row struct {
	*reader
	sheet   string
	columns map[string]int
	sheet.Row
}

// each goes through the rows of a sheet behind its first, which must hold the titles.
func (r *reader) each(name string, titles []string, see func(row)) {
	at := row{reader: r, sheet: name}
	for got, err := range r.book.Rows(name) {
		if err != nil {
			r.problems.Add(name, "loanaudit.sheet", errs.Args{"sheet": name})
			return
		}
		if at.columns == nil {
			at.columns = map[string]int{}
			for i := range got.Cells {
				at.columns[got.Text(i)] = i
			}
			for _, t := range titles {
				_, ok := at.columns[t]
				if !r.problems.Require(ok, name, "loanaudit.column", errs.Args{"sheet": name, "column": t}) {
					return
				}
			}
			continue
		}
		at.Row = got
		if see(at); len(r.problems.List()) > mostProblems {
			return
		}
	}
	if at.columns == nil {
		r.problems.Add(name, "loanaudit.sheet", errs.Args{"sheet": name})
	}
}

// text gives a cell by its column's title.
func (w row) text(title string) string {
	i, ok := w.columns[title]
	if !ok {
		return ""
	}
	return w.Text(i)
}

func (w row) bad(title string) {
	w.problems.Add(w.sheet, "loanaudit.cell", errs.Args{"sheet": w.sheet, "row": w.Number, "column": title, "value": w.text(title)})
}

// parse reads a cell; an empty one is zero where it may be.
func parse[T any](w row, title string, may bool, read func(string) (T, error)) (got T) {
	s := w.text(title)
	if s == "" && may {
		return got
	}
	got, err := read(s)
	if err != nil {
		w.bad(title)
	}
	return got
}

func (w row) day(title string, may bool) day.Day     { return parse(w, title, may, day.Parse) }
func (w row) money(title string, may bool) money.Fen { return parse(w, title, may, money.Parse) }
func (w row) rate(title string) money.Rate           { return parse(w, title, false, money.ParseRate) }
func (w row) count(title string, may bool) (n int)   { return parse(w, title, may, strconv.Atoi) }
func (w row) unverified() bool                       { return w.text("状态") == "unverified" || w.text("状态") == "" }

// read reads the whole pack; the error carries everything that could not be read.
func read(book *sheet.Book) (*input, error) {
	r := &reader{book: book, in: &input{loans: map[string]*loan{}}}
	r.batch()
	r.loans()
	r.moves()
	r.rules()
	r.lines()
	return r.in, r.problems.Err()
}

func (r *reader) batch() {
	values := map[string]row{}
	r.each("批次", []string{"项目", "内容"}, func(w row) { w.Row = w.Clone(); values[w.text("项目")] = w })
	for _, need := range []string{"批次号", "期间起（不含）", "期间止（含）", "申请贴息额"} {
		w, ok := values[need]
		if !r.problems.Require(ok, "批次", "loanaudit.batch", errs.Args{"item": need}) {
			continue
		}
		switch need {
		case "批次号":
			r.in.number = w.text("内容")
		case "期间起（不含）":
			r.in.from = w.day("内容", false)
		case "期间止（含）":
			r.in.to = w.day("内容", false)
		default:
			r.in.total = w.money("内容", false)
		}
	}
	if w, ok := values["银行"]; ok {
		r.in.bank = w.text("内容")
	}
}

var (
	kinds   = map[string]bool{"individual": true, "partnership": true, "firm": true}
	methods = map[string]int{"monthly-interest": 1, "annuity": 1, "equal-principal": 1, "quarterly-interest": 3, "instalments": 3, "revolving": 3}
)

func (r *reader) loans() {
	r.each("贷款", []string{"借据号", "县区代码", "借款人", "放款日", "原到期日", "贷款金额", "年利率", "计息基准", "还款方式", "计息方法"}, func(w row) {
		l := &loan{
			row: w.Number, number: w.text("借据号"), area: w.text("县区代码"), kind: w.text("借款人"), method: w.text("还款方式"), count: w.text("计息方法"),
			partners: w.count("合伙人数", true), poor: w.text("脱贫地区") == "是", from: w.day("放款日", false), to: w.day("原到期日", false),
			extended: w.day("展期到期日", true), principal: w.money("贷款金额", false), rate: w.rate("年利率"),
			basis: w.count("计息基准", false), settle: w.count("结息日", true), penalty: w.money("罚息倍数", true), signed: w.day("签订日", true),
		}
		if l.penalty == 0 {
			l.penalty = 150
		}
		if l.signed.IsZero() {
			l.signed = l.from
		}
		for title, ok := range map[string]bool{
			"借据号":   l.number != "" && r.in.loans[l.number] == nil,
			"借款人":   kinds[l.kind],
			"还款方式":  methods[l.method] > 0,
			"计息方法":  l.count == "actual" || l.count == "calendar",
			"计息基准":  l.basis == 360 || l.basis == 365,
			"结息日":   l.settle >= 0 && l.settle <= 31,
			"合伙人数":  l.partners >= 0 && l.partners <= 100,
			"原到期日":  l.from.IsZero() || l.to > l.from && l.to <= l.from.AddMonths(600),
			"展期到期日": l.extended.IsZero() || l.extended > l.to && l.extended <= l.to.AddMonths(600),
			"罚息倍数":  l.penalty >= 100 && l.penalty <= 300,
			"贷款金额":  l.principal >= 0 && l.principal <= 1_000_000_000_000,
			"年利率":   l.rate >= 0 && l.rate <= money.One,
		} {
			if !ok {
				w.bad(title)
			}
		}
		r.in.loans[l.number] = l
	})
}

// of gives the loan that a row of another sheet speaks of.
func (w row) of() *loan {
	l := w.in.loans[w.text("借据号")]
	if l == nil {
		w.bad("借据号")
	}
	return l
}

func (r *reader) moves() {
	r.each("资金", []string{"借据号", "日期", "提款", "还款"}, func(w row) {
		m := move{w.day("日期", false), w.money("提款", true) - w.money("还款", true)}
		if m.amount > 1_000_000_000_000 || m.amount < -1_000_000_000_000 {
			w.bad("提款")
		} else if l := w.of(); l != nil {
			l.moves = append(l.moves, m)
		}
	})
	r.each("停贴", []string{"借据号", "起", "止", "原因"}, func(w row) {
		s := span{w.day("起", false), w.day("止", false), w.text("原因")}
		if l := w.of(); l != nil {
			l.excluded = append(l.excluded, s)
		}
	})
	r.each("往批", []string{"借据号", "起", "止", "批次号"}, func(w row) {
		r.in.earlier = append(r.in.earlier, claimed{w.text("借据号"), w.day("起", false), w.day("止", false), w.text("批次号")})
	})
}

func (r *reader) rules() {
	r.each("政策", []string{"版本", "地区", "施行日", "项目", "内容", "状态"}, func(w row) {
		r.in.fields = append(r.in.fields, field{
			version: w.text("版本"), area: w.text("地区"), from: w.day("施行日", false), until: w.day("截止日", true),
			name: w.text("项目"), value: w.text("内容"), since: w.day("项目施行日", true), unverified: w.unverified(),
		})
	})
	r.each("LPR", []string{"名称", "起", "止", "利率", "状态"}, func(w row) {
		if w.text("名称") == "LPR1Y" {
			r.in.quotes = append(r.in.quotes, quote{w.day("起", false), w.day("止", true), w.rate("利率"), w.unverified()})
		}
	})
}

func (r *reader) lines() {
	r.each("明细", []string{"借据号", "起", "止", "天数", "段", "计息本金×天数", "年利率", "利息", "贴息", "省级", "市县", "政策版本"}, func(w row) {
		l := line{
			row: w.Number, loan: w.text("借据号"), status: w.text("状态"), version: w.text("政策版本"), from: w.day("起", false), to: w.day("止", false),
			days: w.count("天数", false), slice: w.count("段", false), excluded: w.count("不贴息天数", true), rate: w.rate("年利率"),
			interest: w.money("利息", false), subsidy: w.money("贴息", false), province: w.money("省级", true), local: w.money("市县", true),
			split: w.text("省级") != "" || w.text("市县") != "",
		}
		if w.text("LPR") != "" {
			l.lpr = w.rate("LPR")
		}
		for _, s := range strings.Fields(w.text("计息本金×天数")) {
			amount, days, found := strings.Cut(s, "×")
			a, err := money.Parse(amount)
			n, bad := strconv.Atoi(days)
			if !found || err != nil || bad != nil || n < 0 || n > 40_000 {
				w.bad("计息本金×天数")
				break
			}
			l.segments = append(l.segments, segment{a, n})
		}
		if l.slice < 1 || l.slice > 3 {
			w.bad("段")
		}
		if l.to < l.from || l.to > l.from.AddDays(40_000) {
			w.bad("止")
		}
		r.in.lines = append(r.in.lines, l)
	})
}
