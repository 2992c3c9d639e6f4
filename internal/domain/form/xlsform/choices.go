package xlsform

import (
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
)

var choiceFields = set("list_name", "name", "label", "image", "big-image", "audio", "video")

// choices reads a sheet of choices. Columns that XLSForm does not know are what filters ask for.
func (r *reader) choices(name string) {
	t := r.sheets[name]
	if t == nil {
		return
	}
	columns := r.columns(name, nil)
	for _, field := range []string{"list_name", "name"} {
		if r.letters[name][field] == "" {
			r.wrong.Add(name, t.header().Number, "", "xlsform.no_column", errs.Args{"name": field, "sheet": name})
			return
		}
	}
	var further []column
	for _, c := range columns {
		switch {
		case choiceFields[c.field]:
		case strings.Contains(c.title, " "):
			r.wrong.Warn(name, t.header().Number, sheet.ColumnName(c.at), "xlsform.column_blank", errs.Args{"title": c.title})
		default:
			further = append(further, c)
		}
	}
	before := len(r.form.Lists)
	lists := map[string]*survey.List{}
	for _, row := range t.rows[1:] {
		l := line{row, columns}
		r.choice(name, l, further, lists)
	}
	for _, list := range r.form.Lists[before:] {
		r.checkItems(name, list)
	}
}

func (r *reader) choice(name string, l line, further []column, lists map[string]*survey.List) {
	listName, value := l.text("list_name"), l.text("name")
	if listName == "" {
		if value != "" {
			r.wrong.Warn(name, l.row.Number, "list_name", "xlsform.choice_without_list", nil)
		}
		return
	}
	list := lists[listName]
	if list == nil {
		list = &survey.List{Name: listName}
		for _, c := range further {
			list.Columns = append(list.Columns, c.title)
		}
		lists[listName] = list
		r.form.Lists = append(r.form.Lists, list)
	}
	item := survey.Item{Value: value, Label: r.texts(l, "label"), Media: r.media(l), Row: l.row.Number}
	for _, c := range further {
		item.Cells = append(item.Cells, l.row.Text(c.at))
	}
	list.Items = append(list.Items, item)
}

// checkItems holds the choices of a list against each other.
func (r *reader) checkItems(name string, list *survey.List) {
	seen := map[string]int{}
	for _, item := range list.Items {
		if item.Row == 0 {
			continue
		}
		if item.Value == "" {
			r.wrong.Add(name, item.Row, "name", "xlsform.choice_no_name", errs.Args{"list": list.Name})
			continue
		}
		if !item.Label.Any() && item.Media == nil && (name == "choices" || r.letters[name]["label"] != "") {
			r.wrong.Warn(name, item.Row, "label", "xlsform.choice_no_label", errs.Args{"list": list.Name, "name": item.Value})
		}
		if row, twice := seen[item.Value]; twice && !r.form.AllowDuplicates {
			r.wrong.Add(name, item.Row, "name", "xlsform.choice_twice", errs.Args{"list": list.Name, "name": item.Value, "row": row})
		}
		seen[item.Value] = item.Row
	}
}

var settingsFields = set("title", "id", "version", "default_language", "style", "instance_name", "allow_choice_duplicates", "public_key",
	"submission_url", "auto_send", "auto_delete", "name", "prefix", "delimiter", "clean_text_values", "flat", "instance_xmlns", "namespaces",
	"client_editable", "omit_instanceid", "compact_prefix", "compact_tag", "sms_keyword", "sms_separator", "sms_allow_media", "sms_date_format",
	"sms_datetime_format", "sms_response", "set language")

// settings reads the settings, or takes the file's name for the title where there are none.
func (r *reader) settings(fileName string) {
	f := r.form
	if t := r.sheets["settings"]; t != nil {
		columns := r.columns("settings", settingsFields)
		if len(t.rows) > 1 {
			l := line{t.rows[1], columns}
			f.Title, f.ID, f.Version, f.Style = l.text("title"), l.text("id"), l.text("version"), l.text("style")
			f.InstanceName = l.formula("instance_name")
			f.AllowDuplicates = yes(l.text("allow_choice_duplicates"))
			for _, c := range columns {
				if text := l.row.Text(c.at); text != "" && !set("title", "id", "version", "style", "instance_name", "allow_choice_duplicates")[c.field] {
					if settingsFields[c.field] {
						f.Settings[c.field] = text
					} else {
						f.Settings[c.title] = text
					}
				}
			}
		}
		if len(t.rows) > 2 {
			r.wrong.Warn("settings", t.rows[2].Number, "", "xlsform.one_row", nil)
		}
	}
	if f.Title == "" {
		f.Title = fileName
	}
	if f.ID == "" {
		f.ID, f.Unnamed = fileName, true
	}
}
