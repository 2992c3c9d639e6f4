-- +goose Up
-- clearance_rule: what an adult needs before she is with children, from a day on: how long each paper holds at most, and of whom it is asked.
CREATE TABLE clearance_rule (
  city TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('check', 'training', 'agreement', 'guardian')), from_day TEXT NOT NULL,
  needed BIGINT NOT NULL CHECK (needed IN (0, 1)),
  months BIGINT NOT NULL CHECK (months BETWEEN 0 AND 120),         -- 0: as long as it says itself
  below_age BIGINT NOT NULL DEFAULT 0 CHECK (below_age BETWEEN 0 AND 30), -- asked of who is younger; 0: of everybody
  source TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, kind, from_day)
) /*sqlite WITHOUT ROWID*/;

-- clearance: one paper of an adult, by its result alone: what an inquiry has found is written nowhere. Of a kind one decided row and
-- one that is asked for count at a time; a new one ends the old.
CREATE TABLE clearance (
  city TEXT NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, org TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('check', 'training', 'agreement', 'guardian')),
  result TEXT NOT NULL CHECK (result IN ('asked', 'passed', 'failed')),
  decided BIGINT NOT NULL CHECK (decided IN (0, 1)),
  on_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  issuer TEXT NOT NULL,
  reminder TEXT NOT NULL DEFAULT '',                                -- the matter in which somebody is asked to renew it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL DEFAULT 0, ended_by TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK ((result = 'asked') = (decided = 0))
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX clearance_counts ON clearance (city, person, kind, decided) WHERE ended_at = 0;
CREATE INDEX clearance_person ON clearance (city, person);
CREATE INDEX clearance_org ON clearance (city, org);
CREATE INDEX clearance_until ON clearance (city, until_day, id) WHERE ended_at = 0;
