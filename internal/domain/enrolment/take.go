package enrolment

import (
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// MostTogether is the most children whom one party may hold.
const MostTogether = 9

// LastGroup is the group of those who belong to none.
const LastGroup = 99

// Begin opens a roll for a published edition, inside an act of the caller's, who permits and records. The roll keeps the
// rules of the edition, which do not change any more; its window moves with Reschedule.
func Begin(tx *sqldb.Tx, e edition.Edition, serial string, places int64) (Roll, error) {
	r := Roll{
		ID: id.New[Roll](tx.Now()), Edition: e.ID, Serial: serial, Mode: e.Mode, Places: places, Most: e.Most, OfferFor: e.OfferFor,
		Opens: e.Opens, Closes: e.Closes, PaperTo: e.Closes + e.Paper*60e6, Standing: Open,
	}
	_, err := tx.Exec(`INSERT INTO enrolment_roll (city, id, edition, serial, mode, places, most, offer_min, opens_at, closes_at, paper_at, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open')`, r.ID, r.Edition, r.Serial, string(r.Mode), r.Places, r.Most, r.OfferFor, r.Opens, r.Closes, r.PaperTo)
	return r, err
}

// Reschedule moves the window of an edition's rolls, in the act that moves the edition's. A list that is fixed stays so.
func Reschedule(tx *sqldb.Tx, e edition.Edition) error {
	_, err := tx.Exec(`UPDATE enrolment_roll SET opens_at = $3, closes_at = $4, paper_at = $5, moves = moves + 1 WHERE city = $1 AND edition = $2 AND state = 'open'`,
		e.ID, e.Opens, e.Closes, e.Closes+e.Paper*60e6)
	return err
}

// Ask is what a party asks for places with. Its people were gathered (person.Gather), so that their rows are held.
type Ask struct {
	Roll   RollID
	People person.Party
	Group  int64 // 1 is drawn first
	Points int64
	Way    Way
}

// Take gives a party places, or a turn in the queue, or lets it be drawn, inside an act of the caller's, who permits and
// records. The turn is drawn in the act. The guards are the rows of the people, which count each of them once and as often
// as the edition allows, and then the roll's own.
//
// Errors: Conflict "enrolment.already" for who is on the roll, with the turn; "enrolment.most" for who is signed up as often
// as the edition allows; those of the window.
func Take(tx *sqldb.Tx, a Ask) (Roll, Party, error) {
	size := int64(len(a.People.People))
	if size < 1 || size > MostTogether {
		return Roll{}, Party{}, errs.New(errs.Invalid, "enrolment.together", errs.Args{"most": MostTogether})
	}
	r, err := next(tx, a.Roll)
	if err != nil {
		return r, Party{}, err
	}
	if err := signedUp(tx, r, a.People); err != nil {
		return r, Party{}, err
	}
	now := tx.Now().UnixMicro()
	state, err := r.admits(size, now, a.Way != Web)
	if err != nil {
		return r, Party{}, err
	}
	p := Party{
		Key: Key{r.ID, r.Turn}, Size: size, Group: min(max(a.Group, 1), LastGroup), Points: a.Points, State: state, Found: -1, Way: a.Way,
		Signer: a.People.Adult.ID, MadeBy: tx.By().User, MadeAt: now, MovedAt: now,
	}
	if state != Entered {
		p.Place, p.Found = p.Turn, r.Left()
	}
	for i, x := range a.People.People {
		p.Members = append(p.Members, Member{No: int64(i + 1), Person: x.ID})
	}
	if state.Holds() {
		r.Held += size
		if err := keep(tx, r); err != nil {
			return r, p, err
		}
	}
	return r, p, add(tx, r, p)
}

func add(tx *sqldb.Tx, r Roll, p Party) error {
	if err := tx.Put(`INSERT INTO enrolment (city, roll, turn, size, grp, points, state, place, found, way, signer, made_by, made_at, moved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, 1, func(int) []any {
		return []any{p.Roll, p.Turn, p.Size, p.Group, p.Points, string(p.State), p.Place, p.Found, string(p.Way), p.Signer, p.MadeBy, p.MadeAt, p.MovedAt}
	}); err != nil {
		return err
	}
	return tx.Put(`INSERT INTO enrolment_member (city, roll, turn, no, person, edition) VALUES ($1, $2, $3, $4, $5, $6)`, len(p.Members), func(i int) []any {
		return []any{p.Roll, p.Turn, p.Members[i].No, p.Members[i].Person, r.Edition}
	})
}

// signedUp refuses people who count on the roll already, or as often in its edition as that allows. Their rows are held.
func signedUp(tx *sqldb.Tx, r Roll, people person.Party) error {
	var rows []person.ID
	for i, of := range people.Rows {
		for _, other := range people.People[:i] {
			if other.ID == people.People[i].ID {
				return errs.New(errs.Invalid, "enrolment.twice", nil)
			}
		}
		rows = append(rows, of...)
	}
	all, err := keysOf(tx, rows, true)
	if err != nil {
		return err
	}
	for i := range people.People {
		var n int64
		for _, m := range all {
			if !contains(people.Rows[i], m.person) {
				continue
			}
			if m.Roll == r.ID {
				return errs.New(errs.Conflict, "enrolment.already", errs.Args{"turn": m.Turn})
			}
			if m.edition == r.Edition {
				n++
			}
		}
		if n >= r.Most {
			return errs.New(errs.Conflict, "enrolment.most", errs.Args{"n": r.Most})
		}
	}
	return nil
}

func contains(rows []person.ID, one person.ID) bool {
	for _, r := range rows {
		if r == one {
			return true
		}
	}
	return false
}
