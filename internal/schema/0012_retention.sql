-- +goose Up
-- legal_hold: what must not be destroyed although its time is over. A subject is held once at a time.
CREATE TABLE legal_hold (
  city TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL CHECK (subject <> ''),
  reason TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL CHECK (made_at > 0),
  lifted_reason TEXT NOT NULL DEFAULT '', lifted_by TEXT NOT NULL DEFAULT '', lifted_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX legal_hold_subject ON legal_hold (city, subject) WHERE lifted_at = 0;

-- retention_run: what the last run of the retention job did to each table.
CREATE TABLE retention_run (
  city TEXT NOT NULL, rule TEXT NOT NULL, at BIGINT NOT NULL, ended BIGINT NOT NULL DEFAULT 0 CHECK (ended >= 0),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'more', 'failed')),
  PRIMARY KEY (city, rule)
) /*sqlite WITHOUT ROWID*/;
