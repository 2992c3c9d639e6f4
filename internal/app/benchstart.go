package app

import (
	"context"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"zhidian/internal/app/demo"
)

// benchStart measures how long a server needs from its start until it says that it is ready, on the demo city.
func benchStart(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	data := fs.String("data", "demo-data", "演示城市的文件夹；没有时先生成 folder of the demo city, which is made where there is none")
	runs := fs.Int("runs", 15, "次数 runs")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	in, err := (&call{name: c.name, stdout: c.stderr, stderr: c.stderr}).demoInstallation(ctx, *data, "", demo.Size(1))
	if err != nil {
		return measured{}, err
	}
	if err := in.db.Close(); err != nil {
		return measured{}, err
	}
	var took []time.Duration
	var peak int64
	for range *runs {
		p, err := startServer(ctx, "serve", "--data", *data)
		if err != nil {
			return measured{}, err
		}
		for !ready(ctx, p.url) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		took = append(took, time.Since(p.began))
		held, err := p.stop()
		if err != nil {
			return measured{}, err
		}
		peak = max(peak, held)
	}
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	binary, err := os.Stat(self)
	if err != nil {
		return measured{}, err
	}
	slices.Sort(took)
	return measured{Engine: "sqlite", Figures: map[string]any{
		"runs": *runs, "min_ms": milli(took[0]), "median_ms": milli(took[len(took)/2]), "max_ms": milli(took[len(took)-1]),
		"binary_mb": float64(binary.Size()) / (1 << 20), "server_peak_memory_mb": peak,
	}}, nil
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode == http.StatusOK
}
