package app

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// views are what a viewer of the map asks for.
var views = []struct{ name, path string }{
	{"page", "/office/density"},
	{"map", "/office/density/map.json"},
	{"divisions", "/office/density?side=0&level=township"},
	{"api", "/api/v1/density"},
}

// benchView measures how long the first view of the density of a city takes after the server has started, and later ones.
func benchView(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	data := fs.String("data", "bench-data", "保存测量城市的文件夹 folder in which the city is kept between runs")
	people := fs.Int("persons", 1_000_000, "人数 persons")
	starts := fs.Int("starts", 5, "启动次数 starts of the server")
	later := fs.Int("later", 100, "每次启动后的访问次数 views after each start")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	b, err := openBenchCity(ctx, c, *data, "", *people)
	if err != nil {
		return measured{}, err
	}
	first, after := map[string][]time.Duration{}, map[string][]time.Duration{}
	var peak int64
	for range *starts {
		for _, v := range views {
			p, err := b.serve(ctx, "")
			if err != nil {
				return measured{}, err
			}
			city := b.Scopes[len(b.Scopes)-1]
			hc, err := p.signIn(ctx, city.Login)
			if err != nil {
				return measured{}, err
			}
			r := asked{method: http.MethodGet, path: v.path}
			for i := range *later + 1 {
				d, _, err := p.once(ctx, hc, city.token, r)
				if err != nil {
					return measured{}, err
				}
				if i == 0 {
					first[v.name] = append(first[v.name], d)
				} else {
					after[v.name] = append(after[v.name], d)
				}
			}
			held, err := p.stop()
			if err != nil {
				return measured{}, err
			}
			peak = max(peak, held)
		}
	}
	figures := map[string]any{"persons": b.Persons, "starts": *starts, "later": *later, "server_peak_memory_mb": peak}
	for _, v := range views {
		f, l := first[v.name], after[v.name]
		slices.Sort(f)
		slices.Sort(l)
		figures[v.name] = map[string]float64{
			"first_median_ms": milli(f[len(f)/2]), "first_max_ms": milli(f[len(f)-1]),
			"later_p50_ms": milli(l[len(l)/2]), "later_p95_ms": milli(l[len(l)*95/100]),
		}
	}
	return measured{Engine: "sqlite", Figures: figures}, nil
}
