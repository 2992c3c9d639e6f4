package geo

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every key in the code has a text in both languages, with the same placeholders, and no text is left over.
func TestEveryKeyHasItsTexts(t *testing.T) {
	t.Parallel()
	texts := map[string]map[string]string{}
	for _, lang := range []string{"zh-CN", "en"} {
		raw, err := Messages.ReadFile("messages/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(lang, err)
		}
		texts[lang] = m
	}
	used := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(geo\.[a-z0-9_]+)"`).FindAllSubmatch(source, -1) {
			used[string(m[1])] = true
		}
	}
	holes := regexp.MustCompile(`\{\w+\}`)
	for key := range used {
		zh, en := texts["zh-CN"][key], texts["en"][key]
		a, b := holes.FindAllString(zh, -1), holes.FindAllString(en, -1)
		slices.Sort(a)
		slices.Sort(b)
		if zh == "" || en == "" || !slices.Equal(a, b) {
			t.Errorf("%s: %q / %q", key, zh, en)
		}
	}
	for lang, m := range texts {
		for key := range m {
			if !used[key] {
				t.Errorf("%s: %s is not used", lang, key)
			}
		}
	}
}
