package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/field"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// benchField lets many phones send what was filled in without network, each over a link of its own that is narrow and drops,
// to a server that is a process of its own; and reads afterwards from the database whether all has arrived, once and whole.
func benchField(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite, synchronous=FULL")
	phones := fs.Int("phones", 20, "手机数 phones")
	records := fs.Int("records", 1000, "共几份，每份一张照片 records in all, each with a photograph")
	every := fs.Duration("drop", 5*time.Second, "线路每隔多久断一次 how often the link drops")
	out := fs.Duration("out", time.Second, "每次断多久 for how long")
	rate := fs.Int("rate", 500_000, "每部手机每秒字节数 bytes a second of each phone's link")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	dir, err := os.MkdirTemp("", "zhidian-bench-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(dir)
	b := &fieldBench{dir: filepath.Join(dir, "city"), dsn: *dsn}
	if err := b.prepare(ctx, *phones); err != nil {
		return measured{}, err
	}
	server, err := startBenchServer(ctx, b.dir, b.dsn, "")
	if err != nil {
		return measured{}, err
	}
	began := time.Now()
	var wg sync.WaitGroup
	for i, p := range b.phones {
		l, err := newPoorLink(strings.TrimPrefix(server.url, "http://"), *rate, *every, *every*time.Duration(i+1)/time.Duration(*phones), *out)
		if err != nil {
			return measured{}, err
		}
		defer l.close()
		p.link, p.direct = l, server
		wg.Go(func() { p.err = p.work(ctx, *records*i / *phones, *records*(i+1) / *phones) })
	}
	wg.Wait()
	took, busy := time.Since(began), server.cpu()
	peak, err := server.stop()
	if err != nil {
		return measured{}, err
	}
	figures := map[string]any{
		"phones": *phones, "records": *records, "seconds": took.Seconds(), "records_per_second": float64(*records) / took.Seconds(),
		"link_bytes_per_second": *rate, "link_drops_every_seconds": every.Seconds(), "link_is_out_seconds": out.Seconds(),
		"server_cpu_ms_each": milli(busy / time.Duration(*records)), "server_peak_memory_mb": peak,
	}
	if err := b.compare(ctx, figures); err != nil {
		return measured{}, err
	}
	engine := "SQLite, synchronous=FULL"
	if *dsn != "" {
		engine = "PostgreSQL"
	}
	return measured{Engine: engine, Figures: figures}, nil
}

type fieldBench struct {
	dir, dsn string
	form     form.Version
	phones   []*benchPhone
}

// prepare makes a city in which every phone's owner has a form to take along for her own village.
func (b *fieldBench) prepare(ctx context.Context, phones int) error {
	in, err := newImportBench(ctx, b.dir, b.dsn)
	if err != nil {
		return err
	}
	defer in.s.db.Close()
	var county org.Node
	var villages []org.Node
	err = in.s.db.Read(ctx, in.by.City, func(q *sqldb.Rx) error {
		counties, err := org.Subtree(q, authz.Scope{All: true}, org.County)
		if err != nil {
			return err
		}
		county = counties[0]
		villages, err = org.Subtree(q, authz.Scope{Paths: []authz.Path{county.Path}}, org.Village)
		return err
	})
	if err != nil {
		return err
	}
	if b.form, err = in.s.publishDemoForm(ctx, county.ID, "homes.md"); err != nil {
		return err
	}
	for i := range phones {
		at := villages[i%len(villages)]
		login := "bench-" + strconv.Itoa(i)
		who, _, err := in.s.account.CreateFirst(ctx, in.by.City, account.First{
			Newcomer: account.Newcomer{Login: login, Name: "走访员" + strconv.Itoa(i), Desk: at.ID}, Role: "secretary", Password: demoPassword,
		})
		if err != nil {
			return err
		}
		if _, err := in.s.fields.Give(ctx, in.by, field.Task{Form: b.form.Form, Org: at.ID, Account: who.String()}); err != nil {
			return err
		}
		b.phones = append(b.phones, &benchPhone{
			login: login, account: who.String(), device: id.New[benchPhone](time.Now()).String(), form: b.form, at: at.ID, luck: rand.New(rand.NewPCG(seedOfBench, uint64(i))), //nolint:gosec // the same at every run
		})
	}
	return in.s.db.Optimize(ctx)
}

// benchPhone is a phone and what it remembers of what it sent.
type benchPhone struct {
	login, account, device string
	form                   form.Version
	at                     org.ID
	luck                   *rand.Rand
	link                   *poorLink
	direct                 *benchProcess
	hc                     *http.Client
	sent                   map[string]benchSent // by the phone's own id
	again, resumed, bytes  int
	err                    error
}

// benchSent is one form as the phone knows it.
type benchSent struct {
	head, serial string
	photo        [sha256.Size]byte
}

// work fills forms in and sends each until its receipt is there, as assets/ts/field/send.ts does.
func (p *benchPhone) work(ctx context.Context, from, to int) (err error) {
	if p.hc, err = p.direct.signIn(ctx, p.login); err != nil {
		return err
	}
	p.hc.Timeout = 30 * time.Second
	p.sent = map[string]benchSent{}
	var pack struct{ Account string }
	if err := p.stubborn(ctx, http.MethodPost, "/field/open", map[string]any{"device": p.device, "now": time.Now().UnixMilli()}, &pack); err != nil {
		return err
	}
	for i := from; i < to; i++ {
		head := demoFamily(i)
		photo, err := p.photograph()
		if err != nil {
			return err
		}
		answers, err := json.Marshal(map[string]string{"head": head, "group": "三组", "people": strconv.Itoa(1 + i%9)})
		if err != nil {
			return err
		}
		f := field.Filled{
			Protocol: field.Protocol, ID: id.New[field.Filled](time.Now()).String(), App: "bench", Form: p.form.Form, Version: p.form.Seq, Org: p.at, Answers: answers, MadeAt: time.Now().UnixMilli(),
			Files: []field.FilledFile{{ID: id.New[field.FilledFile](time.Now()).String(), Path: "door", Question: "door", Name: "门.jpg", Type: "image/jpeg", Bytes: int64(len(photo))}},
		}
		p.bytes += len(photo)
		if err := p.pieces(ctx, f, photo); err != nil {
			return err
		}
		var got field.Received
		f.SentAt = time.Now().UnixMilli()
		if err := p.stubborn(ctx, http.MethodPost, "/field/send?device="+p.device, f, &got); err != nil {
			return err
		}
		if got.Again {
			p.again++
		}
		p.sent[f.ID] = benchSent{head: head, serial: got.Serial, photo: sha256.Sum256(photo)}
	}
	return nil
}

// demoFamily names the head of the nth household, another each time.
func demoFamily(n int) string { return "户主" + strconv.Itoa(n) + "𠮷" }

// photograph is a picture as a phone scales it: some 300 KB, another each time.
func (p *benchPhone) photograph() ([]byte, error) {
	m := image.NewGray(image.Rect(0, 0, 800, 600))
	for i := range m.Pix {
		m.Pix[i] = uint8(p.luck.Uint32() >> 25)
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 75})
	return b.Bytes(), err
}

// benchPiece is how much of a file a phone sends at once.
const benchPiece = 256 << 10

func (p *benchPhone) pieces(ctx context.Context, f field.Filled, photo []byte) error {
	x := f.Files[0]
	about := url.Values{"form": {f.Form.String()}, "version": {strconv.FormatInt(f.Version, 10)}, "question": {x.Question}, "name": {x.Name}, "bytes": {strconv.Itoa(len(photo))}}
	var here struct {
		Have int
		Done bool
	}
	for broken := false; !here.Done; {
		if broken || here.Have == 0 {
			if err := p.stubborn(ctx, http.MethodGet, "/field/files/"+x.ID, nil, &here); err != nil {
				return err
			}
			if broken && here.Have > 0 {
				p.resumed++
			}
			if here.Done {
				return nil
			}
		}
		about.Set("at", strconv.Itoa(here.Have))
		end := min(here.Have+benchPiece, len(photo))
		err := p.ask(ctx, http.MethodPost, "/field/files/"+x.ID+"?"+about.Encode(), photo[here.Have:end], &here)
		if broken = errors.Is(err, errNoLine); err != nil && !broken {
			return err
		}
	}
	return nil
}

var errNoLine = errors.New("the line is out")

// stubborn asks until there is an answer.
func (p *benchPhone) stubborn(ctx context.Context, method, path string, body, into any) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for {
		if err := p.ask(ctx, method, path, raw, into); !errors.Is(err, errNoLine) {
			return err
		}
	}
}

func (p *benchPhone) ask(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, p.link.url()+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	res, err := p.hc.Do(req)
	if err == nil {
		defer res.Body.Close()
		body, err = io.ReadAll(res.Body)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests {
		time.Sleep(100 * time.Millisecond)
		return errNoLine
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, body)
	}
	return json.Unmarshal(body, into)
}

// compare reads from the database what has arrived, and counts what is lost, doubled or other than it was.
func (b *fieldBench) compare(ctx context.Context, figures map[string]any) error {
	in, err := open(ctx, b.dir, b.dsn)
	if err != nil {
		return err
	}
	defer in.db.Close()
	s, err := newServices(in, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	by := authz.System(in.city.Slug)
	bySerial := map[string]benchSent{}
	records := map[string]string{} // by the phone's id: who lives there
	again, resumed, size, unsent := 0, 0, 0, 0
	var drops, broke int64
	for _, p := range b.phones {
		if p.err != nil {
			return fmt.Errorf("%s: %w", p.login, p.err)
		}
		for client, one := range p.sent {
			if one.serial == "" {
				unsent++
			}
			bySerial[one.serial], records[client] = one, one.head
		}
		again, resumed, size, drops, broke = again+p.again, resumed+p.resumed, size+p.bytes, drops+p.link.drops.Load(), broke+p.link.broke.Load()
	}
	figures["photograph_bytes_each"] = size / max(1, len(records))
	figures["link_drops"], figures["connections_cut"], figures["sent_again"], figures["photographs_resumed"] = drops, broke, again, resumed

	arrived, doubled, altered := map[string]bool{}, 0, 0
	for cursor := ""; ; {
		page, err := s.forms.List(ctx, by, form.Filter{Form: b.form.Form}, cursor)
		if err != nil {
			return err
		}
		for _, row := range page.Items {
			if arrived[row.Serial] {
				doubled++
			}
			arrived[row.Serial] = true
			same, err := sameAnswer(ctx, s.forms, by, row.ID, bySerial[row.Serial])
			if err != nil {
				return err
			}
			if !same {
				altered++
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	lost := unsent
	for serial := range bySerial {
		if !arrived[serial] {
			lost++
		}
	}
	figures["answers"], figures["answers_lost"], figures["answers_doubled"], figures["answers_altered"] = len(arrived), lost, doubled+max(0, len(arrived)-len(bySerial)), altered
	return b.compareRecords(ctx, in.db, by, records, figures)
}

// sameAnswer tells whether an answer and its photograph are what the phone sent.
func sameAnswer(ctx context.Context, forms *form.Service, by authz.Actor, which form.AnswerID, sent benchSent) (bool, error) {
	v, err := forms.View(ctx, by, which)
	if err != nil {
		return false, err
	}
	door, _ := v.Content["door"].(string)
	file, _ := form.FileNamed(door)
	o, err := forms.OpenFile(ctx, by, which, file)
	if errs.KindOf(err) == errs.Absent {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer o.Content.Close()
	content, err := io.ReadAll(o.Content)
	return v.Content["head"] == sent.head && sha256.Sum256(content) == sent.photo, err
}

// compareRecords holds the households that are known now against those that were made known.
func (b *fieldBench) compareRecords(ctx context.Context, db *sqldb.DB, by authz.Actor, want map[string]string, figures map[string]any) error {
	return db.Read(ctx, by.City, func(q *sqldb.Rx) error {
		lists, err := record.Lists(q, authz.Scope{All: true})
		if err != nil || len(lists) != 1 {
			return errors.Join(err, fmt.Errorf("%d lists", len(lists)))
		}
		all, err := record.Seek(q, record.Sought{List: lists[0].ID, In: authz.Scope{All: true}, Limit: len(want) * 2})
		lost, other, disputed := len(want), 0, 0
		for _, r := range all {
			if len(r.Disputed) > 0 || len(r.Heads) != 1 {
				disputed++
			}
			if head, there := want[r.ID]; there && r.Label == "三组 "+head {
				lost--
			} else {
				other++
			}
		}
		figures["records_kept"], figures["records_lost"], figures["records_unasked_for"], figures["records_disputed"] = len(all), lost, other, disputed
		return err
	})
}
