package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog/actweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// serving is how a server is run.
type serving struct {
	addr    string
	secure  bool   // people come by https
	proxies string // trusted proxies, as prefixes separated by commas
	metrics string // token for /metrics from elsewhere
	keeper  string // file for signed heads, on another machine's disk
	tiles   string // https origins of base map tiles, separated by commas
	texts   texting
	post    posting

	unlimited bool // anybody may ask as often as they like: for measurements only, so no flag
}

func (s *serving) flags(c *call) (fs *flag.FlagSet, data, dsn *string) {
	fs = c.flags()
	data = fs.String("data", "", "安装目录 folder of the installation")
	dsn = fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	fs.StringVar(&s.addr, "addr", "127.0.0.1:8080", "监听地址；端口 0 为任选 address to listen at; port 0 takes any")
	fs.BoolVar(&s.secure, "https", false, "用户经 HTTPS（反向代理）访问 people come by https, through a proxy")
	fs.StringVar(&s.proxies, "proxies", "", "可信代理网段 trusted proxies, such as 10.0.0.0/8")
	fs.StringVar(&s.metrics, "metrics-token", "", "从别处读取 /metrics 的口令 token to read /metrics from elsewhere")
	fs.StringVar(&s.keeper, "heads", "", "签名头存放文件 file of signed heads, on another machine's disk")
	fs.StringVar(&s.tiles, "tiles", "", "底图来源 https origins of base map tiles")
	s.texts.flags(fs)
	s.post.flags(fs)
	return fs, data, dsn
}

// serve runs the server of an installation until it is told to stop.
func serve(ctx context.Context, c *call) int {
	var s serving
	fs, data, dsn := s.flags(c)
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data == "" {
		fmt.Fprintln(c.stderr, "请用 --data 指明安装目录。 Name the folder of the installation with --data.")
		return exitUsage
	}
	in, err := migrated(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	return c.exit(s.run(ctx, in, c.stdout))
}

func (c *call) exit(err error) int {
	if err != nil {
		return c.fail(err)
	}
	return exitOK
}

// run serves an opened installation and its loops, and closes it in the end.
func (s *serving) run(ctx context.Context, in *installation, out io.Writer) (err error) {
	defer func() { err = errors.Join(err, in.db.Close()) }()
	log := slog.Default()
	srv, loops, err := s.assemble(in, log)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	scheme := "http"
	if s.secure {
		scheme = "https"
	}
	fmt.Fprintf(out, "%s 正在运行 is running at %s://%s\n", in.city.Name, scheme, l.Addr())
	looping, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := loops.start(looping, log)
	err = srv.Serve(ctx, l)
	stop()
	<-done
	return err
}

// assemble wires services, pages and loops of an installation.
func (s *serving) assemble(in *installation, log *slog.Logger) (*web.Server, loops, error) {
	cat, err := catalog()
	if err != nil {
		return nil, nil, err
	}
	zone, err := in.city.Location()
	if err != nil {
		return nil, nil, err
	}
	assets, err := ui.ReadAssets(web.Dist())
	if err != nil {
		return nil, nil, err
	}
	if !assets.Built() {
		log.Warn("styles and scripts are not built: run make assets")
	}
	svc, err := newServices(in, log)
	if err != nil {
		return nil, nil, err
	}
	if in.keys.Fingerprints().NextLookup != "" { // numbers are found under two keys now, and a server knows one
		return nil, nil, errs.New(errs.Conflict, "app.keys_half_changed", errs.Args{"dir": in.dir})
	}
	if err := s.texts.wire(svc); err != nil {
		return nil, nil, err
	}
	var gateway notice.Gateway
	if svc.texts != nil {
		gateway = svc.texts.Gateway
	}
	if err := s.post.wire(svc, gateway); err != nil {
		return nil, nil, err
	}
	temp, err := in.ownTemp()
	if err != nil {
		return nil, nil, err
	}
	svc.fields.Temp = temp
	doors := &door.Doors{Assets: assets, Menu: menu(), City: in.city.Name, Demo: in.city.Demo, Waiting: svc.waiting, Saved: svc.saved}
	cfg := web.Config{
		Routes: svc.routes(doors), Assets: web.Dist(), Messages: cat, Sessions: svc.sessions(), Tokens: svc.tokens(),
		City: func(string) (string, *time.Location, bool) { return in.city.Slug, zone, true },
		GiveBack: func(r *web.Request, k web.Kept) web.Component {
			p := doors.Bare(r, r.L.T("app.kept"), r.L.T("app.kept_says"))
			return door.With(ui.Bare(p), keptBody(r, k))
		},
		Render: func(ctx context.Context, w io.Writer, r *web.Request, f web.Fault) error {
			return faultPage(ctx, w, r, f, doors)
		},
		Refused: func(ctx context.Context, by authz.Actor, verb, pattern string) error {
			return svc.db.Note(ctx, by, actweb.Refused, "", act.Change{"verb": verb, "route": pattern})
		},
		Ready: func(ctx context.Context) error {
			return in.current(ctx)
		},
		Secure: s.secure, MetricsToken: s.metrics, TempDir: temp, FlashKey: in.keys.Lookup("flash", in.city.Slug),
		SignIn: "/sign-in", NewSecret: "/sign-in/new-password", SecondStep: "/sign-in/totp", Log: log,
	}
	for p := range strings.SplitSeq(s.proxies, ",") {
		if p = strings.TrimSpace(p); p != "" {
			prefix, err := netip.ParsePrefix(p)
			if err != nil {
				return nil, nil, fmt.Errorf("--proxies: %w", err)
			}
			cfg.TrustedProxies = append(cfg.TrustedProxies, prefix)
		}
	}
	if s.unlimited {
		cfg.Rates = web.NoRates()
	}
	if s.tiles != "" {
		cfg.Tiles = strings.Split(s.tiles, ",")
	}
	srv, err := web.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	return srv, svc.loops(s.keeper), nil
}

// faultPage draws an error as a card with what to do next and the number to read out on the phone.
func faultPage(ctx context.Context, w io.Writer, r *web.Request, f web.Fault, doors *door.Doors) error {
	p := doors.Bare(r, f.Title, "")
	p.Tone = ui.Bad
	p.Back = "/"
	return door.With(ui.Bare(p), faultBody(r.L, f)).Render(ctx, w)
}

// keptLabel is the question of a kept answer, or its number where the page did not say.
func keptLabel(r *web.Request, a web.Answered, at int) string {
	if a.Question == "" {
		return r.L.T("app.kept_nth", "n", at+1)
	}
	return a.Question
}

// keptRows is how many lines an answer takes in a box, four at most.
func keptRows(text string) int {
	const wide = 16 // characters of a line on a phone
	n := 0
	for line := range strings.Lines(text) {
		n += 1 + utf8.RuneCountInString(line)/wide
	}
	return min(max(n, 1), 4)
}
