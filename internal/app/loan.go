package app

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
)

const loanHelp = `用法 Usage: zhidian loan schedule …   还款计划和贴息 schedule and subsidy
       zhidian loan limit …      贷款额度上限 the most that may be lent
       zhidian loan audit …      复算贴息审计包 recompute an audit pack
       zhidian loan pack …       示例审计包 an example of a pack
       zhidian loan … --help
`

// loanCommand runs `zhidian loan …`.
func loanCommand(_ context.Context, c *call) int {
	if len(c.args) > 0 {
		switch rest := c.args[1:]; c.args[0] {
		case "schedule":
			return loanSchedule(rest, c.stdout, c.stderr)
		case "limit":
			return loanLimit(rest, c.stdout, c.stderr)
		case "audit":
			return loanAudit(rest, c.stdout, c.stderr)
		case "pack":
			return loanPack(rest, c.stdout, c.stderr)
		case "--help", "-h":
			fmt.Fprint(c.stdout, loanHelp)
			return exitOK
		}
	}
	fmt.Fprint(c.stderr, loanHelp)
	return exitUsage
}

// borrowing is who borrows under which version: what every loan command asks.
type borrowing struct {
	kind     string
	partners int
	poor     bool
	policy   string
}

func (b *borrowing) flags(fs *flag.FlagSet) {
	fs.StringVar(&b.kind, "kind", string(policy.Individual), "")
	fs.IntVar(&b.partners, "partners", 0, "")
	fs.BoolVar(&b.poor, "poor", false, "")
	fs.StringVar(&b.policy, "policy", "", "")
}

// find gives the borrower, the terms in force and the table of rates. Without a version named, the day decides.
func (b *borrowing) find(on day.Day) (who policy.Borrower, t *rulebook.Terms, q rulebook.Quotes, err error) {
	who = policy.Borrower{Kind: policy.Kind(b.kind), Partners: b.partners, Poor: b.poor}
	if who.Kind == policy.Individual && b.partners > 0 {
		who.Kind = policy.Partnership
	}
	if err = who.Check(); err != nil {
		return who, nil, nil, err
	}
	book, q, err := policy.Shipped()
	if err != nil {
		return who, nil, nil, err
	}
	if b.policy != "" {
		t, err = book.Named(policy.Product, b.policy, on)
	} else {
		t, err = book.At(policy.Product, policy.Province, on)
	}
	return who, t, q, err
}

const loanLimitHelp = `用法 Usage: zhidian loan limit --policy KEY [--on DATE] [--kind individual|partnership|firm] [--partners N] [--json]

按一个政策版本计算贷款额度上限；合伙创业为各人额度之和再加一成。
The most that may be lent under a version of the policy; partners add their limits and have a tenth more.

  --policy     政策版本；不写则按日期 the version; without it the day decides
  --on         放款日 the day of lending
  --kind       借款人类别 who borrows; --partners 合伙人数 number of partners
`

func loanLimit(args []string, stdout, stderr io.Writer) int {
	var b borrowing
	var on string
	asJSON := false
	return textCommand("zhidian loan limit", loanLimitHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		b.flags(fs)
		fs.StringVar(&on, "on", "", "")
		fs.BoolVar(&asJSON, "json", false, "")
	}, func() error {
		d, err := flagDay("on", on)
		if err != nil {
			return err
		}
		if b.policy == "" && d.IsZero() {
			return said{"请用 --policy 指明政策版本，或用 --on 写明放款日", "name the version with --policy, or the day of lending with --on"}
		}
		who, t, _, err := b.find(d)
		if err != nil {
			return err
		}
		limit, err := policy.Limit(t, who)
		if err != nil {
			return err
		}
		if !asJSON {
			_, err = fmt.Fprintf(stdout, "%s %s：%s\n", t.Key(), who.Kind, limit)
			return err
		}
		return json.NewEncoder(stdout).Encode(map[string]any{"policy": t.Key(), "kind": who.Kind, "limit": limit})
	})
}

// flagDay reads a day given with a flag; nothing is no day.
func flagDay(name, text string) (day.Day, error) {
	if text == "" {
		return 0, nil
	}
	d, err := day.Parse(text)
	if err != nil {
		return 0, said{"--" + name + "：“" + text + "”不是日期，应写成 2026-01-15", "not a date, write 2026-01-15"}
	}
	return d, nil
}

// flagMoney reads an amount in yuan.
func flagMoney(name, text string) (money.Fen, error) {
	a, err := money.Parse(text)
	if err != nil {
		return 0, said{"--" + name + "：" + inLanguage(i18n.ZhCN, err), inLanguage(i18n.En, err)}
	}
	return a, nil
}

// flagRate reads a rate; a bare number is per cent, as the help says.
func flagRate(name, text string) (money.Rate, error) {
	r, err := money.ParseRate(text)
	if errs.KeyOf(err) == "money.rate_format" {
		r, err = money.ParseRate(text + "%")
	}
	if err != nil {
		return 0, said{"--" + name + "：" + inLanguage(i18n.ZhCN, err), inLanguage(i18n.En, err)}
	}
	return r, nil
}
