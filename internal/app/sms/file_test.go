package sms

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAFileTakesMessages(t *testing.T) {
	t.Parallel()
	f := &File{Path: filepath.Join(t.TempDir(), "texts"), Now: func() time.Time { return time.Unix(0, 0) }}
	for range 2 {
		if err := f.Send(t.Context(), "+8613800000000", "有新\n的通知"); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(f.Path)
	line := "1970-01-01T00:00:00Z\t+8613800000000\t有新 的通知\n"
	if s, _ := os.Stat(f.Path); err != nil || string(b) != line+line || s.Mode().Perm() != 0o600 {
		t.Errorf("%q %v", b, err)
	}
	f.Path = filepath.Join(f.Path, "below")
	if err := f.Send(t.Context(), "x", "y"); err == nil {
		t.Error("it was written nowhere")
	}
}
