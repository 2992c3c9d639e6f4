package form_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/sqldb"
)

// A phone takes along what a form asks of the choices that lie in files, and is told of those that are too many.
func TestWhatAPhoneTakesAlongOfFiles(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		v := c.upload(by, "survey,,,,\n,type,name,label,choice_filter\n,select_one_from_file towns.csv,town,哪个乡镇,county = 'c1'\n,select_one_from_file many.csv,one,哪一个,\nsettings,,\n,form_title,form_id\n,附件,files\n")
		table := func(n int) string {
			var b strings.Builder
			b.WriteString("name,label,county,secret\n")
			for i := range n {
				fmt.Fprintf(&b, "t%d,乡镇%d,c%d,不问%d\n", i, i, i%9, i)
			}
			return b.String()
		}
		for name, n := range map[string]int{"towns.csv": 3000, "many.csv": form.CarriedItems + 1} {
			if _, err := c.attach(by, v.Form, name, table(n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.s.Release(t.Context(), by, v.Form, 1, v.MadeAt); err != nil {
			t.Fatal(err)
		}
		a := form.Asked{Seq: 1}
		if err := c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) (err error) {
			if a.Form, err = form.Find(q, v.Form); err != nil {
				return err
			}
			if a.Survey, err = c.s.Definition(q, v.Form, 1); err != nil {
				return err
			}
			a.Files, err = form.Attachments(q, v.Form, 1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, left, err := c.s.Carry(c.City, a, map[string]bool{"county": true})
			if err != nil || !slices.Equal(left, []string{"many.csv"}) {
				t.Fatal(left, err)
			}
			if text := string(got); !strings.Contains(text, "乡镇2999") || !strings.Contains(text, "county") || strings.Contains(text, "secret") || strings.Contains(text, "不问") || strings.Contains(text, "t10000") {
				t.Errorf("%d bytes: %.300s", len(text), text)
			}
		}
		if sent, err := c.s.Sent(c.City, a); err != nil || strings.Contains(string(sent), "乡镇2999") {
			t.Error("pages get long files too", err)
		}
	})
}
