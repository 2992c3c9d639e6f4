package result

import (
	_ "embed"
	"sync"

	"github.com/go-ego/gse"
)

// vocabulary is words of the trade that must stay whole. What stands in no dictionary is cut by the library's model of
// characters, which is enough to find what many people say and takes a megabyte, not the 128 of a full dictionary.
//
//go:embed words.txt
var vocabulary string

var segmenter = sync.OnceValues(func() (*gse.Segmenter, error) {
	s := &gse.Segmenter{SkipLog: true}
	return s, s.LoadDictStr(vocabulary)
})

// Cut takes a Chinese text apart into words.
func Cut(text string) []string {
	s, err := segmenter()
	if err != nil { // the vocabulary is part of the program, and a test reads it
		return nil
	}
	return s.Cut(text, true)
}
