package xlsform

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// told gives what is wrong with tables: sheet, row, column and key; "warn" before what does not forbid the form.
func told(t *testing.T, tables string) (all []string) {
	t.Helper()
	_, faults := read(t, tables)
	for _, f := range faults {
		one := fmt.Sprintf("%s %d %s %s", f.Sheet, f.Row, f.Column, f.Key)
		if f.Warning {
			one = "warn " + one
		}
		all = append(all, one)
	}
	return all
}

// What other tools refuse is refused here as well, so that a form that was drawn up here can be used there.
func TestParametersAreHeldAgainstTheKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, parameters, want string }{
		{"range", "start=1 end=10 step=2", ""},
		{"range", "Start = 1 ; end = 10, STEP=2", ""},
		{"range", "begin=1", "xlsform.parameter_unknown"},
		{"range", "end=ten", "xlsform.parameter_number"},
		{"range", "end", "xlsform.bad_parameters"},
		{"range", "end=1=2", "xlsform.bad_parameters"},
		{"text", "rows=4", ""},
		{"text", "rows=4.5", "xlsform.parameter_whole"},
		{"image", "max-pixels=800", ""},
		{"image", "max-pixels=small", "xlsform.parameter_whole"},
		{"audio", "quality=external", ""},
		{"audio", "quality=best", "xlsform.parameter_value"},
		{"background-audio", "quality=external", "xlsform.parameter_value"},
		{"select_one kinds", "randomize=TRUE", ""},
		{"select_one kinds", "randomize=true seed=7", ""},
		{"select_one kinds", "randomize=true seed=${before}", ""},
		{"select_one kinds", "randomize=true seed=seven", "xlsform.parameter_seed"},
		{"select_one kinds", "seed=7", "xlsform.seed_alone"},
		{"select_one kinds", "value=code", "xlsform.parameter_unknown"},
		{"select_one_from_file towns.csv", "value=code label=title", ""},
		{"select_one_from_file towns.csv", "value=1code", "xlsform.parameter_column"},
		{"geopoint", "capture-accuracy=2.5 warning-accuracy=10", ""},
		{"geoshape", "warning-accuracy=10", "xlsform.parameter_unknown"},
		{"geotrace", "incremental=yes", ""},
		{"geotrace", "incremental=false", "xlsform.parameter_value"},
		{"geopoint", "reference-geometry=kinds", ""},
		{"geopoint", "reference-geometry=nowhere", "survey.no_geometry"},
		{"audit", "location-priority=balanced location-min-interval=60 location-max-age=300", ""},
		{"audit", "location-priority=balanced", "xlsform.audit_three"},
		{"audit", "location-priority=balanced location-min-interval=60 location-max-age=30", "xlsform.audit_order"},
		{"integer", "whatever=1", ""},
	} {
		name := "q"
		if c.kind == "audit" {
			name = ""
		}
		found := told(t, "| survey | | | | |\n| | type | name | label | parameters |\n| | text | before | Before | |\n| | "+c.kind+" | "+name+" | Q | "+c.parameters+" |\n"+
			"| choices | | | |\n| | list_name | name | label |\n| | kinds | shop | Shop |\n")
		found = slices.DeleteFunc(found, func(f string) bool { return strings.HasPrefix(f, "warn") })
		if c.want == "" && len(found) > 0 || c.want != "" && !slices.Contains(found, "survey 4 D "+c.want) {
			t.Errorf("%s with %s: %q, not %q", c.kind, c.parameters, found, c.want)
		}
	}
	form := good(t, "| survey | | | | |\n| | type | name | label | parameters |\n| | select_one kinds | q | Q | randomize=True |\n| choices | | | |\n| | list_name | name | label |\n| | kinds | shop | Shop |\n")
	if got := form.Questions[1].Parameters["randomize"]; got != "true" {
		t.Errorf("randomize=True is read as %q", got)
	}
}

func TestWhatOtherToolsRefuse(t *testing.T) {
	t.Parallel()
	survey := func(head string, rows ...string) string {
		return "| survey | |\n| | " + head + " |\n| | " + strings.Join(rows, " |\n| | ") + " |\n"
	}
	const plain = "type | name | label"
	choices := "| choices | |\n| | list_name | name | label |\n| | kinds | shop | Shop |\n"
	entities := func(head, row string) string { return "| entities | |\n| | " + head + " |\n| | " + row + " |\n" }
	for _, c := range []struct{ name, tables, want string }{
		{"guidance alone does not say what is asked", survey("type | name | guidance_hint", "text | a | Look it up"), "survey 3  xlsform.no_label"},
		{"a big image without a small one", survey("type | name | big-image", "text | a | a.jpg"), "survey 3 C xlsform.big_image"},
		{"a calculation with nothing but a word", survey("type | name | default", "calculate | a | five"), "survey 3  xlsform.no_calculation"},
		{"a half reference in a label", survey(plain, "text | a | A", "text | b | After ${a"), "survey 4 C survey.text_reference"},
		{"blanks in a reference in a label", survey(plain, "text | a | A", "text | b | After ${a }"), "survey 4 C survey.text_reference"},
		{"the last record in a label", survey(plain, "text | a | It was ${last-saved#a}"), "survey 3 C survey.text_last_saved"},
		{"a choice that names nobody", survey(plain, "select_one kinds | a | A") + strings.Replace(choices, "Shop", "${nobody}", 1), "choices 6 C survey.text_names"},
		{"a file that an answer names", survey("type | name | label | image", "text | a | A | ${a}.jpg"), "survey 3 D survey.file_names"},
		{"two repeats of a name", survey(plain, "begin group | g | G", "begin repeat | r | R", "text | a | A", "end repeat | |", "end group | |", "begin repeat | r | R", "text | b | B", "end repeat | |"), "survey 8 B xlsform.repeat_twice"},
		{"a repeat called as the form", survey(plain, "begin repeat | data | R", "text | a | A", "end repeat | |"), "survey 3 B xlsform.repeat_twice"},
		{"a group called meta", survey(plain, "begin group | meta | G", "text | a | A", "end group | |"), "survey 3 B xlsform.reserved"},
		{"an audit by another name", survey(plain, "audit | log |"), "survey 3 B xlsform.audit_name"},
		{"a trigger that is no reference", survey(plain+" | calculation | trigger", "text | a | A | |", "text | b | B | now() | a"), "survey 4 E xlsform.trigger_reference"},
		{"a trigger that nobody answers", survey(plain+" | calculation | trigger", "calculate | a | | 1 + 1 |", "text | b | B | now() | ${a}"), "survey 4 E survey.trigger_unseen"},
		{"a position in the background without a trigger", survey(plain+" | trigger", "background-geopoint | a | |"), "survey 3 D xlsform.background_geopoint"},
		{"choices that are searched elsewhere", survey(plain+" | appearance", "select_one kinds | a | A | search('shops')") + choices, "survey 3 D xlsform.search"},
		{"a file declared twice", survey(plain, "csv-external | shops |", "begin group | g | G", "csv-external | shops |", "end group | |"), "survey 5 B survey.table_again"},
		{"a file and a list of one name", survey(plain, "select_one_from_file kinds.csv | a | A") + choices, "survey 3 A survey.table_twice"},
		{"two files of one name", survey(plain+" | calculation", "xml-external | shops | |", "calculate | a | | pulldata('shops', 'x', 'y', 'z')"), "survey 4 D survey.table_twice"},
		{"the name of the last record", survey(plain, "xml-external | __last-saved |"), "survey 3 B survey.table_reserved"},
		{"a map drawn by hand", survey(plain, "osm | a | A"), "survey 3 A xlsform.type_unsupported"},
		{"a loop", survey(plain, "begin loop over kinds | a | A", "text | b | B", "end loop | |") + choices, "survey 3 A xlsform.type_unsupported"},
		{"saved to nothing", survey(plain+" | save_to", "text | a | A | note"), "survey 3 D xlsform.save_without_entity"},
		{"saved as what every record has", survey(plain+" | save_to", "text | a | A | Label") + entities("list_name | label", "shops | ${a}"), "survey 3 D xlsform.reserved"},
		{"a list with a full stop", survey(plain, "text | a | A") + entities("list_name | label", "my.shops | ${a}"), "entities 6 A xlsform.entity_name"},
		{"two records", survey(plain, "text | a | A") + entities("list_name | label", "shops | ${a} |\n| | stalls | ${a}"), "entities 7  xlsform.entity_one"},
		{"a record for each repeat", survey(plain, "begin repeat | r | R", "text | a | A", "end repeat | |") + entities("list_name | label | repeat", "shops | ${a} | ${r}"), "entities 8 C xlsform.entity_repeat"},
		{"an update of nobody knows what", survey(plain, "text | a | A") + entities("list_name | label | update_if", "shops | ${a} | true()"), "entities 6  xlsform.entity_id"},
		{"made with an id, and never changed", survey(plain, "text | a | A") + entities("list_name | label | entity_id | create_if", "shops | ${a} | ${a} | true()"), "entities 6  xlsform.entity_update"},
	} {
		if found := told(t, c.tables); !slices.Contains(found, c.want) {
			t.Errorf("%s: %q, not %q", c.name, found, c.want)
		}
	}
}

func TestWhatIsTakenWithAWord(t *testing.T) {
	t.Parallel()
	survey := "| survey | |\n| | type | name | label |\n| | text | a | A |\n"
	for _, c := range []struct{ name, tables, want string }{
		{"a group without a title", "| survey | |\n| | type | name | label |\n| | begin group | g | |\n| | text | a | A |\n| | end group | | |\n", "warn survey 3 C xlsform.no_group_label"},
		{"a sheet almost called settings", survey + "| setings | |\n| | form_id |\n| | x |\n", "warn  0  xlsform.sheet_near"},
		{"a column with blanks", survey + "| choices | |\n| | list_name | name | label | my area |\n| | l | x | X | north |\n", "warn choices 5 D xlsform.column_blank"},
		{"a language without a code", "| survey | |\n| | type | name | label::中文 |\n| | text | a | 甲 |\n", "warn survey 0 C xlsform.language_code"},
		{"a hint in one language of two", "| survey | |\n| | type | name | label::中文 (zh) | label::English (en) | hint::中文 (zh) |\n| | text | a | 甲 | A | 提示 |\n", "warn survey 0 E xlsform.not_translated"},
		{"a serial number that no phone tells", survey + "| | simserial | s | |\n", "warn survey 4 A xlsform.type_retired"},
		{"several answers saved as one", "| survey | |\n| | type | name | label | save_to |\n| | begin repeat | r | R | |\n| | text | a | A | note |\n| | end repeat | | | |\n| entities | |\n| | list_name | label |\n| | shops | 'x' |\n", "warn survey 4 D xlsform.save_in_repeat"},
		{"a formula in a label", survey + "| | note | b | It is instance('l')/root/item[1]/label |\n", "warn survey 4 C survey.text_formula"},
	} {
		if found := told(t, c.tables); !slices.Contains(found, c.want) {
			t.Errorf("%s: %q, not %q", c.name, found, c.want)
		}
	}
	for name, tables := range map[string]string{
		"a sheet put aside":          survey + "| _setings | |\n| | form_id |\n| | x |\n",
		"a page without a title":     "| survey | |\n| | type | name | label | appearance |\n| | begin group | g | | field-list |\n| | text | a | A | |\n| | end group | | | |\n",
		"the older name of form_id":  survey + "| settings | |\n| | id_string | form_id |\n| | old | new |\n",
		"a file that is pulled from": "| survey | |\n| | type | name | label | constraint |\n| | text | a | A | pulldata('shops', 'x', 'y', .) = 1 |\n",
	} {
		if found := told(t, tables); len(found) > 0 {
			t.Errorf("%s: %q", name, found)
		}
	}
}

// A question that is worked out and shows nothing is a calculation, whatever its type, as other tools have it.
func TestWorkedOutAndUnseen(t *testing.T) {
	t.Parallel()
	form := good(t, `
| survey |          |      |       |             |         |
|        | type     | name | label | calculation | trigger |
|        | text     | a    | A     |             |         |
|        | dateTime | b    |       | now()       | ${a}    |
|        | integer  | c    | C     | 1 + 1       |         |
|        | integer  | d    |       | 1 + 1       |         |
`)
	var kinds []string
	for _, q := range form.Questions[1:] {
		kinds = append(kinds, string(q.Kind))
	}
	if got := strings.Join(kinds, " "); got != "text calculate integer calculate" {
		t.Errorf("kinds are %s", got)
	}
}

// Of the older and the newer name of the form's id, the newer one counts.
func TestFormIDBeforeItsOlderName(t *testing.T) {
	t.Parallel()
	form := good(t, "| survey | |\n| | type | name | label |\n| | text | a | A |\n| settings | |\n| | id_string | form_id | attribute::x | attribute::y |\n| | old | new | 1 | 2 |\n")
	if form.ID != "new" || form.Settings["attribute::x"] != "1" || form.Settings["attribute::y"] != "2" {
		t.Errorf("the id is %q, further settings are %v", form.ID, form.Settings)
	}
}
