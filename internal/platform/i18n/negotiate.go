package i18n

import "golang.org/x/text/language"

// matcher prefers Chinese; any Chinese is taken for that of the mainland.
var matcher = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// maxAccept is the longest Accept-Language header looked at; browsers send less than a hundred bytes.
const maxAccept = 300

// Negotiate chooses the language: what the address asks for, else what the viewer chose before, else what the browser prefers, else Chinese.
func Negotiate(acceptLanguage, cookie, query string) Lang {
	for _, asked := range []string{query, cookie} {
		for _, lang := range Langs() {
			if asked == string(lang) {
				return lang
			}
		}
	}
	if len(acceptLanguage) > maxAccept {
		return ZhCN
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return ZhCN
	}
	if _, index, confidence := matcher.Match(tags...); confidence > language.No && index == 1 {
		return En
	}
	return ZhCN
}
