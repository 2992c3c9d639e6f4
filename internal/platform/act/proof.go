package act

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"zhidian/internal/platform/errs"
)

const (
	proofFormat = "zhidian act proof 1"
	maxProof    = 4 << 20 // bytes; a change is far smaller
)

// Proof shows that one act stands in a city's log, to somebody who has neither the server nor the database.
type Proof struct {
	Format  string           `json:"format"`
	City    string           `json:"city"`
	Act     string           `json:"act"`
	At      int64            `json:"at"` // microseconds UTC
	Actor   string           `json:"actor"`
	Verb    string           `json:"verb"`
	Subject string           `json:"subject"`
	KeyID   string           `json:"key_id"`
	Session string           `json:"session"`
	Content string           `json:"content_hash"`     // hex
	Salt    []byte           `json:"salt,omitempty"`   // absent when withheld
	Change  string           `json:"change,omitempty"` // the exact text; absent when withheld
	Leaf    int64            `json:"leaf"`
	Path    tlog.RecordProof `json:"path"`
	Head    string           `json:"head"`
	Key     string           `json:"verifier_key"` // for the reader's comparison; whoever checks brings her own
}

// Proven is what a proof has shown.
type Proven struct {
	Act     Act
	Content *Content // nil when withheld
	Leaf    int64
	Head    Head
}

// Prove makes the proof of the act at a leaf of the head's tree. Without content the proof says "withheld".
func Prove(a Act, content *Content, leaf int64, head, verifierKey string, r tlog.HashReader) (Proof, error) {
	keys, err := Keys(verifierKey)
	if err != nil {
		return Proof{}, err
	}
	h, err := OpenHead(head, keys)
	if err != nil {
		return Proof{}, err
	}
	path, err := tlog.ProveRecord(h.Size, leaf, r)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{
		Format: proofFormat, City: a.City, Act: a.ID, At: a.At, Actor: a.Actor, Verb: a.Verb, Subject: a.Subject,
		KeyID: a.KeyID, Session: a.Session, Content: hex.EncodeToString(a.ContentHash[:]),
		Leaf: leaf, Path: path, Head: head, Key: verifierKey,
	}
	if content != nil {
		p.Salt, p.Change = content.Salt, string(content.Change)
	}
	return p, nil
}

// JSON is the proof as a file.
func (p Proof) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ParseProof reads a proof file without checking what it claims.
func ParseProof(file []byte) (Proof, error) {
	bad := errs.New(errs.Invalid, "act.proof_malformed", nil)
	if len(file) > maxProof {
		return Proof{}, bad
	}
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	var p Proof
	if err := d.Decode(&p); err != nil {
		return Proof{}, errs.Wrap(err, errs.Invalid, "act.proof_malformed", nil)
	}
	if _, err := d.Token(); err != io.EOF {
		return Proof{}, bad
	}
	if p.Format != proofFormat || len(p.Path) > 64 {
		return Proof{}, bad
	}
	return p, nil
}

// VerifyProof checks a proof file against a city's verifier key, which must come from a source the reader
// trusts, not from the file. The errors name what does not fit: content, place in the log, or signature.
func VerifyProof(file []byte, verifierKey string) (Proven, error) {
	p, err := ParseProof(file)
	if err != nil {
		return Proven{}, err
	}
	keys, err := Keys(verifierKey)
	if err != nil {
		return Proven{}, err
	}
	return p.verify(keys)
}

func (p Proof) verify(keys note.Verifiers) (Proven, error) {
	a := Act{
		City: p.City, ID: p.Act, At: p.At, Actor: p.Actor, Verb: p.Verb, Subject: p.Subject, KeyID: p.KeyID, Session: p.Session,
	}
	sum, err := hex.DecodeString(p.Content)
	if err != nil || len(sum) != len(a.ContentHash) {
		return Proven{}, errs.New(errs.Invalid, "act.proof_malformed", nil)
	}
	a.ContentHash = Hash(sum)
	head, err := OpenHead(p.Head, keys)
	if err != nil {
		return Proven{}, err
	}
	if head.City != a.City {
		return Proven{}, errs.New(errs.Invalid, "act.proof_city", errs.Args{"city": head.City})
	}
	if p.Leaf < 1 || p.Leaf >= head.Size {
		return Proven{}, errs.New(errs.Invalid, "act.proof_path", nil)
	}
	if err := tlog.CheckRecord(p.Path, head.Size, head.Root, p.Leaf, LeafHash(a.Leaf())); err != nil {
		return Proven{}, errs.Wrap(err, errs.Invalid, "act.proof_path", nil)
	}
	got := Proven{Act: a, Leaf: p.Leaf, Head: head}
	if len(p.Salt) == 0 && p.Change == "" {
		return got, nil
	}
	got.Content = &Content{Salt: p.Salt, Change: []byte(p.Change)}
	if !got.Content.matches(a) {
		return Proven{}, errs.New(errs.Invalid, "act.proof_content", nil)
	}
	return got, nil
}
