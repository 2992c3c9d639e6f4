package xlsform

import (
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
)

// column is a column of a sheet: a field of XLSForm, in a language where it has one.
type column struct {
	field string // by its XLSForm name: label, relevant; media fields as image, audio and so on
	lang  string // as the header names it; "" for none
	title string // as the file has it
	at    int
}

// translated are the fields that come in several languages.
var translated = map[string]bool{
	"label": true, "hint": true, "guidance_hint": true, "constraint_message": true, "required_message": true,
	"image": true, "big-image": true, "audio": true, "video": true,
}

// fieldNames are the older and looser names of fields.
var fieldNames = map[string]string{
	"command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant", "skip logic": "relevant", "bind relevant": "relevant",
	"read only": "readonly", "read_only": "readonly", "calculate": "calculation", "constraint message": "constraint_message",
	"constraint msg": "constraint_message", "jr constraintmsg": "constraint_message", "constraining message": "constraint_message", "required message": "required_message",
	"requiredmsg": "required_message", "jr requiredmsg": "required_message", "count": "repeat_count", "jr count": "repeat_count",
	"repeat count": "repeat_count", "choice filter": "choice_filter", "guidance hint": "guidance_hint", "list name": "list_name",
	"save to": "save_to", "bind type": "bind::type", "big image": "big-image", "noapperrorstring": "no_app_error_string",
	"form_title": "title", "form title": "title", "set form title": "title", "form_id": "id", "form id": "id", "id_string": "id",
	"set form id": "id", "default language": "default_language", "instance name": "instance_name", "form_version": "version",
	"dataset": "list_name", "entity id": "entity_id", "create if": "create_if", "update if": "update_if",
	"类型": "type", "名称": "name", "标签": "label", "提示": "hint",
}

// prefixes are groups of columns whose inner names are fields of their own.
var prefixes = map[string]bool{"media": true, "bind": true, "body": true, "control": true, "instance": true}

// parseHeader reads the header of a sheet. Where a language is cut off by one colon, as old forms do, no column may use two.
func parseHeader(t *table, fields map[string]bool, wrong *survey.Faults) (columns []column) {
	sheetName := known(t.name)
	double := false
	for _, c := range t.header().Cells {
		double = double || strings.Contains(c.Text, "::")
	}
	seen := map[string]string{}
	titles := map[string]bool{}
	for _, c := range t.header().Cells {
		titles[plainName(c.Text)] = true
	}
	for i, c := range t.header().Cells {
		title := strings.Join(strings.Fields(c.Text), " ")
		if c.Across > 1 {
			wrong.Add(sheetName, t.header().Number, sheet.ColumnName(i), "xlsform.merged_header", errs.Args{"title": title})
		}
		if title == "" {
			continue
		}
		one := parseTitle(title, double)
		if problemTitles[one.field] || plainName(title) == "id_string" && titles["form_id"] { // the older name is only heeded alone
			continue
		}
		one.at = i
		key := one.field + "::" + strings.ToLower(one.lang)
		if other, twice := seen[key]; twice && fields[one.field] {
			wrong.Add(sheetName, t.header().Number, sheet.ColumnName(i), "xlsform.column_twice", errs.Args{"title": title, "other": other})
			continue
		}
		seen[key] = title
		if fields != nil && !fields[one.field] && !strings.HasPrefix(one.field, "zd_") && !strings.Contains(one.field, "::") {
			warnColumn(sheetName, t, i, one, fields, wrong)
		}
		columns = append(columns, one)
	}
	return columns
}

// warnColumn tells of a column that means nothing here, and what was probably meant.
func warnColumn(sheetName string, t *table, at int, c column, fields map[string]bool, wrong *survey.Faults) {
	var names []string
	for f := range fields {
		names = append(names, f)
	}
	if near := xpath.Nearest(c.field, names); near != "" {
		wrong.Warn(sheetName, t.header().Number, sheet.ColumnName(at), "xlsform.column_near", errs.Args{"title": c.title, "near": near})
		return
	}
	wrong.Warn(sheetName, t.header().Number, sheet.ColumnName(at), "xlsform.column_unknown", errs.Args{"title": c.title})
}

// parseTitle takes a header apart: field, group and language.
func parseTitle(title string, double bool) column {
	c := column{title: title}
	if field, ok := fieldNames[plainName(strings.ReplaceAll(title, ":", " "))]; ok && !strings.Contains(title, "::") {
		c.field = field
		return c
	}
	sep := "::"
	if !double {
		sep = ":"
	}
	parts := strings.Split(title, sep)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	field := plainName(parts[0])
	if other, ok := fieldNames[field]; ok {
		field = other
	}
	rest := parts[1:]
	if len(rest) > 1 && rest[0] == "jr" { // bind:jr:constraintMsg
		rest = append([]string{"jr:" + rest[1]}, rest[2:]...)
	}
	if prefixes[field] && len(rest) > 0 {
		inner := plainName(rest[0])
		switch other, ok := fieldNames[strings.ReplaceAll(inner, ":", " ")]; {
		case field == "media":
			field = inner
		case ok && field == "bind":
			field = other
		case field == "bind" && (inner == "relevant" || inner == "constraint" || inner == "required" || inner == "readonly"):
			field = inner
		default:
			field += "::" + strings.Join(rest, "::")
		}
		rest = rest[1:]
	}
	c.field = field
	if translated[field] && len(rest) > 0 {
		c.lang = strings.Join(rest, sep)
	}
	return c
}

func plainName(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// line is a row of a sheet, read by its fields.
type line struct {
	row     sheet.Row
	columns []column
}

// text gives a field's text.
func (l line) text(field string) string {
	for _, c := range l.columns {
		if c.field == field && c.lang == "" {
			if text := l.row.Text(c.at); text != "" {
				return text
			}
		}
	}
	return ""
}

// formula gives a field's expression with the quotes that word processors turn put back.
func (l line) formula(field string) *survey.Formula {
	text := straight.Replace(l.text(field))
	if text == "" {
		return nil
	}
	return &survey.Formula{Text: text}
}

var straight = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "\u00a0", " ")

// texts gives a field in all languages.
func (r *reader) texts(l line, field string) (t survey.Texts) {
	for _, c := range l.columns {
		text := l.row.Text(c.at)
		if c.field != field || text == "" {
			continue
		}
		at := r.languageAt[strings.ToLower(c.lang)]
		for len(t) <= at {
			t = append(t, "")
		}
		t[at] = text
	}
	return t
}

// media gives the file names beside a label.
func (r *reader) media(l line) map[string]survey.Texts {
	var all map[string]survey.Texts
	for _, field := range []string{"image", "big-image", "audio", "video"} {
		if t := r.texts(l, field); t.Any() {
			if all == nil {
				all = map[string]survey.Texts{}
			}
			all[field] = t
		}
	}
	return all
}
