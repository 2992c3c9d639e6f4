package product

import (
	"context"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
)

// Asked is what somebody who wants to know what she could get has told. Nothing of it is kept anywhere.
type Asked struct {
	County org.ID // where the business is; empty: elsewhere, or not told
	Facts  condition.Facts
}

// Outcome is what a set of rules says of her.
type Outcome struct {
	Version, Title string // of the policy; of an offer they are empty
	Source         string
	From, Until    day.Day
	Result         rulebook.Judgement
	None           error // why no rule could be asked: none in force, its text is awaited, or no condition is written
}

// Offer is a product that may be applied for today, held against what she has told.
type Offer struct {
	Shown
	Own rulebook.Judgement // by the product's own terms
}

// Checked is everything that she could get today, rule by rule (我能申请什么).
type Checked struct {
	Today day.Day
	// Policy is what is in force. Where its text is awaited, Last is the version before it, which is in force no more: it says what was
	// asked until then, and decides nothing.
	Policy Outcome
	Last   *Outcome
	Offers []Offer
	LPR    rulebook.Quote // by which rates are told; zero where none is entered
}

// Answer is what the policy and a product say together. While the policy's text is awaited nobody can say yes.
func (c *Checked) Answer(o Offer) rulebook.Answer {
	own := o.Own.Answer()
	if own == rulebook.No || own == rulebook.Untold {
		return own
	}
	if c.Policy.None != nil {
		return rulebook.Doubt
	}
	return c.Policy.Result.Answer()
}

// Survey is what the page asks with: the counties, the industries, and those among them that a policy closes.
type Survey struct {
	Counties   []org.Node
	Industries venture.Industries
	Closed     []string // codes, of the policy in force or the last that was
	Offers     []Shown
}

// LookSurvey gives what the public page asks with.
func (s *Service) LookSurvey(ctx context.Context, city string) (v Survey, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		root, err := org.Root(q)
		if err != nil {
			return err
		}
		children, err := org.Children(q, root.ID)
		if err != nil {
			return err
		}
		for _, n := range children {
			if n.Kind == org.County {
				v.Counties = append(v.Counties, n)
			}
		}
		if v.Industries, err = venture.LoadIndustries(q); err != nil {
			return err
		}
		book, _, err := rulebook.InForce(q)
		if err != nil {
			return err
		}
		area, err := areaOf(q, "")
		if err != nil {
			return err
		}
		if terms := latest(book, area, s.today(q)); terms != nil {
			v.Closed, _ = terms.Words("industries_closed") // none stated, none asked for
		}
		products, err := offered(q, s.today(q))
		if err != nil {
			return err
		}
		v.Offers, err = s.shown(q, products)
		return err
	})
	return v, err
}

// Check holds what somebody has told against the policy in force and each product on offer where she is. It reads and writes nothing
// of hers.
func (s *Service) Check(ctx context.Context, city string, a Asked) (c Checked, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		c.Today = s.today(q)
		area, err := areaOf(q, a.County)
		if err != nil {
			return err
		}
		book, quotes, err := rulebook.InForce(q)
		if err != nil {
			return err
		}
		if c.LPR, err = quotes.At(policy.LPR, c.Today); err != nil && errs.KindOf(err) != errs.Absent {
			return err
		}
		if err := c.policy(book, area, a.Facts); err != nil {
			return err
		}
		products, err := On(q, c.Today, area)
		if err != nil {
			return err
		}
		all, err := s.shown(q, products)
		if err != nil {
			return err
		}
		for _, p := range all {
			own, err := p.judge(a.Facts)
			if err != nil {
				return err
			}
			c.Offers = append(c.Offers, Offer{p, own})
		}
		return nil
	})
	return c, err
}

// areaOf gives the code of a county; the city's where none was told.
func areaOf(q sqldb.Q, county org.ID) (string, error) {
	if county.IsZero() {
		root, err := org.Root(q)
		if err != nil {
			return "", err
		}
		county = root.ID
	}
	codes, err := org.Codes(q, county)
	for _, c := range codes {
		if c.Scheme == "stat" {
			return c.Code, err
		}
	}
	return policy.Province, err
}

// policy asks the policy in force, and where its text is awaited the one before it.
func (c *Checked) policy(book rulebook.Book, area string, facts condition.Facts) error {
	terms, err := book.At(policy.Product, area, c.Today)
	switch kind := errs.KindOf(err); {
	case err == nil:
		c.Policy, err = outcome(book, terms, facts)
		return err
	case kind != errs.Absent && kind != errs.Invalid:
		return err
	}
	c.Policy.None = err
	if last := lastOf(book, area, c.Today); last != nil {
		if terms, err = book.Named(policy.Product, last.Key, last.Until); err != nil {
			return err
		}
		o, err := outcome(book, terms, facts)
		c.Last = &o
		return err
	}
	return nil
}

// latest gives the terms in force, or those before a version whose text is awaited; nil where there are none.
func latest(book rulebook.Book, area string, today day.Day) *rulebook.Terms {
	if terms, err := book.At(policy.Product, area, today); err == nil {
		return terms
	}
	if last := lastOf(book, area, today); last != nil {
		if terms, err := book.Named(policy.Product, last.Key, last.Until); err == nil {
			return terms
		}
	}
	return nil
}

// lastOf gives the version that was the nearest in force until one whose text is awaited took its place.
func lastOf(book rulebook.Book, area string, today day.Day) (last *rulebook.Version) {
	for i := range book {
		v := &book[i]
		if v.Product != policy.Product || len(v.Fields) == 0 || v.Until.IsZero() || v.Until >= today || !strings.HasPrefix(area, v.Area) {
			continue
		}
		if last == nil || len(v.Area) > len(last.Area) || len(v.Area) == len(last.Area) && v.Until > last.Until {
			last = v
		}
	}
	return last
}

func outcome(book rulebook.Book, terms *rulebook.Terms, facts condition.Facts) (o Outcome, err error) {
	v, err := book.Find(policy.Product, terms.Key())
	if err != nil {
		return o, err
	}
	o = Outcome{Version: v.Key, Title: v.Title, Source: v.Source, From: v.From, Until: v.Until}
	if !terms.Conditioned() {
		o.None = errs.New(errs.Invalid, "loanproduct.no_conditions", errs.Args{"key": v.Key})
		return o, nil
	}
	judging, err := terms.Judging(policy.Facts)
	if err != nil {
		return o, err
	}
	o.Result = judging.Judge(facts)
	return o, nil
}

// own are a product's own terms as conditions; their sentences are messages, by these keys.
var own = []condition.Rule{
	{Key: "kind", Text: "loanproduct.own.kind", Expr: "kind in kinds"},
	{Key: "least", Text: "loanproduct.own.least", Expr: "amount >= least"},
	{Key: "most", Text: "loanproduct.own.most", Expr: "amount <= most"},
	{Key: "shortest", Text: "loanproduct.own.shortest", Expr: "months >= months_from"},
	{Key: "longest", Text: "loanproduct.own.longest", Expr: "months <= months_to"},
}

// judge asks a product's own terms, whose numbers are those of its edition.
func (p *Product) judge(facts condition.Facts) (j rulebook.Judgement, err error) {
	kinds := make([]string, len(p.Kinds))
	for i, k := range p.Kinds {
		kinds[i] = string(k)
	}
	numbers := map[string]condition.Number{}
	for name, v := range map[string]any{"kinds": kinds, "least": int(p.Least), "most": int(p.Most), "months_from": p.MonthsFrom, "months_to": p.MonthsTo} {
		numbers[name] = condition.Number{Value: v, Version: p.Code}
	}
	set, err := condition.Compile(own, policy.Facts, numbers)
	if err != nil {
		return j, err
	}
	result := set.Judge(facts)
	j.Eligible = result.Eligible
	for i, v := range result.Rules {
		j.Rules = append(j.Rules, rulebook.Ruled{Verdict: v, Condition: rulebook.Condition{Rule: own[i], Source: p.Source, Status: p.Status}, Version: p.Code})
	}
	return j, nil
}
