package account

import (
	"sync"
	"time"
)

// cacheFor is how long a session is believed without asking the database. What is revoked through this process ends
// at once; through another process, after this time at the latest.
const cacheFor = 3 * time.Second

// maxCached bounds the memory to some 10 MB.
const maxCached = 10_000

// cache remembers sessions just looked up. Its zero value is ready.
type cache struct {
	mu    sync.Mutex
	all   map[cacheKey]cached
	epoch int64 // moves with every drop, so that what was read before a drop is not remembered after it
}

type cacheKey struct {
	city string
	hash [32]byte
}

type cached struct {
	session Session
	until   time.Time
}

func (c *cache) get(k cacheKey, now time.Time) (s Session, epoch int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.all[k]
	return e.session, c.epoch, ok && now.Before(e.until)
}

func (c *cache) put(k cacheKey, s Session, epoch int64, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch {
		return
	}
	if c.all == nil || len(c.all) >= maxCached {
		c.all = map[cacheKey]cached{}
	}
	c.all[k] = cached{s, until}
}

// drop forgets the sessions of an account.
func (c *cache) drop(city string, account ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for k, e := range c.all {
		if k.city == city && e.session.Account == account {
			delete(c.all, k)
		}
	}
}
