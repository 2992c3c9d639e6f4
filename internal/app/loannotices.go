package app

import (
	"strconv"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
)

// tellOfLoan lets those at a desk know, within the act, that an application has come to them, or its applicant what became of it. The
// text names it by its serial number only.
func (s *services) tellOfLoan(tx *sqldb.Tx, to startuploan.Told) error {
	once := to.Application.String() + "/" + strconv.FormatInt(tx.Now().UnixMicro(), 10) + "/" + to.Verb.Key
	args := map[string]any{"serial": to.Serial}
	if to.Account != "" {
		return notice.Send(tx, to.Account, once, to.Key, args, "/my/loans/"+to.Application.String())
	}
	at, err := s.account.Holders(tx, to.Verb, to.At)
	if err != nil {
		return err
	}
	for _, one := range at {
		if one.String() == tx.By().User {
			continue
		}
		if err := notice.Send(tx, one.String(), once, to.Key, args, "/office/loans/applications/"+to.Application.String()); err != nil {
			return err
		}
	}
	return nil
}
