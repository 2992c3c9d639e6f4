package ui

import (
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// Dots gives the dots of a QR code for an address that is read from paper, some steps away where it hangs on a wall.
func Dots(address string) ([][]bool, error) {
	q, err := qrcode.New(address, qrcode.Medium)
	if err != nil {
		return nil, err
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}

func qrBox(bits [][]bool) string {
	n := strconv.Itoa(max(1, len(bits)))
	return "0 0 " + n + " " + n
}

// qrPath draws runs of dark squares, row by row.
func qrPath(bits [][]bool) string {
	var b strings.Builder
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < len(row) && row[x] {
				x++
			}
			w := strconv.Itoa(x - start)
			b.WriteString("M" + strconv.Itoa(start) + " " + strconv.Itoa(y) + "h" + w + "v1h-" + w + "z")
		}
	}
	return b.String()
}
