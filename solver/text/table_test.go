package text

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var visits = []Column{{Name: "id", Heads: []string{"编号"}, Needed: true}, {Name: "minutes", Heads: []string{"分钟"}}, {Name: "x"}}

func TestTable(t *testing.T) {
	t.Parallel()
	table, err := ReadTable(strings.NewReader("\ufeff编号,备注, 分钟 ,X\r\n\"㛃,1\",q,30,1.5\n\n,,\nb,,,\n"), visits)
	if err != nil || len(table.Rows) != 2 || !table.Has("minutes") {
		t.Fatal(table, err)
	}
	row := table.Rows[0]
	if n, err := row.Int("minutes", 1, 60); row.Text("id") != "㛃,1" || n != 30 || err != nil || row.Line != 2 {
		t.Fatal(row, n, err)
	}
	if x, err := row.Float("x", 0, 2); x != 1.5 || err != nil {
		t.Fatal(x, err)
	}
	if n, err := table.Rows[1].IntOr("minutes", 15, 1, 60); n != 15 || err != nil || table.Rows[1].Line != 5 {
		t.Fatal(n, err, table.Rows[1].Line)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	table, err := ReadTable(strings.NewReader("id\n急救；英语|a、 b;\n"), visits)
	if got := table.Rows[0].List("id"); err != nil || !slices.Equal(got, []string{"急救", "英语", "a", "b"}) {
		t.Fatal(got, err)
	}
}

func TestTableNamesTheLine(t *testing.T) {
	t.Parallel()
	number := func(file string) error {
		table, err := ReadTable(strings.NewReader(file), visits)
		if err != nil {
			return err
		}
		_, err = table.Rows[0].Int("minutes", 1, 60)
		if err == nil {
			_, err = table.Rows[0].Float("x", 0, 2)
		}
		return err
	}
	for file, want := range map[string]Error{
		"":                            {Line: 1, Field: "id", Trouble: NoColumn},
		"\n\nminutes\n3":              {Line: 3, Field: "id", Trouble: NoColumn},
		"a,b\n":                       {Line: 1, Field: "id", Trouble: NoColumn},
		"id,编号\n":                     {Line: 1, Field: "id", Have: "编号", Trouble: ColumnTwice},
		"id\n\xff\n":                  {Line: 2, Trouble: NotUTF8},
		"id\n\"a":                     {Line: 2, Trouble: BadQuotes},
		"id,minutes\na":               {Line: 2, Field: "minutes", Trouble: Empty},
		"id,minutes\n\na,3.5":         {Line: 3, Field: "minutes", Have: "3.5", Trouble: NotWhole},
		"id,minutes\na,61":            {Line: 2, Field: "minutes", Have: "61", Trouble: OutOfRange, Least: 1, Most: 60},
		"id,minutes\na,9999999999999": {Line: 2, Field: "minutes", Have: "9999999999999", Trouble: OutOfRange, Least: 1, Most: 60},
		"id,minutes,x\na,6,NaN":       {Line: 2, Field: "x", Have: "NaN", Trouble: NotANumber},
		"id,minutes,x\na,6,":          {Line: 2, Field: "x", Trouble: Empty},
		"id,minutes,x\na,6,1e9":       {Line: 2, Field: "x", Have: "1e9", Trouble: OutOfRange, Most: 2},
	} {
		var bad *Error
		if err := number(file); !errors.As(err, &bad) || *bad != want {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add("id,minutes\na,3")
	f.Add("编号,\"x\"\n\"a\nb\",1.5")
	f.Fuzz(func(t *testing.T, file string) {
		table, err := ReadTable(strings.NewReader(file), visits)
		if err != nil {
			return
		}
		for _, r := range table.Rows {
			_, _ = r.Int("minutes", 0, 9)
			_, _ = r.Float("x", 0, 9)
			_ = r.List("id")
		}
	})
}
