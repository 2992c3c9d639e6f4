// Package i18n holds every sentence that people read, in Chinese and in English, and writes numbers, dates and sums as each is used to.
package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

// Lang is a language of the pages, as HTML's lang attribute wants it.
type Lang string

// The languages; Chinese is the first and the one to fall back to.
const (
	ZhCN Lang = "zh-CN"
	En   Lang = "en"
)

// Langs lists the languages, Chinese first.
func Langs() []Lang { return []Lang{ZhCN, En} }

// oneSuffix marks the English form for exactly one.
const oneSuffix = ".one"

// maxUnknown bounds what Unknown remembers, so that hostile keys cannot fill the memory.
const maxUnknown = 1000

// Catalog is all messages of the program. It does not change after Load and is safe for all to share.
type Catalog struct {
	texts map[Lang]map[string]text

	mu      sync.Mutex
	unknown map[string]int
}

// Load merges the files messages/zh-CN.json and messages/en.json of many packages. All faults are reported at once:
// a key that two packages claim, that one language lacks, that is empty, or whose {placeholders} differ between languages.
func Load(sets ...fs.FS) (*Catalog, error) {
	c := &Catalog{texts: map[Lang]map[string]text{}, unknown: map[string]int{}}
	var faults []error
	for _, lang := range Langs() {
		c.texts[lang] = map[string]text{}
		for _, set := range sets {
			faults = append(faults, c.read(set, lang)...)
		}
	}
	faults = append(faults, c.compare()...)
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Catalog) read(set fs.FS, lang Lang) (faults []error) {
	name := "messages/" + string(lang) + ".json"
	f, err := set.Open(name)
	if err != nil {
		return []error{fmt.Errorf("i18n: %w", err)}
	}
	defer f.Close()
	err = eachPair(f, func(key, raw string) {
		if _, twice := c.texts[lang][key]; twice {
			faults = append(faults, fmt.Errorf("i18n: %s: %q is defined twice", lang, key))
			return
		}
		t, err := parse(raw)
		if err != nil {
			faults = append(faults, fmt.Errorf("i18n: %s: %q: %w", lang, key, err))
		}
		c.texts[lang][key] = t
	})
	if err != nil {
		faults = append(faults, fmt.Errorf("i18n: %s: %w", name, err))
	}
	return faults
}

// eachPair walks a flat JSON object token by token, because a map would hide a key that is there twice.
func eachPair(r io.Reader, visit func(key, value string)) error {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("want one flat object of texts (%w)", err)
	}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return err
		}
		v, err := d.Token()
		if err != nil {
			return err
		}
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("the value of %q is not a text", k)
		}
		visit(k.(string), s)
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

func (c *Catalog) compare() (faults []error) {
	zh, en := c.texts[ZhCN], c.texts[En]
	for key, t := range zh {
		other, ok := en[key]
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("i18n: %q is missing in %s", key, En))
		case !slices.Equal(t.names(), other.names()):
			faults = append(faults, fmt.Errorf("i18n: %q has %v in %s and %v in %s", key, t.names(), ZhCN, other.names(), En))
		}
	}
	for key, t := range en {
		if _, ok := zh[key]; ok {
			continue
		}
		base, isOne := strings.CutSuffix(key, oneSuffix)
		many, ok := en[base]
		if !isOne || !ok {
			faults = append(faults, fmt.Errorf("i18n: %q is missing in %s", key, ZhCN))
			continue
		}
		for _, name := range t.names() {
			if !slices.Contains(many.names(), name) {
				faults = append(faults, fmt.Errorf("i18n: %q uses {%s}, which %q does not", key, name, base))
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

// Keys lists all keys in order, without the English forms for one.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.texts[ZhCN]))
	for k := range c.texts[ZhCN] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Placeholders lists what a message wants to be given, in order; nil for an unknown key.
func (c *Catalog) Placeholders(key string) []string { return c.texts[ZhCN][key].names() }

// Unknown gives how often each missing key or argument was asked for: a test that walks pages wants it empty.
func (c *Catalog) Unknown() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := make(map[string]int, len(c.unknown))
	for k, n := range c.unknown {
		seen[k] = n
	}
	return seen
}

func (c *Catalog) miss(what string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, seen := c.unknown[what]; seen || len(c.unknown) < maxUnknown {
		c.unknown[what]++
	}
	return "⟦" + what + "⟧"
}

// Printer writes in one language, with times in China's zone until In names another. An unknown language is Chinese.
func (c *Catalog) Printer(lang Lang) *Printer {
	if _, ok := c.texts[lang]; !ok {
		lang = ZhCN
	}
	return &Printer{c: c, lang: lang, texts: c.texts[lang], zone: time.FixedZone("UTC+8", 8*60*60)}
}
