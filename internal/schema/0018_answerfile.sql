-- +goose Up
-- Files that answer a question: on their way while a form is filled in, and with their answer from then on.
CREATE TABLE answer_file (
  city TEXT NOT NULL, id TEXT NOT NULL,
  form TEXT NOT NULL, question TEXT NOT NULL,             -- for which it was handed in; it answers no other
  answer TEXT NOT NULL DEFAULT '',                        -- empty while it is on its way
  file TEXT NOT NULL, type TEXT NOT NULL, bytes BIGINT NOT NULL CHECK (bytes > 0),
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX answer_file_answer ON answer_file (city, answer, id);
CREATE INDEX answer_file_hash ON answer_file (city, file);
CREATE INDEX answer_file_age ON answer_file (city, made_at) WHERE answer = '';
