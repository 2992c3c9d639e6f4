-- +goose Up
-- night_rule: what the city has set for its night school, from a day on. A term takes what is in force on the day on which its voting begins.
CREATE TABLE night_rule (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  votes BIGINT NOT NULL CHECK (votes BETWEEN 1 AND 20),              -- of one person in a term
  excuse_h BIGINT NOT NULL CHECK (excuse_h BETWEEN 0 AND 168),       -- hours before a lesson until which one is excused
  most_points BIGINT NOT NULL CHECK (most_points BETWEEN 1 AND 99),  -- from so many no-shows on, no sign-up for the next term
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;

-- night_term: what a term of night school has beside its edition. The rule's numbers are copied when it is made.
CREATE TABLE night_term (
  city TEXT NOT NULL, edition TEXT NOT NULL,
  prior TEXT NOT NULL DEFAULT '',                                    -- the term before it, whose no-shows count
  vote_from BIGINT NOT NULL, vote_to BIGINT NOT NULL,
  votes BIGINT NOT NULL, excuse_h BIGINT NOT NULL, most_points BIGINT NOT NULL,
  PRIMARY KEY (city, edition),
  FOREIGN KEY (city, edition) REFERENCES edition (city, id),
  CHECK (vote_from < vote_to)
) /*sqlite WITHOUT ROWID*/;

-- night_idea: a course that somebody would like to have in a term. person is empty where the office proposes.
CREATE TABLE night_idea (
  city TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL,
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '',
  person TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'merged', 'refused')),
  into_idea TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, edition) REFERENCES night_term (city, edition)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX night_idea_term ON night_idea (city, edition, state);

-- night_vote: one person's votes of a term; her row in person is held while they change.
CREATE TABLE night_vote (
  city TEXT NOT NULL, edition TEXT NOT NULL, person TEXT NOT NULL, idea TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, edition, person, idea),
  FOREIGN KEY (city, idea) REFERENCES night_idea (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX night_vote_idea ON night_vote (city, idea);

-- night_course: a course of a term, held once a week. Its lessons are sessions of the timetable.
CREATE TABLE night_course (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, edition TEXT NOT NULL,
  org TEXT NOT NULL, place TEXT NOT NULL, room TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '', idea TEXT NOT NULL DEFAULT '',
  teacher TEXT NOT NULL, lead TEXT NOT NULL,                         -- who teaches, and how she is called in public
  age_from BIGINT NOT NULL CHECK (age_from BETWEEN 6 AND 120), age_to BIGINT NOT NULL CHECK (age_to BETWEEN 6 AND 120),
  places BIGINT NOT NULL CHECK (places BETWEEN 1 AND 500),
  fee BIGINT NOT NULL DEFAULT 0 CHECK (fee BETWEEN 0 AND 100000),    -- fen for a lesson, written down and not collected here
  first_day TEXT NOT NULL, starts_min BIGINT NOT NULL, ends_min BIGINT NOT NULL, lessons BIGINT NOT NULL CHECK (lessons BETWEEN 1 AND 30),
  state TEXT NOT NULL CHECK (state IN ('draft', 'offered', 'cancelled')),
  roll TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, edition) REFERENCES night_term (city, edition),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (age_from <= age_to), CHECK (starts_min BETWEEN 0 AND 1439), CHECK (ends_min BETWEEN 1 AND 1440), CHECK (starts_min < ends_min)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX night_course_term ON night_course (city, edition, state);
CREATE INDEX night_course_roll ON night_course (city, roll);
CREATE INDEX night_course_org ON night_course (city, org);
