package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/outreach"
	"zhidian/internal/service/startuploan"
)

// keysCommand changes the sealing key and the look-up key, together or apart, while the service stands still. Stopped in
// the middle it goes on where it was when it is run again.
func keysCommand(ctx context.Context, c *call) int {
	what := ""
	if len(c.args) > 0 && (c.args[0] == "rotate" || c.args[0] == "show") {
		what, c.args = c.args[0], c.args[1:]
	}
	fs := c.flags()
	data := fs.String("data", "", "安装目录 folder of the installation")
	dsn := fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	sealing := fs.Bool("sealing", true, "更换封存密钥 change the sealing key")
	lookup := fs.Bool("lookup", true, "更换查找密钥 change the look-up key")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data == "" || what == "" {
		fmt.Fprintln(c.stderr, "用法 Usage: zhidian keys show|rotate --data DIR [--sealing=false] [--lookup=false]")
		return exitUsage
	}
	if busy, err := running(*data); err != nil || busy && what == "rotate" {
		if err == nil {
			err = errs.New(errs.Conflict, "app.running", errs.Args{"dir": *data})
		}
		return c.fail(err)
	}
	in, err := migrated(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	defer in.db.Close()
	if what == "rotate" {
		if err := in.rotate(ctx, *sealing, *lookup, time.Now()); err != nil {
			return c.fail(err)
		}
		fmt.Fprintln(c.stdout, "密钥已更换。旧的钥匙单和密钥副本只能打开以前的备份：请重新打印钥匙单，旧单与旧备份一起保管。")
		fmt.Fprintln(c.stdout, "The keys are changed. Old key sheets and copies open older backups only: print a new sheet, and keep the old one with those backups.")
	}
	f := in.keys.Fingerprints()
	fmt.Fprintf(c.stdout, "封存 sealing  %s\n查找 look-up  %s\n签名 signing  %s\n", f.Sealing, f.Lookup, f.Sign)
	for _, old := range f.Old {
		fmt.Fprintf(c.stdout, "旧的封存密钥 older sealing key  %s\n", old)
	}
	return exitOK
}

// rotate makes new keys, puts everything under them, and destroys the old ones when nothing is left under them. A change
// that was begun before is finished first, without new keys.
func (in *installation) rotate(ctx context.Context, sealing, lookup bool, at time.Time) error {
	begun := in.keys.Fingerprints()
	if sealing && len(begun.Old) == 0 {
		if err := in.keys.RotateSealing(at); err != nil {
			return err
		}
	}
	if lookup && begun.NextLookup == "" && len(begun.Old) == 0 {
		if err := in.keys.BeginLookup(at); err != nil {
			return err
		}
	}
	for range 2 { // the second time finds nothing left to do, unless somebody worked beside
		if err := in.newKeys(ctx); err != nil {
			return err
		}
	}
	if in.keys.Fingerprints().NextLookup != "" {
		if err := in.keys.FinishLookup(); err != nil {
			return err
		}
	}
	for _, old := range in.keys.OldKeys() {
		if err := in.keys.RetireSealing(old); err != nil {
			return err
		}
	}
	return nil
}

// rekeyRows is how many persons or accounts one act puts under new keys.
const rekeyRows = 500

func (in *installation) newKeys(ctx context.Context) error {
	by := authz.System(in.city.Slug)
	each := func(verb authz.Verb, next func(tx *sqldb.Tx, after string) (string, error)) error {
		for after := ""; ; {
			last := ""
			err := in.db.Write(ctx, by, func(tx *sqldb.Tx) (err error) {
				if last, err = next(tx, after); err != nil || last == "" {
					return err
				}
				return tx.Record(verb, "", act.Change{"to": last})
			})
			if err != nil || last == "" {
				return err
			}
			after = last
		}
	}
	reseal := func(at seal.Place, sealed []byte) ([]byte, bool, error) { return in.keys.Reseal(at, sealed) }
	if err := each(person.Rekey, func(tx *sqldb.Tx, after string) (string, error) {
		last, err := person.NewKeys(tx, in.keys, reseal, person.ID(after), rekeyRows)
		return last.String(), err
	}); err != nil {
		return err
	}
	if err := each(account.Rekey, func(tx *sqldb.Tx, after string) (string, error) {
		last, err := account.NewKeys(tx, in.keys, reseal, account.ID(after), rekeyRows)
		return last.String(), err
	}); err != nil {
		return err
	}
	if err := each(enrolment.Rekey, func(tx *sqldb.Tx, after string) (string, error) {
		last, err := enrolment.NewKeys(tx, reseal, edition.ID(after))
		return last.String(), err
	}); err != nil {
		return err
	}
	if err := each(startuploan.Rekey, func(tx *sqldb.Tx, after string) (string, error) {
		return startuploan.NewKeys(tx, reseal, after)
	}); err != nil {
		return err
	}
	if err := each(outreach.Rekey, func(tx *sqldb.Tx, after string) (string, error) { return outreach.NewKeys(tx, reseal, after) }); err != nil {
		return err
	}
	if err := each(childcare.RekeyHealth, func(tx *sqldb.Tx, after string) (string, error) { return childcare.NewKeys(tx, reseal, after) }); err != nil {
		return err
	}
	if err := each(safety.Rekey, func(tx *sqldb.Tx, after string) (string, error) { return safety.NewKeys(tx, reseal, after) }); err != nil {
		return err
	}
	return in.newKeysOfFiles(ctx)
}

// newKeysOfFiles writes stored files anew under the sealing key in force.
func (in *installation) newKeysOfFiles(ctx context.Context) error {
	files, err := blob.New(filepath.Join(in.dir, blobDir), in.keys)
	if err != nil {
		return err
	}
	err = files.Walk(ctx, func(h blob.Hash, _ int64) error {
		_, err := files.Reseal(ctx, h)
		return err
	})
	return errors.Join(err, files.Close())
}
