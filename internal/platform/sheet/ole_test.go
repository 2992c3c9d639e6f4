package sheet

import (
	"encoding/binary"
	"testing"
)

func TestLoopsInAnOLEFileAreNamed(t *testing.T) {
	t.Parallel()
	for _, sector := range []uint32{1, 2, 3} { // directory and stream chains that bite their own tail
		data := sampleXLS()
		binary.LittleEndian.PutUint32(data[512+4*sector:], sector)
		drain(t, data)
	}
	data := sampleXLS()
	binary.LittleEndian.PutUint32(data[68:], 0) // list of FAT sectors
	binary.LittleEndian.PutUint32(data[72:], 0xffffffff)
	drain(t, data)
	data = sampleXLS()
	binary.LittleEndian.PutUint32(data[44:], 0xffffff)
	drain(t, data)
}
