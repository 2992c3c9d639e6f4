package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"zhidian/internal/platform/i18n"
)

const (
	flashCookie = "flash"
	flashFor    = 2 * time.Minute
	maxFlash    = 1500
)

// flash is a message for the next page: its key and figures, never a name or other personal text.
type flash struct {
	Key   string     `json:"k"`
	Args  []flashArg `json:"a,omitempty"`
	Until int64      `json:"u"`
}

// flashArg is a number, a short text or the key of a message.
type flashArg struct {
	Name string `json:"n"`
	Int  *int64 `json:"i,omitempty"`
	Text string `json:"s,omitempty"`
	Key  string `json:"k,omitempty"`
}

func (r *Request) setFlash(w http.ResponseWriter, message string, args []any) error {
	f := flash{Key: message, Until: r.Now.Add(flashFor).Unix()}
	for i := 0; i+1 < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return errors.New("web: the arguments of a message are name, value, name, value")
		}
		arg := flashArg{Name: name}
		switch v := args[i+1].(type) {
		case i18n.Key:
			arg.Key = string(v)
		case string:
			arg.Text = v
		default:
			n := reflect.ValueOf(v)
			if !n.CanInt() {
				return errors.New("web: a message for the next page takes numbers, texts and keys only")
			}
			i := n.Int()
			arg.Int = &i
		}
		f.Args = append(f.Args, arg)
	}
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if len(body) > maxFlash {
		return errors.New("web: a message for the next page is too long")
	}
	value := base64.RawURLEncoding.EncodeToString(body) + "." + base64.RawURLEncoding.EncodeToString(r.server.signFlash(r.City, body))
	r.server.setCookie(w, flashCookie, value, flashFor)
	return nil
}

func (s *Server) signFlash(city string, body []byte) []byte {
	mac := hmac.New(sha256.New, s.FlashKey)
	mac.Write([]byte(city))
	mac.Write([]byte{0})
	mac.Write(body)
	return mac.Sum(nil)
}

// Flash is the message that the last form left for this page, empty if there is none. Page takes it away.
func (r *Request) Flash() string {
	c, err := r.Cookie(r.server.cookieName(flashCookie))
	if err != nil || len(c.Value) > 4*maxFlash {
		return ""
	}
	first, second, _ := strings.Cut(c.Value, ".")
	body, err1 := base64.RawURLEncoding.DecodeString(first)
	mac, err2 := base64.RawURLEncoding.DecodeString(second)
	var f flash
	if err1 != nil || err2 != nil || !hmac.Equal(mac, r.server.signFlash(r.City, body)) ||
		json.Unmarshal(body, &f) != nil || f.Until < r.Now.Unix() {
		return ""
	}
	var args []any
	for _, a := range f.Args {
		switch {
		case a.Int != nil:
			args = append(args, a.Name, *a.Int)
		case a.Key != "":
			args = append(args, a.Name, i18n.Key(a.Key))
		default:
			args = append(args, a.Name, a.Text)
		}
	}
	return r.L.T(f.Key, args...)
}

func (r *Request) clearFlash(w http.ResponseWriter) {
	if _, err := r.Cookie(r.server.cookieName(flashCookie)); err == nil {
		r.server.setCookie(w, flashCookie, "", -1)
	}
}
