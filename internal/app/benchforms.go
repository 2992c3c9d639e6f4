package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhidian/internal/domain/form"
	filling "zhidian/internal/domain/form/fill"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/solver/cpu"
)

// benchForms measures answers a second: a form of 250 questions with a photograph, handed in by many at once through an
// address, each held against every rule of the form and kept by an act that has reached the disk when it is answered. The
// photographs were kept before, as those of a page or a phone are. With --pages each is a whole page sent to a server. Beside
// it: how long a form of 5,000 questions takes to read, and one change in it to work out.
func benchForms(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	clients := fs.Int("clients", 64, "同时提交的人数 how many hand in at once")
	count := fs.Int("answers", 10_000, "共提交多少份 answers in all")
	pages := fs.Bool("pages", false, "经网页提交 hand whole pages in to a server")
	profile := fs.String("profile", "", "CPU 分析文件（--pages 时为服务器的） file for a CPU profile of this process, with --pages of the server")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	in, err := newImportBench(ctx, dir, *dsn)
	if err != nil {
		return measured{}, err
	}
	defer in.s.db.Close()
	b := &formsBench{s: in.s.forms, db: in.s.db, by: authz.Actor{City: in.by.City, User: form.Nobody}}
	if err := b.publish(ctx, in.by, dir); err != nil {
		return measured{}, err
	}
	photos, kept, err := b.keepPhotos(ctx, dir, *count)
	if err != nil {
		return measured{}, err
	}
	figures, err := b.measure(ctx, photos, *clients, *pages, *profile, dir, *dsn)
	if err != nil {
		return measured{}, err
	}
	figures["photos_kept_per_second"] = kept
	if err := b.large(dir, figures); err != nil {
		return measured{}, err
	}
	engine := "SQLite, synchronous=FULL"
	if *dsn != "" {
		engine = "PostgreSQL"
	}
	return measured{Engine: engine, Figures: figures}, nil
}

// measure hands answers in, to a server or to the use case.
func (b *formsBench) measure(ctx context.Context, photos []string, clients int, pages bool, profile, dir, dsn string) (map[string]any, error) {
	if pages {
		server, err := b.startPages(ctx, dir, dsn, profile, clients)
		if err != nil {
			return nil, err
		}
		return b.overPages(ctx, server, photos, clients)
	}
	stop, err := startProfile(profile)
	if err != nil {
		return nil, err
	}
	defer stop()
	return b.handIn(ctx, photos, clients)
}

type formsBench struct {
	s     *form.Service
	db    *sqldb.DB
	by    authz.Actor
	form  form.ID
	slug  string
	read  *survey.Form
	photo *survey.Question
}

// benchQuestions writes a questionnaire as officers do: half numbers with limits, the rest choices, texts that some are
// asked, sums, and a photograph.
func benchQuestions() string {
	var b strings.Builder
	b.WriteString("| survey | | | | | | | |\n| | type | name | label | required | relevant | constraint | calculation |\n")
	for i := range 249 {
		kind, required, relevant, constraint, calculation := "integer", "", "", ". >= 0 and . <= 1000", ""
		switch i % 8 {
		case 1, 5:
			kind, required, constraint = "select_one k", "yes", ""
		case 2:
			kind, relevant, constraint = "text", fmt.Sprintf("${q%d} = 'other'", i-1), "string-length(.) <= 200"
		case 6:
			kind, constraint, calculation = "calculate", "", fmt.Sprintf("${q%d} + ${q%d}", i-2, i-3)
		}
		fmt.Fprintf(&b, "| | %s | q%d | 第 %d 题 | %s | %s | %s | %s |\n", kind, i, i+1, required, relevant, constraint, calculation)
	}
	b.WriteString("| | image | photo | 照片 | yes | | | |\n")
	b.WriteString("| choices | | | |\n| | list_name | name | label |\n| | k | money | 资金 |\n| | k | room | 场地 |\n| | k | advice | 导师 |\n| | k | other | 其他 |\n")
	b.WriteString("| settings | | |\n| | form_title | form_id |\n| | 创业需求 | bench_needs |\n")
	return b.String()
}

func (b *formsBench) publish(ctx context.Context, by authz.Actor, dir string) error {
	var of org.Node
	err := b.db.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		all, err := org.Subtree(q, authz.Scope{All: true}, org.City)
		if err == nil {
			of = all[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "needs.md")
	if err := os.WriteFile(file, []byte(benchQuestions()), 0o600); err != nil {
		return err
	}
	v, faults, err := b.s.Upload(ctx, by, of.ID, file, "needs.md")
	if err != nil || len(faults) > 0 {
		return errors.Join(err, fmt.Errorf("%d faults in the form", len(faults)))
	}
	if err := b.s.Release(ctx, by, v.Form, v.Seq, v.MadeAt); err != nil {
		return err
	}
	l, err := b.s.AddLink(ctx, by, v.Form, of.ID, "测速", 0)
	if err != nil {
		return err
	}
	b.form, b.slug = v.Form, l.Slug
	return b.db.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if b.read, err = b.s.Definition(q, v.Form, v.Seq); err == nil {
			b.photo = b.read.Questions[slices.IndexFunc(b.read.Questions, func(q *survey.Question) bool { return q.Name == "photo" })]
		}
		return err
	})
}

// keepPhotos keeps a photograph for each answer, each different, and tells how many a second.
func (b *formsBench) keepPhotos(ctx context.Context, dir string, n int) (names []string, rate float64, err error) {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		return nil, 0, err
	}
	names = make([]string, n)
	file := filepath.Join(dir, "photo.jpg")
	began := time.Now()
	for i := range names {
		if err := os.WriteFile(file, picture.Bytes(), 0o600); err != nil {
			return nil, 0, err
		}
		if names[i], err = b.s.KeepFile(ctx, b.by.City, b.form, b.photo, file, "照片"+strconv.Itoa(i)+".jpg"); err != nil {
			return nil, 0, err
		}
	}
	return names, float64(n) / time.Since(began).Seconds(), nil
}

// answers fills the form in as somebody would.
func (b *formsBench) answers(i int, photo string) ([]byte, error) {
	r := filling.New(b.read, filling.Around{Now: time.Now(), Random: func() float64 { return 0.5 }})
	for k := range 249 {
		if given := b.given(i, k); given != "" {
			if wrong := r.Answer(r.At("q"+strconv.Itoa(k)), given); wrong != nil {
				return nil, fmt.Errorf("question %d: %s", k, wrong.Key)
			}
		}
	}
	r.Answer(r.At("photo"), photo)
	return r.Answers()
}

// given is the answer of the ith to the kth question, empty where it is not asked or worked out.
func (b *formsBench) given(i, k int) string {
	switch k % 8 {
	case 1, 5:
		return []string{"money", "room", "advice", "other"}[(i+k)%4]
	case 2:
		if (i+k-1)%4 == 3 {
			return "其他需要，第 " + strconv.Itoa(i) + " 份"
		}
		return ""
	case 6:
		return ""
	}
	return strconv.Itoa((i + k) % 1000)
}

func (b *formsBench) handIn(ctx context.Context, photos []string, clients int) (map[string]any, error) {
	all := make([][]byte, len(photos))
	for i, photo := range photos {
		var err error
		if all[i], err = b.answers(i, photo); err != nil {
			return nil, err
		}
	}
	spent := cpu.Spent()
	figures, err := b.atOnce(len(all), clients, func(i int) error {
		_, err := b.s.Submit(ctx, b.by, form.Given{Slug: b.slug, Version: 1, Answers: all[i]})
		return err
	})
	if err != nil {
		return nil, err
	}
	figures["bytes_each"], figures["processor_ms_each"] = len(all[0]), (cpu.Spent()-spent).Seconds()*1000/float64(len(all))
	return figures, nil
}

// atOnce hands so many in, by so many clients at once, and measures how long each took.
func (b *formsBench) atOnce(n, clients int, hand func(i int) error) (map[string]any, error) {
	took := make([]time.Duration, n)
	var next, failed atomic.Int64
	var first atomic.Pointer[error]
	var wg sync.WaitGroup
	began := time.Now()
	for range clients {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				at := time.Now()
				err := hand(int(i))
				took[i] = time.Since(at)
				if err != nil {
					failed.Add(1)
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(began)
	if err := first.Load(); err != nil {
		return nil, fmt.Errorf("%d of %d were refused: %w", failed.Load(), n, *err)
	}
	slices.Sort(took)
	ms := func(part float64) float64 { return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000 }
	return map[string]any{
		"questions": len(b.read.Questions), "answers": n, "clients": clients, "refused": failed.Load(),
		"answers_per_second": float64(n) / elapsed.Seconds(), "p50_ms": ms(0.5), "p99_ms": ms(0.99), "max_ms": ms(1),
	}, nil
}

// large measures a form of 5,000 questions: half of them asked by the first, the others sums of these and of the first.
func (b *formsBench) large(dir string, figures map[string]any) error {
	var text strings.Builder
	text.WriteString("| survey | | | | | |\n| | type | name | label | relevant | calculation |\n| | integer | first | F | | |\n")
	for i := range 2500 {
		fmt.Fprintf(&text, "| | integer | q%d | Q%d | ${first} > %d or ${first} = 0 | |\n| | calculate | c%d | | | ${q%d} * 2 + ${first} |\n", i, i, i%100, i, i)
	}
	file := filepath.Join(dir, "large.md")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		return err
	}
	var read *survey.Form
	parse := make([]float64, 5)
	for i := range parse {
		at := time.Now()
		f, faults, err := xlsform.Read(file, "large.md")
		if err != nil || slices.ContainsFunc(faults, func(f survey.Fault) bool { return !f.Warning }) {
			return errors.Join(err, fmt.Errorf("%d faults in the large form", len(faults)))
		}
		parse[i], read = float64(time.Since(at).Microseconds())/1000, f
	}
	r := filling.New(read, filling.Around{Now: time.Now(), Random: func() float64 { return 0.5 }})
	change := make([]float64, 101)
	for i := range change {
		at := time.Now()
		r.Answer(r.At("first"), strconv.Itoa(1+i%200))
		change[i] = float64(time.Since(at).Microseconds()) / 1000
	}
	slices.Sort(parse)
	slices.Sort(change)
	figures["large_questions"], figures["large_parse_ms"] = len(read.Questions), parse[len(parse)/2]
	figures["large_change_ms"], figures["large_change_max_ms"] = change[len(change)/2], change[len(change)-1]
	return nil
}
