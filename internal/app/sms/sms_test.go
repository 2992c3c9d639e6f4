package sms

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// asked is what the made-up gateway was asked, last.
type asked struct {
	header http.Header
	body   string
}

// gateway answers as it is told.
func gateway(t *testing.T, status int, answer string) (*Gateway, *asked) {
	t.Helper()
	var got asked
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = asked{r.Header, string(b)}
		if status == http.StatusFound {
			w.Header().Set("Location", "http://127.0.0.1:1/")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(srv.Close)
	return &Gateway{URL: srv.URL, Secret: "s3cret"}, &got
}

const to, text = "+8613871500000", "登录支点的验证码：042317 \"{secret}\" & {phone}"

func TestMessagesReachTheGateway(t *testing.T) {
	t.Parallel()
	g, got := gateway(t, 200, `{"code":0}`)
	g.OK = `"code":0`
	if err := g.Send(t.Context(), to, text); err != nil {
		t.Fatal(err)
	}
	var said struct{ Phone, Text string }
	if err := json.Unmarshal([]byte(got.body), &said); err != nil || said.Phone != "13871500000" || said.Text != text {
		t.Errorf("%s, %v", got.body, err)
	}
	if got.header.Get("Authorization") != "Bearer s3cret" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", got.header)
	}

	g.Body, g.Header = "user=u&key={secret}&mobile={e164}&content={text}", "X-App: zhidian"
	if err := g.Send(t.Context(), to, text); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(got.body)
	if err != nil || form.Get("mobile") != to || form.Get("content") != text || form.Get("key") != "s3cret" || got.header.Get("X-App") != "zhidian" || got.header.Get("Authorization") != "" {
		t.Errorf("%s %v, %v", got.body, got.header, err)
	}
}

func TestARefusalSaysNothingOfTheMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer string
	}{
		"error": {500, text + to}, "no": {200, `{"code":7,"to":"` + to + `"}`}, "elsewhere": {302, ""}, "unknown key": {401, "s3cret"},
	} {
		g, _ := gateway(t, c.status, c.answer)
		g.OK = `"code":0`
		err := g.Send(t.Context(), to, text)
		if err == nil {
			t.Errorf("%s: taken for a yes", name)
			continue
		}
		for _, hidden := range []string{"042317", "13871500000", "s3cret", g.URL} {
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	away := &Gateway{URL: "http://127.0.0.1:1/?to=" + to}
	if err := away.Send(t.Context(), to, text); err == nil || strings.Contains(err.Error(), "1387") {
		t.Errorf("away: %v", err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for want, g := range map[string]Gateway{
		"": {URL: "https://sms.example/send"}, "address": {URL: "sms.example"}, "header": {URL: "https://x", Header: "Bearer"},
		"{text}": {URL: "https://x", Body: "to={phone}"}, "{phone}": {URL: "https://x", Body: "text={text}"}, "JSON": {URL: "https://x", Body: `{"to":{phone},"t":{text}}`},
	} {
		if err := g.Check(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
