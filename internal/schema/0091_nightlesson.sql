-- +goose Up
-- night_list: the attendance of a lesson is closed, once. The counts are what figures add up.
CREATE TABLE night_list (
  city TEXT NOT NULL, session TEXT NOT NULL, course TEXT NOT NULL,
  present BIGINT NOT NULL, excused BIGINT NOT NULL, absent BIGINT NOT NULL,
  closed_by TEXT NOT NULL, closed_at BIGINT NOT NULL,
  PRIMARY KEY (city, session),
  FOREIGN KEY (city, course) REFERENCES night_course (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX night_list_course ON night_list (city, course);

-- night_excuse: a learner has said in time that she cannot come.
CREATE TABLE night_excuse (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, session, person)
) /*sqlite WITHOUT ROWID*/;

-- night_fee: whoever runs the lesson has its fee. Nothing is collected here.
CREATE TABLE night_fee (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, fen BIGINT NOT NULL,
  noted_by TEXT NOT NULL, noted_at BIGINT NOT NULL,
  PRIMARY KEY (city, session, person)
) /*sqlite WITHOUT ROWID*/;

-- night_absence: somebody had a place and did not come (缺课). It counts a point unless an appeal lifts it.
CREATE TABLE night_absence (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, course TEXT NOT NULL, edition TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '',                          -- of whoever signed up online, to be told
  made_at BIGINT NOT NULL,
  appeal TEXT NOT NULL DEFAULT '', appealed_at BIGINT NOT NULL DEFAULT 0,
  verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'kept', 'lifted')),
  answer TEXT NOT NULL DEFAULT '', decided_by TEXT NOT NULL DEFAULT '', decided_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, session, person),
  FOREIGN KEY (city, course) REFERENCES night_course (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX night_absence_person ON night_absence (city, person, edition);
CREATE INDEX night_absence_open ON night_absence (city, appealed_at) WHERE appealed_at > 0 AND verdict = '';
