package routing

import "math/bits"

// segment is what a stretch of visits that follow each other asks of time, however it is entered: joined to another one, it
// tells the same of both in a few sums (Nagata, Bräysy and Dullaert, Computers & Operations Research 37, 2010; Vidal, Crainic,
// Gendreau and Prins, Computers & Operations Research 40, 2013). Who comes late to a visit goes back in time to when its window
// closes; warp counts how far.
type segment struct {
	takes int64 // from the beginning of the first service to the end of the last one, with the least waiting
	warp  int64
	early int64 // when the first one begins at the earliest, and
	late  int64 // at the latest, for takes and warp to be no more than that
}

// stop is the segment of one visit.
func (v *Visit) stop() segment { return segment{takes: v.Service, early: v.Open, late: v.Close} }

// join is a segment followed by another one, with the way between them.
func (a segment) join(way int64, b segment) segment {
	after := a.takes - a.warp + way // from the beginning of the first one to that of the second
	wait := max(0, b.early-after-a.late)
	warp := max(0, a.early+after-b.late)
	return segment{
		takes: a.takes + b.takes + way + wait,
		warp:  a.warp + b.warp + warp,
		early: max(b.early-after, a.early) - wait,
		late:  min(b.late-after, a.late) + warp,
	}
}

// penalty is what a unit of warp or of excess load costs, in 256ths.
type penalty int64

// dearestFault is what a fault costs at most, so that no sum of costs can overflow.
const dearestFault = 1 << 56

func (p penalty) of(fault int64) int64 {
	if fault <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(fault), uint64(p))
	if hi != 0 || lo>>8 > dearestFault {
		return dearestFault
	}
	return int64(lo >> 8)
}
