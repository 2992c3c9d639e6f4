package pinyin

import (
	"strings"
	"sync/atomic"

	lib "github.com/mozillazg/go-pinyin"
)

const (
	firstCommon = 0x4E00
	lastCommon  = 0x9FFF
)

// common remembers the readings of the common characters once they are worked out; it is a cache that every reader may fill.
var common [lastCommon - firstCommon + 1]atomic.Pointer[[]string]

// readingsOf gives a character's readings of today, the usual first, nil when there is none.
func readingsOf(r rune) []string {
	if r < firstCommon || r > lastCommon {
		return lookUp(r)
	}
	slot := &common[r-firstCommon]
	if known := slot.Load(); known != nil {
		return *known
	}
	found := lookUp(r)
	slot.Store(&found)
	return found
}

func lookUp(r rune) []string {
	if several, ok := polyphones[r]; ok {
		return several
	}
	marked, _, _ := strings.Cut(lib.PinyinDict[int(r)], ",")
	if marked == "" {
		return nil
	}
	return []string{plain(marked)}
}

// plain takes the tone off a syllable and writes ü as v.
func plain(marked string) string {
	var b strings.Builder
	for _, r := range marked {
		if i := strings.IndexRune(toned, r); i >= 0 {
			b.WriteByte(toneless[len([]rune(toned[:i]))])
		} else if r >= 'a' && r <= 'z' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

const (
	toned    = "āáǎàēéěèōóǒòīíǐìūúǔùǖǘǚǜüńňǹḿếềê"
	toneless = "aaaaeeeeooooiiiiuuuuvvvvvnnnmeee"
)
