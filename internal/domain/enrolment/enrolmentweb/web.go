// Package enrolmentweb is what the pages of all services that give places by rolls have in common.
package enrolmentweb

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
	"zhidian/solver/lottery"
)

// Key reads which sign-up an address names by its {roll} and {turn}.
func Key(r *web.Request) (k enrolment.Key, err error) {
	if k.Roll, err = id.Parse[enrolment.Roll](r.PathValue("roll")); err != nil {
		return k, err
	}
	k.Turn, err = Turn(r)
	return k, err
}

// Turn reads which turn an address names by its {turn}.
func Turn(r *web.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("turn"), 10, 64)
	if err != nil || n < 1 {
		return 0, errs.New(errs.Absent, "errs.absent", nil)
	}
	return n, nil
}

// State is how a party stands: never told by colour alone.
func State(r *web.Request, s enrolment.State) templ.Component {
	tone, icon := ui.Hold, "circle-minus"
	switch s {
	case enrolment.Placed:
		tone, icon = ui.OK, "circle-check"
	case enrolment.Offered:
		tone, icon = ui.Soon, "bell"
	case enrolment.Waiting:
		tone, icon = ui.Plain, "hourglass"
	case enrolment.Entered:
		tone, icon = ui.Plain, "clock"
	}
	return ui.State(tone, icon, r.L.T("enrolment.state."+string(s)))
}

// EditionState is how an edition stands.
func EditionState(r *web.Request, s edition.State) templ.Component {
	tone, icon := ui.Plain, "circle-dashed"
	switch s {
	case edition.Published:
		tone, icon = ui.OK, "circle-check"
	case edition.Cancelled:
		tone, icon = ui.Hold, "circle-minus"
	}
	return ui.State(tone, icon, r.L.T("edition.state."+string(s)))
}

// Left says in a few words what there is to be had on a roll, in a service's own: messages of its prefix with cancelled, lot, left and
// full at their ends.
func Left(r *web.Request, roll enrolment.Roll, prefix string) templ.Component {
	switch {
	case roll.Standing == enrolment.Ended:
		return ui.State(ui.Hold, "ban", r.L.T(prefix+"cancelled"))
	case !roll.Given():
		return ui.State(ui.Plain, "users-group", r.L.T(prefix+"lot", "places", roll.Places, "turns", roll.Turn))
	case roll.Left() > 0:
		return ui.State(ui.OK, "circle-check", r.L.T(prefix+"left", "n", roll.Left(), "places", roll.Places))
	}
	return ui.State(ui.Soon, "hourglass", r.L.T(prefix+"full"))
}

// ServeDraw answers with the published file of a draw, as the program `plan lottery --check` reads it.
func ServeDraw(w http.ResponseWriter, serial string, f lottery.Published) error {
	web.Download(w, serial+".json", "application/json")
	w.WriteHeader(http.StatusOK)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(f)
}
