package account

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// resident is somebody recorded in a city, with phone and resident ID.
type resident struct {
	id    person.ID
	phone string
	paper string
}

func paperOf(born string) string {
	n, err := cn.SyntheticID("421202", day.Must(born))
	if err != nil {
		panic(err)
	}
	return string(n)
}

func (w *world) enter(t *testing.T, city, phone, born string) resident {
	t.Helper()
	r := resident{phone: phone, paper: paperOf(born)}
	n, err := cn.ParsePhone(phone)
	if err != nil {
		t.Fatal(err)
	}
	err = w.DB.Write(t.Context(), authz.System(city), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, w.Keys, []person.New{{
			Home: w.nodes[city]["咸安区"].ID, Name: "王小雨", Born: day.Must(born), Phone: string(n), Papers: []person.Paper{{Kind: person.ResidentID, Number: r.paper}},
		}})
		if err != nil {
			return err
		}
		r.id = ids[0]
		return tx.Record(person.Create, r.id.String(), act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// by is the account of a phone, signed in anew.
func (w *world) by(t *testing.T, number string) (authz.Actor, [32]byte) {
	t.Helper()
	w.clock.move(time.Hour) // or there would be too many codes
	if err := w.SendCode(t.Context(), here, phone(number), plain); err != nil {
		t.Fatal(err)
	}
	token, err := w.SignInByCode(t.Context(), here, phone(number), w.lastCode(), Visitor{})
	if err != nil {
		t.Fatal(err)
	}
	return w.with(t, token)
}

// behind is the person behind a session now.
func (w *world) behind(t *testing.T, hash [32]byte) string {
	t.Helper()
	w.clock.move(cacheFor)
	s, err := w.Session(t.Context(), here, hash, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s.Actor.Person
}

func (w *world) people() *person.Service {
	return &person.Service{DB: w.DB, Keys: w.Keys, Zone: w.Zone, Cursors: page.NewCursors(make([]byte, 32))}
}

const (
	herPhone = "13800000001"
	noPhone  = "13800000009"
)

// Phone and paper together lead to a person, and neither alone. Whatever is wrong reads, counts and is recorded alike.
func TestPhoneAndPaperLeadToAPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		her, other := w.enter(t, here, herPhone, "1990-05-06"), w.enter(t, here, "13800000002", "1991-05-06")
		child := w.enter(t, here, herPhone, "2015-05-06") // her phone is recorded for the child
		there := w.enter(t, twin, herPhone, "1992-05-06")
		by, hash := w.by(t, herPhone)
		answers := map[string]bool{}
		for name, paper := range map[string]string{
			"nobody's": paperOf("1993-05-06"), "of somebody with another phone": other.paper, "of a child": child.paper, "of the twin city": there.paper,
		} {
			err := w.Link(t.Context(), by, person.ResidentID, paper)
			wants(t, err, "account.link_none")
			answers[fmt.Sprint(err)] = true
			if w.behind(t, hash) != "" {
				t.Errorf("a paper %s opens", name)
			}
		}
		if len(answers) != 1 {
			t.Errorf("answers differ: %v", answers)
		}
		if n := w.count(t, `SELECT COUNT(DISTINCT c.change) FROM act a JOIN act_content c ON c.city = a.city AND c.act = a.id WHERE a.city = $1 AND a.verb = $2`, FailLink.Key); n != 1 {
			t.Errorf("the record tells %d kinds of failure apart", n)
		}
		if err := w.Link(t.Context(), by, person.ResidentID, strings.ToLower(" "+her.paper)); err != nil {
			t.Fatal(err)
		}
		if got := w.behind(t, hash); got != her.id.String() {
			t.Errorf("leads to %q", got)
		}
		if n := w.acts(t, Link); n != 1 {
			t.Errorf("%d acts", n)
		}
		if err := w.Unlink(t.Context(), by); err != nil || w.behind(t, hash) != "" || w.acts(t, Unlink) != 1 {
			t.Errorf("parted: %v", err)
		}
		wants(t, w.Unlink(t.Context(), by), "account.not_linked")
		wants(t, w.Link(t.Context(), by, person.ResidentID, "421202199005060"), "cn.id_first_generation")
		wang, _ := w.as(t, "wang")
		wants(t, w.Link(t.Context(), wang, person.ResidentID, her.paper), "account.not_public")
		stranger, _ := w.by(t, noPhone)
		wants(t, w.Link(t.Context(), stranger, person.ResidentID, her.paper), "account.link_none")
	})
}

// Five wrong papers end the day, however many are tried at once and whatever is right in between.
func TestPapersAreNotGuessed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		her := w.enter(t, here, herPhone, "1990-05-06")
		by, hash := w.by(t, herPhone)
		if err := w.Link(t.Context(), by, person.ResidentID, her.paper); err != nil {
			t.Fatal(err)
		}
		none, tried := 0, 0
		for _, err := range together(12, func(i int) error {
			return w.Link(t.Context(), by, person.ResidentID, paperOf(fmt.Sprintf("1980-01-%02d", 1+i)))
		}) {
			switch {
			case errs.KeyOf(err) == "account.link_tries":
				tried++
			case err != nil:
				none++
			}
		}
		if none != MaxFailures || tried != 12-MaxFailures {
			t.Errorf("%d were looked at, %d were not", none, tried)
		}
		wants(t, w.Link(t.Context(), by, person.ResidentID, her.paper), "account.link_tries")
		if w.behind(t, hash) == "" {
			t.Error("guesses end the tie that is there")
		}
		w.clock.move(LinkLockFor)
		for range MaxFailures - 1 {
			wants(t, w.Link(t.Context(), by, person.ResidentID, paperOf("1981-01-01")), "account.link_none")
		}
		if err := w.Link(t.Context(), by, person.ResidentID, her.paper); err != nil {
			t.Fatal(err)
		}
		wants(t, w.Link(t.Context(), by, person.ResidentID, paperOf("1981-01-01")), "account.link_none")
		wants(t, w.Link(t.Context(), by, person.ResidentID, her.paper), "account.link_tries") // a right one does not begin the count anew
	})
}

// The tie holds as long as phone and paper are hers, and follows her through joined and parted rows.
func TestATieHoldsWhilePhoneAndPaperAreHers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, system, s := t.Context(), authz.System(here), w.people()
		first, second := w.enter(t, here, herPhone, "1990-05-06"), w.enter(t, here, "13800000002", "1990-05-07")
		by, hash := w.by(t, herPhone)
		wants(t, w.Link(ctx, by, person.ResidentID, second.paper), "account.link_none")
		if err := s.Join(ctx, system, second.id, first.id, "同一人"); err != nil {
			t.Fatal(err)
		}
		if err := w.Link(ctx, by, person.ResidentID, second.paper); err != nil { // phone on the one row, paper on the other
			t.Fatal(err)
		}
		if got := w.behind(t, hash); got != first.id.String() {
			t.Errorf("joined: %q", got)
		}
		if err := s.Part(ctx, system, second.id, "认错了"); err != nil {
			t.Fatal(err)
		}
		if got := w.behind(t, hash); got != "" {
			t.Errorf("parted: %q", got)
		}
		if err := w.Link(ctx, by, person.ResidentID, first.paper); err != nil {
			t.Fatal(err)
		}
		third := w.enter(t, here, "13800000003", "1990-05-08")
		if err := s.Join(ctx, system, first.id, third.id, "同一人"); err != nil {
			t.Fatal(err)
		}
		if got := w.behind(t, hash); got != third.id.String() {
			t.Errorf("joined into another: %q", got)
		}
		if err := s.Part(ctx, system, first.id, "认错了"); err != nil {
			t.Fatal(err)
		}
		if got := w.behind(t, hash); got != first.id.String() {
			t.Errorf("parted again: %q", got)
		}
		change := func(phone string, none bool) {
			t.Helper()
			d, err := s.View(ctx, system, first.id)
			if err == nil {
				err = s.Change(ctx, system, first.id, d.Version, person.Facts{Name: d.Name, Born: d.Born, Phone: phone, NoPhone: none})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		change("13800000005", false)
		if got := w.behind(t, hash); got != "" {
			t.Errorf("another phone: %q", got)
		}
		change(herPhone, false)
		if got := w.behind(t, hash); got != first.id.String() {
			t.Errorf("the phone again: %q", got)
		}
		change("", true)
		if got := w.behind(t, hash); got != "" {
			t.Errorf("no phone: %q", got)
		}
	})
}

// Whoever has a number after a long rest is somebody else as far as we know.
func TestATieEndsAfterALongRest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		her := w.enter(t, here, herPhone, "1990-05-06")
		by, _ := w.by(t, herPhone)
		if err := w.Link(t.Context(), by, person.ResidentID, her.paper); err != nil {
			t.Fatal(err)
		}
		for range 3 { // who comes back in time keeps it
			w.clock.move(LinkRest - 2*time.Hour)
			if by, _ := w.by(t, herPhone); by.Person != her.id.String() {
				t.Fatalf("in time: %q", by.Person)
			}
		}
		w.clock.move(LinkRest)
		if by, _ := w.by(t, herPhone); by.Person != "" {
			t.Errorf("after the rest: %q", by.Person)
		}
	})
}

// A clerk changes the phone number while its holder proves herself: whoever is first, afterwards the tie holds exactly if
// the number is still hers.
func TestRacingTies(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, system, s := t.Context(), authz.System(here), w.people()
		for i := range 8 {
			number := fmt.Sprintf("1380000010%d", i)
			her := w.enter(t, here, number, fmt.Sprintf("1990-06-%02d", 1+i))
			by, hash := w.by(t, number)
			d, err := s.View(ctx, system, her.id)
			if err != nil {
				t.Fatal(err)
			}
			all := together(2, func(k int) error {
				if k == 0 {
					return w.Link(ctx, by, person.ResidentID, her.paper)
				}
				return s.Change(ctx, system, her.id, d.Version, person.Facts{Name: d.Name, Born: d.Born, Phone: fmt.Sprintf("1380000020%d", i)})
			})
			if all[1] != nil {
				t.Fatal(all[1])
			}
			if got := w.behind(t, hash); got != "" {
				t.Errorf("tied by a number that is not hers any more: %q, %v", got, all[0])
			}
		}
	})
}

// The desk that answers is the nearest at which somebody holds all the rights.
func TestNearestDesk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			at, want string
			verbs    []authz.Verb
		}{
			{"咸安区", "咸安区", []authz.Verb{business}},
			{"嘉鱼县", "咸宁市", []authz.Verb{business}},
			{"咸宁市", "咸宁市", []authz.Verb{business}},
			{"咸安区", "咸宁市", []authz.Verb{business, Read}},
		} {
			err := w.DB.Read(t.Context(), here, func(q *sqldb.Rx) error {
				got, err := w.Nearest(q, w.nodes[here][c.at].Path, c.verbs...)
				if got != w.nodes[here][c.want].ID {
					t.Errorf("%s: another desk than %s answers", c.at, c.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		wang, sys := w.id(t, here, "wang").String(), w.id(t, here, "sys").String()
		desks, err := w.Desks(t.Context(), here, []string{wang, sys, "system", w.id(t, twin, "wang").String()})
		if err != nil || desks[wang] != "咸安区" || desks[sys] != "咸宁市" || desks["system"] != "" || desks[w.id(t, twin, "wang").String()] != "" {
			t.Errorf("%v, %v", desks, err)
		}
	})
}
