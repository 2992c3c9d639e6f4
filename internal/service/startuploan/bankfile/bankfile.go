// Package bankfile takes in what banks say of their loans and holds it against what was to be expected: what agrees is entered, every
// difference is cleared up by a desk.
package bankfile

import (
	"embed"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// ID names a file.
type ID = id.Of[File]

// State is how far a file has come.
type State string

// The states.
const (
	Checked State = "checked" // 已核对，尚未入账
	Applied State = "applied" // 已入账
	Dropped State = "dropped" // 不用了
)

// What people do with files. The right counts at the bank.
var (
	Read  = authz.Verb{Key: "bankfile.read"}
	Check = authz.Verb{Key: "bankfile.check", Writes: "loan_file loan_file_row"}
	Apply = authz.Verb{Key: "bankfile.apply", Writes: "loan_file loan_file_finding " + contract.Written + " " + casework.Written}
	Drop  = authz.Verb{Key: "bankfile.drop", Writes: "loan_file"}
	Title = authz.Verb{Key: "bankfile.title", Writes: "loan_file_title"}
)

// Verbs lists them.
var Verbs = []authz.Verb{Read, Check, Apply, Drop, Title}

// File is one file of a bank.
type File struct {
	ID          ID
	Bank        org.ID
	On          day.Day // of which day its figures are
	Name        string
	State       State
	Rows        int
	Told        int // loans under which something was entered
	Differences int
	MadeBy      string
	MadeAt      int64 // microseconds UTC
	EditedAt    int64
}

// Row is what a file says of one loan.
type Row struct {
	No      int // as Excel counts
	Number  string
	Balance money.Fen
	Late    int        // days overdue; -1 where the file does not say
	Class   string     // empty where the file does not say
	Rate    money.Rate // -1 where the file does not say
}

// Kind is in what a file differs from what was to be expected.
type Kind string

// The kinds of differences.
const (
	Unknown Kind = "unknown" // 台账中没有的借据
	Missing Kind = "missing" // 台账在贷、文件中没有
	Balance Kind = "balance" // 余额与计划不符
	Overdue Kind = "overdue" // 新出现逾期
	Late    Kind = "late"    // 逾期起始日不一致
	Class   Kind = "class"   // 分类降为不良
	Rate    Kind = "rate"    // 利率不一致
	Refused Kind = "refused" // 银行所述与已登记的事项矛盾
)

// Finding is one difference.
type Finding struct {
	Row      int
	Kind     Kind
	Number   string
	Contract contract.ID
	Org      org.ID // where the borrower is at home
	Want     string // what was to be expected
	Have     string // what the file says
	Matter   string // in which it is cleared up, once the file counts
}

// Service is the use cases of banks' files.
type Service struct {
	DB      *sqldb.DB
	Loans   *contract.Service
	Matters *casework.Service
	Cursors *page.Cursors
	Zone    *time.Location // of the city
}

func (s *Service) today(q interface{ Now() time.Time }) day.Day { return day.Of(q.Now(), s.Zone) }
