package xpath

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Characters are counted as people count them: 㛃 and 𠮷 are one each.
var textFunctions = map[string]function{
	"string":        {0, 1, String, nil, func(e *Env, a []Expr) Value { return textOf(e.orHere(a).Text()) }},
	"string-length": {0, 1, Number, nil, func(e *Env, a []Expr) Value { return numberOf(float64(utf8.RuneCountInString(e.orHere(a).Text()))) }},
	"normalize-space": {0, 1, String, nil, func(e *Env, a []Expr) Value {
		return textOf(strings.Join(strings.FieldsFunc(e.orHere(a).Text(), blank), " "))
	}},
	"concat": {1, many, String, func(_ *Env, a []Value) Value { return textOf(strings.Join(spread(a), "")) }, nil},
	"join":   {1, many, String, func(_ *Env, a []Value) Value { return textOf(strings.Join(spread(a[1:]), a[0].Text())) }, nil},
	"contains": {2, 2, Boolean, func(_ *Env, a []Value) Value {
		return boolOf(strings.Contains(a[0].Text(), a[1].Text()))
	}, nil},
	"starts-with": {2, 2, Boolean, func(_ *Env, a []Value) Value {
		return boolOf(strings.HasPrefix(a[0].Text(), a[1].Text()))
	}, nil},
	"ends-with": {2, 2, Boolean, func(_ *Env, a []Value) Value {
		return boolOf(strings.HasSuffix(a[0].Text(), a[1].Text()))
	}, nil},
	"substring-before": {2, 2, String, func(_ *Env, a []Value) Value {
		before, _, ok := strings.Cut(a[0].Text(), a[1].Text())
		if !ok {
			before = ""
		}
		return textOf(before)
	}, nil},
	"substring-after": {2, 2, String, func(_ *Env, a []Value) Value {
		_, after, _ := strings.Cut(a[0].Text(), a[1].Text())
		return textOf(after)
	}, nil},
	"substr":    {2, 3, String, func(_ *Env, a []Value) Value { return textOf(substr(a)) }, nil},
	"substring": {2, 3, String, func(_ *Env, a []Value) Value { return textOf(substring(a)) }, nil},
	"translate": {3, 3, String, func(_ *Env, a []Value) Value {
		return textOf(translate(a[0].Text(), []rune(a[1].Text()), []rune(a[2].Text())))
	}, nil},
	"regex": {2, 2, Boolean, func(_ *Env, a []Value) Value { return boolOf(matches(a[1].Text(), a[0].Text())) }, nil},
	"selected": {2, 2, Boolean, func(_ *Env, a []Value) Value {
		return boolOf(slices.Contains(chosen(a[0]), strings.TrimSpace(a[1].Text())))
	}, nil},
	"selected-at": {2, 2, String, func(_ *Env, a []Value) Value {
		all, n := chosen(a[0]), a[1].Number()
		if !(n >= 0 && n < float64(len(all))) {
			return textOf("")
		}
		return textOf(all[int(n)])
	}, nil},
	"count-selected": {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(float64(len(chosen(a[0])))) }, nil},
	"jr:choice-name": {2, 2, String, nil, func(e *Env, a []Expr) Value {
		name, _ := ChoiceQuestion(a[1])
		return textOf(e.Form.ChoiceName(name, e.eval(a[0]).Text()))
	}},
	"uuid":          {0, 1, String, func(_ *Env, a []Value) Value { return textOf(unguessable(a)) }, nil},
	"digest":        {2, 3, String, func(_ *Env, a []Value) Value { return textOf(digest(a)) }, nil},
	"base64-decode": {1, 1, String, func(_ *Env, a []Value) Value { return textOf(base64Decoded(a[0].Text())) }, nil},
}

// ChoiceQuestion gives the question that jr:choice-name asks about: its second argument is '${name}' in quotes, or
// without them.
func ChoiceQuestion(x Expr) (string, bool) {
	switch x := x.(type) {
	case *Ref:
		return x.Name, true
	case *Text:
		name, ok := strings.CutPrefix(strings.TrimSpace(x.Value), "${")
		name, closed := strings.CutSuffix(name, "}")
		return strings.TrimSpace(name), ok && closed
	}
	return "", false
}

func blank(c rune) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// chosen cuts the answer to select_multiple into its choices.
func chosen(v Value) []string { return strings.FieldsFunc(v.Text(), blank) }

// substr counts from 0 and ends before its third argument; below 0 counts from the end.
func substr(a []Value) string {
	text := []rune(a[0].Text())
	bound := func(v Value) int {
		n := v.Number()
		if math.IsNaN(n) {
			return 0
		}
		if n < 0 {
			n += float64(len(text))
		}
		return int(max(0, min(math.Trunc(n), float64(len(text)))))
	}
	from, to := bound(a[1]), len(text)
	if len(a) == 3 {
		to = bound(a[2])
	}
	if from >= to {
		return ""
	}
	return string(text[from:to])
}

// substring counts from 1 and takes a length, with XPath's rounding.
func substring(a []Value) string {
	text := []rune(a[0].Text())
	from := math.Floor(a[1].Number() + 0.5)
	to := math.Inf(1)
	if len(a) == 3 {
		to = from + math.Floor(a[2].Number()+0.5)
	}
	var b strings.Builder
	for i, c := range text {
		if at := float64(i + 1); at >= from && at < to {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func translate(text string, from, to []rune) string {
	return strings.Map(func(c rune) rune {
		at := slices.Index(from, c)
		switch {
		case at < 0:
			return c
		case at < len(to):
			return to[at]
		}
		return -1
	}, text)
}

// unguessable makes a random UUID, or so many random characters.
func unguessable(a []Value) string {
	if len(a) == 1 {
		n := a[0].Number()
		if !(n >= 1 && n <= 1000) {
			return ""
		}
		const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		b := make([]byte, 0, int(n))
		for one := make([]byte, 1); len(b) < int(n); {
			rand.Read(one)
			if one[0] < 248 { // the largest multiple of 62, so that no letter comes more often
				b = append(b, letters[one[0]%62])
			}
		}
		return string(b)
	}
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// digest gives a hash of a text; it serves to recognise things and is no protection.
func digest(a []Value) string {
	in := []byte(a[0].Text())
	var sum []byte
	switch strings.ToUpper(a[1].Text()) {
	case "MD5":
		s := md5.Sum(in)
		sum = s[:]
	case "SHA-1":
		s := sha1.Sum(in)
		sum = s[:]
	case "SHA-256":
		s := sha256.Sum256(in)
		sum = s[:]
	case "SHA-384":
		s := sha512.Sum384(in)
		sum = s[:]
	case "SHA-512":
		s := sha512.Sum512(in)
		sum = s[:]
	default:
		return ""
	}
	if len(a) == 3 && strings.EqualFold(a[2].Text(), "hex") {
		return hex.EncodeToString(sum)
	}
	return base64.StdEncoding.EncodeToString(sum)
}

func base64Decoded(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !utf8.Valid(b) {
		return ""
	}
	return string(b)
}
