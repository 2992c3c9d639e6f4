package xpath

import (
	"regexp"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// Patterns are those of Java and JavaScript, which forms are written for. Most are read by the standard library, whose
// time is bounded by the text's length; only what it does not know, such as a look ahead, goes to a backtracking one,
// with a limit of time.
const patternTime = 50 * time.Millisecond

// maxPatterns is how many compiled patterns are kept; beyond, all are dropped.
const maxPatterns = 2000

var patterns struct {
	sync.RWMutex
	by map[string]func(string) bool
}

// matches tells whether the whole text fits a pattern. One that cannot be read fits nothing; Check names it.
func matches(pattern, text string) bool {
	patterns.RLock()
	m := patterns.by[pattern]
	patterns.RUnlock()
	if m == nil {
		var err error
		if m, err = compile(pattern); err != nil {
			m = func(string) bool { return false }
		}
		patterns.Lock()
		if patterns.by == nil || len(patterns.by) >= maxPatterns {
			patterns.by = map[string]func(string) bool{}
		}
		patterns.by[pattern] = m
		patterns.Unlock()
	}
	return m(text)
}

func compile(pattern string) (func(string) bool, error) {
	whole := `^(?:` + pattern + `)$`
	if re, err := regexp.Compile(whole); err == nil {
		return re.MatchString, nil
	}
	re, err := regexp2.Compile(whole, regexp2.ECMAScript)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return func(text string) bool {
		ok, err := re.MatchString(text)
		return err == nil && ok
	}, nil
}
