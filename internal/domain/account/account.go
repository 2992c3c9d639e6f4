// Package account lets people in: staff by invitation, the public by mobile number, each with roles for a time.
package account

import (
	"log/slog"
	"strings"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// ID names an account.
type ID = id.Of[Account]

// What people do with accounts. Those of one's own account ask for no role.
var (
	Read        = authz.Verb{Key: "account.read"}
	Invite      = authz.Verb{Key: "account.invite", Writes: "account invitation"}
	Suspend     = authz.Verb{Key: "account.suspend", Writes: "account api_token"}
	Reset       = authz.Verb{Key: "account.reset", Writes: "account invitation api_token"}
	GrantRole   = authz.Verb{Key: "account.grant", Writes: "account role_grant"}
	RevokeRole  = authz.Verb{Key: "account.revoke", Writes: "account role_grant"}
	Create      = authz.Verb{Key: "account.create", Writes: "account invitation role_grant"}
	Accept      = authz.Verb{Key: "account.accept", Writes: "account invitation api_token"}
	Register    = authz.Verb{Key: "account.register", Writes: "account"}
	SignIn      = authz.Verb{Key: "account.sign_in", Writes: "account"}
	FailSignIn  = authz.Verb{Key: "account.sign_in_failed", Writes: "account"}
	Lock        = authz.Verb{Key: "account.lock", Writes: "account"}
	SignOut     = authz.Verb{Key: "account.sign_out", Writes: "api_token"}
	SignOther   = authz.Verb{Key: "account.sign_out_other"} // of somebody else, from one of her devices
	Link        = authz.Verb{Key: "account.link", Writes: "account"}
	FailLink    = authz.Verb{Key: "account.link_failed", Writes: "account"}
	Unlink      = authz.Verb{Key: "account.unlink", Writes: "account"}
	SetPassword = authz.Verb{Key: "account.password", Writes: "account api_token"}
	Enrol       = authz.Verb{Key: "account.totp", Writes: "account"}
	MakeToken   = authz.Verb{Key: "account.token", Writes: "account api_token"}
	EndToken    = authz.Verb{Key: "account.token_end", Writes: "api_token"}
	SaveView    = authz.Verb{Key: "account.view", Writes: "account saved_view"}
	DropView    = authz.Verb{Key: "account.view_drop", Writes: "saved_view"}
)

// The verbs of the two administrators who deal with accounts; neither has the other's (三权分立).
var (
	SystemVerbs   = []authz.Verb{Read, Invite, Suspend, Reset}
	SecurityVerbs = []authz.Verb{Read, GrantRole, RevokeRole, SignOther}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{
	Read, Invite, Suspend, Reset, GrantRole, RevokeRole, Create, Accept, Register, SignIn, FailSignIn, Lock, SignOut, SignOther,
	Link, FailLink, Unlink, SetPassword, Enrol, MakeToken, EndToken, SaveView, DropView,
}

// The three administrators of GB/T 22239-2019 keep each other in check: who holds one of these roles holds no other.
const (
	SystemAdmin   = "system_admin"
	SecurityAdmin = "security_admin"
	AuditAdmin    = "audit_admin"
)

// IsAdmin tells whether a role is one of the three administrators.
func IsAdmin(role string) bool {
	return role == SystemAdmin || role == SecurityAdmin || role == AuditAdmin
}

// Kind is who an account is for.
type Kind string

// The kinds of account.
const (
	Staff  Kind = "staff"
	Public Kind = "public"
)

// State is how an account stands.
type State string

// The states of an account.
const (
	Invited   State = "invited" // the invitation is not accepted yet
	Active    State = "active"
	Suspended State = "suspended"
	Closed    State = "closed"
)

// States lists the states in the order in which pages show them.
var States = []State{Invited, Active, Suspended, Closed}

// Account is one person's way in. Passwords and secrets never leave the package.
type Account struct {
	ID          ID
	Kind        Kind
	Login       string // empty for the public
	Name        string
	Desk        org.ID // zero for the public
	DeskName    string
	DeskPath    authz.Path
	Person      string // the person behind a public account, as it was proved; Actor.Person says whether that still holds
	State       State
	HasPassword bool
	HasTOTP     bool
	MustChange  bool
	LockedUntil time.Time // zero when it was never locked
	MadeAt      time.Time

	password string
	totp     []byte
	step     int64
	phone    []byte
	paper    person.PaperKind // by which the person was proved
	personAt time.Time
}

// Locked tells whether wrong passwords keep the account shut at a moment.
func (a Account) Locked(now time.Time) bool { return a.LockedUntil.After(now) }

// How long things hold. GB/T 22239-2019 8.1.4.1 asks for a lock after failures and an end of idle sessions, and
// leaves the numbers to us.
const (
	MaxFailures = 5                // wrong passwords or codes in a row
	LockFor     = 15 * time.Minute // and then nobody gets in, not even with the right one

	InvitationFor = 72 * time.Hour // a long weekend
	StaffIdle     = 30 * time.Minute
	StaffFor      = 12 * time.Hour // a working day and an evening
	PublicFor     = 30 * 24 * time.Hour
	HalfwayFor    = 15 * time.Minute // between password and second step
	TokenMost     = 365              // days that a program's token may hold
)

// Service is the use cases of accounts.
type Service struct {
	DB    *sqldb.DB
	Keys  seal.Provider
	Zone  *time.Location        // the city's, in which days begin and end
	Roles map[string]authz.Role // the catalogue, by key
	Lists map[string]List       // what can be kept of the office's lists, by their path
	SMS   SMS                   // nil: nobody signs in by phone
	Log   *slog.Logger

	Budget int64                                  // messages a month
	Alarm  func(month string, sent, budget int64) // called once a month at 80 % of the budget; may be nil
	Issuer string                                 // what an authenticator app shows above the code, such as 支点·咸宁
	// RequireTOTP makes staff enrol a second factor at their first sign-in. Only the demo goes without.
	RequireTOTP bool

	seen cache
}

// stranger is who has not said yet who they are.
func stranger(city string) authz.Actor { return authz.Actor{City: city} }

// self is an account that acts upon itself before it has a session.
func self(city string, a ID) authz.Actor { return authz.Actor{City: city, User: a.String()} }

// settled treats an act that was recorded before under the same key as done.
func settled(err error) error {
	return sqldb.Done(err)
}

// cleanLogin is the one form of a sign-in name: lower case, no space around.
func cleanLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }
