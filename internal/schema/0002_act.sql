-- +goose Up

-- act: one line per act, for ever. The leaf of the log commits to every column but once, answer and seq.
-- seq is NULL until the sealer has taken the row; after that the row never changes.
CREATE TABLE act (
  city         TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  at           BIGINT NOT NULL CHECK (at > 0),  -- microseconds UTC
  actor        TEXT   NOT NULL,
  verb         TEXT   NOT NULL CHECK (verb <> ''),
  subject      TEXT   NOT NULL,
  key_id       TEXT   NOT NULL,
  session      TEXT   NOT NULL,
  content_hash BYTEA  NOT NULL,                 -- SHA-256(salt, change)
  once         TEXT,                            -- idempotency key, bound to its user
  answer       BYTEA,                           -- what the act answered under that key
  seq          BIGINT CHECK (seq > 0),
  PRIMARY KEY (city, id),
  UNIQUE (city, once),
  UNIQUE (city, seq)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX act_unsealed ON act (city, at, id) WHERE seq IS NULL;
CREATE INDEX act_by_actor ON act (city, actor, id);
CREATE INDEX act_by_subject ON act (city, subject, id);
CREATE INDEX act_by_verb ON act (city, verb, id);

-- act_content: what an act changed. Retention may destroy a row; the log then says "content withheld".
CREATE TABLE act_content (
  city   TEXT  NOT NULL,
  act    TEXT  NOT NULL,
  salt   BYTEA NOT NULL,
  change TEXT  NOT NULL,                        -- canonical JSON
  PRIMARY KEY (city, act)
) /*sqlite WITHOUT ROWID*/;

-- act_epoch: a tree of the log. A restored database opens a new one, whose first leaf is the old head.
CREATE TABLE act_epoch (
  city  TEXT   NOT NULL,
  epoch BIGINT NOT NULL CHECK (epoch > 0),      -- when it was opened, microseconds UTC
  first BIGINT NOT NULL CHECK (first > 0),      -- seq of its first act
  head  TEXT   NOT NULL,                        -- signed head of the epoch before, empty in the first
  PRIMARY KEY (city, epoch),
  UNIQUE (city, head)                           -- no head is continued twice, not even by two processes at once
) /*sqlite WITHOUT ROWID*/;

-- act_hash: for each leaf of an epoch's tree its hash, followed by those of the subtrees that it completes.
CREATE TABLE act_hash (
  city   TEXT   NOT NULL,
  epoch  BIGINT NOT NULL,
  leaf   BIGINT NOT NULL CHECK (leaf >= 0),     -- 0 is the leaf that opens the epoch
  hashes BYTEA  NOT NULL,
  PRIMARY KEY (city, epoch, leaf)
) /*sqlite WITHOUT ROWID*/;

-- act_head: signed heads, one per run of the sealer.
CREATE TABLE act_head (
  city  TEXT   NOT NULL,
  epoch BIGINT NOT NULL,
  size  BIGINT NOT NULL CHECK (size > 0),       -- leaves, the opening one included
  at    BIGINT NOT NULL,
  note  TEXT   NOT NULL,
  PRIMARY KEY (city, epoch, size)
) /*sqlite WITHOUT ROWID*/;
