package act

import (
	"iter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"zhidian/internal/platform/errs"
)

// Row is a sealed act as the database holds it.
type Row struct {
	Act
	Seq     int64
	Content *Content // nil when destroyed
}

// Stored is the row of hashes that the sealer wrote for one leaf.
type Stored struct {
	Epoch, Leaf int64
	Hashes      []byte
}

// Log is all that there is to hold against each other when a city's log is verified.
type Log struct {
	City     string
	Epochs   []Epoch                  // in order
	Acts     iter.Seq2[Row, error]    // in order of seq
	Hashes   iter.Seq2[Stored, error] // in order of epoch and leaf
	Heads    iter.Seq2[string, error] // the database's own signed heads, in order of epoch and size
	Kept     []string                 // signed heads kept outside, in any order
	Keys     note.Verifiers
	Unsealed int64 // acts that the sealer has not taken yet
}

// Kind is a kind of damage.
type Kind string

// The kinds of damage that a verification tells apart.
const (
	Changed        Kind = "changed"   // a field of the act is not what was sealed
	ContentChanged Kind = "content"   // the change or its salt is not what the act committed to
	Dropped        Kind = "dropped"   // the act is gone
	Added          Kind = "added"     // the act was not there when its place was sealed
	Reordered      Kind = "reordered" // the act stands where another was sealed
	Truncated      Kind = "truncated" // the log ends before a head that was signed
	Rewritten      Kind = "rewritten" // acts, hashes (and perhaps heads) agree with each other but not with a signed head
	Unsigned       Kind = "unsigned"  // acts are sealed behind the last head of the database
	Forged         Kind = "forged"    // a head is not signed by the city's key, or stands where it cannot
	HashesDamaged  Kind = "hashes"    // acts and heads agree; the stored hashes between them do not
	Misopened      Kind = "restored"  // an epoch does not begin with the head at which the one before ended
)

// Damage is the first thing in a log that differs from what was sealed.
type Damage struct {
	Kind  Kind
	Epoch int64
	Seq   int64  // the first act that differs; 0 where the damage is not to one act
	Until int64  // the last act that may differ, where only a range is known; else 0
	ID    string // the act's id, where it is known
	Head  int64  // time of the head that shows it, microseconds UTC; 0 without one
	Kept  bool   // that head was kept outside
}

// Key is the message that says what is wrong.
func (d Damage) Key() string { return "act.damage_" + string(d.Kind) }

// Args are the message's arguments.
func (d Damage) Args() errs.Args {
	until := d.Until
	if until == 0 {
		until = d.Seq
	}
	return errs.Args{"seq": d.Seq, "until": until, "id": d.ID, "head": headTaken(d.Head)}
}

// Loss is a stretch of witnessed acts that a restore from a backup left out.
type Loss struct {
	Epoch       int64 // the epoch that the acts belonged to
	From, Until int64 // their numbers in that epoch
	Head        int64 // time of the kept head that witnesses them
}

// Key is the message that says what is lost.
func (l Loss) Key() string { return "act.loss" }

// Args are the message's arguments.
func (l Loss) Args() errs.Args {
	return errs.Args{"from": l.From, "until": l.Until, "head": headTaken(l.Head)}
}

// headTaken is when a head was made; messages write it in the reader's zone.
func headTaken(at int64) time.Time { return time.UnixMicro(at).UTC() }

// Report is what a verification found.
type Report struct {
	City      string
	Acts      int64 // sealed acts read
	Witnessed int64 // acts 1 to Witnessed are those that a kept head fixes: verified
	Withheld  int64 // among those read: content destroyed, the act itself proven
	Unsealed  int64 // written, not yet sealed
	Kept      int   // kept heads that fit
	Damage    *Damage
	Losses    []Loss
}

// Sound tells whether nothing differs and nothing is lost. It says nothing about what is not yet witnessed.
func (r Report) Sound() bool { return r.Damage == nil && len(r.Losses) == 0 }

// NotWitnessed is the number of sealed acts behind the last kept head: consistent, but never "verified".
func (r Report) NotWitnessed() int64 { return r.Acts - r.Witnessed }

// Finding is one sentence of a report.
type Finding struct {
	Key  string
	Args errs.Args
}

// Findings gives the report in sentences, the worst first. What is not witnessed never appears as verified.
func (r Report) Findings() []Finding {
	var all []Finding
	add := func(key string, args errs.Args) { all = append(all, Finding{key, args}) }
	if r.Damage != nil {
		add(r.Damage.Key(), r.Damage.Args())
	}
	for _, l := range r.Losses {
		add(l.Key(), l.Args())
	}
	if r.Witnessed > 0 {
		add("act.verified", errs.Args{"witnessed": r.Witnessed})
	} else {
		add("act.nothing_witnessed", nil)
	}
	if n := r.NotWitnessed(); n > 0 && r.Damage == nil {
		add("act.not_witnessed", errs.Args{"n": n})
	}
	if r.Unsealed > 0 {
		add("act.unsealed", errs.Args{"n": r.Unsealed})
	}
	if r.Withheld > 0 {
		add("act.withheld_count", errs.Args{"n": r.Withheld})
	}
	return all
}
