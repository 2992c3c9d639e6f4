package app

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runDensity runs the command over files given as name, text, name, text.
func runDensity(t *testing.T, args string, files ...string) (code int, stdout, stderr, dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	code = planDensity(context.Background(), strings.Fields(strings.ReplaceAll(args, "@", dir+"/")), &out, &errs)
	return code, out.String(), errs.String(), dir
}

func TestPlanDensityCounts(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, dir := runDensity(t, "--points @p.csv --hex 500 --within 500 --sites @s.csv --out @o.geojson",
		"p.csv", "x,y,weight\n0,0,10\n300,400,20\n5000,5000,30\n", "s.csv", "y,x\n0,0\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
		t.Fatalf("%d %q %q %v", code, stdout, stderr, err)
	}
	for name, want := range map[string]any{"points": 3.0, "weight": 60.0, "cells": 3.0, "max": 30.0, "covered": 30.0, "covered_share": 0.5} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if seconds, ok := got["seconds"].(float64); !ok || seconds <= 0 {
		t.Errorf("seconds is %v", got["seconds"])
	}
	features := geojson(t, dir+"/o.geojson")
	if len(features) != 3 || features[2].Properties["weight"] != 30.0 || features[0].Properties["note"] != "planar metres" {
		t.Errorf("features %+v", features)
	}
	if left, _ := filepath.Glob(dir + "/.zhidian-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPlanDensityInSquaresAndSmoothed(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, dir := runDensity(t, "--points @p.csv --square 500 --smooth 600 --out @o.geojson", "p.csv", "x,y,人数\n100,100,10\n200,400,20\n5100,5100,6\n")
	if code != 0 || !strings.Contains(stdout, `"cells":2,"max":30`) || !strings.Contains(stdout, `"smooth":{"radius":600,"cells":10,"q":0,"r":0,"per_km2":`) {
		t.Fatalf("%d %q %q", code, stdout, stderr)
	}
	raw, err := os.ReadFile(dir + "/o.geojson")
	var all struct {
		Properties struct{ Grid string }
		Features   []feature
	}
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil || all.Properties.Grid != "square" || len(all.Features) != 10 || len(all.Features[0].Geometry.Coordinates[0]) != 5 {
		t.Fatalf("%v %s", err, raw)
	}
	sum := 0.0
	for _, f := range all.Features {
		sum += f.Properties["smooth_per_km2"].(float64) * 0.25
	}
	if sum < 35.999 || sum > 36.001 {
		t.Errorf("%v people after smoothing, not 36", sum)
	}
}

type feature struct {
	Properties map[string]any
	Geometry   struct{ Coordinates [][][2]float64 }
}

func geojson(t *testing.T, name string) []feature {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Features []feature }
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, f := range all.Features {
		ring := f.Geometry.Coordinates[0]
		if len(ring) != 7 || ring[0] != ring[6] {
			t.Errorf("not a closed hexagon: %v", ring)
		}
	}
	return all.Features
}

func TestPlanDensityOnTheEarth(t *testing.T) {
	t.Parallel()
	code, stdout, stderr, dir := runDensity(t, "--points @p.csv --hex 1000 --out @o.geojson --centre 114.3,29.8", "p.csv", "\ufeffLat,LON\n29.8413,114.3225\n29.8413,114.3225\n")
	if code != 0 || !strings.Contains(stdout, `"points":2,"weight":2,"cells":1,"max":2,"covered":null,"covered_share":null`) {
		t.Fatalf("%d %q %q", code, stdout, stderr)
	}
	ring := geojson(t, dir+"/o.geojson")[0].Geometry.Coordinates[0]
	west, east := ring[3][0], ring[0][0]
	if !(west < 114.3225 && 114.3225 < east && east-west < 0.02) {
		t.Errorf("the hexagon reaches from %v to %v", west, east)
	}
	code, stdout, _, _ = runDensity(t, "--points @p.csv --hex 1000", "p.csv", "x,y,weight\n0,0,0.5\n1,1,1\n")
	if code != 0 || !strings.Contains(stdout, `"weight":1.5`) {
		t.Errorf("%d %q", code, stdout)
	}
}

func TestPlanDensityRefusesInBothLanguages(t *testing.T) {
	t.Parallel()
	const good = "x,y\n1,2\n"
	tests := []struct{ name, args, points, zh, en string }{
		{"no points", "--hex 500", good, "缺少", "missing"},
		{"no side", "--points @p.csv", good, "--hex 应为", "must be"},
		{"side", "--points @p.csv --hex NaN", good, "--hex 应为", "must be"},
		{"both shapes", "--points @p.csv --hex 500 --square 500", good, "只用一个", "one of"},
		{"square", "--points @p.csv --square 5", good, "--square 应为", "must be"},
		{"smooth", "--points @p.csv --hex 500 --smooth 100", good, "--smooth 应为", "must be"},
		{"smooth nothing", "--points @p.csv --hex 500 --smooth 700", "x,y,weight\n1,2,0\n", "权重全是 0", "nothing to smooth"},
		{"smooth parts", "--points @p.csv --hex 500 --smooth 700", "x,y,weight\n1,2,0.5\n", "权重应为整数", "whole numbers"},
		{"sites alone", "--points @p.csv --hex 500 --sites @p.csv", good, "一起", "together"},
		{"within", "--points @p.csv --hex 500 --sites @p.csv --within -1", good, "--within", "must be"},
		{"stdin twice", "--points - --hex 500 --sites - --within 5", good, "标准输入", "once"},
		{"unknown flag", "--pionts @p.csv", good, "参数", "argument"},
		{"too much", "--points @p.csv --hex 500 extra", good, "参数", "argument"},
		{"no file", "--points @none.csv --hex 500", good, "打不开", "cannot open"},
		{"centre of a plane", "--points @p.csv --hex 500 --centre 1,2", good, "--centre", "LON,LAT"},
		{"centre", "--points @p.csv --hex 500 --centre x", "lon,lat\n1,2\n", "--centre", "LON,LAT"},
		{"other side of the earth", "--points @p.csv --hex 500 --centre -179,-2", "lon,lat\n1,2\n", "第 1 个点", "point 1"},
		{"mixed", "--points @p.csv --hex 500 --sites @s.csv --within 5", "lon,lat\n1,2\n", "坐标不同", "differ"},
		{"over itself", "--points @p.csv --hex 500 --out @p.csv", good, "覆盖", "overwrite"},
		{"no folder", "--points @p.csv --hex 500 --out @none/o.geojson", good, "写不了", "cannot write"},
		{"row", "--points @p.csv --hex 500 --out @o.geojson", "x,y\n1,2\n1,b\x1bc\n", "第 3 行 y 列", "line 3, column y"},
		{"empty", "--points @p.csv --hex 500", "", "没有数据行", "no line of data"},
		{"header", "--points @p.csv --hex 500", "a,b\n1,2\n", "表头", "header"},
	}
	for _, tt := range tests {
		code, stdout, stderr, dir := runDensity(t, tt.args, "p.csv", tt.points, "s.csv", good)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, tt.zh) || !strings.Contains(stderr, tt.en) || strings.Contains(stderr, "\x1b") {
			t.Errorf("%s: %d %q %q", tt.name, code, stdout, stderr)
		}
		if files, _ := os.ReadDir(dir); len(files) != 2 {
			t.Errorf("%s: files %v", tt.name, files)
		}
	}
	for problem, s := range densityFaults {
		if s.zh == "" || s.en == "" {
			t.Errorf("%s has no sentence", problem)
		}
	}
}

func TestPlanDensityHelpAndCancellation(t *testing.T) {
	t.Parallel()
	if code, stdout, stderr, _ := runDensity(t, "--help"); code != 0 || !strings.Contains(stdout, "--within") || stderr != "" {
		t.Errorf("%d %q", code, stderr)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	name := filepath.Join(t.TempDir(), "p.csv")
	if err := os.WriteFile(name, []byte("x,y\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := planDensity(ctx, []string{"--points", name, "--hex", "500"}, &out, &errs); code != 1 || out.Len() > 0 {
		t.Errorf("%d %q", code, out.String())
	}
}

func TestPlanDensityCountsAgainWhatWasPrinted(t *testing.T) {
	t.Parallel()
	args := "--points @p.csv --hex 500 --smooth 600 --within 500 --sites @s.csv"
	files := []string{"p.csv", "x,y,weight\n0,0,10\n300,400,20\n5000,5000,30\n", "s.csv", "x,y\n0,0\n"}
	_, answer, _, _ := runDensity(t, args, files...)
	code, stdout, stderr, _ := runDensity(t, args+" --check @a.json", append(files, "a.json", answer)...)
	if code != 0 || stdout != "{\"holds\":true}\n" {
		t.Fatal(code, stdout, stderr)
	}
	wrong := strings.Replace(answer, `"covered":30`, `"covered":31`, 1)
	code, _, stderr, _ = runDensity(t, args+" --check @a.json", append(files, "a.json", wrong)...)
	if code != 2 || !strings.Contains(stderr, "covered is 31, counted 30") {
		t.Fatal(code, stderr)
	}
}
