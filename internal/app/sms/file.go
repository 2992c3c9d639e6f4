package sms

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"time"
)

// File writes messages into a file, a line each, for a city that has no gateway yet or sends them by other means. It holds numbers, so
// that its owner alone reads it.
type File struct {
	Path string
	Now  func() time.Time

	mu sync.Mutex
}

// Send writes a line: when, to whom, what.
func (f *File) Send(_ context.Context, to, text string) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out, err := os.OpenFile(f.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.New("sms: the file cannot be opened")
	}
	_, wrote := out.WriteString(f.Now().UTC().Format(time.RFC3339) + "\t" + to + "\t" + strings.Join(strings.Fields(text), " ") + "\n")
	if err := errors.Join(wrote, out.Close()); err != nil {
		return errors.New("sms: the file cannot be written")
	}
	return nil
}
