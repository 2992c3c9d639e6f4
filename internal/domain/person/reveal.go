package person

import (
	"context"
	"strings"
	"unicode/utf8"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// PhoneNumber names the phone number where a kind of paper could be named.
const PhoneNumber PaperKind = "phone"

// Seconds is how long a page shows what was revealed.
const Seconds = 60

// leastReason is how many characters a reason has at least.
const leastReason = 4

// Revealed is a number in the clear with the person it belongs to.
type Revealed struct {
	Person ID
	Kind   PaperKind
	Number string
	Masked string
}

// Unmask gives a number in the clear. Who looked, at what, when and why is in the log before the number is given.
func (s *Service) Unmask(ctx context.Context, by authz.Actor, id ID, kind PaperKind, reason string) (Revealed, error) {
	reason = strings.TrimSpace(reason)
	var p errs.Problems
	if p.Require(utf8.RuneCountInString(reason) >= leastReason, "reason", "person.reason_short", errs.Args{"n": leastReason}) {
		p.Require(utf8.RuneCountInString(reason) <= 500, "reason", "field.long", errs.Args{"max": 500})
	}
	if err := p.Err(); err != nil {
		return Revealed{}, err
	}
	var got Revealed
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		d, rows, err := s.permitted(q, by, Reveal, id)
		if err != nil {
			return err
		}
		got = Revealed{Person: d.ID, Kind: kind}
		if kind == PhoneNumber {
			got.Number, err = s.phone(q, d.ID)
			return err
		}
		open, err := s.openPapers(q, rows)
		for _, h := range open {
			if h.Paper.Kind == kind && got.Number == "" {
				got.Number = h.Paper.Number
			}
		}
		return err
	})
	if err == nil && got.Number == "" {
		err = errs.New(errs.Absent, "person.no_number", nil)
	}
	if err != nil {
		return Revealed{}, err
	}
	if err := s.DB.Note(ctx, by, Reveal, got.Person.String(), act.Change{"what": string(kind), "reason": reason}); err != nil {
		return Revealed{}, err
	}
	got.Masked = maskNumber(kind, got.Number)
	return got, nil
}

func maskNumber(kind PaperKind, number string) string {
	if kind == PhoneNumber {
		return cn.Phone(number).Masked()
	}
	return cn.MaskID(number)
}
