-- +goose Up
-- person_word: home is the number (org.no) of the organisation that keeps the person's record, so that a search within a
-- part of the tree leaves out everybody else without looking them up. The number of an organisation never changes, so
-- that entries are written anew when a person moves, not when an organisation does.
CREATE TABLE person_word_home (
  city TEXT NOT NULL, word TEXT NOT NULL, person TEXT NOT NULL,
  shared BIGINT NOT NULL DEFAULT 0 CHECK (shared >= 0),
  home BIGINT NOT NULL CHECK (home > 0),
  PRIMARY KEY (city, word, person)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO person_word_home (city, word, person, shared, home)
  SELECT x.city, x.word, x.person, x.shared, o.no FROM person_word x
  JOIN person p ON p.city = x.city AND p.id = x.person JOIN org o ON o.city = p.city AND o.id = p.home ORDER BY x.city, x.word, x.person;
DROP TABLE person_word;
ALTER TABLE person_word_home RENAME TO person_word;

-- Where an organisation lies in the tree is read by its number from the index alone.
CREATE INDEX org_number ON org (city, no, path);
