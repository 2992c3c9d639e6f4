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
