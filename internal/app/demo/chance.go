package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// seed makes every run the same city.
const seed = 421200

// chance is a number from 0 to 1 that belongs to a name for ever.
func chance(name string, salt uint64) float64 { return dice(name, salt).Float64() }

// dice is a stream of random numbers that belongs to a name for ever.
func dice(name string, salt uint64) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed+salt, h.Sum64())) //nolint:gosec // the demo must be the same each time
}
