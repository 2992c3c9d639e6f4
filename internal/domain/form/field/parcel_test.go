package field_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"zhidian/internal/domain/form/field"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// parcel is the file that a phone saves of what it has not sent, as assets/ts/field/send.ts makes it.
func (p *phone) parcel(all []field.Filled, files map[string][]byte) []byte {
	p.c.t.Helper()
	d, err := p.c.s.Unlock(p.c.t.Context(), p.by, p.device, p.clock().UnixMicro())
	if err != nil {
		p.c.t.Fatal(err)
	}
	var b bytes.Buffer
	line := func(v any) {
		text, err := json.Marshal(v)
		if err != nil {
			p.c.t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	locked := func(kind, id string, plain []byte) {
		data, err := field.Lock(d.Key, []byte("twelve bytes"), kind, id, plain)
		if err != nil {
			p.c.t.Fatal(err)
		}
		line(map[string]any{"kind": kind, "id": id, "data": data})
	}
	line(map[string]any{"zhidian": "field", "version": 1, "account": p.by.User, "device": p.device})
	for _, f := range all {
		for _, x := range f.Files {
			locked("file", x.ID, files[x.ID])
		}
		text, err := json.Marshal(f)
		if err != nil {
			p.c.t.Fatal(err)
		}
		locked("form", f.ID, text)
	}
	return b.Bytes()
}

func TestTheOfficeTakesInAPhonesFile(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.give("咸安区")
		p := c.phone("worker-a", "咸安区甲镇一村")
		p.refresh()
		good, bad := p.fill(c.newHome, map[string]any{"head": "甲"}, with("door", 1)), p.fill(c.newHome, map[string]any{"people": "3"})
		sent := p.fill(c.newHome, map[string]any{"head": "乙"})
		p.must(sent)
		file := p.parcel([]field.Filled{good, bad, sent}, map[string][]byte{good.Files[0].ID: photo(5)})
		if bytes.Contains(file, []byte("甲")) {
			t.Fatal("the file can be read on the way")
		}
		for again := range 2 {
			got, err := c.s.Import(ctx, c.office, bytes.NewReader(file))
			if err != nil || len(got) != 3 {
				t.Fatal(got, err)
			}
			if got[0].Err != nil || got[0].Got.Serial == "" || got[0].Got.Again != (again == 1) || !got[2].Got.Again {
				t.Errorf("%+v", got)
			}
			wantKey(t, got[1].Err, "form.required")
		}
		if got := p.must(good); !got.Again {
			t.Errorf("what came in the file is taken once more from the phone: %+v", got)
		}
		got, err := c.s.Import(ctx, c.Actor(t, clerk, "嘉鱼县"), bytes.NewReader(p.parcel([]field.Filled{p.fill(c.newHome, map[string]any{"head": "丙"})}, nil)))
		if err != nil || got[0].Err == nil {
			t.Errorf("%+v %v", got, err)
		}
		_, err = c.s.Import(ctx, p.by, bytes.NewReader(file))
		wantKey(t, err, "errs.denied")
		for name, text := range map[string]string{
			"nothing": "", "not ours": "{}\n", "cut off": string(file[:len(file)/2]), "changed": strings.Replace(string(file), `"kind":"form"`, `"kind":"file"`, 1), "no end": "{",
		} {
			if _, err := c.s.Import(ctx, c.office, strings.NewReader(text)); err == nil {
				t.Errorf("%s is taken", name)
			}
		}
		_, err = c.s.Import(ctx, c.office, strings.NewReader(`{"zhidian":"field","version":1,"account":"x","device":"0123456789ABCDEF"}`+"\n"))
		wantKey(t, err, "field.parcel_unknown")
		_, err = c.s.Import(ctx, c.office, strings.NewReader(`{"zhidian":"field","version":9,"account":"x","device":"0123456789ABCDEF"}`+"\n"))
		wantKey(t, err, "field.too_new")
	})
}

// What is no form goes to whoever takes it by its address, once for each line; what nobody takes is told and keeps the others from nothing.
func TestAFileHoldsMoreThanForms(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.give("咸安区")
		p := c.phone("worker-a", "咸安区甲镇一村")
		p.refresh()
		var taken []string
		c.s.Others = map[string]field.Other{"/here": func(_ context.Context, by authz.Actor, from field.Device, plain []byte) (field.Received, error) {
			if by.User != c.office.User || from.Account != p.by.User || from.Name != p.device {
				t.Errorf("%+v from %+v", by, from)
			}
			taken = append(taken, string(plain))
			return field.Received{Serial: "托班-1"}, nil
		}}
		file := p.parcel([]field.Filled{p.fill(c.newHome, map[string]any{"head": "甲"})}, nil)
		for _, to := range []string{"/here", "/elsewhere"} {
			file = append(file, p.other(to, "01J00000000000000000000"+strings.ToUpper(to[1:4]))...)
		}
		got, err := c.s.Import(ctx, c.office, bytes.NewReader(file))
		if err != nil || len(got) != 3 || got[0].Err != nil || got[1].Err != nil || !got[1].Other || got[1].Got.Serial != "托班-1" || len(taken) != 1 || !strings.Contains(taken[0], "in") {
			t.Fatalf("%+v %v %v", got, err, taken)
		}
		wantKey(t, got[2].Err, "field.parcel_other")
	})
}

// other is a line of a parcel that is no form.
func (p *phone) other(to, id string) []byte {
	p.c.t.Helper()
	d, err := p.c.s.Unlock(p.c.t.Context(), p.by, p.device, p.clock().UnixMicro())
	if err != nil {
		p.c.t.Fatal(err)
	}
	data, err := field.Lock(d.Key, []byte("twelve bytes"), "form", id, []byte(`{"id":"`+id+`","what":"in"}`))
	if err != nil {
		p.c.t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"kind": "form", "id": id, "to": to, "data": data})
	if err != nil {
		p.c.t.Fatal(err)
	}
	return append(text, '\n')
}

// Whatever a file holds, reading it ends, and nothing is taken that was not locked with the phone's key.
func FuzzImport(f *testing.F) {
	c := newTown(f, sqldbtest.SQLite(f, sqldb.Options{}))
	c.give("咸安区")
	p := c.phone("worker-a", "咸安区甲镇一村")
	p.refresh()
	filled := p.fill(c.newHome, map[string]any{"head": "甲"}, with("door", 1))
	whole := p.parcel([]field.Filled{filled}, map[string][]byte{filled.Files[0].ID: photo(5)})
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("{}\n{}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		got, _ := c.s.Import(t.Context(), c.office, bytes.NewReader(content))
		for _, b := range got {
			if b.Filled.ID != filled.ID {
				t.Errorf("a form that no phone has locked is read: %+v", b.Filled)
			}
		}
	})
}
