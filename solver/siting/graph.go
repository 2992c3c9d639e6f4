package siting

import (
	"io"
	"sync"

	"zhidian/solver/text"
)

// Limits of ReadORLIB.
const (
	MaxReadNodes = 20_000
	maxReadEdges = 10_000_000
)

// ReadORLIB reads an uncapacitated p-median problem on a network as the OR-Library writes it: nodes, edges and sites to
// open, then each edge with its length, nodes counted from 1. An edge that is given again has the last length. Every node
// is a demand and a candidate; distances are the shortest ways. Errors are [text.Error]s that name the line.
func ReadORLIB(r io.Reader) (Problem, error) {
	in := text.NewReader(r)
	n, err := in.Int("nodes", 1, MaxReadNodes)
	if err != nil {
		return Problem{}, err
	}
	m, err := in.Int("edges", 0, maxReadEdges)
	if err != nil {
		return Problem{}, err
	}
	k, err := in.Int("sites", 1, n)
	if err != nil {
		return Problem{}, err
	}
	type edge struct{ a, b int32 }
	length := map[edge]int32{}
	for range m {
		a, err := in.Int("node", 1, n)
		if err != nil {
			return Problem{}, err
		}
		b, err := in.Int("node", 1, n)
		if err != nil {
			return Problem{}, err
		}
		c, err := in.Int("length", 0, 1_000_000)
		if err != nil {
			return Problem{}, err
		}
		length[edge{int32(min(a, b) - 1), int32(max(a, b) - 1)}] = int32(c)
	}
	if err := in.End(); err != nil {
		return Problem{}, err
	}
	g := make(graph, n)
	for e, c := range length {
		g[e.a] = append(g[e.a], way{e.b, c})
		g[e.b] = append(g[e.b], way{e.a, c})
	}
	return Problem{Demand: int(n), Sites: int(n), Distance: g.distances(), K: int(k)}, nil
}

type way struct{ to, length int32 }

type graph [][]way

// distances are the shortest ways between all nodes, on two cores.
func (g graph) distances() []int32 {
	n := len(g)
	d := make([]int32, n*n)
	var both sync.WaitGroup
	for half := range 2 {
		both.Go(func() {
			var q queue
			for i := half; i < n; i += 2 {
				g.from(int32(i), d[i*n:(i+1)*n], &q)
			}
		})
	}
	both.Wait()
	return d
}

// from finds the shortest ways from a node (Dijkstra).
func (g graph) from(start int32, d []int32, q *queue) {
	for i := range d {
		d[i] = Never
	}
	d[start] = 0
	q.push(way{start, 0})
	for len(*q) > 0 {
		at := q.pop()
		if at.length > d[at.to] {
			continue
		}
		for _, e := range g[at.to] {
			if to := at.length + e.length; to < d[e.to] {
				d[e.to] = to
				q.push(way{e.to, to})
			}
		}
	}
}

// queue is a heap, the nearest first.
type queue []way

func (q *queue) push(w way) {
	*q = append(*q, w)
	h := *q
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h[up].length <= w.length {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = w
}

func (q *queue) pop() way {
	h := *q
	first, w := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	i := 0
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].length < h[down].length {
			down++
		}
		if h[down].length >= w.length {
			break
		}
		h[i] = h[down]
		i = down
	}
	if len(h) > 0 {
		h[i] = w
	}
	return first
}
