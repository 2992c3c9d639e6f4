package enrolment

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/solver/lottery"
)

// WrittenBySettling names the tables that fixing lists and settling them touches beside Written.
const WrittenBySettling = "enrolment_draw enrolment_list"

// Draw is what everybody may know of an edition's draw before it is drawn.
type Draw struct {
	Commitment string // the hash of the secret
	Source     string // which public value will be taken
	Public     string // the value, empty before it is known
}

func secretPlace(city string, of edition.ID) seal.Place {
	return seal.Place{City: city, Table: "enrolment_draw", Column: "secret", Row: of.String()}
}

// Prepare draws the secret of an edition and keeps it sealed; its hash is for everybody to see. It belongs to the act that
// publishes the edition.
func Prepare(tx *sqldb.Tx, keys seal.Provider, of edition.ID, source string) (Draw, error) {
	if source == "" {
		var p errs.Problems
		p.Add("source", "field.required", nil)
		return Draw{}, p.Err()
	}
	var secret lottery.Secret
	if _, err := rand.Read(secret[:]); err != nil {
		return Draw{}, err
	}
	sealed, err := keys.Seal(secretPlace(tx.City(), of), secret[:])
	if err != nil {
		return Draw{}, err
	}
	d := Draw{Commitment: lottery.Commit(secret).String(), Source: source}
	_, err = tx.Exec(`INSERT INTO enrolment_draw (city, edition, secret, commitment, source) VALUES ($1, $2, $3, $4, $5)`, of, sealed, d.Commitment, d.Source)
	return d, err
}

// FindDraw gives the draw of an edition; Absent where nothing is drawn.
func FindDraw(q sqldb.Q, of edition.ID) (Draw, error) {
	return sqldb.One(q, func(s sqldb.Scan) (Draw, error) {
		var d Draw
		return d, s(&d.Commitment, &d.Source, &d.Public)
	}, `SELECT commitment, source, public FROM enrolment_draw WHERE city = $1 AND edition = $2`, of)
}

// Tell notes the public value, once. Rolls of the edition can be settled from then on.
func Tell(tx *sqldb.Tx, of edition.ID, public string) error {
	n, err := tx.Exec(`UPDATE enrolment_draw SET public = $3 WHERE city = $1 AND edition = $2 AND public = ''`, of, public)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "enrolment.told_already", nil)
	}
	return err
}

// Fix fixes the list of a roll when sign-up is over. For a draw, the file with its hash can be read by everybody from then on.
func Fix(tx *sqldb.Tx, roll RollID) (Roll, error) {
	r, err := hold(tx, roll)
	if err != nil {
		return r, err
	}
	if r.Mode == edition.FirstCome || r.Standing != Open || tx.Now().UnixMicro() < r.PaperTo {
		return r, errs.New(errs.Conflict, "enrolment.not_closing", nil)
	}
	r.Standing = Listed
	if err := keep(tx, r); err != nil {
		return r, err
	}
	if r.Mode != edition.Lottery {
		return r, settleByPoints(tx, r)
	}
	d, err := FindDraw(tx, r.Edition)
	if err != nil {
		return r, err
	}
	list := lottery.List{Edition: r.Serial, Places: int(r.Places), Source: d.Source}
	if err := list.Commit.UnmarshalText([]byte(d.Commitment)); err != nil {
		return r, err
	}
	parties, err := Parties(tx, roll)
	if err != nil {
		return r, err
	}
	for _, p := range parties {
		list.Entries = append(list.Entries, entries(r, p)...)
	}
	slices.SortFunc(list.Entries, func(a, b lottery.Entry) int { return cmp.Compare(a.Receipt, b.Receipt) })
	file, err := lottery.Close(list)
	if err != nil {
		return r, err
	}
	text, err := json.Marshal(file)
	if err != nil {
		return r, err
	}
	_, err = tx.Exec(`INSERT INTO enrolment_list (city, roll, file, listed_at) VALUES ($1, $2, $3, $4)`, roll, string(text), tx.Now().UnixMicro())
	return r, err
}

// entries are the lines of a party that is to be drawn.
func entries(r Roll, p Party) (all []lottery.Entry) {
	if p.State != Entered {
		return nil
	}
	first := ""
	for _, m := range p.Members {
		if m.Gone {
			continue
		}
		e := lottery.Entry{Receipt: Receipt(r, p.Key, m.No, int64(len(p.Members))), Group: int(p.Group)}
		if first == "" {
			first = e.Receipt
		}
		if p.Size > 1 {
			e.Family = first
		}
		all = append(all, e)
	}
	return all
}

// Drawable gives the rolls of a service that can be drawn: their list is fixed and the public value known.
func Drawable(q sqldb.Q, service string, most int) ([]RollID, error) {
	return sqldb.All(q, scanRollID, `SELECT r.id FROM enrolment_roll r JOIN enrolment_draw d ON d.city = r.city AND d.edition = r.edition
		WHERE r.city = $1 AND r.state = 'listed' AND d.public <> '' AND `+edition.IsOf("r.edition", "$3")+` ORDER BY r.id LIMIT $2`, most, service)
}

// Published gives the file of a roll that everybody may read; Absent before its list is fixed.
func Published(q sqldb.Q, roll RollID) (f lottery.Published, err error) {
	text, err := sqldb.One(q, func(s sqldb.Scan) (string, error) {
		var text string
		return text, s(&text)
	}, `SELECT file FROM enrolment_list WHERE city = $1 AND roll = $2`, roll)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(text), &f)
}

// Settle draws a roll whose list is fixed and gives whoever is drawn her place. Who left since stays in the list, which
// anybody may draw again; what she would have had goes on to the next.
func Settle(tx *sqldb.Tx, keys seal.Provider, roll RollID) (Roll, []Party, error) {
	r, err := hold(tx, roll)
	if err != nil {
		return r, nil, err
	}
	d, err := FindDraw(tx, r.Edition)
	if err != nil {
		return r, nil, err
	}
	if r.Standing != Listed || d.Public == "" {
		return r, nil, errs.New(errs.Conflict, "enrolment.not_listed", nil)
	}
	file, err := Published(tx, roll)
	if err != nil {
		return r, nil, err
	}
	secret, err := openSecret(tx, keys, r.Edition)
	if err != nil {
		return r, nil, err
	}
	if file, err = file.Draw(context.WithoutCancel(tx.Context()), secret, d.Public); err != nil {
		return r, nil, err
	}
	text, err := json.Marshal(file)
	if err != nil {
		return r, nil, err
	}
	if _, err := tx.Exec(`UPDATE enrolment_list SET file = $3, drawn_at = $4 WHERE city = $1 AND roll = $2`, roll, string(text), tx.Now().UnixMicro()); err != nil {
		return r, nil, err
	}
	parties, err := Parties(tx, roll)
	if err != nil {
		return r, nil, err
	}
	of := map[string]int{} // whose receipt it is
	for i, p := range parties {
		for _, m := range p.Members {
			of[Receipt(r, p.Key, m.No, int64(len(p.Members)))] = i
		}
	}
	var order []drawn
	at := map[int]int{} // of a party, in the order
	for n, receipt := range slices.Concat(file.Placed, file.Waiting) {
		i, known := of[receipt]
		if !known {
			return r, nil, lottery.ErrListChanged
		}
		if _, met := at[i]; !met {
			at[i] = len(order)
			order = append(order, drawn{Party: parties[i], won: n < len(file.Placed)})
		}
		order[at[i]].listed++
	}
	return settle(tx, r, order)
}

func openSecret(q sqldb.Q, keys seal.Provider, of edition.ID) (secret lottery.Secret, err error) {
	var sealed []byte
	if err := q.Row(`SELECT secret FROM enrolment_draw WHERE city = $1 AND edition = $2`, of).Scan(&sealed); err != nil {
		return secret, err
	}
	plain, err := keys.Open(secretPlace(q.City(), of), sealed)
	if err == nil {
		copy(secret[:], plain)
	}
	return secret, err
}

// settleByPoints puts the parties of a roll in the order of their points; among equals whoever signed up first comes first.
func settleByPoints(tx *sqldb.Tx, r Roll) error {
	parties, err := Parties(tx, r.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(parties, func(a, b Party) int { return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Turn, b.Turn)) })
	var order []drawn
	left := r.Places
	for _, p := range parties {
		if p.State != Entered {
			continue
		}
		d := drawn{Party: p, listed: p.Size, won: p.Size <= left}
		if d.won {
			left -= p.Size
		}
		order = append(order, d)
	}
	_, _, err = settle(tx, r, order)
	return err
}

// drawn is a party in the order in which places are given.
type drawn struct {
	Party
	listed int64 // how many it was when the list was fixed
	won    bool
}

// settle gives places to those of an order who have won them, and lets the others wait in it.
func settle(tx *sqldb.Tx, r Roll, order []drawn) (Roll, []Party, error) {
	r.Standing = Settled
	left := r.Places // as it was drawn: who has left since is counted
	for i, d := range order {
		p := d.Party
		p.Place, p.Found = int64(i+1), left
		if d.won {
			left -= d.listed
		}
		if p.State == Entered {
			p.State = Waiting
			if d.won {
				p.State = Placed
				r.Held += p.Size
			}
		}
		if err := put(tx, r, p); err != nil {
			return r, nil, err
		}
	}
	offered, err := promote(tx, r)
	return r, offered, err
}
