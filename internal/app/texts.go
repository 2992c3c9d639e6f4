package app

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"zhidian/internal/app/sms"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/sqldb"
)

// texting is how text messages leave: by an operator's gateway, or not at all.
type texting struct {
	gateway    sms.Gateway
	secretFile string
	budget     int64
}

func (t *texting) flags(fs *flag.FlagSet) {
	fs.StringVar(&t.gateway.URL, "sms-url", "", "短信网关地址；空为不开通公众短信登录 address of the text message gateway; empty: no sign-in by text message")
	fs.StringVar(&t.gateway.Body, "sms-body", "", "网关请求内容，含 {phone} 或 {e164}、{text}、{secret} what the gateway is sent; default: "+sms.DefaultBody)
	fs.StringVar(&t.gateway.Header, "sms-header", "", "网关请求头 one header of the request; default: "+sms.DefaultHeader)
	fs.StringVar(&t.gateway.OK, "sms-ok", "", "网关回答须含此文字才算成功 what an answer must hold to be a yes")
	fs.StringVar(&t.secretFile, "sms-secret-file", "", "网关密钥文件；或用环境变量 ZHIDIAN_SMS_SECRET file with the gateway's secret; or ZHIDIAN_SMS_SECRET")
	fs.Int64Var(&t.budget, "sms-budget", smsBudget, "每月最多发送条数 most messages in a month")
}

// wire opens the way of text messages where a gateway is named. The demo shows its codes on a page and needs none.
func (t *texting) wire(s *services) error {
	if t.budget > 0 {
		s.account.Budget = t.budget
	}
	s.account.Alarm = s.smsAlarm
	if t.gateway.URL == "" || s.in.city.Demo {
		return nil
	}
	t.gateway.Secret = os.Getenv("ZHIDIAN_SMS_SECRET")
	if t.secretFile != "" {
		b, err := os.ReadFile(t.secretFile)
		if err != nil {
			return fmt.Errorf("--sms-secret-file: %w", err)
		}
		t.gateway.Secret = strings.TrimSpace(string(b))
	}
	if err := t.gateway.Check(); err != nil {
		return err
	}
	s.texts = &notice.Texts{DB: s.db, City: s.in.city.Slug, Keys: s.in.keys, Gateway: &t.gateway}
	s.account.SMS = s.texts
	return nil
}

// sendTexts hands on what waits for the gateway.
func (s *services) sendTexts(ctx context.Context) error {
	if s.texts == nil {
		return nil
	}
	_, err := s.texts.Run(ctx)
	return err
}

// smsAlarm tells the system administrators, once a month, that the month's messages are nearly used up.
func (s *services) smsAlarm(month string, sent, budget int64) {
	err := s.db.Keep(context.Background(), s.in.city.Slug, func(tx *sqldb.Tx) error {
		root, err := org.Root(tx)
		if err != nil {
			return err
		}
		at, err := s.account.Holders(tx, account.Invite, root.Path)
		if err != nil {
			return err
		}
		for _, one := range at {
			if err := notice.Send(tx, one.String(), "sms/"+month, "app.notice.sms_budget", map[string]any{"month": month, "sent": sent, "budget": budget}, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.log.Error("nobody was told of the month's text messages", "error", err)
	}
}
