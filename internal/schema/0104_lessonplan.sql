-- +goose Up
-- lesson_plan: how a lesson is given (教案), for others to give it too. account is whoever wrote it, org the desk that looks at it.
CREATE TABLE lesson_plan (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  account TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, kind TEXT NOT NULL,
  age_from BIGINT NOT NULL CHECK (age_from BETWEEN 3 AND 17), age_to BIGINT NOT NULL CHECK (age_to BETWEEN 3 AND 17),
  minutes BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 240),
  materials TEXT NOT NULL, words TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'returned')),
  reason TEXT NOT NULL DEFAULT '', decided_by TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (age_from <= age_to)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX lesson_plan_state ON lesson_plan (city, state, kind);
CREATE INDEX lesson_plan_account ON lesson_plan (city, account);
CREATE INDEX lesson_plan_org ON lesson_plan (city, org);

-- lesson_use: which plan a session was made from, and by whom.
CREATE TABLE lesson_use (
  city TEXT NOT NULL, session TEXT NOT NULL, plan TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (city, session),
  FOREIGN KEY (city, plan) REFERENCES lesson_plan (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX lesson_use_plan ON lesson_use (city, plan, account);

-- lesson_rating: what somebody who has used a plan thinks of it, one row each.
CREATE TABLE lesson_rating (
  city TEXT NOT NULL, plan TEXT NOT NULL, account TEXT NOT NULL,
  stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5), at BIGINT NOT NULL,
  PRIMARY KEY (city, plan, account),
  FOREIGN KEY (city, plan) REFERENCES lesson_plan (city, id)
) /*sqlite WITHOUT ROWID*/;
