package app

import (
	"context"
	"encoding/json"

	"zhidian/internal/domain/form/field"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/service/childcare/term"
)

// bringAttendance takes a line of attendance that lay in the file of a phone without network.
func (s *services) bringAttendance(ctx context.Context, by authz.Actor, from field.Device, plain []byte) (got field.Received, err error) {
	var x term.Sent
	if err := json.Unmarshal(plain, &x); err != nil {
		return got, errs.Wrap(err, errs.Invalid, "careterm.shape", nil)
	}
	taken, err := s.term.Bring(ctx, by, from.Account, from.Name, from.Skew/1000, x)
	return field.Received(taken), err
}
