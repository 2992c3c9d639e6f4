// Package authz decides who may do what, and where in the tree of organisations.
package authz

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
)

// Verb is one thing that people do, such as "org.move". Writes names the tables, separated by spaces,
// that an act of this verb may change; the database layer refuses any other.
// A verb is a constant of the package that has the use case.
type Verb struct {
	Key    string
	Writes string
}

// IsZero tells whether there is no verb.
func (v Verb) IsZero() bool { return v.Key == "" }

// MayWrite tells whether an act of this verb may change a table.
func (v Verb) MayWrite(table string) bool {
	for rest := v.Writes; rest != ""; {
		var one string
		one, rest, _ = strings.Cut(rest, " ")
		if one == table {
			return true
		}
	}
	return false
}

// Path is a place in the tree: the codes of all nodes from the city down, each followed by a slash ("0A/1C/").
// A node's path is a prefix of the paths of everything below it. The empty path is nowhere.
type Path string

// Covers tells whether other is this node or lies below it.
func (p Path) Covers(other Path) bool { return p != "" && strings.HasPrefix(string(other), string(p)) }

// End is the first text that sorts after everything below the node: paths in [p, p.End()) are its subtree.
func (p Path) End() Path {
	if p == "" {
		return ""
	}
	return p[:len(p)-1] + "0" // '0' follows '/' in the byte order that both engines use
}

// Class says how much of a field people may see. The zero class is the most open.
type Class uint8

const (
	Open      Class = iota // names of organisations, figures that were released
	Personal               // a person's name, branch, year of birth
	Sensitive              // phone, address, health, anything about a child
	Sealed                 // ID numbers and whatever else is stored encrypted
)

// String names the class for logs and manuals.
func (c Class) String() string {
	return [...]string{"open", "personal", "sensitive", "sealed"}[c]
}

// Role is a set of verbs, and the highest class of field its holder sees unmasked in lists.
type Role struct {
	Key   string
	Verbs []Verb
	Sees  Class
}

// Held is a role held at a node. Who grants it checks its dates: an actor carries only roles valid now.
type Held struct {
	Role Role
	At   Path
}

// Actor is who acts: a user of one city with the roles valid at this moment, under one idempotency key.
type Actor struct {
	City    string
	User    string // the account's id; "system" for the loops and the command line
	Person  string // the person behind a public account, where known
	Name    string // for pages, never for the log of acts
	Desk    string // the organisation that the actor works for, in words, for pages
	DeskID  string // and its id; empty for the public
	Grants  []Held
	Once    string // idempotency key of this request; empty where asking twice is harmless
	Session string // first characters of the session's hash, for the log of acts
}

// System is the actor of loops and commands in a city: it may do everything there, and the log names it.
func System(city string) Actor { return Actor{City: city, User: "system"} }

func (a Actor) isSystem() bool { return a.User == "system" && a.Grants == nil }

// Can tells whether the actor holds a role with the verb at the node or above it.
func (a Actor) Can(v Verb, at Path) bool {
	if a.isSystem() {
		return true
	}
	for _, h := range a.Grants {
		if h.At.Covers(at) && slices.Contains(h.Role.Verbs, v) {
			return true
		}
	}
	return false
}

// Must is Can as an error: Denied where the actor has some role over the node, else Absent, so that
// what lies out of scope looks as if it were not there.
func (a Actor) Must(v Verb, at Path) error {
	if a.Can(v, at) {
		return nil
	}
	for _, h := range a.Grants {
		if h.At.Covers(at) {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
	}
	return errs.Wrap(errOutOfScope, errs.Absent, "errs.absent", nil)
}

// errOutOfScope is the cause of what only looks absent. The reader is told nothing of it, the log of acts is.
var errOutOfScope = errors.New("out of scope")

// Refused tells whether an error is a refusal: for want of a right, or because what was asked for is out of scope.
func Refused(err error) bool {
	return errs.KeyOf(err) == "errs.denied" || errors.Is(err, errOutOfScope)
}

// May tells whether the actor holds the verb anywhere: enough to show a menu entry, never enough to act.
func (a Actor) May(v Verb) bool { return a.isSystem() || len(a.Scope(v).Paths) > 0 }

// MustSomewhere is May as an error, for pages whose rows are filtered by Scope.
func (a Actor) MustSomewhere(v Verb) error {
	if a.May(v) {
		return nil
	}
	return errs.New(errs.Denied, "errs.denied", nil)
}

// MustEverywhere is Must for what belongs to the whole city and to no place in it, such as the log of acts: the verb must
// be held at the top of the tree. To everybody else it looks absent.
func (a Actor) MustEverywhere(v Verb) error {
	if a.isSystem() {
		return nil
	}
	for _, h := range a.Grants {
		if strings.Count(string(h.At), "/") == 1 && slices.Contains(h.Role.Verbs, v) {
			return nil
		}
	}
	return errs.Wrap(errOutOfScope, errs.Absent, "errs.absent", nil)
}

// Sees tells whether the actor sees fields of a class unmasked at a node, under the roles that hold the verb.
func (a Actor) Sees(c Class, v Verb, at Path) bool {
	if a.isSystem() || c == Open {
		return true
	}
	for _, h := range a.Grants {
		if h.Role.Sees >= c && h.At.Covers(at) && slices.Contains(h.Role.Verbs, v) {
			return true
		}
	}
	return false
}

// Scope is where a verb may be used: everywhere, or the subtrees at Paths, none inside another.
type Scope struct {
	All   bool
	Paths []Path
}

// Scope gives the subtrees in which the actor holds the verb.
func (a Actor) Scope(v Verb) Scope {
	if a.isSystem() {
		return Scope{All: true}
	}
	var paths []Path
	for _, h := range a.Grants {
		if h.At != "" && slices.Contains(h.Role.Verbs, v) {
			paths = append(paths, h.At)
		}
	}
	slices.Sort(paths)
	kept := paths[:0]
	for _, p := range paths {
		if len(kept) == 0 || !kept[len(kept)-1].Covers(p) {
			kept = append(kept, p)
		}
	}
	return Scope{Paths: kept}
}

// IsEmpty tells whether nothing is in scope.
func (s Scope) IsEmpty() bool { return !s.All && len(s.Paths) == 0 }

// Covers tells whether a node is in scope.
func (s Scope) Covers(at Path) bool {
	return s.All || slices.ContainsFunc(s.Paths, func(p Path) bool { return p.Covers(at) })
}

// Narrow gives the part of the scope that lies at a node or below it.
func (s Scope) Narrow(at Path) Scope {
	if s.Covers(at) {
		return Scope{Paths: []Path{at}}
	}
	var in []Path
	for _, p := range s.Paths {
		if at.Covers(p) {
			in = append(in, p)
		}
	}
	return Scope{Paths: in}
}

// SQL gives the condition that a path column lies in scope; its parameters are numbered from next and returned.
// An empty scope gives a condition that no row meets.
func (s Scope) SQL(column string, next int) (cond string, args []any) {
	if s.All {
		return "1=1", nil
	}
	if len(s.Paths) == 0 {
		return "1=0", nil
	}
	var b strings.Builder
	b.WriteByte('(')
	for i, p := range s.Paths {
		if i > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString(column + " >= $" + strconv.Itoa(next) + " AND " + column + " < $" + strconv.Itoa(next+1))
		args = append(args, string(p), string(p.End()))
		next += 2
	}
	b.WriteByte(')')
	return b.String(), args
}
