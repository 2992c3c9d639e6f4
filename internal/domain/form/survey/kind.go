package survey

import "slices"

// Kind is what a row of the survey is, by its XLSForm type.
type Kind string

// Groups, and what people answer.
const (
	Group  Kind = "group"
	Repeat Kind = "repeat"

	Text           Kind = "text"
	Integer        Kind = "integer"
	Decimal        Kind = "decimal"
	Range          Kind = "range"
	SelectOne      Kind = "select_one"
	SelectMultiple Kind = "select_multiple"
	Rank           Kind = "rank"
	Note           Kind = "note"
	GeoPoint       Kind = "geopoint"
	GeoTrace       Kind = "geotrace"
	GeoShape       Kind = "geoshape"
	Date           Kind = "date"
	Time           Kind = "time"
	DateTime       Kind = "dateTime"
	Image          Kind = "image"
	Audio          Kind = "audio"
	Video          Kind = "video"
	File           Kind = "file"
	Barcode        Kind = "barcode"
	Acknowledge    Kind = "acknowledge"
)

// What nobody is asked: worked out, carried along, or noted by the device.
const (
	Calculate          Kind = "calculate"
	Hidden             Kind = "hidden"
	Start              Kind = "start"
	End                Kind = "end"
	Today              Kind = "today"
	DeviceID           Kind = "deviceid"
	PhoneNumber        Kind = "phonenumber"
	Username           Kind = "username"
	Email              Kind = "email"
	Audit              Kind = "audit"
	StartGeoPoint      Kind = "start-geopoint"
	BackgroundGeoPoint Kind = "background-geopoint"
	BackgroundAudio    Kind = "background-audio"
	CSVExternal        Kind = "csv-external"
	XMLExternal        Kind = "xml-external"
)

// traits is what the house needs to know of a kind.
type traits struct {
	asked bool // shown to whoever fills in
	value bool // holds an answer
	media bool // the answer is a file
}

var kinds = map[Kind]traits{
	Group: {}, Repeat: {},
	Text: {asked: true, value: true}, Integer: {asked: true, value: true}, Decimal: {asked: true, value: true}, Range: {asked: true, value: true},
	SelectOne: {asked: true, value: true}, SelectMultiple: {asked: true, value: true}, Rank: {asked: true, value: true},
	Note:     {asked: true, value: true}, // a note may calculate, and is referred to then
	GeoPoint: {asked: true, value: true}, GeoTrace: {asked: true, value: true}, GeoShape: {asked: true, value: true},
	Date: {asked: true, value: true}, Time: {asked: true, value: true}, DateTime: {asked: true, value: true},
	Image: {true, true, true}, Audio: {true, true, true}, Video: {true, true, true}, File: {true, true, true},
	Barcode: {asked: true, value: true}, Acknowledge: {asked: true, value: true},

	Calculate: {value: true}, Hidden: {value: true}, Start: {value: true}, End: {value: true}, Today: {value: true},
	DeviceID: {value: true}, PhoneNumber: {value: true}, Username: {value: true}, Email: {value: true},
	Audit: {value: true, media: true}, StartGeoPoint: {value: true}, BackgroundGeoPoint: {value: true},
	BackgroundAudio: {value: true, media: true}, CSVExternal: {}, XMLExternal: {},
}

// Known tells whether there is such a kind.
func (k Kind) Known() bool { _, ok := kinds[k]; return ok }

// Asked tells whether whoever fills in sees it as a question or a note.
func (k Kind) Asked() bool { return kinds[k].asked }

// Holds tells whether it has an answer.
func (k Kind) Holds() bool { return kinds[k].value }

// IsFile tells whether its answer is the name of a file.
func (k Kind) IsFile() bool { return kinds[k].media }

// Chooses tells whether it is answered by choices of a list.
func (k Kind) Chooses() bool { return k == SelectOne || k == SelectMultiple || k == Rank }

// Several tells whether the answer is several choices between blanks.
func (k Kind) Several() bool { return k == SelectMultiple || k == Rank }

// IsGroup tells whether it holds other questions.
func (k Kind) IsGroup() bool { return k == Group || k == Repeat }

// IsGeo tells whether the answer is one or more positions.
func (k Kind) IsGeo() bool {
	return k == GeoPoint || k == GeoTrace || k == GeoShape || k == StartGeoPoint || k == BackgroundGeoPoint
}

// Kinds lists all kinds but groups and repeats.
func Kinds() (all []Kind) {
	for k := range kinds {
		if !k.IsGroup() {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}
