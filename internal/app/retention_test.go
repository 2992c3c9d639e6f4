package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// kept is one rule: what is put in, when its time is over, how it is seen that it is there, and what holds it.
type kept struct {
	name  string
	put   func(k *keeper)
	over  func(time.Time) time.Time
	there func(k *keeper) bool
	holds func(k *keeper) []string // kind, subject, kind, subject …; nil where nothing can
}

// isThere counts a row that put has written under a fixed id.
func isThere(table, cond string, args ...any) func(k *keeper) bool {
	return func(k *keeper) bool { return k.rows(table, cond, args...) > 0 }
}

const fixed = "01J0000000000000000000000X" // an id

func keptRules() []kept {
	withDelivery := func(state string, more func(k *keeper)) func(k *keeper) {
		return func(k *keeper) {
			k.delivery(7, state)
			more(k)
		}
	}
	return append(ofMessages(), []kept{
		{name: "session", over: days(0), there: isThere("session", "token = $2", []byte("s")), put: func(k *keeper) {
			k.put(`INSERT INTO session (city, token, account, phase, made_at, seen_at, ends_at) VALUES ($1, $3, 'a', 'whole', $2, $2, $2)`, []byte("s"))
		}},
		{name: "code", over: days(1), there: isThere("code", "at > 0"), put: func(k *keeper) {
			k.put(`INSERT INTO code (city, phone_look, at, hash) VALUES ($1, $3, $2, $3)`, []byte("c"))
		}},
		{name: "outbox", over: days(30), there: isThere("outbox", "id = 'o'"), put: func(k *keeper) {
			k.put(`INSERT INTO outbox (city, id, kind, body, at, next_at) VALUES ($1, 'o', 'sms', '', $2, $2)`)
		}},
		{name: "notice", over: years(2), there: isThere("notice", "id = 'n'"), put: func(k *keeper) {
			k.put(`INSERT INTO notice (city, id, account, once, key, at) VALUES ($1, 'n', 'a', '1', 'k', $2)`)
		}},
		{name: "job", over: days(90), there: isThere("job", "id = 'j'"), put: func(k *keeper) {
			k.put(`INSERT INTO job (city, id, kind, args, owner, state, made_at, at) VALUES ($1, 'j', 'k', '{}', 'a', 'done', $2, $2)`)
		}},
		{name: "invitation", over: days(90), there: isThere("invitation", "expires > 0"), put: func(k *keeper) {
			k.put(`INSERT INTO account (city, id, kind, name, state, made_at) VALUES ($1, 'acc', 'staff', '某', 'active', $2)`)
			k.put(`INSERT INTO invitation (city, token, account, expires, made_by) VALUES ($1, $3, 'acc', $2, 'u')`, []byte("i"))
		}},
		{name: "token", over: days(90), there: isThere("api_token", "id = 't'"), put: func(k *keeper) {
			k.put(`INSERT INTO api_token (city, token, id, account, name, made_at, expires) VALUES ($1, $3, 't', 'a', 'n', $2, $2)`, []byte("t"))
		}},
		{name: "lifted hold", over: years(5), there: isThere("legal_hold", "id = 'h'"), put: func(k *keeper) {
			k.put(`INSERT INTO legal_hold (city, id, kind, subject, reason, made_by, made_at, lifted_at) VALUES ($1, 'h', 'person', 'p', 'r', 'u', $2, $2)`)
		}},
		{
			name: "document", over: days(1), there: isThere("document", "id = $2", fixed),
			put: func(k *keeper) {
				k.put(`INSERT INTO document (city, id, hash, name, type, size, org, class, purpose, keep_until, made_by, made_at)
					VALUES ($1, $3, 'h', 'n', 'pdf', 1, $4, 'personal', 'p', $5, 'u', $2)`, fixed, k.node(village), k.now.Format(time.DateOnly))
			},
			holds: func(k *keeper) []string { return []string{"document", fixed, "org", k.node(village)} },
		},
		{
			name: "matter", over: years(10), there: func(k *keeper) bool {
				return k.rows("matter", "id = $2", fixed)+k.rows("matter_note", "matter = $2", fixed) == 2
			},
			put: func(k *keeper) {
				k.put(`INSERT INTO matter (city, id, serial, kind, title, subject, org, desk, state, due, opened_at, opened_by, closed_at)
					VALUES ($1, $3, '盲点-2026-00001', 'blind_spot', 't', $5, $4, $4, 'closed', '2026-04-01', $2, 'u', $2)`, fixed, k.node(village), k.person(0))
				k.put(`INSERT INTO matter_note (city, matter, id, at, made_by, kind, text) VALUES ($1, $3, 'n', $2, 'u', 'matter.note', '')`, fixed)
			},
			holds: func(k *keeper) []string {
				return []string{"matter", fixed, "matter", "盲点-2026-00001", "org", "/office/orgs/" + k.node(village) + "?tab=1", "person", k.person(0)}
			},
		},
		{
			name: "an answer to a form", over: days(20), there: isThere("answer", "id = $2", fixed),
			put: func(k *keeper) {
				k.put(`INSERT INTO form (city, id, org, code, title, state, version, keep_days, edited_at, made_by, made_at) VALUES ($1, $3, $4, 'c', 't', 'closed', 1, 20, $2, 'u', $2)`, fixed, k.node(village))
				k.put(`INSERT INTO form_version (city, form, seq, definition, made_by, made_at) VALUES ($1, $3, 1, '', 'u', $2)`, fixed)
				k.put(`INSERT INTO answer (city, id, serial, form, version, org, content, state, at, edited_at) VALUES ($1, $3, 's', $3, 1, $4, '{}', 'given', $2, $2)`, fixed, k.node(village))
			},
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{
			name: "a photograph goes with its answer", over: days(20), there: isThere("answer_file", "id = 'h'"),
			put: func(k *keeper) {
				k.put(`INSERT INTO answer (city, id, serial, form, version, org, content, state, at, edited_at) VALUES ($1, $3, 's', $3, 1, $4, '{}', 'given', $2, $2)`, fixed, k.node(village))
				k.put(`UPDATE form SET state = 'closed', edited_at = $2 WHERE city = $1 AND id = $3`, fixed)
				k.put(`INSERT INTO answer_file (city, id, form, question, answer, file, type, bytes, made_at) VALUES ($1, 'h', $3, 'q', $3, 'f', 't', 1, $2)`, fixed)
			},
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{
			name: "an answer to a form whose last day is over", over: days(21), there: isThere("answer", "id = $2", fixed),
			put: func(k *keeper) {
				k.put(`UPDATE form SET state = 'open', edited_at = $2, closes = $4 WHERE city = $1 AND id = $3`, fixed, k.now.Format(time.DateOnly))
				k.put(`INSERT INTO answer (city, id, serial, form, version, org, content, state, at, edited_at) VALUES ($1, $3, 's', $3, 1, $4, '{}', 'given', $2, $2)`, fixed, k.node(village))
			},
		},
		{name: "a photograph that was never sent", over: days(7), there: isThere("answer_file", "id = 'f'"), put: func(k *keeper) {
			k.put(`INSERT INTO answer_file (city, id, form, question, file, type, bytes, made_at) VALUES ($1, 'f', $3, 'q', 'f', 't', 1, $2)`, fixed)
			k.put(`INSERT INTO answer_file (city, id, form, question, answer, file, type, bytes, made_at) VALUES ($1, 'g', $3, 'q', 'a', 'f', 't', 1, $2)`, fixed)
		}},
		{
			name: "how an answer came goes with it", over: days(20), there: isThere("field_answer", "client = 'c'"),
			put: func(k *keeper) {
				k.put(`INSERT INTO answer (city, id, serial, form, version, org, content, state, at, edited_at) VALUES ($1, $3, 's', $3, 1, $4, '{}', 'given', $2, $2)`, fixed, k.node(village))
				k.put(`UPDATE form SET state = 'closed', edited_at = $2 WHERE city = $1 AND id = $3`, fixed)
				k.put(`INSERT INTO field_answer (city, client, answer, account, device, made_at, skew) VALUES ($1, 'c', $3, 'a', 'd', $2, 0)`, fixed)
			},
		},
		{
			name: "a record", over: years(3), there: isThere("record", "id = 'r'"),
			put: func(k *keeper) {
				k.put(`INSERT INTO record_list (city, id, org, name, made_at) VALUES ($1, 'l', $3, 'homes', $2)`, k.node(village))
				k.put(`INSERT INTO record (city, list, id, org, heads, made_at, edited_at) VALUES ($1, 'l', 'r', $3, 'v', $2, $2)`, k.node(village))
				k.put(`INSERT INTO record_version (city, list, record, id, after, org, content, made_by, at) VALUES ($1, 'l', 'r', 'v', '', $3, '{}', 'u', $2)`, k.node(village))
			},
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{name: "a phone's key", over: years(3), there: isThere("field_device", "device = 'd'"), put: func(k *keeper) {
			k.put(`INSERT INTO field_device (city, account, device, secret, made_at, seen_at) VALUES ($1, 'a', 'd', $3, $2, $2)`, []byte{1})
		}},
		{name: "pieces of a file that stopped coming", over: days(7), there: isThere("field_piece", "upload = 'u'"), put: func(k *keeper) {
			k.put(`INSERT INTO field_upload (city, account, id, form, question, name, bytes, have, made_at) VALUES ($1, 'a', 'u', 'f', 'q', 'n', 2, 1, $2)`)
			k.put(`INSERT INTO field_piece (city, account, upload, at, content) SELECT $1, 'a', 'u', 0, $3 WHERE $2 > CAST(0 AS BIGINT)`, []byte{1})
		}},
		{name: "a file on its way that stopped coming", over: days(7), there: isThere("field_upload", "id = 'w'"), put: func(k *keeper) {
			k.put(`INSERT INTO field_upload (city, account, id, form, question, name, bytes, have, value, made_at) VALUES ($1, 'a', 'w', 'f', 'q', 'n', 2, 2, 'v', $2)`)
		}},
		{name: "a file of answers", over: days(7), there: isThere("form_export", "id = 'e'"), put: func(k *keeper) {
			k.put(`INSERT INTO form_export (city, id, form, owner, file, name, type, bytes, answers, made_at) VALUES ($1, 'e', $3, 'u', 'f', 'n', 't', 1, 1, $2)`, fixed)
		}},
		{
			name: "blind spot", over: years(3), there: isThere("blind_spot", "id = 'b'"),
			put: withDelivery("visible", func(k *keeper) {
				k.put(`INSERT INTO blind_spot (city, id, delivery, org, kind, rank, score, state) SELECT $1, 'b', 7, $3, 'k', 1, 1, 'dismissed' WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
				k.put(`INSERT INTO blind_spot (city, id, delivery, org, kind, rank, score, state) SELECT $1, 'later', 8, $3, 'k', 1, 1, 'open' WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
			}),
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{
			name: "units of an older counting", over: years(3), there: isThere("unit_count", "delivery = 7"),
			put: withDelivery("visible", func(k *keeper) {
				k.put(`INSERT INTO unit_count (city, delivery, kind, org, members) SELECT $1, 7, 'employee', $3, 1 WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
				k.put(`INSERT INTO unit_count (city, delivery, kind, org, members) SELECT $1, 8, 'employee', $3, 1 WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
			}),
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{
			name: "a shown delivery's file", over: func(t time.Time) time.Time { return t.AddDate(0, 6, 0) },
			there: isThere("delivery", "seq = 7 AND file_gone = 0"), put: withDelivery("visible", func(*keeper) {}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} }, // anybody: who stands in a file is not known
		},
		{
			name: "an undone delivery's file", over: func(t time.Time) time.Time { return t.AddDate(0, 6, 0) },
			there: isThere("delivery", "seq = 7 AND file_gone = 0"), put: withDelivery("undone", func(*keeper) {}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
		{
			name: "the file of a delivery on which nobody decides", over: func(t time.Time) time.Time { return t.AddDate(0, 6, 0) },
			there: isThere("delivery", "seq = 7 AND file_gone = 0 AND state = 'checked'"), put: withDelivery("checked", func(*keeper) {}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
		{name: "progress", over: days(30), there: isThere("delivery_step", "delivery = 7"), put: withDelivery("visible", func(k *keeper) {
			k.put(`INSERT INTO delivery_step (city, delivery, step, at) VALUES ($1, 7, 'rows', $2)`)
		})},
		{
			name: "a count of an undone delivery", over: days(42), there: isThere("youth_count", "since = 7"),
			put: withDelivery("undone", func(k *keeper) {
				k.put(`INSERT INTO youth_count (city, village, band, since, n) SELECT $1, $3, '14-17', 7, 9 WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
			}),
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{name: "a count that an undone delivery had ended", over: days(42), there: isThere("youth_count", "until = 7"), put: withDelivery("undone", func(k *keeper) {
			k.put(`INSERT INTO youth_count (city, village, band, since, n, until) SELECT $1, $3, '14-17', 0, 9, 7 WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
		})},
		{
			name: "a place of an undone delivery", over: days(42), there: isThere("place", "since = 7"),
			put: withDelivery("abandoned", func(k *keeper) {
				k.put(`INSERT INTO place (city, id, org, kind, name, lon, lat, crs, fineness, since) SELECT $1, 'p', $3, 'k', 'n', 0, 0, 'wgs84', 'point', 7 WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
			}),
			holds: func(k *keeper) []string { return []string{"org", k.node(village)} },
		},
		{name: "a place that an undone delivery had ended", over: days(42), there: isThere("place", "until = 7"), put: withDelivery("undone", func(k *keeper) {
			k.put(`INSERT INTO place (city, id, org, kind, name, lon, lat, crs, fineness, until) SELECT $1, 'p', $3, 'k', 'n', 0, 0, 'wgs84', 'point', 7 WHERE $2 > CAST(0 AS BIGINT)`, k.node(village))
		})},
		{
			name: "a tie of an undone delivery", over: days(42), there: isThere("tie", "since = 7"),
			put: withDelivery("undone", func(k *keeper) {
				k.put(`INSERT INTO tie (city, person, kind, id, org, since) SELECT $1, $3, 'pupil', 't', $4, 7 WHERE $2 > CAST(0 AS BIGINT)`, k.person(0), k.node(village))
			}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0), "org", k.node(village)} },
		},
		{name: "a tie that an undone delivery had ended", over: days(42), there: isThere("tie", "until = 7"), put: withDelivery("undone", func(k *keeper) {
			k.put(`UPDATE tie SET until = 7 WHERE city = $1 AND person = $3 AND $2 > CAST(0 AS BIGINT)`, k.person(0))
		})},
		{
			name: "a tie that ended long ago", over: years(3), there: isThere("tie", "until = 7"),
			put: withDelivery("visible", func(k *keeper) {
				k.put(`UPDATE tie SET until = 7 WHERE city = $1 AND person = $3 AND kind = 'member' AND $2 > CAST(0 AS BIGINT)`, k.person(0))
			}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
		{
			name: "a paper that an abandoned delivery had added", over: days(42),
			there: func(k *keeper) bool {
				return k.rows("paper", "since = 7")+k.rows("paper_look", "kind = 'league_number'") == 2
			},
			put: withDelivery("abandoned", func(k *keeper) {
				err := k.DB.Write(k.t.Context(), k.System(), func(tx *sqldb.Tx) error {
					_, err := person.AddPapers(tx, k.Keys, []person.Held{{Person: person.ID(k.person(0)), Paper: person.Paper{Kind: person.LeagueNumber, Number: "202642120012345"}, Since: 7}})
					return errors.Join(err, tx.Record(everything(), "", nil))
				})
				if err != nil {
					k.t.Fatal(err)
				}
			}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
		{name: "corrections of an undone delivery", over: days(42), there: isThere("person_change", "delivery = 7"), put: withDelivery("undone", func(k *keeper) {
			k.put(`INSERT INTO person_change (city, delivery, person, field, old, new) SELECT $1, 7, $3, 'name', '旧', '新' WHERE $2 > CAST(0 AS BIGINT)`, k.person(0))
		})},
		{
			name: "corrections of a shown delivery", over: years(1), there: isThere("person_change", "delivery = 7"),
			put: withDelivery("visible", func(k *keeper) {
				k.put(`INSERT INTO person_change (city, delivery, person, field, old, new) SELECT $1, 7, $3, 'name', '旧', '新' WHERE $2 > CAST(0 AS BIGINT)`, k.person(0))
			}),
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
		{
			name: "a person of an undone delivery", over: days(42), there: func(k *keeper) bool { return k.leads(k.who()) > 5 },
			put:   withDelivery("undone", func(k *keeper) { k.add("新来的", 7) }),
			holds: func(k *keeper) []string { return []string{"person", k.who(), "org", k.node(village)} },
		},
		{
			name: "a person whom nothing has named for long", over: years(3), there: func(k *keeper) bool { return k.leads(k.who()) > 5 },
			put:   func(k *keeper) { k.add("新来的", 0) },
			holds: func(k *keeper) []string { return []string{"person", k.who(), "org", k.node(village)} },
		},
		{
			name: "an organisation of an undone delivery", over: days(42), there: isThere("org", "since = 7"),
			put: withDelivery("undone", func(k *keeper) {
				k.put(`INSERT INTO org (city, id, no, kind, name, parent, path, depth, since) SELECT $1, $3, 900, 'branch', '甲', $4, 'X/Y/', 2, 7 WHERE $2 > CAST(0 AS BIGINT)`, fixed, k.node(village))
				k.put(`INSERT INTO org (city, id, no, kind, name, parent, path, depth, since) SELECT $1, $3, 901, 'branch', '乙', $4, 'X/Y/Z/', 3, 7 WHERE $2 > CAST(0 AS BIGINT)`, fixed[:25]+"Y", fixed)
				k.put(`INSERT INTO org_code (city, org, scheme, code) SELECT $1, $3, 'source', 'c' WHERE $2 > CAST(0 AS BIGINT)`, fixed)
			}),
		},
		{name: "an organisation that an undone delivery had ended", over: days(42), there: isThere("org", "until = 7"), put: withDelivery("undone", func(k *keeper) {
			k.put(`UPDATE org SET until = 7 WHERE city = $1 AND id = $3 AND $2 > CAST(0 AS BIGINT)`, k.node(village))
		})},
		{
			name: "an account of the public", over: years(3), there: isThere("account", "id = $2", fixed),
			put: func(k *keeper) {
				k.put(`INSERT INTO account (city, id, kind, name, person, state, made_at) VALUES ($1, $3, 'public', '1', $4, 'active', $2)`, fixed, k.person(0))
			},
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
		{name: "a suspended account of staff", over: years(5), there: isThere("account", "id = $2", fixed), put: func(k *keeper) {
			k.put(`INSERT INTO account (city, id, kind, name, state, made_at) VALUES ($1, $3, 'staff', '1', 'suspended', $2)`, fixed)
			k.put(`INSERT INTO role_grant (city, id, account, role, org, from_day, made_by) SELECT $1, 'g', $3, 'reader', $4, '2026-01-01', 'u' WHERE $2 > CAST(0 AS BIGINT)`, fixed, k.node(village))
		}},
		{
			name: "the content of an act", over: years(5), there: isThere("act_content", "act IN (SELECT id FROM act WHERE city = $1 AND verb = 'test.said')"),
			put: func(k *keeper) {
				if err := k.DB.Note(k.t.Context(), k.System(), authz.Verb{Key: "test.said"}, k.person(0), act.Change{"x": 1}); err != nil {
					k.t.Fatal(err)
				}
				k.seal()
			},
			holds: func(k *keeper) []string { return []string{"person", k.person(0)} },
		},
	}...)
}

// Each rule keeps until the last day, destroys on the next, and leaves what is held, whatever it is held by.
func TestEachRuleKeepsAndDestroys(t *testing.T) {
	t.Parallel()
	keepers(t, func(k *keeper) {
		start := *k.now
		for i, c := range keptRules() {
			k.at(start.AddDate(40*i, 0, 0)) // far from what the others have left
			k.t.Log(c.name)
			before := k.twinRows()
			put := *k.now
			c.put(k)
			k.at(c.over(put).Add(-24 * time.Hour))
			if k.run(); !c.there(k) {
				t.Errorf("%s: destroyed a day early", c.name)
				continue
			}
			k.at(c.over(put).Add(24 * time.Hour))
			if c.holds != nil {
				for all := append(c.holds(k), "city", k.node("咸宁市")); len(all) > 0; all = all[2:] {
					hold, err := k.s.Hold(t.Context(), k.System(), all[0], all[1], "某法院来函〔2026〕1号")
					if err != nil {
						t.Fatalf("%s: %v", c.name, err)
					}
					if k.run(); !c.there(k) {
						t.Errorf("%s: destroyed though the %s is held", c.name, all[0])
					}
					if err := k.s.Lift(t.Context(), k.System(), hold, "案件已结"); err != nil {
						t.Fatal(err)
					}
				}
			}
			if k.run(); c.there(k) {
				t.Errorf("%s: still there a day after its time", c.name)
			}
			if !slices.Equal(k.twinRows(), before) {
				t.Errorf("%s: the twin has lost rows", c.name)
			}
			k.clear()
		}
	})
}

// A person is kept while anything names her, and goes when nothing does any more.
func TestWhoIsNamedStays(t *testing.T) {
	t.Parallel()
	keepers(t, func(k *keeper) {
		start := *k.now
		for i, c := range []struct {
			name  string
			named func(who string)
			free  func(who string) // three years before she may go
		}{
			{"a matter", func(who string) {
				k.put(`INSERT INTO matter (city, id, serial, kind, title, subject, org, desk, state, due, opened_at, opened_by)
					VALUES ($1, $3, 's', 'blind_spot', 't', $4, $5, $5, 'open', '2026-04-01', $2, 'u')`, fixed, who, k.node(village))
			}, func(string) {
				k.put(`UPDATE matter SET state = 'closed', closed_at = $2 WHERE city = $1 AND id = $3`, fixed)
			}},
			{"an account", func(who string) {
				k.put(`INSERT INTO account (city, id, kind, name, person, state, made_at) VALUES ($1, $3, 'staff', '1', $4, 'active', $2)`, fixed, who)
			}, func(string) { k.put(`DELETE FROM account WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`) }},
			{"a consent", func(who string) {
				k.put(`INSERT INTO consent (city, id, person, given_by, purpose, version, given_at) VALUES ($1, 'c', $3, $3, 'p', '1', $2)`, who)
			}, func(string) { k.put(`UPDATE consent SET withdrawn_at = $2 WHERE city = $1`) }},
			{"a consent that she gave for another", func(who string) {
				k.put(`INSERT INTO consent (city, id, person, given_by, purpose, version, given_at) VALUES ($1, 'c', $3, $4, 'p', '1', $2)`, k.person(1), who)
			}, func(string) { k.put(`UPDATE consent SET withdrawn_at = $2 WHERE city = $1`) }},
			{"a guardianship", func(who string) {
				k.put(`INSERT INTO guardianship (city, id, child, adult, relation, from_day) SELECT $1, 'g', $3, $4, '1', '2026-01-01' WHERE $2 > CAST(0 AS BIGINT)`, k.person(1), who)
				k.put(`UPDATE person SET born = '' WHERE city = $1 AND id = $3 AND $2 > CAST(0 AS BIGINT)`, k.person(1))
			}, func(string) {
				k.put(`UPDATE guardianship SET until_day = $3 WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`, k.now.Format(time.DateOnly))
			}},
			{"a tie", func(who string) {
				k.put(`INSERT INTO tie (city, person, kind, id, org) SELECT $1, $3, 'resident', 't', $4 WHERE $2 > CAST(0 AS BIGINT)`, who, k.node(village))
			}, func(string) {
				k.delivery(9, "visible")
				k.put(`UPDATE tie SET until = 9 WHERE city = $1 AND id = 't' AND $2 > CAST(0 AS BIGINT)`)
			}},
			{"an act", func(string) {}, func(who string) {
				if err := k.DB.Note(k.t.Context(), k.System(), person.Reveal, who, nil); err != nil {
					t.Fatal(err)
				}
			}},
			{"somebody who was found to be she", func(who string) {
				k.put(`UPDATE person SET merged_into = $3 WHERE city = $1 AND id = $4 AND $2 > CAST(0 AS BIGINT)`, who, k.person(2)) // who is a member
			}, func(string) { k.put(`UPDATE person SET merged_into = NULL WHERE city = $1 AND $2 > CAST(0 AS BIGINT)`) }},
		} {
			k.at(start.AddDate(20*i, 0, 0))
			who := k.add("新来的", 0).String()
			c.named(who)
			k.at(k.now.AddDate(4, 0, 0))
			if c.name != "an act" {
				if k.run(); k.leads(who) == 0 {
					t.Errorf("%s: who is named is gone", c.name)
				}
			}
			c.free(who)
			k.at(k.now.AddDate(3, 0, -1))
			wasMerged := c.name == "somebody who was found to be she" || c.name == "an account"
			if k.run(); !wasMerged && k.leads(who) == 0 {
				t.Errorf("%s: gone before three years were over", c.name)
			}
			k.at(k.now.AddDate(0, 0, 2))
			if k.run(); k.leads(who) != 0 {
				t.Errorf("%s: %d rows of hers are left", c.name, k.leads(who))
			}
			k.clear()
		}
	})
}

// Who was merged goes with those who stand for the same human being, and not while one of them is named.
func TestRowsOfOneHumanBeingGoTogether(t *testing.T) {
	t.Parallel()
	keepers(t, func(k *keeper) {
		root := k.add("新来的", 0).String()
		double, third := newID(k), newID(k)
		for _, x := range [][2]string{{double, root}, {third, double}} {
			k.put(`INSERT INTO person (city, id, home, name, pinyin, initials, made_at, merged_into) VALUES ($1, $3, $4, '重复', '', '', $2, $5)`, x[0], k.node(village), x[1])
			k.put(`INSERT INTO person_merge (city, id, from_person, into_person, at, made_by, reason) VALUES ($1, $3, $3, $4, $2, 'u', 'r')`, x[0], x[1])
		}
		hold, err := k.s.Hold(t.Context(), k.System(), "person", third, "某法院来函〔2026〕1号")
		if err != nil {
			t.Fatal(err)
		}
		k.at(k.now.AddDate(3, 0, 1))
		if k.run(); k.leads(root) == 0 || k.leads(double) == 0 || k.leads(third) == 0 {
			t.Error("a row went while another of the same person is held")
		}
		if err := k.s.Lift(t.Context(), k.System(), hold, "案件已结"); err != nil {
			t.Fatal(err)
		}
		if k.run(); k.leads(root)+k.leads(double)+k.leads(third)+k.rows("person_merge", "1 = 1") != 0 {
			t.Error("rows are left")
		}
	})
}

// While a delivery is written nobody is destroyed whom it may be bringing back; what it does not touch goes.
func TestNobodyGoesWhileAnImportIsWritten(t *testing.T) {
	t.Parallel()
	keepers(t, func(k *keeper) {
		k.delivery(7, "undone")
		k.delivery(8, "applying")
		who := k.add("新来的", 7).String()
		k.put(`INSERT INTO outbox (city, id, kind, body, at, next_at) VALUES ($1, 'o', 'sms', '', $2, $2)`)
		claim := func(take func(*sqldb.Tx, int64) error) {
			t.Helper()
			if err := k.DB.Keep(t.Context(), k.City, func(tx *sqldb.Tx) error { return take(tx, 8) }); err != nil {
				t.Fatal(err)
			}
		}
		claim(source.Claim)
		k.at(k.now.AddDate(0, 0, 43))
		if k.run(); k.leads(who) == 0 || k.rows("outbox", "id = 'o'") != 0 {
			t.Errorf("her rows: %d, messages: %d", k.leads(who), k.rows("outbox", "id = 'o'"))
		}
		if o, err := k.s.Look(t.Context(), k.System()); err != nil || o.Last["person"].Outcome != retain.More {
			t.Errorf("%+v, %v", o.Last["person"], err)
		}
		claim(source.Release)
		if k.run(); k.leads(who) != 0 {
			t.Error("she is left when the import is done")
		}
	})
}

// A run that is cut goes on at the next; a rule that fails does not keep the others; what was done is said.
func TestARunGoesOn(t *testing.T) {
	t.Parallel()
	keepers(t, func(k *keeper) {
		for _, x := range []string{"a", "b", "c", "d", "e"} {
			k.put(`INSERT INTO api_token (city, token, id, account, name, made_at, expires) VALUES ($1, $3, $4, 'a', 'n', $2, $2)`, []byte(x), x)
			k.put(`INSERT INTO notice (city, id, account, once, key, at) VALUES ($1, $3, 'a', $3, 'k', $2)`, x)
		}
		k.at(k.now.AddDate(2, 0, 1))
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := k.s.Run(gone, k.City); !errors.Is(err, context.Canceled) || k.rows("notice", "1 = 1") != 5 {
			t.Errorf("a run without time: %v", err)
		}
		broken := retain.Rule{Table: "code", Ends: []retain.End{{Find: func(sqldb.Q, retain.Before, int) (retain.Found, error) {
			return retain.Found{}, errors.New("broken")
		}}}}
		k.s.Rules, k.s.Most = append([]retain.Rule{broken}, k.s.Rules...), 2
		for run, want := range []struct {
			left    int
			outcome retain.Outcome
		}{{3, retain.More}, {1, retain.More}, {0, retain.Done}} {
			if err := k.s.Run(t.Context(), k.City); err == nil || !strings.Contains(err.Error(), "retention of code: broken") {
				t.Errorf("the broken rule: %v", err)
			}
			o, err := k.s.Look(t.Context(), k.System())
			if err != nil || k.rows("notice", "1 = 1") != want.left || k.rows("api_token", "1 = 1") != want.left || o.Last["notice"].Outcome != want.outcome {
				t.Errorf("run %d: %d notices, %d tokens left, want %d; %+v, %v", run, k.rows("notice", "1 = 1"), k.rows("api_token", "1 = 1"), want.left, o.Last["notice"], err)
			}
		}
		for change, want := range map[string]int{`{"rows":2}`: 2, `{"rows":1}`: 1} {
			n := k.rows("act_content", `change = $2 AND act IN (SELECT id FROM act WHERE city = $1 AND verb = 'retention.destroy' AND subject = 'api_token')`, change)
			if n != want {
				t.Errorf("%d acts say %s, want %d", n, change, want)
			}
		}
		if n := k.rows("act", "subject = 'notice'"); n != 0 {
			t.Errorf("%d acts about housekeeping", n)
		}
	})
}

// Every table of the schema has a rule that runs, and texts in both languages.
func TestEveryRuleIsRunAndSaid(t *testing.T) {
	t.Parallel()
	cat, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	keys := cat.Keys()
	var have []string
	for _, r := range retention(seal.Ephemeral("zhidian/test")) {
		have = append(have, r.Table)
		texts := []string{r.Purpose}
		for _, e := range r.Ends {
			texts = append(texts, e.Text)
			if e.Find == nil {
				t.Errorf("%s: nothing finds its rows", r.Table)
			}
		}
		for _, text := range texts {
			if !slices.Contains(keys, text) {
				t.Errorf("%s: no text %s", r.Table, text)
			}
		}
	}
	db := sqldbtest.SQLite(t, sqldb.Options{})
	var want []string
	err = db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
		want, err = sqldb.All(q, func(s sqldb.Scan) (string, error) {
			var x string
			return x, s(&x)
		}, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' AND $1 <> 'city' ORDER BY name`)
		return err
	})
	slices.Sort(have)
	if err != nil || !slices.Equal(have, want) {
		t.Errorf("rules of %v, tables %v: %v", have, want, err)
	}
}

// Holds and lifts ask for their rights at the whole city, and name only what there is.
func TestWhoMayHold(t *testing.T) {
	t.Parallel()
	keepers(t, func(k *keeper) {
		as := func(at string, verbs ...authz.Verb) authz.Actor {
			return k.Actor(t, authz.Role{Key: "r", Verbs: verbs}, at)
		}
		all := retain.Verbs
		hold, err := k.s.Hold(t.Context(), as("咸宁市", all...), "person", k.person(0), "某法院来函〔2026〕1号")
		if err != nil {
			t.Fatal(err)
		}
		without := func(v authz.Verb) []authz.Verb {
			return slices.DeleteFunc(slices.Clone(all), func(x authz.Verb) bool { return x == v })
		}
		for name, try := range map[string]error{
			"hold without the right":    second(k.s.Hold(t.Context(), as("咸宁市", without(retain.SetHold)...), "person", k.person(1), "某法院来函")),
			"hold in a county":          second(k.s.Hold(t.Context(), as("咸安区", all...), "person", k.person(1), "某法院来函")),
			"lift without the right":    k.s.Lift(t.Context(), as("咸宁市", without(retain.LiftHold)...), hold, "案件已结"),
			"look without the right":    second(k.s.Look(t.Context(), as("咸宁市", without(retain.Read)...))),
			"find without the right":    second(k.s.FindHold(t.Context(), as("咸宁市", without(retain.Read)...), hold)),
			"hold the twin's":           second(k.s.Hold(t.Context(), as("咸宁市", all...), "person", k.twin.People[testworld.Canary(k.twin.City, "咸安区", 1)].String(), "某法院来函")),
			"hold nobody":               second(k.s.Hold(t.Context(), as("咸宁市", all...), "person", fixed, "某法院来函")),
			"hold twice":                second(k.s.Hold(t.Context(), as("咸宁市", all...), "person", k.person(0), "某法院来函")),
			"hold without a reason":     second(k.s.Hold(t.Context(), as("咸宁市", all...), "person", k.person(1), " 无 ")),
			"hold a name":               second(k.s.Hold(t.Context(), as("咸宁市", all...), "person", "张三", "某法院来函")),
			"hold the city by a county": second(k.s.Hold(t.Context(), as("咸宁市", all...), "city", k.node("咸安区"), "某法院来函")),
			"hold what is no kind":      second(k.s.Hold(t.Context(), as("咸宁市", all...), "nothing", k.person(1), "某法院来函")),
			"lift without a reason":     k.s.Lift(t.Context(), as("咸宁市", all...), hold, ""),
		} {
			if try == nil {
				t.Errorf("%s: was allowed", name)
			}
		}
		if n := k.rows("legal_hold", "1 = 1"); n != 1 {
			t.Errorf("%d holds", n)
		}
		if err := k.s.Lift(t.Context(), as("咸宁市", all...), hold, "案件已结"); err != nil {
			t.Error(err)
		}
		if err := k.s.Lift(t.Context(), as("咸宁市", all...), hold, "案件已结"); err == nil {
			t.Error("lifted twice")
		}
		if n := k.rows("act", "verb IN ('retention.hold', 'retention.lift') AND subject = $2", hold); n != 2 {
			t.Errorf("%d acts about it", n)
		}
	})
}

func second[T any](_ T, err error) error { return err }
