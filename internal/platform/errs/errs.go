// Package errs holds the one kind of error that people see: what went wrong, where, and what to do next.
package errs

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind says who can put an error right. There are six, and no more are needed.
type Kind uint8

const (
	Internal Kind = iota // ours to repair; the viewer gets an error number
	Invalid              // the input is wrong; the viewer can correct it
	Denied               // the viewer lacks the right, inside a scope she may see
	Absent               // there is no such thing, or it lies outside the viewer's scope
	Conflict             // somebody was first, or the thing has moved on
	Busy                 // not now, or the outcome is unknown: ask again, with the same key
)

// String gives the kind's name for logs.
func (k Kind) String() string {
	return [...]string{"internal", "invalid", "denied", "absent", "conflict", "busy"}[k]
}

// Args fill the placeholders of a message. Values of personal or sealed fields do not belong in them.
type Args map[string]any

// Problem is one thing wrong with one field or one place in a file.
type Problem struct {
	Field string // the form field, column or place; empty for the whole
	Key   string // the message
	Args  Args
}

// Error is an error with a message for people. Key names a text in every language.
type Error struct {
	Kind     Kind
	Key      string
	Args     Args
	Problems []Problem
	cause    error
}

// New makes an error of a kind whose text is found under key.
func New(kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Wrap is New with the technical cause kept for the log; the cause is never shown.
func Wrap(cause error, kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args, cause: cause}
}

// Error is the text for logs: kind, key and cause, without problems' arguments.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Key)
	if len(e.Problems) > 0 {
		fields := make([]string, 0, len(e.Problems))
		for _, p := range e.Problems {
			fields = append(fields, p.Field+" "+p.Key)
		}
		fmt.Fprintf(&b, " (%s)", strings.Join(fields, "; "))
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports equality of kind and key, so that errors.Is(err, errs.New(errs.Conflict, "enrolment.full", nil)) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Key == e.Key
}

// KindOf gives the kind of err, Internal for an error that is none of ours.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// KeyOf gives the message key of err, empty for an error that is none of ours.
func KeyOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Key
	}
	return ""
}

// Problems gathers everything wrong with one input, so that a clerk reads all of it at once.
// The zero value is ready.
type Problems struct{ list []Problem }

// Add notes one problem.
func (p *Problems) Add(field, key string, args Args) {
	p.list = append(p.list, Problem{Field: field, Key: key, Args: args})
}

// Require notes a problem unless ok holds, and gives ok back, so that checks that depend on it can follow with &&.
func (p *Problems) Require(ok bool, field, key string, args Args) bool {
	if !ok {
		p.Add(field, key, args)
	}
	return ok
}

// At tells whether a field has a problem already.
func (p *Problems) At(field string) bool {
	for _, x := range p.list {
		if x.Field == field {
			return true
		}
	}
	return false
}

// List gives the problems in the order noted.
func (p *Problems) List() []Problem { return p.list }

// Err is nil without problems, else one Invalid error that carries them all.
func (p *Problems) Err() error {
	if len(p.list) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "errs.problems", Args: Args{"n": len(p.list)}, Problems: p.list}
}

// ProblemsOf gives the problems an error carries, by field where a form wants them beside its inputs.
func ProblemsOf(err error) []Problem {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Problems
	}
	return nil
}

// Keys lists the argument names in order, for tests that hold messages against their arguments.
func (a Args) Keys() []string {
	keys := make([]string, 0, len(a))
	for k := range a {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
