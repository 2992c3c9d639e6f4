// Package post hands messages to a mail server and to a robot of 企业微信, and says nothing of them to anybody else.
package post

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"zhidian/internal/domain/notice"
)

// Timeout is how long a server may take to answer.
const Timeout = 20 * time.Second

// Server is where e-mail is handed over.
type Server struct {
	Addr   string // host:port; 465 speaks TLS at once, others after STARTTLS
	From   string
	User   string // empty: nobody signs in
	Secret string
	Plain  bool // without TLS, for a server on the same machine
}

// Check tells what is wrong with the settings.
func (s *Server) Check() error {
	if _, _, err := s.split(); err != nil {
		return err
	}
	if err := mail.NewMsg().From(s.From); err != nil {
		return errors.New("mail: the sender must be an address of e-mail")
	}
	return nil
}

func (s *Server) split() (host string, port int, err error) {
	host, text, err := net.SplitHostPort(s.Addr)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil || host == "" || port < 1 || port > 65535 {
		return "", 0, errors.New("mail: the server must be written as host:port")
	}
	return host, port, nil
}

// Mail implements notice.Mailer. A message that its receiver may turn off says how, also to programs (RFC 8058).
func (s *Server) Mail(ctx context.Context, m notice.Mail) error {
	host, port, err := s.split()
	if err != nil {
		return err
	}
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(s.From), msg.To(m.To)); err != nil {
		return errors.New("mail: an address cannot be used")
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageID()
	if m.Off != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Off+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(Timeout), mail.WithTLSPolicy(mail.TLSMandatory)}
	switch {
	case s.Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case port == 465:
		options = append(options, mail.WithSSL())
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Secret))
	}
	c, err := mail.NewClient(host, options...)
	if err != nil {
		return errors.New("mail: the server's settings cannot be used")
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		return blame(ctx, err)
	}
	return nil
}

// blame says why a message was not taken, without its receiver, whom servers like to quote.
func blame(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("mail: the server did not answer within %s", Timeout)
	}
	if refused, ok := errors.AsType[*mail.SendError](err); ok {
		if code := refused.ErrorCode(); code > 0 {
			return fmt.Errorf("mail: the server refused the message with %d", code)
		}
		return errors.New("mail: the server refused the message")
	}
	return errors.New("mail: the server cannot be reached, or does not let us in")
}
