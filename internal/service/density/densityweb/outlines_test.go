package densityweb_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/webtest"
	"zhidian/internal/service/density"
)

// outline is a file with one square by the name or code given.
func outline(code, name string) string {
	return fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":%q,"name":%q},
		"geometry":{"type":"Polygon","coordinates":[[[114.2,29.7],[114.5,29.7],[114.5,30],[114.2,29.7]]]}}]}`, code, name)
}

func TestOutlinesAreCheckedBeforeTheyAreWritten(t *testing.T) {
	t.Parallel()
	b, s := browse(t, clerk, "咸宁市")
	const path = "/office/density/boundaries"
	b.Get(path).Want(http.StatusOK, "form[enctype='multipart/form-data'] input[type=file]", "select[name=crs] option[value=gcj02]", "input[name=what][value=check][checked]")
	send := func(b *webtest.Site, file string, fields map[string]string) *webtest.Answer {
		all := map[string]string{"key": web.NewKey(), "crs": "wgs84", "origin": "市局", "what": "check"}
		for name, value := range fields {
			all[name] = value
		}
		return b.Upload(path, all, "file", "轮廓.geojson", file)
	}
	features := func() int {
		t.Helper()
		k, err := s.s.Sketch(context.Background(), s.Actor(t, clerk, "咸宁市"), density.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return len(k.Edges)
	}
	before := features()
	for _, lang := range []string{"zh-CN", "en"} {
		a := send(b.In(lang), outline("421202", webtest.Hostile), nil).Want(http.StatusOK, "main table tbody tr")
		a.Holds("咸安区", webtest.Hostile, "421202").Lacks("⟦")
		send(b.In(lang), outline("", webtest.Hostile), map[string]string{"origin": webtest.Hostile}).Want(http.StatusOK, "main table tbody tr").Lacks("⟦", "<script>alert")
	}
	if n := features(); n != before {
		t.Errorf("a check has drawn %d outlines", n-before)
	}
	for what, x := range map[string]struct {
		file   string
		fields map[string]string
		says   string
	}{
		"broken":             {`{"type":`, nil, "JSON"},
		"a point":            {`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[114,29]}}`, nil, "1"},
		"no system":          {outline("421202", ""), map[string]string{"crs": "mars"}, "坐标系"},
		"no origin":          {outline("421202", ""), map[string]string{"origin": " "}, "来源"},
		"nothing known, set": {outline("", "虚构县"), map[string]string{"what": "write"}, "什么也没有保存"},
	} {
		a := send(b, x.file, x.fields).Want(http.StatusUnprocessableEntity, "[role=alert], .invalid-feedback")
		a.Holds(x.says).Lacks("⟦")
		if x.fields["origin"] == "" && a.Find("input[name=origin]").AttrOr("value", "") != "市局" {
			t.Errorf("%s: what was typed is lost", what)
		}
	}
	if n := features(); n != before {
		t.Errorf("a refused file has drawn %d outlines", n-before)
	}
	send(b, outline("421202", ""), map[string]string{"what": "write"}).Want(http.StatusSeeOther)
	if n := features(); n != before+1 {
		t.Errorf("%d outlines are drawn more", n-before)
	}
	reads := b.As(s.Actor(t, reader, "咸宁市"))
	reads.Get(path).Want(http.StatusForbidden)
	send(reads, outline("421221", ""), map[string]string{"what": "write"}).Want(http.StatusForbidden)
}
