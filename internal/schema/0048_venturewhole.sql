-- +goose Up
-- Who holds a credit code in the library: the guard of "one code, one dossier", written before it counts. An index alone would
-- answer the second of two officers with an error in place of a sentence.
CREATE TABLE venture_code (
  city TEXT NOT NULL, credit TEXT NOT NULL, venture TEXT NOT NULL,
  PRIMARY KEY (city, credit),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX venture_code_venture ON venture_code (city, venture);
INSERT INTO venture_code (city, credit, venture) SELECT city, credit, id FROM venture WHERE credit <> '' AND state = 'known';
DROP INDEX venture_credit;
CREATE INDEX venture_credit ON venture (city, credit) WHERE credit <> '';

-- A consent that was given on paper: the document with its picture, and which founder signed.
ALTER TABLE venture_consent ADD COLUMN paper TEXT NOT NULL DEFAULT '';
ALTER TABLE venture_consent ADD COLUMN signed_by BIGINT NOT NULL DEFAULT 0 CHECK (signed_by >= 0); -- venture_founder.no; 0 by account

-- For how long a founder may say that a need is not solved, and how long its desk then has.
ALTER TABLE venture_term ADD COLUMN reopen_days BIGINT NOT NULL DEFAULT 30 CHECK (reopen_days BETWEEN 1 AND 250);
ALTER TABLE venture_term ADD COLUMN answer_days BIGINT NOT NULL DEFAULT 10 CHECK (answer_days BETWEEN 1 AND 250);
