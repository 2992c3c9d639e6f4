-- +goose Up
-- care_collector: who else than those who speak for a child may fetch her, as her family has said. ended_at is 0 while it holds.
CREATE TABLE care_collector (
  city TEXT NOT NULL, id TEXT NOT NULL, child TEXT NOT NULL,
  name TEXT NOT NULL, relation TEXT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0, ended_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_collector_child ON care_collector (city, child);

-- care_topic: which of the six kinds of care a session of a class gives (六个一).
CREATE TABLE care_topic (
  city TEXT NOT NULL, session TEXT NOT NULL, topic TEXT NOT NULL CHECK (topic IN ('theory', 'homework', 'activity', 'company', 'mind', 'safety')),
  class TEXT NOT NULL,
  PRIMARY KEY (city, session, topic)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_topic_class ON care_topic (city, class);

-- care_absence: half an hour after a day began somebody was asked to call the families of children who had not come.
CREATE TABLE care_absence (
  city TEXT NOT NULL, class TEXT NOT NULL, on_day TEXT NOT NULL, matter TEXT NOT NULL, open BIGINT NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
  PRIMARY KEY (city, class, on_day)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_absence_open ON care_absence (city, on_day) WHERE open = 1;
