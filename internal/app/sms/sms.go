// Package sms hands text messages to an operator's gateway over HTTP, and says nothing of them to anybody else.
package sms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Gateway posts one message per request. In Body, and in Header, {phone} stands for the number as it is dialled in the
// country, {e164} for the international one, {text} for the message and {secret} for the secret; values are written as
// JSON where Body is JSON, else as fields of a form.
type Gateway struct {
	URL    string
	Body   string // empty: DefaultBody
	Header string // one line, "Name: value"; empty: DefaultHeader where there is a secret
	Secret string
	OK     string // what an answer must hold to be a yes, for gateways that say no with status 200; empty: the status tells
	Client *http.Client
}

// The simplest form of a gateway: a JSON object, with the secret as a bearer token.
const (
	DefaultBody   = `{"phone":"{phone}","text":"{text}"}`
	DefaultHeader = "Authorization: Bearer {secret}"
)

// Timeout is how long a gateway may take to answer.
const Timeout = 10 * time.Second

// most is how much of an answer is read.
const most = 64 << 10

// Check tells what is wrong with the settings.
func (g *Gateway) Check() error {
	u, err := url.Parse(g.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("sms: the gateway's address must be http:// or https://")
	}
	if g.Header != "" && !strings.Contains(g.Header, ":") {
		return errors.New(`sms: the header must be written as "Name: value"`)
	}
	if !strings.Contains(g.body(), "{text}") || !strings.Contains(g.body(), "{phone}") && !strings.Contains(g.body(), "{e164}") {
		return errors.New("sms: the body must hold {text}, and {phone} or {e164}")
	}
	if g.isJSON() && !json.Valid([]byte(g.filled("13800000000", "x"))) {
		return errors.New("sms: the body is no JSON")
	}
	return nil
}

func (g *Gateway) body() string {
	if g.Body == "" {
		return DefaultBody
	}
	return g.Body
}

func (g *Gateway) isJSON() bool { return strings.HasPrefix(strings.TrimSpace(g.body()), "{") }

// Send hands a message to a number in E.164 on. The error says nothing of number, text or secret.
func (g *Gateway) Send(ctx context.Context, to, text string) error {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, strings.NewReader(g.filled(to, text)))
	if err != nil {
		return errors.New("sms: the gateway's address cannot be used")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if g.isJSON() {
		req.Header.Set("Content-Type", "application/json")
	}
	header := g.Header
	if header == "" && g.Secret != "" {
		header = DefaultHeader
	}
	if name, value, ok := strings.Cut(header, ":"); ok {
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(strings.ReplaceAll(value, "{secret}", g.Secret)))
	}
	client := g.Client
	if client == nil {
		client = plain
	}
	res, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("sms: the gateway did not answer within %s", Timeout)
		}
		return errors.New("sms: the gateway cannot be reached")
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, most))
	switch {
	case res.StatusCode < 200 || res.StatusCode > 299:
		return fmt.Errorf("sms: the gateway answered %d", res.StatusCode)
	case err != nil:
		return errors.New("sms: the gateway broke its answer off")
	case !strings.Contains(string(answer), g.OK):
		return errors.New("sms: the gateway refused the message")
	}
	return nil
}

// plain follows no redirect: a gateway that moves must be named anew, or messages would go where nobody has agreed to.
var plain = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// filled is the body of one message. Values are put in all at once, so that none is taken for a placeholder.
func (g *Gateway) filled(to, text string) string {
	write := url.QueryEscape
	if g.isJSON() {
		write = func(s string) string {
			b, _ := json.Marshal(s) // a string always can be
			return string(b[1 : len(b)-1])
		}
	}
	return strings.NewReplacer(
		"{phone}", write(strings.TrimPrefix(to, "+86")), "{e164}", write(to), "{text}", write(text), "{secret}", write(g.Secret),
	).Replace(g.body())
}
