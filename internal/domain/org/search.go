package org

import (
	"strings"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/pinyin"
	"zhidian/internal/platform/sqldb"
)

// Inside adds the condition that the organisation named by one of the columns lies in a scope, for other nouns'
// statements: org.Inside(&w, by.Scope(verb), "m.desk", "m.org").
func Inside(w *sqldb.Where, in authz.Scope, columns ...string) *sqldb.Where {
	if in.All {
		return w
	}
	var any []string
	for _, c := range columns {
		for _, p := range in.Paths {
			any = append(any, c+` IN (SELECT id FROM org WHERE city = $1 AND path >= `+w.Arg(string(p))+` AND path < `+w.Arg(string(p.End()))+`)`)
		}
	}
	if len(any) == 0 {
		return w.And("1 = 0")
	}
	return w.And("(" + strings.Join(any, " OR ") + ")")
}

// Named gives organisations by their ids, shown or not, for lists of things that belong to them.
func Named(q sqldb.Q, ids []ID) (map[ID]Node, error) {
	named := make(map[ID]Node, len(ids))
	var w sqldb.Where
	w.And("o.city = $1")
	var marks []string
	for _, id := range ids {
		if _, twice := named[id]; !twice && !id.IsZero() {
			named[id] = Node{}
			marks = append(marks, w.Arg(id))
		}
	}
	if len(marks) == 0 {
		return named, nil
	}
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM org o WHERE `+w.SQL()+` AND o.id IN (`+strings.Join(marks, ", ")+`)`, w.Args()...)
	for _, n := range all {
		named[n.ID] = n
	}
	return named, err
}

// SearchLimit is the most organisations that a search gives; who sees so many narrows it by typing on.
const SearchLimit = 50

// Search finds organisations in a scope by a part of their name now or before, by how it sounds (jyx, jiayu), or by a whole code.
// Closed ones come last.
func Search(q sqldb.Q, in authz.Scope, words string, kinds ...Kind) ([]Node, error) {
	words = strings.TrimSpace(words)
	if words == "" {
		return nil, nil
	}
	var w sqldb.Where
	w.And("o.city = $1").Scope(in, "o.path").And(Live)
	ofKinds(&w, kinds)
	named := make([]string, 0, 2) // statistics write 牌洲湾, people 簰洲湾
	for _, writing := range pinyin.Variants(words) {
		part := w.Arg("%" + literal.Replace(writing) + "%")
		named = append(named, `o.name LIKE `+part+` ESCAPE '!' OR o.short LIKE `+part+` ESCAPE '!' OR o.id IN
			(SELECT h.org FROM org_history h WHERE h.city = $1 AND h.field = 'name' AND h.old LIKE `+part+` ESCAPE '!' AND `+shown+`)`)
	}
	sound := literal.Replace(strings.ToLower(strings.ReplaceAll(words, " ", "")))
	w.And("("+strings.Join(named, " OR ")+` OR o.initials LIKE ? ESCAPE '!' OR o.pinyin LIKE ? ESCAPE '!'
		OR o.id IN (SELECT c.org FROM org_code c WHERE c.city = $1 AND c.code = ?))`,
		"%"+sound+"%", sound+"%", strings.ToUpper(words))
	first := w.Arg(words)
	return sqldb.All(q, scan, `SELECT `+columns+` FROM org o WHERE `+w.SQL()+`
		ORDER BY CASE WHEN o.closed <> '' THEN 2 WHEN o.name = `+first+` THEN 0 ELSE 1 END, o.depth, o.path LIMIT `+w.Arg(SearchLimit), w.Args()...)
}

// literal lets signs that LIKE takes for wildcards stand for themselves.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func ofKinds(w *sqldb.Where, kinds []Kind) {
	if len(kinds) == 0 {
		return
	}
	marks := make([]string, len(kinds))
	for i, k := range kinds {
		marks[i] = w.Arg(string(k))
	}
	w.And("o.kind IN (" + strings.Join(marks, ", ") + ")")
}

// Tally is how many working organisations of a kind there are.
type Tally struct {
	Kind Kind
	N    int64
}

// Tallies counts the working organisations in a scope by kind.
func Tallies(q sqldb.Q, in authz.Scope) ([]Tally, error) {
	var w sqldb.Where
	w.And("o.city = $1").Scope(in, "o.path").And(Live).And("o.closed = ''")
	all, err := sqldb.All(q, func(s sqldb.Scan) (Tally, error) {
		var t Tally
		return t, s(&t.Kind, &t.N)
	}, `SELECT o.kind, COUNT(*) FROM org o WHERE `+w.SQL()+` GROUP BY o.kind`, w.Args()...)
	if err != nil {
		return nil, err
	}
	by := map[Kind]int64{}
	for _, t := range all {
		by[t.Kind] = t.N
	}
	all = all[:0]
	for _, k := range Kinds {
		if by[k] > 0 {
			all = append(all, Tally{k, by[k]})
		}
	}
	return all, nil
}

// below is the source of what works below a path, from $2 to $3.
var below = ` FROM org o WHERE o.city = $1 AND o.path > $2 AND o.path < $3 AND o.closed = '' AND ` + Live

// Below counts the working organisations below a node, itself not counted.
func Below(q sqldb.Q, p authz.Path) (n int64, err error) {
	err = q.Row(`SELECT COUNT(*)`+below, string(p), string(p.End())).Scan(&n)
	return n, err
}

// BelowCounted is Below as far as a limit: a city has more than anybody counts.
func BelowCounted(q sqldb.Q, p authz.Path, limit int) (page.Count, error) {
	var n int
	err := q.Row(page.CountSQL(`SELECT 1`+below, limit), string(p), string(p.End())).Scan(&n)
	return page.Counted(n, limit), err
}
