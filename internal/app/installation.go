package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
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
	tempDir   = "temp" // uploads on their way, a folder for each process
)

// installation is an opened data folder: database, keys and files of one city.
type installation struct {
	dir   string
	city  City
	db    *sqldb.DB
	keys  *seal.Keys
	clock *demoClock // of a demo city
	temp  *os.File   // this process's folder in tempDir, locked while it serves
}

// slugForm is the form of a city's slug: it stands in every key, in file names and in the log's name.
var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// found makes a data folder for a new city. A folder that holds one already is left alone; one in which an earlier
// attempt ended before its last step is finished.
func found(dir string, c City, now time.Time) error {
	if !slugForm.MatchString(c.Slug) {
		return errs.New(errs.Invalid, "app.slug", errs.Args{"slug": c.Slug})
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, cityFile)); err == nil {
		return errs.New(errs.Conflict, "app.founded_already", errs.Args{"dir": dir})
	}
	keys := filepath.Join(dir, keyFile)
	if _, err := os.Stat(keys); errors.Is(err, fs.ErrNotExist) {
		if _, err := seal.Create(keys, act.KeyName(c.Slug), now); err != nil {
			return err
		}
	}
	return writeCity(dir, c)
}

// writeCity says whose folder it is. It is the last step of founding and of restoring: before it the folder is nobody's.
func writeCity(dir string, c City) error {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	part := filepath.Join(dir, cityFile+".part")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(b, '\n')); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(part, filepath.Join(dir, cityFile)) // unlike a rename, it takes nobody's place
	if errors.Is(err, fs.ErrExist) {
		err = errs.New(errs.Conflict, "app.founded_already", errs.Args{"dir": dir})
	}
	return errors.Join(err, os.Remove(part))
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
	return openAs(ctx, c, dir, dsn)
}

// openAs opens a folder as a city's, whether or not it is said yet whose it is.
func openAs(ctx context.Context, c City, dir, dsn string) (*installation, error) {
	keys, err := seal.Open(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	key := keys.CurrentKey()
	opt := sqldb.Options{Housekeeping: schema.Housekeeping, KeyID: fmt.Sprintf("%x", key[:])}
	in := &installation{dir: dir, city: c, keys: keys}
	if c.Demo {
		in.clock = &demoClock{}
		opt.Clock = in.clock.now
	}
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
	if err := in.current(ctx); err != nil { // a newer program has been here
		return nil, errors.Join(err, in.db.Close())
	}
	return in, nil
}

// current tells whether the database is of this program's version.
func (in *installation) current(ctx context.Context) error {
	have, want, err := in.db.Version(ctx, schema.Migrations)
	if err == nil && have != want {
		err = errs.New(errs.Conflict, "app.schema_version", errs.Args{"have": have, "want": want})
	}
	return err
}

// running tells whether another process serves this folder: it holds the lock of its own temporary folder.
func running(dir string) (bool, error) {
	all, err := os.ReadDir(filepath.Join(dir, tempDir))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	for _, d := range all {
		f, err := os.Open(filepath.Join(dir, tempDir, d.Name()))
		if err != nil {
			return false, err
		}
		held := locked(f) != nil
		if err := f.Close(); err != nil {
			return false, err
		}
		if held {
			return true, nil
		}
	}
	return false, err
}

// ownTemp makes this process's own folder for uploads on their way, and removes those of processes that have ended: each
// living one holds a lock on its folder.
func (in *installation) ownTemp() (string, error) {
	all := filepath.Join(in.dir, tempDir)
	if err := os.MkdirAll(all, 0o700); err != nil {
		return "", err
	}
	old, err := os.ReadDir(all)
	if err != nil {
		return "", err
	}
	for _, d := range old {
		path := filepath.Join(all, d.Name())
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if locked(f) == nil {
			err = os.RemoveAll(path)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	mine, err := os.MkdirTemp(all, "serve-")
	if err != nil {
		return "", err
	}
	in.temp, err = os.Open(mine)
	if err != nil {
		return "", err
	}
	return mine, locked(in.temp)
}

// locked takes the lock of an open folder, without waiting; it is held until the folder is closed or the process ends.
func locked(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

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

// inLanguage says an error in one language.
func inLanguage(lang i18n.Lang, err error) string {
	cat, bad := catalog()
	if bad != nil || errs.KeyOf(err) == "" {
		return err.Error()
	}
	return cat.Printer(lang).Error(err)
}

// eachInBoth says an error in both languages on one line, or each of the problems that it gathers on a line of its own.
func eachInBoth(err error) (lines []string) {
	for _, p := range errs.ProblemsOf(err) {
		lines = append(lines, sayBoth(p.Key, p.Args))
	}
	if lines == nil {
		lines = []string{inLanguage(i18n.ZhCN, err) + " " + inLanguage(i18n.En, err)}
	}
	return lines
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
