package fill

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
)

// maxText is how many characters an answer may have.
const maxText = 50_000

var (
	whole   = regexp.MustCompile(`^-?\d{1,18}$`)
	decimal = regexp.MustCompile(`^-?(\d{1,18}(\.\d{0,15})?|\.\d{1,15})$`)
	clock   = regexp.MustCompile(`^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?$`)
	instant = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:[0-5]\d(?:\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?$`)
	degree  = regexp.MustCompile(`^[+-]?(\d{1,9}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?$`) // as phones write it, in full or with an exponent
)

// filed is a file as an answer: its id, and what it is called.
var filed = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}-[^/\\\x00-\x1f]{1,200}$`)

// IsFile tells whether an answer names a file that was handed in.
func IsFile(given string) bool { return filed.MatchString(given) }

// narrow turns the digits and signs of Chinese keyboards into plain ones.
var narrow = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9",
	"．", ".", "－", "-", "：", ":", "　", " ", "，", ",")

// canonical brings what was typed into the one form in which answers of a kind are kept, or says why it cannot be one.
// assets/ts/form/canonical.ts is its twin; testdata/canonical.json holds both.
func canonical(q *survey.Question, typed string) (string, *errs.Problem) {
	if !utf8.ValidString(typed) || strings.ContainsRune(typed, 0) {
		return "", &errs.Problem{Key: "form.bad_characters"}
	}
	if utf8.RuneCountInString(typed) > maxText {
		return "", &errs.Problem{Key: "form.long", Args: errs.Args{"max": maxText}}
	}
	if strings.TrimSpace(typed) == "" {
		return "", nil
	}
	switch q.Kind {
	case survey.Integer, survey.Decimal, survey.Range:
		return number(q, typed)
	case survey.Date:
		return date(narrow.Replace(strings.TrimSpace(typed)))
	case survey.Time:
		text := narrow.Replace(strings.TrimSpace(typed))
		if !clock.MatchString(text) {
			return "", &errs.Problem{Key: "form.not_time"}
		}
		return text, nil
	case survey.DateTime:
		return dateTime(narrow.Replace(strings.TrimSpace(typed)))
	case survey.SelectMultiple, survey.Rank:
		return strings.Join(strings.Fields(typed), " "), nil
	case survey.SelectOne:
		return strings.TrimSpace(typed), nil
	case survey.Image, survey.Audio, survey.Video, survey.File:
		if !IsFile(typed) {
			return "", &errs.Problem{Key: "form.file_gone"}
		}
		return typed, nil
	case survey.GeoPoint, survey.GeoTrace, survey.GeoShape:
		return positions(q.Kind, narrow.Replace(typed))
	}
	return strings.ReplaceAll(typed, "\r\n", "\n"), nil
}

func number(q *survey.Question, typed string) (string, *errs.Problem) {
	text := strings.ReplaceAll(narrow.Replace(strings.TrimSpace(typed)), ",", "")
	if q.Kind == survey.Integer {
		if !whole.MatchString(text) {
			return "", &errs.Problem{Key: "form.not_integer"}
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", &errs.Problem{Key: "form.not_integer"}
		}
		return strconv.FormatInt(n, 10), nil
	}
	if !decimal.MatchString(text) {
		return "", &errs.Problem{Key: "form.not_decimal"}
	}
	if q.Kind == survey.Range {
		return ranged(q, text)
	}
	return strings.TrimSuffix(text, "."), nil
}

// Bounds gives start, end and step of a range; XLSForm's own where the form names none.
func Bounds(q *survey.Question) (start, end, step float64) {
	start, end, step = 1, 10, 1
	for name, to := range map[string]*float64{"start": &start, "end": &end, "step": &step} {
		if n, err := strconv.ParseFloat(q.Parameters[name], 64); err == nil {
			*to = n
		}
	}
	return start, end, step
}

func ranged(q *survey.Question, text string) (string, *errs.Problem) {
	n, err := strconv.ParseFloat(text, 64)
	start, end, step := Bounds(q)
	low, high := math.Min(start, end), math.Max(start, end)
	if err != nil || n < low || n > high {
		return "", &errs.Problem{Key: "form.not_between", Args: errs.Args{"least": low, "most": high}}
	}
	if steps := math.Abs(n-start) / math.Abs(step); step != 0 && math.Abs(steps-math.Round(steps)) > 1e-9 {
		return "", &errs.Problem{Key: "form.not_step", Args: errs.Args{"start": start, "step": math.Abs(step)}}
	}
	return strconv.FormatFloat(n+0, 'f', -1, 64), nil // no -0
}

func date(text string) (string, *errs.Problem) {
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("2006-01-02"), nil
		}
	}
	return "", &errs.Problem{Key: "form.not_date"}
}

func dateTime(text string) (string, *errs.Problem) {
	m := instant.FindStringSubmatch(text)
	if m == nil {
		return "", &errs.Problem{Key: "form.not_datetime"}
	}
	if _, err := time.Parse("2006-01-02 15:04", m[1]+" "+m[2]); err != nil {
		return "", &errs.Problem{Key: "form.not_datetime"}
	}
	return m[1] + "T" + m[2] + m[3] + m[4], nil
}

// positions reads "latitude longitude altitude accuracy", several between semicolons.
func positions(kind survey.Kind, text string) (string, *errs.Problem) {
	var all []string
	for one := range strings.SplitSeq(text, ";") {
		parts := strings.Fields(strings.ReplaceAll(one, ",", " "))
		if len(parts) == 0 {
			continue
		}
		if len(parts) < 2 || len(parts) > 4 {
			return "", &errs.Problem{Key: "form.not_position"}
		}
		for i, limit := range []float64{90, 180, 1e6, 1e6}[:len(parts)] {
			if n, err := strconv.ParseFloat(parts[i], 64); err != nil || !degree.MatchString(parts[i]) || math.Abs(n) > limit {
				return "", &errs.Problem{Key: "form.not_position"}
			}
		}
		all = append(all, strings.Join(parts, " "))
	}
	switch {
	case len(all) == 0:
		return "", nil
	case kind == survey.GeoPoint && len(all) != 1:
		return "", &errs.Problem{Key: "form.one_position"}
	case kind == survey.GeoTrace && len(all) < 2:
		return "", &errs.Problem{Key: "form.two_positions"}
	case kind == survey.GeoShape && len(all) < 3:
		return "", &errs.Problem{Key: "form.three_positions"}
	}
	return strings.Join(all, ";"), nil
}
