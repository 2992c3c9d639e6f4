package seal

import (
	"encoding/hex"
	"slices"
	"time"

	"zhidian/internal/platform/errs"
)

// RotateSealing makes a new sealing key the current one. Older values still open; Reseal moves them over one by one,
// and RetireSealing then destroys the old key.
func (k *Keys) RotateSealing(at time.Time) error {
	return k.replace(func(r *ring) error {
		key := newSealing(random(16), at.Unix())
		for slices.ContainsFunc(r.sealing, func(old sealingKey) bool { return old.id == key.id }) {
			key = newSealing(random(16), at.Unix()) // two keys may not share the short id
		}
		r.sealing = append([]sealingKey{key}, r.sealing...)
		return nil
	})
}

// Reseal gives a value under the current key, and false when it is under it already.
func (k *Keys) Reseal(at Place, sealed []byte) ([]byte, bool, error) {
	id, err := KeyOf(sealed)
	if err != nil {
		return nil, false, err
	}
	if id == k.CurrentKey() {
		return sealed, false, nil
	}
	plain, err := k.Open(at, sealed)
	if err != nil {
		return nil, false, err
	}
	again, err := k.Seal(at, plain)
	return again, err == nil, err
}

// CurrentKey is the id that new sealed values carry.
func (k *Keys) CurrentKey() KeyID { return k.ring.Load().sealing[0].id }

// OldKeys are the sealing keys under which nothing new is sealed.
func (k *Keys) OldKeys() (all []KeyID) {
	for _, key := range k.ring.Load().sealing[1:] {
		all = append(all, key.id)
	}
	return all
}

// RetireSealing destroys an old sealing key; the caller has made sure that no value is left under it.
func (k *Keys) RetireSealing(id KeyID) error {
	return k.replace(func(r *ring) error {
		i := slices.IndexFunc(r.sealing, func(key sealingKey) bool { return key.id == id })
		switch {
		case i == 0:
			return errs.New(errs.Conflict, "seal.key_in_use", errs.Args{"key": hex.EncodeToString(id[:])})
		case i < 0:
			return errs.New(errs.Absent, "seal.unknown_key", errs.Args{"key": hex.EncodeToString(id[:])})
		}
		r.sealing = slices.Delete(slices.Clone(r.sealing), i, i+1)
		return nil
	})
}

// BeginLookup makes the coming look-up key: from now NextLookup fills the second hash column.
func (k *Keys) BeginLookup(at time.Time) error {
	return k.replace(func(r *ring) error {
		if r.next != nil {
			return errs.New(errs.Conflict, "seal.lookup_under_way", nil)
		}
		next := newLookup(random(32), at.Unix())
		r.next = &next
		return nil
	})
}

// FinishLookup makes the coming look-up key the current one, when the caller has filled and swapped the columns.
func (k *Keys) FinishLookup() error {
	return k.endLookup(func(r *ring) { r.lookup = *r.next })
}

// DropLookup gives a change of the look-up key up.
func (k *Keys) DropLookup() error { return k.endLookup(func(*ring) {}) }

func (k *Keys) endLookup(swap func(*ring)) error {
	return k.replace(func(r *ring) error {
		if r.next == nil {
			return errs.New(errs.Conflict, "seal.no_lookup_under_way", nil)
		}
		swap(r)
		r.next = nil
		return nil
	})
}

// Reload takes over what another process of the same installation has changed in the key file.
func (k *Keys) Reload() error {
	k.change.Lock()
	defer k.change.Unlock()
	if k.path == "" {
		return nil
	}
	onDisk, err := Open(k.path, k.Fingerprints().Sign)
	if err != nil {
		return err
	}
	k.ring.Store(onDisk.ring.Load())
	return nil
}

// replace changes a copy of the ring, saves it, and only then puts it to use. It starts from the file, because writing back
// an older ring would destroy a key that another process has made.
func (k *Keys) replace(change func(*ring) error) error {
	if err := k.Reload(); err != nil {
		return err
	}
	k.change.Lock()
	defer k.change.Unlock()
	r := *k.ring.Load()
	if err := change(&r); err != nil {
		return err
	}
	if k.path != "" {
		if err := save(k.path, k.name, &r, true); err != nil {
			return err
		}
	}
	k.ring.Store(&r)
	return nil
}
