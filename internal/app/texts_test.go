package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
)

// A real city sends its codes through the gateway that the operator named, tells its administrator when they run out, and
// keeps neither number nor code in a log.
func TestCodesGoThroughTheGateway(t *testing.T) {
	t.Parallel()
	var got []string
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Phone, Text string }
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Header.Get("Authorization") != "Bearer 钥" {
			w.WriteHeader(http.StatusForbidden)
		}
		got = append(got, m.Phone+" "+m.Text)
	}))
	defer gateway.Close()
	dir := filepath.Join(t.TempDir(), "real")
	if code, _, e := told(t, "migrate", "--data", dir, "--city", "real", "--name", "真实"); code != exitOK {
		t.Fatal(e)
	}
	in, err := migrated(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.db.Close()
	var log strings.Builder
	svc, err := newServices(in, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	phone := cn.Phone("+8613871500000")
	words := func(code string) string { return "验证码 " + code }
	if err := svc.account.SendCode(t.Context(), "real", phone, words); errs.KeyOf(err) != "account.no_sms" {
		t.Fatalf("without a gateway: %v", err)
	}

	root, err := svc.orgs.Create(t.Context(), authz.System("real"), org.New{Kind: org.City, Name: "真实市"})
	if err != nil {
		t.Fatal(err)
	}
	admin, _, err := svc.account.CreateFirst(t.Context(), "real", account.First{Newcomer: account.Newcomer{Login: "sys", Name: "管", Desk: root.ID}, Role: account.SystemAdmin, Password: "Osmanthus-7-tea"})
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "sms-secret")
	if err := os.WriteFile(secret, []byte("钥\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := texting{secretFile: secret, budget: 1}
	x.gateway.URL = gateway.URL
	if err := x.wire(svc); err != nil {
		t.Fatal(err)
	}
	if err := svc.account.SendCode(t.Context(), "real", phone, words); err != nil {
		t.Fatal(err)
	}
	if len(got) != 0 {
		t.Error("the page waited for the gateway")
	}
	if err := svc.sendTexts(t.Context()); err != nil || len(got) != 1 || !strings.HasPrefix(got[0], "13871500000 验证码 ") {
		t.Fatalf("%v %v", got, err)
	}
	code := got[0][len(got[0])-6:]
	if _, err := svc.account.SignInByCode(t.Context(), "real", phone, code, account.Visitor{}); err != nil {
		t.Error(err)
	}
	if n, err := svc.notices.Unread(t.Context(), authz.Actor{City: "real", User: admin.String()}); err != nil || n != 1 {
		t.Errorf("the administrator has %d notices, %v", n, err)
	}
	if err := svc.account.SendCode(t.Context(), "real", phone, words); errs.KeyOf(err) != "account.sms_budget" {
		t.Errorf("over the budget: %v", err)
	}
	if strings.Contains(log.String(), code) || strings.Contains(log.String(), "1387") {
		t.Errorf("the log holds a number or a code: %s", log.String())
	}
	if bad := (&texting{gateway: x.gateway, secretFile: filepath.Join(dir, "none")}).wire(svc); bad == nil {
		t.Error("started without the secret that was named")
	}
	x.gateway.URL = "sms.example"
	if err := x.wire(svc); err == nil {
		t.Error("started with an address that is none")
	}
}
