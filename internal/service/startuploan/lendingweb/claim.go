package lendingweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/workflow"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
)

const claims = "/office/loans/claims"

func claimURL(which claim.ID, step string) string {
	u := claims + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func claimID(r *web.Request) (claim.ID, error) { return id.Parse[claim.Batch](r.PathValue("id")) }

// batches is the list of claims.
type batches struct {
	state claim.State
	page  page.Page[claim.Row]
}

func (p *pages) batches(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := batches{state: claim.State(f.Choice("state", words(claim.States)))}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.page, err = p.Claims.List(r.Context(), r.Actor, claim.Filter{State: v.state}, r.URL.Query().Get("from")); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("claim.list"), r.L.T("claim.list_says"))
	if r.Actor.May(claim.Make) {
		pg.Actions = []ui.Action{{Label: r.L.T("claim.do_make"), Icon: "plus", Href: claims + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, pg, batchesBody(r, v))
}

func (v batches) tabs(r *web.Request) []ui.Tab {
	all := []ui.Tab{{Label: r.L.T("lending.state.any"), Href: claims, Active: v.state == ""}}
	for _, s := range claim.States {
		all = append(all, ui.Tab{Label: r.L.T("claim.state." + string(s)), Href: web.Address(claims, "state", string(s)), Active: v.state == s})
	}
	return all
}

func (v batches) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = web.Address(claims, "state", string(v.state), "from", v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = web.Address(claims, "state", string(v.state), "from", v.page.Next)
	}
	return p
}

// lights are how urgent a batch is.
var lights = map[workflow.Light]ui.Tone{workflow.Overdue: ui.Bad, workflow.Today: ui.Soon, workflow.Soon: ui.Soon, workflow.Later: ui.OK, workflow.Paused: ui.Hold}

// standing says how far a batch has come and until when its desk is to act.
func batchState(r *web.Request, b *claim.Row) templ.Component {
	word := r.L.T("claim.state." + string(b.State))
	if b.IsDue() {
		word += " · " + r.L.T("claim.by_day", "day", b.Due.String())
	}
	return ui.Light(lights[b.Light], word)
}

func (v batches) table(r *web.Request) ui.Table { return batchTable(r, v.page.Items, "batches") }

func batchTable(r *web.Request, all []claim.Row, name string) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i := range all {
		b := &all[i]
		kind := l.T("claim.quarter")
		if b.IsCorrection() {
			kind = l.T("claim.correction")
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: b.Serial, Href: claimURL(b.ID, ""), After: kind},
			{Text: b.BankName},
			{Text: b.After.String() + " — " + b.To.String()},
			{Text: l.Int(int64(b.Loans))},
			{Text: l.Int(int64(b.Lines))},
			{Text: b.Interest.String()},
			{Text: b.Subsidy.String()},
			{Text: b.DeskName},
			{Part: batchState(r, b)},
		}}
	}
	return ui.Table{ID: name, Label: l.T("claim.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("claim.serial"), Kind: ui.Title},
		{Head: l.T("lending.field.bank")},
		{Head: l.T("lending.period"), Kind: ui.Short},
		{Head: l.T("claim.loans"), Kind: ui.Number},
		{Head: l.T("claim.lines"), Kind: ui.Number},
		{Head: l.T("lending.plan_interest") + l.T("lending.in_yuan"), Kind: ui.Number},
		{Head: l.T("claim.subsidy") + l.T("lending.in_yuan"), Kind: ui.Number},
		{Head: l.T("claim.desk")},
		{Head: l.T("lending.standing"), Kind: ui.Short},
	}}
}

// making is the form of a new batch.
type making struct {
	form  *web.Form
	banks []org.Node
}

func (p *pages) askClaim(w http.ResponseWriter, r *web.Request) error {
	banks, err := p.Claims.Banks(r.Context(), r.Actor, claim.Make)
	if err != nil {
		return err
	}
	v := making{web.Read(r), banks}
	if !v.form.Has("to") {
		v.form.Fill("to", claim.LastQuarter(day.Of(p.Claims.DB.Now(), r.L.Zone())).String())
	}
	return door.Show(w, r, ui.Office, p.makingPage(r), makingBody(r, v))
}

func (p *pages) makingPage(r *web.Request) ui.Page {
	pg := p.doors.Office(r, r.L.T("claim.do_make"), r.L.T("claim.make_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("claim.list"), Href: claims}, {Label: r.L.T("claim.do_make")}}
	return pg
}

func (p *pages) takeClaim(w http.ResponseWriter, r *web.Request) error {
	banks, err := p.Claims.Banks(r.Context(), r.Actor, claim.Make)
	if err != nil {
		return err
	}
	v := making{web.Read(r), banks}
	bank, to := web.ID[org.Node](v.form, "bank", web.Required), v.form.Day("to", web.Required)
	if v.form.Err() == nil {
		made, err := p.Claims.Make(r.Context(), r.Actor, bank, to)
		if err == nil {
			return r.Redirect(w, claimURL(made, ""), "claim.done.make")
		}
		if !v.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.makingPage(r), makingBody(r, v))
}

// claimed is the page of one batch.
type claimed struct {
	claim.Page
	names map[string]string
	form  *web.Form
	step  string
}

func (p *pages) findClaim(r *web.Request, f *web.Form) (v claimed, err error) {
	which, err := claimID(r)
	if err != nil {
		return v, err
	}
	v.form = f
	if v.Page, err = p.Claims.Look(r.Context(), r.Actor, which, r.URL.Query().Get("from")); err != nil {
		return v, err
	}
	ids := []string{v.MadeBy}
	for _, s := range v.Steps {
		ids = append(ids, s.By)
	}
	v.names, err = p.names(r, ids)
	return v, err
}

func (p *pages) batch(w http.ResponseWriter, r *web.Request) error {
	v, err := p.findClaim(r, web.ReadValues(nil))
	if err != nil {
		return err
	}
	return p.showClaim(w, r, v)
}

func (p *pages) showClaim(w http.ResponseWriter, r *web.Request, v claimed) error {
	pg := p.doors.Office(r, v.Serial, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("claim.list"), Href: claims}, {Label: v.Serial}}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, claimBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, claimBody(r, v))
}

func (v claimed) document(r *web.Request) ui.Document {
	l := r.L
	kind := l.T("claim.quarter")
	if v.IsCorrection() {
		kind = l.T("claim.corrects", "serial", v.Of.Serial)
	}
	d := ui.Document{
		Title: v.BankName, Serial: v.Serial, Sub: kind, State: l.T("claim.state." + string(v.State)), Tone: lights[v.Light],
		Facts: []ui.Fact{
			{Label: l.T("lending.period"), Value: l.T("claim.between", "after", v.After.String(), "to", v.To.String())},
			{Label: l.T("claim.subsidy"), Value: l.Money(v.Subsidy)},
		},
		Actions: []ui.Action{{Label: l.T("lending.print"), Icon: "printer", Print: true}},
	}
	if v.DeskName != "" {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("claim.desk"), Value: v.DeskName})
	}
	if v.IsDue() {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("claim.due"), Part: ui.Light(lights[v.Light], date(r, v.Due))})
	}
	if v.May[claim.Take] {
		d.Actions = append(d.Actions, ui.Action{Label: l.T("claim.pack"), Icon: "file-spreadsheet", Href: claimURL(v.ID, "pack.xlsx"), Download: true})
	}
	for _, m := range v.Moves {
		d.Actions = append(d.Actions, ui.Action{
			Label: l.T(m.Label), Href: claimURL(v.ID, stepOf(m.Verb)), Danger: m.Verb.Key == claim.Withdraw.Key || m.Verb.Key == claim.Return.Key,
			Primary: m.Verb.Key != claim.Withdraw.Key && m.Verb.Key != claim.Return.Key,
		})
	}
	return d
}

// mayCorrect tells whether a correction may be drawn up here.
func (v claimed) mayCorrect() bool {
	return v.May[claim.Make] && !v.IsCorrection() && v.State != claim.Draft && v.State != claim.Returned && v.State != claim.Withdrawn
}

func stepOf(v authz.Verb) string { return v.Key[len("claim."):] }

func (v claimed) facts(r *web.Request) []ui.Fact {
	l := r.L
	all := []ui.Fact{
		{Label: l.T("claim.loans"), Value: l.Int(int64(v.Loans))},
		{Label: l.T("claim.lines"), Value: l.Int(int64(v.Batch.Lines))},
		{Label: l.T("claim.opening"), Value: l.Money(v.Opening)},
		{Label: l.T("claim.closing"), Value: l.Money(v.Closing)},
		{Label: l.T("claim.lent"), Value: l.Money(v.Lent), Note: l.T("claim.lendings", "count", v.Lendings)},
		{Label: l.T("lending.plan_interest"), Value: l.Money(v.Interest)},
		{Label: l.T("claim.province"), Value: l.Money(v.Province)},
		{Label: l.T("claim.local"), Value: l.Money(v.Local)},
	}
	if !v.PaidOn.IsZero() {
		all = append(all, ui.Fact{Label: l.T("claim.paid"), Value: date(r, v.PaidOn), Note: v.PaidRef})
	}
	if !v.ArrivedOn.IsZero() {
		all = append(all, ui.Fact{Label: l.T("claim.arrived"), Value: date(r, v.ArrivedOn), Note: v.ArrivedRef})
	}
	return all
}

// loanCell names a loan, with a way to it for who reads loans at all.
func loanCell(r *web.Request, which contract.ID, number string) ui.Cell {
	c := ui.Cell{Text: number}
	if r.Actor.May(contract.Read) {
		c.Href = contractURL(which, "")
	}
	return c
}

// lines are one page of what is claimed.
func (v claimed) lines(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Page.Lines.Items))
	for i := range v.Page.Lines.Items {
		x := &v.Page.Lines.Items[i]
		excluded := "—"
		if x.Excluded > 0 {
			excluded = strconv.Itoa(x.Excluded) + " " + reasons(r, x.Reason)
		}
		no := ui.Cell{Text: strconv.FormatInt(x.No, 10)}
		number := loanCell(r, x.Contract, x.Loan)
		if x.Slice > 1 {
			number.After = l.T("claim.slice_no", "no", x.Slice)
		}
		if x.Sign < 0 {
			number.After += l.T("claim.taken_back")
		}
		province, local := "—", "—"
		if x.Split {
			province, local = signed(x.Sign, x.Province).String(), signed(x.Sign, x.Local).String()
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			no, number,
			{Text: x.From.String()},
			{Text: x.To.String()},
			{Text: strconv.Itoa(x.Days)},
			{Text: x.Segments},
			{Text: x.Rate.String()},
			{Text: signed(x.Sign, x.Interest).String()},
			{Text: excluded},
			{Text: x.Amount().String()},
			{Text: province},
			{Text: local},
			{Text: x.Version, After: "LPR " + x.LPR.String()},
		}}
	}
	return ui.Table{ID: "lines", Label: l.T("claim.lines"), Figures: true, Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("claim.no"), Kind: ui.Number},
		{Head: l.T("lending.field.number"), Kind: ui.Short},
		{Head: l.T("claim.from"), Kind: ui.Short},
		{Head: l.T("claim.to"), Kind: ui.Short},
		{Head: l.T("lending.days"), Kind: ui.Number},
		{Head: l.T("claim.segments"), Kind: ui.Number},
		{Head: l.T("lending.field.rate"), Kind: ui.Number},
		{Head: l.T("lending.plan_interest"), Kind: ui.Number},
		{Head: l.T("claim.excluded"), Kind: ui.Short},
		{Head: l.T("claim.subsidy"), Kind: ui.Number},
		{Head: l.T("claim.province"), Kind: ui.Number},
		{Head: l.T("claim.local"), Kind: ui.Number},
		{Head: l.T("lending.version"), Kind: ui.Short},
	}}
}

func signed[T ~int64](sign int, amount T) T { return T(sign) * amount }

func (v claimed) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.Page.Lines.Prev != "" {
		p.Prev = web.Address(claimURL(v.ID, ""), "from", v.Page.Lines.Prev)
	}
	if v.Page.Lines.Next != "" {
		p.Next = web.Address(claimURL(v.ID, ""), "from", v.Page.Lines.Next)
	}
	return p
}

// unclaimed are the reasons for which loans are not claimed, each with its loans; those that read alike are one.
func (v claimed) unclaimed(r *web.Request) ui.Table {
	l := r.L
	var whys []string
	of := map[string]claim.Reason{}
	for _, x := range v.Unclaimed {
		why := ruled(r, errs.Problem{Key: x.Key, Args: x.Args})
		same, there := of[why]
		if !there {
			whys = append(whys, why)
		}
		of[why] = claim.Reason{N: same.N + x.N, Numbers: append(same.Numbers, x.Numbers...)}
	}
	var rows []ui.Row
	for _, why := range whys {
		x := of[why]
		slices.Sort(x.Numbers)
		named := strings.Join(x.Numbers[:min(claim.MostNamed, len(x.Numbers))], l.T("lending.comma"))
		if x.N > claim.MostNamed {
			named += l.T("claim.and_more")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: why}, {Text: l.Int(x.N)}, {Text: named}}})
	}
	return ui.Table{ID: "unclaimed", Label: l.T("claim.unclaimed"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("claim.why")}, {Head: l.T("claim.loans"), Kind: ui.Number}, {Head: l.T("lending.field.number")},
	}}
}

func (v claimed) steps(r *web.Request) []ui.Act {
	var all []ui.Act
	for i := len(v.Steps) - 1; i >= 0; i-- {
		s := v.Steps[i]
		a := ui.Act{When: r.L.Time(micro(s.At)), Who: v.names[s.By], What: r.L.T("verb." + s.Verb), Quote: s.Note}
		if !s.Due.IsZero() {
			a.Where = r.L.T("claim.by_day", "day", s.Due.String())
		}
		all = append(all, a)
	}
	return all
}

// takesOn are the steps that ask for a day and a voucher.
func (v claimed) takesOn() bool { return v.step == "pay" || v.step == "arrive" }

func (p *pages) findStep(r *web.Request) (v claimed, verb authz.Verb, err error) {
	if v, err = p.findClaim(r, web.Read(r)); err != nil {
		return v, verb, err
	}
	v.step = r.PathValue("step")
	for _, m := range claim.Process.Moves {
		if stepOf(m.Verb) == v.step && v.step != "make" {
			verb = m.Verb
		}
	}
	if verb.IsZero() {
		return v, verb, errs.New(errs.Absent, "errs.absent", nil)
	}
	if !v.May[verb] {
		return v, verb, errs.New(errs.Denied, "errs.denied", nil)
	}
	return v, verb, nil
}

func (p *pages) claimStepPage(r *web.Request, v claimed) ui.Page {
	pg := p.doors.Office(r, r.L.T("claim.do_"+v.step), r.L.T("claim.says_"+v.step))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("claim.list"), Href: claims}, {Label: v.Serial, Href: claimURL(v.ID, "")}, {Label: r.L.T("claim.do_" + v.step)}}
	return pg
}

func (p *pages) askStep(w http.ResponseWriter, r *web.Request) error {
	v, _, err := p.findStep(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.claimStepPage(r, v), claimStepBody(r, v))
}

func (p *pages) takeStep(w http.ResponseWriter, r *web.Request) error {
	v, verb, err := p.findStep(r)
	if err != nil {
		return err
	}
	word := claim.Word{Note: v.form.Text("note", web.Lines, web.Max(500))}
	if v.takesOn() {
		word.On, word.Ref = v.form.Day("on", web.Required), v.form.Text("ref", web.Required, web.Max(60))
	}
	if v.form.Err() == nil {
		if err = p.Claims.Do(r.Context(), r.Actor, v.ID, v.form.Version(), verb, word); err == nil {
			return r.Redirect(w, claimURL(v.ID, ""), "claim.done.step")
		}
		if !v.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.claimStepPage(r, v), claimStepBody(r, v))
}

func (p *pages) correct(w http.ResponseWriter, r *web.Request) error {
	which, err := claimID(r)
	if err != nil {
		return err
	}
	made, err := p.Claims.Correct(r.Context(), r.Actor, which)
	if err == nil {
		return r.Redirect(w, claimURL(made, ""), "claim.done.correct")
	}
	f := web.ReadValues(nil)
	if !f.Blame(err) {
		return err
	}
	v, err := p.findClaim(r, f)
	if err != nil {
		return err
	}
	return p.showClaim(w, r, v)
}

// pack sends the audit pack of a batch. It is noted before the file goes out.
func (p *pages) pack(w http.ResponseWriter, r *web.Request) error {
	which, err := claimID(r)
	if err != nil {
		return err
	}
	book, b, err := p.Claims.Pack(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	web.Download(w, b.Serial+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return book.Write(w)
}

// reasons are why days are not subsidised, in words.
func reasons(r *web.Request, keys string) string {
	var all []string
	for k := range strings.FieldsSeq(keys) {
		all = append(all, r.L.T("claim.reason."+k))
	}
	return strings.Join(all, r.L.T("lending.comma"))
}
