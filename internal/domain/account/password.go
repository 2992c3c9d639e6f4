package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"zhidian/internal/platform/errs"
)

// The password rules. Long is good enough by itself; shorter ones must mix.
const (
	minPassword  = 10
	longPassword = 16
	maxPassword  = 128 // characters; argon2 would take more, an attacker would send more
	minClasses   = 3
	minDistinct  = 5 // unlike characters: aaaaaaaaaaaaaaaa is long and nothing
)

// common are words that guessers try first; a password that is one of them with digits or signs around is refused.
var common = []string{
	"password", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "qwertyuiop", "qwer", "asdf", "asdfgh", "zxcvbn", "1qaz2wsx", "qazwsx",
	"admin", "administrator", "root", "welcome", "letmein", "iloveyou", "woaini", "woaizhongguo", "zhongguo", "china", "gongqingtuan",
	"tuanwei", "xianning", "zhidian", "abc", "abcd", "abcdef", "abcdefg", "test", "guest", "changeme", "default", "secret", "system",
}

// checkPassword is the rule for a new password of an account with a login.
func checkPassword(password, login string) error {
	var p errs.Problems
	n := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password) || n > maxPassword:
		p.Add("password", "account.password_long", errs.Args{"max": maxPassword})
	case n < minPassword:
		p.Add("password", "account.password_short", errs.Args{"min": minPassword})
	case n < longPassword && classes(password) < minClasses:
		p.Add("password", "account.password_plain", errs.Args{"long": longPassword})
	case distinct(password) < minDistinct, slices.Contains(common, bare(lower)), isRun(lower):
		p.Add("password", "account.password_common", nil)
	case len(login) >= 3 && strings.Contains(lower, strings.ToLower(login)):
		p.Add("password", "account.password_login", nil)
	}
	return p.Err()
}

// classes counts kinds of characters: small letters, capitals, digits, everything else.
func classes(s string) int {
	var lower, upper, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// bare takes digits and signs from both ends.
func bare(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// isRun tells of characters that follow each other, as 12345678901234567890.
func isRun(s string) bool {
	const runs = "01234567890123456789012345678901234567890 98765432109876543210987654321098765432109876543210 abcdefghijklmnopqrstuvwxyz"
	return strings.Contains(runs, s)
}

// The parameters of argon2id follow RFC 9106's advice for memory-bound servers as OWASP puts it (19 MiB, two passes,
// one lane): some 30 ms here. hashers bounds how many run at once, so that a rush at eight o'clock takes 76 MiB and a
// queue, not the machine.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	saltBytes   = 16
	keyBytes    = 32
	hashers     = 4
)

// hashing is shared by all services of the process, for memory is.
var hashing = make(chan struct{}, hashers)

func argon(ctx context.Context, password string, salt []byte, memory, passes uint32, lanes uint8) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, passes, memory, lanes, keyBytes), nil
}

// hashPassword gives the PHC string under which a password is kept.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key, err := argon(ctx, password, salt, argonMemory, argonPasses, argonLanes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// nobodys is a password hash that no password has: unknown logins cost as much work as known ones.
var nobodys = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
	strings.Repeat("A", 22), strings.Repeat("A", 43))

// verifyPassword holds a password against what is kept. The work is the same without a kept one.
func verifyPassword(ctx context.Context, password, kept string) (bool, error) {
	known := kept != ""
	if !known {
		kept = nobodys
	}
	if utf8.RuneCountInString(password) > maxPassword || len(password) > 4*maxPassword {
		password, known = "", false
	}
	h, err := readHash(kept)
	if err != nil {
		return false, err
	}
	key, err := argon(ctx, password, h.salt, h.memory, h.passes, h.lanes)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known, nil
}

type passwordHash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

var errHash = errors.New("account: a kept password hash cannot be read")

// readHash reads a PHC string of argon2id and refuses parameters that would take the machine down.
func readHash(s string) (h passwordHash, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); n != 3 || err != nil {
		return h, errHash
	}
	if h.memory < 8 || h.memory > 256*1024 || h.passes == 0 || h.passes > 16 || h.lanes == 0 || h.lanes > 8 {
		return h, errHash
	}
	if h.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil || len(h.salt) < 8 || len(h.salt) > 64 {
		return h, errHash
	}
	if h.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil || len(h.key) != keyBytes {
		return h, errHash
	}
	return h, nil
}
