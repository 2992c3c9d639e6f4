package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// question is something that is asked of a list of persons, as a page and as a program asks it.
type question struct {
	name      string
	page, api func(b *benchCity, s benchScope) asked
}

// asked is one request.
type asked struct{ method, path, kind, body string }

// get is a request of the list with parameters, given as name and value.
func get(path string, pairs ...string) func(*benchCity, benchScope) asked {
	return func(*benchCity, benchScope) asked {
		v := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return asked{method: http.MethodGet, path: path + "?" + v.Encode()}
	}
}

const (
	listPage = "/office/persons"
	listAPI  = "/api/v1/persons"
)

// questions are what the office asks all day: everybody, by initials, by one and by two characters of a name, by ID; and
// the persons of an organisation and its page.
var questions = []question{
	{"first", get(listPage), get(listAPI)},
	{"initials", get(listPage, "q", "zs"), get(listAPI, "q", "zs")},
	{"one_character", get(listPage, "q", "国"), get(listAPI, "q", "国")},
	{"two_characters", get(listPage, "q", "建军"), get(listAPI, "q", "建军")},
	{
		"id",
		func(b *benchCity, _ benchScope) asked {
			return asked{http.MethodPost, listPage + "/find", "application/x-www-form-urlencoded", url.Values{"q": {b.Number}}.Encode()}
		},
		func(b *benchCity, _ benchScope) asked {
			return asked{http.MethodPost, listAPI + "/search", "application/json", `{"q":"` + b.Number + `"}`}
		},
	},
	{
		"org_persons",
		func(b *benchCity, s benchScope) asked { return get(listPage, "org", s.Org)(b, s) },
		func(b *benchCity, s benchScope) asked { return get(listAPI, "org", s.Org)(b, s) },
	},
	{
		"org",
		func(_ *benchCity, s benchScope) asked {
			return asked{method: http.MethodGet, path: "/office/orgs/" + s.Org}
		},
		func(_ *benchCity, s benchScope) asked {
			return asked{method: http.MethodGet, path: "/api/v1/orgs/" + s.Org}
		},
	},
}

// benchPersons asks a server that is a process of its own for persons, from callers that do not pause, in a narrow, a
// middle and the whole scope.
func benchPersons(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	data := fs.String("data", "bench-data", "保存测量城市的文件夹 folder in which the city is kept between runs")
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database; empty: SQLite")
	people := fs.Int("persons", 1_000_000, "人数 persons")
	callers := fs.Int("callers", 16, "并发 callers")
	only := fs.String("only", "", "只问其中一个问题 only one of the questions")
	profile := fs.String("profile", "", "服务器的 CPU 分析文件 file for a CPU profile of the server")
	seconds := fs.Float64("seconds", 2, "每个问题的时长 duration of each question in each scope")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	b, err := openBenchCity(ctx, c, *data, *dsn, *people)
	if err != nil {
		return measured{}, err
	}
	asking := slices.DeleteFunc(slices.Clone(questions), func(q question) bool { return *only != "" && q.name != *only })
	if len(asking) == 0 {
		return measured{}, fmt.Errorf("there is no question %q", *only)
	}
	p, err := b.serve(ctx, *profile)
	if err != nil {
		return measured{}, err
	}
	span := time.Duration(*seconds * float64(time.Second))
	pages, err := p.asks(ctx, b, asking, *callers, span, false)
	if err != nil {
		return measured{}, err
	}
	api, err := p.asks(ctx, b, asking, *callers, span, true)
	if err != nil {
		return measured{}, err
	}
	peak, err := p.stop()
	if err != nil {
		return measured{}, err
	}
	return measured{Engine: engineOf(*dsn), Figures: map[string]any{
		"persons": b.Persons, "callers": *callers, "seconds_each": *seconds, "pages": pages, "api": api,
		"pages_worst_p95_ms": worst(pages), "api_requests_per_second": overall(api), "api_worst_requests_per_second": slowest(api),
		"narrow_slower_pages": narrowSlower(pages), "narrow_slower_api": narrowSlower(api), "server_peak_memory_mb": peak,
	}}, nil
}

// answered is how one question was answered in one scope.
type answered struct {
	Question  string  `json:"question"`
	Scope     string  `json:"scope"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"server_cpu_ms"` // of the server for one answer: what other work on the machine hardly changes
	Bytes     int64   `json:"bytes"`         // of one answer, as it is when unpacked
}

// asks puts every question in every scope.
func (p *benchProcess) asks(ctx context.Context, b *benchCity, questions []question, callers int, span time.Duration, api bool) ([]answered, error) {
	var all []answered
	for _, s := range b.Scopes {
		hc := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
		if !api {
			var err error
			if hc, err = p.signIn(ctx, s.Login); err != nil {
				return nil, err
			}
		}
		for _, q := range questions {
			r := q.page(b, s)
			if api {
				r = q.api(b, s)
			}
			x, err := p.ask(ctx, hc, s.token, r, callers, span)
			if err != nil {
				return nil, fmt.Errorf("%s in the %s: %w", q.name, s.Name, err)
			}
			x.Question, x.Scope = q.name, s.Name
			all = append(all, x)
		}
	}
	return all, nil
}

// ask sends one request again and again from every caller.
func (p *benchProcess) ask(ctx context.Context, hc *http.Client, token string, r asked, callers int, span time.Duration) (x answered, err error) {
	if _, x.Bytes, err = p.once(ctx, hc, token, r); err != nil { // what is read the first time is in memory afterwards
		return x, err
	}
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	began, busy := time.Now(), p.cpu()
	for range callers {
		wg.Go(func() {
			var mine []time.Duration
			var failed error
			for time.Since(began) < span && failed == nil && ctx.Err() == nil {
				var d time.Duration
				if d, _, failed = p.once(ctx, hc, token, r); failed == nil {
					mine = append(mine, d)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if failed != nil {
				err = failed
			}
		})
	}
	wg.Wait()
	spent := time.Since(began)
	if err != nil || len(took) == 0 {
		return x, err
	}
	slices.Sort(took)
	x.P50, x.P95, x.P99 = milli(took[len(took)/2]), milli(took[len(took)*95/100]), milli(took[len(took)*99/100])
	x.PerSecond, x.CPU = float64(len(took))/spent.Seconds(), milli((p.cpu()-busy)/time.Duration(len(took)))
	return x, nil
}

// once sends a request and reads its answer.
func (p *benchProcess) once(ctx context.Context, hc *http.Client, token string, r asked) (time.Duration, int64, error) {
	began := time.Now()
	req, err := http.NewRequestWithContext(ctx, r.method, p.url+r.path, bytes.NewReader([]byte(r.body)))
	if err != nil {
		return 0, 0, err
	}
	if r.kind != "" {
		req.Header.Set("Content-Type", r.kind)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := hc.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %d", r.method, r.path, res.StatusCode)
	}
	return time.Since(began), n, err
}

func worst(all []answered) (ms float64) {
	for _, x := range all {
		ms = max(ms, x.P95)
	}
	return ms
}

// overall is how many requests a second are answered when every question is asked as often in every scope.
func overall(all []answered) float64 {
	each := 0.0
	for _, x := range all {
		each += 1 / x.PerSecond
	}
	return float64(len(all)) / each
}

func slowest(all []answered) float64 {
	least := all[0].PerSecond
	for _, x := range all {
		least = min(least, x.PerSecond)
	}
	return least
}

// noise is by how much two measurements of the same thing differ here.
const noise = 1.10

// narrowSlower names the questions that a narrower scope answers more slowly than the city, beyond noise.
func narrowSlower(all []answered) []string {
	city, slower := map[string]float64{}, []string{}
	for _, x := range all {
		if x.Scope == "city" {
			city[x.Question] = x.P50
		}
	}
	for _, x := range all {
		if x.P50 > city[x.Question]*noise {
			slower = append(slower, fmt.Sprintf("%s in the %s: %.1f ms, city %.1f ms", x.Question, x.Scope, x.P50, city[x.Question]))
		}
	}
	return slower
}
