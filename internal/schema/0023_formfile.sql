-- +goose Up
-- Files that a form is filled in with: choices that lie in a file, pictures, sound and film beside questions. A version uses
-- the file of a name from which it was not yet, and until which it is no more: published versions keep theirs.
CREATE TABLE form_file (
  city TEXT NOT NULL, form TEXT NOT NULL,
  name TEXT NOT NULL,                                     -- as the workbook calls it
  since BIGINT NOT NULL CHECK (since > 0),                -- the first version that uses it
  until BIGINT NOT NULL DEFAULT 0 CHECK (until >= 0),     -- the first that does no more; 0 while the next will
  file TEXT NOT NULL, type TEXT NOT NULL, bytes BIGINT NOT NULL CHECK (bytes > 0),
  items BIGINT NOT NULL DEFAULT 0 CHECK (items >= 0),     -- choices in it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, form, name, since),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX form_file_hash ON form_file (city, file);

-- What somebody with an account has typed and not handed in yet: it goes on at another device. It is sealed as a whole.
CREATE TABLE form_draft (
  city TEXT NOT NULL, account TEXT NOT NULL, slug TEXT NOT NULL, form TEXT NOT NULL,
  version BIGINT NOT NULL, step BIGINT NOT NULL DEFAULT 0, lang BIGINT NOT NULL DEFAULT 0,
  content BYTEA NOT NULL,
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, slug),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX form_draft_age ON form_draft (city, edited_at);

-- How often one phone may answer in a day through an address, and how often it has. A phone is a random mark in its browser,
-- hashed, for a day; an account is itself.
ALTER TABLE form_link ADD COLUMN per_phone BIGINT NOT NULL DEFAULT 0 CHECK (per_phone >= 0); -- 0: as often as one likes
CREATE TABLE form_phone (
  city TEXT NOT NULL, slug TEXT NOT NULL, phone TEXT NOT NULL, day TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n > 0), made_at BIGINT NOT NULL,
  PRIMARY KEY (city, slug, phone, day)
);
CREATE INDEX form_phone_age ON form_phone (city, made_at);
