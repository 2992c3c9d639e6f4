package xlsform

import (
	"strings"

	"zhidian/internal/domain/form/survey"
)

// rowKind is what the type column of a survey row says.
type rowKind struct {
	kind  survey.Kind
	begin bool // opens a group or repeat
	end   bool // closes one
	list  string
	file  bool // the list is a file
	other bool // or_other
}

// typeNames are the names of kinds beside XLSForm's own, from older tools.
var typeNames = map[string]survey.Kind{
	"string": survey.Text, "add text prompt": survey.Text, "q string": survey.Text,
	"int": survey.Integer, "add integer prompt": survey.Integer, "number": survey.Integer, "q int": survey.Integer,
	"add decimal prompt": survey.Decimal, "q decimal": survey.Decimal,
	"add note prompt": survey.Note, "q note": survey.Note,
	"location": survey.GeoPoint, "gps": survey.GeoPoint, "geo point": survey.GeoPoint, "add location prompt": survey.GeoPoint, "q geopoint": survey.GeoPoint, "q location": survey.GeoPoint,
	"geo trace": survey.GeoTrace, "geo shape": survey.GeoShape, "q geotrace": survey.GeoTrace, "q geoshape": survey.GeoShape,
	"add date prompt": survey.Date, "q date": survey.Date, "add time prompt": survey.Time, "q time": survey.Time,
	"datetime": survey.DateTime, "date time": survey.DateTime, "add date time prompt": survey.DateTime, "q date time": survey.DateTime,
	"photo": survey.Image, "add image prompt": survey.Image, "add photo prompt": survey.Image, "q image": survey.Image, "q picture": survey.Image,
	"add audio prompt": survey.Audio, "q audio": survey.Audio, "add video prompt": survey.Video, "q video": survey.Video, "add file prompt": survey.File,
	"add barcode prompt": survey.Barcode, "q barcode": survey.Barcode,
	"trigger": survey.Acknowledge, "acknowledgement": survey.Acknowledge, "add acknowledge prompt": survey.Acknowledge, "q acknowledge": survey.Acknowledge,
	"add calculate prompt": survey.Calculate, "q calculate": survey.Calculate,
	"start time": survey.Start, "get start time": survey.Start, "end time": survey.End, "get end time": survey.End, "get today": survey.Today,
	"imei": survey.DeviceID, "device id": survey.DeviceID, "get device id": survey.DeviceID, "uri:deviceid": survey.DeviceID,
	"get phone number": survey.PhoneNumber, "phone number": survey.PhoneNumber, "uri:phonenumber": survey.PhoneNumber,
	"uri:username": survey.Username, "uri:email": survey.Email, "start geopoint": survey.StartGeoPoint,
}

// retired are kinds that no device can answer any more; they are read and stay empty.
var retired = map[string]bool{
	"simserial": true, "subscriberid": true, "get sim id": true, "get subscriber id": true, "sim id": true, "subscriber id": true,
	"uri:simserial": true, "uri:subscriberid": true,
}

// unsupported are kinds of other tools that mean nothing here; the manual says why.
var unsupported = set("osm", "cascading_select", "cascading", "include")

// selects are the ways of writing a question with choices, the longest first.
var selects = []struct {
	text string
	kind survey.Kind
	file bool
}{
	{"select_multiple_from_file", survey.SelectMultiple, true},
	{"select multiple from file", survey.SelectMultiple, true},
	{"select_one_from_file", survey.SelectOne, true},
	{"select one from file", survey.SelectOne, true},
	{"add select multiple prompt using", survey.SelectMultiple, false},
	{"add select one prompt using", survey.SelectOne, false},
	{"select all that apply from", survey.SelectMultiple, false},
	{"select all that apply", survey.SelectMultiple, false},
	{"select_one_external", survey.SelectOne, false},
	{"select one external", survey.SelectOne, false},
	{"select multiple from", survey.SelectMultiple, false},
	{"select multiple using", survey.SelectMultiple, false},
	{"select_multiple", survey.SelectMultiple, false},
	{"select multiple", survey.SelectMultiple, false},
	{"select1 from", survey.SelectOne, false},
	{"select one from", survey.SelectOne, false},
	{"select one using", survey.SelectOne, false},
	{"select_one", survey.SelectOne, false},
	{"select one", survey.SelectOne, false},
	{"select1", survey.SelectOne, false},
	{"rank", survey.Rank, false},
}

// parseType reads the type column; false where it means nothing.
func parseType(text string) (r rowKind, ok bool) {
	words := strings.Join(strings.Fields(text), " ")
	low := strings.ToLower(words)
	for _, edge := range []struct {
		word  string
		begin bool
	}{{"begin", true}, {"end", false}} {
		rest, found := strings.CutPrefix(low, edge.word)
		if !found {
			continue
		}
		switch strings.Trim(strings.ReplaceAll(rest, "_", " "), " ") {
		case "group", "lgroup":
			return rowKind{kind: survey.Group, begin: edge.begin, end: !edge.begin}, true
		case "repeat", "lrepeat", "looped group":
			return rowKind{kind: survey.Repeat, begin: edge.begin, end: !edge.begin}, true
		}
	}
	for _, s := range selects {
		rest, found := strings.CutPrefix(low, s.text)
		if !found || rest != "" && rest[0] != ' ' {
			continue
		}
		list := strings.TrimSpace(words[len(s.text):])
		other := false
		for _, end := range []string{" or_other", " or other", " or specify other"} {
			if cut, found := strings.CutSuffix(strings.ToLower(list), end); found {
				list, other = list[:len(cut)], true
			}
		}
		return rowKind{kind: s.kind, list: strings.TrimSpace(list), file: s.file, other: other}, list != ""
	}
	if kind, found := typeNames[low]; found {
		return rowKind{kind: kind}, true
	}
	if retired[low] {
		return rowKind{kind: survey.Hidden}, true
	}
	for _, kind := range []survey.Kind{survey.Kind(low), survey.Kind(words)} {
		if kind.Known() && !kind.IsGroup() && !kind.Chooses() {
			return rowKind{kind: kind}, true
		}
	}
	return rowKind{}, false
}
