-- +goose Up
-- What an officer was warned of stays with the version, and files of answers wait for who has asked for them.
ALTER TABLE form_version ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';

CREATE TABLE form_export (
  city TEXT NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL,
  owner TEXT NOT NULL,                                    -- the account that asked; nobody else opens the file
  file TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  bytes BIGINT NOT NULL, answers BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX form_export_owner ON form_export (city, owner, form, made_at);
CREATE INDEX form_export_age ON form_export (city, made_at);
