package lottery

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
)

// Published is the file that everybody can read: the list when it is closed, and the rest once it is drawn. Before the
// draw Seed, Public, Key, Placed and Waiting are empty.
type Published struct {
	List
	ListHash Hash     `json:"list_hash"`
	Seed     string   `json:"seed,omitempty"` // the secret, in hexadecimal
	Public   string   `json:"public,omitempty"`
	Key      *Hash    `json:"key,omitempty"`
	Placed   []string `json:"placed,omitempty"`
	Waiting  []string `json:"waiting,omitempty"`
}

// Close makes the file that is published when sign-up has closed.
func Close(l List) (Published, error) {
	return Published{List: l, ListHash: l.Hash()}, l.validate()
}

// ErrListChanged says that a list is no longer the one whose hash was published with it.
var ErrListChanged = errors.New("lottery: the list is not the one whose hash stands in the file")

// Draw makes the file that is published after the draw.
func (p Published) Draw(ctx context.Context, secret Secret, public string) (Published, error) {
	if p.List.Hash() != p.ListHash {
		return p, ErrListChanged
	}
	s, err := Solve(ctx, Problem{List: p.List, Secret: secret, Public: public}, Options{})
	if err != nil {
		return p, err
	}
	p.Seed, p.Public, p.Key, p.Placed, p.Waiting = hex.EncodeToString(secret[:]), public, &s.Key, s.Placed, s.Waiting
	return p, nil
}

// Verify draws again from the file alone and says what does not hold. That the hashes are those that were published in
// their time is for the reader to see.
func (p Published) Verify() error {
	if p.List.Hash() != p.ListHash {
		return ErrListChanged
	}
	secret, err := ParseSecret(p.Seed)
	if err != nil {
		return err
	}
	if p.Key == nil {
		return errors.New("lottery: the file has no key")
	}
	return Check(Problem{List: p.List, Secret: secret, Public: p.Public}, Solution{Key: *p.Key, Placed: p.Placed, Waiting: p.Waiting})
}

// ParseSecret reads 64 hexadecimal digits.
func ParseSecret(s string) (secret Secret, err error) {
	if n := hex.DecodedLen(len(s)); n != len(secret) || len(s)%2 != 0 {
		return secret, fmt.Errorf("lottery: a seed has %d hexadecimal digits, not %d characters", 2*len(secret), len(s))
	}
	_, err = hex.Decode(secret[:], []byte(s))
	return secret, err
}
