// Package act is the log of acts: who did what and when, written so that nobody can change it afterwards unnoticed.
package act

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"strconv"

	"zhidian/internal/platform/errs"
)

// Messages are the texts of this package: errors, and what a verification found.
//
//go:embed messages
var Messages embed.FS

// Act is one line of the log. None of its fields holds a name, a number of a person or free text;
// what was changed is Content, kept apart, so that it can be destroyed when its time has come.
type Act struct {
	City    string
	ID      string
	At      int64  // microseconds UTC
	Actor   string // an account's id, "system", or empty for a stranger
	Verb    string
	Subject string // the id or serial of what was acted on; may be empty
	KeyID   string // the sealing key in force
	Session string // first characters of the session's hash

	ContentHash Hash // Content.Hash: the leaf commits to the content without holding it

	Once   string // idempotency key; not part of the leaf
	Answer []byte // what asking again under Once gives; not part of the leaf
}

// Hash is a SHA-256 sum.
type Hash [sha256.Size]byte

// saltSize makes the hash of a guessable change unguessable.
const saltSize = 32

// Content is what an act changed, with the salt that hides it once it is destroyed.
type Content struct {
	Salt   []byte
	Change []byte // canonical JSON, see Change.JSON
}

// NewContent salts a change.
func NewContent(c Change) (Content, error) {
	change, err := c.JSON()
	if err != nil {
		return Content{}, err
	}
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return Content{}, err
	}
	return Content{Salt: salt, Change: change}, nil
}

// Hash is SHA-256(salt ‖ change). The salt's length is fixed, so that the two cannot be cut differently.
func (c Content) Hash() Hash {
	h := sha256.New()
	h.Write(c.Salt)
	h.Write(c.Change)
	return Hash(h.Sum(nil))
}

// matches tells whether the content is what the act committed to.
func (c Content) matches(a Act) bool { return len(c.Salt) == saltSize && c.Hash() == a.ContentHash }

// Leaf is the canonical text of the act, to which the log commits: a heading, then each field with its length.
func (a Act) Leaf() []byte {
	b := make([]byte, 0, 256)
	b = append(b, "zhidian act 1\n"...)
	for _, f := range [...]string{a.City, a.ID, strconv.FormatInt(a.At, 10), a.Actor, a.Verb, a.Subject, a.KeyID, a.Session, string(a.ContentHash[:])} {
		b = strconv.AppendInt(b, int64(len(f)), 10)
		b = append(b, ':')
		b = append(b, f...)
		b = append(b, '\n')
	}
	return b
}

// Check refuses an act whose fields could name a person or be read in two ways.
func (a Act) Check() error {
	if !isCity(a.City) || a.At <= 0 || !isID(a.ID) || !isToken(a.KeyID) || !isToken(a.Session) {
		return errs.New(errs.Internal, "act.malformed", nil)
	}
	if err := CheckVerb(a.Verb); err != nil {
		return err
	}
	if CheckSubject(a.Actor) != nil {
		return errs.New(errs.Internal, "act.actor", errs.Args{"verb": a.Verb})
	}
	if CheckSubject(a.Subject) != nil {
		return errs.New(errs.Internal, "act.subject", errs.Args{"verb": a.Verb})
	}
	return nil
}

// Insert writes the act and its content. exec binds the city as $1 and args from $2 on. A key that was recorded before
// is a collision, which ends the transaction: who looked for it first meets one only in a race.
func Insert(exec func(query string, args ...any) error, a Act, change Change) error {
	content, err := NewContent(change)
	if err != nil {
		return err
	}
	a.ContentHash = content.Hash()
	if err := a.Check(); err != nil {
		return err
	}
	var once, answer any
	if a.Once != "" {
		once = a.Once
	}
	if len(a.Answer) > 0 {
		answer = a.Answer
	}
	err = exec(`INSERT INTO act (city, id, at, actor, verb, subject, key_id, session, content_hash, once, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, a.At, a.Actor, a.Verb, a.Subject, a.KeyID, a.Session, a.ContentHash[:], once, answer)
	if err != nil {
		return err
	}
	return exec(`INSERT INTO act_content (city, act, salt, change) VALUES ($1, $2, $3, $4)`,
		a.ID, content.Salt, string(content.Change))
}
