package app

import (
	"strconv"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
)

// tellOfLoan lets those at a desk know, within the act, that an application has come to them, or its applicant what became of it. The
// text names it by its serial number only.
func (s *services) tellOfLoan(tx *sqldb.Tx, to startuploan.Told) error {
	once := to.Application.String() + "/" + strconv.FormatInt(tx.Now().UnixMicro(), 10) + "/" + to.Verb.Key
	args := map[string]any{"serial": to.Serial}
	if to.Account != "" {
		link := "/my/loans/"
		if !to.Verb.IsZero() {
			link = "/office/loans/applications/"
		}
		return notice.Send(tx, to.Account, once, to.Key, args, link+to.Application.String())
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

// holders gives the accounts that hold a verb at an organisation.
func (s *services) holders(q sqldb.Q, v authz.Verb, at authz.Path) ([]string, error) {
	all, err := s.account.Holders(q, v, at)
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.String()
	}
	return ids, err
}
