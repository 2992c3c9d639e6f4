package app

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

const loanScheduleHelp = `用法 Usage: zhidian loan schedule --principal YUAN --rate PERCENT --from DATE --to DATE --method METHOD [--policy KEY] … [--json]

计算一笔创业担保贷款的还款计划、利息和财政贴息，精确到分。不读写任何数据库。
The schedule, interest and subsidy of one loan, to the fen. No database is read or written.

  --principal   贷款金额（元） principal in yuan: 300000 or 30万
  --rate        年利率（%） yearly rate in per cent: 4.50; LPR+150bp 按 LPR 加点 from the LPR with points
  --from --to   放款日、到期日 day of disbursement, maturity
  --method      monthly-interest 按月付息到期还本 · quarterly-interest 按季付息到期还本 · annuity 等额本息 ·
                equal-principal 等额本金 · instalments 分期还本（各期用 --prepay 写明）· revolving 随借随还
  --basis       360 或 365，默认 360 days of the year
  --count       actual 实际天数 · calendar 对年对月对日；不写：等额还款按月，其余按天
                without it instalments go by months, interest alone by days
  --day         结息日 settlement day of the month, 20; 不写则自放款日起算 without it periods run from the disbursement day
  --policy      政策版本 version of the policy: HB-QCD-2023/24；不写则按放款日 without it the day decides
  --lpr         签约时一年期 LPR（%）；不写则查表 LPR at signing; without it from the table
  --draw        DATE:AMOUNT 分次提款，可多次；其余在放款日提取 later drawings; what is left is drawn on --from
  --prepay      DATE:AMOUNT 提前还款，可多次 prepayments
  --extend      展期后的到期日 maturity after an extension
  --paid        实际结清日 day on which it was paid; --penalty 罚息倍数，默认 1.5 overdue interest as a multiple
  --kind        individual 个人 · partnership 合伙（--partners N）· firm 小微企业
  --poor        在脱贫地区，利率上限另计 in a county lifted out of poverty: another cap
  --holidays    应还日逢节假日顺延 what falls due on a holiday is due on the next working day
  --json        金额以分计 amounts in fen

利率超过上限、期限超过规定、版本未填写：退出码 2，不输出结果。
A rate above the cap, a term beyond the limit, a version that is not filled: exit code 2 and no result.
`

type scheduleRun struct {
	borrowing
	principal, rate, from, to, method, count, lpr, extend, paid, penalty string
	basis, settle                                                        int
	draws, prepays                                                       []string
	holidays, asJSON                                                     bool
}

// loanSchedule runs `zhidian loan schedule` and gives the exit code.
func loanSchedule(args []string, stdout, stderr io.Writer) int {
	var run scheduleRun
	return textCommand("zhidian loan schedule", loanScheduleHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		run.flags(fs)
		for name, into := range map[string]*string{
			"principal": &run.principal, "rate": &run.rate, "from": &run.from, "to": &run.to, "method": &run.method, "count": &run.count,
			"lpr": &run.lpr, "extend": &run.extend, "paid": &run.paid,
		} {
			fs.StringVar(into, name, "", "")
		}
		fs.StringVar(&run.penalty, "penalty", "1.5", "")
		fs.IntVar(&run.basis, "basis", 360, "")
		fs.IntVar(&run.settle, "day", 0, "")
		for name, into := range map[string]*[]string{"draw": &run.draws, "prepay": &run.prepays} {
			fs.Func(name, "", func(s string) error { *into = append(*into, s); return nil })
		}
		fs.BoolVar(&run.holidays, "holidays", false, "")
		fs.BoolVar(&run.asJSON, "json", false, "")
	}, func() error { return run.do(stdout) })
}

func (r *scheduleRun) do(stdout io.Writer) error {
	l, err := r.loan()
	if err != nil {
		return err
	}
	who, terms, quotes, err := r.find(l.From)
	if err != nil {
		return err
	}
	out := scheduleOut{Policy: terms.Key(), Versions: terms.Versions(), Original: l.To}
	lpr, err := r.findLPR(&l, terms, quotes, who, &out)
	if err != nil {
		return err
	}
	if err := l.Check(); err != nil {
		return err
	}
	if err := policy.CheckTerm(terms, who, l.From, l.To); err != nil {
		return err
	}
	rule, err := policy.Rule(terms, who, lpr)
	if err != nil {
		return err
	}
	var s schedule.Schedule
	if err := s.Compute(&l, &rule); err != nil {
		return err
	}
	for _, u := range terms.Used() {
		if u.Status == rulebook.Unverified {
			out.note(errs.New(errs.Invalid, "rulebook.unverified", errs.Args{"key": u.Version, "field": u.Name}))
		}
	}
	out.fill(&s, rule.Split())
	if r.asJSON {
		e := json.NewEncoder(stdout)
		e.SetEscapeHTML(false)
		return e.Encode(out)
	}
	return out.print(stdout)
}

// loan reads the contract from the flags, all that is wrong with one flag at a time.
func (r *scheduleRun) loan() (l schedule.Loan, err error) {
	l = schedule.Loan{Method: schedule.Method(r.method), Count: schedule.Count(r.count), Basis: r.basis, Settle: r.settle}
	for _, need := range []struct{ name, value string }{{"principal", r.principal}, {"rate", r.rate}, {"from", r.from}, {"to", r.to}, {"method", r.method}} {
		if need.value == "" {
			return l, said{"缺少 --" + need.name, "--" + need.name + " is missing"}
		}
	}
	if l.Principal, err = flagMoney("principal", r.principal); err != nil {
		return l, err
	}
	if !strings.HasPrefix(strings.ToUpper(r.rate), "LPR") {
		if l.Rate, err = flagRate("rate", r.rate); err != nil {
			return l, err
		}
	}
	for _, d := range []struct {
		name, value string
		into        *day.Day
	}{{"from", r.from, &l.From}, {"to", r.to, &l.To}, {"extend", r.extend, &l.Extended}, {"paid", r.paid, &l.Paid}} {
		if *d.into, err = flagDay(d.name, d.value); err != nil {
			return l, err
		}
	}
	penalty, err := money.Parse(r.penalty)
	if err != nil {
		return l, said{"--penalty：应为倍数，例如 1.5", "a multiple, such as 1.5"}
	}
	l.Penalty = schedule.Ratio{Num: int64(penalty), Den: 100}
	if l.Moves, err = readMoves(r.draws, r.prepays); err != nil {
		return l, err
	}
	if r.holidays {
		l.Shift, err = day.NewCalendar(day.Holidays())
	}
	return l, err
}

// readMoves reads DATE:AMOUNT, drawings and prepayments, and puts them in order.
func readMoves(draws, prepays []string) (moves []schedule.Move, err error) {
	for i, texts := range [][]string{draws, prepays} {
		name := [...]string{"draw", "prepay"}[i]
		for _, text := range texts {
			date, amount, found := strings.Cut(text, ":")
			if !found {
				return nil, said{"--" + name + "：“" + text + "”应写成 日期:金额，如 2026-05-10:100000", "write DATE:AMOUNT, as 2026-05-10:100000"}
			}
			var m schedule.Move
			if m.Day, err = flagDay(name, date); err != nil {
				return nil, err
			}
			if m.Amount, err = flagMoney(name, amount); err != nil {
				return nil, err
			}
			if m.Day.IsZero() || m.Amount <= 0 {
				return nil, said{"--" + name + "：金额应大于 0，日期不能空", "the amount must be above 0 and the day given"}
			}
			if name == "prepay" {
				m.Amount = -m.Amount
			}
			moves = append(moves, m)
		}
	}
	slices.SortFunc(moves, func(a, b schedule.Move) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(b.Amount, a.Amount)) // drawn before repaid on the same day
	})
	return moves, nil
}

// findLPR gives the LPR that the contract stands on and holds the rate against the cap. A row that nobody has verified only warns.
func (r *scheduleRun) findLPR(l *schedule.Loan, t *rulebook.Terms, quotes rulebook.Quotes, who policy.Borrower, out *scheduleOut) (lpr money.Rate, err error) {
	known, sure := true, true
	if r.lpr != "" {
		lpr, err = flagRate("lpr", r.lpr)
	} else {
		var q rulebook.Quote
		q, err = quotes.At(policy.LPR, l.From)
		lpr, sure, known = q.Rate, q.Status != rulebook.Unverified, err == nil
	}
	points, floating := strings.CutPrefix(strings.ToUpper(r.rate), "LPR")
	if err != nil && (known || floating || policy.NeedsLPR(t, who)) {
		return 0, err
	}
	if floating {
		more := money.Rate(0)
		if points != "" {
			if more, err = money.ParseRate(strings.TrimPrefix(points, "+")); err != nil {
				return 0, said{"--rate：应写成 LPR+150bp", "write LPR+150bp"}
			}
		}
		l.Rate = lpr + more
	}
	if !known {
		return 0, nil
	}
	out.LPR = &lpr
	if !sure {
		out.note(errs.New(errs.Invalid, "app.loan.lpr_unverified", errs.Args{"lpr": lpr.String()}))
	}
	if _, capped := t.Find("rate_points"); !capped {
		return lpr, nil
	}
	if err := policy.CheckRate(t, who, l.Rate, lpr); err != nil {
		if sure {
			return 0, err
		}
		out.note(err)
	}
	return lpr, nil
}

// scheduleOut is what is printed: periods and total, amounts in fen, then what they rest on.
type scheduleOut struct {
	Periods  []periodOut `json:"periods"`
	Total    totalOut    `json:"total"`
	Policy   string      `json:"policy"`
	Versions []string    `json:"versions"`
	LPR      *money.Rate `json:"lpr_millionths,omitempty"`
	Original day.Day     `json:"original_maturity"`
	Notes    []noteOut   `json:"notes"`
}

type amountsOut struct {
	Days      int        `json:"days"`
	Principal money.Fen  `json:"principal"`
	Interest  money.Fen  `json:"interest"`
	Subsidy   money.Fen  `json:"subsidy"`
	Province  *money.Fen `json:"province"` // null where the version does not say who pays
	Local     *money.Fen `json:"local"`
}

type totalOut = amountsOut

type periodOut struct {
	From day.Day `json:"from"`
	To   day.Day `json:"to"`
	amountsOut
	Due     day.Day         `json:"due"`
	Opening money.Fen       `json:"opening"`
	Status  schedule.Status `json:"status"`
	Slices  []sliceOut      `json:"slices,omitempty"` // where the principal has more than one
}

// sliceOut is the part of a period that has its own payers; the last may be what lies above the limit.
type sliceOut struct {
	Interest money.Fen `json:"interest"`
	Subsidy  money.Fen `json:"subsidy"`
	Province money.Fen `json:"province"`
	Local    money.Fen `json:"local"`
}

type noteOut struct {
	Key     string `json:"key"`
	Chinese string `json:"zh"`
	English string `json:"en"`
}

func (o *scheduleOut) note(err error) {
	o.Notes = append(o.Notes, noteOut{errs.KeyOf(err), inLanguage(i18n.ZhCN, err), inLanguage(i18n.En, err)})
}

func (o *scheduleOut) fill(s *schedule.Schedule, split bool) {
	amounts := func(days int, principal, interest, subsidy, province, local money.Fen) amountsOut {
		a := amountsOut{Days: days, Principal: principal, Interest: interest, Subsidy: subsidy}
		if split {
			a.Province, a.Local = &province, &local
		}
		return a
	}
	for i := range s.Periods {
		p := &s.Periods[i]
		o.Periods = append(o.Periods, periodOut{
			From: p.From, To: p.To, Due: p.Due, Opening: p.Opening, Status: p.Status, Slices: slicesOf(p),
			amountsOut: amounts(p.Days(), p.Principal, p.Interest, p.Subsidy, p.Province, p.Local),
		})
	}
	t := s.Total
	o.Total = amounts(t.Days, t.Principal, t.Interest, t.Subsidy, t.Province, t.Local)
	if o.Notes == nil {
		o.Notes = []noteOut{}
	}
}

func slicesOf(p *schedule.Period) (all []sliceOut) {
	for i, part := range p.Parts {
		if part != (schedule.Part{}) && (i > 0 || part.Interest != p.Interest) {
			all = append(all, sliceOut{part.Interest, part.Subsidy, part.Province, part.Local})
		}
	}
	return all
}

func (o *scheduleOut) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "起 from\t止 to\t天 days\t本金 principal\t利息 interest\t贴息 subsidy\t省 province\t市县 local\t")
	row := func(from, to string, a amountsOut) {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t\n", from, to, a.Days, a.Principal, a.Interest, a.Subsidy, orDash(a.Province), orDash(a.Local))
	}
	for _, p := range o.Periods {
		row(p.From.String(), p.To.String(), p.amountsOut)
	}
	row("", "合计 total", o.Total)
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range o.Notes {
		if _, err := fmt.Fprintf(w, "%s · %s\n", n.Chinese, n.English); err != nil {
			return err
		}
	}
	return nil
}

func orDash(a *money.Fen) string {
	if a == nil {
		return "–"
	}
	return a.String()
}
