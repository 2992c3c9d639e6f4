package account

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"zhidian/internal/platform/cn"
)

// SMS sends a short message. Adapters to an operator's gateway implement it; none may log number or text.
type SMS interface {
	Send(ctx context.Context, to cn.Phone, text string) error
}

// FileSMS appends messages to a file, for installations whose gateway fetches them there.
type FileSMS struct {
	Path string
	mu   sync.Mutex
}

// Send appends one line: number, tab, text.
func (f *FileSMS) Send(_ context.Context, to cn.Phone, text string) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.OpenFile(f.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%s\t%s\n", to, text)
	if bad := file.Close(); err == nil {
		err = bad
	}
	return err
}

// DemoSMS keeps the latest messages in memory, for the page that shows them in the demo.
type DemoSMS struct {
	Now  func() time.Time
	mu   sync.Mutex
	sent []Sent
}

// Sent is a message that the demo did not send.
type Sent struct {
	At   time.Time
	To   cn.Phone
	Text string
}

const demoKeeps = 20

// Send keeps the message.
func (d *DemoSMS) Send(_ context.Context, to cn.Phone, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append([]Sent{{d.Now(), to, text}}, d.sent...)
	if len(d.sent) > demoKeeps {
		d.sent = d.sent[:demoKeeps]
	}
	return nil
}

// Sent lists the messages, the latest first.
func (d *DemoSMS) Sent() []Sent {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Sent(nil), d.sent...)
}
