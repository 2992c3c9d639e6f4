package xlsform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// parameter is one name that the column parameters may hold, and what may be written for it.
type parameter struct {
	fits  func(value string) bool
	fault string // what is wrong with a value that does not fit
	plain bool   // capitals mean nothing, so that True is read as true
}

var (
	isNumber    = parameter{fits: func(v string) bool { _, err := strconv.ParseFloat(v, 64); return err == nil }, fault: "xlsform.parameter_number"}
	isWhole     = parameter{fits: func(v string) bool { n, err := strconv.Atoi(v); return err == nil && n > 0 }, fault: "xlsform.parameter_whole"}
	isColumn    = parameter{fits: xpath.IsName, fault: "xlsform.parameter_column"}
	isAnything  = parameter{fits: func(string) bool { return true }}
	isReference = parameter{fits: func(v string) bool { return xpath.IsName(v) || xpath.IsName(referred(v)) }, fault: "xlsform.parameter_value"}
	isSeed      = parameter{fits: func(v string) bool { return isNumber.fits(v) || xpath.IsName(referred(v)) }, fault: "xlsform.parameter_seed"}
	isWaiting   = parameter{fits: func(v string) bool { n, err := strconv.Atoi(v); return err == nil && n >= 0 }, fault: "xlsform.parameter_whole"}
)

// oneOf is a parameter with a few possible values.
func oneOf(values ...string) parameter {
	return parameter{fits: func(v string) bool { return slices.Contains(values, v) }, fault: "xlsform.parameter_value", plain: true}
}

var (
	isSwitch  = oneOf("true", "false")
	shuffles  = map[string]parameter{"randomize": isSwitch, "seed": isSeed}
	positions = map[string]parameter{
		"allow-mock-accuracy": isSwitch, "reference-geometry": isReference, "capture-accuracy": isNumber, "warning-accuracy": isNumber,
	}
	drawings = map[string]parameter{
		"allow-mock-accuracy": isSwitch, "reference-geometry": isReference, "incremental": oneOf("true", "yes", "true()"),
	}
)

// parameters are what the kinds understand. A kind that is not here understands none and is not asked.
var parameters = map[survey.Kind]map[string]parameter{
	survey.Text: {"rows": isWhole},
	survey.Range: {
		"start": isNumber, "end": isNumber, "step": isNumber, "tick_interval": isNumber, "placeholder": isNumber, "tick_labelset": isAnything,
	},
	survey.Image:           {"max-pixels": isWhole, "app": isAnything},
	survey.Audio:           {"quality": oneOf("voice-only", "low", "normal", "external")},
	survey.BackgroundAudio: {"quality": oneOf("voice-only", "low", "normal")},
	survey.SelectOne:       shuffles, survey.SelectMultiple: shuffles, survey.Rank: shuffles,
	survey.GeoPoint: positions, survey.GeoTrace: drawings, survey.GeoShape: drawings,
	survey.Audit: {
		"location-priority": oneOf("no-power", "low-power", "balanced", "high-accuracy"), "location-min-interval": isWaiting, "location-max-age": isWaiting,
		"track-changes": isSwitch, "identify-user": isSwitch, "track-changes-reasons": oneOf("on-form-edit"),
	},
}

// ofFile are the further parameters of choices that lie in a file: the columns of their values and labels.
var ofFile = map[string]parameter{"value": isColumn, "label": isColumn}

// referred gives the name in ${name}, or nothing.
func referred(text string) string {
	name, ok := strings.CutPrefix(text, "${")
	if name, closed := strings.CutSuffix(name, "}"); ok && closed {
		return name
	}
	return ""
}

var (
	equals  = regexp.MustCompile(`\s*=\s*`)
	onePair = regexp.MustCompile(`^([^\s,;=&"']+)=("[^"]*"|'[^']*'|\$\{[^}]*\}|[^\s,;=&"']+)(?:[\s,;]+|$)`)
)

// parameters reads "start=1 end=10", with commas and semicolons forgiven. Of two with the same name the last one counts.
func (r *reader) parameters(q *survey.Question, text string) {
	known := parameters[q.Kind]
	rest := strings.Trim(equals.ReplaceAllString(text, "="), " ,;\t\n")
	for rest != "" {
		pair := onePair.FindStringSubmatch(rest)
		if pair == nil {
			if known != nil {
				r.wrong.Add("survey", q.Row, "parameters", "xlsform.bad_parameters", errs.Args{"text": rest})
			}
			return
		}
		rest = rest[len(pair[0]):]
		if q.Parameters == nil {
			q.Parameters = map[string]string{}
		}
		name, value := strings.ToLower(pair[1]), strings.Trim(pair[2], `"'`)
		p, ok := known[name]
		if !ok && q.FromFile {
			p, ok = ofFile[name]
		}
		switch {
		case known == nil:
		case !ok:
			r.wrong.Add("survey", q.Row, "parameters", "xlsform.parameter_unknown", errs.Args{"name": name, "names": strings.Join(names(q, known), ", ")})
			continue
		default:
			if p.plain {
				value = strings.ToLower(value)
			}
			if !p.fits(value) {
				r.wrong.Add("survey", q.Row, "parameters", p.fault, errs.Args{"name": name, "text": value})
				continue
			}
		}
		q.Parameters[name] = value
	}
	r.together(q)
}

// names lists the parameters of a kind.
func names(q *survey.Question, known map[string]parameter) (all []string) {
	for name := range known {
		all = append(all, name)
	}
	if q.FromFile {
		all = append(all, "label", "value")
	}
	slices.Sort(all)
	return all
}

// together holds the parameters of a question against each other.
func (r *reader) together(q *survey.Question) {
	p := q.Parameters
	if p["seed"] != "" && p["randomize"] != "true" {
		r.wrong.Add("survey", q.Row, "parameters", "xlsform.seed_alone", nil)
	}
	if q.Kind != survey.Audit {
		return
	}
	given := 0
	for _, name := range []string{"location-priority", "location-min-interval", "location-max-age"} {
		if p[name] != "" {
			given++
		}
	}
	least, _ := strconv.Atoi(p["location-min-interval"])
	most, _ := strconv.Atoi(p["location-max-age"])
	switch {
	case given > 0 && given < 3:
		r.wrong.Add("survey", q.Row, "parameters", "xlsform.audit_three", nil)
	case most < least:
		r.wrong.Add("survey", q.Row, "parameters", "xlsform.audit_order", nil)
	}
}
