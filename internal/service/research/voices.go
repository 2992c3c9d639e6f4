package research

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Listed is a voice in a list, beside its matter.
type Listed struct {
	Voice
	With int // others that were merged into it
}

// Voices gives a page of the matters that are voices, as the queue has them, with what is known of each voice. A matter of
// this kind that was opened by hand has none.
func (s *Service) Voices(ctx context.Context, by authz.Actor, f casework.Filter) (q casework.Queue, of map[casework.ID]Listed, err error) {
	if err := by.MustSomewhere(ReadVoices); err != nil {
		return q, nil, err
	}
	f.Kind = casework.Voice
	if q, err = s.Matters.Queue(ctx, by, f); err != nil {
		return q, nil, err
	}
	of = map[casework.ID]Listed{}
	err = s.DB.Read(ctx, by.City, func(rx *sqldb.Rx) error {
		for _, m := range q.Items {
			v, err := ofMatter(rx, m.ID)
			if errs.KindOf(err) == errs.Absent {
				continue
			}
			if err != nil {
				return err
			}
			all, err := group(rx, v.ID)
			if err != nil {
				return err
			}
			of[m.ID] = Listed{Voice: v, With: len(all) - 1}
		}
		return nil
	})
	return q, of, err
}

// Verdict is what one who asked said of an answer.
type Verdict struct {
	Voice  VoiceID
	Desk   org.ID
	Solved bool
	Words  string
	At     int64 // microseconds UTC
}

// Member is a voice of a group with the serial and title of its own matter.
type Member struct {
	Voice
	Serial, Title string
}

// Seen is a voice as its page shows it.
type Seen struct {
	Voice
	View     casework.View // of the matter that is answered
	Own      casework.Matter
	At       org.Node
	Group    []Member // all that are answered together, the main one first where it is older
	Verdicts []Verdict
	Desks    map[org.ID]org.Node // of the verdicts
	Terms    Terms
	Above    org.Node  // the level above the responsible desk, zero at the top
	Masked   bool      // the viewer may not know who asked
	From     string    // serial of the answer or matter it was raised from, empty where she may not see that or it is gone
	Meeting  MeetingID // of an item
	May      bool      // merge and separate
}

// See gives one voice to who may read its matter.
func (s *Service) See(ctx context.Context, by authz.Actor, which VoiceID) (v Seen, err error) {
	if err := by.MustSomewhere(ReadVoices); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.Voice, err = findVoice(q, which); err != nil {
			return err
		}
		head, err := s.headMatter(q, v.Voice)
		v.View.Matter = head
		return err
	})
	if err != nil {
		return v, err
	}
	if v.View, err = s.Matters.View(ctx, by, v.View.ID); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.At, err = org.Find(q, v.Org); err != nil {
			return err
		}
		v.Masked, v.May = !by.Sees(authz.Personal, ReadVoices, v.At.Path), by.Can(MergeVoice, v.At.Path)
		if v.Masked {
			v.Asker = ""
		}
		if v.Own, err = casework.Find(q, v.Voice.Matter); err != nil {
			return err
		}
		if err := s.seeGroup(q, &v); err != nil {
			return err
		}
		if v.Terms, err = s.termsOf(q, v.Voice); err != nil {
			return err
		}
		v.Above, _, err = above(q, v.View.Orgs[v.View.Desk])
		return err
	})
	if err != nil {
		return v, err
	}
	v.From = s.serialOf(ctx, by, v.Voice)
	if v.Origin == FromItem {
		v.Meeting, v.From = s.meetingOf(ctx, by, v.OriginID)
	}
	return v, nil
}

func (s *Service) seeGroup(q sqldb.Q, v *Seen) error {
	all, err := group(q, v.Head())
	if err != nil {
		return err
	}
	for _, one := range all {
		m, err := casework.Find(q, one.Matter)
		if err != nil {
			return err
		}
		one.Asker = "" // each stands on its own page
		v.Group = append(v.Group, Member{Voice: one, Serial: m.Serial, Title: m.Title})
	}
	if v.Verdicts, err = sqldb.All(q, func(scan sqldb.Scan) (x Verdict, err error) {
		var solved int
		err = scan(&x.Voice, &x.Desk, &solved, &x.Words, &x.At)
		x.Solved = solved == 1
		return x, err
	}, `SELECT voice, desk, solved, words, at FROM voice_verdict WHERE city = $1 AND matter = $2 ORDER BY no`, v.View.ID); err != nil {
		return err
	}
	var desks []org.ID
	for _, x := range v.Verdicts {
		desks = append(desks, x.Desk)
	}
	v.Desks, err = org.Named(q, desks)
	return err
}

// serialOf gives the number of what a voice was raised from, where the viewer may see it.
func (s *Service) serialOf(ctx context.Context, by authz.Actor, v Voice) string {
	switch v.Origin {
	case FromAnswer:
		serial, err := s.Forms.Numbered(ctx, by, form.AnswerID(v.OriginID))
		if err == nil {
			return serial
		}
	case FromRemark:
		m, err := s.Matters.View(ctx, by, casework.ID(v.OriginID))
		if err == nil {
			return m.Serial
		}
	}
	return ""
}

// From gives the voices that were raised from an answer or a matter, for its page; none to who may not read voices.
func (s *Service) From(ctx context.Context, by authz.Actor, of Origin, which string) (all []Member, err error) {
	if !by.May(ReadVoices) {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		found, err := raisedFrom(q, of, which)
		if err != nil {
			return err
		}
		for _, v := range found {
			m, err := casework.Find(q, v.Matter)
			if err != nil {
				return err
			}
			v.Asker = ""
			all = append(all, Member{Voice: v, Serial: m.Serial, Title: m.Title})
		}
		return nil
	})
	return all, err
}

// OfMatter gives the voice behind a matter, for the matter's page; Absent where it is none or the viewer may not read voices.
func (s *Service) OfMatter(ctx context.Context, by authz.Actor, m casework.ID) (v Voice, err error) {
	if err := by.MustSomewhere(ReadVoices); err != nil {
		return v, errs.New(errs.Absent, "errs.absent", nil)
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, err = ofMatter(q, m)
		v.Asker = ""
		return err
	})
	return v, err
}

// deskKinds are the organisations that have a desk.
var deskKinds = []org.Kind{
	org.City, org.County, org.Township, org.Village, org.Department, org.School, org.Bank, org.Company, org.Society, org.LeagueBody, org.LeagueCommittee,
	org.LeagueWorkCommittee,
}

// Desks finds open desks by name, anywhere in the city: a need goes to who can help.
func (s *Service) Desks(ctx context.Context, by authz.Actor, words string) (all []org.Node, err error) {
	if err := by.MustSomewhere(RaiseVoice); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		found, err := org.Search(q, authz.Scope{All: true}, words, deskKinds...)
		for _, n := range found {
			if n.IsOpen() {
				all = append(all, n)
			}
		}
		return err
	})
	return all, err
}
