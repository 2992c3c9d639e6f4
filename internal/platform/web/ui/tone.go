package ui

// Tone is how urgent or good a thing is. It only supports the word and the icon, never stands alone.
type Tone string

// The tones: attention is gold; red only for overdue, blocked and danger.
const (
	Plain Tone = ""
	OK    Tone = "ok"
	Soon  Tone = "soon"
	Bad   Tone = "bad"
	Hold  Tone = "hold"
)

// icon is the shape that goes with the tone when the caller names none.
func (t Tone) icon(named string) string {
	if named != "" {
		return named
	}
	switch t {
	case OK:
		return "circle-check"
	case Soon:
		return "alert-triangle"
	case Bad:
		return "circle-x"
	case Hold:
		return "player-pause"
	}
	return "info-circle"
}

// role makes news of refusal be read aloud at once and other news politely.
func (t Tone) role() string {
	if t == Bad {
		return "alert"
	}
	return "status"
}

func buttonClass(a Action) string {
	class := "btn"
	switch {
	case a.Primary:
		class = "btn btn-primary"
	case a.Danger:
		class = "btn btn-danger-line"
	}
	if a.Small {
		class += " btn-sm"
	}
	return class
}
