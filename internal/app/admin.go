package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"zhidian/internal/platform/errs"
)

// migrate founds an installation where there is none, and brings its database to the newest version.
func migrate(ctx context.Context, c *call) int {
	fs := c.flags()
	data := fs.String("data", "", "安装目录 folder of the installation")
	dsn := fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	slug := fs.String("city", "", "新城市的简称，小写字母 slug of a new city, lower-case letters")
	name := fs.String("name", "", "新城市的名称 name of a new city")
	zone := fs.String("zone", "Asia/Shanghai", "时区 time zone")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data == "" {
		fmt.Fprintln(c.stderr, "请用 --data 指明安装目录。 Name the folder of the installation with --data.")
		return exitUsage
	}
	if *slug != "" {
		city := City{Slug: *slug, Name: *name, Zone: *zone}
		if _, err := city.Location(); err != nil {
			return c.fail(err)
		}
		if err := found(*data, city, time.Now()); err != nil && errs.KeyOf(err) != "app.founded_already" {
			return c.fail(err)
		}
	}
	in, err := migrated(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	defer in.db.Close()
	fmt.Fprintf(c.stdout, "数据库已是最新版本。 The database is at the newest version.\n%s\n", in.keys.Verifier())
	return exitOK
}

// version names the build.
func version(_ context.Context, c *call) int {
	rev := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				rev = s.Value[:12]
			}
		}
		fmt.Fprintf(c.stdout, "zhidian %s %s\n", rev, info.GoVersion)
		return exitOK
	}
	fmt.Fprintf(c.stdout, "zhidian %s\n", rev)
	return exitOK
}

// plan runs a solver on files, without an installation.
func plan(ctx context.Context, c *call) int {
	if len(c.args) > 0 {
		switch c.args[0] {
		case "density":
			return planDensity(ctx, c.args[1:], c.stdout, c.stderr)
		case "pair":
			return planPair(ctx, c.args[1:], c.stdout, c.stderr)
		case "site":
			return planSite(ctx, c.args[1:], c.stdout, c.stderr)
		case "route":
			return planRoute(ctx, c.args[1:], c.stdout, c.stderr)
		case "lottery":
			return planLottery(ctx, c.args[1:], c.stdout, c.stderr)
		}
	}
	fmt.Fprintln(c.stdout, "用法 Usage: zhidian plan density|site|pair|route|lottery --help")
	if len(c.args) > 0 && (c.args[0] == "--help" || c.args[0] == "-h") {
		return exitOK
	}
	return exitUsage
}
