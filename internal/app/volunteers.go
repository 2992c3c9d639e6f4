package app

import (
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/pairing"
	"zhidian/internal/service/volunteering/volunteeringweb"
)

// volunteers are the services whose pages show volunteers.
func (s *services) volunteers() volunteeringweb.Services {
	zone := s.duties.Zone
	return volunteeringweb.Services{
		Volunteers: s.serving, Pairs: &pairing.Service{DB: s.db, Zone: zone}, Duties: s.duties,
		Certificates: &certificate.Service{DB: s.db, Keys: s.in.keys, Serials: s.serials, Duties: s.duties, Zone: zone},
	}
}

// ChildrenThere counts the children of child-care classes at a site who were written down as there between two moments of a day.
func ChildrenThere(q sqldb.Q, at place.ID, on day.Day, from, to int64) (n int64, err error) {
	classes, err := childcare.HeldAt(q, at, on)
	if err != nil {
		return 0, err
	}
	for _, c := range classes {
		lines, err := timetable.Lines(q, c.ID.String(), on, on)
		if err != nil {
			return 0, err
		}
		for _, x := range timetable.Fold(lines) {
			if x.In > 0 && x.In < to && (x.Out == 0 || x.Out > from) {
				n++
			}
		}
	}
	return n, nil
}
