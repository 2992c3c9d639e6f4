// Package enrolment gives places: never more than there are, once to each person, in an order that can be explained, and to
// brothers and sisters together or not at all.
package enrolment

import (
	"cmp"
	"fmt"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
)

// RollID names a roll.
type RollID = id.Of[Roll]

// Standing is how far a roll has come.
type Standing string

// The standings of a roll. One that goes by the order of sign-up is open until it is cancelled: its queue goes on behind the window.
const (
	Open    Standing = "open"
	Listed  Standing = "listed"  // sign-up is over and the list fixed; nothing is drawn yet
	Settled Standing = "settled" // drawn, or put in the order of points
	Ended   Standing = "cancelled"
)

// Roll is places that are given together, such as those of one class, with the queue for them (名册). Its row is the guard of
// all that hangs on it: every act that changes any of it takes the row first.
type Roll struct {
	ID       RollID
	Edition  edition.ID
	Serial   string // begins the receipts
	Mode     edition.Mode
	Places   int64
	Held     int64 // of them given or offered
	Turn     int64 // drawn last
	Moves    int64 // how often the roll was changed
	Most     int64 // how often a person may be signed up at a time within the edition
	OfferFor int64 // minutes
	Opens    int64 // microseconds UTC
	Closes   int64
	PaperTo  int64 // until when a clerk may enter what came in time
	Standing Standing
}

// Left is how many places nobody holds.
func (r Roll) Left() int64 { return r.Places - r.Held }

// State is how a party stands.
type State string

// The states of a party. Those from Withdrawn on are ended and hold nothing.
const (
	Entered   State = "entered" // to be drawn, or put in order, when sign-up is over
	Waiting   State = "waiting"
	Offered   State = "offered" // a place is held until a deadline
	Placed    State = "placed"
	Withdrawn State = "withdrawn"
	Declined  State = "declined"
	Lapsed    State = "lapsed" // the deadline went by
	Merged    State = "merged" // turned out to be somebody who was on the roll already
	Dropped   State = "cancelled"
)

// Counts tells whether a party of this state has a place or may get one.
func (s State) Counts() bool { return s == Entered || s == Waiting || s.Holds() }

// Holds tells whether a party of this state takes up places.
func (s State) Holds() bool { return s == Offered || s == Placed }

// Way is how somebody signed up.
type Way string

// The ways.
const (
	Web   Way = "web"
	Paper Way = "paper"
	Phone Way = "phone"
)

// Key names a party: a roll and its turn there.
type Key struct {
	Roll RollID
	Turn int64
}

// Subject names a party in the log of acts.
func (k Key) Subject() string { return fmt.Sprintf("%s/%d", k.Roll, k.Turn) }

// Party is those who ask for places together, brothers and sisters or one alone.
type Party struct {
	Key
	Members []Member // who still counts, and in an ended party all
	Size    int64
	Group   int64 // 1 is drawn first
	Points  int64
	State   State
	Place   int64 // in the order in which places are given; 0 before that is known
	Found   int64 // places that were free at its turn, -1 before that is known
	Until   int64 // an offer's deadline, microseconds UTC
	Way     Way
	Signer  person.ID // who signed
	MadeBy  string    // the account that entered it
	MadeAt  int64
	MovedAt int64
}

// Member is one of a party.
type Member struct {
	No     int64 // from 1 on
	Person person.ID
	Gone   bool // no longer of the party
}

// Receipt is what a member is given at sign-up and is published under.
func Receipt(r Roll, k Key, no, size int64) string {
	if size == 1 {
		return fmt.Sprintf("%s-%04d", r.Serial, k.Turn)
	}
	return fmt.Sprintf("%s-%04d-%d", r.Serial, k.Turn, no)
}

// admits says how a party that asks at an instant would stand; the error is why it may not ask. By hand means that a clerk
// enters what came in time.
func (r Roll) admits(size, now int64, byHand bool) (State, error) {
	closes := r.Closes
	if byHand {
		closes = r.PaperTo
	}
	switch {
	case r.Standing == Ended:
		return "", errs.New(errs.Conflict, "enrolment.cancelled", nil)
	case now < r.Opens:
		return "", errs.New(errs.Conflict, "enrolment.early", errs.Args{"at": time.UnixMicro(r.Opens)})
	case now >= closes, r.Standing != Open:
		return "", errs.New(errs.Conflict, "enrolment.late", errs.Args{"at": time.UnixMicro(closes)})
	case r.Mode != edition.FirstCome:
		return Entered, nil
	case size <= r.Left():
		return Placed, nil
	}
	return Waiting, nil
}

// deadline is until when a place that is offered at an instant must be accepted.
func (r Roll) deadline(now int64) int64 {
	return now + r.OfferFor*time.Minute.Microseconds()
}

// Why says why a party has a place or waits, in facts that a page puts into words.
type Why struct {
	Mode   edition.Mode
	State  State
	Turn   int64
	Group  int64
	Place  int64
	Size   int64
	Found  int64 // places that were free at its turn
	Ahead  int64 // children of parties that wait before it
	Wait   int64 // parties that wait before it
	Places int64
}

// worse tells which of two parties of one person gives way when she turns out to be one: whoever holds a place stays, then
// whoever came first.
func worse(a, b Party) Party {
	if a.State.Holds() != b.State.Holds() {
		if a.State.Holds() {
			return b
		}
		return a
	}
	if a.Turn > b.Turn {
		return a
	}
	return b
}

// AnswerBy is until when an offer can be answered, microseconds UTC; 0 for a party that has none.
func (p Party) AnswerBy() int64 {
	if p.State != Offered {
		return 0
	}
	return p.Until
}

// Given tells whether places go to whoever comes, or have been drawn or put in order: not while they are still to be.
func (r Roll) Given() bool { return r.Mode == edition.FirstCome || r.Standing == Settled }

// Listed tells whether the list of a draw is fixed, and so is there for everybody to read.
func (r Roll) Listed() bool {
	return r.Mode == edition.Lottery && (r.Standing == Listed || r.Standing == Settled)
}

// Latest orders parties for those whose they are: what counts first, and of each what changed last.
func Latest(a, b Party) int {
	if a.State.Counts() != b.State.Counts() {
		if a.State.Counts() {
			return -1
		}
		return 1
	}
	return cmp.Compare(b.MovedAt/1e6, a.MovedAt/1e6)
}
