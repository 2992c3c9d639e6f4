package account

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
)

const list = "/office/rows"

// lists are one that clerks read, one of all staff, and one that nobody of these tests may read.
func lists() map[string]List {
	return map[string]List{list: {Filters: []string{"kind", "org"}, Verb: business}, "/office/all": {Filters: []string{"kind"}}, "/office/accounts": {Filters: []string{"state"}, Verb: Read}}
}

func (w *world) views(t *testing.T, by authz.Actor, path string) (text string) {
	t.Helper()
	all, err := w.Views(t.Context(), by, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		text += v.Name + " " + v.Address() + "\n"
	}
	return text
}

func TestViewsBelongToTheAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.Lists = lists()
		wang, _ := w.as(t, "wang")
		sec, _ := w.as(t, "sec")
		v, err := w.SaveView(t.Context(), wang, list+"?org=01J&kind=member", " 咸安团员 ")
		if err != nil || v.Address() != list+"?kind=member&org=01J" {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := w.SaveView(t.Context(), sec, "/office/all?kind=x", "甲"); err != nil {
			t.Fatal(err)
		}
		if got := w.views(t, wang, list); got != "咸安团员 "+list+"?kind=member&org=01J\n" {
			t.Errorf("hers: %s", got)
		}
		if got := w.views(t, sec, list) + w.views(t, wang, "/office/all"); got != "" {
			t.Errorf("another's, or of another list: %s", got)
		}
		again, err := w.SaveView(t.Context(), wang, list+"?kind=cadre", "咸安团员")
		if err != nil || again.ID != v.ID || w.views(t, wang, list) != "咸安团员 "+list+"?kind=cadre\n" {
			t.Errorf("saved again under the name: %+v, %v", again, err)
		}
		for _, which := range []id.Of[View]{v.ID, id.New[View](w.clock.Now())} {
			if err := w.DropView(t.Context(), sec, which); errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("another deletes it: %v", err)
			}
		}
		if err := w.DropView(t.Context(), wang, v.ID); err != nil || w.views(t, wang, list) != "" {
			t.Errorf("deleted: %v", err)
		}
		if n := w.count(t, `SELECT COUNT(*) FROM act_content WHERE city = $1 AND change LIKE '%咸安团员%'`); n > 0 || w.acts(t, SaveView) != 3 || w.acts(t, DropView) != 1 {
			t.Errorf("%d names in the log; %d saved, %d deleted", n, w.acts(t, SaveView), w.acts(t, DropView))
		}
	})
}

// A view holds filters of a list that its owner may read: nothing typed, no other page, no number of a person.
func TestWhatIsNoViewIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.Lists = lists()
		wang, _ := w.as(t, "wang")
		before := w.dump(t, here)
		for _, address := range []string{
			"", list, list + "?", list + "?kind=", "/office/rows/?kind=a", "https://example.com" + list + "?kind=a", "//example.com?kind=a", "/office/other?kind=a",
			list + "?q=王小雨", list + "?kind=a&q=x", list + "?kind=a&kind=b", list + "?kind=13800138000", list + "?kind=11010519491231002X", list + "?org=" + url.QueryEscape("a\nb"),
			list + "?kind=%ff", list + "?kind=%zz", list + "?kind=" + strings.Repeat("a", filterLength+1), list + "?kind=a;org=b",
		} {
			if _, err := w.SaveView(t.Context(), wang, address, "甲"); errs.KeyOf(err) != "account.view_address" {
				t.Errorf("%s: %v", address, err)
			}
		}
		for name, key := range map[string]string{
			"  ": "field.required", strings.Repeat("名", ViewName+1): "field.long", "甲\u202e乙": "field.control", "\xff": "field.control",
			"13800138000": "account.view_number", "王小雨 13800138000": "account.view_number", "11010519491231002x": "account.view_number",
		} {
			_, err := w.SaveView(t.Context(), wang, list+"?kind=a", name)
			var p *errs.Error
			if !errors.As(err, &p) || len(p.Problems) == 0 || p.Problems[0].Key != key {
				t.Errorf("%q: %v, want %s", name, err, key)
			}
		}
		if _, err := w.SaveView(t.Context(), wang, "/office/accounts?state=active", "甲"); errs.KindOf(err) != errs.Denied || err == nil {
			t.Errorf("a list that she may not read: %v", err)
		}
		if after := w.dump(t, here); after != before {
			t.Errorf("changed to\n%s\nfrom\n%s", after, before)
		}
		for i := range ViewMost {
			if _, err := w.SaveView(t.Context(), wang, list+"?kind=a", fmt.Sprint("第", i)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.SaveView(t.Context(), wang, list+"?kind=a", "又一个"); errs.KeyOf(err) != "account.view_most" {
			t.Errorf("one more: %v", err)
		}
		if _, err := w.SaveView(t.Context(), wang, list+"?kind=b", "第3"); err != nil {
			t.Errorf("one of them anew: %v", err)
		}
	})
}
