// Package page cuts long lists into pages that stay right while rows come and go.
package page

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"zhidian/internal/platform/errs"
)

// Messages are the texts of this package.
//
//go:embed messages
var Messages embed.FS

// macSize is how much of the HMAC-SHA256 a cursor carries: 16 bytes.
const macSize = 16

// maxToken bounds a cursor in an address: longer ones are refused unread.
const maxToken = 4096

// Cursors writes and reads cursors under one secret. Processes that serve the same city share the secret;
// a change of it only sends readers back to the first page.
type Cursors struct {
	mac  []byte
	veil cipher.Block
}

// NewCursors takes a secret of at least 16 random bytes.
func NewCursors(secret []byte) *Cursors {
	if len(secret) < 16 {
		panic("page: the secret of cursors is shorter than 16 bytes")
	}
	derive := func(use string) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte("zhidian cursor " + use))
		return h.Sum(nil)
	}
	veil, err := aes.NewCipher(derive("veil"))
	if err != nil {
		panic("page: " + err.Error()) // only a key of another length than HMAC-SHA256 gives
	}
	return &Cursors{mac: derive("mac"), veil: veil}
}

// List is one list in one order under one filter. A cursor of one list, order or filter is refused in any other.
type List struct {
	Name    string   // unique in the program, such as "person.list"
	Columns []string // the order, as SQL names columns; together they are unique, and none is ever NULL
	Desc    bool     // all columns run the same way
	Filter  string   // everything that chooses the rows: city, scope, search words, tab
}

// Position is where in a list a page begins. The zero value is the first page.
type Position struct {
	list   List
	keys   []any // int64 or string, one per column; nil at the first page
	before bool  // the page lies before the keys, not after
}

// Read takes a cursor from an address; an empty one is the first page.
func (c *Cursors) Read(list List, token string) (Position, error) {
	p := Position{list: list}
	if token == "" {
		return p, nil
	}
	refused := errs.New(errs.Invalid, "page.cursor", nil)
	if len(token) > maxToken || strings.ContainsAny(token, "\r\n") { // the decoder would skip line ends
		return p, refused
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < macSize+1 {
		return p, refused
	}
	mac, body := raw[:macSize], raw[macSize:]
	cipher.NewCTR(c.veil, mac).XORKeyStream(body, body)
	if !hmac.Equal(mac, c.sign(list, body)) {
		return p, refused
	}
	p.before = body[0] == 1
	if p.keys, err = parseKeys(body[1:]); err != nil || len(p.keys) != len(list.Columns) {
		return Position{list: list}, refused
	}
	return p, nil
}

// write makes the cursor of a row. The keys are veiled, because a name in an address ends up in logs and histories:
// the truncated HMAC signs them and, as it differs for different keys, also starts the AES-CTR stream that covers them.
func (c *Cursors) write(list List, keys []any, before bool) string {
	if len(keys) != len(list.Columns) {
		panic(fmt.Sprintf("page: list %s is ordered by %d columns, a row gave %d keys", list.Name, len(list.Columns), len(keys)))
	}
	body := []byte{0}
	if before {
		body[0] = 1
	}
	for _, k := range keys {
		body = appendKey(body, k)
	}
	mac := c.sign(list, body)
	cipher.NewCTR(c.veil, mac).XORKeyStream(body, body)
	return base64.RawURLEncoding.EncodeToString(append(mac, body...))
}

func (c *Cursors) sign(list List, body []byte) []byte {
	bound := []byte{0}
	if list.Desc {
		bound[0] = 1
	}
	for _, part := range append([]string{list.Name, list.Filter}, list.Columns...) {
		bound = appendText(bound, part)
	}
	bound = binary.AppendUvarint(bound, uint64(len(list.Columns)))
	h := hmac.New(sha256.New, c.mac)
	h.Write(appendText(nil, string(bound)))
	h.Write(body)
	return h.Sum(nil)[:macSize]
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

const (
	isNumber = 'n'
	isText   = 't'
)

func appendKey(b []byte, key any) []byte {
	switch k := key.(type) {
	case int:
		return binary.AppendVarint(append(b, isNumber), int64(k))
	case int64:
		return binary.AppendVarint(append(b, isNumber), k)
	case string:
		return appendText(append(b, isText), k)
	}
	panic(fmt.Sprintf("page: a key is a string, int or int64, not %T", key))
}

func parseKeys(b []byte) ([]any, error) {
	refused := errs.New(errs.Invalid, "page.cursor", nil)
	keys := []any{}
	for len(b) > 0 {
		kind, rest := b[0], b[1:]
		switch kind {
		case isNumber:
			v, n := binary.Varint(rest)
			if n <= 0 {
				return nil, refused
			}
			keys, b = append(keys, v), rest[n:]
		case isText:
			size, n := binary.Uvarint(rest)
			if n <= 0 || size > uint64(len(rest)-n) {
				return nil, refused
			}
			keys, b = append(keys, string(rest[n:n+int(size)])), rest[n+int(size):]
		default:
			return nil, refused
		}
	}
	return keys, nil
}
