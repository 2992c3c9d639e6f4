-- +goose Up
-- A matter that only those on its list may know of (知情范围), whatever rights others hold where it lies.
ALTER TABLE matter ADD COLUMN limited BIGINT NOT NULL DEFAULT 0 CHECK (limited IN (0, 1));
CREATE TABLE matter_reader (
  city TEXT NOT NULL, matter TEXT NOT NULL, account TEXT NOT NULL,
  added_by TEXT NOT NULL, added_at BIGINT NOT NULL,
  PRIMARY KEY (city, matter, account),
  FOREIGN KEY (city, matter) REFERENCES matter (city, id)
) /*sqlite WITHOUT ROWID*/;

-- care_report: what was told in confidence of a child or a class: seen by a volunteer, under the duty to report, or an incident.
-- What was said is sealed. due_at is when it goes to the desk above, stopped_at when somebody has done what stops that clock.
CREATE TABLE care_report (
  city TEXT NOT NULL, id TEXT NOT NULL, client TEXT NOT NULL,
  matter TEXT NOT NULL, class TEXT NOT NULL, child TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL CHECK (kind IN ('seen', 'duty', 'incident')), code TEXT NOT NULL,
  severity BIGINT NOT NULL CHECK (severity BETWEEN 1 AND 3),
  found_at BIGINT NOT NULL, content BYTEA NOT NULL,
  due_at BIGINT NOT NULL, top BIGINT NOT NULL DEFAULT 0 CHECK (top IN (0, 1)),
  stopped_at BIGINT NOT NULL DEFAULT 0, family_at BIGINT NOT NULL DEFAULT 0, closed_at BIGINT NOT NULL DEFAULT 0,
  account TEXT NOT NULL, device TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, client)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_report_class ON care_report (city, class, found_at);
CREATE INDEX care_report_child ON care_report (city, child) WHERE child <> '';
CREATE INDEX care_report_due ON care_report (city, due_at) WHERE stopped_at = 0 AND closed_at = 0 AND top = 0;

-- care_report_step: what was done about a report and who was told. Steps are only ever added.
CREATE TABLE care_report_step (
  city TEXT NOT NULL, report TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL CHECK (kind IN ('taken', 'police', 'family', 'told', 'note', 'reader', 'lifted', 'closed')),
  at BIGINT NOT NULL, content BYTEA NOT NULL,
  account TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, report, no),
  FOREIGN KEY (city, report) REFERENCES care_report (city, id)
) /*sqlite WITHOUT ROWID*/;
