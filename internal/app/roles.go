package app

import (
	"slices"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/source"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act/actlog/actweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/term"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/intake"
	"zhidian/internal/service/nightschool"
	"zhidian/internal/service/outreach"
	"zhidian/internal/service/projectlibrary"
	"zhidian/internal/service/research"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	loanfigures "zhidian/internal/service/startuploan/figures"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
)

// LogRead is the auditor's verb: to read the log of acts, and nothing else.
var LogRead = authz.Verb{Key: "log.read"}

// Roles is the catalogue of roles. Three administrators keep each other in check (三权分立, GB/T 22239-2019):
// one runs accounts, one grants roles, one reads the log; none of them sees business data. Holds are the security
// administrator's: like roles they are a policy upon data (安全策略), and whoever reads the log must be able to judge them.
func Roles() map[string]authz.Role {
	figures := []authz.Verb{org.Read, place.Read, density.Read, research.ReadStudies, rulebook.Read, childcare.Read, product.Read}
	lists := slices.Concat(figures, []authz.Verb{
		person.Read, person.Count, place.Export, form.Read, form.Enter, form.Answers, field.Records, source.Read, density.Export, density.Visit,
		casework.Read, casework.Remark, casework.Answer, research.ReadVoices, research.ReadMeetings, research.HoldMeeting,
		venture.Read, venture.Create, venture.Confirm, clearance.Read,
	})
	keeping := slices.Concat(figures, person.Verbs, place.Verbs, form.Verbs, field.Verbs, source.Verbs, org.Verbs, density.Verbs, casework.Verbs, intake.Verbs, research.Verbs, venture.Verbs, projectlibrary.Verbs, rulebook.Verbs, childcare.Verbs, contract.Verbs, followup.Verbs, []authz.Verb{loanfigures.TellFund}, outreach.Verbs, claim.AtLeague, bankfile.Verbs, product.Verbs, clearance.Verbs)
	lists = append(lists, outreach.Read, outreach.Hold, outreach.Door, followup.Read, followup.Enter, volunteering.Read, nightschool.Read, startuploan.Read, startuploan.Enter, startuploan.AtIntake, startuploan.AtCosign)
	keeping = slices.Concat(keeping, term.Verbs, []authz.Verb{lesson.Review}, safety.Verbs, photo.Verbs, volunteering.Verbs, nightschool.Verbs, pairing.Verbs, duty.Verbs, certificate.Verbs, startuploan.Verbs, []authz.Verb{startuploan.AtIntake, startuploan.AtLeague, startuploan.AtNotice, startuploan.AtAppeal, startuploan.AtCosign})
	keeping = slices.DeleteFunc(keeping, func(v authz.Verb) bool { return v == casework.SetYear })
	all := []authz.Role{
		{Key: account.SystemAdmin, Verbs: slices.Concat([]authz.Verb{org.Read, casework.SetYear, notice.Report}, account.SystemVerbs), Sees: authz.Open},
		{Key: account.SecurityAdmin, Verbs: slices.Concat([]authz.Verb{org.Read}, account.SecurityVerbs, retain.Verbs), Sees: authz.Open},
		{Key: account.AuditAdmin, Verbs: []authz.Verb{org.Read, LogRead, actweb.Exported, retain.Read}, Sees: authz.Open},
		{Key: "reader", Verbs: figures, Sees: authz.Open},
		{Key: "secretary", Verbs: lists, Sees: authz.Personal},
		{Key: "handler", Verbs: []authz.Verb{org.Read, casework.Read, casework.Remark, casework.Answer, casework.PassOn, casework.Pause, casework.Resume, research.ReadVoices, venture.Shared, product.Read, product.Edit}, Sees: authz.Open},
		{Key: "teacher", Verbs: []authz.Verb{org.Read, childcare.Read, childcare.Names, term.Attend, safety.Tell, photo.Show, casework.Read, casework.Remark, casework.Answer}, Sees: authz.Sensitive},
		{Key: "clerk", Verbs: keeping, Sees: authz.Sensitive},
	}
	desk := []authz.Verb{org.Read, casework.Read, casework.Remark, casework.Answer, casework.PassOn, casework.Pause, casework.Resume, startuploan.AtCosign}
	for key, own := range map[string][]authz.Verb{
		"loan_hr": append([]authz.Verb{startuploan.AtHR}, claim.AtReviewer...), "loan_guarantor": {startuploan.AtGuarantor},
		"loan_finance": append([]authz.Verb{startuploan.AtFinance, loanfigures.TellFund}, claim.AtFinance...),
		"loan_bank":    slices.Concat([]authz.Verb{followup.Read, followup.Enter, followup.Export, startuploan.AtSurvey, startuploan.AtBank}, contract.AtBank, bankfile.Verbs, claim.AtBank),
	} {
		if key == "loan_bank" { // and what every desk of a bank may do
			own = slices.Concat(own, all[slices.IndexFunc(all, func(r authz.Role) bool { return r.Key == "handler" })].Verbs)
			all = append(all, authz.Role{Key: key, Verbs: append(own, startuploan.AtCosign), Sees: authz.Sensitive})
			continue
		}
		all = append(all, authz.Role{Key: key, Verbs: slices.Concat(desk, own), Sees: authz.Sensitive})
	}
	by := make(map[string]authz.Role, len(all))
	for _, r := range all {
		by[r.Key] = r
	}
	return by
}
