package app

import (
	"embed"
	"io/fs"
	"sync"

	"zhidian/internal/app/api"
	"zhidian/internal/domain/account/accountweb"
	"zhidian/internal/domain/casework/caseworkweb"
	"zhidian/internal/domain/clearance/clearanceweb"
	"zhidian/internal/domain/document"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/feed/feedweb"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/drawweb"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/field/fieldweb"
	"zhidian/internal/domain/form/fillweb"
	"zhidian/internal/domain/form/formweb"
	"zhidian/internal/domain/lesson/lessonweb"
	"zhidian/internal/domain/notice/noticeweb"
	"zhidian/internal/domain/org/orgweb"
	"zhidian/internal/domain/person/personweb"
	"zhidian/internal/domain/place/placeweb"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/domain/source"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog/actweb"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/job/jobweb"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/retain/retainweb"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare/childcareweb"
	"zhidian/internal/service/childcare/photo/photoweb"
	"zhidian/internal/service/childcare/safety/safetyweb"
	"zhidian/internal/service/childcare/term/termweb"
	"zhidian/internal/service/density/coverage"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/service/density/figure"
	"zhidian/internal/service/density/intake"
	"zhidian/internal/service/density/intake/intakeweb"
	"zhidian/internal/service/loanaudit"
	"zhidian/internal/service/nightschool/nightschoolweb"
	"zhidian/internal/service/outreach"
	"zhidian/internal/service/outreach/outreachweb"
	"zhidian/internal/service/projectlibrary/projectlibraryweb"
	"zhidian/internal/service/research/researchweb"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/figuresweb"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/followweb"
	"zhidian/internal/service/startuploan/lendingweb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/productweb"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/service/startuploan/startuploanweb"
	"zhidian/internal/service/volunteering/volunteeringweb"
)

//go:embed messages
var messages embed.FS

// catalog loads every sentence of the program. It fails where the two languages do not agree, and a test sees it first.
var catalog = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.Load([]fs.FS{
		messages, api.Messages, act.Messages, blob.Messages, cn.Messages, day.Messages, geo.Messages, money.Messages, page.Messages,
		seal.Messages, sheet.Messages, sqldb.Messages, job.Messages, web.Messages, door.Messages, ui.Messages,
		source.Messages, accountweb.Messages, caseworkweb.Messages, orgweb.Messages, noticeweb.Messages, feedweb.Messages, personweb.Messages, placeweb.Messages, document.Messages, form.Messages, field.Messages, formweb.Messages, fillweb.Messages, drawweb.Messages, fieldweb.Messages, coverage.Messages, actweb.Messages, jobweb.Messages, retainweb.Messages,
		figure.Messages, intake.Messages, densityweb.Messages, intakeweb.Messages, researchweb.Messages, projectlibraryweb.Messages,
		rulebook.Messages, rulebookweb.Messages, policy.Messages, schedule.Messages, loanaudit.Messages, contract.Messages, claim.Messages, bankfile.Messages, lendingweb.Messages, outreach.Messages, outreachweb.Messages, followup.Messages, followweb.Messages, figuresweb.Messages, productweb.Messages,
		startuploanweb.Messages,
		edition.Messages, enrolment.Messages, childcareweb.Messages, clearanceweb.Messages, volunteeringweb.Messages, nightschoolweb.Messages,
		photoweb.Messages, safetyweb.Messages, timetable.Messages, termweb.Messages, lessonweb.Messages,
	}...)
})
