package fillweb

import (
	"regexp"
	"strings"
	"testing"

	"zhidian/internal/platform/web/webtest"
)

func TestTextsKeepOnlyHarmlessMarks(t *testing.T) {
	t.Parallel()
	answer := func(name string) string { return "<" + name + ">" }
	for text, want := range map[string]string{
		"姓名":                           "姓名",
		"**重要**：*请*填":                  "<strong>重要</strong>：<em>请</em>填",
		"一\n二\r\n三":                    "一<br>二<br>三",
		"# 第一部分":                       "<strong>第一部分</strong>",
		"#1 号":                         "#1 号",
		"2 * 3 * 4":                    "2 * 3 * 4",
		"** 空 **":                      "** 空 **",
		"[说明](https://a.cn/x?y=1&z=2)": `<a href="https://a.cn/x?y=1&amp;z=2" target="_blank" rel="noopener noreferrer nofollow">说明</a>`,
		"[x](javascript:alert(1))":     "[x](javascript:alert(1))",
		"[x](http://a.cn)":             "[x](http://a.cn)",
		"[x](https://a@b.cn)":          "[x](https://a@b.cn)",
		`[x](https://a.cn/"onclick=x)`: `<a href="https://a.cn/%22onclick=x" target="_blank" rel="noopener noreferrer nofollow">x</a>`,
		"您好，${who}":                    `您好，<span data-zd-say="who">&lt;who&gt;</span>`,
		"**${who}**":                   `<strong><span data-zd-say="who">&lt;who&gt;</span></strong>`,
		"价 $5 {x}":                     "价 $5 {x}",
		"<b>粗</b>":                     "&lt;b&gt;粗&lt;/b&gt;",
		"𠮷㛃😀":                          "𠮷㛃😀",
	} {
		if got := markup(text, answer); got != want {
			t.Errorf("%q is drawn %q, not %q", text, got, want)
		}
	}
	if got := markup(webtest.Hostile, answer); strings.Contains(got, "<script") {
		t.Errorf("hostile text is drawn %q", got)
	}
}

var allowed = regexp.MustCompile(`^(</?(strong|em)>|<br>|</a>|</span>|<a href="https://[^"<>]*" target="_blank" rel="noopener noreferrer nofollow">|<span data-zd-say="[^"<>]*">)`)

// FuzzMarkup demands that no text makes any tag but those that marks stand for.
func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{"**a**", "*b* [c](https://d.cn)", "${e}", "<f onclick=g>", "[h](https://i.cn\"><script>)", "***j***", webtest.Hostile} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := markup(text, func(name string) string { return "<" + name })
		for at := strings.IndexByte(got, '<'); at >= 0; at = strings.IndexByte(got, '<') {
			if got = got[at:]; !allowed.MatchString(got) {
				t.Fatalf("%q makes %.80q", text, got)
			}
			got = got[1:]
		}
	})
}
