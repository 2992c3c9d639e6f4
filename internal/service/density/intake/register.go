package intake

import (
	"context"
	"errors"
	"slices"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/sqldb"
)

// foundAtOnce is how many new persons are gathered before what leads to them is written: the more, the fewer times each
// page of the index is written, and the more memory is taken (some 200 bytes a person).
const foundAtOnce = 1 << 20

// findRows is how many entries that lead to persons one act writes to begin with; each is small.
const findRows = 2000

// writeMembers writes the rows of a register behind the row number done. While one chunk is written the next is read,
// weighed against a snapshot and sealed: only one delivery is written at a time, so that nobody else changes what rows of
// known persons rest on; that nobody else was given the papers of a new one is seen when these are written at the end.
func (r *run) writeMembers(ctx context.Context, m *members, done int64) error {
	r.done = int(done)
	both, stop := context.WithCancelCause(ctx) // reading ends when writing fails
	defer stop(nil)
	chunks := make(chan *memberChunk)
	wrote := make(chan error, 1)
	go func() {
		err := r.writeChunks(ctx, chunks)
		if err != nil {
			stop(err)
		}
		wrote <- err
	}()
	err := r.each(both, func([]Problem) {}, func() error {
		c, err := r.nextMembers(both, m)
		if err != nil || c == nil {
			return err
		}
		select {
		case chunks <- c:
			return nil
		case <-both.Done():
			return context.Cause(both)
		}
	})
	close(chunks)
	if failed := <-wrote; failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	if err := r.find(ctx, m.found); err != nil {
		return err
	}
	return r.writeTaken(ctx, m, append(m.taken, r.taken...))
}

// nextMembers gives the chunk that has been read, ready to be written; nil where there is nothing to write.
func (r *run) nextMembers(ctx context.Context, m *members) (*memberChunk, error) {
	if r.bad > 0 && !r.report.Options.GoodRows {
		return nil, r.changedSinceCheck()
	}
	if m.pending() == 0 {
		return nil, nil
	}
	c := m.take()
	c.last, c.read = r.last, r.rows
	written := c.last <= r.done
	err := r.s.DB.Read(ctx, r.by.City, func(q *sqldb.Rx) error {
		err := c.weigh(q)
		if err == nil && written {
			err = c.overtaken(q)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := c.prepare(r.by.City, r.s.DB.Now(), written); err != nil {
		return nil, err
	}
	if m.found.Len() >= foundAtOnce {
		c.found, m.found = m.found, &person.Finding{}
	}
	return c, nil
}

// overtaken notes the rows of persons whom an earlier run has written, and whose papers another was given meanwhile.
func (c *memberChunk) overtaken(q sqldb.Q) error {
	rows := map[person.ID]int{}
	var own []person.ID
	for i := range c.rows {
		if r := &c.rows[i]; r.known != nil {
			mine := c.m.ownID(r.row)
			if mine != r.known.ID {
				rows[mine] = r.row
				own = append(own, mine)
			}
		}
	}
	there, err := person.Which(q, own)
	for _, p := range there {
		c.m.taken = append(c.m.taken, rows[p])
	}
	return err
}

func (r *run) writeChunks(ctx context.Context, chunks <-chan *memberChunk) error {
	for c := range chunks {
		if c.last > r.done {
			began := r.s.DB.Now()
			if err := r.writeMemberChunk(ctx, c); err != nil {
				return err
			}
			r.chunk.Store(pace(len(c.rows), r.s.DB.Now().Sub(began)))
			r.s.step("rows")
			if err := r.grown(ctx); err != nil {
				return err
			}
		}
		c.settle(&r.tally)
		r.progress(c.read, r.total)
		if c.found != nil {
			if err := r.find(ctx, c.found); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) writeMemberChunk(ctx context.Context, c *memberChunk) error {
	seq := r.delivery.Seq
	return r.s.DB.Write(ctx, r.by, func(tx *sqldb.Tx) error {
		if err := r.claim(tx); err != nil {
			return err
		}
		if err := c.write(tx); err != nil {
			return err
		}
		if err := source.Reach(tx, seq, "rows", int64(c.last), r.total); err != nil {
			return err
		}
		return tx.Record(Apply, r.delivery.Source.String(), act.Change{"delivery": seq, "to_row": c.last, "rows": len(c.rows)})
	})
}

// find writes what leads to new persons, in acts as short as those of rows.
func (r *run) find(ctx context.Context, f *person.Finding) error {
	seq := r.delivery.Seq
	size := int64(findRows)
	for at := (person.Mark{}); !f.Done(at); {
		var next person.Mark
		began := r.s.DB.Now()
		err := r.s.DB.Write(ctx, r.by, func(tx *sqldb.Tx) (err error) {
			if err := r.claim(tx); err != nil {
				return err
			}
			if next, err = f.Write(tx, at, int(size)); err != nil {
				return err
			}
			return tx.Record(Apply, r.delivery.Source.String(), act.Change{"delivery": seq, "step": "find", "entries": size})
		})
		var taken *person.Taken
		if errors.As(err, &taken) {
			f.Drop(taken.Rows)
			r.taken = append(r.taken, taken.Rows...)
			continue
		}
		if err != nil {
			return err
		}
		size = min(max(size*int64(actTime)/int64(max(r.s.DB.Now().Sub(began), 1)), size/2, findRows/4), size*3/2, 20*findRows)
		at = next
		r.s.step("find")
		r.progress(r.total, r.total) // the job lives
	}
	return nil
}

// writeTaken writes rows anew whose persons were entered by another hand while they were written: now they are known.
func (r *run) writeTaken(ctx context.Context, m *members, rows []int) error {
	if len(rows) == 0 {
		return nil
	}
	slices.Sort(rows)
	m.take()
	m.census, m.ask = nil, len(rows) // those who hold their papers are newer than the census
	for row, err := range rowsOf(r.book, r.report.Mapping) {
		if err != nil {
			return err
		}
		if _, among := slices.BinarySearch(rows, row.Number); among {
			r.line.set(row)
			m.read(&r.line)
		}
	}
	c := m.take()
	seq := r.delivery.Seq
	err := r.s.DB.Write(ctx, r.by, func(tx *sqldb.Tx) error {
		if err := r.claim(tx); err != nil {
			return err
		}
		for i := range c.rows {
			n := m.newPerson(&c.rows[i])
			if err := person.Withdraw(tx, person.Draft(m.keys, m.ownID(c.rows[i].row), &n)); err != nil {
				return err
			}
		}
		if err := c.weigh(tx); err != nil {
			return err
		}
		m.found, c.ready = &person.Finding{}, nil
		if err := c.prepare(tx.City(), tx.Now(), false); err != nil {
			return err
		}
		if err := c.write(tx); err != nil {
			return err
		}
		if err := m.found.WriteAll(tx); err != nil {
			return err
		}
		return tx.Record(Apply, r.delivery.Source.String(), act.Change{"delivery": seq, "step": "entered_meanwhile", "rows": len(c.rows)})
	})
	r.s.step("taken")
	return err
}
