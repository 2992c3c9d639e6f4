-- +goose Up
-- volunteer_duty: a session of the timetable that a group of volunteers gives at a site, and how many of them it needs. What it was, and
-- where, stays when the session itself is kept no longer.
CREATE TABLE volunteer_duty (
  city TEXT NOT NULL, session TEXT NOT NULL,
  term TEXT NOT NULL, grp TEXT NOT NULL,
  needed BIGINT NOT NULL CHECK (needed BETWEEN 1 AND 9),
  title TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (city, session),
  FOREIGN KEY (city, term) REFERENCES volunteer_term (city, id),
  FOREIGN KEY (city, grp) REFERENCES volunteer_group (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX volunteer_duty_term ON volunteer_duty (city, term, grp);

-- volunteer_day: the guard of one person's hours on a day. Whoever writes any takes this row first and looks afterwards.
CREATE TABLE volunteer_day (
  city TEXT NOT NULL, person TEXT NOT NULL, on_day TEXT NOT NULL, moves BIGINT NOT NULL,
  PRIMARY KEY (city, person, on_day)
) /*sqlite WITHOUT ROWID*/;

-- volunteer_hours: what somebody has served in a session, in minutes. A correction is a further row, which takes the place of the one
-- before; nothing is changed in a row but that.
CREATE TABLE volunteer_hours (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  volunteer TEXT NOT NULL, on_day TEXT NOT NULL,
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  minutes BIGINT NOT NULL CHECK (minutes BETWEEN 0 AND 480),
  children BIGINT NOT NULL CHECK (children >= 0),          -- who were written down there at that time
  reason TEXT NOT NULL DEFAULT '',                          -- of a correction
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  replaced BIGINT NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1)),
  PRIMARY KEY (city, session, person, no),
  FOREIGN KEY (city, session) REFERENCES volunteer_duty (city, session),
  FOREIGN KEY (city, volunteer) REFERENCES volunteer (city, id),
  CHECK (starts_at <= ends_at), CHECK (minutes * 60000000 <= ends_at - starts_at)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX volunteer_hours_counts ON volunteer_hours (city, session, person) WHERE replaced = 0;
CREATE INDEX volunteer_hours_person ON volunteer_hours (city, person, on_day);
