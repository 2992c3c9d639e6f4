-- +goose Up
-- What people call a list and what its records say (名单的名称和各项的叫法): the title of the form that makes the records, and the
-- texts of the questions that save them, as the forms were published last.
ALTER TABLE record_list ADD COLUMN title TEXT NOT NULL DEFAULT '';
CREATE TABLE record_property (
  city TEXT NOT NULL, list TEXT NOT NULL, name TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (city, list, name),
  FOREIGN KEY (city, list) REFERENCES record_list (city, id)
);
-- A correction of an answer is a further version of the record that it made; of an answer that was taken back the versions
-- stay, marked, until a supervisor has decided what stands.
ALTER TABLE record_version ADD COLUMN withdrawn_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX record_version_answer ON record_version (city, answer) WHERE answer <> '';
