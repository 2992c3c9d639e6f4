package web

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzIsLocal(f *testing.F) {
	for _, s := range []string{"/office/queue", "//evil", "/\\evil", "/%2f/evil", "/a?next=//b", "https://evil", "/\u2028", "/..//x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !IsLocal(s) {
			return
		}
		u, err := url.Parse(s)
		if err == nil && (u.Host != "" || u.Scheme != "") {
			t.Fatalf("%q leads to %s", s, u)
		}
	})
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"名单.xlsx", "../../etc/passwd", `C:\人事\名单.xls`, "\u202excod.exe", "\x00", strings.Repeat("长", 300), "..", "a/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := fileName(s)
		if got == "" || strings.ContainsAny(got, "/\\\x00\r\n") || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxNameRunes {
			t.Fatalf("%q becomes %q", s, got)
		}
	})
}
