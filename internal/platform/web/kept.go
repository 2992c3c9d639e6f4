package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhidian/internal/platform/errs"
)

// A form that is sent after its session has ended is not lost. What was typed goes back to the browser within the page that
// asks to sign in, sealed for the account that the form was made for; who signs in as that account gets it back, to look at
// and to send. Nothing is kept here, and nothing is done by itself.

const (
	// MineField is the hidden field that says for which account a form was made.
	MineField = "_by"
	// SecretField is the hidden field that names a question whose answer is not kept: passwords, codes, numbers of papers.
	SecretField = "_secret"
	// AskedField is the hidden field that holds a question in the words of the page, so that a kept answer is shown under it:
	// the field's name, its label, and for a choice each value with its label, with tabs between.
	AskedField = "_asked"

	keptField   = "kept"
	keptPattern = "POST /kept-form"
	keptFor     = time.Hour
	maxKept     = 400 << 10 // bytes, sealed and written as text
)

// KeptURL is where a sealed form is given back.
const KeptURL = "/kept-form"

// Kept is a form as it was sent.
type Kept struct {
	Action  string // where it was going
	Back    string // the page it stood on, empty where the browser did not say
	Fields  url.Values
	Secrets bool // some answers were not kept
	At      int64
}

// Answered is an answer under its question, as the page showed both.
type Answered struct {
	Question string // empty where the page did not say
	Text     string
}

// Typed gives the answers that somebody gave, in the order of the form: not what the page itself put into it. A choice is
// given in the words of the page.
func (k Kept) Typed() []Answered {
	var all []Answered
	said := map[string]bool{}
	for _, asked := range k.Fields[AskedField] {
		part := strings.Split(asked, "\t")
		if len(part) < 2 || said[part[0]] {
			continue
		}
		name, choices := part[0], map[string]string{}
		said[name] = true
		for c := range slices.Chunk(part[2:], 2) {
			choices[c[0]] = c[len(c)-1]
		}
		for _, v := range k.Fields[name] {
			if label, ok := choices[v]; ok {
				v = label
			} else if isID(v) {
				continue
			}
			if v != "" {
				all = append(all, Answered{part[1], v})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.Fields)) {
		if said[name] || strings.HasPrefix(name, "_") {
			continue
		}
		for _, v := range k.Fields[name] {
			if v != "" && !isID(v) {
				all = append(all, Answered{Text: v})
			}
		}
	}
	return all
}

// isID tells whether a value is an id, which pages put into forms and nobody types.
func isID(s string) bool {
	if len(s) != 26 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// Mine is what a form carries in MineField, so that it is taken for nobody else. Empty where nobody is signed in.
func (r *Request) Mine() string {
	if r.Actor.User == "" {
		return ""
	}
	mac := hmac.New(sha256.New, r.server.FlashKey)
	mac.Write([]byte("form\x00" + r.City + "\x00" + r.Actor.User))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

func (s *Server) keptCipher() (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, s.FlashKey)
	mac.Write([]byte("kept forms"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// keep seals the form that came with a request, where it is one of ours that people fill in; else it does nothing.
func (r *Request) keep(a *answer) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || err != nil || kind != "application/x-www-form-urlencoded" || r.PostForm == nil && (a == nil || r.takeBody(a) != nil) {
		return
	}
	mine := r.PostForm.Get(MineField)
	if mine == "" {
		return
	}
	k := Kept{Action: r.URL.RequestURI(), Fields: url.Values{}, At: r.Now.Unix()}
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host && IsLocal(u.RequestURI()) {
		k.Back = u.RequestURI()
	}
	for name, values := range r.PostForm {
		switch {
		case name == MineField || name == SecretField:
		case slices.Contains(r.PostForm[SecretField], name):
			k.Secrets = true
		default:
			k.Fields[name] = values
		}
	}
	if len(k.Typed()) == 0 {
		return
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return
	}
	seal, err := r.server.keptCipher()
	if err != nil {
		return
	}
	nonce := make([]byte, seal.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return
	}
	sealed := base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, plain, []byte(r.City+"\x00"+mine)))
	if len(sealed) <= maxKept {
		r.kept = sealed
	}
}

// SignInFirst is the error of a handler whose page is open to anybody and whose form is not: what was typed is kept.
func (r *Request) SignInFirst() error {
	r.keep(nil)
	return errs.New(errs.Denied, "web.signin", nil)
}

// unkeep opens a sealed form for the account that it was made for.
func (r *Request) unkeep(sealed string) (k Kept, err error) {
	gone := errs.New(errs.Conflict, "web.kept_gone", nil)
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return k, gone
	}
	seal, err := r.server.keptCipher()
	if err != nil {
		return k, err
	}
	if len(b) < seal.NonceSize() {
		return k, gone
	}
	plain, err := seal.Open(nil, b[:seal.NonceSize()], b[seal.NonceSize():], []byte(r.City+"\x00"+r.Mine()))
	if err != nil || json.Unmarshal(plain, &k) != nil || r.Now.Sub(time.Unix(k.At, 0)) > keptFor || !IsLocal(k.Action) {
		return Kept{}, gone
	}
	k.Fields.Set(MineField, r.Mine())
	return k, nil
}

// giveBack shows a form that was kept to who has signed in again.
func (s *Server) giveBack(w http.ResponseWriter, r *Request) error {
	sealed := r.PostForm.Get(keptField)
	if r.Session == nil {
		r.kept = sealed
		return errs.New(errs.Denied, "web.signin", nil)
	}
	k, err := r.unkeep(sealed)
	if err != nil {
		return err
	}
	if s.GiveBack == nil {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Page(w, http.StatusOK, s.GiveBack(r, k))
}

// others refuses a form that was made for another account than the one that is signed in now.
func (r *Request) others(a *answer) error {
	mine := r.PostForm.Get(MineField)
	if mine == "" || r.Session == nil || r.route.Door == Entry || mine == r.Mine() {
		return nil
	}
	r.keep(a)
	return errs.New(errs.Conflict, "web.other_account", nil)
}
