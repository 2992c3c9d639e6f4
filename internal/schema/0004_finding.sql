-- +goose Up
-- What leads to a person lies in tables of its own, one row for each word, phone number and paper, so that a delivery of a
-- million persons can write it at its end in the order of its keys: page after page, instead of a page here and there for
-- every row.

-- person_word: '=' with one or two characters that stand together in the name, '@' with initials and pinyin of its usual
-- reading, '~' with the initials of a further one, '*' with the last four digits of the phone number.
CREATE TABLE person_word (
  city TEXT NOT NULL, word TEXT NOT NULL, person TEXT NOT NULL,
  shared BIGINT NOT NULL DEFAULT 0 CHECK (shared >= 0),
  PRIMARY KEY (city, word, person)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO person_word (city, word, person) SELECT city, '=' || gram, person FROM person_gram ORDER BY 1, 2, 3;
INSERT INTO person_word (city, word, person) SELECT city, '@' || initials || ' ' || pinyin, id FROM person WHERE initials <> '' ORDER BY 1, 2, 3;
INSERT INTO person_word (city, word, person, shared) SELECT city, '~' || initials, person, shared FROM person_reading ORDER BY 1, 2, 3;
INSERT INTO person_word (city, word, person) SELECT city, '*' || phone_tail, id FROM person WHERE phone_tail <> '' ORDER BY 1, 2, 3;
DROP TABLE person_gram;
DROP TABLE person_reading;
DROP INDEX person_initials;
DROP INDEX person_tail;
DROP INDEX person_phone;

-- person_phone finds who has a number; several may.
CREATE TABLE person_phone (
  city TEXT NOT NULL, look BYTEA NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (city, look, person)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO person_phone (city, look, person) SELECT city, phone_look, id FROM person WHERE phone_look IS NOT NULL ORDER BY 1, 2, 3;
INSERT INTO person_phone (city, look, person) SELECT city, phone_next, id FROM person WHERE phone_next IS NOT NULL ORDER BY 1, 2, 3;
ALTER TABLE person DROP COLUMN phone_look;
ALTER TABLE person DROP COLUMN phone_next;
ALTER TABLE account DROP COLUMN phone_next;

-- paper_look is the guard that a paper belongs to one person.
CREATE TABLE paper_look (
  city TEXT NOT NULL, kind TEXT NOT NULL, look BYTEA NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (city, kind, look)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO paper_look (city, kind, look, person) SELECT city, kind, look, person FROM paper ORDER BY 1, 2, 3;
INSERT INTO paper_look (city, kind, look, person) SELECT city, kind, look_next, person FROM paper WHERE look_next IS NOT NULL ORDER BY 1, 2, 3;
CREATE TABLE paper_kept (
  city TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL,
  number BYTEA NOT NULL, key_id TEXT NOT NULL,
  since BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, person, kind),
  FOREIGN KEY (city, person) REFERENCES person (city, id)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO paper_kept (city, person, kind, number, key_id, since) SELECT city, person, kind, number, key_id, since FROM paper ORDER BY 1, 2, 3;
DROP TABLE paper;
ALTER TABLE paper_kept RENAME TO paper;
