-- +goose Up
-- timetable_guard: a room's time, or a person's. Whoever puts anything into it takes this row first and looks afterwards; moves
-- counts how often that was.
CREATE TABLE timetable_guard (
  city TEXT NOT NULL, guard TEXT NOT NULL, moves BIGINT NOT NULL,
  PRIMARY KEY (city, guard)
) /*sqlite WITHOUT ROWID*/;

-- timetable_session: something that is held in a room at a time. series is what it belongs to, such as a class.
CREATE TABLE timetable_session (
  city TEXT NOT NULL, id TEXT NOT NULL, series TEXT NOT NULL,
  place TEXT NOT NULL, room TEXT NOT NULL DEFAULT '',
  on_day TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  children BIGINT NOT NULL CHECK (children IN (0, 1)),     -- leaders need clearance
  state TEXT NOT NULL CHECK (state IN ('planned', 'begun', 'cancelled')),
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  CHECK (starts_at < ends_at)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX timetable_session_series ON timetable_session (city, series, starts_at);
CREATE INDEX timetable_session_room ON timetable_session (city, place, room, starts_at) WHERE state <> 'cancelled';
CREATE INDEX timetable_session_day ON timetable_session (city, on_day) WHERE state <> 'cancelled';

-- timetable_leader: who leads a session. ended_at is 0 while she does. asked is the matter in which a substitute is looked for.
CREATE TABLE timetable_leader (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL,
  ended_at BIGINT NOT NULL DEFAULT 0, asked TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, session, person),
  FOREIGN KEY (city, session) REFERENCES timetable_session (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX timetable_leader_person ON timetable_leader (city, person) WHERE ended_at = 0;

-- timetable_presence: somebody came, went, was fetched or was not there: one line for each time that somebody wrote it down, with the id
-- that her phone gave it. How people stand follows from all lines of a day.
CREATE TABLE timetable_presence (
  city TEXT NOT NULL, client TEXT NOT NULL,
  series TEXT NOT NULL, on_day TEXT NOT NULL, person TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('in', 'out', 'absent', 'refused')),
  at BIGINT NOT NULL, skew BIGINT NOT NULL,                -- by the server's clock, and how far the phone's was behind
  other TEXT NOT NULL DEFAULT '',                          -- who brought or fetched her, as the list of her family names them
  words TEXT NOT NULL DEFAULT '',                          -- what was said of somebody who was refused
  unlisted BIGINT NOT NULL DEFAULT 0 CHECK (unlisted IN (0, 1)), -- was let go with somebody who was not on the list
  account TEXT NOT NULL, device TEXT NOT NULL, came_at BIGINT NOT NULL,
  PRIMARY KEY (city, client)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX timetable_presence_day ON timetable_presence (city, series, on_day);
CREATE INDEX timetable_presence_person ON timetable_presence (city, person, on_day);
