package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/platform/errs"
)

// demoCity is what the demo is founded as.
var demoCity = City{Slug: "xianning", Name: "咸宁", Zone: "Asia/Shanghai", Demo: true}

// runDemo makes the demo city where the folder holds none, and serves it.
func runDemo(ctx context.Context, c *call) int {
	var s serving
	fs, data, dsn := s.flags(c)
	size := fs.Float64("size", 1, "规模，1 为全市 size, 1 is the whole city")
	only := fs.Bool("make-only", false, "只生成，不运行 make it and stop")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data == "" {
		*data = filepath.Join(".", "demo-data")
	}
	in, err := c.demoInstallation(ctx, *data, *dsn, demo.Size(*size))
	if err != nil {
		return c.fail(err)
	}
	if *only {
		return c.exit(in.db.Close())
	}
	for _, a := range demoAccounts {
		fmt.Fprintf(c.stdout, "  %-10s %-16s %s\n", a.login, demoPassword, a.says)
	}
	fmt.Fprintf(c.stdout, "  %-10s %-16s %s\n", demoPhone, demoPaper(), "居民：手机号登录，再用身份证号核实本人 resident: sign in by phone, then prove yourself by this ID")
	fmt.Fprintf(c.stdout, "  %-10s %-16s %s\n", demoParentPhone, "", "家长：手机号登录，孩子在托管班 parent: sign in by phone, her child is in a class")
	fmt.Fprintf(c.stdout, "  %-10s %-16s %s\n", demoVolunteerPhone, "", "志愿者：手机号登录，带一个团队 volunteer: sign in by phone, leads a group")
	return c.exit(s.run(ctx, in, c.stdout))
}

// demoInstallation opens the demo's folder, and makes the city first where a marker says that it is not whole.
func (c *call) demoInstallation(ctx context.Context, data, dsn string, size demo.Size) (*installation, error) {
	whole := filepath.Join(data, "demo-is-whole")
	if _, err := os.Stat(whole); err == nil {
		return migrated(ctx, data, dsn)
	}
	city, err := readCity(data)
	switch {
	case err == nil && !city.Demo:
		return nil, errs.New(errs.Conflict, "app.founded_already", errs.Args{"dir": data})
	case err == nil && dsn != "":
		return nil, errs.New(errs.Conflict, "app.demo_half_made", errs.Args{"dir": data})
	case err == nil: // a demo that was interrupted begins anew
		for _, name := range []string{keyFile, dbFile, dbFile + "-wal", dbFile + "-shm", blobDir, headsFile, cityFile} {
			if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
				return nil, err
			}
		}
	}
	began := time.Now()
	fmt.Fprintf(c.stdout, "正在生成演示城市 Making the demo city…\n")
	if err := found(data, demoCity, began); err != nil {
		return nil, err
	}
	in, err := migrated(ctx, data, dsn)
	if err != nil {
		return nil, err
	}
	svc, err := newServices(in, slog.Default())
	if err != nil {
		return nil, err
	}
	if err := svc.makeDemo(ctx, size, func(step string) {
		fmt.Fprintf(c.stdout, "  %5.1f s  %s\n", time.Since(began).Seconds(), step)
	}); err != nil {
		return nil, err
	}
	return in, os.WriteFile(whole, []byte(began.UTC().Format(time.RFC3339)+"\n"), 0o600)
}
