package app

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhidian/solver/density"
)

const planDensityHelp = `用法 Usage: zhidian plan density --points FILE.csv --hex 500|--square 500 [--smooth 1500] [--within 500 --sites FILE.csv] [--out FILE.geojson] [--check FILE.json]

把人数点数进六边形，并计算有多少人在服务点的给定距离以内。
Counts people in hexagons, and how many have a site within a distance.

  --points FILE     点 points: lon,lat[,weight] (WGS-84) 或 or x,y[,weight] (米 metres); .gz 可以; - = 标准输入 standard input
  --hex METRES      六边形边长 side of a hexagon, 100–2000
  --square METRES   改用方格 squares instead
  --smooth METRES   核平滑半径，边长的 1–50 倍：估计的密度，不是人数 radius of kernel smoothing, 1 to 50 sides: an estimate, no count
  --sites FILE      服务点 sites, 同样的列 the same columns
  --within METRES   距离 distance, 与 --sites 同用 goes with --sites
  --out FILE        写出六边形 GeoJSON (一个输入都不改 no input is changed)
  --centre LON,LAT  投影中心 projection centre; 不写则取各点平均 by default the points' mean.
                    两次结果要比较，须用同一中心。To compare two results, give both the same centre.
  --check FILE      检查别处得出的结果：本命令输出的 JSON，逐项重新点数
                    check an answer made elsewhere: JSON as this command prints it, all of it counted again

输出一个 JSON 对象 prints one JSON object: points, weight, cells, max, covered, covered_share, smooth, seconds
(seconds 是计算时间，不含读文件和投影 is the time of solving, without reading and projecting).
`

// densityReport is what the command prints. Covered and CoveredShare are null without sites.
type densityReport struct {
	Points       int          `json:"points"`
	Weight       json.Number  `json:"weight"`
	Cells        int          `json:"cells"`
	Max          json.Number  `json:"max"`
	Covered      *json.Number `json:"covered"`
	CoveredShare *float64     `json:"covered_share"`
	Smooth       *smoothPeak  `json:"smooth,omitempty"`
	Seconds      float64      `json:"seconds"`
}

// smoothPeak is where people stand densest once counts are smoothed.
type smoothPeak struct {
	Radius float64 `json:"radius"`
	Cells  int     `json:"cells"`
	Q      int32   `json:"q"`
	R      int32   `json:"r"`
	PerKm2 float64 `json:"per_km2"`
}

// densityRun is one call of the command.
type densityRun struct {
	points, sites, out, centre, answer string
	hex, square, smooth                float64
	within                             float64
}

// said is a fault told in both languages, on one line.
type said struct{ zh, en string }

func (s said) Error() string { return s.zh + " · " + s.en }

// planDensity runs `zhidian plan density` and gives the exit code. Nothing is printed on stdout, and no file appears, unless
// everything went well.
func planDensity(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run densityRun
	return planCommand("density", planDensityHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.points, "points", "", "")
		fs.StringVar(&run.sites, "sites", "", "")
		fs.StringVar(&run.out, "out", "", "")
		fs.StringVar(&run.centre, "centre", "", "")
		fs.StringVar(&run.answer, "check", "", "")
		fs.Float64Var(&run.hex, "hex", 0, "")
		fs.Float64Var(&run.square, "square", 0, "")
		fs.Float64Var(&run.smooth, "smooth", 0, "")
		fs.Float64Var(&run.within, "within", 0, "")
	}, func() error { return run.do(ctx, stdout) })
}

func (r densityRun) do(ctx context.Context, stdout io.Writer) error {
	if err := r.check(); err != nil {
		return err
	}
	points, err := readPoints(ctx, r.points)
	if err != nil {
		return err
	}
	var sites density.Table
	if r.sites != "" {
		if sites, err = readPoints(ctx, r.sites); err != nil {
			return err
		}
		if sites.Planar != points.Planar {
			return said{"两个文件的坐标不同：一个是经纬度，一个是平面米", "the two files differ: one has lon,lat and the other x,y"}
		}
	}
	projection, err := r.projection(points)
	if err != nil {
		return err
	}
	p := density.Problem{Grid: r.grid(), Within: density.Metres(r.within)}
	p.X, p.Y = onPlane(points, projection)
	sx, sy := onPlane(sites, projection)
	for i := range sx {
		p.Sites = append(p.Sites, density.Point{X: sx[i], Y: sy[i]})
	}
	if points.Whole != nil || points.Real != nil {
		p.Measures = []density.Measure{{Name: "weight", Whole: points.Whole, Real: points.Real}}
	}
	start := time.Now()
	s, err := density.Solve(ctx, p, density.Options{})
	if err != nil {
		return r.solveFault(err)
	}
	report := reportOf(p, s, time.Since(start))
	if r.smooth > 0 {
		smoothed, err := r.spread(p, &s)
		if err != nil {
			return err
		}
		report.Smooth, report.Seconds = smoothed, time.Since(start).Seconds()
	}
	if r.answer != "" {
		var given densityReport
		if err := readJSON(r.answer, &given); err != nil {
			return err
		}
		return checked(stdout, given.differs(report))
	}
	if r.out != "" {
		if err := writeCells(r.out, p, s, projection); err != nil {
			return err
		}
	}
	return json.NewEncoder(stdout).Encode(report)
}

func (r densityRun) check() error {
	switch {
	case r.points == "":
		return said{"缺少 --points", "--points is missing"}
	case r.square != 0 && r.hex != 0:
		return said{"--hex 与 --square 只用一个", "use one of --hex and --square"}
	case r.square != 0 && !(r.square >= float64(density.MinSide) && r.square <= float64(density.MaxSide)):
		return said{"--square 应为 100 至 2000 米", "--square must be from 100 to 2000 metres"}
	case r.square == 0 && !(r.hex >= float64(density.MinSide) && r.hex <= float64(density.MaxSide)):
		return said{"--hex 应为 100 至 2000 米", "--hex must be from 100 to 2000 metres"}
	case r.smooth != 0 && !(r.smooth >= r.hex+r.square && r.smooth <= 50*(r.hex+r.square)):
		return said{"--smooth 应为边长的 1 至 50 倍", "--smooth must be from 1 to 50 sides"}
	case (r.sites == "") != (r.within == 0):
		return said{"--sites 与 --within 要一起用", "--sites and --within go together"}
	case !(r.within >= 0 && r.within <= float64(density.MaxWithin)):
		return said{"--within 应为 0 至 100000 米", "--within must be from 0 to 100000 metres"}
	case r.points == "-" && r.sites == "-":
		return said{"标准输入只能用一次", "standard input can be used once only"}
	}
	if r.out == "" {
		return nil
	}
	out, err := os.Stat(r.out)
	if err != nil {
		return nil // not there yet
	}
	for _, name := range []string{r.points, r.sites} {
		if in, err := os.Stat(name); err == nil && os.SameFile(in, out) {
			return said{"--out 会覆盖输入文件，请换一个名字", "--out would overwrite an input file, choose another name"}
		}
	}
	return nil
}

func (r densityRun) grid() density.Grid {
	if r.square != 0 {
		return density.Grid{Shape: density.Square, Side: density.Metres(r.square)}
	}
	return density.Grid{Side: density.Metres(r.hex)}
}

// projection is nil for planar points.
func (r densityRun) projection(points density.Table) (*density.Projection, error) {
	bad := said{"--centre 应写成 经度,纬度，例如 114.32,29.84，且只用于经纬度", "--centre is LON,LAT, such as 114.32,29.84, and for lon,lat only"}
	if points.Planar {
		if r.centre != "" {
			return nil, bad
		}
		return nil, nil
	}
	centre, err := density.MeanCentre(points.X, points.Y)
	if err != nil {
		return nil, r.solveFault(err)
	}
	if r.centre != "" {
		lon, lat, _ := strings.Cut(r.centre, ",")
		var e1, e2 error
		centre.Lon, e1 = strconv.ParseFloat(strings.TrimSpace(lon), 64)
		centre.Lat, e2 = strconv.ParseFloat(strings.TrimSpace(lat), 64)
		if e1 != nil || e2 != nil {
			return nil, bad
		}
	}
	projection, err := density.NewProjection(centre)
	if err != nil {
		return nil, bad
	}
	return &projection, nil
}

// onPlane brings a table to planar metres, on two cores.
func onPlane(t density.Table, projection *density.Projection) (x, y []density.Metres) {
	x, y = make([]density.Metres, len(t.X)), make([]density.Metres, len(t.X))
	some := func(from, to int) {
		for i := from; i < to; i++ {
			if projection == nil {
				x[i], y[i] = density.Metres(t.X[i]), density.Metres(t.Y[i])
				continue
			}
			at := projection.Plane(density.LonLat{Lon: t.X[i], Lat: t.Y[i]})
			x[i], y[i] = at.X, at.Y
		}
	}
	var both sync.WaitGroup
	both.Go(func() { some(0, len(x)/2) })
	some(len(x)/2, len(x))
	both.Wait()
	return x, y
}

// differs names the first figure that is not what was counted. Time is not compared.
func (r densityReport) differs(counted densityReport) error {
	for _, f := range []struct {
		name        string
		given, want any
	}{
		{"points", r.Points, counted.Points},
		{"weight", r.Weight, counted.Weight},
		{"cells", r.Cells, counted.Cells},
		{"max", r.Max, counted.Max},
		{"covered", r.Covered, counted.Covered},
		{"covered_share", r.CoveredShare, counted.CoveredShare},
		{"smooth", r.Smooth, counted.Smooth},
	} {
		if !reflect.DeepEqual(f.given, f.want) {
			given, _ := json.Marshal(f.given)
			want, _ := json.Marshal(f.want)
			return fmt.Errorf("%s is %s, counted %s", f.name, given, want)
		}
	}
	return nil
}

func reportOf(p density.Problem, s density.Solution, took time.Duration) densityReport {
	whole := func(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
	r := densityReport{
		Points: len(p.X), Cells: len(s.Cells), Seconds: took.Seconds(),
		Weight: whole(int64(len(p.X))), Max: whole(s.Fullest),
	}
	covered, share := whole(s.Covered), float64(s.Covered)/float64(len(p.X))
	if len(s.Measures) == 1 {
		m := s.Measures[0]
		number := func(a density.Amount) json.Number {
			if m.Whole != nil {
				return whole(a.Whole)
			}
			return json.Number(strconv.FormatFloat(a.Real, 'f', -1, 64))
		}
		r.Weight, r.Max, covered = number(m.Total), number(m.Max), number(m.Covered)
		share = 0
		if total := float64(m.Total.Whole) + m.Total.Real; total > 0 {
			share = (float64(m.Covered.Whole) + m.Covered.Real) / total
		}
	}
	if p.Within > 0 {
		r.Covered, r.CoveredShare = &covered, &share
	}
	return r
}

// oneLine keeps what a person named or typed from breaking the line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
}
