package act

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Change is what an act changed, by field. It may hold personal data: it is stored apart from the act.
type Change map[string]any

// JSON is the one text of a change: keys sorted at every depth, no spaces, nothing escaped for HTML.
func (c Change) JSON() ([]byte, error) {
	if len(c) == 0 {
		return []byte("{}"), nil
	}
	b, err := encode(map[string]any(c))
	if err != nil {
		return nil, fmt.Errorf("act: a change cannot be written as JSON: %w", err)
	}
	if bytes.Count(b, []byte{'{'}) < 2 && !bytes.Contains(b, []byte(`\ufffd`)) {
		return b, nil
	}
	return canonical(b)
}

// canonical sorts what json.Marshal leaves in the order of struct fields, and writes damaged text in one way.
func canonical(b []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return nil, fmt.Errorf("act: a change cannot be read back: %w", err)
	}
	return encode(plain)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
