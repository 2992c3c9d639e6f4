package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
)

// manifest says what a backup holds. It names the keys that it needs, and never contains them.
type manifest struct {
	City     City              `json:"city"`
	Engine   sqldb.Engine      `json:"engine"`
	MadeAt   time.Time         `json:"made_at"`
	Keys     seal.Fingerprints `json:"keys"`
	Verifier string            `json:"verifier"`
}

const manifestFile = "backup.json"

// backup copies database, files and heads into a new folder while the service runs.
func backup(ctx context.Context, c *call) int {
	fs := c.flags()
	data := fs.String("data", "", "安装目录 folder of the installation")
	dsn := fs.String("db", "", "PostgreSQL 地址 address; empty: the embedded database")
	to := fs.String("to", "", "备份写入的新目录 new folder for the backup")
	sheet := fs.String("key-sheet", "", "把密钥打印页的两半写入此目录，打印后删除 folder for the two halves of the printed key sheet; delete them after printing")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *data != "" && *sheet != "" {
		return c.exit(c.keySheet(*data, *sheet))
	}
	if *data == "" || *to == "" {
		fmt.Fprintln(c.stderr, "请用 --data 和 --to 指明安装目录与备份目录。 Name both folders with --data and --to.")
		return exitUsage
	}
	in, err := open(ctx, *data, *dsn)
	if err != nil {
		return c.fail(err)
	}
	defer in.db.Close()
	if err := in.backUp(ctx, *to, time.Now()); err != nil {
		return c.fail(err)
	}
	fmt.Fprintf(c.stdout, "备份完成：%s。密钥不在备份中，请另行保管。 Backed up to %s. The keys are not part of it; keep them apart.\n", *to, *to)
	return exitOK
}

// keySheet writes the keys as two pages to print, one for each of two people. Either alone says nothing.
func (c *call) keySheet(data, to string) error {
	keys, err := seal.Open(filepath.Join(data, keyFile))
	if err != nil {
		return err
	}
	cat, err := catalog()
	if err != nil {
		return err
	}
	a, b, err := keys.Sheet(time.Now(), cat.Printer(i18n.ZhCN), cat.Printer(i18n.En))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for name, text := range map[string]string{"key-sheet-a.txt": a, "key-sheet-b.txt": b} {
		if err := os.WriteFile(filepath.Join(to, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.stdout, "两半已写入 %s：分别打印，交两人保管，然后删除文件。 Both halves are in %s: print them, give them to two people, then delete the files.\n", to, to)
	return nil
}

// backUp writes into a folder that appears whole under its name, or not at all.
func (in *installation) backUp(ctx context.Context, to string, now time.Time) error {
	if _, err := os.Stat(to); err == nil {
		return errs.New(errs.Conflict, "app.backup_exists", errs.Args{"dir": to})
	}
	part := to + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return err
	}
	if err := in.db.Backup(ctx, schema.Migrations, filepath.Join(part, dbFile)); err != nil {
		return err
	}
	for _, name := range []string{blobDir, headsFile} {
		if err := copyAll(filepath.Join(in.dir, name), filepath.Join(part, name)); err != nil {
			return err
		}
	}
	m, err := json.MarshalIndent(manifest{in.city, in.db.Engine(), now.UTC(), in.keys.Fingerprints(), in.keys.Verifier()}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(part, manifestFile), m, 0o600); err != nil {
		return err
	}
	return os.Rename(part, to)
}

// restore makes an installation of a backup, in a folder or database that holds none. The log goes on in a new epoch.
func restore(ctx context.Context, c *call) int {
	fs := c.flags()
	from := fs.String("from", "", "备份目录 folder of the backup")
	data := fs.String("data", "", "新的安装目录 new folder of the installation")
	dsn := fs.String("db", "", "空的 PostgreSQL 数据库地址 address of an empty PostgreSQL database")
	keys := fs.String("keys", "", "密钥文件 key file that the backup needs")
	halfA := fs.String("half-a", "", "密钥打印页的一半（录入为文本文件） one half of the key sheet, typed into a text file")
	halfB := fs.String("half-b", "", "另一半 the other half")
	if code, ok := c.parse(fs); !ok {
		return code
	}
	if *keys == "" && *halfA != "" && *halfB != "" {
		*keys = filepath.Join(*data, "restored-"+keyFile)
		if err := keysFromSheet(*halfA, *halfB, *keys); err != nil {
			return c.fail(err)
		}
		defer os.Remove(*keys)
	}
	if *from == "" || *data == "" || *keys == "" {
		fmt.Fprintln(c.stderr, "请用 --from、--data、--keys 指明备份、新目录与密钥。 Name backup, new folder and keys with --from, --data and --keys.")
		return exitUsage
	}
	if err := restoreFrom(ctx, *from, *data, *dsn, *keys); err != nil {
		return c.fail(err)
	}
	fmt.Fprintf(c.stdout, "恢复完成，办理记录从新的一段继续。 Restored; the log of acts goes on in a new epoch.\n")
	return exitOK
}

// keysFromSheet makes a key file of the two halves of a printed sheet.
func keysFromSheet(halfA, halfB, to string) error {
	a, err := os.ReadFile(halfA)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(halfB)
	if err != nil {
		return err
	}
	keys, err := seal.Restore(string(a), string(b))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return keys.SaveNew(to)
}

func restoreFrom(ctx context.Context, from, data, dsn, keyPath string) error {
	var m manifest
	b, err := os.ReadFile(filepath.Join(from, manifestFile))
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "app.no_backup", errs.Args{"dir": from})
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return errs.Wrap(err, errs.Invalid, "app.no_backup", errs.Args{"dir": from})
	}
	if _, err := seal.Open(keyPath, m.Keys.All()...); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(data, cityFile)); err == nil {
		return errs.New(errs.Conflict, "app.founded_already", errs.Args{"dir": data})
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if err := copyAll(keyPath, filepath.Join(data, keyFile)); err != nil {
		return err
	}
	for _, name := range []string{blobDir, headsFile} {
		if err := copyAll(filepath.Join(from, name), filepath.Join(data, name)); err != nil {
			return err
		}
	}
	if dsn == "" {
		for _, end := range []string{"-wal", "-shm"} { // of an attempt that was interrupted
			if err := os.RemoveAll(filepath.Join(data, dbFile+end)); err != nil {
				return err
			}
		}
		if err := copyAll(filepath.Join(from, dbFile), filepath.Join(data, dbFile)); err != nil {
			return err
		}
	}
	in, err := openAs(ctx, m.City, data, dsn)
	if err != nil {
		return err
	}
	if dsn != "" {
		if err := in.db.Restore(ctx, schema.Migrations, filepath.Join(from, dbFile)); err != nil {
			return errors.Join(err, in.db.Close())
		}
	}
	err = actlog.OpenEpoch(ctx, in.db, m.City.Slug, in.keys.Signer())
	if err := errors.Join(err, in.db.Close()); err != nil {
		return err
	}
	return writeCity(data, m.City)
}

// copyAll copies a file or a folder; one that is not there is nothing to copy.
func copyAll(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == from {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, src); err != nil {
		return errors.Join(err, dst.Close())
	}
	return errors.Join(dst.Sync(), dst.Close())
}
