package app

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A link carries both ways, cuts what is under way when it drops, and carries again afterwards.
func TestAPoorLinkDropsAndComesBack(t *testing.T) {
	t.Parallel()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all, _ := io.ReadAll(r.Body)
		_, _ = w.Write(all)
	}))
	defer echo.Close()
	l, err := newPoorLink(echo.Listener.Addr().String(), 1<<20, time.Hour, 300*time.Millisecond, 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	hc := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	send := func(n int) error {
		res, err := hc.Post(l.url(), "text/plain", bytes.NewReader(make([]byte, n)))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		got, err := io.ReadAll(res.Body)
		if err == nil && len(got) != n {
			t.Errorf("%d of %d bytes came back", len(got), n)
		}
		return err
	}
	if err := send(1000); err != nil {
		t.Fatal(err)
	}
	if err := send(4 << 20); err == nil { // takes four seconds
		t.Error("the link did not drop")
	}
	for began := time.Now(); ; {
		if err = send(1000); err == nil || time.Since(began) > 10*time.Second {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil || l.drops.Load() != 1 || l.broke.Load() == 0 {
		t.Errorf("%v after %d drops, %d connections cut", err, l.drops.Load(), l.broke.Load())
	}
}
