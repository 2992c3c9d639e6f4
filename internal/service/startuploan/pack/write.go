package pack

import (
	"io"
	"strconv"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
)

// Write writes the workbook; Compute comes first. The manual describes the sheets.
func (p *Pack) Write(w io.Writer) error {
	out, err := sheet.NewWriter(w, sheet.XLSX, "批次", columns("项目", "内容"))
	if err != nil {
		return err
	}
	total := money.Fen(0)
	for _, l := range p.lines {
		total += l.Subsidy
	}
	for _, row := range [][2]string{
		{"批次号", p.Number}, {"银行", p.Bank}, {"期间起（不含）", p.Batch.From.String()}, {"期间止（含）", p.Batch.To.String()}, {"申请贴息额", total.Plain()},
	} {
		if err := out.Write(row[0], row[1]); err != nil {
			return err
		}
	}
	for _, table := range []func(*sheet.Writer) error{p.writeLoans, p.writeMoves, p.writeExcluded, p.writePolicies, p.writeQuotes, p.writeLines, p.writeEarlier} {
		if err := table(out); err != nil {
			return err
		}
	}
	return out.Close()
}

func columns(titles ...string) []sheet.OutColumn {
	all := make([]sheet.OutColumn, len(titles))
	for i, t := range titles {
		all[i] = sheet.OutColumn{Title: t, Text: true, Width: 16}
	}
	return all
}

// number writes a count, nothing for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func orNone(d day.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (p *Pack) writeLoans(out *sheet.Writer) error {
	err := out.Next("贷款", columns("借据号", "县区代码", "借款人", "合伙人数", "脱贫地区", "放款日", "原到期日", "展期到期日", "结清日", "贷款金额", "年利率", "计息基准", "还款方式", "计息方法", "结息日", "罚息倍数", "签订日"))
	if err != nil {
		return err
	}
	for i := range p.Loans {
		l := &p.Loans[i]
		poor := ""
		if l.Borrower.Poor {
			poor = "是"
		}
		due, extended := l.End(), l.Extended
		if !extended.IsZero() {
			due, extended = l.To, due
		}
		penalty := int64(150) // hundredths of the rate
		if l.Penalty.Den > 0 {
			penalty = l.Penalty.Num * 100 / l.Penalty.Den
		}
		if err := out.Write(l.Number, l.Area, string(l.Borrower.Kind), number(l.Borrower.Partners), poor, l.From.String(), due.String(), orNone(extended), orNone(l.Paid),
			l.Principal.Plain(), l.Rate.String(), strconv.Itoa(l.Basis), string(l.Method), string(l.Counted()), number(l.Settle), money.Fen(penalty).Plain(), orNone(l.Signed)); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pack) writeMoves(out *sheet.Writer) error {
	if err := out.Next("资金", columns("借据号", "日期", "提款", "还款")); err != nil {
		return err
	}
	for i := range p.Loans {
		for _, m := range p.moves[p.Loans[i].Number] {
			drawn, repaid := "", ""
			if m.Amount > 0 {
				drawn = m.Amount.Plain()
			} else {
				repaid = (-m.Amount).Plain()
			}
			if err := out.Write(p.Loans[i].Number, m.Day.String(), drawn, repaid); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Pack) writeExcluded(out *sheet.Writer) error {
	if err := out.Next("停贴", columns("借据号", "起", "止", "原因")); err != nil {
		return err
	}
	for i := range p.Loans {
		for _, x := range p.Loans[i].Excluded {
			if err := out.Write(p.Loans[i].Number, x.From.String(), x.To.String(), x.Reason); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Pack) writePolicies(out *sheet.Writer) error {
	if err := out.Next("政策", columns("版本", "地区", "施行日", "截止日", "项目", "项目施行日", "内容", "状态", "来源")); err != nil {
		return err
	}
	for i := range p.Book {
		v := &p.Book[i]
		if len(v.Fields) == 0 {
			if err := out.Write(v.Key, v.Area, v.From.String(), orNone(v.Until), "", "", "", "", v.Source); err != nil {
				return err
			}
		}
		for _, f := range v.Fields {
			if err := out.Write(v.Key, v.Area, v.From.String(), orNone(v.Until), f.Name, orNone(f.From), f.Value, string(f.Status), f.Source); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Pack) writeQuotes(out *sheet.Writer) error {
	if err := out.Next("LPR", columns("名称", "起", "止", "利率", "状态", "来源")); err != nil {
		return err
	}
	for _, q := range p.Quotes {
		if err := out.Write(q.Series, q.From.String(), orNone(q.Until), q.Rate.String(), string(q.Status), q.Source); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pack) writeLines(out *sheet.Writer) error {
	err := out.Next("明细", columns("借据号", "起", "止", "天数", "状态", "段", "计息本金×天数", "年利率", "LPR", "利息", "不贴息天数", "不贴息原因", "贴息", "省级", "市县", "政策版本"))
	if err != nil {
		return err
	}
	for _, l := range p.lines {
		province, local := "", ""
		if l.Split {
			province, local = l.Province.Plain(), l.Local.Plain()
		}
		if err := out.Write(l.Loan, l.From.String(), l.To.String(), strconv.Itoa(l.Days), string(l.Status), strconv.Itoa(l.Slice), l.Segments, l.Rate.String(), l.LPR.String(),
			l.Interest.Plain(), number(l.Excluded), l.Reason, l.Subsidy.Plain(), province, local, l.Version); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pack) writeEarlier(out *sheet.Writer) error {
	if err := out.Next("往批", columns("借据号", "起", "止", "批次号")); err != nil {
		return err
	}
	for _, e := range p.Earlier {
		if err := out.Write(e.Loan, e.From.String(), e.To.String(), e.Batch); err != nil {
			return err
		}
	}
	return nil
}
