package app

import "net/url"

// ofCare are the routes of clearances and of child care.
var ofCare = map[string]visit{
	// clearances
	"GET /office/clearances":                      {who: "clearance.read", ask: []string{"?ends=soon", "?kind=check&ends=over"}},
	"GET /office/clearances/new":                  {who: "clearance.enter", ask: []string{"?find=" + url.QueryEscape("村")}},
	"POST /office/clearances/new":                 {who: "clearance.enter", loose: true, form: with(one("org", "org"), "number", "42120220170301001X", "kind", "check", "result", "passed", "on", "2026-01-01", "until", "2026-11-30", "issuer", "走查")},
	"GET /office/clearances/rules":                {who: "clearance.read"},
	"POST /office/clearances/rules":               {who: "clearance.rule", top: true, loose: true, form: words("kind", "check", "from", "2030", "source", "走查")},
	"POST /office/clearances/rules/take-in":       {who: "clearance.rule", top: true},
	"GET /office/clearances/{id}":                 {who: "clearance.read", of: "cleared"},
	"POST /office/clearances/{id}/renew":          {who: "clearance.enter", of: "cleared", form: words("kind", "agreement", "result", "passed", "on", "2026-01-01", "issuer", "走查")},
	"POST /office/clearances/{id}/revoke/{paper}": {who: "clearance.revoke", of: "cleared paper", form: words("reason", "走查")},

	// child care
	"GET /care":                                              {who: public, open: true, ask: []string{"?at={county}"}},
	"GET /care/{id}":                                         {who: public, of: "class", open: true},
	"GET /care/{id}/draw.json":                               {who: public, of: "class"},
	"GET /care/{id}/join":                                    {who: signed, of: "class"},
	"POST /care/{id}/join":                                   {who: signed, of: "class", loose: true, form: with(one("child", "person"), "agreed", "1")},
	"GET /my/care":                                           {who: signed},
	"GET /my/care/{roll}/{turn}":                             {who: signed, of: "roll =1", own: true},
	"POST /my/care/{roll}/{turn}/{step}":                     {who: signed, of: "roll =1 =withdraw"},
	"GET /office/care":                                       {who: "care.read"},
	"GET /office/care/new":                                   {who: "care.season", open: true},
	"POST /office/care/new":                                  {who: "care.season", form: with(one("org", "org"), "title", "走查", "kind", "summer", "mode", "lottery", "opens", "2027-06-01", "opens_at", "10:00", "closes", "2027-06-02", "closes_at", "10:00", "first", "2027-07-01", "last", "2027-08-01", "most", "1", "offer", "24", "largest", "40", "per_adult", "10")},
	"GET /office/care/{id}":                                  {who: "care.read", of: "season"},
	"POST /office/care/{id}/{step}":                          {who: "care.season", of: "season =publish", form: words("source", "走查"), also: []visit{{of: "season =move", form: words("opens", "2027-06-01", "opens_at", "10:00", "closes", "2027-06-02", "closes_at", "10:00")}, {of: "season =public", form: words("public", "1")}}},
	"GET /office/care/{id}/class":                            {who: "care.propose", of: "season", narrow: true},
	"POST /office/care/{id}/class":                           {who: "care.propose", of: "season", cross: true, form: with(one("place", "place"), "title", "走查", "hours", "8–17", "age_from", "6", "age_to", "12", "places", "10", "adults", "1", "lead", "走查")},
	"GET /office/classes/{id}":                               {who: "care.read", of: "class"},
	"GET /office/classes/{id}/check":                         {who: "care.inspect", of: "class"},
	"POST /office/classes/{id}/check":                        {who: "care.inspect", of: "class", form: words("inspector", "走查", "on", "2027-01-01", "until", "2027-12-31", "note_equipment", "无", "note_programme", "无", "note_staff", "无", "note_fire", "无", "note_water", "无", "note_food", "无", "note_first_aid", "无", "note_insurance", "无", "note_emergency", "无")},
	"GET /office/classes/{id}/enter":                         {who: "care.enter", of: "class"},
	"POST /office/classes/{id}/enter":                        {who: "care.enter", of: "class", form: words("way", "paper", "children", "42120220170301001X", "signer", "42120220170301001X", "agreed", "1")},
	"POST /office/classes/{id}/{step}":                       {who: "care.offer", of: "class =cancel", form: words("reason", "走查"), also: []visit{{of: "class =resize", form: words("places", "12", "adults", "2")}, {of: "class =offer"}}},
	"GET /office/classes/{id}/timetable":                     {who: "care.read", of: "class"},
	"POST /office/classes/{id}/timetable":                    {who: "care.plan", of: "class", loose: true, form: words("title", "走查", "on", "2027-07-05", "starts", "09:00", "ends", "10:00", "topic", "mind")},
	"GET /office/classes/{id}/timetable/{lesson}":            {who: "care.plan", of: "class lesson", narrow: true},
	"POST /office/classes/{id}/timetable/{lesson}":           {who: "care.plan", of: "class lesson", loose: true, form: words("title", "走查", "on", "2027-07-05", "starts", "09:00", "ends", "10:00", "topic", "mind", "_v", "1")},
	"POST /office/classes/{id}/timetable/{lesson}/drop":      {who: "care.plan", of: "class lesson"},
	"POST /office/classes/{id}/timetable/{lesson}/begin":     {who: "care.attend", of: "class lesson", loose: true},
	"GET /field/class":                                       {who: public},
	"GET /field/class/pack":                                  {who: "care.attend"},
	"POST /field/class/send":                                 {who: "care.attend", loose: true, json: `{"protocol":1,"id":"WALKWALKWALKWALKWALKWALK01","class":"{class}","child":"{person}","what":"in","made_at":1,"sent_at":1}`},
	"GET /office/classes/{id}/book":                          {who: "care.read", of: "class"},
	"GET /my/care/{roll}/{turn}/day":                         {who: signed, of: "roll =1", own: true},
	"POST /my/care/{roll}/{turn}/collectors":                 {who: signed, of: "roll =1", loose: true, form: with(one("child", "person"), "name", "走查", "relation", "姨")},
	"POST /my/care/{roll}/{turn}/collectors/{collector}/end": {who: signed, of: "roll =1 =none", loose: true, form: one("child", "person")},
	"POST /office/classes/{id}/turn/{turn}/{step}":           {who: "care.enter", of: "class =1 =withdraw"},
}
