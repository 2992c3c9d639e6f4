-- Forms with their versions, the addresses under which they are filled in, and what was answered.
-- +goose Up
CREATE TABLE form (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  code TEXT NOT NULL, title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
  version BIGINT NOT NULL DEFAULT 0 CHECK (version >= 0), -- the one that is filled in now, 0 before the first
  closes TEXT NOT NULL DEFAULT '',                        -- the last day on which it is filled in
  keep_days BIGINT NOT NULL CHECK (keep_days > 0),        -- answers are destroyed so many days after it was closed
  edited_at BIGINT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, code),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX form_org ON form (city, org);

CREATE TABLE form_version (
  city TEXT NOT NULL, form TEXT NOT NULL, seq BIGINT NOT NULL CHECK (seq > 0),
  name TEXT NOT NULL DEFAULT '',                          -- as its author calls it
  definition TEXT NOT NULL,
  file TEXT NOT NULL DEFAULT '', file_name TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, published_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, form, seq),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);

CREATE TABLE form_link (
  city TEXT NOT NULL, slug TEXT NOT NULL, form TEXT NOT NULL,
  org TEXT NOT NULL,                                      -- where its answers count
  name TEXT NOT NULL, until TEXT NOT NULL DEFAULT '', ended_at BIGINT NOT NULL DEFAULT 0,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, slug),
  FOREIGN KEY (city, form) REFERENCES form (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX form_link_form ON form_link (city, form);

CREATE TABLE answer (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  form TEXT NOT NULL, version BIGINT NOT NULL, org TEXT NOT NULL,
  link TEXT NOT NULL DEFAULT '',                          -- the address by which it came, or nothing
  account TEXT NOT NULL DEFAULT '',                       -- who answered, where signed in
  entered_by TEXT NOT NULL DEFAULT '',                    -- the clerk who copied it from paper
  receipt BYTEA,                                          -- hash of the words by which who was not signed in finds it again
  content TEXT NOT NULL,                                  -- answers of open and personal questions
  sealed BYTEA,                                           -- those of the others
  state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
  at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, form, version) REFERENCES form_version (city, form, seq),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX answer_form ON answer (city, form, id);
CREATE INDEX answer_account ON answer (city, account, id) WHERE account <> '';
