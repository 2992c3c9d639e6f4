package org_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// Every use case asks for its own right, and where it touches two organisations at both: who holds all but that one is
// refused, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, ctx := newWorld(t, db, city), t.Context()
		on, before := day.Must("2026-06-30"), w.all()
		village, town, far := w.ids["咸安区甲镇一村"], w.ids["咸安区乙镇"], w.ids["嘉鱼县乙镇"]
		cases := map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"create": {org.Create, func(by authz.Actor) error {
				_, err := w.s.Create(ctx, by, org.New{Kind: org.Village, Name: "三村", Parent: town})
				return err
			}},
			"rename": {org.Edit, func(by authz.Actor) error { return w.s.Rename(ctx, by, village, "新一村", "更名") }},
			"move":   {org.Move, func(by authz.Actor) error { return w.s.Move(ctx, by, village, town, "区划调整") }},
			"merge": {org.Merge, func(by authz.Actor) error {
				return w.s.Merge(ctx, by, village, w.ids["咸安区甲镇二村"], on, "合村")
			}},
			"close": {org.Close, func(by authz.Actor) error { return w.s.Close(ctx, by, village, on, "拆迁") }},
			"draw": {org.Draw, func(by authz.Actor) error {
				return w.s.SetBoundary(ctx, by, org.Outline{Org: village, GeoJSON: `{"type":"Polygon","coordinates":[]}`, CRS: "wgs84", Origin: "测"})
			}},
		}
		for name, c := range cases {
			by := w.actor("咸宁市")
			by.Grants[0].Role.Verbs = slices.DeleteFunc(slices.Clone(org.Verbs), func(v authz.Verb) bool { return v == c.verb })
			if err := c.do(by); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, c.verb.Key, err)
			}
			if err := c.do(w.actor("嘉鱼县")); errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
		}
		xianan, jiayu := w.actor("咸安区"), w.actor("嘉鱼县")
		for name, err := range map[string]error{
			"moved out":   w.s.Move(ctx, xianan, village, far, "调出"),
			"fetched":     w.s.Move(ctx, jiayu, village, far, "调入"),
			"merged away": w.s.Merge(ctx, xianan, village, w.ids["嘉鱼县甲镇一村"], on, "合并"),
			"swallowed":   w.s.Merge(ctx, jiayu, village, w.ids["嘉鱼县甲镇一村"], on, "合并"),
		} {
			if errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.s.Create(ctx, w.actor("咸宁市"), org.New{Kind: org.City, Name: "又一市"}); errs.KindOf(err) != errs.Absent || err == nil {
			t.Errorf("a clerk founds a city: %v", err)
		}
		if after := w.all(); len(after) != len(before) {
			t.Errorf("%d organisations, were %d", len(after), len(before))
		}
		for _, n := range before {
			if got := w.get(n.ID); got.Name != n.Name || got.Path != n.Path || got.Closed != n.Closed {
				t.Errorf("%+v became %+v", n, got)
			}
		}
	})
}
