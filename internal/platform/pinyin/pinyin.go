// Package pinyin finds Chinese names by their sounds.
// (Begun by the lead so that others compile: whoever writes this package replaces this file.)
package pinyin

import (
	"strings"

	gopinyin "github.com/mozillazg/go-pinyin"
)

// Reading is one way to say a name.
type Reading struct{ Full, Initials string }

var args = gopinyin.NewArgs()

// Readings gives the ways to say a name, the most likely first; at least one.
func Readings(name string) []Reading {
	var full, initials strings.Builder
	for _, r := range name {
		s := gopinyin.SinglePinyin(r, args)
		if len(s) == 0 {
			full.WriteRune(r)
			initials.WriteRune(r)
			continue
		}
		full.WriteString(s[0])
		initials.WriteByte(s[0][0])
	}
	return []Reading{{full.String(), strings.ToLower(initials.String())}}
}
