package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/density/intake"
)

// The two dates of the demo's exports, so that there is something to compare.
var (
	demoEarlier = day.Must("2025-12-31")
	demoNow     = day.Must("2026-03-31")
)

// demoBefore is since when the demo has its accounts and its applications their way: before the first of them.
const demoBefore = 75 * 24 * time.Hour

// makeDemo fills an empty installation with the demo city, by the same use cases that people use: the tables are
// written as spreadsheets and taken in as a clerk would.
func (s *services) makeDemo(ctx context.Context, size demo.Size, step func(string)) error {
	by := authz.System(s.in.city.Slug)
	c, err := demo.Make(size)
	if err != nil {
		return err
	}
	nodes, err := s.addDivisions(ctx, by, c.Divisions)
	if err != nil {
		return err
	}
	if err := s.addOutlines(ctx, by, c, nodes); err != nil {
		return err
	}
	step("市、县、乡、村与示意轮廓 divisions and schematic outlines")
	for _, exports := range [][]demo.Table{
		{
			c.Companies(demoNow), c.Schools(demoNow), c.Branches(demoNow), c.Sites(size, demoNow),
			c.Members(size, demoEarlier, 0), c.Youth(size, demoEarlier, 0),
		},
		{c.Members(size, demoNow, 1), c.Youth(size, demoNow, 1)},
	} {
		if err := s.takeExports(ctx, by, exports, step); err != nil {
			return err
		}
	}
	s.in.clock.turn(demoBefore)
	defer s.in.clock.turn(0)
	accounts, err := s.addDemoAccounts(ctx, nodes)
	if err != nil {
		return err
	}
	if err := s.addDemoResidents(ctx, nodes, accounts["clerk"]); err != nil {
		return err
	}
	if err := s.addDemoWays(ctx, nodes); err != nil {
		return err
	}
	s.in.clock.turn(0)
	if err := s.addDemoForms(ctx, nodes); err != nil {
		return err
	}
	if err := s.addDemoField(ctx, nodes); err != nil {
		return err
	}
	if err := s.addDemoNeeds(ctx, nodes); err != nil {
		return err
	}
	if err := s.addDemoVentures(ctx, c, size, nodes); err != nil {
		return err
	}
	step("创业项目 ventures")
	if err := s.addDemoProducts(ctx, nodes); err != nil {
		return err
	}
	step("政策规则与贷款产品 rules and loan products")
	if err := s.addDemoLoans(ctx, c, size, nodes, accounts); err != nil {
		return err
	}
	if err := s.addDemoVisits(ctx, nodes); err != nil {
		return err
	}
	step("青创贷 start-up loans")
	if err := s.addDemoApplications(ctx, c, size, nodes, accounts); err != nil {
		return err
	}
	step("贷款申请 applications for loans")
	if err := s.addDemoOutreach(ctx, nodes); err != nil {
		return err
	}
	step("宣讲活动 outreach events")
	if err := s.addDemoCare(ctx, nodes, accounts); err != nil {
		return err
	}
	step("托管班与志愿服务 child care and volunteers")
	if err := s.addDemoNight(ctx, nodes); err != nil {
		return err
	}
	step("青年夜校 night school")
	return s.addDemoMatters(ctx, nodes)
}

// takeExports imports the exports of one date and counts, so that the dates can be compared.
func (s *services) takeExports(ctx context.Context, by authz.Actor, exports []demo.Table, step func(string)) error {
	for _, t := range exports {
		if err := s.takeIn(ctx, by, t); err != nil {
			return fmt.Errorf("demo: %s: %w", t.File, err)
		}
		if err := s.db.Optimize(ctx); err != nil {
			return err
		}
		step(fmt.Sprintf("%s：%d 行 rows", t.File, len(t.Rows)))
	}
	if err := s.countFigures(ctx); err != nil {
		return err
	}
	step("统计与盲区 figures and blind spots")
	return nil
}

// fineness is how exact the positions of a demo table are.
var fineness = map[string]source.Fineness{"employers": source.Point, "schools": source.Point, "sites": source.Point}

// takeIn writes a table as a spreadsheet and imports it.
func (s *services) takeIn(ctx context.Context, by authz.Actor, t demo.Table) error {
	dir, err := os.MkdirTemp("", "zhidian-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	format, ending := sheet.XLSX, ".xlsx"
	if len(t.Rows) > 5000 {
		format, ending = sheet.CSV, ".csv"
	}
	path := filepath.Join(dir, t.File+ending)
	if err := writeTable(path, format, t); err != nil {
		return err
	}
	opt := intake.Options{GoodRows: true, Fineness: fineness[t.Kind], CRS: geo.WGS84}
	_, err = s.intake.File(ctx, by, intake.Kind(t.Kind), t.Name, path, t.AsOf, opt, func(int64, int64) {})
	return err
}

func writeTable(path string, format sheet.Format, t demo.Table) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	columns := make([]sheet.OutColumn, len(t.Head))
	for i, h := range t.Head {
		columns[i] = sheet.OutColumn{Title: h, Text: true}
	}
	w, err := sheet.NewWriter(f, format, t.Name, columns)
	if err != nil {
		return err
	}
	row := make([]any, len(t.Head))
	for _, r := range t.Rows {
		for i, cell := range r {
			row[i] = cell
		}
		if err := w.Write(row...); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}

// addOutlines draws the schematic outlines of counties and townships.
func (s *services) addOutlines(ctx context.Context, by authz.Actor, c *demo.City, nodes map[string]org.Node) error {
	var all []org.Outline
	for code, rings := range c.Outlines() {
		polygons := make([][][][2]float64, len(rings))
		for i, ring := range rings {
			line := make([][2]float64, len(ring))
			for k, p := range ring {
				line[k] = [2]float64{p.Lon, p.Lat}
			}
			polygons[i] = [][][2]float64{line}
		}
		shape, err := json.Marshal(map[string]any{"type": "MultiPolygon", "coordinates": polygons})
		if err != nil {
			return err
		}
		all = append(all, org.Outline{Org: nodes[code].ID, GeoJSON: string(shape), CRS: "wgs84", Origin: "演示用示意轮廓", Schematic: true})
	}
	return s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := org.PutBoundaries(tx, all); err != nil {
			return err
		}
		return tx.Record(org.Draw, "", act.Change{"outlines": len(all)})
	})
}
