package research

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// VoiceID names a voice.
type VoiceID = id.Of[Voice]

// Origin is what a voice was raised from.
type Origin string

// The origins.
const (
	FromAnswer Origin = "answer" // an answer to a form, or one question of it
	FromItem   Origin = "item"   // an item in the minutes of a seminar or a visit
	FromRemark Origin = "remark" // a remark on another matter
)

// Voice is what somebody asked for (心声). Its matter says which desk answers and by when.
type Voice struct {
	ID       VoiceID
	Matter   casework.ID
	Main     VoiceID // the voice answered for both, zero where it stands for itself
	Origin   Origin
	OriginID string // of the answer, the item, or the matter that was remarked on
	Question string // path of the question, or the remark's id
	Org      org.ID
	Account  string // of whoever asked, empty without one
	Asker    string // her name, as far as she gave it
	JudgedAt int64  // microseconds UTC: when she last said that it is solved
	EditedAt int64
	RaisedBy string
	RaisedAt int64
	receipt  []byte
}

// Head is the voice whose matter is answered: the main one, or the voice itself.
func (v Voice) Head() VoiceID {
	if v.Main != "" {
		return v.Main
	}
	return v.ID
}

const voiceColumns = `v.id, v.matter, v.main, v.origin, v.origin_id, v.question, v.org, v.account, v.asker, v.judged_at, v.edited_at, v.raised_by, v.raised_at, v.receipt`

func scanVoice(s sqldb.Scan) (Voice, error) {
	var v Voice
	return v, s(&v.ID, &v.Matter, &v.Main, &v.Origin, &v.OriginID, &v.Question, &v.Org, &v.Account, &v.Asker, &v.JudgedAt, &v.EditedAt, &v.RaisedBy, &v.RaisedAt, &v.receipt)
}

func findVoice(q sqldb.Q, which VoiceID) (Voice, error) {
	return sqldb.One(q, scanVoice, `SELECT `+voiceColumns+` FROM voice v WHERE v.city = $1 AND v.id = $2`, which)
}

// ofMatter gives the voice of a matter; Absent where the matter is none.
func ofMatter(q sqldb.Q, m casework.ID) (Voice, error) {
	return sqldb.One(q, scanVoice, `SELECT `+voiceColumns+` FROM voice v WHERE v.city = $1 AND v.matter = $2`, m)
}

// group gives a main voice and all that were merged into it, the earliest first.
func group(q sqldb.Q, head VoiceID) ([]Voice, error) {
	return sqldb.All(q, scanVoice, `SELECT `+voiceColumns+` FROM voice v WHERE v.city = $1 AND (v.id = $2 OR v.main = $2) ORDER BY v.id`, head)
}

// raisedFrom gives the voices that were raised from something.
func raisedFrom(q sqldb.Q, of Origin, which string) ([]Voice, error) {
	return sqldb.All(q, scanVoice, `SELECT `+voiceColumns+` FROM voice v WHERE v.city = $1 AND v.origin = $2 AND v.origin_id = $3 ORDER BY v.id`, string(of), which)
}

// Raising is what a voice is raised with.
type Raising struct {
	Origin   Origin
	OriginID string
	Question string
	Title    string
	Text     string // what is needed, in full
	Desk     org.ID
	Days     int    // working days until it is due
	Asker    string // of an item: who said it
}

// Source is what a voice is to be raised from, as far as the viewer may read it.
type Source struct {
	Org     org.Node
	Account string
	Asker   string
	Serial  string // of the answer or the matter, empty of an item
	Receipt bool   // whoever asked holds a receipt already
	Remarks []casework.Line
	Said    string    // of an item
	Meeting MeetingID // of an item
	Answer  form.Shown
}

// Source finds what a voice is raised from; the right to raise is asked where it belongs.
func (s *Service) Source(ctx context.Context, by authz.Actor, of Origin, which string) (got Source, err error) {
	if of == FromAnswer {
		answer, err := id.Parse[form.Answer](which)
		if err != nil {
			return got, err
		}
		if got.Answer, err = s.Forms.View(ctx, by, answer); err != nil {
			return got, err
		}
		if got.Answer.Withdrawn {
			return got, errs.New(errs.Conflict, "research.withdrawn", nil)
		}
		got.Org, got.Account, got.Serial, got.Receipt = got.Answer.At, got.Answer.Account, got.Answer.Serial, true
		return got, by.Must(RaiseVoice, got.Org.Path)
	}
	if of == FromItem {
		return s.itemSource(ctx, by, which)
	}
	if of != FromRemark {
		return got, errs.New(errs.Absent, "errs.absent", nil)
	}
	matter, err := id.Parse[casework.Matter](which)
	if err != nil {
		return got, err
	}
	v, err := s.Matters.View(ctx, by, matter)
	if err != nil {
		return got, err
	}
	got.Org, got.Serial = v.Orgs[v.Org], v.Serial
	for _, l := range v.Lines {
		if l.Text != "" {
			got.Remarks = append(got.Remarks, l)
		}
	}
	return got, by.Must(RaiseVoice, got.Org.Path)
}

// Raised is a voice that was raised. Words, with the matter's serial, find it without an account; they are empty where
// whoever asked has an account or a receipt.
type Raised struct {
	Voice  VoiceID
	Matter casework.ID
	Serial string
	Words  string `json:"-"`
}

// Raise makes a matter of what somebody asked for (转为诉求). What was raised from the same place before is not raised twice.
func (s *Service) Raise(ctx context.Context, by authz.Actor, r Raising) (made Raised, err error) {
	from, err := s.Source(ctx, by, r.Origin, r.OriginID)
	if err != nil {
		return made, err
	}
	if r.Asker == "" {
		r.Asker = from.Asker
	}
	return s.raise(ctx, by, r, from, func(*sqldb.Tx) error { return nil })
}

// raise is the act; also writes what belongs to it beside.
func (s *Service) raise(ctx context.Context, by authz.Actor, r Raising, from Source, also func(*sqldb.Tx) error) (made Raised, err error) {
	serial, err := s.Matters.Number(ctx, by.City, casework.Voice)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, from.Org.ID)
		if err != nil {
			return err
		}
		if err := by.Must(RaiseVoice, at.Path); err != nil {
			return err
		}
		v := Voice{
			ID: id.New[Voice](tx.Now()), Origin: r.Origin, OriginID: r.OriginID, Question: r.Question, Org: at.ID, Account: from.Account, Asker: r.Asker,
			EditedAt: tx.Now().UnixMicro(), RaisedBy: by.User, RaisedAt: tx.Now().UnixMicro(),
		}
		m, err := s.Matters.Add(tx, serial, casework.New{Kind: casework.Voice, Title: r.Title, Subject: v.ID.String(), Org: at.ID, Desk: r.Desk, Days: r.Days, Text: r.Text})
		if err != nil {
			return err
		}
		v.Matter = m.ID
		made = Raised{Voice: v.ID, Matter: m.ID, Serial: serial}
		if v.Account == "" && !from.Receipt {
			v.receipt = hashWords(s.words(by, v.ID))
		}
		n, err := tx.Exec(`INSERT INTO voice (city, id, matter, origin, origin_id, question, org, account, asker, receipt, edited_at, raised_by, raised_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
			v.ID, v.Matter, string(v.Origin), v.OriginID, v.Question, v.Org, v.Account, v.Asker, v.receipt, v.EditedAt, v.RaisedBy, v.RaisedAt)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "research.raised_already", nil)
		}
		if err != nil {
			return err
		}
		if err := also(tx); err != nil {
			return err
		}
		if err := tx.Record(RaiseVoice, v.ID.String(), act.Change{"serial": serial, "matter": m.ID, "origin": v.Origin, "from": v.OriginID, "desk": r.Desk, "due": m.Due.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	if err == nil && from.Account == "" && !from.Receipt {
		made.Words = s.words(by, made.Voice)
	}
	return made, err
}

// words gives the words of a voice's receipt, made like those of an answer's: they follow from the voice, a key of the city
// and the key under which it was raised, and are kept nowhere.
func (s *Service) words(by authz.Actor, of VoiceID) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	raw := s.Keys.Lookup(by.City+"/voice.receipt", of.String()+" "+by.Once)
	var b strings.Builder
	for i, c := range raw[:12] {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[c%32])
	}
	return b.String()
}

func hashWords(words string) []byte {
	sum := sha256.Sum256([]byte(strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(words))))
	return sum[:]
}

func (v Voice) fits(words string) bool {
	return len(v.receipt) > 0 && subtle.ConstantTimeCompare(v.receipt, hashWords(words)) == 1
}
