-- What banks say of their loans: files as they came, what differs from what was to be expected, and by which titles a bank calls its columns.
-- +goose Up
CREATE TABLE loan_file (
  city TEXT NOT NULL, id TEXT NOT NULL, bank TEXT NOT NULL,
  on_day TEXT NOT NULL, name TEXT NOT NULL,               -- of which day the figures are, and the file's name
  state TEXT NOT NULL CHECK (state IN ('checked', 'applied', 'dropped')),
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  told BIGINT NOT NULL DEFAULT 0 CHECK (told >= 0),       -- loans under which something was entered
  differences BIGINT NOT NULL DEFAULT 0 CHECK (differences >= 0),
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX loan_file_applied ON loan_file (city, bank, on_day) WHERE state = 'applied';

CREATE TABLE loan_file_row (
  city TEXT NOT NULL, file TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0), -- as Excel counts
  number TEXT NOT NULL, balance BIGINT NOT NULL CHECK (balance >= 0),
  late BIGINT NOT NULL CHECK (late >= -1),                -- days overdue; -1 where the file does not say
  class TEXT NOT NULL, rate BIGINT NOT NULL CHECK (rate >= -1),
  PRIMARY KEY (city, file, no),
  FOREIGN KEY (city, file) REFERENCES loan_file (city, id)
) /*sqlite WITHOUT ROWID*/;

-- loan_file_finding: a difference, once the file counts, with the matter in which it is cleared up.
CREATE TABLE loan_file_finding (
  city TEXT NOT NULL, file TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  row_no BIGINT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, contract TEXT NOT NULL,
  want TEXT NOT NULL, have TEXT NOT NULL, matter TEXT NOT NULL,
  PRIMARY KEY (city, file, no),
  FOREIGN KEY (city, file) REFERENCES loan_file (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_file_title (
  city TEXT NOT NULL, bank TEXT NOT NULL, field TEXT NOT NULL, title TEXT NOT NULL,
  PRIMARY KEY (city, bank, field)
) /*sqlite WITHOUT ROWID*/;
