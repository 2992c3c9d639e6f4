package act

import (
	"regexp"
	"strings"

	"zhidian/internal/platform/errs"
)

var (
	verbForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	cityForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	idForm     = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)
	tokenForm  = regexp.MustCompile(`^[A-Za-z0-9._:-]{0,64}$`)
	wordForm   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
	numberForm = regexp.MustCompile(`^([0-9]{1,9}|[1-8][0-9]{11})$`) // counts, division codes of 2 to 9 and of 12 digits
	dateForm   = regexp.MustCompile(`^(19|20)[0-9]{2}-[0-9]{2}(-[0-9]{2})?$`)
	serialForm = regexp.MustCompile(`^(\p{Han}{2,8}|[A-Z]{1,8})-(19|20)[0-9]{2}-[0-9]{1,8}$`)
	sumForm    = regexp.MustCompile(`^([0-9a-f]{32}|[0-9a-f]{64})$`)
	manyDigits = regexp.MustCompile(`[0-9]{9,}`)
)

var joints = strings.NewReplacer("-", "", "_", "")

const maxSubject = 160 // bytes

func isCity(s string) bool  { return cityForm.MatchString(s) }
func isID(s string) bool    { return idForm.MatchString(s) }
func isToken(s string) bool { return tokenForm.MatchString(s) }

// CheckVerb accepts lower-case words joined by dots, such as "org.move".
func CheckVerb(s string) error {
	if len(s) > 64 || !verbForm.MatchString(s) {
		return errs.New(errs.Internal, "act.verb", nil)
	}
	return nil
}

// CheckSubject accepts ids, serials (夜校-2026-00017), dates, sums, division codes and lower-case words, joined by
// dots, slashes or colons. It refuses everything in which a name, a mobile number, an ID number or a sentence
// could be written; the refused text is not repeated in the error. Empty means that there is no subject.
func CheckSubject(s string) error {
	if s == "" {
		return nil
	}
	if !isSubject(s) {
		return errs.New(errs.Internal, "act.subject", errs.Args{"verb": ""})
	}
	return nil
}

func isSubject(s string) bool {
	if len(s) > maxSubject {
		return false
	}
	run := 0 // digits in neighbouring numbers: a long number must not be smuggled in pieces
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && !strings.ContainsRune("./:", rune(s[i])) {
			continue
		}
		part := s[start:i]
		start = i + 1
		if !isPart(part) {
			return false
		}
		if !numberForm.MatchString(part) {
			run = 0
			continue
		}
		if run > 0 && run+len(part) > 10 {
			return false
		}
		run += len(part)
	}
	return true
}

func isPart(s string) bool {
	if idForm.MatchString(s) || sumForm.MatchString(s) || numberForm.MatchString(s) || dateForm.MatchString(s) || serialForm.MatchString(s) {
		return true
	}
	return wordForm.MatchString(s) && !manyDigits.MatchString(joints.Replace(s))
}
