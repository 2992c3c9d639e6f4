package sqldb

import (
	"context"
	"sync"
)

// serialBlock is how many numbers a process draws at once, so that no act waits for another's number.
const serialBlock = 100

// Serials hands out numbers that people see, per city and kind, from blocks drawn ahead. Numbers are unique and
// rise within a process; a restart leaves a gap. Call it before the act, not inside.
type Serials struct {
	DB *DB

	mu     sync.Mutex
	blocks map[string]*block
}

type block struct{ next, end int64 }

// Next gives n consecutive numbers, the first of which is returned.
func (s *Serials) Next(ctx context.Context, city, kind string, n int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blocks == nil {
		s.blocks = map[string]*block{}
	}
	b := s.blocks[city+"/"+kind]
	if b == nil || b.end-b.next < n {
		fresh, err := s.draw(ctx, city, kind, max(n, serialBlock))
		if err != nil {
			return 0, err
		}
		b = fresh
		s.blocks[city+"/"+kind] = b
	}
	first := b.next
	b.next += n
	return first, nil
}

func (s *Serials) draw(ctx context.Context, city, kind string, n int64) (*block, error) {
	var end int64
	err := s.DB.Keep(ctx, city, func(tx *Tx) error {
		return tx.Row(`INSERT INTO serial (city, kind, next) VALUES ($1, $2, 1 + $3)
			ON CONFLICT (city, kind) DO UPDATE SET next = serial.next + $3 RETURNING next`, kind, n).Scan(&end)
	})
	return &block{next: end - n, end: end}, err
}
