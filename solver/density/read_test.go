package density

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestReadTolerates(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("x,y\n1,2\n"))
	_ = z.Close()
	tests := []struct {
		name, text string
		want       Table
	}{
		{"degrees", "lon,lat\n114.5,29.5\n", Table{X: []float64{114.5}, Y: []float64{29.5}}},
		{"metres", "x,y\n-1.25,2e3\n", Table{Planar: true, X: []float64{-1.25}, Y: []float64{2000}}},
		{"any order and case, byte order mark, others' columns", "\ufeffName,Weight, LAT ,LON\r\n王,3,29,114\r\n", Table{X: []float64{114}, Y: []float64{29}, Whole: []int64{3}}},
		{"quotes, spaces, blank lines, no last line feed", "\n\"x\",\"y\",weight\n\n\"1\", 2 ,\" 4 \"\n  \n5,6,7", Table{Planar: true, X: []float64{1, 5}, Y: []float64{2, 6}, Whole: []int64{4, 7}}},
		{"a fraction turns the weights", "x,y,weight\n1,2,3\n1,2,0.5\n1,2,1\n", Table{Planar: true, X: []float64{1, 1, 1}, Y: []float64{2, 2, 2}, Real: []float64{3, 0.5, 1}}},
		{"Chinese headers", "经度,纬度,人数\n114,29,2\n", Table{X: []float64{114}, Y: []float64{29}, Whole: []int64{2}}},
		{"packed", packed.String(), Table{Planar: true, X: []float64{1}, Y: []float64{2}}},
	}
	for _, tt := range tests {
		got, err := Read(context.Background(), strings.NewReader(tt.text))
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}

func TestReadNamesRowAndColumn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", longestLine+1)
	tests := []struct {
		name, text string
		want       FileError
	}{
		{"empty", "", FileError{Problem: FileEmpty}},
		{"blank", "\n \n", FileError{Row: 1, Problem: HeaderMissing}},
		{"header only", "x,y\n", FileError{Problem: FileEmpty}},
		{"no header", "1,2\n", FileError{Row: 1, Problem: HeaderMissing}},
		{"half a pair", "lon,y\n1,2\n", FileError{Row: 1, Problem: HeaderMissing}},
		{"both pairs", "x,y,lon,lat\n1,2,3,4\n", FileError{Row: 1, Problem: HeaderBoth}},
		{"twice", "x,y,X\n1,2,3\n", FileError{Row: 1, Column: "x", Problem: HeaderTwice}},
		{"utf-16", "\xff\xfex\x00,\x00y\x00\n", FileError{Row: 1, Problem: FileEncoding}},
		{"gbk", "\xbe\xad\xb6\xc8,\xce\xb3\xb6\xc8\n1,2\n", FileError{Row: 1, Problem: FileEncoding}},
		{"workbook", "PK\x03\x04abc\n", FileError{Row: 1, Problem: FileBinary}},
		{"noughts", "x,y\x00\n1,2\n", FileError{Row: 1, Problem: FileBinary}},
		{"short row", "x,y\n1,2\n3\n", FileError{Row: 3, Problem: RowShort}},
		{"empty cell", "x,y\n1,\n", FileError{Row: 2, Column: "y", Problem: ValueEmpty}},
		{"text", "x,y\n1,2\nabc,2\n", FileError{Row: 3, Column: "x", Problem: ValueText}},
		{"nan", "x,y\nNaN,2\n", FileError{Row: 2, Column: "x", Problem: ValueText}},
		{"infinite", "x,y\ninf,2\n", FileError{Row: 2, Column: "x", Problem: ValueRange}},
		{"huge", "x,y\n1e999,2\n", FileError{Row: 2, Column: "x", Problem: ValueRange}},
		{"underscore", "x,y\n0x_1p4,2\n", FileError{Row: 2, Column: "x", Problem: ValueText}},
		{"longitude", "lon,lat\n180.1,2\n", FileError{Row: 2, Column: "lon", Problem: ValueRange}},
		{"latitude", "lon,lat\n29,114\n", FileError{Row: 2, Column: "lat", Problem: ValueRange}},
		{"weight", "x,y,weight\n1,2,-3\n", FileError{Row: 2, Column: "weight", Problem: ValueNegative}},
		{"weight too large", "x,y,weight\n1,2,1e16\n", FileError{Row: 2, Column: "weight", Problem: ValueRange}},
		{"long line", "x,y\n" + long + "\n", FileError{Row: 2, Problem: RowLong}},
		{"endless line", "x,y\n" + strings.Repeat(long, 40), FileError{Row: 2, Problem: RowLong}},
		{"damaged packing", "\x1f\x8b\x08garbage", FileError{Problem: FileDamaged}},
		{"broken off packing", "\x1f\x8b", FileError{Problem: FileDamaged}},
	}
	for _, tt := range tests {
		_, err := Read(context.Background(), strings.NewReader(tt.text))
		var got *FileError
		if !errors.As(err, &got) || got.Row != tt.want.Row || got.Column != tt.want.Column || got.Problem != tt.want.Problem || got.Error() == "" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestReadPassesOnTroubleAndCancellation(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk gone")
	_, err := Read(context.Background(), io.MultiReader(strings.NewReader("x,y\n1,2\n"), broken{cause}))
	var got *FileError
	if !errors.As(err, &got) || got.Problem != FileUnread || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, strings.NewReader("x,y\n1,2\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if s := shorten("a\x1b[31m" + strings.Repeat("长", 60)); strings.ContainsRune(s, 0x1b) || len([]rune(s)) != 41 {
		t.Errorf("shortened to %q", s)
	}
}

// FuzzRead wants no panic, equal lengths, and numbers in range.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"lon,lat\n114,29\n", "x,y,weight\n1,2,3\n1,2,.5\n", "\ufeffX,Y\r\n\"1\",-2e3", "\x1f\x8b\x08", "x,y\n1", ",x,,y\n,,,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Read(context.Background(), bytes.NewReader(data))
		if err != nil {
			var fe *FileError
			if !errors.As(err, &fe) {
				t.Fatalf("%T", err)
			}
			return
		}
		n := len(got.X)
		if n == 0 || len(got.Y) != n || got.Whole != nil && len(got.Whole) != n || got.Real != nil && len(got.Real) != n || got.Whole != nil && got.Real != nil {
			t.Fatalf("lengths %d %d %d %d", n, len(got.Y), len(got.Whole), len(got.Real))
		}
		for i := range got.X {
			if math.Abs(got.X[i]) > float64(MaxCoordinate) || math.Abs(got.Y[i]) > float64(MaxCoordinate) {
				t.Fatalf("row %d: %v %v", i, got.X[i], got.Y[i])
			}
		}
	})
}

// FuzzDecimal holds the fast reading of numbers to strconv's.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0", "114.32250001", ".5", "5.", ".", "", "-", "123456789012345", "1234567890123456", "0.000000000000001", "1.2.3", "9007199254740993"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := decimal([]byte(s))
		if !ok {
			return
		}
		want, err := strconv.ParseFloat(s, 64)
		if err != nil || got != want || math.Signbit(got) != math.Signbit(want) {
			t.Fatalf("%q: %v, strconv says %v, %v", s, got, want, err)
		}
	})
}

func BenchmarkRead1M(b *testing.B) {
	x, y := crowd(1_000_000)
	var text bytes.Buffer
	text.WriteString("lon,lat,weight\n")
	for i := range x {
		fmt.Fprintf(&text, "%.7f,%.7f,%d\n", 114+x[i]/96_000, 29.8+y[i]/111_000, i%9)
	}
	b.SetBytes(int64(text.Len()))
	b.ResetTimer()
	for b.Loop() {
		if got, err := Read(context.Background(), bytes.NewReader(text.Bytes())); err != nil || len(got.X) != len(x) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(x))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
