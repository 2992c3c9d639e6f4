package fillweb

import (
	"context"
	"html"
	"io"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/domain/form/survey"
)

// rich draws a text of a form: **bold**, *emphasis*, [words](https://…), line breaks, and answers to other questions, which
// the page's script keeps up to date. Everything else is text, whatever it looks like.
func rich(text string, answer func(name string) string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, markup(text, answer))
		return err
	})
}

// markup gives the HTML of a text.
func markup(text string, answer func(name string) string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n") {
		if i > 0 {
			b.WriteString("<br>")
		}
		if heading := strings.TrimLeft(line, "#"); len(line)-len(heading) <= 6 && strings.HasPrefix(heading, " ") && heading != line {
			line = "**" + strings.ReplaceAll(strings.TrimSpace(heading), "**", "") + "**"
		}
		spans(&b, line, answer, 0)
	}
	return b.String()
}

// nested bounds marks within marks.
const nested = 4

// spans writes a line with its marks.
func spans(b *strings.Builder, line string, answer func(string) string, depth int) {
	for line != "" {
		at := strings.IndexAny(line, "*[$")
		if at < 0 || depth > nested {
			break
		}
		b.WriteString(html.EscapeString(line[:at]))
		used := span(b, line[at:], answer, depth)
		if used == 0 { // the sign is only a sign
			b.WriteString(html.EscapeString(line[at : at+1]))
			used = 1
		}
		line = line[at+used:]
	}
	b.WriteString(html.EscapeString(line))
}

// span writes what a mark at the beginning of a text holds, and tells how much of the text that was; 0 means that it is none.
func span(b *strings.Builder, text string, answer func(string) string, depth int) int {
	switch {
	case strings.HasPrefix(text, "**"):
		return paired(b, text, "**", "strong", answer, depth)
	case text[0] == '*':
		return paired(b, text, "*", "em", answer, depth)
	case text[0] == '[':
		return link(b, text)
	}
	to := strings.IndexByte(text, '}')
	if to < 0 {
		return 0
	}
	parts := survey.Parts(text[:to+1])
	if len(parts) != 1 || parts[0].Asked == "" {
		return 0
	}
	name := parts[0].Asked
	b.WriteString(`<span data-zd-say="` + html.EscapeString(name) + `">` + html.EscapeString(answer(name)) + `</span>`)
	return to + 1
}

func paired(b *strings.Builder, text, mark, tag string, answer func(string) string, depth int) int {
	inside := text[len(mark):]
	to := strings.Index(inside, mark)
	if to <= 0 || inside[0] == ' ' || inside[to-1] == ' ' {
		return 0
	}
	b.WriteString("<" + tag + ">")
	spans(b, inside[:to], answer, depth+1)
	b.WriteString("</" + tag + ">")
	return to + 2*len(mark)
}

// link writes words that lead to another site. Only https is followed: what else an address may do is nobody's wish here.
func link(b *strings.Builder, text string) int {
	middle := strings.Index(text, "](")
	if middle < 0 {
		return 0
	}
	to := strings.IndexByte(text[middle:], ')')
	if to < 0 {
		return 0
	}
	words, address := text[1:middle], text[middle+2:middle+to]
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || words == "" || strings.ContainsAny(words, "[]") {
		return 0
	}
	b.WriteString(`<a href="` + html.EscapeString(u.String()) + `" target="_blank" rel="noopener noreferrer nofollow">` + html.EscapeString(words) + `</a>`)
	return middle + to + 1
}

// plain gives a text without its marks, for where no mark can stand: titles, options of a drop-down.
func plain(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.TrimLeft(text, "# "), "**", ""))
}
