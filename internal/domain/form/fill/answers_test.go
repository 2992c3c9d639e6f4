package fill_test

import (
	"encoding/json"
	"strings"
	"testing"

	"zhidian/internal/domain/form/fill"
)

const fuzzed = `
| survey |                   |         |          |              |                  |             |              |
|        | type              | name    | label    | relevant     | constraint       | calculation | repeat_count |
|        | begin group       | who     | 谁       |              |                  |             |              |
|        | text              | name    | 姓名     |              | string-length(.) < 20 |        |              |
|        | integer           | age     | 年龄     |              | . >= 0 and . < 150 |           |              |
|        | end group         |         |          |              |                  |             |              |
|        | integer           | n       | 几个     |              |                  |             |              |
|        | begin repeat      | child   | 孩子     | \${age} > 17 |                  |             | \${n}        |
|        | text              | called  | 叫什么   |              |                  |             |              |
|        | begin repeat      | toy     | 玩具     |              |                  |             |              |
|        | select_multiple k | what    | 哪些     |              |                  |             |              |
|        | end repeat        |         |          |              |                  |             |              |
|        | end repeat        |         |          |              |                  |             |              |
|        | geopoint          | at      | 位置     |              |                  |             |              |
|        | date              | on      | 哪天     |              | . <= today()     |             |              |
|        | rank k            | order   | 排序     |              |                  |             |              |
|        | calculate         | all     |          |              |                  | sum(\${n}) + count(\${toy}) |  |
| choices |                  |         |          |              |                  |             |              |
|        | list_name         | name    | label    |              |                  |             |              |
|        | k                 | a       | 甲       |              |                  |             |              |
|        | k                 | b       | 乙       |              |                  |             |              |
`

// Whatever is handed in as answers, reading it ends, and what was written once is read and written as the same for ever. (The first
// time a calculation may change that counts repeats which are not asked: they are not written, and are counted all the same.)
func FuzzAnswers(f *testing.F) {
	read := form(f, strings.ReplaceAll(fuzzed, `\$`, "$"))
	for _, text := range []string{
		`{"who":{"name":"甲𠮷","age":"30"},"n":"2","child":[{"called":"一","toy":[{"what":"a b"}]},{"called":"二"}],"at":"29.8 114.3 0 5","on":"2026-03-01","order":"b a"}`,
		`{"n":"-3"}`, `{"n":"1e9","who":{"age":"18"}}`, `{"child":[{},{},{"toy":[{"what":["a"]}]}]}`, `{"who":[],"child":{}}`, `null`, `[1]`, `{"age":"\u0000"}`, `{"on":"2019-13-45","all":"9"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r, _, err := fill.Load(read, around, content)
		if err != nil {
			return
		}
		var written [3]string
		for i := range written {
			r.Wrong()
			r.Files()
			r.Saves()
			written[i] = answers(t, r)
			if r, _, err = fill.Load(read, around, []byte(written[i])); err != nil || !json.Valid([]byte(written[i])) {
				t.Fatalf("%s is not read again: %v", written[i], err)
			}
		}
		if written[1] != written[2] {
			t.Errorf("%s\nis read again as\n%s", written[1], written[2])
		}
	})
}
