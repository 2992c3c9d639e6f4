package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// onPage hands answers in as a browser without scripts does: the whole page is posted to a server in a process of its own,
// which answers with the receipt.
type onPage struct {
	p    *benchProcess
	hc   *http.Client
	url  string
	sent [][]typed // by answer, without what each page has of its own
}

type typed struct{ name, value string }

// startPages starts a server of the installation in a folder.
func (b *formsBench) startPages(ctx context.Context, dir, dsn, profile string, clients int) (*onPage, error) {
	p, err := startBenchServer(ctx, dir, dsn, profile)
	if err != nil {
		return nil, err
	}
	return &onPage{p: p, hc: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}, url: p.url + "/f/" + b.slug}, nil
}

// fields are the fields of the page with one answer in them.
func (b *formsBench) fields(i int, photo string) (all []typed) {
	for k := range 249 {
		given := b.given(i, k)
		if k%8 == 2 && given == "" {
			all = append(all, typed{"off", "q" + strconv.Itoa(k)})
		}
		if k%8 != 6 {
			all = append(all, typed{"/q" + strconv.Itoa(k), given})
		}
	}
	return append(all, typed{"/photo", photo})
}

const boundary = "----zhidian-bench"

// post sends one page and reads the receipt.
func (o *onPage) post(ctx context.Context, i int) error {
	var body bytes.Buffer
	own := []typed{{ui.KeyField, web.NewKey()}, {"version", "1"}, {"lang", "0"}, {"step", "0"}, {"do", "submit"}}
	for _, part := range [][]typed{own, o.sent[i]} {
		for _, f := range part {
			fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", boundary, f.name, f.value)
		}
	}
	body.WriteString("--" + boundary + "--\r\n")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	res, err := o.hc.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("zd-receipt"))) {
		err = fmt.Errorf("answered %d without a receipt", res.StatusCode)
	}
	return err
}

// overPages measures what handIn measures, from page to receipt.
func (b *formsBench) overPages(ctx context.Context, o *onPage, photos []string, clients int) (map[string]any, error) {
	o.sent = make([][]typed, len(photos))
	for i, photo := range photos {
		o.sent[i] = b.fields(i, photo)
	}
	before := o.p.cpu()
	figures, err := b.atOnce(len(photos), clients, func(i int) error { return o.post(ctx, i) })
	spent := o.p.cpu() - before
	held, stopped := o.p.stop()
	if err := errors.Join(err, stopped); err != nil {
		return nil, err
	}
	figures["server_cpu_ms"], figures["server_peak_memory_mb"] = milli(spent)/float64(len(photos)), held
	return figures, nil
}
