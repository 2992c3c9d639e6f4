package bankfile

import (
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
)

// Fields are the columns that a file may have, by the names under which banks have them.
var Fields = []sheet.Field{
	{Name: "number", Aliases: []string{"借据号", "借据编号", "贷款借据号", "借据号码"}, Required: true},
	{Name: "balance", Aliases: []string{"贷款余额", "本金余额", "余额", "贷款余额（元）"}, Required: true},
	{Name: "late", Aliases: []string{"逾期天数", "逾期天数（天）", "本金逾期天数"}},
	{Name: "class", Aliases: []string{"五级分类", "风险分类", "五级分类结果"}},
	{Name: "rate", Aliases: []string{"执行利率", "年利率", "利率", "执行年利率"}},
}

// classes are the words for the five classes.
var classes = map[string]string{"正常": "normal", "关注": "mention", "次级": "substandard", "可疑": "doubtful", "损失": "loss"}

// Limits of a file.
const (
	mostRows     = 200_000
	mostProblems = 200
	mostLate     = 36_500
	mostNumber   = 60
)

// ReadRows reads a file by the titles that its bank uses. Everything that cannot be read is named with row and column; a file with such a
// thing is not read at all.
func ReadRows(book *sheet.Book, titles map[string]string) ([]Row, error) {
	if len(book.Sheets()) == 0 {
		return nil, errs.New(errs.Invalid, "bankfile.empty", nil)
	}
	name := book.Sheets()[0].Name
	head, err := book.Head(name, 25)
	if err != nil {
		return nil, err
	}
	fields := make([]sheet.Field, len(Fields))
	for i, f := range Fields {
		if own := titles[f.Name]; own != "" {
			f.Aliases = append([]string{own}, f.Aliases...)
		}
		fields[i] = f
	}
	m, wrong := sheet.FindHeader(head, fields)
	var p errs.Problems
	for _, x := range wrong {
		p.Add("file", x.Key, x.Args)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	r := reader{m: m, seen: map[string]int{}}
	for row, err := range book.Rows(name) {
		if err != nil {
			return nil, err
		}
		if row.Number <= m.HeaderRow {
			continue
		}
		if r.row(row); len(r.p.List()) >= mostProblems {
			break
		}
		if len(r.rows) > mostRows {
			return nil, errs.New(errs.Invalid, "bankfile.too_long", errs.Args{"most": mostRows})
		}
	}
	if err := r.p.Err(); err != nil {
		return nil, err
	}
	if len(r.rows) == 0 {
		return nil, errs.New(errs.Invalid, "bankfile.empty", nil)
	}
	return r.rows, nil
}

type reader struct {
	m    sheet.Mapping
	p    errs.Problems
	rows []Row
	seen map[string]int
}

func (r *reader) bad(row sheet.Row, field, key string, more ...any) {
	args := errs.Args{"row": row.Number, "column": sheet.ColumnName(r.m.Columns[field]), "value": r.m.Text(row, field)}
	for i := 0; i+1 < len(more); i += 2 {
		args[more[i].(string)] = more[i+1]
	}
	r.p.Add("file", key, args)
}

// row reads one row; one without a number and a balance is a foot or a blank and is passed over.
func (r *reader) row(row sheet.Row) {
	number, balance := r.m.Text(row, "number"), r.m.Text(row, "balance")
	if number == "" || strings.HasPrefix(number, "合计") {
		if number == "" && balance != "" && len(r.rows) > 0 && !isFoot(row) {
			r.bad(row, "number", "bankfile.no_number")
		}
		return
	}
	x := Row{No: row.Number, Number: number, Late: -1, Rate: -1}
	if r.m.Cell(row, "number").Damaged() || len([]rune(number)) > mostNumber {
		r.bad(row, "number", "bankfile.number")
	}
	if first, twice := r.seen[number]; twice {
		r.bad(row, "number", "bankfile.twice", "first", first)
	}
	r.seen[number] = row.Number
	sum, err := money.Parse(balance)
	if err != nil || sum < 0 {
		r.bad(row, "balance", "bankfile.balance")
	}
	x.Balance = sum
	if text := r.m.Text(row, "late"); text != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(text, "天"))
		if err != nil || n < 0 || n > mostLate {
			r.bad(row, "late", "bankfile.late")
		}
		x.Late = n
	}
	if text := r.m.Text(row, "class"); text != "" {
		x.Class = classes[strings.TrimSuffix(text, "类")]
		if x.Class == "" {
			r.bad(row, "class", "bankfile.class")
		}
	}
	if text := r.m.Text(row, "rate"); text != "" {
		rate, err := money.ParseRate(text)
		if errs.KeyOf(err) == "money.rate_format" {
			rate, err = money.ParseRate(text + "%")
		}
		if err != nil || rate < 0 || rate > money.One {
			r.bad(row, "rate", "bankfile.rate")
		}
		x.Rate = rate
	}
	r.rows = append(r.rows, x)
}

// isFoot tells whether a row sums up the others.
func isFoot(row sheet.Row) bool {
	for i := range row.Cells {
		if strings.Contains(row.Text(i), "合计") || strings.Contains(row.Text(i), "总计") {
			return true
		}
	}
	return false
}
