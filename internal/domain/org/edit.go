package org

import (
	"context"
	"math"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// What people do with organisations.
var (
	Read   = authz.Verb{Key: "org.read"}
	Create = authz.Verb{Key: "org.create", Writes: "org org_code"}
	Edit   = authz.Verb{Key: "org.edit", Writes: "org org_code org_history"}
	Move   = authz.Verb{Key: "org.move", Writes: "org org_history"}
	Merge  = authz.Verb{Key: "org.merge", Writes: "org org_history"}
	Close  = authz.Verb{Key: "org.close", Writes: "org org_history"}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Create, Edit, Move, Merge, Close, Draw}

// Code is an official number that an organisation held for a time.
type Code struct {
	Scheme      string // stat, credit, league or source
	Code        string
	From, Until day.Day // Until is the first day on which it no longer holds; zero for still
}

// Event is one thing that happened to an organisation.
type Event struct {
	At       int64 // microseconds UTC
	By       string
	Delivery int64
	Field    string
	Old, New string
	Reason   string
}

// Service is the use cases of organisations.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
}

// New is what a new organisation needs.
type New struct {
	Kind     Kind
	Name     string
	Short    string
	Parent   ID // zero only for the city
	Industry string
	Staff    *int64
	At       *geo.Point
	CRS      string
	Fineness string
	AreaM2   int64
	Opened   day.Day
	Codes    []Code
	Since    int64 // the delivery that brings it, 0 by hand
}

// Create founds one organisation below a parent.
func (s *Service) Create(ctx context.Context, by authz.Actor, n New) (Node, error) {
	no, err := s.Serials.Next(ctx, by.City, "org", 1)
	if err != nil {
		return Node{}, err
	}
	var made Node
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		parent, err := parentOf(tx, by, n)
		if err != nil {
			return err
		}
		all, err := Add(tx, parent, no, []New{n})
		if err != nil {
			return err
		}
		made = all[0]
		if err := tx.Record(Create, made.ID.String(), act.Change{"kind": n.Kind, "name": n.Name, "parent": n.Parent}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

func parentOf(tx *sqldb.Tx, by authz.Actor, n New) (Node, error) {
	if n.Kind == City {
		return Node{}, by.Must(Create, "")
	}
	parent, err := Find(tx, n.Parent)
	if err != nil {
		return Node{}, err
	}
	return parent, by.Must(Create, parent.Path)
}

// Add inserts organisations below one parent within an act of the caller's; the first gets the number no, the next
// no+1 and so on (see sqldb.Serials, kind "org"). It checks what must hold for each; the caller permits and records.
func Add(tx *sqldb.Tx, parent Node, no int64, all []New) ([]Node, error) {
	nodes := make([]Node, len(all))
	var codes [][]any
	for i, n := range all {
		if err := n.check(parent); err != nil {
			return nil, err
		}
		nodes[i] = Node{
			ID: id.New[Node](tx.Now()), No: no + int64(i), Kind: n.Kind, Name: n.Name, Short: n.Short, Parent: parent.ID,
			Path: parent.Path + authz.Path(segment(no+int64(i))), Depth: parent.Depth + 1, Industry: n.Industry, Staff: n.Staff,
			At: n.At, CRS: n.CRS, Fineness: n.Fineness, AreaM2: n.AreaM2, Since: n.Since, Opened: n.Opened,
		}
		if n.Kind == City {
			nodes[i].Depth = 0
		}
		for _, c := range n.Codes {
			codes = append(codes, []any{nodes[i].ID, c.Scheme, c.Code, c.From, c.Until})
		}
	}
	if !parent.ID.IsZero() {
		if err := hold(tx, parent); err != nil {
			return nil, err
		}
	}
	if err := insert(tx, nodes); err != nil {
		return nil, err
	}
	n, err := tx.Bulk(`INSERT INTO org_code (city, org, scheme, code, valid_from, valid_until) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (city, scheme, code, valid_from) DO NOTHING`, len(codes), func(i int) []any { return codes[i] })
	if err != nil {
		return nil, err
	}
	if n < int64(len(codes)) {
		return nil, errs.New(errs.Conflict, "org.code_taken", nil)
	}
	return nodes, nil
}

func (n New) check(parent Node) error {
	var p errs.Problems
	p.Require(n.Name != "", "name", "field.required", nil)
	p.Require(len([]rune(n.Name)) <= 120, "name", "field.long", errs.Args{"max": 120})
	p.Require(n.Kind == City || MayHold(parent.Kind, n.Kind), "kind", "org.cannot_hold", errs.Args{"parent": parent.Name})
	p.Require(parent.IsOpen(), "parent", "org.parent_closed", errs.Args{"parent": parent.Name})
	return p.Err()
}

// Rename gives an organisation another name; the old one stays findable in its history.
func (s *Service) Rename(ctx context.Context, by authz.Actor, target ID, name, reason string) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := Find(tx, target)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, n.Path); err != nil {
			return err
		}
		if err := (New{Kind: n.Kind, Name: name}).check(Node{Kind: parentKindFor(n.Kind)}); err != nil {
			return err
		}
		r := reading(name)
		done, err := tx.Exec(`UPDATE org SET name = $3, pinyin = $4, initials = $5 WHERE city = $1 AND id = $2 AND closed = ''`, target, name, r.Full, r.Initials)
		if err != nil {
			return err
		}
		if done == 0 {
			return errs.New(errs.Conflict, "org.closed_already", errs.Args{"name": n.Name})
		}
		if err := remember(tx, target, "name", n.Name, name, reason); err != nil {
			return err
		}
		return tx.Record(Edit, target.String(), act.Change{"field": "name", "old": n.Name, "new": name, "reason": reason})
	})
}

// parentKindFor gives a kind of parent under which a kind is always allowed, for checks that leave the tree alone.
func parentKindFor(k Kind) Kind {
	switch k {
	case Township:
		return County
	case Village:
		return Township
	default:
		return City
	}
}

// Move hangs an organisation, with everything below it, under another parent.
func (s *Service) Move(ctx context.Context, by authz.Actor, target, parent ID, reason string) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := holdTree(tx); err != nil {
			return err
		}
		n, err := Find(tx, target)
		if err != nil {
			return err
		}
		to, err := Find(tx, parent)
		if err != nil {
			return err
		}
		if err := by.Must(Move, n.Path); err != nil {
			return err
		}
		if err := by.Must(Move, to.Path); err != nil {
			return err
		}
		switch {
		case n.Parent == to.ID:
			return errs.New(errs.Conflict, "org.there_already", errs.Args{"name": n.Name, "parent": to.Name})
		case n.Path.Covers(to.Path):
			return errs.New(errs.Invalid, "org.move_into_itself", errs.Args{"name": n.Name})
		case !MayHold(to.Kind, n.Kind):
			return errs.New(errs.Invalid, "org.cannot_hold", errs.Args{"parent": to.Name})
		case !to.IsOpen():
			return errs.New(errs.Conflict, "org.parent_closed", errs.Args{"parent": to.Name})
		}
		if err := hold(tx, to); err != nil {
			return err
		}
		if err := rehang(tx, n, to); err != nil {
			return err
		}
		if err := remember(tx, target, "parent", n.Parent.String(), parent.String(), reason); err != nil {
			return err
		}
		return tx.Record(Move, target.String(), act.Change{"from": n.Parent, "to": parent, "reason": reason})
	})
}

// Merge ends an organisation in favour of another and hangs its children there. Persons and papers of the old one
// stay where they are recorded and are found through merged_into.
func (s *Service) Merge(ctx context.Context, by authz.Actor, from, into ID, on day.Day, reason string) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := holdTree(tx); err != nil {
			return err
		}
		a, err := Find(tx, from)
		if err != nil {
			return err
		}
		b, err := Find(tx, into)
		if err != nil {
			return err
		}
		if err := by.Must(Merge, a.Path); err != nil {
			return err
		}
		if err := by.Must(Merge, b.Path); err != nil {
			return err
		}
		if a.Path.Covers(b.Path) || a.Kind.IsLeague() != b.Kind.IsLeague() || !b.IsOpen() {
			return errs.New(errs.Invalid, "org.cannot_merge", errs.Args{"from": a.Name, "into": b.Name})
		}
		if err := hold(tx, b); err != nil {
			return err
		}
		children, err := Children(tx, from)
		if err != nil {
			return err
		}
		for _, c := range children {
			if !MayHold(b.Kind, c.Kind) {
				return errs.New(errs.Invalid, "org.cannot_hold", errs.Args{"parent": b.Name})
			}
			if err := rehang(tx, c, b); err != nil {
				return err
			}
		}
		done, err := tx.Exec(`UPDATE org SET closed = $3, merged_into = $4 WHERE city = $1 AND id = $2 AND closed = ''`, from, on, into)
		if err != nil {
			return err
		}
		if done == 0 {
			return errs.New(errs.Conflict, "org.closed_already", errs.Args{"name": a.Name})
		}
		if err := remember(tx, from, "merged_into", "", into.String(), reason); err != nil {
			return err
		}
		return tx.Record(Merge, from.String(), act.Change{"into": into, "children": len(children), "on": on, "reason": reason})
	})
}

// Close ends an organisation on a day. One with open organisations below it cannot be closed.
func (s *Service) Close(ctx context.Context, by authz.Actor, target ID, on day.Day, reason string) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := Find(tx, target)
		if err != nil {
			return err
		}
		if err := by.Must(Close, n.Path); err != nil {
			return err
		}
		done, err := tx.Exec(`UPDATE org SET closed = $3 WHERE city = $1 AND id = $2 AND closed = ''`, target, on)
		if err != nil {
			return err
		}
		if done == 0 {
			return errs.New(errs.Conflict, "org.closed_already", errs.Args{"name": n.Name})
		}
		var below int64
		if err := tx.Row(`SELECT COUNT(*) FROM org WHERE city = $1 AND parent = $2 AND closed = ''`, target).Scan(&below); err != nil {
			return err
		}
		if below > 0 {
			return errs.New(errs.Conflict, "org.has_open_children", errs.Args{"name": n.Name, "n": below})
		}
		if err := remember(tx, target, "closed", "", on.String(), reason); err != nil {
			return err
		}
		return tx.Record(Close, target.String(), act.Change{"on": on, "reason": reason})
	})
}

func remember(tx *sqldb.Tx, target ID, field, old, to, reason string) error {
	_, err := tx.Exec(`INSERT INTO org_history (city, org, id, at, made_by, field, old, new, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		target, id.New[Event](tx.Now()), tx.Now().UnixMicro(), tx.By().User, field, old, to, reason)
	return err
}

func micro(degrees float64) int64 { return int64(math.Round(degrees * 1e6)) }
