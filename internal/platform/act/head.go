package act

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"zhidian/internal/platform/errs"
)

// Head is the state of a city's log at one moment. Signed and kept elsewhere it fixes every act before it.
type Head struct {
	City  string
	Size  int64 // leaves of the epoch's tree: its opening leaf and its acts
	Root  tlog.Hash
	Epoch int64 // when the epoch was opened, microseconds UTC
	At    int64 // when the head was made, microseconds UTC
}

// maxSize keeps arithmetic on sizes from overflowing; no log comes near it.
const maxSize = 1 << 60

const headTime = "2006-01-02T15:04:05.000000Z"

// KeyName is the name under which a city signs its heads.
func KeyName(city string) string { return city + ".zhidian" }

// NewKey draws a signing key for a city's log, and the verifier key that goes with the kept heads.
func NewKey(city string) (signer, verifier string, err error) {
	if !isCity(city) {
		return "", "", errs.New(errs.Internal, "act.malformed", nil)
	}
	return note.GenerateKey(rand.Reader, KeyName(city))
}

// Text is what is signed.
func (h Head) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\nepoch %d\ntime %s\n", KeyName(h.City), h.Size, h.Root, h.Epoch, time.UnixMicro(h.At).UTC().Format(headTime))
}

// Sign gives the head as a signed note.
func (h Head) Sign(s note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: h.Text()}, s)
	return string(signed), err
}

// ParseHead reads a head's text. Only the text that Head.Text writes is accepted.
func ParseHead(text string) (Head, error) {
	bad := errs.New(errs.Invalid, "act.head_malformed", nil)
	line := strings.Split(text, "\n")
	if len(line) != 6 {
		return Head{}, bad
	}
	var h Head
	var err error
	h.City = strings.TrimSuffix(line[0], ".zhidian")
	if h.Size, err = strconv.ParseInt(line[1], 10, 64); err != nil || h.Size < 1 || h.Size > maxSize {
		return Head{}, bad
	}
	if h.Root, err = tlog.ParseHash(line[2]); err != nil {
		return Head{}, bad
	}
	if h.Epoch, err = strconv.ParseInt(strings.TrimPrefix(line[3], "epoch "), 10, 64); err != nil {
		return Head{}, bad
	}
	at, err := time.Parse(headTime, strings.TrimPrefix(line[4], "time "))
	if err != nil {
		return Head{}, bad
	}
	h.At = at.UnixMicro()
	if !isCity(h.City) || h.Epoch <= 0 || h.Text() != text {
		return Head{}, bad
	}
	return h, nil
}

// OpenHead reads a signed head and checks that the city's key signed it.
func OpenHead(signed string, keys note.Verifiers) (Head, error) {
	n, err := note.Open([]byte(signed), keys)
	if err != nil {
		return Head{}, errs.Wrap(err, errs.Invalid, "act.head_forged", nil)
	}
	h, err := ParseHead(n.Text)
	if err != nil {
		return Head{}, err
	}
	for _, s := range n.Sigs {
		if s.Name == KeyName(h.City) {
			return h, nil
		}
	}
	return Head{}, errs.New(errs.Invalid, "act.head_forged", nil)
}

// Keys makes a set of verifiers of verifier keys: the one in force and those used before it.
func Keys(vkeys ...string) (note.Verifiers, error) {
	var list []note.Verifier
	for _, k := range vkeys {
		v, err := note.NewVerifier(strings.TrimSpace(k))
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "act.key_malformed", nil)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...), nil
}

// maxHeadLine is far above what a head's line can have.
const maxHeadLine = 4096

// ReadHeads splits a file of signed heads, one after another, into the heads. It does not check signatures.
func ReadHeads(r io.Reader) ([]string, error) {
	var heads []string
	var one strings.Builder
	signed := false
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, maxHeadLine), maxHeadLine)
	end := func() {
		if strings.TrimSpace(one.String()) != "" {
			heads = append(heads, one.String())
		}
		one.Reset()
		signed = false
	}
	for s.Scan() {
		line := s.Text()
		isSig := strings.HasPrefix(line, "— ")
		if signed && !isSig {
			end()
		}
		if one.Len() == 0 && strings.TrimSpace(line) == "" {
			continue
		}
		signed = isSig
		one.WriteString(line + "\n")
	}
	if err := s.Err(); err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "act.head_malformed", nil)
	}
	end()
	return heads, nil
}

// PeekHead reads a signed head without checking who signed it: for choosing heads, never for believing them.
func PeekHead(signed string) (Head, error) {
	text, _, ok := strings.Cut(signed, "\n\n")
	if !ok {
		return Head{}, errs.New(errs.Invalid, "act.head_malformed", nil)
	}
	return ParseHead(text + "\n")
}
