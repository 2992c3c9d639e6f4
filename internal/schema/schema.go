// Package schema holds the one line of history of the database, and the list of its housekeeping tables.
package schema

import "embed"

// Migrations are applied in order of their numbers, forward only, on both engines.
//
//go:embed [0-9]*.sql
var Migrations embed.FS

// Housekeeping lists the tables that are written outside acts: what they hold is either derived, or means
// nothing to an auditor. Every other table changes only in an act whose verb names it.
var Housekeeping = []string{
	"act", "act_epoch", "act_hash", "act_head", // the sealer numbers acts and derives the rest; an act's own row comes from Record
	"session",                                    // sign-ins are noted as acts; a session's last minute is not
	"code",                                       // one-time codes, hashed, minutes old
	"sms_month",                                  // the budget's running count
	"notice_way", "notice_off", "notice_sending", // when a way was last used, and messages on it; choosing ways is an act
	"outbox", "notice", // messages on their way; what caused them is an act
	"calendar_feed",               // when an address was last asked for; making and ending one are acts
	"job",                         // progress of long work
	"delivery_step",               // progress of an import; its results are acts
	"form_draft",                  // what was typed and not handed in
	"form_phone",                  // how often a phone has answered today
	"form_export",                 // files of answers that wait for who has asked; that they were made and fetched is noted
	"answer_file",                 // files on their way to an answer; that they lie with one, and go with it, is the answer's act
	"field_device",                // keys of phones; that one took data along is noted
	"field_upload", "field_piece", // files on their way from phones
	"retention_run", // what the last run of retention did; what it destroyed are acts
	"serial",        // blocks of serial numbers
}
