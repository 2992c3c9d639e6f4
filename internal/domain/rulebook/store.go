package rulebook

import (
	"encoding/json"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

const versionColumns = `id, product, key, area, title, from_day, until_day, source, conditions, cases, state, edited_at, edited_by, made_by, made_at`

func scanVersion(s sqldb.Scan) (k Kept, err error) {
	var conditions, cases string
	if err := s(&k.ID, &k.Product, &k.Key, &k.Area, &k.Title, &k.From, &k.Until, &k.Source, &conditions, &cases, &k.State, &k.EditedAt, &k.EditedBy, &k.MadeBy, &k.MadeAt); err != nil {
		return k, err
	}
	if err := json.Unmarshal([]byte(conditions), &k.Conditions); err != nil {
		return k, err
	}
	return k, json.Unmarshal([]byte(cases), &k.Cases)
}

func scanField(s sqldb.Scan) (f Field, err error) {
	return f, s(&f.Name, &f.From, &f.Value, &f.Source, &f.Status)
}

func find(q sqldb.Q, which ID) (Kept, error) {
	k, err := sqldb.One(q, scanVersion, `SELECT `+versionColumns+` FROM rule_version WHERE city = $1 AND id = $2`, which)
	if err != nil {
		return k, err
	}
	k.Fields, err = sqldb.All(q, scanField, `SELECT name, from_day, value, source, status FROM rule_field WHERE city = $1 AND version = $2 ORDER BY name, from_day`, which)
	return k, err
}

// all gives every version, the nation's first, the newest of a line first, with its fields.
func all(q sqldb.Q) ([]Kept, error) {
	versions, err := sqldb.All(q, scanVersion, `SELECT `+versionColumns+` FROM rule_version WHERE city = $1 ORDER BY product, area, from_day DESC, key`)
	if err != nil {
		return nil, err
	}
	at := make(map[ID]int, len(versions))
	for i, v := range versions {
		at[v.ID] = i
	}
	type owned struct {
		version ID
		Field
	}
	fields, err := sqldb.All(q, func(s sqldb.Scan) (f owned, err error) {
		return f, s(&f.version, &f.Name, &f.From, &f.Value, &f.Source, &f.Status)
	}, `SELECT version, name, from_day, value, source, status FROM rule_field WHERE city = $1 ORDER BY version, name, from_day`)
	for _, f := range fields {
		if i, ok := at[f.version]; ok {
			versions[i].Fields = append(versions[i].Fields, f.Field)
		}
	}
	return versions, err
}

// InForce gives the book and the rates that hold in the city. A version whose text is awaited has no fields.
func InForce(q sqldb.Q) (Book, Quotes, error) {
	versions, err := all(q)
	if err != nil {
		return nil, nil, err
	}
	var b Book
	for _, v := range versions {
		if v.State == Awaited {
			v.Fields, v.Conditions, v.Cases = nil, nil, nil
		}
		if v.State != Draft {
			b = append(b, v.Version)
		}
	}
	quotes, err := rates(q)
	return b, quotes, err
}

func rates(q sqldb.Q) (Quotes, error) {
	return sqldb.All(q, func(s sqldb.Scan) (x Quote, err error) {
		return x, s(&x.Series, &x.From, &x.Until, &x.Rate, &x.Source, &x.Status)
	}, `SELECT series, from_day, until_day, rate, source, status FROM rule_quote WHERE city = $1 ORDER BY series, from_day DESC`)
}

// insert adds a version unless its key is taken.
func insert(tx *sqldb.Tx, k Kept) (bool, error) {
	conditions, cases, err := k.texts()
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(`INSERT INTO rule_version (city, id, product, key, area, title, from_day, until_day, source, conditions, cases, state, edited_at, edited_by, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $13) ON CONFLICT (city, product, key) DO NOTHING`,
		k.ID, k.Product, k.Key, k.Area, k.Title, k.From, k.Until, k.Source, conditions, cases, string(k.State), tx.Now().UnixMicro(), tx.By().User)
	if err != nil || n == 0 {
		return false, err
	}
	return true, insertFields(tx, k)
}

func (k *Kept) texts() (conditions, cases string, err error) {
	c, err := json.Marshal(k.Conditions)
	if err != nil {
		return "", "", err
	}
	t, err := json.Marshal(k.Cases)
	if k.Conditions == nil {
		c = []byte("[]")
	}
	if k.Cases == nil {
		t = []byte("[]")
	}
	return string(c), string(t), err
}

func insertFields(tx *sqldb.Tx, k Kept) error {
	_, err := tx.Bulk(`INSERT INTO rule_field (city, version, name, from_day, value, source, status) VALUES ($1, $2, $3, $4, $5, $6, $7)`, len(k.Fields), func(i int) []any {
		f := k.Fields[i]
		return []any{k.ID, f.Name, f.From, f.Value, f.Source, string(f.Status)}
	})
	return err
}

// update writes what an officer may change of a version that is not published.
func update(tx *sqldb.Tx, k Kept) error {
	conditions, cases, err := k.texts()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE rule_version SET title = $3, from_day = $4, until_day = $5, source = $6, conditions = $7, cases = $8, edited_by = $9 WHERE city = $1 AND id = $2`,
		k.ID, k.Title, k.From, k.Until, k.Source, conditions, cases, tx.By().User); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM rule_field WHERE city = $1 AND version = $2`, k.ID); err != nil {
		return err
	}
	return insertFields(tx, k)
}

// turn takes the row of a line or a series, so that what is read afterwards stays as it is until the act is done.
func turn(tx *sqldb.Tx, line string) error {
	_, err := tx.Exec(`INSERT INTO rule_line (city, line, turn) VALUES ($1, $2, 1) ON CONFLICT (city, line) DO UPDATE SET turn = rule_line.turn + 1`, line)
	return err
}

// free fails where another version of the line is in force on a day of this one.
func free(q sqldb.Q, k Kept) error {
	others, err := sqldb.All(q, scanVersion, `SELECT `+versionColumns+` FROM rule_version WHERE city = $1 AND product = $2 AND area = $3 AND state <> 'draft' AND id <> $4`, k.Product, k.Area, k.ID)
	if err != nil {
		return err
	}
	for i := range others {
		if others[i].overlaps(&k.Version) {
			return errs.New(errs.Conflict, "rulebook.overlap", errs.Args{"a": others[i].Key, "b": k.Key})
		}
	}
	return nil
}
