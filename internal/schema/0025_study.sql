-- Studies with their plan and what was published of them, who was drawn, the question bank; seminars and visits with their items.
-- +goose Up
CREATE TABLE study (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, purpose TEXT NOT NULL,
  form TEXT NOT NULL, version BIGINT NOT NULL CHECK (version > 0),
  opens TEXT NOT NULL DEFAULT '', closes TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'published')),
  plan TEXT NOT NULL DEFAULT '{}',                        -- quota, fieldworkers, desks, bank and groups of words, as JSON
  draw_hash TEXT NOT NULL, draw_seed TEXT NOT NULL DEFAULT '', -- the seed's hash stands from the beginning, the seed after the draw
  result TEXT NOT NULL DEFAULT '',                        -- what was published, small groups hidden, as JSON
  published_at BIGINT NOT NULL DEFAULT 0,
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX study_org ON study (city, org);
CREATE INDEX study_form ON study (city, form);

CREATE TABLE study_draw (
  city TEXT NOT NULL, study TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  person TEXT NOT NULL,                                   -- may be gone by now
  PRIMARY KEY (city, study, no),
  UNIQUE (city, study, person),
  FOREIGN KEY (city, study) REFERENCES study (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE bank_item (
  city TEXT NOT NULL, key TEXT NOT NULL,
  label TEXT NOT NULL, kind TEXT NOT NULL, choices TEXT NOT NULL DEFAULT '[]',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, key)
);

CREATE TABLE meeting (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('seminar', 'visit')),
  title TEXT NOT NULL, place TEXT NOT NULL, held_on TEXT NOT NULL,
  guests TEXT NOT NULL DEFAULT '', minutes TEXT NOT NULL DEFAULT '',
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX meeting_org ON meeting (city, org, held_on);

CREATE TABLE meeting_item (
  city TEXT NOT NULL, meeting TEXT NOT NULL, id TEXT NOT NULL,
  asker TEXT NOT NULL DEFAULT '', text TEXT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, meeting, id),
  FOREIGN KEY (city, meeting) REFERENCES meeting (city, id)
) /*sqlite WITHOUT ROWID*/;
