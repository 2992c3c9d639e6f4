-- +goose Up
-- What a draft was before each of the last changes made to it in the browser, so that they are taken back, and so that who
-- comes second is told what has changed meanwhile.
CREATE TABLE form_step (
  city TEXT NOT NULL, form TEXT NOT NULL,
  at BIGINT NOT NULL,                                     -- form.edited_at before the change: what its author saw
  what TEXT NOT NULL CHECK (what IN ('add', 'edit', 'move', 'remove', 'settings', 'upload')),
  about TEXT NOT NULL DEFAULT '',                         -- the question, by its name
  definition TEXT NOT NULL,                               -- before the change
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, form, at),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
