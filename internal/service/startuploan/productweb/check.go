package productweb

import (
	"net/http"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
)

const checkURL = "/loans"

// checking is the public page: its questions and, once some were answered, what comes of them.
type checking struct {
	product.Survey
	form *web.Form
	got  *product.Checked // nil before anything was answered
}

func (p *pages) askCheck(w http.ResponseWriter, r *web.Request) error {
	return p.showCheck(w, r, checking{form: web.ReadValues(nil)})
}

func (p *pages) showCheck(w http.ResponseWriter, r *web.Request, v checking) (err error) {
	if v.Survey, err = p.s.LookSurvey(r.Context(), r.City); err != nil {
		return err
	}
	page := p.doors.Public(r, r.L.T("loancheck.title"), r.L.T("loancheck.purpose"))
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Public, page, checkBody(r, v))
	}
	return door.Show(w, r, ui.Public, page, checkBody(r, v))
}

// check answers at once and keeps nothing: what was typed comes with the request and goes back with the page.
func (p *pages) check(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	a := product.Asked{Facts: told(f)}
	switch at := f.Text("county", web.Max(40)); at {
	case "":
	case "province", "outside":
		a.Facts["local"] = at == "province"
	default:
		a.County = web.ID[org.Node](f, "county")
		a.Facts["local"] = true
	}
	v := checking{form: f}
	if f.Err() == nil {
		got, err := p.s.Check(r.Context(), r.City, a)
		if err != nil {
			return err
		}
		v.got = &got
	}
	return p.showCheck(w, r, v)
}

// bounds are the most that a number may be.
var bounds = map[string]int64{"partners": 100, "age": 120, "months": 600, "staff": 1_000_000, "new_hires": 1_000_000, "open_loans": 100, "earlier_loans": 100}

// told reads facts: what is left empty was not told.
func told(f *web.Form) condition.Facts {
	facts := condition.Facts{}
	for _, name := range policy.FactOrder {
		if f.Raw(name) == "" || name == "local" {
			continue
		}
		switch policy.Facts[name] {
		case condition.Int:
			facts[name] = int(f.Int(name, 0, bounds[name]))
		case condition.Money:
			facts[name] = int(f.Money(name))
		case condition.Bool:
			facts[name] = f.Choice(name, yesOrNo) == "yes"
		default:
			facts[name] = f.Text(name, web.Max(10))
		}
	}
	return facts
}

var yesOrNo = []string{"yes", "no"}

func (v checking) words(r *web.Request) rulebookweb.Words {
	return rulebookweb.Words{R: r, Facts: policy.Facts}
}

// ask is the question about a fact.
func (v checking) ask(r *web.Request, name string) ui.Input {
	in := ui.Input{Name: name, Label: v.words(r).Fact(name), Short: true}
	if key := "loancheck.help." + name; r.L.Has(key) {
		in.Help = r.L.T(key)
	}
	switch policy.Facts[name] {
	case condition.Int, condition.Money:
		in.InputMode = "numeric"
	case condition.Bool:
		in.Options = v.choice(r, name, yesOrNo, func(x string) string { return r.L.T("rulebook." + x) })
	}
	return ui.Typed(r, v.form, in)
}

func (v checking) choice(r *web.Request, name string, values []string, label func(string) string) []ui.Option {
	all := []ui.Option{{Value: "", Label: r.L.T("loancheck.untold"), Selected: v.form.Raw(name) == ""}}
	for _, x := range values {
		all = append(all, ui.Option{Value: x, Label: label(x), Selected: v.form.Raw(name) == x})
	}
	return all
}

func (v checking) kind(r *web.Request) ui.Input {
	in := v.ask(r, "kind")
	for _, k := range kinds {
		in.Options = append(in.Options, ui.Option{Value: string(k), Label: v.words(r).Value("kind", string(k)), Selected: v.form.Raw("kind") == string(k)})
	}
	return in
}

func (v checking) group(r *web.Request) ui.Input {
	in := v.ask(r, "group")
	in.Short = false
	in.Options = v.choice(r, "group", []string{"05", "07", "10", "08", "03", "01", "02", "06", "09", "04", "00"}, func(x string) string { return v.words(r).Value("group", x) })
	return in
}

func (v checking) county(r *web.Request) ui.Input {
	in := ui.Input{Name: "county", Label: r.L.T("loancheck.county")}
	values, names := []string{}, map[string]string{"province": r.L.T("loancheck.elsewhere"), "outside": r.L.T("loancheck.outside")}
	for _, c := range v.Counties {
		values = append(values, c.ID.String())
		names[c.ID.String()] = c.Name
	}
	in.Options = v.choice(r, "county", append(values, "province", "outside"), func(x string) string { return names[x] })
	return ui.Typed(r, v.form, in)
}

// industry offers the industries that have a name here, and those that the policy closes.
func (v checking) industry(r *web.Request) ui.Input {
	in := v.ask(r, "industry")
	in.Short, in.InputMode = false, ""
	codes := slices.Clone(v.Closed)
	for _, i := range v.Industries {
		codes = append(codes, i.Code)
	}
	slices.Sort(codes)
	in.Options = v.choice(r, "industry", slices.Compact(codes), v.industryName)
	return in
}

func (v checking) industryName(code string) string {
	name := v.Industries.Name(code)
	return code + " " + name
}

// verdict is an answer in words.
func (v checking) verdict(r *web.Request, a rulebook.Answer) (ui.Tone, string, string) {
	switch a {
	case rulebook.Yes:
		return ui.OK, "circle-check", r.L.T("loancheck.yes")
	case rulebook.Untold:
		return ui.Soon, "help-circle", r.L.T("loancheck.untold_yet")
	case rulebook.Doubt:
		return ui.Soon, "help-circle", r.L.T("loancheck.doubt")
	}
	return ui.Bad, "ban", r.L.T("loancheck.no")
}

// stands tells whether a rule stands in the way, or nobody can say yet: those are read first.
func stands(x rulebook.Ruled) bool { return !x.Holds && !x.Condition.Prefers }

// settled counts the rules that stand in nobody's way.
func settled(j rulebook.Judgement) (n int) {
	for _, x := range j.Rules {
		if !stands(x) {
			n++
		}
	}
	return n
}

// rules are a policy's conditions that stand in the way, or those that do not: what each looked at and what would have to change.
func (v checking) rules(r *web.Request, o product.Outcome, inTheWay bool) ui.Table {
	words := v.words(r)
	return v.table(r, "rules-"+o.Version, o.Result, inTheWay, func(x rulebook.Ruled) (string, []string) { return words.Says(x.Condition), words.Used(x) })
}

// own are a product's own terms; the numbers stand in their sentences.
func (v checking) own(r *web.Request, o product.Offer, inTheWay bool) ui.Table {
	words := v.words(r)
	args := []any{"kinds", named(r, "loanproduct.kind.", o.Kinds), "least", sum(r, o.Least), "most", sum(r, o.Most), "from", o.MonthsFrom, "to", o.MonthsTo}
	return v.table(r, "own-"+o.ID.String(), o.Own, inTheWay, func(x rulebook.Ruled) (string, []string) {
		x.Used = slices.DeleteFunc(slices.Clone(x.Used), func(u condition.Used) bool { return u.Version != "" })
		return r.L.T(x.Condition.Text, args...), words.Used(x)
	})
}

func (v checking) table(r *web.Request, id string, j rulebook.Judgement, inTheWay bool, say func(rulebook.Ruled) (string, []string)) ui.Table {
	l, words, comma := r.L, v.words(r), r.L.T("loanproduct.comma")
	var rows []ui.Row
	for _, x := range j.Rules {
		if stands(x) != inTheWay {
			continue
		}
		sentence, used := say(x)
		result := ui.State(ui.Bad, "x", l.T("loancheck.rule_no"))
		switch {
		case x.Holds:
			result = ui.State(ui.OK, "check", l.T("loancheck.rule_yes"))
		case x.Verdict.Missing != nil:
			result = ui.State(ui.Soon, "help-circle", l.T("loancheck.rule_untold", "facts", strings.Join(words.Missing(x), comma)))
		case x.Condition.Prefers:
			result = ui.State(ui.Plain, "minus", l.T("loancheck.rule_not_preferred"))
		case x.Doubtful:
			result = ui.State(ui.Soon, "help-circle", l.T("loancheck.rule_doubt"))
		}
		cells := []ui.Cell{{Text: sentence, After: x.Version}, {Part: result}, {Text: orDash(strings.Join(used, comma))}}
		if inTheWay {
			cells = append(cells, ui.Cell{Text: orDash(strings.Join(words.Changes(x), comma))})
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	columns := []ui.Column{{Head: l.T("loancheck.rule"), Kind: ui.Title}, {Head: l.T("loancheck.result"), Kind: ui.Short}, {Head: l.T("loancheck.used")}}
	if inTheWay {
		columns = append(columns, ui.Column{Head: l.T("loancheck.change")})
	} else {
		id += "-held"
	}
	return ui.Table{ID: id, Label: l.T("loancheck.rules"), Groups: ui.Rows(rows...), Columns: columns}
}

// price tells what a product costs a year by the LPR of today.
func (v checking) price(r *web.Request, p product.Product) string {
	if v.got == nil || v.got.LPR.Rate == 0 {
		return points(r, p)
	}
	key := "loancheck.price"
	if v.got.LPR.Status == rulebook.Unverified {
		key = "loancheck.price_unverified"
	}
	return r.L.T(key, "points", points(r, p), "lpr", v.got.LPR.Rate.String(), "rate", p.Rate(v.got.LPR.Rate).String())
}

// sourceOf is the paper on which a policy rests.
func sourceOf(r *web.Request, o product.Outcome) string {
	return r.L.T("loancheck.version", "title", o.Title, "key", o.Version, "window", window(r, o.From, o.Until))
}

// offerTitle names a product with its bank.
func (v checking) offerTitle(r *web.Request, p product.Shown) string {
	if r.L.Lang() == i18n.En {
		return name(r, p.Product) + ", " + p.At.Name
	}
	return p.At.Name + " · " + name(r, p.Product)
}
