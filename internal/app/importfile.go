package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/service/density/intake"
)

// systemOf is who acts at the command line.
func systemOf(slug string) authz.Actor { return authz.System(slug) }

// importFile takes one spreadsheet in: checked first, and written only when it is sound or its good rows are asked for.
func importFile(ctx context.Context, c *call) int {
	kinds := make([]string, len(intake.Kinds))
	for i, k := range intake.Kinds {
		kinds[i] = string(k)
	}
	fs := c.flags()
	data := fs.String("data", "", "安装目录 folder of the installation")
	dsn := fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	kind := fs.String("kind", "", "类别 kind: "+strings.Join(kinds, ", "))
	name := fs.String("source", "", "来源名称 name of the source")
	file := fs.String("file", "", "表格文件 spreadsheet")
	asOf := fs.String("as-of", "", "数据日期，空为今天 day for which the rows hold; empty: today")
	good := fs.Bool("good-rows", false, "有错的行跳过，其余导入 take the good rows although others are bad")
	exact := fs.String("precision", "village", "位置精度 precision of positions: point, village, township")
	crs := fs.String("crs", "wgs84", "坐标系 coordinate system: wgs84, cgcs2000, gcj02, bd09")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data == "" || *file == "" || *name == "" || !intake.Kind(*kind).Valid() {
		fmt.Fprintln(c.stderr, "请用 --data、--kind、--source、--file 指明安装目录、类别、来源和文件。 Name folder, kind, source and file with --data, --kind, --source and --file.")
		return exitUsage
	}
	system, err := geo.ParseCRS(*crs)
	if err != nil {
		return c.fail(err)
	}
	fine := source.Fineness(*exact)
	if fine != source.Point && fine != source.Village && fine != source.Township {
		fmt.Fprintf(c.stderr, "没有 %q 这种精度，应是 point、village 或 township。 There is no precision %q; it is point, village or township.\n", *exact, *exact)
		return exitUsage
	}
	if info, err := os.Stat(*file); err != nil || !info.Mode().IsRegular() {
		fmt.Fprintf(c.stderr, "没有这个文件：%s。请核对路径。 There is no such file: %s. Check the path.\n", *file, *file)
		return exitUsage
	}
	in, err := migrated(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	defer in.db.Close()
	zone, err := in.city.Location()
	if err != nil {
		return c.fail(err)
	}
	on := day.Of(in.db.Now(), zone)
	if *asOf != "" {
		if on, err = day.Parse(*asOf); err != nil {
			return c.fail(err)
		}
	}
	s, err := newServices(in, slog.Default())
	if err != nil {
		return c.fail(err)
	}
	began := time.Now()
	opt := intake.Options{GoodRows: *good, Fineness: fine, CRS: system}
	report, err := s.intake.File(ctx, systemOf(in.city.Slug), intake.Kind(*kind), *name, *file, on, opt, every(5*time.Second, func(done, total int64) {
		fmt.Fprintln(c.stderr, progressLine(done, total))
	}))
	for _, n := range report.Notes {
		fmt.Fprintln(c.stderr, sayBoth(n.Key, n.Args))
	}
	if err != nil {
		for _, p := range errs.ProblemsOf(err) {
			fmt.Fprintln(c.stderr, sayBoth(p.Key, p.Args))
		}
		for i, p := range report.Problems {
			if i == 20 {
				break
			}
			fmt.Fprintf(c.stderr, "第 %d 行 row %d，%s：%s\n", p.Row, p.Row, p.Title, sayBoth(p.Key, p.Args))
		}
		return c.fail(err)
	}
	if err := errors.Join(in.db.Optimize(ctx), s.countFigures(ctx)); err != nil {
		return c.fail(err)
	}
	e := json.NewEncoder(c.stdout)
	return c.exit(e.Encode(map[string]any{
		"rows": report.Counts.Rows, "bad": report.Counts.Bad, "warned": report.Counts.Warned, "new": report.Counts.Fresh,
		"changed": report.Counts.Changed, "gone": report.Counts.Gone, "same": report.Same, "seconds": time.Since(began).Seconds(),
	}))
}

// every tells progress no more often than that.
func every(pause time.Duration, tell intake.Progress) intake.Progress {
	last := time.Now()
	return func(done, total int64) {
		if time.Since(last) >= pause {
			last = time.Now()
			tell(done, total)
		}
	}
}

// progressLine says how far an import is; while a file is checked its length is not known.
func progressLine(done, total int64) string {
	if total == 0 {
		return fmt.Sprintf("检查 checked %d", done)
	}
	return fmt.Sprintf("写入 written %d / %d", done, total)
}
