package app

import "net/url"

// ofVentures are the routes of the project library.
var ofVentures = map[string]visit{
	"GET /office/ventures": {who: "venture.read", ask: []string{
		"?org={org}", "?org={county}", "?state=draft", "?fresh=stale", "?priority=1&need=money", "?q=" + url.QueryEscape("鹬"), "?field=C15&category=farmer&stage=started",
	}},
	"GET /office/ventures/export":       {who: "venture.export", ask: []string{"?org={org}", "?org={county}"}},
	"GET /office/ventures/new":          {who: "venture.create"},
	"POST /office/ventures/new":         {who: "venture.create", loose: true, form: with(one("org", "org"), ventureWords...)},
	"GET /office/ventures/import":       {who: "venture.create"},
	"GET /office/ventures/import/blank": {who: "venture.create"},
	"POST /office/ventures/import":      {who: "venture.create", loose: true, leads: true, file: "项目名称,创业者姓名,行业,县市区\n走查,走查,C15,咸安区\n", form: words("what", "check")},
	"GET /office/ventures/terms":        {who: "venture.read"},
	"POST /office/ventures/terms":       {who: "venture.terms", top: true, loose: true, form: words("from", "2020-01-01")},
	"GET /office/ventures/{id}":         {who: "venture.read", of: "venture", open: true},
	"GET /office/ventures/{id}/{step}": {who: "venture.read", of: "venture =edit", narrow: true, also: []visit{
		{of: "venture =end", narrow: true}, {of: "venture =withdraw-for", narrow: true}, {of: "venture =founder", narrow: true}, {of: "venture =tie-founder", narrow: true}, {of: "venture =need", narrow: true}, {of: "venture =match"}, {of: "venture =nothing", narrow: true},
	}},
	"POST /office/ventures/{id}/{step}": {who: "venture.read", of: "venture =confirm", needs: "venture.confirm", loose: true, form: words("_v", "1"), also: []visit{
		{of: "venture =edit", needs: "venture.edit", loose: true, form: with(one("org", "org"), ventureWords...)},
		{of: "venture =end", needs: "venture.end", loose: true, form: words("_v", "1", "reason", "走查理由")},
		{of: "venture =take", needs: "venture.create", loose: true, form: words("_v", "1")},
		{of: "venture =return", needs: "venture.create", loose: true, form: words("_v", "1", "reason", "走查理由")},
		{of: "venture =founder", needs: "venture.edit", loose: true, form: words("founder", "走查合伙人")},
		{of: "venture =honour", needs: "venture.edit", loose: true, form: words("level", "city", "title", "走查荣誉", "year", "2025", "source", "走查")},
		{of: "venture =withdraw-for", needs: "venture.agree_paper", loose: true, form: words("purpose", "loan", "said", "走查")},
		{of: "venture =need", needs: "venture.edit", loose: true, form: words("need", "space", "text", "走查需求")},
	}},
	"GET /office/ventures/{id}/consent":  {who: "venture.agree_paper", of: "venture", open: true},
	"POST /office/ventures/{id}/consent": {who: "venture.agree_paper", of: "venture", loose: true, file: "x", form: words("signed", "1", "purpose", "loan", "months", "12")},
	"GET /office/venture-consents/{id}":  {who: "venture.agree_paper", of: "consent"},
	"GET /office/venture-needs/{id}":     {who: "venture.raise", of: "need", open: true, ask: []string{"?find=" + url.QueryEscape("镇")}},
	"POST /office/venture-needs/{id}":    {who: "venture.raise", of: "need", loose: true, form: with(one("desk", "county"), "title", "走查转办", "text", "走查", "days", "5")},
	"GET /office/priority-industries":    {who: "venture.read"},
	"POST /office/priority-industries":   {who: "venture.priority", top: true, loose: true, form: words("from", "2020-01-01", "source", "走查", "name1", "走查", "codes1", "C15")},
	"GET /office/industries":             {who: "venture.read"},
	"POST /office/industries":            {who: "venture.industry", top: true, loose: true, form: words("code", "C1", "name", "走查", "source", "走查")},
	"GET /office/shared-ventures":        {who: "venture.shared", ask: []string{"?need=money"}},
	"GET /office/shared-ventures/{id}":   {who: "venture.shared", of: "venture", narrow: true},
	"GET /my/ventures":                   {who: signed},
	"GET /my/ventures/new":               {who: signed, open: true},
	"POST /my/ventures/new":              {who: signed, own: true, loose: true, form: with(one("org", "org"), ventureWords...)},
	"GET /my/ventures/{id}":              {who: signed, of: "venture", own: true},
	"GET /my/ventures/{id}/{step}":       {who: signed, of: "venture =edit", own: true},
	"POST /my/ventures/{id}/{step}": {who: signed, of: "venture =confirm", form: words("_v", "1"), also: []visit{
		{of: "venture =edit", form: with(one("org", "org"), ventureWords...)},
		{of: "venture =need", loose: true, form: words("need", "space", "text", "走查需求")},
		{of: "venture =unsolved", loose: true, form: words("said", "走查")},
		{of: "venture =share", loose: true, form: with(one("receiver", "county"), "purpose", "loan", "months", "12")},
		{of: "venture =withdraw", form: with(one("receiver", "county"), "purpose", "loan")},
	}},
}
