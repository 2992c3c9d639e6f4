package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xuri/excelize/v2"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/density/intake"
)

// benchImport measures how fast a register of members is taken in, checked and written, by the use cases of a clerk.
func benchImport(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	rows := fs.Int("rows", 1_000_000, "团员数 members in the file")
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	live := fs.Bool("live", false, "先导入同样多的团员，再在有人办事时测 into a city that holds as many members already, while others write")
	full := fs.Bool("full", false, "另加单位和居住村两列 with workplace and village of residence too, two more columns")
	xlsx := fs.Bool("xlsx", false, "用 xlsx，并与 excelize 只读一遍比较 as xlsx, beside the time in which excelize alone reads it")
	profile := fs.String("profile", "", "CPU 分析文件 file for a CPU profile of the measured import")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	b, err := newImportBench(ctx, filepath.Join(dir, "city"), *dsn)
	if err != nil {
		return measured{}, err
	}
	defer b.s.db.Close()
	ending := map[bool]string{false: ".csv", true: ".xlsx"}[*xlsx]
	figures := map[string]any{"rows": *rows, "file": ending, "columns": len(b.head(*full)), "live": *live}
	if *live {
		before := filepath.Join(dir, "before.csv")
		if err := b.write(before, 0, *rows, *full); err != nil {
			return measured{}, err
		}
		if _, err := b.take(ctx, "原有", before); err != nil {
			return measured{}, err
		}
	}
	file := filepath.Join(dir, "members"+ending)
	if err := b.write(file, *rows, *rows, *full); err != nil {
		return measured{}, err
	}
	if *xlsx {
		took, err := excelizeReads(file)
		if err != nil {
			return measured{}, err
		}
		figures["excelize_reads_seconds"] = took.Seconds()
	}
	var others []time.Duration
	stop := func() {}
	if *live {
		others, stop = nil, b.others(ctx, &others)
	}
	acts := b.s.db.Stats().Acts.Load()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return measured{}, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return measured{}, err
		}
	}
	took, err := b.take(ctx, "新增", file)
	pprof.StopCPUProfile()
	stop()
	if err != nil {
		return measured{}, err
	}
	figures["check_seconds"], figures["write_seconds"] = took.check.Seconds(), took.write.Seconds()
	figures["rows_per_second_written"] = float64(*rows) / took.write.Seconds()
	figures["rows_per_second_checked"] = float64(*rows) / took.check.Seconds()
	figures["cpu_us_per_row_checked"] = float64(took.checkCPU.Microseconds()) / float64(*rows)
	figures["cpu_us_per_row_written"] = float64(took.writeCPU.Microseconds()) / float64(*rows)
	figures["acts"], figures["peak_memory_mb"] = b.s.db.Stats().Acts.Load()-acts, peakMemory("self")
	if len(others) > 0 {
		slices.Sort(others)
		figures["others_acts"], figures["others_p50_ms"], figures["others_p99_ms"], figures["others_max_ms"] =
			len(others), milli(others[len(others)/2]), milli(others[len(others)*99/100]), milli(others[len(others)-1])
	}
	return measured{Engine: string(b.s.db.Engine()), Figures: figures}, nil
}

// importBench is a city with its divisions and organisations and nobody in it.
type importBench struct {
	s        *services
	by       authz.Actor
	branches [][]string // name, unit, village code
}

func newImportBench(ctx context.Context, dir, dsn string) (*importBench, error) {
	s, err := newBenchCity(ctx, dir, dsn)
	if err != nil {
		return nil, err
	}
	b := &importBench{s: s, by: authz.System(s.in.city.Slug)}
	city, err := demo.Make(1)
	if err != nil {
		return nil, err
	}
	if _, err := s.addDivisions(ctx, b.by, city.Divisions); err != nil {
		return nil, err
	}
	orgs := city.Branches(demoNow)
	for _, t := range []demo.Table{city.Companies(demoNow), city.Schools(demoNow), orgs} {
		if err := s.takeIn(ctx, b.by, t); err != nil {
			return nil, err
		}
	}
	for _, r := range orgs.Rows {
		if r[2] == "团支部" {
			b.branches = append(b.branches, []string{r[1], r[4], r[6]})
		}
	}
	return b, s.db.Optimize(ctx)
}

func (b *importBench) head(full bool) []string {
	head := strings.Fields("姓名 性别 民族 出生日期 身份证号码 学历 政治面貌 入团年月 发展团员编号 手机号码 所在团支部 团内职务")
	if full {
		head = append(head, "工作单位或学校", "居住村（社区）代码")
	}
	return head
}

// benchMember gives the ID and birth of the kth member, born from 1998 to 2011. The ID was never issued: its sequence is 000.
func benchMember(k int) (number string, born day.Day, err error) {
	const births = 5000
	born = day.Must("1998-01-01").AddDays(k % births)
	id, err := cn.SyntheticID(strconv.Itoa(420101+k/births), born)
	return string(id), born, err
}

// write makes a register of n members, branch after branch as a registry exports it. Each has an ID that was never issued
// (sequence 000) and is nobody's before from or after from+n.
func (b *importBench) write(path string, from, n int, full bool) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := bufio.NewWriterSize(f, 1<<20)
	format := sheet.CSV
	if strings.HasSuffix(path, ".xlsx") {
		format = sheet.XLSX
	}
	var columns []sheet.OutColumn
	for _, h := range b.head(full) {
		columns = append(columns, sheet.OutColumn{Title: h, Text: true})
	}
	w, err := sheet.NewWriter(buf, format, "Sheet1", columns)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seedOfBench, uint64(from))) //nolint:gosec // the same members at every run
	cells := make([]any, len(columns))
	for i := range n {
		k := from + i
		number, born, err := benchMember(k)
		if err != nil {
			return err
		}
		branch := b.branches[i*len(b.branches)/n]
		joined := max(born.Year()+14, 2017)
		row := []string{
			demo.Name(r), map[bool]string{true: "男", false: "女"}[k%2 == 0], "汉族", born.String(), number, "普通高中", "共青团员",
			strconv.Itoa(joined) + "-05", strconv.Itoa(joined) + fmt.Sprintf("%08d", k), "139" + fmt.Sprintf("%08d", k), branch[0], "", branch[1], branch[2],
		}
		for x := range cells {
			cells[x] = row[x]
		}
		if err := w.Write(cells...); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), buf.Flush(), f.Close())
}

// importTook is how long an import took, and how long this process computed meanwhile, which other work on the machine hardly
// changes; a database server's own time is not in it.
type importTook struct{ check, write, checkCPU, writeCPU time.Duration }

func (b *importBench) take(ctx context.Context, name, path string) (took importTook, err error) {
	in := b.s.intake
	opt := intake.Options{Fineness: source.Village}
	began, busy := time.Now(), cpuTime("self")
	var last int64
	_, err = in.File(ctx, b.by, intake.Members, name, path, demoNow, opt, func(done, total int64) {
		if total > 0 && last == 0 { // the check does not know the total
			took.check, took.checkCPU = time.Since(began), cpuTime("self")-busy
		}
		last = total
	})
	took.write, took.writeCPU = time.Since(began)-took.check, cpuTime("self")-busy-took.checkCPU
	return took, err
}

// others are four people at work beside the import: each does a small act, looks at it for 20 ms, and does the next.
func (b *importBench) others(ctx context.Context, took *[]time.Duration) (stop func()) {
	run, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		wg.Go(func() {
			for run.Err() == nil {
				began := time.Now()
				key := string(id.New[act.Act](began))
				err := b.s.db.Write(context.WithoutCancel(run), b.by, func(tx *sqldb.Tx) error {
					if _, err := tx.Exec(`INSERT INTO holiday (city, day, off, name, origin) VALUES ($1, $2, 1, '', 'bench')`, key); err != nil {
						return err
					}
					return tx.Record(benchVerb, key, act.Change{"n": 1})
				})
				if err == nil {
					mu.Lock()
					*took = append(*took, time.Since(began))
					mu.Unlock()
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

// excelizeReads is how long the usual library takes to read a workbook row by row and do nothing with it.
func excelizeReads(path string) (time.Duration, error) {
	began := time.Now()
	f, err := excelize.OpenFile(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			return 0, err
		}
	}
	return time.Since(began), errors.Join(rows.Error(), rows.Close())
}

// cpuTime is the time that a process has computed so far; 0 where the system does not tell.
func cpuTime(process string) time.Duration {
	text, err := os.ReadFile("/proc/" + process + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // behind the name, which may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100)
}

// peakMemory is the most memory that a process has held so far, in megabytes; 0 where the system does not tell.
func peakMemory(process string) int64 {
	text, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			return kb >> 10
		}
	}
	return 0
}
