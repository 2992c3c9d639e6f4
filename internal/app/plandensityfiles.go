package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"zhidian/solver/density"
)

// densityFaults are the sentences for what may be wrong with a file of points.
var densityFaults = map[density.FileProblem]said{
	density.FileEmpty:     {"没有数据行", "has no line of data"},
	density.FileEncoding:  {"不是 UTF-8 文字，请另存为 UTF-8 的 CSV", "is not UTF-8 text, save it as CSV in UTF-8"},
	density.FileBinary:    {"不是文本文件，请另存为 CSV", "is not a text file, save it as CSV"},
	density.FileDamaged:   {"压缩文件已损坏", "is damaged and cannot be unpacked"},
	density.FileUnread:    {"读不出来", "cannot be read"},
	density.HeaderMissing: {"表头没有 lon,lat 或 x,y 两列", "has no columns lon,lat or x,y in its header"},
	density.HeaderBoth:    {"表头同时有 lon,lat 和 x,y，只留一种", "has both lon,lat and x,y, keep one pair"},
	density.HeaderTwice:   {"表头有重复的列", "has a column twice"},
	density.RowShort:      {"这一行列数不够", "too few columns"},
	density.RowLong:       {"这一行超过 64 KiB", "a line longer than 64 KiB"},
	density.RowMany:       {"超过一亿行", "more than 100 million lines"},
	density.ValueEmpty:    {"是空的", "is empty"},
	density.ValueText:     {"不是数", "is not a number"},
	density.ValueRange:    {"超出范围", "is out of range"},
	density.ValueNegative: {"不能是负数", "must not be negative"},
}

// readPoints reads a file, or standard input for "-".
func readPoints(ctx context.Context, name string) (density.Table, error) {
	in, err := openInput(name)
	if err != nil {
		return density.Table{}, err
	}
	defer in.Close()
	t, err := density.Read(ctx, in)
	var fault *density.FileError
	if !errors.As(err, &fault) {
		return t, err
	}
	sentence := densityFaults[fault.Problem]
	zh, en := name+"：", name+": "
	if fault.Row > 0 {
		zh, en = zh+fmt.Sprintf("第 %d 行", fault.Row), en+fmt.Sprintf("line %d", fault.Row)
		if fault.Column != "" {
			zh, en = zh+fmt.Sprintf(" %s 列", fault.Column), en+fmt.Sprintf(", column %s", fault.Column)
		}
		zh, en = zh+"，", en+", "
	}
	if fault.Value != "" {
		zh, en = zh+fmt.Sprintf("“%s”", fault.Value), en+fmt.Sprintf("%q ", fault.Value)
	}
	return t, said{zh + sentence.zh, en + sentence.en}
}

// solveFault tells what the solver refuses. The reader has refused nearly everything before.
func (r densityRun) solveFault(err error) error {
	var point *density.PointError
	var site *density.SiteError
	var measure *density.MeasureError
	tell := func(file string, n int) error {
		return said{
			fmt.Sprintf("%s：第 %d 个点不能放到以此为中心的地图上", file, n+1),
			fmt.Sprintf("point %d cannot be placed on a map around this centre", n+1),
		}
	}
	switch {
	case errors.As(err, &point):
		return tell(r.points, point.Row)
	case errors.As(err, &site):
		return tell(r.sites, site.Row)
	case errors.As(err, &measure):
		return said{
			fmt.Sprintf("%s：第 %d 个点起权重之和太大", r.points, measure.Row+1),
			fmt.Sprintf("from point %d on the weights' sum is too large", measure.Row+1),
		}
	}
	return err
}

// writeCells writes the cells as GeoJSON, whole or not at all.
func writeCells(name string, p density.Problem, s density.Solution, projection *density.Projection) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".zhidian-*")
	if err != nil {
		return said{"写不了 " + name, "cannot write this file"}
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
			err = fmt.Errorf("写 %s 没有成功 · %s was not written: %w", name, name, err)
		}
	}()
	w := bufio.NewWriterSize(tmp, 1<<20)
	plan := `"coordinates":"lon,lat WGS-84"`
	if projection == nil {
		plan = `"coordinates":"planar metres, not longitude and latitude"`
	} else {
		plan += fmt.Sprintf(`,"centre":[%v,%v]`, projection.Centre.Lon, projection.Centre.Lat)
	}
	grid := "hexagon"
	if p.Grid.Shape == density.Square {
		grid = "square"
	}
	fmt.Fprintf(w, `{"type":"FeatureCollection","properties":{"grid":%q,"side_metres":%v,%s},"features":[`, grid, float64(p.Grid.Side), plan)
	for i, c := range s.Cells {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		fmt.Fprintf(w, "\n"+`{"type":"Feature","properties":{"q":%d,"r":%d,"points":%d`, c.Q, c.R, s.Points[i])
		for _, m := range s.Measures {
			if m.Whole != nil {
				fmt.Fprintf(w, `,%q:%d`, m.Name, m.Whole[i])
			} else {
				fmt.Fprintf(w, `,%q:%v`, m.Name, m.Real[i])
			}
		}
		if projection == nil {
			fmt.Fprint(w, `,"note":"planar metres"`)
		}
		_, _ = w.WriteString(`},"geometry":{"type":"Polygon","coordinates":[[`)
		corners := p.Grid.Corners(c)
		for n, at := range append(corners, corners[0]) {
			if n > 0 {
				_ = w.WriteByte(',')
			}
			x, y := float64(at.X), float64(at.Y)
			if projection != nil {
				l := projection.LonLat(at)
				x, y = math.Round(l.Lon*1e8)/1e8, math.Round(l.Lat*1e8)/1e8
			}
			fmt.Fprintf(w, "[%v,%v]", x, y)
		}
		_, _ = w.WriteString(`]]}}`)
	}
	_, _ = w.WriteString("\n]}\n")
	if err = w.Flush(); err != nil {
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// spread smooths the weights, or the points where there are none, and adds people per square kilometre to the cells, those
// that have nobody themselves as well.
func (r densityRun) spread(p density.Problem, s *density.Solution) (*smoothPeak, error) {
	counts := s.Points
	if len(s.Measures) == 1 {
		if counts = s.Measures[0].Whole; counts == nil {
			return nil, said{r.points + "：权重应为整数（人数），才能平滑", "weights must be whole numbers (people) to be smoothed"}
		}
	}
	smooth, err := density.Smooth(p.Grid, s.Cells, counts, density.Metres(r.smooth))
	if err != nil {
		return nil, said{"这些点太分散，不能平滑：" + err.Error(), "these points are too scattered to be smoothed"}
	}
	if len(smooth.Cells) == 0 {
		return nil, said{r.points + "：权重全是 0，没有可平滑的", "all weights are 0, there is nothing to smooth"}
	}
	at := make(map[density.Cell]int, len(s.Cells))
	for i, c := range s.Cells {
		at[c] = i
	}
	wide := density.Solution{Cells: smooth.Cells}
	perArea := density.Result{Name: "smooth_per_km2"}
	for k, c := range smooth.Cells {
		perArea.Real = append(perArea.Real, smooth.PerArea(p.Grid, k))
		var n int64
		if i, has := at[c]; has {
			n = s.Points[i]
		}
		wide.Points = append(wide.Points, n)
	}
	for _, m := range s.Measures {
		all := density.Result{Name: m.Name}
		for _, c := range smooth.Cells {
			var n int64
			if i, has := at[c]; has {
				n = m.Whole[i]
			}
			all.Whole = append(all.Whole, n)
		}
		wide.Measures = append(wide.Measures, all)
	}
	wide.Measures = append(wide.Measures, perArea)
	*s = wide
	peak := smooth.Cells[smooth.Densest]
	return &smoothPeak{r.smooth, len(smooth.Cells), peak.Q, peak.R, smooth.MostArea}, nil
}
