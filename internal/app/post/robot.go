package post

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Robot says something in a group of 企业微信 by its webhook. The address is its secret and stands in no error.
type Robot struct {
	URL    string
	Client *http.Client
}

// Check tells what is wrong with the settings.
func (r *Robot) Check() error {
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("robot: the webhook's address must be http:// or https://")
	}
	return nil
}

// mostAnswer is how much of an answer is read.
const mostAnswer = 64 << 10

// Say implements notice.Robot.
func (r *Robot) Say(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	body, err := json.Marshal(map[string]any{"msgtype": "text", "text": map[string]string{"content": text}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("robot: the webhook's address cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	client := r.Client
	if client == nil { // a webhook that moves must be named anew
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	res, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("robot: the webhook did not answer within %s", Timeout)
		}
		return errors.New("robot: the webhook cannot be reached")
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("robot: the webhook answered %d", res.StatusCode)
	}
	var answer struct {
		Code *int `json:"errcode"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, mostAnswer)).Decode(&answer); err != nil || answer.Code == nil {
		return errors.New("robot: the webhook's answer cannot be read")
	}
	if *answer.Code != 0 {
		return fmt.Errorf("robot: the webhook refused with code %d", *answer.Code)
	}
	return nil
}
