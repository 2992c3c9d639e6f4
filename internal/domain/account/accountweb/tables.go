package accountweb

import (
	"slices"
	"strings"

	"zhidian/internal/domain/account"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// fours cuts a key into groups of four, as people type it.
func fours(key string) []string {
	var all []string
	for four := range slices.Chunk([]byte(key), 4) {
		all = append(all, string(four))
	}
	return all
}

func sentTable(r *web.Request, sent []account.Sent) ui.Table {
	t := ui.Table{Label: r.L.T("accountweb.codes"), Columns: []ui.Column{
		{Head: r.L.T("accountweb.sent_text"), Kind: ui.Title}, {Head: r.L.T("accountweb.sent_to")}, {Head: r.L.T("accountweb.sent_at")},
	}}
	var rows []ui.Row
	for _, s := range sent {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: s.Text}, {Text: s.To.Masked()}, {Text: r.L.Time(s.At)}}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// sessionTable lists sessions; each but the one in use can be ended, by a form that goes to action.
func sessionTable(r *web.Request, all []account.Session, action string) ui.Table {
	t := ui.Table{Label: r.L.T("accountweb.sessions"), Columns: []ui.Column{
		{Head: r.L.T("accountweb.device"), Kind: ui.Title}, {Head: r.L.T("accountweb.address"), Kind: ui.Serial}, {Head: r.L.T("accountweb.signed_in_at")}, {Head: r.L.T("accountweb.seen_at")}, {},
	}}
	var rows []ui.Row
	for _, s := range all {
		last := ui.Cell{Part: endSession(r, s, action)}
		if s.Mark == r.Actor.Session {
			last = ui.Cell{Part: ui.State(ui.OK, "circle-check", r.L.T("accountweb.this_one"))}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: device(r, s.Agent)}, {Text: s.Address}, {Text: r.L.Time(s.MadeAt)}, {Text: r.L.Time(s.SeenAt)}, last}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// device puts a browser's long description into two words.
func device(r *web.Request, agent string) string {
	find := func(other string, names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return other
	}
	unknown := r.L.T("accountweb.device_unknown")
	browser := find("", "MicroMessenger", "WeChat", "Edg", "Edge", "Firefox", "Firefox", "Chrome", "Chrome", "Safari", "Safari")
	system := find("", "HarmonyOS", "HarmonyOS", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	switch {
	case browser == "" && system == "":
		return unknown
	case browser == "" || system == "":
		return browser + system
	}
	return browser + " · " + system
}

func tokenTable(r *web.Request, all []account.Token) ui.Table {
	t := ui.Table{Label: r.L.T("accountweb.tokens"), Columns: []ui.Column{
		{Head: r.L.T("accountweb.token_name"), Kind: ui.Title}, {Head: r.L.T("accountweb.made_at")}, {Head: r.L.T("accountweb.expires")}, {},
	}}
	var rows []ui.Row
	for _, k := range all {
		last := ui.Cell{Part: ui.Button(ui.Action{Label: r.L.T("accountweb.token_end"), Href: "/me/security/tokens/" + k.ID.String() + "/end", Post: true, Key: web.NewKey(), Small: true})}
		if k.Revoked || !r.Now.Before(k.Expires) {
			last = ui.Cell{Part: ui.State(ui.Hold, "ban", r.L.T("accountweb.token_over"))}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: k.Name}, {Text: r.L.Time(k.MadeAt)}, {Text: r.L.Time(k.Expires)}, last}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func listFilters(r *web.Request, l found) ui.Filters {
	states := []ui.Option{{Label: r.L.T("accountweb.any_state")}}
	for _, s := range account.States {
		states = append(states, ui.Option{Value: string(s), Label: r.L.T("accountweb.state_" + string(s)), Selected: s == l.filter.State})
	}
	f := ui.Filters{
		Action: "/office/accounts",
		Filters: []ui.Filter{
			{Name: "state", Label: r.L.T("accountweb.state"), Options: states},
			{Name: "role", Label: r.L.T("accountweb.role"), Options: roleOptions(r, l.roles, l.filter.Role, "accountweb.any_role")},
		},
		Search: &ui.Search{Name: "q", Label: r.L.T("accountweb.search"), Value: l.filter.Words, Placeholder: r.L.T("accountweb.search")},
	}
	if l.filter != (account.Filter{}) {
		f.Clear = "/office/accounts"
	}
	return f
}

func roleOptions(r *web.Request, roles []string, picked, none string) []ui.Option {
	all := []ui.Option{{Label: r.L.T(none)}}
	for _, k := range roles {
		all = append(all, ui.Option{Value: k, Label: r.L.T("role." + k), Selected: k == picked})
	}
	return all
}

func nodeOptions(c choice) []ui.Option {
	var all []ui.Option
	for _, n := range c.nodes {
		all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Help: n.Short, Selected: n.ID.String() == c.picked, Disabled: !n.IsOpen()})
	}
	return all
}

func listPages(l found) ui.Pages {
	turn := func(cursor string) string {
		if cursor == "" {
			return ""
		}
		return web.Address("/office/accounts", "q", l.filter.Words, "state", string(l.filter.State), "role", l.filter.Role, "cursor", cursor)
	}
	return ui.Pages{Prev: turn(l.page.Prev), Next: turn(l.page.Next), Size: account.PageSize}
}

func accountTable(r *web.Request, all []account.Listed, on day.Day) ui.Table {
	t := ui.Table{Label: r.L.T("accountweb.list"), Columns: []ui.Column{
		{Head: r.L.T("accountweb.name"), Kind: ui.Title},
		{Head: r.L.T("accountweb.login"), Kind: ui.Serial},
		{Head: r.L.T("accountweb.desk")},
		{Head: r.L.T("accountweb.roles_now")},
		{Head: r.L.T("accountweb.second_factor")},
		{Head: r.L.T("accountweb.state")},
	}}
	var rows []ui.Row
	for _, l := range all {
		var roles []string
		for _, g := range l.Grants {
			if g.Holds(on) {
				roles = append(roles, r.L.T("role."+g.Role)+" · "+g.OrgName)
			}
		}
		rows = append(rows, ui.Row{Label: l.Name, Cells: []ui.Cell{
			{Text: l.Name, Href: "/office/accounts/" + l.ID.String()},
			{Text: l.Login},
			{Text: l.DeskName},
			{Text: strings.Join(roles, r.L.T("accountweb.comma"))},
			{Text: yes(r, l.HasTOTP)},
			{Part: state(r, l.Account)},
		}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func yes(r *web.Request, is bool) string {
	if is {
		return r.L.T("accountweb.yes")
	}
	return r.L.T("accountweb.no")
}

// state says how an account stands, as icon and word.
func state(r *web.Request, a account.Account) web.Component {
	switch {
	case a.State == account.Active && a.Locked(r.Now):
		return ui.State(ui.Soon, "lock", r.L.T("accountweb.locked", "time", r.L.Clock(a.LockedUntil)))
	case a.State == account.Active && !a.HasPassword:
		return ui.State(ui.Soon, "hourglass", r.L.T("accountweb.waits_for_link"))
	case a.State == account.Active:
		return ui.State(ui.OK, "circle-check", r.L.T("accountweb.state_active"))
	case a.State == account.Invited:
		return ui.State(ui.Soon, "mail", r.L.T("accountweb.state_invited"))
	case a.State == account.Suspended:
		return ui.State(ui.Hold, "ban", r.L.T("accountweb.state_suspended"))
	}
	return ui.State(ui.Plain, "archive", r.L.T("accountweb.state_closed"))
}

func accountFacts(r *web.Request, l account.Listed) []ui.Fact {
	return []ui.Fact{
		{Label: r.L.T("accountweb.login"), Part: ui.Code(l.Login)},
		{Label: r.L.T("accountweb.state"), Part: state(r, l.Account)},
		{Label: r.L.T("accountweb.desk"), Value: l.DeskName},
		{Label: r.L.T("accountweb.second_factor"), Value: yes(r, l.HasTOTP)},
		{Label: r.L.T("accountweb.made_at"), Value: r.L.Time(l.MadeAt)},
		{Label: r.L.T("accountweb.seen_at"), Value: r.L.Time(l.SeenAt)},
	}
}

func accountActions(r *web.Request, l account.Listed) []ui.Action {
	var all []ui.Action
	base := "/office/accounts/" + l.ID.String()
	self := ""
	if l.ID.String() == r.Actor.User {
		self = r.L.T("account.not_yourself")
	}
	working := l.State == account.Active || l.State == account.Invited
	if working && r.Actor.Can(account.Reset, l.DeskPath) {
		label := r.L.T("accountweb.reset")
		if l.State == account.Invited {
			label = r.L.T("accountweb.invite_again")
		}
		all = append(all, ui.Action{Label: label, Icon: "refresh", Href: base + "/reset", Off: self})
		if l.HasPassword && !l.MustChange {
			all = append(all, ui.Action{Label: r.L.T("accountweb.must_change"), Icon: "key", Href: base + "/must-change", Post: true, Key: web.NewKey()})
		}
	}
	if r.Actor.Can(account.Suspend, l.DeskPath) {
		switch l.State {
		case account.Active:
			all = append(all, ui.Action{Label: r.L.T("accountweb.suspend"), Icon: "ban", Href: base + "/suspend", Danger: true, Off: self})
		case account.Suspended:
			all = append(all, ui.Action{Label: r.L.T("accountweb.resume"), Icon: "lock-open", Href: base + "/resume", Post: true, Key: web.NewKey()})
		}
	}
	return all
}

func mayGrant(r *web.Request, l account.Listed) bool {
	return r.Actor.Can(account.GrantRole, l.DeskPath) && l.ID.String() != r.Actor.User && l.State != account.Closed
}

func grantTable(r *web.Request, l account.Listed, on day.Day) ui.Table {
	t := ui.Table{Label: r.L.T("accountweb.grants"), Columns: []ui.Column{
		{Head: r.L.T("accountweb.role"), Kind: ui.Title}, {Head: r.L.T("accountweb.grant_at")}, {Head: r.L.T("accountweb.from")}, {Head: r.L.T("accountweb.until")}, {},
	}}
	var rows []ui.Row
	for _, g := range l.Grants {
		var last ui.Cell
		switch {
		case g.Revoked:
			last.Part = ui.State(ui.Hold, "ban", r.L.T("accountweb.grant_revoked"))
		case !g.Until.IsZero() && g.Until < on:
			last.Part = ui.State(ui.Plain, "history", r.L.T("accountweb.grant_over"))
		case r.Actor.Can(account.RevokeRole, g.At):
			last.Part = ui.Button(ui.Action{
				Label: r.L.T("accountweb.revoke"), Href: "/office/accounts/" + l.ID.String() + "/grants/" + g.ID.String() + "/revoke",
				Post: true, Key: web.NewKey(), Small: true,
			})
		default:
			last.Part = ui.State(ui.OK, "circle-check", r.L.T("accountweb.grant_holds"))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: r.L.T("role." + g.Role)}, {Text: g.OrgName}, {Text: r.L.Date(g.From)}, {Text: untilText(r, g.Until)}, last}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func untilText(r *web.Request, until day.Day) string {
	if until.IsZero() {
		return r.L.T("accountweb.no_end")
	}
	return r.L.Date(until)
}

func question(r *web.Request, key string, l account.Listed) ui.Question {
	base := "/office/accounts/" + l.ID.String()
	return ui.Question{
		Text: r.L.T("accountweb." + key + "_question"), Action: base + "/" + key, Key: web.NewKey(), Label: r.L.T("accountweb." + key), Danger: true, Back: base,
		Facts: []ui.Fact{{Label: r.L.T("accountweb.name"), Value: l.Name}, {Label: r.L.T("accountweb.login"), Value: l.Login}, {Label: r.L.T("accountweb.desk"), Value: l.DeskName}},
	}
}
