package xlsform

import (
	"maps"
	"slices"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
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
		if !choiceFields[c.field] && !strings.ContainsAny(c.title, " ") {
			further = append(further, c)
		}
	}
	lists := map[string]*survey.List{}
	for _, row := range t.rows[1:] {
		l := line{row, columns}
		r.choice(name, l, further, lists)
	}
	for _, list := range r.form.Lists {
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
		if !item.Label.Any() && item.Media == nil {
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
					f.Settings[c.field] = text
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

var entityFields = set("list_name", "label", "entity_id", "create_if", "update_if")

// entities reads which record a form makes or changes beside its answers.
func (r *reader) entities() {
	t := r.sheets["entities"]
	if t == nil || len(t.rows) < 2 {
		return
	}
	l := line{t.rows[1], r.columns("entities", entityFields)}
	e := &survey.Entity{
		Dataset: l.text("list_name"), Label: l.formula("label"), ID: l.formula("entity_id"),
		CreateIf: stated(l.formula("create_if")), UpdateIf: stated(l.formula("update_if")), Row: l.row.Number,
	}
	if e.Dataset == "" {
		r.wrong.Add("entities", e.Row, "list_name", "xlsform.entity_list", nil)
		return
	}
	if e.ID == nil && e.Label == nil {
		r.wrong.Add("entities", e.Row, "label", "xlsform.entity_label", nil)
	}
	if len(t.rows) > 2 {
		r.wrong.Warn("entities", t.rows[2].Number, "", "xlsform.one_row", nil)
	}
	r.form.Entity = e
	for _, q := range r.form.Questions[1:] {
		if q.SaveTo != "" && (q.Kind.IsGroup() || !q.Kind.Holds()) {
			r.wrong.Add("survey", q.Row, "save_to", "xlsform.save_to", errs.Args{"name": q.Name})
		}
	}
}

// stated keeps an expression as it is; yes and no are read as true() and false().
func stated(x *survey.Formula) *survey.Formula {
	switch {
	case x == nil:
		return nil
	case yes(x.Text):
		return &survey.Formula{Text: "true()"}
	case no(x.Text):
		return &survey.Formula{Text: "false()"}
	}
	return x
}

// findLanguages lists the languages of a form: the default one first, then those of the headers in their order. Texts
// under a header without a language are of the default one, or of a language without a name where none is set.
func (r *reader) findLanguages() {
	f := r.form
	r.languageAt = map[string]int{}
	add := func(name string) {
		if _, there := r.languageAt[strings.ToLower(name)]; !there {
			r.languageAt[strings.ToLower(name)] = len(f.Languages)
			f.Languages = append(f.Languages, languageOf(name))
		}
	}
	if f.Settings["default_language"] != "" {
		add(f.Settings["default_language"])
		r.languageAt[""] = 0
	}
	for _, plain := range []bool{true, false} { // without a language first
		for _, name := range []string{"survey", "choices"} {
			if t := r.sheets[name]; t != nil {
				for _, c := range parseHeader(t, nil, &survey.Faults{}) {
					if translated[c.field] && (c.lang == "") == plain {
						add(c.lang)
					}
				}
			}
		}
	}
	if len(f.Languages) == 0 {
		add("")
	}
}

// languageOf takes "中文 (zh)" apart.
func languageOf(name string) survey.Language {
	l := survey.Language{Name: name}
	if from := strings.LastIndexAny(name, "(（"); from >= 0 {
		inside := strings.TrimLeft(name[from:], "(（")
		l.Code = strings.TrimSpace(strings.TrimRight(inside, ")） "))
	}
	return l
}

// languages warns of languages in which something is not said.
func (r *reader) languages() {
	f := r.form
	if len(f.Languages) == 1 {
		return
	}
	missing := map[string]int{}
	for _, q := range f.Questions[min(1, len(f.Questions)):] {
		for i, l := range f.Languages {
			if q.Label.Any() && (i >= len(q.Label) || q.Label[i] == "") {
				missing[l.Name]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		shown := name
		if shown == "" {
			shown = "-"
		}
		r.wrong.Warn("survey", 0, "label", "xlsform.not_translated", errs.Args{"language": shown, "count": missing[name]})
	}
}
