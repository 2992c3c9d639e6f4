package internal_test

import (
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// owners says which package's SQL may name a table. Everybody else asks that package's functions.
var owners = map[string][]string{
	"source":        {"internal/domain/source"},
	"delivery":      {"internal/domain/source"},
	"delivery_step": {"internal/domain/source"},

	"org":         {"internal/domain/org"},
	"org_code":    {"internal/domain/org"},
	"org_history": {"internal/domain/org"},
	"boundary":    {"internal/domain/org"},

	"person":        {"internal/domain/person"},
	"person_word":   {"internal/domain/person"},
	"person_phone":  {"internal/domain/person"},
	"paper_look":    {"internal/domain/person"},
	"person_change": {"internal/domain/person"},
	"person_merge":  {"internal/domain/person"},
	"paper":         {"internal/domain/person"},
	"tie":           {"internal/domain/person"},
	"guardianship":  {"internal/domain/person"},
	"consent":       {"internal/domain/person"},

	"account":    {"internal/domain/account"},
	"role_grant": {"internal/domain/account"},
	"invitation": {"internal/domain/account"},
	"session":    {"internal/domain/account"},
	"code":       {"internal/domain/account"},
	"sms_month":  {"internal/domain/account"},
	"api_token":  {"internal/domain/account"},
	"saved_view": {"internal/domain/account"},

	"form":         {"internal/domain/form"},
	"form_version": {"internal/domain/form"},
	"form_link":    {"internal/domain/form"},
	"form_export":  {"internal/domain/form"},
	"form_step":    {"internal/domain/form"},
	"form_draft":   {"internal/domain/form"},
	"form_phone":   {"internal/domain/form"},
	"form_file":    {"internal/domain/form"},
	"answer":       {"internal/domain/form"},
	"answer_file":  {"internal/domain/form"},

	"record":          {"internal/domain/form/record"},
	"record_list":     {"internal/domain/form/record"},
	"record_property": {"internal/domain/form/record"},
	"record_version":  {"internal/domain/form/record"},
	"field_task":      {"internal/domain/form"},
	"field_device":    {"internal/domain/form/field"},
	"field_upload":    {"internal/domain/form/field"},
	"field_piece":     {"internal/domain/form/field"},
	"field_answer":    {"internal/domain/form"},

	"venture":         {"internal/domain/venture"},
	"venture_code":    {"internal/domain/venture"},
	"venture_founder": {"internal/domain/venture"},
	"venture_honour":  {"internal/domain/venture"},
	"venture_need":    {"internal/domain/venture"},
	"venture_consent": {"internal/domain/venture"},
	"venture_term":    {"internal/domain/venture"},
	"industry":        {"internal/domain/venture"},
	"priority_list":   {"internal/domain/venture"},
	"priority_slot":   {"internal/domain/venture"},

	"loan_contract": {"internal/service/startuploan/contract"},
	"loan_borrower": {"internal/service/startuploan/contract"},
	"loan_part":     {"internal/service/startuploan/contract"},
	"loan_event":    {"internal/service/startuploan/contract"},
	"loan_fund":     {"internal/service/startuploan/figures"},
	"loan_term":     {"internal/service/startuploan/contract"},

	"outreach_event":    {"internal/service/outreach"},
	"outreach_guest":    {"internal/service/outreach"},
	"outreach_question": {"internal/service/outreach"},

	"loan_follow":     {"internal/service/startuploan/followup"},
	"loan_snapshot":   {"internal/service/startuploan/followup"},
	"loan_visit":      {"internal/service/startuploan/followup"},
	"loan_visit_term": {"internal/service/startuploan/followup"},

	"loan_batch":        {"internal/service/startuploan/claim"},
	"loan_line":         {"internal/service/startuploan/claim"},
	"loan_unclaimed":    {"internal/service/startuploan/claim"},
	"loan_batch_basis":  {"internal/service/startuploan/claim"},
	"loan_batch_step":   {"internal/service/startuploan/claim"},
	"loan_file":         {"internal/service/startuploan/bankfile"},
	"loan_file_row":     {"internal/service/startuploan/bankfile"},
	"loan_file_finding": {"internal/service/startuploan/bankfile"},
	"loan_file_title":   {"internal/service/startuploan/bankfile"},
	"loan_claimed":      {"internal/service/startuploan/claim"},

	"rule_version": {"internal/domain/rulebook"},
	"rule_field":   {"internal/domain/rulebook"},
	"rule_quote":   {"internal/domain/rulebook"},
	"rule_setting": {"internal/domain/rulebook"},
	"rule_line":    {"internal/domain/rulebook"},

	"place":            {"internal/domain/place"},
	"place_check":      {"internal/domain/place"},
	"place_check_item": {"internal/domain/place"},
	"document":         {"internal/domain/document"},

	"clearance":      {"internal/domain/clearance"},
	"clearance_rule": {"internal/domain/clearance"},

	"lesson_plan":   {"internal/domain/lesson"},
	"lesson_use":    {"internal/domain/lesson"},
	"lesson_rating": {"internal/domain/lesson"},

	"timetable_guard":    {"internal/domain/timetable"},
	"timetable_session":  {"internal/domain/timetable"},
	"timetable_leader":   {"internal/domain/timetable"},
	"timetable_presence": {"internal/domain/timetable"},

	"edition":          {"internal/domain/edition"},
	"edition_group":    {"internal/domain/edition"},
	"enrolment":        {"internal/domain/enrolment"},
	"enrolment_member": {"internal/domain/enrolment"},
	"enrolment_roll":   {"internal/domain/enrolment"},
	"enrolment_draw":   {"internal/domain/enrolment"},
	"enrolment_list":   {"internal/domain/enrolment"},

	"matter":        {"internal/domain/casework"},
	"matter_note":   {"internal/domain/casework"},
	"matter_reader": {"internal/domain/casework"},
	"holiday":       {"internal/domain/casework", "internal/app"}, // app: `bench acts` writes made-up days into a city of its own

	"notice": {"internal/domain/notice"},
	"outbox": {"internal/domain/notice"},

	"notice_way":     {"internal/domain/notice"},
	"notice_off":     {"internal/domain/notice"},
	"notice_sending": {"internal/domain/notice"},

	"calendar_feed": {"internal/domain/feed"},

	"youth_count": {"internal/service/density"},
	"figure":      {"internal/service/density"},
	"unit_count":  {"internal/service/density"},
	"blind_spot":  {"internal/service/density"},

	"voice":         {"internal/service/research"},
	"voice_verdict": {"internal/service/research"},
	"voice_term":    {"internal/service/research"},
	"study":         {"internal/service/research"},
	"study_draw":    {"internal/service/research"},
	"bank_item":     {"internal/service/research"},
	"meeting":       {"internal/service/research"},
	"meeting_item":  {"internal/service/research"},

	"loan_product":       {"internal/service/startuploan/product"},
	"loan_product_share": {"internal/service/startuploan/product"},
	"loan_product_line":  {"internal/service/startuploan/product"},
	"loan_bank_criteria": {"internal/service/startuploan/product"},
	"loan_bank_review":   {"internal/service/startuploan/product"},
	"loan_bank_finding":  {"internal/service/startuploan/product"},

	"loan_application": {"internal/service/startuploan"},
	"loan_party":       {"internal/service/startuploan"},
	"loan_debt":        {"internal/service/startuploan"},
	"loan_paper":       {"internal/service/startuploan"},
	"loan_desk":        {"internal/service/startuploan"},
	"loan_note":        {"internal/service/startuploan"},
	"loan_recusal":     {"internal/service/startuploan"},
	"loan_survey":      {"internal/service/startuploan"},
	"loan_way":         {"internal/service/startuploan"},
	"loan_way_desk":    {"internal/service/startuploan"},

	"volunteer":        {"internal/service/volunteering"},
	"volunteer_group":  {"internal/service/volunteering"},
	"volunteer_member": {"internal/service/volunteering"},
	"volunteer_term":   {"internal/service/volunteering/pairing"},
	"volunteer_need":   {"internal/service/volunteering/pairing"},
	"volunteer_pair":   {"internal/service/volunteering/pairing"},
	"volunteer_ban":    {"internal/service/volunteering/pairing"},
	"volunteer_duty":   {"internal/service/volunteering/duty"},
	"volunteer_day":    {"internal/service/volunteering/duty"},
	"volunteer_hours":  {"internal/service/volunteering/duty"},

	"volunteer_certificate": {"internal/service/volunteering/certificate"},

	"night_rule":     {"internal/service/nightschool"},
	"night_term":     {"internal/service/nightschool"},
	"night_idea":     {"internal/service/nightschool"},
	"night_vote":     {"internal/service/nightschool"},
	"night_course":   {"internal/service/nightschool"},
	"night_list":     {"internal/service/nightschool"},
	"night_excuse":   {"internal/service/nightschool"},
	"night_fee":      {"internal/service/nightschool"},
	"night_absence":  {"internal/service/nightschool"},
	"night_swap":     {"internal/service/nightschool"},
	"night_feedback": {"internal/service/nightschool"},

	"care_season": {"internal/service/childcare"},
	"care_class":  {"internal/service/childcare"},
	"care_claim":  {"internal/service/childcare"},
	"care_call":   {"internal/service/childcare"},

	"care_photo":       {"internal/service/childcare/photo"},
	"care_photo_child": {"internal/service/childcare/photo"},
	"care_report":      {"internal/service/childcare/safety"},
	"care_report_step": {"internal/service/childcare/safety"},

	"care_health":    {"internal/service/childcare"},
	"care_collector": {"internal/service/childcare"},
	"care_topic":     {"internal/service/childcare/term"},
	"care_absence":   {"internal/service/childcare/term"},

	"act":         {"internal/platform/act", "internal/platform/sqldb"}, // sqldb: has this key been used before?
	"act_content": {"internal/platform/act"},
	"act_epoch":   {"internal/platform/act"},
	"act_hash":    {"internal/platform/act"},
	"act_head":    {"internal/platform/act"},

	"job":    {"internal/platform/job"},
	"serial": {"internal/platform/sqldb", "internal/platform/retain"}, // retain: sqldb lies below it and cannot declare how long its table is kept

	"legal_hold":    {"internal/platform/retain"},
	"retention_run": {"internal/platform/retain"},
}

var createTable = regexp.MustCompile(`(?m)^CREATE TABLE "?([a-z_]+)`)

// tables are those that the migrations leave in the end.
func tables(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	text, err := fs.ReadFile(root, "internal/schema/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
		found[m[1]] = true
	}
	return found
}

func TestEveryTableHasAnOwner(t *testing.T) {
	t.Parallel()
	there := tables(t)
	for _, table := range slices.Sorted(maps.Keys(there)) {
		if owners[table] == nil {
			t.Errorf("table %s: arch_tables_test.go names no owner", table)
		}
	}
	for table := range owners {
		if !there[table] {
			t.Errorf("table %s has an owner and is in no migration", table)
		}
	}
}

func TestTableOwnership(t *testing.T) { report(t, checkTables) }

// named finds the tables that a statement names. Words in capitals are SQL wherever they stand; others only where
// the text also speaks of a city or a parameter, as every statement of ours does.
var (
	namedLoud = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+"?([a-z_]+)"?((?:\s+[a-z]+)?\s*,\s*[a-z_]+)*`)
	namedSoft = regexp.MustCompile(`(?i)\b(?:from|join|into|update|table)\s+"?([a-z_]+)"?((?:\s+[a-z]+)?\s*,\s*[a-z_]+)*`)
	inList    = regexp.MustCompile(`,\s*([a-z_]+)`)
	statement = regexp.MustCompile(`(?s)\bSELECT\s.*\bFROM\s|\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+[a-z]`)
)

func tablesIn(text string) (names []string) {
	re := namedLoud
	if strings.Contains(text, "$1") || strings.Contains(text, "city") {
		re = namedSoft
	}
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
		for _, more := range inList.FindAllStringSubmatch(m[0], -1) {
			names = append(names, more[1])
		}
	}
	return names
}

// checkTables finds SQL that names another's table.
func checkTables(all []*source) (faults []string) {
	for _, s := range all {
		if s.test {
			continue
		}
		s.texts(func(e ast.Expr, text string) {
			for _, table := range tablesIn(text) {
				home := owners[table]
				if home != nil && !slices.ContainsFunc(home, func(h string) bool { return within(s.dir, h) }) {
					faults = append(faults, fmt.Sprintf("%s: names table %s, which is %s's", s.at(e), table, path.Base(home[0])))
				}
			}
			if isPages(s.dir) && statement.MatchString(text) {
				faults = append(faults, s.at(e)+": pages hold no SQL")
			}
		})
	}
	return faults
}

func TestVerbsWriteTables(t *testing.T) { report(t, checkVerbs) }

// checkVerbs finds verbs that may write a table that there is not, and two verbs of one key.
func checkVerbs(all []*source) (faults []string) {
	seen := map[string]string{}
	for _, s := range all {
		if s.test {
			continue
		}
		for _, v := range s.composites("Verb", "Key") {
			key, _ := s.text(v["Key"])
			if before := seen[key]; before != "" {
				faults = append(faults, fmt.Sprintf("%s: verb %s is also in %s", s.path, key, before))
			}
			seen[key] = s.path
			if v["Writes"] == nil {
				continue
			}
			writes, whole := s.text(v["Writes"])
			for _, table := range strings.Fields(writes) {
				if whole && owners[table] == nil {
					faults = append(faults, fmt.Sprintf("%s: verb %s writes %s, which is no table", s.path, key, table))
				}
			}
		}
	}
	return faults
}

// composites gives the named fields of every literal of a type authz.NAME (or NAME) that names the field must, also inside
// slices of it.
func (s *source) composites(name, must string) (found []map[string]ast.Expr) {
	is := func(e ast.Expr) bool {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			return x.Sel.Name == name
		case *ast.Ident:
			return x.Name == name
		}
		return false
	}
	take := func(c *ast.CompositeLit) {
		fields := map[string]ast.Expr{}
		for _, e := range c.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if k, ok := kv.Key.(*ast.Ident); ok {
					fields[k.Name] = kv.Value
				}
			}
		}
		if fields[must] != nil {
			found = append(found, fields)
		}
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if c.Type != nil && is(c.Type) {
			take(c)
		}
		if list, ok := c.Type.(*ast.ArrayType); ok && is(list.Elt) {
			for _, e := range c.Elts {
				if inner, ok := e.(*ast.CompositeLit); ok && inner.Type == nil {
					take(inner)
				}
			}
		}
		return true
	})
	return found
}
