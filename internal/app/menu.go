package app

import (
	"slices"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance/clearanceweb"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/lesson/lessonweb"
	"zhidian/internal/domain/notice/noticeweb"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/service/childcare/safety/safetyweb"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/service/nightschool/nightschoolweb"
	"zhidian/internal/service/outreach/outreachweb"
	"zhidian/internal/service/projectlibrary/projectlibraryweb"
	"zhidian/internal/service/research/researchweb"
	"zhidian/internal/service/startuploan/figuresweb"
	"zhidian/internal/service/startuploan/followweb"
	"zhidian/internal/service/startuploan/lendingweb"
	"zhidian/internal/service/startuploan/productweb"
	"zhidian/internal/service/startuploan/startuploanweb"
	"zhidian/internal/service/volunteering/volunteeringweb"
)

// menu is the office's left rail, in groups; each entry is seen by those who hold its verb.
func menu() []door.Entry {
	return slices.Concat(
		[]door.Entry{
			{Group: "app.menu.mine", Label: "app.menu.queue", Icon: "inbox", Href: "/office/queue"},
			{Group: "app.menu.mine", Label: "app.menu.jobs", Icon: "progress", Href: "/office/jobs"},
		},
		densityweb.Menu,
		researchweb.Menu,
		projectlibraryweb.Menu,
		childcareweb.Menu,
		[]door.Entry{{Group: "lesson.menu", Label: "lesson.title", Icon: "book", Href: "/my/lessons", Verb: childcare.Read}},
		lessonweb.Menu,
		safetyweb.Menu,
		clearanceweb.Menu,
		volunteeringweb.Menu,
		nightschoolweb.Menu,
		startuploanweb.Menu,
		lendingweb.Menu,
		followweb.Menu,
		figuresweb.Menu,
		productweb.Menu,
		outreachweb.Menu,
		[]door.Entry{
			{Group: "app.menu.data", Label: "app.menu.imports", Icon: "cloud-upload", Href: "/office/imports", Verb: source.Read, Top: true},
			{Group: "app.menu.data", Label: "app.menu.forms", Icon: "clipboard-list", Href: "/office/forms", Verb: form.Read},
			{Group: "app.menu.data", Label: "app.menu.records", Icon: "list", Href: "/office/records", Verb: field.Records},
			{Group: "app.menu.data", Label: "app.menu.field_import", Icon: "device-mobile", Href: "/office/field/import", Verb: field.Bring},
			{Group: "app.menu.manage", Label: "app.menu.orgs", Icon: "sitemap", Href: "/office/orgs", Verb: org.Read},
			{Group: "app.menu.manage", Label: "app.menu.persons", Icon: "users-group", Href: "/office/persons", Verb: person.Read},
			{Group: "app.menu.manage", Label: "app.menu.places", Icon: "map-pin", Href: "/office/places", Verb: place.Read},
			rulebookweb.Menu,
			{Group: "app.menu.manage", Label: "app.menu.log", Icon: "history", Href: "/office/log", Verb: LogRead, Top: true},
			{Group: "app.menu.manage", Label: "app.menu.retention", Icon: "clock", Href: "/office/retention", Verb: retain.Read, Top: true},
			{Group: "app.menu.manage", Label: "app.menu.accounts", Icon: "users", Href: "/office/accounts", Verb: account.Read},
			{Group: "app.menu.manage", Label: "app.menu.calendar", Icon: "calendar", Href: "/office/calendar", Verb: casework.SetYear},
		},
		noticeweb.Menu,
	)
}
