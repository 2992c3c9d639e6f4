package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // one zone per city, whatever the machine holds

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
)

// City is what an installation is told once, when it is founded.
type City struct {
	Slug string `json:"slug"` // begins every key, such as "xianning"
	Name string `json:"name"` // on pages, such as 咸宁
	Zone string `json:"zone"` // such as "Asia/Shanghai"
	Demo bool   `json:"demo"` // everything in it is made up, and says so
}

// Location is the city's time zone.
func (c City) Location() (*time.Location, error) {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "app.zone", errs.Args{"zone": c.Zone})
	}
	return loc, nil
}

// files of an installation, all below its data folder.
const (
	cityFile  = "city.json"
	keyFile   = "keys.json"
	dbFile    = "city.db"
	blobDir   = "files"
	headsFile = "heads.txt"
	tempDir   = "temp" // uploads on their way; emptied at start
)

// installation is an opened data folder: database, keys and files of one city.
type installation struct {
	dir  string
	city City
	db   *sqldb.DB
	keys *seal.Keys
}

// found makes a data folder for a new city. A folder that holds one already is left alone.
func found(dir string, c City, now time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, cityFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errs.New(errs.Conflict, "app.founded_already", errs.Args{"dir": dir})
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(append(b, '\n')); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	_, err = seal.Create(filepath.Join(dir, keyFile), act.KeyName(c.Slug), now)
	return err
}

// readCity reads what an installation was founded as; Absent where the folder holds none.
func readCity(dir string) (City, error) {
	var c City
	b, err := os.ReadFile(filepath.Join(dir, cityFile))
	if errors.Is(err, fs.ErrNotExist) {
		return c, errs.New(errs.Absent, "app.no_installation", errs.Args{"dir": dir})
	}
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, errs.Wrap(err, errs.Invalid, "app.city_file", errs.Args{"dir": dir})
	}
	return c, nil
}

// open opens the installation in dir. An empty dsn means the embedded database in dir, else it is PostgreSQL's
// address. There is no start without keys.
func open(ctx context.Context, dir, dsn string) (*installation, error) {
	c, err := readCity(dir)
	if err != nil {
		return nil, err
	}
	keys, err := seal.Open(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	key := keys.CurrentKey()
	opt := sqldb.Options{Housekeeping: schema.Housekeeping, KeyID: fmt.Sprintf("%x", key[:])}
	in := &installation{dir: dir, city: c, keys: keys}
	if dsn == "" {
		in.db, err = sqldb.OpenSQLite(ctx, filepath.Join(dir, dbFile), opt)
	} else {
		in.db, err = sqldb.OpenPostgres(ctx, dsn, opt)
	}
	if err != nil {
		return nil, err
	}
	return in, nil
}

// migrated opens an installation and brings its database to the newest version.
func migrated(ctx context.Context, dir, dsn string) (*installation, error) {
	in, err := open(ctx, dir, dsn)
	if err != nil {
		return nil, err
	}
	if err := in.db.Migrate(ctx, schema.Migrations); err != nil {
		return nil, errors.Join(err, in.db.Close())
	}
	return in, nil
}

// inBoth says an error in both languages, one after the other.
func inBoth(err error) string {
	cat, bad := catalog()
	if bad != nil {
		return err.Error()
	}
	if errs.KeyOf(err) == "" {
		return err.Error()
	}
	return cat.Printer(i18n.ZhCN).Error(err) + "\n" + cat.Printer(i18n.En).Error(err)
}

// sayBoth says a message in both languages on one line.
func sayBoth(key string, args errs.Args) string {
	cat, err := catalog()
	if err != nil {
		return key
	}
	p := errs.Problem{Key: key, Args: args}
	return cat.Printer(i18n.ZhCN).Problem(p) + " " + cat.Printer(i18n.En).Problem(p)
}
