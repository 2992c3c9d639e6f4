package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
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
	opt := intake.Options{GoodRows: *good, Fineness: source.Fineness(*exact), CRS: system}
	report, err := s.intake.File(ctx, systemOf(in.city.Slug), intake.Kind(*kind), *name, *file, on, opt, func(int64, int64) {})
	if err != nil {
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
