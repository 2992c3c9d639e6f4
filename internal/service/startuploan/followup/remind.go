package followup

import (
	"time"

	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// Due reminds the desks of units of what is due by to, once a week: a unit with forty visits has one list, not forty messages.
func (s *Service) Due(q sqldb.Q, _, to int64) (all []notice.Due, err error) {
	today := s.today(q)
	monday := today.AddDays(-((int(today.Weekday()) + 6) % 7))
	units, err := sqldb.All(q, func(f sqldb.Scan) (u org.ID, err error) { return u, f(&u) },
		`SELECT DISTINCT unit FROM loan_follow WHERE city = $1 AND due_day > '' AND due_day <= $2 ORDER BY unit`, day.Of(time.UnixMicro(to), s.Zone))
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		d := notice.Due{Once: "loanvisit/" + u.String() + "/" + monday.String(), Key: "reminder.loanvisit", Link: "/office/loans/visits", Until: monday.AddDays(7).Start(s.Zone).UnixMicro()}
		holders, err := s.Holders(q, Enter, u)
		if err != nil {
			return nil, err
		}
		for _, h := range holders {
			d.Accounts = append(d.Accounts, h.String())
		}
		all = append(all, d)
	}
	return all, nil
}
