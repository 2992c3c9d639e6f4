package accountweb_test

import (
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// Who signed in by phone proves herself by a paper, and ends that again. What is typed is never shown again.
func TestProve(t *testing.T) {
	t.Parallel()
	s := start(t)
	paper, err := cn.SyntheticID("421202", day.Must("1990-05-06"))
	wrong, err2 := cn.SyntheticID("421202", day.Must("1991-05-06"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	err = s.accounts.DB.Write(t.Context(), authz.System(city), func(tx *sqldb.Tx) error {
		_, err := person.Add(tx, s.accounts.Keys, []person.New{{
			Home: s.org["咸安区"].ID, Name: "王小雨", Born: day.Must("1990-05-06"), Phone: "+8613871500000", Papers: []person.Paper{{Kind: person.ResidentID, Number: string(paper)}},
		}})
		if err != nil {
			return err
		}
		return tx.Record(person.Create, "", act.Change{})
	})
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	p := b.get("/my/link")
	p.wants(t, 200, "/sign-in/phone", "")
	p = b.send(p, "/sign-in/phone", "phone", "13871500000")
	text := s.sms.Sent()[0].Text
	p = b.send(p, "/sign-in/code", "code", text[len(text)-6:])
	p.wants(t, 200, "/my/link", "核实本人")
	p = b.send(p, "/my/link", "kind", "resident_id", "number", "123")
	p.wants(t, 422, "/my/link", "核实本人")
	p = b.send(p, "/my/link", "kind", "nonsense", "number", string(paper))
	p.wants(t, 422, "/my/link", "核实本人")
	p = b.send(p, "/my/link", "kind", "resident_id", "number", string(wrong))
	p.wants(t, 422, "/my/link", "没有找到")
	if html, _ := p.Html(); strings.Contains(html, string(wrong)) {
		t.Error("the number is shown again")
	}
	p = b.send(p, "/my/link", "kind", "resident_id", "number", string(paper))
	p.wants(t, 200, "/my/data", "已核实")
	p = b.get("/my/link")
	p.wants(t, 200, "/my/data", "")
	staff := s.browser(t)
	staff.signIn("wang")
	p = staff.get("/my/link")
	p.wants(t, 200, "/my/data", "")
}
