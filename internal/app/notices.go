package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhidian/internal/app/post"
	"zhidian/internal/app/sms"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// noticeKinds are the kinds of notices, which people turn on and off as one. What a law or somebody's safety asks for stays on.
var noticeKinds = []notice.Kind{
	{Key: "safety", Label: "app.kind.safety", Why: "app.kind.safety_why", Prefixes: []string{"safety.notice."}},
	{Key: "system", Label: "app.kind.system", Why: "app.kind.system_why", Prefixes: []string{"app.notice.sms_budget"}},
	{Key: "reminder", Label: "app.kind.reminder", Prefixes: []string{"reminder."}},
	{Key: "care", Label: "app.kind.care", Prefixes: []string{"care.notice."}},
	{Key: "night", Label: "app.kind.night", Prefixes: []string{"night.notice."}},
	{Key: "matter", Label: "app.kind.matter", Prefixes: []string{"app.notice.matter"}, Desk: true},
	{Key: "loan", Label: "app.kind.loan", Prefixes: []string{"loan.notice."}},
	{Key: "venture", Label: "app.kind.venture", Prefixes: []string{"venture."}},
	{Key: "voice", Label: "app.kind.voice", Prefixes: []string{"research."}},
	{Key: "other", Label: "app.kind.other"},
}

// posting is how notices leave the house besides the pages: by nothing of it unless it is named.
type posting struct {
	mail       post.Server
	secretFile string
	robotFile  string
	textFile   bool
	texts      bool
	origin     string
	quiet      string
}

func (t *posting) flags(fs *flag.FlagSet) {
	fs.StringVar(&t.origin, "origin", "", "对外网址，写进消息的链接 how the server is called from outside, for links in messages: https://zhidian.example")
	fs.StringVar(&t.mail.Addr, "smtp", "", "邮件服务器 host:port；空为不发邮件 mail server; empty: no e-mail")
	fs.StringVar(&t.mail.From, "smtp-from", "", "发件邮箱 sender's address")
	fs.StringVar(&t.mail.User, "smtp-user", "", "邮件服务器账号 account at the mail server")
	fs.StringVar(&t.secretFile, "smtp-secret-file", "", "邮件服务器口令文件；或用环境变量 ZHIDIAN_SMTP_SECRET file with its password; or ZHIDIAN_SMTP_SECRET")
	fs.BoolVar(&t.mail.Plain, "smtp-plain", false, "不加密，只用于本机邮件服务器 without TLS, for a server on this machine only")
	fs.StringVar(&t.robotFile, "robot-file", "", "企业微信群机器人地址文件；或用环境变量 ZHIDIAN_ROBOT file with the address of a robot; or ZHIDIAN_ROBOT")
	fs.BoolVar(&t.texts, "notice-texts", false, "通知也可经短信网关发送 notices may also go by the text message gateway")
	fs.BoolVar(&t.textFile, "notice-texts-file", false, "短信通知写入安装目录的 texts.tsv，不经网关 notices by text message go into texts.tsv in the folder of the installation")
	fs.StringVar(&t.quiet, "quiet", "22:00-07:00", "免打扰时段；空为没有 hours in which nothing is sent that can wait; empty: none")
}

// wire opens the ways that are named.
func (t *posting) wire(s *services, texts notice.Gateway) error {
	quiet, err := quietHours(t.quiet)
	if err != nil {
		return err
	}
	s.post.Quiet, s.post.Origin = quiet, strings.TrimRight(t.origin, "/")
	secret, err := secretOf("smtp-secret-file", t.secretFile, "ZHIDIAN_SMTP_SECRET")
	if err != nil {
		return err
	}
	robot, err := secretOf("robot-file", t.robotFile, "ZHIDIAN_ROBOT")
	if err != nil {
		return err
	}
	if t.mail.Addr != "" {
		t.mail.Secret = secret
		if err := t.mail.Check(); err != nil {
			return err
		}
		s.post.Mailer = &t.mail
	}
	if robot != "" {
		r := &post.Robot{URL: robot}
		if err := r.Check(); err != nil {
			return err
		}
		s.post.Robot = r
	}
	switch {
	case t.textFile:
		s.post.Texts = &sms.File{Path: filepath.Join(s.in.dir, "texts.tsv"), Now: s.db.Now}
	case t.texts && texts != nil:
		s.post.Texts = texts
	case t.texts:
		return errors.New("--notice-texts: --sms-url is wanted")
	}
	if s.post.Origin == "" && (s.post.Mailer != nil || s.post.Robot != nil || s.post.Texts != nil) {
		return errors.New("--origin: messages lead back here, so the address is wanted")
	}
	return nil
}

func secretOf(name, file, variable string) (string, error) {
	if file == "" {
		return os.Getenv(variable), nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--%s: %w", name, err)
	}
	return strings.TrimSpace(string(b)), nil
}

func quietHours(text string) (h notice.Quiet, err error) {
	if text == "" {
		return h, nil
	}
	from, until, _ := strings.Cut(text, "-")
	for _, x := range []struct {
		text string
		to   *int
	}{{from, &h.From}, {until, &h.Until}} {
		at, err := time.Parse("15:04", x.text)
		if err != nil {
			return h, fmt.Errorf("--quiet: %q is not written as 22:00-07:00", text)
		}
		*x.to = at.Hour()*60 + at.Minute()
	}
	return h, nil
}

// newPost is the post with no way out yet.
func newPost(s *services, zone *time.Location) *notice.Post {
	return &notice.Post{
		DB: s.db, City: s.in.city.Slug, Keys: s.in.keys, Zone: zone, Kinds: noticeKinds,
		Say: func(lang, key string, args ...any) string {
			cat, err := catalog()
			if err != nil {
				return key
			}
			return cat.Printer(i18n.Lang(lang)).T(key, args...)
		},
		Phone: func(q sqldb.Q, of string) (string, error) {
			a, err := id.Parse[account.Account](of)
			if err != nil {
				return "", nil //nolint:nilerr // no account, no number
			}
			return s.account.Number(q, a)
		},
	}
}

// How long before something begins, or an offer ends, people are reminded.
const (
	remindSession = 24 * time.Hour
	remindOffer   = 12 * time.Hour
	remindVisit   = 7 * 24 * time.Hour
)

// remind tells people of what is soon theirs to be at, or to answer.
func (s *services) remind(ctx context.Context) error {
	var all []notice.Due
	err := s.db.Read(ctx, s.in.city.Slug, func(q *sqldb.Rx) error {
		all = nil
		now := q.Now()
		for _, of := range []struct {
			due    func(q sqldb.Q, from, to int64) ([]notice.Due, error)
			before time.Duration
		}{{s.term.Due, remindSession}, {s.duties.Due, remindSession}, {s.care.Due, remindOffer}, {s.night.Due, remindOffer}, {s.after.Due, remindVisit}} {
			some, err := of.due(q, now.UnixMicro(), now.Add(of.before).UnixMicro())
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return notice.Remind(ctx, s.db, s.in.city.Slug, all)
}
