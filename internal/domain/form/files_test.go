package form_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const pictured = `
| survey   |              |       |        |           |          |
|          | type         | name  | label  | zd_class  | required |
|          | image        | shop  | 店面   |           | yes      |
|          | image        | card  | 证件   | sensitive |          |
|          | begin repeat | room  | 房间   |           |          |
|          | image        | look  | 样子   |           |          |
|          | end repeat   |       |        |           |          |
|          | video        | film  | 录像   |           |          |
|          | file         | paper | 材料   |           |          |
| settings |              |       |        |           |          |
|          | form_title   | form_id |      |           |          |
|          | 走访         | visit |        |           |          |
`

const whereabouts = "29.8416N114.3225E"

// photo is a photograph in which the place is noted where it was taken.
func photo(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	note := "Exif\x00\x00GPS " + whereabouts
	return b.String()[:2] + "\xff\xe1\x00" + string(rune(len(note)+2)) + note + b.String()[2:] + "<script>" + whereabouts
}

// hand hands a file in for a question.
func (c *town) hand(v form.Version, question, name, content string) (string, error) {
	c.t.Helper()
	at := filepath.Join(c.t.TempDir(), "file")
	if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
	book, err := c.s.Workbook(c.t.Context(), c.System(), v.Form, v.Seq)
	if err != nil {
		c.t.Fatal(err)
	}
	var q *survey.Question
	for _, x := range book.Questions {
		if x.Name == question {
			q = x
		}
	}
	return c.s.KeepFile(c.t.Context(), c.City, v.Form, q, at, name)
}

func (c *town) kept(v form.Version, question, name, content string) string {
	c.t.Helper()
	value, err := c.hand(v, question, name, content)
	if err != nil {
		c.t.Fatal(err)
	}
	return value
}

func (c *town) files(where string) (n int) {
	c.t.Helper()
	err := c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		return q.Row(`SELECT COUNT(*) FROM answer_file WHERE city = $1 AND ` + where).Scan(&n)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

func (c *town) pictures() (form.Version, form.Link) {
	c.t.Helper()
	by := c.Actor(c.t, clerk, "咸安区")
	v := c.upload(by, pictured)
	if err := c.s.Release(c.t.Context(), by, v.Form, v.Seq, v.MadeAt); err != nil {
		c.t.Fatal(err)
	}
	l, err := c.s.AddLink(c.t.Context(), by, v.Form, c.Nodes["咸安区甲镇"].ID, "甲镇", 0)
	if err != nil {
		c.t.Fatal(err)
	}
	return v, l
}

func TestPhotographsFromHandingInToReading(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		v, l := c.pictures()
		shop, card, look := c.kept(v, "shop", "店面.HTML", photo(t)), c.kept(v, "card", "身份证.jpg", photo(t)), c.kept(v, "look", "a.png", photo(t))
		if !strings.HasSuffix(shop, "-店面.jpg") || !strings.HasSuffix(look, "-a.jpg") {
			t.Errorf("called %s and %s", shop, look)
		}
		got, err := c.submit(c.nobody(), l.Slug, fmt.Sprintf(`{"shop":%q,"card":%q,"room":[{"look":%q}]}`, shop, card, look))
		if err != nil || c.files("answer = '"+got.ID.String()+"'") != 3 || c.files("answer = ''") != 0 {
			t.Fatalf("%v, %d files", err, c.files("1 = 1"))
		}
		id := func(value string) form.FileID { which, _ := form.FileNamed(value); return which }
		by, lesser := c.Actor(t, clerk, "咸安区"), c.Actor(t, secretary, "咸安区甲镇")
		read := func(by authz.Actor, value string) (string, error) {
			o, err := c.s.OpenFile(ctx, by, got.ID, id(value))
			if err != nil {
				return "", err
			}
			defer o.Content.Close()
			all, err := io.ReadAll(o.Content)
			if err != nil || o.Type != blob.JPEG {
				t.Errorf("%s, %v", o.Type, err)
			}
			return o.Name + string(all), nil
		}
		for _, value := range []string{shop, card, look} {
			text, err := read(by, value)
			if err != nil || !strings.Contains(text, ".jpg\xff\xd8") || strings.Contains(text, whereabouts) || strings.Contains(text, "<script>") {
				t.Errorf("%s: %q, %v", value, text, err)
			}
		}
		if n := c.noted("form.answers"); n != 1 {
			t.Errorf("%d notes of a sensitive photograph", n)
		}
		if _, err := read(lesser, shop); err != nil {
			t.Errorf("the secretary: %v", err)
		}
		for name, at := range map[string]authz.Actor{"the secretary": lesser, "the neighbour": c.Actor(t, clerk, "嘉鱼县")} {
			if _, err := read(at, card); errs.KindOf(err) != errs.Absent {
				t.Errorf("%s opens the card: %v", name, err)
			}
		}
		if _, err := c.s.OwnFile(ctx, c.nobody(), got.Serial, "AAAA-BBBB-CCCC", id(card)); errs.KindOf(err) != errs.Absent {
			t.Errorf("without the words: %v", err)
		}
		o, err := c.s.OwnFile(ctx, c.nobody(), got.Serial, got.Words, id(card))
		if err != nil || o.Name != "身份证.jpg" {
			t.Fatalf("%+v, %v", o, err)
		}
		o.Content.Close()

		// Nobody takes another's file, one twice, or one of another question.
		other := c.kept(v, "shop", "x.jpg", photo(t))
		for name, answers := range map[string]string{
			"another's": fmt.Sprintf(`{"shop":%q}`, shop), "twice": fmt.Sprintf(`{"shop":%q,"room":[{"look":%q}]}`, other, other),
			"another question's": fmt.Sprintf(`{"shop":%q,"card":%q}`, other, c.kept(v, "look", "y.jpg", photo(t))), "a text": `{"shop":"photo.jpg"}`,
		} {
			if _, err := c.submit(c.nobody(), l.Slug, answers); errs.KindOf(err) != errs.Invalid || errs.ProblemsOf(err)[0].Key != "form.file_gone" {
				t.Errorf("%s: %v", name, err)
			}
		}

		// A correction keeps, replaces and drops; taking the answer back destroys.
		own, err := c.s.Mine(ctx, c.nobody(), got.Serial, got.Words)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.s.Replace(ctx, c.nobody(), got.Serial, got.Words, own.EditedAt, json.RawMessage(fmt.Sprintf(`{"shop":%q,"room":[{"look":%q}]}`, other, look))); err != nil {
			t.Fatal(err)
		}
		if n := c.files("answer = '" + got.ID.String() + "'"); n != 2 {
			t.Errorf("%d files after the correction", n)
		}
		if _, err := read(by, card); errs.KindOf(err) != errs.Absent {
			t.Errorf("a dropped file: %v", err)
		}
		if own, err = c.s.Mine(ctx, c.nobody(), got.Serial, got.Words); err != nil {
			t.Fatal(err)
		}
		if err := c.s.Withdraw(ctx, c.nobody(), got.Serial, got.Words, own.EditedAt); err != nil || c.files("answer <> ''") != 0 {
			t.Errorf("%v, %d files after taking back", err, c.files("answer <> ''"))
		}
	})
}

func TestHostileFilesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		v, _ := c.pictures()
		whole := photo(t)
		for name, x := range map[string]struct{ question, content, key string }{
			"nothing":         {"shop", "", "blob.empty"},
			"a text":          {"shop", "hello", "blob.type"},
			"a page":          {"shop", "<html><script>alert(1)</script>", "blob.type"},
			"a program":       {"paper", "MZ\x90\x00", "blob.type"},
			"a film":          {"shop", "\x00\x00\x00\x18ftypisom", "blob.type"},
			"cut off":         {"shop", whole[:len(whole)/2], "form.file_damaged"},
			"a head alone":    {"paper", "\xff\xd8\xff<html>", "form.file_damaged"},
			"a broken film":   {"film", "\x00\x00\x00\x18ftypisom\x00", "form.file_damaged"},
			"much too large":  {"shop", whole[:20] + strings.Repeat("x", 20<<20), "blob.too_large"},
			"a page for text": {"paper", "<!doctype html><p>", "blob.type"},
		} {
			if value, err := c.hand(v, x.question, name+".jpg", x.content); errs.KeyOf(err) != x.key {
				t.Errorf("%s: %q, %v", name, value, err)
			}
		}
		if n := c.files("1 = 1"); n != 0 {
			t.Errorf("%d files are kept", n)
		}
		if value := c.kept(v, "paper", strings.Repeat("长", 300)+".exe", "%PDF-1.7"); !strings.HasSuffix(value, "长.pdf") || len([]rune(value)) != 26+1+60+4 {
			t.Errorf("called %s", value)
		}
	})
}

// A photograph that few devices can show is refused with what to do about it.
func TestAPhotographOfAnIPhoneIsToldWhatToDo(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		v, _ := c.open(c.Actor(t, clerk, "咸安区"))
		for _, brand := range []string{"heic", "mif1"} {
			_, err := c.s.KeepFile(t.Context(), c.City, v.Form, &survey.Question{Name: "shop", Kind: survey.Image}, c.file("\x00\x00\x00\x18ftyp"+brand+"\x00\x00\x00\x00"), "a.heic")
			wantKey(t, err, "form.heic")
		}
		_, err := c.s.KeepFile(t.Context(), c.City, v.Form, &survey.Question{Name: "shop", Kind: survey.Image}, c.file("MZ"), "a.heic")
		wantKey(t, err, "blob.type")
	})
}
