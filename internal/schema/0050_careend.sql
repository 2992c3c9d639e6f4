-- +goose Up
-- A season that is cancelled takes its classes with it, each in an act of its own.
ALTER TABLE care_season ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;

-- care_claim: what a clerk found when a family said that it belongs to a group.
CREATE TABLE care_claim (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL,
  claimed BIGINT NOT NULL CHECK (claimed BETWEEN 1 AND 98),       -- the group
  found TEXT NOT NULL CHECK (found IN ('so', 'not')),
  note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn)
) /*sqlite WITHOUT ROWID*/;

-- care_call: somebody called a family that signed up on paper or by telephone, and what came of it.
CREATE TABLE care_call (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  result TEXT NOT NULL CHECK (result IN ('yes', 'no', 'thinks', 'silent', 'wrong')),
  note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn, no)
) /*sqlite WITHOUT ROWID*/;
